/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-ptqsink
 * @title: ptqsink
 *
 * Calibrates a float32 ONNX model with the samples of a stream and writes the
 * quantized model when the stream ends.
 *
 * A buffer is a sample: one tensor (`other/tensors`) for each input of the
 * model. What the model wants flows up through the caps, so that ptqresize,
 * ptqcrop and ptqnormalize need no sizes of their own. The stream ends at the
 * end of its files, after #GstPtqSink:max-samples, or when the application
 * sends EOS; a stream that fails, is stopped or has no sample leaves no file,
 * and a file that was there before stays as it was. Behind a tee,
 * #GstPtqSink:max-samples ends the other branches as well.
 *
 * Video is taken as well, in the very form that onnxinference takes it (RGBP
 * for a model with planes, RGB for one with interleaved channels, GRAY8), if
 * beside the model there is a file `net.onnx.modelinfo` with `ranges` for the
 * input. Otherwise ptqnormalize makes the tensors.
 *
 * Every setting of the quantizer is a property, under the name that it has in
 * a configuration file with dashes for underscores. #GstPtqSink:config names
 * such a file; properties go before it.
 *
 * While the model is quantized, progress messages with the code "quantize"
 * are posted, with `percent` and what is being done as `stage`; auto-tune and
 * min-sqnr tell what their trials came to. It can be paused and stopped. At the end
 * there is an element message with the structure `ptqsink`: `location`,
 * `samples`, `skipped`, `nodes-quantized`, `nodes-float`, `bytes-before`,
 * `bytes-after`, and `sqnr` in dB where it is known.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 ptqimagesrc location=pictures ! ptqconvert ! ptqresize width=256 height=256 ! ptqcrop width=224 height=224 ! ptqnormalize preset=imagenet ! ptqsink model=net.onnx location=net-int8.onnx
 * ]| From a folder of pictures.
 * |[
 * gst-launch-1.0 -e v4l2src ! videorate drop-only=true max-rate=2 ! ptqconvert ! ptqresize ! ptqnormalize preset=imagenet ! ptqsink model=net.onnx location=net-int8.onnx max-samples=300
 * ]| From a camera, two pictures a second until there are 300. Ctrl-C ends
 * the stream before; without -e it throws everything away.
 */
#include "gstptqsink.h"

#include <glib/gstdio.h>
#include <math.h>
#include "gstptqelements.h"
#include "gstptqsettingsproxy.h"
#include "ptq-calibrator.h"
#include "ptq-error.h"
#include "ptq-quantizer.h"
#include "ptq-report.h"

GST_DEBUG_CATEGORY_STATIC (ptq_sink_debug);
#define GST_CAT_DEFAULT ptq_sink_debug

enum
{
  PROP_0,
  PROP_MODEL,
  PROP_LOCATION,
  PROP_CONFIG,
  PROP_INPUT_SHAPE,
  PROP_PROGRESS,
  /* and up from here, those of PtqSettings */
  PROP_FIRST_SETTING
};

#define PROGRESS_CODE "quantize"
/* Between two messages of the same stage; gst-launch-1.0 prints each. */
#define PROGRESS_STEP 5

struct _GstPtqSink
{
  GstPtqModelSink parent_instance;

  /* Protected by the object lock */
  gchar *model_path;
  gchar *location;
  gchar *config;
  gchar *input_shape;
  PtqSettings *settings; /* as set by properties */
  gdouble progress;

  /* Between open () and close () */
  gchar *target;
  guint64 bytes_before;
  PtqModel *model;
  PtqCalibrator *calibrator;

  /* During finish (), protected by the stream lock */
  GCancellable *cancellable;
  GstFlowReturn interrupted;
  gint percent;
  gchar *stage;
};

static GParamSpec *progress_pspec;

#define gst_ptq_sink_parent_class parent_class
G_DEFINE_FINAL_TYPE_WITH_CODE (GstPtqSink, gst_ptq_sink,
    GST_TYPE_PTQ_MODEL_SINK,
    GST_DEBUG_CATEGORY_INIT (
        ptq_sink_debug, "ptqsink", 0, "calibrates and quantizes a model"))
GST_ELEMENT_REGISTER_DEFINE (
    ptqsink, "ptqsink", GST_RANK_NONE, GST_TYPE_PTQ_SINK)

