// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The running kernel, and the rows and parts that this run could not measure.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include "../model/names.h"
#include "freeing.h"

const struct report_part *freeing_native(struct model *m)
{
	return input_usable(input_part(m->in, "native"));
}

const char *freeing_env(struct model *m, const struct report_part *part, const char *key,
			const char *dflt)
{
	const char *value = results_pairs_get(&part->doc->environment, key);

	return value ? clean(m->arena, value) : dflt;
}

long freeing_cpus(struct model *m, const struct report_part *part)
{
	return strtol(freeing_env(m, part, "cpus", "0"), NULL, 10);
}

/* ---- the host's own kernel ---- */

static const char *const host_ops[][3] = {
	{ "table_free/munmap", "munmap, frees tables", "munmap" },
	{ "table_free/keep", "munmap, tables stay (twin)", "twin" },
	{ "table_free/madvise", "MADV_DONTNEED, tables stay", "MADV_DONTNEED" },
	{ "membarrier/expedited", "membarrier, expedited", "membarrier" },
};

struct host_row {
	size_t op;
	const char *more; /* params but for tables and peer: "twin=same", or "" */
	long long tables;
	struct rvalue peer[2]; /* none, spin */
	struct rvalue cpus;    /* CPUs interrupted per call, beside a spinning peer */
	size_t samples, above; /* samples of cpus; those above 0 */
};

/* Index into peer[] of a row: 0 alone, 1 beside a spinning thread; -1: another peer, no column. */
static int peer_of(const struct results_params *p)
{
	const char *peer = results_params_str(p, "peer");

	if (!peer || !strcmp(peer, "none"))
		return 0;
	return !strcmp(peer, "spin") ? 1 : -1;
}

static void set_cpus(struct model *m, const struct report_part *part,
		     const struct results_measurement *row, struct host_row *to)
{
	const struct report_rows rows = { part, row->case_id, row->subject, "cpus_interrupted" };
	const struct results_measurement *found;

	found = rows_find(m->arena, &rows, &row->params, NULL, 0, NULL);
	if (!found)
		return;
	to->cpus = rv_of(found);
	to->samples = found->nr_samples;
	for (size_t i = 0; i < found->nr_samples; i++)
		to->above += found->samples[i] > 0;
}

struct host_rows {
	struct host_row *v;
	struct names names; /* the rows' names, at the same places */
	size_t nr, others;  /* others: rows beside another peer */
};

static struct host_row *host_row_of(struct model *m, struct host_rows *rows, size_t op,
				    const struct results_measurement *row)
{
	static const char *const told[] = { "tables", "peer" };
	long long tables = results_params_int(&row->params, "tables", 0);
	const char *more = params_without(m->arena, &row->params, told, 2);
	size_t at = names_add(m->arena, &rows->names,
			      arena_str(m->arena, "%zu %lld %s", op, tables, more));

	if (at < rows->nr)
		return &rows->v[at];
	rows->v = arena_grow(m->arena, rows->v, rows->nr, sizeof(*rows->v));
	rows->v[rows->nr] = (struct host_row){ op,
					       more,
					       tables,
					       { rv_missing("not run"), rv_missing("not run") },
					       rv_missing("not counted"),
					       0,
					       0 };
	return &rows->v[rows->nr++];
}

static struct host_rows read_host(struct model *m, const struct report_part *part)
{
	struct host_rows rows = { 0 };

	for (size_t op = 0; op < ARRAY_SIZE(host_ops); op++)
		for (size_t i = 0; i < part->doc->nr_measurements; i++) {
			const struct results_measurement *row = &part->doc->measurements[i];
			int peer = peer_of(&row->params);
			struct host_row *r;

			if (row->subject != RESULTS_KERNEL ||
			    strcmp(row->case_id, host_ops[op][0]) ||
			    (!row->skipped && strcmp(row->metric->name, "time")))
				continue;
			if (peer < 0) {
				rows.others += !row->skipped;
				continue;
			}
			r = host_row_of(m, &rows, op, row);
			r->peer[peer] = row->skipped ? rv_missing(clean(m->arena, row->skipped))
						     : rv_of(row);
			if (peer && !row->skipped)
				set_cpus(m, part, row, r);
		}
	return rows;
}

