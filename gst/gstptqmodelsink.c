/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What sinks that feed a model have in common: caps from the model, samples
 * from buffers, pause and flush in the middle of a run, the end of the stream.
 */
#include "gstptqmodelsink.h"

#include <gst/video/video.h>
#include "gstptqerror.h"
#include "gstptqfailurewatch.h"
#include "gstptqmodelcaps.h"
#include "gstptqonerror.h"
#include "gstptqsamplecount.h"
#include "gstptqtensormap.h"
#include "gstptqvideoinput.h"
#include "ptq-error.h"

GST_DEBUG_CATEGORY_STATIC (ptq_model_sink_debug);
#define GST_CAT_DEFAULT ptq_model_sink_debug

enum
{
  PROP_0,
  PROP_MAX_SAMPLES,
  PROP_MIN_SAMPLES,
  PROP_ON_ERROR,
  PROP_SAMPLES,
  N_PROPS
};

#define DEFAULT_MAX_SAMPLES 0
#define DEFAULT_MIN_SAMPLES 1
#define DEFAULT_ON_ERROR GST_PTQ_ON_ERROR_FAIL

typedef struct
{
  /* Cancelled by unlock (), reset by unlock_stop () */
  GCancellable *cancellable;
  GstPtqFailureWatch *watch;

  PtqModel *model;
  GstPtqVideoInput *video; /* NULL where the model takes none */
  GstCaps *caps;           /* protected by the object lock */

  /* Protected by the stream lock */
  GstPtqTensorsInfo info;
  gboolean is_video; /* or tensors, which info describes */
  gboolean failed;

  /* Protected by the object lock */
  GstPtqSampleCount count;
  guint64 max_samples;
  guint64 min_samples;
  GstPtqOnError on_error;
} GstPtqModelSinkPrivate;

static GParamSpec *properties[N_PROPS];

/* More video than any model takes, so that set_caps can say what to do. */
static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (GST_PTQ_TENSORS_CAPS "; video/x-raw"));

#define GET_PRIVATE(self) \
  ((GstPtqModelSinkPrivate *) gst_ptq_model_sink_get_instance_private (self))

#define gst_ptq_model_sink_parent_class parent_class
G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstPtqModelSink, gst_ptq_model_sink,
    GST_TYPE_BASE_SINK,
    G_ADD_PRIVATE (GstPtqModelSink)
        GST_DEBUG_CATEGORY_INIT (ptq_model_sink_debug, "ptqmodelsink", 0,
            "base of the sinks that feed a model"))

static void
gst_ptq_model_sink_set_property (
    GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (GST_PTQ_MODEL_SINK (object));

  GST_OBJECT_LOCK (object);
  switch (prop_id) {
    case PROP_MAX_SAMPLES:
      priv->max_samples = g_value_get_uint64 (value);
      break;
    case PROP_MIN_SAMPLES:
      priv->min_samples = g_value_get_uint64 (value);
      break;
    case PROP_ON_ERROR:
      priv->on_error = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

static void
gst_ptq_model_sink_get_property (
    GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (GST_PTQ_MODEL_SINK (object));

  GST_OBJECT_LOCK (object);
  switch (prop_id) {
    case PROP_MAX_SAMPLES:
      g_value_set_uint64 (value, priv->max_samples);
      break;
    case PROP_MIN_SAMPLES:
      g_value_set_uint64 (value, priv->min_samples);
      break;
    case PROP_ON_ERROR:
      g_value_set_enum (value, priv->on_error);
      break;
    case PROP_SAMPLES:
      g_value_set_uint64 (value, priv->count.used);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

static void
gst_ptq_model_sink_finalize (GObject *object)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (GST_PTQ_MODEL_SINK (object));

  g_clear_object (&priv->cancellable);
  g_clear_object (&priv->model);
  gst_clear_caps (&priv->caps);

  G_OBJECT_CLASS (parent_class)->finalize (object);
}

/* Samples */

static void
set_counts (GstPtqModelSink *self, guint64 samples, guint64 skipped)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);
  gboolean changed;

  GST_OBJECT_LOCK (self);
  changed = priv->count.used != samples;
  priv->count.used = samples;
  priv->count.skipped = skipped;
  GST_OBJECT_UNLOCK (self);

  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAMPLES]);
}

static void
reset (GstPtqModelSink *self)
{
  GST_PTQ_MODEL_SINK_GET_CLASS (self)->reset (self);
  GET_PRIVATE (self)->failed = FALSE;
  gst_ptq_failure_watch_reset (GET_PRIVATE (self)->watch);
  set_counts (self, 0, 0);
}

/* State */

/* What the model takes, best first; then anything, so that a stream of another
 * shape reaches set_caps, which can say what is wrong with it. Where video is
 * taken, converters must not be led to a format that is not. */
