// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One scenario on several versions of the kernel: what got worse, and the headline of each page
 * over the releases.
 */
#include <array_size.h>
#include <string.h>

#include "../model/versions.h"
#include "history.h"
#include "whys.h"

/* ---- which version the other pages show ---- */

/* Has the section a part that was set aside, so that it speaks of several versions itself? */
static bool has_several(const struct report_input *in, const struct section *s)
{
	for (size_t i = 0; i < s->nr_sources; i++)
		for (size_t j = in->nr_parts; j < input_nr_all(in); j++)
			if (s->sources[i] == &in->parts[j])
				return true;
	return false;
}

static bool is_of(const struct section *s, const char *family)
{
	for (size_t i = 0; i < s->nr_sources; i++)
		if (s->sources[i]->family && !strcmp(s->sources[i]->family, family))
			return true;
	return false;
}

/* The first section that shows one version of the family alone; NULL: there is none. */
static struct section *shows(const struct report_input *in, const struct page *p,
			     const char *family)
{
	for (size_t i = 0; i < p->nr_sections; i++)
		if (is_of(p->sections[i], family) && !has_several(in, p->sections[i]))
			return p->sections[i];
	return NULL;
}

static const char *shown_text(struct model *m, const struct report_family *f)
{
	return arena_str(m->arena, "Of several versions %s is shown here, %s. Not here: %s.",
			 f->shown, f->why, f->others);
}

void history_note(struct model *m)
{
	struct section *where;

	for (size_t i = 0; i < m->nr_pages; i++)
		for (size_t j = 0; j < m->in->nr_families; j++) {
			if (!strcmp(m->pages[i].file, "base-head.html"))
				continue;
			where = shows(m->in, &m->pages[i], m->in->families[j].name);
			if (where)
				section_note(m, where,
					     arena_str(m->arena,
						       "%s The page “History” has "
						       "all of them.",
						       shown_text(m, &m->in->families[j])));
		}
}

/* ---- a topic ---- */

static const char *one_line(struct model *m, const char *text)
{
	size_t n = strcspn(text, "\n");

	return clean(m->arena, arena_str(m->arena, "%.*s%s", (int)n, text, text[n] ? " ..." : ""));
}

const char *history_short_name(struct model *m, const struct series *s,
			       const struct version_kernel *k)
{
	if (!*k->release)
		return k->scenario;
	for (size_t i = 0; i < s->nr; i++)
		if (&s->v[i] != k && !strcmp(s->v[i].release, k->release))
			return history_name(m->arena, k);
	return k->release;
}

/* "Munmap, the first table, in instructions: 900 on 6.12.117, 910 on 7.3.4."; NULL: no kernel has a
 * value. Of kernels without the whole boot absent_text() tells. */
static const char *measure_text(struct model *m, const struct series *s, const struct measure *what)
{
	const char *text = NULL, *none = NULL;

	for (size_t i = 0; i < s->nr; i++) {
		struct rvalue v = history_value(m->arena, &s->v[i], what);
		const char *name = history_short_name(m, s, &s->v[i]);

		if (rv_ok(&v))
			text = arena_str(m->arena, "%s%s%s on %s", text ? text : "",
					 text ? ", " : "", rv_strong(m->arena, &v), name);
		else if (s->v[i].parts[what->boot])
			none = arena_str(m->arena, "%s%s%s (%s)", none ? none : "",
					 none ? ", " : "", name, one_line(m, v.why));
	}
	if (!text)
		return NULL;
	return arena_str(m->arena, "%s, in %s: %s%s%s.", what->words,
			 results_metric_find(what->metric)->unit, text,
			 none ? "; no number on " : "", none ? none : "");
}

/* " Nothing from 6.1 (part ...: failed)."; "" if each version has the boot. */
static const char *absent_text(struct model *m, const struct series *s, enum history_boot boot)
{
	const char *text = NULL;

	for (size_t i = 0; i < s->nr; i++)
		if (!s->v[i].parts[boot])
			text = arena_str(m->arena, "%s%s%s (%s)", text ? text : "",
					 text ? ", " : "", history_short_name(m, s, &s->v[i]),
					 one_line(m, s->v[i].why[boot]));
	return text ? arena_str(m->arena, " Nothing from %s.", text) : "";
}

