// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The program: a table of subcommands, and `bench`, which joins every module into one run.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bench/explore.h>
#include <kernels/child.h>
#include <kernels/kernels.h>
#include <report/report.h>
#include <results/explore.h>
#include <results/results.h>

enum { EXIT_FINE = 0, EXIT_USAGE = 2, EXIT_PART_FAILED = 4, EXIT_INTERRUPTED = 130 };

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	interrupted = sig;
}

/* ---- where things are ---- */

/* The folder the program was built into, and the checkout above it. PTBENCH_ROOT overrides. */
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
	/* The build folder may stand anywhere (make O=): the checkout is what it was made from. */
	if (!root || !*root)
		root = PTBENCH_SOURCE;
	if (!realpath(root, root_dir)) {
		fprintf(stderr, "ptbench: %s: %s; set PTBENCH_ROOT to the checkout\n", root,
			strerror(errno));
		return -errno;
	}
	return setenv("PTBENCH_ROOT", root_dir, 1) ? -errno : 0;
}

/*
 * The first line that git says of the checkout, whoever owns it; "" when it says nothing. It may not
 * refresh the index, which `describe --dirty` does.
 */
static const char *ask_git(const char *command, const char *a, const char *b, char *line, int size)
{
	const char *const argv[] = {
		"git", "--no-optional-locks", "-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-C",
		root_dir, command, a, b, NULL,
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
 * The suite's revision, for results and for the children: git's, or "unknown" without git. NULL: the
 * environment says one that no run can have.
 */
static const char *suite_revision(void)
{
	static char rev[640];
	const char *env = getenv("PTBENCH_REVISION"), *dirty;
	char line[512];

	if (env && *env && results_is_revision(env))
		return env;
	if (env && *env) {
		fprintf(stderr, "ptbench: PTBENCH_REVISION=%.200s: is not a revision: "
				RESULTS_REVISION_RULE "; or unset it\n", results_shown(env));
		return NULL;
	}
	dirty = *ask_git("status", "--porcelain", "--untracked-files=no", line, sizeof(line)) ?
			"-dirty" : "";
	snprintf(rev, sizeof(rev), "%s%s",
		 ask_git("describe", "--always", "--abbrev=12", line, sizeof(line)), dirty);
	if (!results_is_revision(rev)) /* a tag of another alphabet: the commit's hash */
		snprintf(rev, sizeof(rev), "%s%s",
			 ask_git("rev-parse", "--short=12", "HEAD", line, sizeof(line)), dirty);
	if (!results_is_revision(rev))
		strcpy(rev, "unknown");
	setenv("PTBENCH_REVISION", rev, 1);
	return rev;
}

/* ---- bench ---- */

/* Runs a program to its end. Its exit status, or 128 + the signal that ended it, or -errno. */
static int run_program(char *const argv[], bool quiet_stdout)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		if (quiet_stdout && !freopen("/dev/null", "w", stdout))
			_exit(127);
		execv(argv[0], argv);
		fprintf(stderr, "ptbench: %s: %s; run make first\n", argv[0], strerror(errno));
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * One part made by build/bench with option=<run>/<name>.json, recorded in the run. Returns an exit
 * status.
 */
static int bench_part(struct results_run *run, const char *name, const char *option)
{
	char file[NAME_MAX], program[PATH_MAX + 8], out[2 * PATH_MAX], reason[128];
	char *argv[] = { program, out, NULL };
	enum results_state state;
	struct results_error err;
	bool there;
	int rc;

	snprintf(file, sizeof(file), "%s.json", name);
	snprintf(program, sizeof(program), "%s/bench", build_dir);
	snprintf(out, sizeof(out), "%s=%s/%s", option, run->dir, file);
	rc = run_program(argv, false);
	there = access(out + strlen(option) + 1, R_OK) == 0;
	if (rc == 0 && there) {
		state = RESULTS_PASSED;
	} else {
		state = RESULTS_FAILED;
		if (rc == EXIT_INTERRUPTED)
			snprintf(reason, sizeof(reason), "interrupted; what was complete is kept");
		else
			snprintf(reason, sizeof(reason), rc ? "build/bench ended with status %d" :
							      "build/bench wrote no result", rc);
		rc = rc == EXIT_INTERRUPTED ? rc : EXIT_PART_FAILED;
	}
	if (results_run_part(run, name, there ? file : NULL, state,
			     state == RESULTS_PASSED ? NULL : reason, &err)) {
		results_error_print(stderr, &err);
		return EXIT_PART_FAILED;
	}
	return rc;
}

static void heading(const char *text)
{
	fprintf(stderr, "\n== %s\n", text);
}

struct bench_options {
	const char *runs;
	bool no_native, no_explore, no_kernels, no_report;
	char **scenarios; /* none: the list BENCH */
	int nr_scenarios;
};

static const char bench_usage[] =
	"usage: ptbench bench [--runs DIR] [--no-native] [--no-explore] [--no-kernels] [--no-report]\n"
	"                     [SCENARIO...]\n"
	"\n"
	"Makes a run: builds the kernels of the scenarios (default: the list BENCH), measures the\n"
	"reference and the host's own kernel, explores the reference's schedules, boots each kernel,\n"
	"and renders the report.\n"
	"\n"
	"  --runs DIR     where the run's folder is made (default: results/runs)\n"
	"  --no-native    leave out the reference and the host's own kernel\n"
	"  --no-explore   leave out the explorer\n"
	"  --no-kernels   build and boot nothing\n"
	"  --no-report    leave out the report\n"
	"\n"
	"KSRC=DIR or KSRC=DIR#REF in the environment names the kernel source; without it, Debian's\n"
	"linux-source-6.12. Ctrl-C keeps every part that is finished and marks the run partial.\n"
	"Exit status: 0 fine, 2 usage, 4 a part failed, 130 interrupted.\n";

static int bench_parse(int argc, char **argv, struct bench_options *o)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--runs") && i + 1 < argc)
			o->runs = argv[++i];
		else if (!strcmp(argv[i], "--no-explore"))
			o->no_explore = true;
		else if (!strcmp(argv[i], "--no-native"))
			o->no_native = true;
		else if (!strcmp(argv[i], "--no-kernels"))
			o->no_kernels = true;
		else if (!strcmp(argv[i], "--no-report"))
			o->no_report = true;
		else {
			fprintf(stderr, "ptbench bench: %s: no such option, or its value is missing\n%s",
				argv[i], bench_usage);
			return -EINVAL;
		}
	}
	o->scenarios = argv + i;
	o->nr_scenarios = argc - i;
	return 0;
}

