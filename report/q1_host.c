// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Q1: the running kernel, and what could not be measured in this run.
 */
#include <stdlib.h>
#include <string.h>

#include "q1.h"

const struct report_part *q1_native(struct model *m)
{
	const struct report_part *part = input_part(m->in, "native");

	return part && !part->why ? part : NULL;
}

const char *q1_env(struct model *m, const struct report_part *part, const char *key,
		   const char *dflt)
{
	const char *value = results_pairs_get(&part->doc->environment, key);

	return value ? clean(m->arena, value) : dflt;
}

long q1_cpus(struct model *m, const struct report_part *part)
{
	return strtol(q1_env(m, part, "cpus", "0"), NULL, 10);
}

/* ---- the host's own kernel ---- */

static const char *const host_ops[][3] = {
	{ "table_free/munmap", "munmap, frees tables", "munmap" },
	{ "table_free/keep", "munmap, tables stay (twin)", "twin" },
	{ "table_free/madvise", "MADV_DONTNEED, tables stay", "MADV_DONTNEED" },
	{ "membarrier/expedited", "membarrier, expedited", "membarrier" },
};
#define NR_HOST_OPS (sizeof(host_ops) / sizeof(*host_ops))

struct host_row {
	size_t op;
	const char *twin; /* of the twin, or "" */
	long long tables;
	struct rvalue peer[2]; /* none, spin */
};

static bool is_spin(const struct results_params *p)
{
	const char *peer = results_params_str(p, "peer");

	return peer && strcmp(peer, "spin") == 0;
}

static size_t read_host(struct model *m, const struct report_part *part, struct host_row **out)
{
	struct host_row *list = NULL;
	size_t nr = 0, op, i, j;

	for (op = 0; op < NR_HOST_OPS; op++)
		for (i = 0; i < part->doc->nr_measurements; i++) {
			const struct results_measurement *row = &part->doc->measurements[i];
			long long tables = results_params_int(&row->params, "tables", 0);
			const char *twin = param_text(m->arena, &row->params, "twin", "");

			if (row->subject != RESULTS_KERNEL ||
			    strcmp(row->case_id, host_ops[op][0]) != 0 ||
			    (!row->skipped && strcmp(row->metric->name, "time") != 0))
				continue;
			for (j = 0; j < nr; j++)
				if (list[j].op == op && list[j].tables == tables &&
				    strcmp(list[j].twin, twin) == 0)
					break;
			if (j == nr) {
				list = arena_grow(m->arena, list, nr, sizeof(*list));
				list[nr++] = (struct host_row){ op, twin, tables,
								{ rv_missing("not run"),
								  rv_missing("not run") } };
			}
			list[j].peer[is_spin(&row->params)] =
				row->skipped ? rv_missing(clean(m->arena, row->skipped))
					     : rv_of(row);
		}
	*out = list;
	return nr;
}

static const struct host_row *host_find(const struct host_row *list, size_t nr, size_t op)
{
	const struct host_row *best = NULL;
	size_t i;

	for (i = 0; i < nr; i++)
		if (list[i].op == op && (!best || list[i].tables < best->tables))
			best = &list[i];
	return best;
}

/* "4.40 us", or with the peer "4.40 us, then 16.6 us". */
static const char *host_time(struct model *m, const struct host_row *r, bool beside)
{
	const char *alone, *spin;

	if (!r)
		return "not measured";
	alone = rv_ok(&r->peer[0]) ? rv_strong(m->arena, &r->peer[0]) : "not measured";
	spin = rv_ok(&r->peer[1]) ? rv_strong(m->arena, &r->peer[1]) : "not measured";
	return beside ? arena_str(m->arena, "%s, then %s", alone, spin) : alone;
}

/* The operations that the sentence gives. */
static const size_t host_told[] = { 0, 2, 3 };
#define NR_HOST_TOLD (sizeof(host_told) / sizeof(*host_told))

