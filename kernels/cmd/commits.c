// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Asks git about commits, by commands that read alone: rev-parse, rev-list and merge-base. git gets
 * no index, takes no lock that it can do without, and starts no helper that the tree's
 * configuration names.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <array_size.h>
#include <results/results.h>

#include "../boot/child.h"
#include "commits.h"

#define MAX_ARGS 24

/* Starts git in folder with args, up to NULL; its standard output is c->out. */
static int git_start(struct child *c, const char *folder, const char *const *args)
{
	static const char *const first[] = { "env",
					     "GIT_OPTIONAL_LOCKS=0",
					     "GIT_INDEX_FILE=/nonexistent/ptbench",
					     "git",
					     "-c",
					     "safe.directory=*",
					     "-c",
					     "core.fsmonitor=false",
					     "-c",
					     "i18n.logOutputEncoding=UTF-8" };
	const char *argv[ARRAY_SIZE(first) + MAX_ARGS + 3];
	size_t n = ARRAY_SIZE(first);

	memcpy(argv, first, sizeof(first));
	argv[n++] = "-C";
	argv[n++] = folder;
	for (size_t i = 0; args[i] && i < MAX_ARGS; i++)
		argv[n++] = args[i];
	argv[n] = NULL;
	return child_start(c, argv, "", 1, 0);
}

/* The first line that git prints, malloc'ed; NULL: it failed, or printed none. */
static char *git_line(const char *folder, const char *const *args)
{
	char *line = NULL, rest[256];
	struct child c;
	size_t size = 0;
	ssize_t len;

	if (git_start(&c, folder, args))
		return NULL;
	len = getline(&line, &size, c.out);
	while (fread(rest, 1, sizeof(rest), c.out)) /* git must not end of SIGPIPE */
		;
	if (child_end(&c) || len <= 1) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

int commits_folder(const char *command, const char *given, char **folder, const char **text)
{
	const char *mark = strchr(given, '#'), *ksrc = getenv("KSRC");
	char *name = mark ? strndup(given, mark - given) : strdup(ksrc ? ksrc : "");

	*text = mark ? mark + 1 : given;
	*folder = name && is_folder(name) ? realpath(name, NULL) : NULL;
	free(name);
	if (!*folder)
		fprintf(stderr,
			"%s: %s: no folder of a git tree; give FOLDER#%s, or KSRC=FOLDER in the "
			"environment\n",
			command, results_shown(mark || ksrc ? mark ? given : ksrc : given),
			results_shown(*text));
	else if (strchr(*folder, '#'))
		fprintf(stderr, "%s: %s: a folder with '#' in its path cannot be named in KSRC\n",
			command, results_shown(*folder));
	else
		return 0;
	free(*folder);
	*folder = NULL;
	return -EINVAL;
}

char *commits_id(const char *command, const char *folder, const char *ref)
{
	char *spec = NULL, *id = NULL;

	if (asprintf(&spec, "%s^{commit}", ref) >= 0) {
		const char *const args[] = { "rev-parse",	 "-q", "--verify",
					     "--end-of-options", spec, NULL };

		id = *ref ? git_line(folder, args) : NULL;
		free(spec);
	}
	if (!id)
		fprintf(stderr, "%s: git knows no commit '%s' in %s\n", command, results_shown(ref),
			results_shown(folder));
	return id;
}

char *commits_merge_base(const char *folder, const char *a, const char *b)
{
	const char *const args[] = { "merge-base", a, b, NULL };

	return git_line(folder, args);
}

/* "PARENT PARENT<TAB>SUBJECT" */
static int take_line(struct commit *c, char *line)
{
	char *tab = strchr(line, '\t'), *end;

	line[strcspn(line, "\n")] = '\0';
	if (!tab || !c->id)
		return -EINVAL;
	*tab = '\0';
	for (char *parent = line; *parent; parent = end + strspn(end, " ")) {
		end = parent + strcspn(parent, " ");
		if (!c->nr_parents++)
			c->parent = strndup(parent, end - parent);
	}
	c->subject = strdup(results_shown(tab + 1));
	return c->subject && (!c->nr_parents || c->parent) ? 0 : -ENOMEM;
}

/* Reads what rev-list prints: "commit ID", then the line of the format. */
static int take_commits(FILE *f, struct commit **out, size_t *nr)
{
	static const char head[] = "commit ";
	struct commit *v = NULL, *more;
	char *line = NULL;
	size_t size = 0, n = 0, room = 0;
	int err = 0;

	while (!err && getline(&line, &size, f) > 0) {
		if (strncmp(line, head, strlen(head))) {
			err = -EINVAL;
			break;
		}
		if (n == room) {
			room = 2 * room + 16;
			more = realloc(v, room * sizeof(*v));
			if (!more) {
				err = -ENOMEM;
				break;
			}
			v = more;
		}
		line[strcspn(line, "\n")] = '\0';
		v[n] = (struct commit){ .id = strdup(line + strlen(head)) };
		err = getline(&line, &size, f) > 0 ? take_line(&v[n], line) : -EINVAL;
		n++;
	}
	free(line);
	*out = v;
	*nr = n;
	return err;
}

static int read_list(const char *command, const char *folder, const char *const *args,
		     struct commit **out, size_t *nr)
{
	struct child c;
	int err;

	*out = NULL;
	*nr = 0;
	err = git_start(&c, folder, args);
	if (!err) {
		err = take_commits(c.out, out, nr);
		err = child_end(&c) && !err ? -EIO : err;
	}
	if (!err)
		return 0;
	fprintf(stderr, "%s: git rev-list in %s: %s\n", command, results_shown(folder),
		strerror(-err));
	commits_free(*out, *nr);
	*out = NULL;
	*nr = 0;
	return err;
}

#define FORMAT "--format=%P%x09%s"

int commits_read(const char *command, const char *folder, const char *base, const char *head,
		 struct commit **out, size_t *nr)
{
	const char *const args[] = {
		"rev-list", "--first-parent", "--topo-order", "--reverse", FORMAT,
		head,	    "--not",	      base,	      "--",	   NULL
	};

	return read_list(command, folder, args, out, nr);
}

int commits_read_one(const char *command, const char *folder, const char *id, struct commit *to)
{
	const char *const args[] = { "rev-list", "--no-walk", FORMAT, id, "--", NULL };
	struct commit *v;
	size_t nr;
	int err = read_list(command, folder, args, &v, &nr);

	if (err)
		return err;
	if (nr == 1) {
		*to = v[0];
		free(v);
		return 0;
	}
	fprintf(stderr, "%s: git knows no commit %s in %s\n", command, results_shown(id),
		results_shown(folder));
	commits_free(v, nr);
	return -EINVAL;
}

void commit_free(struct commit *c)
{
	free(c->id);
	free(c->parent);
	free(c->subject);
	*c = (struct commit){ .id = NULL };
}

void commits_free(struct commit *v, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		commit_free(&v[i]);
	free(v);
}
