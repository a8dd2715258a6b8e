// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The values of all documents by series. Threads add documents as they read them; the order in
 * which they come is forgotten at the end, when all is sorted.
 */
#include <errno.h>
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "trend.h"

struct series {
	struct results_measurement *id;
	struct results_trend_value *values; /* run: the number of the document */
	size_t nr, room;
};

struct group {
	char *key; /* part, mode and environment; unique */
	size_t nr; /* of this group */
	struct results_trend_group g;
	struct results__index *index;
	struct series *series;
	size_t nr_series, room;
};

struct subject {
	char *key;
	size_t nr;
};

struct document {
	size_t source, group;
	uint32_t subject;
	uint64_t hash[2];
	bool left_out;
};

struct results__gathered {
	const struct results__selection *only;
	pthread_mutex_t lock; /* of all below */
	void *group_tree, *subject_tree;
	struct group **groups;
	size_t nr_groups, group_room;
	struct results_pairs *subjects;
	size_t nr_subjects, subject_room;
	struct document *docs;
	size_t nr_docs, doc_room;
};

/* Makes room for one more of *array. 0 or -ENOMEM. */
static int grow(void *array, size_t nr, size_t *room, size_t size)
{
	void **at = array, *bigger;
	size_t want = *room ? 2 * *room : 8;

	if (nr < *room)
		return 0;
	bigger = realloc(*at, want * size);
	if (!bigger)
		return -ENOMEM;
	*at = bigger;
	*room = want;
	return 0;
}

struct results__gathered *results__gather_new(const struct results__selection *only)
{
	struct results__gathered *g = calloc(1, sizeof(*g));

	if (g) {
		g->only = only;
		pthread_mutex_init(&g->lock, NULL);
	}
	return g;
}

static void keep(void *node)
{
	(void)node; /* the arrays own what the trees point to */
}

static void free_subject(void *node)
{
	struct subject *s = node;

	free(s->key);
	free(s);
}

static void free_group(struct group *g)
{
	for (size_t i = 0; i < g->nr_series; i++) {
		if (g->series[i].id)
			results__measurement_free(g->series[i].id);
		free(g->series[i].id);
		free(g->series[i].values);
	}
	free(g->series);
	results__index_free(g->index);
	results_pairs_free(&g->g.environment);
	free(g->g.part);
	free(g->g.mode);
	free(g->key);
	free(g);
}

