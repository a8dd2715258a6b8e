// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reference's disciplines on this host: the cost of each for freer and readers.
 */
#include <stdlib.h>
#include <string.h>

#include "../model/words.h"
#include "freeing.h"

#define MUNMAP "table_free/munmap"

/* ---- the reference's disciplines ---- */

#define NO_COLOUR 5 /* grey, for busted disciplines */

/* A discipline, and facts from its rows. */
struct discipline {
	const char *name, *label; /* "membarrier (busted)" */
	const char *in_short;	  /* "liburcu QSBR" */
	enum results_subject subject;
	size_t place; /* its place in the axis */
	int series;
	bool busted;
	bool later;	 /* tables become free after the call has returned */
	bool interrupts; /* it sent some: counted */
};

/* One discipline with a number of readers and of tables freed at once. */
struct freer {
	const struct discipline *d;
	const char *more; /* params without a column: "fallback=sync_rcu"; or "" */
	long long readers, tables;
	long long fewest, most; /* tables, of all rows with that number of readers */
	bool oversubscribed;
	struct rvalue now, later, throughput, latency, median, p99, peak, per_table;
};

static struct rvalue metric_at(struct model *m, const struct table_cost *t, const char *metric,
			       long long tables)
{
	const struct report_cond cond = { .key = "tables", .num = tables };
	struct report_rows rows = t->rows;
	const struct results_measurement *row;
	const char *why;

	rows.metric = metric;
	row = rows_find(m->arena, &rows, t->like, &cond, 1, &why);
	return row ? rv_of(row) : rv_missing(why);
}

static struct discipline describe(struct model *m, const struct report_part *part, const char *name,
				  enum results_subject subject)
{
	bool busted = word_is_busted(part, MUNMAP, "discipline", name);

	return (struct discipline){
		.name = name,
		.label = arena_str(m->arena, "%s%s", clean(m->arena, name),
				   busted ? " (busted)" : ""),
		.in_short = word_label(m->arena, part, MUNMAP, "discipline", name),
		.subject = subject,
		.place = word_place(part, MUNMAP, "discipline", name),
		.series = NO_COLOUR,
		.busted = busted,
	};
}

/* The disciplines with a row in the part, each once, in the document's order. */
struct disciplines {
	struct discipline *v;
	size_t nr;
};

static struct discipline *find_discipline(const struct disciplines *all, const char *name,
					  enum results_subject subject)
{
	for (size_t i = 0; i < all->nr; i++)
		if (all->v[i].subject == subject && !strcmp(all->v[i].name, name))
			return &all->v[i];
	return NULL;
}

static const enum results_subject subjects[] = { RESULTS_REF, RESULTS_LIBURCU };

static struct disciplines read_disciplines(struct model *m, const struct report_part *part)
{
	struct disciplines all = { 0 };
	const char *const *names;
	size_t nr;

	for (size_t i = 0; i < 2; i++) {
		nr = words_used(m->arena, part, MUNMAP, subjects[i], "discipline", &names);
		for (size_t j = 0; j < nr; j++) {
			all.v = arena_grow(m->arena, all.v, all.nr, sizeof(*all.v));
			all.v[all.nr++] = describe(m, part, names[j], subjects[i]);
		}
	}
	return all;
}

/*
 * Sets colours. The first discipline whose tables are free when the call returns has a fixed one,
 * and so has the first of liburcu's that frees them later. Busted ones are grey.
 */
static void set_colours(struct disciplines *all)
{
	bool now = false, urcu = false;

	for (size_t i = 0; i < all->nr; i++) {
		struct discipline *d = &all->v[i];

		if (d->busted)
			continue;
		if (!d->later) {
			d->series = now ? 2 : 0;
			now = true;
		} else if (d->subject == RESULTS_LIBURCU) {
			d->series = urcu ? 3 : 1;
			urcu = true;
		} else {
			d->series = 4;
		}
	}
}

static int by_readers(const void *va, const void *vb)
{
	const struct freer *a = va, *b = vb;

	if (a->readers != b->readers)
		return a->readers < b->readers ? -1 : 1;
	if (a->tables != b->tables)
		return a->tables < b->tables ? -1 : 1;
	if (a->d->place != b->d->place)
		return a->d->place < b->d->place ? -1 : 1;
	return strcmp(a->d->name, b->d->name) ? strcmp(a->d->name, b->d->name)
					      : strcmp(a->more, b->more);
}

