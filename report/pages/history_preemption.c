// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the option of preemption did to each headline, and what the kernel's code did. A kernel
 * whose default changed between two versions is compared by way of a variant of it that has one
 * option on both: the option on the older, the code under that option, the option on the newer. The
 * three add up to the whole.
 */
#include <math.h>
#include <string.h>

#include "../model/versions.h"
#include "history.h"
#include "whys.h"

#define PATH 4 /* kernels on the way, at most */

struct way {
	const struct series *series;	      /* of the first and the last */
	const struct version_kernel *v[PATH]; /* from the older to the newer kernel */
	const char *preemption[PATH];	      /* "none" */
	size_t nr;
};

/* The kernel's option, from whatever document it has; NULL: none says it. */
static const char *preemption_of(struct model *m, const struct version_kernel *k)
{
	for (size_t i = 0; i < input_nr_all(k->in); i++) {
		const struct report_part *p = &k->in->parts[i];
		const char *v;

		if (!p->scenario || !p->doc || strcmp(p->scenario, k->scenario))
			continue;
		v = results_pairs_get(&p->doc->subject, "preemption");
		if (v)
			return clean(m->arena, v);
	}
	return NULL;
}

static const struct report_part *any_part(const struct version_kernel *k)
{
	return k->parts[HISTORY_COSTS] ? k->parts[HISTORY_COSTS] : k->parts[HISTORY_EVENTS];
}

static bool same_subject(const struct report_part *a, const struct report_part *b, const char *key)
{
	const char *x = results_pairs_get(&a->doc->subject, key),
		   *y = results_pairs_get(&b->doc->subject, key);

	return x && y ? !strcmp(x, y) : !x && !y;
}

static const struct version_kernel *of_release(const struct series *s, const char *release)
{
	for (size_t i = 0; i < s->nr; i++)
		if (!strcmp(s->v[i].release, release))
			return &s->v[i];
	return NULL;
}

/* Is it a variant of the series, with the same patches and fragments on each release of both? */
static bool is_variant(struct model *m, const struct series *s, const struct series *of)
{
	bool any = false;

	for (size_t i = 0; i < s->nr; i++) {
		const struct version_kernel *stock = of_release(of, s->v[i].release);
		const struct report_part *p = any_part(&s->v[i]);
		const struct report_part *q = stock ? any_part(stock) : NULL;

		if (!p || !q)
			continue;
		if (!p->of || strcmp(version_stem(m->arena, p->of), of->stem) ||
		    !same_subject(p, q, "patch") || !same_subject(p, q, "config"))
			return false;
		any = true;
	}
	return any;
}

static void add(struct way *w, const struct version_kernel *k, const char *preemption)
{
	w->v[w->nr] = k;
	w->preemption[w->nr++] = preemption;
}

/* The way from one kernel to the next by way of the variant; nr is 0: it is no way. */
static struct way way_by(struct model *m, const struct series *s, const struct version_kernel *old,
			 const struct version_kernel *new, const struct series *variant)
{
	const struct version_kernel *x = of_release(variant, old->release),
				    *y = of_release(variant, new->release);
	const char *from = preemption_of(m, old), *to = preemption_of(m, new);
	const char *a = x ? preemption_of(m, x) : NULL, *b = y ? preemption_of(m, y) : NULL;
	struct way w = { .series = s };

	if (!a || !strcmp(a, from) || (y && (!b || strcmp(a, b))) || (!y && strcmp(a, to)))
		return w;
	add(&w, old, from);
	add(&w, x, a);
	if (y && strcmp(b, to))
		add(&w, y, b);
	add(&w, new, to);
	return w;
}

/* ---- what it says ---- */

static long long hundredths(const struct rvalue *v)
{
	return llround(100 * v->v);
}

static const char *change(struct model *m, long long n)
{
	return arena_str(m->arena, "%s%s", n > 0 ? "+" : "",
			 group_digits(m->arena, (double)n / 100, n % 100 ? 2 : 0));
}

/* "none to full on 6.12.117", "6.12.117 to 7.3.4 with full" */
static const char *leg_name(struct model *m, const struct way *w, size_t i)
{
	const struct version_kernel *a = w->v[i], *b = w->v[i + 1];

	if (!strcmp(a->release, b->release))
		return arena_str(m->arena, "%s to %s on %s", w->preemption[i], w->preemption[i + 1],
				 a->release);
	return arena_str(m->arena, "%s to %s with %s", a->release, b->release, w->preemption[i]);
}

