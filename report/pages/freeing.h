/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files on freeing: kernels by role, and their sections.
 */
#ifndef REPORT_FREEING_H
#define REPORT_FREEING_H

#include "pages.h"

/* Whether the part's kernel frees tables by RCU and is a variant, not busted, of one that does
 * not. */
bool freeing_is_rcu_variant(const struct report_input *in, const struct report_part *part);

/* What the part's check table_free/rcu_path saw: "rcu", "immediate"; NULL: it did not run. */
const char *freeing_path_seen(const struct report_part *part);

enum freeing_kernel {
	BY_IPI,	   /* x86_64's stock kernel */
	BY_RCU,	   /* the first variant of it, by name, that frees by RCU */
	BROADCAST, /* s390x's stock kernel: its hardware broadcasts invalidations */
	NR_FREEING,
};
/* The kernel's part of that setup, or NULL; why it gives no figures. */
const struct report_part *freeing_part(const struct report_input *in, enum freeing_kernel k,
				       const char *setup);
const char *freeing_why(const struct report_input *in, enum freeing_kernel k, const char *setup);
/* "x86_64-stock (IPI)": the scenario, and the path that a check saw. */
const char *freeing_heading(const struct report_input *in, enum freeing_kernel k);
/* Names the other variants that free by RCU, of which the section does not speak; or nothing. */
void freeing_say_others(struct model *m, struct section *s, const char *setup);

void freeing_flush(struct model *m, struct page *p);	 /* the events of both x86_64 kernels */
void freeing_broadcast(struct model *m, struct page *p); /* a machine that sends no interrupt */

void freeing_releases(struct model *m, struct page *p); /* stock kernels whose way changed */

void freeing_disciplines(struct model *m, struct page *p); /* the reference's, native */
void freeing_host(struct model *m, struct page *p);	   /* the host's own kernel */
void freeing_absent(struct model *m, struct page *p);	   /* what could not be measured */

/* "collapse", "unshare": the row's case without its family. */
const char *freeing_case_word(struct model *m, const struct results_measurement *row);

/* The native part if its figures are used, or NULL; a value of its environment; its CPUs. */
const struct report_part *freeing_native(struct model *m);
const char *freeing_env(struct model *m, const struct report_part *part, const char *key,
			const char *dflt);
long freeing_cpus(struct model *m, const struct report_part *part);

#endif
