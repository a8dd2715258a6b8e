// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of DAX: entries locked by speculation, faults beside their twins on the page cache, and whom
 * a page counts.
 */
#include "dax.h"

/* clang-format off */
#define DAX_ROW(...) .arg = &(const struct ptb_dax_row){ __VA_ARGS__ }
#define FAULT(l, n, ...) \
	{ .ops = &ptb_dax_fault, .leaf = PTB_##l, .pages = n, DAX_ROW(__VA_ARGS__) }
#define LOCK(kind, l, what) \
	{ .ops = &ptb_dax_##kind, .leaf = PTB_##l, DAX_ROW(.mem = "file", .part = what) }

static const struct ptb_row rows[] = {
	FAULT(PTE, 1, .mem = "dax"), FAULT(PTE, 1, .mem = "dax", .write = true),
	FAULT(PTE, 1, .mem = "dax", .fresh = true),
	FAULT(PTE, 1, .mem = "dax", .fresh = true, .write = true),
	FAULT(PMD, 0, .mem = "dax"), FAULT(PMD, 0, .mem = "dax", .write = true),
	FAULT(PTE, 1, .mem = "file"), FAULT(PTE, 1, .mem = "file", .write = true),
	/* A read fault maps the pages around it, too, which FS-DAX does not. */
	FAULT(PTE, 16, .mem = "file"),
	LOCK(lock, PTE, "both"), LOCK(lock_only, PTE, "lock"), LOCK(unlock_only, PTE, "unlock"),
	LOCK(lock, PMD, "both"),
	{ .ops = &ptb_dax_count },
	{ .ops = &ptb_dax_lock_device, DAX_ROW(.mem = "device", .part = "both"),
	  .skip = "no device-dax here: its shortcut needs a character device of its driver" },
};
PTB_ROWS(costs, dax, rows, false);
