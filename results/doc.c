// SPDX-License-Identifier: GPL-2.0-or-later
/* Building a document in memory: new, add, order, free. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int results_doc_new(const char *part, const char *mode, struct results_doc **out)
{
	struct results_doc *doc = calloc(1, sizeof(*doc));

	*out = NULL;
	if (!doc)
		return -ENOMEM;
	doc->version = RESULTS_VERSION;
	doc->part = strdup(part);
	doc->mode = strdup(mode);
	doc->created = results__now();
	if (!doc->part || !doc->mode || !doc->created) {
		results_doc_free(doc);
		return -ENOMEM;
	}
	*out = doc;
	return 0;
}

void results__measurement_free(struct results_measurement *m)
{
	free(m->case_id);
	results_params_free(&m->params);
	free(m->skipped);
	free(m->samples);
	for (size_t i = 0; i < m->nr_breakdown; i++)
		free(m->breakdown[i].symbol);
	free(m->breakdown);
}

void results__check_free(struct results_check *c)
{
	free(c->id);
	results_params_free(&c->params);
	free(c->expect);
	free(c->seen);
}

void results_doc_free(struct results_doc *doc)
{
	if (!doc)
		return;
	for (size_t i = 0; i < doc->nr_measurements; i++)
		results__measurement_free(&doc->measurements[i]);
	for (size_t i = 0; i < doc->nr_checks; i++)
		results__check_free(&doc->checks[i]);
	for (size_t i = 0; i < doc->nr_axes; i++)
		results__axis_free(&doc->axes[i]);
	free(doc->axes);
	free(doc->measurements);
	free(doc->checks);
	results__index_free(doc->row_index);
	results__index_free(doc->check_index);
	results_pairs_free(&doc->environment);
	results_pairs_free(&doc->subject);
	free(doc->part);
	free(doc->mode);
	free(doc->created);
	free(doc->command);
	free(doc->extra);
	free(doc);
}

/* Order by (case, params, subject), without the metric. */
int results__row_cmp(const struct results_measurement *a, const struct results_measurement *b)
{
	int c = strcmp(a->case_id, b->case_id);

	if (!c)
		c = results_params_cmp(&a->params, &b->params);
	return c ? c : (int)a->subject - (int)b->subject;
}

static const char *metric_name(const struct results_measurement *m)
{
	return m->skipped ? "" : m->metric->name;
}

int results__measurement_cmp(const struct results_measurement *a,
			     const struct results_measurement *b)
{
	int c = results__row_cmp(a, b);

	return c ? c : strcmp(metric_name(a), metric_name(b));
}

/* Whether a and b cannot both be in a document: a skipped row excludes every metric of that row. */
static bool clash(const struct results_measurement *a, const struct results_measurement *b)
{
	if (results__row_cmp(a, b))
		return false;
	return a->skipped || b->skipped || a->metric == b->metric;
}

int results__check_cmp(const struct results_check *a, const struct results_check *b)
{
	int c = strcmp(a->id, b->id);

	return c ? c : results_params_cmp(&a->params, &b->params);
}

/* ---- finding rows and checks ---- */

/* The argument of an index's is_it(): the document, and the row or check that is looked for. */
struct wanted {
	const struct results_doc *doc;
	const void *what;
};

static bool is_clash(const void *arg, size_t i)
{
	const struct wanted *w = arg;

	return clash(w->what, &w->doc->measurements[i]);
}

static bool is_measurement(const void *arg, size_t i)
{
	const struct wanted *w = arg;

	return !results__measurement_cmp(w->what, &w->doc->measurements[i]);
}

static bool is_check(const void *arg, size_t i)
{
	const struct wanted *w = arg;

	return !results__check_cmp(w->what, &w->doc->checks[i]);
}

/* Makes *x if it is NULL, and anew if it has more entries than the array, whose number is nr. */
static int renew(struct results__index **x, size_t nr)
{
	if (*x && results__index_nr(*x) > nr) {
		results__index_free(*x);
		*x = NULL;
	}
	if (!*x)
		*x = results__index_new();
	return *x ? 0 : -ENOMEM;
}

static int index_rows(struct results_doc *doc)
{
	int err = renew(&doc->row_index, doc->nr_measurements);
	struct results__index *x = doc->row_index;

	for (size_t i = err ? 0 : results__index_nr(x); i < doc->nr_measurements && !err; i++)
		err = results__index_add(x, results__row_hash(x, &doc->measurements[i]));
	return err;
}

static int index_checks(struct results_doc *doc)
{
	int err = renew(&doc->check_index, doc->nr_checks);
	struct results__index *x = doc->check_index;

	for (size_t i = err ? 0 : results__index_nr(x); i < doc->nr_checks && !err; i++)
		err = results__index_add(x, results__check_hash(x, &doc->checks[i]));
	return err;
}

