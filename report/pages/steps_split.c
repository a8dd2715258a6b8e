// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What splitting a folio costs, alone and beside a walker; and the format that the page's sentences
 * are about.
 */
#include <string.h>

#include "../model/words.h"
#include "pages.h"
#include "steps.h"

static const char split_id[] = "thp/split";

/* The index of the format with the most rows of the case; the first of several. */
static size_t most_rows(struct model *m, const struct report_part *part, const char *case_id,
			const char *const *formats, size_t nr)
{
	size_t *rows = arena_alloc(m->arena, (nr + 1) * sizeof(*rows)), most = 0;
	struct names places = { 0 };

	for (size_t i = 0; i < nr; i++)
		names_add(m->arena, &places, formats[i]);
	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const char *format = results_params_str(&row->params, "format");

		if (format && row->subject == RESULTS_REF && !strcmp(row->case_id, case_id))
			rows[names_find(&places, format)]++;
	}
	for (size_t i = 0; i < nr; i++)
		most = rows[i] > rows[most] ? i : most;
	return most;
}

const char *steps_home_format(struct model *m, const struct report_part *part, const char *case_id)
{
	const char *const *formats, *own;
	size_t nr = words_used(m->arena, part, case_id, RESULTS_REF, "format", &formats);

	if (!nr)
		return NULL;
	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		own = results_params_str(&part->doc->measurements[i].params, "format");
		if (part->doc->measurements[i].subject != RESULTS_KERNEL || !own)
			continue;
		for (size_t k = 0; k < nr; k++)
			if (!strcmp(formats[k], own))
				return formats[k];
		break;
	}
	return formats[most_rows(m, part, case_id, formats, nr)];
}

/* The split's value with that number of readers. like: params of one of its rows; NULL: none. */
static struct rvalue split_at(struct model *m, const struct report_part *part, const char *metric,
			      const struct results_params *like, int readers)
{
	const struct report_rows rows = { part, split_id, RESULTS_REF, metric };
	const struct report_cond cond = { .key = "readers", .num = readers };

	return like ? rv_find(m->arena, &rows, like, &cond, 1) : rv_missing("not run");
}

static void split_row(struct model *m, struct table *t, const struct report_part *part,
		      const struct results_params *like, bool home)
{
	static const char *const keys[] = { "kind", "leaf", "readers" };
	const char *rest = home ? "" : params_without(m->arena, like, keys, 3);
	struct rvalue v[] = {
		split_at(m, part, "time", like, 0),
		split_at(m, part, "time", like, 1),
		split_at(m, part, "split_retries", like, 1),
	};

	table_row(m, t);
	table_cell(t, "",
		   arena_str(m->arena, "%s, %s%s%s", param_text(m->arena, like, "kind", "?"),
			     param_text(m->arena, like, "leaf", "?"), *rest ? "; " : "", rest));
	for (size_t i = 0; i < 3; i++)
		table_value(m, t, &v[i]);
}

/* A table of splits: first the rows that differ from `like` only in kind and leaf. */
static void split_table(struct model *m, struct section *s, const struct report_part *part,
			const struct results_params *like)
{
	static const char *const columns[] = { "Folio, leaf", "#Alone", "#One reader at it",
					       "#Retries beside it", NULL };
	static const char *const keys[] = { "readers", "kind", "leaf" };
	struct table *t = section_table(m, s, "One folio split, native", columns);
	size_t known;

	for (size_t pass = 0; pass < 2; pass++) {
		struct names seen = { 0 };

		for (size_t i = 0; i < part->doc->nr_measurements; i++) {
			const struct results_measurement *row = &part->doc->measurements[i];

			if (row->subject != RESULTS_REF || strcmp(row->case_id, split_id) ||
			    params_alike(&row->params, like, keys, 3) != !pass)
				continue;
			known = seen.nr;
			if (names_add(m->arena, &seen,
				      params_id(m->arena, &row->params, keys, 1)) == known)
				split_row(m, t, part, &row->params, !pass);
		}
	}
}

void steps_split(struct model *m, struct page *p, const struct report_part *part)
{
	struct section *s = page_section(m, p, "split", "The other side: splitting the folio");
	const char *format = steps_home_format(m, part, split_id);
	const struct report_cond conds[] = { { .key = "kind", .str = "anon" },
					     { .key = "leaf", .str = "pmd" },
					     { .key = "format", .str = format } };
	const struct results_measurement *row =
		format ? rows_plain(part, split_id, RESULTS_REF, conds, 3) : NULL;
	const struct results_params *like = row ? &row->params : NULL;
	struct rvalue alone = split_at(m, part, "time", like, 0);
	struct rvalue beside = split_at(m, part, "time", like, 1);
	struct rvalue retries = split_at(m, part, "split_retries", like, 1);
	const char *question = "What does a split cost, alone and beside a walker?", *text;
	struct arena *a = m->arena;

	section_source(m, s, part);
	if (!rv_ok(&alone)) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, "native", split_id, alone.why));
		return;
	}
	text = arena_str(a, "An anonymous folio of 512 pages is split in %s", rv_strong(a, &alone));
	if (rv_ok(&beside))
		text = arena_str(a, "%s; beside a thread that walks it all the time, in %s", text,
				 rv_strong(a, &beside));
	if (rv_ok(&retries))
		text = arena_str(a, "%s, and gives up %s times first", text, rv_text(a, &retries));
	section_answer(m, p, s, question, mode_words(a, part), arena_str(a, "%s.", text));
	split_table(m, s, part, like);
	section_load(m, s, part);
}