/*
 * Builds first: it takes longest, and native cases want the machine to themselves. A kernel that
 * does not build is recorded by kernels_run(), which tries again. Its list of folders is for
 * scripts, not for here.
 */
static int bench_build_kernels(const struct bench_options *o)
{
	char verdicts[] = "--verdicts", **argv = calloc((size_t)o->nr_scenarios + 6, sizeof(*argv));
	char script[PATH_MAX + 16];
	int status, i;

	if (!argv)
		return EXIT_PART_FAILED;
	snprintf(script, sizeof(script), "%s/kernels/build", root_dir);
	argv[0] = script;
	argv[1] = verdicts;
	argv[2] = "BENCH";
	for (i = 0; i < o->nr_scenarios; i++)
		argv[2 + i] = o->scenarios[i];
	status = run_program(argv, true);
	free(argv);
	if (status == EXIT_FINE || status == EXIT_USAGE || status == EXIT_INTERRUPTED)
		return status;
	return EXIT_PART_FAILED;
}

static int bench_boot_kernels(struct results_run *run, const struct bench_options *o)
{
	struct kernels_options k;

	if (kernels_options_init(&k))
		return EXIT_USAGE;
	k.scenarios = o->scenarios;
	k.nr_scenarios = (size_t)o->nr_scenarios;
	return kernels_run(run, &k);
}

/* The worst so far: an interruption, else a failure, else what was. */
static int worse(int a, int b)
{
	return a == EXIT_INTERRUPTED || b == EXIT_INTERRUPTED ? EXIT_INTERRUPTED : a > b ? a : b;
}

/* What came of it, in a line. */
static void say_explored(const char *file)
{
	struct results_explore *doc;
	size_t fine = 0;

	if (results_explore_read(file, &doc, NULL))
		return;
	for (size_t i = 0; i < doc->nr_models; i++)
		fine += results_explore_is_fine(doc->models[i].verdict);
	fprintf(stderr, "%zu of %zu models came out as claimed (ptbench show %s)\n", fine,
		doc->nr_models, file);
	results_explore_free(doc);
}

