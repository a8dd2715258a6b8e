/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptbench kernels bytes: the machine code that a variant adds, function by function. */
#ifndef KERNELS_BYTES_H
#define KERNELS_BYTES_H

#include "../kernels.h"

/* argv[0] is the command's name for messages. Returns ptbench's exit status. */
int bytes_cmd(int argc, char **argv, const struct kernels_options *o);

#endif
