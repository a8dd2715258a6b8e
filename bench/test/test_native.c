// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the native runner over a table of rows that go wrong; tests its document and exit status. */

#include <array_size.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <results/results.h>

#include "../../scripts/tap.h"

static char program[PATH_MAX + 32], out[64];
static const char *said = "/dev/null"; /* file for the runner's standard error */

#define OUT "--ptbench_out=" /* and the file */

/* The machine's load must not decide whether these tests pass. */
#define ANY "--ptbench_any_load"

static pid_t start(const char *filter, const char *more, const char *load)
{
	char flag[96], pattern[96];
	pid_t pid;

	snprintf(flag, sizeof(flag), OUT "%s", out);
	snprintf(pattern, sizeof(pattern), "--benchmark_filter=%s", filter);
	unlink(out);
	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	/* Only one test reads the messages about rows that go wrong. */
	if (!freopen(said, "w", stderr))
		_exit(126);
	signal(SIGINT, SIG_DFL); /* a shell ignores SIGINT in its background jobs */
	execl(program, program, flag, pattern, "--benchmark_min_time=0.001", more, load, NULL);
	_exit(127);
}

static int finish(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static struct results_doc *read_back(void)
{
	struct results_error err = { 0 };
	struct results_doc *doc = NULL;

	if (results_doc_read(out, &doc, &err))
		diag("%s: %s: %s", err.file, err.path, err.reason);
	return doc;
}

static const struct results_measurement *find(const struct results_doc *doc, const char *case_id,
					      const char *kind, const char *metric)
{
	for (size_t i = 0; doc && i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];
		const char *k = results_params_str(&m->params, "symbol");

		if (!strcmp(m->case_id, case_id) && !strcmp(k ? k : "", kind) &&
		    (metric ? m->metric && !strcmp(m->metric->name, metric) : !m->metric))
			return m;
	}
	return NULL;
}

static const struct results_check *find_check(const struct results_doc *doc, const char *id,
					      const char *kind)
{
	for (size_t i = 0; doc && i < doc->nr_checks; i++) {
		const char *k = results_params_str(&doc->checks[i].params, "symbol");

		if (!strcmp(doc->checks[i].id, id) && !strcmp(k ? k : "", kind))
			return &doc->checks[i];
	}
	return NULL;
}

static double value(const struct results_measurement *m)
{
	struct results_stat stat;

	if (!m)
		return NAN;
	results_stat(m, &stat);
	return stat.value;
}

static void test_fine(void)
{
	int status = finish(start("good/clock|shim/native|symbol:fine", ANY, NULL));
	struct results_doc *doc = read_back();
	const struct results_measurement *m = find(doc, "good/clock", "", "time");

	ok(status == 0, "rows without a fault: exit status %d", status);
	ok(doc && !strcmp(doc->part, "native") && !strcmp(doc->mode, "native"),
	   "the part is `native`");
	ok(doc && results_axis_of(doc, "format", "gup_fast/walk"), "it says what params mean");
	ok(m && m->kind == RESULTS_SAMPLED && m->nr_samples == 9, "a sample per repetition");
	ok(fabs(value(m) - 100) < 0.1, "a case's own clock is the one that counts: %.1f ns",
	   value(m));
	ok(find(doc, "shim/native", "", "time"), "the library's own loop is a row");
	ok(value(find(doc, "busted/mix", "fine", "time")) > 0,
	   "hooks around batches of limited size");
	ok(value(find(doc, "busted/mix", "fine", "tables_freed")) == 2,
	   "what a case reports beside the time: a total per operation");
	ok(value(find(doc, "busted/mix", "fine", "tables_waiting_peak")) == 7, "a level as it is");
	m = find(doc, "busted/mix", "fine", "instructions");
	ok(m && m->nr_samples == 9 && m->nr_ops == 500 && value(m) == 2468,
	   "where there are counters, instructions are a metric: %.0f", value(m));
	ok(!find(doc, "good/clock", "", "instructions"),
	   "but not of a case with a clock of its own");
	ok(doc && results_pairs_get(&doc->environment, "hypervisor") &&
		   results_pairs_get(&doc->environment, "perf_counters") &&
		   results_pairs_get(&doc->subject, "suite") && doc->command,
	   "it says where and of what");
	results_doc_free(doc);
}

