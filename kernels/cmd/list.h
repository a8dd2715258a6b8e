/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptbench kernels list: prints the scenarios with their formats and designs. */
#ifndef KERNELS_LIST_H
#define KERNELS_LIST_H

#include "../kernels.h"

/* argv[0] is the command's name for messages. Returns ptbench's exit status. */
int list_cmd(int argc, char **argv, const struct kernels_options *o);

#endif
