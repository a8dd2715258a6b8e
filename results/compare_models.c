// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comparing what the explorer found: the models of the runs of two sides. A model was fine in the
 * base when one of its runs says so; it is fine now when every new run has it and says so, and
 * explored no less of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

struct entry {
	const struct results_explore_model *m;
	bool is_new;
};

static int name_cmp(const struct results_explore_model *a, const struct results_explore_model *b)
{
	int c = strcmp(a->mechanism, b->mechanism);

	return c ? c : strcmp(a->variant, b->variant);
}

static int entry_cmp(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = name_cmp(x->m, y->m);

	return c ? c : (int)x->is_new - (int)y->is_new;
}

struct side {
	const struct results_explore_model *fine, *bad, *unfinished; /* one of each, or NULL */
	const struct results_explore_model *first, *least; /* least: of those that are fine */
	size_t nr;
};

/* What "clean" rests on; a busted variant that was caught is caught whatever the bound. */
static bool is_less(const struct results_explore_model *a, const struct results_explore_model *b)
{
	if (a->busted != b->busted || strcmp(a->mode, b->mode) || a->nr_cpus < b->nr_cpus)
		return true;
	if (a->verdict != b->verdict)
		return a->verdict == RESULTS_EXPLORE_HELD;
	return a->verdict == RESULTS_EXPLORE_CLEAN && a->bound < b->bound;
}

static void side_add(struct side *s, const struct results_explore_model *m)
{
	s->first = s->nr++ ? s->first : m;
	if (m->verdict == RESULTS_EXPLORE_UNFINISHED) {
		s->unfinished = m;
	} else if (!results_explore_is_fine(m->verdict)) {
		s->bad = m;
	} else {
		s->fine = s->fine ? s->fine : m;
		s->least = s->least && !is_less(m, s->least) ? s->least : m;
	}
}

static enum results__model_verdict judge(const struct side *base, const struct side *new,
					 size_t nr_new)
{
	if (!base->nr)
		return new->bad ? RESULTS__MODEL_NEW : RESULTS__MODEL_EXTRA;
	if (new->bad)
		return base->fine ? RESULTS__MODEL_LOST : RESULTS__MODEL_STILL;
	if (new->nr < nr_new)
		return RESULTS__MODEL_MISSING;
	if (new->unfinished)
		return RESULTS__MODEL_LESS;
	if (base->fine && is_less(new->least, base->fine))
		return RESULTS__MODEL_LESS;
	return base->bad || base->unfinished ? RESULTS__MODEL_MENDED : RESULTS__MODEL_FINE;
}

static void print_one(FILE *f, const struct results_explore_model *m)
{
	if (!m) {
		fputs("(none)", f);
		return;
	}
	fprintf(f, "%s (%s, bound %u, %u CPUs)", results_explore_verdict_name(m->verdict), m->mode,
		m->bound, m->nr_cpus);
}

static void print_model(FILE *f, const struct side *base, const struct side *new,
			enum results__model_verdict verdict)
{
	static const char *const text[RESULTS__NR_MODEL_VERDICTS] = {
		[RESULTS__MODEL_FINE] = "fine",
		[RESULTS__MODEL_MENDED] = "better",
		[RESULTS__MODEL_LOST] = "WORSE",
		[RESULTS__MODEL_STILL] = "FAILED as before",
		[RESULTS__MODEL_NEW] = "FAILED",
		[RESULTS__MODEL_EXTRA] = "extra",
		[RESULTS__MODEL_MISSING] = "MISSING",
		[RESULTS__MODEL_LESS] = "EXPLORED LESS",
	};
	const struct results_explore_model *b = base->fine ? base->fine : base->first;
	const struct results_explore_model *n = new->bad	? new->bad :
						new->unfinished ? new->unfinished :
								  new->least;
	const struct results_explore_model *any = b ? b : n;

	fprintf(f, "  model %s/%s: base ", any->mechanism, any->variant);
	print_one(f, b);
	fputs(", new ", f);
	print_one(f, n);
	fprintf(f, ": %s", text[verdict]);
	if (new->bad && new->bad->failure) {
		fputs(": it broke ", f);
		results__print_first_line(f, new->bad->failure->invariant);
	}
	fputc('\n', f);
}

/* Says of each run that it has none, when others have, and of each that was cut short. */
static void print_sources(FILE *f, struct results__source *const *s, size_t nr, const char *side,
			  struct results__totals *t)
{
	for (size_t i = 0; i < nr; i++) {
		if (!s[i]->run || (s[i]->explored && s[i]->explored->complete))
			continue;
		fprintf(f, "  %s ", side);
		results__print_text(f, s[i]->path, 4);
		fputs(s[i]->explored ? ": partial: the exploration did not come to its end\n" :
				       ": has no " RESULTS__EXPLORE_FILE "\n", f);
		t->unexplored += !s[i]->explored;
		t->half_explored += s[i]->explored != NULL;
	}
}

static size_t count_models(struct results__source *const *s, size_t nr, size_t *runs)
{
	size_t models = 0;

	*runs = 0;
	for (size_t i = 0; i < nr; i++) {
		models += s[i]->explored ? s[i]->explored->nr_models : 0;
		*runs += s[i]->explored != NULL;
	}
	return models;
}

static size_t collect(struct entry *all, struct results__source *const *s, size_t nr, bool is_new)
{
	size_t n = 0;

	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; s[i]->explored && k < s[i]->explored->nr_models; k++)
			all[n++] = (struct entry){ &s[i]->explored->models[k], is_new };
	return n;
}

int results__compare_models(FILE *f, struct results__source *const *base, size_t nr_base,
			    struct results__source *const *new, size_t nr_new, bool print_all,
			    struct results__totals *t)
{
	size_t base_runs, new_runs, next, nr = count_models(base, nr_base, &base_runs);
	struct entry *all;

	nr += count_models(new, nr_new, &new_runs);
	if (!base_runs && !new_runs)
		return 0;
	all = malloc((nr + 1) * sizeof(*all));
	if (!all)
		return -ENOMEM;
	fputs("explorer\n", f);
	print_sources(f, base, nr_base, "base", t);
	print_sources(f, new, nr_new, "new", t);
	nr = collect(all, base, nr_base, false);
	nr += collect(all + nr, new, nr_new, true);
	qsort(all, nr, sizeof(*all), entry_cmp);
	for (size_t i = 0; base_runs && new_runs && i < nr; i = next) {
		struct side sides[2] = { { .nr = 0 } };
		enum results__model_verdict v;

		for (next = i; next < nr && !name_cmp(all[next].m, all[i].m); next++)
			side_add(&sides[all[next].is_new], all[next].m);
		v = judge(&sides[0], &sides[1], new_runs);
		t->models[v]++;
		if (print_all || v != RESULTS__MODEL_FINE)
			print_model(f, &sides[0], &sides[1], v);
	}
	free(all);
	return 0;
}