/* Why the kernel has no value of the topic's first measure. */
static const char *no_value(struct model *m, const struct topic *t, const struct version_kernel *k)
{
	struct rvalue v = history_value(m->arena, k, &t->v[0]);

	return rv_ok(&v) ? "no such row" : one_line(m, v.why);
}

/* Why no kernel has a value of the topic: one reason if all have it, else that of each. */
static const char *no_text(struct model *m, const struct topic *t, const struct series *s)
{
	const char *first = no_value(m, t, &s->v[0]), *text = NULL;
	bool same = true;

	for (size_t i = 0; i < s->nr; i++) {
		const char *why = no_value(m, t, &s->v[i]);

		same &= !strcmp(why, first);
		text = arena_str(m->arena, "%s%s%s (%s)", text ? text : "", text ? ", " : "",
				 history_short_name(m, s, &s->v[i]), why);
	}
	return arena_str(m->arena, "On %s not measured here: %s.", s->stem, same ? first : text);
}

static const struct report_part *some_part(const struct series *s, enum history_boot boot)
{
	for (size_t i = 0; i < s->nr; i++)
		if (s->v[i].parts[boot])
			return s->v[i].parts[boot];
	return NULL;
}

static void add_figure(struct model *m, struct section *sec, const struct topic *t,
		       const struct series *s, size_t nr_series, const struct measure *what)
{
	size_t nr = (size_t)(what - t->v), some = 0;
	const struct report_part *part = some_part(s, what->boot);
	struct figure *f;

	for (size_t i = 0; i < s->nr; i++) {
		struct rvalue v = history_value(m->arena, &s->v[i], what);

		some += rv_ok(&v);
	}
	if (!some)
		return;
	f = section_figure(m, sec, FIGURE_BARS,
			   arena_str(m->arena, "history-%s-%zu-%zu", t->id, nr_series, nr),
			   arena_str(m->arena, "%s: %s", s->stem, what->words));
	f->xlabel = what->metric;
	for (size_t i = 0; i < s->nr; i++) {
		struct rvalue v = history_value(m->arena, &s->v[i], what);

		figure_bar(m, f, NULL, history_short_name(m, s, &s->v[i]), &v, (int)(nr % 5));
	}
	f->desc = arena_str(m->arena, "One bar for each version of %s, the oldest release first.",
			    s->stem);
	f->caption = arena_str(
		m->arena, "Mode %s.%s", mode_words(m->arena, part),
		some == s->nr ? "" : " A version without a bar has no number; the table says why.");
}

static void topic_table(struct model *m, struct section *sec, const struct topic *t,
			const struct series *s, struct whys *w)
{
	const char **columns = arena_alloc(m->arena, (s->nr + 3) * sizeof(*columns));
	struct table *table;

	columns[0] = "What";
	columns[1] = "In";
	for (size_t i = 0; i < s->nr; i++)
		columns[2 + i] = arena_str(m->arena, "#%s", history_name(m->arena, &s->v[i]));
	table = section_table(m, sec, arena_str(m->arena, "%s, %s", t->title, s->stem), columns);
	for (size_t k = 0; k < t->nr; k++) {
		table_row(m, table);
		table_cell(table, "", t->v[k].words);
		table_cell(table, "", results_metric_find(t->v[k].metric)->unit);
		for (size_t i = 0; i < s->nr; i++) {
			struct rvalue v = history_value(m->arena, &s->v[i], &t->v[k]);

			if (rv_ok(&v))
				table_value(m, table, &v);
			else
				whys_cell(m, table, w, one_line(m, v.why));
		}
	}
}

