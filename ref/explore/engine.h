/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The explorer's inside: simulated CPUs, the contexts on them, and the list of schedules left to
 * visit.
 *
 * A context announces its next step by calling engine_point() (or engine_block(), if it may have to
 * wait); there the explorer decides which CPU goes on. A step is one primitive of port.h and the
 * plain code up to the next primitive. Only the decisions vary, so a schedule is the list of the
 * decisions that differ from the default: the same CPU goes on; if it cannot, the lowest-numbered
 * CPU that can.
 */
#ifndef REF_EXPLORE_ENGINE_H
#define REF_EXPLORE_ENGINE_H

#include <ref/explore.h>
#include <ref/port.h>

#include "coro.h"

#define ENGINE_CPUS 8
#define ENGINE_NEST 5 /* task, fault, softirq, irq, nmi */
#define ENGINE_TASKS 16
#define ENGINE_INTERRUPTS 16
#define ENGINE_INVARIANTS 16
#define ENGINE_READS 8	    /* of a condition waited for; more: waits for any store */
#define ENGINE_CALLBACKS 32 /* RCU's, queued on one CPU in one schedule */
#define ENGINE_STORES 16    /* in one CPU's buffer */
#define ENGINE_LOCKS 64
#define ENGINE_FREED 64
#define ENGINE_POINTERS 256    /* without a name, in one schedule's text */
#define ENGINE_DEVIATIONS 4096 /* in one schedule */
#define ENGINE_MAX_STEPS 100000
#define ENGINE_STACK (128 * 1024)
#define ENGINE_ARENA (256 * 1024) /* ref_alloc(), per CPU */

enum engine_block {
	BLOCK_NONE,
	BLOCK_LOCK,
	BLOCK_WAIT,
	BLOCK_SLEEP,
	BLOCK_GRACE,
	BLOCK_CALLBACKS,
	BLOCK_DRAIN, /* until its buffer can be drained, and nobody holds the location */
};

struct engine_read {
	const volatile void *p;
	uint64_t value;
	unsigned size;
};

/* A task, or an interrupt that runs on top of one. */
struct engine_ctx {
	struct coro coro;
	enum explore_context context;
	unsigned char cpu;
	unsigned char block; /* enum engine_block: what has to be true for its next step */
	bool announced;	     /* woken: the next access belongs to the step that ends its wait */
	bool waiting;	     /* evaluates the condition of a ref_wait_until() */
	bool woken;
	bool faults; /* explore_faults() */
	bool is_rcu, is_ipi;
	int irqs_off_before;
	uint64_t history;	 /* hash of all that it has read; the code is deterministic, so this
				 * and the memory decide what it will do */
	uint64_t history_before; /* the history before the wait */
	const char *name;
	const char *step_name; /* the last REF_STEP() */
	void (*fn)(void *arg);
	void *arg;
	const volatile void *word; /* the lock or futex word, or the location of its next store */
	unsigned word_size;
	unsigned grace_mask; /* CPUs whose sections it waits for */
	unsigned callbacks_target[ENGINE_CPUS];
	unsigned nr_reads;
	struct engine_read read[ENGINE_READS];
	unsigned long stores_seen;
};

struct engine_callback {
	struct ref_rcu_head *head;
	void (*fn)(struct ref_rcu_head *head);
	unsigned grace_mask;
};

/* A store that has not reached memory. */
struct engine_store {
	volatile void *p;
	uint64_t value;
	const struct model_site *site;
	unsigned size;
	bool held; /* by a relaxed read-modify-write: nobody else changes the location */
};

/* A CPU's state that schedules change, but for its contexts. */
struct engine_cpu {
	unsigned depth; /* contexts on the CPU; the last one runs */
	unsigned next_task;
	int irqs_off; /* as the CPU itself sees it */
	int rcu_nesting;
	bool ipi_pending;
	bool in_section;
	unsigned nr_callbacks, callbacks_run;
	size_t arena_used;
	uint64_t done;	    /* histories of the contexts that have finished */
	unsigned nr_stores; /* in its buffer, oldest first */
	struct engine_callback callback[ENGINE_CALLBACKS];
	struct engine_store store[ENGINE_STORES];
};

