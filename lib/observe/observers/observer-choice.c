/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the name of a method to the object that does it.
 */
#include "observer-choice.h"
#include "ptq-kl-observer.h"
#include "ptq-minmax-observer.h"
#include "ptq-outlier-observer.h"

PtqObserver *
ptq_observer_new_for_settings (PtqSettings *settings)
{
  switch (ptq_settings_get_activation_quant_method (settings)) {
    case PTQ_ACTIVATION_KL:
      return ptq_kl_observer_new (ptq_settings_get_bit_num (settings),
          ptq_settings_get_kl_sides (settings) == PTQ_KL_SIDES_AUTO);
    case PTQ_ACTIVATION_REMOVAL_OUTLIER:
      return ptq_outlier_observer_new ();
    case PTQ_ACTIVATION_MAX_MIN:
      break;
  }
  return ptq_minmax_observer_new ();
}