static void build_topic(struct model *m, struct page *p, const struct topic *t,
			const struct history *h)
{
	struct section *sec = page_section(m, p, t->id, t->title);
	struct whys whys = { .nr = 0 };

	for (size_t i = 0; i < h->nr; i++) {
		const struct series *s = &h->v[i];
		const struct report_part *part = some_part(s, t->v[0].boot);
		const char *text = NULL;

		for (size_t k = 0; k < t->nr; k++) {
			const char *one = measure_text(m, s, &t->v[k]);

			if (one)
				text = text ? arena_str(m->arena, "%s %s", text, one) : one;
			add_figure(m, sec, t, s, i, &t->v[k]);
		}
		section_answer(m, p, sec, arena_str(m->arena, "%s on %s?", t->question, s->stem),
			       text ? mode_words(m->arena, part) : NULL,
			       text ? arena_str(m->arena, "On %s: %s%s", s->stem, text,
						absent_text(m, s, t->v[0].boot))
				    : no_text(m, t, s));
		topic_table(m, sec, t, s, &whys);
		for (size_t k = 0; k < s->nr; k++)
			section_source(m, sec, s->v[k].parts[t->v[0].boot]);
	}
	whys_say(m, sec, &whys);
	if (t->note)
		section_note(m, sec, t->note);
}

/* ---- the kernels ---- */

/* What of the provenance may move numbers, and where it is. */
static const struct {
	const char *key, *column;
	bool environment, is_kernel;
} provenance[] = {
	{ "compiler", "Compiler", true, false },
	{ "qemu", "QEMU", true, false },
	{ "config", "Configuration", false, false },
	{ "preemption", "Preemption", false, false },
	{ "unknown_option", "Options it lacks", false, true },
	{ "absent_family", "Cases it lacks", false, true },
	{ "source", "Source", false, true },
	{ "suite", "Suite", false, false },
};
#define NR_PROVENANCE ARRAY_SIZE(provenance)

static const char *value_of(struct model *m, const struct version_kernel *k, size_t i)
{
	for (size_t j = 0; j < input_nr_all(k->in); j++) {
		const struct report_part *p = &k->in->parts[j];
		const char *v;

		if (!p->scenario || !p->doc || strcmp(p->scenario, k->scenario))
			continue;
		v = results_pairs_get(provenance[i].environment ? &p->doc->environment
								: &p->doc->subject,
				      provenance[i].key);
		if (v)
			return one_line(m, v);
	}
	return NULL;
}

static bool is_said(struct model *m, const struct history *h, size_t key)
{
	for (size_t i = 0; i < h->nr; i++)
		for (size_t j = 0; j < h->v[i].nr; j++)
			if (value_of(m, &h->v[i].v[j], key))
				return true;
	return false;
}

/* "3 parts, 1 failed; checks: 20 of 21" */
static const char *parts_text(struct model *m, const struct version_kernel *k)
{
	size_t nr = 0, failed = 0, skipped = 0, good = 0, checks = 0;

	for (size_t i = 0; i < input_nr_all(k->in); i++) {
		const struct report_part *p = &k->in->parts[i];

		if (!p->scenario || strcmp(p->scenario, k->scenario))
			continue;
		nr++;
		skipped += p->part->state == RESULTS_SKIPPED;
		failed += p->part->state != RESULTS_SKIPPED && p->why;
		for (size_t j = 0; p->doc && j < p->doc->nr_checks; j++, checks++)
			good += p->doc->checks[j].ok;
	}
	return arena_str(m->arena, "%zu, failed: %zu, skipped: %zu; checks: %zu of %zu", nr, failed,
			 skipped, good, checks);
}

static bool has_document(const struct version_kernel *k)
{
	for (size_t i = 0; i < input_nr_all(k->in); i++) {
		const struct report_part *p = &k->in->parts[i];

		if (p->doc && p->scenario && !strcmp(p->scenario, k->scenario))
			return true;
	}
	return false;
}

/* Whether two kernels of the series with documents have different values, or one has none. */
static bool differs(struct model *m, const struct series *s, size_t key)
{
	const char *first = NULL, *v;
	bool any = false;

	for (size_t k = 0; k < s->nr; k++) {
		if (!has_document(&s->v[k]))
			continue;
		v = value_of(m, &s->v[k], key);
		if (any && (!v != !first || (v && strcmp(v, first))))
			return true;
		first = v;
		any = true;
	}
	return false;
}

/* Names what differs between the kernels of a series, other than the kernel; or says that nothing
 * does. */
