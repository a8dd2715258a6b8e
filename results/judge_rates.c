// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fnmatch.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge_rates.h"

#define INTERVAL_LEVEL 0.01

void results__rate_interval(size_t k, size_t n, double *low, double *high)
{
	/* C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), by quantiles of the beta
	 * distribution. */
	*low = k && n ? gsl_cdf_beta_Pinv(INTERVAL_LEVEL / 2, (double)k, (double)(n - k) + 1) : 0;
	*high = k < n ? gsl_cdf_beta_Pinv(1 - INTERVAL_LEVEL / 2, (double)k + 1, (double)(n - k))
		      : 1;
}

/* ---- rows ---- */

static bool is_moved(enum results_verdict v)
{
	return v == RESULTS_ROW_BETTER || v == RESULTS_ROW_WORSE || v == RESULTS_ROW_CHANGED;
}

/* Does the row count: measured on both sides, and the policy lets it gate? */
static bool counts(const struct results_compared_row *row)
{
	return row->base && row->head && row->gates;
}

static bool is_inconclusive(const struct results_compared_row *row)
{
	return row->judged == RESULTS_ROW_UNCLEAR;
}

/* ---- comparisons ---- */

static int compare(struct results__source *base, struct results__source *head, const char *policy,
		   struct results_comparison **c, struct results_error *err)
{
	/* A policy's acknowledged changes are for those who gate; here each change counts. */
	const struct results_compare_options options = { .policy = policy };

	return results__compare(&base, 1, &head, 1, &options, c, err);
}

static void count_null(struct results__rate *r, const struct results_compared_row *row,
		       size_t *falsely)
{
	r->rows++;
	r->inconclusive += is_inconclusive(row);
	r->moved += is_moved(row->judged);
	*falsely += is_moved(row->judged);
}

static bool is_exact(const struct results_compared_row *row)
{
	return row->base->kind == RESULTS_EXACT && row->head->kind == RESULTS_EXACT;
}

static bool is_identical(const struct results_comparison *c)
{
	bool all = true;

	for (size_t p = 0; p < c->nr_parts; p++)
		if (c->parts[p].verdict == RESULTS_PART_COMPARED)
			all &= c->parts[p].image != NULL;
	return all;
}

static void count_images(const struct results_comparison *c, struct results__image_rates *out)
{
	size_t falsely[2] = { 0 };

	for (size_t p = 0; p < c->nr_parts; p++) {
		for (size_t i = 0; i < c->parts[p].nr_rows; i++) {
			const struct results_compared_row *row = &c->parts[p].rows[i];

			if (row->verdict == RESULTS_ROW_MISSING) {
				out->exact.rows += row->base->kind == RESULTS_EXACT;
				out->exact.inconclusive += row->base->kind == RESULTS_EXACT;
			}
			/* What such a change adds is in the image's size, and is no false alarm. */
			if (!counts(row) || !strcmp(row->m->metric->name, "code_bytes"))
				continue;
			if (is_exact(row))
				count_null(&out->exact, row, &falsely[0]);
			else if (row->base->kind != RESULTS_SAMPLED)
				count_null(&out->deterministic, row, &falsely[1]);
		}
	}
	out->exact.comparisons++;
	out->exact.with_false += falsely[0] != 0;
	out->deterministic.comparisons++;
	out->deterministic.with_false += falsely[1] != 0;
}

int results__rate_images(struct results__source *base, struct results__source *head,
			 const char *policy, struct results__image_rates *out,
			 struct results_error *err)
{
	struct results_comparison *c = NULL;
	int ret = compare(base, head, policy, &c, err);

	if (!ret && !c->totals.compared)
		ret = results__error(err, -EINVAL, head->path, "",
				     "has no part that can be compared with %s", base->path);
	if (!ret && is_identical(c))
		out->identical++;
	else if (!ret)
		count_images(c, out);
	results_comparison_free(c);
	return ret;
}

static bool is_by(const struct results_compared_row *row, long long more)
{
	/* The difference of two fractions of whole numbers is exact. */
	return results_amount_change(&row->base_value, &row->head_value) == (double)more;
}

