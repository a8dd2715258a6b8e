// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every param of every row, of the bench and of the kernels' driver, has an axis that knows its
 * value. With --print: prints the values of every axis, "KEY VALUE LABEL" a line. With --run RUNS:
 * makes a run in that folder with a row of every instance of the bench and of every walk's code,
 * all with the same number, and prints its path: test_vocabulary.t looks for them in the report.
 */

#include <array_size.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../cases.h"
#include "../vocabulary.h"

static struct results_doc *doc;
static size_t nr_seen;

static bool knows(const char *case_id, const char *key, const char *value)
{
	const struct results_axis *axis = results_axis_of(doc, key, case_id);

	nr_seen++;
	if (axis && (!value || !axis->nr_values || results_value_of(axis, value)))
		return true;
	diag("%s: bench/words.h or a list of ref/ lacks %s=%s", case_id, key,
	     value ? value : "(number)");
	return false;
}

static int look(struct bench_state *s, void *arg)
{
	char id[64];

	snprintf(id, sizeof(id), "%s/%s", s->c->family, s->c->name);
	for (size_t i = 0; i < s->nr_params; i++)
		if (!knows(id, s->params[i].key, s->params[i].str))
			*(bool *)arg = false;
	return 0;
}

static void test_bench(void)
{
	bool fine = true;

	for (size_t i = 0; bench_table[i]; i++)
		bench_for_each_instance(bench_table[i], look, &fine);
	ok(fine && nr_seen > 1000, "every param of every row of the bench: %zu", nr_seen);
}

/* ---- the driver's tables, read from its sources ---- */

static char *read_file(const char *name)
{
	char path[4200], *text = calloc(1, 1 << 20);
	FILE *f;

	snprintf(path, sizeof(path), "%s/kernels/driver/%s", PTBENCH_SOURCE, name);
	f = fopen(path, "re");
	if (!f || !text || !fread(text, 1, (1 << 20) - 1, f)) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(1);
	}
	fclose(f);
	return text;
}

/* Where values stand in the sources: behind each `before`, up to a quote. */
static const struct {
	const char *file, *before, *key, *case_id;
} literals[] = {
	{ "memory.c", "[PTB_PTE] = \"", "leaf", "gup_fast/walk" },
	{ "memory.c", "[PTB_PTE_FOLIO] = \"", "leaf", "gup_fast/walk" },
	{ "memory.c", "[PTB_CONTPTE] = \"", "leaf", "gup_fast/walk" },
	{ "memory.c", "[PTB_CONTPTE_UNFOLDED] = \"", "leaf", "gup_fast/walk" },
	{ "memory.c", "[PTB_PMD] = \"", "leaf", "gup_fast/walk" },
	{ "memory.c", "[PTB_PUD] = \"", "leaf", "gup_fast/walk" },
	{ "memory.c", "[PTB_ANON] = \"", "mem", "gup_fast/walk" },
	{ "memory.c", "[PTB_SHMEM] = \"", "mem", "gup_fast/walk" },
	{ "memory.c", "[PTB_HUGETLB] = \"", "mem", "gup_fast/walk" },
	{ "memory.c", "[PTB_FILE] = \"", "mem", "gup_fast/walk" },
	{ "memory.c", "[PTB_DAX] = \"", "mem", "gup_fast/walk" },
	{ "peer.c", "[PTB_PEER_NONE] = \"", "peer", "table_free/munmap" },
	{ "peer.c", "[PTB_PEER_IDLE] = \"", "peer", "table_free/munmap" },
	{ "peer.c", "[PTB_PEER_SPIN] = \"", "peer", "table_free/munmap" },
	{ "peer.c", "[PTB_PEER_KERNEL] = \"", "peer", "table_free/munmap" },
	{ "peer.c", "[PTB_PEER_GUP] = \"", "peer", "table_free/munmap" },
	{ "gup.c", "[PTB_STOP_NONE] = \"", "stop", "gup_fast/fallback" },
	{ "gup.c", "[PTB_STOP_ABSENT] = \"", "stop", "gup_fast/fallback" },
	{ "gup.c", "[PTB_STOP_UNFAULTED] = \"", "stop", "gup_fast/fallback" },
	{ "gup.c", "[PTB_STOP_LONGTERM] = \"", "stop", "gup_fast/fallback" },
	{ "rows_gup.c", ".cross = \"", "cross", "gup_fast/walk" },
	{ "rows_gup.c", "WALK_CROSS(\"", "cross", "gup_fast/walk" },
	{ "rows_gup.c", "ONLY(\"", "cross", "gup_fast/only" },
	{ "rows_free.c", ".twin = \"", "twin", "table_free/keep" },
	{ "rows_free.c", "UNSHARE(\"", "sharer", "table_free/unshare" },
	{ "rows_free.c", ".arg = \"", "cached", "table_free/collapse" },
	{ "rows_dax.c", "(PTE, 1, .mem = \"", "mem", "dax/fault" },
	{ "rows_dax.c", "DAX_ROW(.mem = \"", "page", "dax/lock" },
	{ "rows_dax.c", "PTE, \"", "part", "dax/lock" },
	{ "rows_dax.c", "PMD, \"", "part", "dax/lock" },
	{ "rows_kmap.c", ".api = \"", "api", "kmap/pair" },
	{ "rows_kmap.c", "KMAP(\"", "mapped", "kmap/pair" },
	{ "kmap.c", "return \"", "backend", "kmap/pair" },
	{ "kmap.c", "!strcmp(api, \"kmap_local\") ? \"", "backend", "kmap/pair" },
	{ "kmap.c", "\"forced\" : \"", "backend", "kmap/pair" },
};

