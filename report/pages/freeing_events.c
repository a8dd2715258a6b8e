// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whom freeing interrupts, event by event: the stock kernel against forced RCU over every row
 * that both counted, and a machine that broadcasts its invalidations.
 */
#include <math.h>
#include <string.h>

#include "../model/names.h"
#include "freeing.h"

/* What a sentence tells one by one; the table has all. */
#define MAX_CHANGES 8
#define MAX_CELLS 24 /* of one change */
#define MAX_PEERS 24 /* of one cell */

/* ---- interrupts: stock against forced RCU, cell by cell ---- */

static struct rvalue event(struct model *m, const struct report_part *part,
			   const struct results_params *like, const char *metric)
{
	const struct report_rows rows = { part, "table_free/munmap", RESULTS_KERNEL, metric };
	const struct results_measurement *row;
	const char *why = "not run";

	row = part ? rows_find(m->arena, &rows, like, NULL, 0, &why) : NULL;
	return row ? rv_of(row) : rv_missing(why);
}

static bool is_munmap(const struct results_measurement *row, const char *metric)
{
	return !row->skipped && row->subject == RESULTS_KERNEL &&
	       strcmp(row->case_id, "table_free/munmap") == 0 &&
	       strcmp(row->metric->name, metric) == 0;
}

/* The row of munmap beside a spinning peer with the most tables; NULL: there is none. */
static const struct results_params *top_munmap(const struct report_part *part)
{
	const struct results_params *top = NULL;
	size_t i;

	for (i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const char *peer = results_params_str(&row->params, "peer");

		if (is_munmap(row, "cpus_interrupted") && peer && strcmp(peer, "spin") == 0 &&
		    (!top || results_params_int(&row->params, "tables", 0) >
				     results_params_int(top, "tables", 0)))
			top = &row->params;
	}
	return top;
}

static const char *cpus(struct arena *a, double v)
{
	return arena_str(a, STRONG "%s" STRONG " CPU%s", group_digits(a, v, v == floor(v) ? 0 : 1),
			 v == 1 ? "" : "s");
}

static const char *callbacks(struct arena *a, const struct rvalue *v)
{
	if (!rv_ok(v))
		return "callbacks not counted";
	if (v->v == 0)
		return "no RCU callback";
	return arena_str(a, "%s RCU callback%s", group_digits(a, v->v, 0), v->v == 1 ? "" : "s");
}

/* ---- every row of interrupts and flushes that two kernels counted ---- */

static const struct {
	const char *metric, *words;
} flush_metrics[] = {
	{ "ipis_sent", "interrupts sent" },
	{ "cpus_interrupted", "CPUs interrupted" },
	{ "tlb_flushes", "TLB flushes" },
};
#define NR_FLUSH (sizeof(flush_metrics) / sizeof(*flush_metrics))

/* A row in which they differ. */
struct apart {
	const struct results_measurement *row; /* the first kernel's */
	size_t metric;
	struct rvalue stock, forced;
	/* Of those that differ in the same way, and of these, of the same row but for the peer: whether
	 * it is the first, and where the next one is; 0: there is none. */
	struct chain {
		bool first;
		size_t next;
	} change, peers;
};

struct flushes {
	size_t nr, more, fewer; /* in both; of these, where the second has more, or fewer */
	size_t unsure;		/* and where they vary, and one may be as the other */
	size_t seen;		/* where at least one of them is above 0 */
	size_t only_one;	/* counted in one of the two alone */
	struct apart *v;
	size_t nr_apart;
};

static size_t flush_metric(const struct results_measurement *row)
{
	size_t i;

	for (i = 0; i < NR_FLUSH; i++)
		if (!row->skipped && row->subject == RESULTS_KERNEL &&
		    strcmp(row->metric->name, flush_metrics[i].metric) == 0)
			break;
	return i;
}

