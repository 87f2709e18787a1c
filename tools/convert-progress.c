/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Draws how far ptq-convert is.
 */
#include <math.h>
#include <string.h>
#include <unistd.h>
#include "convert-progress.h"

#define BAR_WIDTH 24
#define CLEAR_LINE "\r\033[K"

struct _ConvertProgress
{
  gboolean terminal;
  gchar *stage;
  gint64 start;     /* of the work, in microseconds */
  gdouble fraction; /* of it, when last told */
  gint tenth;       /* printed last, elsewhere than on a terminal */
  gboolean drawn;   /* the cursor stands behind a bar */
};

ConvertProgress *
convert_progress_new (void)
{
  ConvertProgress *self = g_new0 (ConvertProgress, 1);
  const gchar *term = g_getenv ("TERM");

  self->terminal = isatty (STDERR_FILENO) && g_strcmp0 (term, "dumb") != 0;

  return self;
}

static void
end_line (ConvertProgress *self)
{
  if (self->drawn)
    g_printerr ("\n");
  self->drawn = FALSE;
}

void
convert_progress_free (ConvertProgress *self)
{
  end_line (self);
  g_free (self->stage);
  g_free (self);
}

/* "45/100, 12.3/s, 0:04 left" */
static gchar *
describe (ConvertProgress *self, gdouble fraction, guint64 done, guint64 total)
{
  gdouble seconds = (g_get_monotonic_time () - self->start) / 1e6;
  GString *text = g_string_new (NULL);

  if (total > 0)
    g_string_append_printf (
        text, "%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, done, total);
  else
    g_string_append_printf (text, "%.0f %%", floor (fraction * 100));
  if (total > 0 && done > 0 && seconds > 0)
    g_string_append_printf (text, ", %.1f/s", done / seconds);
  if (fraction > 0 && fraction < 1) {
    guint64 left = seconds / fraction * (1 - fraction) + 0.5;

    g_string_append_printf (text, ", %" G_GUINT64_FORMAT ":%02u left",
        left / 60, (guint) (left % 60));
  }

  return g_string_free (text, FALSE);
}

static void
draw_bar (ConvertProgress *self, gdouble fraction, const gchar *text)
{
  gint filled = fraction * BAR_WIDTH;
  gchar bar[BAR_WIDTH + 1];

  memset (bar, ' ', BAR_WIDTH);
  memset (bar, '#', filled);
  bar[BAR_WIDTH] = '\0';
  g_printerr (CLEAR_LINE "%s [%s] %s", self->stage, bar, text);
  self->drawn = TRUE;
}

static void
print_tenth (ConvertProgress *self, gdouble fraction, const gchar *text)
{
  gint tenth = fraction * 10;

  if (tenth > self->tenth)
    g_printerr ("%s: %s\n", self->stage, text);
  self->tenth = MAX (tenth, self->tenth);
}

void
convert_progress_update (ConvertProgress *self, const gchar *stage,
    gdouble fraction, guint64 done, guint64 total)
{
  g_autofree gchar *text = NULL;

  fraction = CLAMP (fraction, 0, 1);
  if (g_strcmp0 (stage, self->stage) != 0) {
    end_line (self);
    g_free (self->stage);
    self->stage = g_strdup (stage);
    self->tenth = -1;
  }
  /* Stages of one work go on counting, another work starts anew. */
  if (self->start == 0 || fraction < self->fraction)
    self->start = g_get_monotonic_time ();
  self->fraction = fraction;
  text = describe (self, fraction, done, total);
  if (self->terminal)
    draw_bar (self, fraction, text);
  else
    print_tenth (self, fraction, text);
}

void
convert_progress_print (ConvertProgress *self, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  end_line (self);
  g_printerr ("%s\n", text);
}
