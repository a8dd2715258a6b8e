// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads the versions of each scenario, and the value of each measure: those that the other pages
 * answer with.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include "../model/versions.h"
#include "history.h"

const char *const history_setups[HISTORY_PARTS] = { "icount-1cpu", "icount-2cpu", "static" };

/* ---- kernels ---- */

static struct series *series_of(struct arena *a, struct history *h, const struct report_part *p)
{
	const char *stem = version_stem(a, p->scenario);

	for (size_t i = 0; i < h->nr; i++)
		if (!strcmp(h->v[i].stem, stem))
			return &h->v[i];
	h->v = arena_grow(a, h->v, h->nr, sizeof(*h->v));
	h->v[h->nr] = (struct series){ .stem = stem, .arch = p->arch };
	return &h->v[h->nr++];
}

/* Why the part gives no figures, without the lines of a console that a reason may end with. */
static const char *why_not(const struct report_input *in, const char *name)
{
	const struct report_part *p = input_part(in, name);
	const char *reason = p ? p->part->reason : NULL;
	size_t n;

	if (!reason || p->part->state == RESULTS_PASSED || !reason[n = strcspn(reason, "\n")])
		return input_why(in, name);
	return arena_str(in->arena, "part %s: %s: %s", name, results_state_name(p->part->state),
			 clean(in->arena, arena_str(in->arena, "%.*s ...", (int)n, reason)));
}

static void read_kernel(struct version_kernel *k, const struct report_input *in,
			const char *scenario)
{
	*k = (struct version_kernel){ .scenario = scenario,
				      .release = version_release(in, scenario),
				      .in = in };
	for (int b = 0; b < HISTORY_PARTS; b++) {
		const struct report_part *p = input_guest(in, scenario, history_setups[b]);

		k->parts[b] = input_usable(p);
		if (!k->parts[b])
			k->why[b] = why_not(in, arena_str(in->arena, "%s.%s", scenario,
							  history_setups[b]));
	}
	k->functions = input_usable(input_guest(in, scenario, HISTORY_FUNCTIONS));
	if (!k->functions)
		k->why_functions =
			why_not(in, arena_str(in->arena, "%s." HISTORY_FUNCTIONS, scenario));
}

/* Adds the kernel; one that an earlier run had, too, takes its place. */
static void add_kernel(struct arena *a, struct history *h, const struct report_input *in,
		       const struct report_part *p)
{
	struct series *s = series_of(a, h, p);
	size_t i;

	for (i = 0; i < s->nr && strcmp(s->v[i].scenario, p->scenario); i++)
		;
	if (i < s->nr && s->v[i].in == in)
		return;
	if (i < s->nr)
		h->twice = h->twice ? arena_str(a, "%s, %s", h->twice, p->scenario) : p->scenario;
	else
		s->v = arena_grow(a, s->v, s->nr, sizeof(*s->v)), s->nr++;
	read_kernel(&s->v[i], in, p->scenario);
}

static int by_release(const void *va, const void *vb)
{
	const struct version_kernel *a = va, *b = vb;
	int c = version_cmp(a->release, b->release);

	return c ? c : strcmp(a->scenario, b->scenario);
}

static int by_arch(const void *va, const void *vb)
{
	const struct series *a = va, *b = vb;
	int c = strcmp(a->arch, b->arch);

	return c ? c : strcmp(a->stem, b->stem);
}

static bool is_set_aside(const struct series *s)
{
	for (size_t i = 0; i < s->nr; i++)
		for (size_t j = s->v[i].in->nr_parts; j < input_nr_all(s->v[i].in); j++)
			if (!strcmp(s->v[i].in->parts[j].scenario, s->v[i].scenario))
				return true;
	return false;
}

/* ---- point releases ---- */

/* "6.12" of "6.12.107", "6.12.0-rc3" and "6.12" */
static const char *version_of(struct arena *a, const char *release)
{
	size_t n = strcspn(release, ".");

	n += release[n] == '.';
	n += strspn(release + n, "0123456789");
	return arena_str(a, "%.*s", (int)n, release);
}

/* Names the scenario a version without a point release, or none at all? */
static bool is_plain(const struct version_kernel *k)
{
	const char *at = strchr(k->scenario, '@'), *dot = at ? strchr(at, '.') : NULL;

	return !dot || !strchr(dot + 1, '.');
}

bool history_has_figures(const struct version_kernel *k)
{
	return k->parts[HISTORY_COSTS] || k->parts[HISTORY_EVENTS];
}

/* A kernel that was not built has its reason with its image, HISTORY_CODE. What was tried goes
 * before what the run did not ask for, and what failed before what was skipped. */
