// SPDX-License-Identifier: GPL-2.0-or-later
/* A trend: what is read from a folder of runs, its steps, and what that amounts to. */
#include <array_size.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trend.h"

/* ---- the order of steps ---- */

static int rank_of(enum results_verdict v)
{
	return v == RESULTS_ROW_WORSE ? 0 : v == RESULTS_ROW_CHANGED ? 1 : 2;
}

static int newest_first(const void *a, const void *b)
{
	const struct results_trend_found *x = a, *y = b;
	size_t mine = x->series->values[x->step->at].run,
	       other = y->series->values[y->step->at].run;

	if (mine != other)
		return mine > other ? -1 : 1;
	if (x->step->verdict != y->step->verdict)
		return rank_of(x->step->verdict) - rank_of(y->step->verdict);
	if (fabs(x->step->change) != fabs(y->step->change))
		return fabs(x->step->change) > fabs(y->step->change) ? -1 : 1;
	if (x->series != y->series)
		return x->series < y->series ? -1 : 1; /* the order of the array of series */
	return x->step < y->step ? -1 : x->step > y->step;
}

int results_trend_newest_first(const struct results_trend *t, struct results_trend_found **out)
{
	size_t nr = 0;

	*out = malloc((t->nr_steps + 1) * sizeof(**out));
	if (!*out)
		return -ENOMEM;
	for (size_t i = 0; i < t->nr_series; i++)
		for (size_t k = 0; k < t->series[i].nr_steps; k++)
			(*out)[nr++] = (struct results_trend_found){ &t->series[i],
								     &t->series[i].steps[k] };
	if (nr)
		qsort(*out, nr, sizeof(**out), newest_first);
	return 0;
}

/* ---- what it amounts to ---- */

/* The value of key is there, and the same, in both subjects. */
static bool is_same(const struct results_pairs *a, const struct results_pairs *b, const char *key)
{
	const char *x = results_pairs_get(a, key), *y = results_pairs_get(b, key);

	return x && y && !strcmp(x, y);
}

/* Rows of a kernel: one image with one command line does one thing (docs/judging.md). */
static void find_images(const struct results_trend *t, struct results_trend_series *s)
{
	for (size_t i = 0; i < s->nr_steps; i++) {
		const struct results_trend_value *v = &s->values[s->steps[i].at];
		const struct results_pairs *a = &t->subjects[v[-1].subject];
		const struct results_pairs *b = &t->subjects[v->subject];

		s->steps[i].same_image = s->m->subject == RESULTS_KERNEL &&
					 is_same(a, b, "image_sha256") &&
					 is_same(a, b, "command_line");
	}
}

static int count_series(struct results_trend *t)
{
	for (size_t i = 0; i < t->nr_series; i++) {
		struct results_trend_series *s = &t->series[i];
		char *text;

		find_images(t, s);
		t->verdicts[s->verdict]++;
		t->nr_steps += s->nr_steps;
		t->nr_unclear += s->nr_unclear;
		t->nr_wandering += s->wanders;
		if (s->values[s->nr_values - 1].run == t->groups[s->group].last)
			continue;
		text = results__trend_name(t, s);
		if (!text)
			return -ENOMEM;
		results__trend_count(&t->ended, 1, text);
	}
	t->status = t->verdicts[RESULTS_TREND_STEPS] + t->verdicts[RESULTS_TREND_LEVEL]
			    ? EXIT_FINE
			    : EXIT_INCONCLUSIVE;
	return 0;
}

char *results_trend_conclusion(const struct results_trend *t)
{
	size_t with = t->verdicts[RESULTS_TREND_STEPS], shorts = t->verdicts[RESULTS_TREND_SHORT];
	char *text;
	int ret;

	if (t->status != EXIT_FINE)
		ret = asprintf(&text, "nothing was judged: %s",
			       t->nr_series	 ? "all series are too short"
			       : t->nr_documents ? "no row that was asked for has a value"
						 : "there is no result file that was asked for");
	else
		ret = asprintf(
			&text,
			"%zu step%s in %zu of %zu series; %zu %s none, %zu %s too short to judge",
			t->nr_steps, results__s(t->nr_steps), with, t->nr_series,
			t->verdicts[RESULTS_TREND_LEVEL],
			t->verdicts[RESULTS_TREND_LEVEL] == 1 ? "has" : "have", shorts,
			shorts == 1 ? "is" : "are");
	return ret < 0 ? NULL : text;
}

/* ---- making it ---- */

static int find_steps(struct results_trend *t)
{
	int err = 0;

	for (size_t i = 0; i < t->nr_series && !err; i++)
		if (t->series[i].kind != RESULTS_SAMPLED)
			err = results__trend_whole(&t->series[i]);
	if (!err)
		err = results__trend_sampled(t);
	return err ? err : count_series(t);
}

int results_trend(const char *dir, const struct results_trend_options *options,
		  struct results_trend **out, struct results_error *err)
{
	static const struct results_trend_options none;
	const struct results_trend_options *o = options ? options : &none;
	struct results_trend *t = calloc(1, sizeof(*t));
	struct results__selection only;
	struct results_error ignored;
	int ret;

	*out = NULL;
	err = err ? err : &ignored;
	if (t)
		t->dir = strdup(dir);
	if (!t || !t->dir) {
		results_trend_free(t);
		return results__error(err, -ENOMEM, dir, "", "no memory to read it");
	}
	t->level = o->level > 0 ? o->level : RESULTS_LEVEL;
	ret = results__selection_init(&only, &o->only, err);
	if (!ret)
		ret = results__trend_read(t, o, &only, err);
	results__selection_free(&only);
	if (!ret) {
		ret = find_steps(t);
		if (ret)
			results__error(err, ret, dir, "", "no memory to judge it");
	}
	if (ret)
		results_trend_free(t);
	else
		*out = t;
	return ret;
}

static void free_series(struct results_trend_series *s)
{
	/* The names were made for this series alone; in public they are not to be changed. */
	struct results_measurement *m = (struct results_measurement *)s->m;

	if (m)
		results__measurement_free(m);
	free(m);
	free(s->values);
	free(s->steps);
}

static void free_counts(struct results_trend *t)
{
	struct results_trend_count *const counts[] = {
		&t->unreadable,	  &t->repeated, &t->partial, &t->failed,   &t->skipped_parts,
		&t->skipped_rows, &t->links,	&t->others,  &t->left_out, &t->ended,
	};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		free(counts[i]->first);
}

void results_trend_free(struct results_trend *t)
{
	if (!t)
		return;
	free_counts(t);
	for (size_t i = 0; i < t->nr_runs; i++) {
		free(t->runs[i].id);
		free(t->runs[i].time);
		free(t->runs[i].revision);
	}
	for (size_t i = 0; i < t->nr_groups; i++) {
		free(t->groups[i].part);
		free(t->groups[i].mode);
		results_pairs_free(&t->groups[i].environment);
	}
	for (size_t i = 0; i < t->nr_subjects; i++)
		results_pairs_free(&t->subjects[i]);
	for (size_t i = 0; i < t->nr_series; i++)
		free_series(&t->series[i]);
	free(t->dir);
	free(t->runs);
	free(t->groups);
	free(t->subjects);
	free(t->series);
	free(t);
}
