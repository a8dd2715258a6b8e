// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks, before a run of kernels is made, its scenarios, the kernel source and the tools that
 * build it, the guests' programs, and what a profile needs.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot.h"
#include "child.h"
#include "emulator.h"
#include "../kernels.h"
#include "part.h"
#include "profiled.h"
#include "program.h"
#include "ready.h"
#include "scenario.h"

/* ---- the kernel source, and the tools that build it ---- */

static void exec_check(const struct kernels_options *o)
{
	static char check[] = "--check", bench[] = "BENCH";
	char program[PATH_MAX], **argv = calloc(o->nr_scenarios + 4, sizeof(*argv));

	snprintf(program, sizeof(program), "%s/kernels/build", o->root);
	if (!argv || (o->ksrc && setenv("KSRC", o->ksrc, 1)))
		_exit(EXIT_PART_FAILED);
	argv[0] = program;
	argv[1] = check;
	argv[2] = bench;
	if (o->nr_scenarios)
		memcpy(argv + 2, o->scenarios, o->nr_scenarios * sizeof(*argv));
	dup2(2, 1);
	execv(program, argv);
	fprintf(stderr, "ptbench kernels: %s: %s\n", results_shown(program), strerror(errno));
	_exit(EXIT_USAGE);
}

/* Runs kernels/build --check, which prints what it cannot use. */
static int check_source(const struct kernels_options *o)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = child_fork(0);
	if (!pid)
		exec_check(o);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EINVAL;
}

/* ---- the guests' programs ---- */

static bool is_on_path(const char *name)
{
	const char *path = getenv("PATH");
	char *copy = strdup(path ? path : ""), file[PATH_MAX], *save;
	bool found = false;

	for (char *folder = copy ? strtok_r(copy, ":", &save) : NULL; folder && !found;
	     folder = strtok_r(NULL, ":", &save)) {
		snprintf(file, sizeof(file), "%s/%s", folder, name);
		found = !access(file, X_OK);
	}
	free(copy);
	return found;
}

/* As own_compiler() of kernels/lib.sh: a machine's own compiler may be called just gcc. */
static bool has_compiler(const struct scenario_arch *arch)
{
	const size_t machine = strcspn(arch->cross, "-");
	struct utsname u;
	char name[256];

	snprintf(name, sizeof(name), "%sgcc", arch->cross);
	if (is_on_path(name))
		return true;
	return !uname(&u) && strlen(u.machine) == machine &&
	       !strncmp(u.machine, arch->cross, machine) && is_on_path("gcc");
}

static bool is_missing(char *file, size_t size, const char *build, const char *arch,
		       const char *name)
{
	if (arch)
		snprintf(file, size, "%s/guest-%s/%s", build, arch, name);
	else
		snprintf(file, size, "%s/%s", build, name);
	return access(file, R_OK);
}

bool ready_guest_lacks(const struct kernels_options *o, const struct scenario *s, char *file,
		       size_t size)
{
	const bool reference = !o->no_costs && !o->no_reference && !s->no_reference &&
			       !(o->append && strstr(o->append, "ptbench.only=kernel"));

	return is_missing(file, size, o->build, s->arch.name, "kernels/init") ||
	       is_missing(file, size, o->build, NULL, "guest-fs.ext4") ||
	       (reference && (is_missing(file, size, o->build, s->arch.name, "bench/bench-guest") ||
			      is_missing(file, size, o->build, NULL, "guest-rows")));
}

bool ready_no_compiler(const struct scenario *s, char *why, size_t size)
{
	if (has_compiler(&s->arch))
		return false;
	snprintf(why, size,
		 "there are no programs for guests of %.60s, and %.100sgcc, which compiles "
		 "them, is not found; scripts/deps installs it",
		 s->arch.name, s->arch.cross);
	return true;
}

/* Names the command that makes what all the scenarios need, and not this one's guest alone. */
static void say_make(const struct kernels_options *o, const char *file)
{
	char *names = results_shell_words((int)o->nr_scenarios, (const char *const *)o->scenarios);
	char *set = NULL, *words = NULL;

	if (names && asprintf(&set, "SCENARIOS=%s", *names ? names : "BENCH") < 0)
		set = NULL;
	if (set) {
		const char *const make[] = { "make", "guests", set };

		words = results_shell_words(3, make);
	}
	fprintf(stderr, "ptbench kernels: %s: %s; run %s\n", results_shown(file), strerror(ENOENT),
		words ? results_shown(words) : "make guests");
	free(names);
	free(set);
	free(words);
}

/* Are the guest's programs missing? No error without its QEMU (runs is false) or its compiler:
 * kernels_run() skips the scenario. */
static int check_guest(const struct kernels_options *o, const struct scenario *s, bool runs)
{
	char file[PATH_MAX], why[300];

	if (!runs || !ready_guest_lacks(o, s, file, sizeof(file)) ||
	    ready_no_compiler(s, why, sizeof(why)))
		return 0;
	say_make(o, file);
	return -ENOENT;
}

/* ---- what a profile needs ---- */