static const struct results_measurement *same_row(struct model *m, const struct report_part *part,
						  const struct results_measurement *row)
{
	const struct report_rows rows = { part, row->case_id, row->subject, row->metric->name };

	return rows_find(m->arena, &rows, &row->params, NULL, 0, NULL);
}

struct range {
	double low, high;
};

static struct range range_of(const struct results_measurement *row)
{
	double by = row->nr_ops ? (double)row->nr_ops : 1;
	struct range r = { 0 };
	size_t i;

	for (i = 0; i < row->nr_samples; i++) {
		r.low = i ? fmin(r.low, row->samples[i] / by) : row->samples[i] / by;
		r.high = i ? fmax(r.high, row->samples[i] / by) : row->samples[i] / by;
	}
	return r;
}

static void compare_row(struct model *m, const struct report_part *b,
			const struct results_measurement *row, size_t metric, struct flushes *f)
{
	const struct results_measurement *twin = same_row(m, b, row);
	struct apart a = { .row = row, .metric = metric, .stock = rv_of(row) };
	struct range x, y;

	if (!twin) {
		f->only_one++;
		return;
	}
	a.forced = rv_of(twin);
	f->nr++;
	x = range_of(row);
	y = range_of(twin);
	f->seen += x.high > 0 || y.high > 0;
	if (x.low <= y.high && y.low <= x.high) {
		f->unsure += x.low != y.low || x.high != y.high || a.stock.v != a.forced.v;
		return;
	}
	*(a.forced.v > a.stock.v ? &f->more : &f->fewer) += 1;
	f->v = arena_grow(m->arena, f->v, f->nr_apart, sizeof(*f->v));
	f->v[f->nr_apart++] = a;
}

static const char *const peer_key[] = { "format", "peer" };

struct chains {
	struct names names;
	size_t *last;
};

/* Returns the place of the one before it in its chain, or NAMES_NOWHERE. */
static size_t add_to_chain(struct arena *a, struct chains *c, const char *name, size_t at)
{
	size_t known = c->names.nr, place = names_add(a, &c->names, name), before = NAMES_NOWHERE;

	if (place == known)
		c->last = arena_grow(a, c->last, known, sizeof(*c->last));
	else
		before = c->last[place];
	c->last[place] = at;
	return before;
}

/*
 * Rows that differ in the same way do so in one metric, from x to y; and those of one cell are of one
 * case, with the same params but for the peer.
 */
static void chain_rows(struct arena *a, struct flushes *f)
{
	struct chains changes = { .last = NULL }, cells = { .last = NULL };
	const char *name;
	size_t i, before;

	for (i = 0; i < f->nr_apart; i++) {
		struct apart *r = &f->v[i];

		name = arena_str(a, "%zu %a %a", r->metric, r->stock.v, r->forced.v);
		before = add_to_chain(a, &changes, name, i);
		r->change.first = before == NAMES_NOWHERE;
		if (!r->change.first)
			f->v[before].change.next = i;
		name = arena_str(a, "%s %s %s", name, r->row->case_id,
				 params_id(a, &r->row->params, peer_key, 2));
		before = add_to_chain(a, &cells, name, i);
		r->peers.first = before == NAMES_NOWHERE;
		if (!r->peers.first)
			f->v[before].peers.next = i;
	}
}

static struct flushes compare_flushes(struct model *m, const struct report_part *a,
				      const struct report_part *b)
{
	struct flushes f = { 0 };
	size_t i;

	for (i = 0; i < a->doc->nr_measurements; i++) {
		const struct results_measurement *row = &a->doc->measurements[i];

		if (flush_metric(row) < NR_FLUSH)
			compare_row(m, b, row, flush_metric(row), &f);
	}
	for (i = 0; i < b->doc->nr_measurements; i++) {
		const struct results_measurement *row = &b->doc->measurements[i];

		f.only_one += flush_metric(row) < NR_FLUSH && !same_row(m, a, row);
	}
	chain_rows(m->arena, &f);
	return f;
}

