// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The native backend's state: each thread's interrupt flag and the signal that interrupts it,
 * waits, and an RCU that needs nothing but membarrier(2).
 *
 * A grace period is a full barrier on every CPU that runs our threads, and a wait until each
 * online thread is seen in neither an interrupts-off nor a read-side section. A section that began
 * before the barrier is seen until it ends; a section that begins later sees the unlinking.
 */
#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ref/port.h>

/* glibc uses the first real-time signals itself, and programs often use SIGRTMIN. */
#define IPI_SIGNAL (SIGRTMIN + 5)

__thread struct ref_cpu ref_cpu_self;
void (*ref_irq_pending_hook)(struct ref_cpu *cpu);
void (*ref_mem_hook)(void *p, size_t size, const char *what_freed_or_null);

/* ---- interrupts ---- */

static void run_handler(struct ref_cpu *cpu)
{
	void (*handler)(struct ref_cpu * cpu) = ref_load_acquire(&ref_irq_pending_hook);

	if (handler)
		handler(cpu);
}

/* The cold path of ref_irq_restore(), which costs its callers only a store and a test. */
void ref_irq_run_pending(struct ref_cpu *cpu)
{
	__atomic_store_n(&cpu->pending, 0, __ATOMIC_RELAXED);
	ref_barrier();
	run_handler(cpu);
}

static void on_ipi(int sig)
{
	struct ref_cpu *cpu = ref_this_cpu();

	if (REF_READ_ONCE(cpu->irqs_off))
		REF_WRITE_ONCE(cpu->pending, 1);
	else
		run_handler(cpu);
}

/*
 * The handler is never removed: a signal may still be on its way to a thread that has gone offline,
 * and the default action of a real-time signal is to kill.
 */
int ref_ipi_init(void (*handler)(struct ref_cpu *cpu))
{
	struct sigaction sa = { .sa_handler = on_ipi, .sa_flags = SA_RESTART };

	/* Any thread may call this again with the same handler: then nothing changes for threads
	 * that are being interrupted. */
	if (ref_load_acquire(&ref_irq_pending_hook) == handler)
		return 0;
	ref_store_release(&ref_irq_pending_hook, handler);
	sigemptyset(&sa.sa_mask);
	return sigaction(IPI_SIGNAL, &sa, NULL) ? -errno : 0;
}

/*
 * By thread ID and not pthread_t: a thread may go offline and exit at any moment, and a signal to
 * an ID that is gone, or is another of our threads by now, does no harm.
 */
void ref_ipi_send(int id)
{
	/* EAGAIN: the queue of real-time signals is full; the threads will empty it. */
	while (syscall(SYS_tgkill, getpid(), id, IPI_SIGNAL) && errno == EAGAIN)
		sched_yield();
}

/* ---- waiting ---- */

void ref_wait_turn(unsigned *turns)
{
	if (++*turns % 1024)
		ref_cpu_relax();
	else
		sched_yield();
}

__attribute__((noinline, cold)) void ref_spin_lock_slow(struct ref_spinlock *l)
{
	ref_wait_until(!REF_READ_ONCE(l->locked) && ref_spin_trylock(l));
}

void ref_sleep_while(int *word, int val)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, val, NULL, NULL, 0);
}

void ref_wake(int *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1 << 30, NULL, NULL, 0);
}

/* ---- RCU ---- */

static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;
static struct ref_cpu *threads;
static struct ref_rcu_head *callbacks;

static long membarrier_call(int cmd)
{
	return syscall(SYS_membarrier, cmd, 0, 0);
}

static __thread unsigned online; /* calls of ref_thread_online() not undone yet */

int ref_thread_online(void)
{
	struct ref_cpu *cpu = ref_this_cpu();
	long cmds;

	if (online) {
		online++;
		return 0;
	}
	/* First: ref_ipi_send() needs only the ID, and works even if the rest fails. */
	cpu->id = (int)syscall(SYS_gettid);
	cmds = membarrier_call(MEMBARRIER_CMD_QUERY);
	if (cmds < 0 || !(cmds & MEMBARRIER_CMD_PRIVATE_EXPEDITED))
		return -ENOSYS;
	if (membarrier_call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED))
		return -errno;
	online = 1;
	pthread_mutex_lock(&threads_lock);
	cpu->next = threads;
	threads = cpu;
	pthread_mutex_unlock(&threads_lock);
	return 0;
}

void ref_thread_offline(void)
{
	if (!online || --online)
		return;
	pthread_mutex_lock(&threads_lock);
	for (struct ref_cpu **p = &threads; *p; p = &(*p)->next) {
		if (*p == ref_this_cpu()) {
			*p = (*p)->next;
			break;
		}
	}
	pthread_mutex_unlock(&threads_lock);
}

/* Registered by ref_thread_online(), so it cannot fail. */
void ref_membarrier(void)
{
	membarrier_call(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

/* threads_lock keeps each thread's struct ref_cpu valid. Pairs with the releases in
 * ref_irq_restore() and ref_rcu_read_unlock(). */
void ref_synchronize_rcu(void)
{
	struct ref_cpu *self = ref_this_cpu();

	ref_membarrier();
	pthread_mutex_lock(&threads_lock);
	for (struct ref_cpu *cpu = threads; cpu; cpu = cpu->next)
		if (cpu != self)
			ref_wait_until(!ref_load_acquire(&cpu->irqs_off) &&
				       !ref_load_acquire(&cpu->rcu_nesting));
	pthread_mutex_unlock(&threads_lock);
}

void ref_call_rcu(struct ref_rcu_head *head, void (*fn)(struct ref_rcu_head *head))
{
	struct ref_rcu_head *old = REF_READ_ONCE(callbacks);

	head->fn = fn;
	do {
		head->next = old;
	} while (!ref_try_cmpxchg(&callbacks, &old, head));
}

/* Takes and reverses the list (newest first), so that callbacks run in the order of queueing. */
static struct ref_rcu_head *take_callbacks(void)
{
	struct ref_rcu_head *head = ref_xchg(&callbacks, NULL), *first = NULL, *next;

	for (; head; head = next) {
		next = head->next;
		head->next = first;
		first = head;
	}
	return first;
}

void ref_rcu_barrier(void)
{
	struct ref_rcu_head *head = take_callbacks(), *next;

	ref_synchronize_rcu();
	for (; head; head = next) {
		next = head->next;
		head->fn(head);
	}
}

/* ---- memory ---- */

void *ref_alloc(size_t size)
{
	return calloc(1, size);
}

void ref_free(void *p)
{
	free(p);
}
