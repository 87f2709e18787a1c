/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a model gets into the runtime.
 */
#include <onnxruntime_session_options_config_keys.h>
#include "ort-session.h"

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
ptq_ort_session_options_new (const OrtApi *api, PtqOptimizeLevel level,
    GError **error)
{
  OrtSessionOptions *options = NULL;
  OrtStatus *status;

  status = api->CreateSessionOptions (&options);
  if (status == NULL)
    status = api->SetSessionGraphOptimizationLevel (options,
        to_ort_level (level));
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

OrtSession *
ptq_ort_session_new (const OrtApi *api, PtqModel *model, PtqLeanModel *lean,
    OrtSessionOptions *options, GError **error)
{
  OrtEnv *env = ptq_ort_get_environment (error);
  const gchar *folder = ptq_lean_model_get_folder (lean);
  g_autofree gchar *what = describe (model);
  g_autoptr (GBytes) bytes = NULL;
  OrtSession *session = NULL;
  OrtStatus *status = NULL;
  gconstpointer data;
  gsize size;

  if (env == NULL)
    return NULL;
  bytes = ptq_lean_model_pack (lean, error);
  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (folder != NULL)
    status = api->AddSessionConfigEntry (options,
        kOrtSessionOptionsModelExternalInitializersFileFolderPath, folder);
  if (status == NULL)
    status = api->CreateSessionFromArray (env, data, size, options, &session);
  if (!ptq_ort_check (api, status, what, error))
    return NULL;
  return session;
}
