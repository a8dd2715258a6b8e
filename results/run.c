// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs: the folder, its run.json, partial until all is done, and the link to the newest. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "json.h"

#define LATEST "latest"

void results_run_free(struct results_run *run)
{
	if (!run)
		return;
	for (size_t i = 0; i < run->nr_parts; i++) {
		free(run->parts[i].name);
		free(run->parts[i].file);
		free(run->parts[i].reason);
	}
	free(run->parts);
	free(run->dir);
	free(run->command);
	free(run->started);
	free(run->finished);
	free(run->revision);
	free(run);
}

static void put_nullable(FILE *f, const char *s)
{
	if (s)
		results__json_string(f, s);
	else
		fputs("null", f);
}

static void put_run(FILE *f, const struct results_run *run)
{
	fprintf(f,
		"{\n  \"format\": \"%s\",\n  \"version\": %d,\n  \"command\": ", RESULTS_RUN_FORMAT,
		RESULTS__RUN_VERSION);
	results__json_string(f, run->command);
	fprintf(f, ",\n  \"started\": \"%s\",\n  \"finished\": ", run->started);
	put_nullable(f, run->finished);
	fprintf(f, ",\n  \"revision\": \"%s\",\n  \"state\": \"%s\",\n  \"parts\": [",
		run->revision, run->complete ? "complete" : "partial");
	for (size_t i = 0; i < run->nr_parts; i++) {
		const struct results_part *p = &run->parts[i];

		fprintf(f, "%s\n    {\"name\": \"%s\", \"file\": ", i ? "," : "", p->name);
		put_nullable(f, p->file);
		fprintf(f, ", \"state\": \"%s\", \"reason\": ", results_state_name(p->state));
		put_nullable(f, p->reason);
		fputc('}', f);
	}
	fputs(run->nr_parts ? "\n  ]\n}\n" : "]\n}\n", f);
}

static int save(const struct results_run *run, struct results_error *err)
{
	char *path = NULL, *text = NULL;
	size_t len = 0;
	int ret = results__check_run(run, err);
	FILE *f;

	if (asprintf(&path, "%s/" RESULTS_RUN_FILE, run->dir) < 0)
		return results__error(err, -ENOMEM, run->dir, "", "no memory to write run.json");
	if (ret) {
		struct results__in in = { .file = path, .err = err, .path = "$" };

		results__in_rule(&in, ret);
		goto out;
	}
	f = open_memstream(&text, &len);
	if (f)
		put_run(f, run);
	if (!f || fclose(f))
		ret = results__error(err, -ENOMEM, path, "", "no memory to write it");
	else
		ret = results__write_file(path, text, len, err);
out:
	free(text);
	free(path);
	return ret;
}

static int failed(struct results_error *err, const char *path, const char *what, const char *todo)
{
	int code = errno ? -errno : -EIO;

	return results__error(err, code, path, "", "%s: %s; %s", what, strerror(-code), todo);
}

/* mkdir -p. */
static int make_folders(const char *path, struct results_error *err)
{
	char *copy = strdup(path);
	struct stat st;
	int ret = 0;

	if (!copy)
		return results__error(err, -ENOMEM, path, "", "no memory to make the folder");
	for (char *c = copy + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		mkdir(copy, 0777); /* the last mkdir() tells whether all exist */
		*c = '/';
	}
	if (mkdir(copy, 0777) < 0 &&
	    (errno != EEXIST || stat(copy, &st) < 0 || !S_ISDIR(st.st_mode)))
		ret = failed(err, path, "cannot make the folder of runs",
			     "check the path and its rights");
	free(copy);
	return ret;
}

/* <runs>/latest -> name, replaced in one step, so that it never points nowhere. */
static int point_latest(const char *runs, const char *name, struct results_error *err)
{
	char *link = NULL, *tmp = NULL, random[13];
	int ret = results__random(random, sizeof(random) - 1);

	if (!ret && (asprintf(&link, "%s/" LATEST, runs) < 0 ||
		     asprintf(&tmp, "%s/." LATEST ".%s", runs, random) < 0))
		ret = -ENOMEM;
	if (ret) {
		results__error(err, ret, runs, "", "cannot name the link to the newest run: %s",
			       strerror(-ret));
		goto out;
	}
	if (symlink(name, tmp) < 0) {
		ret = failed(err, tmp, "cannot make a link", "the folder must be writable");
	} else if (rename(tmp, link) < 0) {
		ret = failed(err, link, "cannot point it at the newest run",
			     "remove it if it is not a link");
		unlink(tmp);
	}
out:
	free(link);
	free(tmp);
	return ret;
}

