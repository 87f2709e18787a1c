/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Caps of tensor streams: written, read and compared.
 */
#include <string.h>

#include "gstptqmodelcaps.h"
#include "ptq-error.h"

#define STATIC "other/tensors, format=(string)static, "
#define ONE STATIC "num_tensors=(int)1, types=(string)float32, "

static gboolean
parse (const gchar *text, GstPtqTensorsInfo *info, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  g_assert_nonnull (caps);
  return gst_ptq_tensors_info_from_caps (info, caps, error);
}

static void
check_refused (const gchar *text, const gchar *part)
{
  g_autoptr (GError) error = NULL;
  GstPtqTensorsInfo info;

  g_assert_false (parse (text, &info, &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not hold \"%s\"", error->message, part);
}

static void
test_parse (void)
{
  g_autoptr (GError) error = NULL;
  GstPtqTensorsInfo info;

  g_assert_true (parse (ONE "dimensions=(string)224:112:3:1, "
                            "framerate=(fraction)30/1",
      &info, &error));
  g_assert_cmpuint (info.n_tensors, ==, 1);
  g_assert_cmpint (info.tensors[0].type, ==, PTQ_ELEMENT_FLOAT);
  g_assert_cmpuint (info.tensors[0].rank, ==, 4);
  g_assert_cmpint (info.tensors[0].dims[0], ==, 1);
  g_assert_cmpint (info.tensors[0].dims[1], ==, 3);
  g_assert_cmpint (info.tensors[0].dims[2], ==, 112);
  g_assert_cmpint (info.tensors[0].dims[3], ==, 224);
  g_assert_cmpint (info.framerate_n, ==, 30);
  g_assert_cmpuint (
      gst_ptq_tensor_shape_get_size (&info.tensors[0]), ==, 224 * 112 * 3 * 4);
}

/* Both separators, and more dimensions than ours as long as they are 1 */
static void
test_parse_several (void)
{
  static const gchar *texts[] = {
    STATIC "num_tensors=(int)2, types=(string)\"float32,uint8\", "
           "dimensions=(string)\"4:3,7:1:1:1:1:1:1:1:1:1\"",
    STATIC "num_tensors=(int)2, types=(string)float32.uint8, "
           "dimensions=(string)4:3.7:1:1:1:1:1:1:1:1:1",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    GstPtqTensorsInfo info;

    g_assert_true (parse (texts[i], &info, &error));
    g_assert_cmpuint (info.n_tensors, ==, 2);
    g_assert_cmpuint (info.tensors[0].rank, ==, 2);
    g_assert_cmpint (info.tensors[0].dims[0], ==, 3);
    g_assert_cmpint (info.tensors[0].dims[1], ==, 4);
    g_assert_cmpint (info.tensors[1].type, ==, PTQ_ELEMENT_UINT8);
    g_assert_cmpuint (gst_ptq_tensor_shape_get_size (&info.tensors[1]), ==, 7);
  }
}

static void
test_refused (void)
{
  check_refused ("video/x-raw", "video/x-raw");
  check_refused ("other/tensors, format=(string)flexible", "flexible");
  check_refused ("other/tensors, format=(string)sparse", "sparse");
  check_refused ("other/tensors", "format=(none)");
  check_refused (STATIC "num_tensors=(uint)1", "guint");
  check_refused (STATIC "types=(string)float32", "num_tensors is missing");
  check_refused (STATIC "num_tensors=(int)17, types=(string)float32, "
                        "dimensions=(string)1",
      "17");
  check_refused (ONE "framerate=(fraction)0/1", "dimensions is missing");
  check_refused (ONE "dimensions=(int)10", "gint");
  check_refused (ONE "dimensions=(string)3:x:1", "\"x\"");
  check_refused (ONE "dimensions=(string)3:0:1", "\"0\"");
  check_refused (ONE "dimensions=(string)3::1", "\"\"");
  check_refused (ONE "dimensions=(string)-3:4", "\"-3\"");
  check_refused (ONE "dimensions=(string)99999999999", "99999999999");
  check_refused (ONE "dimensions=(string)1:2:3:4:5:6:7:8:9", "9 dimensions");
  check_refused (ONE "dimensions=(string)\"3:4,5\"", "2 dimensions");
  check_refused (STATIC "num_tensors=(int)1, types=(string)complex64, "
                        "dimensions=(string)3:4",
      "complex64");
}

static void
check_accepted (GstCaps *caps, const gchar *dimensions, gboolean expected)
{
  g_autofree gchar *text = g_strdup_printf (ONE "dimensions=(string)%s, "
                                                "framerate=(fraction)30/1",
      dimensions);
  g_autoptr (GstCaps) offered = gst_caps_from_string (text);

  g_assert_true (gst_caps_can_intersect (caps, offered) == expected);
}

static void
test_spellings (void)
{
  GstPtqTensorShape image = {
    .type = PTQ_ELEMENT_FLOAT, .rank = 4, .dims = { 1, 3, 112, 224 }
  };
  GstPtqTensorShape vector = {
    .type = PTQ_ELEMENT_FLOAT, .rank = 2, .dims = { 1, 10 }
  };
  g_autoptr (GstCaps) images = gst_ptq_tensor_caps_new (&image, 1);
  g_autoptr (GstCaps) vectors = gst_ptq_tensor_caps_new (&vector, 1);

  g_assert_cmpuint (gst_caps_get_size (images), ==, 2);
  check_accepted (images, "224:112:3:1", TRUE);
  check_accepted (images, "224:112:3", TRUE);
  check_accepted (images, "224:112:3:2", FALSE);
  check_accepted (images, "3:224:112:1", FALSE);
  g_assert_cmpuint (gst_caps_get_size (vectors), ==, 3);
  check_accepted (vectors, "10:1:1:1", TRUE);
  check_accepted (vectors, "10:1", TRUE);
  check_accepted (vectors, "10", TRUE);
}

/* An open size takes every string, an open batch is 1. */
static void
test_open (void)
{
  GstPtqTensorShape open = {
    .type = PTQ_ELEMENT_FLOAT, .rank = 4, .dims = { 1, 3, -1, -1 }
  };
  PtqValueInfo value = {
    .name = "x", .type = PTQ_ELEMENT_FLOAT, .rank = 2, .dims = { -1, 5 }
  };
  GstPtqTensorShape shape;
  g_autoptr (GstCaps) caps = gst_ptq_tensor_caps_new (&open, 1);

  check_accepted (caps, "7:9:3:1", TRUE);
  g_assert_false (gst_ptq_tensor_shape_is_fixed (&open));
  gst_ptq_tensor_shape_from_value_info (&shape, &value);
  g_assert_true (gst_ptq_tensor_shape_is_fixed (&shape));
  g_assert_cmpint (shape.dims[0], ==, 1);
}

static void
test_several_separators (void)
{
  GstPtqTensorShape shapes[2] = {
    { .type = PTQ_ELEMENT_FLOAT, .rank = 4, .dims = { 1, 1, 2, 3 } },
    { .type = PTQ_ELEMENT_UINT8, .rank = 1, .dims = { 6 } },
  };
  g_autoptr (GstCaps) caps = gst_ptq_tensor_caps_new (shapes, 2);
  static const gchar *texts[] = {
    STATIC "num_tensors=(int)2, types=(string)\"float32,uint8\", "
           "dimensions=(string)\"3:2:1:1,6:1:1:1\", framerate=(fraction)0/1",
    STATIC "num_tensors=(int)2, types=(string)float32.uint8, "
           "dimensions=(string)3:2:1:1.6, framerate=(fraction)0/1",
    STATIC "num_tensors=(int)2, types=(string)float32.uint8, "
           "dimensions=(string)3:2.6, framerate=(fraction)0/1",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GstCaps) offered = gst_caps_from_string (texts[i]);

    g_assert_true (gst_caps_can_intersect (caps, offered));
  }
}

