// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole files in and out.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <results/results.h>

#include "files.h"

#define MAX_FILE (64UL << 20)

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t put = write(fd, text, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		text += put;
		len -= (size_t)put;
	}
	return 0;
}

int file_make(int folder, const char *name, const char *text)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, text);
	if (close(fd) < 0 && !err)
		err = -errno;
	return err;
}

static char *read_all(int fd, size_t size)
{
	char *text = malloc(size + 1);
	size_t len = 0;
	ssize_t got = 1;

	while (text && got > 0 && len < size) {
		got = read(fd, text + len, size - len);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			len += (size_t)got;
	}
	if (!text || got < 0) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

char *file_read_at(int folder, const char *name)
{
	/* O_NONBLOCK: open() must not wait for a writer of a FIFO. */
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char *text = NULL;
	struct stat st;
	int saved;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0) {
		errno = !S_ISREG(st.st_mode) ? EINVAL : EFBIG;
		if (S_ISREG(st.st_mode) && (size_t)st.st_size <= MAX_FILE)
			text = read_all(fd, (size_t)st.st_size);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return text;
}

char *file_read(const char *path)
{
	return file_read_at(AT_FDCWD, path);
}

int file_say(const char *what, const char *path, int err)
{
	fprintf(stderr, "ptbench report: %s %s: %s\n", what, results_shown(path), strerror(-err));
	return err;
}
