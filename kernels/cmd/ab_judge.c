// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ptbench kernels ab: compares its two runs by results_compare(), prints the comparison, and finds
 * in it the row to be profiled.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ab.h"

int ab_judge(FILE *to, const char *base, const char *head,
	     const struct results_compare_options *options, struct results_comparison **out)
{
	const struct results_side sides[] = { { &base, 1 }, { &head, 1 } };
	struct results_error err;

	if (results_compare(&sides[0], &sides[1], options, out, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	if (results_comparison_print(to, *out, false)) {
		fputs("ptbench kernels ab: no memory to print the comparison\n", stderr);
		return EXIT_PART_FAILED;
	}
	fflush(to); /* a process that is forked for a boot must not print it again */
	return (*out)->status;
}

void ab_overrule(struct results_comparison *c, int status)
{
	const char *why = status == EXIT_PART_FAILED
				  ? "a part failed, or something could not be built or written"
				  : "a scenario has a kernel on one side only, or none was booted";
	char *text;

	if (asprintf(&text, "%s; of what was compared: %s", why, c->conclusion) >= 0) {
		free(c->conclusion);
		c->conclusion = text;
	}
	c->status = status;
}

int ab_write(const struct results_comparison *c, const char *folder, const char *format,
	     const char *command)
{
	const struct results_write_options options = { .command = command };
	char *path;
	bool lost;
	FILE *f;

	if (asprintf(&path, "%s/compared.%s", folder, format) < 0)
		return EXIT_PART_FAILED;
	f = fopen(path, "wxe");
	lost = !f || results_comparison_write(f, c, format, &options) || ferror(f);
	if ((f && fclose(f)) || lost) {
		fprintf(stderr, "ptbench kernels ab: %s: %s; the comparison in it is not whole\n",
			results_shown(path), strerror(errno));
		lost = true;
	} else {
		printf("compared: %s\n", results_shown(path));
	}
	free(path);
	return lost ? EXIT_PART_FAILED : EXIT_FINE;
}

static const struct results_compared_part *costs_of(const struct results_comparison *c,
						    const char *scenario)
{
	size_t n = strlen(scenario);

	for (size_t i = 0; i < c->nr_parts; i++)
		if (!strncmp(c->parts[i].name, scenario, n) &&
		    !strcmp(c->parts[i].name + n, ".icount-1cpu"))
			return &c->parts[i];
	return NULL;
}

static bool may_explain(const struct results_compared_row *r)
{
	return r->base && r->head && r->base->kind == RESULTS_EXACT &&
	       r->head->kind == RESULTS_EXACT && r->m->subject == RESULTS_KERNEL &&
	       !strcmp(r->m->metric->name, "instructions") && isfinite(results_row_distance(r));
}

char *ab_most_changed(const struct results_comparison *c, const char *scenario)
{
	const struct results_compared_part *p = costs_of(c, scenario);
	const struct results_compared_row *most = NULL;
	char *params, *text = NULL;

	for (size_t i = 0; p && i < p->nr_rows; i++)
		if (may_explain(&p->rows[i]) &&
		    results_row_distance(&p->rows[i]) > (most ? results_row_distance(most) : 0))
			most = &p->rows[i];
	params = most ? results_params_text(&most->m->params) : NULL;
	if (params && asprintf(&text, "%s%s%s", most->m->case_id, *params ? ":" : "", params) < 0)
		text = NULL;
	free(params);
	return text;
}
