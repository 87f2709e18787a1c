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
#include "wire-format.h"

/* The session is only made, never run. */
static gboolean
set_options (const OrtApi *api, OrtSessionOptions *options, const gchar *path,
    GError **error)
{
  OrtStatus *status = api->SetOptimizedModelFilePath (options, path);

  if (status == NULL)
    status = api->AddSessionConfigEntry (
        options, kOrtSessionOptionsConfigDisablePrepacking, "1");
  return ptq_ort_check (api, status, "Optimizing the model failed", error);
}

static gboolean
write_result (PtqModel *model, PtqModelSerializer *lean, PtqOptimizeLevel level,
    const gchar *path, GError **error)
{
  const OrtApi *api = ptq_ort_get_api (error);
  OrtSessionOptions *options;
  OrtSession *session = NULL;

  if (api == NULL)
    return FALSE;
  options = ptq_ort_session_options_new (api, level, error);
  if (options == NULL)
    return FALSE;
  if (set_options (api, options, path, error))
    session = ptq_ort_session_new (api, model, lean, options, error);
  api->ReleaseSessionOptions (options);
  if (session == NULL)
    return FALSE;
  api->ReleaseSession (session);
  return TRUE;
}

/* What has begun to be written and has failed, lacks room as a rule; the
 * runtime blames the model. */
static void
explain_failure (const gchar *path, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (error == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  reason = g_steal_pointer (error);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_WRITE,
      "%s: the optimized model "
      "could not be written; is there room? TMPDIR names another folder for "
      "temporary files. (%s)",
      path, reason->message);
}

/* Weights that the optimizer left alone are still named by their place, in
 * our file or beside @model. */
static PtqModel *
read_result (PtqModel *model, PtqModelSerializer *lean, const gchar *path,
    GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GMappedFile) file = NULL;
  Onnx__ModelProto *proto;

  file = g_mapped_file_new (path, FALSE, &local_error);
  if (file == NULL) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
        "The optimized model "
        "could not be read: %s",
        local_error->message);
    return NULL;
  }
  proto = (Onnx__ModelProto *) ptq_wire_unpack (&onnx__model_proto__descriptor,
      g_mapped_file_get_contents (file), g_mapped_file_get_length (file),
      error);
  if (proto == NULL)
    return NULL;
  if (ptq_model_serializer_restore (lean, proto, error))
    return ptq_model_new_from_proto (
        proto, ptq_model_get_folder (model), error);
  onnx__model_proto__free_unpacked (proto, NULL);
  return NULL;
}

static void collect_domains (
    const Onnx__GraphProto *graph, GHashTable *domains);

static void
collect_attribute_domains (
    const Onnx__AttributeProto *attribute, GHashTable *domains)
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
  return domain == NULL || *domain == '\0' || g_str_equal (domain, "ai.onnx");
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
  g_autoptr (PtqModelSerializer) lean = ptq_model_serializer_new (model, error);
  g_autoptr (PtqTemporaryFolder) folder = NULL;
  g_autofree gchar *path = NULL;
  PtqModel *result = NULL;

  if (lean == NULL)
    return NULL;
  folder = ptq_temporary_folder_new (error);
  if (folder == NULL)
    return NULL;
  path = g_build_filename (
      ptq_temporary_folder_get_path (folder), "model.onnx", NULL);
  if (write_result (model, lean, level, path, error))
    result = read_result (model, lean, path, error);
  else
    explain_failure (path, error);
  if (result != NULL)
    keep_versions (result, model);
  return result;
}