static void test_literals(void)
{
	bool fine = true;

	for (size_t i = 0; i < ARRAY_SIZE(literals); i++) {
		char *text = read_file(literals[i].file), value[64];
		size_t nr = 0;

		for (char *at = text; (at = strstr(at, literals[i].before)); nr++) {
			at += strlen(literals[i].before);
			snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\""), at);
			fine = knows(literals[i].case_id, literals[i].key, value) && fine;
		}
		if (!nr)
			diag("%s has no %s", literals[i].file, literals[i].before);
		fine = fine && nr;
		free(text);
	}
	ok(fine, "every string of the driver's tables");
}

/* Tests the keys and literal values in calls ptb_param(s, ",key=value,key=%d"). */
static void test_formats_of_params(void)
{
	static const struct {
		const char *file, *case_id;
	} files[] = {
		{ "main.c", "gup_fast/walk" },
		{ "gup.c", "gup_fast/walk" },
		{ "gup_check.c", "gup_fast/only" },
		{ "kmap.c", "kmap/pair" },
		{ "kmap_switch.c", "kmap/switch" },
		{ "dax.c", "dax/lock" },
		{ "table_free.c", "table_free/reuse" },
		{ "table_free_collapse.c", "table_free/collapse" },
		{ "table_free_unshare.c", "table_free/unshare" },
	};
	bool fine = true;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char *text = read_file(files[i].file);

		for (char *at = text; (at = strstr(at, "ptb_param(s, \",")); at++) {
			char list[256], *save;

			snprintf(list, sizeof(list), "%.*s", (int)strcspn(at + 15, "\""), at + 15);
			for (char *word = strtok_r(list, ",", &save); word;
			     word = strtok_r(NULL, ",", &save)) {
				char *value = strchr(word, '=');

				*value++ = '\0';
				fine = knows(files[i].case_id, word,
					     strchr(value, '%') ? NULL : value) &&
				       fine;
			}
		}
		free(text);
	}
	ok(fine, "every key of the driver's params");
}

/* ---- the axes themselves ---- */

static void test_labels(void)
{
	bool fine = true;

	for (size_t a = 0; a < doc->nr_axes; a++)
		for (size_t i = 0; i < doc->axes[a].nr_values; i++)
			for (size_t k = 0; k < i; k++)
				if (!strcmp(doc->axes[a].values[i].label,
					    doc->axes[a].values[k].label)) {
					diag("%s: '%s' twice", doc->axes[a].key,
					     doc->axes[a].values[i].label);
					fine = false;
				}
	ok(fine, "no axis has a label twice");
}

static const char *levels_of(const char *format)
{
	static char text[128];
	const struct results_value *v =
		results_value_of(results_axis_of(doc, "format", "any/any"), format);
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; v && i < v->nr_levels; i++)
		used += snprintf(text + used, sizeof(text) - used, "%s%s %s", i ? ", " : "",
				 v->levels[i].name, results_fold_name(v->levels[i].fold));
	return text;
}

