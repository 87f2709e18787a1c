/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Samples lie in a temporary file without a name, so that memory does not
 * depend on their number or size, and nothing is left behind however the
 * process ends. */

#include "ptq-reservoir.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* The same stream gives the same choice. */
#define SEED 1

struct _PtqReservoir
{
  guint capacity;
  guint n;
  guint64 n_offered;
  GRand *rand;
  gint fd;           /* -1 before the first sample */
  PtqTensor *inputs; /* shapes; data points into buffer */
  guint n_inputs;
  guint8 *buffer; /* one sample */
  gsize size;
};

PtqReservoir *
ptq_reservoir_new (guint capacity)
{
  PtqReservoir *self = g_new0 (PtqReservoir, 1);

  self->capacity = capacity;
  self->rand = g_rand_new_with_seed (SEED);
  self->fd = -1;
  return self;
}

void
ptq_reservoir_free (PtqReservoir *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_rand_free (self->rand);
  g_free (self->inputs);
  g_free (self->buffer);
  g_free (self);
}

static void
set_file_error (GError **error, const gchar *what)
{
  gint code = errno;

  g_set_error (error, PTQ_ERROR,
      code == ENOSPC ? PTQ_ERROR_NO_SPACE : PTQ_ERROR_WRITE,
      "%s the temporary file of samples: %s (TMPDIR says where it lies)", what,
      g_strerror (code));
}

/* /var/tmp rather than /tmp: the latter is often memory. */
static gint
open_file (GError **error)
{
  const gchar *folder = g_getenv ("TMPDIR");
  g_autofree gchar *path = NULL;
  gint fd;

  if (folder == NULL)
    folder = g_access ("/var/tmp", W_OK) == 0 ? "/var/tmp" : g_get_tmp_dir ();
  path = g_build_filename (folder, "ptq-samples-XXXXXX", NULL);
  fd = g_mkstemp (path);
  if (fd < 0)
    set_file_error (error, "could not make");
  else
    g_unlink (path);
  return fd;
}

static gboolean
start (
    PtqReservoir *self, const PtqTensor *inputs, guint n_inputs, GError **error)
{
  self->fd = open_file (error);
  if (self->fd < 0)
    return FALSE;
  self->n_inputs = n_inputs;
  self->inputs = g_memdup2 (inputs, n_inputs * sizeof (PtqTensor));
  for (guint i = 0; i < n_inputs; i++)
    self->size += inputs[i].size;
  self->buffer = g_malloc (self->size);
  for (gsize i = 0, at = 0; i < n_inputs; at += inputs[i].size, i++)
    self->inputs[i].data = self->buffer + at;
  return TRUE;
}

static gboolean
write_slot (PtqReservoir *self, guint slot, GError **error)
{
  gsize done = 0;

  while (done < self->size) {
    gssize n = pwrite (self->fd, self->buffer + done, self->size - done,
        (goffset) slot * self->size + done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      set_file_error (error, "could not write");
      return FALSE;
    }
    done += n;
  }
  return TRUE;
}

static gboolean
read_slot (PtqReservoir *self, guint slot, GError **error)
{
  gsize done = 0;

  while (done < self->size) {
    gssize n = pread (self->fd, self->buffer + done, self->size - done,
        (goffset) slot * self->size + done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      set_file_error (error, "could not read");
      return FALSE;
    }
    done += n;
  }
  return TRUE;
}

/* Algorithm R (Vitter 1985): sample i replaces one of those kept with
 * probability capacity / i. Returns the slot, or -1. */
static gint64
choose_slot (PtqReservoir *self)
{
  guint64 slot;

  if (self->n < self->capacity)
    return self->n;
  slot = (guint64) (g_rand_double (self->rand) * (self->n_offered + 1));
  return slot < self->capacity ? (gint64) slot : -1;
}

gboolean
ptq_reservoir_offer (
    PtqReservoir *self, const PtqTensor *inputs, guint n_inputs, GError **error)
{
  gint64 slot;

  if (self->capacity == 0)
    return TRUE;
  if (self->fd < 0 && !start (self, inputs, n_inputs, error))
    return FALSE;
  slot = choose_slot (self);
  if (slot >= 0) {
    for (guint i = 0; i < n_inputs; i++)
      memcpy ((gpointer) self->inputs[i].data, inputs[i].data, inputs[i].size);
    if (!write_slot (self, slot, error))
      return FALSE;
  }
  /* A sample that could not be written does not count; it may come again. */
  self->n_offered++;
  self->n = MAX (self->n, (guint) (slot + 1));
  return TRUE;
}

guint
ptq_reservoir_get_n (PtqReservoir *self)
{
  return self->n;
}

gboolean
ptq_reservoir_replay (PtqReservoir *self, guint max, PtqSampleFunc func,
    gpointer user_data, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < MIN (self->n, max); i++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error)
        || !read_slot (self, i, error)
        || !func (self->inputs, self->n_inputs, user_data, error))
      return FALSE;
  return TRUE;
}
