// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints breakdowns as tables: of one kernel, or the differences of one to another. */
#include <stdlib.h>
#include <string.h>

#include "profile.h"

/* The instructions of one symbol on both sides. */
struct line {
	const char *symbol;
	long long base, new;
};

static const struct results_measurement *
metric_of(const struct results_doc *doc, const struct results_measurement *m, const char *metric)
{
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *o = &doc->measurements[i];

		if (o->metric && !strcmp(o->metric->name, metric) && o->subject == m->subject &&
		    !strcmp(o->case_id, m->case_id) && !results_params_cmp(&o->params, &m->params))
			return o;
	}
	return NULL;
}

static bool is_of_kernel(const char *key)
{
	return !strcmp(key, "design") || !strcmp(key, "format");
}

/* Are the params equal, but for design and format, which differ between kernels? */
static bool same_row(const struct results_params *a, const struct results_params *b)
{
	struct results_params x = { .nr = 0 }, y = { .nr = 0 };
	bool same;

	for (size_t i = 0; i < a->nr; i++)
		if (!is_of_kernel(a->v[i].key) &&
		    (a->v[i].str ? results_params_set_str(&x, a->v[i].key, a->v[i].str)
				 : results_params_set_int(&x, a->v[i].key, a->v[i].num)))
			break;
	for (size_t i = 0; i < b->nr; i++)
		if (!is_of_kernel(b->v[i].key) &&
		    (b->v[i].str ? results_params_set_str(&y, b->v[i].key, b->v[i].str)
				 : results_params_set_int(&y, b->v[i].key, b->v[i].num)))
			break;
	same = !results_params_cmp(&x, &y);
	results_params_free(&x);
	results_params_free(&y);
	return same;
}

static const struct results_measurement *counterpart(const struct results_doc *base,
						     const struct results_measurement *m)
{
	for (size_t i = 0; i < base->nr_measurements; i++) {
		const struct results_measurement *o = &base->measurements[i];

		if (o->nr_breakdown && o->metric == m->metric && !strcmp(o->case_id, m->case_id) &&
		    same_row(&o->params, &m->params))
			return o;
	}
	return NULL;
}

static const char *scenario_of(const struct results_doc *doc)
{
	const char *name = results_pairs_get(&doc->subject, "scenario");

	return name ? name : doc->part;
}

/* The names of both scenarios; two runs of one scenario are called "base" and "this". */
static void names_of(const struct results_doc *base, const struct results_doc *doc,
		     const char **base_name, const char **name)
{
	*base_name = scenario_of(base);
	*name = scenario_of(doc);
	if (!strcmp(*base_name, *name)) {
		*base_name = "base";
		*name = "this";
	}
}

static long long value_of(const struct results_measurement *m)
{
	struct results_stat s;

	results_stat(m, &s);
	return s.value * m->nr_ops;
}

static long long count_in(const struct results_measurement *m, const char *symbol)
{
	for (size_t i = 0; i < m->nr_breakdown; i++)
		if (!strcmp(m->breakdown[i].symbol, symbol))
			return m->breakdown[i].instructions;
	return 0;
}

/* Largest difference first; without one, largest count first; then by name. */
static int by_size(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	long long dx = llabs(x->new - x->base), dy = llabs(y->new - y->base);

	if (dx != dy)
		return dx < dy ? 1 : -1;
	if (x->new != y->new)
		return x->new < y->new ? 1 : -1;
	return strcmp(x->symbol, y->symbol);
}

/* Every symbol of either side; malloc'ed. base may be NULL. */
static struct line *lines_of(const struct results_measurement *m,
			     const struct results_measurement *base, size_t *nr)
{
	size_t most = m->nr_breakdown + (base ? base->nr_breakdown : 0);
	struct line *v = calloc(most + 1, sizeof(*v));

	*nr = 0;
	for (size_t i = 0; v && i < m->nr_breakdown; i++)
		v[(*nr)++] = (struct line){
			.symbol = m->breakdown[i].symbol,
			.new = m->breakdown[i].instructions,
			.base = base ? count_in(base, m->breakdown[i].symbol) : 0,
		};
	for (size_t i = 0; v && base && i < base->nr_breakdown; i++)
		if (!count_in(m, base->breakdown[i].symbol))
			v[(*nr)++] = (struct line){
				.symbol = base->breakdown[i].symbol,
				.base = base->breakdown[i].instructions,
			};
	if (v)
		qsort(v, *nr, sizeof(*v), by_size);
	return v;
}

static void print_one(FILE *f, const struct results_measurement *m, const char *scenario)
{
	long long total = value_of(m);
	struct results_stat s;
	struct line *v;
	size_t nr;

	results_stat(m, &s);
	v = lines_of(m, NULL, &nr);
	fprintf(f, "  %s of %s, %s: %.0f of %zu windows agree\n", m->metric->name,
		results_shown(scenario), results_kind_name(m->kind), s.agreement * s.n, s.n);
	for (size_t i = 0; v && i < nr; i++)
		fprintf(f, "  %12lld  %6.2f %%  %s\n", v[i].new,
			total ? 100.0 * v[i].new / total : 0, results_shown(v[i].symbol));
	fprintf(f, "  %12lld           total\n", total);
	free(v);
}

