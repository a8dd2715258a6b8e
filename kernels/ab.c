// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ptbench kernels ab: builds the scenarios from two kernel trees, calls unchanged what has the same
 * hash, runs both sides of the rest, and lets `ptbench compare` and `report` say what came of it.
 *
 * Neither tree is written to: kernels/build copies what is tracked, and gives git a copy of the
 * index.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ab.h"
#include "image.h"
#include "objects.h"
#include "scenario.h"

struct side {
	const char *what;  /* "base" or "head" */
	char *ksrc;	   /* as kernels/build takes it */
	struct image *images;
	struct results_run *run;
	char **changed; /* names that are run; of both sides the same */
};

struct ab {
	const struct ab_options *o;
	char **names;
	size_t nr, nr_changed;
	struct side sides[2];
	char **changed;
};

/* ---- which trees ---- */

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* A folder, FOLDER#REF, or a git ref of the folder that KSRC names; absolute, for the script. */
static char *source_of(const char *option, const char *given)
{
	const char *ksrc = getenv("KSRC"), *ref = strchr(given, '#');
	char *folder, *path, *text = NULL;

	if (!ref && !is_folder(given)) {
		if (!ksrc || !is_folder(ksrc)) {
			fprintf(stderr,
				"ptbench kernels ab: --%s %s: no such folder; give a folder, FOLDER#REF, or "
				"KSRC=FOLDER in the environment and a git ref\n", option, given);
			return NULL;
		}
		ref = given;
		folder = strdup(ksrc);
	} else {
		folder = ref ? strndup(given, ref - given) : strdup(given);
		ref = ref ? ref + 1 : NULL;
	}
	path = folder ? realpath(folder, NULL) : NULL;
	if (!path)
		fprintf(stderr, "ptbench kernels ab: --%s %s: %s\n", option, given, strerror(errno));
	else if (asprintf(&text, "%s%s%s", path, ref ? "#" : "", ref ? ref : "") < 0)
		text = NULL;
	free(folder);
	free(path);
	return text;
}

/* ---- building ---- */

static int build_side(struct ab *ab, struct side *s)
{
	volatile sig_atomic_t no_stop = 0;
	int ret;

	fprintf(stderr, "== %s: %s\n", s->what, s->ksrc);
	if (setenv("KSRC", s->ksrc, 1))
		return 4;
	ret = image_build(ab->o->kernels.root, s->ksrc, ab->names, ab->nr, s->images, &no_stop);
	return ret;
}

/* ---- what is the same ---- */

static const char *info_of(const struct image *image, const char *key)
{
	const char *value = results_pairs_get(&image->info, key);

	return value ? value : "";
}

static bool same_image(const struct image *a, const struct image *b)
{
	const char *hash = info_of(a, "image_sha256");

	return *hash && !strcmp(hash, info_of(b, "image_sha256"));
}

static void sort_out(struct ab *ab)
{
	size_t i;

	for (i = 0; i < ab->nr; i++) {
		const struct image *base = &ab->sides[0].images[i], *head = &ab->sides[1].images[i];

		if (same_image(base, head)) {
			printf("%s: unchanged: the same image, sha256 %.16s\n", ab->names[i],
			       info_of(base, "image_sha256"));
			continue;
		}
		printf("%s: changed: ", ab->names[i]);
		objects_print_difference(stdout, base->folder, head->folder);
		ab->changed[ab->nr_changed++] = ab->names[i];
	}
	fflush(stdout);
}

/* ---- running ---- */

static int record_unchanged(struct ab *ab, struct side *s)
{
	char name[160], reason[160];
	struct results_error err;
	size_t i, c = 0;

	for (i = 0; i < ab->nr; i++) {
		if (c < ab->nr_changed && ab->changed[c] == ab->names[i]) {
			c++;
			continue;
		}
		snprintf(name, sizeof(name), "%.120s.static", ab->names[i]);
		snprintf(reason, sizeof(reason), "unchanged: base and head are the same image, sha256 %s",
			 info_of(&s->images[i], "image_sha256"));
		if (results_run_part(s->run, name, NULL, RESULTS_SKIPPED, reason, &err)) {
			results_error_print(stderr, &err);
			return 4;
		}
	}
	return 0;
}