const char *history_no_figures(const struct version_kernel *k)
{
	const char *why = k->why[HISTORY_COSTS];
	int best = 0;

	for (int b = 0; b < HISTORY_PARTS; b++) {
		const struct report_part *p = input_part(
			k->in, arena_str(k->in->arena, "%s.%s", k->scenario, history_setups[b]));
		int rank = !p || k->parts[b] ? 0 : p->part->state == RESULTS_SKIPPED ? 1 : 2;

		if (rank > best) {
			best = rank;
			why = k->why[b];
		}
	}
	return why;
}

/* "env KSRC=... " of the command that made the kernel's parts; "" if it needed nothing. */
static const char *environment_of(struct arena *a, const struct version_kernel *k)
{
	for (int b = 0; b < HISTORY_PARTS; b++) {
		const char *command = k->parts[b] ? k->parts[b]->doc->command : NULL;
		const char *end = command ? strstr(command, "ptbench kernels ") : NULL;

		if (end && !strncmp(command, "env ", 4))
			return clean(a, arena_str(a, "%.*s", (int)(end - command), command));
	}
	return "";
}

const char *history_command(struct arena *a, const struct version_kernel *old,
			    const struct version_kernel *new, const char *words)
{
	/* A name without a version is of what KSRC named: only its kernel has that. */
	const struct version_kernel *first = strchr(old->scenario, '@') ? new : old;
	const char *env = environment_of(a, first);

	return arena_str(a, "%s%s", *env ? env : environment_of(a, first == old ? new : old),
			 words);
}

const char *history_named(struct arena *a, const struct version_kernel *k)
{
	const char *at = strchr(k->scenario, '@');
	size_t n = at ? strlen(at + 1) : 0;

	if (!n || !k->release || strncmp(k->release, at + 1, n) || k->release[n] != '.' ||
	    k->release[strspn(k->release, "0123456789.")])
		return k->scenario;
	return arena_str(a, "%.*s@%s", (int)(at - k->scenario), k->scenario, k->release);
}

static int rank(const struct version_kernel *k)
{
	return 2 * history_has_figures(k) + is_plain(k);
}

/* Of v[0..nr), of one version: the kernel that stands for it. */
static size_t one_of_points(const struct version_kernel *v, size_t nr)
{
	size_t best = 0;

	for (size_t i = 1; i < nr; i++)
		if (rank(&v[i]) >= rank(&v[best]))
			best = i;
	return best;
}

/* Leaves of several point releases of a version one in the series; all of them become a series of
 * their own. Releases are sorted. */
static void take_points(struct arena *a, struct history *h, struct series *s)
{
	size_t kept = 0, n;

	for (size_t i = 0; i < s->nr; i += n) {
		const char *version = version_of(a, s->v[i].release);
		struct version_kernel one;

		for (n = 1; i + n < s->nr && !strcmp(version_of(a, s->v[i + n].release), version);
		     n++)
			;
		if (!*version || !strcmp(s->v[i].release, s->v[i + n - 1].release)) {
			memmove(&s->v[kept], &s->v[i], n * sizeof(*s->v));
			kept += n;
			continue;
		}
		h->points = arena_grow(a, h->points, h->nr_points, sizeof(*h->points));
		h->points[h->nr_points] = *s;
		h->points[h->nr_points].version = version;
		h->points[h->nr_points].nr = n;
		h->points[h->nr_points].v = arena_alloc(a, n * sizeof(*s->v));
		memcpy(h->points[h->nr_points++].v, &s->v[i], n * sizeof(*s->v));
		one = s->v[i + one_of_points(&s->v[i], n)];
		s->v[kept++] = one;
	}
	s->nr = kept;
}

struct history history_read(struct arena *a, const struct report_input *const *runs, size_t nr,
			    bool several)
{
	struct history h = { 0 };
	size_t kept = 0;

	for (size_t r = 0; r < nr; r++)
		for (size_t i = 0; i < input_nr_all(runs[r]); i++)
			if (runs[r]->parts[i].scenario)
				add_kernel(a, &h, runs[r], &runs[r]->parts[i]);
	for (size_t i = 0; i < h.nr; i++) {
		if (several && h.v[i].nr < 2 && !is_set_aside(&h.v[i]))
			continue;
		qsort(h.v[i].v, h.v[i].nr, sizeof(*h.v[i].v), by_release);
		h.v[kept++] = h.v[i];
	}
	h.nr = kept;
	if (h.nr)
		qsort(h.v, h.nr, sizeof(*h.v), by_arch);
	for (size_t i = 0; i < h.nr; i++)
		take_points(a, &h, &h.v[i]);
	return h;
}

