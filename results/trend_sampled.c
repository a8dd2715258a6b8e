// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Steps of sampled series, by seeded binary segmentation with the Mann-Whitney statistic.
 *
 * The intervals are those of Kovács, Bühlmann, Li and Munk (Seeded binary segmentation, Biometrika
 * 110, 2023): the whole series, then in each layer intervals of half the length, every second of
 * which overlaps two neighbours by half. So a change that is taken back soon is found as well: the
 * whole series has the same level before and behind it. No random number is drawn, and the ranks
 * assume no shape of the values. The p-value of an interval is multiplied by the number of places
 * that were tried in all intervals (Bonferroni); over the series Benjamini and Hochberg's rule sets
 * the threshold, which then holds for all further steps of a series, too (Benjamini and Bogomolov,
 * JRSS B 76, 2014).
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trend.h"

#define LEAST_SEGMENT 4	  /* values on either side of a step */
#define LEAST_INTERVAL 24 /* values; the whole series may be shorter */
/* Candidates have at least so many standard deviations: fewer are never significant. */
#define LEAST_Z 2.75

struct candidate {
	size_t start, end; /* of the interval */
	size_t at;
	double p;
};

/* A series that is being judged. */
struct scan {
	struct results_trend_series *s;
	double *v;	  /* per operation, in the order of the runs */
	size_t *by_value; /* numbers of the values, the smallest first */
	size_t places;	  /* that are tried in all intervals */
	struct candidate *found;
	size_t nr_found;
};

struct work {
	struct results__ranks *ranks;
	const double *v; /* of the scan, for sorting */
	size_t *order;
	unsigned *rank; /* doubled, by place in the interval */
	double *left, *right;
};

/* ---- intervals ---- */

static size_t layers_of(size_t nr)
{
	size_t layers = 1;

	while (nr >> layers >= LEAST_INTERVAL)
		layers++;
	return layers;
}

/* The i-th interval of a layer, of 2^(layer + 1) - 1. */
static void interval_at(size_t nr, size_t layer, size_t i, size_t *start, size_t *end)
{
	size_t parts = (size_t)2 << layer;

	*start = i * nr / parts;
	*end = ((i + 2) * nr + parts - 1) / parts;
}

static size_t intervals_in(size_t layer)
{
	return ((size_t)2 << layer) - 1;
}

/* The places that are tried in all intervals of nr values. */
static size_t places_of(size_t nr)
{
	size_t places = 0, start, end;

	for (size_t layer = 0; layer < layers_of(nr); layer++)
		for (size_t i = 0; i < intervals_in(layer); i++) {
			interval_at(nr, layer, i, &start, &end);
			if (end - start >= 2 * LEAST_SEGMENT)
				places += end - start - 2 * LEAST_SEGMENT + 1;
		}
	return places;
}

/* The smallest p-value, corrected, that nr values can have. 0 or -ENOMEM. */
static int least_of(struct results__ranks *r, size_t nr, double *p)
{
	int err;

	*p = 1;
	if (nr < 2 * LEAST_SEGMENT)
		return 0;
	err = results__rank_test_least(r, nr / 2, nr - nr / 2, p);
	*p = fmin(1, *p * (double)places_of(nr));
	return err;
}

/* ---- one interval ---- */

static int size_cmp(const void *a, const void *b, void *arg)
{
	const double *v = arg;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;

	if (v[i] != v[k])
		return v[i] < v[k] ? -1 : 1;
	return i < k ? -1 : i > k;
}

/* Puts the numbers of the interval's values into w->order, sorted by value. */
static void order_interval(const struct scan *c, struct work *w, size_t start, size_t end)
{
	size_t nr = 0;

	/* A long interval is picked out of the series, which is sorted already. */
	if ((end - start) * 16 >= c->s->nr_values) {
		for (size_t i = 0; i < c->s->nr_values; i++)
			if (c->by_value[i] >= start && c->by_value[i] < end)
				w->order[nr++] = c->by_value[i];
		return;
	}
	for (size_t i = start; i < end; i++)
		w->order[nr++] = i;
	qsort_r(w->order, nr, sizeof(*w->order), size_cmp, c->v);
}

/* Fills w->rank by w->order: doubled, and the mean of those that tie. */
static void give_ranks(const struct scan *c, struct work *w, size_t start, size_t nr)
{
	for (size_t i = 0, next; i < nr; i = next) {
		for (next = i + 1; next < nr && c->v[w->order[next]] == c->v[w->order[i]]; next++)
			;
		for (size_t k = i; k < next; k++)
			w->rank[w->order[k] - start] = i + next + 1;
	}
}

