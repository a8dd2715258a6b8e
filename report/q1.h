/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sections of Q1 that are not about the guests' kernels.
 */
#ifndef REPORT_Q1_H
#define REPORT_Q1_H

#include "model.h"

#define STOCK "x86_64-stock"
#define FORCED "x86_64-forced-rcu"
#define S390X "s390x-stock"

void q1_flush(struct model *m, struct page *p);	    /* the events of both x86_64 kernels */
void q1_broadcast(struct model *m, struct page *p); /* and where no interrupt is sent */

void q1_disciplines(struct model *m, struct page *p); /* the reference's, native */
void q1_host(struct model *m, struct page *p);	      /* the host's own kernel */
void q1_absent(struct model *m, struct page *p);      /* what could not be measured */

/* The native part when its figures are used, or NULL; what its environment says; its CPUs. */
const struct report_part *q1_native(struct model *m);
const char *q1_env(struct model *m, const struct report_part *part, const char *key,
		   const char *dflt);
long q1_cpus(struct model *m, const struct report_part *part);

#endif
