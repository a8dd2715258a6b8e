// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptbench.time=1 on the command line: windows are measured by time, as under KVM, rather than by
 * the architecture's count of instructions (arch.h).
 */
#include <linux/moduleparam.h>

#include "ptbench.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "ptbench."

bool ptb_in_time;
module_param_named(time, ptb_in_time, bool, 0444);