/* The place in the interval with the largest |z|, the first of several; 0: there is none. */
static size_t best_place(const struct scan *c, struct work *w, size_t start, size_t end, double *z)
{
	size_t nr = end - start, sum = 0, best = 0;
	double most = 0;

	*z = 0;
	if (nr < 2 * LEAST_SEGMENT)
		return 0;
	order_interval(c, w, start, end);
	give_ranks(c, w, start, nr);
	for (size_t t = 1; t <= nr - LEAST_SEGMENT; t++) {
		size_t centre = t * (nr + 1);
		double far, square;

		sum += w->rank[t - 1];
		if (t < LEAST_SEGMENT)
			continue;
		far = (double)(sum > centre ? sum - centre : centre - sum);
		square = far * far / ((double)t * (double)(nr - t));
		if (square > most) {
			most = square;
			best = start + t;
		}
	}
	*z = best ? sqrt(3 * most / ((double)nr + 1)) : 0;
	return best;
}

static int double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts the values from .. to - 1 into out; returns their median. */
static double sort_values(const double *v, size_t from, size_t to, double *out)
{
	size_t nr = to - from;

	memcpy(out, v + from, nr * sizeof(*out));
	qsort(out, nr, sizeof(*out), double_cmp);
	return (out[(nr - 1) / 2] + out[nr / 2]) / 2;
}

/* Whether the interval's best place can be a step with a p up to the limit: 1, 0, or -ENOMEM. */
static int try_interval(const struct scan *c, struct work *w, size_t start, size_t end,
			double limit, struct candidate *out)
{
	struct results__rank_test test;
	double z, before, after;
	size_t at = best_place(c, w, start, end, &z);

	if (!at || z < LEAST_Z)
		return 0;
	before = sort_values(c->v, start, at, w->left);
	after = sort_values(c->v, at, end, w->right);
	if (!results__trend_counts(before, after, c->s->m->metric->effect))
		return 0;
	if (results__rank_test(w->ranks, w->left, at - start, w->right, end - at, &test))
		return -ENOMEM;
	*out = (struct candidate){ start, end, at, test.p * (double)c->places };
	return out->p <= limit;
}

