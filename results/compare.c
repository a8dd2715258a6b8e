// SPDX-License-Identifier: GPL-2.0-or-later
/* Comparing runs part by part: what may be compared, what differs, what that amounts to. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char *const verdict_name[RESULTS__NR_VERDICTS] = {
	[RESULTS__EQUAL] = "equal",
	[RESULTS__BETTER] = "better",
	[RESULTS__WORSE] = "WORSE",
	[RESULTS__CHANGED] = "CHANGED",
	[RESULTS__ALLOWED] = "changed, allowed",
	[RESULTS__UNSTEADY] = "unsteady",
	[RESULTS__NOISE] = "within its noise",
	[RESULTS__UNCLEAR] = "OVERLAPS",
	[RESULTS__MISSING] = "MISSING",
	[RESULTS__EXTRA] = "extra",
	[RESULTS__NOT_JUDGED] = "not judged",
};

static void print_text(FILE *f, const char *s)
{
	results__print_text(f, s, 4);
}

/* ---- provenance ---- */

/* Of all documents of a part, the base's first. */
static const struct results_doc *doc_at(const struct results__compared *c, size_t i)
{
	return i < c->nr_base ? c->base[i] : c->new[i - c->nr_base];
}

static const struct results_pairs *block(const struct results_doc *doc, bool environment)
{
	return environment ? &doc->environment : &doc->subject;
}

/* Whether all documents have the same value for key (absent counts as a value). */
static bool same_value(const struct results__compared *c, bool environment, const char *key)
{
	const char *a = results_pairs_get(block(doc_at(c, 0), environment), key);

	for (size_t i = 1; i < c->nr_base + c->nr_new; i++) {
		const char *b = results_pairs_get(block(doc_at(c, i), environment), key);

		if (!a != !b || (a && strcmp(a, b)))
			return false;
	}
	return true;
}

static void print_difference(FILE *f, const struct results__compared *c, bool environment,
			     const char *key, const char *note)
{
	fprintf(f, "    %s%s:", key, note);
	for (size_t i = 0; i < c->nr_base + c->nr_new; i++) {
		const char *v = results_pairs_get(block(doc_at(c, i), environment), key);

		fprintf(f, "%s %s ", i ? "," : "", i < c->nr_base ? "base" : "new");
		print_text(f, v ? v : "(not said)");
	}
	fputc('\n', f);
}

/* Whether a document before the i-th has the key, so that it was looked at already. */
static bool seen_before(const struct results__compared *c, size_t i, bool environment,
			const char *key)
{
	while (i--)
		if (results_pairs_get(block(doc_at(c, i), environment), key))
			return true;
	return false;
}

static bool is_ignored(const struct results__compare_options *options, const char *key)
{
	for (size_t i = 0; i < options->nr_ignored; i++)
		if (!strcmp(options->ignored[i], key))
			return true;
	return false;
}

/* Calls fn once for every key of which the documents differ. */
static void for_each_difference(const struct results__compared *c, bool environment,
				void (*fn)(const char *key, void *arg), void *arg)
{
	for (size_t i = 0; i < c->nr_base + c->nr_new; i++) {
		const struct results_pairs *p = block(doc_at(c, i), environment);

		for (size_t k = 0; k < p->nr; k++)
			if (!seen_before(c, i, environment, p->v[k].key) &&
			    !same_value(c, environment, p->v[k].key))
				fn(p->v[k].key, arg);
	}
}

struct differences {
	FILE *f;
	const struct results__compared *c;
	const struct results__compare_options *options;
	size_t nr, nr_printed;
};

static void environment_difference(const char *key, void *arg)
{
	struct differences *d = arg;
	bool ignored = is_ignored(d->options, key);

	if (!results_env_is_compared(key))
		return;
	if (!d->nr_printed++)
		fputs("  environments differ:\n", d->f);
	print_difference(d->f, d->c, true, key, ignored ? " (ignored)" : "");
	d->nr += !ignored;
}

