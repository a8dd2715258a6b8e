// SPDX-License-Identifier: GPL-2.0-or-later
/* perf_event_open(2), and the reasons why it fails. */

#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "perf.h"

static int open_event(struct perf_event_attr *attr, pid_t pid, int cpu)
{
	int fd;

	attr->size = sizeof(*attr);
	attr->disabled = 1;
	fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int perf_open_self(uint32_t type, uint64_t config)
{
	struct perf_event_attr attr = {
		.type = type,
		.config = config,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return open_event(&attr, 0, -1);
}

static const char *reason(int err)
{
	switch (-err) {
	case ENOENT:
	case EOPNOTSUPP:
		return "the CPU, or its hypervisor, offers no such counter";
	case EACCES:
	case EPERM:
		return "not permitted: see /proc/sys/kernel/perf_event_paranoid";
	case ENOSYS:
		return "the kernel was built without perf events";
	}
	return strerror(-err);
}

bool perf_hardware(char *why, size_t size)
{
	int fd = perf_open_self(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS);

	if (fd < 0) {
		snprintf(why, size, "none: %s: %s", strerrorname_np(-fd), reason(fd));
		return false;
	}
	close(fd);
	return true;
}

static const char *const tracing_dirs[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

/* Opens a file below the tracing folder, wherever that is mounted. */
static FILE *tracing_open(const char *name)
{
	char path[256];
	FILE *f = NULL;

	for (size_t i = 0; i < 2 && !f; i++) {
		snprintf(path, sizeof(path), "%s/%s", tracing_dirs[i], name);
		f = fopen(path, "re");
	}
	return f;
}

/* Reads the tracepoint's id, which perf takes as config. */
static int tracepoint_id(const char *group, const char *event, uint64_t *id)
{
	char name[128];
	unsigned long long v;
	FILE *f;
	int n;

	snprintf(name, sizeof(name), "events/%s/%s/id", group, event);
	f = tracing_open(name);
	if (!f)
		return -errno;
	n = fscanf(f, "%llu", &v);
	fclose(f);
	if (n != 1)
		return -EINVAL;
	*id = v;
	return 0;
}

int perf_open_tracepoint(const char *group, const char *event, const char *filter, int cpu)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT };
	uint64_t id = 0;
	int fd, err = tracepoint_id(group, event, &id);

	if (err)
		return err;
	attr.config = id;
	fd = open_event(&attr, -1, cpu);
	if (fd < 0 || !filter || !ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static bool kernel_has_tracefs(void)
{
	FILE *f = fopen("/proc/filesystems", "re");
	char line[128];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, "\ttracefs\n");
	if (f)
		fclose(f);
	return found;
}

void perf_find_tracefs(void)
{
	FILE *f = tracing_open("available_events");

	if (f)
		fclose(f);
	/* A mount namespace that ends with this process; perf_tracepoints() reports a failure. */
	else if (kernel_has_tracefs() && !unshare(CLONE_NEWNS) &&
		 !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		mount("none", tracing_dirs[0], "tracefs", 0, NULL);
}

bool perf_tracepoints(char *why, size_t size)
{
	FILE *f = tracing_open("available_events");
	int fd, err = errno;

	if (!f) {
		if (err == EACCES)
			snprintf(why, size, "none: %s: not permitted to read it", tracing_dirs[0]);
		else if (!kernel_has_tracefs())
			snprintf(why, size, "none: this kernel was built without tracefs");
		else
			snprintf(why, size,
				 "none: tracefs is not mounted (mount -t tracefs none %s)",
				 tracing_dirs[0]);
		return false;
	}
	fclose(f);
	fd = perf_open_tracepoint("sched", "sched_switch", NULL, 0);
	if (fd < 0) {
		snprintf(why, size, "none: %s: %s", strerrorname_np(-fd), reason(fd));
		return false;
	}
	close(fd);
	return true;
}

int perf_start(int fd)
{
	if (ioctl(fd, PERF_EVENT_IOC_RESET, 0) || ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return -errno;
	return 0;
}

int perf_stop(int fd, uint64_t *count)
{
	if (ioctl(fd, PERF_EVENT_IOC_DISABLE, 0))
		return -errno;
	return read(fd, count, sizeof(*count)) == sizeof(*count) ? 0 : -EIO;
}
