/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenario, architecture and list files, as kernels/build reads them too.
 *
 * A line is a key, blanks, a value; '#' begins a comment line. Every problem is reported as
 * "FILE:LINE: what; what to do" in why.
 */
#ifndef KERNELS_SCENARIO_H
#define KERNELS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include <results/results.h>

#define SCENARIO_WHY 512
#define SCENARIO_MAX_LINE 4096

struct scenario_arch {
	char *name, *cross;
	char *qemu, *machine, *cpu, *memory, *qemu_args;
	char *console, *data, *cmdline, *format;
	char *text_base; /* option of the kernel to add to addresses of System.map, or NULL */
	/* "VERSION REASON": QEMU has to be that new for boots of two CPUs, or NULL */
	char *two_cpus;
	/* seconds of real time that a boot may take if nothing else is said, or NULL */
	char *timeout;
	char *irqs; /* lines "KIND VALUE/MASK" or "unknown REASON", or NULL */
};

/*
 * Which outcome a check may have: the first rule that fits its id and params decides. Or, with
 * skip, why a row may be skipped: any rule that fits.
 */
struct scenario_expect {
	char *id;		      /* of a check; with skip a pattern of fnmatch(3) for cases */
	struct results_params params; /* those that must be equal; others do not matter */
	char *seen;		      /* patterns of fnmatch(3), with " | " between */
	bool some;		      /* at least one check that fits, instead of each */
	bool layout;		      /* holds only by a compiler that fits the scenario's layout */
	/* seen is a reason; for rows of the kernel, unless ref is set */
	bool skip;
	bool ref; /* skip-ref: for rows of the reference */
	/* skip-family: none of the family's rows has to be measured */
	bool family;
	bool common; /* of common.expect or ARCH.expect: the row may be skipped */
	char *where; /* FILE:LINE */
};

/* "identical BASE OBJECTS" or "differs BASE OBJECTS": what the code of two scenarios has to be. */
struct scenario_same {
	char *base;    /* the other scenario */
	char *objects; /* pattern of fnmatch(3) for paths of objects; "!PATTERN": all others */
	bool differs;
};

/* What a scenario is in comparisons. */
enum scenario_role {
	SCENARIO_NO_ROLE,
	SCENARIO_STOCK,	  /* a kernel as it is: what others are variants of */
	SCENARIO_VARIANT, /* one that differs from another on purpose, and is right */
	SCENARIO_BUSTED,  /* one that is wrong on purpose */
};

/* A scenario that another one is a variant of. */
struct scenario_kin {
	char *name, *title;
	enum scenario_role role;
};

struct scenario {
	char *name, *title, *design, *append;
	enum scenario_role role;
	char *base; /* the scenario whose objects it starts from, or NULL */
	/* Unless it is stock: its base (else its image), that one's, and so on; the last is
	 * stock. */
	struct scenario_kin *kin;
	size_t nr_kin;
	char *image;		   /* the scenario whose image it boots; NULL: its own */
	char *layout;		   /* patterns for compilers, of rules with layout; or NULL */
	bool no_reference;	   /* the costs boot runs the kernel's rows alone */
	struct scenario_arch arch; /* with format, cpu, machine, memory replaced by its own */
	struct scenario_arch own;  /* those, while they are read */
	struct scenario_expect *expects;
	size_t nr_expects;
	struct scenario_same *same;
	size_t nr_same;
};

/* dir: the folder kernels/. -EINVAL with why filled; *out is NULL then. */
int scenario_read(const char *dir, const char *name, struct scenario **out, char why[SCENARIO_WHY]);
void scenario_free(struct scenario *s);

/* Is it a name for a list? Capitals are. */
bool scenario_is_list(const char *name);
/*
 * Replaces names of lists by what stands in them; each name once, in order. A list that is empty is
 * refused. *out is freed with scenario_names_free().
 */
int scenario_names(const char *dir, char *const *names, size_t nr, char ***out, size_t *nr_out,
		   char why[SCENARIO_WHY]);
void scenario_names_free(char **names, size_t nr);

/*
 * Is the last rule one that never decides, for an earlier one of its file is about all of its
 * checks? Or, of rules that all have a say, one that is there already.
 */
bool scenario_says_again(const struct scenario *s);
/* In which boots a check of that id is made: enum ptb_check_boot of driver/checks.h; 0: in none. */
unsigned scenario_check_boots(const char *id);
/*
 * May this check have come out as seen? expect, for people, is what was expected of it. A rule
 * with some (expect-some) does not judge single checks; scenario_unmet() does.
 */
bool scenario_judge(const struct scenario *s, const char *id, const struct results_params *params,
		    const char *seen, const char **expect);
/*
 * The same with the rules that hold for the stack layout of this compiler alone; NULL: with none of
 * these.
 */
bool scenario_judge_by(const struct scenario *s, const char *compiler, const char *id,
		       const struct results_params *params, const char *seen, const char **expect);
/* May this row of that subject be skipped for that reason? */
bool scenario_may_skip(const struct scenario *s, const char *case_id,
		       const struct results_params *params, enum results_subject subject,
		       const char *reason);
/*
 * May the kernel's rows of the case's family all be skipped, where this one is for that reason?
 * What is said for all scenarios of an architecture does not hold for one that expects a check of
 * the family.
 */
bool scenario_may_skip_family(const struct scenario *s, const char *case_id, const char *reason);
/*
 * The first expect-some rule that no check of the document meets, or expect rule that no check
 * fits, although there are checks of its id; NULL: none. For a boot that some rows were left out
 * of.
 */
const struct scenario_expect *scenario_unmet(const struct scenario *s,
					     const struct results_doc *doc);
/* The same of a whole boot, of costs or of events: every rule that belongs there has to be met. */
const struct scenario_expect *scenario_missing(const struct scenario *s,
					       const struct results_doc *doc, bool events);
/*
 * The first rule of that boot which is not met, and does not have to be: it holds for the stack
 * layout of other compilers than the document's. NULL: none.
 */
const struct scenario_expect *scenario_not_judged(const struct scenario *s,
						  const struct results_doc *doc, bool events);

#endif
