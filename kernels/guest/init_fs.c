// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guests' file systems: copies the initramfs's image of an empty file system to its devices,
 * mounts it, and writes its file.
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
#define PAGES 512	 /* of the file, at least: one table of most formats maps as many */
#define BYTES (4L << 20) /* of the file, at least: two huge pages of FS-DAX */

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

/* The image is cut after its metadata; the rest of the device is zeros already. */
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
 * FS-DAX maps huge pages only of aligned blocks. ext4 aligns an allocation of a power of two of
 * blocks to its size (fs/ext4/mballoc.c, CR_POWER2_ALIGNED), but not in a group whose bitmap it has
 * not read: allocating this block makes it read the bitmap.
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

/* Switches off background writeback, which would clean the pages that rows have made dirty. */
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
