// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pieces that pages are made of.
 */
#include <string.h>

#include "model.h"

/* Appends a new zeroed element's pointer to an array of pointers. */
#define APPEND_NEW(m, array, nr)                                                                   \
	((array) = arena_grow((m)->arena, (array), (nr), sizeof(*(array))),                        \
	 (array)[(nr)++] = arena_alloc((m)->arena, sizeof(**(array))))

/* Whether the name is in the list "one,two". */
static bool is_listed(const char *list, const char *name)
{
	size_t n = strlen(name);
	const char *at = list;

	for (; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (!strncmp(at, name, n) && (!at[n] || at[n] == ','))
			return true;
	return false;
}

const char *unanswered(struct model *m, const char *part, const char *cases, const char *why)
{
	const struct report_part *p = input_part(m->in, part);
	size_t nr = 0;

	for (size_t i = 0; input_usable(p) && i < p->doc->nr_measurements; i++)
		nr += !p->doc->measurements[i].skipped &&
		      is_listed(cases, p->doc->measurements[i].case_id);
	if (!input_usable(p) || !why)
		why = input_why(m->in, part);
	if (!nr)
		return arena_str(m->arena, "Not measured here: %s.", why);
	return arena_str(m->arena,
			 "No answer here: the row that would give it is missing (%s). %zu other "
			 "row%s of %s there %s.",
			 why, nr, nr == 1 ? "" : "s", cases, nr == 1 ? "is" : "are");
}

void model_finish(struct model *m)
{
	for (size_t i = 0; i < m->nr_pages; i++)
		for (size_t j = 0; j < m->pages[i].nr_sections; j++)
			for (size_t k = 0; k < m->pages[i].sections[j]->nr_figures; k++) {
				struct figure *f = m->pages[i].sections[j]->figures[k];

				if (f->undrawn)
					f->caption = arena_str(m->arena,
							       "%s Not above 0, and not "
							       "drawn: %s.",
							       f->caption, f->undrawn);
			}
}

struct page *model_page(struct model *m, const char *file, const char *nav, const char *title,
			const char *lede)
{
	struct page *p = &m->pages[m->nr_pages++];

	p->file = file;
	p->nav = nav;
	p->title = title;
	p->lede = lede;
	return p;
}

struct section *page_section(struct model *m, struct page *p, const char *id, const char *title)
{
	struct section *s = APPEND_NEW(m, p->sections, p->nr_sections);

	s->id = id;
	s->title = title;
	return s;
}

struct answer *section_answer(struct model *m, struct page *p, struct section *s,
			      const char *question, const char *mode, const char *text)
{
	struct answer *a = APPEND_NEW(m, s->answers, s->nr_answers);

	a->question = question;
	a->mode = mode;
	a->text = text;
	a->page = p->file;
	a->anchor = s->id;
	return a;
}

void section_note(struct model *m, struct section *s, const char *text)
{
	s->notes = arena_grow(m->arena, s->notes, s->nr_notes, sizeof(*s->notes));
	s->notes[s->nr_notes++] = text;
}

void section_source(struct model *m, struct section *s, const struct report_part *part)
{
	for (size_t i = 0; i < s->nr_sources; i++)
		if (s->sources[i] == part)
			return;
	if (!part)
		return;
	s->sources = arena_grow(m->arena, s->sources, s->nr_sources, sizeof(*s->sources));
	s->sources[s->nr_sources++] = part;
}

struct table *section_table(struct model *m, struct section *s, const char *caption,
			    const char *const *columns)
{
	struct table *t = APPEND_NEW(m, s->tables, s->nr_tables);

	while (columns[t->nr_columns])
		t->nr_columns++;
	t->caption = caption;
	t->columns = arena_alloc(m->arena, t->nr_columns * sizeof(*t->columns));
	t->numeric = arena_alloc(m->arena, t->nr_columns * sizeof(*t->numeric));
	for (size_t i = 0; i < t->nr_columns; i++) {
		t->numeric[i] = columns[i][0] == '#';
		t->columns[i] = columns[i] + t->numeric[i];
	}
	return t;
}

void table_row(struct model *m, struct table *t)
{
	t->rows = arena_grow(m->arena, t->rows, t->nr_rows, sizeof(*t->rows));
	t->rows[t->nr_rows++] = arena_alloc(m->arena, t->nr_columns * sizeof(**t->rows));
}

struct cell *table_cell(struct table *t, const char *kind, const char *text)
{
	struct cell *row = t->rows[t->nr_rows - 1];
	size_t i = 0;

	while (i < t->nr_columns && row[i].text)
		i++;
	if (i == t->nr_columns)
		i--; /* a caller's mistake shows in the last column */
	row[i].text = text;
	row[i].kind = *kind ? kind : t->numeric[i] ? "num" : "";
	return &row[i];
}

struct cell *table_seen(struct table *t, const char *kind, const char *text)
{
	struct cell *c = table_cell(t, kind, text);

	c->value = true;
	return c;
}

void table_value(struct model *m, struct table *t, const struct rvalue *v)
{
	const char *detail = rv_detail(m->arena, v);

	if (!rv_ok(v))
		table_seen(t, "missing", v->why ? v->why : "not measured");
	else
		table_seen(t, "num", rv_number(m->arena, v))->detail = *detail ? detail : NULL;
}

struct figure *section_figure(struct model *m, struct section *s, enum figure_kind kind,
			      const char *id, const char *title)
{
	struct figure *f = APPEND_NEW(m, s->figures, s->nr_figures);

	f->kind = kind;
	f->id = id;
	f->title = title;
	f->desc = "";
	f->caption = "";
	return f;
}

void figure_undrawn(struct model *m, struct figure *f, const char *heading, const char *label)
{
	const char *name = heading ? arena_str(m->arena, "%s: %s", heading, label) : label;

	f->undrawn = f->undrawn ? arena_str(m->arena, "%s; %s", f->undrawn, name) : name;
}

void figure_bar(struct model *m, struct figure *f, const char *heading, const char *label,
		const struct rvalue *value, int series)
{
	if (!rv_ok(value))
		return;
	if (f->logscale && value->v <= 0) {
		figure_undrawn(m, f, heading, label);
		return;
	}
	f->bars = arena_grow(m->arena, f->bars, f->nr_bars, sizeof(*f->bars));
	f->bars[f->nr_bars++] = (struct bar){ heading, label, *value, series };
}

struct line *figure_line(struct model *m, struct figure *f, const char *label, int series)
{
	struct line *l;

	f->lines = arena_grow(m->arena, f->lines, f->nr_lines, sizeof(*f->lines));
	l = &f->lines[f->nr_lines++];
	l->label = label;
	l->series = series;
	return l;
}

void line_point(struct model *m, struct line *l, double x, const struct rvalue *y)
{
	if (!rv_ok(y))
		return;
	l->x = arena_grow(m->arena, l->x, l->nr, sizeof(*l->x));
	l->y = arena_grow(m->arena, l->y, l->nr, sizeof(*l->y));
	l->x[l->nr] = x;
	l->y[l->nr++] = *y;
}

void section_load(struct model *m, struct section *s, const struct report_part *part)
{
	const char *busy = part_busy(m->arena, part);

	if (busy)
		section_note(m, s,
			     arena_str(m->arena,
				       STRONG "The machine was busy" STRONG " while this was "
					      "measured: load %s. "
					      "Others’ work is in these times and "
					      "widens their intervals.",
				       busy));
}

const char *mode_words(struct arena *a, const struct report_part *part)
{
	const char *dash = strrchr(part->setup, '-');
	const char *mode =
		part->doc ? clean(a, part->doc->mode)
			  : arena_str(a, "%.*s", (int)strcspn(part->setup, "-"), part->setup);
	size_t digits = dash ? strspn(dash + 1, "0123456789") : 0;

	if (!part->scenario || !digits || strcmp(dash + 1 + digits, "cpu"))
		return mode;
	return arena_str(a, "%s, %.*s CPU%s", mode, (int)digits, dash + 1,
			 digits == 1 && dash[1] == '1' ? "" : "s");
}
