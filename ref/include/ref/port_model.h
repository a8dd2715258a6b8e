/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model backend of port.h: every primitive is a call into the explorer (ref/explore), which may
 * run another simulated CPU, or an interrupt, before it acts.
 *
 * Each use has a static site, so that a schedule can say where it was and what it did. Outside an
 * exploration (setup, teardown, invariants) the primitives just act.
 */
#ifndef REF_PORT_MODEL_H
#define REF_PORT_MODEL_H

enum model_op {
	MODEL_READ,
	MODEL_WRITE,
	MODEL_XCHG,
	MODEL_ADD,
	MODEL_OR,
	MODEL_AND,
	MODEL_CMPXCHG,
	MODEL_TRY_GET,
	MODEL_TRY_GET_RELAXED,
	MODEL_PUT,
	MODEL_FREEZE,
	MODEL_SET_RELEASE,
	MODEL_FENCE,
	MODEL_POINT,
	MODEL_WAIT,
	MODEL_LOCK,
	MODEL_TRYLOCK,
	MODEL_UNLOCK,
	MODEL_SLEEP,
	MODEL_WAKE,
	MODEL_IRQ_OFF,
	MODEL_IRQ_RESTORE,
	MODEL_RCU_LOCK,
	MODEL_RCU_UNLOCK,
	MODEL_RCU_SYNC,
	MODEL_RCU_CALL,
	MODEL_RCU_BARRIER,
	MODEL_MEMBARRIER,
	MODEL_IPI_SEND,
};

/* One use of a primitive in the source. */
struct model_site {
	const char *file, *function;
	const char *expr; /* the accessed expression, as the source writes it */
	unsigned short line;
	unsigned char op;
	bool pointer; /* the value is a pointer */
};

/* Numbered, because the accessed expression may contain another access. */
#define MODEL_SITE_(n, op, expr, pointer) MODEL_SITE__(n, op, expr, pointer)
#define MODEL_SITE__(n, op_, expr_, pointer_)                                                      \
	({                                                                                         \
		static const struct model_site model_site_##n = {                                  \
			__FILE__, __func__, (expr_), __LINE__, (op_), (pointer_),                  \
		};                                                                                 \
		&model_site_##n;                                                                   \
	})
#define MODEL_IS_POINTER(x) (__builtin_classify_type(x) == 5)
#define MODEL_SITE(op, expr) MODEL_SITE_(__COUNTER__, (op), (expr), false)
#define MODEL_SITE_OF(op, expr, x) MODEL_SITE_(__COUNTER__, (op), (expr), MODEL_IS_POINTER(x))
/* The type of x after the usual conversions of a value: unqualified. */
#define MODEL_TYPE(x) __typeof__(0 ? (x) : (x))
#define MODEL_U64(x, v) ((uint64_t)(uintptr_t)(__typeof__(x))(v))

uint64_t model_load(const struct model_site *s, const volatile void *p, unsigned size);
void model_store(const struct model_site *s, volatile void *p, unsigned size, uint64_t v);
/* Does the operation s->op and returns the old value. */
uint64_t model_rmw(const struct model_site *s, volatile void *p, unsigned size, uint64_t v);
bool model_cmpxchg(const struct model_site *s, volatile void *p, unsigned size, void *old,
		   uint64_t v);
bool model_count(const struct model_site *s, int *r, int nr);
void model_fence(const struct model_site *s);
void model_point(const struct model_site *s);
void model_step_name(const char *site);

#define REF_STEP(site) model_step_name(site)
#define REF_POINT(site) model_point(MODEL_SITE(MODEL_POINT, (site)))

