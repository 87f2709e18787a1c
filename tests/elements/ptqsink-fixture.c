/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the tests of ptqsink have in common.
 */
#include <string.h>
#include "ptqsink-fixture.h"

void
init_with (SinkHarness *h, const gchar *model_name)
{
  g_autofree gchar *file = g_strconcat ("stream/", model_name, NULL);
  g_autofree gchar *model = test_data (file);
  g_autofree gchar *location = NULL;

  sink_harness_init (h, "ptqsink");
  location = sink_harness_path (h, "out.onnx");
  g_object_set (h->sink, "model", model, "location", location, NULL);
}

void
init (SinkHarness *h)
{
  init_with (h, "convnet.onnx");
}

void
play (SinkHarness *h)
{
  g_assert_true (sink_harness_play (h));
}

void
push_good (SinkHarness *h, guint n)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (sink_harness_push (h, 1 + i), ==, GST_FLOW_OK);
}

void
check_no_file (SinkHarness *h)
{
  g_assert_cmpuint (sink_harness_n_files (h), ==, 0);
}

guint
count_warnings (SinkHarness *h, const gchar *text)
{
  GstMessage *message;
  guint n = 0;

  while ((message = sink_harness_pop (h, GST_MESSAGE_WARNING)) != NULL) {
    g_autoptr (GError) warning = NULL;

    gst_message_parse_warning (message, &warning, NULL);
    n += strstr (warning->message, text) != NULL;
    gst_message_unref (message);
  }
  return n;
}
