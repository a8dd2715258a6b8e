// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Synthetic runs: a complete one, one with holes, one of hostile strings, an empty one.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../bench/vocabulary.h"
#include "synth_priv.h"

#define NR_SAMPLES 31

static int failed; /* first error of the run being made */

void synth_check(int ret, const struct results_error *err)
{
	if (!ret)
		return;
	results_error_print(stderr, err);
	failed = failed ? failed : ret;
}

void synth_row(struct results_doc *doc, const char *case_id, enum results_subject subject,
	       const char *params, const char *metric, enum results_kind kind, double value)
{
	double samples[NR_SAMPLES];
	struct results_error err = { 0 };
	struct results_measurement m = {
		.case_id = (char *)case_id,
		.subject = subject,
		.metric = results_metric_find(metric),
		.kind = kind,
		.nr_ops = kind == RESULTS_SAMPLED ? 1000 : 1,
		.samples = samples,
		.nr_samples = NR_SAMPLES,
	};

	for (int i = 0; i < NR_SAMPLES; i++) {
		samples[i] = value * (double)m.nr_ops;
		if (kind == RESULTS_SAMPLED)
			samples[i] *= 1 + 0.02 * (i - NR_SAMPLES / 2) / (NR_SAMPLES / 2);
		if (kind == RESULTS_DETERMINISTIC && i % 3 == 2)
			samples[i] += i;
	}
	synth_check(results_params_parse(&m.params, params), &err);
	synth_check(results_doc_add(doc, &m, &err), &err);
	results_params_free(&m.params);
}

void synth_skip(struct results_doc *doc, const char *case_id, enum results_subject subject,
		const char *params, const char *reason)
{
	struct results_params p = { 0 };
	struct results_error err = { 0 };

	synth_check(results_params_parse(&p, params), &err);
	synth_check(results_doc_add_skipped(doc, case_id, &p, subject, reason, &err), &err);
	results_params_free(&p);
}

static void add_check(struct results_doc *doc, const char *id, const char *params,
		      const char *expect, const char *seen, bool good)
{
	struct results_params p = { 0 };
	struct results_error err = { 0 };

	synth_check(results_params_parse(&p, params), &err);
	synth_check(results_doc_add_check(doc, id, &p, expect, seen, good, &err), &err);
	results_params_free(&p);
}

const char *synth_text(const char *fmt, ...)
{
	static char buffers[64][256];
	static unsigned next;
	char *buffer = buffers[next++ % 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buffer, 256, fmt, ap);
	va_end(ap);
	return buffer;
}

struct results_doc *synth_bare_doc(const char *part, const char *mode)
{
	struct results_error err = { .reason = "out of memory" };
	struct results_doc *doc;

	synth_check(results_doc_new(part, mode, &doc), &err);
	if (failed)
		return NULL;
	free(doc->created);
	doc->created = strdup("2026-01-31T12:00:00Z");
	doc->command = strdup(synth_text("make bench SCENARIOS=%s", part));
	/* A guest's part is called by its architecture first. */
	results_pairs_set(&doc->environment, "arch",
			  strchr(part, '-') ? synth_text("%.*s", (int)strcspn(part, "-"), part)
					    : "x86_64");
	results_pairs_set(&doc->environment, "compiler", "gcc 12.2.0");
	results_pairs_set(&doc->subject, "suite", "0000000");
	return doc;
}

struct results_doc *synth_doc(const char *part, const char *mode)
{
	struct results_doc *doc = synth_bare_doc(part, mode);
	struct results_error err = { 0 };

	if (doc)
		synth_check(bench_add_axes(doc, &err), &err);
	return doc;
}

void synth_open_words(struct results_doc *doc)
{
	struct results_error err = { 0 };
	struct results_doc *known;

	synth_check(results_doc_new("native", "native", &known), &err);
	synth_check(bench_add_axes(known, &err), &err);
	for (size_t i = 0; i < known->nr_axes; i++) {
		struct results_axis axis = known->axes[i];
		int ret;

		axis.values = NULL;
		axis.nr_values = 0;
		ret = results_doc_add_axis(doc, &axis, &err);
		synth_check(ret == -EEXIST ? 0 : ret, &err);
	}
	results_doc_free(known);
}

