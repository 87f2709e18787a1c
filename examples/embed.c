/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Quantizes a model from an application of your own, with the library alone:
 *
 *   embed net.onnx net-int8.onnx samples.raw
 *
 * samples.raw holds float32 samples, one behind the other, each just as the
 * model takes it: decoded, resized, normalized, in the model's layout. It
 * stands for whatever your application has in memory. Build it with
 *
 *   cc embed.c -o embed $(pkg-config --cflags --libs ptq)
 */
#include <stdio.h>
#include <ptq.h>

/* The shape that samples have: the model's own, a batch of one */
static gboolean
describe_sample (PtqModel *model, PtqTensor *sample, GError **error)
{
  const PtqValueInfo *input = ptq_model_get_input (model, 0);

  *sample = (PtqTensor){ .type = PTQ_ELEMENT_FLOAT, .rank = 0 };
  for (gint i = 0; i < input->rank; i++) {
    gint64 dim = input->dims[i] < 0 && i == 0 ? 1 : input->dims[i];

    if (dim < 0) {
      g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
          "\"%s\" leaves its shape open; set sample->dims here", input->name);
      return FALSE;
    }
    sample->dims[sample->rank++] = dim;
  }
  sample->size = ptq_tensor_count (sample) * sizeof (gfloat);
  return TRUE;
}

/* One sample after the other; none is kept. */
static gboolean
calibrate (
    PtqCalibrator *calibrator, PtqTensor *sample, FILE *file, GError **error)
{
  g_autofree gpointer data = g_malloc (sample->size);

  sample->data = data;
  while (fread (data, sample->size, 1, file) == 1) {
    if (!ptq_calibrator_push (calibrator, sample, 1, NULL, error))
      return FALSE;
  }
  return TRUE;
}

static void
show_progress (const gchar *stage, gdouble fraction, gpointer user_data)
{
  (void) user_data;
  fprintf (stderr, "%3.0f %% %s\n", 100 * fraction, stage);
}

static gboolean
run (const char *model_path, const char *output_path, const char *samples_path,
    GError **error)
{
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (PtqModel) quantized = NULL;
  g_autoptr (PtqSettings) settings = NULL;
  g_autoptr (PtqCalibrator) calibrator = NULL;
  g_autoptr (PtqQuantizer) quantizer = NULL;
  PtqTensor sample;
  FILE *file;
  gboolean calibrated;

  model = ptq_model_load (model_path, error);
  if (model == NULL || !describe_sample (model, &sample, error))
    return FALSE;

  /* every setting is a property, here are two at their defaults */
  settings = ptq_settings_new ();
  g_object_set (
      settings, "quant-type", PTQ_QUANT_TYPE_FULL, "bit-num", 8, NULL);
  calibrator = ptq_calibrator_new (model, settings, error);
  if (calibrator == NULL)
    return FALSE;

  file = fopen (samples_path, "rb");
  if (file == NULL) {
    g_set_error (
        error, PTQ_ERROR, PTQ_ERROR_READ, "%s cannot be opened", samples_path);
    return FALSE;
  }
  calibrated = calibrate (calibrator, &sample, file, error);
  fclose (file);
  if (!calibrated)
    return FALSE;

  /* fails without a sample, and writes nothing then */
  quantizer = ptq_quantizer_new (model, settings, calibrator);
  quantized = ptq_quantizer_run (quantizer, show_progress, NULL, NULL, error);
  if (quantized == NULL
      || !ptq_model_save (
          quantized, output_path, PTQ_MODEL_SAVE_DEFAULT, NULL, error))
    return FALSE;

  printf ("%s: %u nodes quantized, %u nodes left in float\n", output_path,
      ptq_quantizer_get_n_quantized (quantizer),
      ptq_quantizer_get_n_float (quantizer));
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 4) {
    fprintf (stderr, "usage: embed MODEL OUTPUT SAMPLES\n");
    return 2;
  }
  if (!run (argv[1], argv[2], argv[3], &error)) {
    fprintf (stderr, "embed: %s\n", error->message);
    return 1;
  }
  return 0;
}