const struct results_measurement *results_doc_find(struct results_doc *doc,
						   const struct results_measurement *m)
{
	struct wanted w = { doc, m };
	size_t i;

	if (!index_rows(doc)) {
		i = results__index_find(doc->row_index, results__row_hash(doc->row_index, m),
					is_measurement, &w);
		return i == RESULTS__NOWHERE ? NULL : &doc->measurements[i];
	}
	for (i = 0; i < doc->nr_measurements; i++) /* no memory for an index: slower, not wrong */
		if (is_measurement(&w, i))
			return &doc->measurements[i];
	return NULL;
}

static int clash_error(const struct results_measurement *a, const struct results_measurement *b,
		       struct results_error *err)
{
	char *params = results_params_text(&a->params);
	const struct results_measurement *m = a->skipped ? b : a;

	results__error(err, -EEXIST, NULL, "",
		       "%s {%s} %s %s is there %s; give each row its own params or drop one",
		       a->case_id, params ? params : "", results_subject_name(a->subject),
		       m->skipped ? "(skipped)" : m->metric->name,
		       !a->skipped == !b->skipped ? "already" : "both as measured and as skipped");
	free(params);
	return -EEXIST;
}

size_t results__room(size_t nr)
{
	size_t room = 1;

	while (room < nr)
		room *= 2;
	return room;
}

/* Makes room for one more entry in an array of results__room(nr) entries. 0 or -ENOMEM. */
static int grow(void **v, size_t nr, size_t size)
{
	void *bigger;

	if (nr && nr < results__room(nr))
		return 0;
	bigger = realloc(*v, results__room(nr + 1) * size);
	if (!bigger)
		return -ENOMEM;
	*v = bigger;
	return 0;
}

static int no_memory(struct results_error *err)
{
	return results__error(err, -ENOMEM, NULL, "", "no memory for another row");
}

static int copy_shares(struct results_measurement *to, const struct results_share *v, size_t nr)
{
	to->breakdown = nr ? calloc(nr, sizeof(*v)) : NULL;
	if (nr && !to->breakdown)
		return -ENOMEM;
	for (; to->nr_breakdown < nr; to->nr_breakdown++) {
		struct results_share *share = &to->breakdown[to->nr_breakdown];

		*share = v[to->nr_breakdown];
		share->symbol = strdup(share->symbol);
		if (!share->symbol)
			return -ENOMEM;
	}
	return 0;
}

static int copy_measurement(struct results_measurement *to, const struct results_measurement *from)
{
	int err;

	*to = (struct results_measurement){
		.subject = from->subject,
		.case_id = strdup(from->case_id),
	};
	err = results_params_copy(&to->params, &from->params);
	if (!to->case_id || err)
		return -ENOMEM;
	if (from->skipped) {
		to->skipped = strdup(from->skipped);
		return to->skipped ? 0 : -ENOMEM;
	}
	to->metric = from->metric;
	to->kind = from->kind;
	to->nr_ops = from->nr_ops;
	to->discarded = from->discarded;
	to->nr_samples = from->nr_samples;
	to->samples = malloc(from->nr_samples * sizeof(*to->samples));
	if (!to->samples)
		return -ENOMEM;
	for (size_t i = 0; i < from->nr_samples; i++)
		to->samples[i] = from->samples[i] + 0.0; /* no negative zero */
	return copy_shares(to, from->breakdown, from->nr_breakdown);
}

/* A measurement with too few samples, too few equal ones, or lost events is only deterministic. */
static int downgrade(struct results_measurement *m, struct results_error *err)
{
	double *sorted;
	size_t count;

	if (m->skipped || m->kind != RESULTS_EXACT || !m->metric || !m->nr_samples || !m->samples)
		return 0;
	sorted = results__sorted(m->samples, m->nr_samples);
	if (!sorted)
		return no_memory(err);
	results__mode(sorted, m->nr_samples, &count);
	if (!results__is_exact(m->metric, count, m->nr_samples, m->discarded))
		m->kind = RESULTS_DETERMINISTIC;
	free(sorted);
	return 0;
}

int results_doc_add(struct results_doc *doc, const struct results_measurement *m,
		    struct results_error *err)
{
	struct results_measurement checked = *m, copy;
	struct wanted w = { doc, &checked };
	int ret = downgrade(&checked, err);
	size_t at;

	if (!ret)
		ret = results__check_measurement(&checked, err);
	if (ret)
		return ret;
	if (index_rows(doc))
		return no_memory(err);
	at = results__index_find(doc->row_index, results__row_hash(doc->row_index, &checked),
				 is_clash, &w);
	if (at != RESULTS__NOWHERE)
		return clash_error(&checked, &doc->measurements[at], err);
	if (grow((void **)&doc->measurements, doc->nr_measurements, sizeof(*doc->measurements)))
		return no_memory(err);
	if (copy_measurement(&copy, &checked)) {
		results__measurement_free(&copy);
		return no_memory(err);
	}
	doc->measurements[doc->nr_measurements++] = copy;
	return 0;
}

