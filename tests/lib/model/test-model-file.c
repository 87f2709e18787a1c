/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Model files: read, written, with data outside, and broken.
 */
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "model-answers.h"

typedef struct
{
  gchar *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("ptq-model-XXXXXX", &error);
  g_assert_no_error (error);
}

static guint
count_files (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;

  return n;
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);

    g_remove (path);
  }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
}

static gchar *
path_in (Fixture *fixture, const gchar *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static GBytes *
read_file (const gchar *path)
{
  g_autoptr (GError) error = NULL;
  gchar *contents;
  gsize length;

  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);

  return g_bytes_new_take (contents, length);
}

static void
write_file (const gchar *path, gconstpointer data, gssize size)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
}

static void
save (PtqModel *model, const gchar *path, PtqModelSaveFlags flags)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ptq_model_save (model, path, flags, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_same_file (const gchar *found, GBytes *expected)
{
  g_autoptr (GBytes) bytes = read_file (found);

  g_assert_true (g_bytes_equal (bytes, expected));
}

/* Python's protobuf wrote the files, in the order of the field numbers. What
 * the schema does not know in them has the highest numbers, so the bytes come
 * out the same. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *source = test_model_path ("format", data);
  g_autofree gchar *path = path_in (fixture, "saved.onnx");
  g_autoptr (PtqModel) model = load_test_model ("format", data);
  g_autoptr (GBytes) expected = read_file (source);
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (PtqModel) copy = NULL;
  g_autoptr (GError) error = NULL;

  save (model, path, PTQ_MODEL_SAVE_DEFAULT);
  assert_same_file (path, expected);
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);

  copy = ptq_model_copy (model, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (ptq_model_get_path (copy), ==, source);
  packed = ptq_model_to_bytes (copy, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (packed, expected));
}

static void
assert_weights (PtqModel *model)
{
  const Onnx__GraphProto *graph = ptq_model_get_graph (model);
  g_autofree gfloat *w = NULL;
  g_autofree gint64 *b = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  w = ptq_tensor_proto_read_floats (
      model, ptq_graph_find_initializer (graph, "w"), &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 12);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpfloat (w[i], ==, i);
  b = ptq_tensor_proto_read_ints (
      model, ptq_graph_find_initializer (graph, "b"), &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (b[0], ==, 5);
  g_assert_cmpint (b[1], ==, 7);
}

static void
test_external_read (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (PtqModel) model = load_test_model ("format", "external.onnx");
  g_autofree gchar *path = path_in (fixture, "one.onnx");
  g_autofree gchar *before = ptq_model_get_checksum (model);
  g_autofree gchar *after = NULL;
  g_autoptr (PtqModel) inlined = NULL;
  g_autoptr (GError) error = NULL;

  assert_weights (model);
  save (model, path, PTQ_MODEL_SAVE_DEFAULT);
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
  /* Saving left it as it was. */
  assert_weights (model);

  inlined = ptq_model_load (path, &error);
  g_assert_no_error (error);
  assert_weights (inlined);
  after = ptq_model_get_checksum (inlined);
  g_assert_cmpstr (after, ==, before);
}

/* A tensor of a kilobyte goes out, the small one stays. */
static PtqModel *
large_model (void)
{
  PtqModel *model = load_test_model ("format", "external.onnx");
  Onnx__TensorProto *w =
      ptq_graph_find_initializer (ptq_model_get_graph (model), "w");
  gfloat values[4 * 64];
  const gint64 dims[] = { 4, 64 };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = i;
  ptq_tensor_proto_set_data (
      w, PTQ_ELEMENT_FLOAT, dims, 2, values, sizeof values);

  return model;
}

static void
test_external_write (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (PtqModel) model = large_model ();
  g_autofree gchar *path = path_in (fixture, "out.onnx");
  g_autofree gchar *data_path = path_in (fixture, "out.onnx.data");
  g_autofree gchar *before = ptq_model_get_checksum (model);
  g_autofree gchar *after = NULL;
  g_autoptr (PtqModel) loaded = NULL;
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GBytes) weights = NULL;
  g_autoptr (GError) error = NULL;

  save (model, path, PTQ_MODEL_SAVE_EXTERNAL_DATA);
  g_assert_cmpuint (count_files (fixture->folder), ==, 2);
  weights = read_file (data_path);
  g_assert_cmpuint (g_bytes_get_size (weights), ==, 1024);

  loaded = ptq_model_load (path, &error);
  g_assert_no_error (error);
  after = ptq_model_get_checksum (loaded);
  g_assert_cmpstr (after, ==, before);
  /* and over itself, while the old file is read */
  save (loaded, path, PTQ_MODEL_SAVE_EXTERNAL_DATA);
  assert_same_file (data_path, weights);
  g_assert_cmpuint (count_files (fixture->folder), ==, 2);
  /* The runtime finds the weights as well. */
  answers = model_answers_new (loaded, PTQ_OPTIMIZE_NONE, &error);
  g_assert_no_error (error);
}

