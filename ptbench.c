// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The program: a table of subcommands, and `bench`, which joins every module into one run.
 */
#include <array_size.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bench/explore.h>
#include <bench/interleave.h>
#include <bench/parts.h>
#include <bench/processes.h>
#include <bench/program.h>
#include <bench/vocabulary.h>
#include <kernels/boot/child.h>
#include <kernels/kernels.h>
#include <report/report.h>
#include <results/results.h>
#include <results/trend.h>

/* ---- where things are ---- */

/* The folder this program was built into, and the checkout; PTBENCH_ROOT overrides the latter. */
static char build_dir[PATH_MAX], root_dir[PATH_MAX];

static int find_folders(void)
{
	const char *root = getenv("PTBENCH_ROOT");
	ssize_t n = readlink("/proc/self/exe", build_dir, sizeof(build_dir) - 1);
	char self[PATH_MAX];

	if (n < 0)
		return -errno;
	build_dir[n] = '\0';
	snprintf(self, sizeof(self), "%s", build_dir);
	snprintf(build_dir, sizeof(build_dir), "%s", dirname(self));
	/* The build folder may be anywhere (make O=), so the checkout's path is compiled in. */
	if (!root || !*root)
		root = PTBENCH_SOURCE;
	if (!realpath(root, root_dir)) {
		fprintf(stderr, "ptbench: %s: %s; set PTBENCH_ROOT to the checkout\n",
			results_shown(root), strerror(errno));
		return -errno;
	}
	return 0;
}

/*
 * Runs git in the checkout and stores the first line of its output, or "". safe.directory: the
 * checkout may belong to another user. git may not refresh the index, as `describe --dirty` would.
 */
