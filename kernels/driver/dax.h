/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DAX, and faults on pages of files: what dax.c shares with rows_dax.c.
 */
#ifndef PTBENCH_DAX_H
#define PTBENCH_DAX_H

#include "ptbench.h"

struct ptb_dax_row {
	const char *mem;  /* of dax/fault: "dax", or "file" for the page cache */
	const char *part; /* of dax/lock: "both", "lock" or "unlock" */
	bool write;	  /* of dax/fault */
	bool fresh;	  /* of dax/fault: the file has no entry for the page yet */
};

extern const struct ptb_ops ptb_dax_fault;
extern const struct ptb_ops ptb_dax_lock, ptb_dax_lock_only, ptb_dax_unlock_only;
extern const struct ptb_ops ptb_dax_lock_device; /* always skipped */
extern const struct ptb_ops ptb_dax_count;

#endif
