/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ONNX Runtime unpacks what was stored: every width and layout gives exactly
 * codes * scale + offset in float32 arithmetic, and the file is small. */

#include "../build-model.h"
#include "runtime-private.h"
#include "weight-store.h"

#include <string.h>

typedef struct
{
  const gchar *name;
  const gchar *shape;
  guint channels;
  guint inner;
  gint axis;
} Layout;

/* Sizes that fill no byte, channels first, in the middle and last */
static const Layout layouts[] = {
  { "A", "3x5x2x3", 3, 30, 0 },
  { "B", "7x3", 3, 1, 1 },
  { "C", "2x3x5", 3, 5, 1 },
  { "D", "1x9x1x1", 1, 9, -1 },
  { "E", "5x13", 5, 13, 0 },
  { "F", "3x2x4x5", 5, 1, 3 },
};

#define N_LAYOUTS G_N_ELEMENTS (layouts)

typedef struct
{
  gint *codes;
  gfloat *scales;
  gfloat *offsets;
  gsize n;
} Content;

static void
content_clear (Content *content)
{
  g_free (content->codes);
  g_free (content->scales);
  g_free (content->offsets);
}

/* Lowest and highest code first, then any */
static void
content_init (
    Content *content, GRand *rand, gsize n, guint n_channels, gint bits)
{
  content->n = n;
  content->codes = g_new (gint, n);
  content->scales = g_new (gfloat, n_channels);
  content->offsets = g_new (gfloat, n_channels);
  for (gsize i = 0; i < n; i++)
    content->codes[i] = i == 0 ? 0
        : i == 1               ? (1 << bits) - 1
                               : g_rand_int_range (rand, 0, 1 << bits);
  for (guint c = 0; c < n_channels; c++) {
    content->scales[c] = (gfloat) g_rand_double_range (rand, 1e-4, 1);
    content->offsets[c] = (gfloat) g_rand_double_range (rand, -3, 3);
  }
}

/* Each weight plus 0 is an output. */
static PtqModel *
new_model (void)
{
  g_autoptr (GString) text = g_string_new ("input x 1\n");

  for (guint i = 0; i < N_LAYOUTS; i++)
    g_string_append_printf (text, "weight %s %s\n Add %s,x y%u\n output y%u\n",
        layouts[i].name, layouts[i].shape, layouts[i].name, i, i);
  return build_model (text->str);
}

static PtqSession *
run (PtqModel *model)
{
  g_autoptr (GError) error = NULL;
  PtqSessionOptions options = { PTQ_OPTIMIZE_ALL, FALSE, NULL, NULL };
  PtqSession *session;
  const gfloat zero = 0;
  PtqTensor input = { 0 };

  input.type = PTQ_ELEMENT_FLOAT;
  input.rank = 1;
  input.dims[0] = 1;
  input.data = &zero;
  input.size = sizeof zero;
  session = ptq_session_new (model, &options, &error);
  g_assert_no_error (error);
  ptq_session_run (session, &input, 1, NULL, &error);
  g_assert_no_error (error);
  return session;
}

static void
check_output (
    const PtqTensor *output, const Layout *layout, const Content *content)
{
  const gfloat *values = output->data;

  g_assert_cmpint (output->type, ==, PTQ_ELEMENT_FLOAT);
  g_assert_cmpuint (output->size, ==, content->n * sizeof (gfloat));
  for (gsize i = 0; i < content->n; i++) {
    guint c = layout->axis < 0 ? 0 : i / layout->inner % layout->channels;
    gfloat product =
        (gfloat) ((gdouble) content->codes[i] * content->scales[c]);
    gfloat expected = (gfloat) ((gdouble) product + content->offsets[c]);

    g_assert_cmpfloat (values[i], ==, expected);
  }
}

