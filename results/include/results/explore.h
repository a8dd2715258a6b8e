/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an exploration found, as a file: ptbench-explore documents.
 *
 * Neutral: nothing of the explorer and nothing of the JSON library appears here. Functions return 0
 * or -errno and, where they take a struct results_error, say in it what was wrong, where, and what
 * to do. Nothing is thread-safe.
 */
#ifndef RESULTS_EXPLORE_H
#define RESULTS_EXPLORE_H

#include <results/results.h>

#define RESULTS_EXPLORE_FORMAT "ptbench-explore"

/* What a clean model shows, and all that it shows; every document carries it. */
extern const char results_explore_claim[];

enum results_explore_verdict {
	RESULTS_EXPLORE_CLEAN,	    /* good: no schedule broke an invariant */
	RESULTS_EXPLORE_CAUGHT,	    /* busted: a schedule broke the invariant that it names */
	RESULTS_EXPLORE_BROKEN,	    /* good, and yet a schedule broke an invariant */
	RESULTS_EXPLORE_SURVIVED,   /* busted, and no schedule broke an invariant */
	RESULTS_EXPLORE_OTHER,	    /* busted, and broke another invariant than the one it names */
	RESULTS_EXPLORE_HELD,	    /* a replay: that one schedule broke nothing */
	RESULTS_EXPLORE_UNFINISHED, /* cut short before anything broke */
	RESULTS_EXPLORE_NR_VERDICTS,
};
/* "clean", "caught", "broken", "survived", "other-invariant", "held", "unfinished" */
const char *results_explore_verdict_name(enum results_explore_verdict v);
/* Whether it is what the model's author promised: clean, caught and held are. */
bool results_explore_is_fine(enum results_explore_verdict v);

/* reduced: states that were visited before are not visited again. full: every schedule is run.
 * replay: one schedule, given by the user. */
enum results_explore_method {
	RESULTS_EXPLORE_REDUCED,
	RESULTS_EXPLORE_FULL,
	RESULTS_EXPLORE_REPLAY,
};
const char *results_explore_method_name(enum results_explore_method m);

/* Steps of one failure that a document holds; of a longer schedule it has the first so many. */
#define RESULTS_EXPLORE_MAX_STEPS 10000
#define RESULTS_EXPLORE_MAX_MODELS 4096
#define RESULTS_EXPLORE_MAX_CPUS 64

struct results_explore_step {
	unsigned cpu;
	const char *context; /* "task", "softirq", "irq", "nmi", "fault" */
	const char *task;    /* name of the task or interrupt */
	const char *site;    /* where in the code; "" when that is not known */
	const char *text;    /* what it did */
};

struct results_explore_failure {
	const char *invariant, *why; /* why may be "" */
	const char *schedule;	     /* what --replay takes */
	unsigned preemptions;
	const struct results_explore_step *steps;
	size_t nr_steps; /* of the schedule: steps has at most RESULTS_EXPLORE_MAX_STEPS of them */
};

struct results_explore_model {
	const char *mechanism, *variant, *summary;
	bool busted;
	const char *caught_by; /* busted: the invariant that has to break; else NULL */
	/* busted_code_said: the document says of the model whose code it runs (older ones do not).
	 * Good: busted_code is the busted variant of the mechanism whose code it is, run where that
	 * cannot break; NULL: it is code that is to be correct. Busted: NULL. */
	bool busted_code_said;
	const char *busted_code;
	const char *mode;      /* "sc" or "store-buffer" */
	enum results_explore_method method;
	unsigned bound; /* preemptions: all schedules up to it were visited, or failed */
	unsigned nr_cpus;
	long long schedules, steps, states; /* states: 0 where none are kept */
	double seconds;
	bool complete; /* nothing is left to visit up to the bound */
	enum results_explore_verdict verdict;
	const struct results_explore_failure *failure; /* NULL: nothing broke */
};

struct results_explore {
	const char *revision; /* of the suite */
	const char *command;  /* what makes the document again */
	const char *created;  /* UTC, 2026-01-31T23:59:59Z */
	const char *claim;
	const char *stand_in; /* the program that PTBENCH_EXPLORE named, which explored; NULL: ptbench */
	bool complete; /* all that was asked for was explored to its end */
	struct results_explore_model *models;
	size_t nr_models;
};

/* What those facts amount to. `interrupted`: the exploration did not run to its end. */
enum results_explore_verdict results_explore_judge(const struct results_explore_model *m,
						   bool interrupted);

/* created is set to now, complete to false, claim to results_explore_claim. */
int results_explore_new(const char *revision, const char *command, struct results_explore **out);
/* Another program than ptbench explored, or (NULL) none. */
int results_explore_set_stand_in(struct results_explore *doc, const char *stand_in);
/* Adds a copy. -EEXIST: a model of that name is there already. -EINVAL: err says what is wrong. */
int results_explore_add(struct results_explore *doc, const struct results_explore_model *m,
			struct results_error *err);
/* Temporary name in the same folder, then renamed: the file is the old one or the new one. */
int results_explore_write(const struct results_explore *doc, const char *file,
			  struct results_error *err);
/* "-": standard input. */
int results_explore_read(const char *file, struct results_explore **out,
			 struct results_error *err);
void results_explore_free(struct results_explore *doc);
/* How many models came out otherwise than claimed. If any did, buf says which, and what broke. */
size_t results_explore_failed_text(const struct results_explore *doc, char *buf, size_t size);

#endif