int results_doc_break_down(struct results_doc *doc, size_t i, const struct results_share *v,
			   size_t nr, struct results_error *err)
{
	struct results_measurement *m = &doc->measurements[i], with = *m, copy;
	int ret;

	with.breakdown = (struct results_share *)v;
	with.nr_breakdown = nr;
	ret = results__check_measurement(&with, err);
	if (ret)
		return ret;
	if (copy_measurement(&copy, &with)) {
		results__measurement_free(&copy);
		return no_memory(err);
	}
	results__measurement_free(m);
	*m = copy;
	return 0;
}

int results_doc_add_skipped(struct results_doc *doc, const char *case_id,
			    const struct results_params *params, enum results_subject subject,
			    const char *reason, struct results_error *err)
{
	struct results_measurement m = {
		.case_id = (char *)case_id,
		.params = params ? *params : (struct results_params){ 0 },
		.subject = subject,
		.skipped = (char *)(reason ? reason : ""),
	};

	return results_doc_add(doc, &m, err);
}

int results_doc_add_check(struct results_doc *doc, const char *id,
			  const struct results_params *params, const char *expect, const char *seen,
			  bool pass, struct results_error *err)
{
	struct results_check c = {
		.id = (char *)id,
		.params = params ? *params : (struct results_params){ 0 },
		.expect = (char *)expect,
		.seen = (char *)seen,
		.ok = pass,
	}, copy;
	struct wanted w = { doc, &c };
	int ret = results__check_check(&c, err);

	if (ret)
		return ret;
	if (index_checks(doc))
		return no_memory(err);
	if (results__index_find(doc->check_index, results__check_hash(doc->check_index, &c),
				is_check, &w) != RESULTS__NOWHERE)
		return results__error(err, -EEXIST, NULL, "",
				      "check %s is there already with these params", id);
	if (grow((void **)&doc->checks, doc->nr_checks, sizeof(*doc->checks)))
		return no_memory(err);
	copy = (struct results_check){
		.id = strdup(id),
		.expect = strdup(expect),
		.seen = strdup(seen),
		.ok = pass,
	};
	ret = results_params_copy(&copy.params, &c.params);
	if (ret || !copy.id || !copy.expect || !copy.seen) {
		results__check_free(&copy);
		return no_memory(err);
	}
	doc->checks[doc->nr_checks++] = copy;
	return 0;
}

static int share_cmp(const void *a, const void *b)
{
	const struct results_share *x = a, *y = b;

	if (x->instructions != y->instructions)
		return x->instructions < y->instructions ? 1 : -1;
	return strcmp(x->symbol, y->symbol);
}

struct results_share *results__sorted_shares(const struct results_measurement *m)
{
	struct results_share *v = malloc((m->nr_breakdown + 1) * sizeof(*v));

	if (!v)
		return NULL;
	if (m->nr_breakdown)
		memcpy(v, m->breakdown, m->nr_breakdown * sizeof(*v));
	qsort(v, m->nr_breakdown, sizeof(*v), share_cmp);
	return v;
}

static int measurement_ptr_cmp(const void *a, const void *b)
{
	return results__measurement_cmp(*(const struct results_measurement *const *)a,
					*(const struct results_measurement *const *)b);
}

static int check_ptr_cmp(const void *a, const void *b)
{
	return results__check_cmp(*(const struct results_check *const *)a,
				  *(const struct results_check *const *)b);
}

const struct results_measurement **results__sorted_measurements(const struct results_doc *doc,
								struct results_error *err)
{
	size_t nr = doc->nr_measurements;
	const struct results_measurement **v = malloc((nr + 1) * sizeof(*v));

	if (!v) {
		no_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < nr; i++)
		v[i] = &doc->measurements[i];
	qsort(v, nr, sizeof(*v), measurement_ptr_cmp);
	/* A skipped one is first of its row: comparing neighbours finds every clash. */
	for (size_t i = 1; i < nr; i++) {
		if (!clash(v[i - 1], v[i]))
			continue;
		clash_error(v[i - 1], v[i], err);
		results__error_prefix(
			err, ".measurements[%zu]",
			(size_t)((v[i] > v[i - 1] ? v[i] : v[i - 1]) - doc->measurements));
		free(v);
		return NULL;
	}
	return v;
}

const struct results_check **results__sorted_checks(const struct results_doc *doc,
						    struct results_error *err)
{
	size_t nr = doc->nr_checks;
	const struct results_check **v = malloc((nr + 1) * sizeof(*v));

	if (!v) {
		no_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < nr; i++)
		v[i] = &doc->checks[i];
	qsort(v, nr, sizeof(*v), check_ptr_cmp);
	for (size_t i = 1; i < nr; i++) {
		if (results__check_cmp(v[i - 1], v[i]))
			continue;
		results__error(err, -EEXIST, NULL, "",
			       "check %s is there already with these params; drop one", v[i]->id);
		results__error_prefix(err, ".checks[%zu]",
				      (size_t)((v[i] > v[i - 1] ? v[i] : v[i - 1]) - doc->checks));
		free(v);
		return NULL;
	}
	return v;
}
