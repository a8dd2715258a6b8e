// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Renders the model as HTML: fills the templates' data and renders them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embed.h"
#include "figure.h"
#include "files.h"
#include "mustache.h"
#include "page.h"
#include "../model/problems.h"
#include "stop.h"

static void set(struct mu *o, const char *key, const char *text)
{
	if (text)
		mu_set(o, key, mu_string(text));
}

static void set_flag(struct mu *o, const char *key, bool value)
{
	mu_set(o, key, mu_bool(value));
}

/* Sets a list, and the flag "has_<key>" for the markup around it. */
static void set_list(struct arena *a, struct mu *o, const char *key, struct mu *list, size_t nr)
{
	mu_set(o, key, list);
	set_flag(o, arena_str(a, "has_%s", key), nr > 0);
}

/* Cuts a sentence at its marks STRONG and WEAK. */
static struct mu *text_node(struct arena *a, const char *text)
{
	struct mu *o = mu_object(), *list = mu_list(), *s;
	bool strong = false, weak = false;
	size_t len;

	while (*text) {
		len = strcspn(text, STRONG WEAK);
		if (len) {
			s = mu_object();
			set(s, "text", arena_str(a, "%.*s", (int)len, text));
			set_flag(s, "strong", strong);
			set_flag(s, "weak", weak);
			set_flag(s, "plain", !strong && !weak);
			mu_push(list, s);
		}
		text += len;
		strong ^= *text == STRONG[0];
		weak ^= *text == WEAK[0];
		text += *text != '\0';
	}
	mu_set(o, "segments", list);
	return o;
}

static struct mu *answer_node(struct arena *a, const struct answer *answer)
{
	struct mu *o = mu_object();

	set(o, "question", answer->question);
	mu_set(o, "sentence", text_node(a, answer->text));
	set(o, "mode", answer->mode ? answer->mode : "no answer");
	set_flag(o, "measured", answer->mode != NULL);
	set(o, "page", answer->page);
	set(o, "anchor", answer->anchor);
	return o;
}

static struct mu *table_node(struct arena *a, const struct table *t)
{
	struct mu *o = mu_object(), *list = mu_list(), *rows = mu_list(), *row, *c;

	mu_set(o, "caption", text_node(a, t->caption));
	set(o, "label", arena_str(a, "Table: %s", t->caption));
	for (size_t i = 0; i < t->nr_columns; i++) {
		c = mu_object();
		set(c, "name", t->columns[i]);
		set(c, "kind", t->numeric[i] ? "num" : "");
		mu_push(list, c);
	}
	mu_set(o, "columns", list);
	for (size_t i = 0; i < t->nr_rows; i++) {
		row = mu_object();
		list = mu_list();
		for (size_t j = 0; j < t->nr_columns; j++) {
			c = mu_object();
			set(c, "text", t->rows[i][j].text ? t->rows[i][j].text : "");
			set(c, "detail", t->rows[i][j].detail);
			set(c, "kind", t->rows[i][j].kind ? t->rows[i][j].kind : "");
			set_flag(c, "header", j == 0);
			mu_push(list, c);
		}
		mu_set(row, "cells", list);
		mu_push(rows, row);
	}
	mu_set(o, "rows", rows);
	set_flag(o, "folded", t->folded);
	set(o, "size", arena_str(a, "%zu row%s", t->nr_rows, t->nr_rows == 1 ? "" : "s"));
	return o;
}

static struct mu *figure_node(const struct figure *f)
{
	struct mu *o = mu_object();

	set(o, "id", f->id);
	set(o, "title", f->title);
	set(o, "svg", f->svg);
	set(o, "caption", f->caption);
	return o;
}

/* The figures that could not be drawn. */
static struct mu *lost_node(const struct section *s)
{
	struct mu *list = mu_list(), *o;

	for (size_t i = 0; i < s->nr_figures; i++) {
		if (!s->figures[i]->lost)
			continue;
		o = mu_object();
		set(o, "id", s->figures[i]->id);
		set(o, "title", s->figures[i]->title);
		set(o, "reason", s->figures[i]->lost);
		mu_push(list, o);
	}
	return list;
}

/* "31 samples a row", "7 to 31 samples a row". */
static const char *samples_text(struct arena *a, const struct results_doc *doc)
{
	size_t low = 0, high = 0;

	for (size_t i = 0; doc && i < doc->nr_measurements; i++) {
		size_t n = doc->measurements[i].nr_samples;

		if (doc->measurements[i].skipped)
			continue;
		low = !low || n < low ? n : low;
		high = n > high ? n : high;
	}
	if (!high)
		return "no measured rows";
	if (low == high)
		return arena_str(a, "%zu sample%s a row", low, low == 1 ? "" : "s");
	return arena_str(a, "%zu to %zu samples a row", low, high);
}

static struct mu *pairs_node(struct arena *a, const struct results_pairs *p)
{
	struct mu *list = mu_list(), *o;

	for (size_t i = 0; i < p->nr; i++) {
		o = mu_object();
		set(o, "key", clean(a, p->v[i].key));
		set(o, "value", clean(a, p->v[i].value));
		mu_push(list, o);
	}
	return list;
}

