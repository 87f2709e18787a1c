/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading of label files.
 */
#include <glib/gstdio.h>
#include "ptq-error.h"
#include "ptq-report.h"

static PtqLabels *
load (const gchar *text, GError **error)
{
  g_autofree gchar *path = NULL;
  gint fd = g_file_open_tmp ("ptq-labels-XXXXXX.csv", &path, NULL);
  PtqLabels *labels;

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  labels = ptq_labels_load (path, error);
  g_unlink (path);
  return labels;
}

static PtqLabels *
load_good (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  PtqLabels *labels = load (text, &error);

  g_assert_no_error (error);
  return labels;
}

static void
test_named_columns (void)
{
  g_autoptr (PtqLabels) labels =
      load_good ("id,name,class_index,file\n1,tench,0,a.jpg\n2,shark,2,b.jpg");

  g_assert_cmpuint (ptq_labels_get_n_files (labels), ==, 2);
  g_assert_cmpint (ptq_labels_lookup (labels, "a.jpg"), ==, 0);
  g_assert_cmpint (ptq_labels_lookup (labels, "b.jpg"), ==, 2);
  g_assert_cmpint (ptq_labels_lookup (labels, "c.jpg"), ==, -1);
}

static void
test_first_columns (void)
{
  g_autoptr (PtqLabels) labels =
      load_good ("\xef\xbb\xbfpicture,kind\r\na.jpg,17\r\n\r\nb.jpg, 4 \r\n");

  g_assert_cmpuint (ptq_labels_get_n_files (labels), ==, 2);
  g_assert_cmpint (ptq_labels_lookup (labels, "a.jpg"), ==, 17);
  g_assert_cmpint (ptq_labels_lookup (labels, "b.jpg"), ==, 4);
}

static void
test_quotes (void)
{
  g_autoptr (PtqLabels) labels =
      load_good ("file,class_index\n\"a, b.jpg\",1\n\"say \"\"c\"\".jpg\",2\n");

  g_assert_cmpint (ptq_labels_lookup (labels, "a, b.jpg"), ==, 1);
  g_assert_cmpint (ptq_labels_lookup (labels, "say \"c\".jpg"), ==, 2);
}

static void
test_folders (void)
{
  g_autoptr (PtqLabels) labels =
      load_good ("file,class_index\nred/1.jpg,1\nblue/1.jpg,2\n2.jpg,3\n");

  g_assert_cmpint (ptq_labels_lookup (labels, "/data/set/red/1.jpg"), ==, 1);
  g_assert_cmpint (ptq_labels_lookup (labels, "set/blue/1.jpg"), ==, 2);
  g_assert_cmpint (ptq_labels_lookup (labels, "/data/set/red/2.jpg"), ==, 3);
  g_assert_cmpint (ptq_labels_lookup (labels, "1.jpg"), ==, -1);
}

static void
test_refused (void)
{
  static const struct
  {
    const gchar *text;
    const gchar *complaint;
  } cases[] = {
    { "", "names no file" },
    { "file,class_index\n", "names no file" },
    { "file,class_index\na.jpg,1\nb.jpg,tench\n", "line 3: the class of" },
    { "file,class_index\na.jpg,-1\n", "line 2: the class of" },
    { "file,class_index\na.jpg\n", "line 2: 1 columns" },
    { "file,class_index\n,1\n", "line 2: the file name is empty" },
    { "file,class_index\na.jpg,1\na.jpg,2\n",
        "line 3: \"a.jpg\" is of class 2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (load (cases[i].text, &error));
    g_assert_error (error, PTQ_ERROR, PTQ_ERROR_DATA);
    g_assert_nonnull (strstr (error->message, cases[i].complaint));
  }
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ptq_labels_load ("/nowhere/labels.csv", &error));
  g_assert_error (error, PTQ_ERROR, PTQ_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nowhere/labels.csv"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/labels/named-columns", test_named_columns);
  g_test_add_func ("/labels/first-columns", test_first_columns);
  g_test_add_func ("/labels/quotes", test_quotes);
  g_test_add_func ("/labels/folders", test_folders);
  g_test_add_func ("/labels/refused", test_refused);
  g_test_add_func ("/labels/missing", test_missing);

  return g_test_run ();
}
