/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * What the sources of samples have in common: which files, in which order,
 * how many, and what happens to those that cannot be read. Subclasses only
 * read one file.
 */
#include "gstptqfilesrc.h"

#include "gstptqerror.h"
#include "gstptqfilelist.h"
#include "gstptqonerror.h"
#include "gstptqsamplemeta.h"
#include "ptq-error.h"

GST_DEBUG_CATEGORY_STATIC (gst_ptq_file_src_debug);
#define GST_CAT_DEFAULT gst_ptq_file_src_debug

enum
{
  PROP_0,
  PROP_LOCATION,
  PROP_NUM_SAMPLES,
  PROP_SHUFFLE,
  PROP_SEED,
  PROP_LOOP,
  PROP_ON_ERROR,
  PROP_SKIPPED,
  N_PROPERTIES
};

#define DEFAULT_NUM_SAMPLES -1
#define DEFAULT_SHUFFLE FALSE
#define DEFAULT_SEED 0
#define DEFAULT_LOOP FALSE
#define DEFAULT_ON_ERROR GST_PTQ_ON_ERROR_FAIL

typedef struct
{
  /* properties, protected by the object lock */
  gchar *location;
  gint num_samples;
  gboolean shuffle;
  guint seed;
  gboolean loop;
  GstPtqOnError on_error;
  guint skipped;

  /* from start () to stop (), used by the streaming thread */
  GPtrArray *files;
  GRand *random;
  guint next;            /* file to read next */
  guint64 position;      /* samples sent */
  gboolean any_in_round; /* a file of this round could be read */

  GCancellable *cancellable; /* cancelled while flushing */
} GstPtqFileSrcPrivate;

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstPtqFileSrc, gst_ptq_file_src,
    GST_TYPE_PUSH_SRC,
    G_ADD_PRIVATE (GstPtqFileSrc) GST_DEBUG_CATEGORY_INIT (
        gst_ptq_file_src_debug, "ptqfilesrc", 0, "files as samples"))

#define PRIVATE(self) \
  ((GstPtqFileSrcPrivate *) gst_ptq_file_src_get_instance_private (self))

static void
gst_ptq_file_src_finalize (GObject *object)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (GST_PTQ_FILE_SRC (object));

  g_free (priv->location);
  g_object_unref (priv->cancellable);
  G_OBJECT_CLASS (gst_ptq_file_src_parent_class)->finalize (object);
}

static void
gst_ptq_file_src_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (GST_PTQ_FILE_SRC (object));

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_LOCATION:
      g_free (priv->location);
      priv->location = g_value_dup_string (value);
      break;
    case PROP_NUM_SAMPLES:
      priv->num_samples = g_value_get_int (value);
      break;
    case PROP_SHUFFLE:
      priv->shuffle = g_value_get_boolean (value);
      break;
    case PROP_SEED:
      priv->seed = g_value_get_uint (value);
      break;
    case PROP_LOOP:
      priv->loop = g_value_get_boolean (value);
      break;
    case PROP_ON_ERROR:
      priv->on_error = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

static void
gst_ptq_file_src_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (GST_PTQ_FILE_SRC (object));

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_LOCATION:
      g_value_set_string (value, priv->location);
      break;
    case PROP_NUM_SAMPLES:
      g_value_set_int (value, priv->num_samples);
      break;
    case PROP_SHUFFLE:
      g_value_set_boolean (value, priv->shuffle);
      break;
    case PROP_SEED:
      g_value_set_uint (value, priv->seed);
      break;
    case PROP_LOOP:
      g_value_set_boolean (value, priv->loop);
      break;
    case PROP_ON_ERROR:
      g_value_set_enum (value, priv->on_error);
      break;
    case PROP_SKIPPED:
      g_value_set_uint (value, priv->skipped);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

static void
warn_about_too_few (GstPtqFileSrc *self)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (self);

  if (priv->num_samples > 0 && !priv->loop
      && (guint) priv->num_samples > priv->files->len)
    GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS,
        ("num-samples=%d, but \"%s\" has only %u files; all are used once "
         "(loop=true starts over)",
            priv->num_samples, priv->location, priv->files->len),
        (NULL));
}

static gboolean
list_files (GstPtqFileSrc *self)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (self);
  g_autoptr (GError) error = NULL;

  if (priv->location == NULL || priv->location[0] == '\0')
    goto no_location;
  priv->files = gst_ptq_file_list_new (priv->location, &error);
  if (priv->files == NULL)
    goto no_files;

  GST_INFO_OBJECT (self, "\"%s\": %u files", priv->location, priv->files->len);
  return TRUE;

  /* ERRORS */
no_location:
{
  GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
      ("No location was set; it names a folder, a file or a pattern."), (NULL));
  return FALSE;
}
no_files:
{
  GST_PTQ_ELEMENT_ERROR (self, error);
  return FALSE;
}
}

/* Here and not in start(): when that fails, the base class posts a second
 * error, which says that there was no first one. */