static void test_faults(void)
{
	int status = finish(start("busted", ANY, NULL));
	struct results_doc *doc = read_back();
	const struct results_measurement *m = find(doc, "busted/mix", "setup_skips", NULL);
	const struct results_check *c;

	ok(status == 4, "rows with faults: exit status %d", status);
	ok(m && m->skipped && !strcmp(m->skipped, "not on this machine"),
	   "skipped, with the reason");
	c = find_check(doc, "case/runs", "setup_fails");
	ok(c && !c->ok && strstr(c->seen, "memory"), "a set-up that fails: %s",
	   c ? c->seen : "nothing");
	c = find_check(doc, "case/runs", "run_fails");
	ok(c && !c->ok && !strcmp(c->seen, "wrong result"), "a wrong result: %s",
	   c ? c->seen : "nothing");
	ok(!find(doc, "busted/mix", "run_fails", "time"), "and no number of it");
	c = find_check(doc, "case/runs", "skips_then_fails");
	ok(c && !c->ok && !strcmp(c->seen, "wrong result") &&
		   !find(doc, "busted/mix", "skips_then_fails", NULL),
	   "a repetition that fails wins over one that was skipped: %s", c ? c->seen : "skipped");
	c = find_check(doc, "case/recorded", "unrecordable");
	ok(c && !c->ok && !strcmp(c->expect, "no_such_metric") && c->seen[0],
	   "a number that no document takes: %s", c ? c->seen : "nothing");
	c = find_check(doc, "busted/holds", "");
	ok(c && !c->ok, "a check that does not hold");
	m = find(doc, "busted/mix", "always_disturbed", "time");
	ok(m && m->nr_samples == 9, "where any load is fine, no repetition is thrown away");
	ok(value(find(doc, "busted/check", "", "ipis_sent")) == 3, "counted events, per operation");
	ok(value(find(doc, "busted/check", "", "slots_peak")) == 5, "a counted level, as it is");
	ok(value(find(doc, "busted/mix", "fine", "time")) > 0, "the other rows are there");
	results_doc_free(doc);
}

static bool failed_with(const struct results_doc *doc, const char *id, const char *kind,
			const char *text)
{
	const struct results_check *c = find_check(doc, id, kind);

	diag("%s: %s", kind, c ? c->seen : "nothing");
	return c && !c->ok && strstr(c->seen, text);
}

static void test_too_many(void)
{
	int status = finish(start("busted/count|symbol:too_many", ANY, NULL));
	struct results_doc *doc = read_back();

	ok(status == 4, "more metrics than an instance has room for: exit status %d", status);
	ok(failed_with(doc, "case/runs", "too_many", "busted/mix: no room for metric xxxxxxxx") &&
		   !find(doc, "busted/mix", "too_many", NULL),
	   "set by run(): the row fails, and says which metric of which case");
	ok(failed_with(doc, "case/counts", "", "busted/count: no room for metric xxxxxxxx"),
	   "set by count(): so does the check of the counts");
	results_doc_free(doc);
}

/* The measurement has nr samples of this value: none of them is a 0. */
static bool all_are(const struct results_measurement *m, size_t nr, double want)
{
	struct results_stat stat;

	if (!m)
		return false;
	results_stat(m, &stat);
	diag("%s: %zu samples, %g to %g", m->metric->name, m->nr_samples, stat.min, stat.max);
	return m->nr_samples == nr && stat.min == want && stat.max == want;
}