static GstCaps *
make_caps (PtqModel *model, GstPtqVideoInput *video, GError **error)
{
  GstCaps *caps = gst_ptq_tensor_caps_for_model (model, error);

  if (caps == NULL)
    return NULL;
  if (video == NULL) {
    gst_caps_append (caps, gst_static_pad_template_get_caps (&sink_template));
    return caps;
  }
  gst_caps_append (caps, gst_ptq_video_input_get_caps (video));
  gst_caps_append (caps,
      gst_caps_from_string (GST_PTQ_TENSORS_CAPS
          "; " GST_VIDEO_CAPS_MAKE (GST_PTQ_VIDEO_INPUT_FORMATS)));
  return caps;
}

static gboolean
open_model (GstPtqModelSink *self)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);
  g_autoptr (PtqModel) model = NULL;
  g_autoptr (GError) error = NULL;
  GstCaps *caps;

  model = GST_PTQ_MODEL_SINK_GET_CLASS (self)->open (self, &error);
  if (model == NULL)
    goto open_failed;
  priv->video = gst_ptq_video_input_new (model, NULL);
  caps = make_caps (model, priv->video, &error);
  if (caps == NULL)
    goto open_failed;

  priv->model = g_steal_pointer (&model);
  GST_OBJECT_LOCK (self);
  gst_caps_take (&priv->caps, caps);
  GST_OBJECT_UNLOCK (self);
  priv->watch = gst_ptq_failure_watch_new (GST_ELEMENT (self));
  reset (self);
  return TRUE;

  /* ERRORS */
open_failed:
  GST_PTQ_ELEMENT_ERROR (self, error);
  g_clear_pointer (&priv->video, gst_ptq_video_input_free);
  GST_PTQ_MODEL_SINK_GET_CLASS (self)->close (self);
  return FALSE;
}

static void
close_model (GstPtqModelSink *self)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);

  g_clear_pointer (&priv->watch, gst_ptq_failure_watch_free);
  g_clear_pointer (&priv->video, gst_ptq_video_input_free);
  GST_OBJECT_LOCK (self);
  gst_clear_caps (&priv->caps);
  GST_OBJECT_UNLOCK (self);
  GST_PTQ_MODEL_SINK_GET_CLASS (self)->close (self);
  g_clear_object (&priv->model);
}

/* The base class would start from NULL to READY, where the properties may
 * still change. */
static GstStateChangeReturn
gst_ptq_model_sink_change_state (GstElement *element, GstStateChange transition)
{
  GstPtqModelSink *self = GST_PTQ_MODEL_SINK (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !open_model (self))
    return GST_STATE_CHANGE_FAILURE;

  ret = GST_ELEMENT_CLASS (parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          && ret == GST_STATE_CHANGE_FAILURE))
    close_model (self);
  return ret;
}

/* Caps */

static GstCaps *
gst_ptq_model_sink_get_caps (GstBaseSink *sink, GstCaps *filter)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (GST_PTQ_MODEL_SINK (sink));
  g_autoptr (GstCaps) caps = NULL;

  GST_OBJECT_LOCK (sink);
  if (priv->caps != NULL)
    caps = gst_caps_ref (priv->caps);
  GST_OBJECT_UNLOCK (sink);

  if (caps == NULL)
    caps = gst_pad_get_pad_template_caps (GST_BASE_SINK_PAD (sink));
  if (filter == NULL)
    return g_steal_pointer (&caps);
  return gst_caps_intersect_full (caps, filter, GST_CAPS_INTERSECT_FIRST);
}

static gboolean
set_tensor_caps (GstPtqModelSinkPrivate *priv, GstCaps *caps, GError **error)
{
  return gst_ptq_tensors_info_from_caps (&priv->info, caps, error)
      && gst_ptq_tensors_info_match (&priv->info, priv->model, error);
}

static gboolean
set_video_caps (GstPtqModelSinkPrivate *priv, GstCaps *caps, GError **error)
{
  /* once more, to be told why not */
  if (priv->video == NULL)
    priv->video = gst_ptq_video_input_new (priv->model, error);
  return priv->video != NULL
      && gst_ptq_video_input_set_caps (priv->video, caps, error);
}

static gboolean
gst_ptq_model_sink_set_caps (GstBaseSink *sink, GstCaps *caps)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (GST_PTQ_MODEL_SINK (sink));
  g_autoptr (GError) error = NULL;

  priv->is_video =
      gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw");
  if (priv->is_video ? !set_video_caps (priv, caps, &error)
                     : !set_tensor_caps (priv, caps, &error))
    goto wrong_shape;
  return TRUE;

  /* ERRORS */
