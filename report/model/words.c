// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Looks up values in a document's axes.
 */
#include <stdlib.h>
#include <string.h>

#include "words.h"

static const struct results_axis *axis_of(const struct report_part *part, const char *case_id,
					  const char *key)
{
	return part && part->doc ? results_axis_of(part->doc, key, case_id) : NULL;
}

const struct results_value *word_of(const struct report_part *part, const char *case_id,
				    const char *key, const char *value)
{
	return value ? results_value_of(axis_of(part, case_id, key), value) : NULL;
}

const char *word_label(struct arena *a, const struct report_part *part, const char *case_id,
		       const char *key, const char *value)
{
	const struct results_value *word = word_of(part, case_id, key, value);

	return clean(a, word ? word->label : value);
}

const char *word_marked(struct arena *a, const struct report_part *part, const char *case_id,
			const char *key, const char *value)
{
	const char *label = word_label(a, part, case_id, key, value);

	return word_is_busted(part, case_id, key, value) ? arena_str(a, "%s (busted)", label)
							 : label;
}

size_t word_place(const struct report_part *part, const char *case_id, const char *key,
		  const char *value)
{
	const struct results_axis *axis = axis_of(part, case_id, key);
	const struct results_value *word = results_value_of(axis, value);

	return word ? (size_t)(word - axis->values) : axis ? axis->nr_values : 0;
}

bool word_is_busted(const struct report_part *part, const char *case_id, const char *key,
		    const char *value)
{
	const struct results_value *word = word_of(part, case_id, key, value);

	return word && word->busted;
}

size_t words_used(struct arena *a, const struct report_part *part, const char *case_id,
		  enum results_subject subject, const char *key, const char *const **out)
{
	const struct results_axis *axis = axis_of(part, case_id, key);
	struct names seen = { 0 };
	const char **found = NULL, **sorted;
	size_t nr = 0, n = 0, known;

	*out = NULL;
	for (size_t i = 0; part && part->doc && i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const char *value = results_params_str(&row->params, key);

		if (!value || row->subject != subject || strcmp(row->case_id, case_id))
			continue;
		known = seen.nr;
		if (names_add(a, &seen, value) < known)
			continue;
		found = arena_grow(a, found, nr, sizeof(*found));
		found[nr++] = value;
	}
	sorted = arena_alloc(a, (nr + 1) * sizeof(*sorted));
	for (size_t i = 0; axis && i < axis->nr_values; i++)
		if (names_find(&seen, axis->values[i].value) != NAMES_NOWHERE)
			sorted[n++] = axis->values[i].value;
	for (size_t i = 0; i < nr; i++)
		if (!results_value_of(axis, found[i]))
			sorted[n++] = found[i];
	*out = sorted;
	return n;
}

void section_words(struct model *m, struct section *s, const struct report_part *part,
		   const char *case_id, const char *key, const char *const *values, size_t nr,
		   const char *caption)
{
	static const char *const columns[] = { "Name", "In short", "What it is", NULL };
	struct table *t = NULL;

	for (size_t i = 0; i < nr; i++) {
		const struct results_value *word = word_of(part, case_id, key, values[i]);

		if (!word)
			continue;
		if (!t)
			t = section_table(m, s, caption, columns);
		table_row(m, t);
		table_cell(t, word->busted ? "bad" : "", clean(m->arena, word->value));
		table_seen(t, "", word_marked(m->arena, part, case_id, key, values[i]));
		table_seen(t, "prose", clean(m->arena, word->means));
	}
	if (t)
		t->folded = true;
}

static int by_size(const void *va, const void *vb)
{
	const long long *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

size_t numbers_used(struct arena *a, const struct report_part *part, const char *case_id,
		    enum results_subject subject, const char *key, const long long **out)
{
	long long *found = NULL;
	size_t nr = 0, n = 0;

	for (size_t i = 0; part && part->doc && i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const struct results_param *v = results_params_get(&row->params, key);

		if (!v || v->str || row->subject != subject || strcmp(row->case_id, case_id))
			continue;
		found = arena_grow(a, found, nr, sizeof(*found));
		found[nr++] = v->num;
	}
	if (nr)
		qsort(found, nr, sizeof(*found), by_size);
	for (size_t i = 0; i < nr; i++)
		if (!n || found[n - 1] != found[i])
			found[n++] = found[i];
	*out = found;
	return n;
}