static void
check_match (
    const gchar *dimensions, const PtqValueInfo *value, gboolean expected)
{
  GstPtqTensorShape shape;
  g_autoptr (GError) error = NULL;

  g_assert_true (
      gst_ptq_tensor_shape_parse (&shape, "float32", dimensions, &error));
  g_assert_true (
      gst_ptq_tensor_shape_match (&shape, value, &error) == expected);
  g_assert_true ((error == NULL) == expected);
}

static void
test_match (void)
{
  PtqValueInfo fixed = { .name = "data",
    .type = PTQ_ELEMENT_FLOAT,
    .rank = 4,
    .dims = { 1, 3, 112, 224 } };
  PtqValueInfo open = { .name = "data",
    .type = PTQ_ELEMENT_FLOAT,
    .rank = 4,
    .dims = { -1, 3, -1, -1 } };
  PtqValueInfo unknown = {
    .name = "data", .type = PTQ_ELEMENT_FLOAT, .rank = -1
  };
  PtqValueInfo short_one = {
    .name = "data", .type = PTQ_ELEMENT_FLOAT, .rank = 2, .dims = { 1, 10 }
  };
  GstPtqTensorShape shape;
  g_autoptr (GError) error = NULL;

  check_match ("224:112:3:1", &fixed, TRUE);
  check_match ("224:112:3", &fixed, TRUE);
  check_match ("224:112:3:1:1:1", &fixed, TRUE);
  check_match ("112:224:3:1", &fixed, FALSE);
  check_match ("224:112:3:2", &fixed, FALSE);
  check_match ("224:112", &fixed, FALSE);
  check_match ("224:112:3:1:2", &fixed, FALSE);
  check_match ("17:9:3:1", &open, TRUE);
  check_match ("17:9:1:1", &open, FALSE);
  check_match ("1:2:3:4:5", &unknown, TRUE);
  check_match ("10", &short_one, TRUE);
  check_match ("10:1:1:1", &short_one, TRUE);
  check_match ("10:2", &short_one, FALSE);

  g_assert_true (
      gst_ptq_tensor_shape_parse (&shape, "uint8", "224:112:3:1", NULL));
  g_assert_false (gst_ptq_tensor_shape_match (&shape, &open, &error));
  g_assert_nonnull (strstr (error->message, "\"data\""));
  g_assert_nonnull (strstr (error->message, "float32 [?,3,?,?]"));
  g_assert_nonnull (strstr (error->message, "uint8 [1,3,112,224]"));
}

