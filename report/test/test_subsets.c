// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Renders a hundred random subsets of runs: rows, checks, samples, parts and files dropped, states
 * changed, files cut. Each has to give a report whose pages are well-formed.
 *
 * SEED=N SUBSETS=1 renders the subset of a failed line again. REPORT_RUN=DIR, or else
 * results/runs/latest if it exists, is a real run to take subsets of, beside the synthetic one.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../scripts/tap.h"

#include <results/results.h>

#include "../render/files.h"
#include "../report.h"
#include "html.h"
#include "look.h"
#include "synth.h"

#define MAX_PARTS 64

/* A run whose subsets are rendered. */
struct base {
	struct results_run *run;
	struct results_doc *docs[MAX_PARTS]; /* NULL: the part has none */
	char *explored;			     /* text of explore.json, or NULL */
};

static char temp[64];

/* ---- chance ---- */

static unsigned long long state;

/* splitmix64: the same seed gives the same subset everywhere. */
static unsigned long long draw(void)
{
	unsigned long long z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static bool chance(unsigned percent)
{
	return draw() % 100 < percent;
}

/* Percentages of each kind to drop or change; keep_one: drop all rows but one. */
struct plan {
	unsigned parts, rows, checks, samples, values, states, files;
	bool keep_one, unfinished;
};

static void make_plan(struct plan *p)
{
	static const unsigned often[] = { 0, 0, 10, 50, 90, 99 }, seldom[] = { 0, 0, 0, 10, 40 };

	p->parts = often[draw() % 6];
	p->rows = often[draw() % 6];
	p->checks = often[draw() % 6];
	p->samples = seldom[draw() % 5];
	p->values = seldom[draw() % 5];
	p->states = seldom[draw() % 5];
	p->files = seldom[draw() % 5];
	p->keep_one = chance(15);
	p->unfinished = chance(30);
}

/* ---- subsets ---- */

/* Adds the row with a param or all samples set to an extreme value; results_doc_add() refuses
 * values that the format does not allow. */
static void add_extreme(struct results_doc *to, struct results_measurement m)
{
	static const long long numbers[] = { 0, -1, 1, (1LL << 53) - 1 };
	static const double values[] = { 0, 1e-320, 1, 1e18, 1e308, -5 };
	double *samples = malloc(m.nr_samples * sizeof(*samples)), value = values[draw() % 6];
	struct results_params params = { 0 };
	struct results_error err;
	size_t i;

	if (!samples || results_params_copy(&params, &m.params))
		abort();
	for (i = 0; i < m.nr_samples; i++)
		samples[i] = value;
	if (chance(50))
		m.samples = samples;
	i = params.nr ? draw() % params.nr : 0;
	if (params.nr && !params.v[i].str && chance(50))
		params.v[i].num = numbers[draw() % 4];
	m.params = params;
	results_doc_add(to, &m, &err);
	results_params_free(&params);
	free(samples);
}

static void add_row(struct results_doc *to, const struct results_measurement *from,
		    const struct plan *p)
{
	struct results_measurement m = *from;
	struct results_error err;

	if (m.skipped) {
		results_doc_add_skipped(to, m.case_id, &m.params, m.subject, m.skipped, &err);
		return;
	}
	if (chance(p->samples)) {
		m.nr_samples = 1 + draw() % m.nr_samples;
		m.nr_breakdown = 0;
		m.breakdown = NULL;
	}
	if (chance(p->values))
		add_extreme(to, m);
	else
		results_doc_add(to, &m, &err);
}

static void copy_pairs(struct results_pairs *to, const struct results_pairs *from)
{
	for (size_t i = 0; i < from->nr; i++)
		results_pairs_set(to, from->v[i].key, from->v[i].value);
}

static struct results_doc *doc_subset(const struct results_doc *from, const struct plan *p)
{
	size_t only = from->nr_measurements ? draw() % from->nr_measurements : 0;
	struct results_error err;
	struct results_doc *to;

	if (results_doc_new(from->part, from->mode, &to))
		abort();
	to->command = strdup(from->command);
	copy_pairs(&to->environment, &from->environment);
	copy_pairs(&to->subject, &from->subject);
	if (chance(20))
		to->version = 1;
	for (size_t i = 0; to->version > 1 && i < from->nr_axes; i++)
		if (results_doc_add_axis(to, &from->axes[i], &err))
			abort();
	for (size_t i = 0; i < from->nr_measurements; i++)
		if (p->keep_one ? i == only : !chance(p->rows))
			add_row(to, &from->measurements[i], p);
	for (size_t i = 0; i < from->nr_checks; i++) {
		const struct results_check *c = &from->checks[i];

		if (!chance(p->checks))
			results_doc_add_check(to, c->id, &c->params, c->expect, c->seen,
					      c->ok && !chance(p->states), &err);
	}
	return to;
}

/* Truncates a file, possibly to nothing, as a full disk or a kill may. */
static void cut_file(const char *path)
{
	struct stat st;

	if (chance(30))
		unlink(path);
	else if (stat(path, &st) || truncate(path, (off_t)(draw() % ((size_t)st.st_size + 1))))
		abort();
}

static int part_subset(struct results_run *run, const struct results_part *part,
		       const struct results_doc *from, const struct plan *p)
{
	const char *file = from ? part->file : NULL;
	enum results_state now = part->state;
	struct results_error err = { 0 };
	struct results_doc *doc;
	int ret = 0;

	if (from) {
		doc = doc_subset(from, p);
		ret = results_doc_write(doc, look_path(run->dir, file), &err);
		results_doc_free(doc);
		if (!ret && chance(p->files))
			cut_file(look_path(run->dir, file));
	}
	if (chance(p->states))
		now = draw() % 3;
	if (now == RESULTS_PASSED && !file)
		now = RESULTS_FAILED;
	if (!ret)
		ret = results_run_part(run, part->name, now == RESULTS_SKIPPED ? NULL : file, now,
				       now == RESULTS_PASSED ? NULL : "left out by chance", &err);
	if (ret)
		results_error_print(stderr, &err);
	return ret;
}

static int run_subset(const struct base *b, char *dir)
{
	struct results_error err = { 0 };
	struct results_run *run;
	struct plan p;
	size_t i, one;
	int ret;

	make_plan(&p);
	if (results_run_create(temp, "make bench", "0000000", &run, &err))
		return -EIO;
	snprintf(dir, 512, "%s", run->dir);
	one = draw() % b->run->nr_parts;
	for (i = ret = 0; !ret && i < b->run->nr_parts; i++)
		if (p.keep_one ? i == one : !chance(p.parts))
			ret = part_subset(run, &b->run->parts[i], b->docs[i], &p);
	if (!ret && b->explored && !chance(p.parts)) {
		look_write(look_path(dir, "explore.json"), b->explored);
		if (chance(40))
			cut_file(look_path(dir, "explore.json"));
	}
	if (!ret && !p.unfinished)
		ret = results_run_finish(run, chance(70), &err);
	results_run_free(run);
	return ret;
}

/* ---- checks of the rendering ---- */

static int count_bad_pages(const char *run)
{
	char *out = strdup(look_path(run, "report")); /* look_path() reuses its buffers */
	DIR *d = opendir(out);
	struct dirent *e;
	int nr = 0, bad = 0;
	char why[256], *text;

	while (d && (e = readdir(d))) {
		if (!strstr(e->d_name, ".html"))
			continue;
		nr++;
		text = file_read(look_path(out, e->d_name));
		if (text && !html_problem(text, why, sizeof(why))) {
			free(text);
			continue;
		}
		diag("%s/%s: %s", out, e->d_name, text ? why : "cannot be read");
		bad++;
		free(text);
	}
	if (d)
		closedir(d);
	free(out);
	return nr >= 8 ? bad : 1;
}

static int print_answers(const char *run)
{
	FILE *to = fopen("/dev/null", "w");
	int err = report_answers(run, to);

	fclose(to);
	return err;
}

static void limit_memory(void)
{
#ifndef __SANITIZE_ADDRESS__ /* its shadow memory counts against the limit */
	setrlimit(RLIMIT_DATA, &(struct rlimit){ 4UL << 30, 4UL << 30 });
#endif
}

/* Renders in a child, so that the seed of a crash is printed. */
static int render(const char *run)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int ret, answers;

		alarm(300); /* ends a child that loops; limit_memory() one that allocates */
		limit_memory();
		ret = report_render(run, NULL);
		answers = print_answers(run);
		_exit(ret == answers ? ret : 99);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return status;
}

