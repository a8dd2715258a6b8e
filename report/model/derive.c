// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Values, their linear combinations and their text.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derive.h"

struct rvalue rv_missing(const char *why)
{
	return (struct rvalue){ .why = why };
}

struct rvalue rv_of(const struct results_measurement *m)
{
	struct results_stat s;
	struct rvalue v = { .metric = m->metric, .kind = m->kind };

	results_stat(m, &s);
	v.v = s.value;
	v.n = s.n;
	v.agreement = s.agreement;
	v.low = m->kind == RESULTS_SAMPLED ? s.low : s.value;
	v.high = m->kind == RESULTS_SAMPLED ? s.high : s.value;
	return v;
}

/* Gives a combination the weakest kind and the lowest agreement of its terms. */
static void weaken(struct rvalue *v, const struct rvalue *by)
{
	if (by->kind == RESULTS_SAMPLED || v->kind == RESULTS_SAMPLED)
		v->kind = RESULTS_SAMPLED;
	else if (by->kind == RESULTS_DETERMINISTIC)
		v->kind = RESULTS_DETERMINISTIC;
	if (by->n < v->n)
		v->n = by->n;
	if (by->agreement < v->agreement)
		v->agreement = by->agreement;
}

static const struct results_measurement *whole_of(struct arena *a, const struct report_part *part,
						  const struct results_measurement *m)
{
	static const struct report_cond both = { .key = "part", .str = "both" };
	const struct report_rows rows = { part, m->case_id, m->subject, m->metric->name };
	const char *half = results_params_str(&m->params, "part");

	if (!half || !strcmp(half, "both"))
		return NULL;
	return rows_find(a, &rows, &m->params, &both, 1, NULL);
}

struct rvalue rv_of_row(struct arena *a, const struct report_part *part,
			const struct results_measurement *m)
{
	const struct results_measurement *n = whole_of(a, part, m);
	struct rvalue v = rv_of(m), whole;

	if (!n)
		return v;
	whole = rv_of(n);
	if (v.low <= whole.high)
		return v;
	return rv_missing(arena_str(a, "not believed: %s for a part of what takes %s as a whole",
				    rv_text(a, &v), rv_text(a, &whole)));
}

struct rvalue rv_find(struct arena *a, const struct report_rows *rows,
		      const struct results_params *like, const struct report_cond *conds, size_t nr)
{
	const struct results_measurement *row;
	const char *why;

	if (!input_usable(rows->part))
		return rv_missing("not run");
	row = rows_find(a, rows, like, conds, nr, &why);
	return row ? rv_of_row(a, rows->part, row) : rv_missing(why);
}

struct rvalue rv_at(struct arena *a, const struct report_part *part, enum results_subject subject,
		    const char *case_id, const char *metric, const char *params, ...)
{
	const struct report_rows rows = { part, case_id, subject, metric };
	struct rvalue value = rv_missing("not run");
	struct results_params wanted = { 0 };
	char text[256];
	va_list ap;

	va_start(ap, params);
	vsnprintf(text, sizeof(text), params, ap);
	va_end(ap);
	if (!results_params_parse(&wanted, text))
		value = rv_find(a, &rows, &wanted, NULL, 0);
	results_params_free(&wanted);
	return value;
}

struct rvalue rv_linear(const struct rterm *terms, size_t nr, const char *how)
{
	struct rvalue v = { .kind = RESULTS_EXACT, .agreement = 1, .n = (size_t)-1, .how = how };

	for (size_t i = 0; i < nr; i++) {
		const struct rvalue *t = &terms[i].value;
		double c = terms[i].coef;

		if (!rv_ok(t))
			return rv_missing(t->why);
		v.metric = t->metric;
		v.v += c * t->v;
		v.low += c * (c >= 0 ? t->low : t->high);
		v.high += c * (c >= 0 ? t->high : t->low);
		weaken(&v, t);
	}
	return v;
}

struct rvalue rv_sub(struct rvalue a, struct rvalue b, const char *how)
{
	const struct rterm terms[] = { { a, 1 }, { b, -1 } };

	return rv_linear(terms, 2, how);
}

struct rvalue rv_slope(struct arena *a, const double *x, const struct rvalue *y, size_t nr,
		       const char *how)
{
	struct rterm *terms = arena_alloc(a, (nr + 1) * sizeof(*terms));
	double mean = 0, sxx = 0;

	if (!nr)
		return rv_missing("not run");
	for (size_t i = 0; i < nr; i++)
		mean += x[i] / (double)nr;
	for (size_t i = 0; i < nr; i++)
		sxx += (x[i] - mean) * (x[i] - mean);
	if (sxx == 0 && x[0] == 0)
		return rv_missing("one size only, and it is 0");
	for (size_t i = 0; i < nr; i++) {
		terms[i].value = y[i];
		terms[i].coef = sxx > 0 ? (x[i] - mean) / sxx : 1 / (x[0] * (double)nr);
	}
	return rv_linear(terms, nr, how);
}