/* "collapse", "unshare" */
static const char *case_word(struct model *m, const struct results_measurement *row)
{
	const char *slash = strchr(row->case_id, '/');

	return clean(m->arena, slash ? slash + 1 : row->case_id);
}

/* "unshare (mem=hugetlb, sharer=last) with peer gup, spin" */
static const char *peers_text(struct model *m, const struct flushes *f, size_t first)
{
	const struct apart *g = &f->v[first];
	const char *peers = NULL, *params, *name;
	struct arena *a = m->arena;
	size_t i = first, nr = 0;

	do {
		name = param_text(a, &f->v[i].row->params, "peer", "not named");
		if (nr++ < MAX_PEERS)
			peers = peers ? arena_str(a, "%s, %s", peers, name) : name;
	} while ((i = f->v[i].peers.next));
	if (nr > MAX_PEERS)
		peers = arena_str(a, "%s and %zu more", peers, nr - MAX_PEERS);
	params = params_without(a, &g->row->params, peer_key, 2);
	return arena_str(a, "%s%s%s%s with peer %s", case_word(m, g->row), *params ? " (" : "",
			 params, *params ? ")" : "", peers);
}

/* "2 interrupts sent instead of 1 in 7 (collapse ...; unshare ...)" */
static const char *change_text(struct model *m, const struct flushes *f, size_t first)
{
	const struct apart *g = &f->v[first];
	size_t i = first, nr = 0, cells = 0;
	const char *who = NULL;
	struct arena *a = m->arena;

	do {
		nr++;
		if (f->v[i].peers.first && cells++ < MAX_CELLS)
			who = who ? arena_str(a, "%s; %s", who, peers_text(m, f, i))
				  : peers_text(m, f, i);
	} while ((i = f->v[i].change.next));
	if (cells > MAX_CELLS)
		who = arena_str(a, "%s; and %zu more, which the table has", who, cells - MAX_CELLS);
	return arena_str(a, "%s are " STRONG "%s" STRONG " instead of " STRONG "%s" STRONG
			    " in %zu (%s)", flush_metrics[g->metric].words,
			 rv_number(a, &g->forced), rv_number(a, &g->stock), nr, who);
}

static const char *changes_text(struct model *m, const struct flushes *f)
{
	const char *text = NULL, *one;
	size_t i, told = 0, rest = 0;

	for (i = 0; i < f->nr_apart; i++) {
		if (!f->v[i].change.first)
			continue;
		if (told++ >= MAX_CHANGES) {
			rest++;
			continue;
		}
		one = change_text(m, f, i);
		text = text ? arena_str(m->arena, "%s, %s", text, one) : one;
	}
	return rest ? arena_str(m->arena, "%s, and otherwise in %zu more ways", text, rest) : text;
}

static const char *verdict_text(struct model *m, const struct flushes *f)
{
	struct arena *a = m->arena;
	const char *text;

	if (!f->seen)
		text = arena_str(a, "Not seen here: of %zu counts of interrupts and flushes that both "
				    "kernels have, all are 0.", f->nr);
	else if (!f->more && !f->fewer && f->unsure)
		text = arena_str(a, "Not told apart here: of %zu counts of interrupts and flushes that "
				    "both kernels have, %zu are equal, and %zu vary, with ranges that "
				    "overlap.", f->nr, f->nr - f->unsure, f->unsure);
	else if (!f->more && !f->fewer)
		text = arena_str(a, "No: all " STRONG "%zu" STRONG " counts of interrupts and flushes "
				    "that both kernels have are equal.", f->nr);
	else
		text = arena_str(a, "%s: of %zu counts of interrupts and flushes that both kernels "
				    "have, RCU has fewer in " STRONG "%zu" STRONG " and more in " STRONG
				    "%zu" STRONG ", and %zu are equal%s. With RCU, %s.",
				 !f->fewer ? "No, it adds some"
				 : f->more ? "In part"
					   : "Yes, where the two differ",
				 f->nr, f->fewer, f->more,
				 f->nr - f->fewer - f->more - f->unsure,
				 f->unsure ? arena_str(a, "; %zu are not told apart, for their ranges "
							  "overlap", f->unsure) : "",
				 changes_text(m, f));
	if (f->only_one)
		text = arena_str(a, "%s %zu more %s counted in one of them alone.", text, f->only_one,
				 f->only_one == 1 ? "was" : "were");
	return text;
}

