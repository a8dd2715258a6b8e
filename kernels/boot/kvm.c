// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The KVM probe. /dev/kvm may exist and be useless (nested or para-virtual machines): guests
 * start and never leave their decompressor.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../guest/crc32.h"
#include "kvm.h"
#include "stream.h"

#define PROBE_SECONDS 8

bool kvm_is_native(const char *arch)
{
	struct utsname u;

	return !uname(&u) && !strcmp(u.machine, !strcmp(arch, "arm64") ? "aarch64" : arch);
}

/* The environment variable's value; "" when it is not set. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

/* The cache file; "" without PTBENCH_CACHE and HOME: in /tmp another user could have made it. */
static void cache_name(const struct qemu_boot *b, const char *version, char *to, size_t size)
{
	const char *cache = variable("PTBENCH_CACHE"), *home = variable("HOME");
	struct utsname u = { .release = "" };
	char key[1024];

	uname(&u);
	snprintf(key, sizeof(key), "%s\n%s %s\n%s %s", version, u.release, u.version,
		 b->scenario->arch.machine, b->scenario->arch.cpu);
	to[0] = '\0';
	if (*cache || *home)
		snprintf(to, size, "%s%s/kvm-%08x", *cache ? cache : home,
			 *cache ? "" : "/.cache/ptbench", crc32_of(0, key, strlen(key)));
}

static bool recall(const char *name, char *reason, size_t size)
{
	FILE *f = fopen(name, "re");
	bool there = false;

	if (f) {
		there = fgets(reason, size, f);
		reason[strcspn(reason, "\n")] = '\0';
		fclose(f);
	}
	return there;
}

/* Writes a file of this process and renames it: two processes may probe at a time. */
static void remember(const char *name, const char *reason)
{
	char tmp[PATH_MAX + 16];
	FILE *f;

	snprintf(tmp, sizeof(tmp), "%s.%d", name, (int)getpid());
	f = fopen(tmp, "we");
	if (!f)
		return;
	fprintf(f, "%s\n", reason);
	if (fclose(f) || rename(tmp, name))
		unlink(tmp);
}

static void judge(struct qemu_boot *b, void *arg)
{
	char *reason = arg, why[STREAM_WHY];
	struct stream stream = { .nr = 0 };

	if (b->why[0])
		snprintf(reason, 256, "the boot that tries KVM: %.200s", b->why);
	else if (stream_read(b->stream, &stream, why))
		snprintf(reason, 256, "the boot that tries KVM: %.200s", why);
	else
		strcpy(reason, "usable");
	stream_free(&stream);
}

static int probe(const struct qemu_boot *of, volatile sig_atomic_t *stop, char reason[256])
{
	struct qemu_boot b = *of;
	const char *tmp = variable("TMPDIR");
	char console[PATH_MAX], data[PATH_MAX];
	int err = -EIO, fds[2];

	tmp = *tmp ? tmp : "/tmp";
	snprintf(console, sizeof(console), "%s/ptbench-kvm-console-XXXXXX", tmp);
	snprintf(data, sizeof(data), "%s/ptbench-kvm-data-XXXXXX", tmp);
	fds[0] = mkostemp(console, O_CLOEXEC);
	fds[1] = mkostemp(data, O_CLOEXEC);
	b.console = console;
	b.stream = data;
	b.timeout = PROBE_SECONDS;
	if (fds[0] >= 0 && fds[1] >= 0)
		err = qemu_run(&b, 1, 1, stop, judge, reason);
	if (fds[0] >= 0 && !close(fds[0]))
		unlink(console);
	if (fds[1] >= 0 && !close(fds[1]))
		unlink(data);
	return err;
}

bool kvm_usable(const struct qemu_boot *b, const char *qemu_version, volatile sig_atomic_t *stop,
		char *reason, size_t size)
{
	char name[PATH_MAX], found[256] = "";

	if (access("/dev/kvm", R_OK | W_OK)) {
		snprintf(reason, size, "/dev/kvm: %s", strerror(errno));
		return false;
	}
	cache_name(b, qemu_version, name, sizeof(name));
	if (!recall(name, found, sizeof(found))) {
		int err = probe(b, stop, found);

		if (err) {
			snprintf(
				reason, size,
				err == -EINTR
					? "the boot that tries KVM was interrupted"
					: "the boot that tries KVM: no room for its console in TMPDIR");
			return false;
		}
		if (*name)
			remember(name, found);
	}
	snprintf(reason, size, "%s", found);
	return !strcmp(found, "usable");
}
