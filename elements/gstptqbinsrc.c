/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-ptqbinsrc
 * @title: ptqbinsrc
 *
 * Reads files of raw samples: each holds the elements of one tensor and
 * nothing else, in the byte order of the machine. A file of another size is
 * an error that names it, or skipped with on-error=skip.
 *
 * Shape and type are those that downstream takes, so that in front of ptqsink
 * they come from the model. Where downstream takes any, or to be sure, set
 * dimensions and type.
 *
 * layout says how the files hold pictures. When it is nhwc and downstream
 * takes planes, or the other way round, the samples are brought into the
 * other order. A shape that can be both counts as planes.
 *
 * |[
 * gst-launch-1.0 ptqbinsrc location=samples dimensions=224:224:3:1 ! fakesink
 * ]| Files of 602112 bytes.
 * |[
 * gst-launch-1.0 ptqbinsrc location=samples layout=nhwc ! other/tensors,dimensions=224:224:3:1,types=float32 ! fakesink
 * ]| Interleaved in the files, planes in the stream.
 */
#include "gstptqbinsrc.h"

#include "gstptqalloc.h"
#include "gstptqelements.h"
#include "gstptqlayout.h"
#include "gstptqtensorcaps.h"
#include "ptq-error.h"
#include "ptq-image.h"

GST_DEBUG_CATEGORY_STATIC (gst_ptq_bin_src_debug);
#define GST_CAT_DEFAULT gst_ptq_bin_src_debug

enum
{
  PROP_0,
  PROP_DIMENSIONS,
  PROP_TYPE,
  PROP_LAYOUT
};

#define DEFAULT_DIMENSIONS NULL
#define DEFAULT_TYPE NULL
#define DEFAULT_LAYOUT GST_PTQ_LAYOUT_AUTO
#define FALLBACK_TYPE "float32"

struct _GstPtqBinSrc
{
  GstPtqFileSrc parent;

  /* properties, protected by the object lock */
  gchar *dimensions;
  gchar *type;
  GstPtqLayout layout;

  /* protected by the stream lock */
  GstPtqTensorShape shape; /* in the stream */
  gboolean swap;           /* the files have the other layout */
  gboolean negotiated;
};

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS (
            "other/tensors, format = (string) static, "
            "num_tensors = (int) 1, framerate = (fraction) [ 0/1, max ]"));

G_DEFINE_TYPE (GstPtqBinSrc, gst_ptq_bin_src, GST_TYPE_PTQ_FILE_SRC)
GST_ELEMENT_REGISTER_DEFINE (
    ptqbinsrc, "ptqbinsrc", GST_RANK_NONE, GST_TYPE_PTQ_BIN_SRC)

static void
gst_ptq_bin_src_finalize (GObject *object)
{
  GstPtqBinSrc *self = GST_PTQ_BIN_SRC (object);

  g_free (self->dimensions);
  g_free (self->type);
  G_OBJECT_CLASS (gst_ptq_bin_src_parent_class)->finalize (object);
}

