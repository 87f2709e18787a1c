/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Debian 13 links ONNX Runtime with the libonnx.so of its ONNX package. ONNX
 * Runtime makes the operators known there when it starts, the library does the
 * same by itself when it is first asked for one, and each of the five hundred
 * operators that meets itself makes a line on standard error, past every log
 * function. They would bury what a user has to read.
 */
#define _GNU_SOURCE
#include "ort-schema-noise.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NOISE "Schema error: Trying to register schema with name "

/* The registry of operators; its first caller makes it fill itself. */
#define REGISTRY "_ZN4onnx16OpSchemaRegistry3mapB5cxx11Ev"

typedef gpointer (*GetRegistry) (void);

static GetRegistry
find_registry (void)
{
  gpointer library = dlopen ("libonnx.so.1", RTLD_LAZY | RTLD_NOLOAD);
  GetRegistry get_registry = NULL;

  if (library == NULL)
    return NULL;
  *(gpointer *) &get_registry = dlsym (library, REGISTRY);
  dlclose (library);
  return get_registry;
}

void
ptq_ort_schema_noise_hold (PtqOrtSchemaNoise *self)
{
  self->standard_error = -1;
  if (find_registry () == NULL)
    return;
  self->held = memfd_create ("standard-error", MFD_CLOEXEC);
  if (self->held < 0)
    return;
  self->standard_error = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  if (self->standard_error < 0)
    close (self->held);
  else
    dup2 (self->held, STDERR_FILENO);
}

static void
write_all (gint file, const gchar *text, gsize length)
{
  gssize written = 0;

  for (; length > 0 && written >= 0; text += written, length -= written)
    written = write (file, text, length);
}

/* Every complaint ends in a line feed of its own and one more. */
static void
write_without_noise (gint file, const gchar *text, gsize length)
{
  const gchar *end = text + length;

  while (text < end) {
    const gchar *feed = memchr (text, '\n', end - text);
    const gchar *next = feed != NULL ? feed + 1 : end;

    if (!g_str_has_prefix (text, NOISE))
      write_all (file, text, next - text);
    else if (next < end && *next == '\n')
      next++;
    text = next;
  }
}

void
ptq_ort_schema_noise_release (PtqOrtSchemaNoise *self)
{
  off_t length;
  g_autofree gchar *text = NULL;

  if (self->standard_error < 0)
    return;
  find_registry () ();
  dup2 (self->standard_error, STDERR_FILENO);
  length = lseek (self->held, 0, SEEK_END);
  text = g_malloc0 (length + 1);
  if (pread (self->held, text, length, 0) == length)
    write_without_noise (STDERR_FILENO, text, length);
  close (self->standard_error);
  close (self->held);
}