static void subject_difference(const char *key, void *arg)
{
	struct differences *d = arg;

	if (!d->nr_printed++)
		fputs("  subjects differ:\n", d->f);
	print_difference(d->f, d->c, false, key, "");
}

static bool environments_match(FILE *f, const struct results__compared *c,
			       const struct results__compare_options *options)
{
	struct differences d = { .f = f, .c = c, .options = options };

	for (size_t i = 1; i < c->nr_base + c->nr_new; i++) {
		if (!strcmp(doc_at(c, i)->mode, c->base[0]->mode))
			continue;
		fprintf(f, "  not comparable, modes differ: base %s, other %s\n", c->base[0]->mode,
			doc_at(c, i)->mode);
		return false;
	}
	for_each_difference(c, true, environment_difference, &d);
	if (d.nr)
		fputs("  not comparable\n", f);
	return !d.nr;
}

static void print_subjects(FILE *f, const struct results__compared *c)
{
	struct differences d = { .f = f, .c = c };

	for_each_difference(c, false, subject_difference, &d);
}

static bool print_image(FILE *f, const struct results__compared *c)
{
	const char *hash = results_pairs_get(&c->base[0]->subject, "image_sha256");

	if (!hash || !same_value(c, false, "image_sha256"))
		return false;
	fputs("  identical image (sha256 ", f);
	print_text(f, hash);
	fputs(")\n", f);
	return true;
}

/* ---- rows ---- */

static double value_of(const struct results_measurement *m)
{
	struct results_stat s;

	results_stat(m, &s);
	return s.value;
}

static void change_text(char *buf, size_t size, double base, double new)
{
	char diff[32];

	results__number(diff, sizeof(diff), new - base);
	if (new == base)
		snprintf(buf, size, "0");
	else if (base != 0)
		snprintf(buf, size, "%s%s (%+.2f %%)", new > base ? "+" : "", diff,
			 100 * (new - base) / base);
	else
		snprintf(buf, size, "%s%s", new > base ? "+" : "", diff);
}

/* Of what is not exact: the least and the most. */
static void spread_text(char *buf, size_t size, const struct results_measurement *m)
{
	char low[32], high[32];
	struct results_stat s;

	results_stat(m, &s);
	snprintf(buf, size, "%s to %s", results__number(low, sizeof(low), s.min),
		 results__number(high, sizeof(high), s.max));
}

static char *verdict_text(const struct results__compared_row *r)
{
	char base[72] = "", new[72] = "", *text;
	bool is_loose = r->base && r->new &&
			(r->base->kind != RESULTS_EXACT || r->new->kind != RESULTS_EXACT);

	if (is_loose) {
		spread_text(base, sizeof(base), r->base);
		spread_text(new, sizeof(new), r->new);
	}
	if (asprintf(&text, "%s%s%s%s%s%s%s", verdict_name[r->verdict], r->why ? ": " : "",
		     r->why ? r->why : "", is_loose ? ", " : "", base,
		     is_loose ? " before, now " : "", new) < 0)
		return NULL;
	return text;
}

static int print_row(struct results__table *t, const struct results__compared_row *r)
{
	char base[32] = "-", new[32] = "-", change[64] = "", *params, *verdict;
	int ret;

	if (r->base)
		results__number(base, sizeof(base), value_of(r->base));
	if (r->new)
		results__number(new, sizeof(new), value_of(r->new));
	if (r->base && r->new)
		change_text(change, sizeof(change), value_of(r->base), value_of(r->new));
	params = results_params_text(&r->m->params);
	verdict = verdict_text(r);
	ret = results__table_row(t, r->m->case_id, params, results_subject_name(r->m->subject),
				 r->m->metric->name, base, new, change, verdict);
	free(verdict);
	free(params);
	return ret;
}

