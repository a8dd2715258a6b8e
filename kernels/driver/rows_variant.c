// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows that tell variants of a kernel apart by probes of their own. They run in the boot of costs,
 * which has one CPU: s390, which patches text under stop_machine(), has no other CPU to wait for
 * (see events.c), and the address space has one user. They run last, because probes change the
 * code.
 */
#include "ptbench.h"

/* clang-format off */
#define RECHECK(...) { .ops = &ptb_recheck, .pages = 1, __VA_ARGS__ }

static const struct ptb_row rows[] = {
	RECHECK(.leaf = PTB_PTE),
	RECHECK(.leaf = PTB_PMD, .skip = PTB_NO_PMD_LEAF),
	{ .ops = &ptb_path, .tables = 2, .at = PTB_AT_TABLES },
};
PTB_ROWS(costs, variant, rows, false);