struct engine_task {
	unsigned cpu;
	char *name;
	void (*fn)(void *arg);
	void *arg;
};

struct engine_interrupt {
	unsigned cpu;
	enum explore_context context;
	char *name;
	void (*fn)(void *arg);
	void *arg;
	unsigned times;
};

struct engine_invariant {
	char *name;
	bool (*holds)(void *arg, char *why, size_t size);
	void *arg;
	bool at_end;
};

struct engine_freed {
	const char *p;
	size_t size;
	char invariant[64];
};

struct engine_lock {
	const struct ref_spinlock *l;
	unsigned taken;
};

struct engine_undo {
	volatile void *p;
	uint64_t old;
	unsigned size;
};

struct engine_area {
	char *p, *copy;
	size_t size;
	bool ours;
};

struct engine_name {
	const char *p;
	size_t size, nr;
	char *name;
};

/* The next step: a context's, an interrupt, an RCU callback, or a store that reaches memory. */
enum engine_choice_kind { CHOICE_RUN, CHOICE_LAND, CHOICE_CALLBACK, CHOICE_DRAIN };
struct engine_choice {
	unsigned char kind;
	unsigned char cpu;
	unsigned char arg; /* LAND: which interrupt; DRAIN: the CPU to run then, or NO_CPU */
};
#define NO_CPU 255

/* A schedule left to visit: its parent's deviations, and one more. */
struct engine_node {
	uint32_t parent;
	uint32_t step;
	struct engine_choice choice;
};

struct engine_deviation {
	uint32_t step;
	struct engine_choice choice;
};

enum engine_event {
	EVENT_NONE,
	EVENT_FINISHED,
	EVENT_END,
	EVENT_CUT,
	EVENT_FAILED,
	EVENT_BAD_REPLAY,
};

struct explore {
	const struct explore_model *m;
	struct engine_ctx *cur; /* NULL outside a schedule, and in invariants */

	/* The decision to make next. */
	unsigned step;	  /* decisions made */
	unsigned slow_at; /* before this step engine_point() need not call engine_decide() */
	unsigned nr_ipis; /* pending ones: they change the default */
	unsigned last;	  /* the CPU of the last step; NO_CPU: leaving it is free */
	unsigned picked;  /* the CPU that goes on after the drains made for it, or NO_CPU */
	unsigned preemptions;
	bool buffers;	/* stores are delayed */
	bool fresh;	/* past the deviations: alternatives are noted */
	bool recording; /* the steps' texts */
	bool dry;	/* the default schedule once more; notes no alternatives */
	bool deterministic;
	bool prologue; /* a task is running up to its first step */

	enum engine_event event;
	struct engine_ctx *left; /* the context that last switched to the root */
	struct coro root;
	struct engine_ctx ctx[ENGINE_CPUS][ENGINE_NEST];
	struct engine_cpu cpu[ENGINE_CPUS];
	struct {
		int irqs_off, rcu_nesting;
	} cpu_start[ENGINE_CPUS];
	struct ref_cpu ref_cpu[ENGINE_CPUS];
	struct ref_cpu ref_cpu_start[ENGINE_CPUS];
	unsigned landed[ENGINE_INTERRUPTS];
	char *arena[ENGINE_CPUS];

	/* From setup: the same in every schedule. */
	unsigned setup_cpu;
	unsigned nr_cpus;
	struct engine_task task[ENGINE_TASKS];
	unsigned nr_tasks;
	unsigned char tasks_of[ENGINE_CPUS][ENGINE_TASKS + 1]; /* NO_CPU ends */
	struct engine_interrupt interrupt[ENGINE_INTERRUPTS];
	unsigned nr_interrupts;
	struct engine_invariant invariant[ENGINE_INVARIANTS];
	unsigned nr_invariants;
	struct engine_area *area;
	size_t nr_areas;
	bool saved; /* the areas have copies */
	struct engine_name *name;
	size_t nr_names;
	uint64_t pointer[ENGINE_POINTERS];
	unsigned nr_pointers;
	int setup_error;