int results__rate_more(struct results__source *base, struct results__source *head,
		       const char *pattern, long long more, const char *policy,
		       struct results__rate *out, struct results_error *err)
{
	struct results_comparison *c = NULL;
	int ret = compare(base, head, policy, &c, err);

	for (size_t p = 0; !ret && p < c->nr_parts; p++) {
		for (size_t i = 0; i < c->parts[p].nr_rows; i++) {
			const struct results_compared_row *row = &c->parts[p].rows[i];

			/* One that the head lacks, or that is exact no more, is not found. */
			if (!row->base || row->base->kind != RESULTS_EXACT || !row->gates ||
			    row->m->subject != RESULTS_KERNEL ||
			    strcmp(row->m->metric->name, "instructions") ||
			    fnmatch(pattern, row->m->case_id, FNM_EXTMATCH))
				continue;
			out->rows++;
			if (!row->head)
				continue;
			out->moved += is_moved(row->judged);
			out->right += is_exact(row) && row->judged == RESULTS_ROW_WORSE &&
				      is_by(row, more);
			out->inconclusive += is_inconclusive(row);
		}
	}
	if (!ret)
		out->comparisons++;
	results_comparison_free(c);
	return ret;
}

/* ---- samples of a size ---- */

/* The i-th of nr pieces of a run's processes. */
struct piece {
	size_t i, nr;
};

/* A row that lost samples, for other work disturbed them, lost its share of each piece. */
static int add_slice(struct results_doc *to, const struct results_measurement *from,
		     const struct piece *p, struct results_error *err)
{
	size_t first = from->nr_samples * p->i / p->nr;
	struct results_measurement m = *from;

	m.nr_samples = from->nr_samples * (p->i + 1) / p->nr - first;
	if (from->skipped || !m.nr_samples)
		return 0;
	m.samples = from->samples + first;
	m.discarded = 0;
	m.breakdown = NULL;
	m.nr_breakdown = 0;
	return results_doc_add(to, &m, err);
}

static int copy_pairs(struct results_pairs *to, const struct results_pairs *from)
{
	int ret = 0;

	for (size_t i = 0; i < from->nr && !ret; i++)
		ret = results_pairs_set(to, from->v[i].key, from->v[i].value);
	return ret;
}

static int slice(const struct results_doc *doc, const struct piece *p, struct results_doc **out,
		 struct results_error *err)
{
	int ret = results_doc_new(doc->part, doc->mode, out);

	if (!ret)
		ret = copy_pairs(&(*out)->environment, &doc->environment);
	if (!ret)
		ret = copy_pairs(&(*out)->subject, &doc->subject);
	for (size_t i = 0; i < doc->nr_measurements && !ret; i++)
		ret = add_slice(*out, &doc->measurements[i], p, err);
	return ret;
}

static const struct results_doc *native_of(const struct results__source *s)
{
	for (size_t i = 0; i < s->nr_docs; i++)
		if (s->docs[i] && !strcmp(s->docs[i]->part, "native"))
			return s->docs[i];
	return NULL;
}

/* -EINVAL, err filled: the runs were not measured in turn, or the base was slowed. */
static int check_pair(const struct results__source *base, const struct results__source *head,
		      double *slowed, struct results_error *err)
{
	const struct results_doc *a = native_of(base), *b = native_of(head);
	const char *id[2], *slow;

	if (!a || !b)
		return results__error(err, -EINVAL, (a ? head : base)->path, "",
				      "has no part native; ptbench interleave makes such runs");
	id[0] = results_pairs_get(&a->subject, "interleaved");
	id[1] = results_pairs_get(&b->subject, "interleaved");
	if (!id[0] || !id[1] || strcmp(id[0], id[1]))
		return results__error(err, -EINVAL, head->path, "",
				      "was not measured in turn with %s, by ptbench interleave",
				      base->path);
	if (results_pairs_get(&a->subject, "slowed_percent"))
		return results__error(err, -EINVAL, base->path, "",
				      "is slowed; only the second run of a pair may be");
	slow = results_pairs_get(&b->subject, "slowed_percent");
	*slowed = slow ? strtod(slow, NULL) : 0;
	return 0;
}