static void remove_folder(const char *dir)
{
	char command[600];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	if (!getenv("KEEP") && system(command))
		diag("cannot remove %s", dir);
}

/* The exit status that the report has to have: 2 if the run has parts and none can be read. */
static int expected(const char *dir)
{
	struct results_run *run;
	struct results_error err;
	struct results_doc *doc;
	size_t read = 0, nr;
	char path[1200];

	if (results_run_read(dir, &run, &err))
		return 2;
	for (size_t i = 0; i < run->nr_parts; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir,
			 run->parts[i].file ? run->parts[i].file : "");
		if (!run->parts[i].file || results_doc_read(path, &doc, &err))
			continue;
		results_doc_free(doc);
		read++;
	}
	nr = run->nr_parts;
	results_run_free(run);
	return nr && !read ? 2 : 0;
}

static void check_run(const char *run, const char *what)
{
	int status = render(run), bad = 0;
	bool good = status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == expected(run);

	if (good)
		bad = count_bad_pages(run);
	else
		diag("ended with status 0x%x", status);
	good = ok(good && !bad, "%s", what);
	if (good)
		remove_folder(run);
	else
		diag("the run: %s", run);
}

/* ---- bases ---- */

static int read_base(struct base *b, const char *dir)
{
	struct results_error err = { 0 };

	memset(b, 0, sizeof(*b));
	if (results_run_read(dir, &b->run, &err))
		return -1;
	if (b->run->nr_parts > MAX_PARTS)
		b->run->nr_parts = MAX_PARTS;
	for (size_t i = 0; i < b->run->nr_parts; i++)
		if (b->run->parts[i].file &&
		    results_doc_read(look_path(b->run->dir, b->run->parts[i].file), &b->docs[i],
				     &err))
			b->docs[i] = NULL;
	b->explored = file_read(look_path(b->run->dir, "explore.json"));
	return b->run->nr_parts ? 0 : -1;
}

