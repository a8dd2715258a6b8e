// SPDX-License-Identifier: GPL-2.0-or-later
/* A comparison as text: words for its verdicts, and the whole as `ptbench compare` prints it. */
#include <array_size.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* ---- words ---- */

const char *results_verdict_name(enum results_verdict v)
{
	static const char *const names[RESULTS_NR_VERDICTS] = {
		[RESULTS_ROW_EQUAL] = "unchanged",	    [RESULTS_ROW_BETTER] = "improved",
		[RESULTS_ROW_WORSE] = "REGRESSED",	    [RESULTS_ROW_CHANGED] = "CHANGED",
		[RESULTS_ROW_ALLOWED] = "changed, allowed", [RESULTS_ROW_UNSTEADY] = "unsteady",
		[RESULTS_ROW_NOISE] = "unchanged",	    [RESULTS_ROW_UNCLEAR] = "INCONCLUSIVE",
		[RESULTS_ROW_MISSING] = "MISSING",	    [RESULTS_ROW_EXTRA] = "extra",
		[RESULTS_ROW_UNGATED] = "not gated",
	};

	return names[v];
}

const char *results_model_verdict_name(enum results_model_verdict v)
{
	static const char *const names[RESULTS_NR_MODEL_VERDICTS] = {
		[RESULTS_MODEL_FINE] = "fine",	     [RESULTS_MODEL_MENDED] = "improved",
		[RESULTS_MODEL_LOST] = "REGRESSED",  [RESULTS_MODEL_STILL] = "FAILED as before",
		[RESULTS_MODEL_NEW] = "FAILED",	     [RESULTS_MODEL_EXTRA] = "extra",
		[RESULTS_MODEL_MISSING] = "MISSING", [RESULTS_MODEL_LESS] = "EXPLORED LESS",
	};

	return names[v];
}

static const struct {
	const char *base, *head;
} check_text[RESULTS_NR_CHECK_VERDICTS] = {
	[RESULTS_CHECK_FINE] = { "ok", "ok" },
	[RESULTS_CHECK_MENDED] = { "failed", "ok" },
	[RESULTS_CHECK_LOST] = { "ok", "FAILED" },
	[RESULTS_CHECK_STILL] = { "failed", "FAILED as before" },
	[RESULTS_CHECK_NEW] = { "(none)", "FAILED" },
	[RESULTS_CHECK_EXTRA] = { "(none)", "ok" },
	[RESULTS_CHECK_MISSING] = { "ok", "MISSING" },
};

const char *results_check_base_text(const struct results_compared_check *check)
{
	bool gone = check->verdict == RESULTS_CHECK_MISSING;

	return gone && !check->base->ok ? "failed" : check_text[check->verdict].base;
}

const char *results_check_head_text(const struct results_compared_check *check)
{
	return check_text[check->verdict].head;
}

/* "+3.10 % (+2.52 to +3.77)"; of a difference "+3 (+1 to +4)". */
static char *sampled_change_text(const struct results_change *c)
{
	char by[32], low[32], high[32], *text;
	int ret;

	if (c->is_ratio && isfinite(c->low))
		ret = asprintf(&text, "%+.2f %% (%+.2f to %+.2f)", 100 * c->estimate, 100 * c->low,
			       100 * c->high);
	else if (c->is_ratio)
		ret = asprintf(&text, "%+.2f %%", 100 * c->estimate);
	else if (isfinite(c->low))
		ret = asprintf(&text, "%s%s (%s to %s)", c->estimate > 0 ? "+" : "",
			       results__number(by, sizeof(by), c->estimate),
			       results__number(low, sizeof(low), c->low),
			       results__number(high, sizeof(high), c->high));
	else
		ret = asprintf(&text, "%s%s", c->estimate > 0 ? "+" : "",
			       results__number(by, sizeof(by), c->estimate));
	return ret < 0 ? NULL : text;
}