/* Tests some formats' levels against the kernel's headers. */
static void test_levels(void)
{
	static const struct {
		const char *format, *levels;
	} known[] = {
		{ "x86_64-4k-48", "pgd no, p4d compiled, pud no, pmd no, pte no" },
		{ "x86_64-4k-57", "pgd no, p4d no, pud no, pmd no, pte no" },
		{ "x86_64-4k-57-folded", "pgd no, p4d boot, pud no, pmd no, pte no" },
		{ "riscv64-4k-39", "pgd no, p4d boot, pud boot, pmd no, pte no" },
		{ "i386-4k-32", "pgd no, p4d compiled, pud compiled, pmd compiled, pte no" },
		{ "s390x", "pgd mm, p4d mm, pud mm, pmd no, pte no" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!ok(!strcmp(levels_of(known[i].format), known[i].levels), "levels of %s",
			known[i].format))
			diag("have %s", levels_of(known[i].format));
}

static void print_all(void)
{
	for (size_t a = 0; a < doc->nr_axes; a++)
		for (size_t i = 0; i < doc->axes[a].nr_values; i++)
			printf("%s %s %s\n", doc->axes[a].key, doc->axes[a].values[i].value,
			       doc->axes[a].values[i].label);
}

/* ---- a run of every row there is ---- */

static void check(int ret, const struct results_error *err)
{
	if (!ret)
		return;
	results_error_print(stderr, err);
	exit(1);
}

static void add_row(const char *id, enum results_subject subject, const char *params,
		    const char *metric, enum results_kind kind)
{
	struct results_error err = { .reason = "" };
	double samples[31];
	struct results_measurement m = { .case_id = (char *)id,
					 .subject = subject,
					 .kind = kind,
					 .metric = results_metric_find(metric),
					 .nr_ops = 1,
					 .samples = samples,
					 .nr_samples = 31 };

	for (size_t i = 0; i < 31; i++)
		samples[i] = 1000;
	if (results_params_parse(&m.params, params))
		exit(1);
	check(results_doc_add(doc, &m, &err), &err);
	results_params_free(&m.params);
}

static int add_instance(struct bench_state *s, void *arg)
{
	static const enum results_subject subjects[] = {
		[BENCH_REF] = RESULTS_REF,
		[BENCH_KERNEL] = RESULTS_KERNEL,
		[BENCH_LIBURCU] = RESULTS_LIBURCU,
	};
	char id[64], params[512];

	snprintf(id, sizeof(id), "%s/%s", s->c->family, s->c->name);
	bench_params_text(s, params, sizeof(params));
	add_row(id, subjects[bench_subject(s)], params, "time", RESULTS_SAMPLED);
	return 0;
}

static void add_code(void)
{
	const struct results_axis *formats = results_axis_of(doc, "format", "gup_fast/walk");
	const struct results_axis *designs = results_axis_of(doc, "design", "gup_fast/walk");
	char params[512];

	for (size_t f = 0; f < formats->nr_values; f++)
		for (size_t d = 0; d < designs->nr_values; d++) {
			snprintf(params, sizeof(params), "design=%s,format=%s,symbol=all",
				 designs->values[d].value, formats->values[f].value);
			add_row("gup_fast/walk", RESULTS_REF, params, "code_bytes", RESULTS_EXACT);
		}
}

static void write_part(struct results_run *run)
{
	struct results_error err = { .reason = "" };
	char file[128], path[4200];

	snprintf(file, sizeof(file), "%s.json", doc->part);
	snprintf(path, sizeof(path), "%s/%s", run->dir, file);
	doc->command = strdup("test_vocabulary --run");
	results_pairs_set(&doc->environment, "cpus", "64");
	check(results_doc_write(doc, path, &err), &err);
	check(results_run_part(run, doc->part, file, RESULTS_PASSED, NULL, &err), &err);
	results_doc_free(doc);
}

static void make_run(const char *runs)
{
	struct results_error err = { .reason = "" };
	struct results_run *run;

	check(results_run_create(runs, "test_vocabulary --run", "0000000", &run, &err), &err);
	for (size_t i = 0; bench_table[i]; i++)
		bench_for_each_instance(bench_table[i], add_instance, NULL);
	write_part(run);
	if (results_doc_new("ref.static", "static", &doc))
		exit(1);
	check(bench_add_axes(doc, &err), &err);
	add_code();
	write_part(run);
	check(results_run_finish(run, true, &err), &err);
	puts(run->dir);
	results_run_free(run);
}

int main(int argc, char **argv)
{
	struct results_error err = { .reason = "" };

	if (results_doc_new("native", "native", &doc))
		return 1;
	if (bench_add_axes(doc, &err)) {
		results_error_print(stderr, &err);
		return 1;
	}
	if (argc > 1 && !strcmp(argv[1], "--print")) {
		print_all();
		results_doc_free(doc);
		return 0;
	}
	if (argc > 2 && !strcmp(argv[1], "--run")) {
		make_run(argv[2]);
		return 0;
	}
	test_bench();
	test_literals();
	test_formats_of_params();
	test_labels();
	test_levels();
	results_doc_free(doc);
	return tap_done();
}
