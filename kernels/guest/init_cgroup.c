// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Puts PID 1 into a memory control group, if the kernel has them, as every process of a
 * distribution is in one: pages and page tables of the root group are not charged.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init_cgroup.h"

static int put(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (n < 0)
		printf("init: %s: %s\n", name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

int init_cgroup(void)
{
	mkdir("/cgroup", 0755);
	if (mount("cgroup2", "/cgroup", "cgroup2", 0, NULL))
		return errno == ENODEV ? 0 : -1; /* ENODEV: a kernel without control groups */
	if (put("/cgroup/cgroup.subtree_control", "+memory"))
		return -1;
	mkdir("/cgroup/ptbench", 0755);
	if (put("/cgroup/ptbench/cgroup.procs", "0"))
		return -1;
	printf("init: in a memory control group\n");
	return 0;
}
