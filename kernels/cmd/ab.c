// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ptbench kernels ab: builds the scenarios from two kernel trees, calls a scenario unchanged whose
 * images have the same hash, runs both sides of the others, and prints the verdicts of
 * results_compare() and `ptbench report`.
 *
 * Neither tree is written to: kernels/build copies the tracked files, and gives git a copy of the
 * index.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ab.h"
#include "../boot/image.h"
#include "../boot/objects.h"
#include "../boot/profiled.h"
#include "../profile/profile.h"
#include "../boot/scenario.h"
#include "self.h"

#define VERDICT_FILE "compared.txt" /* in the folder of the head's run */

struct side {
	const char *what;     /* "base" or "head" */
	char *ksrc;	      /* as kernels/build takes it */
	struct image *images; /* one for each of names */
	struct image *chosen; /* one for each of changed */
	struct results_run *run;
};

enum { BASE, HEAD };

struct ab {
	const struct ab_options *o;
	char **names;
	size_t nr;
	char **changed; /* the scenarios that are run: their images differ */
	size_t nr_changed;
	struct side sides[2];
	bool failed;	     /* a kernel could not be built */
	size_t nr_same;	     /* the same image on both sides */
	size_t nr_one_sided; /* skipped on one side alone */
	bool none_booted;    /* of one side or both */
	char *verdict_file;
	FILE *verdict;			     /* NULL: there are no runs to compare */
	struct results_comparison *compared; /* of the two runs, or NULL */
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	stopped = sig;
}

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
				"KSRC=FOLDER in the environment and a git ref\n",
				option, results_shown(given));
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
		fprintf(stderr, "ptbench kernels ab: --%s %s: %s\n", option, results_shown(given),
			strerror(errno));
	else if (asprintf(&text, "%s%s%s", path, ref ? "#" : "", ref ? ref : "") < 0)
		text = NULL;
	free(folder);
	free(path);
	return text;
}

/* ---- building ---- */

static int build_side(struct ab *ab, struct side *s)
{
	int ret;

	fprintf(stderr, "== building %s: %s\n", s->what, results_shown(s->ksrc));
	ret = image_build(ab->o->kernels.root, s->ksrc, ab->names, ab->nr, s->images, &stopped);
	for (size_t i = 0; i < ab->nr && ret == EXIT_PART_FAILED; i++)
		if (!s->images[i].folder && !s->images[i].reason)
			return EXIT_PART_FAILED;
	return ret == EXIT_PART_FAILED ? EXIT_FINE : ret;
}

/* ---- what is the same ---- */

static const char *info_of(const struct image *image, const char *key)
{
	const char *value = results_pairs_get(&image->info, key);

	return value ? value : "";
}

static bool is_built(const struct ab *ab, size_t i)
{
	return ab->sides[BASE].images[i].folder && ab->sides[HEAD].images[i].folder;
}

static bool is_same(const struct ab *ab, size_t i)
{
	const char *base = info_of(&ab->sides[BASE].images[i], "image_sha256");

	return *base && !strcmp(base, info_of(&ab->sides[HEAD].images[i], "image_sha256"));
}

static void say_unbuilt(struct ab *ab, size_t i)
{
	for (int s = BASE; s <= HEAD; s++) {
		const struct image *image = &ab->sides[s].images[i];

		if (image->folder)
			continue;
		printf("%s: %s %s: %s\n", results_shown(ab->names[i]), ab->sides[s].what,
		       image->skipped ? "skipped" : "FAILED", results_shown(image->reason));
		ab->failed = ab->failed || !image->skipped;
	}
	ab->nr_one_sided += ab->sides[BASE].images[i].folder || ab->sides[HEAD].images[i].folder;
}

/* Prints for every scenario if it is unbuilt, unchanged or changed; collects changed. */
static void sort_out(struct ab *ab)
{
	const struct image *base = ab->sides[BASE].images, *head = ab->sides[HEAD].images;

	for (size_t i = 0; i < ab->nr; i++) {
		if (!is_built(ab, i)) {
			say_unbuilt(ab, i);
		} else if (is_same(ab, i)) {
			printf("%s: unchanged: the same image, sha256 %s\n",
			       results_shown(ab->names[i]),
			       results_shown(info_of(&base[i], "image_sha256")));
			ab->nr_same++;
		} else {
			printf("%s: changed: ", results_shown(ab->names[i]));
			objects_print_difference(stdout, base[i].folder, head[i].folder);
			ab->sides[BASE].chosen[ab->nr_changed] = base[i];
			ab->sides[HEAD].chosen[ab->nr_changed] = head[i];
			ab->changed[ab->nr_changed++] = ab->names[i];
		}
	}
	fflush(stdout);
}