const char *history_name(struct arena *a, const struct version_kernel *k)
{
	return *k->release ? arena_str(a, "%s (%s)", k->scenario, k->release) : k->scenario;
}

/* ---- measures ---- */

/* The reason of the case's skipped row that fits params, else of its first; NULL: it has none. */
static const char *skip_reason(struct arena *a, const struct report_part *part,
			       const struct measure *what)
{
	const char *why = NULL;

	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];

		if (!row->skipped || row->subject != RESULTS_KERNEL ||
		    strcmp(row->case_id, what->case_id))
			continue;
		if (what->params &&
		    !strcmp(params_without(a, &row->params, history_own_keys, HISTORY_OWN_KEYS),
			    what->params))
			return clean(a, row->skipped);
		why = why ? why : clean(a, row->skipped);
	}
	return why;
}

static struct rvalue row_value(struct arena *a, const struct report_part *part,
			       const struct measure *what)
{
	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];

		if (!row->skipped && row->subject == RESULTS_KERNEL &&
		    !strcmp(row->case_id, what->case_id) &&
		    !strcmp(row->metric->name, what->metric) &&
		    !strcmp(params_without(a, &row->params, history_own_keys, HISTORY_OWN_KEYS),
			    what->params))
			return rv_of_row(a, part, row);
	}
	return rv_missing("no such row");
}

/* The first plain walk: in the address space that a process starts with. */
static const struct gup_cost *plain_walk(struct arena *a, const struct report_part *part,
					 const struct measure *what)
{
	const struct report_rows rows = { part, what->case_id, RESULTS_KERNEL, what->metric };
	struct gup_cost *list;
	size_t nr = gup_costs(a, &rows, &list);

	for (size_t i = 0; i < nr; i++)
		if (gup_is_plain(list[i].like) && rv_ok(&list[i].call))
			return &list[i];
	return NULL;
}

static struct rvalue walk_call(struct arena *a, const struct report_part *part,
			       const struct measure *what)
{
	const struct gup_cost *c = plain_walk(a, part, what);

	return c ? c->call : rv_missing("no such row");
}

static struct rvalue walk_page(struct arena *a, const struct report_part *part,
			       const struct measure *what)
{
	const struct gup_cost *c = plain_walk(a, part, what);

	return c ? c->page : rv_missing("no such row");
}

static struct rvalue first_table(struct arena *a, const struct report_part *part,
				 const struct measure *what)
{
	const struct table_cost *t;
	struct table_cost *list;
	size_t nr = table_costs(a, part, RESULTS_KERNEL, what->metric, &list);

	t = table_plain(list, nr);
	return t ? t->first : rv_missing("no such row");
}

static struct rvalue further_table(struct arena *a, const struct report_part *part,
				   const struct measure *what)
{
	const struct table_cost *t;
	struct table_cost *list;
	size_t nr = table_costs(a, part, RESULTS_KERNEL, what->metric, &list);

	t = table_plain(list, nr);
	return t ? t->per_table : rv_missing("no such row");
}

struct rvalue history_value_in(struct arena *a, const struct report_part *part,
			       const struct measure *what)
{
	struct rvalue v = what->derive ? what->derive(a, part, what) : row_value(a, part, what);
	const char *why = rv_ok(&v) ? NULL : skip_reason(a, part, what);

	return why ? rv_missing(why) : v;
}

struct rvalue history_value(struct arena *a, const struct version_kernel *k,
			    const struct measure *what)
{
	const struct report_part *part = k->parts[what->boot];

	return part ? history_value_in(a, part, what) : rv_missing(k->why[what->boot]);
}

static const struct measure gup[] = {
	{ "A get_user_pages_fast_only() of one page", HISTORY_COSTS, "gup_fast/walk",
	  "instructions", NULL, walk_call },
	{ "Each further page", HISTORY_COSTS, "gup_fast/walk", "instructions", NULL, walk_page },
	{ "A pin_user_pages_fast() of one page", HISTORY_COSTS, "pin_fast/walk", "instructions",
	  NULL, walk_call },
	{ "A pin_user_pages_fast() of 16 pages", HISTORY_COSTS, "pin_fast/walk", "instructions",
	  "cross=none, leaf=pte, pages=16", NULL },
};

