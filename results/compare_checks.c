// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comparing the checks of one part of two sides. A check was fine in the base if it passed in one
 * of the base's runs; it is fine in the head if it passed in every run.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

struct side {
	const struct results_check *shown; /* a failed one, if any failed */
	size_t nr, nr_fine;
};

static void side_add(struct side *s, const struct results_check *c)
{
	s->nr++;
	s->nr_fine += c->ok;
	if (!s->shown || !c->ok)
		s->shown = c;
}

static enum results_check_verdict judge(const struct results_compared_part *p,
					const struct side *base, const struct side *head)
{
	bool fails = head->nr_fine < head->nr;

	if (!base->nr)
		return fails ? RESULTS_CHECK_NEW : RESULTS_CHECK_EXTRA;
	if (fails)
		return base->nr_fine ? RESULTS_CHECK_LOST : RESULTS_CHECK_STILL;
	if (head->nr < p->nr_docs - p->nr_base)
		return RESULTS_CHECK_MISSING;
	return base->nr_fine < base->nr ? RESULTS_CHECK_MENDED : RESULTS_CHECK_FINE;
}

static int by_identity(const void *a, const void *b)
{
	return results__check_cmp(a, b);
}

int results__compare_checks(struct results_compared_part *p)
{
	struct results__entries e = { .nr = 0 };
	int err = 0;

	for (size_t d = 0; d < p->nr_docs && !err; d++)
		err = results__entries_add(&e, p->docs[d]->checks, p->docs[d]->nr_checks,
					   sizeof(*p->docs[d]->checks), d >= p->nr_base);
	if (!err) {
		p->checks = malloc((e.nr + 1) * sizeof(*p->checks));
		err = p->checks ? 0 : -ENOMEM;
	}
	if (!err)
		results__entries_sort(&e, by_identity);
	for (size_t i = 0, next; i < e.nr && !err; i = next) {
		struct results_compared_check *check = &p->checks[p->nr_checks++];
		struct side sides[2] = { { .nr = 0 } };

		next = results__entries_next(&e, i, by_identity);
		for (size_t k = i; k < next; k++)
			side_add(&sides[e.v[k].is_head], e.v[k].of);
		*check = (struct results_compared_check){
			sides[0].shown,
			sides[1].shown,
			judge(p, &sides[0], &sides[1]),
		};
		p->check_count[check->verdict]++;
	}
	free(e.v);
	return err;
}
