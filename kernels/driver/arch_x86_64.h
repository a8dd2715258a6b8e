/* SPDX-License-Identifier: GPL-2.0-only */
/* x86_64, with 4 levels and with 5, for the driver: what arch.h asks of an architecture. */
#ifndef PTBENCH_ARCH_X86_64_H
#define PTBENCH_ARCH_X86_64_H

#include "arch_x86.h"

/* Unused user space: multiples of the PMD's span, far below the end of the smallest format. */
#define PTB_AT 0x1000000000UL
#define PTB_AT_TABLES 0x2000000000UL

#define PTB_NO_PMD_LEAF NULL
#define PTB_NO_PUD_LEAF NULL

/*
 * 2^39 is a boundary of the PGD with 4 levels. 2^46 is one of the PGD with 4 levels, and of the P4D
 * with 5. Only with 5 levels are there addresses beyond 2^47.
 */
#define PTB_ARCH_CHECKS(X)                                                                         \
	X("pgd", 0x8000000000)                                                                     \
	X("pgd", 0x400000000000)                                                                   \
	X("p4d", 0x400000000000)                                                                   \
	X("p4d", 0x810000000000)                                                                   \
	X("pgd", 0x80000000000000)

#endif