static void print_difference(FILE *f, const struct results_measurement *m, const char *scenario,
			     const struct results_measurement *base, const char *base_scenario)
{
	long long equal = 0;
	size_t nr, nr_equal = 0;
	int w = strlen(base_scenario), n = strlen(scenario);
	struct line *v = lines_of(m, base, &nr);

	w = w < 12 ? 12 : w;
	n = n < 12 ? 12 : n;
	fprintf(f, "  %s\n  %*s  %*s  difference  symbol\n", m->metric->name, w,
		results_shown(base_scenario), n, results_shown(scenario));
	for (size_t i = 0; v && i < nr; i++) {
		if (v[i].new != v[i].base) {
			fprintf(f, "  %*lld  %*lld  %+10lld  %s\n", w, v[i].base, n, v[i].new,
				v[i].new - v[i].base, results_shown(v[i].symbol));
		} else {
			nr_equal++;
			equal += v[i].new;
		}
	}
	if (nr_equal)
		fprintf(f, "  %*lld  %*lld  %+10d  %zu symbol%s with equal counts\n", w, equal, n,
			equal, 0, nr_equal, nr_equal == 1 ? "" : "s");
	fprintf(f, "  %*lld  %*lld  %+10lld  total\n", w, value_of(base), n, value_of(m),
		value_of(m) - value_of(base));
	free(v);
}

static void print_irqs_off(FILE *f, const struct results_doc *doc, const char *name,
			   const struct results_measurement *m)
{
	const struct results_measurement *off = metric_of(doc, m, "irqs_off_instructions");

	if (off)
		fprintf(f, "  interrupts off, the longest stretch, in %s: %lld instructions\n",
			results_shown(name), value_of(off));
}

static void print_row(FILE *f, const struct results_doc *doc, const struct results_measurement *m,
		      const struct results_doc *base)
{
	const struct results_measurement *other = base ? counterpart(base, m) : NULL;
	const char *name = scenario_of(doc), *base_name = NULL;
	char *params = results_params_text(&m->params);

	/* Deferred instructions are printed below the instructions of the same row. */
	if (!strcmp(m->metric->name, "instructions"))
		fprintf(f, "\n%s  %s\n", m->case_id, params ? results_shown(params) : "");
	free(params);
	if (base)
		names_of(base, doc, &base_name, &name);
	if (base && !other)
		fprintf(f, "  %s has no such row\n", results_shown(base_name));
	if (other)
		print_difference(f, m, name, other, base_name);
	else
		print_one(f, m, name);
	if (strcmp(m->metric->name, "instructions"))
		return;
	if (other)
		print_irqs_off(f, base, base_name, other);
	print_irqs_off(f, doc, name, m);
}

static void print_not_measured(FILE *f, const struct results_doc *doc)
{
	const char *what = results_pairs_get(&doc->subject, "not_measured");

	if (what)
		fprintf(f, "\nnot measured in %s: %s\n", results_shown(scenario_of(doc)),
			results_shown(what));
}

static void print_skipped(FILE *f, const struct results_doc *doc, bool many)
{
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];
		char *params = m->skipped ? results_params_text(&m->params) : NULL;

		if (m->skipped && many)
			fprintf(f, "  %12s  %s  %s: %s\n", "skipped", m->case_id,
				params ? results_shown(params) : "", results_shown(m->skipped));
		else if (m->skipped)
			fprintf(f, "\n%s  %s\n  skipped by %s: %s\n", m->case_id,
				params ? results_shown(params) : "",
				results_shown(scenario_of(doc)), results_shown(m->skipped));
		free(params);
	}
}

/* Prints one line of a list of rows. */
static void print_total(FILE *f, const struct results_measurement *m,
			const struct results_doc *base)
{
	const struct results_measurement *other = base ? counterpart(base, m) : NULL;
	char *params = results_params_text(&m->params);

	fprintf(f, "  %12lld", value_of(m));
	if (other)
		fprintf(f, "  %+10lld", value_of(m) - value_of(other));
	else if (base)
		fprintf(f, "  %10s", "new");
	fprintf(f, "  %-21s  %s  %s\n", m->metric->name, m->case_id,
		params ? results_shown(params) : "");
	free(params);
}

/* Of more rows than this only totals are printed, without functions. */
#define MANY 8

static void print_totals(FILE *f, const struct results_doc *doc, const struct results_doc *base,
			 size_t nr)
{
	fprintf(f,
		"\n%zu rows of %s; name more params to see the functions of each, or read them all "
		"with ptbench show\n  %12s%s  metric\n",
		nr, results_shown(scenario_of(doc)), "instructions", base ? "  difference" : "");
	for (size_t i = 0; i < doc->nr_measurements; i++)
		if (doc->measurements[i].nr_breakdown)
			print_total(f, &doc->measurements[i], base);
}

void profile_print(FILE *f, const struct results_doc *doc, const struct results_doc *base)
{
	size_t nr = 0;

	for (size_t i = 0; i < doc->nr_measurements; i++)
		nr += doc->measurements[i].nr_breakdown &&
		      !strcmp(doc->measurements[i].metric->name, "instructions");
	if (nr > MANY)
		print_totals(f, doc, base, nr);
	for (size_t i = 0; i < doc->nr_measurements && nr <= MANY; i++)
		if (doc->measurements[i].nr_breakdown)
			print_row(f, doc, &doc->measurements[i], base);
	print_skipped(f, doc, nr > MANY);
	print_not_measured(f, doc);
}