char *results_row_change_text(const struct results_compared_row *r)
{
	double by, from;
	char diff[32], *text;
	int ret;

	if (!r->base || !r->head)
		return strdup("");
	if (r->change.nr_base)
		return sampled_change_text(&r->change);
	by = results_amount_change(&r->base_value, &r->head_value);
	from = results_amount_number(&r->base_value);
	results__number(diff, sizeof(diff), by);
	if (by == 0)
		return strdup("0");
	if (from != 0)
		ret = asprintf(&text, "%s%s (%+.2f %%)", by > 0 ? "+" : "", diff, 100 * by / from);
	else
		ret = asprintf(&text, "%s%s", by > 0 ? "+" : "", diff);
	return ret < 0 ? NULL : text;
}

/* The range of a measurement's samples: "3 to 5". */
static void spread_text(char *buf, size_t size, const struct results_measurement *m)
{
	char low[32], high[32];
	struct results_stat s;

	results_stat(m, &s);
	snprintf(buf, size, "%s to %s", results__number(low, sizeof(low), s.min),
		 results__number(high, sizeof(high), s.max));
}

static const char *shape_text(unsigned shape)
{
	static const char *const texts[] = {
		[0] = "",
		[RESULTS_SHAPE_DRIFTS] = " drifts",
		[RESULTS_SHAPE_BIMODAL] = " has two modes",
		[RESULTS_SHAPE_DRIFTS | RESULTS_SHAPE_BIMODAL] = " drifts between two modes",
	};

	return texts[shape];
}

/* What a sampled row's verdict rests on: "12 and 12 values, p 0.00001, adjusted 0.002". */
static char *sampled_basis_text(const struct results_compared_row *r)
{
	const struct results_change *c = &r->change;
	bool base = c->base_shape, head = c->head_shape;
	char p[80] = "", *text;

	if (isfinite(c->low))
		snprintf(p, sizeof(p), ", p %.2g, adjusted %.2g", c->p, c->adjusted);
	if (asprintf(&text, "%s%s%s, %zu and %zu %s%s%s%s%s%s", results_verdict_name(r->verdict),
		     r->why ? ": " : "", r->why ? r->why : "", c->nr_base, c->nr_head,
		     c->paired ? "values in pairs" : "values", p, base ? "; base" : "",
		     shape_text(c->base_shape), head ? "; new" : "", shape_text(c->head_shape)) < 0)
		return NULL;
	return text;
}

/* "not gated (REGRESSED): being rewritten" */
static char *ungated_text(const struct results_compared_row *r)
{
	char *text;

	if (asprintf(&text, "%s (%s)%s%s", results_verdict_name(r->verdict),
		     results_verdict_name(r->judged), r->why ? ": " : "", r->why ? r->why : "") < 0)
		return NULL;
	return text;
}

char *results_row_verdict_text(const struct results_compared_row *r)
{
	char base[72] = "", head[72] = "", *text;
	bool is_loose = r->base && r->head &&
			(r->base->kind != RESULTS_EXACT || r->head->kind != RESULTS_EXACT);

	if (r->verdict == RESULTS_ROW_UNGATED)
		return ungated_text(r);
	if (r->change.nr_base)
		return sampled_basis_text(r);
	if (is_loose) {
		spread_text(base, sizeof(base), r->base);
		spread_text(head, sizeof(head), r->head);
	}
	if (asprintf(&text, "%s%s%s%s%s%s%s", results_verdict_name(r->verdict), r->why ? ": " : "",
		     r->why ? r->why : "", is_loose ? ", " : "", base,
		     is_loose ? " before, now " : "", head) < 0)
		return NULL;
	return text;
}

void results__print_counts(FILE *f, const size_t count[RESULTS_NR_VERDICTS], const char *before)
{
	for (int v = 0; v < RESULTS_NR_VERDICTS; v++) {
		size_t nr = v == RESULTS_ROW_NOISE ? 0 : count[v];

		if (v == RESULTS_ROW_EQUAL) /* one word for both */
			nr += count[RESULTS_ROW_NOISE];
		if (!nr)
			continue;
		fprintf(f, "%s%zu %s", before, nr, results_verdict_name(v));
		before = ", ";
	}
}

