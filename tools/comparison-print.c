/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Prints a comparison as a table or as JSON.
 */
#include "comparison-print.h"
#include "ptq-model.h"

#include <math.h>

#define LABEL_WIDTH 14
#define LEAST_WIDTH 18

/* Columns are as wide as the longer name, so that these stand above them. */
static gint
column_width (const Comparison *self)
{
  g_autofree gchar *reference = g_path_get_basename (self->reference_path);
  g_autofree gchar *model = g_path_get_basename (self->model_path);
  gsize longer = MAX (g_utf8_strlen (reference, -1), g_utf8_strlen (model, -1));

  return MAX (longer, LEAST_WIDTH);
}

static void
print_row (const gchar *label, gint width, gchar *reference, gchar *model,
    const gchar *remark)
{
  g_print ("%-*s  %*s  %*s%s%s\n", LABEL_WIDTH, label, width, reference, width,
      model, *remark != '\0' ? "  " : "", remark);
  g_free (reference);
  g_free (model);
}

static void
print_line (const gchar *label, gchar *value)
{
  g_print ("%-*s  %s\n", LABEL_WIDTH, label, value);
  g_free (value);
}

static gchar *
size_text (const gchar *path)
{
  g_autoptr (PtqModel) model = ptq_model_load (path, NULL);

  return model != NULL ? g_format_size (ptq_model_get_file_size (model))
                       : g_strdup ("?");
}

static gchar *
percent_text (gdouble share)
{
  return g_strdup_printf ("%.2f %%", 100 * share);
}

static gchar *
time_text (gdouble ms)
{
  return g_strdup_printf ("%.3f ms", ms);
}

static void
print_models (const Comparison *self)
{
  const PtqComparison *c = &self->figures;
  gint width = column_width (self);
  g_autofree gchar *speed =
      g_strdup_printf ("%.2f times as fast", c->reference_ms / c->model_ms);

  print_row ("", width, g_path_get_basename (self->reference_path),
      g_path_get_basename (self->model_path), "");
  print_row ("size", width, size_text (self->reference_path),
      size_text (self->model_path), "");
  print_row ("time", width, time_text (c->reference_ms),
      time_text (c->model_ms), speed);
  if (c->labelled > 0) {
    print_row ("top-1", width, percent_text (c->reference_top1),
        percent_text (c->model_top1), "");
    print_row ("top-5", width, percent_text (c->reference_top5),
        percent_text (c->model_top5), "");
  }
}

void
comparison_print_table (const Comparison *self)
{
  const PtqComparison *c = &self->figures;

  print_models (self);
  g_print ("\n");
  print_line ("samples",
      g_strdup_printf ("%" G_GUINT64_FORMAT "%s", c->samples,
          self->random ? ", random" : ""));
  if (c->labelled > 0 && c->labelled < c->samples)
    print_line (
        "labelled", g_strdup_printf ("%" G_GUINT64_FORMAT, c->labelled));
  if (c->agreement >= 0)
    print_line ("agreement", percent_text (c->agreement));
  print_line ("cosine", g_strdup_printf ("%.6f", c->cosine));
  print_line ("SQNR",
      isinf (c->sqnr_db) ? g_strdup ("no difference")
                         : g_strdup_printf ("%.2f dB", c->sqnr_db));
  print_line ("largest error", g_strdup_printf ("%.6g", c->max_error));
  print_line ("kernels",
      g_strdup_printf (
          "%u integer, %u float", c->integer_kernels, c->float_kernels));
  print_line ("CPU", g_strdup (c->cpu));
}

static void
append_name (GString *json, const gchar *name)
{
  g_string_append_printf (json, "%s\"%s\": ", json->len > 1 ? ", " : "", name);
}

static void
append_count (GString *json, const gchar *name, guint64 count)
{
  append_name (json, name);
  g_string_append_printf (json, "%" G_GUINT64_FORMAT, count);
}

static void
append_number (GString *json, const gchar *name, gdouble number)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  append_name (json, name);
  if (isfinite (number))
    g_string_append (
        json, g_ascii_formatd (text, sizeof (text), "%.8g", number));
  else
    g_string_append (json, "null");
}

static void
append_share (GString *json, const gchar *name, gdouble share)
{
  append_number (json, name, share >= 0 ? share : NAN);
}

void
comparison_print_json (const Comparison *self)
{
  const PtqComparison *c = &self->figures;
  g_autoptr (GString) json = g_string_new ("{");

  append_count (json, "samples", c->samples);
  append_share (json, "reference_top1", c->reference_top1);
  append_share (json, "model_top1", c->model_top1);
  append_share (json, "reference_top5", c->reference_top5);
  append_share (json, "model_top5", c->model_top5);
  append_share (json, "agreement", c->agreement);
  append_number (json, "cosine", c->cosine);
  append_number (json, "sqnr_db", c->sqnr_db);
  append_number (json, "max_error", c->max_error);
  append_number (json, "reference_ms", c->reference_ms);
  append_number (json, "model_ms", c->model_ms);
  append_count (json, "integer_kernels", c->integer_kernels);
  append_count (json, "float_kernels", c->float_kernels);
  append_name (json, "cpu");
  /* a class of CPUs has no character that JSON would want escaped */
  g_string_append_printf (json, "\"%s\"}", c->cpu);

  g_print ("%s\n", json->str);
}
