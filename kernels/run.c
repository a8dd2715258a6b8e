// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs scenarios: reads them, gets their images, makes the initramfs of each architecture, boots
 * what has to be booted and records every part.
 */
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
#include "image.h"
#include "kernels.h"
#include "kvm.h"
#include "part.h"
#include "profile.h"
#include "scenario.h"

#define TIMEOUT 60
#define ONLY_KERNEL "ptbench.only=kernel"

struct job {
	const struct kernels_options *o;
	struct part_context part;
	char **names;
	size_t nr;
	struct scenario **scenarios;
	struct image *images;
	struct qemu_boot *boots;
	size_t nr_boots, max_boots;
	char scratch[PATH_MAX];
	char *qemu_version;
	int error;
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

int kernels_options_init(struct kernels_options *o)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	*o = (struct kernels_options){
		.root = getenv("PTBENCH_ROOT"),
		.build = getenv("PTBENCH_BUILD"),
		.revision = getenv("PTBENCH_REVISION"),
		.timeout = TIMEOUT,
		.jobs = cpus > 0 ? cpus : 1,
	};
	if (!o->build)
		o->build = own_folder();
	if (!o->revision)
		o->revision = "unknown";
	if (o->root)
		return 0;
	fprintf(stderr, "ptbench kernels: set PTBENCH_ROOT to the checkout\n");
	return -EINVAL;
}

/* ---- what to run ---- */

static int read_scenarios(struct job *j)
{
	char *bench[] = { "BENCH" }, dir[PATH_MAX], why[SCENARIO_WHY];
	const struct kernels_options *o = j->o;
	size_t i;
	int ret;

	snprintf(dir, sizeof(dir), "%s/kernels", o->root);
	ret = scenario_names(dir, o->nr_scenarios ? o->scenarios : bench,
			     o->nr_scenarios ? o->nr_scenarios : 1, &j->names, &j->nr, why);
	j->scenarios = calloc(j->nr + 1, sizeof(*j->scenarios));
	j->images = calloc(j->nr + 1, sizeof(*j->images));
	j->max_boots = 3 * j->nr;
	j->boots = calloc(j->max_boots + 1, sizeof(*j->boots));
	if (!ret && (!j->scenarios || !j->images || !j->boots))
		return -ENOMEM;
	for (i = 0; i < j->nr && !ret; i++)
		ret = scenario_read(dir, j->names[i], &j->scenarios[i], why);
	if (ret)
		fprintf(stderr, "ptbench kernels: %s\n", why);
	return ret;
}

/* One archive per architecture, in the scratch folder: "ARCH.cpio", "ARCH-kernel.cpio". */
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
	size_t nr = sizeof(entries) / sizeof(entries[0]) - !reference;
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
	if (ret)
		fprintf(stderr, "ptbench kernels: %s: %s; run make guests\n",
			bad && bad->file ? bad->file : *out, strerror(-ret));
	return ret;
}

static int add_profile(struct job *j, const char *folder, const char *name, struct qemu_boot *b)
{
	char *table, *out;
	int ret = -ENOMEM;

	if (asprintf(&table, "%s/%s.table", j->scratch, name) < 0)
		return ret;
	if (asprintf(&out, "%s/%s.profile", j->part.run->dir, name) >= 0) {
		ret = profile_boot(j->o, folder, table, out, b);
		free(out);
	}
	free(table);
	return ret;
}

static int add_boot(struct job *j, size_t i, enum qemu_mode mode, bool events)
{
	const struct kernels_options *o = j->o;
	struct qemu_boot *b = &j->boots[j->nr_boots];
	bool reference = !events && mode == QEMU_ICOUNT && !j->scenarios[i]->no_reference &&
			 !(o->append && strstr(o->append, ONLY_KERNEL));
	char name[128];
	int ret;

	*b = (struct qemu_boot){
		.scenario = j->scenarios[i],
		.mode = mode,
		.events = events,
		.append = mode == QEMU_KVM ? ONLY_KERNEL : o->append,
		.timeout = o->timeout,
	};
	part_name(b, name);
	j->nr_boots++;
	ret = make_initramfs(j, b->scenario->arch.name, reference, &b->initramfs);
	if (!ret && (asprintf(&b->image, "%s/image", j->images[i].folder) < 0 ||
		     asprintf(&b->console, "%s/%s.console.log", j->part.run->dir, name) < 0 ||
		     asprintf(&b->stream, "%s/%s.stream", j->part.run->dir, name) < 0))
		ret = -ENOMEM;
	return ret || !o->profile ? ret : add_profile(j, j->images[i].folder, name, b);
}

/* A part of its own where KVM works; a skipped one, which says why, where it could have. */
static int add_kvm(struct job *j, size_t i)
{
	char reason[300], name[160];
	int ret;

	if (j->o->no_costs || j->o->profile || !kvm_is_native(j->scenarios[i]->arch.name))
		return 0;
	ret = add_boot(j, i, QEMU_KVM, false);
	if (ret || kvm_usable(&j->boots[j->nr_boots - 1], j->qemu_version, &stopped, reason,
			      sizeof(reason)))
		return ret;
	part_name(&j->boots[j->nr_boots - 1], name);
	j->nr_boots--;
	fprintf(stderr, "%s: KVM not usable: %s\n", name, reason);
	return part_skipped(&j->part, name, reason);
}