static void
store_and_check (const gint *bits, PtqWeightStorage storage)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (bits[0]);
  g_autoptr (PtqModel) model = new_model ();
  g_autoptr (PtqWeightStore) store = ptq_weight_store_new (model, storage);
  g_autoptr (PtqSession) session = NULL;
  Onnx__GraphProto *graph = ptq_model_get_graph (model);
  Content contents[N_LAYOUTS];

  /* The types of QDQ and NATIVE came with opset 21. */
  ptq_model_set_opset (model, "", 21);
  ptq_model_get_proto (model)->ir_version = 10;

  for (guint i = 0; i < N_LAYOUTS; i++) {
    const Onnx__TensorProto *tensor =
        ptq_graph_find_initializer (graph, layouts[i].name);

    content_init (&contents[i], rand, ptq_tensor_proto_count (tensor),
        layouts[i].channels, bits[i]);
    ptq_weight_store_add (store, tensor, layouts[i].axis, bits[i],
        contents[i].codes, contents[i].scales, contents[i].offsets,
        layouts[i].channels);
  }
  ptq_weight_store_write (store);
  for (guint i = 0; i < N_LAYOUTS; i++)
    g_assert_null (ptq_graph_find_initializer (graph, layouts[i].name));

  session = run (model);
  for (guint i = 0; i < N_LAYOUTS; i++) {
    check_output (
        ptq_session_get_output (session, i), &layouts[i], &contents[i]);
    content_clear (&contents[i]);
  }
}

static void
test_width (gconstpointer data)
{
  gint bits[N_LAYOUTS];

  for (guint i = 0; i < N_LAYOUTS; i++)
    bits[i] = GPOINTER_TO_INT (data);
  for (gint s = PTQ_WEIGHT_STORAGE_FOLDED; s <= PTQ_WEIGHT_STORAGE_NATIVE; s++)
    store_and_check (bits, s);
}

static void
test_unlike_widths (void)
{
  const gint bits[N_LAYOUTS] = { 3, 11, 3, 8, 16, 1 };

  for (gint s = PTQ_WEIGHT_STORAGE_FOLDED; s <= PTQ_WEIGHT_STORAGE_NATIVE; s++)
    store_and_check (bits, s);
}

/* Codes beyond the width: next to one another, farther apart than a byte can
 * say, at the first and the last place, as low and as high as can be */
static void
test_apart (void)
{
  const gint highs[] = { 1, -1, 127, -128, 5 };
  const gsize places[] = { 0, 1, 2, 700, 999 };
  const gint64 n = 1000;

  for (gint bits = 1; bits <= 16; bits++) {
    g_autoptr (GRand) rand = g_rand_new_with_seed (bits);
    g_autoptr (PtqModel) model =
        build_model ("input x 1\n"
                     "weight A 1x1000\n Add A,x y\n weight B 3x5\n Add B,x z\n"
                     "output y\n output z");
    g_autoptr (PtqWeightStore) store =
        ptq_weight_store_new (model, PTQ_WEIGHT_STORAGE_FOLDED);
    g_autoptr (PtqSession) session = NULL;
    const Layout a = { "A", NULL, 1, n, 0 }, b = { "B", NULL, 3, 5, 0 };
    Onnx__GraphProto *graph = ptq_model_get_graph (model);
    Content first, second;

    content_init (&first, rand, n, 1, bits);
    content_init (&second, rand, 15, 3, bits);
    for (guint i = 0; i < G_N_ELEMENTS (places); i++)
      first.codes[places[i]] += highs[i] * (1 << bits);
    second.codes[14] += 3 << bits;
    ptq_weight_store_add (store, ptq_graph_find_initializer (graph, "A"), 0,
        bits, first.codes, first.scales, first.offsets, 1);
    ptq_weight_store_add (store, ptq_graph_find_initializer (graph, "B"), 0,
        bits, second.codes, second.scales, second.offsets, 3);
    ptq_weight_store_write (store);
    session = run (model);
    check_output (ptq_session_get_output (session, 0), &a, &first);
    check_output (ptq_session_get_output (session, 1), &b, &second);
    content_clear (&first);
    content_clear (&second);
  }
}

/* Padding of one code and of none: what is cut into planes has a length that
 * eight divides, or not. */
static void
test_single_weight (void)
{
  for (guint n = 1; n <= 17; n++)
    for (gint bits = 1; bits <= 16; bits++) {
      g_autoptr (GRand) rand = g_rand_new_with_seed (n);
      g_autofree gchar *text = g_strdup_printf ("input x 1\n weight A 1x%u\n"
                                                "Add A,x y\n output y",
          n);
      g_autoptr (PtqModel) model = build_model (text);
      g_autoptr (PtqWeightStore) store =
          ptq_weight_store_new (model, PTQ_WEIGHT_STORAGE_FOLDED);
      g_autoptr (PtqSession) session = NULL;
      Layout layout = { "A", NULL, 1, n, 0 };
      Content content;

      content_init (&content, rand, n, 1, bits);
      ptq_weight_store_add (store,
          ptq_graph_find_initializer (ptq_model_get_graph (model), "A"), 0,
          bits, content.codes, content.scales, content.offsets, 1);
      ptq_weight_store_write (store);
      session = run (model);
      check_output (ptq_session_get_output (session, 0), &layout, &content);
      content_clear (&content);
    }
}

