// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RUNS/measured/HASH names the run of an image; the file "measured" in that run's folder has the
 * whole key: the image's hash, the command lines, QEMU, the guests' programs, the scenario's files,
 * and which boots and rows were asked for. Both are written when the run is whole. A key that is
 * not the same to the byte, or a run that is gone, is a run that was not made.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array_size.h>

#include "../boot/boot.h"
#include "../boot/scenario.h"
#include "measured.h"

#define KEY_FILE "measured"
#define MAX_KEY 65536

/* ---- the key ---- */

#define FNV_START 0xcbf29ce484222325ULL

/* Fowler, Noll and Vo's hash 1a of 64 bits. */
static uint64_t fnv(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ p[i]) * 0x100000001b3ULL;
	return hash;
}

/* Adds a file's content: two sums, for one that is to be believed alone has too few bits. */
static void put_file(FILE *key, const char *file)
{
	FILE *f = fopen(file, "re");
	bool there = f;
	uint64_t hash = FNV_START, other = ~FNV_START;
	char text[65536];
	size_t n, size = 0;

	while (f && (n = fread(text, 1, sizeof(text), f))) {
		hash = fnv(hash, text, n);
		other = fnv(other, text, n);
		size += n;
	}
	if (f)
		fclose(f);
	fprintf(key, "file %s %zu %016" PRIx64 "%016" PRIx64 "\n", there ? file : "-", size, hash,
		other);
}

static void put_files(FILE *key, const struct kernels_options *o, const struct scenario *s)
{
	const char *arch = s->arch.name;
	char *name;

#define PUT(...)                                                                                   \
	do {                                                                                       \
		if (asprintf(&name, __VA_ARGS__) >= 0) {                                           \
			put_file(key, name);                                                       \
			free(name);                                                                \
		}                                                                                  \
	} while (0)
	PUT("/proc/self/exe");
	PUT("%s/kernels/scenarios/%s", o->root, s->name);
	PUT("%s/kernels/arch/%s.arch", o->root, arch);
	PUT("%s/kernels/arch/%s.expect", o->root, arch);
	PUT("%s/kernels/common.expect", o->root);
	PUT("%s/guest-fs.ext4", o->build);
	PUT("%s/guest-%s/kernels/init", o->build, arch);
	PUT("%s/guest-rows", o->build);
	PUT("%s/kernels/profile.so", o->build);
#undef PUT
}

/* Adds what QEMU and the kernel are told in a boot. */
static int put_boot(FILE *key, struct measuring *m, const struct scenario *s, bool events)
{
	struct qemu_boot b = {
		.scenario = s, .mode = QEMU_ICOUNT, .events = events, .append = m->kernels.append
	};
	char *words = qemu_command_line(&b), *options = qemu_options(&b);
	const char *reason, *version = emulator_check(&m->emulators, &b, &reason);

	fprintf(key, "boot %s\nqemu %s\noptions %s\n", words ? words : "",
		version	 ? version
		: reason ? reason
			 : "",
		options ? options : "");
	free(options);
	free(words);
	return words && options ? 0 : -ENOMEM;
}

/* malloc'ed; NULL: the scenario cannot be read (said on stderr), or no memory. */
static char *key_of(struct measuring *m, const char *scenario, const struct image *image,
		    enum measured_what what)
{
	const struct kernels_options *o = &m->kernels;
	char dir[PATH_MAX], why[SCENARIO_WHY], *text = NULL;
	struct scenario *s;
	size_t size;
	FILE *key;
	int err;

	snprintf(dir, sizeof(dir), "%s/kernels", o->root);
	if (scenario_read(dir, scenario, &s, why)) {
		fprintf(stderr, "ptbench kernels: %s\n", results_shown(why));
		return NULL;
	}
	scenario_for_release(s, results_pairs_get(&image->info, "release") ?: "");
	key = open_memstream(&text, &size);
	err = key ? 0 : -ENOMEM;
	if (key) {
		fprintf(key, "ptbench-measured 1\nscenario %s\nimage %s\nwhat %s%s%s\n", scenario,
			results_pairs_get(&image->info, "image_sha256") ?: "",
			what == MEASURED_ROWS ? "rows" : "functions",
			o->no_costs ? ", no costs" : "", o->no_events ? ", no events" : "");
		put_files(key, o, s);
		err = put_boot(key, m, s, false) ?: put_boot(key, m, s, true);
		if (fclose(key) || size > MAX_KEY)
			err = -ENOMEM;
	}
	scenario_free(s);
	if (err) {
		free(text);
		text = NULL;
	}
	return text;
}