static int print_rows(FILE *f, const struct results__compared *c, bool all)
{
	struct results__table t = { .nr_columns = 8, .align = "llllrrrl" };
	int ret = results__table_row(&t, "case", "params", "of", "metric", "base", "new", "change",
				     "verdict");

	for (size_t i = 0; i < c->nr_rows && !ret; i++) {
		enum results__verdict v = c->rows[i].verdict;

		if (all || (v != RESULTS__EQUAL && v != RESULTS__NOISE && v != RESULTS__NOT_JUDGED))
			ret = print_row(&t, &c->rows[i]);
	}
	if (!ret && t.nr_rows > 1)
		ret = results__table_print(f, &t);
	results__table_free(&t);
	return ret;
}

static void count_rows(FILE *f, const struct results__compared *c, struct results__totals *t)
{
	for (int v = 0; v < RESULTS__NR_VERDICTS; v++)
		t->rows[v] += c->count[v];
	t->exact += c->nr_exact;
	t->skipped += c->nr_skipped;
	fprintf(f, "  %zu row%s, %zu of them exact", c->nr_rows, results__s(c->nr_rows),
		c->nr_exact);
	for (int v = 0, nr = 0; v < RESULTS__NR_VERDICTS; v++)
		if (c->count[v])
			fprintf(f, "%s%zu %s", nr++ ? ", " : ": ", c->count[v], verdict_name[v]);
	if (c->nr_skipped)
		fprintf(f, "; skipped: %zu", c->nr_skipped);
	fputc('\n', f);
}

/* ---- checks ---- */

static const struct {
	const char *base, *new;
} check_text[RESULTS__NR_CHECK_VERDICTS] = {
	[RESULTS__CHECK_FINE] = { "ok", "ok" },
	[RESULTS__CHECK_MENDED] = { "failed", "ok" },
	[RESULTS__CHECK_LOST] = { "ok", "FAILED" },
	[RESULTS__CHECK_STILL] = { "failed", "FAILED as before" },
	[RESULTS__CHECK_NEW] = { "(none)", "FAILED" },
	[RESULTS__CHECK_EXTRA] = { "(none)", "ok" },
	[RESULTS__CHECK_MISSING] = { "ok", "MISSING" },
};

static void print_check(FILE *f, const struct results__compared_check *check)
{
	const struct results_check *c = check->new ? check->new : check->base;
	char *params = results_params_text(&c->params);
	bool gone = check->verdict == RESULTS__CHECK_MISSING;

	fprintf(f, "  check %s {", c->id);
	print_text(f, params ? params : "");
	fprintf(f, "}: base %s, new %s",
		gone && !check->base->ok ? "failed" : check_text[check->verdict].base,
		check_text[check->verdict].new);
	if (check->new && !check->new->ok) {
		fputs(": ", f);
		results__print_first_line(f, check->new->seen);
		fputs(" seen, ", f);
		results__print_first_line(f, check->new->expect);
		fputs(" expected", f);
	}
	fputc('\n', f);
	free(params);
}

static void print_checks(FILE *f, const struct results__compared *c, bool all,
			 struct results__totals *t)
{
	for (size_t i = 0; i < c->nr_checks; i++)
		if (all || c->checks[i].verdict != RESULTS__CHECK_FINE)
			print_check(f, &c->checks[i]);
	for (int v = 0; v < RESULTS__NR_CHECK_VERDICTS; v++)
		t->checks[v] += c->check_count[v];
}

/* ---- parts ---- */

/* Neither a row, measured or skipped, nor a check. */
static bool has_empty(FILE *f, const struct results__compared *c)
{
	for (size_t i = 0; i < c->nr_base + c->nr_new; i++) {
		if (doc_at(c, i)->nr_measurements || doc_at(c, i)->nr_checks)
			continue;
		fprintf(f, "  %s document is empty\n", i < c->nr_base ? "a base" : "a new");
		return true;
	}
	return false;
}

static bool is_unjudged(const struct results__compared *c)
{
	size_t nr = 0;

	for (int v = 0; v < RESULTS__NR_VERDICTS; v++)
		nr += results__is_judged(v) ? c->count[v] : 0;
	for (int v = 0; v < RESULTS__CHECK_NEW; v++)
		nr += c->check_count[v];
	return !nr;
}

