// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The folder of a trend: which of its entries are runs and documents, what they hold, and their
 * order. Threads read the entries; whatever is said of them is put together afterwards, in the
 * order of their names.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trend.h"

/* More threads than this do not read faster from one disk. */
#define MAX_THREADS 16

enum kind { RUN, DOCUMENT, LINK, OTHER };

/* An entry of the folder, and what the thread that read it found. */
struct entry {
	char *name;
	enum kind kind;
	struct results_trend_run run; /* time NULL: it could not be read */
	struct results_trend_count unreadable, failed, skipped_parts, skipped_rows;
	struct results_error *err; /* of the first unreadable file */
	int code;		   /* of that; or -ENOMEM */
};

struct reading {
	const char *dir;
	const struct results__selection *only;
	struct results__gathered *gathered;
	struct entry *entries;
	size_t nr;
	atomic_size_t next;
};

/* ---- one entry ---- */

/* Notes that a file is unreadable, or -ENOMEM. */
static void refuse(struct entry *e, int code, const struct results_error *err)
{
	if (code == -ENOMEM || !e->unreadable.nr)
		e->code = code;
	if (!e->unreadable.nr++) {
		e->err = malloc(sizeof(*e->err));
		if (e->err)
			*e->err = *err;
		else
			e->code = -ENOMEM;
	}
}

static void add_doc(struct reading *r, size_t i, const struct results_doc *doc)
{
	struct entry *e = &r->entries[i];
	size_t skipped;
	char *first;

	if (results__gather_doc(r->gathered, doc, i, &skipped, &first))
		e->code = -ENOMEM;
	results__trend_count(&e->skipped_rows, skipped, first);
}

/* Counts a part that has not passed: "RUN: part native: why". */
static void count_part(struct entry *e, const struct results_part *p)
{
	char *text;

	if (p->state == RESULTS_PASSED)
		return;
	if (asprintf(&text, "%s: part %s: %s", e->name, p->name, p->reason ? p->reason : "") < 0) {
		e->code = -ENOMEM;
		return;
	}
	results__trend_count(p->state == RESULTS_FAILED ? &e->failed : &e->skipped_parts, 1, text);
}

static void read_run(struct reading *r, size_t i, const char *path)
{
	struct entry *e = &r->entries[i];
	struct results_error err = { 0 };
	struct results_run *run;
	int code = results_run_read(path, &run, &err);

	if (code) {
		refuse(e, code, &err);
		return;
	}
	for (size_t k = 0; k < run->nr_parts; k++) {
		struct results_doc *doc;

		if (!results__selects_part(r->only, run->parts[k].name))
			continue;
		count_part(e, &run->parts[k]);
		if (!run->parts[k].file)
			continue;
		code = results__part_read(run, &run->parts[k], &doc, &err);
		if (code)
			refuse(e, code, &err);
		else
			add_doc(r, i, doc);
		results_doc_free(doc);
	}
	e->run.time = run->started;
	e->run.revision = run->revision;
	e->run.partial = !run->complete;
	run->started = NULL;
	run->revision = NULL;
	results_run_free(run);
}

static void read_document(struct reading *r, size_t i, const char *path)
{
	struct entry *e = &r->entries[i];
	struct results_error err = { 0 };
	struct results_doc *doc;
	int code = results_doc_read(path, &doc, &err), kind;

	if (code == -EINVAL) {
		kind = results__kind(path, NULL);
		if (kind == RESULTS__RUN || kind == RESULTS__EXPLORE) {
			e->kind = OTHER; /* sound, but no result */
			return;
		}
	}
	if (code) {
		refuse(e, code, &err);
		return;
	}
	if (results__selects_part(r->only, doc->part))
		add_doc(r, i, doc);
	e->run.time = doc->created;
	doc->created = NULL;
	results_doc_free(doc);
}

static void *read_entries(void *arg)
{
	struct reading *r = arg;
	size_t i;

	while ((i = atomic_fetch_add(&r->next, 1)) < r->nr) {
		struct entry *e = &r->entries[i];
		char *path;

		if (e->kind != RUN && e->kind != DOCUMENT)
			continue;
		if (asprintf(&path, "%s/%s", r->dir, e->name) < 0) {
			e->code = -ENOMEM;
			continue;
		}
		if (e->kind == RUN)
			read_run(r, i, path);
		else
			read_document(r, i, path);
		free(path);
	}
	return NULL;
}

