// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline ipi_signal: a signal stands for the kernel's flush interrupt.
 *
 * Natively it costs more than that interrupt: the kernel sends an interrupt to deliver the signal,
 * and the thread then handles the signal. Waiting for every acknowledgement also waits for every
 * walk, so that tables are free when the invalidation returns.
 */
#include "gather_priv.h"

static void invalidate(struct gather *g)
{
	ref_full_barrier(); /* the unlinking, before the look for readers: gather_reader_claim() */
	gather_interrupt_readers(g);
}

const struct gather_discipline gather_ipi_signal = {
	.name = "ipi_signal",
	.invalidate = invalidate,
	.free_batch = gather_free_batch,
};