static const char *ask_git(const char *command, const char *a, const char *b, char *line, int size)
{
	const char *const argv[] = {
		"git",	 "--no-optional-locks",
		"-c",	 "safe.directory=*",
		"-c",	 "core.fsmonitor=false",
		"-C",	 root_dir,
		command, a,
		b,	 NULL,
	};
	struct child git;

	line[0] = '\0';
	if (child_start(&git, argv, "", 1, 0))
		return line;
	if (!fgets(line, size, git.out))
		line[0] = '\0';
	child_end(&git);
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/*
 * The suite's revision, for results: git's, or "unknown" without git. NULL: the revision in the
 * environment is malformed.
 */
static const char *suite_revision(void)
{
	static char rev[640];
	const char *env = getenv("PTBENCH_REVISION"), *dirty;
	char line[512];

	if (env && *env && results_is_revision(env))
		return env;
	if (env && *env) {
		fprintf(stderr,
			"ptbench: PTBENCH_REVISION=%.200s: is not a revision: " RESULTS_REVISION_RULE
			"; or unset it\n",
			results_shown(env));
		return NULL;
	}
	dirty = *ask_git("status", "--porcelain", "--untracked-files=no", line, sizeof(line))
			? "-dirty"
			: "";
	snprintf(rev, sizeof(rev), "%s%s",
		 ask_git("describe", "--always", "--abbrev=12", line, sizeof(line)), dirty);
	if (!results_is_revision(rev)) /* a tag with other characters: take the commit's hash */
		snprintf(rev, sizeof(rev), "%s%s",
			 ask_git("rev-parse", "--short=12", "HEAD", line, sizeof(line)), dirty);
	if (!results_is_revision(rev))
		strcpy(rev, "unknown");
	return rev;
}

/* ---- bench ---- */

static void heading(const char *text)
{
	fprintf(stderr, "\n== %s\n", text);
}

struct bench_options {
	const char *runs, *revision;
	bool no_native, no_explore, no_kernels, no_report;
	long processes;	  /* that measure the part native */
	char **scenarios; /* none: the list BENCH */
	int nr_scenarios;
};

/* With so many values a side, one row of 10,000 can be told to have moved (docs/judging.md). */
#define PROCESSES 12

static const char bench_usage[] =
	"usage: ptbench bench [--runs DIR] [--no-native] [--no-explore] [--no-kernels] [--no-report]\n"
	"                     [--processes N] [SCENARIO...]\n"
	"\n"
	"Makes a run: measures the reference's code, explores its schedules, measures the reference and\n"
	"the host's own kernel, and prints the answers that need no other kernel; then builds the kernels\n"
	"of the scenarios (default: the list BENCH), boots each as soon as it is built, prints all answers\n"
	"and renders the report. A scenario, a kernel source or a folder that cannot be used is refused\n"
	"before anything is measured.\n"
	"\n"
	"  --runs DIR     where the run's folder is made (default: results/runs)\n"
	"  --no-native    leave out the reference and the host's own kernel\n"
	"  --no-explore   leave out the explorer\n"
	"  --no-kernels   build and boot nothing\n"
	"  --no-report    leave out answers and report\n"
	"  --processes N  how many processes measure the reference and the host's own kernel, each once,\n"
	"                 one after the other (default: 12): so many values can be judged by statistics.\n"
	"                 1: a single process measures nine times\n"
	"\n"
	"KSRC=DIR or KSRC=DIR#REF in the environment names the kernel source; without it, Debian's\n"
	"linux-source-6.12. MAKE names the make that builds the guests' programs. Ctrl-C, SIGTERM and\n"
	"SIGHUP end what runs, keep what is finished and mark the run partial; while the report of a\n"
	"finished run is drawn, they end the program at once. A signal that is ignored (nohup) stays\n"
	"ignored.\n"
	"Exit status: 0 fine, 2 usage or bad input, 3 nothing failed, but no kernel was booted and\n"
	"--no-kernels was not given, 4 a part failed or not all could be printed, 130 interrupted by one\n"
	"of these signals.\n";

static int bench_parse(int argc, char **argv, struct bench_options *o)
{
	char *end;
	int i;

	o->processes = PROCESSES;
	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--runs") && i + 1 < argc)
			o->runs = argv[++i];
		else if (!strcmp(argv[i], "--processes") && i + 1 < argc) {
			o->processes = strtol(argv[++i], &end, 10);
			if (*end || o->processes < 1 || o->processes > 1000) {
				fprintf(stderr,
					"ptbench bench: --processes %s: must be a number from 1 to 1000\n",
					results_shown(argv[i]));
				return -EINVAL;
			}
		} else if (!strcmp(argv[i], "--no-explore"))
			o->no_explore = true;
		else if (!strcmp(argv[i], "--no-native"))
			o->no_native = true;
		else if (!strcmp(argv[i], "--no-kernels"))
			o->no_kernels = true;
		else if (!strcmp(argv[i], "--no-report"))
			o->no_report = true;
		else {
			fprintf(stderr,
				"ptbench bench: %s: no such option, or its value is missing\n%s",
				results_shown(argv[i]), bench_usage);
			return -EINVAL;
		}
	}
	o->scenarios = argv + i;
	o->nr_scenarios = argc - i;
	return 0;
}

static struct kernels_options kernels_of(const struct bench_options *o)
{
	struct kernels_options k = kernels_options(root_dir, o->revision);

	k.scenarios = o->scenarios;
	k.nr_scenarios = (size_t)o->nr_scenarios;
	return k;
}

/* Checks scenario names, the kernel source and the tools to build it, without building. */
static int bench_check_kernels(const struct bench_options *o)
{
	char check[] = "--check", bench[] = "BENCH", script[PATH_MAX + 16];
	char **argv = calloc((size_t)o->nr_scenarios + 4, sizeof(*argv));
	struct kernels_options k = kernels_of(o);
	struct program_end end;

	if (!argv || kernels_check(&k)) {
		free(argv);
		return EXIT_USAGE;
	}
	snprintf(script, sizeof(script), "%s/kernels/build", root_dir);
	argv[0] = script;
	argv[1] = check;
	argv[2] = bench;
	for (int i = 0; i < o->nr_scenarios; i++)
		argv[2 + i] = o->scenarios[i];
	end = program_run(argv, PROGRAM_OUT_DROPPED, SIGTERM);
	free(argv);
	if (end.error)
		fprintf(stderr, "ptbench bench: %s: %s\n", results_shown(script),
			strerror(-end.error));
	if (program_interrupted() || end.status == EXIT_INTERRUPTED)
		return EXIT_INTERRUPTED;
	return end.error || end.signal || end.status ? EXIT_USAGE : EXIT_FINE;
}