static void read_all(struct reading *r)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t thread[MAX_THREADS];
	long nr = 0;

	json_object_seed(
		0); /* the one step of the JSON library that threads must not take together */
	while (nr < cpus - 1 && nr < MAX_THREADS && (size_t)nr + 1 < r->nr &&
	       !pthread_create(&thread[nr], NULL, read_entries, r))
		nr++;
	read_entries(r);
	while (nr > 0)
		pthread_join(thread[--nr], NULL);
}

/* ---- the entries ---- */

static int entry_cmp(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* A link is not followed: "latest" is a run a second time, and another one may be planted. */
static enum kind kind_of(int fd, const char *name)
{
	size_t len = strlen(name), suffix = strlen(".json");
	struct stat st;
	char *file;
	bool is_run;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return OTHER;
	if (S_ISLNK(st.st_mode))
		return LINK;
	if (S_ISREG(st.st_mode))
		return len > suffix && !strcmp(name + len - suffix, ".json") ? DOCUMENT : OTHER;
	if (!S_ISDIR(st.st_mode) || asprintf(&file, "%s/" RESULTS_RUN_FILE, name) < 0)
		return OTHER;
	is_run = !fstatat(fd, file, &st, AT_SYMLINK_NOFOLLOW);
	free(file);
	return is_run ? RUN : OTHER;
}

static int list_into(DIR *d, struct reading *r)
{
	const struct dirent *de;
	size_t room = 0;

	while ((errno = 0, de = readdir(d))) {
		struct entry *bigger;

		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		if (r->nr == room) {
			room = room ? 2 * room : 64;
			bigger = realloc(r->entries, room * sizeof(*bigger));
			if (!bigger)
				return -ENOMEM;
			r->entries = bigger;
		}
		r->entries[r->nr] = (struct entry){ .name = strdup(de->d_name),
						    .kind = kind_of(dirfd(d), de->d_name) };
		if (!r->entries[r->nr++].name)
			return -ENOMEM;
	}
	return -errno;
}

static int list(struct reading *r, struct results_error *err)
{
	DIR *d = opendir(r->dir);
	int ret;

	if (!d)
		return results__error(
			err, -errno, r->dir, "",
			"cannot be opened: %s; name a folder of runs, such as results/runs",
			strerror(errno));
	if (!faccessat(dirfd(d), RESULTS_RUN_FILE, F_OK, 0))
		ret = results__error(err, -EINVAL, r->dir, "",
				     "is one run; name the folder that holds it and others");
	else
		ret = list_into(d, r);
	if (ret && ret != -EINVAL)
		results__error(err, ret, r->dir, "", "cannot be read: %s", strerror(-ret));
	closedir(d);
	if (r->nr)
		qsort(r->entries, r->nr, sizeof(*r->entries), entry_cmp);
	return ret;
}

static void free_entries(struct reading *r)
{
	for (size_t i = 0; i < r->nr; i++) {
		struct entry *e = &r->entries[i];

		free(e->name);
		free(e->run.time);
		free(e->run.revision);
		free(e->run.id);
		free(e->unreadable.first);
		free(e->failed.first);
		free(e->skipped_parts.first);
		free(e->skipped_rows.first);
		free(e->err);
	}
	free(r->entries);
}

/* ---- the runs ---- */

static int by_time(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
	int by = strcmp(x->run.time, y->run.time);

	return by ? by : strcmp(x->name, y->name);
}

/* Sorts the entries that are runs into *sorted; how many of the oldest are left out? */
static size_t sort_runs(struct reading *r, const struct results_trend_options *o,
			struct entry **sorted, size_t *nr)
{
	size_t out = 0;

	*nr = 0;
	for (size_t i = 0; i < r->nr; i++)
		if (r->entries[i].run.time)
			sorted[(*nr)++] = &r->entries[i];
	if (*nr)
		qsort(sorted, *nr, sizeof(*sorted), by_time);
	/* "2026-01-31" stands before all times of that day. */
	while (o->since && out < *nr && strcmp(sorted[out]->run.time, o->since) < 0)
		out++;
	if (o->last && *nr - out > o->last)
		out = *nr - o->last;
	return out;
}

static int take_runs(struct reading *r, const struct results_trend_options *o, size_t *rank,
		     struct results_trend *t)
{
	struct entry **sorted = malloc((r->nr + 1) * sizeof(*sorted));
	size_t nr, out;

	t->runs = calloc(r->nr + 1, sizeof(*t->runs));
	if (!sorted || !t->runs) {
		free(sorted);
		return -ENOMEM;
	}
	out = sort_runs(r, o, sorted, &nr);
	for (size_t i = 0; i < nr; i++) {
		struct entry *e = sorted[i];
		char *id = strdup(e->name);

		if (!id) {
			free(sorted);
			return -ENOMEM;
		}
		if (i < out) {
			rank[e - r->entries] = RESULTS__NOWHERE;
			results__trend_count(&t->left_out, 1, id);
			continue;
		}
		rank[e - r->entries] = t->nr_runs;
		t->runs[t->nr_runs] = e->run;
		t->runs[t->nr_runs++].id = id;
		e->run = (struct results_trend_run){ 0 };
	}
	free(sorted);
	return 0;
}

static void move(struct results_trend_count *to, struct results_trend_count *from)
{
	results__trend_count(to, from->nr, from->first);
	from->first = NULL;
}

/* Puts together what is said of the entries. 0 or -ENOMEM. */
static int take_counts(struct reading *r, const size_t *rank, struct results_trend *t)
{
	for (size_t i = 0; i < r->nr; i++) {
		struct entry *e = &r->entries[i];
		char *name = strdup(e->name), *text = NULL;

		if (!name || e->code == -ENOMEM)
			return free(name), -ENOMEM;
		if (e->unreadable.nr &&
		    asprintf(&text, "%s%s%s: %s", e->err->file, *e->err->path ? ": " : "",
			     e->err->path, e->err->reason) < 0)
			return free(name), -ENOMEM;
		results__trend_count(&t->unreadable, e->unreadable.nr, text);
		if (e->kind == LINK || e->kind == OTHER)
			results__trend_count(e->kind == LINK ? &t->links : &t->others, 1, name);
		else if (rank[i] != RESULTS__NOWHERE && t->runs[rank[i]].partial)
			results__trend_count(&t->partial, 1, name);
		else
			free(name);
		if (rank[i] == RESULTS__NOWHERE)
			continue;
		move(&t->failed, &e->failed);
		move(&t->skipped_parts, &e->skipped_parts);
		move(&t->skipped_rows, &e->skipped_rows);
	}
	return 0;
}

/* ---- all of it ---- */

/* The error of the first file that cannot be read; -ENOMEM before all others. */
static int first_error(const struct reading *r, bool keep_going, struct results_error *err)
{
	const struct entry *first = NULL;
	size_t nr = 0;
	int code;

	for (size_t i = 0; i < r->nr; i++) {
		if (r->entries[i].code == -ENOMEM)
			return results__error(err, -ENOMEM, r->dir, "", "no memory to read it");
		nr += r->entries[i].unreadable.nr;
		if (r->entries[i].unreadable.nr && !first)
			first = &r->entries[i];
	}
	if (!first || keep_going)
		return 0;
	code = first->code ? first->code : -EINVAL;
	if (nr == 1)
		return results__error(err, code, first->err->file, first->err->path,
				      "%.350s; --keep-going leaves it out", first->err->reason);
	return results__error(
		err, code, first->err->file, first->err->path,
		"%.350s; %zu files in all cannot be read, --keep-going leaves them out",
		first->err->reason, nr);
}

static int put_together(struct reading *r, const struct results_trend_options *o,
			struct results_trend *t, struct results_error *err)
{
	const char **names = calloc(r->nr + 1, sizeof(*names));
	size_t *rank = malloc((r->nr + 1) * sizeof(*rank));
	int ret = names && rank ? 0 : -ENOMEM;

	for (size_t i = 0; i < r->nr && !ret; i++) {
		names[i] = r->entries[i].name;
		rank[i] = RESULTS__NOWHERE;
	}
	if (!ret)
		ret = take_runs(r, o, rank, t);
	if (!ret)
		ret = take_counts(r, rank, t);
	if (!ret)
		ret = results__gather_end(r->gathered, rank, names, t);
	free(names);
	free(rank);
	if (ret)
		return results__error(err, ret, r->dir, "", "no memory to read it");
	if (t->repeated.nr && !o->keep_going)
		return results__error(err, -EINVAL, r->dir, "",
				      "%.350s; remove the copy, or use --keep-going",
				      t->repeated.first);
	return 0;
}

int results__trend_read(struct results_trend *t, const struct results_trend_options *options,
			const struct results__selection *only, struct results_error *err)
{
	struct reading r = { .dir = t->dir, .only = only };
	int ret;

	r.gathered = results__gather_new(only);
	if (!r.gathered)
		return results__error(err, -ENOMEM, t->dir, "", "no memory to read it");
	ret = list(&r, err);
	if (!ret) {
		read_all(&r);
		ret = first_error(&r, options->keep_going, err);
	}
	if (!ret)
		ret = put_together(&r, options, t, err);
	results__gather_free(r.gathered);
	free_entries(&r);
	return ret;
}