/* Do all rows have the same format? Then it is not shown. */
static bool one_format(struct model *m, const struct report_part *part)
{
	const char *first = NULL, *format;

	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];

		if (row->skipped || strcmp(row->case_id, MUNMAP) ||
		    !results_params_str(&row->params, "discipline"))
			continue;
		format = param_text(m->arena, &row->params, "format", "");
		if (first && strcmp(first, format))
			return false;
		first = format;
	}
	return true;
}

static struct freer freer_at(struct model *m, struct discipline *d, const struct table_cost *t,
			     size_t i, bool one)
{
	static const char *const told[] = { "discipline", "readers", "tables", "format" };
	struct freer f = {
		.d = d,
		.more = params_without(m->arena, t->like, told, one ? 4 : 3),
		.readers = results_params_int(t->like, "readers", 0),
		.tables = (long long)t->tables[i],
		.now = t->munmap[i],
		.per_table = t->per_table,
	};
	struct rvalue ipis;

	f.oversubscribed = f.readers + 1 > freeing_cpus(m, t->rows.part);
	f.later = metric_at(m, t, "time_deferred", f.tables);
	f.throughput = metric_at(m, t, "reader_throughput", f.tables);
	f.latency = metric_at(m, t, "reader_latency", f.tables);
	f.median = metric_at(m, t, "reader_latency_p50", f.tables);
	f.p99 = metric_at(m, t, "reader_latency_p99", f.tables);
	f.peak = metric_at(m, t, "tables_waiting_peak", f.tables);
	d->later |= rv_ok(&f.later) && f.later.v > 0;
	ipis = metric_at(m, t, "ipis_sent", f.tables);
	d->interrupts |= rv_ok(&ipis) && ipis.v > 0;
	return f;
}

/* Sets fewest and most. The list is sorted by readers, then by tables. */
static void set_ends(struct freer *list, size_t nr)
{
	size_t from = 0, to;

	for (; from < nr; from = to) {
		for (to = from; to < nr && list[to].readers == list[from].readers; to++)
			;
		for (size_t i = from; i < to; i++) {
			list[i].fewest = list[from].tables;
			list[i].most = list[to - 1].tables;
		}
	}
}

static size_t read_freers(struct model *m, const struct report_part *part, struct disciplines *all,
			  struct freer **out)
{
	struct freer *list = NULL;
	bool one = one_format(m, part);
	struct table_cost *costs;
	size_t nr = 0, n;

	for (size_t i = 0; i < 2; i++) {
		n = table_costs(m->arena, part, subjects[i], "time", &costs);
		for (size_t j = 0; j < n; j++) {
			const char *name = results_params_str(costs[j].like, "discipline");
			struct discipline *d = name ? find_discipline(all, name, subjects[i])
						    : NULL;

			for (size_t k = 0; d && k < costs[j].nr; k++) {
				list = arena_grow(m->arena, list, nr, sizeof(*list));
				list[nr++] = freer_at(m, d, &costs[j], k, one);
			}
		}
	}
	set_colours(all);
	if (nr)
		qsort(list, nr, sizeof(*list), by_readers);
	set_ends(list, nr);
	*out = list;
	return nr;
}

/* The greatest number of readers with a CPU for every thread; -1: there is none. */
static long long best_readers(const struct freer *list, size_t nr)
{
	long long best = -1;

	for (size_t i = 0; i < nr; i++)
		if (!list[i].oversubscribed && list[i].readers > best)
			best = list[i].readers;
	return best;
}

/* The discipline's row with that number of readers and the fewest or most tables. */
static const struct freer *find_freer(const struct freer *list, size_t nr,
				      const struct discipline *d, long long readers, bool most)
{
	const struct freer *found = NULL;

	for (size_t i = 0; i < nr; i++)
		if (!list[i].oversubscribed && list[i].readers == readers && !*list[i].more &&
		    list[i].d == d && (!found || most))
			found = &list[i];
	return found;
}

