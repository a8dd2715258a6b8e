/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads scenario, architecture and list files; kernels/build reads the same files.
 *
 * A line is a key, blanks, a value; '#' begins a comment line. "since VERSION" and "until VERSION" may
 * stand before keys of what to build and to expect: the line is for those kernels. Every problem is
 * reported as "FILE:LINE: what; what to do" in why.
 */
#ifndef KERNELS_SCENARIO_H
#define KERNELS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include <results/results.h>

#include "scenario_range.h"

#define SCENARIO_WHY 512
#define SCENARIO_MAX_LINE 4096

struct scenario_arch {
	char *name, *cross;
	char *qemu, *machine, *cpu, *memory, *qemu_args;
	char *console, *data, *cmdline, *format;
	char *text_base; /* option of the kernel to add to addresses of System.map, or NULL */
	/* "VERSION REASON": the oldest QEMU that can boot two CPUs, or NULL: any */
	char *two_cpus;
	/* seconds of real time that a boot may take without --timeout, or NULL */
	char *timeout;
	/* not NULL: the kernel gets its command line by a boot configuration, bootconfig.h */
	char *bootconfig;
	/* an instruction takes 2^N ns of the virtual clock under icount, or NULL: 2^0 */
	char *icount_shift;
	char *irqs; /* lines "KIND VALUE/MASK" or "unknown REASON", or NULL */
};

/*
 * The outcomes that a check may have: the first rule that fits its id and params decides. Or, with
 * skip, the reasons for which a row may be skipped: any rule that fits allows it.
 */
struct scenario_expect {
	char *id;		      /* of a check; with skip a pattern of fnmatch(3) for cases */
	struct results_params params; /* those that must be equal; others do not matter */
	char *seen;		      /* patterns of fnmatch(3), with " | " between */
	bool some;		      /* at least one check that fits must come out so, not each */
	bool layout;		      /* holds only for compilers that match scenario.layout */
	/* seen is a reason; for rows of the kernel, unless ref is set */
	bool skip;
	bool ref; /* skip-ref: for rows of the reference */
	/* skip-family: none of the family's rows has to be measured */
	bool family;
	bool common; /* of common.expect or ARCH.expect: the row may be skipped */
	struct scenario_range range;
	char *where; /* FILE:LINE */
};

/* "identical BASE OBJECTS", "differs BASE OBJECTS": a demand on the code of two scenarios. */
struct scenario_same {
	char *base;    /* the other scenario */
	char *objects; /* pattern of fnmatch(3) for paths; "!PATTERN": all that do not match */
	bool differs;
	struct scenario_range range;
};

/* A value of a key for some kernels only, in the place of the one that the key has otherwise. */
struct scenario_value {
	struct scenario_range range;
	size_t offset; /* of the field in struct scenario */
	char *value;
};

/* The part that a scenario has in comparisons. */
enum scenario_role {
	SCENARIO_NO_ROLE,
	SCENARIO_STOCK,	  /* an unchanged kernel, of which others are variants */
	SCENARIO_VARIANT, /* differs from another scenario on purpose, and is right */
	SCENARIO_BUSTED,  /* is wrong on purpose */
};

/* A scenario that another one is a variant of. */
struct scenario_kin {
	char *name, *title;
	enum scenario_role role;
};

struct scenario {
	/* SCENARIO, or SCENARIO@VERSION; then those that it names below have "@VERSION", too. */
	char *name, *title, *design, *append;
	enum scenario_role role;
	char *base; /* the scenario whose objects it starts from, or NULL */
	/* Unless role is stock: its base (or image), the base's base, and so on; the last is
	 * stock. */
	struct scenario_kin *kin;
	size_t nr_kin;
	char *image;		   /* the scenario whose image it boots; NULL: its own */
	char *layout;		   /* patterns for compilers, of rules with layout; or NULL */
	bool builds;		   /* it has a config, a fragment or a cocci */
	bool no_reference;	   /* the costs boot runs the kernel's rows alone */
	char *needs_qemu;	   /* "VERSION REASON": an older QEMU does not run it; or NULL */
	struct scenario_arch arch; /* with the scenario's own format, cpu, machine, memory */
	struct scenario_arch own;  /* the scenario's own values, while it is read */
	struct scenario_expect *expects;
	size_t nr_expects;
	struct scenario_same *same;
	size_t nr_same;
	struct scenario_value *ranged;
	size_t nr_ranged;
};

/* dir: the folder kernels/. -EINVAL with why filled; *out is NULL then. */
int scenario_read(const char *dir, const char *name, struct scenario **out, char why[SCENARIO_WHY]);
/*
 * Drops the rules that are for other kernels than this release, such as 6.12.117, takes the values
 * that are for it, and writes its version in the place of "%v" in titles. Call it once the kernel is
 * built, before it is booted. A release without a version leaves all rules and plain values, and
 * "Linux" in the place of "%v".
 */
void scenario_for_release(struct scenario *s, const char *release);
void scenario_free(struct scenario *s);

/* Is it a name for a list? A list's name is of capitals only. */
bool scenario_is_list(const char *name);
/*
 * Replaces names of lists by the scenarios in them; each name once, in order. An empty list is
 * refused. *out is freed with scenario_names_free().
 */
int scenario_names(const char *dir, char *const *names, size_t nr, char ***out, size_t *nr_out,
		   char why[SCENARIO_WHY]);
void scenario_names_free(char **names, size_t nr);

/*
 * Is the last rule without effect, because an earlier rule of its file fits all of its checks or is
 * equal to it?
 */
bool scenario_says_again(const struct scenario *s);
/* The boots that make a check of that id: enum ptb_check_boot of driver/checks.h; 0: none. */
unsigned scenario_check_boots(const char *id);
/*
 * May this check have come out as seen? *expect becomes the patterns that it was expected to match.
 * A rule with some (expect-some) does not judge single checks: scenario_unmet() judges by it.
 */
bool scenario_judge(const struct scenario *s, const char *id, const struct results_params *params,
		    const char *seen, const char **expect);
/*
 * As scenario_judge(), also with those rules with layout that hold for this compiler; NULL: with
 * none of them.
 */
bool scenario_judge_by(const struct scenario *s, const char *compiler, const char *id,
		       const struct results_params *params, const char *seen, const char **expect);
/* May this row of that subject (the kernel's or the reference's) be skipped for that reason? */
bool scenario_may_skip(const struct scenario *s, const char *case_id,
		       const struct results_params *params, enum results_subject subject,
		       const char *reason);
/*
 * May the kernel's rows of the case's family all be skipped, when this one is for that reason? A
 * skip-family rule of common.expect or ARCH.expect does not hold for a scenario that itself expects
 * a check of the family.
 */
bool scenario_may_skip_family(const struct scenario *s, const char *case_id, const char *reason);
/*
 * The first of the scenario's own rules that no check meets although the document has checks of its
 * id: an expect-some rule without such an outcome, or an expect rule that fits no check. NULL:
 * none. For a boot in which rows were left out, and for an image.
 */
const struct scenario_expect *scenario_unmet(const struct scenario *s,
					     const struct results_doc *doc);
/* For a whole boot, of costs or of events: the first rule for checks of that boot not met. A common
 * rule may be unmet where the check's row was skipped. NULL: none. */
const struct scenario_expect *scenario_missing(const struct scenario *s,
					       const struct results_doc *doc, bool events);
/*
 * The first rule for checks of that boot which is not met and was not judged, because it holds for
 * the stack layout of other compilers than the document's. NULL: none.
 */
const struct scenario_expect *scenario_not_judged(const struct scenario *s,
						  const struct results_doc *doc, bool events);

#endif
