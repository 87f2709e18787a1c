/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The weights of one kernel read neighbours of one input channel, which have
 * much the same value, and that value is seldom 0 on the average. What the
 * kernel does to it is the sum of its weights, so that errors that add up
 * cost far more than errors that cancel. Rounding to the nearest code leaves
 * the sum to chance; here the codes that were rounded furthest in the wrong
 * direction are rounded the other way (Guo et al. 2022, SQuant: On-the-Fly
 * Data-Free Quantization via Diagonal Hessian Approximation, section 3).
 *
 * Weights without neighbours (of matrix products, of 1 x 1 convolutions) are
 * taken together as a channel, unless that has a mean of its own already. */

#include "kernel-sums.h"

#include <math.h>
#include <stdlib.h>

/* Moving codes changes the correction, and that the errors. */
#define MAX_PASSES 3

typedef struct
{
  gsize index;
  gdouble error; /* in codes, counted in the wrong direction */
} Candidate;

/* Where the elements of group g stand: @outer runs of @length, @stride apart,
 * the first from g * length on */
typedef struct
{
  gsize n_groups;
  gsize outer;
  gsize stride;
  gsize length;
} Groups;

static Groups
find_groups (const PtqWeightCode *self, const PtqWeightTask *task)
{
  Groups groups = { 0, 1, 0, task->kernel };

  if (task->kernel > 1) {
    groups.n_groups = self->n / task->kernel;
  } else if (self->axis < 0 && task->axis >= 0) {
    groups.n_groups = task->dims[task->axis];
    groups.length = ptq_weight_task_inner (task, task->axis);
    groups.stride = groups.n_groups * groups.length;
    groups.outer = self->n / groups.stride;
  }
  return groups;
}

/* Largest error first, the first of equals first */
static gint
compare_candidates (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->error != y->error)
    return x->error > y->error ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

static gdouble
find_error (const PtqWeightCode *self, const PtqWeightTask *task, gsize i)
{
  guint c = i / self->inner % self->n_channels;

  return self->codes[i]
      + ((gdouble) self->offsets[c] - task->values[i]) / self->scales[c];
}

/* Returns how many codes were moved. */
static gsize
settle_group (PtqWeightCode *self, const PtqWeightTask *task,
    const Groups *groups, gsize group, Candidate *candidates, gint lowest,
    gint highest)
{
  gsize n = groups->outer * groups->length, n_candidates = 0, n_moves;
  gdouble sum = 0;
  gint direction;

  for (gsize k = 0; k < n; k++) {
    candidates[k].index = group * groups->length
        + k / groups->length * groups->stride + k % groups->length;
    candidates[k].error = find_error (self, task, candidates[k].index);
    sum += candidates[k].error;
  }
  n_moves = (gsize) floor (fabs (sum) + 0.5);
  if (n_moves == 0)
    return 0;

  direction = sum > 0 ? -1 : 1;
  for (gsize k = 0; k < n; k++) {
    Candidate candidate = candidates[k];
    gint code = self->codes[candidate.index] + direction;

    candidate.error *= -direction;
    if (candidate.error > 0 && code >= lowest && code <= highest)
      candidates[n_candidates++] = candidate;
  }
  qsort (candidates, n_candidates, sizeof *candidates, compare_candidates);
  n_moves = MIN (n_moves, n_candidates);
  for (gsize k = 0; k < n_moves; k++)
    self->codes[candidates[k].index] += direction;
  return n_moves;
}

void
ptq_kernel_sums_keep (
    PtqWeightCode *self, const PtqWeightTask *task, gint lowest, gint highest)
{
  Groups groups = find_groups (self, task);
  g_autofree Candidate *candidates =
      g_new (Candidate, groups.outer * groups.length);

  for (guint pass = 0; pass < MAX_PASSES && groups.n_groups > 0; pass++) {
    gsize n_moved = 0;

    for (gsize g = 0; g < groups.n_groups; g++)
      n_moved +=
          settle_group (self, task, &groups, g, candidates, lowest, highest);
    if (n_moved == 0)
      break;
    ptq_weight_code_correct (self, task);
  }
}