#define REF_READ_ONCE(x)                                                                           \
	((MODEL_TYPE(x))model_load(MODEL_SITE_OF(MODEL_READ, #x, x), &(x), sizeof(x)))
#define REF_WRITE_ONCE(x, v)                                                                       \
	model_store(MODEL_SITE_OF(MODEL_WRITE, #x, x), &(x), sizeof(x), MODEL_U64(x, v))
#define ref_load_acquire(p)                                                                        \
	((MODEL_TYPE(*(p)))model_load(MODEL_SITE_OF(MODEL_READ, "*" #p, *(p)), (p), sizeof(*(p))))
#define ref_store_release(p, v)                                                                    \
	model_store(MODEL_SITE_OF(MODEL_WRITE, "*" #p, *(p)), (p), sizeof(*(p)), MODEL_U64(*(p), v))
#define MODEL_RMW(op, p, v)                                                                        \
	({                                                                                         \
		(MODEL_TYPE(*(p))) model_rmw(MODEL_SITE_OF((op), "*" #p, *(p)), (p), sizeof(*(p)), \
					     MODEL_U64(*(p), v));                                  \
	})
#define ref_xchg(p, v) MODEL_RMW(MODEL_XCHG, p, v)
#define ref_fetch_add(p, v) MODEL_RMW(MODEL_ADD, p, v)
#define ref_fetch_or(p, v) MODEL_RMW(MODEL_OR, p, v)
#define ref_fetch_and(p, v) MODEL_RMW(MODEL_AND, p, v)
#define ref_try_cmpxchg(p, old, v)                                                                 \
	model_cmpxchg(MODEL_SITE_OF(MODEL_CMPXCHG, "*" #p, *(p)), (p), sizeof(*(p)), (old),        \
		      MODEL_U64(*(p), v))
#define ref_full_barrier() model_fence(MODEL_SITE(MODEL_FENCE, ""))
#define ref_barrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define ref_cpu_relax() ((void)0)

#define ref_count_add_unless_zero(r, nr) model_count(MODEL_SITE(MODEL_TRY_GET, #r), (r), (nr))
#define ref_count_add_unless_zero_relaxed(r, nr)                                                   \
	model_count(MODEL_SITE(MODEL_TRY_GET_RELAXED, #r), (r), (nr))
#define ref_count_sub_and_test(r, nr) model_count(MODEL_SITE(MODEL_PUT, #r), (r), (nr))
#define ref_count_freeze(r, expected) model_count(MODEL_SITE(MODEL_FREEZE, #r), (r), (expected))
#define ref_count_set_release(r, nr)                                                               \
	((void)model_count(MODEL_SITE(MODEL_SET_RELEASE, #r), (r), (nr)))

/* ---- the CPU ---- */

struct ref_cpu *model_this_cpu(void);
int model_irq_save(const struct model_site *s);
void model_irq_restore(const struct model_site *s, int flags);
int ref_ipi_init(void (*handler)(struct ref_cpu *cpu));
void model_ipi_send(const struct model_site *s, int id);

#define ref_this_cpu() model_this_cpu()
#define ref_irq_save() model_irq_save(MODEL_SITE(MODEL_IRQ_OFF, "irqs_off"))
#define ref_irq_restore(flags) model_irq_restore(MODEL_SITE(MODEL_IRQ_RESTORE, "irqs_off"), (flags))
#define ref_ipi_send(id) model_ipi_send(MODEL_SITE(MODEL_IPI_SEND, #id), (id))

/* ---- waiting ---- */

void model_wait_begin(const struct model_site *s);
void model_wait_block(const struct model_site *s);
void model_wait_end(void);

/* The explorer evaluates cond again when one of the locations that it read has another value. While
 * false, cond must have no side effect. */
#define ref_wait_until(cond)                                                                       \
	do {                                                                                       \
		model_wait_begin(MODEL_SITE(MODEL_WAIT, #cond));                                   \
		while (!(cond))                                                                    \
			model_wait_block(MODEL_SITE(MODEL_WAIT, #cond));                           \
		model_wait_end();                                                                  \
	} while (0)

void model_spin_lock(const struct model_site *s, struct ref_spinlock *l);
bool model_spin_trylock(const struct model_site *s, struct ref_spinlock *l);
void model_spin_unlock(const struct model_site *s, struct ref_spinlock *l);
void model_sleep_while(const struct model_site *s, int *word, int val);
void model_wake(const struct model_site *s, int *word);

#define ref_spin_lock(l) model_spin_lock(MODEL_SITE(MODEL_LOCK, #l), (l))
#define ref_spin_trylock(l) model_spin_trylock(MODEL_SITE(MODEL_TRYLOCK, #l), (l))
#define ref_spin_unlock(l) model_spin_unlock(MODEL_SITE(MODEL_UNLOCK, #l), (l))
#define ref_sleep_while(word, val) model_sleep_while(MODEL_SITE(MODEL_SLEEP, #word), (word), (val))
#define ref_wake(word) model_wake(MODEL_SITE(MODEL_WAKE, #word), (word))

/* ---- RCU ---- */

void model_rcu_lock(const struct model_site *s, int change);
void model_synchronize_rcu(const struct model_site *s);
void model_call_rcu(const struct model_site *s, struct ref_rcu_head *head,
		    void (*fn)(struct ref_rcu_head *head));
void model_rcu_barrier(const struct model_site *s);
void model_membarrier(const struct model_site *s);

static inline int ref_thread_online(void)
{
	return 0;
}

static inline void ref_thread_offline(void)
{
}

#define ref_rcu_read_lock() model_rcu_lock(MODEL_SITE(MODEL_RCU_LOCK, "rcu_nesting"), 1)
#define ref_rcu_read_unlock() model_rcu_lock(MODEL_SITE(MODEL_RCU_UNLOCK, "rcu_nesting"), -1)
#define ref_synchronize_rcu() model_synchronize_rcu(MODEL_SITE(MODEL_RCU_SYNC, ""))
#define ref_call_rcu(head, fn) model_call_rcu(MODEL_SITE(MODEL_RCU_CALL, #head), (head), (fn))
#define ref_rcu_barrier() model_rcu_barrier(MODEL_SITE(MODEL_RCU_BARRIER, ""))
#define ref_membarrier() model_membarrier(MODEL_SITE(MODEL_MEMBARRIER, ""))

/* ---- memory ---- */

void *ref_alloc(size_t size);
void ref_free(void *p);
void model_mem_freed(const void *p, size_t size, const char *what);
void model_mem_reused(const void *p, size_t size);

#define REF_MEM_FREED(p, size, what) model_mem_freed((p), (size), (what))
#define REF_MEM_REUSED(p, size) model_mem_reused((p), (size))

#endif