static void
gst_ptq_sink_set_property (
    GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  GstPtqSink *self = GST_PTQ_SINK (object);

  GST_OBJECT_LOCK (self);
  switch (prop_id) {
    case PROP_MODEL:
      g_free (self->model_path);
      self->model_path = g_value_dup_string (value);
      break;
    case PROP_LOCATION:
      g_free (self->location);
      self->location = g_value_dup_string (value);
      break;
    case PROP_CONFIG:
      g_free (self->config);
      self->config = g_value_dup_string (value);
      break;
    case PROP_INPUT_SHAPE:
      g_free (self->input_shape);
      self->input_shape = g_value_dup_string (value);
      break;
    default:
      if (prop_id >= PROP_FIRST_SETTING)
        gst_ptq_settings_proxy_set (self->settings, pspec, value);
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_ptq_sink_get_property (
    GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GstPtqSink *self = GST_PTQ_SINK (object);

  GST_OBJECT_LOCK (self);
  switch (prop_id) {
    case PROP_MODEL:
      g_value_set_string (value, self->model_path);
      break;
    case PROP_LOCATION:
      g_value_set_string (value, self->location);
      break;
    case PROP_CONFIG:
      g_value_set_string (value, self->config);
      break;
    case PROP_INPUT_SHAPE:
      g_value_set_string (value, self->input_shape);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    default:
      if (prop_id >= PROP_FIRST_SETTING)
        gst_ptq_settings_proxy_get (self->settings, pspec, value);
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_ptq_sink_finalize (GObject *object)
{
  GstPtqSink *self = GST_PTQ_SINK (object);

  g_free (self->model_path);
  g_free (self->location);
  g_free (self->config);
  g_free (self->input_shape);
  g_free (self->stage);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
set_progress (GstPtqSink *self, gdouble progress)
{
  GST_OBJECT_LOCK (self);
  self->progress = progress;
  GST_OBJECT_UNLOCK (self);
  g_object_notify_by_pspec (G_OBJECT (self), progress_pspec);
}

/* Opening */

static gboolean
require_name (
    const gchar *name, const gchar *property, const gchar *what, GError **error)
{
  if (name != NULL && *name != '\0')
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
      "The property \"%s\" is not set: it names %s", property, what);
  return FALSE;
}

static guint64
file_size (const gchar *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? status.st_size : 0;
}

static void
warn_of_settings (GstPtqSink *self, const gchar *const *warnings)
{
  for (guint i = 0; warnings[i] != NULL; i++)
    GST_ELEMENT_WARNING (self, LIBRARY, SETTINGS, ("%s", warnings[i]), (NULL));
}

/* Properties go before what the file says. */
static gboolean
read_config (GstPtqSink *self, PtqSettings *settings, const gchar *config,
    GError **error)
{
  if (config == NULL)
    return TRUE;
  if (!ptq_settings_load_from_file (settings, config, error))
    return FALSE;

  warn_of_settings (self, ptq_settings_get_warnings (settings));
  return TRUE;
}

static PtqModel *
load_model (const gchar *path, const gchar *input_shape, GError **error)
{
  g_autoptr (PtqModel) model = ptq_model_load (path, error);

  if (model == NULL
      || (input_shape != NULL
          && !ptq_model_set_input_shapes (model, input_shape, error)))
    return NULL;
  return g_steal_pointer (&model);
}

static PtqModel *
gst_ptq_sink_open (GstPtqModelSink *base, GError **error)
{
  GstPtqSink *self = GST_PTQ_SINK (base);
  g_autoptr (PtqSettings) settings = NULL;
  g_autofree gchar *model_path = NULL;
  g_autofree gchar *config = NULL;
  g_autofree gchar *input_shape = NULL;

  GST_OBJECT_LOCK (self);
  settings = ptq_settings_copy (self->settings);
  model_path = g_strdup (self->model_path);
  config = g_strdup (self->config);
  input_shape = g_strdup (self->input_shape);
  self->target = g_strdup (self->location);
  GST_OBJECT_UNLOCK (self);

  if (!require_name (model_path, "model", "the float model", error)
      || !require_name (self->target, "location", "the file to write", error)
      || !read_config (self, settings, config, error)
      || !ptq_quantizer_check_settings (settings, error)
      || !ptq_report_check_target (settings, self->target, error))
    return NULL;

  self->model = load_model (model_path, input_shape, error);
  /* hours of samples must not end with a folder that was never there */
  if (self->model == NULL
      || !ptq_model_check_target (self->model, self->target, error)
      || !ptq_report_check (settings, self->model, error))
    return NULL;
  self->bytes_before = ptq_model_get_file_size (self->model);
  self->calibrator = ptq_calibrator_new (self->model, settings, error);
  if (self->calibrator == NULL)
    return NULL;

  warn_of_settings (self, ptq_calibrator_get_warnings (self->calibrator));
  return g_object_ref (self->model);
}

static void
gst_ptq_sink_close (GstPtqModelSink *base)
{
  GstPtqSink *self = GST_PTQ_SINK (base);

  g_clear_object (&self->calibrator);
  g_clear_object (&self->model);
  g_clear_pointer (&self->target, g_free);
}

static void
gst_ptq_sink_reset (GstPtqModelSink *base)
{
  GstPtqSink *self = GST_PTQ_SINK (base);

  ptq_calibrator_reset (self->calibrator);
  set_progress (self, 0);
}

static gboolean
gst_ptq_sink_push (GstPtqModelSink *base, GstBuffer *buffer,
    const PtqTensor *inputs, guint n_inputs, GCancellable *cancellable,
    GError **error)
{
  GstPtqSink *self = GST_PTQ_SINK (base);

  (void) buffer;
  return ptq_calibrator_push (
      self->calibrator, inputs, n_inputs, cancellable, error);
}

/* Finishing */

static void
post_progress (
    GstPtqSink *self, GstProgressType type, gint percent, const gchar *stage)
{
  g_autofree gchar *text = type == GST_PROGRESS_TYPE_CONTINUE
      ? g_strdup_printf ("%d %%: %s", percent, stage)
      : g_strdup (stage);
  GstMessage *message =
      gst_message_new_progress (GST_OBJECT (self), type, PROGRESS_CODE, text);

  gst_structure_set (gst_message_writable_structure (message), "percent",
      G_TYPE_INT, percent, "stage", G_TYPE_STRING, stage, NULL);
  gst_element_post_message (GST_ELEMENT (self), message);
}

/* Called by the quantizer between its steps, with STREAM_LOCK,
 * PREROLL_LOCK. A pause waits here. */
static void
on_progress (const gchar *stage, gdouble fraction, gpointer user_data)
{
  GstPtqSink *self = user_data;
  gint percent = fraction * 100;

  if (percent >= self->percent + PROGRESS_STEP
      || g_strcmp0 (stage, self->stage) != 0) {
    self->percent = percent;
    g_free (self->stage);
    self->stage = g_strdup (stage);
    set_progress (self, fraction);
    post_progress (self, GST_PROGRESS_TYPE_CONTINUE, percent, stage);
  }

  if (!g_cancellable_is_cancelled (self->cancellable))
    return;
  self->interrupted = gst_base_sink_wait_preroll (GST_BASE_SINK (self));
  /* whoever woke us has reset it, and the quantizer is to stop */
  if (self->interrupted != GST_FLOW_OK)
    g_cancellable_cancel (self->cancellable);
}

static void
post_warnings (GstPtqSink *self, PtqQuantizer *quantizer)
{
  const gchar *const *warnings = ptq_quantizer_get_warnings (quantizer);

  for (guint i = 0; warnings[i] != NULL; i++)
    GST_ELEMENT_WARNING (self, LIBRARY, FAILED, ("%s", warnings[i]), (NULL));
}

static void
post_result (GstPtqSink *self, PtqQuantizer *quantizer)
{
  GstPtqModelSink *base = GST_PTQ_MODEL_SINK (self);
  GstStructure *result;

  result = gst_structure_new ("ptqsink", "location", G_TYPE_STRING,
      self->target, "samples", G_TYPE_UINT64,
      gst_ptq_model_sink_get_n_samples (base), "skipped", G_TYPE_UINT64,
      gst_ptq_model_sink_get_n_skipped (base), "nodes-quantized", G_TYPE_UINT,
      ptq_quantizer_get_n_quantized (quantizer), "nodes-float", G_TYPE_UINT,
      ptq_quantizer_get_n_float (quantizer), "bytes-before", G_TYPE_UINT64,
      self->bytes_before, "bytes-after", G_TYPE_UINT64,
      file_size (self->target), NULL);
  if (!isnan (ptq_quantizer_get_sqnr (quantizer)))
    gst_structure_set (result, "sqnr", G_TYPE_DOUBLE,
        ptq_quantizer_get_sqnr (quantizer), NULL);
  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self), result));
}

/* What a person who watches gst-launch-1.0 wants to know */
static void
post_complete (GstPtqSink *self, PtqQuantizer *quantizer)
{
  g_autofree gchar *before = g_format_size (self->bytes_before);
  g_autofree gchar *after = g_format_size (file_size (self->target));
  g_autofree gchar *text = NULL, *quality = NULL;
  gdouble sqnr = ptq_quantizer_get_sqnr (quantizer);

  if (!isnan (sqnr))
    quality = g_strdup_printf (", SQNR %.1f dB", sqnr);
  text = g_strdup_printf (
      "%s is written from %" G_GUINT64_FORMAT
      " samples: %u nodes quantized, %u nodes left in float, %s before, "
      "%s after%s",
      self->target,
      gst_ptq_model_sink_get_n_samples (GST_PTQ_MODEL_SINK (self)),
      ptq_quantizer_get_n_quantized (quantizer),
      ptq_quantizer_get_n_float (quantizer), before, after,
      quality != NULL ? quality : "");
  post_progress (self, GST_PROGRESS_TYPE_COMPLETE, 100, text);
}

static gboolean
quantize_and_save (GstPtqSink *self, PtqQuantizer *quantizer, GError **error)
{
  g_autoptr (PtqModel) quantized = NULL;

  quantized = ptq_quantizer_run (
      quantizer, on_progress, self, self->cancellable, error);
  return quantized != NULL
      && ptq_report_write (
          quantizer, quantized, on_progress, self, self->cancellable, error)
      && ptq_model_save (quantized, self->target, PTQ_MODEL_SAVE_DEFAULT,
          self->cancellable, error);
}

/* Runs until it is done, has failed or is told to stop. What sees the
 * interruption outside of on_progress () gives up; if it was only a pause, it
 * starts again. With STREAM_LOCK, PREROLL_LOCK */
static GstFlowReturn
quantize (GstPtqSink *self, PtqQuantizer *quantizer, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  self->interrupted = GST_FLOW_OK;
  self->percent = 0;
  g_clear_pointer (&self->stage, g_free);

  while (!quantize_and_save (self, quantizer, &local_error)) {
    if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return GST_FLOW_ERROR;
    }
    if (self->interrupted == GST_FLOW_OK)
      self->interrupted = gst_base_sink_wait_preroll (GST_BASE_SINK (self));
    if (self->interrupted != GST_FLOW_OK)
      return self->interrupted;
    g_clear_error (&local_error);
  }
  return GST_FLOW_OK;
}

