// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The CPUs that freeing interrupts, event by event: the stock kernel against the variant that frees
 * by RCU (freeing_flushes.c compares them), and a machine that broadcasts its invalidations.
 */
#include <array_size.h>
#include <math.h>
#include <string.h>

#include "freeing.h"
#include "freeing_flushes.h"

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
	       !strcmp(row->case_id, "table_free/munmap") && !strcmp(row->metric->name, metric);
}

/* The row of munmap beside a spinning peer with the most tables; NULL: there is none. */
static const struct results_params *top_munmap(const struct report_part *part)
{
	const struct results_params *top = NULL;

	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const char *peer = results_params_str(&row->params, "peer");

		if (is_munmap(row, "cpus_interrupted") && peer && !strcmp(peer, "spin") &&
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

/* "collapse", "unshare" */
const char *freeing_case_word(struct model *m, const struct results_measurement *row)
{
	const char *slash = strchr(row->case_id, '/');

	return clean(m->arena, slash ? slash + 1 : row->case_id);
}

static const char *const peer_key[] = { "format", "peer" };

/* Returns NULL if the kernels have no count of interrupts or flushes in common. */
static const char *flush_sentence(struct model *m, const struct report_part *stock,
				  const struct report_part *forced, const struct flushes *f)
{
	const struct results_params *top = top_munmap(stock);
	struct rvalue x, y, cx, cy;
	struct arena *a = m->arena;
	const char *text;

	if (!f->nr)
		return NULL;
	text = flushes_text(m, f);
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

	table_row(m, t);
	table_cell(t, "", *more ? arena_str(a, "%s, %s", peer, more) : peer);
	table_cell(t, "num", param_text(a, p, "tables", "?"));
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		for (size_t j = 0; j < nr; j++) {
			struct rvalue v = event(m, parts[j], p, metrics[i]);

			if (rv_ok(&v))
				table_value(m, t, &v);
			else
				table_seen(t, "num", "—");
		}
}

static void event_rows(struct model *m, struct table *t, const struct report_part *const *parts,
		       size_t nr)
{
	const struct results_doc *doc = parts[0]->doc;

	for (size_t i = 0; doc && i < doc->nr_measurements; i++) {
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

	f->xlabel = "CPUs interrupted per munmap";
	for (size_t i = 0; i < stock->doc->nr_measurements; i++) {
		const struct results_measurement *row = &stock->doc->measurements[i];
		const char *peer = results_params_str(&row->params, "peer");
		const char *heading;

		if (!is_munmap(row, "ipis_sent") || !peer || strcmp(peer, "spin"))
			continue;
		heading = arena_str(m->arena, "peer spinning, %s",
				    params_without(m->arena, &row->params, peer_key, 2));
		for (size_t j = 0; j < 2; j++) {
			struct rvalue v = event(m, parts[j], &row->params, "cpus_interrupted");

			figure_bar(m, f, heading, j ? "forced RCU" : "stock (IPI)", &v, (int)j);
		}
	}
	f->desc = arena_str(m->arena,
			    "Bars in pairs, %s beside %s; the table below has the numbers.",
			    stock->scenario, forced->scenario);
	f->caption = arena_str(m->arena,
			       "Mode %s, x86_64, virtual interrupts: counted by probes in a boot "
			       "of their own, never timed.",
			       mode_words(m->arena, stock));
}

void freeing_flush(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Peer",
		"#Tables",
		"#CPUs interrupted: stock",
		"#RCU",
		"#IPIs sent: stock",
		"#RCU",
		"#Flushes: stock",
		"#RCU",
		"#Callbacks: stock",
		"#RCU",
		NULL,
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
		f = flushes_compare(m, stock, forced);
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
	flushes_table(m, s, &f);
	flush_figure(m, s, stock, forced);
	event_rows(m,
		   section_table(m, s, "Events of one munmap on x86_64, by peer and tables freed",
				 columns),
		   parts, 2);
	freeing_say_others(m, s, "icount-2cpu");
	section_note(m, s,
		     "With two emulated CPUs that run in turns these are counts. What an interrupt "
		     "costs is not in them. A flush interrupt flushes the TLB, whoever frees the "
		     "tables; with RCU their safety does not depend on it.");
}

/* ---- a machine that broadcasts ---- */

/* Counts of interrupts sent, for munmap or for all other ways to free. */
struct sent {
	size_t nr, above; /* rows; those above 0 */
	double most;
	const struct results_measurement *first; /* of those above 0 */
	size_t windows, held;			 /* windows, and those with an interrupt */
};

static void add_sent(struct sent *s, const struct results_measurement *row)
{
	double v = rv_of(row).v;

	s->nr++;
	s->above += v > 0;
	s->most = fmax(s->most, v);
	if (v > 0 && !s->first)
		s->first = row;
	for (size_t i = 0; i < row->nr_samples; i++, s->windows++)
		s->held += row->samples[i] > 0;
}

/* "; nor do any of the 30 rows of other ways to free", or words on those that do. */
static const char *others_text(struct model *m, const struct sent *s)
{
	struct arena *a = m->arena;

	if (!s->nr)
		return "";
	if (!s->above)
		return arena_str(a, "; nor does any of %zu rows of other ways to free", s->nr);
	return arena_str(a,
			 "; of %zu rows of other ways to free %zu do, up to %s, the first %s (%s)",
			 s->nr, s->above, group_digits(a, s->most, 0),
			 freeing_case_word(m, s->first),
			 params_without(a, &s->first->params, NULL, 0));
}

static const char *broadcast_sentence(struct model *m, const struct report_part *part)
{
	const struct results_params *top = top_munmap(part);
	struct sent munmap = { 0 }, other = { 0 };
	const char *at = "", *seen = "";
	struct arena *a = m->arena;

	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];

		if (is_munmap(row, "ipis_sent"))
			add_sent(&munmap, row);
		else if (flush_metric(row) == FLUSH_IPIS_SENT)
			add_sent(&other, row);
	}
	if (!munmap.nr)
		return NULL;
	if (top) {
		struct rvalue ipis = event(m, part, top, "cpus_interrupted");
		struct rvalue cbs = event(m, part, top, "rcu_callbacks");
		struct rvalue per = event(m, part, top, "tables_per_callback");

		at = arena_str(a,
			       "; with %lld tables and a peer spinning, %s interrupted and %s%s%s",
			       results_params_int(top, "tables", 0), cpus(a, ipis.v),
			       callbacks(a, &cbs), rv_ok(&per) ? " (tables in each: " : "",
			       rv_ok(&per) ? arena_str(a, "%s)", rv_text(a, &per)) : "");
	}
	if (munmap.held && !munmap.most)
		seen = arena_str(a, " (%zu of %zu windows held one all the same)", munmap.held,
				 munmap.windows);
	if (!munmap.most)
		return arena_str(a,
				 "On s390x in none of " STRONG "%zu" STRONG " rows does munmap "
				 "send an interrupt%s%s%s.",
				 munmap.nr, seen, at, others_text(m, &other));
	return arena_str(a,
			 "On s390x one munmap sends up to %s interrupts, in %zu of %zu rows some%s"
			 "%s.",
			 group_digits(a, munmap.most, 0), munmap.above, munmap.nr, at,
			 others_text(m, &other));
}

void freeing_broadcast(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Peer",	      "#Tables", "#CPUs interrupted", "#IPIs sent", "#Flushes",
		"#Callbacks", NULL,
	};
	const struct report_part *part = freeing_part(m->in, BROADCAST, "icount-2cpu");
	struct section *s = page_section(m, p, "broadcast", "Where the hardware broadcasts");
	const char *question = "Does freeing interrupt where the hardware broadcasts?",
		   *text = NULL;

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
	section_note(
		m, s,
		"s390x broadcasts invalidations by instructions, IPTE and IDTE, so flushes are "
		"not counted; a walker with interrupts off holds nothing back there, and what "
		"makes freeing safe is RCU. The same holds for arm64’s TLBI, for x86_64’s "
		"INVLPGB and for a hypervisor’s remote flush: none is part of this "
		"run.");
}