bool rv_overlap(const struct rvalue *a, const struct rvalue *b)
{
	return a->low <= b->high && b->low <= a->high;
}

/* ---- values as text ---- */

const char *group_digits(struct arena *a, double v, int decimals)
{
	const char *plain = arena_str(a, "%.*f", decimals, fabs(v));
	size_t whole = strcspn(plain, ".");
	char *out = arena_alloc(a, 2 * strlen(plain) + 8), *p = out;

	if (v < 0 && strspn(plain, "0.") != strlen(plain))
		p += strlen(strcpy(p, "−")); /* minus sign */
	for (size_t i = 0; plain[i]; i++) {
		if (i && i < whole && (whole - i) % 3 == 0)
			*p++ = ',';
		*p++ = plain[i];
	}
	return out;
}

/* Three significant digits, all that a sampled number can carry; counts are printed whole. */
static const char *three_digits(struct arena *a, double v)
{
	double m = fabs(v);

	return group_digits(a, v, m >= 100 || m == 0 ? 0 : m >= 10 ? 1 : 2);
}

static const char *count_text(struct arena *a, double v)
{
	double m = fabs(v);

	if (fabs(v - nearbyint(v)) < 0.005)
		return group_digits(a, v, 0);
	return group_digits(a, v, m >= 1000 ? 0 : m >= 100 ? 1 : 2);
}

struct scale {
	double by;
	const char *unit;
};

static struct scale scale_of(const struct results_metric *metric, double v)
{
	double m = fabs(v);

	if (!strcmp(metric->unit, "ns")) {
		if (m >= 999.5e6)
			return (struct scale){ 1e9, " s" };
		if (m >= 999.5e3)
			return (struct scale){ 1e6, " ms" };
		if (m >= 999.5)
			return (struct scale){ 1e3, " µs" };
		return (struct scale){ 1, " ns" };
	}
	if (!strcmp(metric->unit, "walks/s") && m >= 1e5)
		return (struct scale){ 1e6, " M/s" };
	if (!strcmp(metric->unit, "walks/s"))
		return (struct scale){ 1, "/s" };
	return (struct scale){ 1, "" };
}

static bool is_scaled(const struct results_metric *metric)
{
	return !strcmp(metric->unit, "ns") || !strcmp(metric->unit, "walks/s");
}

const char *number_text(struct arena *a, const struct results_metric *metric, double v)
{
	struct scale s = scale_of(metric, v);

	if (!is_scaled(metric))
		return count_text(a, v);
	return arena_str(a, "%s%s", three_digits(a, v / s.by), s.unit);
}

const char *rv_number(struct arena *a, const struct rvalue *v)
{
	return rv_ok(v) ? number_text(a, v->metric, v->v) : "—";
}

const char *rv_detail(struct arena *a, const struct rvalue *v)
{
	struct scale s;

	if (!rv_ok(v) || v->kind == RESULTS_EXACT)
		return "";
	if (v->kind == RESULTS_DETERMINISTIC)
		return arena_str(a, "(mode, %.0f\xc2\xa0%% agree)", 100 * v->agreement);
	s = scale_of(v->metric, v->v);
	if (!is_scaled(v->metric))
		return arena_str(a, "[%s, %s]", count_text(a, v->low), count_text(a, v->high));
	return arena_str(a, "[%s, %s]", three_digits(a, v->low / s.by),
			 three_digits(a, v->high / s.by));
}

const char *rv_text(struct arena *a, const struct rvalue *v)
{
	const char *detail = rv_detail(a, v);

	return arena_str(a, "%s%s%s", rv_number(a, v), *detail ? " " : "", detail);
}

const char *rv_strong(struct arena *a, const struct rvalue *v)
{
	const char *detail = rv_detail(a, v);

	return arena_str(a, STRONG "%s" STRONG "%s%s", rv_number(a, v), *detail ? " " : "", detail);
}

const char *rv_difference(struct arena *a, const struct rvalue *v)
{
	struct scale s;

	if (!rv_ok(v))
		return rv_text(a, v);
	if (v->kind != RESULTS_SAMPLED || v->low > 0 || v->high < 0)
		return arena_str(a, "%s%s", v->v > 0 && strcmp(rv_number(a, v), "0") ? "+" : "",
				 rv_text(a, v));
	s = scale_of(v->metric, v->v);
	return arena_str(a, "no difference seen (%s%s)", rv_detail(a, v), s.unit);
}

const char *rv_words(struct arena *a, const struct rvalue *v)
{
	if (!rv_ok(v) || is_scaled(v->metric))
		return rv_text(a, v);
	if (v->v == 1 && !strcmp(v->metric->unit, "instructions"))
		return "1 instruction";
	return arena_str(a, "%s %s", rv_text(a, v), v->metric->unit);
}