/* with STREAM_LOCK, PREROLL_LOCK */
static GstFlowReturn
gst_ptq_sink_finish (
    GstPtqModelSink *base, GCancellable *cancellable, GError **error)
{
  GstPtqSink *self = GST_PTQ_SINK (base);
  g_autoptr (PtqQuantizer) quantizer = NULL;
  GstFlowReturn ret;

  self->cancellable = cancellable;
  quantizer = ptq_quantizer_new (self->model,
      ptq_calibrator_get_settings (self->calibrator), self->calibrator);
  post_progress (self, GST_PROGRESS_TYPE_START, 0, "Quantizing the model");

  ret = quantize (self, quantizer, error);
  switch (ret) {
    case GST_FLOW_OK:
      post_warnings (self, quantizer);
      set_progress (self, 1);
      post_complete (self, quantizer);
      post_result (self, quantizer);
      break;
    case GST_FLOW_ERROR:
      post_progress (self, GST_PROGRESS_TYPE_ERROR, self->percent,
          "The model could not be written");
      break;
    default:
      /* on_progress () may have cancelled it after the base class was done */
      g_cancellable_reset (cancellable);
      post_progress (self, GST_PROGRESS_TYPE_CANCELED, self->percent,
          "Stopped, nothing is written");
      break;
  }
  return ret;
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, PROP_MODEL,
      g_param_spec_string (
          "model", "Model", "The float ONNX model to read", NULL, flags));
  g_object_class_install_property (klass, PROP_LOCATION,
      g_param_spec_string ("location", "Location",
          "The quantized ONNX model to write", NULL, flags));
  g_object_class_install_property (klass, PROP_CONFIG,
      g_param_spec_string ("config", "Configuration",
          "A file with settings; properties that are set go before it", NULL,
          flags));
  g_object_class_install_property (klass, PROP_INPUT_SHAPE,
      g_param_spec_string ("input-shape", "Input shape",
          "Values for open dimensions of inputs, \"name:1,3,224,224\", "
          "several separated by semicolons",
          NULL, flags));
  progress_pspec = g_param_spec_double ("progress", "Progress",
      "How much of the quantization at the end is done", 0, 1, 0,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (klass, PROP_PROGRESS, progress_pspec);
  gst_ptq_settings_proxy_install (klass, PROP_FIRST_SETTING);
}

static void
gst_ptq_sink_class_init (GstPtqSinkClass *klass)
{
  GObjectClass *gobject_class = G_OBJECT_CLASS (klass);
  GstPtqModelSinkClass *base_class = GST_PTQ_MODEL_SINK_CLASS (klass);

  gobject_class->set_property = gst_ptq_sink_set_property;
  gobject_class->get_property = gst_ptq_sink_get_property;
  gobject_class->finalize = gst_ptq_sink_finalize;
  install_properties (gobject_class);

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Quantizing sink", "Sink/File",
      "Calibrates a float ONNX model and writes it quantized", "gst-ptq");

  base_class->open = GST_DEBUG_FUNCPTR (gst_ptq_sink_open);
  base_class->close = GST_DEBUG_FUNCPTR (gst_ptq_sink_close);
  base_class->reset = GST_DEBUG_FUNCPTR (gst_ptq_sink_reset);
  base_class->push = GST_DEBUG_FUNCPTR (gst_ptq_sink_push);
  base_class->finish = GST_DEBUG_FUNCPTR (gst_ptq_sink_finish);
}

static void
gst_ptq_sink_init (GstPtqSink *self)
{
  self->settings = ptq_settings_new ();
}