static int add(struct candidate **array, size_t *nr, const struct candidate *one)
{
	struct candidate *bigger = realloc(*array, (*nr + 1) * sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	*array = bigger;
	bigger[(*nr)++] = *one;
	return 0;
}

/* The most significant first; of equal ones the longest interval, then the first. */
static int candidate_cmp(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	size_t m = x->end - x->start, n = y->end - y->start;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	if (m != n)
		return m > n ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static int find_candidates(struct scan *c, struct work *w, double level)
{
	size_t nr = c->s->nr_values, start, end;
	struct candidate one;
	int err = 0;

	c->places = places_of(nr);
	for (size_t i = 0; i < nr; i++)
		c->by_value[i] = i;
	qsort_r(c->by_value, nr, sizeof(*c->by_value), size_cmp, c->v);
	for (size_t layer = 0; layer < layers_of(nr); layer++)
		for (size_t i = 0; i < intervals_in(layer) && !err; i++) {
			interval_at(nr, layer, i, &start, &end);
			err = try_interval(c, w, start, end, level, &one);
			if (err > 0)
				err = add(&c->found, &c->nr_found, &one);
		}
	if (c->nr_found)
		qsort(c->found, c->nr_found, sizeof(*c->found), candidate_cmp);
	return err;
}

/* ---- the steps ---- */

static int by_place(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/*
 * Moves the steps to the front of c->found, sorted by place: the most significant candidate, then
 * the next one whose interval has no step inside, and so on. Returns their number.
 */
static size_t choose(struct scan *c, double threshold)
{
	size_t nr = 0;

	for (size_t i = 0; i < c->nr_found && c->found[i].p <= threshold; i++) {
		struct candidate *f = &c->found[i];
		bool has_step = false;

		for (size_t k = 0; k < nr; k++)
			has_step |= f->start < c->found[k].at && c->found[k].at < f->end;
		if (!has_step)
			c->found[nr++] = *f;
	}
	if (nr)
		qsort(c->found, nr, sizeof(*c->found), by_place);
	return nr;
}

static void levels_at(const struct scan *c, struct work *w, size_t nr, size_t i, double *before,
		      double *after)
{
	size_t from = i ? c->found[i - 1].at : 0, at = c->found[i].at;
	size_t to = i + 1 < nr ? c->found[i + 1].at : c->s->nr_values;

	*before = sort_values(c->v, from, at, w->left);
	*after = sort_values(c->v, at, to, w->right);
}

/*
 * Puts each step where the values fit its two levels best: the sum of their distances is least. A
 * rank does not say how far a value lies from the others; next to a step that matters.
 */
static void settle(struct scan *c, struct work *w, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		size_t from = i ? c->found[i - 1].at : 0;
		size_t to = i + 1 < nr ? c->found[i + 1].at : c->s->nr_values;
		double before, after, sum = 0, least = INFINITY;

		levels_at(c, w, nr, i, &before, &after);
		for (size_t at = from + 1; at + LEAST_SEGMENT <= to; at++) {
			double v = c->v[at - 1];

			sum += fabs(v - before) - fabs(v - after);
			if (at < from + LEAST_SEGMENT || sum >= least)
				continue;
			least = sum;
			c->found[i].at = at;
		}
	}
}

/* Removes steps whose levels differ by less than counts, the smallest first. Returns how many stay.
 */
static size_t prune(struct scan *c, struct work *w, size_t nr)
{
	double before, after;

	for (;;) {
		double least = INFINITY;
		size_t at = nr;

		for (size_t i = 0; i < nr; i++) {
			double by;

			levels_at(c, w, nr, i, &before, &after);
			if (results__trend_counts(before, after, c->s->m->metric->effect))
				continue;
			by = before > 0 && after > 0 ? fabs(log(after / before)) : 0;
			if (by < least) {
				least = by;
				at = i;
			}
		}
		if (at == nr)
			return nr;
		memmove(&c->found[at], &c->found[at + 1], (nr - at - 1) * sizeof(*c->found));
		nr--;
	}
}

/* Adds the steps between two others, from the first to the last: plain binary segmentation. */
static int split(const struct scan *c, struct work *w, size_t from, size_t to, double threshold,
		 struct candidate **steps, size_t *nr)
{
	struct candidate one;
	int err = try_interval(c, w, from, to, threshold, &one);

	if (err <= 0)
		return err;
	err = split(c, w, from, one.at, threshold, steps, nr);
	if (!err)
		err = add(steps, nr, &one);
	return err ? err : split(c, w, one.at, to, threshold, steps, nr);
}

/* Replaces c->found, of which nr are steps, by these and those between them. */
static int split_all(struct scan *c, struct work *w, size_t *nr, double threshold)
{
	struct candidate *steps = NULL;
	size_t all = 0, from = 0;
	int err = 0;

	for (size_t i = 0; i < *nr && !err; i++) {
		err = split(c, w, from, c->found[i].at, threshold, &steps, &all);
		if (!err)
			err = add(&steps, &all, &c->found[i]);
		from = c->found[i].at;
	}
	if (!err && *nr)
		err = split(c, w, from, c->s->nr_values, threshold, &steps, &all);
	free(c->found);
	c->found = steps;
	*nr = c->nr_found = all;
	return err;
}

static int find_steps(struct scan *c, struct work *w, double threshold)
{
	size_t nr = choose(c, threshold);
	int err = split_all(c, w, &nr, threshold);

	if (err)
		return err;
	settle(c, w, nr);
	nr = prune(c, w, nr);
	for (size_t i = 0; i < nr && !err; i++) {
		double before, after;

		levels_at(c, w, nr, i, &before, &after);
		err = results__trend_add(c->s, c->found[i].at, before, after, after - before,
					 c->found[i].p);
	}
	if (nr)
		c->s->verdict = RESULTS_TREND_STEPS;
	return err;
}

/* ---- neighbours that are alike ---- */

#define WANDERS_Z 2.326 /* 1 % of one side */

/*
 * Whether values are like those of the run before: the serial correlation of the ranks of their
 * distances from the level (Wald and Wolfowitz 1943). Then runs are no independent draws, and a p
 * says less than it seems to.
 */
static void find_wandering(struct scan *c, struct work *w)
{
	struct results_trend_series *s = c->s;
	size_t nr = s->nr_values;
	double mean = (double)nr + 1, sum = 0, squares = 0;

	for (size_t i = 0, k = 0, from = 0; k <= s->nr_steps; k++, from = i) {
		size_t to = k < s->nr_steps ? s->steps[k].at : nr;
		double level = sort_values(c->v, from, to, w->left);

		for (i = from; i < to; i++)
			w->right[i] = c->v[i] - level;
	}
	memcpy(c->v, w->right, nr * sizeof(*c->v));
	for (size_t i = 0; i < nr; i++)
		w->order[i] = i;
	qsort_r(w->order, nr, sizeof(*w->order), size_cmp, c->v);
	give_ranks(c, w, 0, nr);
	for (size_t i = 0; i < nr; i++) {
		double by = (double)w->rank[i] - mean;

		squares += by * by;
		if (i + 1 < nr)
			sum += by * ((double)w->rank[i + 1] - mean);
	}
	s->wanders = squares > 0 && sum / squares * sqrt((double)nr) > WANDERS_Z;
}

/* ---- all series ---- */

static bool is_sampled(const struct results_trend_series *s)
{
	return s->kind == RESULTS_SAMPLED;
}

static int prepare(struct scan *c, struct results_trend_series *s)
{
	c->s = s;
	c->v = malloc(s->nr_values * sizeof(*c->v));
	c->by_value = malloc(s->nr_values * sizeof(*c->by_value));
	if (!c->v || !c->by_value)
		return -ENOMEM;
	for (size_t i = 0; i < s->nr_values; i++)
		c->v[i] = s->values[i].median / (double)s->values[i].nr_ops;
	return 0;
}

static int prepare_work(struct work *w, const struct results_trend *t)
{
	size_t most = 1;

	for (size_t i = 0; i < t->nr_series; i++)
		most = t->series[i].nr_values > most ? t->series[i].nr_values : most;
	w->ranks = results__ranks_new();
	w->order = malloc(most * sizeof(*w->order));
	w->rank = malloc(most * sizeof(*w->rank));
	w->left = malloc(most * sizeof(*w->left));
	w->right = malloc(most * sizeof(*w->right));
	return w->ranks && w->order && w->rank && w->left && w->right ? 0 : -ENOMEM;
}

static void free_work(struct work *w)
{
	results__ranks_free(w->ranks);
	free(w->order);
	free(w->rank);
	free(w->left);
	free(w->right);
}

/* The largest p of a step, such that of the series in which steps are found few are false. */
static int set_threshold(struct results_trend *t, const struct scan *scans, size_t nr)
{
	double *p = malloc((nr + 1) * sizeof(*p));
	size_t found = 0;

	if (!p)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		p[i] = scans[i].nr_found ? scans[i].found[0].p : 1;
	if (results__adjust(p, nr)) {
		free(p);
		return -ENOMEM;
	}
	for (size_t i = 0; i < nr; i++)
		found += p[i] <= t->level;
	t->nr_tested = nr;
	t->threshold = nr ? t->level * (double)(found ? found : 1) / (double)nr : t->level;
	free(p);
	return 0;
}

static int judge(struct results_trend *t, struct scan *scans, struct work *w)
{
	double least;
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_series; i++) {
		struct results_trend_series *s = &t->series[i];

		s->verdict = is_sampled(s) ? RESULTS_TREND_SHORT : s->verdict;
		if (!is_sampled(s))
			continue;
		if (least_of(w->ranks, s->nr_values, &least))
			return -ENOMEM;
		/* A series in which nothing could be found takes nothing from the others. */
		if (least > t->level)
			continue;
		if (prepare(&scans[nr++], s) || find_candidates(&scans[nr - 1], w, t->level))
			return -ENOMEM;
	}
	if (set_threshold(t, scans, nr))
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		if (least_of(w->ranks, scans[i].s->nr_values, &least))
			return -ENOMEM;
		if (least <= t->threshold)
			scans[i].s->verdict = RESULTS_TREND_LEVEL;
		if (find_steps(&scans[i], w, t->threshold))
			return -ENOMEM;
		find_wandering(&scans[i], w);
	}
	for (t->needed = 2 * LEAST_SEGMENT; t->needed < 10000; t->needed++)
		if (least_of(w->ranks, t->needed, &least) || least <= t->threshold)
			break;
	return 0;
}

int results__trend_sampled(struct results_trend *t)
{
	struct scan *scans = calloc(t->nr_series + 1, sizeof(*scans));
	struct work w = { NULL };
	int err = scans ? prepare_work(&w, t) : -ENOMEM;

	if (!err)
		err = judge(t, scans, &w);
	for (size_t i = 0; scans && i < t->nr_series; i++) {
		free(scans[i].v);
		free(scans[i].by_value);
		free(scans[i].found);
	}
	free(scans);
	free_work(&w);
	return err;
}
