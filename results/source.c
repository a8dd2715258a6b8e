// SPDX-License-Identifier: GPL-2.0-or-later
/* The input of a subcommand: a run with all its documents, or one document. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <results/explore.h>

#include "json.h"

int results__kind(const char *path, struct results_error *err)
{
	struct results_error ignored;
	struct results__in in = { .file = path, .err = err ? err : &ignored, .path = "$" };
	json_t *root, *format = NULL;
	struct stat st;
	int ret;

	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return RESULTS__RUN;
	ret = results__json_load(path, &root, err);
	if (ret)
		return ret;
	if (!json_is_object(root))
		ret = results__in_fail(&in, NULL, "must be an object");
	else
		format = results__in_get(&in, root, "format", JSON_STRING);
	if (!format)
		ret = -EINVAL;
	else if (!strcmp(json_string_value(format), RESULTS_RUN_FORMAT))
		ret = RESULTS__RUN;
	else if (!strcmp(json_string_value(format), RESULTS_EXPLORE_FORMAT))
		ret = RESULTS__EXPLORE;
	else if (strcmp(json_string_value(format), RESULTS_FORMAT))
		ret = results__in_fail(&in, "format",
				       "is \"%.80s\", must be \"%s\", \"%s\" or \"%s\"",
				       json_string_value(format), RESULTS_FORMAT,
				       RESULTS_RUN_FORMAT, RESULTS_EXPLORE_FORMAT);
	json_decref(root);
	return ret;
}

int results__part_read(const struct results_run *run, const struct results_part *part,
		       struct results_doc **out, struct results_error *err)
{
	char *path;
	int ret;

	*out = NULL;
	if (asprintf(&path, "%s/%s", run->dir, part->file) < 0)
		return results__error(err, -ENOMEM, run->dir, "", "no memory to read %s",
				      part->file);
	ret = results_doc_read(path, out, err);
	if (!ret && strcmp((*out)->part, part->name)) {
		ret = results__error(
			err, -EINVAL, path, "$.part",
			"is \"%s\", but run.json calls this part \"%s\"; files were mixed up",
			(*out)->part, part->name);
		results_doc_free(*out);
		*out = NULL;
	}
	free(path);
	return ret;
}

static int read_run(struct results__source *s, struct results_error *err)
{
	int ret = results_run_read(s->path, &s->run, err);

	if (ret)
		return ret;
	s->docs = calloc(s->run->nr_parts + 1, sizeof(*s->docs));
	if (!s->docs)
		return results__error(err, -ENOMEM, s->path, "", "no memory to read it");
	for (size_t i = 0; i < s->run->nr_parts && !ret; i++) {
		s->nr_docs++;
		if (s->run->parts[i].file)
			ret = results__part_read(s->run, &s->run->parts[i], &s->docs[i], err);
	}
	return ret;
}

static int read_doc(struct results__source *s, struct results_error *err)
{
	s->docs = calloc(1, sizeof(*s->docs));
	if (!s->docs)
		return results__error(err, -ENOMEM, s->path, "", "no memory to read it");
	s->nr_docs = 1;
	return results_doc_read(s->path, &s->docs[0], err);
}

int results__explored_read(const char *dir, struct results_explore **out, struct results_error *err)
{
	struct stat st;
	char *path;
	int ret = 0;

	*out = NULL;
	if (asprintf(&path, "%s/" RESULTS__EXPLORE_FILE, dir) < 0)
		return results__error(err, -ENOMEM, dir, "", "no memory to read its exploration");
	if (lstat(path, &st)) {
		if (errno != ENOENT)
			ret = results__error(err, -errno, path, "", "cannot be looked at: %s",
					     strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		ret = results__error(err, -EINVAL, path, "",
				     "is no regular file; ptbench explore --json writes one");
	} else {
		ret = results_explore_read(path, out, err);
	}
	free(path);
	return ret;
}

int results__source_explored(struct results__source *s, struct results_error *err)
{
	return s->run ? results__explored_read(s->run->dir, &s->explored, err) : 0;
}

int results__source_read(const char *path, struct results__source **out, struct results_error *err)
{
	int ret, kind = results__kind(path, err);
	struct results__source *s;

	*out = NULL;
	if (kind < 0)
		return kind;
	if (kind == RESULTS__EXPLORE)
		return results__error(
			err, -EINVAL, path, "",
			"is an exploration; runs and ptbench-result documents go here");
	s = calloc(1, sizeof(*s));
	if (s)
		s->path = strdup(path);
	if (!s || !s->path)
		ret = results__error(err, -ENOMEM, path, "", "no memory to read it");
	else
		ret = kind == RESULTS__RUN ? read_run(s, err) : read_doc(s, err);
	if (ret)
		results__source_free(s);
	else
		*out = s;
	return ret;
}

void results__source_free(struct results__source *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->nr_docs; i++)
		results_doc_free(s->docs[i]);
	free(s->docs);
	results_explore_free(s->explored);
	results_run_free(s->run);
	free(s->path);
	free(s);
}
