// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows that tell variants of a kernel apart by probes of their own. They are of the events boot, as
 * probes change the code; and early in it, while the address space has one user.
 */
#include "ptbench.h"

#define RECHECK(...) { .ops = &ptb_recheck, .events = true, .pages = 1, __VA_ARGS__ }

static const struct ptb_row rows[] = {
	RECHECK(.leaf = PTB_PTE),
	RECHECK(.leaf = PTB_PMD, .skip = PTB_NO_PMD_LEAF),
	{ .ops = &ptb_path, .events = true, .tables = 2, .at = PTB_AT_TABLES },
};
const struct ptb_rows ptb_variant_rows = { rows, ARRAY_SIZE(rows) };
