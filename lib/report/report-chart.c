/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drawings of the page, as SVG.
 */
#include "report-chart.h"

#define WIDTH 240.0
#define ROW_HEIGHT 14.0
#define MARGIN 4.0

typedef struct
{
  GString *page;
  gdouble min, max; /* what the axis covers */
} Chart;

static gdouble
get_x (const Chart *self, gdouble value)
{
  gdouble width = self->max - self->min;

  if (width <= 0)
    return WIDTH / 2;
  return MARGIN + (WIDTH - 2 * MARGIN) * (value - self->min) / width;
}

/* printf() would write a comma in some locales. */
static void
add_attribute (const Chart *self, const gchar *name, gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (self->page, " %s=\"%s\"", name,
      g_ascii_formatd (text, sizeof text, "%.2f", value));
}

static void
add_line (const Chart *self, const gchar *class_name, gdouble x1, gdouble y1,
    gdouble x2, gdouble y2)
{
  g_string_append_printf (self->page, "<line class=\"%s\"", class_name);
  add_attribute (self, "x1", x1);
  add_attribute (self, "y1", y1);
  add_attribute (self, "x2", x2);
  add_attribute (self, "y2", y2);
  g_string_append (self->page, "/>");
}

static void
add_rectangle (const Chart *self, const gchar *class_name, gdouble x, gdouble y,
    gdouble width, gdouble height)
{
  g_string_append_printf (self->page, "<rect class=\"%s\"", class_name);
  add_attribute (self, "x", x);
  add_attribute (self, "y", y);
  add_attribute (self, "width", MAX (width, 1));
  add_attribute (self, "height", height);
  g_string_append (self->page, "/>");
}

static void
start (const Chart *self, const gchar *label, gdouble height)
{
  g_string_append_printf (self->page,
      "<svg role=\"img\" aria-label=\"%s\" "
      "viewBox=\"0 0 %d %d\">",
      label, (gint) WIDTH, (gint) height);
  if (self->min < 0 && self->max > 0)
    add_line (self, "zero", get_x (self, 0), 0, get_x (self, 0), height);
}

static void
add_box (const Chart *self, const gchar *class_name,
    const PtqReportSpread *spread, gdouble y)
{
  gdouble middle = y + ROW_HEIGHT / 2;
  gdouble q1 = get_x (self, spread->q1), q3 = get_x (self, spread->q3);
  gdouble min = get_x (self, spread->min), max = get_x (self, spread->max);
  gdouble median = get_x (self, spread->median);

  g_string_append_printf (self->page, "<g class=\"%s\">", class_name);
  add_line (self, "whisker", min, middle, max, middle);
  add_line (self, "whisker", min, middle - 3, min, middle + 3);
  add_line (self, "whisker", max, middle - 3, max, middle + 3);
  add_rectangle (self, "box", q1, y + 2, q3 - q1, ROW_HEIGHT - 4);
  add_line (self, "median", median, y + 1, median, y + ROW_HEIGHT - 1);
  g_string_append (self->page, "</g>");
}

void
ptq_report_chart_boxes (GString *page, const PtqReportTensor *tensor)
{
  const PtqReportSpread *a = &tensor->origin, *b = &tensor->dequant;
  Chart self = { page, MIN (a->min, b->min), MAX (a->max, b->max) };

  start (&self, "Values before and after quantization", 2 * ROW_HEIGHT);
  if (a->min <= a->max)
    add_box (&self, "origin", a, 0);
  add_box (&self, "dequant", b, ROW_HEIGHT);
  g_string_append (page, "</svg>");
}

void
ptq_report_chart_range (
    GString *page, const PtqReportSpread *spread, gdouble min, gdouble max)
{
  Chart self = { page, MIN (min, 0), MAX (max, 0) };
  gdouble from = get_x (&self, spread->min);

  start (&self, "Range", ROW_HEIGHT);
  g_string_append (page, "<g class=\"origin\">");
  add_rectangle (&self, "range", from, 3, get_x (&self, spread->max) - from,
      ROW_HEIGHT - 6);
  g_string_append (page, "</g></svg>");
}
