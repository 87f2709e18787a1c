/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One model that several threads copy at once.
 */
#include "../build-model.h"

#define N_THREADS 8
#define N_COPIES 50

static gpointer
copy_often (gpointer data)
{
  PtqModel *model = data;
  g_autofree gchar *expected = ptq_model_get_checksum (model);

  for (guint i = 0; i < N_COPIES; i++) {
    g_autoptr (PtqModel) copy = ptq_model_copy (model, NULL);
    g_autofree gchar *found = ptq_model_get_checksum (copy);

    g_assert_cmpstr (found, ==, expected);
  }
  return NULL;
}

/* Reading a model from several threads is allowed, and copying is reading. */
static void
test_copies (void)
{
  g_autoptr (PtqModel) model =
      build_model ("input x 1x2x4x4\n weight W 8x2x3x3\n weight V 4x8x3x3\n"
                   " Conv x,W c\n Conv c,V d\n output d");
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("copy", copy_often, model);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-copy/threads", test_copies);
  return g_test_run ();
}
