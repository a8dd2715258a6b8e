/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sections on freeing that are not about the guests' kernels.
 */
#ifndef REPORT_FREEING_H
#define REPORT_FREEING_H

#include "pages.h"

#define STOCK "x86_64-stock"
#define FORCED "x86_64-forced-rcu"
#define S390X "s390x-stock"

void freeing_flush(struct model *m, struct page *p);	    /* the events of both x86_64 kernels */
void freeing_broadcast(struct model *m, struct page *p); /* and where no interrupt is sent */

void freeing_disciplines(struct model *m, struct page *p); /* the reference's, native */
void freeing_host(struct model *m, struct page *p);	      /* the host's own kernel */
void freeing_absent(struct model *m, struct page *p);      /* what could not be measured */

/* The native part when its figures are used, or NULL; what its environment says; its CPUs. */
const struct report_part *freeing_native(struct model *m);
const char *freeing_env(struct model *m, const struct report_part *part, const char *key,
		   const char *dflt);
long freeing_cpus(struct model *m, const struct report_part *part);

#endif