static void
gst_ptq_bin_src_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstPtqBinSrc *self = GST_PTQ_BIN_SRC (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_DIMENSIONS:
      g_free (self->dimensions);
      self->dimensions = g_value_dup_string (value);
      break;
    case PROP_TYPE:
      g_free (self->type);
      self->type = g_value_dup_string (value);
      break;
    case PROP_LAYOUT:
      self->layout = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_ptq_bin_src_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstPtqBinSrc *self = GST_PTQ_BIN_SRC (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_DIMENSIONS:
      g_value_set_string (value, self->dimensions);
      break;
    case PROP_TYPE:
      g_value_set_string (value, self->type);
      break;
    case PROP_LAYOUT:
      g_value_set_enum (value, self->layout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

/* Caps need downstream, which answers when everything has started. */
static gboolean
gst_ptq_bin_src_negotiate (GstBaseSrc *src)
{
  GST_PTQ_BIN_SRC (src)->negotiated = FALSE;
  return TRUE;
}

static void
move_channels (
    const GstPtqTensorShape *shape, gboolean to_last, GstPtqTensorShape *moved)
{
  *moved = *shape;
  moved->dims[1] = shape->dims[to_last ? 2 : 3];
  moved->dims[2] = shape->dims[to_last ? 3 : 1];
  moved->dims[3] = shape->dims[to_last ? 1 : 2];
}

/* Whether downstream's shape looks like the layout that files do not have */
static gboolean
is_other_layout (const GstPtqTensorShape *shape, GstPtqLayout files)
{
  gint64 first = shape->dims[1], last = shape->dims[3];
  gboolean interleaved = first != 1 && first != 3 && (last == 1 || last == 3);

  return shape->rank == 4 && files != GST_PTQ_LAYOUT_AUTO
      && interleaved != (files == GST_PTQ_LAYOUT_NHWC);
}

/* Returns (transfer full): what downstream takes of these caps. */
static GstCaps *
query_downstream (GstPtqBinSrc *self, GstCaps *caps)
{
  GstCaps *taken = gst_pad_peer_query_caps (GST_BASE_SRC_PAD (self), caps);

  if (gst_caps_is_empty (taken)) {
    gst_caps_unref (taken);
    return NULL;
  }
  taken = gst_caps_make_writable (gst_caps_truncate (taken));
  gst_structure_fixate_field_nearest_fraction (
      gst_caps_get_structure (taken, 0), "framerate", 0, 1);
  return gst_caps_fixate (taken);
}

static GstCaps *
query_shape (GstPtqBinSrc *self, const GstPtqTensorShape *shape)
{
  g_autoptr (GstCaps) caps = gst_ptq_tensor_caps_new (shape, 1);

  return query_downstream (self, caps);
}

/* The user has said what files hold: that, or the same with the channels
 * moved. */
static GstCaps *
choose_from_properties (GstPtqBinSrc *self, const gchar *dimensions,
    const gchar *type, GstPtqLayout layout, GError **error)
{
  GstPtqTensorShape shape;
  g_autofree gchar *text = NULL;
  GstCaps *caps;

  if (!gst_ptq_tensor_shape_parse (
          &shape, type ? type : FALLBACK_TYPE, dimensions, error))
    return NULL;
  caps = query_shape (self, &shape);
  self->swap = caps == NULL && shape.rank == 4 && layout != GST_PTQ_LAYOUT_AUTO;
  if (self->swap) {
    GstPtqTensorShape moved;

    move_channels (&shape, layout == GST_PTQ_LAYOUT_NCHW, &moved);
    caps = query_shape (self, &moved);
  }
  if (caps != NULL)
    return caps;
  text = gst_ptq_tensor_shape_to_string (&shape);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "the next element does not take %s, which properties dimensions and "
      "type say the files hold",
      text);
  return NULL;
}

/* The most tensors in one buffer that downstream takes by number */
static gint
count_taken (GstPtqBinSrc *self)
{
  g_autoptr (GstCaps) caps =
      gst_pad_peer_query_caps (GST_BASE_SRC_PAD (self), NULL);
  gint most = 0, n;

  for (guint i = 0; i < gst_caps_get_size (caps); i++)
    if (gst_structure_get_int (
            gst_caps_get_structure (caps, i), "num_tensors", &n))
      most = MAX (most, n);
  return most;
}

static void
set_error_no_shape (GstPtqBinSrc *self, GError **error)
{
  gint n = count_taken (self);

  if (n > 1)
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "the model has %d inputs, and this source brings one tensor: use a "
        "source for each input and join them with ptqmux, the first to "
        "sink_0, the second to sink_1",
        n);
  else
    g_set_error_literal (error, PTQ_ERROR, PTQ_ERROR_SETTINGS,
        "downstream takes tensors of any shape; set property dimensions to "
        "what the files hold, 224:224:3:1 or the like");
}

static GstCaps *
choose_from_downstream (
    GstPtqBinSrc *self, const gchar *type, GstPtqLayout layout, GError **error)
{
  g_autoptr (GstCaps) any = gst_static_pad_template_get_caps (&src_template);
  g_autoptr (GstCaps) wanted = gst_caps_copy (any);
  g_autoptr (GstCaps) taken = NULL;
  GstPtqTensorsInfo info;

  if (type != NULL)
    gst_caps_set_simple (wanted, "types", G_TYPE_STRING, type, NULL);
  taken = query_downstream (self, wanted);
  if (taken == NULL) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
        "the next element does not take one tensor%s%s",
        type ? " of type " : "", type ? type : "");
    return NULL;
  }
  if (!gst_structure_has_field (
          gst_caps_get_structure (taken, 0), "dimensions")) {
    set_error_no_shape (self, error);
    return NULL;
  }
  if (!gst_ptq_tensors_info_from_caps (&info, taken, error))
    return NULL;
  self->swap = is_other_layout (&info.tensors[0], layout);
  return g_steal_pointer (&taken);
}

