/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report's folder: written under another name beside its place, and moved there when it is whole.
 *
 * Whoever looks sees the old report or the new one. Nothing is written through what lies in the old
 * one, and a folder that is no report is left alone.
 */
#ifndef REPORT_STAGING_H
#define REPORT_STAGING_H

#include <stdbool.h>

struct staging {
	char *target; /* as it was named */
	char *parent; /* the folder that it is in */
	char *name;   /* what it is called there */
	char temp[40];
	int above;		 /* parent, open */
	int top, figures, parts; /* the new folder and those in it, open */
	/* where the file system cannot exchange two names; tests set it */
	bool by_two_renames;
};

/*
 * target: the folder to be, which may be there when it is an earlier report or empty. Its parent
 * has to be there. 0 or -errno, said on stderr; staging_end() has to follow in any case.
 */
int staging_begin(struct staging *s, const char *target);
/* Moves the new folder to its place, and removes the report that was there. */
int staging_publish(struct staging *s);
/* Removes what was not published. */
void staging_end(struct staging *s);

#endif