static void free_base(struct base *b)
{
	for (size_t i = 0; b->run && i < b->run->nr_parts; i++)
		results_doc_free(b->docs[i]);
	results_run_free(b->run);
	free(b->explored);
}

/* Renders runs of one row: the first row of each of the part's cases. */
static void test_single_rows(const struct base *b, const char *part)
{
	struct results_error err;
	size_t i, k;

	for (i = 0; i < b->run->nr_parts; i++)
		if (!strcmp(b->run->parts[i].name, part))
			break;
	for (size_t j = 0; i < b->run->nr_parts && j < b->docs[i]->nr_measurements; j++) {
		struct results_doc one = *b->docs[i];
		struct results_run *run;
		char dir[512], what[128];

		for (k = 0; k < j; k++)
			if (!strcmp(one.measurements[k].case_id, one.measurements[j].case_id))
				break;
		if (k < j || results_run_create(temp, "make bench", "0000000", &run, &err))
			continue;
		one.measurements += j;
		one.nr_measurements = 1;
		one.nr_checks = 0;
		snprintf(dir, sizeof(dir), "%s", run->dir);
		snprintf(what, sizeof(what), "a run of one row, %s of %s, renders",
			 one.measurements->case_id, part);
		if (results_doc_write(&one, look_path(dir, b->run->parts[i].file), &err) ||
		    results_run_part(run, part, b->run->parts[i].file, RESULTS_PASSED, NULL, &err))
			ok(false, "%s: cannot be made", what);
		else
			check_run(dir, what);
		results_run_free(run);
	}
}

/* ---- gnuplot: the real one for a tenth, since it takes most of the time ---- */

static void make_stand_in(void)
{
	static const char script[] =
		"#!/bin/sh\n"
		"printf '<svg width=\"1\" height=\"1\" viewBox=\"0 0 1 1\"><desc>stand-in</desc>"
		"<path d=\"M0,0\"/></svg>' > \"${2%.gp}.svg\"\n";
	const char *dir = look_path(temp, "bin");
	const char *path = look_path(dir, "gnuplot");

	if (mkdir(dir, 0777))
		abort();
	look_write(path, script);
	if (chmod(path, 0755))
		abort();
}

static unsigned long long number(const char *name, unsigned long long dflt)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : dflt;
}

static void test_subset(const struct base *bases, unsigned long long seed, const char *real_path)
{
	char dir[512], what[96], path[4096];
	bool real, drawn;
	int err;

	state = seed;
	real = chance(20) && bases[1].run;
	drawn = chance(10);
	snprintf(path, sizeof(path), "%s/bin:%s", temp, real_path);
	setenv("PATH", drawn ? real_path : path, 1);
	err = run_subset(&bases[real], dir);
	snprintf(what, sizeof(what), "SEED=%llu: a subset of the %s run renders%s", seed,
		 real ? "real" : "synthetic", drawn ? ", drawn by gnuplot" : "");
	if (err)
		ok(false, "%s: cannot be made", what);
	else
		check_run(dir, what);
}

int main(void)
{
	unsigned long long seed = number("SEED", (unsigned long long)time(NULL)), nr;
	const char *real = getenv("REPORT_RUN") ? getenv("REPORT_RUN") : "results/runs/latest";
	char *path = strdup(getenv("PATH"));
	struct base bases[2];
	char run[512];

	/* Thousands of files are written and synced: in memory if possible. */
	snprintf(temp, sizeof(temp), "%s/ptbench-subsets-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	if (!path || !mkdtemp(temp))
		return 1;
	make_stand_in();
	if (synth_run(temp, SYNTH_TIMED, temp, run) || read_base(&bases[0], run))
		return 1;
	if (read_base(&bases[1], real))
		diag("no real run at %s: of the synthetic one alone", real);
	nr = number("SUBSETS", 100);
	diag("SEED=%llu SUBSETS=%llu", seed, nr);
	if (!getenv("SUBSETS"))
		test_single_rows(&bases[0], "native");
	for (unsigned long long i = 0; i < nr; i++)
		test_subset(bases, seed + i, path);
	free_base(&bases[0]);
	free_base(&bases[1]);
	free(path);
	remove_folder(temp);
	return tap_done();
}