/* Whether a is to be compared rather than b. */
static bool comes_first(const struct discipline *a, const struct discipline *b, bool later)
{
	if (!b)
		return true;
	if (later)
		return a->subject == RESULTS_LIBURCU && b->subject != RESULTS_LIBURCU;
	return a->interrupts && !b->interrupts;
}

/*
 * One of the two disciplines that the sentence compares. later false: of those whose tables are
 * free when the call returns, the document's first that sent interrupts, or else the first. later
 * true: of those whose tables become free later, the first of liburcu's, or else the first.
 */
static const struct discipline *first_of(const struct disciplines *all, bool later)
{
	const struct discipline *found = NULL;

	for (size_t i = 0; i < all->nr; i++) {
		const struct discipline *d = &all->v[i];

		if (!d->busted && d->later == later && comes_first(d, found, later))
			found = d;
	}
	return found;
}

static const char *at_once(struct arena *a, long long tables)
{
	return tables == 1 ? "one table at a time" : arena_str(a, "%lld tables at once", tables);
}

/* Words for numbers whose intervals overlap: they are not a difference. */
static const char *apart(const struct rvalue *a, const struct rvalue *b)
{
	return rv_overlap(a, b) ? " (not told apart)" : "";
}

static const char *freer_sentence(struct model *m, const struct disciplines *all,
				  const struct freer *list, size_t nr)
{
	struct arena *a = m->arena;
	long long readers = best_readers(list, nr);
	const struct discipline *now = first_of(all, false), *later = first_of(all, true);
	const struct freer *ipi = find_freer(list, nr, now, readers, false);
	const struct freer *rcu = find_freer(list, nr, later, readers, false);
	const struct freer *ipis = find_freer(list, nr, now, readers, true);
	const struct freer *rcus = find_freer(list, nr, later, readers, true), *last;
	const char *text;

	if (!ipi || !rcu || ipi->tables != rcu->tables)
		return NULL;
	text = arena_str(a,
			 "Reference, %lld pinned reader%s: freeing %s, the freer returns after %s "
			 "with %s and after %s with RCU (%s)%s",
			 readers, readers == 1 ? "" : "s", at_once(a, ipi->tables),
			 rv_strong(a, &ipi->now), now->label, rv_strong(a, &rcu->now),
			 later->in_short, apart(&ipi->now, &rcu->now));
	/* Whose tables the sentence spoke of last. */
	last = rcu;
	if (ipis != ipi && rcus != rcu && ipis->tables == rcus->tables)
		last = rcus;
	if (last != rcu)
		text = arena_str(a, "%s; with %s, after %s and %s%s", text,
				 at_once(a, ipis->tables), rv_strong(a, &ipis->now),
				 rv_strong(a, &rcus->now), apart(&ipis->now, &rcus->now));
	if (rv_ok(&last->later))
		text = arena_str(a, "%s. RCU’s tables are free %s later%s", text,
				 rv_text(a, &last->later),
				 later->subject == RESULTS_LIBURCU
					 ? ", by liburcu’s worker, which polls"
					 : "");
	if (rv_ok(&ipi->throughput) && rv_ok(&rcu->throughput))
		text = arena_str(a, "%s. Beside the freer of %s a reader walks at %s against %s%s",
				 text, at_once(a, ipi->tables), rv_text(a, &ipi->throughput),
				 rv_text(a, &rcu->throughput),
				 apart(&ipi->throughput, &rcu->throughput));
	if (rv_ok(&ipi->latency) && rv_ok(&rcu->latency))
		text = arena_str(a, "%s; its longest walk is %s against %s%s", text,
				 rv_text(a, &ipi->latency), rv_text(a, &rcu->latency),
				 apart(&ipi->latency, &rcu->latency));
	return arena_str(a, "%s.", text);
}

enum freer_value { FREER_NOW, FREER_LATER, FREER_THROUGHPUT, FREER_LATENCY };

static const struct rvalue *freer_value(const struct freer *f, enum freer_value which)
{
	switch (which) {
	case FREER_NOW:
		return &f->now;
	case FREER_LATER:
		return &f->later;
	case FREER_THROUGHPUT:
		return &f->throughput;
	case FREER_LATENCY:
		return &f->latency;
	}
	return &f->now;
}