/* Names of the model that look like those of the store */
static void
test_names (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (PtqModel) model =
      build_model ("input _2 1\n weight A 1x40\n"
                   "floats _5 3\n Mul _2,_5 _7\n Add A,_7 _0\n output _0");
  g_autoptr (PtqWeightStore) store =
      ptq_weight_store_new (model, PTQ_WEIGHT_STORAGE_FOLDED);
  g_autoptr (PtqSession) session = NULL;
  Layout layout = { "A", NULL, 1, 40, 0 };
  Content content;

  content_init (&content, rand, 40, 1, 7);
  ptq_weight_store_add (store,
      ptq_graph_find_initializer (ptq_model_get_graph (model), "A"), 0, 7,
      content.codes, content.scales, content.offsets, 1);
  ptq_weight_store_write (store);
  session = run (model);
  check_output (ptq_session_get_output (session, 0), &layout, &content);
  content_clear (&content);
}

/* b / 8 bytes a weight, 8 bytes a channel, and 5 percent */
static void
test_file_size (void)
{
  const gsize n = 256 * 128 * 9;

  for (gint bits = 1; bits <= 16; bits++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GRand) rand = g_rand_new_with_seed (1);
    g_autoptr (PtqModel) model = build_model (
        "input x 1x128x4x4\n"
        "weight W 256x128x3x3\n Conv x,W y pads=1,1,1,1\n output y");
    g_autoptr (PtqWeightStore) store =
        ptq_weight_store_new (model, PTQ_WEIGHT_STORAGE_FOLDED);
    g_autoptr (GBytes) bytes = NULL;
    Content content;

    content_init (&content, rand, n, 256, bits);
    ptq_weight_store_add (store,
        ptq_graph_find_initializer (ptq_model_get_graph (model), "W"), 0, bits,
        content.codes, content.scales, content.offsets, 256);
    ptq_weight_store_write (store);
    bytes = ptq_model_to_bytes (model, &error);
    g_assert_no_error (error);
    g_assert_cmpfloat (
        g_bytes_get_size (bytes), <=, 1.05 * (n * bits / 8.0 + 256 * 8));
    content_clear (&content);
  }
}

/* Nothing of the unpacking is left to do when the model runs. */
static void
test_folds_away (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (PtqModel) model =
      build_model ("input x 1x16x4x4\n"
                   "weight W 16x16x3x3\n Conv x,W y pads=1,1,1,1\n output y");
  g_autoptr (PtqWeightStore) store =
      ptq_weight_store_new (model, PTQ_WEIGHT_STORAGE_FOLDED);
  g_autoptr (PtqModel) optimized = NULL;
  Content content;

  content_init (&content, rand, 16 * 16 * 9, 16, 11);
  content.codes[1000] += 1 << 11;
  ptq_weight_store_add (store,
      ptq_graph_find_initializer (ptq_model_get_graph (model), "W"), 0, 11,
      content.codes, content.scales, content.offsets, 16);
  ptq_weight_store_write (store);
  g_assert_cmpuint (count_nodes (model, "BitShift"), >, 0);
  g_assert_cmpuint (count_nodes (model, "ScatterElements"), ==, 1);
  optimized = ptq_runtime_optimize (model, PTQ_OPTIMIZE_BASIC, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ptq_model_get_graph (optimized)->n_node, ==, 1);
  g_assert_cmpuint (count_nodes (optimized, "Conv"), ==, 1);
  content_clear (&content);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gint bits = 1; bits <= 16; bits++) {
    g_autofree gchar *path = g_strdup_printf ("/weight-store/width/%d", bits);

    g_test_add_data_func (path, GINT_TO_POINTER (bits), test_width);
  }
  g_test_add_func ("/weight-store/unlike-widths", test_unlike_widths);
  g_test_add_func ("/weight-store/single-weight", test_single_weight);
  g_test_add_func ("/weight-store/apart", test_apart);
  g_test_add_func ("/weight-store/names", test_names);
  g_test_add_func ("/weight-store/file-size", test_file_size);
  g_test_add_func ("/weight-store/folds-away", test_folds_away);
  return g_test_run ();
}