static char *index_of(const struct measuring *m, const char *key)
{
	char *path;

	if (asprintf(&path, "%s/measured/%016" PRIx64, m->runs, fnv(FNV_START, key, strlen(key))) <
	    0)
		return NULL;
	return path;
}

/* ---- what was measured before ---- */

/* The file's content, less a newline at the end; malloc'ed; NULL: it cannot be read. */
static char *read_text(const char *path)
{
	char *text = malloc(MAX_KEY + 2);
	FILE *f = text ? fopen(path, "re") : NULL;
	size_t n = 0;

	if (f) {
		n = fread(text, 1, MAX_KEY + 1, f);
		text[n] = '\0';
		fclose(f);
	}
	if (f && n <= MAX_KEY && strlen(text) == n)
		return text;
	free(text);
	return NULL;
}

/* Is the folder's run whole, with every document that it names? */
static bool is_whole(const char *dir)
{
	struct results_run *run;
	struct results_error err;
	bool whole;

	if (results_run_read(dir, &run, &err))
		return false;
	whole = run->complete;
	for (size_t i = 0; i < run->nr_parts && whole; i++) {
		char *file = NULL;

		whole = run->parts[i].state != RESULTS_FAILED;
		if (whole && run->parts[i].file &&
		    asprintf(&file, "%s/%s", dir, run->parts[i].file) >= 0) {
			whole = !access(file, R_OK);
			free(file);
		}
	}
	results_run_free(run);
	return whole;
}

/* The folder of the run with this key; malloc'ed; NULL: there is none. */
static char *find(const struct measuring *m, const char *key)
{
	char *path = index_of(m, key), *name = path ? read_text(path) : NULL, *dir = NULL;
	char *file = NULL, *seen = NULL;

	if (name)
		name[strcspn(name, "\n")] = '\0';
	if (name && *name && *name != '.' && !strchr(name, '/') &&
	    asprintf(&dir, "%s/%s", m->runs, name) < 0)
		dir = NULL;
	if (dir && asprintf(&file, "%s/" KEY_FILE, dir) >= 0) {
		seen = read_text(file);
		free(file);
	}
	if (!seen || strcmp(seen, key) || !is_whole(dir)) {
		free(dir);
		dir = NULL;
	}
	free(seen);
	free(name);
	free(path);
	return dir;
}

/* Writes a file by way of a temporary name. */
static int write_text(const char *path, const char *text)
{
	char *tmp;
	FILE *f;
	int err = 0;

	if (asprintf(&tmp, "%s.%d", path, (int)getpid()) < 0)
		return -ENOMEM;
	f = fopen(tmp, "we");
	if (!f)
		err = -errno;
	if (f && fputs(text, f) < 0)
		err = -errno;
	if (f && fclose(f) && !err)
		err = -errno;
	if (!err && rename(tmp, path))
		err = -errno;
	if (err && f)
		unlink(tmp);
	free(tmp);
	return err;
}

/* Remembers the run. A failure costs the next command a boot, and no more. */
static void keep(const struct measuring *m, const char *key, const char *dir)
{
	char *path = index_of(m, key), *file = NULL, *folder = NULL;
	const char *name = strrchr(dir, '/');
	int err = -ENOMEM;

	if (path && asprintf(&file, "%s/" KEY_FILE, dir) >= 0) {
		err = write_text(file, key);
		free(file);
	}
	if (!err && asprintf(&folder, "%s/measured", m->runs) >= 0) {
		if (mkdir(folder, 0777) && errno != EEXIST)
			err = -errno;
		free(folder);
	}
	if (!err)
		err = write_text(path, name ? name + 1 : dir);
	if (err)
		fprintf(stderr,
			"ptbench kernels: %s: %s; this kernel will be booted again the next time\n",
			results_shown(path ? path : m->runs), strerror(-err));
	free(path);
}

/* ---- measuring ---- */

