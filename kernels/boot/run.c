// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs scenarios: reads them, checks that this machine can boot them, has their kernels built,
 * makes the initramfs of each architecture, boots each scenario as soon as its kernel is built, and
 * records every part.
 */
#include <array_size.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"
#include "cpio.h"
#include "emulator.h"
#include "image.h"
#include "../kernels.h"
#include "kvm.h"
#include "part.h"
#include "profiled.h"
#include "program.h"
#include "ready.h"
#include "scenario.h"

#define TIMEOUT 60
#define ONLY_KERNEL "ptbench.only=kernel"
#define POLL_MS 10
#define BOOTS 4 /* of a scenario, at most: costs, events, functions, KVM */

struct job {
	const struct kernels_options *o;
	struct part_context part;
	char **names;
	size_t nr;
	struct scenario **scenarios;
	struct image *images;
	struct image_build build;
	char **to_build; /* names of scenarios */
	size_t *which;	 /* for each of to_build: its index in scenarios */
	struct image *built;
	struct emulators emulators;
	struct qemu_boot *boots;
	struct qemu_pool pool;
	char scratch[PATH_MAX];
	int unfit; /* -errno: the suite is not set up to run anything; said on stderr */
	int error; /* -errno: a part could not be recorded; said on stderr */
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	stopped = sig;
}

/* ---- options ---- */

static const char *own_folder(void)
{
	static char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	return dirname(self);
}

struct kernels_options kernels_options(const char *root, const char *revision)
{
	const char *build = getenv("PTBENCH_BUILD");
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return (struct kernels_options){
		.root = root,
		.build = build ? build : own_folder(),
		.revision = revision,
		.jobs = cpus > 0 ? cpus : 1,
	};
}

/* ---- what to run ---- */

static int read_scenarios(struct job *j)
{
	char *bench[] = { "BENCH" }, dir[PATH_MAX], why[SCENARIO_WHY];
	const struct kernels_options *o = j->o;
	int ret;

	snprintf(dir, sizeof(dir), "%s/kernels", o->root);
	ret = scenario_names(dir, o->nr_scenarios ? o->scenarios : bench,
			     o->nr_scenarios ? o->nr_scenarios : 1, &j->names, &j->nr, why);
	j->scenarios = calloc(j->nr + 1, sizeof(*j->scenarios));
	j->images = calloc(j->nr + 1, sizeof(*j->images));
	j->built = calloc(j->nr + 1, sizeof(*j->built));
	j->to_build = calloc(j->nr + 1, sizeof(*j->to_build));
	j->which = calloc(j->nr + 1, sizeof(*j->which));
	j->boots = calloc(BOOTS * j->nr + 1, sizeof(*j->boots));
	if (!ret &&
	    (!j->scenarios || !j->images || !j->built || !j->to_build || !j->which || !j->boots)) {
		ret = -ENOMEM;
		snprintf(why, sizeof(why), "%s", strerror(ENOMEM));
	}
	for (size_t i = 0; i < j->nr && !ret; i++)
		ret = scenario_read(dir, j->names[i], &j->scenarios[i], why)
			      ?: part_check_design(dir, j->scenarios[i], why);
	for (size_t i = 0; i < j->nr && !ret && o->no_reference; i++)
		j->scenarios[i]->no_reference = true;
	if (ret)
		fprintf(stderr, "ptbench kernels: %s\n", results_shown(why));
	return ret;
}

