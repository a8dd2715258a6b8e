// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Disciplines sync_membarrier and membarrier: the kernel interrupts our readers' CPUs for us.
 *
 * membarrier(2) is a full barrier on every CPU that runs one of our threads, but it does not wait
 * for a walk to end: ref_irq_save() does not keep the kernel's interrupt out. sync_membarrier then
 * waits for each reader to be seen outside a walk; membarrier does not, and is busted.
 */
#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gather_priv.h"

static long membarrier_call(int cmd)
{
	return syscall(SYS_membarrier, cmd, 0, 0);
}

static int membarrier_init(struct gather *g)
{
	long cmds = membarrier_call(MEMBARRIER_CMD_QUERY);

	if (cmds < 0 || !(cmds & MEMBARRIER_CMD_PRIVATE_EXPEDITED))
		return -ENOSYS;
	return membarrier_call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) ? -errno : 0;
}

/* Registered and supported, so it cannot fail. */
static void interrupt_all(struct gather *g)
{
	membarrier_call(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
	g->ipis_sent++;
}

/*
 * A walk whose irqs_off store came before membarrier's barrier is seen here; one that set it later
 * loads its entries after the barrier and sees what was unlinked. Seeing irqs_off clear pairs with
 * the release in ref_irq_restore(). The lock keeps the reader's struct ref_cpu from going away.
 */
static void sync_flush(struct gather *g)
{
	struct gather_reader *r;
	unsigned turns = 0;

	interrupt_all(g);
	pthread_mutex_lock(&g->lock);
	for (r = gather_readers(g); r; r = r->next)
		while ((r->epoch & 1) && ref_load_acquire(&r->cpu->irqs_off))
			gather_wait_turn(&turns);
	pthread_mutex_unlock(&g->lock);
	gather_free_batch(gather_take_batch(g));
}

static void busted_flush(struct gather *g)
{
	interrupt_all(g);
	gather_free_batch(gather_take_batch(g));
}

const struct gather_discipline gather_sync_membarrier = {
	.name = "sync_membarrier",
	.summary = "membarrier(2), then the freer waits until each reader is outside a walk",
	.init = membarrier_init,
	.exit = gather_no_exit,
	.reader_online = gather_reader_claim,
	.reader_offline = gather_reader_release,
	.flush = sync_flush,
	.barrier = gather_no_barrier,
};

const struct gather_discipline gather_membarrier = {
	.name = "membarrier",
	.summary = "membarrier(2) without waiting for walks to end: frees under a walker",
	.busted = true,
	.init = membarrier_init,
	.exit = gather_no_exit,
	.reader_online = gather_reader_claim,
	.reader_offline = gather_reader_release,
	.flush = busted_flush,
	.barrier = gather_no_barrier,
};
