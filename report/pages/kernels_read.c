// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads a run's kernels from its parts: each one's stock kernel and quantities.
 *
 * A kernel's document names the kernel that it is a variant of. Kernels that differ in
 * configuration alone are called <name> and <name>-<config>; the config is in their parts' subject.
 */
#include <string.h>

#include "kernels.h"

const char *const quantity_names[NR_QUANTITIES] = {
	"a call for one page",
	"each further page",
	"crossing a pmd",
	"crossing a pud",
	"crossing a p4d",
	"crossing a pgd",
	"freeing the first table",
	"freeing a further table",
	"freeing a further table, in the callback",
	"bytes of GUP-fast's path",
	"bytes of text",
};

const char *const quantity_columns[NR_QUANTITIES] = {
	"#Call, 1 page",     "#Per page",  "#Cross pmd",   "#Cross pud",
	"#Cross p4d",	     "#Cross pgd", "#First table", "#Per table",
	"#Per table, later", "#Path",	   "#Text",
};

static const char *config_of(struct model *m, const struct report_part *part)
{
	const char *config = part && part->doc ? results_pairs_get(&part->doc->subject, "config")
					       : NULL;

	return config ? clean(m->arena, config) : "min";
}

/* The scenario's name without "-<config>" at its end. */
static const char *stem_of(struct model *m, const char *scenario, const char *config)
{
	size_t n = strlen(scenario), c = strlen(config);

	if (n > c + 1 && scenario[n - c - 1] == '-' && !strcmp(scenario + n - c, config))
		return arena_str(m->arena, "%.*s", (int)(n - c - 1), scenario);
	return scenario;
}

/* Adds the crossings of a walk in another address space than that of k->q to k->elsewhere: they
 * have no column. */
static void read_elsewhere(struct model *m, struct kernel *k, const struct gup_cost *c)
{
	static const char *const keys[] = { "format", "design", "leaf", "pages", "cross" };

	for (int level = 0; level < NR_CROSS; level++) {
		const char **said = &k->elsewhere[Q_PMD + level];

		if (rv_ok(&c->cross[level]))
			*said = arena_str(m->arena, "%s%s%s on %s with %s", *said ? *said : "",
					  *said ? ", " : "", rv_text(m->arena, &c->cross[level]),
					  k->scenario, params_without(m->arena, c->like, keys, 5));
	}
}

static void read_walk(struct model *m, struct kernel *k)
{
	const struct report_rows rows = { k->costs, "gup_fast/walk", RESULTS_KERNEL,
					  "instructions" };
	struct gup_cost *list;
	size_t n = gup_costs(m->arena, &rows, &list);

	for (size_t i = 0; i < n; i++) {
		const struct results_params *p = list[i].like;

		/* k->q: the first plain walk, in the address space that a process starts with. */
		if (!gup_is_plain(p))
			continue;
		if (rv_ok(&k->q[Q_CALL])) {
			read_elsewhere(m, k, &list[i]);
			continue;
		}
		k->q[Q_CALL] = list[i].call;
		k->q[Q_PAGE] = list[i].page;
		for (int level = 0; level < NR_CROSS; level++)
			k->q[Q_PMD + level] = list[i].cross[level];
		k->design = param_text(m->arena, p, "design", "");
	}
}

static void read_freeing(struct model *m, struct kernel *k)
{
	const struct table_cost *t;
	struct table_cost *list;
	size_t nr = table_costs(m->arena, k->costs, RESULTS_KERNEL, "instructions", &list);

	t = table_plain(list, nr);
	if (t) {
		k->q[Q_FIRST] = t->first;
		k->q[Q_TABLE] = t->per_table_control;
	}
	nr = table_costs(m->arena, k->costs, RESULTS_KERNEL, "instructions_deferred", &list);
	t = table_plain(list, nr);
	if (t)
		k->q[Q_LATER] = t->per_table_control;
}