/* Every schedule of the reference, beside the parts: RUN/explore.json. Returns an exit status. */
static int bench_explore(const struct results_run *run)
{
	char program[PATH_MAX + 8], file[2 * PATH_MAX];
	char *argv[] = { program, "explore", "--quiet", "--json", file, NULL };
	int rc;

	heading("Explorer: every schedule of the reference");
	snprintf(program, sizeof(program), "%s/ptbench", build_dir);
	snprintf(file, sizeof(file), "%s/explore.json", run->dir);
	rc = run_program(argv, true);
	say_explored(file);
	if (rc && rc != EXIT_INTERRUPTED)
		fprintf(stderr, "ptbench: explore ended with status %d\n", rc);
	return rc && rc != EXIT_INTERRUPTED ? EXIT_PART_FAILED : rc;
}

static int bench_parts(struct results_run *run, const struct bench_options *o, int status)
{
	if (!o->no_native) {
		heading("Native: the reference and this machine's own kernel");
		status = worse(status, bench_part(run, "ref.static", "--ptbench_static"));
		if (!interrupted)
			status = worse(status, bench_part(run, "native", "--ptbench_out"));
	}
	if (!o->no_explore && !interrupted && status != EXIT_INTERRUPTED)
		status = worse(status, bench_explore(run));
	if (!o->no_kernels && !interrupted && status != EXIT_INTERRUPTED) {
		heading("Kernels: booting each under QEMU");
		status = worse(status, bench_boot_kernels(run, o));
	}
	return status;
}

static int cmd_bench(int argc, char **argv)
{
	struct bench_options o = { 0 };
	struct results_error err;
	struct results_run *run;
	char runs[PATH_MAX + 16], *command;
	const char *dir;
	int status = EXIT_FINE;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return fputs(bench_usage, stdout) < 0 ? EXIT_PART_FAILED : EXIT_FINE;
	if (bench_parse(argc, argv, &o))
		return EXIT_USAGE;
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	results_stdout_outlive_reader();
	if (!o.no_kernels) {
		heading("Kernels: building what is not in the cache");
		status = bench_build_kernels(&o);
		if (status == EXIT_USAGE || status == EXIT_INTERRUPTED || interrupted)
			return interrupted ? EXIT_INTERRUPTED : status;
	}
	snprintf(runs, sizeof(runs), "%s/results/runs", root_dir);
	dir = o.runs ? o.runs : runs;
	command = results_command(argc, argv);
	if (!command || results_run_create(dir, command, suite_revision(), &run, &err)) {
		if (command)
			results_error_print(stderr, &err);
		free(command);
		return EXIT_USAGE;
	}
	free(command);
	status = bench_parts(run, &o, status);
	if (interrupted)
		status = EXIT_INTERRUPTED;
	if (results_run_finish(run, status != EXIT_INTERRUPTED, &err)) {
		results_error_print(stderr, &err);
		status = worse(status, EXIT_PART_FAILED);
	}
	if (!o.no_report && status != EXIT_INTERRUPTED && status != EXIT_USAGE) {
		heading("Report");
		if (report_answers(run->dir, stdout) || report_render(run->dir, NULL))
			status = worse(status, EXIT_PART_FAILED);
		else
			printf("\nreport: %s/report/index.html\n", run->dir);
	}
	printf("run: %s%s\n", run->dir, status == EXIT_INTERRUPTED ? " (partial: interrupted)" : "");
	results_run_free(run);
	return status;
}

/* ---- subcommands ---- */

static const struct {
	const char *name, *summary;
	int (*fn)(int argc, char **argv);
} commands[] = {
	{ "bench", "make a run: reference, host kernel and real kernels, then the report", cmd_bench },
	{ "kernels", "build or boot the kernels of scenarios", kernels_cmd },
	{ "explore", "run the reference under every schedule of simulated CPUs", bench_cmd_explore },
	{ "validate", "check result files and runs against the format", results_cmd_validate },
	{ "show", "print a run or a result file as tables", results_cmd_show },
	{ "compare", "compare runs: rows, checks, parts", results_cmd_compare },
	{ "report", "render a run as a folder of web pages", report_cmd },
};
#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	size_t i;

	fprintf(to, "usage: ptbench SUBCOMMAND [--help] [...]\n\n");
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].summary);
	fprintf(to, "\nExit status: 0 fine, 1 regression, 2 usage or bad input, 3 not comparable, "
		    "4 a part failed.\n");
}

int main(int argc, char **argv)
{
	size_t i;

	results_stdout_check("ptbench");
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return EXIT_FINE;
	}
	if (find_folders() || !suite_revision())
		return EXIT_USAGE;
	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].fn(argc - 1, argv + 1);
	fprintf(stderr, "ptbench: %s: no such subcommand\n", argv[1]);
	usage(stderr);
	return EXIT_USAGE;
}
