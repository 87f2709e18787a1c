/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Shapes that are given to open inputs.
 */
#include <string.h>
#include "ptq-error.h"
#include "ptq-model.h"

static PtqModel *
load (const gchar *name)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "data", "stream", name, NULL);
  g_autoptr (GError) error = NULL;
  PtqModel *model = ptq_model_load (path, &error);

  g_assert_no_error (error);
  return model;
}

static void
test_open_dimensions (void)
{
  g_autoptr (PtqModel) model = load ("convnet-open.onnx");
  g_autoptr (GError) error = NULL;
  const PtqValueInfo *info;

  g_assert_cmpint (ptq_model_get_input (model, 0)->dims[2], ==, -1);
  ptq_model_set_input_shapes (model, " image : 1, 3,24, 40 ;", &error);
  g_assert_no_error (error);
  info = ptq_model_get_input (model, 0);
  g_assert_cmpint (info->rank, ==, 4);
  g_assert_cmpint (info->dims[0], ==, 1);
  g_assert_cmpint (info->dims[1], ==, 3);
  g_assert_cmpint (info->dims[2], ==, 24);
  g_assert_cmpint (info->dims[3], ==, 40);
}

static void
assert_refused (const gchar *text, gint code, const gchar *part)
{
  g_autoptr (PtqModel) model = load ("convnet.onnx");
  g_autoptr (GError) error = NULL;

  g_assert_false (ptq_model_set_input_shapes (model, text, &error));
  g_assert_error (error, PTQ_ERROR, code);
  if (strstr (error->message, part) == NULL)
    g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_refused (void)
{
  assert_refused ("", PTQ_ERROR_SETTINGS, "is no shape of an input");
  assert_refused ("image", PTQ_ERROR_SETTINGS, "\"image\" is no shape");
  assert_refused ("image:", PTQ_ERROR_SETTINGS, "is no shape of an input");
  assert_refused ("image:1,,3", PTQ_ERROR_SETTINGS, "is no shape");
  assert_refused ("image:1,-1", PTQ_ERROR_SETTINGS, "is no shape");
  assert_refused ("image:1,0", PTQ_ERROR_SETTINGS, "is no shape");
  assert_refused ("image:1,1,1,1,1,1,1,1,1", PTQ_ERROR_SETTINGS, "is no shape");
  assert_refused ("picture:0:1,3", PTQ_ERROR_SETTINGS,
      "no input \"picture:0\"; its inputs are \"image\"");
  assert_refused ("image:1,3,9,9", PTQ_ERROR_SHAPE, "image");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/input-shape/open-dimensions", test_open_dimensions);
  g_test_add_func ("/input-shape/refused", test_refused);
  return g_test_run ();
}
