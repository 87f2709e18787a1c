/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing a file so that its name never stands for half of it: a temporary
 * file in the same folder, fsync, rename.
 */
#include "safe-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>

#define BUFFER_SIZE (1 << 20)
/* As many symbolic links as the kernel follows */
#define MAX_LINKS 40

struct _PtqSafeFile
{
  gchar *shown_path; /* as the user names it */
  gchar *path;       /* where symbolic links lead */
  gchar *temporary;
  gchar *backup; /* a second name of what commit replaces */
  gint fd;
  guint64 size;
  GByteArray *buffer;
  GCancellable *cancellable;
  GError *error;
};

static void
set_error_from_errno (
    GError **error, const gchar *path, const gchar *what, gint code)
{
  const gboolean is_full = code == ENOSPC || code == EDQUOT;

  g_set_error (error, PTQ_ERROR,
      is_full              ? PTQ_ERROR_NO_SPACE
          : code == ENOENT ? PTQ_ERROR_NOT_FOUND
                           : PTQ_ERROR_WRITE,
      "%s: %s: %s%s", path, what, g_strerror (code),
      is_full ? "; make room and try again" : "");
}

/* Renaming would replace a link by a file; write where it leads instead. */
static gchar *
follow_links (const gchar *path)
{
  gchar *followed = g_strdup (path);
  guint i;

  for (i = 0; i < MAX_LINKS; i++) {
    g_autofree gchar *target = g_file_read_link (followed, NULL);
    g_autofree gchar *folder = NULL;

    if (!target)
      break;
    folder = g_path_get_dirname (followed);
    g_free (followed);
    followed = g_path_is_absolute (target)
        ? g_steal_pointer (&target)
        : g_build_filename (folder, target, NULL);
  }

  return followed;
}

/* Where a folder is yet to be made, ".." leads back to where it is made. */
static gchar *
resolve (const gchar *path)
{
  g_autofree gchar *followed = follow_links (path);
  g_autofree gchar *folder = g_path_get_dirname (followed);

  return g_file_test (folder, G_FILE_TEST_IS_DIR)
      ? g_steal_pointer (&followed)
      : g_canonicalize_filename (followed, NULL);
}

/* Of the folders above too there may be none yet. */
static gboolean
is_same_name (const gchar *a, const gchar *b)
{
  g_autofree gchar *a_name = g_path_get_basename (a);
  g_autofree gchar *b_name = g_path_get_basename (b);
  g_autofree gchar *a_folder = g_path_get_dirname (a);
  g_autofree gchar *b_folder = g_path_get_dirname (b);

  return g_str_equal (a_name, b_name)
      && ptq_safe_file_is_same (a_folder, b_folder);
}

gboolean
ptq_safe_file_is_same (const gchar *a, const gchar *b)
{
  g_autofree gchar *a_path = resolve (a);
  g_autofree gchar *b_path = resolve (b);
  GStatBuf a_info, b_info;
  const gboolean a_there = g_stat (a_path, &a_info) == 0;
  const gboolean b_there = g_stat (b_path, &b_info) == 0;

  if (g_str_equal (a_path, b_path))
    return TRUE;
  if (a_there && b_there)
    return a_info.st_dev == b_info.st_dev && a_info.st_ino == b_info.st_ino;
  if (a_there || b_there)
    return FALSE;
  return is_same_name (a_path, b_path);
}

static gboolean
check_target (const gchar *path, GError **error)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0 || S_ISREG (info.st_mode))
    return TRUE;

  g_set_error (error, PTQ_ERROR, PTQ_ERROR_WRITE,
      "%s: this is a %s, a file cannot take its place", path,
      S_ISDIR (info.st_mode) ? "folder" : "special file");
  return FALSE;
}

static gboolean
open_temporary (PtqSafeFile *self, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (self->path);

  self->temporary = g_build_filename (folder, ".ptq-XXXXXX", NULL);
  /* The mode is that of any new file: the umask is applied to it. */
  self->fd = g_mkstemp_full (self->temporary, O_RDWR | O_CLOEXEC, 0666);
  if (self->fd < 0) {
    const gint code = errno;

    g_clear_pointer (&self->temporary, g_free);
    set_error_from_errno (
        error, self->shown_path, "no file can be made in this folder", code);
    return FALSE;
  }

  return TRUE;
}

