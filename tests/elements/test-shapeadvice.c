/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a refused shape is answered with.
 */
#include "gstptqshapeadvice.h"

#include <string.h>

static gchar *
advise (const gchar *type, const gchar *dimensions, PtqValueInfo *want)
{
  GstPtqTensorShape have;
  g_autoptr (GError) error = NULL;

  gst_ptq_tensor_shape_parse (&have, type, dimensions, &error);
  g_assert_no_error (error);
  return gst_ptq_shape_advice (&have, want);
}

/* @words: what is advised, in this order, and nothing else */
static void
check (const gchar *dimensions, PtqValueInfo *want, const gchar *const *words)
{
  static const gchar *const elements[] = { "ptqconvert", "ptqresize", "ptqcrop",
    "ptqnormalize", "batch" };
  g_autofree gchar *advice = advise ("float32", dimensions, want);
  g_autofree gchar *asked = g_strjoinv (" ", (gchar **) words);
  const gchar *from = advice;

  g_test_message ("%s: %s", dimensions, advice != NULL ? advice : "nothing");
  for (guint i = 0; words[i] != NULL; i++) {
    g_assert_nonnull (from);
    from = strstr (from, words[i]);
    g_assert_nonnull (from);
  }
  for (guint i = 0; advice != NULL && i < G_N_ELEMENTS (elements); i++)
    g_assert_true ((strstr (advice, elements[i]) != NULL)
        == (strstr (asked, elements[i]) != NULL));
  if (words[0] == NULL)
    g_assert_null (advice);
}

#define CHECK(dimensions, want, ...) \
  check (dimensions, want, (const gchar *const[]){ __VA_ARGS__ })

static void
test_planes (void)
{
  PtqValueInfo want = { .name = "x",
    .type = PTQ_ELEMENT_FLOAT,
    .rank = 4,
    .dims = { 1, 3, 112, 224 } };

  CHECK ("200:112:3:1", &want, "ptqresize width=224 height=112",
      "ptqcrop width=224 height=112", NULL);
  CHECK (
      "112:224:3:1", &want, "ptqresize width=224 height=112", "ptqcrop", NULL);
  CHECK ("224:112:1:1", &want, "ptqconvert ! video/x-raw,format=RGB",
      "3 channels", NULL);
  CHECK ("3:224:112:1", &want, "ptqnormalize layout=nchw", NULL);
  CHECK ("1:300:112:1", &want, "ptqconvert", "format=RGB", "ptqresize",
      "ptqcrop", "ptqnormalize layout=nchw", NULL);
}

static void
test_interleaved (void)
{
  PtqValueInfo want = {
    .name = "x", .type = PTQ_ELEMENT_FLOAT, .rank = 4, .dims = { 1, 28, 20, 1 }
  };

  CHECK ("1:20:30:1", &want, "ptqresize width=20 height=28", "ptqcrop", NULL);
  CHECK ("20:28:1:1", &want, "ptqnormalize layout=nhwc", NULL);
  CHECK ("3:20:28:1", &want, "ptqconvert ! video/x-raw,format=GRAY8",
      "1 channel", NULL);
}

/* What is open fits everything. */
static void
test_open (void)
{
  PtqValueInfo want = {
    .name = "x", .type = PTQ_ELEMENT_FLOAT, .rank = 4, .dims = { -1, 3, 64, -1 }
  };

  CHECK ("50:60:3:1", &want, "ptqresize height=64 brings", "ptqcrop height=64",
      NULL);
  CHECK ("50:64:1:1", &want, "ptqconvert", "format=RGB", NULL);
}

static void
test_batch (void)
{
  PtqValueInfo want = {
    .name = "x", .type = PTQ_ELEMENT_FLOAT, .rank = 4, .dims = { 8, 3, 32, 32 }
  };

  CHECK ("32:32:3:1", &want, "batches of 8", NULL);
}

/* No picture, no word of pictures */
static void
test_others (void)
{
  PtqValueInfo vector = {
    .name = "x", .type = PTQ_ELEMENT_FLOAT, .rank = 2, .dims = { 1, 768 }
  };
  PtqValueInfo unknown = { .name = "x", .type = PTQ_ELEMENT_FLOAT, .rank = -1 };
  PtqValueInfo volume = { .name = "x",
    .type = PTQ_ELEMENT_FLOAT,
    .rank = 5,
    .dims = { 1, 3, 16, 32, 32 } };

  CHECK ("10:7:5:1", &vector, NULL);
  CHECK ("10:7:5:1", &unknown, NULL);
  CHECK ("32:32:16:1", &volume, NULL);
}

static void
test_type (void)
{
  PtqValueInfo want = {
    .name = "x", .type = PTQ_ELEMENT_FLOAT, .rank = 4, .dims = { 1, 3, 8, 8 }
  };
  g_autofree gchar *advice = advise ("uint8", "8:8:3:1", &want);

  g_assert_nonnull (strstr (advice, "ptqnormalize makes float32"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shapeadvice/planes", test_planes);
  g_test_add_func ("/shapeadvice/interleaved", test_interleaved);
  g_test_add_func ("/shapeadvice/open", test_open);
  g_test_add_func ("/shapeadvice/batch", test_batch);
  g_test_add_func ("/shapeadvice/others", test_others);
  g_test_add_func ("/shapeadvice/type", test_type);
  return g_test_run ();
}