/*
 * Removes the job server from MAKEFLAGS: a make below `make bench` would look for its pipe, which
 * this program did not inherit. The user's other flags (V=1, CC=...) stay.
 */
static void forget_jobs(void)
{
	const char *flags = getenv("MAKEFLAGS");
	char *copy = flags ? strdup(flags) : NULL,
	     *kept = copy ? calloc(1, strlen(copy) + 1) : NULL;
	char *save, *word = kept ? strtok_r(copy, " ", &save) : NULL;

	for (; word; word = strtok_r(NULL, " ", &save)) {
		if (!strncmp(word, "-j", 2) || !strncmp(word, "--jobserver", 11))
			continue;
		if (kept[0])
			strcat(kept, " ");
		strcat(kept, word);
	}
	if (kept)
		setenv("MAKEFLAGS", kept, 1);
	free(kept);
	free(copy);
}

/* "SCENARIOS=name name"; without names on the command line, those of the list BENCH. malloc'ed. */
static char *scenarios_word(const struct bench_options *o)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fputs("SCENARIOS=", f);
	if (!o->nr_scenarios)
		fputs("BENCH", f);
	for (int i = 0; i < o->nr_scenarios; i++)
		fprintf(f, "%s%s", i ? " " : "", o->scenarios[i]);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

/* Builds the guests' programs for every architecture that is booted. */
static int bench_guests(struct results_run *run, const struct kernels_options *k,
			const struct bench_options *o)
{
	char make[] = "make", quiet[] = "--no-print-directory", in[] = "-C", guests[] = "guests";
	const char *env = getenv("MAKE");
	char *program = strdup(env && *env ? env : make);
	char build[PATH_MAX + 8], jobs[24], *scenarios = scenarios_word(o);
	char *argv[] = { program, quiet, jobs, in, root_dir, build, guests, scenarios, NULL };
	char why[256];
	size_t root = strlen(root_dir);
	struct program_end end = { 0 };

	/* O= as in the build of this program: make knows its targets by that relative name. */
	if (!strncmp(k->build, root_dir, root) && k->build[root] == '/')
		snprintf(build, sizeof(build), "O=%s", k->build + root + 1);
	else
		snprintf(build, sizeof(build), "O=%s", k->build);
	snprintf(jobs, sizeof(jobs), "-j%d", k->jobs);
	forget_jobs();
	unsetenv("MAKE"); /* a kernel's make would take it for its own */
	if (!program || !scenarios)
		end.error = -ENOMEM;
	else
		end = program_run(argv, PROGRAM_OUT_TO_STDERR, SIGTERM);
	if (program_interrupted())
		parts_failed(run, "guests", "interrupted before the guests' programs were built");
	else if (end.error || end.signal || end.status) {
		program_end_text(&end, "make guests", why, sizeof(why));
		parts_failed(run, "guests", why);
	}
	free(program);
	free(scenarios);
	return program_interrupted()		       ? EXIT_INTERRUPTED
	       : end.error || end.signal || end.status ? EXIT_PART_FAILED
						       : EXIT_FINE;
}

static int bench_boot_kernels(struct results_run *run, const struct bench_options *o, bool *none)
{
	struct kernels_options k = kernels_of(o);
	int status = bench_guests(run, &k, o);

	if (status == EXIT_FINE)
		status = kernels_run(run, &k);
	*none = status == EXIT_INCONCLUSIVE;
	/* bench_check_kernels() has checked the input: a usage error now is a failed part. */
	if (status == EXIT_USAGE)
		status = parts_failed(run, "kernels",
				      "a scenario, the kernel source or a guest's "
				      "program cannot be used; ptbench kernels run "
				      "says which");
	return status;
}