void synth_scenario(struct results_doc *doc, const char *name, const char *of, bool busted)
{
	struct results_value values[] = {
		{ .value = (char *)of, .label = (char *)of, .means = (char *)"A stock kernel." },
		{ .value = (char *)name,
		  .label = (char *)name,
		  .means = (char *)"A kernel.",
		  .of = (char *)of,
		  .busted = busted },
	};
	struct results_axis axis = { .key = (char *)"scenario",
				     .means = (char *)"Which kernel.",
				     .values = of ? values : values + 1,
				     .nr_values = of ? 2 : 1 };
	struct results_error err = { 0 };

	synth_check(results_doc_add_axis(doc, &axis, &err), &err);
}

void synth_part(struct results_run *run, struct results_doc *doc, enum results_state state,
		const char *reason)
{
	struct results_error err = { 0 };
	const char *file = synth_text("%s.json", doc->part);

	synth_check(results_doc_write(doc, synth_text("%s/%s", run->dir, file), &err), &err);
	synth_check(results_run_part(run, doc->part, file, state, reason, &err), &err);
	results_doc_free(doc);
}

/* ---- walks ---- */

/* per call 100 + base, per page 20, crossings 8, 12, 30 and 31 more. */
static double walk_cost(double base, int pages, const char *cross)
{
	static const struct {
		const char *name;
		double cost;
	} crosses[] = { { "none", 0 }, { "pmd", 8 }, { "pud", 12 }, { "p4d", 30 }, { "pgd", 31 } };
	double cost = 80 + base + 20 * pages;

	for (size_t i = 0; i < 5; i++)
		if (!strcmp(crosses[i].name, cross))
			cost += crosses[i].cost;
	return cost;
}

static void add_walks(struct results_doc *doc, enum results_subject subject, const char *params,
		      const char *metric, enum results_kind kind, double base, double by,
		      const char *const *crosses)
{
	static const int pages[] = { 1, 2, 4, 16, 64, 128 };

	for (size_t i = 0; i < 6; i++)
		synth_row(doc, "gup_fast/walk", subject,
			  synth_text("%s,leaf=pte,cross=none,pages=%d", params, pages[i]), metric,
			  kind, by * walk_cost(base, pages[i], "none"));
	for (size_t i = 0; crosses[i]; i++)
		synth_row(doc, "gup_fast/walk", subject,
			  synth_text("%s,leaf=pte,cross=%s,pages=16", params, crosses[i]), metric,
			  kind, by * walk_cost(base, 16, crosses[i]));
}

static void add_puts(struct results_doc *doc, enum results_subject subject, const char *params,
		     const char *metric, enum results_kind kind, double per_page)
{
	static const int pages[] = { 1, 16, 128 };

	for (size_t i = 0; i < 3; i++)
		synth_row(doc, "gup_fast/put", subject,
			  synth_text("%s,leaf=pte,pages=%d", params, pages[i]), metric, kind,
			  7 + per_page * pages[i]);
}

static const char *const designs[] = { "addr_end_folded", "addr_end_global", "offset_lockless",
				       "static" };
static const char *const formats[] = { "x86_64-4k-48", "x86_64-4k-57", "x86_64-4k-57-folded" };
static const char *const cross_3[] = { "pmd", "pud", NULL };
static const char *const cross_x86[] = { "pmd", "pud", "pgd", NULL };
static const char *const cross_4[] = { "pmd", "pud", "p4d", NULL };

static void add_reference(struct results_doc *doc, const char *metric, enum results_kind kind,
			  double by)
{
	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < 3; j++)
			add_walks(doc, RESULTS_REF,
				  synth_text("design=%s,format=%s", designs[i], formats[j]), metric,
				  kind, 10, by, j == 1 ? cross_4 : cross_x86);
		for (size_t j = 3; j <= 5; j++)
			add_walks(doc, RESULTS_REF,
				  synth_text("design=%s,format=s390x,levels=%zu", designs[i], j),
				  metric, kind, 10 + 4.0 * (double)i, by,
				  j == 3 && i != 3 ? cross_3
				  : j == 3	   ? cross_3 + 2
						   : cross_4);
	}
	synth_skip(doc, "gup_fast/walk", RESULTS_REF,
		   "cross=pud,design=static,format=s390x,leaf=pte,levels=3,pages=16",
		   "busted: reads past the entry copy");
	add_puts(doc, RESULTS_REF, "format=x86_64-4k-48", metric, kind, 11 * by);
	add_puts(doc, RESULTS_REF, "format=s390x,levels=3", metric, kind, 11 * by);
}

/* ---- guests ---- */

struct scenario {
	const char *name, *format, *design, *levels;
	bool rcu, interrupts, busted;
};

