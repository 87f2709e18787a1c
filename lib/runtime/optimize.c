/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The runtime's graph optimizer as a function from model to model. It speaks
 * through files only.
 */
#include <onnxruntime_session_options_config_keys.h>
#include "model-private.h"
#include "ort-session.h"
#include "temporary-folder.h"

#define DATA_NAME "model.onnx.data"

static gboolean
name_result (const OrtApi *api, OrtSessionOptions *options,
    const gchar *path, gboolean large, GError **error)
{
  OrtStatus *status = api->SetOptimizedModelFilePath (options, path);

  if (status == NULL && large)
    status = api->AddSessionConfigEntry (options,
        kOrtSessionOptionsOptimizedModelExternalInitializersFileName,
        DATA_NAME);
  if (status == NULL && large)
    status = api->AddSessionConfigEntry (options,
        kOrtSessionOptionsOptimizedModelExternalInitializersMinSizeInBytes,
        "1024");
  return ptq_ort_check (api, status, "Optimizing the model failed", error);
}

static gboolean
write_result (PtqModel *model, PtqOptimizeLevel level, const gchar *path,
    gboolean large, GError **error)
{
  const OrtApi *api = ptq_ort_get_api (error);
  OrtSessionOptions *options;
  OrtSession *session = NULL;

  if (api == NULL)
    return FALSE;
  options = ptq_ort_session_options_new (api, level, error);
  if (options == NULL)
    return FALSE;
  if (name_result (api, options, path, large, error))
    session = ptq_ort_session_new (api, model, options, error);
  api->ReleaseSessionOptions (options);
  if (session == NULL)
    return FALSE;
  api->ReleaseSession (session);
  return TRUE;
}

/* Weights beside @model that the optimizer left alone are still named by
 * their place there. */
static PtqModel *
read_result (PtqModel *model, const gchar *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gchar *content;
  gsize size;

  if (!g_file_get_contents (path, &content, &size, &local_error)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ, "The optimized model "
        "could not be read: %s", local_error->message);
    return NULL;
  }
  bytes = g_bytes_new_take (content, size);
  return ptq_model_new_from_bytes (bytes, ptq_model_get_folder (model),
      error);
}

/* The data stays in the folder, which goes with the model. */
static PtqModel *
read_large_result (gchar *folder, const gchar *path, GError **error)
{
  PtqModel *result = ptq_model_load (path, error);

  if (result == NULL)
    ptq_temporary_folder_remove (folder);
  else
    g_object_set_data_full (G_OBJECT (result), "ptq-temporary-folder", folder,
        (GDestroyNotify) ptq_temporary_folder_remove);
  return result;
}

static void collect_domains (const Onnx__GraphProto *graph,
    GHashTable *domains);

static void
collect_attribute_domains (const Onnx__AttributeProto *attribute,
    GHashTable *domains)
{
  if (attribute->g != NULL)
    collect_domains (attribute->g, domains);
  for (gsize i = 0; i < attribute->n_graphs; i++)
    collect_domains (attribute->graphs[i], domains);
}

static void
collect_domains (const Onnx__GraphProto *graph, GHashTable *domains)
{
  for (gsize i = 0; i < graph->n_node; i++) {
    const Onnx__NodeProto *node = graph->node[i];

    if (node->domain != NULL)
      g_hash_table_add (domains, node->domain);
    for (gsize j = 0; j < node->n_attribute; j++)
      collect_attribute_domains (node->attribute[j], domains);
  }
}

static gboolean
is_default_domain (const gchar *domain)
{
  return domain == NULL || *domain == '\0'
      || g_str_equal (domain, "ai.onnx");
}

/* The optimizer lists every domain that the runtime knows. */
static void
drop_unused_domains (Onnx__ModelProto *proto)
{
  g_autoptr (GHashTable) domains = g_hash_table_new (g_str_hash, g_str_equal);
  gsize kept = 0;

  collect_domains (proto->graph, domains);
  for (gsize i = 0; i < proto->n_functions; i++) {
    if (proto->functions[i]->domain != NULL)
      g_hash_table_add (domains, proto->functions[i]->domain);
  }
  for (gsize i = 0; i < proto->n_opset_import; i++) {
    Onnx__OperatorSetIdProto *import = proto->opset_import[i];

    if (is_default_domain (import->domain)
        || g_hash_table_contains (domains, import->domain))
      proto->opset_import[kept++] = import;
    else
      onnx__operator_set_id_proto__free_unpacked (import, NULL);
  }
  proto->n_opset_import = kept;
}

/* Initializers that are no inputs came with IR version 4. */
static void
keep_versions (PtqModel *result, PtqModel *model)
{
  Onnx__ModelProto *proto = ptq_model_get_proto (result);
  const Onnx__ModelProto *original = ptq_model_get_proto (model);
  gint64 opset = ptq_model_get_opset (model);

  if (proto->ir_version > original->ir_version)
    proto->ir_version = MAX (original->ir_version, 4);
  drop_unused_domains (proto);
  if (opset != ptq_model_get_opset (result))
    ptq_model_set_opset (result, "", opset);
  ptq_model_changed (result);
}

/**
 * ptq_runtime_optimize:
 * @model: a model
 * @level: how far to go. %PTQ_OPTIMIZE_BASIC gives standard operators only;
 *   above it the result is for the runtime and processor at hand.
 * @error: return location for an error
 *
 * Returns: (transfer full): a new model with the same inputs and outputs,
 *   after constant folding, fusion and removal of what is not needed
 */
PtqModel *
ptq_runtime_optimize (PtqModel *model, PtqOptimizeLevel level, GError **error)
{
  gchar *folder = ptq_temporary_folder_new (error);
  g_autofree gchar *path = NULL;
  PtqModel *result = NULL;
  gboolean large;

  if (folder == NULL)
    return NULL;
  path = g_build_filename (folder, "model.onnx", NULL);
  large = ptq_ort_model_is_large (model);
  if (write_result (model, level, path, large, error)) {
    if (large)
      result = read_large_result (g_steal_pointer (&folder), path, error);
    else
      result = read_result (model, path, error);
  }
  g_clear_pointer (&folder, ptq_temporary_folder_remove);
  if (result != NULL)
    keep_versions (result, model);
  return result;
}
