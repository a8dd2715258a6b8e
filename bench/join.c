// SPDX-License-Identifier: GPL-2.0-or-later
/* Joins the documents of several processes to one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "join.h"

/* The smallest sample whose median has a 95 % order-statistics interval. */
#define LEAST 6

struct join {
	struct results_doc *const *docs;
	struct results_doc *const *partners; /* or NULL */
	size_t nr;
	struct results_doc *out;
	size_t busy, rows;
	struct results_error *err;
};

/* ---- samples ---- */

struct samples {
	double *v;
	size_t nr;
};

/* The median of m, a total over nr_ops operations. */
static double total_of(const struct results_measurement *m, long long nr_ops)
{
	struct results_stat stat;

	if (m->nr_samples == 1 && m->nr_ops == nr_ops)
		return m->samples[0];
	results_stat(m, &stat);
	return stat.value * (double)nr_ops;
}

static bool is_quiet(const struct results_measurement *m)
{
	return m && !m->skipped && !m->discarded;
}

static size_t nr_measured(struct results_doc *const *docs, size_t nr,
			  const struct results_measurement *first)
{
	size_t measured = 0;

	for (size_t i = 0; i < nr; i++)
		measured += results_doc_find(docs[i], first) != NULL;
	return measured;
}

/*
 * Takes the samples that nothing disturbed, in the order of the documents. Of a row that the
 * partners have, too, only those whose partner's was not disturbed either: the pairs stay pairs.
 */
static void take(const struct join *j, const struct results_measurement *first, struct samples *to)
{
	bool in_pairs = j->partners && nr_measured(j->partners, j->nr, first);

	for (size_t i = 0; i < j->nr; i++) {
		const struct results_measurement *m = results_doc_find(j->docs[i], first);

		if (is_quiet(m) && (!in_pairs || is_quiet(results_doc_find(j->partners[i], first))))
			to->v[to->nr++] = total_of(m, first->nr_ops);
	}
}

/* All were disturbed: the least of them is nearest to what nothing disturbs. */
static void take_least(const struct join *j, const struct results_measurement *first,
		       struct samples *to)
{
	for (size_t i = 0; i < j->nr; i++) {
		const struct results_measurement *m = results_doc_find(j->docs[i], first);

		if (m && !m->skipped && (!to->nr || total_of(m, first->nr_ops) < to->v[0]))
			to->v[0] = total_of(m, first->nr_ops);
		to->nr = to->nr || (m && !m->skipped);
	}
}

static bool is_time(const struct results_measurement *m)
{
	return !strcmp(m->metric->name, "time");
}

static int join_measurement(struct join *j, const struct results_measurement *first)
{
	struct results_measurement m = *first;
	struct samples s = { .v = calloc(j->nr + 1, sizeof(*s.v)) };
	int err;

	if (!s.v)
		return -ENOMEM;
	take(j, first, &s);
	j->rows += is_time(first);
	j->busy += is_time(first) && s.nr < LEAST && s.nr < nr_measured(j->docs, j->nr, first);
	if (!s.nr)
		take_least(j, first, &s);
	m.kind = RESULTS_SAMPLED;
	m.samples = s.v;
	m.nr_samples = s.nr;
	m.discarded = (long long)(j->nr - s.nr);
	m.breakdown = NULL;
	m.nr_breakdown = 0;
	err = results_doc_add(j->out, &m, j->err);
	free(s.v);
	return err;
}

/* ---- rows and checks ---- */

static int join_measured(struct join *j)
{
	int err = 0;

	for (size_t i = 0; i < j->nr; i++) {
		for (size_t k = 0; k < j->docs[i]->nr_measurements && !err; k++) {
			const struct results_measurement *m = &j->docs[i]->measurements[k];

			if (!m->skipped && !results_doc_find(j->out, m))
				err = join_measurement(j, m);
		}
	}
	return err;
}

static bool is_row(const struct results_measurement *a, const struct results_measurement *b)
{
	return a->subject == b->subject && !strcmp(a->case_id, b->case_id) &&
	       !results_params_cmp(&a->params, &b->params);
}

static bool has_row(const struct results_doc *doc, const struct results_measurement *m)
{
	for (size_t i = 0; i < doc->nr_measurements; i++)
		if (is_row(&doc->measurements[i], m))
			return true;
	return false;
}

/* The last document first: its reason is the newest. */
static int join_skipped(struct join *j)
{
	int err = 0;

	for (size_t i = j->nr; i-- > 0;) {
		for (size_t k = 0; k < j->docs[i]->nr_measurements && !err; k++) {
			const struct results_measurement *m = &j->docs[i]->measurements[k];

			if (m->skipped && !has_row(j->out, m))
				err = results_doc_add_skipped(j->out, m->case_id, &m->params,
							      m->subject, m->skipped, j->err);
		}
	}
	return err;
}

static const struct results_check *check_of(const struct results_doc *doc,
					    const struct results_check *c)
{
	for (size_t i = 0; i < doc->nr_checks; i++)
		if (!strcmp(doc->checks[i].id, c->id) &&
		    !results_params_cmp(&doc->checks[i].params, &c->params))
			return &doc->checks[i];
	return NULL;
}

/* Of the documents that have the check, one where it failed, or else the first. */
static const struct results_check *worst(const struct join *j, const struct results_check *c)
{
	const struct results_check *found = c;

	for (size_t i = 0; i < j->nr && found->ok; i++) {
		const struct results_check *other = check_of(j->docs[i], c);

		if (other && !other->ok)
			found = other;
	}
	return found;
}

static int join_checks(struct join *j)
{
	int err = 0;

	for (size_t i = 0; i < j->nr; i++) {
		for (size_t k = 0; k < j->docs[i]->nr_checks && !err; k++) {
			const struct results_check *c = &j->docs[i]->checks[k];

			if (check_of(j->out, c))
				continue;
			c = worst(j, c);
			err = results_doc_add_check(j->out, c->id, &c->params, c->expect, c->seen,
						    c->ok, j->err);
		}
	}
	return err;
}

/* ---- the document ---- */

static int copy_pairs(struct results_pairs *to, const struct results_pairs *from)
{
	int err = 0;

	for (size_t i = 0; i < from->nr && !err; i++)
		err = results_pairs_set(to, from->v[i].key, from->v[i].value);
	return err;
}

static int head(struct join *j)
{
	const struct results_doc *first = j->docs[0];
	int err = results_doc_new(first->part, first->mode, &j->out);

	if (err)
		return err;
	j->out->command = strdup(first->command);
	err = j->out->command ? copy_pairs(&j->out->environment, &first->environment) : -ENOMEM;
	if (!err)
		err = results_pairs_set(&j->out->environment, "sample", "process");
	if (!err)
		err = copy_pairs(&j->out->subject, &first->subject);
	for (size_t i = 0; i < first->nr_axes && !err; i++)
		err = results_doc_add_axis(j->out, &first->axes[i], j->err);
	return err;
}

int join_documents(struct results_doc *const *docs, struct results_doc *const *partners, size_t nr,
		   struct results_doc **out, size_t *busy, size_t *rows, struct results_error *err)
{
	struct join j = { .docs = docs, .partners = partners, .nr = nr, .err = err };
	int ret = head(&j);

	if (!ret)
		ret = join_measured(&j);
	if (!ret)
		ret = join_skipped(&j);
	if (!ret)
		ret = join_checks(&j);
	*busy = j.busy;
	*rows = j.rows;
	*out = j.out;
	if (!ret)
		return 0;
	results_doc_free(j.out);
	*out = NULL;
	return ret;
}