/* ---- running ---- */

/* Records SCENARIO.static, with the reason, for each scenario that is not run. */
static int record_not_run(struct ab *ab, struct side *s)
{
	char name[160], reason[600];
	struct results_error err;

	for (size_t i = 0; i < ab->nr; i++) {
		const struct image *image = &s->images[i];
		bool failed = !image->folder && !image->skipped;

		if (is_built(ab, i) && !is_same(ab, i))
			continue;
		snprintf(name, sizeof(name), "%.140s.static", ab->names[i]);
		if (image->folder)
			snprintf(
				reason, sizeof(reason),
				is_built(ab, i)
					? "unchanged: base and head are the same image, sha256 %s"
					: "the other side has no kernel to compare this one with (sha256 %s)",
				info_of(image, "image_sha256"));
		else
			snprintf(reason, sizeof(reason), "%s", image->reason);
		if (results_run_part(s->run, name, NULL, failed ? RESULTS_FAILED : RESULTS_SKIPPED,
				     reason, &err)) {
			results_error_print(stderr, &err);
			return EXIT_PART_FAILED;
		}
	}
	return 0;
}

static int run_in(const struct kernels_options *k, const char *runs, const char *command,
		  struct results_run **run)
{
	struct results_error err;
	int status;

	if (results_run_create(runs, command, k->revision, run, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	status = kernels_run(*run, k);
	if (results_run_finish(*run, status != EXIT_INTERRUPTED && status != EXIT_USAGE, &err)) {
		results_error_print(stderr, &err);
		status = status ? status : EXIT_PART_FAILED;
	}
	return status;
}

static int run_side(struct ab *ab, struct side *s)
{
	struct kernels_options k = ab->o->kernels;
	int status, recorded;

	fprintf(stderr, "== running %s\n", s->what);
	k.scenarios = ab->changed;
	k.nr_scenarios = ab->nr_changed;
	k.images = s->chosen;
	status = run_in(&k, ab->o->runs, ab->o->command, &s->run);
	if (status == EXIT_INCONCLUSIVE) {
		ab->none_booted = true; /* code bytes may be compared all the same */
		status = 0;
	}
	recorded = s->run ? record_not_run(ab, s) : 0;
	return status ? status : recorded;
}

/* ---- where the difference is: the row that changed most, by symbol ---- */

static struct results_doc *costs_of(const struct side *s, const char *scenario)
{
	struct results_doc *doc = NULL;
	struct results_error err;
	char file[PATH_MAX];

	snprintf(file, sizeof(file), "%s/%s.icount-1cpu.json", s->run->dir, scenario);
	return access(file, R_OK) || results_doc_read(file, &doc, &err) ? NULL : doc;
}

/* Boots the scenario of one side again, with the plugin that counts by function. */
static struct results_doc *profile_side(struct ab *ab, struct side *s, size_t i, const char *row)
{
	struct kernels_options k = ab->o->kernels;
	struct results_doc *doc = NULL;
	char words[600], runs[PATH_MAX];
	struct side profiled = *s;

	k.scenarios = &ab->changed[i];
	k.nr_scenarios = 1;
	k.images = &s->chosen[i];
	k.profile = row;
	k.no_events = true;
	profiled_words(words, sizeof(words), row);
	k.append = words;
	snprintf(runs, sizeof(runs), "%s/profile", s->run->dir);
	profiled.run = NULL;
	if (!run_in(&k, runs, ab->o->command, &profiled.run))
		doc = costs_of(&profiled, ab->changed[i]);
	results_run_free(profiled.run);
	return doc;
}

static void explain(struct ab *ab, size_t i)
{
	char *row = ab->compared ? ab_most_changed(ab->compared, ab->changed[i]) : NULL;
	struct results_doc *base, *head;

	if (!row)
		return;
	fprintf(stderr, "== %s: where the instructions went, %s\n", results_shown(ab->changed[i]),
		results_shown(row));
	base = profile_side(ab, &ab->sides[BASE], i, row);
	head = base && !stopped ? profile_side(ab, &ab->sides[HEAD], i, row) : NULL;
	if (head) {
		printf("\n%s: the row that changed most, by function:\n",
		       results_shown(ab->changed[i]));
		profile_print(stdout, head, base);
	}
	results_doc_free(base);
	results_doc_free(head);
	free(row);
}

/* ---- comparing ---- */

/* Runs ptbench report --allow ... --base BASE HEAD. */
static int run_report(const struct ab *ab, FILE *out)
{
	const char **argv = calloc(8 + 2 * ab->o->nr_allow, sizeof(*argv));
	size_t n = 0;
	int status;

	if (!argv)
		return EXIT_PART_FAILED;
	argv[n++] = "ptbench";
	argv[n++] = "report";
	for (size_t i = 0; i < ab->o->nr_allow; i++) {
		argv[n++] = "--allow";
		argv[n++] = ab->o->allow[i];
	}
	if (ab->o->policy) {
		argv[n++] = "--policy";
		argv[n++] = ab->o->policy;
	}
	argv[n++] = "--base";
	argv[n++] = ab->sides[BASE].run->dir;
	argv[n++] = ab->sides[HEAD].run->dir;
	status = self_run(argv, out, &stopped);
	free(argv);
	self_print(out);
	return status;
}

/* Opens the file for the verdict, in the folder of head's run: stdout may have no reader. */
static int open_verdict(struct ab *ab)
{
	int fd;

	if (asprintf(&ab->verdict_file, "%s/" VERDICT_FILE, ab->sides[HEAD].run->dir) < 0) {
		ab->verdict_file = NULL;
		return EXIT_PART_FAILED;
	}
	fd = open(ab->verdict_file, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
		  0666);
	ab->verdict = fd < 0 ? NULL : fdopen(fd, "a+");
	if (ab->verdict)
		return 0;
	fprintf(stderr, "ptbench kernels ab: %s: %s; the folder of the run has to be writable\n",
		results_shown(ab->verdict_file), strerror(errno));
	return EXIT_PART_FAILED;
}

static int close_verdict(struct ab *ab, int status)
{
	bool lost = ab->verdict && ferror(ab->verdict);

	if (!ab->verdict || (!fclose(ab->verdict) && !lost))
		return status;
	fprintf(stderr, "ptbench kernels ab: %s: %s; the comparison in it is not whole\n",
		results_shown(ab->verdict_file), strerror(errno));
	return status ? status : EXIT_PART_FAILED;
}

/* Prints to stdout and, if there is one, to the verdict's file. */
__attribute__((format(printf, 2, 3))) static void conclusion(const struct ab *ab, const char *fmt,
							     ...)
{
	va_list args;

	for (int i = 0; i < 2; i++) {
		FILE *to = i ? ab->verdict : stdout;

		va_start(args, fmt);
		if (to)
			vfprintf(to, fmt, args);
		va_end(args);
	}
}

static int render(const struct ab *ab)
{
	FILE *out = tmpfile();
	int status = out ? run_report(ab, out) : EXIT_PART_FAILED;

	if (out)
		fclose(out);
	return status;
}

static int compare(struct ab *ab)
{
	const struct results_compare_options options = {
		.allowed = ab->o->allow,
		.nr_allowed = ab->o->nr_allow,
		.policy = ab->o->policy,
	};
	int status = open_verdict(ab);

	if (status)
		return status;
	status = ab_judge(ab->verdict, ab->sides[BASE].run->dir, ab->sides[HEAD].run->dir, &options,
			  &ab->compared);
	self_print(ab->verdict);
	for (size_t i = 0; i < ab->nr_changed && !ab->o->kernels.no_costs && !stopped; i++)
		explain(ab, i);
	if (!ab->o->no_report && !stopped && render(ab))
		status = status ? status : EXIT_PART_FAILED;
	printf("\nbase: %s\nhead: %s\n", results_shown(ab->sides[BASE].run->dir),
	       results_shown(ab->sides[HEAD].run->dir));
	printf("compared: %s\n", results_shown(ab->verdict_file));
	return stopped ? EXIT_INTERRUPTED : status;
}

/* ---- all of it ---- */

static int read_names(struct ab *ab)
{
	static char *bench[] = { "BENCH" };
	const struct kernels_options *k = &ab->o->kernels;
	char dir[PATH_MAX], why[SCENARIO_WHY];

	snprintf(dir, sizeof(dir), "%s/kernels", k->root);
	if (!scenario_names(dir, k->nr_scenarios ? k->scenarios : bench,
			    k->nr_scenarios ? k->nr_scenarios : 1, &ab->names, &ab->nr, why))
		return 0;
	fprintf(stderr, "ptbench kernels: %s\n", results_shown(why));
	return EXIT_USAGE;
}

/* Can the folder be made, or written to? Does not make it: there may be nothing to run. */
int ab_check_runs(const char *command, const char *runs)
{
	char *folder = strdup(runs), *end;
	int err = folder ? 0 : ENOMEM;
	struct stat st;

	while (!err && stat(folder, &st)) {
		end = strrchr(folder, '/');
		if (errno != ENOENT)
			err = errno;
		else if (end && end > folder)
			*end = '\0';
		else
			strcpy(folder, end ? "/" : ".");
	}
	if (!err && !S_ISDIR(st.st_mode))
		err = ENOTDIR;
	if (!err && access(folder, W_OK | X_OK))
		err = errno;
	free(folder);
	if (err)
		fprintf(stderr, "%s: --out %s: %s; name a folder that can be made or written to\n",
			command, results_shown(runs), strerror(err));
	return -err;
}

/* Checks both trees, the guests' programs and the folder of runs before any kernel is built. */
static int check_sides(const struct ab *ab)
{
	struct kernels_options k = ab->o->kernels;

	if (ab_check_runs("ptbench kernels ab", ab->o->runs))
		return EXIT_USAGE;
	for (int s = BASE; s <= HEAD; s++) {
		k.ksrc = ab->sides[s].ksrc;
		if (kernels_ready(&k))
			return EXIT_USAGE;
	}
	return 0;
}

static int prepare(struct ab *ab)
{
	if (read_names(ab))
		return EXIT_USAGE;
	ab->changed = calloc(ab->nr + 1, sizeof(*ab->changed));
	if (!ab->changed)
		return EXIT_USAGE;
	for (int s = BASE; s <= HEAD; s++) {
		struct side *side = &ab->sides[s];

		side->ksrc = source_of(side->what, s == BASE ? ab->o->base : ab->o->head);
		side->images = calloc(ab->nr + 1, sizeof(*side->images));
		side->chosen = calloc(ab->nr + 1, sizeof(*side->chosen));
		if (!side->ksrc || !side->images || !side->chosen)
			return EXIT_USAGE;
	}
	return check_sides(ab);
}

/* The exit status with regard to scenarios that have no run, which compare cannot see. */
static int conclude(const struct ab *ab, int status)
{
	if (ab->failed)
		return status == EXIT_INTERRUPTED ? status : EXIT_PART_FAILED;
	if (ab->nr_one_sided)
		conclusion(ab, "inconclusive: for %zu scenarios only one side has a kernel\n",
			   ab->nr_one_sided);
	else if (ab->none_booted)
		conclusion(
			ab,
			"inconclusive: no kernel was booted, and code bytes alone decide nothing\n");
	else if (!ab->nr_changed && !ab->nr_same)
		conclusion(ab, "inconclusive: neither side has a kernel of any of the scenarios\n");
	else
		return status;
	return status ? status : EXIT_INCONCLUSIVE;
}

/* The comparison in the formats that were asked for, with the exit status of the whole. */
static int write_formats(struct ab *ab, int status)
{
	bool lost = false;

	if (!ab->compared || status == EXIT_INTERRUPTED)
		return status;
	if ((int)ab->compared->status != status)
		ab_overrule(ab->compared, status);
	for (size_t i = 0; i < ab->o->nr_formats; i++)
		lost |= ab_write(ab->compared, ab->sides[HEAD].run->dir, ab->o->formats[i],
				 ab->o->command) != EXIT_FINE;
	return lost && !status ? EXIT_PART_FAILED : status;
}

static int build_and_run(struct ab *ab)
{
	int status, worst = 0;

	for (int s = BASE; s <= HEAD; s++) {
		status = build_side(ab, &ab->sides[s]);
		if (status || stopped)
			return stopped ? EXIT_INTERRUPTED : status;
	}
	sort_out(ab);
	if (!ab->nr_changed)
		return conclude(ab, 0);
	for (int s = BASE; s <= HEAD; s++) {
		status = run_side(ab, &ab->sides[s]);
		if (status == EXIT_USAGE || status == EXIT_INTERRUPTED)
			return status;
		worst = status > worst ? status : worst;
	}
	status = compare(ab);
	status = conclude(ab, worst && status != EXIT_INTERRUPTED ? EXIT_PART_FAILED : status);
	return write_formats(ab, status);
}

static void free_ab(struct ab *ab)
{
	for (int s = BASE; s <= HEAD; s++) {
		struct side *side = &ab->sides[s];

		if (side->images)
			image_free(side->images, ab->nr);
		free(side->images);
		free(side->chosen); /* its elements are copies of those of images */
		free(side->ksrc);
		results_run_free(side->run);
	}
	scenario_names_free(ab->names, ab->nr);
	free(ab->changed);
	free(ab->verdict_file);
	results_comparison_free(ab->compared);
}

int ab_run(struct ab_options *o)
{
	struct ab ab = { .o = o, .sides = { { .what = "base" }, { .what = "head" } } };
	struct sigaction act = { .sa_handler = on_signal }, old[2];
	int status;

	stopped = 0;
	sigaction(SIGINT, &act, &old[0]);
	sigaction(SIGTERM, &act, &old[1]);
	status = prepare(&ab);
	if (!status)
		status = close_verdict(&ab, build_and_run(&ab));
	free_ab(&ab);
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGTERM, &old[1], NULL);
	return status;
}
