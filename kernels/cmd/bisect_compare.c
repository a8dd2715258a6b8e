// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ptbench kernels bisect: two kernels: whether the rows differ, which most, and in which functions.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../boot/profiled.h"
#include "../boot/scenario.h"
#include "bisect.h"
#include "series.h"

int bisect_compare(const struct bisect *b, const struct results_doc *base,
		   const struct results_doc *head, struct results_comparison **out)
{
	const struct results_compare_options options = {
		.only = { .case_id = b->o->case_id,
			  .params = b->o->params,
			  .metric = b->o->metric,
			  .subject = "kernel" },
	};
	struct results_error err;

	if (!results_compare_docs(base, head, &options, out, &err))
		return 0;
	results_error_print(stderr, &err);
	return EXIT_PART_FAILED;
}

bool bisect_is_exact(const struct results_compared_row *r)
{
	return (!r->base || r->base->kind == RESULTS_EXACT) &&
	       (!r->head || r->head->kind == RESULTS_EXACT);
}

bool bisect_moved(const struct results_compared_row *r)
{
	if (!bisect_is_exact(r) || (!r->base && !r->head))
		return false;
	return !r->base || !r->head || results_amount_cmp(&r->base_value, &r->head_value);
}

int bisect_differ(const struct bisect *b, size_t x, size_t y)
{
	struct results_comparison *c;
	int found = 0;

	if (bisect_compare(b, b->points[x].doc, b->points[y].doc, &c))
		return -1;
	for (size_t i = 0; i < c->nr_parts; i++)
		for (size_t k = 0; k < c->parts[i].nr_rows; k++)
			found |= bisect_moved(&c->parts[i].rows[k]);
	results_comparison_free(c);
	return found;
}

int bisect_describe(const struct bisect *b, struct bisect_change *to)
{
	const struct results_compared_row *most = NULL;
	struct results_comparison *c;
	char *params = NULL, *change = NULL;
	int status = bisect_compare(b, b->points[to->good].doc, b->points[to->bad].doc, &c);

	if (status)
		return status;
	for (size_t i = 0; i < c->nr_parts; i++)
		for (size_t k = 0; k < c->parts[i].nr_rows; k++) {
			const struct results_compared_row *r = &c->parts[i].rows[k];

			if (!bisect_moved(r))
				continue;
			to->nr_rows++;
			if (!most || results_row_distance(r) > results_row_distance(most))
				most = r;
		}
	status = EXIT_PART_FAILED;
	params = most ? results_params_text(&most->m->params) : NULL;
	change = most ? results_row_change_text(most) : NULL;
	if (params && change &&
	    asprintf(&to->row, "%s%s%s", most->m->case_id, *params ? ":" : "", params) >= 0) {
		char base[32], head[32];

		series_value(base, sizeof(base), most->base,
			     most->base ? results_amount_number(&most->base_value) : 0);
		series_value(head, sizeof(head), most->head,
			     most->head ? results_amount_number(&most->head_value) : 0);
		if (asprintf(&to->text, "%s -> %s%s%s", base, head, *change ? ", " : "", change) >=
		    0)
			status = 0;
		else
			to->text = NULL;
	}
	free(params);
	free(change);
	results_comparison_free(c);
	return status;
}

/* ---- functions ---- */

static bool can_count_functions(const struct bisect *b)
{
	char dir[PATH_MAX], why[SCENARIO_WHY];
	struct scenario *s;
	bool can;

	snprintf(dir, sizeof(dir), "%s/kernels", b->m.kernels.root);
	if (scenario_read(dir, b->o->scenario, &s, why))
		return false;
	can = !profiled_usable(&b->m.kernels, s);
	scenario_free(s);
	return can;
}

static struct results_doc *functions_of(struct bisect *b, size_t at, int *status)
{
	struct bisect_point *p = &b->points[at];
	struct results_doc *doc = NULL;
	struct results_error err;
	char *dir, *file;

	*status =
		measured_run(&b->m, p->commit, b->o->scenario, &p->image, MEASURED_FUNCTIONS, &dir);
	if (dir && asprintf(&file, "%s/%s.icount-functions.json", dir, b->o->scenario) >= 0) {
		if (results_doc_read(file, &doc, &err))
			doc = NULL;
		free(file);
	}
	free(dir);
	return doc;
}

static int explain_with(struct bisect *b, struct bisect_change *c, struct results_doc *base,
			struct results_doc *head)
{
	struct results_comparison *compared;
	int status = bisect_compare(b, base, head, &compared);

	if (status)
		return status;
	for (size_t i = 0; i < compared->nr_parts; i++)
		for (size_t k = 0; k < compared->parts[i].nr_rows; k++) {
			const struct results_compared_row *r = &compared->parts[i].rows[k];
			char *params = results_params_text(&r->m->params), *row;

			if (!params ||
			    asprintf(&row, "%s%s%s", r->m->case_id, *params ? ":" : "", params) < 0)
				row = NULL;
			if (row && !strcmp(row, c->row)) {
				free(c->symbols);
				c->symbols = series_moved_text(r);
			}
			free(row);
			free(params);
		}
	results_comparison_free(compared);
	return c->symbols ? 0 : EXIT_PART_FAILED;
}

int bisect_explain(struct bisect *b)
{
	int status = 0;

	if (b->o->no_functions || strcmp(b->o->metric, "instructions") || !can_count_functions(b))
		return 0;
	for (size_t i = 0; i < b->nr_changes && !status; i++) {
		struct bisect_change *c = &b->changes[i];
		struct results_doc *base = functions_of(b, c->good, &status), *head = NULL;

		if (status != EXIT_INTERRUPTED)
			head = functions_of(b, c->bad, &status);
		if (status != EXIT_INTERRUPTED)
			status = base && head ? explain_with(b, c, base, head) : 0;
		results_doc_free(base);
		results_doc_free(head);
	}
	return status;
}