/* Has the file a line `.case_id = "CASE"`? */
static bool file_has_case(const char *file, const char *id)
{
	static const char key[] = ".case_id = \"";
	const size_t len = strlen(id);
	char line[1024];
	bool has = false;
	const char *at;
	FILE *f = fopen(file, "re");

	while (f && !has && fgets(line, sizeof(line), f)) {
		at = strstr(line, key);
		has = at && !strncmp(at + strlen(key), id, len) && at[strlen(key) + len] == '"';
	}
	if (f)
		fclose(f);
	return has;
}

/* Looks for the case in the driver's source, with which every kernel of this checkout is built. */
static int check_case_id(const struct kernels_options *o, const char *id)
{
	char folder[PATH_MAX], file[2 * PATH_MAX];
	struct dirent *e;
	bool has = false;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/kernels/driver", o->root);
	dir = opendir(folder);
	while (dir && !has && (e = readdir(dir))) {
		snprintf(file, sizeof(file), "%s/%s", folder, e->d_name);
		has = file_has_case(file, id);
	}
	if (dir)
		closedir(dir);
	if (has)
		return 0;
	fprintf(stderr,
		"ptbench kernels: --case %s: %s measures no such case; ptbench show prints the "
		"cases of a run\n",
		results_shown(id), results_shown(folder));
	return -EINVAL;
}

/* Checks "CASE[:KEY=VALUE,...]". Whether a row has all of these params, only its boot can tell. */
static int check_case(const struct kernels_options *o)
{
	const char *colon = o->profile + strcspn(o->profile, ":");
	struct results_params params = { .nr = 0 };
	char id[304], why[SCENARIO_WHY];
	int ret;

	snprintf(id, sizeof(id), "%.*s", (int)(colon - o->profile), o->profile);
	if (check_case_id(o, id))
		return -EINVAL;
	ret = *colon ? results_params_parse(&params, colon + 1) : 0;
	if (ret)
		snprintf(why, sizeof(why), "%s", strerror(-ret));
	ret = ret ?: part_check_params(id, &params, why);
	if (ret)
		fprintf(stderr, "ptbench kernels: --case %s: %s\n", results_shown(o->profile),
			results_shown(why));
	results_params_free(&params);
	return ret;
}

static int check_profile(const struct kernels_options *o, const struct scenario *s, bool runs)
{
	return runs && (o->profile || o->functions) ? profiled_usable(o, s) : 0;
}

/* ---- a folder for what the guests boot ---- */

int ready_make_scratch(char *path, size_t size)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(path, size, "%s/ptbench-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (mkdtemp(path))
		return 0;
	fprintf(stderr, "ptbench kernels: %s: %s; set TMPDIR to a folder that can be written to\n",
		results_shown(path), strerror(errno));
	path[0] = '\0';
	return -EINVAL;
}

static int check_scratch(void)
{
	char path[PATH_MAX];
	int err = ready_make_scratch(path, sizeof(path));

	return err ?: rmdir(path) ? -errno : 0;
}

/* ---- all of it ---- */

static int check_scenario(const struct kernels_options *o, const struct scenario *s)
{
	struct qemu_boot b = { .scenario = s, .mode = QEMU_ICOUNT, .events = o->no_costs };
	struct emulators emulators = { .nr_qemus = 0 };
	const char *reason;
	int err = 0;

	if (emulator_check(&emulators, &b, &reason) || reason)
		err = check_guest(o, s, !reason) ?: check_profile(o, s, !reason);
	emulators_free(&emulators);
	return err;
}

/* Does check_scenario() have to ask the scenario's QEMU, which takes time? */
static bool is_in_doubt(const struct kernels_options *o, const struct scenario *s)
{
	char file[PATH_MAX];

	return o->profile || o->functions || ready_guest_lacks(o, s, file, sizeof(file));
}

static int check_scenarios(const struct kernels_options *o)
{
	char *bench[] = { "BENCH" }, dir[PATH_MAX], why[SCENARIO_WHY], **names = NULL;
	struct scenario *s = NULL;
	size_t nr = 0;
	int ret;

	snprintf(dir, sizeof(dir), "%s/kernels", o->root);
	ret = scenario_names(dir, o->nr_scenarios ? o->scenarios : bench,
			     o->nr_scenarios ? o->nr_scenarios : 1, &names, &nr, why);
	if (ret)
		fprintf(stderr, "ptbench kernels: %s\n", results_shown(why));
	for (size_t i = 0; i < nr && !ret; i++) {
		ret = scenario_read(dir, names[i], &s, why) ?: part_check_design(dir, s, why);
		if (ret)
			fprintf(stderr, "ptbench kernels: %s\n", results_shown(why));
		else if (is_in_doubt(o, s))
			ret = check_scenario(o, s);
		scenario_free(s);
		s = NULL;
	}
	scenario_names_free(names, nr);
	return ret;
}

int kernels_ready(const struct kernels_options *o)
{
	int err = qemu_check();

	if (!err && o->profile)
		err = check_case(o);
	return err ?: check_scenarios(o) ?: check_scratch() ?: check_source(o);
}
