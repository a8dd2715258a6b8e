/* SPDX-License-Identifier: GPL-2.0-only */
/* i386 with PAE for the driver: what arch.h asks of an architecture. */
#ifndef PTBENCH_ARCH_I386_H
#define PTBENCH_ARCH_I386_H

#include "arch_x86.h"

/* Unused user space, which ends at 3 GiB: above the program's heap, below its stack. */
#define PTB_AT 0x20000000UL
#define PTB_AT_TABLES 0x60000000UL

#define PTB_NO_PMD_LEAF NULL
#define PTB_NO_PUD_LEAF "the pud level is folded: no leaves"

/*
 * With PAE the CPU keeps the four top entries in registers. Their boundary at 1 GiB is not checked:
 * nothing can be mapped one span below it, at address 0.
 */
#define PTB_ARCH_CHECKS(X)                                                                         \
	X("pmd", 0x40200000)                                                                       \
	X("pmd", 0x90000000)

#endif