	/* Memory. */
	uint64_t mem_hash; /* a sum over the locations that differ from the start */
	unsigned long stores;
	struct engine_undo *undo;
	size_t nr_undo, max_undo;
	struct engine_freed freed[ENGINE_FREED];
	unsigned nr_freed, nr_freed_start;
	struct engine_lock lock[ENGINE_LOCKS];
	unsigned nr_locks;

	/* Schedules. */
	unsigned level; /* preemptions of the schedules that are being visited */
	unsigned bound;
	bool reduction;
	uint32_t cur_node;
	struct engine_node *node;
	size_t nr_nodes, max_nodes;
	struct engine_bucket {
		uint32_t *node;
		size_t nr, max;
	} * bucket; /* by preemptions */
	struct engine_deviation dev[ENGINE_DEVIATIONS];
	unsigned nr_dev, next_dev;
	uint64_t *seen; /* hashes of the states; 0: an empty slot */
	struct engine_reached {
		uint32_t preemptions : 8, steps : 24;
	} * reached;
	size_t nr_seen, max_seen;
	unsigned shortest;	 /* a schedule is cut at so many steps; UINT_MAX: never */
	unsigned shortest_steps; /* of the best failing schedule */
	uint32_t shortest_node;
	int error; /* of memory */

	/* The failure of this schedule. */
	char broken[96], why[256];
	struct explore_result *result;
	size_t max_steps; /* allocated in result->step */
};
extern struct explore E;

/* ---- hashing ---- */

REF_ALWAYS_INLINE uint64_t engine_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 m =
		(unsigned __int128)(a ^ 0x9e3779b97f4a7c15ULL) * (b ^ 0xe7037ed1a0b428dbULL);

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* The context has gone a step further, and knows `value` now. */
REF_ALWAYS_INLINE void engine_learn(struct engine_ctx *ctx, uint64_t value)
{
	ctx->history = engine_mix(ctx->history + 1, value);
}

