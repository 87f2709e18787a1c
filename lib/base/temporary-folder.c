/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The runtime writes and reads some things through files only. They hold all
 * weights of a model, so that a few that are left behind fill a disk.
 */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "temporary-folder.h"

#define PREFIX "ptq-work-"
/* Between the making of a folder and its lock there are moments, not
 * minutes. */
#define MIN_AGE 60

struct _PtqTemporaryFolder
{
  gchar *path;
  gint fd; /* holds the lock */
};

static gint
open_folder (const gchar *path)
{
  return open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static gboolean
lock_folder (gint fd)
{
  return flock (fd, LOCK_EX | LOCK_NB) == 0;
}

static void
remove_folder (const gchar *path, gint fd)
{
  GDir *folder = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    unlinkat (fd, name, 0);
  g_clear_pointer (&folder, g_dir_close);
  rmdir (path);
}

/* Nobody is at work in it: it is ours, not of this minute, and not locked. */
static gboolean
is_left (gint fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 && info.st_uid == geteuid ()
      && info.st_mtime + MIN_AGE < g_get_real_time () / G_USEC_PER_SEC
      && lock_folder (fd);
}

static void
remove_left (const gchar *path)
{
  gint fd = open_folder (path);

  if (fd < 0)
    return;
  if (is_left (fd)) {
    g_debug ("%s was left by a process that was killed", path);
    remove_folder (path, fd);
  }
  close (fd);
}

static gpointer
sweep (gpointer data)
{
  const gchar *place = data;
  GDir *folder = g_dir_open (place, 0, NULL);
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *path = g_build_filename (place, name, NULL);

    if (g_str_has_prefix (name, PREFIX))
      remove_left (path);
  }
  g_clear_pointer (&folder, g_dir_close);
  return NULL;
}

PtqTemporaryFolder *
ptq_temporary_folder_new (GError **error)
{
  static GOnce swept = G_ONCE_INIT;
  g_autoptr (GError) reason = NULL;
  PtqTemporaryFolder *self;
  gchar *path;

  g_once (&swept, sweep, (gpointer) g_get_tmp_dir ());
  path = g_dir_make_tmp (PREFIX "XXXXXX", &reason);
  if (path == NULL) {
    g_set_error (error, PTQ_ERROR, PTQ_ERROR_WRITE,
        "No temporary folder "
        "could be made below %s: %s",
        g_get_tmp_dir (), reason->message);
    return NULL;
  }
  self = g_new0 (PtqTemporaryFolder, 1);
  self->path = path;
  self->fd = open_folder (path);
  /* Where there are no locks, it works as well. */
  lock_folder (self->fd);
  return self;
}

const gchar *
ptq_temporary_folder_get_path (PtqTemporaryFolder *self)
{
  return self->path;
}

void
ptq_temporary_folder_free (PtqTemporaryFolder *self)
{
  remove_folder (self->path, self->fd);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self);
}
