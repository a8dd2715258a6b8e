// SPDX-License-Identifier: GPL-2.0-or-later
/* What becomes of the verdicts once all rows are known: identity, allowances, counts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "policy.h"

static bool is_move(enum results_verdict v)
{
	return v == RESULTS_ROW_BETTER || v == RESULTS_ROW_WORSE || v == RESULTS_ROW_CHANGED;
}

static bool is_environment_ignored(const struct results_compared_part *p)
{
	for (size_t i = 0; i < p->nr_differences; i++)
		if (p->differences[i].is_environment)
			return true;
	return false;
}

/*
 * One image in one environment does one thing: whatever a row of its kernel measured, it did not
 * change. That its values moved is a false alarm, and is counted. Reference rows are measured by
 * a program that is not in the image.
 */
static void identify(struct results_compared_part *p, struct results_compared_row *row)
{
	if (!row->base || !row->head || row->verdict == RESULTS_ROW_MISSING ||
	    row->m->subject != RESULTS_KERNEL)
		return;
	p->nr_identical++;
	p->nr_moved += is_move(row->verdict);
	row->why = row->verdict == RESULTS_ROW_EQUAL ? NULL : "the image is identical";
	row->verdict = RESULTS_ROW_EQUAL;
}

static void allow(struct results_compared_row *row, struct results__allowance *allowed,
		  size_t nr_allowed)
{
	if (row->verdict != RESULTS_ROW_WORSE && row->verdict != RESULTS_ROW_CHANGED)
		return;
	for (size_t i = 0; i < nr_allowed; i++) {
		if (!results__allows(&allowed[i], row->m))
			continue;
		allowed[i].used++;
		row->verdict = RESULTS_ROW_ALLOWED;
	}
}

/* An acknowledged change that has expired stays what it is, and says so. */
static void acknowledge(const char *part, struct results_compared_row *row,
			struct results__policy *policy)
{
	if (row->verdict != RESULTS_ROW_WORSE && row->verdict != RESULTS_ROW_CHANGED)
		return;
	for (size_t i = 0; i < policy->nr_acknowledged; i++) {
		struct results__acknowledged *a = &policy->acknowledged[i];

		if (!results__matches(&a->which, part, row->m))
			continue;
		a->used++;
		if (!a->expired)
			row->verdict = RESULTS_ROW_ALLOWED;
	}
}

/* A row that does not gate is not judged, whatever it is. */
static void gate(const char *part, struct results_compared_row *row,
		 const struct results__policy *policy)
{
	const struct results__rule *rule = results__rule_of(policy, part, row->m);

	row->gates = !rule || rule->gate;
	if (!rule ||
	    (rule->gate && !(rule->pass_inconclusive && row->verdict == RESULTS_ROW_UNCLEAR)))
		return;
	row->verdict = RESULTS_ROW_UNGATED;
	row->why = rule->reason;
}

static int family_cmp(const void *a, const void *b)
{
	return strcmp(((const struct results_compared_family *)a)->name,
		      ((const struct results_compared_family *)b)->name);
}

/* Finds or adds the row's family. NULL: no memory. */
static struct results_compared_family *family_of(struct results_comparison *c,
						 const struct results_compared_row *row)
{
	size_t n = strcspn(row->m->case_id, "/");
	struct results_compared_family *v;

	for (size_t i = 0; i < c->nr_families; i++)
		if (!strncmp(c->families[i].name, row->m->case_id, n) && !c->families[i].name[n])
			return &c->families[i];
	v = realloc(c->families, (c->nr_families + 1) * sizeof(*v));
	if (!v)
		return NULL;
	c->families = v;
	v += c->nr_families++;
	*v = (struct results_compared_family){ .nr_rows = 0 };
	snprintf(v->name, sizeof(v->name), "%.*s", (int)n, row->m->case_id);
	return v;
}

static int count(struct results_comparison *c, struct results_compared_part *p,
		 const struct results_compared_row *row)
{
	struct results_compared_family *f = family_of(c, row);

	if (!f)
		return -ENOMEM;
	f->nr_rows++;
	f->count[row->verdict]++;
	p->count[row->verdict]++;
	p->nr_exact += (row->base && row->base->kind == RESULTS_EXACT) ||
		       (row->head && row->head->kind == RESULTS_EXACT);
	return 0;
}

int results__settle(struct results_comparison *c, struct results__allowance *allowed,
		    size_t nr_allowed, struct results__policy *policy, bool exact_equal)
{
	int err = results__judge_sampled(c);

	for (size_t i = 0; i < c->nr_parts; i++) {
		struct results_compared_part *p = &c->parts[i];
		bool identical = p->image && !exact_equal && !is_environment_ignored(p);

		for (size_t k = 0; k < p->nr_rows && !err; k++) {
			struct results_compared_row *row = &p->rows[k];

			row->judged = row->verdict;
			row->gates = true;
			if (identical)
				identify(p, row);
			allow(row, allowed, nr_allowed);
			if (policy) {
				acknowledge(p->name, row, policy);
				gate(p->name, row, policy);
			}
			err = count(c, p, row);
		}
	}
	if (c->nr_families)
		qsort(c->families, c->nr_families, sizeof(*c->families), family_cmp);
	return err;
}