static GstCaps *
choose_caps (GstPtqBinSrc *self, GError **error)
{
  g_autofree gchar *dimensions = NULL, *type = NULL;
  GstPtqLayout layout;

  GST_OBJECT_LOCK (self);
  dimensions = g_strdup (self->dimensions);
  type = g_strdup (self->type);
  layout = self->layout;
  GST_OBJECT_UNLOCK (self);

  if (dimensions != NULL)
    return choose_from_properties (self, dimensions, type, layout, error);
  return choose_from_downstream (self, type, layout, error);
}

static GstFlowReturn
negotiate (GstPtqBinSrc *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstCaps) caps = NULL;
  GstPtqTensorsInfo info;

  if (self->negotiated)
    return GST_FLOW_OK;
  caps = choose_caps (self, &error);
  if (caps == NULL || !gst_ptq_tensors_info_from_caps (&info, caps, &error))
    goto failed;
  if (!gst_base_src_set_caps (GST_BASE_SRC (self), caps))
    return GST_FLOW_NOT_NEGOTIATED;
  self->shape = info.tensors[0];
  self->negotiated = TRUE;
  return GST_FLOW_OK;

  /* ERRORS */
failed:
{
  GST_ELEMENT_ERROR (self, STREAM, FORMAT, ("%s", error->message), (NULL));
  return GST_FLOW_ERROR;
}
}

/* Opens a file when it has exactly the size of the tensor. */
static GInputStream *
open_file (GstPtqBinSrc *self, const gchar *path, GCancellable *cancellable,
    GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GFileInfo) info = NULL;
  g_autofree gchar *shape = NULL;
  gsize size = gst_ptq_tensor_shape_get_size (&self->shape);

  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return NULL;
  info = g_file_input_stream_query_info (
      stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, error);
  if (info == NULL)
    return NULL;
  if ((guint64) g_file_info_get_size (info) == size)
    return G_INPUT_STREAM (g_steal_pointer (&stream));

  shape = gst_ptq_tensor_shape_to_string (&self->shape);
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_SHAPE,
      "file \"%s\" has %" G_GOFFSET_FORMAT " bytes; %s has %" G_GSIZE_FORMAT,
      path, g_file_info_get_size (info), shape, size);
  return NULL;
}

static gboolean
read_all (GInputStream *stream, const gchar *path, gpointer data, gsize size,
    GCancellable *cancellable, GError **error)
{
  gsize n = 0;

  if (!g_input_stream_read_all (stream, data, size, &n, cancellable, error)) {
    g_prefix_error (error, "file \"%s\": ", path);
    return FALSE;
  }
  if (n == size)
    return TRUE;
  g_set_error (error, PTQ_ERROR, PTQ_ERROR_READ,
      "file \"%s\" ended after %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
      " bytes",
      path, n, size);
  return FALSE;
}

