/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-ptqmux
 * @title: ptqmux
 *
 * Joins streams of one tensor each into one stream of buffers with several,
 * for models with several inputs. Pad sink_0 feeds the first input, sink_1
 * the second, and so on. Buffers are paired in the order in which they come,
 * not by time. The memory is passed on without a copy.
 *
 * Each stream is asked for the shape that downstream takes in its place, so
 * that in front of ptqsink all shapes come from the model.
 *
 * When one stream ends before the others the joint one ends too, with a
 * warning. Time and file name are those of sink_0.
 *
 * |[
 * gst-launch-1.0 ptqmux name=m ! fakesink videotestsrc num-buffers=2 ! ptqconvert ! ptqnormalize ! m.sink_0 videotestsrc num-buffers=2 ! ptqconvert ! ptqnormalize ! m.sink_1
 * ]|
 */
#include "gstptqmux.h"

#include "gstptqelements.h"
#include "gstptqerror.h"
#include "gstptqtensorcaps.h"
#include "ptq-error.h"

GST_DEBUG_CATEGORY_STATIC (gst_ptq_mux_debug);
#define GST_CAT_DEFAULT gst_ptq_mux_debug

struct _GstPtqMux
{
  GstAggregator parent;
};

#define TYPE_MUX_PAD (gst_ptq_mux_pad_get_type ())
G_DECLARE_FINAL_TYPE (
    GstPtqMuxPad, gst_ptq_mux_pad, GST, PTQ_MUX_PAD, GstAggregatorPad)

struct _GstPtqMuxPad
{
  GstAggregatorPad parent;

  /* of the streaming thread of the element */
  GstPtqTensorsInfo info; /* n_tensors is 0 before caps have come */
  guint64 n_buffers;      /* passed on */
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink_%u", GST_PAD_SINK, GST_PAD_REQUEST,
        GST_STATIC_CAPS (
            "other/tensors, format = (string) static, "
            "num_tensors = (int) 1, framerate = (fraction) [ 0/1, max ]"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_PTQ_TENSORS_CAPS));

G_DEFINE_TYPE (GstPtqMuxPad, gst_ptq_mux_pad, GST_TYPE_AGGREGATOR_PAD)
G_DEFINE_TYPE (GstPtqMux, gst_ptq_mux, GST_TYPE_AGGREGATOR)
GST_ELEMENT_REGISTER_DEFINE (ptqmux, "ptqmux", GST_RANK_NONE, GST_TYPE_PTQ_MUX)

static void
gst_ptq_mux_pad_class_init (GstPtqMuxPadClass *klass)
{
  (void) klass;
}

static void
gst_ptq_mux_pad_init (GstPtqMuxPad *pad)
{
  (void) pad;
}

static guint64
pad_number (GstPad *pad)
{
  return g_ascii_strtoull (GST_PAD_NAME (pad) + sizeof "sink_" - 1, NULL, 10);
}

static gint
compare_pads (gconstpointer a, gconstpointer b)
{
  guint64 first = pad_number ((GstPad *) a), second = pad_number ((GstPad *) b);

  return first < second ? -1 : first > second;
}

static gpointer
ref_pad (gconstpointer pad, gpointer data)
{
  (void) data;
  return gst_object_ref ((gpointer) pad);
}

/* Returns (transfer full): the sink pads by their numbers. */
static GList *
sorted_pads (GstPtqMux *self)
{
  GList *pads;

  GST_OBJECT_LOCK (self);
  pads = g_list_copy_deep (GST_ELEMENT (self)->sinkpads, ref_pad, NULL);
  GST_OBJECT_UNLOCK (self);
  return g_list_sort (pads, compare_pads);
}

static void
free_pads (GList *pads)
{
  g_list_free_full (pads, gst_object_unref);
}

static GstAggregatorPad *
gst_ptq_mux_create_new_pad (GstAggregator *aggregator, GstPadTemplate *template,
    const gchar *name, const GstCaps *caps)
{
  guint n = GST_ELEMENT (aggregator)->numsinkpads;

  if (n >= GST_PTQ_TENSORS_MAX) {
    GST_WARNING_OBJECT (
        aggregator, "no more than %d pads", GST_PTQ_TENSORS_MAX);
    return NULL;
  }
  return GST_AGGREGATOR_CLASS (gst_ptq_mux_parent_class)
      ->create_new_pad (aggregator, template, name, caps);
}

static gboolean
set_pad_caps (GstPtqMux *self, GstPtqMuxPad *pad, GstCaps *caps)
{
  g_autoptr (GError) error = NULL;

  if (!gst_ptq_tensors_info_from_caps (&pad->info, caps, &error))
    goto failed;
  gst_pad_mark_reconfigure (GST_AGGREGATOR_SRC_PAD (self));
  return TRUE;

  /* ERRORS */
failed:
{
  g_prefix_error (&error, "%s: ", GST_PAD_NAME (pad));
  GST_PTQ_ELEMENT_ERROR (self, error);
  return FALSE;
}
}

