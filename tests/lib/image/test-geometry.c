/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sizes and places of scaled pictures.
 */
#include "ptq-error.h"
#include "ptq-image.h"

/* Shorter side: size * long / short, rounded down, by hand. Letterbox: the
 * arithmetic of YOLO's letterbox by hand; of an odd rest the smaller half
 * comes first. */
static const struct
{
  PtqResizeMode mode;
  guint in_width, in_height, want_width, want_height;
  guint width, height, x, y;
} cases[] = {
  { PTQ_RESIZE_STRETCH, 640, 480, 224, 300, 224, 300, 0, 0 },
  { PTQ_RESIZE_SHORTER_SIDE, 640, 480, 256, 0, 341, 256, 0, 0 },
  { PTQ_RESIZE_SHORTER_SIDE, 480, 640, 256, 256, 256, 341, 0, 0 },
  { PTQ_RESIZE_SHORTER_SIDE, 500, 375, 232, 0, 309, 232, 0, 0 },
  { PTQ_RESIZE_SHORTER_SIDE, 100, 100, 37, 0, 37, 37, 0, 0 },
  { PTQ_RESIZE_SHORTER_SIDE, 3, 1000, 1, 0, 1, 333, 0, 0 },
  { PTQ_RESIZE_SHORTER_SIDE, 10, 21, 40, 0, 40, 84, 0, 0 },
  { PTQ_RESIZE_LETTERBOX, 640, 480, 640, 640, 640, 480, 0, 80 },
  { PTQ_RESIZE_LETTERBOX, 1280, 720, 640, 640, 640, 360, 0, 140 },
  { PTQ_RESIZE_LETTERBOX, 500, 333, 416, 416, 416, 277, 0, 69 },
  { PTQ_RESIZE_LETTERBOX, 333, 500, 416, 416, 277, 416, 69, 0 },
  { PTQ_RESIZE_LETTERBOX, 5, 1, 2, 2, 2, 1, 0, 0 },
  { PTQ_RESIZE_LETTERBOX, 100, 25, 10, 10, 10, 2, 0, 4 },
  { PTQ_RESIZE_LETTERBOX, 100, 35, 10, 10, 10, 4, 0, 3 },
  { PTQ_RESIZE_LETTERBOX, 10000, 1, 100, 100, 100, 1, 0, 49 },
  { PTQ_RESIZE_LETTERBOX, 10, 10, 300, 200, 200, 200, 50, 0 },
};

static void
test_sizes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    guint width, height, x, y;

    g_test_message ("case %u", i);
    g_assert_true (ptq_resize_geometry (cases[i].mode, cases[i].in_width,
        cases[i].in_height, cases[i].want_width, cases[i].want_height, &width,
        &height, &x, &y, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (width, ==, cases[i].width);
    g_assert_cmpuint (height, ==, cases[i].height);
    g_assert_cmpuint (x, ==, cases[i].x);
    g_assert_cmpuint (y, ==, cases[i].y);
  }
}

static const struct
{
  PtqResizeMode mode;
  guint in_width, in_height, want_width, want_height;
  PtqError code;
  const gchar *message;
} bad_cases[] = {
  { PTQ_RESIZE_STRETCH, 0, 480, 224, 224, PTQ_ERROR_SHAPE, "*0x480*" },
  { PTQ_RESIZE_STRETCH, 640, 480, 0, 224, PTQ_ERROR_SETTINGS, "*0x224*" },
  { PTQ_RESIZE_STRETCH, 640, 480, 224, 0, PTQ_ERROR_SETTINGS, "*224x0*" },
  { PTQ_RESIZE_STRETCH, 640, 480, 224, G_MAXUINT, PTQ_ERROR_SETTINGS,
      "*224x4294967295*" },
  { PTQ_RESIZE_SHORTER_SIDE, 640, 0, 224, 224, PTQ_ERROR_SHAPE, "*640x0*" },
  { PTQ_RESIZE_SHORTER_SIDE, 640, 480, 0, 0, PTQ_ERROR_SETTINGS, "*0x0*" },
  { PTQ_RESIZE_SHORTER_SIDE, 640, 480, 224, 225, PTQ_ERROR_SETTINGS,
      "*224x225*one size*" },
  { PTQ_RESIZE_SHORTER_SIDE, 1000000, 1, 5000, 0, PTQ_ERROR_SHAPE,
      "*1000000x1*5000000000*" },
  { PTQ_RESIZE_LETTERBOX, G_MAXUINT, 1, 224, 224, PTQ_ERROR_SHAPE,
      "*4294967295x1*" },
  { PTQ_RESIZE_LETTERBOX, 640, 480, 224, 0, PTQ_ERROR_SETTINGS, "*224x0*" },
};

static void
test_bad_sizes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_cases); i++) {
    g_autoptr (GError) error = NULL;
    guint width, height, x, y;

    g_assert_false (ptq_resize_geometry (bad_cases[i].mode,
        bad_cases[i].in_width, bad_cases[i].in_height, bad_cases[i].want_width,
        bad_cases[i].want_height, &width, &height, &x, &y, &error));
    g_assert_error (error, PTQ_ERROR, (gint) bad_cases[i].code);
    g_assert_true (
        g_pattern_match_simple (bad_cases[i].message, error->message));
  }
}

static void
assert_nicks (GType type, const gchar *expected)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  GEnumClass *enum_class = (GEnumClass *) klass;
  g_autoptr (GString) nicks = g_string_new (NULL);

  for (guint i = 0; i < enum_class->n_values; i++) {
    g_assert_cmpint (enum_class->values[i].value, ==, (gint) i);
    g_string_append_printf (nicks, "%s ", enum_class->values[i].value_nick);
  }
  g_assert_cmpstr (nicks->str, ==, expected);
}

static void
test_nicks (void)
{
  assert_nicks (PTQ_TYPE_RESIZE_METHOD,
      "nearest linear cubic linear-antialias cubic-antialias area ");
  assert_nicks (PTQ_TYPE_RESIZE_MODE, "stretch shorter-side letterbox ");
  assert_nicks (PTQ_TYPE_LAYOUT, "nchw nhwc ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/geometry/sizes", test_sizes);
  g_test_add_func ("/geometry/bad-sizes", test_bad_sizes);
  g_test_add_func ("/geometry/nicks", test_nicks);
  return g_test_run ();
}