static GstStateChangeReturn
gst_ptq_file_src_change_state (GstElement *element, GstStateChange transition)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (GST_PTQ_FILE_SRC (element));
  GstStateChangeReturn changed;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      && !list_files (GST_PTQ_FILE_SRC (element)))
    return GST_STATE_CHANGE_FAILURE;

  changed = GST_ELEMENT_CLASS (gst_ptq_file_src_parent_class)
                ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || changed == GST_STATE_CHANGE_FAILURE)
    g_clear_pointer (&priv->files, g_ptr_array_unref);
  return changed;
}

static gboolean
gst_ptq_file_src_start (GstBaseSrc *src)
{
  GstPtqFileSrc *self = GST_PTQ_FILE_SRC (src);
  GstPtqFileSrcPrivate *priv = PRIVATE (self);

  priv->random = g_rand_new_with_seed (priv->seed);
  if (priv->shuffle)
    gst_ptq_file_list_shuffle (priv->files, priv->random);
  priv->next = 0;
  priv->position = 0;
  priv->any_in_round = FALSE;
  GST_OBJECT_LOCK (self);
  priv->skipped = 0;
  GST_OBJECT_UNLOCK (self);
  warn_about_too_few (self);
  return TRUE;
}

static gboolean
gst_ptq_file_src_stop (GstBaseSrc *src)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (GST_PTQ_FILE_SRC (src));

  g_clear_pointer (&priv->random, g_rand_free);
  return TRUE;
}

static gboolean
gst_ptq_file_src_unlock (GstBaseSrc *src)
{
  g_cancellable_cancel (PRIVATE (GST_PTQ_FILE_SRC (src))->cancellable);
  return TRUE;
}

static gboolean
gst_ptq_file_src_unlock_stop (GstBaseSrc *src)
{
  g_cancellable_reset (PRIVATE (GST_PTQ_FILE_SRC (src))->cancellable);
  return TRUE;
}

static gboolean
gst_ptq_file_src_is_seekable (GstBaseSrc *src)
{
  (void) src;
  return FALSE;
}

/* Number of samples that will come, -1 for no end */
static gint64
count_samples (GstPtqFileSrcPrivate *priv)
{
  if (priv->num_samples > 0
      && (priv->loop || (guint) priv->num_samples < priv->files->len))
    return priv->num_samples;
  return priv->loop ? -1 : (gint64) priv->files->len;
}

static gboolean
is_count_format (GstFormat format)
{
  return format == GST_FORMAT_DEFAULT || format == GST_FORMAT_BUFFERS;
}

/* Lets an application show progress in samples. */
static gboolean
gst_ptq_file_src_query (GstBaseSrc *src, GstQuery *query)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (GST_PTQ_FILE_SRC (src));
  GstFormat format;

  if (GST_QUERY_TYPE (query) == GST_QUERY_DURATION) {
    gst_query_parse_duration (query, &format, NULL);
    if (is_count_format (format) && priv->files != NULL) {
      gst_query_set_duration (query, format, count_samples (priv));
      return TRUE;
    }
  }
  return GST_BASE_SRC_CLASS (gst_ptq_file_src_parent_class)->query (src, query);
}

static void
skip_file (GstPtqFileSrc *self, const GError *error)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (self);
  guint skipped;

  GST_OBJECT_LOCK (self);
  skipped = ++priv->skipped;
  GST_OBJECT_UNLOCK (self);
  GST_ELEMENT_WARNING (self, STREAM, DECODE,
      ("%s (skipped, %u so far)", error->message, skipped), (NULL));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SKIPPED]);
}

/* Returns whether there is a file to read, after the end of the list only
 * when the list starts over. */
static gboolean
begin_file (GstPtqFileSrc *self)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (self);

  if (priv->num_samples > 0 && priv->position >= (guint) priv->num_samples)
    return FALSE;
  if (priv->next < priv->files->len)
    return TRUE;
  if (!priv->loop || !priv->any_in_round)
    return FALSE;

  priv->next = 0;
  priv->any_in_round = FALSE;
  if (priv->shuffle)
    gst_ptq_file_list_shuffle (priv->files, priv->random);
  return TRUE;
}

static void
finish_buffer (GstPtqFileSrc *self, GstBuffer *buffer, const gchar *path)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (self);

  gst_ptq_sample_meta_set (buffer, path);
  GST_BUFFER_OFFSET (buffer) = priv->position;
  GST_BUFFER_OFFSET_END (buffer) = ++priv->position;
  priv->any_in_round = TRUE;
}

/* An error has been posted. Of a flow error the base class would make a second
 * one, and an EOS after it, on which sinks finish as if all had been well. */
#define STOPPED GST_FLOW_FLUSHING