char *results_part_count_text(const struct results_compared_part *p)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	bool lost;

	if (!f)
		return NULL;
	fprintf(f, "%zu row%s, %zu of them exact", p->nr_rows, results__s(p->nr_rows), p->nr_exact);
	results__print_counts(f, p->count, ": ");
	if (p->nr_skipped)
		fprintf(f, "; skipped: %zu", p->nr_skipped);
	lost = ferror(f);
	if (!fclose(f) && !lost)
		return text;
	free(text);
	return NULL;
}

char *results_model_text(const struct results_explore_model *m)
{
	char *text;

	if (!m)
		return strdup("(none)");
	if (asprintf(&text, "%s (%s, bound %u, %u CPUs)", results_explore_verdict_name(m->verdict),
		     m->mode, m->bound, m->nr_cpus) < 0)
		return NULL;
	return text;
}

const char *results_model_broke(const struct results_compared_model *model)
{
	const struct results_explore_model *m = model->head;

	if (!m || !m->failure || results_explore_is_fine(m->verdict) ||
	    m->verdict == RESULTS_EXPLORE_UNFINISHED)
		return NULL;
	return m->failure->invariant;
}

/* ---- a part ---- */

static void print_text(FILE *f, const char *s)
{
	results__print_text(f, s, 4);
}

static void print_note(FILE *f, const struct results_part_note *n)
{
	fputs("  ", f);
	print_text(f, n->run);
	fprintf(f, ": %s", n->part ? results_state_name(n->part->state) : "has no such part");
	if (n->part && n->part->reason) {
		fputs(": ", f);
		results__print_first_line(f, n->part->reason);
	}
	fputc('\n', f);
}

static void print_difference(FILE *f, const struct results_compared_part *p,
			     const struct results_difference *d)
{
	fprintf(f, "    %s%s:", d->key, d->ignored ? " (ignored)" : "");
	for (size_t i = 0; i < p->nr_docs; i++) {
		fprintf(f, "%s %s ", i ? "," : "", i < p->nr_base ? "base" : "new");
		print_text(f, d->values[i] ? d->values[i] : "(not said)");
	}
	fputc('\n', f);
}

static void print_differences(FILE *f, const struct results_compared_part *p, bool environment)
{
	size_t nr = 0;

	for (size_t i = 0; i < p->nr_differences; i++) {
		if (p->differences[i].is_environment != environment)
			continue;
		if (!nr++)
			fprintf(f, "  %s differ:\n", environment ? "environments" : "subjects");
		print_difference(f, p, &p->differences[i]);
	}
}

/* Counts of QEMU's are of what it emulates, and two versions differ in that. */
static void print_emulators(FILE *f, const struct results_compared_part *p)
{
	for (size_t i = 0; i < p->nr_differences; i++) {
		const struct results_difference *d = &p->differences[i];

		if (!d->is_environment || strcmp(d->key, "qemu"))
			continue;
		fputs(d->ignored
			      ? "  counts of two emulators are compared: what differs may be "
				"QEMU's, and not the kernel's\n"
			      : "  these are counts of two emulators; --ignore qemu compares them, "
				"and shows what QEMU changed if the images are identical\n",
		      f);
	}
}

static int print_row(struct results__table *t, const struct results_compared_row *r)
{
	char base[32] = "-", head[32] = "-", *params, *verdict, *change;
	int err;

	if (r->base)
		results__number(base, sizeof(base), results_amount_number(&r->base_value));
	if (r->head)
		results__number(head, sizeof(head), results_amount_number(&r->head_value));
	params = results_params_text(&r->m->params);
	change = results_row_change_text(r);
	verdict = results_row_verdict_text(r);
	err = params && change && verdict
		      ? results__table_row(t, r->m->case_id, params,
					   results_subject_name(r->m->subject), r->m->metric->name,
					   base, head, change, verdict)
		      : -ENOMEM;
	free(verdict);
	free(change);
	free(params);
	return err;
}

