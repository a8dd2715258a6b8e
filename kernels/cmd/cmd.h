/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subcommands of `ptbench kernels`: each parses its arguments and returns ptbench's exit status. */
#ifndef KERNELS_CMD_H
#define KERNELS_CMD_H

#include "../kernels.h"

/* argv[0] is the command's name for messages, "ptbench kernels run". */
int run_cmd(int argc, char **argv, const struct kernels_options *o);
int ab_cmd(int argc, char **argv, const struct kernels_options *o);
int profile_cmd(int argc, char **argv, const struct kernels_options *o);

/* Parses an option's number, from 1 to 100000. -EINVAL, said on stderr with the command's name. */
int cmd_number(const char *command, const char *option, const char *text, int *to);

#endif