static GstFlowReturn
gst_ptq_file_src_create (GstPushSrc *src, GstBuffer **buffer)
{
  GstPtqFileSrc *self = GST_PTQ_FILE_SRC (src);
  GstPtqFileSrcClass *klass = GST_PTQ_FILE_SRC_GET_CLASS (self);
  GstPtqFileSrcPrivate *priv = PRIVATE (self);
  g_autoptr (GError) error = NULL;

  while (begin_file (self)) {
    const gchar *path = g_ptr_array_index (priv->files, priv->next);
    GstFlowReturn flow;

    if (g_cancellable_is_cancelled (priv->cancellable))
      return GST_FLOW_FLUSHING;
    GST_LOG_OBJECT (self, "reading \"%s\"", path);
    flow = klass->read_sample (self, path, buffer, priv->cancellable, &error);
    if (flow == GST_FLOW_OK) {
      priv->next++;
      finish_buffer (self, *buffer, path);
      return GST_FLOW_OK;
    }
    if (error == NULL)
      return flow == GST_FLOW_ERROR ? STOPPED : flow;
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      return GST_FLOW_FLUSHING;
    if (priv->on_error == GST_PTQ_ON_ERROR_FAIL)
      goto failed;
    priv->next++;
    skip_file (self, error);
    g_clear_error (&error);
  }

  if (priv->position == 0)
    goto nothing;
  return GST_FLOW_EOS;

  /* ERRORS */
failed:
{
  GST_PTQ_ELEMENT_ERROR (self, error);
  return STOPPED;
}
nothing:
{
  GST_ELEMENT_ERROR (self, STREAM, DECODE,
      ("None of the %u files of \"%s\" could be used.", priv->files->len,
          priv->location),
      (NULL));
  return STOPPED;
}
}

/**
 * gst_ptq_file_src_get_position:
 * @self: a source
 *
 * Returns: number of samples sent so far; for the streaming thread
 */
guint64
gst_ptq_file_src_get_position (GstPtqFileSrc *self)
{
  return PRIVATE (self)->position;
}

#define FLAGS \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static void
install_properties (GObjectClass *klass)
{
  properties[PROP_LOCATION] = g_param_spec_string ("location", "Location",
      "Folder, file, or pattern such as \"samples/*.{jpg,bin}\". Files are "
      "taken in bytewise order of their names; of a folder, sub-folders and "
      "names that begin with a dot do not count",
      NULL, FLAGS);
  properties[PROP_NUM_SAMPLES] =
      g_param_spec_int ("num-samples", "Number of samples",
          "Samples to send, skipped files not counted "
          "(0 or -1 = all)",
          -1, G_MAXINT, DEFAULT_NUM_SAMPLES, FLAGS);
  properties[PROP_SHUFFLE] = g_param_spec_boolean ("shuffle", "Shuffle",
      "Take the files in a random order, the same for the same seed",
      DEFAULT_SHUFFLE, FLAGS);
  properties[PROP_SEED] = g_param_spec_uint ("seed", "Seed",
      "Chooses the random order of shuffle", 0, G_MAXUINT, DEFAULT_SEED, FLAGS);
  properties[PROP_LOOP] = g_param_spec_boolean ("loop", "Loop",
      "Start over at the end of the list, until num-samples is reached "
      "(without num-samples: for ever)",
      DEFAULT_LOOP, FLAGS);
  properties[PROP_ON_ERROR] = g_param_spec_enum ("on-error", "On error",
      "What becomes of files that cannot be used", GST_TYPE_PTQ_ON_ERROR,
      DEFAULT_ON_ERROR, FLAGS);
  properties[PROP_SKIPPED] = g_param_spec_uint ("skipped", "Skipped",
      "Files left out so far (on-error=skip)", 0, G_MAXUINT, 0,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (klass, N_PROPERTIES, properties);
}

static void
gst_ptq_file_src_class_init (GstPtqFileSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);
  GstPushSrcClass *push_class = GST_PUSH_SRC_CLASS (klass);

  object_class->finalize = gst_ptq_file_src_finalize;
  object_class->set_property = gst_ptq_file_src_set_property;
  object_class->get_property = gst_ptq_file_src_get_property;
  install_properties (object_class);

  GST_ELEMENT_CLASS (klass)->change_state =
      GST_DEBUG_FUNCPTR (gst_ptq_file_src_change_state);
  base_class->start = GST_DEBUG_FUNCPTR (gst_ptq_file_src_start);
  base_class->stop = GST_DEBUG_FUNCPTR (gst_ptq_file_src_stop);
  base_class->unlock = GST_DEBUG_FUNCPTR (gst_ptq_file_src_unlock);
  base_class->unlock_stop = GST_DEBUG_FUNCPTR (gst_ptq_file_src_unlock_stop);
  base_class->is_seekable = GST_DEBUG_FUNCPTR (gst_ptq_file_src_is_seekable);
  base_class->query = GST_DEBUG_FUNCPTR (gst_ptq_file_src_query);
  push_class->create = GST_DEBUG_FUNCPTR (gst_ptq_file_src_create);

  gst_type_mark_as_plugin_api (GST_TYPE_PTQ_FILE_SRC, 0);
}

static void
gst_ptq_file_src_init (GstPtqFileSrc *self)
{
  GstPtqFileSrcPrivate *priv = PRIVATE (self);

  priv->num_samples = DEFAULT_NUM_SAMPLES;
  priv->shuffle = DEFAULT_SHUFFLE;
  priv->seed = DEFAULT_SEED;
  priv->loop = DEFAULT_LOOP;
  priv->on_error = DEFAULT_ON_ERROR;
  priv->cancellable = g_cancellable_new ();
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}
