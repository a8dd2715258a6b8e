// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes a report into a temporary folder and moves it to its place.
 */
#include <array_size.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <results/results.h>

#include "files.h"
#include "staging.h"

#define PREFIX ".ptbench-report."
#define LIST ".ptbench-report" /* in a report: the files that it wrote, a name per line */
#define MAX_BAD (NAME_MAX + 16)
#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define MAX_TRIES 100 /* other processes may replace the report between look() and rename */

/* ---- the folder that exists already ---- */

static bool ends_with(const char *name, const char *const *suffixes)
{
	size_t len = strlen(name);

	for (size_t i = 0; suffixes[i]; i++)
		if (len > strlen(suffixes[i]) &&
		    !strcmp(name + len - strlen(suffixes[i]), suffixes[i]))
			return true;
	return false;
}

static bool is_our_page(int folder, const char *name)
{
	char *text = file_read_at(folder, name);
	const char *mark = text ? strstr(text, "<meta name=\"generator\" content=\"ptbench ")
				: NULL;
	bool ours = mark && mark - text < 1024;

	free(text);
	return ours;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int no_dots(const struct dirent *e)
{
	return strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
}

/* Lists the folder's names, sorted. Returns their number, and then the caller has to call
 * free_names(); or negative. */
static int list_names(int folder, struct dirent ***names)
{
	return scandirat(folder, ".", names, no_dots, by_name);
}

static void free_names(struct dirent **names, int nr)
{
	while (nr > 0)
		free(names[--nr]);
	free(names);
}

static bool is_folder(int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Is it the name of one of a report's two subfolders? */
static bool is_below(const char *name)
{
	return !strcmp(name, "figures") || !strcmp(name, "parts");
}

/* Whether the list contains the name, as a whole line. */
static bool is_listed(const char *list, const char *below, const char *name)
{
	size_t len, n = strlen(below);

	for (; *list; list += len + (list[len] == '\n')) {
		len = strcspn(list, "\n");
		if (len == n + strlen(name) && !memcmp(list, below, n) &&
		    !memcmp(list + n, name, len - n))
			return true;
	}
	return false;
}

/* Whether a report without a list may contain a file of that name: judges by the suffix. */
static bool is_usual(int folder, const char *below, const char *name)
{
	static const char *const figures[] = { ".svg", ".gp", ".tsv", ".log", NULL };
	static const char *const parts[] = { ".json", NULL }, *const pages[] = { ".html", NULL };

	if (*below)
		return ends_with(name, *below == 'f' ? figures : parts);
	return !strcmp(name, "style.css") || (ends_with(name, pages) && is_our_page(folder, name));
}

/*
 * Whether a report wrote every file in the folder: the files of its list or, without a list, files
 * with usual names. Copies another name to bad. below: "", "figures/" or "parts/". Closes folder.
 */
static bool all_ours(int folder, const char *below, const char *list, char *bad)
{
	struct dirent **names;
	int nr = list_names(folder, &names);
	bool ours = nr >= 0;

	for (int i = 0; ours && i < nr; i++) {
		const char *name = names[i]->d_name;

		if (!*below && is_below(name) && is_folder(folder, name)) {
			ours = all_ours(openat(folder, name, FOLDER),
					*name == 'f' ? "figures/" : "parts/", list, bad);
			if (!ours && !*bad)
				snprintf(bad, MAX_BAD, "%s", name);
			continue;
		}
		ours = !is_folder(folder, name) &&
		       ((!*below && !strcmp(name, LIST)) ||
			(list ? is_listed(list, below, name) : is_usual(folder, below, name)));
		if (!ours)
			snprintf(bad, MAX_BAD, "%s%s", below, name);
	}
	if (nr >= 0)
		free_names(names, nr);
	if (folder >= 0)
		close(folder);
	return ours;
}

/* Is `folder` still at its name? If another report replaced it, it is being removed. */
static bool is_still(int folder, int above, const char *name)
{
	struct stat then, now;

	return fstat(folder, &then) == 0 && fstatat(above, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       then.st_dev == now.st_dev && then.st_ino == now.st_ino;
}

static bool is_empty(int folder)
{
	struct dirent **names;
	int nr = list_names(folder, &names);

	if (nr >= 0)
		free_names(names, nr);
	return !nr;
}

/* May the folder be replaced? If not: bad has a file that no report wrote; "": index.html is not a
 * report's. */
static bool may_be_replaced(int folder, char *bad)
{
	char *list = file_read_at(folder, LIST);
	bool ours = all_ours(openat(folder, ".", FOLDER), "", list, bad);

	free(list);
	return ours && (is_empty(folder) || is_our_page(folder, "index.html"));
}

/*
 * 1: there is a report or an empty folder; 0: nothing; -EAGAIN: another process replaced it in the
 * meantime; another -errno, after a message: it may not be replaced.
 */
static int look_once(int above, const char *name, const char *shown)
{
	int folder = openat(above, name, FOLDER), ret = 1;
	char bad[MAX_BAD] = "";

	if (folder < 0 && errno == ENOENT)
		return 0;
	if (folder < 0) {
		fprintf(stderr,
			"ptbench report: %s is there and is no folder, or a link to one; "
			"remove it, or name another by -o DIR\n",
			results_shown(shown));
		return -ENOTDIR;
	}
	if (!may_be_replaced(folder, bad)) {
		ret = is_still(folder, above, name) ? -EEXIST : -EAGAIN;
		if (ret == -EEXIST)
			fprintf(stderr,
				"ptbench report: %s is there and is not a report that may be "
				"replaced (%s%s); remove it, or name another folder by -o DIR\n",
				results_shown(shown),
				*bad ? "it holds " : "it has no index.html of ptbench",
				results_shown(bad));
	}
	close(folder);
	return ret;
}

static int look(int above, const char *name, const char *shown)
{
	int err = -EAGAIN;

	for (int tries = 0; tries < MAX_TRIES && err == -EAGAIN; tries++)
		err = look_once(above, name, shown);
	return err == -EAGAIN ? file_say("others replace it all the time", shown, -EBUSY) : err;
}

/* ---- removal: by names in open folders, so that no link is followed ---- */

/* Removes the folder's files and closes it. */
static void remove_files(int folder)
{
	struct dirent **names;
	int nr = list_names(folder, &names);

	for (int i = 0; i < nr; i++)
		unlinkat(folder, names[i]->d_name, 0);
	if (nr >= 0)
		free_names(names, nr);
	if (folder >= 0)
		close(folder);
}

/* Removes the report's files and its two subfolders. False: another subfolder is in it, so both
 * stay. */
static bool remove_report(int above, const char *name)
{
	static const char *const below[] = { "figures", "parts" };
	int folder = openat(above, name, FOLDER);

	for (size_t i = 0; folder >= 0 && i < ARRAY_SIZE(below); i++) {
		remove_files(openat(folder, below[i], FOLDER));
		unlinkat(folder, below[i], AT_REMOVEDIR);
	}
	remove_files(folder);
	return unlinkat(above, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

/* ---- the new folder ---- */

/* Splits target into parent and name: "a/b/" is "b" in "a"; "." is resolved to its real name. */
static int split(struct staging *s)
{
	size_t len = strlen(s->target);
	const char *slash;
	char *real;

	while (len > 1 && s->target[len - 1] == '/')
		s->target[--len] = '\0';
	slash = strrchr(s->target, '/');
	if (!strcmp(slash ? slash + 1 : s->target, ".") ||
	    !strcmp(slash ? slash + 1 : s->target, "..")) {
		real = realpath(s->target, NULL);
		if (!real)
			return -errno;
		free(s->target);
		s->target = real;
		slash = strrchr(s->target, '/');
	}
	s->name = strdup(slash ? slash + 1 : s->target);
	s->parent = !slash		 ? strdup(".")
		    : slash == s->target ? strdup("/")
					 : strndup(s->target, (size_t)(slash - s->target));
	if (!s->name || !s->parent)
		return -ENOMEM;
	return *s->name ? 0 : -EINVAL;
}

static int make_temp(struct staging *s)
{
	unsigned char random[8];

	for (int tries = 0; tries < MAX_TRIES; tries++) {
		if (getrandom(random, sizeof(random), 0) != sizeof(random))
			return -errno;
		strcpy(s->temp, PREFIX);
		for (size_t i = 0; i < sizeof(random); i++)
			sprintf(s->temp + strlen(PREFIX) + 2 * i, "%02x", random[i]);
		if (mkdirat(s->above, s->temp, 0777) == 0) {
			s->top = openat(s->above, s->temp, FOLDER);
			/* Until it is locked, another process may sweep() it as stale. */
			if (s->top >= 0 && flock(s->top, LOCK_EX | LOCK_NB) == 0 &&
			    is_still(s->top, s->above, s->temp))
				return 0;
			if (s->top >= 0)
				close(s->top);
			s->top = -1;
			continue;
		}
		if (errno != EEXIST)
			break;
	}
	s->temp[0] = '\0';
	return -errno;
}

/* Is it PREFIX and 16 digits? Not with ".old": exchange() may be about to rename that back. */
static bool is_temp(const char *name)
{
	size_t n = strlen(PREFIX);

	return !strncmp(name, PREFIX, n) && strspn(name + n, "0123456789abcdef") == 16 &&
	       !name[n + 16];
}

/* Removes temporary folders of killed processes: a live process holds its folder's lock. */
static void sweep(int above)
{
	struct dirent **names;
	int nr = list_names(above, &names), folder;

	for (int i = 0; i < nr; i++) {
		if (!is_temp(names[i]->d_name))
			continue;
		folder = openat(above, names[i]->d_name, FOLDER);
		if (folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0)
			remove_report(above, names[i]->d_name);
		if (folder >= 0)
			close(folder);
	}
	if (nr >= 0)
		free_names(names, nr);
}

static int make_below(struct staging *s, const char *name)
{
	return mkdirat(s->top, name, 0777) < 0 ? -1 : openat(s->top, name, FOLDER);
}

/* Gives the new folder the old report's mode, so that the same users may read it. */
static int keep_mode(struct staging *s)
{
	struct stat st;

	if (fstatat(s->above, s->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	return fchmod(s->top, (st.st_mode & 07777) | 0700) < 0 ? -errno : 0;
}

int staging_begin(struct staging *s, const char *target)
{
	int err;

	*s = (struct staging){ .above = -1, .top = -1, .figures = -1, .parts = -1 };
	s->target = strdup(target);
	err = s->target ? split(s) : -ENOMEM;
	if (err)
		return file_say("cannot name a folder", target, err);
	s->above = open(s->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->above < 0)
		return file_say("cannot open the folder", s->parent, -errno);
	err = look(s->above, s->name, s->target);
	if (err < 0)
		return err;
	sweep(s->above);
	err = make_temp(s);
	if (err) {
		fprintf(stderr,
			"ptbench report: cannot make a folder in %s: %s; name a place that can "
			"be written by -o DIR\n",
			results_shown(s->parent), strerror(-err));
		return err;
	}
	s->figures = make_below(s, "figures");
	if (s->figures >= 0)
		s->parts = make_below(s, "parts");
	err = s->parts < 0 ? -errno : keep_mode(s);
	return err ? file_say("cannot make the folders of", s->target, err) : 0;
}

/* ---- the move to its place ---- */

/* Swaps the new folder with the old one, which gets the temporary name. -ENOENT: the old one is
 * gone. */
static int exchange(struct staging *s)
{
	char aside[sizeof(s->temp) + 8];
	int err;

	if (!s->by_two_renames) {
		if (renameat2(s->above, s->temp, s->above, s->name, RENAME_EXCHANGE) == 0)
			return 0;
		if (errno != EINVAL && errno != ENOSYS)
			return -errno;
	}
	snprintf(aside, sizeof(aside), "%s.old", s->temp);
	if (renameat(s->above, s->name, s->above, aside) < 0)
		return -errno;
	err = renameat(s->above, s->temp, s->above, s->name) < 0 ? -errno : 0;
	/* On failure the old report goes back, unless another process has put one there. */
	if (err && renameat(s->above, aside, s->above, s->name) == 0)
		return err;
	if (!err)
		s->temp[0] = '\0';
	remove_report(s->above, aside);
	return err;
}

/* Moves the new folder to a free name. -EEXIST: another process has taken it. */
static int move_in(struct staging *s)
{
	if (!s->by_two_renames) {
		if (renameat2(s->above, s->temp, s->above, s->name, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EINVAL && errno != ENOSYS)
			return -errno;
	}
	if (renameat(s->above, s->temp, s->above, s->name) == 0)
		return 0;
	return errno == ENOTEMPTY ? -EEXIST : -errno;
}

static int add_to_list(int folder, const char *below, FILE *to)
{
	struct dirent **names;
	int nr = list_names(folder, &names);

	if (nr < 0)
		return -errno;
	for (int i = 0; i < nr; i++)
		if (!is_folder(folder, names[i]->d_name))
			fprintf(to, "%s%s\n", below, names[i]->d_name);
	free_names(names, nr);
	return 0;
}

/* Lists the report's files, so that a later report does not remove files that others add. */
static int write_list(struct staging *s)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	int err;

	if (!to)
		return -ENOMEM;
	err = add_to_list(s->top, "", to);
	err = err ? err : add_to_list(s->figures, "figures/", to);
	err = err ? err : add_to_list(s->parts, "parts/", to);
	if ((ferror(to) | fclose(to)) && !err)
		err = -ENOMEM;
	err = err ? err : file_make(s->top, LIST, text);
	free(text);
	return err;
}

int staging_publish(struct staging *s)
{
	int err = write_list(s);
	bool there;

	if (err)
		return file_say("cannot write the list of files of", s->target, err);
	err = -EBUSY;
	for (int tries = 0; tries < MAX_TRIES; tries++) {
		err = look(s->above, s->name, s->target);
		if (err < 0)
			return err;
		there = err;
		err = there ? exchange(s) : move_in(s);
		if (!err && !there)
			s->temp[0] = '\0';
		if (err != -ENOENT && err != -EEXIST && err != -ENOTEMPTY)
			break;
	}
	return err ? file_say("cannot put the new report in place of", s->target, err) : 0;
}

void staging_end(struct staging *s)
{
	const int fds[] = { s->figures, s->parts, s->top };

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (s->temp[0] && !remove_report(s->above, s->temp))
		fprintf(stderr, "ptbench report: cannot remove %s/%s: remove it by hand\n",
			results_shown(s->parent), s->temp);
	if (s->above >= 0)
		close(s->above);
	free(s->target);
	free(s->parent);
	free(s->name);
}