static int run_side(struct ab *ab, struct side *s)
{
	struct kernels_options k = ab->o->kernels;
	struct results_error err;
	int status;

	if (setenv("KSRC", s->ksrc, 1))
		return 4;
	if (results_run_create(ab->o->runs, ab->o->command, k.revision, &s->run, &err)) {
		results_error_print(stderr, &err);
		return 2;
	}
	fprintf(stderr, "== running %s: %s\n", s->what, s->run->dir);
	k.scenarios = ab->changed;
	k.nr_scenarios = ab->nr_changed;
	status = kernels_run(s->run, &k);
	status = record_unchanged(ab, s) ?: status;
	if (results_run_finish(s->run, status != KERNELS_INTERRUPTED && status != 2, &err)) {
		results_error_print(stderr, &err);
		status = status ? status : 4;
	}
	return status;
}

/* ---- comparing: this program's own subcommands ---- */

static int run_self(const char *const *argv)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		execv("/proc/self/exe", (char *const *)argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

static int compare(const struct ab *ab)
{
	const char *base = ab->sides[0].run->dir, *head = ab->sides[1].run->dir;
	const char *const compare[] = { "ptbench", "compare", "--base", base, head, NULL };
	const char *const report[] = { "ptbench", "report", head, NULL };
	int status = run_self(compare);

	if (!ab->o->no_report && run_self(report))
		status = status ? status : 4;
	printf("base: %s\nhead: %s\n", base, head);
	return status;
}

/* ---- all of it ---- */

static int prepare(struct ab *ab)
{
	static char *bench[] = { "BENCH" };
	const struct kernels_options *k = &ab->o->kernels;
	char dir[PATH_MAX], why[SCENARIO_WHY];
	int i;

	snprintf(dir, sizeof(dir), "%s/kernels", k->root);
	if (scenario_names(dir, k->nr_scenarios ? k->scenarios : bench,
			   k->nr_scenarios ? k->nr_scenarios : 1, &ab->names, &ab->nr, why)) {
		fprintf(stderr, "ptbench kernels: %s\n", why);
		return 2;
	}
	ab->changed = calloc(ab->nr + 1, sizeof(*ab->changed));
	ab->sides[0].ksrc = source_of("base", ab->o->base);
	ab->sides[1].ksrc = ab->sides[0].ksrc ? source_of("head", ab->o->head) : NULL;
	for (i = 0; i < 2; i++) {
		ab->sides[i].images = calloc(ab->nr + 1, sizeof(struct image));
		if (!ab->sides[i].ksrc || !ab->sides[i].images || !ab->changed)
			return 2;
	}
	return 0;
}

static int build_and_run(struct ab *ab)
{
	int i, status, worst = 0;

	for (i = 0; i < 2; i++) {
		status = build_side(ab, &ab->sides[i]);
		if (status)
			return status;
	}
	sort_out(ab);
	if (!ab->nr_changed)
		return 0;
	for (i = 0; i < 2; i++) {
		status = run_side(ab, &ab->sides[i]);
		if (status == 2 || status == KERNELS_INTERRUPTED)
			return status;
		worst = status > worst ? status : worst;
	}
	status = compare(ab);
	return worst ? worst : status;
}

int ab_run(struct ab_options *o)
{
	struct ab ab = { .o = o, .sides = { { .what = "base" }, { .what = "head" } } };
	int i, status = prepare(&ab);

	if (!status)
		status = build_and_run(&ab);
	for (i = 0; i < 2; i++) {
		struct side *s = &ab.sides[i];

		if (s->images)
			image_free(s->images, ab.nr);
		free(s->images);
		free(s->ksrc);
		results_run_free(s->run);
	}
	scenario_names_free(ab.names, ab.nr);
	free(ab.changed);
	return status;
}
