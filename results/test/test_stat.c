// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Statistics against an oracle in whole numbers: binomial coefficients by Pascal's rule, the mode
 * and the order statistics by counting. n from 1 to 40, where 2^n still fits.
 */
#include <array_size.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../internal.h"

#include "../../scripts/tap.h"

#define MAX_N 40

/* The largest k with 2 * sum(C(n, i), i < k) <= 5 % of 2^n. */
static size_t oracle_rank(size_t n)
{
	unsigned long long row[MAX_N + 1] = { 1 }, below = 0;
	size_t rank = 0;

	for (size_t i = 1; i <= n; i++)
		for (size_t k = i; k > 0; k--)
			row[k] += row[k - 1];
	for (size_t k = 0; k < n / 2; k++) {
		below += row[k];
		if (2 * below * 20 <= 1ULL << n)
			rank = k + 1;
	}
	return rank;
}

/* The k-th smallest (from 1), by counting the smaller ones. */
static double oracle_order(const double *x, size_t n, size_t k)
{
	for (size_t i = 0; i < n; i++) {
		size_t below = 0, same = 0;

		for (size_t j = 0; j < n; j++) {
			below += x[j] < x[i];
			same += x[j] == x[i];
		}
		if (below < k && k <= below + same)
			return x[i];
	}
	return NAN;
}

static double oracle_mode(const double *x, size_t n, size_t *best)
{
	double mode = NAN;

	*best = 0;
	for (size_t i = 0; i < n; i++) {
		size_t same = 0;

		for (size_t j = 0; j < n; j++)
			same += x[j] == x[i];
		if (same > *best || (same == *best && x[i] < mode)) {
			*best = same;
			mode = x[i];
		}
	}
	return mode;
}

static unsigned long long state = 88172645463325252ULL;

/* xorshift64: the same numbers every time. */
static unsigned long long next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static bool sampled_agrees(double *x, size_t n, long long ops)
{
	struct results_measurement m = {
		.kind = RESULTS_SAMPLED,
		.nr_ops = ops,
		.samples = x,
		.nr_samples = n,
	};
	size_t k = oracle_rank(n);
	struct results_stat s;
	double median = n % 2 ? oracle_order(x, n, n / 2 + 1)
			      : (oracle_order(x, n, n / 2) + oracle_order(x, n, n / 2 + 1)) / 2;

	results_stat(&m, &s);
	return s.n == n && s.agreement == 0 && s.value == median / ops &&
	       s.low == oracle_order(x, n, k ? k : 1) / ops &&
	       s.high == oracle_order(x, n, k ? n + 1 - k : n) / ops &&
	       s.min == oracle_order(x, n, 1) / ops && s.max == oracle_order(x, n, n) / ops;
}

static bool counted_agrees(double *x, size_t n, enum results_kind kind)
{
	struct results_measurement m = {
		.kind = kind,
		.nr_ops = 4,
		.samples = x,
		.nr_samples = n,
	};
	size_t count;
	double mode = oracle_mode(x, n, &count);
	struct results_stat s;

	results_stat(&m, &s);
	return s.value == mode / 4 && s.agreement == (double)count / n &&
	       s.low == oracle_order(x, n, 1) / 4 && s.high == oracle_order(x, n, n) / 4;
}

static void test_random(void)
{
	for (size_t n = 1; n <= MAX_N; n++) {
		bool good = true;
		double x[MAX_N];

		for (int round = 0; round < 50; round++) {
			/* Many ties in some rounds, none in others. */
			unsigned long long range = round % 2 ? 4 : 1000000;

			for (size_t i = 0; i < n; i++)
				x[i] = (double)(next() % range);
			good &= counted_agrees(x, n,
					       round % 3 ? RESULTS_EXACT : RESULTS_DETERMINISTIC);
			for (size_t i = 0; i < n; i++)
				x[i] += (double)(next() % 1000) / 1000;
			good &= sampled_agrees(x, n, 1 + next() % 1000);
		}
		ok(good, "50 random sets of %zu agree with the oracle", n);
	}
}

static void test_rank(void)
{
	bool all = true;

	for (size_t n = 1; n <= MAX_N; n++)
		all &= results__median_rank(n) == oracle_rank(n);
	ok(all, "the interval's rank is the oracle's for n = 1..%d", MAX_N);
	ok(results__median_rank(5) == 0 && results__median_rank(6) == 1,
	   "it begins with 6 samples");
	/* Large n, where 2^-n is no double: close to n/2 - 1.96 sqrt(n)/2. */
	for (size_t n = 1000; n <= 64000; n *= 8) {
		double near = n / 2.0 - 1.959964 * sqrt((double)n) / 2;

		ok(fabs((double)results__median_rank(n) - near) <= 1.5,
		   "n = %zu: rank %zu, normal %.1f", n, results__median_rank(n), near);
	}
}

/* The share of sets whose interval encloses the true median is at least 95 %. */
static void test_coverage(void)
{
	static const size_t sizes[] = { 6, 9, 31 };

	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		size_t n = sizes[k], hits = 0, rounds = 20000;
		double x[MAX_N];
		struct results_measurement m = {
			.kind = RESULTS_SAMPLED,
			.nr_ops = 1,
			.samples = x,
			.nr_samples = n,
		};

		for (size_t r = 0; r < rounds; r++) {
			struct results_stat s;

			for (size_t i = 0; i < n; i++)
				x[i] = (double)(next() >> 11) / (double)(1ULL << 53);
			results_stat(&m, &s);
			hits += s.low <= 0.5 && 0.5 <= s.high;
		}
		/* Three standard errors of 20,000 rounds are 0.46 %. */
		ok(hits >= rounds * 0.9454, "n = %zu: %.2f %% of intervals hold the median", n,
		   100.0 * hits / rounds);
	}
}

static void test_exact_rule(void)
{
	const struct results_metric *cost = results_metric_find("instructions");
	const struct results_metric *event = results_metric_find("ipis_sent");
	const struct results_metric *bytes = results_metric_find("code_bytes");

	ok(results__is_exact(bytes, 9, 10, 0) && !results__is_exact(bytes, 8, 9, 0) &&
		   results__is_exact(cost, 28, 31, 0) && !results__is_exact(cost, 27, 31, 0) &&
		   !results__is_exact(bytes, 1, 2, 0),
	   "exact is 90 %% and more");
	ok(!results__is_exact(cost, 30, 30, 0) && results__is_exact(cost, 31, 31, 0),
	   "of 31 windows of a cost");
	ok(!results__is_exact(event, 4, 4, 0) && !results__is_exact(event, 4, 5, 0) &&
		   results__is_exact(event, 5, 5, 0),
	   "of 5 windows of events, which is all of them");
	ok(!results__is_exact(event, 9, 10, 0) && !results__is_exact(event, 30, 31, 0),
	   "events all agree, of however many windows");
	ok(!results__is_exact(event, 5, 5, 1) && results__is_exact(cost, 31, 31, 9),
	   "and none was thrown away; of a cost some may");
	ok(results__is_exact(bytes, 1, 1, 0), "of one look at an object file");
}

int main(void)
{
	test_rank();
	test_random();
	test_coverage();
	test_exact_rule();
	return tap_done();
}