/* NULL: no count of interrupts or flushes is in both. */
static const char *flush_sentence(struct model *m, const struct report_part *stock,
				  const struct report_part *forced, const struct flushes *f)
{
	const struct results_params *top = top_munmap(stock);
	struct rvalue x, y, cx, cy;
	struct arena *a = m->arena;
	const char *text;

	if (!f->nr)
		return NULL;
	text = verdict_text(m, f);
	if (!top)
		return text;
	x = event(m, stock, top, "cpus_interrupted");
	y = event(m, forced, top, "cpus_interrupted");
	cx = event(m, stock, top, "rcu_callbacks");
	cy = event(m, forced, top, "rcu_callbacks");
	if (!rv_ok(&y))
		return text;
	return arena_str(a,
			 "%s A munmap that frees %lld tables while a thread of the same process "
			 "spins on the other CPU interrupts %s on %s (%s) and %s on %s (%s).",
			 text, results_params_int(top, "tables", 0), cpus(a, x.v), stock->scenario,
			 callbacks(a, &cx), cpus(a, y.v), forced->scenario, callbacks(a, &cy));
}

static void apart_table(struct model *m, struct section *s, const struct flushes *f)
{
	static const char *const columns[] = { "Case", "Params", "Metric", "#Stock (IPI)",
					       "#Forced RCU", NULL };
	struct table *t;
	size_t i;

	if (!f->nr_apart)
		return;
	t = section_table(m, s, "Every count of interrupts and flushes in which the two differ",
			  columns);
	for (i = 0; i < f->nr_apart; i++) {
		const struct apart *a = &f->v[i];

		table_row(m, t);
		table_cell(t, "", clean(m->arena, a->row->case_id));
		table_cell(t, "", params_without(m->arena, &a->row->params, NULL, 0));
		table_cell(t, "", a->row->metric->name);
		table_value(m, t, &a->stock);
		table_value(m, t, &a->forced);
	}
}

/* ---- munmap, cell by cell ---- */

static void event_row(struct model *m, struct table *t, const struct results_params *p,
		      const struct report_part *const *parts, size_t nr)
{
	static const char *const metrics[] = { "cpus_interrupted", "ipis_sent", "tlb_flushes",
					       "rcu_callbacks" };
	static const char *const told[] = { "format", "peer", "tables" };
	struct arena *a = m->arena;
	const char *peer = param_text(a, p, "peer", "not named");
	const char *more = params_without(a, p, told, 3);
	size_t i, j;

	table_row(m, t);
	table_cell(t, "", *more ? arena_str(a, "%s, %s", peer, more) : peer);
	table_cell(t, "num", param_text(a, p, "tables", "?"));
	for (i = 0; i < sizeof(metrics) / sizeof(*metrics); i++)
		for (j = 0; j < nr; j++) {
			struct rvalue v = event(m, parts[j], p, metrics[i]);

			if (rv_ok(&v))
				table_value(m, t, &v);
			else
				table_seen(t, "num", "\xe2\x80\x94");
		}
}

static void event_rows(struct model *m, struct table *t, const struct report_part *const *parts,
		       size_t nr)
{
	const struct results_doc *doc = parts[0]->doc;
	size_t i;

	for (i = 0; doc && i < doc->nr_measurements; i++) {
		if (is_munmap(&doc->measurements[i], "ipis_sent"))
			event_row(m, t, &doc->measurements[i].params, parts, nr);
	}
}

