// SPDX-License-Identifier: GPL-2.0-or-later
/* Comparing runs part by part: what may be compared, what differs, what that amounts to. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct totals {
	size_t rows, equal, moved; /* of exact rows */
	size_t worse, missing, checks_lost;
	size_t incomparable, compared; /* parts */
};

static const char *const verdict_name[RESULTS__NR_VERDICTS] = {
	[RESULTS__EQUAL] = "equal",
	[RESULTS__BETTER] = "better",
	[RESULTS__WORSE] = "WORSE",
	[RESULTS__CHANGED] = "changed",
	[RESULTS__UNSTEADY] = "unsteady",
	[RESULTS__NOT_EXACT] = "no longer exact",
	[RESULTS__NOW_EXACT] = "now exact",
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
	if (asprintf(&verdict, "%s%s%s", verdict_name[r->verdict], r->why ? ": " : "",
		     r->why ? r->why : "") < 0)
		verdict = NULL;
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

		if (all || (v != RESULTS__EQUAL && v != RESULTS__NOT_JUDGED))
			ret = print_row(&t, &c->rows[i]);
	}
	if (!ret && t.nr_rows > 1)
		ret = results__table_print(f, &t);
	results__table_free(&t);
	return ret;
}

/* Exact on at least one side, so that --exact-equal wants it equal. */
static bool is_exact_row(const struct results__compared_row *r)
{
	return (r->base && r->base->kind == RESULTS_EXACT) ||
	       (r->new && r->new->kind == RESULTS_EXACT);
}

static void count_rows(FILE *f, const struct results__compared *c, struct totals *t)
{
	size_t rows = 0, equal = c->count[RESULTS__EQUAL];

	for (size_t i = 0; i < c->nr_rows; i++)
		rows += is_exact_row(&c->rows[i]);
	t->rows += rows;
	t->equal += equal;
	t->moved += rows - equal;
	t->worse += c->count[RESULTS__WORSE];
	t->missing += c->count[RESULTS__MISSING];
	fprintf(f, "  %zu exact rows: %zu equal", rows, equal);
	for (int v = RESULTS__EQUAL + 1; v < RESULTS__NOT_JUDGED; v++)
		if (c->count[v])
			fprintf(f, ", %zu %s", c->count[v], verdict_name[v]);
	if (c->count[RESULTS__NOT_JUDGED])
		fprintf(f, "; %zu sampled or deterministic rows are not judged by compare",
			c->count[RESULTS__NOT_JUDGED]);
	fputc('\n', f);
}

/* ---- checks ---- */

static const struct results_check *find_check(const struct results_doc *doc,
					      const struct results_check *c)
{
	for (size_t i = 0; i < doc->nr_checks; i++)
		if (!results__check_cmp(&doc->checks[i], c))
			return &doc->checks[i];
	return NULL;
}

static void print_check(FILE *f, const struct results_check *c, const char *base, const char *new)
{
	char *params = results_params_text(&c->params);

	fprintf(f, "  check %s {", c->id);
	print_text(f, params ? params : "");
	fprintf(f, "}: base %s, new %s\n", base, new);
	free(params);
}

/* Against the first base: a check that was fine there must be there and fine in every new run. */
static void compare_checks(FILE *f, const struct results__compared *c, struct totals *t)
{
	const struct results_doc *base = c->base[0];

	for (size_t d = 0; d < c->nr_new; d++) {
		for (size_t i = 0; i < base->nr_checks; i++) {
			const struct results_check *b = &base->checks[i];
			const struct results_check *n = find_check(c->new[d], b);

			if (n && n->ok == b->ok)
				continue;
			print_check(f, b, b->ok ? "ok" : "failed",
				    !n ? "MISSING" : n->ok ? "ok" : "FAILED");
			t->checks_lost += n && b->ok;
			t->missing += !n;
		}
		for (size_t i = 0; i < c->new[d]->nr_checks; i++) {
			const struct results_check *n = &c->new[d]->checks[i];

			if (!find_check(base, n))
				print_check(f, n, "(none)", n->ok ? "ok" : "FAILED");
		}
	}
}

/* ---- parts ---- */

static const struct results_part *find_part(const struct results__source *s, const char *name)
{
	for (size_t i = 0; s->run && i < s->run->nr_parts; i++)
		if (!strcmp(s->run->parts[i].name, name))
			return &s->run->parts[i];
	return NULL;
}

static int gather(struct results__source **sources, size_t nr, const char *part,
		  const struct results_doc ***docs, size_t *nr_docs)
{
	*docs = calloc(nr + 1, sizeof(**docs));
	if (!*docs)
		return -ENOMEM;
	for (size_t s = 0; s < nr; s++)
		for (size_t i = 0; i < sources[s]->nr_docs; i++)
			if (sources[s]->docs[i] && !strcmp(sources[s]->docs[i]->part, part))
				(*docs)[(*nr_docs)++] = sources[s]->docs[i];
	return 0;
}

/* A part with rows on one side alone; a side's run may say why. */
static void one_sided(FILE *f, const struct results__compared *c, struct results__source **lacking,
		      size_t nr_lacking, struct totals *t)
{
	fprintf(f, "  %s\n", c->nr_new ? "extra: only in the new runs" :
					 "MISSING: only in the base");
	t->missing += !c->nr_new;
	for (size_t s = 0; s < nr_lacking; s++) {
		const struct results_part *p = find_part(lacking[s], c->part);

		if (!p)
			continue;
		fprintf(f, "    %s: %s: ", lacking[s]->path, results_state_name(p->state));
		results__print_first_line(f, p->reason ? p->reason : "");
		fputc('\n', f);
	}
}