/**
 * ptq_safe_file_new:
 * @path: the file to write
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for an error
 *
 * Returns: (transfer full): the file, empty and under a temporary name, or
 *   %NULL with %PTQ_ERROR_NOT_FOUND, %PTQ_ERROR_NO_SPACE or %PTQ_ERROR_WRITE
 */
PtqSafeFile *
ptq_safe_file_new (const gchar *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (PtqSafeFile) self = g_new0 (PtqSafeFile, 1);

  self->fd = -1;
  self->shown_path = g_strdup (path);
  self->path = follow_links (path);
  self->buffer = g_byte_array_sized_new (BUFFER_SIZE);
  self->cancellable = cancellable ? g_object_ref (cancellable) : NULL;

  if (!check_target (self->path, error) || !open_temporary (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

static void
write_out (PtqSafeFile *self, const guint8 *data, gsize size)
{
  while (size > 0 && !self->error) {
    gssize written;

    if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
      return;
    written = write (self->fd, data, MIN (size, BUFFER_SIZE));
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      set_error_from_errno (
          &self->error, self->shown_path, "the file cannot be written", errno);
      return;
    }
    data += written;
    size -= written;
  }
}

static void
flush (PtqSafeFile *self)
{
  write_out (self, self->buffer->data, self->buffer->len);
  g_byte_array_set_size (self->buffer, 0);
}

void
ptq_safe_file_write (PtqSafeFile *self, gconstpointer data, gsize size)
{
  self->size += size;
  if (self->buffer->len + size > BUFFER_SIZE)
    flush (self);
  if (size >= BUFFER_SIZE)
    write_out (self, data, size);
  else
    g_byte_array_append (self->buffer, data, size);
}

/* Fills with zeros up to a multiple of @alignment, 4096 at most. */
void
ptq_safe_file_pad (PtqSafeFile *self, guint alignment)
{
  static const guint8 zeros[4096] = { 0 };
  const guint over = self->size % alignment;

  if (over > 0)
    ptq_safe_file_write (self, zeros, alignment - over);
}

guint64
ptq_safe_file_get_size (PtqSafeFile *self)
{
  return self->size;
}

gboolean
ptq_safe_file_finish (PtqSafeFile *self, GError **error)
{
  gint result;

  flush (self);
  if (!self->error && fsync (self->fd) != 0)
    set_error_from_errno (
        &self->error, self->shown_path, "the file cannot be written", errno);
  result = close (self->fd);
  self->fd = -1;
  if (!self->error && result != 0)
    set_error_from_errno (
        &self->error, self->shown_path, "the file cannot be written", errno);
  if (!self->error)
    g_cancellable_set_error_if_cancelled (self->cancellable, &self->error);

  if (self->error) {
    g_propagate_error (error, g_steal_pointer (&self->error));
    return FALSE;
  }

  return TRUE;
}

/* A second name for the file about to be replaced, so that it can come back.
 * Where links are not possible, or nothing is there, there is no way back. */
static void
keep_old (PtqSafeFile *self)
{
  g_autofree gchar *backup = g_strconcat (self->temporary, "~", NULL);

  if (link (self->path, backup) == 0)
    self->backup = g_steal_pointer (&backup);
}

static void
sync_folder (const gchar *path)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  const gint fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  /* Not all file systems can; the rename itself is done. */
  if (fd >= 0) {
    fsync (fd);
    close (fd);
  }
}

gboolean
ptq_safe_file_commit (PtqSafeFile *self, GError **error)
{
  keep_old (self);
  if (g_rename (self->temporary, self->path) != 0) {
    set_error_from_errno (error, self->shown_path,
        "the finished file cannot be given its name", errno);
    return FALSE;
  }
  g_clear_pointer (&self->temporary, g_free);
  sync_folder (self->path);

  return TRUE;
}

void
ptq_safe_file_revert (PtqSafeFile *self)
{
  if (self->backup)
    g_rename (self->backup, self->path);
  else
    g_unlink (self->path);
  g_clear_pointer (&self->backup, g_free);
}

void
ptq_safe_file_free (PtqSafeFile *self)
{
  if (!self)
    return;

  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary)
    g_unlink (self->temporary);
  if (self->backup)
    g_unlink (self->backup);
  g_free (self->temporary);
  g_free (self->backup);
  g_free (self->path);
  g_free (self->shown_path);
  g_byte_array_unref (self->buffer);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self);
}
