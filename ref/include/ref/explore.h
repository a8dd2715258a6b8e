/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The explorer: runs the reference's own code, over port.h's model backend, under every schedule.
 *
 * A model is a row: the code, the number of simulated CPUs, the interrupts, and the invariants. A
 * model without a failure claims this and no more: its invariants hold in every sequentially
 * consistent interleaving with at most `bound` preemptions (in mode EXPLORE_STORE_BUFFER, in every
 * one of a machine that delays each CPU's stores in order, as x86-TSO, and its relaxed
 * read-modify-writes).
 *
 * Preemptions are: leaving a CPU whose context could go on, and an interrupt that lands (an RCU
 * callback too, where it interrupts something). No preemptions are: going on elsewhere when a
 * context waits or a task has finished; an IPI, delivered as soon as its CPU has interrupts on and
 * is run; a delayed store that reaches memory. A schedule's steps are the primitives of port.h with
 * the plain code that follows each; schedules with fewer preemptions are visited first.
 *
 * In mode EXPLORE_STORE_BUFFER plain code must not read a word that an accessor has written: the
 * store may not have reached memory, and even its own CPU would read the old value.
 * ref/explore/buffer.c says which stores are delayed.
 *
 * One exploration at a time, in one thread; nothing here is thread-safe.
 */
#ifndef REF_EXPLORE_H
#define REF_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum explore_context {
	EXPLORE_TASK,
	EXPLORE_SOFTIRQ, /* lands where interrupts are on, and neither a softirq nor an irq runs */
	EXPLORE_IRQ,	 /* lands where interrupts are on, and no irq runs */
	EXPLORE_NMI,	 /* lands anywhere but in an NMI */
	EXPLORE_FAULT,	 /* lands between explore_faults(true) and (false) of a task on that CPU */
	EXPLORE_NR_CONTEXTS,
};
const char *explore_context_name(enum explore_context context); /* "task".."fault" */

enum explore_mode { EXPLORE_SC, EXPLORE_STORE_BUFFER };
const char *explore_mode_name(enum explore_mode mode); /* "sc" | "store-buffer" */

struct explore; /* one exploration, while it is set up */

struct explore_model {
	const char *mechanism; /* gup | gather | thp | longterm | dax | kmap | litmus */
	const char *variant;   /* unique within the mechanism */
	const char *summary;   /* the model's question, in a plain sentence, with its source */
	bool busted;
	const char *caught_by; /* busted: the invariant that has to break */
	/* good: the busted variant whose code this model runs in a mode, or beside so little else,
	 * that it cannot break. NULL: the model's code is correct. */
	const char *busted_code;
	enum explore_mode mode;
	unsigned bound; /* preemptions by default; 0: 3 */
	unsigned nr_cpus;
	/* Builds the state that every schedule starts from, and its tasks. 0 or -errno. */
	int (*setup)(struct explore *e, const void *arg);
	/* Frees memory that setup got otherwise than by explore_alloc(); may be NULL. */
	void (*teardown)(const void *arg);
	const void *arg;
};

size_t explore_nr_models(void);
const struct explore_model *explore_model_at(size_t i);

/* ---- for setup ---- */

/* Allocates zeroed memory. Every schedule starts with its content as setup leaves it. Freed with
 * the exploration. */
void *explore_alloc(struct explore *e, size_t size);
/* Has [p, p + size) restored before every schedule. Stores by port.h's accessors are undone anyway;
 * plain stores (under a lock, or by one task alone) need this. Keep it small: it is copied back. */
void explore_memory(struct explore *e, void *p, size_t size);
/* Names an address in schedules: "%s", or "%s[i]" for an array of nr entries of `size` bytes. An
 * address without a name is shown as the source writes it. The later of two names counts. */