static gboolean
gst_ptq_mux_sink_event (
    GstAggregator *aggregator, GstAggregatorPad *pad, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    GstCaps *caps;

    gst_event_parse_caps (event, &caps);
    if (!set_pad_caps (GST_PTQ_MUX (aggregator), GST_PTQ_MUX_PAD (pad), caps)) {
      gst_event_unref (event);
      return FALSE;
    }
  }
  return GST_AGGREGATOR_CLASS (gst_ptq_mux_parent_class)
      ->sink_event (aggregator, pad, event);
}

static guint
pad_index (GstPtqMux *self, GstPad *pad)
{
  GList *pads = sorted_pads (self);
  guint index = g_list_index (pads, pad);

  free_pads (pads);
  return index;
}

/* What downstream takes as the tensor of one pad, in its order: a sink takes
 * what its model wants before it takes anything, to say what is wrong. */
static GstCaps *
pad_caps (GstPtqMux *self, GstPad *pad)
{
  GstPad *src = GST_AGGREGATOR_SRC_PAD (self);
  guint index = pad_index (self, pad), i;
  g_autoptr (GstCaps) template = gst_pad_get_pad_template_caps (src);
  g_autoptr (GstCaps) taken = gst_pad_peer_query_caps (src, template);
  GstCaps *result = gst_caps_new_empty ();

  for (i = 0; i < gst_caps_get_size (taken); i++) {
    GstStructure *structure = gst_caps_get_structure (taken, i);
    GstPtqTensorsInfo info;

    if (!gst_structure_has_field (structure, "dimensions"))
      return gst_caps_merge (result, gst_pad_get_pad_template_caps (pad));
    if (gst_ptq_tensors_info_from_structure (&info, structure, NULL)
        && index < info.n_tensors)
      result = gst_caps_merge (
          result, gst_ptq_tensor_caps_new (&info.tensors[index], 1));
  }
  return result;
}

static gboolean
gst_ptq_mux_sink_query (
    GstAggregator *aggregator, GstAggregatorPad *pad, GstQuery *query)
{
  g_autoptr (GstCaps) caps = NULL, filtered = NULL;
  GstCaps *filter;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS)
    return GST_AGGREGATOR_CLASS (gst_ptq_mux_parent_class)
        ->sink_query (aggregator, pad, query);

  gst_query_parse_caps (query, &filter);
  caps = pad_caps (GST_PTQ_MUX (aggregator), GST_PAD (pad));
  if (filter != NULL)
    filtered = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
  gst_query_set_caps_result (query, filtered ? filtered : caps);
  return TRUE;
}

/* Returns FALSE as long as a pad has no caps. */
static gboolean
collect_shapes (GstPtqMux *self, GstPtqTensorsInfo *info)
{
  GList *pads = sorted_pads (self), *item;
  gboolean complete = pads != NULL;

  info->n_tensors = 0;
  for (item = pads; item != NULL; item = item->next) {
    GstPtqMuxPad *pad = item->data;

    complete = complete && pad->info.n_tensors == 1;
    info->tensors[info->n_tensors++] = pad->info.tensors[0];
    if (item == pads) {
      info->framerate_n = pad->info.framerate_n;
      info->framerate_d = pad->info.framerate_d;
    }
  }
  free_pads (pads);
  return complete;
}

static GstFlowReturn
gst_ptq_mux_update_src_caps (
    GstAggregator *aggregator, GstCaps *caps, GstCaps **ret)
{
  GstPtqMux *self = GST_PTQ_MUX (aggregator);
  GstPtqTensorsInfo info;
  g_autoptr (GstCaps) possible = NULL;
  GstCaps *chosen;

  if (!collect_shapes (self, &info))
    return GST_AGGREGATOR_FLOW_NEED_DATA;
  possible = gst_ptq_tensor_caps_new (info.tensors, info.n_tensors);
  gst_caps_set_simple (possible, "framerate", GST_TYPE_FRACTION,
      info.framerate_n, info.framerate_d, NULL);
  chosen = gst_caps_intersect_full (possible, caps, GST_CAPS_INTERSECT_FIRST);
  if (gst_caps_is_empty (chosen))
    goto not_wanted;
  *ret = gst_caps_fixate (chosen);
  return GST_FLOW_OK;

  /* ERRORS */
not_wanted:
{
  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
      ("Together the %u streams are %s, which the next element does not "
       "take.",
          info.n_tensors,
          gst_structure_get_string (
              gst_caps_get_structure (possible, 0), "dimensions")),
      ("downstream takes %" GST_PTR_FORMAT, (gpointer) caps));
  gst_caps_unref (chosen);
  return GST_FLOW_NOT_NEGOTIATED;
}
}

