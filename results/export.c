// SPDX-License-Identifier: GPL-2.0-or-later
/* The rows of one run, for the formats of `ptbench export` that have values. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"

bool results__part_failed(const struct results_part *part, const struct results_doc *doc)
{
	if (part && part->state != RESULTS_PASSED)
		return true;
	for (size_t i = 0; doc && i < doc->nr_checks; i++)
		if (!doc->checks[i].ok)
			return true;
	return false;
}

static int add_doc(struct results__values *out, const struct results_part *part,
		   const struct results_doc *doc, const struct results__selection *only)
{
	bool failed = results__part_failed(part, doc);

	for (size_t i = 0; i < doc->nr_measurements; i++) {
		struct results__value_row row = { .doc = doc, .part = part, .failed = failed };

		row.m = &doc->measurements[i];
		row.skipped = row.m->skipped;
		if (!results__selects_row(only, row.m))
			continue;
		if (!row.skipped)
			results_stat(row.m, &row.stat);
		if (!row.skipped && isnan(row.stat.value))
			return -ENOMEM;
		out->nr_failed += failed && !row.skipped;
		out->nr_skipped += row.skipped;
		out->v[out->nr++] = row;
	}
	return 0;
}

int results__values_of(const struct results__source *s, const struct results__selection *only,
		       struct results__values *out)
{
	size_t most = 0;
	int err = 0;

	*out = (struct results__values){ .source = s };
	for (size_t i = 0; i < s->nr_docs; i++)
		most += s->docs[i] ? s->docs[i]->nr_measurements : 0;
	out->v = malloc((most + 1) * sizeof(*out->v));
	if (!out->v)
		return -ENOMEM;
	for (size_t i = 0; i < s->nr_docs && !err; i++)
		if (s->docs[i] && results__selects_part(only, s->docs[i]->part))
			err = add_doc(out, s->run ? &s->run->parts[i] : NULL, s->docs[i], only);
	return err;
}

void results__values_free(struct results__values *v)
{
	free(v->v);
}

bool results__is_value(const struct results__value_row *row)
{
	return !row->skipped && !row->failed;
}

char *results__series_name(const struct results__value_row *row, bool metric)
{
	char *params = results_params_text(&row->m->params), *text = NULL;

	if (params && asprintf(&text, "%s (%s) %s%s%s (%s)%s%s", row->doc->part, row->doc->mode,
			       row->m->case_id, *params ? " " : "", params,
			       results_subject_name(row->m->subject), metric ? ": " : "",
			       metric ? row->m->metric->name : "") < 0)
		text = NULL;
	free(params);
	return text;
}