/* Whether a link may contain the file name: parts' files have only these characters and ".json". */
static bool is_plain_name(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(".json") && !strcmp(name + len - strlen(".json"), ".json") && *name &&
	       *name != '.' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-") ==
		       strlen(name);
}

static struct mu *source_node(struct arena *a, const struct report_part *p)
{
	struct mu *o = mu_object();
	const struct results_doc *doc = p->doc;

	set(o, "name", clean(a, p->part->name));
	set(o, "state",
	    p->why && p->part->state == RESULTS_PASSED ? "unreadable"
						       : results_state_name(p->part->state));
	set_flag(o, "skipped", p->part->state == RESULTS_SKIPPED);
	set_flag(o, "passed", p->why == NULL);
	set(o, "why", p->why);
	set(o, "mode", mode_words(a, p));
	if (!doc)
		return o;
	set_flag(o, "has_doc", true);
	if (is_plain_name(p->part->file))
		set(o, "file", p->part->file);
	set(o, "samples", samples_text(a, doc));
	set(o, "created", clean(a, doc->created));
	set(o, "command", doc->command ? doc->command : "");
	mu_set(o, "environment", pairs_node(a, &doc->environment));
	mu_set(o, "subject", pairs_node(a, &doc->subject));
	set_list(a, o, "subject", pairs_node(a, &doc->subject), doc->subject.nr);
	return o;
}

static struct mu *sources_node(struct arena *a, const struct section *s)
{
	struct mu *list = mu_list();

	for (size_t i = 0; i < s->nr_sources; i++)
		mu_push(list, source_node(a, s->sources[i]));
	return list;
}

static struct mu *section_node(struct arena *a, const struct section *s)
{
	struct mu *o = mu_object(), *list = mu_list();
	size_t i, nr = 0;

	set(o, "id", s->id);
	set(o, "title", s->title);
	for (i = 0; i < s->nr_answers; i++)
		mu_push(list, answer_node(a, s->answers[i]));
	mu_set(o, "answers", list);
	list = mu_list();
	for (i = 0; i < s->nr_notes; i++)
		mu_push(list, text_node(a, s->notes[i]));
	set_list(a, o, "notes", list, s->nr_notes);
	list = mu_list();
	for (i = 0; i < s->nr_figures; i++)
		if (s->figures[i]->svg)
			nr += mu_push(list, figure_node(s->figures[i])) == 0;
	set_list(a, o, "figures", list, nr);
	mu_set(o, "lost", lost_node(s));
	list = mu_list();
	for (i = nr = 0; i < s->nr_tables; i++)
		if (s->tables[i]->nr_rows)
			nr += mu_push(list, table_node(a, s->tables[i])) == 0;
	set_list(a, o, "tables", list, nr);
	set_list(a, o, "sources", sources_node(a, s), s->nr_sources);
	return o;
}

static struct mu *nav_node(const struct model *m, const char *here)
{
	struct mu *list = mu_list(), *o = mu_object();

	set(o, "file", "index.html");
	set(o, "title", "Answers");
	set_flag(o, "here", !strcmp(here, "index.html"));
	mu_push(list, o);
	for (size_t i = 0; i < m->nr_pages; i++) {
		o = mu_object();
		set(o, "file", m->pages[i].file);
		set(o, "title", m->pages[i].nav);
		set_flag(o, "here", !strcmp(here, m->pages[i].file));
		mu_push(list, o);
	}
	return list;
}

static struct mu *problem_node(const struct problem *p)
{
	struct mu *o = mu_object(), *list = mu_list(), *check;

	set(o, "part", p->part);
	set(o, "state", p->state);
	set(o, "reason", p->reason);
	for (size_t i = 0; i < p->nr_checks; i++) {
		check = mu_object();
		set(check, "text", p->checks[i]);
		mu_push(list, check);
	}
	mu_set(o, "checks", list);
	set_flag(o, "has_checks", p->nr_checks > 0);
	return o;
}

/* Sets the run's state in words; colours only repeat it. "good" only if nothing failed. */
static void set_state(struct arena *a, struct mu *o, const struct problems *found)
{
	struct mu *problems = mu_list(), *skipped = mu_list(), *s;
	bool complete = !strcmp(found->state, "complete");

	for (size_t i = 0; i < found->nr; i++)
		mu_push(problems, problem_node(&found->v[i]));
	set_list(a, o, "problems", problems, found->nr);
	for (size_t i = 0; i < found->nr_skips; i++) {
		s = mu_object();
		set(s, "parts", found->skipped[i].parts);
		set(s, "reason", found->skipped[i].reason);
		mu_push(skipped, s);
	}
	set_list(a, o, "skipped_parts", skipped, found->nr_skips);
	set(o, "run_state", found->state);
	set(o, "summary", found->summary);
	set_flag(o, "good", complete && found->passed);
	set_flag(o, "to_the_end", complete || !strcmp(found->state, "failed"));
	set_flag(o, "bad", !complete);
	set_flag(o, "failed", found->nr > 0);
	set_flag(o, "unfinished", !strcmp(found->state, "unfinished"));
}