static const struct measure freeing[] = {
	{ "Munmap, the first table", HISTORY_COSTS, "table_free/munmap", "instructions", NULL,
	  first_table },
	{ "Each further table", HISTORY_COSTS, "table_free/munmap", "instructions", NULL,
	  further_table },
	{ "Each further table, later", HISTORY_COSTS, "table_free/munmap", "instructions_deferred",
	  NULL, further_table },
	{ "An exit with 8 tables", HISTORY_COSTS, "table_free/exit", "instructions", "tables=8",
	  NULL },
};

#define EVENT(words, metric)                                                                       \
	{                                                                                          \
		words, HISTORY_EVENTS, "table_free/munmap", metric, "peer=spin, tables=8", NULL    \
	}
static const struct measure events[] = {
	EVENT("CPUs interrupted", "cpus_interrupted"),
	EVENT("Interrupts sent", "ipis_sent"),
	EVENT("Flushes", "tlb_flushes"),
	EVENT("RCU callbacks", "rcu_callbacks"),
	EVENT("Tables freed", "tables_freed"),
};

static const struct measure faults[] = {
	{ "dax_lock_folio() and its unlock", HISTORY_COSTS, "dax/lock", "instructions",
	  "how=present, leaf=pte, page=file, part=both, step=none", NULL },
	{ "A fault of a DAX page that is there", HISTORY_COSTS, "dax/fault", "instructions",
	  "access=read, entry=present, leaf=pte, mem=dax, pages=1", NULL },
	{ "A fault of a file’s cached page", HISTORY_COSTS, "dax/fault", "instructions",
	  "access=read, entry=present, leaf=pte, mem=file, pages=1", NULL },
};

static const struct measure maps[] = {
	{ "kmap_local_page() and its undoing", HISTORY_COSTS, "kmap/pair", "instructions",
	  "api=kmap_local, debug=0, depth=1", NULL },
	{ "kmap_local_page() on top of 14 live maps", HISTORY_COSTS, "kmap/pair", "instructions",
	  "api=kmap_local, debug=0, depth=15", NULL },
	{ "kmap_atomic() and its undoing", HISTORY_COSTS, "kmap/pair", "instructions",
	  "api=kmap_atomic, debug=0, depth=1", NULL },
	{ "kmap_atomic() on top of 14 live maps", HISTORY_COSTS, "kmap/pair", "instructions",
	  "api=kmap_atomic, debug=0, depth=15", NULL },
	{ "A switch there and back, no live map", HISTORY_COSTS, "kmap/switch", "instructions",
	  "debug=0, next=0, prev=0", NULL },
	{ "A switch there and back, 15 live maps", HISTORY_COSTS, "kmap/switch", "instructions",
	  "debug=0, next=0, prev=15", NULL },
};

static const struct measure code[] = {
	{ "GUP-fast, all its functions", HISTORY_CODE, "gup_fast/walk", "code_bytes", "symbol=all",
	  NULL },
	{ "Freeing page tables, all its functions", HISTORY_CODE, "table_free/munmap", "code_bytes",
	  "symbol=all", NULL },
	{ "The kernel’s text", HISTORY_CODE, "kernel/text", "code_bytes", "", NULL },
};

#define TOPIC(id, title, question, list, note)                                                     \
	{                                                                                          \
		id, title, question, note, list, ARRAY_SIZE(list)                                  \
	}
const struct topic history_topics[] = {
	TOPIC("gup", "GUP-fast: walk and pin", "What did GUP-fast take", gup, NULL),
	TOPIC("freeing", "Freeing page tables", "What did freeing page tables take", freeing,
	      "Tables of munmap: its cost less that of its twin whose tables a neighbour keeps. "
	      "MADV_DONTNEED is no measure for it here: with PT_RECLAIM it frees tables itself."),
	TOPIC("events", "Interrupts, callbacks and flushes of one munmap",
	      "Whom did a munmap of 8 tables beside a spinning thread interrupt", events,
	      "Counts of one call on two emulated CPUs. Fewer is not better by itself: one "
	      "interrupt fewer may be a missing flush."),
	TOPIC("faults", "DAX and faults", "What did the DAX lock and a fault take", faults, NULL),
	TOPIC("maps", "Temporary mappings", "What did a temporary mapping take", maps,
	      "Instructions are not time: the TLB invalidation that follows an unmap counts 1. Until "
	      "5.10 the stack of maps is the CPU’s, and whoever has a map is not switched "
	      "out; since 5.11 it is the task’s, and goes with it."),
	TOPIC("code", "Code bytes", "How large was the code", code,
	      "Of GUP-fast: what get_user_pages_fast_only() calls; of freeing: what unlinks tables, "
	      "flushes for them and frees them. What the compiler inlines elsewhere is not in it."),
};
const size_t history_nr_topics = ARRAY_SIZE(history_topics);