static int compare_two_sided(FILE *f, struct results__compared *c,
			     const struct results__compare_options *options, struct totals *t)
{
	bool identical;
	int ret;

	if (!environments_match(f, c, options)) {
		t->incomparable++;
		return 0;
	}
	t->compared++;
	identical = print_image(f, c);
	print_subjects(f, c);
	ret = results__compare_rows(c);
	if (ret)
		return ret;
	ret = print_rows(f, c, options->all);
	compare_checks(f, c, t);
	count_rows(f, c, t);
	if (identical && c->count[RESULTS__BETTER] + c->count[RESULTS__WORSE] +
				 c->count[RESULTS__CHANGED])
		fputs("  the image is identical: what moved did not move because of the code\n", f);
	return ret;
}

/* A failed part that left a document is still a failed part. Returns how many. */
static size_t print_states(FILE *f, struct results__source **sources, size_t nr, const char *part)
{
	size_t failed = 0;

	for (size_t s = 0; s < nr; s++) {
		const struct results_part *p = find_part(sources[s], part);

		if (!p || p->state == RESULTS_PASSED || !p->file)
			continue;
		fprintf(f, "  %s: %s: ", sources[s]->path, results_state_name(p->state));
		results__print_first_line(f, p->reason ? p->reason : "");
		fputc('\n', f);
		failed += p->state == RESULTS_FAILED;
	}
	return failed;
}

static int compare_part(FILE *f, const char *part, struct results__source **base, size_t nr_base,
			struct results__source **new, size_t nr_new,
			const struct results__compare_options *options, struct totals *t)
{
	struct results__compared c = { .part = part };
	int ret = gather(base, nr_base, part, &c.base, &c.nr_base);

	if (!ret)
		ret = gather(new, nr_new, part, &c.new, &c.nr_new);
	if (ret)
		goto out;
	if (!c.nr_base && !c.nr_new)
		goto out; /* failed or skipped on both sides */
	fprintf(f, "part %s\n", part);
	print_states(f, base, nr_base, part);
	t->missing += print_states(f, new, nr_new, part);
	if (!c.nr_new)
		one_sided(f, &c, new, nr_new, t);
	else if (!c.nr_base)
		one_sided(f, &c, base, nr_base, t);
	else
		ret = compare_two_sided(f, &c, options, t);
out:
	results__compared_free(&c);
	return ret;
}

/* The names of all parts of both sides, each once, the base's order first; malloc'ed. */
static const char **part_names(struct results__source **base, size_t nr_base,
			       struct results__source **new, size_t nr_new, size_t *nr)
{
	size_t room = 1;
	const char **names;

	for (size_t s = 0; s < nr_base + nr_new; s++)
		room += (s < nr_base ? base[s] : new[s - nr_base])->nr_docs;
	names = malloc(room * sizeof(*names));
	*nr = 0;
	for (size_t s = 0; names && s < nr_base + nr_new; s++) {
		struct results__source *source = s < nr_base ? base[s] : new[s - nr_base];

		for (size_t i = 0; i < source->nr_docs; i++) {
			size_t k = 0;

			if (!source->docs[i])
				continue;
			while (k < *nr && strcmp(names[k], source->docs[i]->part))
				k++;
			if (k == *nr)
				names[(*nr)++] = source->docs[i]->part;
		}
	}
	return names;
}

static int conclude(FILE *f, const struct totals *t, bool exact_equal)
{
	if (exact_equal && t->rows)
		fprintf(f, "%zu of %zu exact rows are equal (%.2f %%)\n", t->equal, t->rows,
			100.0 * t->equal / t->rows);
	if (t->worse || t->checks_lost) {
		fprintf(f, "regression: %zu exact rows are worse, %zu checks fail that did not\n",
			t->worse, t->checks_lost);
		return 1;
	}
	if (exact_equal && (t->moved || (t->missing && t->compared))) {
		fprintf(f, "not equal: %zu exact rows moved or stand on one side alone; ",
			t->moved);
		fprintf(f, "%zu rows, checks or parts are missing\n", t->missing);
		return 1;
	}
	if (t->incomparable || !t->compared) {
		fprintf(f, "not comparable: %zu of the %zu parts that both sides have; ",
			t->incomparable, t->incomparable + t->compared);
		fputs("compare runs made in the same environment, or make the base again here\n",
		      f);
		return 3;
	}
	if (t->missing) {
		fprintf(f, "inconclusive: %zu rows, checks or parts of the base are missing\n",
			t->missing);
		return 3;
	}
	fputs("no exact row is worse\n", f);
	return 0;
}

int results__compare(FILE *f, struct results__source **base, size_t nr_base,
		     struct results__source **new, size_t nr_new,
		     const struct results__compare_options *options)
{
	struct totals t = { 0 };
	size_t nr;
	const char **names = part_names(base, nr_base, new, nr_new, &nr);
	int ret = names ? 0 : -ENOMEM;

	for (size_t i = 0; i < nr && !ret; i++)
		ret = compare_part(f, names[i], base, nr_base, new, nr_new, options, &t);
	free(names);
	if (ret) {
		fputs("ptbench compare: no memory\n", stderr);
		return 2;
	}
	return conclude(f, &t, options->exact_equal);
}