/* Makes an architecture's archive in the scratch folder: "ARCH.cpio", "ARCH-kernel.cpio". */
static int make_initramfs(struct job *j, const char *arch, bool reference, char **out)
{
	char init[PATH_MAX], guest[PATH_MAX], fs[PATH_MAX];
	const struct cpio_entry entries[] = {
		{ .name = "dev", .mode = S_IFDIR | 0755 },
		{ .name = "dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1 },
		{ .name = "fs.ext4", .file = fs, .mode = S_IFREG | 0644 },
		{ .name = "init", .file = init, .mode = S_IFREG | 0755 },
		{ .name = "proc", .mode = S_IFDIR | 0755 },
		{ .name = "bench-guest", .file = guest, .mode = S_IFREG | 0755 },
	};
	size_t nr = ARRAY_SIZE(entries) - !reference;
	const struct cpio_entry *bad;
	int ret;

	snprintf(fs, sizeof(fs), "%s/guest-fs.ext4", j->o->build);
	snprintf(init, sizeof(init), "%s/guest-%s/kernels/init", j->o->build, arch);
	snprintf(guest, sizeof(guest), "%s/guest-%s/bench/bench-guest", j->o->build, arch);
	if (asprintf(out, "%s/%s%s.cpio", j->scratch, arch, reference ? "" : "-kernel") < 0)
		return -ENOMEM;
	if (!access(*out, R_OK))
		return 0;
	ret = cpio_write(*out, entries, nr, &bad);
	if (ret && bad)
		fprintf(stderr, "ptbench kernels: %s: %s; run make guests SCENARIOS=...\n",
			results_shown(bad->file), strerror(-ret));
	else if (ret)
		fprintf(stderr, "ptbench kernels: %s: %s; set TMPDIR to a folder with room\n",
			results_shown(*out), strerror(-ret));
	return ret;
}

static int add_profile(struct job *j, const char *folder, const char *name, struct qemu_boot *b)
{
	char *table, *out;
	int err = -ENOMEM;

	if (asprintf(&table, "%s/%s.table", j->scratch, name) < 0)
		return err;
	if (asprintf(&out, "%s/%s.profile", j->part.run->dir, name) >= 0) {
		err = profiled_boot(j->o, folder, table, out, b);
		free(out);
	}
	free(table);
	return err;
}

/* The boots of a scenario under icount. */
enum kind { COSTS, EVENTS, FUNCTIONS, NR_KINDS };

static struct qemu_boot boot_of(const struct job *j, size_t i, enum qemu_mode mode, enum kind kind)
{
	const char *timeout = j->scenarios[i]->arch.timeout;

	return (struct qemu_boot){
		.scenario = j->scenarios[i],
		.mode = mode,
		.events = kind == EVENTS,
		.functions = kind == FUNCTIONS,
		.append = mode == QEMU_KVM ? ONLY_KERNEL : j->o->append,
		.timeout = j->o->timeout ?: (timeout ? atoi(timeout) : TIMEOUT),
	};
}

static void free_boot(struct qemu_boot *b)
{
	if (b->initramfs)
		unlink(b->initramfs);
	if (b->table)
		unlink(b->table);
	free(b->initramfs);
	free(b->image);
	free(b->console);
	free(b->stream);
	free(b->table);
	free(b->plugin);
	free(b->profile);
	*b = (struct qemu_boot){ .scenario = NULL };
}

static int read_rows(const struct kernels_options *o, struct qemu_boot *b, const char *image)
{
	char *words = qemu_command_line(b);

	if (!words)
		return -ENOMEM;
	rows_read(&b->rows, image, o->build, b->scenario->arch.format, words, b->events);
	free(words);
	return 0;
}

static int add_boot(struct job *j, size_t i, enum qemu_mode mode, enum kind kind)
{
	const struct kernels_options *o = j->o;
	struct qemu_boot *b = &j->boots[j->pool.nr];
	bool reference = kind != EVENTS && mode == QEMU_ICOUNT && !j->scenarios[i]->no_reference &&
			 !(o->append && strstr(o->append, ONLY_KERNEL));
	const char *reason;
	char name[128];
	int err;

	*b = boot_of(j, i, mode, kind);
	b->qemu_version = emulator_check(&j->emulators, b, &reason);
	part_name(b, name);
	err = make_initramfs(j, b->scenario->arch.name, reference, &b->initramfs);
	if (!err && (asprintf(&b->image, "%s/image", j->images[i].folder) < 0 ||
		     asprintf(&b->console, "%s/%s.console.log", j->part.run->dir, name) < 0 ||
		     asprintf(&b->stream, "%s/%s.stream", j->part.run->dir, name) < 0))
		err = -ENOMEM;
	if (!err)
		err = read_rows(o, b, j->images[i].folder);
	if (!err && (o->profile || b->functions))
		err = add_profile(j, j->images[i].folder, name, b);
	if (err)
		free_boot(b); /* the pool does not get an incomplete boot */
	else
		j->pool.nr++;
	return err;
}

/* Adds the boot to the pool, or records it as skipped when this machine's QEMU is too old. */
static int add_or_skip(struct job *j, size_t i, enum kind kind)
{
	struct qemu_boot b = boot_of(j, i, QEMU_ICOUNT, kind);
	const char *reason;
	char name[128];

	b.qemu_version = emulator_check(&j->emulators, &b, &reason);
	reason = emulator_lacks(&b);
	if (!reason)
		return add_boot(j, i, QEMU_ICOUNT, kind);
	part_name(&b, name);
	j->part.nr_boots--;
	return part_skipped(&j->part, name, reason);
}

static bool wanted(const struct job *j, enum kind kind)
{
	switch (kind) {
	case COSTS:
		return !j->o->no_costs;
	case EVENTS:
		return !j->o->no_events;
	default:
		return j->o->functions;
	}
}

static size_t nr_wanted(const struct job *j)
{
	size_t nr = 0;

	for (int kind = 0; kind < NR_KINDS; kind++)
		nr += wanted(j, kind);
	return nr;
}

/* ---- scenarios that cannot be run ---- */

/* Records SCENARIO.static alone, in the place of all parts of the scenario. */
static int no_scenario(struct job *j, size_t i, const char *reason, bool skipped)
{
	char name[160];

	j->part.nr_boots -= nr_wanted(j);
	snprintf(name, sizeof(name), "%.140s.static", j->names[i]);
	return skipped ? part_skipped(&j->part, name, reason) : part_failed(&j->part, name, reason);
}

/* Skips scenarios without QEMU or compiler on this machine; adds the others to to_build. */
static int look_at_machines(struct job *j)
{
	char lacks[300], file[PATH_MAX];
	const char *reason;
	int err = 0;

	j->part.nr_boots = j->nr * nr_wanted(j);
	for (size_t i = 0; i < j->nr && !err && !stopped; i++) {
		struct qemu_boot b = boot_of(j, i, QEMU_ICOUNT, wanted(j, COSTS) ? COSTS : EVENTS);

		if (!emulator_check(&j->emulators, &b, &reason) && !reason)
			return -ENOMEM;
		if (stopped)
			break; /* the signal also ended the QEMU that was asked: no answer */
		if (!reason && ready_guest_lacks(j->o, j->scenarios[i], file, sizeof(file)) &&
		    ready_no_compiler(j->scenarios[i], lacks, sizeof(lacks)))
			reason = lacks;
		if (reason) {
			err = no_scenario(j, i, reason, true);
			continue;
		}
		j->which[j->build.nr] = i;
		j->to_build[j->build.nr++] = j->names[i];
	}
	return err;
}

/* ---- running it ---- */

/* Judges and records boots in the order in which they end; part_sort() puts them in order. */
static void boot_done(struct qemu_boot *b, void *arg)
{
	struct job *j = arg;
	size_t i;

	for (i = 0; j->scenarios[i] != b->scenario; i++)
		;
	j->error = part_of_boot(&j->part, b, &j->images[i]) ?: j->error;
}

/* kernels/build is done with scenario to_build[n]: boots it, or records why it cannot. */
static void image_done(size_t n, void *arg)
{
	struct job *j = arg;
	size_t i = j->which[n];
	struct image *image = &j->images[i];
	int err = 0;

	*image = j->built[n];
	j->built[n] = (struct image){ .folder = NULL };
	if (!image->folder) {
		err = no_scenario(j, i, image->reason ? image->reason : "kernels/build gave up",
				  image->skipped);
	} else {
		scenario_for_release(j->scenarios[i],
				     results_pairs_get(&image->info, "release") ?: "");
		if (!j->scenarios[i]->image && !j->o->profile)
			err = part_of_image(&j->part, j->scenarios[i], image);
		for (int kind = 0; kind < NR_KINDS && !err; kind++)
			if (wanted(j, kind))
				err = add_or_skip(j, i, kind);
	}
	j->unfit = err ? err : j->unfit;
}

/*
 * Boots under icount run beside kernels/build, which does not change their counts. When it fails,
 * the boots that were added still run.
 */
static int build_and_boot(struct job *j)
{
	int building = -EAGAIN;
	bool more = true;

	if (image_build_start(&j->build, j->o->ksrc))
		return EXIT_PART_FAILED;
	while (!stopped && !j->unfit && more) {
		if (building == -EAGAIN)
			building = image_build_poll(&j->build, POLL_MS, image_done, j);
		else
			usleep(POLL_MS * 1000);
		if (building == EXIT_USAGE || building == EXIT_INTERRUPTED)
			break;
		more = qemu_pool_step(&j->pool) || building == -EAGAIN;
	}
	image_build_stop(&j->build);
	if (stopped || building == EXIT_INTERRUPTED)
		return EXIT_INTERRUPTED;
	return j->unfit ? EXIT_USAGE : building;
}

/* Boots the images that the caller gave. */
static int boot_given(struct job *j)
{
	for (size_t n = 0; n < j->build.nr; n++) {
		if (image_open(&j->built[n], j->names[j->which[n]],
			       j->o->images[j->which[n]].folder))
			return EXIT_PART_FAILED;
		image_done(n, j);
	}
	while (!stopped && !j->unfit && qemu_pool_step(&j->pool))
		usleep(POLL_MS * 1000);
	return stopped ? EXIT_INTERRUPTED : j->unfit ? EXIT_USAGE : EXIT_FINE;
}

/*
 * Boots the scenario under KVM, or records that part as skipped, with the reason. One at a time,
 * when all other boots have ended: a boot under KVM measures time.
 */
static int run_kvm(struct job *j, size_t i)
{
	char reason[300], name[160];
	struct qemu_boot *b;
	int err;

	err = add_boot(j, i, QEMU_KVM, COSTS);
	if (err)
		return err;
	b = &j->boots[--j->pool.nr]; /* qemu_run() runs it, and not the pool */
	part_name(b, name);
	if (!kvm_usable(b, b->qemu_version, &stopped, reason, sizeof(reason)))
		return stopped ? 0 : part_skipped(&j->part, name, reason);
	j->part.nr_boots++;
	qemu_run(b, 1, 1, &stopped, boot_done, j);
	return 0;
}

static int run_all_kvm(struct job *j)
{
	int ret = 0;

	if (j->o->no_costs || j->o->no_times || j->o->profile)
		return 0;
	for (size_t i = 0; i < j->nr && !ret && !stopped; i++) {
		if (!j->images[i].folder || !kvm_is_native(j->scenarios[i]->arch.name))
			continue;
		ret = run_kvm(j, i);
		free_boot(&j->boots[j->pool.nr]);
	}
	return stopped ? EXIT_INTERRUPTED : ret ? EXIT_PART_FAILED : EXIT_FINE;
}

static void clean_up(struct job *j)
{
	for (size_t i = 0; i < j->pool.nr; i++)
		free_boot(&j->boots[i]);
	if (j->scratch[0])
		rmdir(j->scratch);
	for (size_t i = 0; j->scenarios && i < j->nr; i++)
		scenario_free(j->scenarios[i]);
	if (j->images)
		image_free(j->images, j->nr);
	if (j->built)
		image_free(j->built, j->nr);
	emulators_free(&j->emulators);
	scenario_names_free(j->names, j->nr);
	free(j->scenarios);
	free(j->images);
	free(j->built);
	free(j->to_build);
	free(j->which);
	free(j->boots);
}

/* The exit status of a run that was not interrupted. Not 0 when every part was skipped. */
static int judged(const struct job *j)
{
	if (j->error || j->part.failed)
		return EXIT_PART_FAILED;
	if (j->part.booted)
		return EXIT_FINE;
	fprintf(stderr,
		"ptbench kernels: no kernel was booted: every part was skipped, for the reasons "
		"above\n");
	return EXIT_INCONCLUSIVE;
}

static int run_all(struct job *j)
{
	int ret;

	if (read_scenarios(j) || ready_make_scratch(j->scratch, sizeof(j->scratch)))
		return EXIT_USAGE;
	if (look_at_machines(j))
		return stopped ? EXIT_INTERRUPTED : EXIT_PART_FAILED;
	j->pool = (struct qemu_pool){
		.boots = j->boots,
		.jobs = j->o->jobs,
		.done = boot_done,
		.arg = j,
	};
	j->build.root = j->o->root;
	j->build.names = j->to_build;
	j->build.images = j->built;
	ret = j->o->images ? boot_given(j) : build_and_boot(j);
	qemu_pool_end(&j->pool);
	ret = ret ? ret : run_all_kvm(j);
	part_sort(&j->part, j->names, j->nr);
	if (ret == EXIT_INTERRUPTED)
		fprintf(stderr, "ptbench kernels: interrupted; finished parts are in %s\n",
			results_shown(j->part.run->dir));
	return ret ? ret : judged(j);
}

/* Raises the signal again for a caller that has its own handler: it may have more to end. */
static void tell_caller(const struct sigaction *theirs)
{
	if (stopped && theirs->sa_handler != SIG_DFL && theirs->sa_handler != SIG_IGN)
		raise(stopped);
}

/* A stand-in, which is for tests only, must not be taken for QEMU, nor one QEMU for another. */
static void say_qemu(void)
{
	const char *stand_in = qemu_stand_in(), *folder = qemu_folder();

	if (folder)
		fprintf(stderr, "PTBENCH_QEMU is set: QEMU is the one in %s\n",
			results_shown(folder));
	if (stand_in)
		fprintf(stderr, "PTBENCH_QEMU is set: %s stands in for QEMU\n",
			results_shown(stand_in));
}

int kernels_run(struct results_run *run, const struct kernels_options *o)
{
	struct job j = { .o = o,
			 .part = { .run = run,
				   .revision = o->revision,
				   .root = o->root,
				   .ksrc = o->ksrc,
				   .stopped = &stopped,
				   .profile = o->profile,
				   .build = getenv("PTBENCH_BUILD") } };
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = on_signal }, old[3];
	int err;

	stopped = 0;
	say_qemu();
	for (int i = 0; i < 3; i++) {
		sigaction(signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN) /* nohup has SIGHUP ignored */
			sigaction(signals[i], &act, NULL);
	}
	err = run_all(&j);
	clean_up(&j);
	for (int i = 0; i < 3; i++)
		sigaction(signals[i], &old[i], NULL);
	for (int i = 0; i < 3; i++)
		if (stopped == signals[i])
			tell_caller(&old[i]);
	return err;
}

/* Called before a run is made: a mistyped scenario must make no run that "latest" would name. */
int kernels_check(const struct kernels_options *o)
{
	struct job j = { .o = o };
	int err = qemu_check() ?: read_scenarios(&j);

	clean_up(&j);
	return err;
}

int kernels_run_in(const char *runs, const struct kernels_options *o, struct results_run **run)
{
	struct results_error err;
	char folder[PATH_MAX];
	int status;

	*run = NULL;
	if (kernels_ready(o))
		return EXIT_USAGE;
	snprintf(folder, sizeof(folder), "%s/results/runs", o->root);
	if (results_run_create(runs ? runs : folder, o->command, o->revision, run, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	status = kernels_run(*run, o);
	if (results_run_finish(*run, status != EXIT_INTERRUPTED && status != EXIT_USAGE, &err)) {
		results_error_print(stderr, &err);
		status = status ? status : EXIT_PART_FAILED;
	}
	return status;
}
