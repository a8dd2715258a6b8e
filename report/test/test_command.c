// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests ptbench report's command line and exit status.
 */
#include <array_size.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../scripts/tap.h"

#include "../report.h"
#include "look.h"
#include "synth.h"

static char temp[] = "/tmp/ptbench-command-XXXXXX";
static char said[65536]; /* stderr of the latest report() */

#define MAX_WORDS 8

/* `ptbench report WORDS` in a child. Returns its exit status, or -1. */
static int report(const char *words)
{
	char text[1024], *argv[MAX_WORDS + 2] = { "report" }, *rest = text, log[64];
	int argc = 1, status;
	FILE *from;
	pid_t pid;

	snprintf(text, sizeof(text), "%s", words);
	snprintf(log, sizeof(log), "%s/stderr", temp);
	while (argc <= MAX_WORDS && (argv[argc] = strsep(&rest, " ")))
		argc += *argv[argc] != '\0';
	argv[argc] = NULL;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY),
		    fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);

		alarm(120);
		dup2(null, 1);
		dup2(fd, 2);
		exit(report_cmd(argc, argv));
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	from = fopen(log, "r");
	said[from ? fread(said, 1, sizeof(said) - 1, from) : 0] = '\0';
	if (from)
		fclose(from);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Wrong arguments: the first line names the error, and the usage follows. */
static void test_usage(void)
{
	static const struct {
		const char *words, *says;
	} wrong[] = {
		{ "", "no run is named" },
		{ "one two", "renders one run, and 2 are named, the second 'two'" },
		{ "one two three", "3 are named" },
		{ "--no-such one", "unrecognized option '--no-such'" },
		{ "-z one", "unrecognized option '-z'" },
		{ "--base", "option '--base' requires an argument" },
		{ "--trend", "option '--trend' requires an argument" },
		{ "-a -o folder one", "--answers writes nothing" },
		{ "--allow gup_fast/walk:instructions one", "--allow names changes since a base" },
		{ "--policy p one", "--policy names changes since a base" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		int status = report(wrong[i].words);
		const char *at = strstr(said, wrong[i].says), *usage = strstr(said, "usage: ");

		ok(status == 2 && at && usage && at < usage, "report %s: %s", wrong[i].words,
		   wrong[i].says);
	}
}

static void test_limit(const char *run)
{
	static const char *const wrong[] = { "x", "1x", "0", "-1", "nan", "inf", "1e9", " " };
	char words[600], want[100];

	snprintf(words, sizeof(words), "-o %s/limit %s", temp, run);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		setenv("PTBENCH_GNUPLOT_SECONDS", wrong[i], 1);
		snprintf(want, sizeof(want), "PTBENCH_GNUPLOT_SECONDS=%s: must be", wrong[i]);
		ok(report(words) == 2 && strstr(said, want) &&
			   access(look_path(temp, "limit"), F_OK) < 0,
		   "PTBENCH_GNUPLOT_SECONDS=%s is an error, and nothing is written", wrong[i]);
	}
	setenv("PTBENCH_GNUPLOT_SECONDS", "59.5", 1);
	ok(report(words) == 0 && !access(look_path(temp, "limit"), F_OK), "59.5 is not");
	unsetenv("PTBENCH_GNUPLOT_SECONDS");
}

/* Each part has a file that is no document. */
static void test_unreadable(void)
{
	char run[512], command[1200], words[600];
	int status;

	if (synth_run(temp, SYNTH_COMPLETE, temp, run))
		abort();
	snprintf(
		command, sizeof(command),
		"cd %s && for f in *.json; do case $f in run.json | native.json | explore.json) ;; "
		"*) echo '{' > $f ;; esac; done",
		run);
	if (system(command))
		abort();
	ok(report(run) == 0, "one part of a run that can be read makes a report");
	snprintf(command, sizeof(command), "rm -r %s/report && echo '{' > %s/native.json", run,
		 run);
	if (system(command))
		abort();
	status = report(run);
	ok(status == 2 &&
		   strstr(said,
			  "none of its 14 parts can be read; the first, native: cannot be read"),
	   "none is an error that says why");
	ok(!access(look_path(run, "report/index.html"), R_OK),
	   "and the pages, which say it of each, are there");
	snprintf(words, sizeof(words), "-a %s", run);
	ok(report(words) == 2 && strstr(said, "none of its 14 parts"), "so it is for the answers");
}

/* The folder holds the run itself, and what the tests before have left. */
static void test_trend(const char *run)
{
	char words[1200];

	snprintf(words, sizeof(words), "--trend %s -o %s/trend %s", temp, temp, run);
	ok(report(words) == 0 && !access(look_path(temp, "trend/trend.html"), R_OK),
	   "--trend adds a page");
	snprintf(words, sizeof(words), "-o %s/trend %s", temp, run);
	ok(report(words) == 0 && access(look_path(temp, "trend/trend.html"), R_OK) < 0,
	   "without it there is none");
	snprintf(words, sizeof(words), "--trend %s/nonesuch -o %s/trend %s", temp, temp, run);
	ok(report(words) == 2 && strstr(said, "nonesuch: cannot be opened"),
	   "a folder that is not there is an error");
}

static void test_help(void)
{
	static const char *const words[] = { "--base",	  "--trend", "--output",
					     "--answers", "--help",  "Exit status: 0",
					     "; 2 ",	  "; 4 ",    "PTBENCH_GNUPLOT_SECONDS" };
	char *argv[] = { "report", "--help", NULL }, text[8192], *line;
	FILE *to = tmpfile();
	int old = dup(1), status;
	size_t i, len;

	fflush(stdout);
	dup2(fileno(to), 1);
	status = report_cmd(2, argv);
	fflush(stdout);
	dup2(old, 1);
	close(old);
	rewind(to);
	text[fread(text, 1, sizeof(text) - 1, to)] = '\0';
	fclose(to);
	ok(status == 0, "--help is fine");
	for (i = 0; i < ARRAY_SIZE(words); i++)
		ok(strstr(text, words[i]) != NULL, "it says %s", words[i]);
	for (i = 0, line = text; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		i = len > i ? len : i;
	}
	ok(i <= 80, "in at most 80 columns (%zu)", i);
}

int main(void)
{
	char run[512], command[64];

	if (!mkdtemp(temp) || synth_run(temp, SYNTH_COMPLETE, temp, run))
		return 1;
	test_help();
	test_usage();
	test_limit(run);
	test_trend(run);
	test_unreadable();
	snprintf(command, sizeof(command), "rm -rf %s", temp);
	if (!getenv("KEEP") && system(command))
		return 1;
	return tap_done();
}