/* From the order of the files into the one of the stream */
static void
swap_into (GstPtqBinSrc *self, gconstpointer in, gpointer out)
{
  const gint64 *dims = self->shape.dims;
  gsize size = gst_ptq_tensor_shape_get_size (&self->shape);
  gsize count = dims[0] * dims[1] * dims[2] * dims[3];
  gboolean files_planar;

  GST_OBJECT_LOCK (self);
  files_planar = self->layout == GST_PTQ_LAYOUT_NCHW;
  GST_OBJECT_UNLOCK (self);
  ptq_layout_swap (in, files_planar ? PTQ_LAYOUT_NCHW : PTQ_LAYOUT_NHWC, out,
      dims[0], files_planar ? dims[3] : dims[1],
      files_planar ? dims[1] * dims[2] : dims[2] * dims[3], size / count);
}

static gboolean
fill (GstPtqBinSrc *self, GInputStream *stream, const gchar *path,
    GstBuffer *buffer, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *unordered = NULL;
  GstMapInfo map;
  gboolean done;

  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE)) {
    g_set_error_literal (
        error, PTQ_ERROR, PTQ_ERROR_FAILED, "a buffer cannot be written");
    return FALSE;
  }
  if (self->swap)
    unordered = g_malloc (map.size);
  done = read_all (stream, path, unordered ? unordered : map.data, map.size,
      cancellable, error);
  if (done && self->swap)
    swap_into (self, unordered, map.data);
  gst_buffer_unmap (buffer, &map);
  return done;
}

static GstFlowReturn
gst_ptq_bin_src_read_sample (GstPtqFileSrc *src, const gchar *path,
    GstBuffer **buffer, GCancellable *cancellable, GError **error)
{
  GstPtqBinSrc *self = GST_PTQ_BIN_SRC (src);
  GstAllocationParams params;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GstBuffer) sample = NULL;
  GstFlowReturn flow = negotiate (self);

  if (flow != GST_FLOW_OK)
    return flow;
  stream = open_file (self, path, cancellable, error);
  if (stream == NULL)
    return GST_FLOW_ERROR;
  gst_allocation_params_init (&params);
  params.align = GST_PTQ_ALIGNMENT - 1;
  sample = gst_buffer_new_allocate (
      NULL, gst_ptq_tensor_shape_get_size (&self->shape), &params);
  if (!fill (self, stream, path, sample, cancellable, error))
    return GST_FLOW_ERROR;
  *buffer = g_steal_pointer (&sample);
  return GST_FLOW_OK;
}

#define FLAGS \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static void
gst_ptq_bin_src_class_init (GstPtqBinSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);
  GstPtqFileSrcClass *file_class = GST_PTQ_FILE_SRC_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      gst_ptq_bin_src_debug, "ptqbinsrc", 0, "raw tensors as samples");

  object_class->finalize = gst_ptq_bin_src_finalize;
  object_class->set_property = gst_ptq_bin_src_set_property;
  object_class->get_property = gst_ptq_bin_src_get_property;
  g_object_class_install_property (object_class, PROP_DIMENSIONS,
      g_param_spec_string ("dimensions", "Dimensions",
          "Dimensions of the tensor in a file, innermost first, "
          "\"224:224:3:1\" (unset = what downstream takes)",
          DEFAULT_DIMENSIONS, FLAGS));
  g_object_class_install_property (object_class, PROP_TYPE,
      g_param_spec_string ("type", "Type",
          "Element type of the tensor in a file: float32, uint8, int64, … "
          "(unset = what downstream takes, float32 with dimensions set)",
          DEFAULT_TYPE, FLAGS));
  g_object_class_install_property (object_class, PROP_LAYOUT,
      g_param_spec_enum ("layout", "Layout",
          "How the files hold pictures (auto = as downstream takes them)",
          GST_TYPE_PTQ_LAYOUT, DEFAULT_LAYOUT, FLAGS));

  base_class->negotiate = GST_DEBUG_FUNCPTR (gst_ptq_bin_src_negotiate);
  file_class->read_sample = GST_DEBUG_FUNCPTR (gst_ptq_bin_src_read_sample);

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class,
      "Raw tensor file source", "Source/File",
      "Reads files that hold the raw elements of one tensor each", "gst-ptq");
}

static void
gst_ptq_bin_src_init (GstPtqBinSrc *self)
{
  self->layout = DEFAULT_LAYOUT;
}