/* Writes the revision in the form of a file's name. */
static void name_revision(const char *revision, char name[65])
{
	size_t n = 0;

	for (; revision[n] && n < 64; n++)
		name[n] = strchr("/@#=,", revision[n]) ? '-' : revision[n];
	name[n] = '\0';
}

/* <UTC time>-<revision>-<random>; the random part keeps apart runs that start together. */
static int make_dir(const char *runs, struct results_run *run, char **name,
		    struct results_error *err)
{
	char random[7], stamp[17], revision[65];
	int ret = results__random(random, sizeof(random) - 1);
	size_t n = 0;

	for (const char *c = run->started; *c && n < sizeof(stamp) - 1; c++)
		if (*c != '-' && *c != ':')
			stamp[n++] = *c;
	stamp[n] = '\0';
	name_revision(run->revision, revision);
	if (ret || asprintf(name, "%s-%s-%s", stamp, revision, random) < 0) {
		*name = NULL;
		return results__error(err, -ENOMEM, runs, "", "cannot name the run's folder");
	}
	if (asprintf(&run->dir, "%s/%s", runs, *name) < 0) {
		run->dir = NULL;
		return results__error(err, -ENOMEM, runs, "", "no memory for the run's folder");
	}
	if (mkdir(run->dir, 0777) < 0)
		return failed(err, run->dir, "cannot make the run's folder",
			      "check the rights of the folder above and the room on the disk");
	return 0;
}

static void drop(const struct results_run *run)
{
	char *file;

	if (asprintf(&file, "%s/" RESULTS_RUN_FILE, run->dir) < 0)
		return;
	unlink(file);
	rmdir(run->dir);
	free(file);
}

int results_run_create(const char *runs, const char *command, const char *revision,
		       struct results_run **out, struct results_error *err)
{
	struct results_run *run = calloc(1, sizeof(*run));
	char *name = NULL;
	int ret;

	*out = NULL;
	if (!run)
		return results__error(err, -ENOMEM, runs, "", "no memory for a run");
	run->command = strdup(command);
	run->revision = strdup(revision);
	run->started = results__now();
	ret = results__check_run(run, err);
	if (ret) {
		results__error_prefix(err, "run");
		goto out;
	}
	ret = make_folders(runs, err);
	if (!ret)
		ret = make_dir(runs, run, &name, err);
	if (!ret)
		ret = save(run, err);
	if (!ret)
		ret = point_latest(runs, name, err);
	if (ret && run->dir)
		drop(run); /* nothing points at the folder */
out:
	free(name);
	if (ret)
		results_run_free(run);
	else
		*out = run;
	return ret;
}

static struct results_part *find_part(struct results_run *run, const char *name)
{
	for (size_t i = 0; i < run->nr_parts; i++)
		if (!strcmp(run->parts[i].name, name))
			return &run->parts[i];
	return NULL;
}

static int copy_nullable(char **to, const char *from)
{
	*to = from && *from ? strdup(from) : NULL;
	return from && *from && !*to ? -ENOMEM : 0;
}

static void free_part(struct results_part *p)
{
	free(p->name);
	free(p->file);
	free(p->reason);
}

/* On success the run owns the strings of part. */
static int put_part(struct results_run *run, const struct results_part *part)
{
	struct results_part *old = find_part(run, part->name), *bigger;

	if (old) {
		free_part(old);
		*old = *part;
		return 0;
	}
	bigger = realloc(run->parts, (run->nr_parts + 1) * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	run->parts = bigger;
	run->parts[run->nr_parts++] = *part;
	return 0;
}

int results_run_part(struct results_run *run, const char *name, const char *file,
		     enum results_state state, const char *reason, struct results_error *err)
{
	struct results_part part = { .name = strdup(name), .state = state };
	int ret = copy_nullable(&part.file, file);

	if (!ret)
		ret = copy_nullable(&part.reason, reason);
	if (!part.name || ret) {
		ret = results__error(err, -ENOMEM, run->dir, "", "no memory for another part");
		goto out_free;
	}
	ret = results__check_part(&part, err);
	if (ret) {
		struct results__in in = { .file = run->dir, .err = err, .path = "part" };

		results__in_rule(&in, ret);
		goto out_free;
	}
	if (put_part(run, &part)) {
		ret = results__error(err, -ENOMEM, run->dir, "", "no memory for another part");
		goto out_free;
	}
	return save(run, err);

out_free:
	free_part(&part);
	return ret;
}

int results_run_finish(struct results_run *run, bool complete, struct results_error *err)
{
	char *now = results__now();

	if (!now)
		return results__error(err, -ENOMEM, run->dir, "", "no memory to finish the run");
	free(run->finished);
	run->finished = now;
	run->complete = complete;
	return save(run, err);
}