static int print_rows(FILE *f, const struct results_compared_part *p, bool all)
{
	struct results__table t = { .nr_columns = 8, .align = "llllrrrl" };
	const struct results_compared_row **rows = calloc(p->nr_rows + 1, sizeof(*rows));
	size_t nr = 0;
	int err = rows ? results__table_row(&t, "case", "params", "of", "metric", "base", "new",
					    "change", "verdict")
		       : -ENOMEM;

	for (size_t i = 0; i < p->nr_rows && !err; i++)
		if (all || results_row_stands_out(&p->rows[i]))
			rows[nr++] = &p->rows[i];
	results_rows_worst_first(rows, nr);
	for (size_t i = 0; i < nr && !err; i++)
		err = print_row(&t, rows[i]);
	if (!err && t.nr_rows > 1)
		err = results__table_print(f, &t);
	results__table_free(&t);
	free(rows);
	return err;
}

static int print_check(FILE *f, const struct results_compared_check *check)
{
	const struct results_check *c = check->head ? check->head : check->base;
	char *params = results_params_text(&c->params);

	if (!params)
		return -ENOMEM;
	fprintf(f, "  check %s {", c->id);
	print_text(f, params);
	fprintf(f, "}: base %s, new %s", results_check_base_text(check),
		results_check_head_text(check));
	if (check->head && !check->head->ok) {
		fputs(": ", f);
		results__print_first_line(f, check->head->seen);
		fputs(" seen, ", f);
		results__print_first_line(f, check->head->expect);
		fputs(" expected", f);
	}
	fputc('\n', f);
	free(params);
	return 0;
}

static int print_judged(FILE *f, const struct results_compared_part *p, bool all)
{
	char *counts = results_part_count_text(p);
	int err = counts ? print_rows(f, p, all) : -ENOMEM;

	for (size_t i = 0; i < p->nr_checks && !err; i++)
		if (all || p->checks[i].verdict != RESULTS_CHECK_FINE)
			err = print_check(f, &p->checks[i]);
	if (!err)
		fprintf(f, "  %s\n", counts);
	free(counts);
	return err;
}

static int print_compared(FILE *f, const struct results_compared_part *p, bool all)
{
	print_differences(f, p, true);
	print_emulators(f, p);
	if (p->base_empty || p->head_empty)
		fprintf(f, "  %s document is empty\n", p->base_empty ? "a base" : "a new");
	if (p->image) {
		fputs("  identical image (sha256 ", f);
		print_text(f, p->image);
		fputs(")\n", f);
	}
	print_differences(f, p, false);
	return print_judged(f, p, all);
}

static void print_incomparable(FILE *f, const struct results_compared_part *p)
{
	if (p->other_mode) {
		fprintf(f, "  not comparable, modes differ: base %s, other %s\n", p->docs[0]->mode,
			p->other_mode);
		return;
	}
	print_differences(f, p, true);
	print_emulators(f, p);
	fputs("  not comparable\n", f);
}

static int print_part(FILE *f, const struct results_compared_part *p, bool all)
{
	fprintf(f, "part %s\n", p->name);
	for (size_t i = 0; i < p->nr_notes; i++)
		print_note(f, &p->notes[i]);
	switch (p->verdict) {
	case RESULTS_PART_COMPARED:
		return print_compared(f, p, all);
	case RESULTS_PART_INCOMPARABLE:
		print_incomparable(f, p);
		break;
	case RESULTS_PART_MISSING:
		fputs("  MISSING: only in the base\n", f);
		break;
	case RESULTS_PART_EXTRA:
		fputs("  extra: only in the new runs\n", f);
		break;
	case RESULTS_PART_NOWHERE:
		fputs("  not compared: no side has a document of it\n", f);
		break;
	}
	return 0;
}