static void test_lacking(void)
{
	static const char *const metrics[] = { "lock_misses", "lock_retries", "lock_waits" };
	int status = finish(start("busted/sometimes|symbol:lacks", ANY, NULL));
	struct results_doc *doc = read_back();

	ok(status == 4, "repetitions that lack a metric: exit status %d", status);
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		ok(all_are(find(doc, "busted/mix", "lacks_some", metrics[i]), 6, 7),
		   "%s: one in three lacks it: the others are its samples", metrics[i]);
	ok(failed_with(doc, "case/recorded", "lacks_most", "only 3 of 9 repetitions") &&
		   !find(doc, "busted/mix", "lacks_most", "lock_misses") &&
		   find(doc, "busted/mix", "lacks_most", "time"),
	   "two in three lack it: a failed check in its place");
	ok(all_are(find(doc, "busted/sometimes", "", "cpus_interrupted"), 15, 2) &&
		   all_are(find(doc, "busted/sometimes", "", "ipis_sent"), 7, 3),
	   "counted in every second run: a sample of each of those");
	results_doc_free(doc);
}

static void test_disturbed(void)
{
	int status = finish(start("disturbed", NULL, NULL));
	struct results_doc *doc = read_back();
	const struct results_measurement *m = find(doc, "busted/mix", "disturbed", "time");

	ok(status == 0, "disturbed rows are no failure: exit status %d", status);
	if (m)
		ok(m->nr_samples >= 6 && m->discarded >= 1 && m->nr_samples + m->discarded == 9,
		   "disturbed repetitions are thrown away");
	else
		tap_skip("this machine is too busy to disturb a row only now and then");
	m = find(doc, "busted/mix", "always_disturbed", NULL);
	ok(m && m->skipped, "a row without enough others is skipped: %s", m ? m->skipped : "");
	results_doc_free(doc);
}

/* The signal arrives twice, as from the process group and from the parent. */
static void test_interrupt(int sig)
{
	pid_t pid = start("good", "--benchmark_repetitions=900", ANY);
	struct results_doc *doc;
	int status;

	sleep(1);
	kill(pid, sig);
	usleep(1000);
	kill(pid, sig);
	status = finish(pid);
	doc = read_back();
	ok(status == 130, "interrupted by signal %d, twice: exit status %d", sig, status);
	ok(doc != NULL, "what was complete is written");
	for (size_t i = 0; doc && i < doc->nr_measurements; i++)
		if (doc->measurements[i].nr_samples < 6)
			diag("%s has %zu samples", doc->measurements[i].case_id,
			     doc->measurements[i].nr_samples);
	ok(doc && find(doc, "good/clock", "", "time") &&
		   find(doc, "good/clock", "", "time")->nr_samples >= 6 &&
		   find(doc, "good/clock", "", "time")->nr_samples < 900,
	   "as many repetitions as there were, where they are enough for an interval");
	results_doc_free(doc);
}

/* Facts about the progress lines of one count. */
struct told {
	size_t lines, done, total, cases;
	bool monotone, beyond;
};

static void read_line(struct told *t, const char *line, const char *what)
{
	size_t done, total, cases = 0;
	int at = 0;

	if (sscanf(line, "bench: %zu of %zu %n", &done, &total, &at) < 2 || !at)
		return;
	if (strncmp(line + at, what, strlen(what)))
		return;
	sscanf(line + at, "repetitions of %zu cases", &cases);
	t->monotone = t->monotone && done > t->done;
	t->beyond = t->beyond || done > total || (t->lines && total != t->total);
	t->done = done;
	t->total = total;
	t->cases = cases;
	t->lines++;
}

static struct told read_told(const char *file, const char *what)
{
	struct told t = { .monotone = true };
	char line[256];
	FILE *f = fopen(file, "r");

	while (f && fgets(line, sizeof(line), f))
		read_line(&t, line, what);
	if (f)
		fclose(f);
	return t;
}