/* One stream has ended. Returns EOS, after a warning where others go on. */
static GstFlowReturn
finish (GstPtqMux *self, GList *pads)
{
  GstPtqMuxPad *ended = NULL, *going_on = NULL;
  GList *item;

  for (item = pads; item != NULL; item = item->next) {
    if (gst_aggregator_pad_has_buffer (item->data))
      going_on = item->data;
    else if (gst_aggregator_pad_is_eos (item->data))
      ended = item->data;
  }
  if (ended != NULL && going_on != NULL)
    GST_ELEMENT_WARNING (self, STREAM, FAILED,
        ("%s ended after %" G_GUINT64_FORMAT " samples, %s has more; the "
         "rest is left out",
            GST_PAD_NAME (ended), ended->n_buffers, GST_PAD_NAME (going_on)),
        (NULL));
  return GST_FLOW_EOS;
}

static gboolean
all_have_buffers (GList *pads)
{
  for (; pads != NULL; pads = pads->next)
    if (!gst_aggregator_pad_has_buffer (pads->data))
      return FALSE;
  return TRUE;
}

static gboolean
any_is_eos (GList *pads)
{
  for (; pads != NULL; pads = pads->next)
    if (gst_aggregator_pad_is_eos (pads->data))
      return TRUE;
  return FALSE;
}

/* Moves the tensor of a pad to the end of a buffer. */
static gboolean
take_tensor (GstPtqMux *self, GstPtqMuxPad *pad, GstBuffer *out)
{
  g_autoptr (GstBuffer) buffer =
      gst_aggregator_pad_pop_buffer (GST_AGGREGATOR_PAD (pad));
  gsize wanted = gst_ptq_tensor_shape_get_size (&pad->info.tensors[0]);

  if (gst_buffer_get_size (buffer) != wanted)
    goto wrong_size;
  if (gst_buffer_n_memory (out) == 0)
    gst_buffer_copy_into (out, buffer, GST_BUFFER_COPY_METADATA, 0, -1);
  gst_buffer_append_memory (out, gst_buffer_get_all_memory (buffer));
  pad->n_buffers++;
  return TRUE;

  /* ERRORS */
wrong_size:
{
  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
      ("%s: a buffer has %" G_GSIZE_FORMAT
       " bytes, its caps say %" G_GSIZE_FORMAT ".",
          GST_PAD_NAME (pad), gst_buffer_get_size (buffer), wanted),
      (NULL));
  return FALSE;
}
}

static GstFlowReturn
join (GstPtqMux *self, GList *pads)
{
  GstBuffer *out = gst_buffer_new ();

  for (; pads != NULL; pads = pads->next) {
    if (!take_tensor (self, pads->data, out)) {
      gst_buffer_unref (out);
      return GST_FLOW_ERROR;
    }
  }
  return gst_aggregator_finish_buffer (GST_AGGREGATOR (self), out);
}

static GstFlowReturn
gst_ptq_mux_aggregate (GstAggregator *aggregator, gboolean timeout)
{
  GstPtqMux *self = GST_PTQ_MUX (aggregator);
  GList *pads = sorted_pads (self);
  GstFlowReturn flow;
  (void) timeout;

  if (all_have_buffers (pads))
    flow = join (self, pads);
  else if (any_is_eos (pads))
    flow = finish (self, pads);
  else
    flow = GST_AGGREGATOR_FLOW_NEED_DATA;
  free_pads (pads);
  return flow;
}

static gboolean
gst_ptq_mux_stop (GstAggregator *aggregator)
{
  GList *pads = sorted_pads (GST_PTQ_MUX (aggregator)), *item;

  for (item = pads; item != NULL; item = item->next) {
    GstPtqMuxPad *pad = item->data;

    pad->info.n_tensors = 0;
    pad->n_buffers = 0;
  }
  free_pads (pads);
  return TRUE;
}

static void
gst_ptq_mux_class_init (GstPtqMuxClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstAggregatorClass *aggregator_class = GST_AGGREGATOR_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      gst_ptq_mux_debug, "ptqmux", 0, "several tensors in one buffer");

  aggregator_class->create_new_pad =
      GST_DEBUG_FUNCPTR (gst_ptq_mux_create_new_pad);
  aggregator_class->sink_event = GST_DEBUG_FUNCPTR (gst_ptq_mux_sink_event);
  aggregator_class->sink_query = GST_DEBUG_FUNCPTR (gst_ptq_mux_sink_query);
  aggregator_class->update_src_caps =
      GST_DEBUG_FUNCPTR (gst_ptq_mux_update_src_caps);
  aggregator_class->aggregate = GST_DEBUG_FUNCPTR (gst_ptq_mux_aggregate);
  aggregator_class->stop = GST_DEBUG_FUNCPTR (gst_ptq_mux_stop);

  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &sink_template, TYPE_MUX_PAD);
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &src_template, GST_TYPE_AGGREGATOR_PAD);
  gst_element_class_set_static_metadata (element_class, "Tensor multiplexer",
      "Muxer", "Joins tensors for models with several inputs", "gst-ptq");
  gst_type_mark_as_plugin_api (TYPE_MUX_PAD, 0);
}

static void
gst_ptq_mux_init (GstPtqMux *self)
{
  (void) self;
}