/* ---- all of it ---- */

static void print_run(FILE *f, const struct results_compared_run *r, const char *indent,
		      const char *text)
{
	fprintf(f, "%s%s ", indent, r->is_head ? "new" : "base");
	print_text(f, r->path);
	fprintf(f, ": %s\n", text);
}

static int print_model(FILE *f, const struct results_compared_model *m)
{
	const struct results_explore_model *any = m->base ? m->base : m->head;
	char *base = results_model_text(m->base), *head = results_model_text(m->head);
	const char *broke = results_model_broke(m);
	int err = base && head ? 0 : -ENOMEM;

	if (!err)
		fprintf(f, "  model %s/%s: base %s, new %s: %s", any->mechanism, any->variant, base,
			head, results_model_verdict_name(m->verdict));
	if (!err && broke) {
		fputs(": it broke ", f);
		results__print_first_line(f, broke);
	}
	if (!err)
		fputc('\n', f);
	free(base);
	free(head);
	return err;
}

static void print_explorers(FILE *f, const struct results_comparison *c)
{
	size_t nr = 0;

	fputs("  environments differ:\n    stand_in:", f);
	for (size_t i = 0; i < c->nr_runs; i++) {
		if (!c->runs[i].explored)
			continue;
		fprintf(f, "%s %s ", nr++ ? "," : "", c->runs[i].is_head ? "new" : "base");
		print_text(f, c->runs[i].stand_in ? c->runs[i].stand_in : "(not said)");
	}
	fputs("\n  not comparable\n", f);
}

static int print_explored(FILE *f, const struct results_comparison *c, bool all)
{
	int err = 0;

	fputs("explorer\n", f);
	for (size_t i = 0; i < c->nr_runs; i++)
		if (!c->runs[i].is_document && !c->runs[i].explored)
			print_run(f, &c->runs[i], "  ", "has no " RESULTS__EXPLORE_FILE);
		else if (c->runs[i].half_explored)
			print_run(f, &c->runs[i], "  ",
				  "partial: the exploration did not come to its end");
	if (c->totals.other_explorers)
		print_explorers(f, c);
	for (size_t i = 0; i < c->nr_models && !err; i++)
		if (all || c->models[i].verdict != RESULTS_MODEL_FINE)
			err = print_model(f, &c->models[i]);
	return err;
}

/* The counts of each family, if there are several. */
static void print_families(FILE *f, const struct results_comparison *c)
{
	for (size_t i = 0; i < c->nr_families && c->nr_families > 1; i++) {
		const struct results_compared_family *of = &c->families[i];

		fprintf(f, "family %s: %zu row%s", of->name, of->nr_rows, results__s(of->nr_rows));
		results__print_counts(f, of->count, ": ");
		fputc('\n', f);
	}
}

static void print_allowed(FILE *f, const struct results_compared_allowance *a)
{
	fputs(a->expired ? "expired: " : "allowed: ", f);
	print_text(f, a->text);
	if (a->used)
		fprintf(f, ": %zu row%s\n", a->used, results__s(a->used));
	else
		fputs(": no row needs it\n", f);
}

int results_comparison_print(FILE *to, const struct results_comparison *c, bool all)
{
	const char *const lines[] = { c->judged, c->identical, c->not_judged, c->equal,
				      c->conclusion };
	int err = 0;

	for (size_t i = 0; i < c->nr_runs; i++)
		if (c->runs[i].partial)
			print_run(to, &c->runs[i], "",
				  "partial: it was interrupted, or is still under way");
	for (size_t i = 0; i < c->nr_parts && !err; i++)
		err = print_part(to, &c->parts[i], all);
	if (!err && c->explored)
		err = print_explored(to, c, all);
	if (err)
		return err;
	print_families(to, c);
	for (size_t i = 0; i < c->nr_allowed; i++)
		print_allowed(to, &c->allowed[i]);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (lines[i])
			fprintf(to, "%s\n", lines[i]);
	return 0;
}