static int compare_two_sided(FILE *f, struct results__compared *c,
			     const struct results__compare_options *options,
			     struct results__totals *t)
{
	bool identical;
	int ret;

	if (!environments_match(f, c, options)) {
		t->incomparable++;
		return 0;
	}
	t->compared++;
	t->empty += has_empty(f, c);
	identical = print_image(f, c);
	print_subjects(f, c);
	ret = results__compare_rows(c, options->allowed, options->nr_allowed);
	if (!ret)
		ret = results__compare_checks(c);
	if (!ret)
		ret = print_rows(f, c, options->all);
	if (ret)
		return ret;
	print_checks(f, c, options->all, t);
	count_rows(f, c, t);
	t->unjudged += is_unjudged(c);
	if (identical && c->count[RESULTS__BETTER] + c->count[RESULTS__WORSE] +
				 c->count[RESULTS__CHANGED] + c->count[RESULTS__ALLOWED])
		fputs("  the image is identical: what moved did not move because of the code\n", f);
	return 0;
}

static void print_state(FILE *f, const struct results__source *s, const char *state,
			const char *reason)
{
	fputs("  ", f);
	print_text(f, s->path);
	fprintf(f, ": %s", state);
	if (reason) {
		fputs(": ", f);
		results__print_first_line(f, reason);
	}
	fputc('\n', f);
}

static const struct results__holder *holder_of(const struct results__joined_part *p,
					       const struct results__source *s)
{
	for (size_t i = 0; i < p->nr; i++)
		if (p->holders[i].source == s)
			return &p->holders[i];
	return NULL;
}

/*
 * What the runs say of a part other than that it passed. A part that failed is failed, whether or
 * not it left a document. Returns how many have none; a document alone is not asked for others.
 */
static size_t print_states(FILE *f, const struct results__joined_part *p,
			   struct results__source **sources, size_t nr)
{
	size_t without = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct results__holder *h = holder_of(p, sources[i]);

		if (!h && sources[i]->run)
			print_state(f, sources[i], "has no such part", NULL);
		else if (h && h->part && h->part->state != RESULTS_PASSED)
			print_state(f, sources[i], results_state_name(h->part->state),
				    h->part->reason);
		without += h ? !h->doc || (h->part && h->part->state == RESULTS_SKIPPED) :
			       sources[i]->run != NULL;
	}
	return without;
}

static bool has_failed(const struct results__joined_part *p)
{
	for (size_t i = 0; i < p->nr; i++)
		if (p->holders[i].part && p->holders[i].part->state == RESULTS_FAILED)
			return true;
	return false;
}

/* The documents of a side, first those of the base. */
static int gather(const struct results__joined_part *p, struct results__compared *c)
{
	c->base = calloc(p->nr + 1, sizeof(*c->base));
	c->new = calloc(p->nr + 1, sizeof(*c->new));
	if (!c->base || !c->new)
		return -ENOMEM;
	for (size_t i = 0; i < p->nr; i++) {
		const struct results__holder *h = &p->holders[i];

		if (h->doc && h->is_new)
			c->new[c->nr_new++] = h->doc;
		else if (h->doc)
			c->base[c->nr_base++] = h->doc;
	}
	return 0;
}

struct sides {
	struct results__source **base, **new;
	size_t nr_base, nr_new;
};

static int compare_part(FILE *f, const struct results__joined_part *p, const struct sides *s,
			const struct results__compare_options *options, struct results__totals *t)
{
	struct results__compared c = { .part = p->name };
	int ret = gather(p, &c);
	size_t without;

	if (ret)
		goto out;
	fprintf(f, "part %s\n", p->name);
	without = print_states(f, p, s->base, s->nr_base) + print_states(f, p, s->new, s->nr_new);
	t->failed += has_failed(p);
	if (!c.nr_base && !c.nr_new) {
		fputs("  not compared: no side has a document of it\n", f);
		t->nowhere += !has_failed(p);
		goto out;
	}
	t->one_sided += without || !c.nr_base || !c.nr_new;
	if (c.nr_base && c.nr_new)
		ret = compare_two_sided(f, &c, options, t);
	else
		fprintf(f, "  %s\n", c.nr_new ? "extra: only in the new runs" :
						"MISSING: only in the base");
out:
	results__compared_free(&c);
	return ret;
}

