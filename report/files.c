// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole files in and out.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <results/results.h>

#include "files.h"

/* Under a temporary name first: a reader sees the old file or the new one, never a half. */
int file_write(const char *path, const char *text)
{
	char *temp = NULL;
	FILE *to;
	int ret = 0;

	if (asprintf(&temp, "%s.tmp", path) < 0)
		return -ENOMEM;
	to = fopen(temp, "w");
	if (!to) {
		ret = -errno;
		goto out_free;
	}
	errno = 0;
	if (fputs(text, to) == EOF || fflush(to) == EOF)
		ret = errno ? -errno : -EIO;
	if (fclose(to) == EOF && !ret)
		ret = -errno;
	if (!ret && rename(temp, path) < 0)
		ret = -errno;
	if (ret)
		unlink(temp);
out_free:
	free(temp);
	return ret;
}

char *file_read(const char *path)
{
	FILE *from = fopen(path, "r");
	char *text = NULL, *more;
	size_t len = 0, room = 0, n;

	if (!from)
		return NULL;
	do {
		if (len + 1 >= room) {
			room = room ? 2 * room : 65536;
			more = realloc(text, room);
			if (!more)
				goto out_free;
			text = more;
		}
		n = fread(text + len, 1, room - len - 1, from);
		len += n;
	} while (n);
	if (ferror(from))
		goto out_free;
	text[len] = '\0';
	fclose(from);
	return text;
out_free:
	free(text);
	fclose(from);
	errno = ENOMEM;
	return NULL;
}

int file_say(const char *what, const char *path, int err)
{
	fprintf(stderr, "ptbench report: %s %s: %s\n", what, results_shown(path), strerror(-err));
	return err;
}
