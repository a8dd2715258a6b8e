/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which program is run as a QEMU: the one in PATH, unless PTBENCH_QEMU names a folder with another
 * build of QEMU, or a program that stands in for every QEMU in tests.
 */
#ifndef KERNELS_PROGRAM_H
#define KERNELS_PROGRAM_H

#include <limits.h>

/* PTBENCH_QEMU when it is a folder, else NULL. */
const char *qemu_folder(void);
/* PTBENCH_QEMU when it is a program, else NULL. */
const char *qemu_stand_in(void);
/* Called before a run is made. -errno: there is no QEMU where PTBENCH_QEMU says; said on stderr. */
int qemu_check(void);

struct qemu_program {
	char path[PATH_MAX];	    /* of the program, or its name to look up in PATH; never "" */
	char firmware[2][PATH_MAX]; /* folders for QEMU's option -L; "": none */
};
/* The program to run as this QEMU. -ENOENT: the folder of PTBENCH_QEMU lacks it. */
int qemu_find(const char *qemu, struct qemu_program *p);
/* Puts the program, and where its firmware is, into argv: at most 5 words. Returns how many. */
int qemu_begin(const struct qemu_program *p, const char **argv);

#endif