/* Can the difference be shared out? Only exact values move by what was changed alone. */
static bool is_exact(const struct rvalue *v, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!rv_ok(&v[i]) || v[i].kind != RESULTS_EXACT)
			return false;
	return true;
}

static const char *measure_text(struct model *m, const struct way *w, const struct measure *what,
				const struct rvalue *v)
{
	long long whole = hundredths(&v[w->nr - 1]) - hundredths(&v[0]);
	const char *text =
		arena_str(m->arena, "%s: " STRONG "%s" STRONG " =", what->words, change(m, whole));

	for (size_t i = 0; i + 1 < w->nr; i++)
		text = arena_str(m->arena, "%s%s %s %s", text, i ? "," : "", leg_name(m, w, i),
				 change(m, hundredths(&v[i + 1]) - hundredths(&v[i])));
	return arena_str(m->arena, "%s.", text);
}

static void table_row_of(struct model *m, struct table *t, const struct way *w,
			 const struct measure *what, const struct rvalue *v, struct whys *whys)
{
	table_row(m, t);
	table_cell(t, "", what->words);
	for (size_t i = 0; i < w->nr; i++) {
		if (rv_ok(&v[i]))
			table_value(m, t, &v[i]);
		else
			whys_cell(m, t, whys, v[i].why);
	}
	for (size_t i = 0; i + 1 < w->nr; i++)
		table_seen(t, "num",
			   is_exact(&v[i], 2) ? change(m, hundredths(&v[i + 1]) - hundredths(&v[i]))
					      : "—");
	table_seen(t, "num",
		   is_exact(v, w->nr) ? change(m, hundredths(&v[w->nr - 1]) - hundredths(&v[0]))
				      : "—");
}

static struct table *table_of(struct model *m, struct section *sec, const struct way *w)
{
	const char *columns[2 * PATH + 2] = { "What" };
	size_t n = 1;

	for (size_t i = 0; i < w->nr; i++)
		columns[n++] = arena_str(m->arena, "#%s, %s", w->v[i]->scenario, w->preemption[i]);
	for (size_t i = 0; i + 1 < w->nr; i++)
		columns[n++] = arena_str(m->arena, "#%s", leg_name(m, w, i));
	columns[n] = "#Together";
	return section_table(m, sec,
			     arena_str(m->arena, "By way of preemption “%s”, from %s to %s",
				       w->preemption[1], w->v[0]->scenario,
				       w->v[w->nr - 1]->scenario),
			     columns);
}

/* What of the environments differs on the way; NULL: nothing. */
static const char *other_environment(struct model *m, const struct way *w)
{
	const char *why = NULL;

	for (int b = 0; b < HISTORY_BOOTS; b++)
		for (size_t i = 1; i < w->nr && !why; i++)
			if (w->v[0]->parts[b] && w->v[i]->parts[b])
				why = history_other_environment(m->arena, w->v[0]->parts[b]->doc,
								w->v[i]->parts[b]->doc);
	return why;
}

static const char *question_of(struct model *m, const struct series *s,
			       const struct version_kernel *old, const struct version_kernel *new)
{
	return arena_str(m->arena, "What of it did the option of preemption do on %s, %s to %s?",
			 s->stem, history_name(m->arena, old), history_name(m->arena, new));
}

static const char *listed(struct model *m, const char *list, const char *words)
{
	return list ? arena_str(m->arena, "%s; %s", list, words) : words;
}