static const struct scenario scenarios[] = {
	{ "x86_64-stock", "x86_64-4k-48", "static", "", false, true, false },
	{ "x86_64-forced-rcu", "x86_64-4k-48", "static", "", true, true, false },
	{ "s390x-stock", "s390x", "offset_lockless", ",levels=3", true, false, false },
	{ "s390x-static", "s390x", "static", ",levels=3", true, false, true },
};

/* A part's unit: the metrics, the kind of samples, and the value of one instruction. */
struct counting {
	const char *now, *later;
	enum results_kind kind;
	double by;
};

static void add_freeing(struct results_doc *doc, const struct scenario *sc,
			const struct counting *c)
{
	static const int tables[] = { 1, 2, 8, 32, 128 };
	const char *const id = "table_free/munmap", *const twin_id = "table_free/keep";

	for (size_t i = 0; i < 5; i++) {
		double n = tables[i], keep = 2000 + 40 * n, now = sc->rcu ? 150 + 60 * n : 50 * n;
		const char *munmap = synth_text("format=%s,tables=%d", sc->format, tables[i]);
		const char *twin = synth_text("%s,twin=%s", munmap, n > 2 ? "packed" : "same");

		synth_row(doc, id, RESULTS_KERNEL, munmap, c->now, c->kind, c->by * (keep + now));
		synth_row(doc, twin_id, RESULTS_KERNEL, twin, c->now, c->kind, c->by * keep);
		synth_row(doc, "table_free/madvise", RESULTS_KERNEL, munmap, c->now, c->kind,
			  c->by * keep / 2);
		synth_row(doc, id, RESULTS_KERNEL, munmap, c->later, c->kind,
			  c->by * (sc->rcu ? 90 + 25 * n : 0));
		synth_row(doc, twin_id, RESULTS_KERNEL, twin, c->later, c->kind, 0);
	}
}

static void add_boundaries(struct results_doc *doc, const struct scenario *sc)
{
	static const struct {
		const char *cross;
		unsigned long long at;
		bool breaks;
	} x86[] = { { "pmd", 0x1000200000, false },
		    { "pud", 0x1040000000, false },
		    { "pgd", 0x8000000000, false } },
	  s390x[] = { { "pmd", 0x40000000, false },
		      { "pud", 0x80000000, true },
		      { "pud", 0x100000000, true } };
	bool is_x86 = !strncmp(sc->name, "x86", 3);

	for (int i = 0; i < 3; i++)
		for (int alias = 0; alias < 2; alias++) {
			bool bad = sc->busted && !is_x86 && s390x[i].breaks;
			const char *seen = !bad	   ? "right"
					   : alias ? "wrong 8 of 16: pages of address - 0x80000000"
						   : "short 8 of 16";

			add_check(doc, "gup_fast/only",
				  synth_text("format=%s,design=%s%s,boundary=0x%llx,alias=%d,cross="
					     "%s",
					     sc->format, sc->design, sc->levels,
					     is_x86 ? x86[i].at : s390x[i].at, alias,
					     is_x86 ? x86[i].cross : s390x[i].cross),
				  bad ? "short or wrong" : "right", seen, true);
		}
}

/* A guest's document, with its scenario and its architecture's stock scenario. */
static struct results_doc *guest_doc(const struct scenario *sc, const char *setup, const char *mode)
{
	const char *stock = synth_text("%.*s-stock", (int)strcspn(sc->name, "-"), sc->name);
	struct results_doc *doc = synth_doc(synth_text("%s.%s", sc->name, setup), mode);

	if (doc)
		synth_scenario(doc, sc->name, strcmp(sc->name, stock) ? stock : NULL, sc->busted);
	return doc;
}

static const struct counting instructions = { "instructions", "instructions_deferred",
					      RESULTS_EXACT, 1 };
/* An instruction takes 100 ns, so that a table's cost is larger than the samples' spread. */
static const struct counting nanoseconds = { "time", "time_deferred", RESULTS_SAMPLED, 100 };