/* Figures show rows with the fewest or most tables, in which every thread has a CPU. */
static bool is_drawn(const struct freer *f)
{
	return !f->oversubscribed && !*f->more && (f->tables == f->fewest || f->tables == f->most);
}

static void freer_figure(struct model *m, struct section *s, const struct freer *list, size_t nr,
			 enum freer_value which)
{
	static const struct {
		const char *id, *title, *xlabel;
		bool log;
	} figures[] = {
		[FREER_NOW] = { "q1-freer", "Freer: until the call returns", "time per munmap",
				true },
		[FREER_LATER] = { "q1-deferred", "Freer: from the return until all is free",
				  "time until freed", true },
		[FREER_THROUGHPUT] = { "q1-readers", "Readers: walks while tables are freed",
				       "walks per second and reader", false },
		[FREER_LATENCY] = { "q1-latency", "Readers: longest single walk", "longest walk",
				    true },
	};
	struct figure *f =
		section_figure(m, s, FIGURE_BARS, figures[which].id, figures[which].title);
	struct arena *a = m->arena;

	f->xlabel = figures[which].xlabel;
	f->logscale = figures[which].log;
	for (size_t i = 0; i < nr; i++) {
		const char *readers = list[i].readers
					      ? arena_str(a, "%lld reader%s", list[i].readers,
							  list[i].readers == 1 ? "" : "s")
					      : "no reader";

		if (is_drawn(&list[i]))
			figure_bar(m, f,
				   arena_str(a, "%s, %s", readers, at_once(a, list[i].tables)),
				   list[i].d->label, freer_value(&list[i], which),
				   list[i].d->series);
	}
	f->desc = arena_str(a, "%s, one row per discipline, grouped by readers and tables.",
			    figures[which].title);
	f->caption = arena_str(a, "Mode native; %s with 95\xc2\xa0%% interval.%s",
			       which == FREER_LATENCY ? "median over repetitions of the longest "
							"walk"
						      : "median",
			       figures[which].log ? " Logarithmic axis." : "");
}

static void reader_cell(struct model *m, struct table *t, const struct freer *f,
			const struct rvalue *v)
{
	if (!f->readers && !rv_ok(v))
		table_cell(t, "missing", "no reader");
	else
		table_value(m, t, v);
}

static void freer_table(struct model *m, struct section *s, const struct freer *list, size_t nr)
{
	static const char *const columns[] = {
		"Discipline", "#Readers",      "#Tables at once",   "#Until return",
		"#Per table", "#Until freed",  "#Walks per reader", "#Walk, median",
		"#Walk, p99", "#Longest walk", "#Waiting, peak",    NULL,
	};
	struct table *t = section_table(
		m, s, "The reference’s disciplines, native: freer and readers", columns);

	t->folded = nr > 12;

	for (size_t i = 0; i < nr; i++) {
		const struct freer *f = &list[i];

		table_row(m, t);
		table_cell(t, f->d->busted ? "bad" : "",
			   *f->more ? arena_str(m->arena, "%s, %s", f->d->label, f->more)
				    : f->d->label);
		table_cell(t, "num",
			   arena_str(m->arena, "%lld%s", f->readers,
				     f->oversubscribed ? " (oversubscribed)" : ""));
		table_cell(t, "num", arena_str(m->arena, "%lld", f->tables));
		table_value(m, t, &f->now);
		table_value(m, t, &f->per_table);
		table_value(m, t, &f->later);
		reader_cell(m, t, f, &f->throughput);
		reader_cell(m, t, f, &f->median);
		reader_cell(m, t, f, &f->p99);
		reader_cell(m, t, f, &f->latency);
		table_value(m, t, &f->peak);
	}
}

/* ---- batches of a given size, batches without memory, more threads than CPUs ---- */

