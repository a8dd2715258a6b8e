// SPDX-License-Identifier: GPL-2.0-or-later
/* The "newc" format of Documentation/driver-api/early-userspace/buffer-format.rst. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpio.h"

static void pad(FILE *to)
{
	while (ftell(to) % 4)
		putc(0, to);
}

static void header(FILE *to, const struct cpio_entry *e, unsigned ino, long size)
{
	/* magic ino mode uid gid nlink mtime filesize major minor rmajor rminor namesize check */
	fprintf(to, "070701%08x%08x%08x%08x%08x%08x%08lx%08x%08x%08x%08x%08zx%08x", ino, e->mode, 0,
		0, 1, 0, size, 0, 0, e->major, e->minor, strlen(e->name) + 1, 0);
	fwrite(e->name, 1, strlen(e->name) + 1, to);
	pad(to);
}

static int copy(FILE *to, FILE *from, long size)
{
	char block[65536];
	size_t n;

	for (; size > 0 && !ferror(to); size -= (long)n) {
		n = fread(block, 1, sizeof(block), from);
		if (!n)
			return -EIO;
		fwrite(block, 1, n, to);
	}
	pad(to);
	return 0;
}

static int add(FILE *to, const struct cpio_entry *e, unsigned ino)
{
	struct stat st;
	FILE *from;
	int err;

	if (!e->file) {
		header(to, e, ino, 0);
		return 0;
	}
	from = fopen(e->file, "re");
	if (!from)
		return -errno;
	err = fstat(fileno(from), &st) ? -errno : 0;
	if (!err) {
		header(to, e, ino, st.st_size);
		err = copy(to, from, st.st_size);
	}
	fclose(from);
	return err;
}

int cpio_write(const char *archive, const struct cpio_entry *entries, size_t nr,
	       const struct cpio_entry **bad)
{
	static const struct cpio_entry trailer = { .name = "TRAILER!!!" };
	FILE *to = fopen(archive, "we");
	int ret = 0;

	*bad = NULL;
	if (!to)
		return -errno;
	for (size_t i = 0; i < nr && !ret; i++) {
		ret = add(to, &entries[i], i + 1);
		if (ret)
			*bad = &entries[i];
	}
	header(to, &trailer, 0, 0);
	if (fflush(to) && !ret)
		ret = -errno;
	if (!ret && ferror(to))
		ret = -ENOSPC; /* an earlier write failed; errno is lost, a full disk is likely */
	if (fclose(to) && !ret)
		ret = -errno;
	if (ret)
		unlink(archive);
	return ret;
}
