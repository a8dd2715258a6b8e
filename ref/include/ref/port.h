/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only door to concurrency: every load, store, atomic and interrupt flag that another thread or
 * a signal handler can see goes through here. This is the native backend.
 *
 * Ordering vocabulary, and what pairs with what:
 *   REF_READ_ONCE / REF_WRITE_ONCE	relaxed, single copy; order nothing.
 *   ref_load_acquire, ref_store_release	the builder publishes a table or a leaf with a
 *		release store of the entry above it; walkers load entries with acquire. (The
 *		kernel relies on the address dependency instead; on x86 and s390x hosts both are
 *		a plain load, and ThreadSanitizer follows an acquire but not a dependency.)
 *   ref_count_*	fully ordered, as the kernel's value-returning atomics.
 *   ref_irq_*	a signal handler of the same thread is kept out by program order alone; a foreign
 *		thread that loads `irqs_off` with acquire and sees 0 pairs with the release in
 *		ref_irq_restore(): all that the section read was read before.
 */
#ifndef REF_PORT_H
#define REF_PORT_H

#include <stdbool.h>
#include <stdint.h>

#define ref_likely(x) __builtin_expect(!!(x), 1)
#define ref_unlikely(x) __builtin_expect(!!(x), 0)
#define REF_ALWAYS_INLINE static inline __attribute__((always_inline))

/* A point where the explorer may switch tasks. Nothing here. */
#define REF_STEP(site) ((void)0)

#define REF_READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define REF_WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define ref_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define ref_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
/* Full barriers on both sides; return the old value. */
#define ref_xchg(p, v) __atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define ref_fetch_add(p, v) __atomic_fetch_add((p), (v), __ATOMIC_SEQ_CST)
/* *old is updated on failure, as try_cmpxchg() does. */
#define ref_try_cmpxchg(p, old, v) \
	__atomic_compare_exchange_n((p), (old), (v), false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)
/* The compiler may not move accesses over it; the CPU may. */
#define ref_barrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)

REF_ALWAYS_INLINE void ref_cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#else
	ref_barrier();
#endif
}

/* ---- reference counts ---- */

/* As atomic_add_unless(r, nr, 0): true when nr was added; false, with no effect, at 0. */
REF_ALWAYS_INLINE bool ref_count_add_unless_zero(int *r, int nr)
{
	int old = __atomic_load_n(r, __ATOMIC_RELAXED);

	do {
		if (ref_unlikely(!old))
			return false;
	} while (ref_unlikely(!ref_try_cmpxchg(r, &old, old + nr)));
	return true;
}

/* As atomic_sub_and_test(): true when the count reached 0, and the caller has to free. */
REF_ALWAYS_INLINE bool ref_count_sub_and_test(int *r, int nr)
{
	return __atomic_sub_fetch(r, nr, __ATOMIC_SEQ_CST) == 0;
}

/* As page_ref_freeze(): 0 instead of `expected`, or false. Unfreeze is the release below. */
REF_ALWAYS_INLINE bool ref_count_freeze(int *r, int expected)
{
	return ref_try_cmpxchg(r, &expected, 0);
}

/* What the folio's fields were set to is seen by whoever gets a reference. */
REF_ALWAYS_INLINE void ref_count_set_release(int *r, int nr)
{
	__atomic_store_n(r, nr, __ATOMIC_RELEASE);
}

/* ---- interrupts of this thread ---- */

/*
 * What a CPU's interrupt flag is to the kernel. One per thread, for as long as the thread lives.
 * `irqs_off` is written by its own thread; `pending` by its own signal handler, which sets it
 * instead of acknowledging while irqs_off is set; `ipi` is for the hook's owner (ref/gather).
 */
struct ref_cpu {
	int irqs_off;
	int pending;
	void *ipi;
};

/*
 * local-exec, for it is always part of a program: one instruction; and where the linker has to get
 * there from initial-exec, its lea leaves no flags for the null check that gcc 12's
 * -fsanitize=null takes from the add it wrote, which then fails at random.
 */
extern __thread struct ref_cpu ref_cpu_self __attribute__((tls_model("local-exec")));
/* Called by ref_irq_restore() with interrupts on again and `pending` already cleared. Set before
 * any thread can have something pending; NULL: nobody interrupts. */
extern void (*ref_irq_pending_hook)(struct ref_cpu *cpu);
void ref_irq_run_pending(struct ref_cpu *cpu);

REF_ALWAYS_INLINE struct ref_cpu *ref_this_cpu(void)
{
	return &ref_cpu_self;
}

/* As local_irq_save(): returns what to hand to ref_irq_restore(). Nests. */
REF_ALWAYS_INLINE int ref_irq_save(void)
{
	struct ref_cpu *cpu = ref_this_cpu();
	int flags = cpu->irqs_off; /* its own thread's word: no atomic needed to read it */

	__atomic_store_n(&cpu->irqs_off, 1, __ATOMIC_RELAXED);
	ref_barrier();
	return flags;
}

/*
 * The store comes before the test of `pending`: a signal after the store is acknowledged by its
 * handler, one before it has set `pending`, so none is lost.
 */
REF_ALWAYS_INLINE void ref_irq_restore(int flags)
{
	struct ref_cpu *cpu = ref_this_cpu();

	__atomic_store_n(&cpu->irqs_off, flags, __ATOMIC_RELEASE);
	ref_barrier();
	if (ref_unlikely(__atomic_load_n(&cpu->pending, __ATOMIC_RELAXED) && !flags))
		ref_irq_run_pending(cpu);
}

#endif
