/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only door to concurrency: every load, store, atomic, lock, interrupt and wait that another
 * thread, a signal handler or a simulated CPU can see goes through here. Two backends define it:
 * port_native.h (threads of this machine; used by the benchmarks) and, where REF_MODEL is defined,
 * port_model.h (the explorer's simulated CPUs, ref/explore). Sources of ref/ are compiled for both
 * without a change.
 *
 * Ordering vocabulary, and what pairs with what:
 *   REF_READ_ONCE / REF_WRITE_ONCE	relaxed, single copy; order nothing.
 *   ref_load_acquire, ref_store_release	the builder publishes a table or a leaf with a
 *		release store of the entry above it; walkers load entries with acquire. (The
 *		kernel relies on the address dependency instead; on x86 and s390x hosts both are
 *		a plain load, and ThreadSanitizer follows an acquire but not a dependency.)
 *   ref_xchg, ref_fetch_add, ref_try_cmpxchg, ref_count_*	fully ordered, as the kernel's
 *		value-returning atomics; those called _relaxed order nothing.
 *   ref_full_barrier	smp_mb().
 *   ref_spin_*	acquire and release.
 *   ref_irq_*	program order alone keeps a signal handler of the same thread out; another thread
 *		that loads `irqs_off` with acquire and sees 0 pairs with the release in
 *		ref_irq_restore(): all reads of the section came before.
 *
 * Three rules for code that the model runs. It reaches memory that two tasks share through these
 * accessors, or under a ref_spinlock. It waits only by ref_wait_until(), ref_spin_lock() or another
 * primitive below. It takes memory from ref_alloc(), never from malloc(), once tasks run.
 */
#ifndef REF_PORT_H
#define REF_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ref_likely(x) __builtin_expect(!!(x), 1)
#define ref_unlikely(x) __builtin_expect(!!(x), 0)
#define REF_ALWAYS_INLINE static inline __attribute__((always_inline))

/*
 * The interrupt flag of a CPU. One per thread, for as long as the thread lives (native), or per
 * simulated CPU (model). Its own thread writes `irqs_off` and `rcu_nesting`; the thread's signal
 * handler sets `pending` instead of running the interrupt's handler while irqs_off is set; `ipi` is
 * for the owner of the interrupt's handler (ref/gather).
 */
struct ref_cpu {
	int irqs_off;
	int pending;
	int rcu_nesting;
	int id; /* for ref_ipi_send(): a thread's number, or a simulated CPU's */
	void *ipi;
	struct ref_cpu *next; /* the backend's list of online threads */
};

struct ref_spinlock {
	int locked;
};

struct ref_rcu_head {
	struct ref_rcu_head *next;
	void (*fn)(struct ref_rcu_head *head);
};

/*
 * Both backends define these, as functions or macros:
 *
 * REF_STEP(site)	names the place in the code; schedules show it. Costs nothing natively.
 *			(The explorer does not switch here: it may at every access below.)
 * REF_POINT(site)	between two steps that are not accesses: the explorer may switch here.
 *
 * REF_READ_ONCE(x) REF_WRITE_ONCE(x, v) ref_load_acquire(p) ref_store_release(p, v)
 * ref_xchg(p, v) ref_fetch_add(p, v) ref_fetch_or(p, v) ref_fetch_and(p, v)	return the old value
 * ref_try_cmpxchg(p, old, v)	*old is updated on failure, as try_cmpxchg() does
 * ref_full_barrier() ref_barrier()	the CPU's, and the compiler's only
 * ref_cpu_relax()
 *
 * ref_count_add_unless_zero(r, nr)	as atomic_add_unless(r, nr, 0): true when nr was added
 * ref_count_add_unless_zero_relaxed(r, nr)	the same, ordering nothing: for busted variants
 * ref_count_sub_and_test(r, nr)	as atomic_sub_and_test(): true when it reached 0
 * ref_count_freeze(r, expected)	as page_ref_freeze(): 0 instead of `expected`, or false
 * ref_count_set_release(r, nr)	whoever gets a reference sees all stores before this
 *
 * ref_this_cpu()	struct ref_cpu of the running thread, or of the caller's simulated CPU
 * ref_irq_save() ref_irq_restore(flags)	as local_irq_save(); nest
 *
 * ref_spin_lock(l) ref_spin_trylock(l) ref_spin_unlock(l)	a zeroed struct ref_spinlock
 * ref_wait_until(cond)	waits until cond, an expression over the accessors, is true. Natively it
 *			spins and then yields; the model runs others until a word of cond changes.
 * ref_sleep_while(word, val)	sleeps while int *word == val, until woken: may return early
 * ref_wake(word)	wakes all that sleep on word; call it after *word was changed
 *
 * ref_thread_online() ref_thread_offline()	each thread calls them before its first and after
 *			its last use of the primitives below; they nest. Natively it may return
 *			-ENOMEM or -ENOSYS: the thread can be interrupted but has no RCU and no
 *			membarrier
 * ref_rcu_read_lock() ref_rcu_read_unlock()	a read-side critical section; nests. A section with
 *			interrupts off is one too, as with the kernel's merged flavours.
 * ref_synchronize_rcu()	returns when every section that had begun has ended
 * ref_call_rcu(head, fn)	runs fn(head) after such a grace period: natively in the thread that
 *			calls ref_rcu_barrier(), in the model as a softirq of the CPU that queued it
 * ref_rcu_barrier()	returns when every fn queued before has run
 * ref_membarrier()	a full barrier on every CPU that runs a thread of this process
 * ref_ipi_init(handler)	sets the handler, called with interrupts off on the interrupted
 *			CPU; 0 or -errno
 * ref_ipi_send(id)	interrupts the CPU of that id; does not wait. No effect after the thread's
 *			end.
 *
 * ref_alloc(size) ref_free(p)	zeroed memory, NULL when there is none
 * REF_MEM_FREED(p, size, what) REF_MEM_REUSED(p, size)	tell checkers that from here on nobody
 *			may read [p, p + size), and that it may be read again. Natively a no-op, or
 *			the stress tests' poison.
 */
#ifdef REF_MODEL
#include <ref/port_model.h>
#else
#include <ref/port_native.h>
#endif

#endif
