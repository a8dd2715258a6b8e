/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptbench kernels history: one scenario on several versions of the kernel, as text. */
#ifndef KERNELS_CMD_HISTORY_H
#define KERNELS_CMD_HISTORY_H

#include "../kernels.h"

int history_cmd(int argc, char **argv, const struct kernels_options *o);

#endif