wrong_shape:
  /* the same caps come again with each buffer that is tried */
  if (!priv->failed)
    GST_PTQ_ELEMENT_ERROR (sink, error);
  priv->failed = TRUE;
  return FALSE;
}

/* Buffers */

static gboolean
push_video (GstPtqModelSink *self, GstBuffer *buffer, GError **error)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);
  const PtqTensor *tensor;

  tensor = gst_ptq_video_input_convert (priv->video, buffer, error);
  return tensor != NULL
      && GST_PTQ_MODEL_SINK_GET_CLASS (self)->push (
          self, buffer, tensor, 1, priv->cancellable, error);
}

static gboolean
push_tensors (GstPtqModelSink *self, GstBuffer *buffer, GError **error)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);
  GstPtqTensorMap map;
  gboolean pushed;

  pushed =
      gst_ptq_tensor_map_init (&map, buffer, &priv->info, priv->model, error)
      && GST_PTQ_MODEL_SINK_GET_CLASS (self)->push (
          self, buffer, map.tensors, map.n_tensors, priv->cancellable, error);
  gst_ptq_tensor_map_clear (&map);
  return pushed;
}

static gboolean
push (GstPtqModelSink *self, GstBuffer *buffer, GError **error)
{
  return GET_PRIVATE (self)->is_video ? push_video (self, buffer, error)
                                      : push_tensors (self, buffer, error);
}

static gboolean
may_skip (GstPtqModelSink *self, const GError *error)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);
  gboolean skip;

  GST_OBJECT_LOCK (self);
  skip = priv->on_error == GST_PTQ_ON_ERROR_SKIP;
  GST_OBJECT_UNLOCK (self);

  return skip && g_error_matches (error, PTQ_ERROR, PTQ_ERROR_DATA);
}

static gboolean
is_enough (GstPtqModelSink *self)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);
  gboolean enough;

  GST_OBJECT_LOCK (self);
  enough = priv->max_samples > 0 && priv->count.used >= priv->max_samples;
  GST_OBJECT_UNLOCK (self);
  return enough;
}

/* with STREAM_LOCK, PREROLL_LOCK */
static GstFlowReturn
gst_ptq_model_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstPtqModelSink *self = GST_PTQ_MODEL_SINK (sink);
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);
  g_autoptr (GError) error = NULL;

  if (is_enough (self))
    return GST_FLOW_EOS;

  while (!push (self, buffer, &error)) {
    GstFlowReturn ret;

    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      if (!may_skip (self, error))
        goto push_failed;
      set_counts (self, priv->count.used, priv->count.skipped + 1);
      /* one warning for the first; the end of the stream counts them */
      if (priv->count.skipped == 1)
        GST_PTQ_ELEMENT_WARNING (self, error);
      return GST_FLOW_OK;
    }

    GST_DEBUG_OBJECT (self, "interrupted, waiting for what comes next");
    ret = gst_base_sink_wait_preroll (sink);
    if (ret != GST_FLOW_OK)
      return ret;
    g_clear_error (&error);
  }

  set_counts (self, priv->count.used + 1, priv->count.skipped);
  return is_enough (self) ? GST_FLOW_EOS : GST_FLOW_OK;

  /* ERRORS */
push_failed:
  priv->failed = TRUE;
  GST_PTQ_ELEMENT_ERROR (self, error);
  return GST_FLOW_ERROR;
}

static gboolean
gst_ptq_model_sink_unlock (GstBaseSink *sink)
{
  g_cancellable_cancel (GET_PRIVATE (GST_PTQ_MODEL_SINK (sink))->cancellable);
  return TRUE;
}

/* with PREROLL_LOCK */
static gboolean
gst_ptq_model_sink_unlock_stop (GstBaseSink *sink)
{
  g_cancellable_reset (GET_PRIVATE (GST_PTQ_MODEL_SINK (sink))->cancellable);
  return TRUE;
}

/* Events */

static gboolean
gst_ptq_model_sink_event (GstBaseSink *sink, GstEvent *event)
{
  gboolean flushed = GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP;
  gboolean handled;

  handled = GST_BASE_SINK_CLASS (parent_class)->event (sink, event);
  if (flushed)
    reset (GST_PTQ_MODEL_SINK (sink));
  return handled;
}

static gboolean
has_failed (GstPtqModelSink *self)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);

  return priv->failed || gst_ptq_failure_watch_has_failed (priv->watch);
}

/* The EOS message is posted when this returns OK, so the result is there by
 * then. With STREAM_LOCK, PREROLL_LOCK */