/* Sets the facts on the run that every page shows. */
static void set_run(struct arena *a, struct mu *o, const struct model *m)
{
	const struct results_run *run = m->in->run;
	char *real = realpath(run->dir, NULL);
	const char *dir = real ? real : run->dir, *slash = strrchr(dir, '/');
	struct problems found;

	problems_find(a, m->in, &found);
	set_state(a, o, &found);
	set(o, "run", clean(a, slash && slash[1] ? slash + 1 : dir));
	free(real);
	set(o, "started", clean(a, run->started));
	set(o, "finished", run->finished ? clean(a, run->finished) : NULL);
	set(o, "revision", clean(a, run->revision));
	set(o, "run_command", run->command ? run->command : "");
	set_flag(o, "no_parts", input_nr_all(m->in) == 0);
	set(o, "busy", part_busy(a, input_part(m->in, "native")));
}

static const char *find_partial(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "templates/%s.mustache", name);
	return embed_find(path);
}

static int render_to(const char *template, const struct mu *o, int folder, const char *file)
{
	char *text = NULL, error[256];
	int err;

	err = mu_render(embed_find(template), o, MU_HTML, find_partial, &text, error,
			sizeof(error));
	if (err) {
		fprintf(stderr, "ptbench report: %s: %s\n", template, error);
		return err;
	}
	err = file_make(folder, file, text);
	if (err)
		file_say("cannot write", file, err);
	free(text);
	return err;
}

static int write_page(struct model *m, const struct page *p, int folder)
{
	struct arena *a = m->arena;
	struct mu *o = mu_object(), *list = mu_list();
	int err;

	set_run(a, o, m);
	set(o, "title", p->title);
	set(o, "lede", p->lede);
	mu_set(o, "nav", nav_node(m, p->file));
	for (size_t i = 0; i < p->nr_sections; i++)
		mu_push(list, section_node(a, p->sections[i]));
	mu_set(o, "sections", list);
	err = render_to("templates/page.mustache", o, folder, p->file);
	mu_free(o);
	return err;
}

static struct mu *part_row(struct arena *a, const struct report_part *p)
{
	struct mu *o = source_node(a, p);
	size_t good = 0;

	if (!p->doc)
		return o;
	for (size_t i = 0; i < p->doc->nr_checks; i++)
		good += p->doc->checks[i].ok;
	set(o, "rows", arena_str(a, "%zu", p->doc->nr_measurements));
	if (p->doc->nr_checks)
		set(o, "checks", arena_str(a, "%zu of %zu", good, p->doc->nr_checks));
	set_flag(o, "bad_checks", good != p->doc->nr_checks);
	return o;
}

static struct mu *group_node(struct arena *a, const struct page *p)
{
	struct mu *o = mu_object(), *list = mu_list();

	set(o, "title", p->title);
	set(o, "file", p->file);
	for (size_t i = 0; i < p->nr_sections; i++)
		for (size_t j = 0; j < p->sections[i]->nr_answers; j++)
			mu_push(list, answer_node(a, p->sections[i]->answers[j]));
	mu_set(o, "answers", list);
	return o;
}

static int write_index(struct model *m, int folder)
{
	struct arena *a = m->arena;
	struct mu *o = mu_object(), *groups = mu_list(), *parts = mu_list();
	int err;

	set_run(a, o, m);
	set(o, "title", "Lockless page tables, measured");
	mu_set(o, "nav", nav_node(m, "index.html"));
	for (size_t i = 0; i < m->nr_pages; i++)
		mu_push(groups, group_node(a, &m->pages[i]));
	mu_set(o, "groups", groups);
	for (size_t i = 0; i < input_nr_all(m->in); i++)
		mu_push(parts, part_row(a, &m->in->parts[i]));
	set_list(a, o, "parts", parts, input_nr_all(m->in));
	err = render_to("templates/index.mustache", o, folder, "index.html");
	mu_free(o);
	return err;
}

int pages_write(struct model *m, int folder)
{
	int err;

	err = file_make(folder, "style.css", embed_find("assets/style.css"));
	if (err)
		return file_say("cannot write", "style.css", err);
	err = write_index(m, folder);
	for (size_t i = 0; !err && i < m->nr_pages; i++)
		err = stop_asked() ? -EINTR : write_page(m, &m->pages[i], folder);
	return err;
}

int parts_copy(struct model *m, int folder)
{
	int err = 0;

	for (size_t i = 0; !err && i < input_nr_all(m->in); i++) {
		const struct report_part *p = &m->in->parts[i];
		const char *from;
		char *text;

		if (!p->doc || !is_plain_name(p->part->file))
			continue;
		from = arena_str(m->arena, "%s/%s", m->in->run->dir, p->part->file);
		text = file_read(from);
		if (!text)
			return file_say("cannot read", from, -errno);
		err = file_make(folder, p->part->file, text);
		if (err == -EEXIST)
			err = 0; /* two parts share a file, which has been copied */
		free(text);
		if (err)
			file_say("cannot write parts", p->part->file, err);
	}
	return err;
}
