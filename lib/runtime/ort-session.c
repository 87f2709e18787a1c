/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a model gets into the runtime.
 */
#include <string.h>
#include <onnxruntime_session_options_config_keys.h>
#include "ort-session.h"
#include "work-count.h"

static GraphOptimizationLevel
to_ort_level (PtqOptimizeLevel level)
{
  switch (level) {
    case PTQ_OPTIMIZE_NONE:
      return ORT_DISABLE_ALL;
    case PTQ_OPTIMIZE_BASIC:
      return ORT_ENABLE_BASIC;
    case PTQ_OPTIMIZE_EXTENDED:
      return ORT_ENABLE_EXTENDED;
    case PTQ_OPTIMIZE_ALL:
      break;
  }
  return ORT_ENABLE_ALL;
}

OrtSessionOptions *
ptq_ort_session_options_new (
    const OrtApi *api, PtqOptimizeLevel level, GError **error)
{
  OrtSessionOptions *options = NULL;
  OrtStatus *status;

  status = api->CreateSessionOptions (&options);
  if (status == NULL)
    status =
        api->SetSessionGraphOptimizationLevel (options, to_ort_level (level));
  if (status == NULL)
    status = api->DisablePerSessionThreads (options);
  /* One block planned for a whole run is larger than the sum of what lives
   * at once. */
  if (status == NULL)
    status = api->DisableMemPattern (options);
  if (ptq_ort_check (api, status, "Preparing a session failed", error))
    return options;
  if (options != NULL)
    api->ReleaseSessionOptions (options);
  return NULL;
}

static gchar *
describe (PtqModel *model)
{
  const gchar *path = ptq_model_get_path (model);

  return g_strdup_printf ("ONNX Runtime does not load the model%s%s",
      path != NULL ? " " : "", path != NULL ? path : "");
}

/* The code of the status is that of any failure; only the text tells. */
static gboolean
is_unknown_operator (const gchar *message)
{
  return strstr (message, "is not a registered function/op") != NULL
      || strstr (message, "No Op registered for") != NULL;
}

static gboolean
check_loaded (
    const OrtApi *api, OrtStatus *status, const gchar *what, GError **error)
{
  if (status == NULL || !is_unknown_operator (api->GetErrorMessage (status)))
    return ptq_ort_check (api, status, what, error);

  g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
      "%s: %s. ONNX "
      "Runtime has no such operator: export the model without it; steps before "
      "and after the network do not belong into the model",
      what, api->GetErrorMessage (status));
  api->ReleaseStatus (status);
  return FALSE;
}

OrtSession *
ptq_ort_session_new (const OrtApi *api, PtqModel *model,
    PtqModelSerializer *lean, OrtSessionOptions *options, GError **error)
{
  OrtEnv *env = ptq_ort_get_environment (error);
  const gchar *folder = ptq_model_serializer_get_folder (lean);
  g_autofree gchar *what = describe (model);
  g_autoptr (GBytes) bytes = NULL;
  OrtSession *session = NULL;
  OrtStatus *status = NULL;
  gconstpointer data;
  gsize size;

  if (env == NULL)
    return NULL;
  bytes = ptq_model_serializer_pack (lean, error);
  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (folder != NULL)
    status = api->AddSessionConfigEntry (options,
        kOrtSessionOptionsModelExternalInitializersFileFolderPath, folder);
  if (status == NULL)
    status = api->CreateSessionFromArray (env, data, size, options, &session);
  if (session != NULL)
    ptq_work_count_add (PTQ_WORK_SESSION);
  if (!check_loaded (api, status, what, error))
    return NULL;
  return session;
}