void results__gather_free(struct results__gathered *g)
{
	if (!g)
		return;
	tdestroy(g->group_tree, keep);
	tdestroy(g->subject_tree, free_subject);
	for (size_t i = 0; i < g->nr_groups; i++)
		free_group(g->groups[i]);
	for (size_t i = 0; i < g->nr_subjects; i++)
		results_pairs_free(&g->subjects[i]);
	free(g->groups);
	free(g->subjects);
	free(g->docs);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

/* ---- adding ---- */

static int group_cmp(const void *a, const void *b)
{
	return strcmp(((const struct group *)a)->key, ((const struct group *)b)->key);
}

static int subject_cmp(const void *a, const void *b)
{
	return strcmp(((const struct subject *)a)->key, ((const struct subject *)b)->key);
}

/* The group of the document; takes *key and *env. NULL: no memory. */
static struct group *group_of(struct results__gathered *g, const struct results_doc *doc,
			      char **key, struct results_pairs *env)
{
	struct group *new,
		**found = tfind(&(struct group){ .key = *key }, &g->group_tree, group_cmp);

	if (found)
		return *found;
	if (grow(&g->groups, g->nr_groups, &g->group_room, sizeof(struct group *)))
		return NULL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return NULL;
	new->key = *key;
	new->g.environment = *env;
	*key = NULL;
	*env = (struct results_pairs){ 0 };
	new->nr = g->nr_groups;
	new->g.part = strdup(doc->part);
	new->g.mode = strdup(doc->mode);
	new->index = results__index_new();
	if (!new->g.part || !new->g.mode || !new->index ||
	    !tsearch(new, &g->group_tree, group_cmp)) {
		free_group(new);
		return NULL;
	}
	g->groups[g->nr_groups++] = new;
	return new;
}

/* The number of the document's subject; takes *key and *pairs. 0 or -ENOMEM. */
static int subject_of(struct results__gathered *g, char **key, struct results_pairs *pairs,
		      uint32_t *nr)
{
	struct subject *new,
		**found = tfind(&(struct subject){ .key = *key }, &g->subject_tree, subject_cmp);

	if (found) {
		*nr = (*found)->nr;
		return 0;
	}
	if (grow(&g->subjects, g->nr_subjects, &g->subject_room, sizeof(*g->subjects)))
		return -ENOMEM;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = (struct subject){ *key, g->nr_subjects };
	*key = NULL;
	if (!tsearch(new, &g->subject_tree, subject_cmp)) {
		free_subject(new);
		return -ENOMEM;
	}
	g->subjects[g->nr_subjects] = *pairs;
	*pairs = (struct results_pairs){ 0 };
	*nr = g->nr_subjects++;
	return 0;
}

struct wanted {
	const struct group *group;
	const struct results_measurement *m;
};

static bool is_wanted(const void *arg, size_t i)
{
	const struct wanted *w = arg;
	const struct results_measurement *id = w->group->series[i].id;

	return id->metric == w->m->metric && !results__row_cmp(id, w->m);
}

static int new_series(struct group *g, const struct results_measurement *m, uint64_t hash)
{
	struct results_measurement *id = calloc(1, sizeof(*id));

	if (!id || grow(&g->series, g->nr_series, &g->room, sizeof(*g->series))) {
		free(id);
		return -ENOMEM;
	}
	id->case_id = strdup(m->case_id);
	id->subject = m->subject;
	id->metric = m->metric;
	id->nr_ops = 1;
	g->series[g->nr_series++] = (struct series){ .id = id };
	return !id->case_id || results_params_copy(&id->params, &m->params) ||
			       results__index_add(g->index, hash)
		       ? -ENOMEM
		       : 0;
}

static int add_value(struct group *g, const struct results_measurement *m,
		     const struct results_trend_value *v)
{
	const struct wanted w = { g, m };
	uint64_t hash = results__row_hash(g->index, m);
	size_t at = results__index_find(g->index, hash, is_wanted, &w);
	struct series *s;

	if (at == RESULTS__NOWHERE) {
		if (new_series(g, m, hash))
			return -ENOMEM;
		at = g->nr_series - 1;
	}
	s = &g->series[at];
	if (grow(&s->values, s->nr, &s->room, sizeof(*s->values)))
		return -ENOMEM;
	s->values[s->nr++] = *v;
	return 0;
}

/* What is kept of a measurement. 0 or -ENOMEM. */
static int reduce(const struct results_measurement *m, struct results_trend_value *v)
{
	double *sorted = results__sorted(m->samples, m->nr_samples), sum = 0;
	size_t n = m->nr_samples, count;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sum += sorted[i];
	*v = (struct results_trend_value){
		.kind = m->kind,
		.median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2,
		.mean = sum / (double)n,
		.min = sorted[0],
		.max = sorted[n - 1],
		.nr_ops = m->nr_ops,
	};
	v->total = m->kind == RESULTS_SAMPLED ? v->median : results__mode(sorted, n, &count);
	free(sorted);
	return 0;
}

/* Under the lock: adds the document with the values of its rows. */
static int add(struct results__gathered *g, const struct results_doc *doc, struct document *d,
	       const struct results_trend_value *values, char *keys[2],
	       struct results_pairs pairs[2])
{
	struct group *group;
	int err = grow(&g->docs, g->nr_docs, &g->doc_room, sizeof(*g->docs));

	if (!err)
		err = subject_of(g, &keys[1], &pairs[1], &d->subject);
	group = err ? NULL : group_of(g, doc, &keys[0], &pairs[0]);
	if (!group)
		return -ENOMEM;
	d->group = group->nr;
	g->docs[g->nr_docs] = *d;
	for (size_t i = 0; i < doc->nr_measurements && !err; i++) {
		const struct results_measurement *m = &doc->measurements[i];
		struct results_trend_value v = values[i];

		v.run = g->nr_docs;
		v.subject = d->subject;
		if (!m->skipped && results__selects_row(g->only, m))
			err = add_value(group, m, &v);
	}
	g->nr_docs++;
	return err;
}

static int count_skipped(const struct results__gathered *g, const struct results_doc *doc,
			 size_t *skipped, char **first)
{
	*skipped = 0;
	*first = NULL;
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];
		char *params;

		if (!m->skipped || !results__selects_row(g->only, m) || (*skipped)++)
			continue;
		params = results_params_text(&m->params);
		if (!params || asprintf(first, "%s %s%s%s: %s", doc->part, m->case_id,
					*params ? " " : "", params, m->skipped) < 0)
			*first = NULL;
		free(params);
		if (!*first)
			return -ENOMEM;
	}
	return 0;
}