/* ---- schedule.c: decides which CPU goes on ---- */
void engine_decide(struct engine_ctx *self);
void engine_block(struct engine_ctx *self, enum engine_block block);
__attribute__((noreturn)) void engine_leave(enum engine_event event);
void engine_fail(const char *invariant, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void engine_schedule(void);		     /* runs one; E.event says how it ended */
struct engine_ctx *engine_top(unsigned cpu); /* or NULL */
void engine_section_changed(unsigned cpu);
unsigned engine_sections(void); /* mask of CPUs in a section */

/* Before a step that can always be made. */
REF_ALWAYS_INLINE void engine_point(struct engine_ctx *self)
{
	if (ref_likely(E.step < E.slow_at && !E.nr_ipis && !self->announced)) {
		E.step++;
		return;
	}
	engine_decide(self);
}

/* ---- choices.c: the possible next steps ---- */
bool engine_callbacks_done(const struct engine_ctx *ctx);
bool engine_top_enabled(unsigned cpu);
bool engine_ipi_ready(unsigned cpu);
bool engine_possible(struct engine_choice c);
unsigned engine_cost(struct engine_choice c); /* in preemptions */
struct engine_choice engine_default(void);    /* CHOICE_RUN with NO_CPU: none can go on */
void engine_note_alternatives(struct engine_choice chosen);

/* ---- search.c: which schedules there are ---- */
void engine_note(struct engine_choice choice, unsigned cost); /* an alternative */
bool engine_seen(uint64_t key);				      /* marks it as seen, too */
REF_ALWAYS_INLINE void engine_seen_soon(uint64_t key)
{
	if (ref_likely(E.max_seen))
		__builtin_prefetch(&E.seen[key & (E.max_seen - 1)]);
}

/* ---- memory ---- */
void engine_memory_reset(void);
void engine_log_store(volatile void *p, unsigned size, uint64_t v);
void engine_check_freed(const struct model_site *s, const volatile void *p, unsigned size);
extern bool engine_forget_histories;
uint64_t engine_state_hash(void);

/* ---- buffer.c: delayed stores ---- */
uint64_t engine_view_buffer(unsigned cpu, const volatile void *p, unsigned size);
void engine_store_buffer(const struct model_site *s, struct engine_ctx *ctx, volatile void *p,
			 unsigned size, uint64_t v, bool held);
bool engine_drainable(unsigned cpu); /* the oldest store can reach memory, or there is no store */
bool engine_all_drainable(unsigned cpu, const volatile void *p, unsigned size);
void engine_drain_one(unsigned cpu, char *text, size_t size);
void engine_drain_cpu(unsigned cpu);
void engine_drain_all(void);
uint64_t engine_buffer_hash(const struct engine_cpu *c);

/* The value that the CPU reads at p. */
REF_ALWAYS_INLINE uint64_t engine_view(unsigned cpu, const volatile void *p, unsigned size);
/* A plain store of the running context. */
REF_ALWAYS_INLINE void engine_store(const struct model_site *s, struct engine_ctx *ctx,
				    volatile void *p, unsigned size, uint64_t v);

extern void (*engine_ipi_handler)(struct ref_cpu *cpu);
int engine_setup(const struct explore_model *m);
void engine_teardown(void);

/* ---- trace.c: texts, when recording ---- */
void engine_trace_step(struct engine_ctx *ctx, bool landed);
void engine_trace_drain(unsigned cpu, const char *text);
void engine_trace_text(const struct model_site *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define engine_trace(s, ...)                                                                       \
	do {                                                                                       \
		if (ref_unlikely(E.recording))                                                     \
			engine_trace_text((s), __VA_ARGS__);                                       \
	} while (0)
const char *engine_what(const struct model_site *s, const volatile void *p, char *buf, size_t size);
const char *engine_value(const struct model_site *s, unsigned size, uint64_t v, char *buf,
			 size_t n);
bool engine_name_of(const volatile void *p, char *buf, size_t size);
char *engine_schedule_text(void);
int engine_parse(const char *text); /* into E.dev; -EINVAL and E.why */

REF_ALWAYS_INLINE uint64_t engine_peek(const volatile void *p, unsigned size)
{
	switch (size) {
	case 1:
		return *(const volatile uint8_t *)p;
	case 2:
		return *(const volatile uint16_t *)p;
	case 4:
		return *(const volatile uint32_t *)p;
	default:
		return *(const volatile uint64_t *)p;
	}
}

REF_ALWAYS_INLINE void engine_poke(volatile void *p, unsigned size, uint64_t v)
{
	switch (size) {
	case 1:
		*(volatile uint8_t *)p = (uint8_t)v;
		break;
	case 2:
		*(volatile uint16_t *)p = (uint16_t)v;
		break;
	case 4:
		*(volatile uint32_t *)p = (uint32_t)v;
		break;
	default:
		*(volatile uint64_t *)p = v;
		break;
	}
}

REF_ALWAYS_INLINE uint64_t engine_view(unsigned cpu, const volatile void *p, unsigned size)
{
	if (ref_unlikely(E.cpu[cpu].nr_stores))
		return engine_view_buffer(cpu, p, size);
	return engine_peek(p, size);
}

REF_ALWAYS_INLINE void engine_store(const struct model_site *s, struct engine_ctx *ctx,
				    volatile void *p, unsigned size, uint64_t v)
{
	if (ref_unlikely(E.buffers))
		engine_store_buffer(s, ctx, p, size, v, false);
	else
		engine_log_store(p, size, v);
}

/*
 * Before a step that is a full barrier, on location p (or NULL). The same step drains the CPU's
 * stores: schedules that preempt the context here make them visible before the step.
 */
REF_ALWAYS_INLINE void engine_point_full(struct engine_ctx *ctx, const volatile void *p,
					 unsigned size)
{
	if (ref_likely(!E.buffers)) {
		engine_point(ctx);
		return;
	}
	ctx->word = p;
	ctx->word_size = size;
	engine_block(ctx, BLOCK_DRAIN);
}

#endif