/* Progress counts skipped and failed rows and the library's own; their repetitions interleave. */
static void test_progress(void)
{
	char file[sizeof(out) + 8];
	struct stat st;
	struct told t;
	int status;

	snprintf(file, sizeof(file), "%s.said", out);
	said = file;
	status = finish(start("good/clock|shim/native|busted/mix", "--ptbench_progress=0", ANY));
	t = read_told(file, "repetitions");
	ok(status == 4 && t.lines > 20, "progress, %zu lines of it", t.lines);
	ok(t.cases == 13 && t.total == 13 * 9, "of %zu cases, %zu repetitions", t.cases, t.total);
	ok(t.monotone && !t.beyond, "each line is further than the one before, and none beyond");
	ok(t.done == t.total, "the last one says that all are done: %zu of %zu", t.done, t.total);
	t = read_told(file, "cases counted");
	ok(t.lines && t.monotone && !t.beyond && t.done == t.total,
	   "so it is of what is counted then");
	status = finish(start("good/clock", "--benchmark_repetitions=7", ANY));
	t = read_told(file, "repetitions");
	ok(!status && t.lines == 1 && t.done == 7 && t.total == 7,
	   "otherwise a line in ten seconds, and the last: %zu of %zu", t.done, t.total);
	status = finish(start("good/clock", "--ptbench_quiet", ANY));
	t = read_told(file, "repetitions");
	ok(!status && !t.lines, "or none");
	ok(!stat(file, &st) && !st.st_size, "and the library says nothing of its own");
	unlink(file);
	said = "/dev/null";
}

/* Has the runner printed a line of progress? */
static bool measured(void)
{
	return read_told(said, "repetitions").lines;
}

static int printed_number(const char *command)
{
	FILE *f = popen(command, "r");
	int n = -1;

	if (f && fscanf(f, "%d", &n) != 1)
		n = -1;
	if (f)
		pclose(f);
	return n;
}

static void test_usage(void)
{
	static const char *const seconds[] = { "--ptbench_progress=x",
					       "--ptbench_progress=", "--ptbench_progress=-1",
					       "--ptbench_progress=1s" };
	char command[sizeof(program) + 96], file[] = "/tmp/ptbench-native-said-XXXXXX";
	int status;

	close(mkstemp(file));
	said = file;

	snprintf(command, sizeof(command),
		 "\"%s\" --benchmark_filter=nothing_of_that_name >/dev/null 2>&1", program);
	status = system(command);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 2,
	   "a filter that matches nothing is refused where the library prints");
	ok(finish(start("good/clock", "--nonsense", NULL)) == 2, "an unknown flag is refused");
	ok(finish(start("nothing_of_that_name", NULL, NULL)) == 2,
	   "a filter that matches nothing, too");
	ok(access(out, F_OK), "and nothing is written");
	snprintf(out, sizeof(out), "/nonexistent/folder/out.json");
	ok(finish(start("good/clock", NULL, NULL)) == 2 && !measured(),
	   "a file that cannot be written is refused before anything is measured");
	said = "/dev/null";
	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++)
		ok(finish(start("good/clock", seconds[i], ANY)) == 2, "%s is refused", seconds[i]);
	snprintf(command, sizeof(command),
		 "\"%s\" --help 2>&1 | grep -c '^  --ptbench_\\|--benchmark_filter=<'", program);
	ok(printed_number(command) == 10, "--help has its own options, and the library's");
	unlink(file);
}

int main(int argc, char **argv)
{
	char *self = realpath(argv[0], NULL);
	int fd;

	snprintf(program, sizeof(program), "%s/bench_busted", self ? dirname(self) : ".");
	free(self);
	snprintf(out, sizeof(out), "/tmp/ptbench-native-XXXXXX");
	fd = mkstemp(out);
	if (fd < 0)
		return 1;
	close(fd);
	test_fine();
	test_faults();
	test_too_many();
	test_lacking();
	test_disturbed();
	test_progress();
	test_interrupt(SIGINT);
	test_interrupt(SIGTERM);
	test_interrupt(SIGHUP);
	unlink(out);
	test_usage();
	return tap_done();
}