/* Adds a table of all rows of a case, in the document's order; nothing if it has none. */
static void case_table(struct model *m, struct section *s, const struct report_part *part,
		       const char *case_id, const char *caption)
{
	static const char *const columns[] = { "Row",
					       "#Until return",
					       "#Until freed",
					       "#Tables per callback",
					       "#Without a batch",
					       "#Longest walk",
					       NULL };
	static const char *const metrics[] = { "time", "time_deferred", "tables_per_callback",
					       "tables_unbatched", "reader_latency" };
	const struct results_doc *doc = part->doc;
	struct table *t = NULL;

	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *row = &doc->measurements[i];
		struct report_rows rows = { part, case_id, row->subject, NULL };

		if (row->skipped || strcmp(row->case_id, case_id) ||
		    strcmp(row->metric->name, "time"))
			continue;
		t = t ? t : section_table(m, s, caption, columns);
		table_row(m, t);
		table_cell(t, "", params_without(m->arena, &row->params, NULL, 0));
		for (size_t k = 0; k < 5; k++) {
			const struct results_measurement *found;
			struct rvalue v;

			rows.metric = metrics[k];
			found = rows_find(m->arena, &rows, &row->params, NULL, 0, NULL);
			v = found ? rv_of(found) : rv_missing("—");
			table_value(m, t, &v);
		}
	}
	if (t)
		t->folded = true;
}

static bool says_which_are_busted(const struct report_part *part)
{
	return results_axis_of(part->doc, "discipline", MUNMAP) != NULL;
}

/* The sentence in place of an answer where no two disciplines of the nr rows can be compared. */
static const char *no_pair(struct model *m, const struct disciplines *all, size_t nr)
{
	size_t good = 0;

	for (size_t i = 0; i < all->nr; i++)
		good += !all->v[i].busted;
	if (!good)
		return arena_str(m->arena,
				 "No answer here: every way of waiting in these rows is busted, "
				 "which means wrong on purpose; the table has %zu row%s.",
				 nr, nr == 1 ? "" : "s");
	return arena_str(m->arena,
			 "No answer here: of a way that frees before it returns and one that frees "
			 "later there are no rows with as many readers and tables, and a CPU for "
			 "every thread; the table has %zu row%s.",
			 nr, nr == 1 ? "" : "s");
}

void freeing_disciplines(struct model *m, struct page *p)
{
	struct section *s =
		page_section(m, p, "disciplines", "Reference: each way of waiting, with readers");
	const char *question = "What does each way of waiting do to freer and readers?",
		   *text = NULL;
	const struct report_part *part = freeing_native(m);
	struct disciplines all = { 0 };
	const char *const *names;
	struct freer *list;
	size_t nr = 0, n;

	if (part) {
		section_source(m, s, part);
		all = read_disciplines(m, part);
		nr = read_freers(m, part, &all, &list);
		if (nr && !says_which_are_busted(part))
			text = arena_str(
				m->arena,
				"No answer here: the document does not say which ways are "
				"busted, as those of format version 2 do; the table has %zu "
				"rows.",
				nr);
		else
			text = freer_sentence(m, &all, list, nr);
	}
	if (!text)
		text = nr ? no_pair(m, &all, nr)
			  : arena_str(m->arena, "Not measured here: %s.",
				      part ? "no row of the reference’s disciplines"
					   : input_why(m->in, "native"));
	section_answer(m, p, s, question,
		       nr && best_readers(list, nr) >= 0
			       ? arena_str(m->arena, "native, %ld CPUs", freeing_cpus(m, part))
			       : NULL,
		       text);
	if (!nr)
		return;
	for (int which = FREER_NOW; which <= FREER_LATENCY; which++)
		freer_figure(m, s, list, nr, which);
	freer_table(m, s, list, nr);
	case_table(m, s, part, "table_free/batch", "By tables per batch, native, one reader");
	case_table(m, s, part, "table_free/no_memory",
		   "Where allocations of a batch fail (failing: percent), native, one reader");
	case_table(m, s, part, "table_free/reclaim",
		   "Pages faulted in, and zapped with their page table (PT_RECLAIM), native");
	case_table(m, s, part, "table_free/oversubscribed",
		   "More threads than CPUs: oversubscribed, and no answer to anything");
	section_load(m, s, part);
	for (size_t i = 0; i < 2; i++) {
		n = words_used(m->arena, part, MUNMAP, subjects[i], "discipline", &names);
		section_words(m, s, part, MUNMAP, "discipline", names, n,
			      i ? "The ways over liburcu, in words"
				: "The ways of waiting, in words");
	}
	section_note(m, s,
		     "Tables waiting is a property of liburcu’s workers, which poll: it "
		     "is not a kernel’s. Rows with more threads than CPUs are marked "
		     "oversubscribed and answer nothing.");
}