static bool is_over(int status)
{
	return status == EXIT_INTERRUPTED || program_interrupted();
}

/* Prints the answers that need no kernel: most of those on this machine and the reference. */
static int first_answers(const struct results_run *run, int status)
{
	heading("First answers: without the kernels, which are built and booted now");
	if (report_answers(run->dir, stdout))
		status = parts_worse(status, EXIT_PART_FAILED);
	fflush(stdout);
	return status;
}

/*
 * Parts that need a quiet machine run before the kernels, which take long; the answers so far are
 * printed in between. Nothing runs beside `native`, whose times are published. none: set when
 * kernels were asked for and all were skipped.
 */
static int bench_parts(struct results_run *run, const struct bench_options *o, bool *none)
{
	int status = EXIT_FINE;

	if (!o->no_native) {
		heading("Code: the reference's walkers, design by design");
		status = parts_bench(run, build_dir, "ref.static", "--ptbench_static");
	}
	if (!o->no_explore && !is_over(status)) {
		heading("Explorer: every schedule of the reference");
		status = parts_worse(status, parts_explore(run, build_dir));
	}
	if (!o->no_native && !is_over(status)) {
		heading("Native: the reference and this machine's own kernel");
		status = parts_worse(
			status, o->processes > 1
					? processes_native(run, build_dir, o->processes)
					: parts_bench(run, build_dir, "native", "--ptbench_out"));
	}
	if (o->no_kernels || is_over(status))
		return status;
	if (!o->no_native && !o->no_report)
		status = first_answers(run, status);
	if (is_over(status))
		return status;
	heading("Kernels: building what is not in the cache, booting each under QEMU");
	return parts_worse(status, bench_boot_kernels(run, o, none));
}

static int bench_report(const struct results_run *run, int status)
{
	char page[PATH_MAX + 32];
	int lost;

	heading("Report");
	lost = report_answers(run->dir, stdout); /* if it fails, pages are rendered anyway */
	lost = report_render(run->dir, NULL) || lost;
	/* The page exists even if a figure could not be drawn. */
	snprintf(page, sizeof(page), "%s/report/index.html", run->dir);
	if (!access(page, R_OK))
		printf("\nreport: %s\n", results_shown(page));
	return lost ? parts_worse(status, EXIT_PART_FAILED) : status;
}

static int bench_run(struct results_run *run, const struct bench_options *o)
{
	struct results_error err;
	bool none = false;
	int status = bench_parts(run, o, &none);

	if (program_interrupted())
		status = EXIT_INTERRUPTED;
	if (results_run_finish(run, status != EXIT_INTERRUPTED, &err)) {
		results_error_print(stderr, &err);
		status = parts_worse(status, EXIT_PART_FAILED);
	}
	/* The run is finished; from now on a signal ends this process at once, and the report's. */
	program_release_signals();
	if (!o->no_report && status != EXIT_INTERRUPTED)
		status = bench_report(run, status);
	if (none)
		printf("no kernel was booted: each was skipped (ptbench show says why); exit status %d\n",
		       status);
	printf("run: %s%s\n", results_shown(run->dir),
	       status == EXIT_INTERRUPTED ? " (partial: interrupted)" : "");
	return status;
}

static int cmd_bench(int argc, char **argv)
{
	struct bench_options o = { 0 };
	struct results_error err;
	struct results_run *run;
	char runs[PATH_MAX + 16], *command;
	int status = EXIT_FINE;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return fputs(bench_usage, stdout) < 0 ? EXIT_PART_FAILED : EXIT_FINE;
	if (bench_parse(argc, argv, &o) || find_folders() || !(o.revision = suite_revision()))
		return EXIT_USAGE;
	/* build/bench and ptbench explore record the same revision */
	setenv("PTBENCH_REVISION", o.revision, 1);
	program_catch_signals();
	results_stdout_outlive_reader();
	if (!o.no_kernels)
		status = bench_check_kernels(&o);
	if (status)
		return status;
	snprintf(runs, sizeof(runs), "%s/results/runs", root_dir);
	command = results_command(argc, argv);
	if (!command ||
	    results_run_create(o.runs ? o.runs : runs, command, o.revision, &run, &err)) {
		if (command)
			results_error_print(stderr, &err);
		free(command);
		return EXIT_USAGE;
	}
	free(command);
	status = bench_run(run, &o);
	results_run_free(run);
	return status;
}