static void build_way(struct model *m, struct page *p, struct section *sec, const struct way *w)
{
	const char *text = NULL, *same = NULL, *vague = NULL, *why = other_environment(m, w);
	const char *question = question_of(m, w->series, w->v[0], w->v[w->nr - 1]);
	struct whys whys = { .nr = 0 };
	struct table *t;

	if (why) {
		section_answer(m, p, sec, question, NULL,
			       arena_str(m->arena, "Not compared: %s.", why));
		return;
	}
	t = table_of(m, sec, w);
	for (size_t i = 0; i < history_nr_topics; i++)
		for (size_t k = 0; k < history_topics[i].nr; k++) {
			const struct measure *what = &history_topics[i].v[k];
			struct rvalue v[PATH];
			size_t some = 0, alike = 0;

			for (size_t j = 0; j < w->nr; j++) {
				v[j] = history_value(m->arena, w->v[j], what);
				some += rv_ok(&v[j]);
				alike += rv_ok(&v[j]) && rv_ok(&v[0]) &&
					 hundredths(&v[j]) == hundredths(&v[0]);
			}
			if (!some)
				continue;
			table_row_of(m, t, w, what, v, &whys);
			if (some == w->nr && !is_exact(v, w->nr))
				vague = listed(m, vague, what->words);
			else if (alike == w->nr)
				same = listed(m, same, what->words);
			else if (some == w->nr)
				text = arena_str(m->arena, "%s%s%s", text ? text : "",
						 text ? " " : "", measure_text(m, w, what, v));
		}
	if (same)
		text = arena_str(m->arena, "%s%sThe same in all: %s.", text ? text : "",
				 text ? " " : "", same);
	if (vague)
		text = arena_str(m->arena, "%s%sNot exact in all, and not shared out: %s.",
				 text ? text : "", text ? " " : "", vague);
	section_answer(m, p, sec, question, text ? "icount" : NULL,
		       text ? text : "No headline has a value in all of these kernels.");
	whys_say(m, sec, &whys);
	for (size_t j = 0; j < w->nr; j++)
		for (int b = 0; b < HISTORY_BOOTS; b++)
			section_source(m, sec, w->v[j]->parts[b]);
}

/* Each variant that is a way; says what is missing if there is none. */
static void build_change(struct model *m, struct page *p, struct section *sec,
			 const struct history *h, const struct series *s,
			 const struct version_kernel *old, const struct version_kernel *new)
{
	bool any = false;

	for (size_t i = 0; i < h->nr; i++) {
		struct way w = { .nr = 0 };

		if (&h->v[i] != s && is_variant(m, &h->v[i], s))
			w = way_by(m, s, old, new, &h->v[i]);
		if (w.nr)
			build_way(m, p, sec, &w);
		any |= w.nr > 0;
	}
	if (any)
		return;
	section_answer(
		m, p, sec, question_of(m, s, old, new), NULL,
		arena_str(m->arena,
			  "Not known: preemption is “%s” on the one and “%s” on the "
			  "other, and these runs have no variant of %s with one option and "
			  "documents on both; ptbench kernels list tells which variants there are.",
			  preemption_of(m, old), preemption_of(m, new), s->stem));
}

/* The next version of the series behind v[i] that a variant has, too, or else the next one. */
static const struct version_kernel *next_of(struct model *m, const struct history *h,
					    const struct series *s, size_t i)
{
	for (size_t k = i + 1; k < s->nr; k++)
		for (size_t j = 0; j < h->nr; j++) {
			struct way w = { .nr = 0 };

			if (preemption_of(m, &s->v[k]) && &h->v[j] != s &&
			    is_variant(m, &h->v[j], s))
				w = way_by(m, s, &s->v[i], &s->v[k], &h->v[j]);
			if (w.nr)
				return &s->v[k];
		}
	return i + 1 < s->nr ? &s->v[i + 1] : NULL;
}

void history_preemption(struct model *m, struct page *p, const struct history *h)
{
	struct section *sec = NULL;

	for (size_t i = 0; i < h->nr; i++)
		for (size_t k = 0; k + 1 < h->v[i].nr; k++) {
			const struct series *s = &h->v[i];
			const char *from = preemption_of(m, &s->v[k]);
			const char *to = preemption_of(m, &s->v[k + 1]);

			if (!from || !to || !strcmp(from, to))
				continue;
			sec = sec ? sec : page_section(m, p, "preemption", "Preemption");
			build_change(m, p, sec, h, s, &s->v[k], next_of(m, h, s, k));
		}
	if (sec)
		section_note(m, sec,
			     "Between the versions the option changed and the code did. A variant "
			     "that has one option on both tells them apart: what the option did "
			     "on the older, what the code did under one option, and what the "
			     "option did on the newer; these add up to the whole.");
}
