// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stock kernels that free tables at once in one release and by RCU in the next that the run has, or
 * the other way about: the comparison by the kernel's own history.
 */
#include <array_size.h>
#include <string.h>

#include "freeing.h"
#include "history.h"

/* What the check saw in the kernel's events: "rcu", "immediate"; NULL: it did not run. */
static const char *path_of(const struct version_kernel *k)
{
	return k->parts[HISTORY_EVENTS] ? freeing_path_seen(k->parts[HISTORY_EVENTS]) : NULL;
}

static bool is_stock(const struct series *s)
{
	for (size_t i = 0; i < s->nr; i++)
		for (int b = 0; b < HISTORY_BOOTS; b++)
			if (s->v[i].parts[b])
				return s->v[i].parts[b]->has_role && !s->v[i].parts[b]->of;
	return false;
}

/* Of kernels in several releases: those whose path stays, those with a path that is unknown. */
struct counted {
	size_t same, unknown;
};

struct quantity {
	const char *words, *metric;
	bool further; /* the slope over the number of tables; else the first table */
};

static const struct quantity quantities[] = {
	{ "#first table, until munmap returns", "instructions", false },
	{ "#each further, until munmap returns", "instructions", true },
	{ "#first table, deferred", "instructions_deferred", false },
	{ "#each further, deferred", "instructions_deferred", true },
};

static struct rvalue value_of(struct model *m, const struct version_kernel *k,
			      const struct quantity *q)
{
	const struct table_cost *plain;
	struct table_cost *list;
	size_t n;

	if (!k->parts[HISTORY_COSTS])
		return rv_missing(k->why[HISTORY_COSTS]);
	n = table_costs(m->arena, k->parts[HISTORY_COSTS], RESULTS_KERNEL, q->metric, &list);
	plain = table_plain(list, n);
	if (!plain)
		return rv_missing("not recorded");
	return q->further ? plain->per_table : plain->first;
}

static struct table *releases_table(struct model *m, struct section *s)
{
	const char *columns[ARRAY_SIZE(quantities) + 3] = { "Kernel", "Tables are freed" };

	for (size_t i = 0; i < ARRAY_SIZE(quantities); i++)
		columns[2 + i] = quantities[i].words;
	return section_table(
		m, s,
		"What freeing a table costs on both sides: munmap less its twin, instructions",
		columns);
}

static void release_row(struct model *m, struct table *t, const struct version_kernel *k)
{
	table_row(m, t);
	table_cell(t, "", history_name(m->arena, k));
	table_seen(t, "", !strcmp(path_of(k), "rcu") ? "by RCU" : "at once");
	for (size_t i = 0; i < ARRAY_SIZE(quantities); i++) {
		struct rvalue v = value_of(m, k, &quantities[i]);

		table_value(m, t, &v);
	}
}

/* "x86_64-stock: at once in 6.12.117, by RCU in 7.2.13" */
static const char *change_text(struct model *m, const struct series *s,
			       const struct version_kernel *old, const struct version_kernel *new)
{
	bool to_rcu = !strcmp(path_of(new), "rcu");

	return arena_str(m->arena, STRONG "%s" STRONG ": %s in %s, %s in %s", s->stem,
			 to_rcu ? "at once" : "by RCU", old->release, to_rcu ? "by RCU" : "at once",
			 new->release);
}

/* The section and its table, made for the first kernel. */
struct made {
	struct section *section;
	struct table *table;
	const char *text;
};

static void change(struct model *m, struct made *made, const struct series *s, size_t old,
		   size_t new)
{
	const char *text = change_text(m, s, &s->v[old], &s->v[new]);

	if (!made->table)
		made->table = releases_table(m, made->section);
	made->text = made->text ? arena_str(m->arena, "%s; %s", made->text, text) : text;
	release_row(m, made->table, &s->v[old]);
	release_row(m, made->table, &s->v[new]);
	for (int b = 0; b < HISTORY_BOOTS; b++) {
		section_source(m, made->section, s->v[old].parts[b]);
		section_source(m, made->section, s->v[new].parts[b]);
	}
}

/* From each release whose path is known to the next such. */
static void look_at(struct model *m, struct made *made, const struct series *s, struct counted *n)
{
	bool all = true, changes = false;
	size_t last = s->nr;

	for (size_t i = 0; i < s->nr; i++) {
		const char *path = path_of(&s->v[i]);

		if (!path || (strcmp(path, "rcu") && strcmp(path, "immediate"))) {
			all = false;
			continue;
		}
		if (last < s->nr && strcmp(path, path_of(&s->v[last]))) {
			change(m, made, s, last, i);
			changes = true;
		}
		last = i;
	}
	n->same += !changes && all;
	n->unknown += !all;
}

static const char *rest_text(struct model *m, const struct counted *n)
{
	const char *text = "";

	if (n->same)
		text = arena_str(m->arena,
				 " %zu stock kernel%s in several releases free%s tables in one way "
				 "in all of them.",
				 n->same, n->same == 1 ? "" : "s", n->same == 1 ? "s" : "");
	if (n->unknown)
		text = arena_str(
			m->arena,
			"%s Of %zu stock kernel%s in several releases the way of some release "
			"is not known: its boot that counts events has no figures, did not "
			"check it, or saw no single way.",
			text, n->unknown, n->unknown == 1 ? "" : "s");
	return text;
}

void freeing_releases(struct model *m, struct page *p)
{
	const struct report_input *in = m->in;
	struct history h = history_read(m->arena, &in, 1, true);
	struct counted n = { 0 };
	struct made made = { 0 };

	for (size_t i = 0; i < h.nr; i++) {
		if (h.v[i].nr < 2 || !is_stock(&h.v[i]))
			continue;
		if (!made.section)
			made.section = page_section(m, p, "releases",
						    "Kernels that changed how they free tables");
		look_at(m, &made, &h.v[i], &n);
	}
	if (!made.section)
		return;
	section_answer(m, p, made.section,
		       "Which stock kernels free tables in another way in a later release?",
		       made.text ? "icount" : NULL,
		       arena_str(m->arena, "%s.%s",
				 made.text ? made.text
					   : "No stock kernel of this run was seen to change",
				 rest_text(m, &n)));
	if (made.text)
		section_note(m, made.section,
			     "What the table_free/rcu_path check saw on both sides, of tables of "
			     "PTEs. The counts hold all that changed between the two releases, in "
			     "the code and in the configuration (the option of preemption among "
			     "it), not RCU alone; the page of history says what of it is known.");
}