static int add_boots(struct job *j)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < j->nr && !ret; i++) {
		if (!j->o->no_costs)
			ret = add_boot(j, i, QEMU_ICOUNT, false);
		if (!ret && !j->o->no_events)
			ret = add_boot(j, i, QEMU_ICOUNT, true);
		if (!ret)
			ret = add_kvm(j, i);
	}
	return ret;
}

/* ---- running it ---- */

static void boot_done(struct qemu_boot *b, void *arg)
{
	struct job *j = arg;
	size_t i;

	for (i = 0; j->scenarios[i] != b->scenario; i++)
		;
	j->error = part_of_boot(&j->part, b, &j->images[i]) ?: j->error;
}

static int run_parts(struct job *j)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < j->nr && !ret; i++)
		if (!j->scenarios[i]->image && !j->o->profile)
			ret = part_of_image(&j->part, j->scenarios[i], &j->images[i]);
	if (ret)
		return 4;
	ret = qemu_run(j->boots, j->nr_boots, j->o->jobs, &stopped, boot_done, j);
	if (ret == -EINTR) {
		fprintf(stderr, "ptbench kernels: interrupted; finished parts are in %s\n",
			j->part.run->dir);
		return KERNELS_INTERRUPTED;
	}
	return j->error || j->part.failed ? 4 : 0;
}

static int make_scratch(struct job *j)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(j->scratch, sizeof(j->scratch), "%s/ptbench-XXXXXX", tmp ? tmp : "/tmp");
	if (mkdtemp(j->scratch))
		return 0;
	fprintf(stderr, "ptbench kernels: %s: %s\n", j->scratch, strerror(errno));
	j->scratch[0] = '\0';
	return -EINVAL;
}

static void clean_up(struct job *j)
{
	size_t i;

	for (i = 0; j->boots && i < j->max_boots; i++) {
		if (j->boots[i].initramfs)
			unlink(j->boots[i].initramfs);
		free(j->boots[i].initramfs);
		free(j->boots[i].image);
		free(j->boots[i].console);
		free(j->boots[i].stream);
		if (j->boots[i].table)
			unlink(j->boots[i].table);
		free(j->boots[i].table);
		free(j->boots[i].plugin);
		free(j->boots[i].profile);
	}
	if (j->scratch[0])
		rmdir(j->scratch);
	for (i = 0; j->scenarios && i < j->nr; i++)
		scenario_free(j->scenarios[i]);
	if (j->images)
		image_free(j->images, j->nr);
	scenario_names_free(j->names, j->nr);
	free(j->scenarios);
	free(j->images);
	free(j->boots);
	free(j->qemu_version);
}

/* Takes a scenario out that has no kernel: its parts are failed, the others go on. */
static int drop_scenario(struct job *j, size_t i)
{
	char name[160], reason[256];
	struct results_error err;
	int ret;

	snprintf(name, sizeof(name), "%s.static", j->names[i]);
	snprintf(reason, sizeof(reason), "its kernel was not built; kernels/build %.100s says why",
		 j->names[i]);
	fprintf(stderr, "%s: FAILED: %s\n", name, reason);
	ret = results_run_part(j->part.run, name, NULL, RESULTS_FAILED, reason, &err);
	if (ret)
		results_error_print(stderr, &err);
	j->part.failed = true;
	scenario_free(j->scenarios[i]);
	free(j->names[i]);
	image_free(&j->images[i], 1);
	j->nr--;
	memmove(j->scenarios + i, j->scenarios + i + 1, (j->nr - i) * sizeof(*j->scenarios));
	memmove(j->names + i, j->names + i + 1, (j->nr - i) * sizeof(*j->names));
	memmove(j->images + i, j->images + i + 1, (j->nr - i) * sizeof(*j->images));
	return ret;
}

/* All at once; when that fails, one by one, to know which of them it was. */
static int build_images(struct job *j)
{
	int ret = image_build(j->o->root, j->names, j->nr, j->images, &stopped);
	size_t i;

	if (stopped || ret == KERNELS_INTERRUPTED)
		return KERNELS_INTERRUPTED;
	if (ret == 2 || !ret)
		return ret;
	image_free(j->images, j->nr);
	for (i = 0; i < j->nr && !stopped;) {
		ret = image_build(j->o->root, &j->names[i], 1, &j->images[i], &stopped);
		if (!ret)
			i++;
		else if (drop_scenario(j, i))
			return 4;
	}
	return stopped ? KERNELS_INTERRUPTED : j->nr ? 0 : 4;
}

static int prepare_and_run(struct job *j)
{
	int ret;

	if (read_scenarios(j) || make_scratch(j))
		return 2;
	ret = build_images(j);
	if (ret)
		return ret;
	j->qemu_version = qemu_version(j->scenarios[0]->arch.qemu);
	if (!j->qemu_version) {
		fprintf(stderr, "ptbench kernels: %s cannot be run; scripts/deps installs it\n",
			j->scenarios[0]->arch.qemu);
		return 2;
	}
	j->part.qemu_version = j->qemu_version;
	return add_boots(j) ? 2 : run_parts(j);
}

int kernels_run(struct results_run *run, const struct kernels_options *o)
{
	struct job j = { .o = o, .part = { .run = run, .revision = o->revision, .profile = o->profile } };
	struct sigaction act = { .sa_handler = on_signal }, old[2];
	int ret;

	stopped = 0;
	sigaction(SIGINT, &act, &old[0]);
	sigaction(SIGTERM, &act, &old[1]);
	ret = prepare_and_run(&j);
	clean_up(&j);
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGTERM, &old[1], NULL);
	return ret;
}