static void
assert_not_loaded (const gchar *path, PtqError code, const gchar *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *expected = g_strconcat (path, ": ", message, NULL);

  g_assert_null (ptq_model_load (path, &error));
  g_assert_error (error, PTQ_ERROR, (gint) code);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_bad_files (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const guint8 old[] = { 0x08, 0x01, 0x3a, 0x00 };
  static const guint8 no_opset[] = { 0x08, 0x07, 0x3a, 0x00 };
  static const guint8 no_graph[] = { 0x08, 0x07 };
  g_autofree gchar *path = path_in (fixture, "bad.onnx");
  g_autofree gchar *absent = path_in (fixture, "absent.onnx");

  assert_not_loaded (absent, PTQ_ERROR_NOT_FOUND,
      "the model cannot be read: No such file or directory");
  assert_not_loaded (fixture->folder, PTQ_ERROR_READ,
      "this is a folder, an ONNX file is expected");
  assert_not_loaded ("/dev/null", PTQ_ERROR_READ,
      "this is a special file, an ONNX file is expected");
  write_file (path, "", 0);
  assert_not_loaded (
      path, PTQ_ERROR_INVALID_MODEL, "it is empty; an ONNX model is expected");
  write_file (path, "not a model", -1);
  assert_not_loaded (path, PTQ_ERROR_INVALID_MODEL,
      "byte 0 does not start a field of a protobuf message; it is not an ONNX "
      "model");
  write_file (path, no_graph, sizeof no_graph);
  assert_not_loaded (path, PTQ_ERROR_INVALID_MODEL,
      "it holds no graph; it is not an ONNX model");
  write_file (path, no_opset, sizeof no_opset);
  assert_not_loaded (path, PTQ_ERROR_INVALID_MODEL,
      "it has no opset_import, which IR version 7 demands");
  write_file (path, old, sizeof old);
  assert_not_loaded (path, PTQ_ERROR_UNSUPPORTED,
      "it is written in IR version 1, which does not say which version of the "
      "operators it means (no opset_import), so what they compute is not "
      "certain; export the model again with opset 13 or later");
}

/* Cut anywhere, a file is refused: what is missing at the end of this one, its
 * opset, is demanded. */
static void
test_cut_short (void)
{
  g_autofree gchar *path = test_model_path ("upgrade", "if-9.onnx");
  g_autoptr (GBytes) bytes = read_file (path);
  const gsize size = g_bytes_get_size (bytes);

  for (gsize n = 0; n < size; n++) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, n);
    g_autoptr (GError) error = NULL;

    g_assert_null (ptq_model_new_from_bytes (part, NULL, &error));
    g_assert_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL);
  }
}

/* graph { node { attribute { g { node { ... } } } } }, deeper than the stack */
static void
test_deep (void)
{
  static const guint8 tags[] = { 0x0a, 0x2a, 0x32 };
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const guint levels = 3 * 10000;
  guint8 *buffer = g_malloc (levels * 6);
  gsize at = levels * 6, end = at;

  /* backwards, as each length depends on what is inside */
  for (guint i = 0; i < levels; i++) {
    const guint32 length = end - at;
    guint8 header[6] = { i == levels - 1 ? 0x3a : tags[(levels - 2 - i) % 3] };
    guint n = 1;

    for (guint32 rest = length; n == 1 || rest > 0; rest >>= 7)
      header[n++] = (rest & 0x7f) | (rest > 0x7f ? 0x80 : 0);
    at -= n;
    memcpy (buffer + at, header, n);
  }
  g_byte_array_append (message, buffer + at, end - at);
  g_free (buffer);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&message));

  g_assert_null (ptq_model_new_from_bytes (bytes, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_INVALID_MODEL);
  g_assert_cmpstr (
      error->message, ==, "messages are nested more than 100 deep");
}

static void
set_external (Onnx__TensorProto *tensor, const gchar *key, const gchar *value)
{
  for (gsize i = 0; i < tensor->n_external_data; i++) {
    Onnx__StringStringEntryProto *entry = tensor->external_data[i];

    if (!strcmp (entry->key, key)) {
      g_free (entry->value);
      entry->value = g_strdup (value);
      return;
    }
  }
  g_assert_not_reached ();
}

/* As it stands, with its external data outside */
static GBytes *
pack (PtqModel *model)
{
  const Onnx__ModelProto *proto = ptq_model_get_proto (model);
  const gsize size = onnx__model_proto__get_packed_size (proto);
  guint8 *data = g_malloc (size);

  onnx__model_proto__pack (proto, data);

  return g_bytes_new_take (data, size);
}

