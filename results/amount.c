// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of the sides of a comparison, as fractions of integers where they are that. */
#include "internal.h"

static bool is_whole(double x)
{
	return x >= -RESULTS_MAX_INT && x <= RESULTS_MAX_INT && x == (double)(long long)x;
}

struct results_amount results__amount(double total, long long nr_ops)
{
	struct results_amount v = { .nr_ops = nr_ops, .is_integer = is_whole(total) };

	if (v.is_integer)
		v.total = (long long)total;
	else
		v.real = total;
	return v;
}

static long double total_of(const struct results_amount *v)
{
	return v->is_integer ? (long double)v->total : (long double)v->real;
}

/* Numerator of head minus base over the product of both nr_ops. All factors are below 2^53. */
static __int128 difference(const struct results_amount *base, const struct results_amount *head)
{
	return (__int128)head->total * base->nr_ops - (__int128)base->total * head->nr_ops;
}

int results_amount_cmp(const struct results_amount *a, const struct results_amount *b)
{
	if (a->is_integer && b->is_integer) {
		__int128 by = difference(b, a);

		return (by > 0) - (by < 0);
	}
	return (total_of(a) * b->nr_ops > total_of(b) * a->nr_ops) -
	       (total_of(a) * b->nr_ops < total_of(b) * a->nr_ops);
}

double results_amount_number(const struct results_amount *v)
{
	return (v->is_integer ? (double)v->total : v->real) / (double)v->nr_ops;
}

double results_amount_change(const struct results_amount *base, const struct results_amount *head)
{
	__int128 by, over = (__int128)base->nr_ops * head->nr_ops;

	if (!base->is_integer || !head->is_integer)
		return results_amount_number(head) - results_amount_number(base);
	by = difference(base, head);
	return by % over ? (double)((long double)by / (long double)over) : (double)(by / over);
}