static void flush_figure(struct model *m, struct section *s, const struct report_part *stock,
			 const struct report_part *forced)
{
	const struct report_part *parts[] = { stock, forced };
	struct figure *f = section_figure(m, s, FIGURE_BARS, "q1-interrupts",
					  "CPUs that one munmap interrupts, by tables freed");
	size_t i, j;

	f->xlabel = "CPUs interrupted per munmap";
	for (i = 0; i < stock->doc->nr_measurements; i++) {
		const struct results_measurement *row = &stock->doc->measurements[i];
		const char *peer = results_params_str(&row->params, "peer");
		const char *heading;

		if (!is_munmap(row, "ipis_sent") || !peer || strcmp(peer, "spin") != 0)
			continue;
		heading = arena_str(m->arena, "peer spinning, %s",
				    params_without(m->arena, &row->params, peer_key, 2));
		for (j = 0; j < 2; j++) {
			struct rvalue v = event(m, parts[j], &row->params, "cpus_interrupted");

			figure_bar(m, f, heading, j ? "forced RCU" : "stock (IPI)", &v, (int)j);
		}
	}
	f->desc =
		arena_str(m->arena, "Bars in pairs, %s beside %s; the table below has the numbers.",
			  stock->scenario, forced->scenario);
	f->caption = arena_str(m->arena,
			       "Mode %s, x86_64, virtual interrupts: counted by probes in a boot "
			       "of their own, never timed.",
			       mode_words(m->arena, stock));
}

void freeing_flush(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Peer", "#Tables", "#CPUs interrupted: stock", "#RCU", "#IPIs sent: stock", "#RCU",
		"#Flushes: stock", "#RCU", "#Callbacks: stock", "#RCU", NULL,
	};
	const struct report_part *stock = freeing_part(m->in, BY_IPI, "icount-2cpu");
	const struct report_part *forced = freeing_part(m->in, BY_RCU, "icount-2cpu");
	struct section *s = page_section(m, p, "flush", "The flush interrupt on x86_64");
	const struct report_part *parts[] = { stock, forced };
	const char *question = "Does RCU save the flush interrupt on x86_64?", *text = NULL;
	bool have = input_usable(stock) && input_usable(forced);
	struct flushes f = { 0 };

	section_source(m, s, stock);
	section_source(m, s, forced);
	if (have) {
		f = compare_flushes(m, stock, forced);
		text = flush_sentence(m, stock, forced, &f);
	}
	if (!text) {
		text = arena_str(m->arena, "Not compared here: %s.",
				 have ? "no count of interrupts or flushes is in both kernels"
				      : freeing_why(m->in, input_usable(stock) ? BY_RCU : BY_IPI,
						    "icount-2cpu"));
		section_answer(m, p, s, question, NULL, text);
		return;
	}
	section_answer(m, p, s, question,
		       arena_str(m->arena, "%s, virtual interrupts", mode_words(m->arena, stock)),
		       text);
	apart_table(m, s, &f);
	flush_figure(m, s, stock, forced);
	event_rows(m,
		   section_table(m, s, "Events of one munmap on x86_64, by peer and tables freed",
				 columns),
		   parts, 2);
	section_note(m, s,
		     "With two emulated CPUs that run in turns these are counts. What an interrupt "
		     "costs is not in them. A flush interrupt flushes the TLB, whoever frees the "
		     "tables; with RCU their safety does not depend on it.");
}

/* ---- a machine that broadcasts ---- */

/* Interrupts sent, by munmap and by all other ways to free. */
struct sent {
	size_t nr, above; /* rows; those above 0 */
	double most;
	const struct results_measurement *first; /* of those above 0 */
	size_t windows, held;			 /* single ones that held an interrupt */
};

static void add_sent(struct sent *s, const struct results_measurement *row)
{
	double v = rv_of(row).v;
	size_t i;

	s->nr++;
	s->above += v > 0;
	s->most = fmax(s->most, v);
	if (v > 0 && !s->first)
		s->first = row;
	for (i = 0; i < row->nr_samples; i++, s->windows++)
		s->held += row->samples[i] > 0;
}

