// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline ipi_signal: the one that stands for the kernel's flush interrupt.
 *
 * Natively it costs more than the interrupt it stands for: the kernel sends one to deliver the
 * signal, and then there is the signal. The wait for every acknowledgement is also the wait for
 * every walk, so that tables are free when the invalidation returns.
 */
#include "gather_priv.h"

static void invalidate(struct gather *g)
{
	ref_full_barrier(); /* unlinking, before looking for readers: see gather_reader_claim() */
	gather_interrupt_readers(g);
}

const struct gather_discipline gather_ipi_signal = {
	.name = "ipi_signal",
	.invalidate = invalidate,
	.free_batch = gather_free_batch,
};
