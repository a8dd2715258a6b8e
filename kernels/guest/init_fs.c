// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guests' file systems: the initramfs has an image of an empty one; here it gets onto its
 * devices, is mounted, and its file is written.
 */
#include <array_size.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "init_fs.h"

#define IMAGE "/fs.ext4"
#define PAGES 512	 /* of the file, at least: what one table maps, in most formats */
#define BYTES (4L << 20) /* of the file, at least: whole huge pages of FS-DAX, two of them */

struct file_system {
	const char *device, *folder, *options;
};

static const struct file_system file_systems[] = {
	{ "/dev/ram0", "/file", "" },
	{ "/dev/pmem0", "/dax", "dax=always" },
};

static int refuse(const struct file_system *fs, const char *what)
{
	printf("init: no %s/data: %s: %s\n", fs->folder, what, strerror(errno));
	fflush(stdout);
	return -1;
}

/* The rest of the device is zeros already. */
static int copy_image(const struct file_system *fs)
{
	char block[4096];
	int from = open(IMAGE, O_RDONLY), to = open(fs->device, O_WRONLY), ret = 0;
	ssize_t n = 0;

	if (to < 0)
		ret = refuse(fs, fs->device);
	else if (from < 0)
		ret = refuse(fs, IMAGE);
	while (!ret && (n = read(from, block, sizeof(block))) > 0)
		if (write(to, block, n) != n)
			ret = refuse(fs, fs->device);
	if (n < 0)
		ret = refuse(fs, IMAGE);
	close(from);
	close(to);
	return ret;
}

/* Every page begins with its number. */
static int fill(int fd)
{
	long page = sysconf(_SC_PAGESIZE);
	long size = PAGES * page > BYTES ? PAGES * page : BYTES;
	char *text = calloc(1, page);
	int ret = !text ? -1 : fallocate(fd, 0, 0, size);

	for (long i = 0; i < size / page && !ret; i++) {
		snprintf(text, page, "page %ld\n", i);
		ret = pwrite(fd, text, page, i * page) == page ? 0 : -1;
	}
	free(text);
	return ret ?: fsync(fd);
}

/*
 * Huge pages need blocks that are aligned like them. ext4 gives as many as a power of two aligned
 * to that (fs/ext4/mballoc.c, CR_POWER2_ALIGNED), but not in a group of which it has not yet read
 * the bitmap, which it does for the sake of this block.
 */
static int write_first(const struct file_system *fs)
{
	char name[64];
	int fd, ret;

	snprintf(name, sizeof(name), "%s/first", fs->folder);
	fd = open(name, O_WRONLY | O_CREAT, 0600);
	ret = fd < 0 || fallocate(fd, 0, 0, 1) ? refuse(fs, name) : 0;
	close(fd);
	return ret;
}

static int write_data(const struct file_system *fs)
{
	char name[64];
	int fd, err;

	if (write_first(fs))
		return -1;
	snprintf(name, sizeof(name), "%s/data", fs->folder);
	fd = open(name, O_RDWR | O_CREAT, 0600);
	err = fd < 0 || fill(fd) ? refuse(fs, name) : 0;
	close(fd);
	return err;
}

static void make_file_system(const struct file_system *fs)
{
	mkdir(fs->folder, 0755);
	if (copy_image(fs))
		return;
	if (mount(fs->device, fs->folder, "ext4", MS_NOATIME, fs->options))
		refuse(fs, "mount");
	else if (write_data(fs))
		umount(fs->folder);
}

/* Dirty pages stay dirty and mapped: writeback in the background would clean them. */
static void no_writeback(void)
{
	int fd = open("/proc/sys/vm/dirty_writeback_centisecs", O_WRONLY);

	if (fd < 0 || write(fd, "0\n", 2) != 2)
		printf("init: dirty_writeback_centisecs: %s\n", strerror(errno));
	close(fd);
}

void init_file_systems(void)
{
	no_writeback();
	for (size_t i = 0; i < ARRAY_SIZE(file_systems); i++)
		make_file_system(&file_systems[i]);
}