/* "; nor do any of the 30 rows of other ways to free", or which do. */
static const char *others_text(struct model *m, const struct sent *s)
{
	struct arena *a = m->arena;

	if (!s->nr)
		return "";
	if (!s->above)
		return arena_str(a, "; nor does any of %zu rows of other ways to free", s->nr);
	return arena_str(a, "; of %zu rows of other ways to free %zu do, up to %s, the first %s (%s)",
			 s->nr, s->above, group_digits(a, s->most, 0), case_word(m, s->first),
			 params_without(a, &s->first->params, NULL, 0));
}

static const char *broadcast_sentence(struct model *m, const struct report_part *part)
{
	const struct results_params *top = top_munmap(part);
	struct sent munmap = { 0 }, other = { 0 };
	const char *at = "", *seen = "";
	struct arena *a = m->arena;
	size_t i;

	for (i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];

		if (is_munmap(row, "ipis_sent"))
			add_sent(&munmap, row);
		else if (flush_metric(row) == 0)
			add_sent(&other, row);
	}
	if (!munmap.nr)
		return NULL;
	if (top) {
		struct rvalue ipis = event(m, part, top, "cpus_interrupted");
		struct rvalue cbs = event(m, part, top, "rcu_callbacks");
		struct rvalue per = event(m, part, top, "tables_per_callback");

		at = arena_str(a, "; with %lld tables and a peer spinning, %s interrupted and %s%s%s",
			       results_params_int(top, "tables", 0), cpus(a, ipis.v),
			       callbacks(a, &cbs), rv_ok(&per) ? " (tables in each: " : "",
			       rv_ok(&per) ? arena_str(a, "%s)", rv_text(a, &per)) : "");
	}
	if (munmap.held && !munmap.most)
		seen = arena_str(a, " (%zu of %zu windows held one all the same)", munmap.held,
				 munmap.windows);
	if (!munmap.most)
		return arena_str(a, "On s390x in none of " STRONG "%zu" STRONG " rows does munmap "
				    "send an interrupt%s%s%s.", munmap.nr, seen, at,
				 others_text(m, &other));
	return arena_str(a, "On s390x one munmap sends up to %s interrupts, in %zu of %zu rows some%s"
			    "%s.", group_digits(a, munmap.most, 0), munmap.above, munmap.nr, at,
			 others_text(m, &other));
}

void freeing_broadcast(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Peer", "#Tables", "#CPUs interrupted", "#IPIs sent", "#Flushes", "#Callbacks",
		NULL,
	};
	const struct report_part *part = freeing_part(m->in, BROADCAST, "icount-2cpu");
	struct section *s = page_section(m, p, "broadcast", "Where the hardware broadcasts");
	const char *question = "Does freeing interrupt where the hardware broadcasts?", *text = NULL;

	section_source(m, s, part);
	if (input_usable(part))
		text = broadcast_sentence(m, part);
	if (!text) {
		section_answer(m, p, s, question, NULL,
			       arena_str(m->arena, "Events on s390x not counted here: %s.",
					 freeing_why(m->in, BROADCAST, "icount-2cpu")));
		return;
	}
	section_answer(m, p, s, question, mode_words(m->arena, part), text);
	event_rows(m, section_table(m, s, "Events of one munmap on s390x", columns), &part, 1);
	section_note(m, s,
		     "s390x broadcasts invalidations by instructions, IPTE and IDTE, so flushes are "
		     "not counted; a walker with interrupts off holds nothing back there, and what "
		     "makes freeing safe is RCU. The same holds for arm64\xe2\x80\x99s TLBI, for x86_64\xe2\x80\x99s "
		     "INVLPGB and for a hypervisor\xe2\x80\x99s remote flush: none is part of this "
		     "run.");
}

