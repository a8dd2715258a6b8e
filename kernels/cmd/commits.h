/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commits of a git tree, read and never written: no ref, index or worktree changes, and no file of
 * the index is refreshed.
 */
#ifndef KERNELS_COMMITS_H
#define KERNELS_COMMITS_H

#include <stddef.h>

struct commit {
	char *id;     /* hex digits, all of them */
	char *parent; /* the first one's id; NULL: it has none */
	size_t nr_parents;
	char *subject; /* harmless for a terminal, as results_shown() writes it */
};

/*
 * Splits FOLDER#TEXT, or takes TEXT and the folder of KSRC. *folder is absolute and malloc'ed;
 * *text points into given. -EINVAL, said on stderr with the command's name.
 */
int commits_folder(const char *command, const char *given, char **folder, const char **text);
/* The id of the commit that ref names, malloc'ed. NULL, said on stderr with the command's name. */
char *commits_id(const char *command, const char *folder, const char *ref);
/*
 * The commits that head has and base has not, along first parents, the oldest first: a merge is one
 * commit. -errno, said on stderr.
 */
int commits_read(const char *command, const char *folder, const char *base, const char *head,
		 struct commit **out, size_t *nr);
/* Reads one commit. -errno, said on stderr. */
int commits_read_one(const char *command, const char *folder, const char *id, struct commit *to);
/* The newest commit that both have, malloc'ed; NULL: none. */
char *commits_merge_base(const char *folder, const char *a, const char *b);
void commit_free(struct commit *c);
void commits_free(struct commit *v, size_t nr);

#define COMMIT_SHORT 12 /* digits of an id that are shown */

#endif