/* NULL: one of them at least was measured beside the peer; else why the first was not. */
static const char *host_no_peer(const struct host_row *list, size_t nr)
{
	const char *why = NULL;
	size_t i;

	for (i = 0; i < NR_HOST_TOLD; i++) {
		const struct host_row *r = host_find(list, nr, host_told[i]);

		if (r && rv_ok(&r->peer[1]))
			return NULL;
		if (r && !why)
			why = r->peer[1].why;
	}
	return why ? why : "not run";
}

static bool is_virtual(const char *hypervisor)
{
	return strcmp(hypervisor, "none seen") != 0 && strcmp(hypervisor, "none") != 0;
}

static const char *host_sentence(struct model *m, const struct report_part *part,
				 const struct host_row *list, size_t nr)
{
	const char *hypervisor = q1_env(m, part, "hypervisor", "not recorded");
	const struct host_row *munmap = host_find(list, nr, host_told[0]);
	const char *no_peer = host_no_peer(list, nr), *where, *times;
	struct arena *a = m->arena;

	where = arena_str(a, "%s, %s", q1_env(m, part, "kernel", "kernel not recorded"),
			  is_virtual(hypervisor) ? arena_str(a, "under %s", hypervisor)
						 : "no hypervisor seen");
	times = arena_str(a,
			  "munmap that frees %lld table%s takes %s; MADV_DONTNEED, which frees "
			  "none, %s; membarrier, expedited, %s.",
			  munmap ? munmap->tables : 0, munmap && munmap->tables == 1 ? "" : "s",
			  host_time(m, munmap, !no_peer),
			  host_time(m, host_find(list, nr, host_told[1]), !no_peer),
			  host_time(m, host_find(list, nr, host_told[2]), !no_peer));
	if (no_peer)
		return arena_str(a,
				 "Not measured here: nothing was timed beside a thread of the same "
				 "process spinning on another CPU (%s). %s, alone: %s",
				 no_peer, where, times);
	return arena_str(a,
			 "%s; alone, then with a thread of the same process spinning on another "
			 "CPU: %s %s",
			 where, times,
			 is_virtual(hypervisor) ? "These interrupts are virtual: mostly the "
						  "hypervisor\xe2\x80\x99s exit."
						: "");
}

static void host_figure(struct model *m, struct section *s, const struct host_row *list, size_t nr,
			bool is_guest)
{
	struct figure *f = section_figure(m, s, FIGURE_BARS, "q1-host",
					  "The running kernel: alone, and with a thread spinning "
					  "beside it");
	size_t op;
	int spin;

	f->xlabel = "time per call";
	for (op = 0; op < NR_HOST_OPS; op++) {
		const struct host_row *r = host_find(list, nr, op);

		for (spin = 0; r && spin < 2; spin++)
			figure_bar(m, f, host_ops[op][1], spin ? "peer spins" : "alone",
				   &r->peer[spin], spin);
	}
	f->desc = "Pairs of bars per operation: alone, and with a second thread of the process "
		  "spinning.";
	f->caption = arena_str(m->arena, "Mode native; median with 95\xc2\xa0%% interval.%s",
			       is_guest ? " The interrupts are virtual." : "");
}