int results__gather_doc(struct results__gathered *g, const struct results_doc *doc, size_t source,
			size_t *skipped, char **first)
{
	struct results_trend_value *values = calloc(doc->nr_measurements + 1, sizeof(*values));
	struct document d = { .source = source };
	struct results_pairs pairs[2] = { 0 };
	char *keys[2] = { NULL, NULL };
	int err = count_skipped(g, doc, skipped, first);

	if (!err)
		err = results__trend_pairs(&pairs[0], &doc->environment, true);
	if (!err)
		err = results__trend_pairs(&pairs[1], &doc->subject, false);
	for (size_t i = 0; values && i < doc->nr_measurements && !err; i++)
		if (!doc->measurements[i].skipped)
			err = reduce(&doc->measurements[i], &values[i]);
	results__trend_hash(doc, d.hash);
	if (!err) {
		keys[0] = results__trend_key(doc->part, doc->mode, &pairs[0]);
		keys[1] = results__trend_key("", "", &pairs[1]);
	}
	if (!keys[0] || !keys[1] || !values)
		err = -ENOMEM;
	if (!err) {
		pthread_mutex_lock(&g->lock);
		err = add(g, doc, &d, values, keys, pairs);
		pthread_mutex_unlock(&g->lock);
	}
	for (int i = 0; i < 2; i++) {
		results_pairs_free(&pairs[i]);
		free(keys[i]);
	}
	free(values);
	return err;
}

/* ---- the end ---- */