static const char *differing_text(struct model *m, const struct series *s)
{
	const char *text = NULL;

	for (size_t i = 0; i < NR_PROVENANCE; i++)
		if (!provenance[i].is_kernel && differs(m, s, i))
			text = text ? arena_str(m->arena, "%s, %s", text, provenance[i].column)
				    : provenance[i].column;
	return text ? arena_str(
			      m->arena,
			      "Beside the kernel, the versions of %s differ in: %s; the table has "
			      "each.",
			      s->stem, text)
		    : arena_str(m->arena,
				"As far as their documents say, the versions of %s differ in the "
				"kernel alone.",
				s->stem);
}

static void add_kernel(struct model *m, struct table *t, const struct version_kernel *v,
		       const bool said[NR_PROVENANCE])
{
	table_row(m, t);
	table_cell(t, "", v->scenario);
	table_cell(t, "", *v->release ? v->release : "—");
	table_cell(t, "", parts_text(m, v));
	for (size_t c = 0; c < NR_PROVENANCE; c++)
		if (said[c])
			table_seen(t, "prose", value_of(m, v, c) ? value_of(m, v, c) : "—");
}

/* Is the point release the one that the other sections have? */
static bool is_shown(const struct history *h, const struct version_kernel *v)
{
	for (size_t i = 0; i < h->nr; i++)
		for (size_t k = 0; k < h->v[i].nr; k++)
			if (!strcmp(h->v[i].v[k].scenario, v->scenario))
				return true;
	return false;
}

static void build_kernels(struct model *m, struct page *p, const struct history *h)
{
	struct section *sec = page_section(m, p, "kernels", "The kernels");
	const char *columns[NR_PROVENANCE + 4] = { "Kernel", "Release", "Parts" }, *text;
	bool said[NR_PROVENANCE];
	struct table *t;
	size_t n = 3;

	for (size_t i = 0; i < NR_PROVENANCE; i++) {
		said[i] = is_said(m, h, i);
		if (said[i])
			columns[n++] = provenance[i].column;
	}
	for (size_t j = 0; j < m->in->nr_families; j++)
		section_answer(m, p, sec,
			       arena_str(m->arena, "Which %s do the other pages show?",
					 m->in->families[j].name),
			       "by name and release",
			       arena_str(m->arena,
					 "%s, %s. Of the others only this page speaks: %s.",
					 m->in->families[j].shown, m->in->families[j].why,
					 m->in->families[j].others));
	t = section_table(m, sec, "Each version, and what of its provenance may move numbers",
			  columns);
	for (size_t i = 0; i < h->nr; i++) {
		text = h->v[i].nr > 1 ? differing_text(m, &h->v[i]) : NULL;
		if (text)
			section_note(m, sec, text);
		for (size_t k = 0; k < h->v[i].nr; k++)
			add_kernel(m, t, &h->v[i].v[k], said);
	}
	for (size_t i = 0; i < h->nr_points; i++)
		for (size_t k = 0; k < h->points[i].nr; k++)
			if (!is_shown(h, &h->points[i].v[k]))
				add_kernel(m, t, &h->points[i].v[k], said);
	if (h->twice)
		section_note(m, sec,
			     arena_str(m->arena,
				       "Two runs have these kernels, and those of the run named "
				       "later are shown: %s.",
				       h->twice));
}

static void build_page(struct model *m, const struct history *h)
{
	struct page *p;

	p = model_page(
		m, "history.html", "History", "One scenario on several versions of the kernel",
		"The same cases on several kernels, the oldest release first. Only costs and "
		"counts under icount: two modes share no axis.");
	history_steps(m, p, h);
	history_points(m, p, h);
	history_by_function(m, p, h);
	history_preemption(m, p, h);
	for (size_t i = 0; i < history_nr_topics; i++)
		build_topic(m, p, &history_topics[i], h);
	build_kernels(m, p, h);
}

void history_build(struct model *m)
{
	const struct report_input *in = m->in;
	struct history h = history_read(m->arena, &in, 1, true);

	if (h.nr)
		build_page(m, &h);
}

size_t history_build_of(struct model *m, const struct report_input *const *runs, size_t nr)
{
	struct history h = history_read(m->arena, runs, nr, false);

	if (h.nr)
		build_page(m, &h);
	return h.nr;
}