void q1_host(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Operation", "#Tables", "#Alone", "#Peer spins", "#Difference", NULL,
	};
	struct section *s = page_section(m, p, "host", "This host\xe2\x80\x99s own kernel");
	const char *question = "What does the interrupt cost on this host?";
	const struct report_part *part = q1_native(m);
	struct host_row *list = NULL;
	struct table *t;
	size_t nr = part ? read_host(m, part, &list) : 0, i;
	bool any = false;

	for (i = 0; i < nr; i++)
		any = any || rv_ok(&list[i].peer[0]) || rv_ok(&list[i].peer[1]);
	section_source(m, s, part);
	if (!any) {
		section_answer(m, p, s, question, NULL,
			       arena_str(m->arena, "Not measured here: %s.",
					 nr ? list[0].peer[0].why : input_why(m->in, "native")));
		return;
	}
	section_answer(m, p, s, question, arena_str(m->arena, "native, %ld CPUs", q1_cpus(m, part)),
		       host_sentence(m, part, list, nr));
	host_figure(m, s, list, nr, is_virtual(q1_env(m, part, "hypervisor", "not recorded")));
	t = section_table(m, s, "The running kernel, by operation and peer", columns);
	for (i = 0; i < nr; i++) {
		struct rvalue d = rv_sub(list[i].peer[1], list[i].peer[0], "");

		table_row(m, t);
		table_cell(t, "",
			   *list[i].twin ? arena_str(m->arena, "%s, %s", host_ops[list[i].op][1],
						     list[i].twin)
					 : host_ops[list[i].op][1]);
		table_cell(t, "num",
			   list[i].tables ? arena_str(m->arena, "%lld", list[i].tables)
					  : "\xe2\x80\x94");
		table_value(m, t, &list[i].peer[0]);
		table_value(m, t, &list[i].peer[1]);
		table_value(m, t, &d);
	}
	section_load(m, s, part);
	section_note(m, s,
		     "User space cannot see which way this kernel frees tables; the difference "
		     "between alone and beside a spinning thread is the flush of the other CPU, in "
		     "both.");
}

/* ---- what could not be measured ---- */

struct absence {
	const char *what, *why, *where; /* where: the first part that says so */
	size_t rows, parts;
};

static size_t add_absence(struct model *m, struct absence **list, size_t nr, const char *what,
			  const char *where, const char *why)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		struct absence *a = &(*list)[i];

		if (strcmp(a->what, what) != 0 || strcmp(a->why, why) != 0)
			continue;
		a->rows++;
		a->parts += strcmp(a->where, where) != 0;
		a->where = where;
		return nr;
	}
	*list = arena_grow(m->arena, *list, nr, sizeof(**list));
	(*list)[nr] = (struct absence){ what, why, where, 1, 1 };
	return nr + 1;
}

/* Parts first, then rows; the same row for the same reason in several parts is one. */
static size_t read_absences(struct model *m, struct absence **list)
{
	size_t nr = 0, i, j;

	for (i = 0; i < m->in->nr_parts; i++) {
		const struct report_part *part = &m->in->parts[i];

		if (part->why)
			nr = add_absence(m, list, nr, arena_str(m->arena, "the whole part"),
					 clean(m->arena, part->part->name), part->why);
	}
	for (i = 0; i < m->in->nr_parts; i++) {
		const struct report_part *part = &m->in->parts[i];

		for (j = 0; part->doc && j < part->doc->nr_measurements; j++) {
			const struct results_measurement *row = &part->doc->measurements[j];

			if (row->skipped)
				nr = add_absence(m, list, nr, clean(m->arena, row->case_id),
						 clean(m->arena, part->part->name),
						 clean(m->arena, row->skipped));
		}
	}
	return nr;
}

void q1_absent(struct model *m, struct page *p)
{
	static const char *const columns[] = { "What", "#Rows", "Where", "Why not", NULL };
	struct section *s = page_section(m, p, "absent", "What was not measured in this run");
	const struct report_part *part = q1_native(m);
	struct absence *list = NULL;
	size_t nr = read_absences(m, &list), i;
	struct table *t =
		section_table(m, s, "Rows and parts left out, with the reason each gave", columns);

	for (i = 0; i < nr; i++) {
		table_row(m, t);
		table_cell(t, "", list[i].what);
		table_cell(t, "num", arena_str(m->arena, "%zu", list[i].rows));
		table_cell(t, "",
			   list[i].parts == 1 ? list[i].where
					      : arena_str(m->arena, "%zu parts", list[i].parts));
		table_cell(t, "", list[i].why);
	}
	if (!nr)
		section_note(m, s, "Nothing: no part failed and no row was skipped.");
	if (part)
		section_note(m, s, arena_str(m->arena, "Hardware counters: %s. Tracepoints: %s.",
					     q1_env(m, part, "perf_counters", "not recorded"),
					     q1_env(m, part, "tracepoints", "not recorded")));
}