void explore_name(struct explore *e, const void *p, size_t size, size_t nr, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* The rest of setup runs as on this CPU (ref_this_cpu()). Setup begins on CPU 0. */
void explore_on_cpu(struct explore *e, unsigned cpu);
/* Adds a task that runs fn(arg). Tasks of one CPU run one after the other, in the order added. */
void explore_task(struct explore *e, unsigned cpu, const char *name, void (*fn)(void *arg),
		  void *arg);
/* Adds an interrupt. It lands up to `times` times, between any two steps on that CPU where enum
 * explore_context lets it. Whether it lands, and where, is part of the schedule. */
void explore_interrupt(struct explore *e, unsigned cpu, enum explore_context context,
		       const char *name, void (*fn)(void *arg), void *arg, unsigned times);
/* Adds an invariant. The explorer calls holds() after every step (at_end: when all tasks have
 * finished); where it returns false it has written to `why` what is wrong. holds() reads memory as
 * it is, without a step; in mode EXPLORE_STORE_BUFFER it sees memory without delayed stores. */
void explore_invariant(struct explore *e, const char *name,
		       bool (*holds)(void *arg, char *why, size_t size), void *arg, bool at_end);

/* ---- for tasks, and what they call ---- */

/* Ends the schedule with `invariant` broken. Does not return to a task. */
void explore_fail(const char *invariant, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Any access by port.h to [p, p + size) from now on breaks `invariant` ("read of a freed table").
 * REF_MEM_FREED() calls it with "read of a freed <what>". */
void explore_freed(const void *p, size_t size, const char *invariant);
/* Accesses to [p, p + size) are allowed again. */
void explore_reused(const void *p, size_t size);
void explore_faults(bool on); /* may EXPLORE_FAULT interrupt the running task? */
unsigned explore_cpu(void);   /* the running task's */
enum explore_context explore_context(void);

/*
 * Invariants that every exploration has: "deadlock" (no context can run and a task has not
 * finished: a lost wake-up, a lock taken twice), "livelock" (a schedule of more than 100,000
 * steps), "deterministic" (the same schedule went differently the second time: setup made plain
 * data that it did not give to explore_memory()), "lock" (an unlock of a lock that nobody holds),
 * "limit" (of the explorer), and those given to explore_freed().
 */

/* ---- running ---- */

struct explore_options {
	unsigned bound;	    /* UINT_MAX: the model's own */
	bool no_reduction;  /* visit states that have been visited before */
	bool sweep;	    /* after a failure go on to the bound; to compare with no_reduction */
	const char *replay; /* NULL, or a schedule as in explore_result */
	unsigned long max_schedules; /* 0: no limit; else the result may be incomplete */
	/* Called about every 200 ms; true stops the exploration, as incomplete. May be NULL. */
	bool (*progress)(void *arg, const struct explore_model *m, unsigned bound,
			 unsigned long schedules);
	void *progress_arg;
};

struct explore_step {
	unsigned cpu;
	enum explore_context context;
	const char *task; /* name of the task or interrupt; "memory": a delayed store arrives */
	char *site;	  /* "function file:line", and in brackets the latest REF_STEP()'s name */
	char *text;	  /* the access and its value: "read pmd[1] = 0x2067" */
};

struct explore_result {
	unsigned bound;		 /* reached: all schedules up to it were visited, or one failed */
	unsigned long schedules; /* executions, whole or cut short at a known state */
	unsigned long long steps;
	unsigned long states; /* distinct ones remembered, 0 with no_reduction */
	double seconds;
	bool complete;
	/* The shortest failing schedule with the fewest preemptions; or the replayed one. */
	bool failed;
	char *invariant, *why;
	char *schedule; /* what options.replay takes: text without spaces */
	unsigned preemptions;
	struct explore_step *step;
	size_t nr_steps;
	/* sweep: every invariant that broke, and the fewest preemptions with which it did. */
	struct explore_broken {
		char *invariant;
		unsigned preemptions;
	} * broken;
	size_t nr_broken;
};

/* Explores m. 0; -errno of setup; -EINVAL: options->replay cannot be replayed on this model
 * (result->why says where). The result is valid after 0 and -EINVAL, and explore_result_free()
 * frees it. */
int explore_run(const struct explore_model *m, const struct explore_options *options,
		struct explore_result *result);
void explore_result_free(struct explore_result *result);
/* Prints the failing interleaving in columns, one per CPU, `width` characters wide in all. */
void explore_print_columns(FILE *out, const struct explore_result *result, unsigned nr_cpus,
			   unsigned width);

/* A variant of the reference, busted or good, and the test that tells: a row of ref/VARIANTS.md.
 * Each explorer model is such a row by itself; ref/explore/variants.c has those that a test
 * program catches. */
struct ref_variant {
	const char *mechanism, *variant;
	bool busted;
	/* "test: PROGRAM: text": PROGRAM prints a line that begins with "ok" and contains `text`.
	 * For a good row that line shows that the variant is good. */
	const char *caught_by;
	const char *summary;
};
size_t ref_nr_variants(void);
const struct ref_variant *ref_variant_at(size_t i);

#endif
