/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ptbench-explore documents: the findings of an exploration, as a file.
 *
 * No type of the explorer or of the JSON library appears here. Functions return 0 or -errno; a
 * struct results_error (NULL: not wanted) tells what was wrong, where, and what to do. Nothing is
 * thread-safe.
 */
#ifndef RESULTS_EXPLORE_H
#define RESULTS_EXPLORE_H

#include <results/results.h>

#define RESULTS_EXPLORE_FORMAT "ptbench-explore"

/* The claim that a clean model supports, and its limits; every document carries it. */
extern const char results_explore_claim[];

enum results_explore_verdict {
	RESULTS_EXPLORE_CLEAN,	    /* good: no schedule broke an invariant */
	RESULTS_EXPLORE_CAUGHT,	    /* busted: a schedule broke the invariant caught_by */
	RESULTS_EXPLORE_BROKEN,	    /* good, and yet a schedule broke an invariant */
	RESULTS_EXPLORE_SURVIVED,   /* busted, and no schedule broke an invariant */
	RESULTS_EXPLORE_OTHER,	    /* busted, and a schedule broke another invariant */
	RESULTS_EXPLORE_HELD,	    /* a replay: its one schedule broke nothing */
	RESULTS_EXPLORE_UNFINISHED, /* interrupted before anything broke */
	RESULTS_EXPLORE_NR_VERDICTS,
};
/* "clean", "caught", "broken", "survived", "other-invariant", "held", "unfinished" */
const char *results_explore_verdict_name(enum results_explore_verdict v);
/* Whether the model came out as its author claims: clean, caught or held. */
bool results_explore_is_fine(enum results_explore_verdict v);

/* reduced: no state is visited twice. full: every schedule is run. replay: one schedule, given by
 * the user. */
enum results_explore_method {
	RESULTS_EXPLORE_REDUCED,
	RESULTS_EXPLORE_FULL,
	RESULTS_EXPLORE_REPLAY,
};
const char *results_explore_method_name(enum results_explore_method m);

/* A document holds at most the first so many steps of a failure's schedule. */
#define RESULTS_EXPLORE_MAX_STEPS 10000
#define RESULTS_EXPLORE_MAX_MODELS 4096
#define RESULTS_EXPLORE_MAX_CPUS 64

struct results_explore_step {
	unsigned cpu;
	const char *context; /* "task", "softirq", "irq", "nmi", "fault" */
	const char *task;    /* name of the task or interrupt */
	const char *site;    /* place in the code; "": not known */
	const char *text;    /* the access or event */
};

struct results_explore_failure {
	const char *invariant, *why; /* why may be "" */
	const char *schedule;	     /* the argument of --replay */
	unsigned preemptions;
	const struct results_explore_step *steps;
	size_t nr_steps; /* of the schedule: steps has at most RESULTS_EXPLORE_MAX_STEPS of them */
};

struct results_explore_model {
	const char *mechanism, *variant, *summary;
	bool busted;
	const char *caught_by; /* busted: the invariant that has to break; else NULL */
	/* A good model may run a busted variant's code, in a setting where that cannot break:
	 * busted_code names that variant of the mechanism. NULL: the code is meant to be correct,
	 * or the model is busted. busted_code_said: the document has the field (older: not). */
	bool busted_code_said;
	const char *busted_code;
	const char *mode; /* "sc" or "store-buffer" */
	enum results_explore_method method;
	unsigned bound; /* preemptions: schedules with at most so many were visited */
	unsigned nr_cpus;
	long long schedules, steps, states; /* states: 0 if the method keeps none */
	double seconds;
	bool complete; /* every schedule up to the bound was visited */
	enum results_explore_verdict verdict;
	const struct results_explore_failure *failure; /* NULL: nothing broke */
};

struct results_explore {
	const char *revision; /* of the suite */
	const char *command;  /* the shell command that makes the document again */
	const char *created;  /* UTC, 2026-01-31T23:59:59Z */
	const char *claim;
	const char *stand_in; /* the program of PTBENCH_EXPLORE that explored; NULL: ptbench did */
	bool complete;	      /* every model asked for was explored to its end */
	struct results_explore_model *models;
	size_t nr_models;
};

/* The verdict on m from its other fields. `interrupted`: the exploration did not run to its end. */
enum results_explore_verdict results_explore_judge(const struct results_explore_model *m,
						   bool interrupted);

/* Sets created to now, complete to false, claim to results_explore_claim. 0 or -ENOMEM. */
int results_explore_new(const char *revision, const char *command, struct results_explore **out);
/* stand_in: the program that explored, copied; NULL: ptbench did. 0 or -ENOMEM. */
int results_explore_set_stand_in(struct results_explore *doc, const char *stand_in);
/* Adds a copy of m. -EEXIST: doc has a model of that name. -EINVAL: not a valid model. -ENOMEM. */
int results_explore_add(struct results_explore *doc, const struct results_explore_model *m,
			struct results_error *err);
/* Replaces file atomically; a failed write leaves the old one. -EINVAL: doc is not valid. */
int results_explore_write(const struct results_explore *doc, const char *file,
			  struct results_error *err);
/* file "-": standard input. *out is complete, or NULL when an error is returned. */
int results_explore_read(const char *file, struct results_explore **out, struct results_error *err);
void results_explore_free(struct results_explore *doc);
/* Returns the number of models that came out other than claimed; if any, buf names them and what
 * broke. */
size_t results_explore_failed_text(const struct results_explore *doc, char *buf, size_t size);

#endif
