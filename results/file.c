// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole files in and out: bounded reads, atomic writes. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

char *results__now(void)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return strdup(text);
}

static int io_error(struct results_error *err, int code, const char *file, const char *what,
		    const char *todo)
{
	return results__error(err, code, file, "", "%s: %s; %s", what, strerror(-code), todo);
}

/* The folder of the path, malloc'ed; "." if the path has none. */
static char *folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return strdup(".");
	return slash == file ? strdup("/") : strndup(file, slash - file);
}

static int read_all(int fd, const char *file, char **out, size_t *len, struct results_error *err)
{
	size_t room = 64 << 10, nr = 0;
	char *data = NULL, *bigger;
	ssize_t got;

	for (;;) {
		bigger = realloc(data, room + 1);
		if (!bigger) {
			free(data);
			return results__error(err, -ENOMEM, file, "", "no memory to read it");
		}
		data = bigger;
		got = read(fd, data + nr, room - nr);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		nr += got;
		if (nr > RESULTS_MAX_FILE) {
			free(data);
			return results__error(
				err, -EFBIG, file, "",
				"is larger than %lu MiB, which no result is; is it the right file?",
				RESULTS_MAX_FILE >> 20);
		}
		if (nr == room)
			room *= 2;
	}
	if (got < 0) {
		int code = -errno;

		free(data);
		return io_error(err, code, file, "cannot read", "check the disk and the path");
	}
	data[nr] = '\0';
	*out = data;
	*len = nr;
	return 0;
}

int results__read_file(const char *file, char **out, size_t *len, struct results_error *err)
{
	struct stat st;
	int fd, ret;

	*out = NULL;
	if (!strcmp(file, "-"))
		return read_all(STDIN_FILENO, file, out, len, err);
	/* O_NONBLOCK: open() must not wait for a writer of a FIFO. */
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return io_error(err, -errno, file, "cannot open", "check the path");
	if (fstat(fd, &st) < 0)
		ret = io_error(err, -errno, file, "cannot stat", "check the path");
	else if (!S_ISREG(st.st_mode))
		ret = results__error(err, -EINVAL, file, "",
				     "is not a regular file; name a .json file");
	else
		ret = read_all(fd, file, out, len, err);
	close(fd);
	return ret;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		data += put;
		len -= put;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Makes the rename itself outlive a crash. A file system without fsync of folders is no error. */
static void sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

int results__random(char *hex, size_t digits)
{
	unsigned char byte;

	for (size_t i = 0; i < digits; i++) {
		if (getrandom(&byte, 1, 0) != 1)
			return -errno;
		hex[i] = "0123456789abcdef"[byte & 15];
	}
	hex[digits] = '\0';
	return 0;
}

/* Opens a new file beside the one to be replaced; its mode is by the user's umask. */
static int open_temporary(const char *dir, const char *base, char **tmp)
{
	char random[13];
	int fd, ret = results__random(random, sizeof(random) - 1);

	*tmp = NULL;
	if (ret)
		return ret;
	if (asprintf(tmp, "%s/.%s.%s", dir, base, random) < 0) {
		*tmp = NULL;
		return -ENOMEM;
	}
	fd = open(*tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	return fd < 0 ? -errno : fd;
}

int results__write_file(const char *file, const char *data, size_t len, struct results_error *err)
{
	const char *slash = strrchr(file, '/');
	char *dir = folder(file), *tmp = NULL;
	struct stat st;
	int fd, ret;

	/* The rename would replace a device, or a pipe with a reader, by a file. */
	if (!lstat(file, &st) && !S_ISREG(st.st_mode)) {
		free(dir);
		return results__error(err, -EINVAL, file, "",
				      "is there and is no regular file; name another one");
	}
	if (!dir)
		return results__error(err, -ENOMEM, file, "", "no memory to write it");
	fd = open_temporary(dir, slash ? slash + 1 : file, &tmp);
	if (fd < 0) {
		ret = io_error(err, fd, file, "cannot make a temporary file beside it",
			       "the folder must exist and be writable");
		goto out;
	}
	ret = write_all(fd, data, len);
	if (close(fd) < 0 && !ret)
		ret = -errno;
	if (!ret && rename(tmp, file) < 0)
		ret = -errno;
	if (ret) {
		unlink(tmp);
		io_error(err, ret, file, "cannot write",
			 "it was left as it was; make room or check the path, then run again");
		goto out;
	}
	sync_folder(dir);
out:
	free(tmp);
	free(dir);
	return ret;
}