/* The operation's row with the fewest tables and no further param but twin=same. */
static const struct host_row *host_find(const struct host_rows *rows, size_t op)
{
	const struct host_row *best = NULL;

	for (size_t i = 0; i < rows->nr; i++)
		if (rows->v[i].op == op &&
		    (!*rows->v[i].more || !strcmp(rows->v[i].more, "twin=same")) &&
		    (!best || rows->v[i].tables < best->tables))
			best = &rows->v[i];
	return best;
}

/* The operations that the sentence reports. */
static const size_t host_told[] = { 0, 2, 3 };

/* Does the row show the cost of an interrupt? It does if one arrived and the times differ. */
enum host_seen {
	HOST_NOT_MEASURED,
	HOST_NOT_COUNTED,
	HOST_NO_INTERRUPT,
	HOST_SELDOM, /* an interrupt in fewer than half of the samples */
	HOST_NO_DIFFERENCE,
	HOST_SEEN,
};

static enum host_seen host_seen(const struct host_row *r)
{
	struct rvalue d;

	if (!r || !rv_ok(&r->peer[0]) || !rv_ok(&r->peer[1]))
		return HOST_NOT_MEASURED;
	if (rv_ok(&r->cpus) && r->cpus.v <= 0)
		return r->above ? HOST_SELDOM : HOST_NO_INTERRUPT;
	d = rv_sub(r->peer[1], r->peer[0], "");
	if (d.low <= 0 && d.high >= 0)
		return HOST_NO_DIFFERENCE;
	return rv_ok(&r->cpus) ? HOST_SEEN : HOST_NOT_COUNTED;
}

/* "munmap that frees 1 table" */
static const char *host_words(struct arena *a, const struct host_row *r)
{
	if (!r->tables)
		return host_ops[r->op][2];
	return arena_str(a, "%s of %lld table%s", host_ops[r->op][2], r->tables,
			 r->tables == 1 ? "" : "s");
}

/* The sentence on one row: its times, and its host_seen(). first: also name the peer. */
static const char *host_text(struct arena *a, const struct host_row *r, bool first)
{
	const char *it = first ? "a thread of the same process that spins on another CPU" : "it";
	struct rvalue d = rv_sub(r->peer[1], r->peer[0], "");
	const char *text = arena_str(a, "%s takes %s alone and %s beside %s", host_words(a, r),
				     rv_text(a, &r->peer[0]), rv_text(a, &r->peer[1]), it);

	switch (host_seen(r)) {
	case HOST_SEEN:
		return arena_str(a, "%s, " STRONG "%s" STRONG ", with %s CPU%s interrupted", text,
				 rv_difference(a, &d), rv_number(a, &r->cpus),
				 r->cpus.v == 1 ? "" : "s");
	case HOST_NOT_COUNTED:
		return arena_str(a,
				 "%s, " STRONG "%s" STRONG ", and whom it interrupted was not "
				 "counted",
				 text, rv_difference(a, &d));
	case HOST_NO_INTERRUPT:
		return arena_str(a, "%s, and interrupted nobody", text);
	case HOST_SELDOM:
		return arena_str(a, "%s, and interrupted a CPU in %zu of %zu samples", text,
				 r->above, r->samples);
	case HOST_NO_DIFFERENCE:
		return arena_str(a, "%s, %s", text, rv_difference(a, &d));
	case HOST_NOT_MEASURED:
		break;
	}
	if (rv_ok(&r->peer[0]))
		return arena_str(a, "%s takes %s alone; beside %s it was not measured (%s)",
				 host_words(a, r), rv_text(a, &r->peer[0]), it, r->peer[1].why);
	return arena_str(a, "%s was not measured alone (%s)", host_words(a, r), r->peer[0].why);
}

static bool is_virtual(const char *hypervisor)
{
	return strcmp(hypervisor, "none seen") && strcmp(hypervisor, "none") &&
	       strcmp(hypervisor, "not recorded");
}

static const char *host_machine(struct model *m, const struct report_part *part)
{
	const char *hypervisor = freeing_env(m, part, "hypervisor", "not recorded");
	struct arena *a = m->arena;

	return arena_str(a, "%s, %s", freeing_env(m, part, "kernel", "kernel not recorded"),
			 is_virtual(hypervisor)		       ? arena_str(a,
									   "under %s, so that interrupts are "
											  "virtual",
									   hypervisor)
			 : !strcmp(hypervisor, "not recorded") ? "hypervisor not recorded"
							       : "no hypervisor seen");
}