static GstFlowReturn
gst_ptq_model_sink_wait_event (GstBaseSink *sink, GstEvent *event)
{
  GstPtqModelSink *self = GST_PTQ_MODEL_SINK (sink);
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);
  g_autoptr (GError) error = NULL;
  GstFlowReturn ret;

  /* sources that fail post an error, then end the stream; that is no end to
   * wait for in PAUSED */
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS && has_failed (self))
    goto stream_failed;
  ret = GST_BASE_SINK_CLASS (parent_class)->wait_event (sink, event);
  if (ret != GST_FLOW_OK || GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return ret;

  if (has_failed (self))
    goto stream_failed;
  if (!gst_ptq_sample_count_check (&priv->count, priv->min_samples, &error))
    goto finish_failed;
  gst_ptq_sample_count_warn (&priv->count, GST_ELEMENT (self));

  ret = GST_PTQ_MODEL_SINK_GET_CLASS (self)->finish (
      self, priv->cancellable, &error);
  if (ret == GST_FLOW_ERROR)
    goto finish_failed;
  return ret;

  /* ERRORS */
stream_failed:
  GST_WARNING_OBJECT (self, "the stream failed, so there is no result");
  return GST_FLOW_ERROR;
finish_failed:
  priv->failed = TRUE;
  GST_PTQ_ELEMENT_ERROR (self, error);
  return GST_FLOW_ERROR;
}

static void
install_properties (GObjectClass *klass)
{
  properties[PROP_MAX_SAMPLES] = g_param_spec_uint64 ("max-samples",
      "Most samples", "End the stream after so many samples (0 = never)", 0,
      G_MAXUINT64, DEFAULT_MAX_SAMPLES,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  properties[PROP_MIN_SAMPLES] = g_param_spec_uint64 ("min-samples",
      "Fewest samples", "Fail when the stream ends with fewer samples", 1,
      G_MAXUINT64, DEFAULT_MIN_SAMPLES,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  properties[PROP_ON_ERROR] = g_param_spec_enum ("on-error", "On error",
      "What to do with a sample that makes NaN or infinity in the model",
      GST_TYPE_PTQ_ON_ERROR, DEFAULT_ON_ERROR,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  properties[PROP_SAMPLES] =
      g_param_spec_uint64 ("samples", "Samples", "Samples taken so far", 0,
          G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (klass, N_PROPS, properties);
}

static void
gst_ptq_model_sink_class_init (GstPtqModelSinkClass *klass)
{
  GObjectClass *gobject_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *basesink_class = GST_BASE_SINK_CLASS (klass);

  gobject_class->set_property = gst_ptq_model_sink_set_property;
  gobject_class->get_property = gst_ptq_model_sink_get_property;
  gobject_class->finalize = gst_ptq_model_sink_finalize;
  install_properties (gobject_class);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  element_class->change_state =
      GST_DEBUG_FUNCPTR (gst_ptq_model_sink_change_state);

  basesink_class->get_caps = GST_DEBUG_FUNCPTR (gst_ptq_model_sink_get_caps);
  basesink_class->set_caps = GST_DEBUG_FUNCPTR (gst_ptq_model_sink_set_caps);
  basesink_class->event = GST_DEBUG_FUNCPTR (gst_ptq_model_sink_event);
  basesink_class->wait_event =
      GST_DEBUG_FUNCPTR (gst_ptq_model_sink_wait_event);
  basesink_class->render = GST_DEBUG_FUNCPTR (gst_ptq_model_sink_render);
  basesink_class->unlock = GST_DEBUG_FUNCPTR (gst_ptq_model_sink_unlock);
  basesink_class->unlock_stop =
      GST_DEBUG_FUNCPTR (gst_ptq_model_sink_unlock_stop);

  gst_type_mark_as_plugin_api (GST_TYPE_PTQ_MODEL_SINK, 0);
}

static void
gst_ptq_model_sink_init (GstPtqModelSink *self)
{
  GstPtqModelSinkPrivate *priv = GET_PRIVATE (self);

  priv->cancellable = g_cancellable_new ();
  priv->max_samples = DEFAULT_MAX_SAMPLES;
  priv->min_samples = DEFAULT_MIN_SAMPLES;
  priv->on_error = DEFAULT_ON_ERROR;

  /* every sample counts, however late, and none is kept */
  gst_base_sink_set_sync (GST_BASE_SINK (self), FALSE);
  gst_base_sink_set_qos_enabled (GST_BASE_SINK (self), FALSE);
  gst_base_sink_set_last_sample_enabled (GST_BASE_SINK (self), FALSE);
}

guint64
gst_ptq_model_sink_get_n_samples (GstPtqModelSink *self)
{
  return GET_PRIVATE (self)->count.used;
}

guint64
gst_ptq_model_sink_get_n_skipped (GstPtqModelSink *self)
{
  return GET_PRIVATE (self)->count.skipped;
}
