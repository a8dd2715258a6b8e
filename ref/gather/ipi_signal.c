// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline ipi_signal: the one that stands for the kernel's flush interrupt.
 *
 * A directed signal to each online reader, and the freer waits for every acknowledgement, as
 * smp_call_function_many() with wait does. A reader outside a walk acknowledges in its signal
 * handler; one inside a walk has its "interrupts" off, and acknowledges in ref_irq_restore(). It
 * costs more than the interrupt it stands for: the kernel sends one to deliver the signal, and then
 * there is the signal.
 *
 * No acknowledgement is lost: req is released before the signal is sent, so whichever handler or
 * restore comes after the signal sees it, and acknowledges everything asked so far. Two signals
 * that arrive as one therefore do no harm, nor does one that comes for nothing.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gather_priv.h"

/* glibc keeps the first for itself and programs tend to take SIGRTMIN. */
#define IPI_SIGNAL (SIGRTMIN + 5)

/* For every gather that this thread reads under. Async-signal-safe: loads and stores only. */
static void acknowledge(struct ref_cpu *cpu)
{
	struct gather_reader *r;

	for (r = REF_READ_ONCE(cpu->ipi); r; r = REF_READ_ONCE(r->next_mine)) {
		/* Acquire: the next walk sees what was unlinked before the request. */
		unsigned req = ref_load_acquire(&r->req);

		/* Release: all that the last walk read was read before. Pairs with answered(). */
		ref_store_release(&r->ack, req);
	}
}

static void handler(int sig)
{
	struct ref_cpu *cpu = ref_this_cpu();

	if (REF_READ_ONCE(cpu->irqs_off))
		REF_WRITE_ONCE(cpu->pending, 1);
	else
		acknowledge(cpu);
}

static pthread_once_t install_once = PTHREAD_ONCE_INIT;
static int install_error;

/*
 * Once per process and never undone: a signal may still be on its way to a thread that has gone
 * offline, and the default action of a real-time signal is to kill.
 */
static void install(void)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = SA_RESTART };

	ref_irq_pending_hook = acknowledge;
	sigemptyset(&sa.sa_mask);
	if (sigaction(IPI_SIGNAL, &sa, NULL))
		install_error = -errno;
}

static int ipi_init(struct gather *g)
{
	pthread_once(&install_once, install);
	return install_error;
}

/*
 * By thread number and not pthread_t: a reader may go offline and exit at any moment, and a signal
 * to a number that is gone, or is another of our threads by now, does no harm.
 */
static void send(pid_t tid)
{
	/* EAGAIN: the queue of real-time signals is full; its owners are about to empty it. */
	while (syscall(SYS_tgkill, getpid(), tid, IPI_SIGNAL) && errno == EAGAIN)
		sched_yield();
}

static void ask(struct gather *g, struct gather_reader *r)
{
	unsigned epoch = ref_load_acquire(&r->epoch);

	r->asked = 0;
	if (!(epoch & 1))
		return; /* not in the mm */
	ref_store_release(&r->req, g->request);
	r->asked = epoch;
	g->ipis_sent++;
	send(REF_READ_ONCE(r->tid));
}

/* A reader that went offline has answered, even if another thread has its slot by now. */
static bool answered(struct gather *g, struct gather_reader *r)
{
	return ref_load_acquire(&r->ack) == g->request || ref_load_acquire(&r->epoch) != r->asked;
}

/* New readers are put in front, so both loops go through the same ones. */
static void ipi_flush(struct gather *g)
{
	struct gather_reader *first = gather_readers(g), *r;
	unsigned turns = 0;

	g->request++;
	for (r = first; r; r = r->next)
		ask(g, r);
	for (r = first; r; r = r->next)
		while (r->asked && !answered(g, r))
			gather_wait_turn(&turns);
	gather_free_batch(gather_take_batch(g));
}

const struct gather_discipline gather_ipi_signal = {
	.name = "ipi_signal",
	.summary = "a signal to each reader; the freer waits for every acknowledgement",
	.init = ipi_init,
	.exit = gather_no_exit,
	.reader_online = gather_reader_claim,
	.reader_offline = gather_reader_release,
	.flush = ipi_flush,
	.barrier = gather_no_barrier,
};
