// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documents of two versions made comparable. A row names properties of its kernel, such as its
 * format: they may differ between versions while the row is the same, and are left out.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include "../model/names.h"
#include "history.h"

const char *const history_own_keys[HISTORY_OWN_KEYS] = { "format", "design", "levels", "backend" };

static bool same_value(const struct results_param *a, const struct results_param *b)
{
	if (!a || !b || !a->str != !b->str)
		return !a && !b;
	return a->str ? !strcmp(a->str, b->str) : a->num == b->num;
}

/* Whether two rows of the kernel are alike but for own keys, and differ in this one. */
static bool tells_apart(struct arena *a, const struct results_doc *doc, const char *key)
{
	const struct results_param **values = NULL; /* the key's, in the first row of each group */
	struct names groups = { 0 };
	size_t at, known;

	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *row = &doc->measurements[i];
		const struct results_param *v = results_params_get(&row->params, key);

		if (row->subject != RESULTS_KERNEL)
			continue;
		known = groups.nr;
		at = names_add(
			a, &groups,
			arena_str(a, "%s\n%s", row->case_id,
				  params_id(a, &row->params, history_own_keys, HISTORY_OWN_KEYS)));
		if (at == known) {
			values = arena_grow(a, values, known, sizeof(*values));
			values[at] = v;
		} else if (!same_value(v, values[at])) {
			return true;
		}
	}
	return false;
}

size_t history_hidden(struct arena *a, const struct results_doc *old, const struct results_doc *new,
		      const char *hidden[HISTORY_OWN_KEYS])
{
	size_t nr = 0;

	for (size_t i = 0; i < HISTORY_OWN_KEYS; i++)
		if (!tells_apart(a, old, history_own_keys[i]) &&
		    !tells_apart(a, new, history_own_keys[i]))
			hidden[nr++] = history_own_keys[i];
	return nr;
}

static bool is_hidden(const char *key, const char *const *hidden, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(hidden[i], key))
			return true;
	return false;
}

/* Adds a copy of the row; one of the kernel without the hidden keys. */
static int add_row(struct arena *a, struct results_doc *to, const struct results_measurement *from,
		   const char *const *hidden, size_t nr, struct results_error *err)
{
	struct results_measurement row = *from;

	if (row.subject == RESULTS_KERNEL) {
		row.params = (struct results_params){
			.v = arena_alloc(a, (from->params.nr + 1) * sizeof(*row.params.v)),
		};
		for (size_t i = 0; i < from->params.nr; i++)
			if (!is_hidden(from->params.v[i].key, hidden, nr))
				row.params.v[row.params.nr++] = from->params.v[i];
	}
	return results_doc_add(to, &row, err);
}

static int copy_pairs(struct results_pairs *to, const struct results_pairs *from)
{
	int err = 0;

	for (size_t i = 0; i < from->nr && !err; i++)
		err = results_pairs_set(to, from->v[i].key, from->v[i].value);
	return err;
}

int history_doc(struct model *m, const char *part, const char *mode, struct results_doc **out)
{
	int ret;

	m->step_docs = arena_grow(m->arena, m->step_docs, m->nr_step_docs, sizeof(*m->step_docs));
	ret = results_doc_new(part, mode, out);
	if (!ret)
		m->step_docs[m->nr_step_docs++] = *out;
	return ret;
}

int history_bare(struct model *m, const struct results_doc *doc, const char *const *hidden,
		 size_t nr, struct results_doc **out, struct results_error *err)
{
	struct results_doc *bare;
	int ret = history_doc(m, doc->part, doc->mode, &bare);

	if (ret)
		return ret;
	*out = bare;
	ret = copy_pairs(&bare->environment, &doc->environment);
	ret = ret ? ret : copy_pairs(&bare->subject, &doc->subject);
	for (size_t i = 0; i < doc->nr_measurements && !ret; i++)
		ret = add_row(m->arena, bare, &doc->measurements[i], hidden, nr, err);
	return ret;
}

/* The key's values in the kernel's rows: "3, 4"; NULL: none has it. */
static const char *values_of(struct arena *a, const struct results_doc *doc, const char *key)
{
	struct names seen = { 0 };
	const char *text = NULL;

	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *row = &doc->measurements[i];
		const char *v = row->subject == RESULTS_KERNEL
					? param_text(a, &row->params, key, NULL)
					: NULL;
		size_t known = seen.nr;

		if (v && names_add(a, &seen, v) == known)
			text = text ? arena_str(a, "%s, %s", text, v) : v;
	}
	return text;
}

const char *history_own_text(struct arena *a, const struct results_doc *old,
			     const struct results_doc *new, const char *const *hidden, size_t nr)
{
	const char *text = NULL;

	for (size_t i = 0; i < nr; i++) {
		const char *x = values_of(a, old, hidden[i]), *y = values_of(a, new, hidden[i]);

		if (!x || !y || !strcmp(x, y))
			continue;
		text = arena_str(a, "%s%s%s (%s, then %s)", text ? text : "", text ? "; " : "",
				 hidden[i], x, y);
	}
	return text;
}

const char *history_other_environment(struct arena *a, const struct results_doc *x,
				      const struct results_doc *y)
{
	const char *text = NULL;

	for (size_t i = 0; i < x->environment.nr; i++) {
		const struct results_pair *p = &x->environment.v[i];
		const char *other = results_pairs_get(&y->environment, p->key);

		if (results_env_is_compared(p->key) && (!other || strcmp(other, p->value)))
			text = arena_str(a, "%s%s %s", text ? text : "environments differ in",
					 text ? "," : "", clean(a, p->key));
	}
	return text;
}