/* ---- subcommands ---- */

static int with_policy(int argc, char **argv, int (*fn)(int, char **, const char *))
{
	char policy[PATH_MAX + 32];

	if (find_folders())
		return EXIT_USAGE;
	snprintf(policy, sizeof(policy), "%s/results/policy/default.json", root_dir);
	return fn(argc, argv, policy);
}

static int cmd_gate(int argc, char **argv)
{
	return with_policy(argc, argv, results_cmd_gate);
}

static int cmd_judge(int argc, char **argv)
{
	return with_policy(argc, argv, results_cmd_judge);
}

static int cmd_import(int argc, char **argv)
{
	const char *revision = find_folders() ? NULL : suite_revision();
	char runs[PATH_MAX + 16];

	snprintf(runs, sizeof(runs), "%s/results/runs", root_dir);
	return revision ? results_cmd_import(argc, argv, runs, revision) : EXIT_USAGE;
}

static int cmd_kernels(int argc, char **argv)
{
	const char *revision = find_folders() ? NULL : suite_revision();

	return revision ? kernels_cmd(argc, argv, root_dir, revision) : EXIT_USAGE;
}

static int cmd_interleave(int argc, char **argv)
{
	return find_folders() ? EXIT_USAGE : bench_cmd_interleave(argc, argv, build_dir, root_dir);
}

static int cmd_explore(int argc, char **argv)
{
	const char *revision = find_folders() ? NULL : suite_revision();

	return revision ? bench_cmd_explore(argc, argv, revision) : EXIT_USAGE;
}

static const struct {
	const char *name, *summary;
	int (*fn)(int argc, char **argv);
} commands[] = {
	{ "bench", "make a run: reference, host kernel and real kernels, then the report",
	  cmd_bench },
	{ "kernels", "build or boot the kernels of scenarios", cmd_kernels },
	{ "interleave", "measure two builds of the reference in turn", cmd_interleave },
	{ "explore", "run the reference under every schedule of simulated CPUs", cmd_explore },
	{ "validate", "check result files and runs against the format", results_cmd_validate },
	{ "show", "print a run or a result file as tables", results_cmd_show },
	{ "compare", "compare runs: rows, checks, parts", results_cmd_compare },
	{ "gate", "compare runs, and let pass what a policy lets pass: for CI", cmd_gate },
	{ "baseline", "keep exact rows, and find those of this environment", results_cmd_baseline },
	{ "judge", "count how often the gate is wrong, where the truth is known", cmd_judge },
	{ "export", "print a run in the format of another program", results_cmd_export },
	{ "import", "make a run of what another program measured", cmd_import },
	{ "trend", "show at which of many runs a measured value changed", results_cmd_trend },
	{ "report", "render a run as a folder of web pages", report_cmd },
};

static void usage(FILE *to)
{
	fprintf(to, "usage: ptbench SUBCOMMAND [--help] [...]\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\nExit status: 0 fine, 1 regression, 2 usage or bad input, 3 not comparable, or no kernel "
	      "booted,\n4 a part failed or not all could be printed, 130 interrupted.\n",
	      to);
}

int main(int argc, char **argv)
{
	results_stdout_check("ptbench");
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return EXIT_FINE;
	}
	kernels_set_axes(bench_add_axes);
	kernels_set_history(report_history);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].fn(argc - 1, argv + 1);
	fprintf(stderr, "ptbench: %s: no such subcommand\n", results_shown(argv[1]));
	usage(stderr);
	return EXIT_USAGE;
}
