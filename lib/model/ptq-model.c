/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION: ptq-model
 * @title: PtqModel
 * @short_description: an ONNX model
 *
 * A #PtqModel is the content of an ONNX file. It is read with
 * ptq_model_load(), tells about its inputs and outputs, and is written with
 * ptq_model_save(). What this version of the library does not know in a file
 * is kept and written back.
 *
 * A model may be read by several threads at once while none of them changes
 * or saves it.
 */
#include "external-data.h"
#include "work-count.h"
#include "model-tensors.h"
#include "value-info.h"
#include "wire-format.h"

#include <errno.h>
#include <string.h>
#include <glib/gstdio.h>

struct _PtqModel
{
  GObject parent_instance;

  Onnx__ModelProto *proto;
  gchar *path;
  gchar *folder;
  PtqExternalData *external_data;
  GArray *inputs;
  GArray *outputs;
};

G_DEFINE_FINAL_TYPE (PtqModel, ptq_model, G_TYPE_OBJECT)

static void
ptq_model_finalize (GObject *object)
{
  PtqModel *self = PTQ_MODEL (object);

  g_clear_pointer (&self->inputs, g_array_unref);
  g_clear_pointer (&self->outputs, g_array_unref);
  g_clear_pointer (&self->external_data, ptq_external_data_free);
  if (self->proto)
    onnx__model_proto__free_unpacked (self->proto, NULL);
  g_free (self->path);
  g_free (self->folder);

  G_OBJECT_CLASS (ptq_model_parent_class)->finalize (object);
}

static void
ptq_model_class_init (PtqModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptq_model_finalize;
}

static void
ptq_model_init (PtqModel *self G_GNUC_UNUSED)
{
}

static gboolean
check_external_tensor (
    Onnx__TensorProto *tensor, gpointer user_data, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (tensor->data_location != ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
    return TRUE;

  bytes = ptq_external_data_read (user_data, tensor, error);

  return bytes != NULL;
}

static gboolean
check_proto (const Onnx__ModelProto *proto, GError **error)
{
  if (!proto->graph) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "it holds no graph; it is not an ONNX model");
    return FALSE;
  }
  if (proto->n_opset_import == 0 && proto->ir_version < 3) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED,
        "it is written in IR version %" G_GINT64_FORMAT ", which does not say "
        "which version of the operators it means (no opset_import), so what "
        "they compute is not certain; export the model again with opset 13 or "
        "later",
        proto->ir_version);
    return FALSE;
  }
  if (proto->n_opset_import == 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "it has no opset_import, which IR version %" G_GINT64_FORMAT " demands",
        proto->ir_version);
    return FALSE;
  }

  return TRUE;
}

/* Takes @proto, also where it is refused. */
PtqModel *
ptq_model_new_from_proto (
    Onnx__ModelProto *proto, const gchar *folder, GError **error)
{
  g_autoptr (PtqModel) self = g_object_new (PTQ_TYPE_MODEL, NULL);

  self->proto = proto;
  if (!check_proto (self->proto, error))
    return NULL;

  self->folder = g_strdup (folder);
  self->external_data = ptq_external_data_new (folder);
  if (!ptq_model_foreach_tensor (
          self->proto, check_external_tensor, self->external_data, error))
    return NULL;
  ptq_model_changed (self);

  return g_steal_pointer (&self);
}

static PtqModel *
new_from_data (
    gconstpointer data, gsize size, const gchar *folder, GError **error)
{
  Onnx__ModelProto *proto;

  if (size == 0) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL,
        "it is empty; an ONNX model is expected");
    return NULL;
  }
  proto = (Onnx__ModelProto *) ptq_wire_unpack (
      &onnx__model_proto__descriptor, data, size, error);

  return proto ? ptq_model_new_from_proto (proto, folder, error) : NULL;
}

static gboolean
check_file (const gchar *path, GError **error)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0) {
    g_set_error (error, PTQ_ERROR,
        errno == ENOENT ? PTQ_ERROR_NOT_FOUND : PTQ_ERROR_READ,
        "%s: the model cannot be read: %s", path, g_strerror (errno));
    return FALSE;
  }
  if (!S_ISREG (info.st_mode)) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
        "%s: this is a %s, an ONNX file is expected", path,
        S_ISDIR (info.st_mode) ? "folder" : "special file");
    return FALSE;
  }

  return TRUE;
}

