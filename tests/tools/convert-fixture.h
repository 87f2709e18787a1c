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

/* Configuration files */
#define WEIGHT_CONFIG \
  "[common_quant_param]\nquant_type=WEIGHT_QUANT\n" \
  "bit_num=8\nmin_quant_weight_channel=0\n"
#define FULL_CONFIG \
  "[common_quant_param]\nquant_type=FULL_QUANT\n" \
  "[data_preprocess_param]\n"
#define IMAGE_CONFIG \
  FULL_CONFIG \
  "calibrate_path=image:my pictures\ncalibrate_size=4\ninput_type=IMAGE\n" \
  "image_to_format=RGB\nnormalize_mean=[58.395, 127, 1e2]\n" \
  "normalize_std=[127.5, 127.5, 127.5]\n" \
  "resize_width=18\nresize_height=17\nresize_method=CUBIC\n" \
  "center_crop_width=16\ncenter_crop_height=16\n"
#define TWO_CONFIG \
  FULL_CONFIG \
  "calibrate_path=right:r,left:l\ncalibrate_size=3\ninput_type=BIN\n"
#define TUNE_CONFIG \
  "[common_quant_param]\nquant_type=WEIGHT_QUANT\n" \
  "bit_num=0\nmin_quant_weight_channel=0\n" \
  "[mixed_bit_weight_quant_param]\nauto_tune=true\n"
#define TUNE_DATA \
  "[data_preprocess_param]\ncalibrate_path=image:b\n" \
  "calibrate_size=3\ninput_type=BIN\n"

typedef struct
{
  gchar *folder; /* is the working directory of the program */
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

void write_file (
    Fixture *fixture, const gchar *name, gconstpointer data, gssize length);
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
void assert_printed_line_agrees (
    Fixture *fixture, const gchar *model, const gchar *config);

G_END_DECLS