/* The model of external.onnx with one entry changed, in another folder */
static void
assert_bad_external (Fixture *fixture, const gchar *key, const gchar *value,
    PtqError code, const gchar *message)
{
  g_autoptr (PtqModel) model = load_test_model ("format", "external.onnx");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  set_external (ptq_model_get_graph (model)->initializer[0], key, value);
  bytes = pack (model);

  g_assert_null (ptq_model_new_from_bytes (bytes, fixture->folder, &error));
  g_assert_error (error, PTQ_ERROR, (gint) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "\"w\""));
  g_assert_nonnull (strstr (error->message, message));
}

static void
test_bad_external (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *weights = path_in (fixture, "short.weights");

  write_file (weights, "four", 4);
  assert_bad_external (fixture, "location", "absent.weights",
      PTQ_ERROR_NOT_FOUND, "absent.weights: the data of tensor");
  assert_bad_external (fixture, "location", "/etc/passwd",
      PTQ_ERROR_INVALID_MODEL, "only files in the folder of the model");
  assert_bad_external (fixture, "location", "sub/../../x",
      PTQ_ERROR_INVALID_MODEL, "only files in the folder of the model");
  assert_bad_external (fixture, "location", "..", PTQ_ERROR_INVALID_MODEL,
      "only files in the folder of the model");
  assert_bad_external (
      fixture, "location", ".", PTQ_ERROR_READ, "not a regular file");
  assert_bad_external (fixture, "location", "short.weights",
      PTQ_ERROR_INVALID_MODEL,
      "needs 48 bytes from byte 0, but the file has 4 bytes");
  assert_bad_external (fixture, "offset", "-1", PTQ_ERROR_INVALID_MODEL,
      "offset \"-1\", a number of bytes is expected");
}

/* Two tensors of a gigabyte each, in a file with a hole and no data */
static void
test_too_large (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree gchar *weights = path_in (fixture, "external.weights");
  g_autoptr (PtqModel) model = load_test_model ("format", "external.onnx");
  g_autoptr (PtqModel) large = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  write_file (weights, "", 0);
  g_assert_cmpint (truncate (weights, G_GINT64_CONSTANT (1) << 30), ==, 0);
  for (gsize i = 0; i < 2; i++) {
    Onnx__TensorProto *tensor = ptq_model_get_graph (model)->initializer[i];

    tensor->data_type = PTQ_ELEMENT_UINT8;
    tensor->n_dims = 1;
    tensor->dims[0] = G_GINT64_CONSTANT (1) << 30;
    set_external (tensor, "offset", "0");
    set_external (tensor, "length", "1073741824");
  }
  bytes = pack (model);
  large = ptq_model_new_from_bytes (bytes, fixture->folder, &error);
  g_assert_no_error (error);
  g_assert_null (ptq_model_to_bytes (large, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "2 GB"));
}

static void
test_no_folder (void)
{
  g_autofree gchar *path = test_model_path ("format", "external.onnx");
  g_autoptr (GBytes) bytes = read_file (path);
  g_autoptr (GError) error = NULL;

  g_assert_null (ptq_model_new_from_bytes (bytes, NULL, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_NOT_FOUND);
}

/* 230 bytes of the model and 64 beside it, whatever number of tensors lies
 * there; none where there is no file. */
static void
test_file_size (void)
{
  g_autoptr (PtqModel) outside = load_test_model ("format", "external.onnx");
  g_autoptr (GBytes) bytes = ptq_model_to_bytes (outside, NULL);
  g_autoptr (PtqModel) loose = ptq_model_new_from_bytes (bytes, NULL, NULL);

  g_assert_cmpuint (ptq_model_get_file_size (outside), ==, 230 + 64);
  g_assert_cmpuint (ptq_model_get_file_size (loose), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/model-file/round-trip/everything", Fixture, "everything.onnx",
      set_up, test_round_trip, tear_down);
  g_test_add ("/model-file/round-trip/shapes", Fixture, "shapes.onnx", set_up,
      test_round_trip, tear_down);
  g_test_add ("/model-file/round-trip/tensors", Fixture, "tensors.onnx", set_up,
      test_round_trip, tear_down);
  g_test_add ("/model-file/external/read", Fixture, NULL, set_up,
      test_external_read, tear_down);
  g_test_add ("/model-file/external/write", Fixture, NULL, set_up,
      test_external_write, tear_down);
  g_test_add ("/model-file/external/bad", Fixture, NULL, set_up,
      test_bad_external, tear_down);
  g_test_add ("/model-file/external/too-large", Fixture, NULL, set_up,
      test_too_large, tear_down);
  g_test_add_func ("/model-file/external/no-folder", test_no_folder);
  g_test_add_func ("/model-file/external/file-size", test_file_size);
  g_test_add ("/model-file/bad/files", Fixture, NULL, set_up, test_bad_files,
      tear_down);
  g_test_add_func ("/model-file/bad/cut-short", test_cut_short);
  g_test_add_func ("/model-file/bad/deep", test_deep);

  return g_test_run ();
}
