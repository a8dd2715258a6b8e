/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The native backend of port.h: threads of this machine, GCC's atomics, signals for interrupts. */
#ifndef REF_PORT_NATIVE_H
#define REF_PORT_NATIVE_H

#define REF_STEP(site) ((void)0)
#define REF_POINT(site) ((void)0)

/* ---- loads, stores, atomics ---- */

#define REF_READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define REF_WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define ref_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define ref_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define ref_xchg(p, v) __atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define ref_fetch_add(p, v) __atomic_fetch_add((p), (v), __ATOMIC_SEQ_CST)
#define ref_fetch_or(p, v) __atomic_fetch_or((p), (v), __ATOMIC_SEQ_CST)
#define ref_fetch_and(p, v) __atomic_fetch_and((p), (v), __ATOMIC_SEQ_CST)
#define ref_try_cmpxchg(p, old, v)                                                                 \
	__atomic_compare_exchange_n((p), (old), (v), false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)
#define ref_barrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)

/* ThreadSanitizer does not follow a fence, and GCC refuses one there. A locked operation on a local
 * word is as strong on the CPU, and orders nothing more for ThreadSanitizer. */
#ifdef __SANITIZE_THREAD__
REF_ALWAYS_INLINE void ref_full_barrier(void)
{
	int own = 0;

	(void)__atomic_exchange_n(&own, 1, __ATOMIC_SEQ_CST);
	ref_barrier();
}
#else
#define ref_full_barrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

REF_ALWAYS_INLINE void ref_cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#else
	ref_barrier();
#endif
}

/* ---- reference counts ---- */

REF_ALWAYS_INLINE bool ref_count_add_unless_zero(int *r, int nr)
{
	int old = __atomic_load_n(r, __ATOMIC_RELAXED);

	do {
		if (ref_unlikely(!old))
			return false;
	} while (ref_unlikely(!ref_try_cmpxchg(r, &old, old + nr)));
	return true;
}

REF_ALWAYS_INLINE bool ref_count_add_unless_zero_relaxed(int *r, int nr)
{
	int old = __atomic_load_n(r, __ATOMIC_RELAXED);

	do {
		if (ref_unlikely(!old))
			return false;
	} while (ref_unlikely(!__atomic_compare_exchange_n(r, &old, old + nr, true,
							   __ATOMIC_RELAXED, __ATOMIC_RELAXED)));
	return true;
}

REF_ALWAYS_INLINE bool ref_count_sub_and_test(int *r, int nr)
{
	return __atomic_sub_fetch(r, nr, __ATOMIC_SEQ_CST) == 0;
}

REF_ALWAYS_INLINE bool ref_count_freeze(int *r, int expected)
{
	return ref_try_cmpxchg(r, &expected, 0);
}

REF_ALWAYS_INLINE void ref_count_set_release(int *r, int nr)
{
	__atomic_store_n(r, nr, __ATOMIC_RELEASE);
}

/* ---- interrupts of this thread ---- */

/*
 * local-exec, because it is always linked into a program: one instruction. With initial-exec the
 * linker turns gcc's add into a lea, which sets no flags; gcc 12's -fsanitize=null takes its null
 * check from the flags of that add, and the check then fails at random.
 */
extern __thread struct ref_cpu ref_cpu_self __attribute__((tls_model("local-exec")));
/* Called by ref_irq_restore() with interrupts on again and `pending` already cleared. Set it before
 * any interrupt is sent; NULL: no interrupt is ever sent. */
extern void (*ref_irq_pending_hook)(struct ref_cpu *cpu);
void ref_irq_run_pending(struct ref_cpu *cpu);

REF_ALWAYS_INLINE struct ref_cpu *ref_this_cpu(void)
{
	return &ref_cpu_self;
}

REF_ALWAYS_INLINE int ref_irq_save(void)
{
	struct ref_cpu *cpu = ref_this_cpu();
	int flags = cpu->irqs_off; /* only this thread writes it: a plain read will do */

	__atomic_store_n(&cpu->irqs_off, 1, __ATOMIC_RELAXED);
	ref_barrier();
	return flags;
}

/*
 * The store comes before the test of `pending`: the handler acknowledges a signal that arrives
 * after the store, and has set `pending` for one that arrived before it. So no interrupt is lost.
 */
REF_ALWAYS_INLINE void ref_irq_restore(int flags)
{
	struct ref_cpu *cpu = ref_this_cpu();

	__atomic_store_n(&cpu->irqs_off, flags, __ATOMIC_RELEASE);
	ref_barrier();
	if (ref_unlikely(__atomic_load_n(&cpu->pending, __ATOMIC_RELAXED) && !flags))
		ref_irq_run_pending(cpu);
}

int ref_ipi_init(void (*handler)(struct ref_cpu *cpu));
void ref_ipi_send(int id);

/* ---- waiting ---- */

/* One turn of a wait for another thread: spins, or yields the CPU to it. *turns counts them. */
void ref_wait_turn(unsigned *turns);

#define ref_wait_until(cond)                                                                       \
	do {                                                                                       \
		unsigned turns_ = 0;                                                               \
                                                                                                   \
		while (!(cond))                                                                    \
			ref_wait_turn(&turns_);                                                    \
	} while (0)

REF_ALWAYS_INLINE bool ref_spin_trylock(struct ref_spinlock *l)
{
	int old = 0;

	return __atomic_compare_exchange_n(&l->locked, &old, 1, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

void ref_spin_lock_slow(struct ref_spinlock *l);

REF_ALWAYS_INLINE void ref_spin_lock(struct ref_spinlock *l)
{
	if (ref_unlikely(!ref_spin_trylock(l)))
		ref_spin_lock_slow(l);
}

REF_ALWAYS_INLINE void ref_spin_unlock(struct ref_spinlock *l)
{
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
}

void ref_sleep_while(int *word, int val);
void ref_wake(int *word);

/* ---- RCU: membarrier(2), and then each online thread seen outside its sections ---- */

int ref_thread_online(void);
void ref_thread_offline(void);

REF_ALWAYS_INLINE void ref_rcu_read_lock(void)
{
	struct ref_cpu *cpu = ref_this_cpu();

	__atomic_store_n(&cpu->rcu_nesting, cpu->rcu_nesting + 1, __ATOMIC_RELAXED);
	ref_barrier();
}

/* The release pairs with the acquire in ref_synchronize_rcu(). */
REF_ALWAYS_INLINE void ref_rcu_read_unlock(void)
{
	struct ref_cpu *cpu = ref_this_cpu();

	__atomic_store_n(&cpu->rcu_nesting, cpu->rcu_nesting - 1, __ATOMIC_RELEASE);
}

void ref_synchronize_rcu(void);
void ref_call_rcu(struct ref_rcu_head *head, void (*fn)(struct ref_rcu_head *head));
void ref_rcu_barrier(void);
void ref_membarrier(void);

/* ---- memory ---- */

void *ref_alloc(size_t size);
void ref_free(void *p);

/* Stress tests set it before threads start, to poison and quarantine freed memory. NULL: no-op. */
extern void (*ref_mem_hook)(void *p, size_t size, const char *what_freed_or_null);

#define REF_MEM_FREED(p, size, what)                                                               \
	do {                                                                                       \
		if (ref_unlikely(ref_mem_hook))                                                    \
			ref_mem_hook((p), (size), (what));                                         \
	} while (0)
#define REF_MEM_REUSED(p, size)                                                                    \
	do {                                                                                       \
		if (ref_unlikely(ref_mem_hook))                                                    \
			ref_mem_hook((p), (size), NULL);                                           \
	} while (0)

#endif