/**
 * ptq_model_load:
 * @path: an ONNX file
 * @error: return location for an error
 *
 * Reads a model. Files beside it that hold weights are mapped into memory and
 * read when somebody needs them.
 *
 * Returns: (transfer full): the model, or %NULL with %PTQ_ERROR_NOT_FOUND,
 *   %PTQ_ERROR_READ, %PTQ_ERROR_INVALID_MODEL or %PTQ_ERROR_UNSUPPORTED
 *
 * Since: 0.1
 */
PtqModel *
ptq_model_load (const gchar *path, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GError) reason = NULL;
  g_autofree gchar *folder = NULL;
  PtqModel *self;

  g_return_val_if_fail (path != NULL, NULL);

  if (!check_file (path, error))
    return NULL;
  file = g_mapped_file_new (path, FALSE, &reason);
  if (!file) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
        "%s: the model cannot be read: %s", path, reason->message);
    return NULL;
  }

  folder = g_path_get_dirname (path);
  self = new_from_data (g_mapped_file_get_contents (file),
      g_mapped_file_get_length (file), folder, error);
  if (!self) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  self->path = g_strdup (path);

  return self;
}

/**
 * ptq_model_new_from_bytes:
 * @bytes: an ONNX file in memory
 * @folder: (nullable): where files with weights would be
 * @error: return location for an error
 *
 * Returns: (transfer full): the model, or %NULL with
 *   %PTQ_ERROR_INVALID_MODEL, %PTQ_ERROR_UNSUPPORTED, and %PTQ_ERROR_NOT_FOUND
 *   or %PTQ_ERROR_READ where a file with weights is missing
 *
 * Since: 0.1
 */
PtqModel *
ptq_model_new_from_bytes (GBytes *bytes, const gchar *folder, GError **error)
{
  gconstpointer data;
  gsize size;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);

  return new_from_data (data, size, folder, error);
}

/* The weights are copied one by one, so that no more than one of them is in
 * memory a third time. */
static Onnx__ModelProto *
copy_proto (const Onnx__ModelProto *proto)
{
  const Onnx__GraphProto *graph = proto->graph;
  const gsize n = graph->n_initializer;
  /* Others may read the model meanwhile: it is not changed for a moment. */
  Onnx__ModelProto shell = *proto;
  Onnx__GraphProto bare = *graph;
  Onnx__ModelProto *copy;
  gsize i;

  bare.n_initializer = 0;
  bare.initializer = NULL;
  shell.graph = &bare;
  copy = (Onnx__ModelProto *) ptq_wire_copy (&shell.base);

  copy->graph->n_initializer = n;
  copy->graph->initializer = g_new (Onnx__TensorProto *, n);
  for (i = 0; i < n; i++)
    copy->graph->initializer[i] =
        (Onnx__TensorProto *) ptq_wire_copy (&graph->initializer[i]->base);

  return copy;
}

/**
 * ptq_model_copy:
 * @self: a model
 * @error: return location for an error
 *
 * Returns: (transfer full): a copy to be edited. External data stays in its
 *   files; %NULL with %PTQ_ERROR_NOT_FOUND or %PTQ_ERROR_READ where one of
 *   them is gone.
 *
 * Since: 0.1
 */
PtqModel *
ptq_model_copy (PtqModel *self, GError **error)
{
  PtqModel *copy;

  g_return_val_if_fail (PTQ_IS_MODEL (self), NULL);

  ptq_work_count_add (PTQ_WORK_COPY);
  copy =
      ptq_model_new_from_proto (copy_proto (self->proto), self->folder, error);
  if (copy)
    copy->path = g_strdup (self->path);

  return copy;
}

/**
 * ptq_model_get_path:
 * @self: a model
 *
 * Returns: (nullable): the file it was loaded from
 *
 * Since: 0.1
 */
const gchar *
ptq_model_get_path (PtqModel *self)
{
  g_return_val_if_fail (PTQ_IS_MODEL (self), NULL);

  return self->path;
}

/**
 * ptq_model_get_folder:
 * @self: a model
 *
 * Returns: (nullable): the folder that its external data is in
 *
 * Since: 0.1
 */
const gchar *
ptq_model_get_folder (PtqModel *self)
{
  g_return_val_if_fail (PTQ_IS_MODEL (self), NULL);

  return self->folder;
}

static gboolean
is_default_domain (const gchar *domain)
{
  return !domain || !*domain || !strcmp (domain, "ai.onnx");
}

