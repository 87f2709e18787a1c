/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-ptqcompare
 * @title: ptqcompare
 *
 * Gives each sample of a stream to two models, as a rule a float one and its
 * quantized descendant, and says at the end how far their answers agree and
 * how long each takes.
 *
 * The figures are in an element message with the structure `ptqcompare`, and
 * in #GstPtqCompare:stats:
 *
 * * `samples`, `labelled`: samples, and those of them that have a label
 * * `reference-top1`, `model-top1`, `reference-top5`, `model-top5`: shares of
 *   the labelled samples, 0 to 1, -1 without labels
 * * `agreement`: share of the samples for which both models' best class is
 *   the same, -1 where no output is a list of classes
 * * `cosine`, `sqnr-db`, `max-error`: of the worst output; `outputs` holds a
 *   structure for each
 * * `reference-ms`, `model-ms`: median time of an inference
 * * `integer-kernels`, `float-kernels`: convolutions and matrix products of
 *   the model by the kind of kernel that the runtime chose
 * * `cpu`: class of the CPU
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 -m ptqimagesrc location=pictures ! ptqconvert ! ptqresize width=256 height=256 ! ptqcrop width=224 height=224 ! ptqnormalize preset=imagenet ! ptqcompare reference=net.onnx model=net-int8.onnx labels=labels.csv
 * ]| Labels go with pictures by file name. The command ptq-compare prints the
 * same as a table.
 */
#include "gstptqcompare.h"

#include "gstptqelements.h"
#include "gstptqsamplemeta.h"
#include "ptq-error.h"
#include "ptq-report.h"

GST_DEBUG_CATEGORY_STATIC (ptq_compare_debug);
#define GST_CAT_DEFAULT ptq_compare_debug

enum
{
  PROP_0,
  PROP_REFERENCE,
  PROP_MODEL,
  PROP_LABELS,
  PROP_STATS,
  N_PROPS
};

struct _GstPtqCompare
{
  GstPtqModelSink parent_instance;

  /* Protected by the object lock */
  gchar *reference_path;
  gchar *model_path;
  gchar *labels_path;
  GstStructure *stats;

  /* Between open () and close () */
  PtqModel *reference;
  PtqModel *model;
  PtqLabels *labels;
  PtqComparer *comparer;

  /* Protected by the stream lock */
  guint64 unlabelled;
  gchar *first_unlabelled;
};

static GParamSpec *properties[N_PROPS];

#define gst_ptq_compare_parent_class parent_class
G_DEFINE_FINAL_TYPE_WITH_CODE (GstPtqCompare, gst_ptq_compare,
    GST_TYPE_PTQ_MODEL_SINK,
    GST_DEBUG_CATEGORY_INIT (
        ptq_compare_debug, "ptqcompare", 0, "compares two models"))
GST_ELEMENT_REGISTER_DEFINE (
    ptqcompare, "ptqcompare", GST_RANK_NONE, GST_TYPE_PTQ_COMPARE)

static void
take_string (gchar **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
}

