/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page of history: one scenario on several versions of the kernel.
 */
#ifndef REPORT_HISTORY_H
#define REPORT_HISTORY_H

#include "pages.h"

/* Boots, which steps compare, and the part of the image. */
enum history_boot {
	HISTORY_COSTS,
	HISTORY_EVENTS,
	HISTORY_BOOTS,
	HISTORY_CODE = HISTORY_BOOTS,
	HISTORY_PARTS,
};
/* "icount-1cpu", "icount-2cpu", "static" */
extern const char *const history_setups[HISTORY_PARTS];

/* The setup of the boot that counts costs by function. */
#define HISTORY_FUNCTIONS "icount-functions"

/* A scenario on one version of the kernel. */
struct version_kernel {
	const char *scenario, *release;
	const struct report_input *in; /* the run that has it */
	/* Parts with figures; NULL: why[] has the reason. */
	const struct report_part *parts[HISTORY_PARTS];
	const char *why[HISTORY_PARTS];
	/* The boot that counts costs by function; NULL: why_functions has the reason. */
	const struct report_part *functions;
	const char *why_functions;
};

/* A scenario in all versions that the runs have, the oldest release first. */
struct series {
	const char *stem, *arch;
	const char *version; /* "6.12", of point releases; else NULL */
	struct version_kernel *v;
	size_t nr;
};

struct history {
	/* Of several point releases of a version (6.12.107, 6.12.111) each series has one. */
	struct series *v;
	size_t nr;
	struct series *points; /* these point releases: a version of a series each */
	size_t nr_points;
	const char *twice; /* kernels that two runs have, of which the later run's count; or NULL */
};

/* Reads the kernels of nr runs. several: only scenarios in several versions,
 * or set aside. */
struct history history_read(struct arena *a, const struct report_input *const *runs, size_t nr,
			    bool several);

/* ---- what each page has as its headline ---- */

struct measure {
	const char *words; /* "munmap that frees the first table" */
	enum history_boot boot;
	const char *case_id, *metric;
	/* The row's params without the kernel's own, or how the value is derived. */
	const char *params;
	struct rvalue (*derive)(struct arena *a, const struct report_part *part,
				const struct measure *what);
};

struct topic {
	const char *id, *title, *question;
	const char *note; /* or NULL */
	const struct measure *v;
	size_t nr;
};
extern const struct topic history_topics[];
extern const size_t history_nr_topics;

/* The kernel's value, or why there is none. */
struct rvalue history_value(struct arena *a, const struct version_kernel *k,
			    const struct measure *what);
/* The value in that part, whatever boot it is of. */
struct rvalue history_value_in(struct arena *a, const struct report_part *part,
			       const struct measure *what);

/* ---- rows of two versions ---- */

#define HISTORY_OWN_KEYS 4
/* Params that are properties of a kernel. */
extern const char *const history_own_keys[HISTORY_OWN_KEYS];
/* Those that tell no two rows apart in either document. Returns how many. */
size_t history_hidden(struct arena *a, const struct results_doc *old, const struct results_doc *new,
		      const char *hidden[HISTORY_OWN_KEYS]);
/* A copy of the document whose rows of the kernel lack the keys. 0 or -errno; m frees it. */
int history_bare(struct model *m, const struct results_doc *doc, const char *const *hidden,
		 size_t nr, struct results_doc **out, struct results_error *err);
/* "format (A, then B)": hidden keys whose values differ; NULL: none does. */
const char *history_own_text(struct arena *a, const struct results_doc *old,
			     const struct results_doc *new, const char *const *hidden, size_t nr);

/* "environments differ in compiler": why counts are not compared; NULL: they can be. */
const char *history_other_environment(struct arena *a, const struct results_doc *x,
				      const struct results_doc *y);

/* ---- what is known to have changed ---- */

struct known_change {
	const char *after, *by; /* in a release after the one, and not after the other */
	bool backported;	/* fix releases of older ones may have it: unknown between those */
	const char *archs;	/* "x86_64,i386"; NULL: all */
	const char *cases;	/* patterns of fnmatch(3), with commas between */
	const char *mem;	/* of rows with this kind of memory; NULL: all */
	const char *text, *commits;
};
/* The next change after *from that may lie between the releases and fits the row; NULL: none. */
const struct known_change *history_known(const char *old, const char *new, const char *arch,
					 const struct results_measurement *row, size_t *from);

/* Adds the section of what got worse. */
void history_steps(struct model *m, struct page *p, const struct history *h);
/* Adds the section of what changed between point releases, if there are several of a version. */
void history_points(struct model *m, struct page *p, const struct history *h);
/* Adds the section of the functions that account for it, if any kernel was counted by function. */
void history_by_function(struct model *m, struct page *p, const struct history *h);
/* Adds the section of what the option of preemption did, if it changed between two versions. */
void history_preemption(struct model *m, struct page *p, const struct history *h);
/* A new document, which history_free() frees. 0 or -errno */
int history_doc(struct model *m, const char *part, const char *mode, struct results_doc **out);
/* "x86_64-stock@7.3 (7.3.4)" */
const char *history_name(struct arena *a, const struct version_kernel *k);
/* The kernel's release where that tells it from the series' others, else history_name(). */
const char *history_short_name(struct model *m, const struct series *s,
			       const struct version_kernel *k);
/* Was it measured, so that it is compared with the one before? */
bool history_has_figures(const struct version_kernel *k);
/* Why it was not: of the boot that says most. */
const char *history_no_figures(const struct version_kernel *k);
/*
 * What a command calls the kernel: SCENARIO@6.12.117 where SCENARIO@6.12 was booted as that
 * release, for by then another may be the newest 6.12.
 */
const char *history_named(struct arena *a, const struct version_kernel *k);
/* The words of a command that boots both, with the variables that their own commands set. */
const char *history_command(struct arena *a, const struct version_kernel *old,
			    const struct version_kernel *new, const char *words);

#endif
