/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counters of costly work, for tests.
 */

#include "work-count.h"

static gint counts[PTQ_WORK_KINDS];

void
ptq_work_count_add (PtqWork work)
{
  g_atomic_int_inc (&counts[work]);
}

guint
ptq_work_count_get (PtqWork work)
{
  return (guint) g_atomic_int_get (&counts[work]);
}