char *measured_source(const struct measuring *m, const struct commit *c)
{
	char *text;

	return asprintf(&text, "%s#%s", m->folder, c->id) < 0 ? NULL : text;
}

static int boot(struct measuring *m, const char *ksrc, const char *scenario,
		const struct image *image, enum measured_what what, char **dir)
{
	struct kernels_options k = m->kernels;
	char *names[] = { (char *)scenario };
	struct results_run *run;
	struct results_error err;
	int status;

	k.scenarios = names;
	k.nr_scenarios = 1;
	k.images = image;
	k.ksrc = ksrc;
	k.no_times = true;
	k.no_reference = true; /* no commit changes its code */
	if (what == MEASURED_FUNCTIONS)
		k.no_costs = k.no_events = k.functions = true;
	if (results_run_create(m->runs, m->command, k.revision, &run, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	status = kernels_run(run, &k);
	if (results_run_finish(run, status != EXIT_INTERRUPTED && status != EXIT_USAGE, &err)) {
		results_error_print(stderr, &err);
		status = status ? status : EXIT_PART_FAILED;
	}
	if (status != EXIT_INTERRUPTED && status != EXIT_USAGE) {
		*dir = strdup(run->dir);
		status = *dir ? status : EXIT_USAGE;
	}
	results_run_free(run);
	return status;
}

int measured_run(struct measuring *m, const struct commit *c, const char *scenario,
		 const struct image *image, enum measured_what what, char **dir)
{
	char *key = key_of(m, scenario, image, what), *ksrc = measured_source(m, c);
	int status = EXIT_USAGE;

	*dir = key && ksrc ? find(m, key) : NULL;
	if (*dir) {
		m->nr_found += what == MEASURED_ROWS;
		status = 0;
	} else if (key && ksrc) {
		status = boot(m, ksrc, scenario, image, what, dir);
		m->nr_run += what == MEASURED_ROWS;
		if (!status)
			keep(m, key, *dir);
	}
	free(ksrc);
	free(key);
	return status;
}

char *measured_reason(const char *dir)
{
	struct results_run *run;
	struct results_error err;
	const struct results_part *found = NULL;
	char *text = NULL;

	if (results_run_read(dir, &run, &err))
		return strdup(err.reason);
	for (size_t i = 0; i < run->nr_parts; i++) {
		const struct results_part *p = &run->parts[i];

		if (p->state == RESULTS_FAILED && (!found || found->state != RESULTS_FAILED))
			found = p;
		else if (p->state == RESULTS_SKIPPED && !found)
			found = p;
	}
	if (found && asprintf(&text, "%s: %s", found->name, found->reason) < 0)
		text = NULL;
	results_run_free(run);
	return text;
}

bool measured_booted(const char *dir)
{
	struct results_run *run;
	struct results_error err;
	bool booted = false;

	if (results_run_read(dir, &run, &err))
		return false;
	for (size_t i = 0; i < run->nr_parts; i++) {
		const char *kind = strrchr(run->parts[i].name, '.');

		booted |= run->parts[i].file && kind && strcmp(kind, ".static");
	}
	results_run_free(run);
	return booted;
}

/* ---- building ---- */

int measured_build_start(struct measuring *m, struct image_build *b, const struct commit *c,
			 char *const *names, size_t nr, struct image *images)
{
	char *ksrc = measured_source(m, c);
	int err;

	*b = (struct image_build){
		.root = m->kernels.root,
		.names = names,
		.nr = nr,
		.images = images,
		.follow = true,
	};
	err = ksrc ? image_build_start(b, ksrc) : -ENOMEM;
	free(ksrc);
	return err;
}

int measured_build_poll(struct measuring *m, struct image_build *b, int ms)
{
	int ret = image_build_poll(b, ms, NULL, NULL);

	if (*m->stopped) {
		image_build_stop(b);
		return EXIT_INTERRUPTED;
	}
	if (ret == -EAGAIN || ret == EXIT_INTERRUPTED)
		return ret;
	for (size_t i = 0; i < b->nr; i++) {
		struct image *image = &b->images[i];

		if (!image->folder && !image->reason) {
			image->reason =
				strdup("kernels/build refuses this commit; its output says why");
			if (!image->reason)
				return EXIT_PART_FAILED;
		}
	}
	return 0;
}