static Onnx__OperatorSetIdProto *
find_opset (const Onnx__ModelProto *proto, const gchar *domain)
{
  gsize i;

  for (i = 0; i < proto->n_opset_import; i++) {
    const gchar *found = proto->opset_import[i]->domain;

    if (is_default_domain (domain) ? is_default_domain (found)
                                   : !g_strcmp0 (found, domain))
      return proto->opset_import[i];
  }

  return NULL;
}

/**
 * ptq_model_get_opset:
 * @self: a model
 *
 * Returns: the version of the default operator set, 0 if it uses none
 *
 * Since: 0.1
 */
gint64
ptq_model_get_opset (PtqModel *self)
{
  Onnx__OperatorSetIdProto *opset;

  g_return_val_if_fail (PTQ_IS_MODEL (self), 0);

  opset = find_opset (self->proto, "");

  return opset ? opset->version : 0;
}

/* Sets the version of @domain's operators, adding the domain if it is new. */
void
ptq_model_set_opset (PtqModel *self, const gchar *domain, gint64 version)
{
  Onnx__ModelProto *proto = self->proto;
  Onnx__OperatorSetIdProto *opset = find_opset (proto, domain);

  if (!opset) {
    opset = g_new (Onnx__OperatorSetIdProto, 1);
    onnx__operator_set_id_proto__init (opset);
    opset->domain = g_strdup (domain);
    proto->opset_import = g_renew (Onnx__OperatorSetIdProto *,
        proto->opset_import, proto->n_opset_import + 1);
    proto->opset_import[proto->n_opset_import++] = opset;
  }
  opset->has_version = TRUE;
  opset->version = version;
}

Onnx__ModelProto *
ptq_model_get_proto (PtqModel *self)
{
  return self->proto;
}

Onnx__GraphProto *
ptq_model_get_graph (PtqModel *self)
{
  return self->proto->graph;
}

/* Replaces the message; pointers into the old one are void. */
void
ptq_model_take_proto (PtqModel *self, Onnx__ModelProto *proto)
{
  onnx__model_proto__free_unpacked (self->proto, NULL);
  self->proto = proto;
  ptq_model_changed (self);
}

PtqExternalData *
ptq_model_get_external_data (PtqModel *self)
{
  return self->external_data;
}

void
ptq_model_changed (PtqModel *self)
{
  g_clear_pointer (&self->inputs, g_array_unref);
  g_clear_pointer (&self->outputs, g_array_unref);
  self->inputs = ptq_value_info_list_inputs (self->proto->graph);
  self->outputs = ptq_value_info_list_outputs (self->proto->graph);
}

/**
 * ptq_model_get_n_inputs:
 * @self: a model
 *
 * Returns: how many inputs have to be fed. Initializers that are listed as
 *   inputs are not counted.
 *
 * Since: 0.1
 */
guint
ptq_model_get_n_inputs (PtqModel *self)
{
  g_return_val_if_fail (PTQ_IS_MODEL (self), 0);

  return self->inputs->len;
}

/**
 * ptq_model_get_input:
 * @self: a model
 * @index: which, below ptq_model_get_n_inputs()
 *
 * Returns: (transfer none): name, type and shape, valid until the model is
 *   changed
 *
 * Since: 0.1
 */
const PtqValueInfo *
ptq_model_get_input (PtqModel *self, guint index)
{
  g_return_val_if_fail (PTQ_IS_MODEL (self), NULL);
  g_return_val_if_fail (index < self->inputs->len, NULL);

  return &g_array_index (self->inputs, PtqValueInfo, index);
}

/**
 * ptq_model_get_n_outputs:
 * @self: a model
 *
 * Returns: how many outputs it has
 *
 * Since: 0.1
 */
guint
ptq_model_get_n_outputs (PtqModel *self)
{
  g_return_val_if_fail (PTQ_IS_MODEL (self), 0);

  return self->outputs->len;
}

/**
 * ptq_model_get_output:
 * @self: a model
 * @index: which, below ptq_model_get_n_outputs()
 *
 * Returns: (transfer none): name, type and shape, valid until the model is
 *   changed
 *
 * Since: 0.1
 */
const PtqValueInfo *
ptq_model_get_output (PtqModel *self, guint index)
{
  g_return_val_if_fail (PTQ_IS_MODEL (self), NULL);
  g_return_val_if_fail (index < self->outputs->len, NULL);

  return &g_array_index (self->outputs, PtqValueInfo, index);
}