/* Would the row be called slower if it were the only one of `rows` that moved? */
static bool is_found_alone(const struct results_compared_row *row, size_t rows, double level)
{
	double margin = row->change.is_ratio
				? row->effect
				: row->effect * results_amount_number(&row->base_value);

	return row->change.low > margin && row->change.p * (double)rows <= level;
}

static int add_estimate(struct results__sampled_rate *out, double estimate)
{
	double *v = realloc(out->estimates, (out->nr_estimates + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	out->estimates = v;
	v[out->nr_estimates++] = estimate;
	return 0;
}

static int count_sampled(const struct results_comparison *c, size_t rows,
			 struct results__sampled_rate *out)
{
	size_t falsely = 0, among = rows ? rows : c->totals.tested;
	const bool slowed = out->slowed_percent > 0;
	struct results__rate *r = &out->rate;

	for (size_t p = 0; p < c->nr_parts; p++) {
		for (size_t i = 0; i < c->parts[p].nr_rows; i++) {
			const struct results_compared_row *row = &c->parts[p].rows[i];

			if (!counts(row) || !row->change.nr_base)
				continue;
			if (!slowed) {
				count_null(r, row, &falsely);
				continue;
			}
			if (strcmp(row->m->metric->name, "time"))
				continue;
			r->rows++;
			r->inconclusive += is_inconclusive(row);
			r->moved += is_moved(row->judged);
			r->right += row->judged == RESULTS_ROW_WORSE;
			r->right_alone += is_found_alone(row, among, c->level);
			if (add_estimate(out, row->change.estimate))
				return -ENOMEM;
		}
	}
	r->comparisons++;
	r->with_false += falsely != 0;
	return 0;
}

/* How many processes measured the document. */
static size_t nr_processes(const struct results_doc *doc)
{
	size_t most = 0;

	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		if (!m->skipped && m->nr_samples + (size_t)m->discarded > most)
			most = m->nr_samples + (size_t)m->discarded;
	}
	return most;
}

static int rate_slice(struct results__source *const pair[2], const struct piece *p, size_t rows,
		      const char *policy, struct results__sampled_rate *out,
		      struct results_error *err)
{
	struct results_doc *docs[2] = { NULL };
	struct results__source s[2] = { { .nr_docs = 1 }, { .nr_docs = 1 } };
	struct results_comparison *c = NULL;
	int ret = 0;

	for (int i = 0; i < 2 && !ret; i++) {
		s[i].path = pair[i]->path;
		s[i].docs = &docs[i];
		ret = slice(native_of(pair[i]), p, &docs[i], err);
	}
	if (!ret)
		ret = compare(&s[0], &s[1], policy, &c, err);
	if (!ret) {
		if (count_sampled(c, rows, out))
			ret = results__error(err, -ENOMEM, pair[1]->path, "", "no memory to judge");
		if (c->totals.tested > out->tested)
			out->tested = c->totals.tested;
	}
	results_comparison_free(c);
	for (int i = 0; i < 2; i++)
		results_doc_free(docs[i]);
	return ret;
}

int results__rate_sampled(struct results__source *base, struct results__source *head, size_t size,
			  size_t rows, const char *policy, struct results__sampled_rate *out,
			  struct results_error *err)
{
	struct results__source *const pair[2] = { base, head };
	int ret = check_pair(base, head, &out->slowed_percent, err);
	struct piece p = { .i = 0 };
	size_t processes;

	out->size = size;
	if (ret)
		return ret;
	processes = nr_processes(native_of(base));
	if (processes < size)
		return results__error(err, -EINVAL, base->path, "",
				      "was measured by %zu processes, not by %zu", processes, size);
	for (p.nr = processes / size; p.i < p.nr && !ret; p.i++)
		ret = rate_slice(pair, &p, rows, policy, out, err);
	return ret;
}

size_t results__rate_processes(const struct results__source *s)
{
	const struct results_doc *doc = native_of(s);

	return doc ? nr_processes(doc) : 0;
}