static void
gst_ptq_compare_set_property (
    GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  GstPtqCompare *self = GST_PTQ_COMPARE (object);

  GST_OBJECT_LOCK (self);
  switch (prop_id) {
    case PROP_REFERENCE:
      take_string (&self->reference_path, value);
      break;
    case PROP_MODEL:
      take_string (&self->model_path, value);
      break;
    case PROP_LABELS:
      take_string (&self->labels_path, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_ptq_compare_get_property (
    GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GstPtqCompare *self = GST_PTQ_COMPARE (object);

  GST_OBJECT_LOCK (self);
  switch (prop_id) {
    case PROP_REFERENCE:
      g_value_set_string (value, self->reference_path);
      break;
    case PROP_MODEL:
      g_value_set_string (value, self->model_path);
      break;
    case PROP_LABELS:
      g_value_set_string (value, self->labels_path);
      break;
    case PROP_STATS:
      g_value_set_boxed (value, self->stats);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_ptq_compare_finalize (GObject *object)
{
  GstPtqCompare *self = GST_PTQ_COMPARE (object);

  g_free (self->reference_path);
  g_free (self->model_path);
  g_free (self->labels_path);
  gst_clear_structure (&self->stats);

  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
take_stats (GstPtqCompare *self, GstStructure *stats)
{
  GST_OBJECT_LOCK (self);
  gst_clear_structure (&self->stats);
  self->stats = stats;
  GST_OBJECT_UNLOCK (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATS]);
}

/* Opening */

static PtqModel *
load_model (const gchar *path, const gchar *property, GError **error)
{
  if (path == NULL || *path == '\0') {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "The property \"%s\" is not set: it names an ONNX model", property);
    return NULL;
  }
  return ptq_model_load (path, error);
}

static gboolean
load_labels (GstPtqCompare *self, const gchar *path, GError **error)
{
  if (path == NULL)
    return TRUE;
  self->labels = ptq_labels_load (path, error);
  return self->labels != NULL;
}

static PtqModel *
gst_ptq_compare_open (GstPtqModelSink *base, GError **error)
{
  GstPtqCompare *self = GST_PTQ_COMPARE (base);
  g_autofree gchar *reference_path = NULL;
  g_autofree gchar *model_path = NULL;
  g_autofree gchar *labels_path = NULL;

  GST_OBJECT_LOCK (self);
  reference_path = g_strdup (self->reference_path);
  model_path = g_strdup (self->model_path);
  labels_path = g_strdup (self->labels_path);
  GST_OBJECT_UNLOCK (self);

  self->reference = load_model (reference_path, "reference", error);
  if (self->reference == NULL)
    return NULL;
  self->model = load_model (model_path, "model", error);
  if (self->model == NULL)
    return NULL;
  if (!load_labels (self, labels_path, error))
    return NULL;

  self->comparer = ptq_comparer_new (self->reference, self->model, error);
  return self->comparer != NULL ? g_object_ref (self->reference) : NULL;
}

static void
gst_ptq_compare_close (GstPtqModelSink *base)
{
  GstPtqCompare *self = GST_PTQ_COMPARE (base);

  g_clear_object (&self->comparer);
  g_clear_object (&self->labels);
  g_clear_object (&self->model);
  g_clear_object (&self->reference);
  g_clear_pointer (&self->first_unlabelled, g_free);
}

static void
gst_ptq_compare_reset (GstPtqModelSink *base)
{
  GstPtqCompare *self = GST_PTQ_COMPARE (base);

  ptq_comparer_reset (self->comparer);
  self->unlabelled = 0;
  g_clear_pointer (&self->first_unlabelled, g_free);
  take_stats (self, NULL);
}

/* Samples */

static void
count_unlabelled (GstPtqCompare *self, const gchar *file)
{
  if (self->unlabelled++ == 0)
    self->first_unlabelled = g_strdup (file != NULL ? file : "a nameless one");
}

static gboolean
gst_ptq_compare_push (GstPtqModelSink *base, GstBuffer *buffer,
    const PtqTensor *inputs, guint n_inputs, GCancellable *cancellable,
    GError **error)
{
  GstPtqCompare *self = GST_PTQ_COMPARE (base);
  const gchar *file = gst_ptq_sample_meta_get_file_name (buffer);
  gint label = -1;

  if (self->labels != NULL && file != NULL)
    label = ptq_labels_lookup (self->labels, file);
  if (!ptq_comparer_push (
          self->comparer, inputs, n_inputs, label, cancellable, error)) {
    if (file != NULL)
      g_prefix_error (error, "%s: ", file);
    return FALSE;
  }

  if (self->labels != NULL && label < 0)
    count_unlabelled (self, file);
  return TRUE;
}

/* The result */

static void
add_outputs (PtqComparer *comparer, GstStructure *stats)
{
  GValue array = G_VALUE_INIT;

  gst_value_array_init (&array, ptq_comparer_get_n_outputs (comparer));
  for (guint i = 0; i < ptq_comparer_get_n_outputs (comparer); i++) {
    PtqOutputComparison output;
    GValue item = G_VALUE_INIT;

    ptq_comparer_get_output (comparer, i, &output);
    g_value_init (&item, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&item,
        gst_structure_new ("output", "name", G_TYPE_STRING, output.name,
            "cosine", G_TYPE_DOUBLE, output.cosine, "sqnr-db", G_TYPE_DOUBLE,
            output.sqnr_db, "max-error", G_TYPE_DOUBLE, output.max_error,
            NULL));
    gst_value_array_append_and_take_value (&array, &item);
  }
  gst_structure_take_value (stats, "outputs", &array);
}

static GstStructure *
make_stats (PtqComparer *comparer, GError **error)
{
  PtqComparison result;
  GstStructure *stats;

  if (!ptq_comparer_get_result (comparer, &result, error))
    return NULL;

  stats = gst_structure_new ("ptqcompare", "samples", G_TYPE_UINT64,
      result.samples, "labelled", G_TYPE_UINT64, result.labelled,
      "reference-top1", G_TYPE_DOUBLE, result.reference_top1, "model-top1",
      G_TYPE_DOUBLE, result.model_top1, "reference-top5", G_TYPE_DOUBLE,
      result.reference_top5, "model-top5", G_TYPE_DOUBLE, result.model_top5,
      "agreement", G_TYPE_DOUBLE, result.agreement, "cosine", G_TYPE_DOUBLE,
      result.cosine, "sqnr-db", G_TYPE_DOUBLE, result.sqnr_db, "max-error",
      G_TYPE_DOUBLE, result.max_error, "reference-ms", G_TYPE_DOUBLE,
      result.reference_ms, "model-ms", G_TYPE_DOUBLE, result.model_ms,
      "integer-kernels", G_TYPE_UINT, result.integer_kernels, "float-kernels",
      G_TYPE_UINT, result.float_kernels, "cpu", G_TYPE_STRING, result.cpu,
      NULL);
  add_outputs (comparer, stats);
  return stats;
}

static gboolean
check_labels (GstPtqCompare *self, guint64 samples, GError **error)
{
  if (self->unlabelled == samples) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_DATA,
        "The list of labels names %u files, but none of the %" G_GUINT64_FORMAT
        " samples; the first sample is %s",
        ptq_labels_get_n_files (self->labels), samples, self->first_unlabelled);
    return FALSE;
  }
  if (self->unlabelled > 0)
    GST_ELEMENT_WARNING (self, STREAM, FAILED,
        ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " samples have no "
         "label; the first is %s",
            self->unlabelled, samples, self->first_unlabelled),
        (NULL));
  return TRUE;
}

/* with STREAM_LOCK, PREROLL_LOCK */
static GstFlowReturn
gst_ptq_compare_finish (
    GstPtqModelSink *base, GCancellable *cancellable, GError **error)
{
  GstPtqCompare *self = GST_PTQ_COMPARE (base);
  GstStructure *stats;

  (void) cancellable;
  if (self->labels != NULL
      && !check_labels (self, gst_ptq_model_sink_get_n_samples (base), error))
    return GST_FLOW_ERROR;
  stats = make_stats (self->comparer, error);
  if (stats == NULL)
    return GST_FLOW_ERROR;

  take_stats (self, gst_structure_copy (stats));
  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self), stats));
  return GST_FLOW_OK;
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  properties[PROP_REFERENCE] = g_param_spec_string ("reference", "Reference",
      "The ONNX model that is taken as right", NULL, flags);
  properties[PROP_MODEL] = g_param_spec_string (
      "model", "Model", "The ONNX model to judge", NULL, flags);
  properties[PROP_LABELS] = g_param_spec_string ("labels", "Labels",
      "Comma separated values with a first row of names: which file shows "
      "which class, in the columns file and class_index or the first two",
      NULL, flags);
  properties[PROP_STATS] = g_param_spec_boxed ("stats", "Statistics",
      "The figures of the last stream that ended", GST_TYPE_STRUCTURE,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (klass, N_PROPS, properties);
}

static void
gst_ptq_compare_class_init (GstPtqCompareClass *klass)
{
  GObjectClass *gobject_class = G_OBJECT_CLASS (klass);
  GstPtqModelSinkClass *base_class = GST_PTQ_MODEL_SINK_CLASS (klass);

  gobject_class->set_property = gst_ptq_compare_set_property;
  gobject_class->get_property = gst_ptq_compare_get_property;
  gobject_class->finalize = gst_ptq_compare_finalize;
  install_properties (gobject_class);

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Comparing sink", "Sink/Analyzer",
      "Compares the answers and the speed of two ONNX models", "gst-ptq");

  base_class->open = GST_DEBUG_FUNCPTR (gst_ptq_compare_open);
  base_class->close = GST_DEBUG_FUNCPTR (gst_ptq_compare_close);
  base_class->reset = GST_DEBUG_FUNCPTR (gst_ptq_compare_reset);
  base_class->push = GST_DEBUG_FUNCPTR (gst_ptq_compare_push);
  base_class->finish = GST_DEBUG_FUNCPTR (gst_ptq_compare_finish);
}

static void
gst_ptq_compare_init (GstPtqCompare *self)
{
  (void) self;
}
