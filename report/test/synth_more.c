// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Synthetic rows of disciplines, the host's kernel, kmap and DAX, and what an explorer may have
 * found.
 */
#include <array_size.h>
#include <string.h>

#include <results/explore.h>

#include "synth_priv.h"

void synth_disciplines(struct results_doc *doc)
{
	static const struct {
		const char *name;
		enum results_subject subject;
		double now, later, throughput, latency;
	} d[] = {
		{ "ipi_signal", RESULTS_REF, 6000, 0, 9e6, 9000 },
		{ "sync_membarrier", RESULTS_REF, 9000, 0, 11e6, 30000 },
		{ "membarrier", RESULTS_REF, 8000, 0, 11e6, 28000 },
		{ "rcu_qsbr", RESULTS_LIBURCU, 900, 2.1e7, 14e6, 4000 },
		{ "rcu_memb", RESULTS_LIBURCU, 1100, 2.4e7, 13e6, 4500 },
	};

	for (size_t i = 0; i < 5; i++)
		for (int readers = 0; readers < 3; readers++) {
			const char *params = synth_text("discipline=%s,readers=%d,tables=64",
							d[i].name, readers);
			const char *const id = "table_free/munmap";

			synth_row(doc, id, d[i].subject, params, "time", RESULTS_SAMPLED,
				  d[i].now * (1 + readers));
			synth_row(doc, id, d[i].subject, params, "tables_waiting_peak",
				  RESULTS_SAMPLED, d[i].later ? 640 : 64);
			if (d[i].later)
				synth_row(doc, id, d[i].subject, params, "time_deferred",
					  RESULTS_SAMPLED, d[i].later);
			if (!readers)
				continue;
			synth_row(doc, id, d[i].subject, params, "reader_throughput",
				  RESULTS_SAMPLED, d[i].throughput / readers);
			synth_row(doc, id, d[i].subject, params, "reader_latency", RESULTS_SAMPLED,
				  d[i].latency);
			synth_row(doc, id, d[i].subject, params, "reader_latency_p50",
				  RESULTS_SAMPLED, 123);
		}
	synth_row(doc, "table_free/batch", RESULTS_REF,
		  "batch=64,discipline=ipi_signal,readers=1,tables=4096", "time", RESULTS_SAMPLED,
		  777);
}

void synth_host(struct results_doc *doc)
{
	static const char *const cases[] = { "table_free/munmap", "table_free/keep",
					     "table_free/madvise", "membarrier/expedited" };

	for (size_t peer = 0; peer < 2; peer++) {
		const char *p = synth_text("tables=1,peer=%s", peer ? "spin" : "none");

		synth_row(doc, "table_free/munmap", RESULTS_KERNEL, p, "time", RESULTS_SAMPLED,
			  peer ? 16600 : 4700);
		synth_row(doc, "table_free/keep", RESULTS_KERNEL, p, "time", RESULTS_SAMPLED,
			  peer ? 17000 : 3900);
		synth_row(doc, "table_free/madvise", RESULTS_KERNEL, p, "time", RESULTS_SAMPLED,
			  peer ? 13000 : 1000);
		synth_row(doc, "membarrier/expedited", RESULTS_KERNEL,
			  synth_text("peer=%s", peer ? "spin" : "none"), "time", RESULTS_SAMPLED,
			  peer ? 11900 : 440);
		for (size_t i = 0; i < 4; i++)
			synth_row(doc, cases[i], RESULTS_KERNEL,
				  i < 3 ? p : synth_text("peer=%s", peer ? "spin" : "none"),
				  "cpus_interrupted", RESULTS_SAMPLED, (double)peer);
	}
	synth_skip(doc, "table_free/events", RESULTS_KERNEL, "peer=spin",
		   "tracepoints may not be opened here");
}

/* A pair takes 10 and one more per design; slots of real mappings a hundred times that; a switch 20
 * and 4 per map that is taken out or put in. */
void synth_kmap(struct results_doc *doc, const char *metric, enum results_kind kind)
{
	static const char *const names[] = { "atomic_percpu", "linus_pop_push", "merged",
					     "rfc_task_sweep" };
	static const int lives[] = { 0, 1, 2, 4, 8, 15 };

	for (int d = 0; d < 4; d++) {
		for (int depth = 1; depth <= 15; depth++) {
			synth_row(doc, "kmap/pair", RESULTS_REF,
				  synth_text("backend=memory,debug=0,depth=%d,design=%s", depth,
					     names[d]),
				  metric, kind, 10 + d);
			if (depth % 7 == 1)
				synth_row(doc, "kmap/pair", RESULTS_REF,
					  synth_text("backend=mappings,debug=0,depth=%d,design=%s",
						     depth, names[d]),
					  metric, kind, 1000 + 100 * d);
		}
		for (int i = 0; d && i < 6; i++)
			for (int j = 0; j <= i; j++)
				synth_row(doc, "kmap/switch", RESULTS_REF,
					  synth_text("backend=memory,debug=0,design=%s,next=%d,"
						     "prev=%d",
						     names[d], lives[j], lives[i]),
					  metric, kind, 20 + 4 * (lives[i] + lives[j]) * d);
		for (int i = 1; i <= 3 && kind == RESULTS_SAMPLED; i++)
			synth_row(doc, "kmap/nest", RESULTS_REF,
				  synth_text("design=%s,maps=%d", names[d], i), "slots_peak",
				  RESULTS_EXACT, (d ? 5 : 4) * i);
	}
}

