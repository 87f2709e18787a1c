/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keeps the tensors of one sample in a file without a name.
 */
#include "spool.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

typedef struct
{
  goffset offset;
  gsize size;
} Place;

struct _PtqSpool
{
  gint fd;
  goffset end;
  guint n;
  Place *places;
};

static void
set_file_error (GError **error, const gchar *what)
{
  gint code = errno;

  g_set_error (error, PTQ_ERROR,
      code == ENOSPC ? PTQ_ERROR_NO_SPACE : PTQ_ERROR_WRITE,
      "%s the temporary file of activations: %s (TMPDIR says where it lies)",
      what, g_strerror (code));
}

PtqSpool *
ptq_spool_new (guint n_tensors, GError **error)
{
  const gchar *folder = g_getenv ("TMPDIR");
  g_autofree gchar *path = NULL;
  PtqSpool *self;
  gint fd;

  if (folder == NULL)
    folder = g_access ("/var/tmp", W_OK) == 0 ? "/var/tmp" : g_get_tmp_dir ();
  path = g_build_filename (folder, "ptq-tensors-XXXXXX", NULL);
  fd = g_mkstemp (path);
  if (fd < 0) {
    set_file_error (error, "could not make");
    return NULL;
  }
  g_unlink (path);
  self = g_new0 (PtqSpool, 1);
  self->fd = fd;
  self->n = n_tensors;
  self->places = g_new0 (Place, n_tensors);
  return self;
}

void
ptq_spool_free (PtqSpool *self)
{
  close (self->fd);
  g_free (self->places);
  g_free (self);
}

void
ptq_spool_clear (PtqSpool *self)
{
  for (guint i = 0; i < self->n; i++)
    self->places[i].size = 0;
  self->end = 0;
}

gboolean
ptq_spool_put (
    PtqSpool *self, guint index, gconstpointer data, gsize size, GError **error)
{
  gsize done = 0;

  while (done < size) {
    gssize n = pwrite (self->fd, (const guint8 *) data + done, size - done,
        self->end + (goffset) done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      set_file_error (error, "could not write");
      return FALSE;
    }
    done += n;
  }
  self->places[index] = (Place){ self->end, size };
  self->end += size;
  return TRUE;
}

gsize
ptq_spool_get_size (PtqSpool *self, guint index)
{
  return self->places[index].size;
}

gboolean
ptq_spool_get (PtqSpool *self, guint index, gpointer data, GError **error)
{
  const Place *place = &self->places[index];
  gsize done = 0;

  while (done < place->size) {
    gssize n = pread (self->fd, (guint8 *) data + done, place->size - done,
        place->offset + (goffset) done);

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