/* ---- all of it ---- */

static void count_partial(FILE *f, struct results__source **sources, size_t nr, const char *side,
			  struct results__totals *t)
{
	for (size_t i = 0; i < nr; i++) {
		if (!sources[i]->run || sources[i]->run->complete)
			continue;
		fprintf(f, "%s ", side);
		print_text(f, sources[i]->path);
		fputs(": partial: it was interrupted, or is still under way\n", f);
		t->partial++;
	}
}

static void print_allowed(FILE *f, const struct results__compare_options *options)
{
	for (size_t i = 0; i < options->nr_allowed; i++) {
		const struct results__allowance *a = &options->allowed[i];

		fputs("allowed: ", f);
		print_text(f, a->text);
		if (a->used)
			fprintf(f, ": %zu row%s\n", a->used, results__s(a->used));
		else
			fputs(": no row needs it\n", f);
	}
}

int results__compare(FILE *f, struct results__source **base, size_t nr_base,
		     struct results__source **new, size_t nr_new,
		     const struct results__compare_options *options)
{
	struct sides s = { base, new, nr_base, nr_new };
	struct results__totals t = { .exact = 0 };
	struct results__joined j;
	int ret = results__join(base, nr_base, new, nr_new, &j);

	count_partial(f, base, nr_base, "base", &t);
	count_partial(f, new, nr_new, "new", &t);
	for (size_t i = 0; i < j.nr && !ret; i++)
		ret = compare_part(f, &j.parts[i], &s, options, &t);
	if (!ret)
		ret = results__compare_models(f, base, nr_base, new, nr_new, options->all, &t);
	results__joined_free(&j);
	if (ret) {
		fputs("ptbench compare: no memory\n", stderr);
		return 2;
	}
	print_allowed(f, options);
	return results__conclude(f, &t, options->exact_equal);
}

static char *last_line(const char *text, size_t len)
{
	const char *begin = text;

	for (size_t i = 0; i + 1 < len; i++)
		if (text[i] == '\n')
			begin = text + i + 1;
	return strndup(begin, strcspn(begin, "\n"));
}

static int compare_sources(struct results__source *base, struct results__source *head,
			   struct results__allowance *allowed, size_t nr, char **said)
{
	struct results__compare_options options = { .allowed = allowed, .nr_allowed = nr };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int status;

	if (!f)
		return -ENOMEM;
	status = results__compare(f, &base, 1, &head, 1, &options);
	if (!fclose(f) && status != 2)
		*said = last_line(text, len);
	free(text);
	return *said ? status : -ENOMEM;
}

int results_compare_runs(const char *base, const char *head, const char *const *allow,
			 size_t nr_allow, char **said)
{
	struct results__allowance *allowed = calloc(nr_allow + 1, sizeof(*allowed));
	size_t nr = 0;
	struct results__source *sources[2] = { NULL, NULL };
	struct results_error err;
	int ret = allowed ? results__source_read(base, &sources[0], &err) : -ENOMEM;

	*said = NULL;
	if (!ret)
		ret = results__source_read(head, &sources[1], &err);
	for (int i = 0; i < 2 && !ret; i++)
		ret = results__source_explored(sources[i], &err);
	for (; nr < nr_allow && !ret; nr += !ret)
		ret = results__allowance_parse(allow[nr], &allowed[nr], &err);
	if (!ret)
		ret = compare_sources(sources[0], sources[1], allowed, nr, said);
	while (nr)
		results__allowance_free(&allowed[--nr]);
	free(allowed);
	results__source_free(sources[0]);
	results__source_free(sources[1]);
	return ret;
}