void synth_dax(struct results_doc *doc, const char *metric, enum results_kind kind)
{
	static const struct {
		const char *params;
		double cost;
	} rows[] = {
		{ "how=present,page=file,part=both,step=none", 100 },
		{ "how=present,page=file,part=lock,step=none", 60 },
		{ "how=present,page=file,part=unlock,step=none", 40 },
		{ "how=present,page=device,part=both,step=none", 5 },
		{ "how=opaque,page=file,part=both,step=rcu", 98 },
		{ "how=removed,page=file,part=both,step=rcu", 97 },
		{ "how=opaque,page=file,part=both,step=revalidate", 90 },
		{ "how=removed,page=file,part=both,step=revalidate", 85 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		synth_row(doc, "dax/lock", RESULTS_REF, rows[i].params, metric, kind, rows[i].cost);
	for (size_t i = 0; i < 3 && kind == RESULTS_SAMPLED; i++) {
		static const char *const loads[] = { "other", "same", "churn" };
		const char *params = synth_text("load=%s,threads=1", loads[i]);

		synth_row(doc, "dax/contended", RESULTS_REF, params, "time", kind, 200 * (i + 1));
		synth_row(doc, "dax/contended", RESULTS_REF, params, "lock_waits", kind, 0.1 * i);
		if (i == 2)
			synth_row(doc, "dax/contended", RESULTS_REF, params, "lock_retries", kind,
				  0.25);
	}
}

static void add_steps(struct results_doc *doc, const char *row, const char *metric,
		      enum results_kind kind, double by)
{
	static const char *const names[] = { "irq_save",      "write_check",	"head_recheck",
					     "try_get",	      "pmd_recheck",	"entry_recheck",
					     "folio_allowed", "set_referenced", "pin_count",
					     "unshare",	      "fork_seq" };

	synth_row(doc, "gup_fast/steps", RESULTS_REF, synth_text("%s,how=present,step=none", row),
		  metric, kind, 400 * by);
	for (int i = 0; i < (strstr(row, "flags=pin") ? 11 : 8); i++) {
		double cost = i == 5 ? 60 : 5 * i; /* the first costs nothing */

		synth_row(doc, "gup_fast/steps", RESULTS_REF,
			  synth_text("%s,how=opaque,step=%s", row, names[i]), metric, kind,
			  (400 - cost) * by);
		synth_row(doc, "gup_fast/steps", RESULTS_REF,
			  synth_text("%s,how=removed,step=%s", row, names[i]), metric, kind,
			  (390 - cost) * by);
	}
}

/* A step costs 5 more than the one before it, entry_recheck 60; flushed three times that. */
void synth_steps(struct results_doc *doc, const char *format, const char *metric,
		 enum results_kind kind)
{
	add_steps(doc, synth_text("flags=get,folio=private,%s,frames=hot", format), metric, kind,
		  1);
	if (kind != RESULTS_SAMPLED)
		return;
	add_steps(doc, synth_text("flags=pin,folio=private,%s,frames=hot", format), metric, kind,
		  2);
	add_steps(doc, synth_text("flags=get,folio=private,%s,frames=flushed", format), metric,
		  kind, 3);
}

void synth_split(struct results_doc *doc)
{
	for (int readers = 0; readers < 2; readers++) {
		const char *params =
			synth_text("format=x86_64-4k-48,kind=anon,leaf=pmd,readers=%d", readers);

		synth_row(doc, "thp/split", RESULTS_REF, params, "time", RESULTS_SAMPLED,
			  40e3 * (1 + readers));
		if (readers)
			synth_row(doc, "thp/split", RESULTS_REF, params, "split_retries",
				  RESULTS_SAMPLED, 3);
	}
}

/* One clean, one caught variant of each mechanism; every string is `text`, where it may be any. */
void synth_explored(struct results_run *run, const char *text)
{
	static const char *const mechanisms[] = {
		"gather", "gup", "thp", "longterm", "dax", "kmap",
	};
	const struct results_explore_step steps[] = {
		{ 0, "task", text ? text : "reader", "walk.h:10", "read pmd[1] = 0x2067" },
		{ 1, "irq", "freer", text ? text : "gather.c:20", "pmd[1]: 0x2067 -> 0" },
		{ 0, "task", "reader", "walk.h:12", text ? text : "read table[3]" },
	};
	const struct results_explore_failure failure = {
		.invariant = "read of a freed table",
		.why = text ? text : "table 3 is free",
		.schedule = "0.1.0",
		.preemptions = 1,
		.steps = steps,
		.nr_steps = 3,
	};
	struct results_error err = { 0 };
	struct results_explore *doc;

	synth_check(results_explore_new("0000000", text ? text : "ptbench explore", &doc), &err);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(mechanisms); i++) {
		bool busted = i % 2;
		struct results_explore_model m = {
			.mechanism = mechanisms[i / 2],
			.variant = busted ? "no_wait" : "good",
			.summary = text ? text : "is a table read after it was freed?",
			.busted = busted,
			.caught_by = busted ? failure.invariant : NULL,
			.busted_code_said = true,
			.mode = "sc",
			.method = RESULTS_EXPLORE_REDUCED,
			.bound = busted ? 1 : 3,
			.nr_cpus = 2,
			.schedules = 1000,
			.steps = 10000,
			.states = 500,
			.seconds = 0.5,
			.complete = !busted,
			.verdict = busted ? RESULTS_EXPLORE_CAUGHT : RESULTS_EXPLORE_CLEAN,
			.failure = busted ? &failure : NULL,
		};

		synth_check(results_explore_add(doc, &m, &err), &err);
	}
	doc->complete = true;
	synth_check(results_explore_write(doc, synth_text("%s/explore.json", run->dir), &err),
		    &err);
	results_explore_free(doc);
}
