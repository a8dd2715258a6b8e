// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Measures how often `ptbench trend` finds steps in sampled series that have none, and how often it
 * finds one that is there. Prints a line for each kind of noise; docs/trend.md has them as tables.
 *
 * trend_noise [TRENDS]: so many trends (default 2000) of each line; the same numbers on each run.
 */
#include <array_size.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../trend.h"

/* ---- noise ---- */

static unsigned long long state;

/* Uniform in 0..1, without the ends: Steele, Lea and Flood's splitmix64 (OOPSLA 2014). */
static double uniform(void)
{
	unsigned long long z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return ((double)(z >> 12) + 0.5) / 4503599627370496.0;
}

static double gauss(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

/* Each has about the standard deviation 1 where it has one; last: the value before. */
static double white(double last)
{
	(void)last;
	return gauss();
}

/* Student's t with 2 degrees of freedom has no variance. */
static double heavy(double last)
{
	(void)last;
	return gauss() / sqrt(-log(uniform()));
}

/* Every twentieth run is slower by far. */
static double outliers(double last)
{
	(void)last;
	return gauss() + (uniform() < 0.05 ? 20 : 0);
}

static double two_modes(double last)
{
	(void)last;
	return 0.3 * gauss() + (uniform() < 0.5 ? 1 : -1);
}

static double rounded(double last)
{
	(void)last;
	return round(2 * gauss()) / 2;
}

static double autocorrelated(double last, double by)
{
	return by * last + sqrt(1 - by * by) * gauss();
}

static double correlated_30(double last)
{
	return autocorrelated(last, 0.3);
}

static double correlated_60(double last)
{
	return autocorrelated(last, 0.6);
}

static double correlated_90(double last)
{
	return autocorrelated(last, 0.9);
}

/* A walk that never returns: half a percent a run. */
static double walk(double last)
{
	return last + 0.5 * gauss();
}

static const struct noise {
	const char *name;
	double (*next)(double last);
} noises[] = {
	{ "white", white },
	{ "heavy", heavy },
	{ "outliers", outliers },
	{ "two_modes", two_modes },
	{ "rounded", rounded },
	{ "correlated_0.3", correlated_30 },
	{ "correlated_0.6", correlated_60 },
	{ "correlated_0.9", correlated_90 },
	{ "walk", walk },
};

/* ---- a trend of series ---- */

struct shape {
	const struct noise *noise;
	double sd; /* a share of the level */
	size_t runs, series;
	size_t at, to; /* values at .. to - 1 are higher */
	double by;     /* by this share */
};

static void fill(struct results_trend_series *s, const struct shape *shape)
{
	double last = shape->noise->next(0);

	for (size_t i = 0; i < shape->runs; i++) {
		bool up = i >= shape->at && i < shape->to;
		double v = 1000 * (up ? 1 + shape->by : 1) * (1 + shape->sd * last);

		s->values[i] = (struct results_trend_value){ .kind = RESULTS_SAMPLED,
							     .median = fmax(v, 1),
							     .nr_ops = 1 };
		last = shape->noise->next(last);
	}
}

struct seen {
	size_t series, trends; /* with a step */
	size_t wanders;	       /* series that are flagged */
	size_t marked;	       /* of those with a step */
	size_t near, exact;    /* series with a step at the right place, or at most two beside it */
};

static void die(void)
{
	fputs("trend_noise: no memory\n", stderr);
	exit(2);
}

static void look(const struct results_trend *t, const struct shape *shape, struct seen *seen)
{
	bool any = false;

	for (size_t i = 0; i < t->nr_series; i++) {
		const struct results_trend_series *s = &t->series[i];
		size_t least = SIZE_MAX;

		for (size_t k = 0; k < s->nr_steps; k++) {
			size_t at = s->steps[k].at;
			size_t by = at > shape->at ? at - shape->at : shape->at - at;

			least = by < least ? by : least;
		}
		any |= s->nr_steps > 0;
		seen->series += s->nr_steps > 0;
		seen->wanders += s->wanders;
		seen->marked += s->nr_steps && s->wanders;
		seen->near += least <= 2;
		seen->exact += least == 0;
	}
	seen->trends += any;
}

static struct seen try(const struct shape *shape, size_t trends)
{
	static const struct results_measurement *m;
	static struct results_measurement time;
	struct results_trend t = { .level = RESULTS_LEVEL, .nr_series = shape->series };
	struct seen seen = { 0 };

	time.metric = results_metric_find("time");
	m = &time;
	t.series = calloc(shape->series, sizeof(*t.series));
	for (size_t i = 0; t.series && i < shape->series; i++) {
		t.series[i] = (struct results_trend_series){ .m = m,
							     .kind = RESULTS_SAMPLED,
							     .nr_values = shape->runs };
		t.series[i].values = calloc(shape->runs, sizeof(*t.series[i].values));
		if (!t.series[i].values)
			die();
	}
	for (size_t k = 0; k < trends; k++) {
		for (size_t i = 0; i < shape->series; i++) {
			free(t.series[i].steps);
			t.series[i].steps = NULL;
			t.series[i].nr_steps = 0;
			t.series[i].wanders = false;
			fill(&t.series[i], shape);
		}
		if (!t.series || results__trend_sampled(&t))
			die();
		look(&t, shape, &seen);
	}
	for (size_t i = 0; i < shape->series; i++) {
		free(t.series[i].values);
		free(t.series[i].steps);
	}
	free(t.series);
	return seen;
}

/* ---- what is tried ---- */

static void false_alarms(size_t trends)
{
	static const size_t runs[] = { 20, 50, 200 };

	for (size_t i = 0; i < ARRAY_SIZE(noises); i++)
		for (size_t k = 0; k < ARRAY_SIZE(runs); k++) {
			const struct shape shapes[] = {
				{ &noises[i], 0.03, runs[k], 1, 0, 0, 0 },
				{ &noises[i], 0.03, runs[k], 40, 0, 0, 0 },
			};

			for (size_t n = 0; n < ARRAY_SIZE(shapes); n++) {
				size_t nr = (trends + shapes[n].series - 1) / shapes[n].series;
				struct seen seen = try(&shapes[n], nr);

				printf("false %s runs=%zu series=%zu: %zu of %zu trends, %zu of %zu series, %zu of them marked; %zu series wander\n",
				       noises[i].name, runs[k], shapes[n].series, seen.trends, nr,
				       seen.series, nr * shapes[n].series, seen.marked,
				       seen.wanders);
				fflush(stdout);
			}
		}
}

static void power(size_t trends)
{
	static const struct {
		size_t runs, at, to;
		const char *what;
	} places[] = {
		{ 50, 25, 50, "half of 50" },	    { 50, 44, 50, "last 6 of 50" },
		{ 50, 20, 32, "12 inside 50" },	    { 200, 100, 200, "half of 200" },
		{ 200, 100, 115, "15 inside 200" },
	};
	static const double by[] = { 0.02, 0.03, 0.05, 0.10 }, sd[] = { 0.01, 0.03 };

	for (size_t n = 0; n < 2; n++)
		for (size_t i = 0; i < ARRAY_SIZE(places); i++)
			for (size_t d = 0; d < ARRAY_SIZE(sd); d++)
				for (size_t k = 0; k < ARRAY_SIZE(by); k++) {
					const struct shape shape = { &noises[n],     sd[d],
								     places[i].runs, 1,
								     places[i].at,   places[i].to,
								     by[k] };
					struct seen seen = try(&shape, trends);

					printf("power %s sd=%g%% %s by=%g%%: found %.1f %%, within 2 runs %.1f %%, in place %.1f %%\n",
					       noises[n].name, 100 * sd[d], places[i].what,
					       100 * by[k],
					       100.0 * (double)seen.series / (double)trends,
					       100.0 * (double)seen.near / (double)trends,
					       100.0 * (double)seen.exact / (double)trends);
					fflush(stdout);
				}
}

int main(int argc, char **argv)
{
	long trends = argc > 1 ? strtol(argv[1], NULL, 10) : 2000;

	if (trends < 1) {
		fputs("usage: trend_noise [TRENDS]\n", stderr);
		return 2;
	}
	state = 20261130;
	false_alarms((size_t)trends);
	power((size_t)trends);
	return 0;
}