static void
test_rank (void)
{
  GstPtqTensorShape shape;
  PtqTensor tensor;

  g_assert_true (
      gst_ptq_tensor_shape_parse (&shape, "float32", "4:3:1:1", NULL));
  gst_ptq_tensor_shape_to_tensor (&shape, 2, &tensor);
  g_assert_cmpuint (tensor.rank, ==, 2);
  g_assert_cmpint (tensor.dims[0], ==, 3);
  g_assert_cmpint (tensor.dims[1], ==, 4);
  gst_ptq_tensor_shape_to_tensor (&shape, 5, &tensor);
  g_assert_cmpuint (tensor.rank, ==, 5);
  g_assert_cmpint (tensor.dims[0], ==, 1);
  g_assert_cmpint (tensor.dims[3], ==, 3);
  g_assert_cmpuint (tensor.size, ==, 48);
}

static void
check_model_takes (PtqModel *model, const gchar *type, gboolean expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text =
      g_strdup_printf (STATIC "num_tensors=(int)1, "
                              "types=(string)%s, dimensions=(string)16:16:3:1, "
                              "framerate=(fraction)0/1",
          type);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  g_autoptr (GstCaps) taken = gst_ptq_tensor_caps_for_model (model, &error);
  GstPtqTensorsInfo info;

  g_assert_no_error (error);
  g_assert_cmpint (gst_caps_can_intersect (taken, caps), ==, expected);
  g_assert_true (gst_ptq_tensors_info_from_caps (&info, caps, NULL));
  g_assert_cmpint (
      gst_ptq_tensors_info_match (&info, model, NULL), ==, expected);
}

/* Its own type first, then what ptqnormalize makes */
static void
test_half_model (void)
{
  g_autofree gchar *path = g_test_build_filename (
      G_TEST_DIST, "data", "stream", "half-convnet.onnx", NULL);
  g_autofree gchar *float_path = g_test_build_filename (
      G_TEST_DIST, "data", "stream", "convnet.onnx", NULL);
  g_autoptr (PtqModel) model = ptq_model_load (path, NULL);
  g_autoptr (PtqModel) float_model = ptq_model_load (float_path, NULL);
  g_autoptr (GstCaps) caps = gst_ptq_tensor_caps_for_model (model, NULL);

  g_assert_cmpstr (
      gst_structure_get_string (gst_caps_get_structure (caps, 0), "types"), ==,
      "float16");
  check_model_takes (model, "float16", TRUE);
  check_model_takes (model, "float32", TRUE);
  check_model_takes (model, "uint8", FALSE);
  check_model_takes (float_model, "float32", TRUE);
  check_model_takes (float_model, "float16", FALSE);
}

int
main (int argc, char **argv)
{
  gint status;

  gst_init (NULL, NULL);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tensorcaps/parse", test_parse);
  g_test_add_func ("/tensorcaps/parse-several", test_parse_several);
  g_test_add_func ("/tensorcaps/refused", test_refused);
  g_test_add_func ("/tensorcaps/spellings", test_spellings);
  g_test_add_func ("/tensorcaps/open", test_open);
  g_test_add_func ("/tensorcaps/several-separators", test_several_separators);
  g_test_add_func ("/tensorcaps/match", test_match);
  g_test_add_func ("/tensorcaps/rank", test_rank);
  g_test_add_func ("/tensorcaps/half-model", test_half_model);
  status = g_test_run ();
  /* so that the leaks tracer looks */
  gst_deinit ();
  return status;
}