static void add_guest_time(struct results_run *run, const struct scenario *sc)
{
	struct results_doc *doc = guest_doc(sc, "kvm-1cpu", "kvm");

	if (!doc)
		return;
	add_freeing(doc, sc, &nanoseconds);
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

static void add_guest_costs(struct results_run *run, const struct scenario *sc)
{
	struct results_doc *doc = guest_doc(sc, "icount-1cpu", "icount");
	char walk[128];

	if (!doc)
		return;
	snprintf(walk, sizeof(walk), "format=%s,design=%s%s", sc->format, sc->design, sc->levels);
	results_pairs_set(&doc->environment, "qemu", "7.2.22");
	results_pairs_set(&doc->subject, "kernel", "linux-source-6.12 6.12.117");
	add_walks(doc, RESULTS_KERNEL, walk, "instructions", RESULTS_EXACT, 40, 1,
		  sc->busted		 ? cross_3 + 2
		  : sc->format[0] == 's' ? cross_3
					 : cross_x86);
	if (sc->busted)
		synth_skip(doc, "gup_fast/walk", RESULTS_KERNEL,
			   synth_text("%s,leaf=pte,cross=pud,pages=16", walk),
			   "8 of 16 pages came");
	synth_row(doc, "gup_slow/walk", RESULTS_KERNEL,
		  synth_text("format=%s,leaf=pte,pages=16,cross=none", sc->format), "instructions",
		  RESULTS_DETERMINISTIC, 5291);
	add_puts(doc, RESULTS_KERNEL, synth_text("format=%s", sc->format), "instructions",
		 RESULTS_EXACT, 12);
	add_reference(doc, "instructions", RESULTS_EXACT, 1);
	synth_kmap(doc, "instructions", RESULTS_EXACT);
	synth_dax(doc, "instructions", RESULTS_EXACT);
	synth_steps(doc, synth_text("format=%s%s", sc->format, sc->levels), "instructions",
		    RESULTS_EXACT);
	add_freeing(doc, sc, &instructions);
	add_boundaries(doc, sc);
	synth_skip(doc, "gup_fast/walk", RESULTS_KERNEL,
		   synth_text("%s,leaf=pmd,cross=none,pages=16", walk),
		   "QEMU's s390x CPU has no EDAT: no huge pages");
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

static void add_guest_events(struct results_run *run, const struct scenario *sc)
{
	static const int tables[] = { 1, 2, 32 };
	struct results_doc *doc = guest_doc(sc, "icount-2cpu", "icount");

	if (!doc)
		return;
	for (size_t i = 0; i < 3; i++)
		for (size_t peer = 0; peer < 2; peer++) {
			const char *params = synth_text("format=%s,tables=%d,peer=%s", sc->format,
							tables[i], peer ? "spin" : "none");
			const char *const id = "table_free/munmap";

			synth_row(doc, id, RESULTS_KERNEL, params, "ipis_sent", RESULTS_EXACT,
				  sc->interrupts && peer);
			synth_row(doc, id, RESULTS_KERNEL, params, "cpus_interrupted",
				  RESULTS_EXACT, sc->interrupts && peer);
			if (sc->interrupts)
				synth_row(doc, id, RESULTS_KERNEL, params, "tlb_flushes",
					  RESULTS_EXACT, 1);
			synth_row(doc, id, RESULTS_KERNEL, params, "rcu_callbacks", RESULTS_EXACT,
				  sc->rcu);
			synth_row(doc, id, RESULTS_KERNEL, params, "tables_freed", RESULTS_EXACT,
				  tables[i]);
			if (sc->rcu)
				synth_row(doc, id, RESULTS_KERNEL, params, "tables_per_callback",
					  RESULTS_EXACT, tables[i]);
			add_check(doc, "table_free/rcu_path", params, sc->rcu ? "rcu" : "immediate",
				  sc->rcu ? "rcu" : "immediate", true);
		}
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

static void add_guest_static(struct results_run *run, const struct scenario *sc)
{
	struct results_doc *doc = guest_doc(sc, "static", "static");

	if (!doc)
		return;
	synth_row(doc, "gup_fast/walk", RESULTS_KERNEL,
		  synth_text("format=%s,design=%s,symbol=gup_fast", sc->format, sc->design),
		  "code_bytes", RESULTS_EXACT, sc->busted ? 2100 : 2200);
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

/* ---- native and static parts ---- */

static void add_native(struct results_run *run)
{
	struct results_doc *doc = synth_doc("native", "native");

	if (!doc)
		return;
	results_pairs_set(&doc->environment, "cpus", "2");
	results_pairs_set(&doc->environment, "load", "0.90 1.50 2.00");
	results_pairs_set(&doc->environment, "hypervisor", "KVM");
	results_pairs_set(&doc->environment, "kernel", "Linux 6.18.0");
	results_pairs_set(&doc->environment, "perf_counters", "not supported here");
	add_reference(doc, "time", RESULTS_SAMPLED, 0.25);
	synth_disciplines(doc);
	synth_host(doc);
	synth_kmap(doc, "time", RESULTS_SAMPLED);
	synth_dax(doc, "time", RESULTS_SAMPLED);
	synth_steps(doc, "format=x86_64-4k-48", "time", RESULTS_SAMPLED);
	synth_split(doc);
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

static void add_ref_static(struct results_run *run)
{
	struct results_doc *doc = synth_doc("ref.static", "static");

	if (!doc)
		return;
	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < 4; j++)
			synth_row(doc, "gup_fast/walk", RESULTS_REF,
				  synth_text("format=%s,design=%s", j == 3 ? "s390x" : formats[j],
					     designs[i]),
				  "code_bytes", RESULTS_EXACT,
				  j == 3 ? 1200 + 64.0 * (double)i : 900 + 100.0 * (double)j);
		for (size_t k = i + 1; k < 4; k++)
			for (size_t j = 0; j < 4; j++)
				add_check(doc, "gup_fast/identical",
					  synth_text("a=%s,b=%s,format=%s", designs[i], designs[k],
						     j == 3 ? "s390x" : formats[j]),
					  j == 3 ? "different" : "identical",
					  j == 3 ? "different" : "identical", true);
	}
	synth_part(run, doc, RESULTS_PASSED, NULL);
}

/* ---- runs ---- */

static void make_complete(struct results_run *run)
{
	for (size_t i = 0; i < 4; i++) {
		add_guest_costs(run, &scenarios[i]);
		add_guest_events(run, &scenarios[i]);
		add_guest_static(run, &scenarios[i]);
	}
	add_native(run);
	add_ref_static(run);
	synth_explored(run, NULL);
}

static void make_timed(struct results_run *run)
{
	make_complete(run);
	add_guest_time(run, &scenarios[0]);
	add_guest_time(run, &scenarios[1]);
}

static void make_holes(struct results_run *run)
{
	struct results_error err = { 0 };
	struct results_doc *doc;

	add_guest_costs(run, &scenarios[0]);
	synth_check(results_run_part(run, "x86_64-forced-rcu.icount-1cpu", NULL, RESULTS_FAILED,
				     "panic: not syncing: no init found", &err),
		    &err);
	synth_check(results_run_part(run, "x86_64-stock.icount-2cpu", NULL, RESULTS_SKIPPED,
				     "qemu-system-x86_64 is not installed", &err),
		    &err);
	synth_check(results_run_part(run, "s390x-stock.icount-1cpu", "s390x-stock.icount-1cpu.json",
				     RESULTS_PASSED, NULL, &err),
		    &err); /* the file does not exist */
	doc = synth_doc("native", "native");
	if (doc) {
		results_pairs_set(&doc->environment, "cpus", "2");
		results_pairs_set(&doc->environment, "load",
				  "1.50 1.00 0.50; other work took the CPU from 3 of 20 rows");
		synth_skip(doc, "table_free/munmap", RESULTS_KERNEL, "tables=1,peer=none",
			   "no rights");
		synth_part(run, doc, RESULTS_PASSED, NULL);
	}
	doc = synth_doc("s390x-static.icount-1cpu", "icount");
	if (doc) {
		add_boundaries(doc, &scenarios[3]);
		add_check(doc, "gup_fast/only",
			  "alias=1,boundary=0x18000000,cross=pud,design=static,format=s390x,levels="
			  "3",
			  "short or wrong", "right", false);
		synth_part(run, doc, RESULTS_FAILED, "gup_fast/only: a busted walk came out right");
	}
}

int synth_run(const char *runs, enum synth_kind kind, const char *trap, char *dir)
{
	struct results_error err = { 0 };
	struct results_run *run;

	failed = 0;
	synth_check(results_run_create(runs,
				       kind == SYNTH_HOSTILE ? "make bench O='<script>`id`{{x}}'"
							     : "make bench",
				       "0000000", &run, &err),
		    &err);
	if (failed)
		return failed;
	snprintf(dir, 512, "%s", run->dir);
	if (kind == SYNTH_COMPLETE)
		make_complete(run);
	else if (kind == SYNTH_TIMED)
		make_timed(run);
	else if (kind == SYNTH_HOLES)
		make_holes(run);
	else if (kind == SYNTH_HOSTILE)
		synth_hostile(run, trap);
	synth_check(results_run_finish(run, kind == SYNTH_COMPLETE || kind == SYNTH_TIMED, &err),
		    &err);
	results_run_free(run);
	return failed;
}
