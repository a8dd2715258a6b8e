// SPDX-License-Identifier: GPL-2.0-or-later
/* The strict reader of run.json. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "json.h"

static int read_part(struct results__in *in, const json_t *obj, struct results_part *p)
{
	static const char *const known[] = { "name", "file", "state", "reason", NULL };
	static const char *const states[] = { "passed", "failed", "skipped", NULL };
	int state, err = results__in_object(in, obj, known);

	if (!err)
		err = results__in_string(in, obj, "name", false, &p->name);
	if (!err)
		err = results__in_string(in, obj, "file", true, &p->file);
	if (!err)
		err = results__in_word(in, obj, "state", states, &state);
	if (!err)
		err = results__in_string(in, obj, "reason", true, &p->reason);
	if (!err)
		p->state = state;
	return err;
}

static int read_parts(struct results__in *in, const json_t *root, struct results_run *run)
{
	json_t *array = results__in_get(in, root, "parts", JSON_ARRAY), *value;
	size_t i, len;
	int err;

	if (!array)
		return -EINVAL;
	if (json_array_size(array) > RESULTS_MAX_PARTS)
		return results__in_fail(in, "parts", "has more than %d parts", RESULTS_MAX_PARTS);
	run->parts = calloc(json_array_size(array) + 1, sizeof(*run->parts));
	if (!run->parts)
		return results__in_fail(in, "parts", "no memory to read them");
	json_array_foreach(array, i, value)
	{
		len = results__in_push(in, ".parts[%zu]", i);
		run->nr_parts++;
		err = read_part(in, value, &run->parts[i]);
		if (err)
			return err;
		results__in_pop(in, len);
	}
	return 0;
}

static int read_root(struct results__in *in, const json_t *root, struct results_run *run)
{
	static const char *const known[] = { "format",	"version",  "command",
					     "started", "finished", "revision",
					     "state",	"parts",    NULL };
	static const char *const states[] = { "partial", "complete", NULL };
	long long version;
	int state, ret;

	if (!json_is_object(root))
		return results__in_fail(in, NULL, "must be an object");
	ret = results__in_format(in, root, RESULTS_RUN_FORMAT, RESULTS__RUN_VERSION, &version);
	if (!ret)
		ret = results__in_object(in, root, known);
	if (!ret)
		ret = results__in_string(in, root, "command", false, &run->command);
	if (!ret)
		ret = results__in_string(in, root, "started", false, &run->started);
	if (!ret)
		ret = results__in_string(in, root, "finished", true, &run->finished);
	if (!ret)
		ret = results__in_string(in, root, "revision", false, &run->revision);
	if (!ret)
		ret = results__in_word(in, root, "state", states, &state);
	if (ret)
		return ret;
	run->complete = state;
	ret = read_parts(in, root, run);
	return ret ? ret : results__in_rule(in, results__check_run(run, in->err));
}

/* *dir: the run's folder, *file: its run.json; path is either of them. */
static int locate(const char *path, char **dir, char **file)
{
	const char *slash = strrchr(path, '/');
	struct stat st;

	*dir = *file = NULL;
	if (!stat(path, &st) && S_ISDIR(st.st_mode)) {
		*dir = strdup(path);
		if (asprintf(file, "%s/" RESULTS_RUN_FILE, path) < 0)
			*file = NULL;
	} else {
		*dir = slash ? strndup(path, slash == path ? 1 : slash - path) : strdup(".");
		*file = strdup(path);
	}
	return *dir && *file ? 0 : -ENOMEM;
}

int results_run_read(const char *path, struct results_run **out, struct results_error *err)
{
	struct results_error ignored;
	struct results__in in = { .err = err ? err : &ignored, .path = "$" };
	struct results_run *run = calloc(1, sizeof(*run));
	json_t *root = NULL;
	char *file = NULL;
	int ret;

	*out = NULL;
	if (!run || locate(path, &run->dir, &file)) {
		ret = results__error(err, -ENOMEM, path, "", "no memory to read it");
		goto out;
	}
	in.file = file;
	ret = results__json_load(file, &root, err);
	if (!ret)
		ret = read_root(&in, root, run);
out:
	json_decref(root);
	free(file);
	if (ret)
		results_run_free(run);
	else
		*out = run;
	return ret;
}
