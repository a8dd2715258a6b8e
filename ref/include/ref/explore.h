/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The explorer: runs the reference's own code, over port.h's model backend, under every schedule.
 *
 * A model is a row: which code, on how many simulated CPUs, with which interrupts, and what has to
 * hold. What is claimed for a clean one is every sequentially consistent interleaving (or, in mode
 * EXPLORE_STORE_BUFFER, every one of a machine that delays each CPU's stores in order, as x86-TSO,
 * and its relaxed read-modify-writes) with at most `bound` preemptions, and no more.
 *
 * What counts as a preemption: leaving a CPU whose context could go on, and an interrupt that lands
 * (an RCU callback too, where it interrupts something). Free are: going on elsewhere when a context
 * waits or a task has finished, an IPI, which is delivered as soon as its CPU has interrupts on and
 * is run, and a delayed store that reaches memory. A schedule's steps are the primitives of port.h
 * with the plain code that follows each; schedules with fewer preemptions are visited first.
 *
 * In mode EXPLORE_STORE_BUFFER plain code must not read what an accessor has written: the store may
 * not have reached memory, not even for its own CPU. What exactly is delayed: ref/explore/buffer.c.
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
	EXPLORE_SOFTIRQ, /* where interrupts are on, and neither a softirq nor an irq is running */
	EXPLORE_IRQ,	 /* where interrupts are on, and no irq is running */
	EXPLORE_NMI,	 /* anywhere but in an NMI */
	EXPLORE_FAULT,	 /* between explore_faults(true) and (false) of a task on that CPU */
	EXPLORE_NR_CONTEXTS
};
const char *explore_context_name(enum explore_context context); /* "task".."fault" */

enum explore_mode { EXPLORE_SC, EXPLORE_STORE_BUFFER };
const char *explore_mode_name(enum explore_mode mode); /* "sc" | "store-buffer" */

struct explore; /* one exploration, while it is set up */

struct explore_model {
	const char *mechanism; /* gup | gather | thp | longterm | dax | kmap | litmus */
	const char *variant;   /* unique within the mechanism */
	const char *summary;   /* what is asked, in a plain sentence, with its source */
	bool busted;
	const char *caught_by; /* busted: the invariant that has to break */
	/* good: the busted variant of the mechanism whose code runs here too, where it cannot break: in
	 * another mode, or with less beside it. NULL: the code is to be correct. */
	const char *busted_code;
	enum explore_mode mode;
	unsigned bound;	       /* preemptions by default; 0: 3 */
	unsigned nr_cpus;
	/* Builds the state that every schedule starts from, and its tasks. 0 or -errno. */
	int (*setup)(struct explore *e, const void *arg);
	/* Frees what setup made beside explore_alloc(); may be NULL. */
	void (*teardown)(const void *arg);
	const void *arg;
};

size_t explore_nr_models(void);
const struct explore_model *explore_model_at(size_t i);

/* ---- for setup ---- */

/* Zeroed memory that every schedule starts with as setup leaves it; freed with the exploration. */
void *explore_alloc(struct explore *e, size_t size);
/* The same for memory that exists. Stores by port.h's accessors are undone anyway; this is for what
 * code writes plainly (under a lock, or by one task alone). Keep it small: it is copied back. */
void explore_memory(struct explore *e, void *p, size_t size);
/* What schedules call an address: "%s", or "%s[i]" for an array of entries of `size` bytes. What has
 * no name is called as the source has it. The later of two names counts. */