/* The beginning of the answer, from the number of rows by host_seen. */
static const char *host_verdict(struct model *m, const size_t *count, const char *no_peer)
{
	struct arena *a = m->arena;

	if (count[HOST_SEEN])
		return NULL;
	if (count[HOST_NOT_COUNTED])
		return "Not answered here: whom these operations interrupt was not counted.";
	if (count[HOST_SELDOM])
		return arena_str(a,
				 "Not answered here: beside a spinning thread %s operation%s "
				 "interrupted a CPU in some samples, but not in most.",
				 group_digits(a, count[HOST_SELDOM], 0),
				 count[HOST_SELDOM] == 1 ? "" : "s");
	if (count[HOST_NO_INTERRUPT])
		return arena_str(a,
				 "Not answered here: beside a spinning thread %s operation%s "
				 "interrupted no CPU.",
				 group_digits(a, count[HOST_NO_INTERRUPT], 0),
				 count[HOST_NO_INTERRUPT] == 1 ? "" : "s");
	if (count[HOST_NO_DIFFERENCE])
		return "Not answered here: no difference was seen.";
	return arena_str(a,
			 "Not answered here: nothing was timed beside a thread of the same process "
			 "spinning on another CPU (%s).",
			 no_peer ? no_peer : "not run");
}

/* answered: set if a row shows the cost of an interrupt. */
static const char *host_sentence(struct model *m, const struct report_part *part,
				 const struct host_rows *rows, bool *answered)
{
	size_t count[HOST_SEEN + 1] = { 0 }, i;
	const char *text = NULL, *no_peer = NULL, *verdict;
	struct arena *a = m->arena;

	for (i = 0; i < ARRAY_SIZE(host_told); i++) {
		const struct host_row *r = host_find(rows, host_told[i]);

		if (!r)
			continue;
		count[host_seen(r)]++;
		if (!no_peer && !rv_ok(&r->peer[1]))
			no_peer = r->peer[1].why;
		text = arena_str(a, "%s%s%s", text ? text : "", text ? "; " : "",
				 host_text(a, r, !text));
	}
	verdict = host_verdict(m, count, no_peer);
	*answered = !verdict;
	return arena_str(a, "%s%s%s. %s.", verdict ? verdict : "", verdict ? " " : "",
			 text ? text : "None of the operations was run", host_machine(m, part));
}

static void host_figure(struct model *m, struct section *s, const struct host_rows *rows,
			bool is_guest)
{
	struct figure *f = section_figure(m, s, FIGURE_BARS, "q1-host",
					  "The running kernel: alone, and with a thread spinning "
					  "beside it");

	f->xlabel = "time per call";
	for (size_t op = 0; op < ARRAY_SIZE(host_ops); op++) {
		const struct host_row *r = host_find(rows, op);

		for (int spin = 0; r && spin < 2; spin++)
			figure_bar(m, f, host_ops[op][1], spin ? "peer spins" : "alone",
				   &r->peer[spin], spin);
	}
	f->desc = "Pairs of bars per operation: alone, and with a second thread of the process "
		  "spinning.";
	f->caption = arena_str(m->arena, "Mode native; median with 95\xc2\xa0%% interval.%s",
			       is_guest ? " The interrupts are virtual." : "");
}

static void host_table(struct model *m, struct section *s, const struct host_rows *rows)
{
	static const char *const columns[] = { "Operation",   "#Tables",     "#Alone",
					       "#Peer spins", "#Difference", "#CPUs interrupted",
					       NULL };
	struct table *t = section_table(m, s, "The running kernel, by operation and peer", columns);

	for (size_t i = 0; i < rows->nr; i++) {
		const struct host_row *r = &rows->v[i];
		struct rvalue d = rv_sub(r->peer[1], r->peer[0], "");

		table_row(m, t);
		table_cell(t, "",
			   *r->more ? arena_str(m->arena, "%s, %s", host_ops[r->op][1], r->more)
				    : host_ops[r->op][1]);
		table_cell(t, "num", r->tables ? arena_str(m->arena, "%lld", r->tables) : "—");
		table_value(m, t, &r->peer[0]);
		table_value(m, t, &r->peer[1]);
		table_value(m, t, &d);
		table_value(m, t, &r->cpus);
	}
	if (rows->others)
		section_note(m, s,
			     arena_str(m->arena,
				       "%zu rows beside another peer are not in this "
				       "table.",
				       rows->others));
}

