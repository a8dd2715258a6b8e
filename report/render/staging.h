/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report's folder: written under a temporary name beside its place, and moved there when it is
 * complete.
 *
 * A reader sees the old report or the new one. Files and links in the old report are never written
 * through, and a folder that is no report is left alone.
 */
#ifndef REPORT_STAGING_H
#define REPORT_STAGING_H

#include <stdbool.h>

struct staging {
	char *target; /* the path as the user gave it */
	char *parent; /* the folder above the target */
	char *name;   /* the target's name in parent */
	char temp[40];
	int above;		 /* parent, open */
	int top, figures, parts; /* the new folder and its subfolders, open */
	/* as on file systems that cannot exchange two names; tests set it */
	bool by_two_renames;
};

/*
 * Makes the temporary folder. target: the report's folder; it may exist if it is empty or an
 * earlier report; its parent has to exist. 0, or -errno after a message on stderr. The caller has
 * to call staging_end() in any case.
 */
int staging_begin(struct staging *s, const char *target);
/* Moves the new folder to its place and removes the old report. 0, or -errno after a message on
 * stderr. */
int staging_publish(struct staging *s);
/* Removes the new folder unless it was published; frees s's memory. */
void staging_end(struct staging *s);

#endif