void explore_name(struct explore *e, const void *p, size_t size, size_t nr, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* What follows in setup is done as on this CPU (ref_this_cpu()); at first 0. */
void explore_on_cpu(struct explore *e, unsigned cpu);
/* Tasks of one CPU run one after the other, in the order given. */
void explore_task(struct explore *e, unsigned cpu, const char *name, void (*fn)(void *arg),
		  void *arg);
/* Lands up to `times` times between any two steps on that CPU where its context may. Whether it
 * lands, and where, is part of the schedule. */
void explore_interrupt(struct explore *e, unsigned cpu, enum explore_context context,
		       const char *name, void (*fn)(void *arg), void *arg, unsigned times);
/* Holds after every step (at_end: when all tasks have finished). Says in `why` what did not. Reads
 * memory as it is, without a step; in mode EXPLORE_STORE_BUFFER what has reached memory. */
void explore_invariant(struct explore *e, const char *name,
		       bool (*holds)(void *arg, char *why, size_t size), void *arg, bool at_end);

/* ---- for tasks, and what they call ---- */

/* Breaks an invariant here and now. In a task it does not return: the schedule is over. */
void explore_fail(const char *invariant, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Any access by port.h to [p, p + size) from now on breaks `invariant` ("read of a freed table").
 * REF_MEM_FREED() comes here with "read of a freed <what>". */
void explore_freed(const void *p, size_t size, const char *invariant);
void explore_reused(const void *p, size_t size);
void explore_faults(bool on); /* page faults may be taken here, by the running task */
unsigned explore_cpu(void);   /* the running task's */
enum explore_context explore_context(void);

/*
 * Invariants that every exploration has: "deadlock" (nobody can run and somebody has not finished: a
 * lost wake-up, a lock taken twice), "livelock" (a schedule of more than 100,000 steps),
 * "deterministic" (the same schedule went differently the second time: setup made plain data that it
 * did not give to explore_memory()), "lock" (unlocked by somebody while nobody held it), "limit" (of
 * the explorer), and those given to explore_freed().
 */

/* ---- running ---- */

struct explore_options {
	unsigned bound;	      /* UINT_MAX: the model's own */
	bool no_reduction;    /* visit states that have been visited before */
	bool sweep;	      /* go on to the bound after a failure; for comparing with no_reduction */
	const char *replay;   /* NULL, or a schedule as in explore_result */
	unsigned long max_schedules; /* 0: no limit; else the result may be incomplete */
	/* About every 200 ms; true stops the exploration, as incomplete. NULL: none. */
	bool (*progress)(void *arg, const struct explore_model *m, unsigned bound,
			 unsigned long schedules);
	void *progress_arg;
};

struct explore_step {
	unsigned cpu;
	enum explore_context context;
	const char *task; /* name of the task or interrupt; "memory": a delayed store arrives */
	char *site;	  /* "function file:line", and in brackets the latest REF_STEP()'s name */
	char *text;	  /* what it did: "read pmd[1] = 0x2067" */
};

struct explore_result {
	unsigned bound;		 /* reached: all schedules up to it were visited, or failed */
	unsigned long schedules; /* executions, whole or cut short where a state was known */
	unsigned long long steps;
	unsigned long states;	 /* distinct ones remembered, 0 with no_reduction */
	double seconds;
	bool complete;
	/* The shortest failing schedule with the fewest preemptions; or, for a replay, what happened. */
	bool failed;
	char *invariant, *why;
	char *schedule;		 /* what options.replay takes: text without spaces */
	unsigned preemptions;
	struct explore_step *step;
	size_t nr_steps;
	/* sweep: every invariant that some schedule broke, and with how few preemptions. */
	struct explore_broken { char *invariant; unsigned preemptions; } *broken;
	size_t nr_broken;
};

/* 0; -errno of setup; -EINVAL: a schedule that cannot be replayed on this model (result->why says
 * where). The result is valid after 0 and -EINVAL, and freed by explore_result_free(). */
int explore_run(const struct explore_model *m, const struct explore_options *options,
		struct explore_result *result);
void explore_result_free(struct explore_result *result);
/* The failing interleaving in columns, one per CPU, `width` characters wide in all. */
void explore_print_columns(FILE *out, const struct explore_result *result, unsigned nr_cpus,
			   unsigned width);

/* A table row of what stands in the tree broken, and who catches it: explorer models are such rows
 * by themselves; the others, caught by a test program, are in ref/explore/variants.c. */
struct ref_variant {
	const char *mechanism, *variant;
	bool busted;
	/* "test: PROGRAM: text": `text` stands in a line of that test that begins with "ok". Of a good
	 * row it is the line that shows it good. */
	const char *caught_by;
	const char *summary;
};
size_t ref_nr_variants(void);
const struct ref_variant *ref_variant_at(size_t i);

#endif
