// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints what results/twosample.h computes of each line of stdin, for a test that does not know it:
 *   two LEVEL M N X... Y...   p, 1 if exact, estimate, low, high, least p
 *   one LEVEL N D...          estimate, low, high
 *   adjust N P...             the adjusted p-values
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../internal.h"
#include "../twosample.h"

static double *numbers(size_t nr)
{
	double *v = calloc(nr + 1, sizeof(*v));

	for (size_t i = 0; v && i < nr; i++)
		if (scanf("%lf", &v[i]) != 1)
			exit(2);
	return v;
}

static size_t count(void)
{
	size_t nr;

	if (scanf("%zu", &nr) != 1 || !nr)
		exit(2);
	return nr;
}

static double number(void)
{
	double v;

	if (scanf("%lf", &v) != 1)
		exit(2);
	return v;
}

static double *sorted(size_t nr)
{
	double *v = numbers(nr), *s = results__sorted(v, nr);

	free(v);
	return s;
}

static int two(struct results__ranks *r)
{
	double level = number(), least;
	size_t m = count(), n = count();
	double *x = sorted(m), *y = sorted(n);
	struct results__rank_test t;
	struct results__shift s;

	if (results__rank_test(r, x, m, y, n, &t) || results__shift(r, x, m, y, n, level, &s) ||
	    results__rank_test_least(r, m, n, &least))
		return 2;
	printf("%.17g %d %.17g %.17g %.17g %.17g\n", t.p, t.exact, s.estimate, s.low, s.high,
	       least);
	free(x);
	free(y);
	return 0;
}

static int one(struct results__ranks *r)
{
	double level = number();
	size_t n = count();
	double *d = sorted(n);
	struct results__shift s;

	if (results__shift_paired(r, d, n, level, &s))
		return 2;
	printf("%.17g %.17g %.17g\n", s.estimate, s.low, s.high);
	free(d);
	return 0;
}

static int adjust(void)
{
	size_t n = count();
	double *p = numbers(n);

	if (results__adjust(p, n))
		return 2;
	for (size_t i = 0; i < n; i++)
		printf("%.17g%c", p[i], i + 1 < n ? ' ' : '\n');
	free(p);
	return 0;
}

int main(void)
{
	struct results__ranks *r = results__ranks_new();
	char what[16];
	int ret = r ? 0 : 2;

	while (!ret && scanf("%15s", what) == 1)
		ret = !strcmp(what, "two") ? two(r) : !strcmp(what, "one") ? one(r) : adjust();
	results__ranks_free(r);
	return ret;
}