void freeing_host(struct model *m, struct page *p)
{
	struct section *s = page_section(m, p, "host", "This host’s own kernel");
	const char *question = "What does the interrupt cost on this host?", *text;
	const struct report_part *part = freeing_native(m);
	struct host_rows rows = { 0 };
	bool any = false, answered;

	if (part)
		rows = read_host(m, part);
	for (size_t i = 0; i < rows.nr; i++)
		any = any || rv_ok(&rows.v[i].peer[0]) || rv_ok(&rows.v[i].peer[1]);
	section_source(m, s, part);
	if (!any) {
		section_answer(m, p, s, question, NULL,
			       arena_str(m->arena, "Not measured here: %s.",
					 rows.nr ? rows.v[0].peer[0].why
						 : input_why(m->in, "native")));
		return;
	}
	text = host_sentence(m, part, &rows, &answered);
	section_answer(m, p, s, question,
		       answered ? arena_str(m->arena, "native, %ld CPUs", freeing_cpus(m, part))
				: NULL,
		       text);
	host_figure(m, s, &rows, is_virtual(freeing_env(m, part, "hypervisor", "not recorded")));
	host_table(m, s, &rows);
	section_load(m, s, part);
	section_note(
		m, s,
		"User space cannot see which way this kernel frees tables. Where a CPU was "
		"interrupted, the difference between alone and beside a spinning thread is what "
		"reaching it takes.");
}

/* ---- what could not be measured ---- */

struct absence {
	const char *what, *why, *where; /* where: the first part with that reason */
	size_t rows, parts;
};

struct absences {
	struct absence *v;
	struct names names; /* their names, at the same places */
	size_t nr;
};

static void add_absence(struct model *m, struct absences *list, const char *what, const char *where,
			const char *why)
{
	size_t at = names_add(m->arena, &list->names, arena_str(m->arena, "%s\n%s", what, why));
	struct absence *a;

	if (at == list->nr) {
		list->v = arena_grow(m->arena, list->v, list->nr, sizeof(*list->v));
		list->v[list->nr++] = (struct absence){ what, why, where, 1, 1 };
		return;
	}
	a = &list->v[at];
	a->rows++;
	a->parts += strcmp(a->where, where) != 0;
	a->where = where;
}

/* Lists parts, then rows; a row skipped for the same reason in several parts is one entry. */
static struct absences read_absences(struct model *m)
{
	struct absences list = { 0 };

	for (size_t i = 0; i < m->in->nr_parts; i++) {
		const struct report_part *part = &m->in->parts[i];

		if (part->why)
			add_absence(m, &list, "the whole part", clean(m->arena, part->part->name),
				    part->why);
	}
	for (size_t i = 0; i < m->in->nr_parts; i++) {
		const struct report_part *part = &m->in->parts[i];

		for (size_t j = 0; part->doc && j < part->doc->nr_measurements; j++) {
			const struct results_measurement *row = &part->doc->measurements[j];

			if (row->skipped)
				add_absence(m, &list, clean(m->arena, row->case_id),
					    clean(m->arena, part->part->name),
					    clean(m->arena, row->skipped));
		}
	}
	return list;
}

void freeing_absent(struct model *m, struct page *p)
{
	static const char *const columns[] = { "What", "#Rows", "Where", "Why not", NULL };
	struct section *s = page_section(m, p, "absent", "What was not measured in this run");
	const struct report_part *part = freeing_native(m);
	struct absences list = read_absences(m);
	struct table *t =
		section_table(m, s, "Rows and parts left out, with the reason each gave", columns);

	for (size_t i = 0; i < list.nr; i++) {
		table_row(m, t);
		table_cell(t, "", list.v[i].what);
		table_cell(t, "num", arena_str(m->arena, "%zu", list.v[i].rows));
		table_cell(t, "",
			   list.v[i].parts == 1
				   ? list.v[i].where
				   : arena_str(m->arena, "%zu parts", list.v[i].parts));
		table_cell(t, "", list.v[i].why);
	}
	if (!list.nr)
		section_note(m, s, "Nothing: no part failed and no row was skipped.");
	if (part)
		section_note(m, s,
			     arena_str(m->arena, "Hardware counters: %s. Tracepoints: %s.",
				       freeing_env(m, part, "perf_counters", "not recorded"),
				       freeing_env(m, part, "tracepoints", "not recorded")));
}