static void read_code(struct kernel *k)
{
	const struct results_doc *doc = k->code->doc;

	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *row = &doc->measurements[i];
		const char *symbol = results_params_str(&row->params, "symbol");

		if (row->skipped || strcmp(row->metric->name, "code_bytes"))
			continue;
		if (!strcmp(row->case_id, "kernel/text"))
			k->q[Q_TEXT] = rv_of(row);
		else if (symbol && !strcmp(symbol, "all") && !strcmp(row->case_id, "gup_fast/walk"))
			k->q[Q_PATH] = rv_of(row);
	}
}

/* The stock kernel that the first document with a role names; NULL: no document does. */
static const char *stock_name(struct model *m, const char *scenario)
{
	for (size_t i = 0; i < m->in->nr_parts; i++)
		if (m->in->parts[i].has_role && !strcmp(m->in->parts[i].scenario, scenario))
			return clean(m->arena, m->in->parts[i].stock_of);
	return NULL;
}

static void read_kernel(struct model *m, struct kernel *k, const char *scenario, const char *arch)
{
	const struct report_part *costs = input_guest(m->in, scenario, "icount-1cpu");
	const struct report_part *code = input_guest(m->in, scenario, "static");
	const char *why = costs && costs->why ? costs->why : "not part of this run";

	k->scenario = k->shown = scenario;
	for (size_t i = 0; i < m->in->nr_parts; i++)
		if (m->in->parts[i].busted && !strcmp(m->in->parts[i].scenario, scenario))
			k->shown = part_marked(m->arena, &m->in->parts[i]);
	k->arch = arch;
	k->stock_name = stock_name(m, scenario);
	k->design = "";
	k->config = config_of(m, costs ? costs : code);
	k->stem = stem_of(m, scenario, k->config);
	k->costs = input_usable(costs);
	k->code = input_usable(code);
	for (int q = 0; q < NR_QUANTITIES; q++)
		k->q[q] = rv_missing(q < Q_PATH ? why : "no part of its code in this run");
	if (k->costs) {
		for (int q = 0; q < Q_PATH; q++)
			k->q[q] = rv_missing("not measured");
		read_walk(m, k);
		read_freeing(m, k);
	}
	if (k->code)
		read_code(k);
}

static const struct kernel *stock_of(const struct kernels *all, const struct kernel *k)
{
	for (size_t i = 0; k->stock_name && i < all->nr; i++)
		if (!strcmp(all->v[i].scenario, k->stock_name))
			return &all->v[i];
	return NULL;
}

const struct kernel *kernels_find(const struct kernels *all, const char *stem, const char *config)
{
	for (size_t i = 0; i < all->nr; i++)
		if (!strcmp(all->v[i].stem, stem) && !strcmp(all->v[i].config, config))
			return &all->v[i];
	return NULL;
}

struct kernels kernels_read(struct model *m)
{
	struct kernels all = { 0 };

	for (size_t i = 0; i < m->in->nr_parts; i++) {
		const struct report_part *p = &m->in->parts[i];

		if (!p->scenario || (all.nr && !strcmp(all.v[all.nr - 1].scenario, p->scenario)))
			continue;
		if (strcmp(p->setup, "icount-1cpu") && strcmp(p->setup, "static"))
			continue;
		all.v = arena_grow(m->arena, all.v, all.nr, sizeof(*all.v));
		memset(&all.v[all.nr], 0, sizeof(*all.v));
		read_kernel(m, &all.v[all.nr++], p->scenario, p->arch);
	}
	for (size_t i = 0; i < all.nr; i++)
		all.v[i].stock = stock_of(&all, &all.v[i]);
	return all;
}

struct rvalue kernel_against_stock(const struct kernel *k, enum quantity q)
{
	if (k->stock == k)
		return rv_missing("the stock kernel itself");
	if (!k->stock_name)
		return rv_missing("no document says of which kernel it is a variant");
	if (!k->stock)
		return rv_missing("its stock kernel is not part of this run");
	return rv_sub(k->q[q], k->stock->q[q], "less the stock kernel's");
}
