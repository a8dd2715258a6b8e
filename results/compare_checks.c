// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comparing the checks of one part of two sides. A check was fine in the base when one of its runs
 * says so; it is fine now when every new run has it and says so.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

struct entry {
	const struct results_check *c;
	bool is_new;
};

static int entry_cmp(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = results__check_cmp(x->c, y->c);

	return c ? c : (int)x->is_new - (int)y->is_new;
}

struct side {
	const struct results_check *shown; /* one that failed, if any did */
	size_t nr, nr_fine;
};

static void side_add(struct side *s, const struct results_check *c)
{
	s->nr++;
	s->nr_fine += c->ok;
	if (!s->shown || !c->ok)
		s->shown = c;
}

static enum results__check_verdict judge(const struct results__compared *c, const struct side *base,
					 const struct side *new)
{
	bool fails = new->nr_fine < new->nr;

	if (!base->nr)
		return fails ? RESULTS__CHECK_NEW : RESULTS__CHECK_EXTRA;
	if (fails)
		return base->nr_fine ? RESULTS__CHECK_LOST : RESULTS__CHECK_STILL;
	if (new->nr < c->nr_new)
		return RESULTS__CHECK_MISSING;
	return base->nr_fine < base->nr ? RESULTS__CHECK_MENDED : RESULTS__CHECK_FINE;
}

static struct entry *collect(const struct results__compared *c, size_t *nr)
{
	size_t room = 1;
	struct entry *all;

	for (size_t d = 0; d < c->nr_base + c->nr_new; d++)
		room += (d < c->nr_base ? c->base[d] : c->new[d - c->nr_base])->nr_checks;
	all = malloc(room * sizeof(*all));
	if (!all)
		return NULL;
	*nr = 0;
	for (size_t d = 0; d < c->nr_base + c->nr_new; d++) {
		bool is_new = d >= c->nr_base;
		const struct results_doc *doc = is_new ? c->new[d - c->nr_base] : c->base[d];

		for (size_t i = 0; i < doc->nr_checks; i++)
			all[(*nr)++] = (struct entry){ &doc->checks[i], is_new };
	}
	qsort(all, *nr, sizeof(*all), entry_cmp);
	return all;
}

int results__compare_checks(struct results__compared *c)
{
	size_t nr, next;
	struct entry *all = collect(c, &nr);

	if (!all)
		return -ENOMEM;
	c->checks = malloc((nr + 1) * sizeof(*c->checks));
	if (!c->checks) {
		free(all);
		return -ENOMEM;
	}
	for (size_t i = 0; i < nr; i = next) {
		struct side sides[2] = { { .nr = 0 } };
		struct results__compared_check *check = &c->checks[c->nr_checks++];

		for (next = i; next < nr && !results__check_cmp(all[next].c, all[i].c); next++)
			side_add(&sides[all[next].is_new], all[next].c);
		*check = (struct results__compared_check){
			sides[0].shown, sides[1].shown, judge(c, &sides[0], &sides[1]),
		};
		c->check_count[check->verdict]++;
	}
	free(all);
	return 0;
}
