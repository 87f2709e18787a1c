/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder to run ptq-convert in, and what came of it.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* 0xff of the codes that the program prints */
#define STATUS_FAILED (-1 & 0xff)
#define STATUS_NOT_SUPPORTED (-7 & 0xff)
#define STATUS_INVALID_INPUT (-600 & 0xff)
#define STATUS_STOPPED 130

typedef struct
{
  gchar *folder;                /* is the working directory of the program */
  gchar *out;
  gchar *err;
  gint status;
} Fixture;

void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);

gchar *tool_path (void);
gchar *model_path (const gchar *name);
gchar *path_in (Fixture *fixture, const gchar *name);
gboolean exists (Fixture *fixture, const gchar *name);

void write_file (Fixture *fixture, const gchar *name, gconstpointer data,
    gssize length);
/* @n pictures of 20 x 18, 00.ppm and so on */
void write_pictures (Fixture *fixture, const gchar *folder, guint n);
/* @n files of @size floats, 00.bin and so on */
void write_bins (Fixture *fixture, const gchar *folder, guint n, guint size);
/* One of the models that come with the tests */
void copy_model (Fixture *fixture, const gchar *name);

/* Runs something in the folder. */
void run_argv (Fixture *fixture, const gchar *const *argv);
/* Runs ptq-convert with flags up to a NULL. */
void run (Fixture *fixture, ...) G_GNUC_NULL_TERMINATED;
/* A model, a configuration file and what comes after */
void convert (Fixture *fixture, const gchar *model, const gchar *config,
    const gchar *more);

/* The model that was written */
gchar *read_output (Fixture *fixture, gsize *length);
guint count (const gchar *text, const gchar *part);
void assert_contains (const gchar *text, const gchar *part);
void assert_succeeded (Fixture *fixture);
void assert_failed (Fixture *fixture, gint status, const gchar *message);
/* What --print-pipeline prints, in a shell, writes what the program does. */
void assert_printed_line_agrees (Fixture *fixture, const gchar *model,
    const gchar *config);

G_END_DECLS
