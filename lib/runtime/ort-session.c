/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a model gets into the runtime.
 */
#include <onnxruntime_session_options_config_keys.h>
#include "model-private.h"
#include "ort-session.h"
#include "temporary-folder.h"

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

/* A protobuf message ends at 2 GB. */
gboolean
ptq_ort_model_is_large (PtqModel *model)
{
  return onnx__model_proto__get_packed_size (ptq_model_get_proto (model))
      > (gsize) G_MAXINT32;
}

static gchar *
describe (PtqModel *model)
{
  const gchar *path = ptq_model_get_path (model);

  return g_strdup_printf ("ONNX Runtime does not load the model%s%s",
      path != NULL ? " " : "", path != NULL ? path : "");
}

static OrtSession *
load_from_memory (const OrtApi *api, OrtEnv *env, PtqModel *model,
    OrtSessionOptions *options, GError **error)
{
  g_autoptr (GBytes) bytes = ptq_model_to_bytes (model, error);
  g_autofree gchar *what = describe (model);
  const gchar *folder = ptq_model_get_folder (model);
  OrtSession *session = NULL;
  OrtStatus *status = NULL;
  gconstpointer data;
  gsize size;

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

static OrtSession *
load_from_folder (const OrtApi *api, OrtEnv *env, PtqModel *model,
    OrtSessionOptions *options, GError **error)
{
  gchar *folder = ptq_temporary_folder_new (error);
  g_autofree gchar *path = NULL;
  g_autofree gchar *what = describe (model);
  OrtSession *session = NULL;

  if (folder == NULL)
    return NULL;
  path = g_build_filename (folder, "model.onnx", NULL);
  if (ptq_model_save (model, path, PTQ_MODEL_SAVE_EXTERNAL_DATA, NULL, error))
    ptq_ort_check (api, api->CreateSession (env, path, options, &session),
        what, error);
  ptq_temporary_folder_remove (folder);
  return session;
}

OrtSession *
ptq_ort_session_new (const OrtApi *api, PtqModel *model,
    OrtSessionOptions *options, GError **error)
{
  OrtEnv *env = ptq_ort_get_environment (error);

  if (env == NULL)
    return NULL;
  if (ptq_ort_model_is_large (model))
    return load_from_folder (api, env, model, options, error);
  return load_from_memory (api, env, model, options, error);
}