static int document_cmp(const void *a, const void *b)
{
	const struct document *x = *(struct document *const *)a, *y = *(struct document *const *)b;

	for (int i = 0; i < 2; i++)
		if (x->hash[i] != y->hash[i])
			return x->hash[i] < y->hash[i] ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static int source_cmp(const void *a, const void *b)
{
	const struct document *x = *(struct document *const *)a, *y = *(struct document *const *)b;

	return (x->source > y->source) - (x->source < y->source);
}

/* Leaves out all but the first of equal documents, and counts them. */
static int leave_out_repeated(struct results__gathered *g, const char *const *names,
			      struct results_trend *t)
{
	struct document **sorted = malloc((g->nr_docs + 1) * sizeof(*sorted)), **twin;
	char *text = NULL;
	size_t nr = 0;
	int err = 0;

	twin = calloc(2 * g->nr_docs + 1, sizeof(*twin));
	for (size_t i = 0; sorted && i < g->nr_docs; i++)
		sorted[i] = &g->docs[i];
	if (sorted && twin)
		qsort(sorted, g->nr_docs, sizeof(*sorted), document_cmp);
	for (size_t i = 1, of = 0; sorted && twin && i < g->nr_docs; i++) {
		if (memcmp(sorted[i]->hash, sorted[of]->hash, sizeof(sorted[i]->hash))) {
			of = i;
			continue;
		}
		sorted[i]->left_out = true;
		twin[2 * nr] = sorted[i];
		twin[2 * nr++ + 1] = sorted[of];
	}
	if (!sorted || !twin) {
		err = -ENOMEM;
	} else if (nr) {
		qsort(twin, nr, 2 * sizeof(*twin), source_cmp);
		if (asprintf(&text, "%s: part %s is the same document as that of %s",
			     names[twin[0]->source], g->groups[twin[0]->group]->g.part,
			     names[twin[1]->source]) < 0)
			err = -ENOMEM;
		else
			results__trend_count(&t->repeated, nr, text);
	}
	free(sorted);
	free(twin);
	return err;
}

static int value_cmp(const void *a, const void *b)
{
	const struct results_trend_value *x = a, *y = b;

	return (x->run > y->run) - (x->run < y->run);
}

/* Moves a series to t, if a value is left of it. */
static void take_series(struct results__gathered *g, struct series *s, size_t group,
			const size_t *rank, struct results_trend *t)
{
	struct results_trend_series *to = &t->series[t->nr_series];
	size_t nr = 0;

	for (size_t i = 0; i < s->nr; i++) {
		const struct document *d = &g->docs[s->values[i].run];

		if (d->left_out || rank[d->source] == RESULTS__NOWHERE)
			continue;
		s->values[nr] = s->values[i];
		s->values[nr++].run = rank[d->source];
	}
	if (!nr)
		return;
	qsort(s->values, nr, sizeof(*s->values), value_cmp);
	*to = (struct results_trend_series){
		.group = group, .m = s->id, .values = s->values, .nr_values = nr
	};
	for (size_t i = 0; i < nr; i++)
		to->kind = s->values[i].kind > to->kind ? s->values[i].kind : to->kind;
	s->id->kind = to->kind;
	s->id = NULL;
	s->values = NULL;
	t->nr_series++;
	t->nr_values += nr;
}

/* The runs of each group. */
static void find_runs(struct results__gathered *g, const size_t *rank, struct results_trend *t)
{
	for (size_t i = 0; i < g->nr_docs; i++) {
		const struct document *d = &g->docs[i];
		struct results_trend_group *to = &g->groups[d->group]->g;
		size_t run = rank[d->source];

		if (d->left_out || run == RESULTS__NOWHERE)
			continue;
		to->first = !to->nr_runs || run < to->first ? run : to->first;
		to->last = run > to->last ? run : to->last;
		to->nr_runs++;
		t->nr_documents++;
	}
}

static int group_order(const void *a, const void *b)
{
	const struct group *x = *(struct group *const *)a, *y = *(struct group *const *)b;
	int by = strcmp(x->g.part, y->g.part);

	if (!by)
		by = strcmp(x->g.mode, y->g.mode);
	if (!by && x->g.first != y->g.first)
		by = x->g.first < y->g.first ? -1 : 1;
	return by ? by : strcmp(x->key, y->key);
}

static int series_order(const void *a, const void *b)
{
	const struct results_trend_series *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return results__measurement_cmp(x->m, y->m);
}

/* Subjects are numbered as threads happened to read them; nothing that is printed says the number.
 */
static void take_all(struct results__gathered *g, const size_t *rank, struct results_trend *t)
{
	for (size_t i = 0; i < g->nr_groups; i++) {
		struct group *from = g->groups[i];

		if (!from->g.nr_runs)
			continue;
		for (size_t k = 0; k < from->nr_series; k++)
			take_series(g, &from->series[k], t->nr_groups, rank, t);
		t->groups[t->nr_groups++] = from->g;
		from->g = (struct results_trend_group){ 0 };
	}
	qsort(t->series, t->nr_series, sizeof(*t->series), series_order);
	t->subjects = g->subjects;
	t->nr_subjects = g->nr_subjects;
	g->subjects = NULL;
	g->nr_subjects = 0;
}

int results__gather_end(struct results__gathered *g, const size_t *rank, const char *const *names,
			struct results_trend *t)
{
	size_t nr_series = 0;

	if (leave_out_repeated(g, names, t))
		return -ENOMEM;
	find_runs(g, rank, t);
	if (g->nr_groups)
		qsort(g->groups, g->nr_groups, sizeof(*g->groups), group_order);
	for (size_t i = 0; i < g->nr_groups; i++)
		nr_series += g->groups[i]->nr_series;
	t->groups = calloc(g->nr_groups + 1, sizeof(*t->groups));
	t->series = calloc(nr_series + 1, sizeof(*t->series));
	if (!t->groups || !t->series)
		return -ENOMEM;
	take_all(g, rank, t);
	return 0;
}
