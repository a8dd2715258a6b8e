// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PID 1 of a measured kernel: runs the reference's cases and the driver's rows, writes their
 * records as JSON lines to a serial line of their own, and ends the machine.
 *
 * Lines: {"begin":...}, then {"m":...}, {"skip":...} and {"check":...}, then {"end":...} with the
 * number of records and the CRC-32 of every byte before that line; its "failed" is the first error.
 * Params are copied as text from the record. Progress and reasons go to the console.
 */
#include <array_size.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <results/record.h>

#include "crc32.h"
#include "../driver/ioctl.h"
#include "gup_test.h"
#include "init_cgroup.h"
#include "init_fs.h"
#include "init_harm.h"
#include "init_peer.h"

#define MAX_RECORD (sizeof(struct ptb_record) + 8 * PTB_RECORD_MAX_SAMPLES)

static int data_fd = -1;
static uint32_t crc;
static unsigned nr_records;
static char failed[256];
static char line[64 * 1024]; /* the longest record is well below half of it */
static size_t len;

static union {
	struct ptb_record r;
	char bytes[MAX_RECORD];
} record;

/* ---- the console ---- */

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	va_list ap;

	printf("init: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* The first failure is the reason of the whole part. */
__attribute__((format(printf, 1, 2))) static int fail(const char *fmt, ...)
{
	char text[sizeof(failed)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say("%s", text);
	if (!failed[0])
		memcpy(failed, text, sizeof(failed));
	return -1;
}

/* ---- JSON lines ---- */

__attribute__((format(printf, 1, 2))) static void put(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line + len, sizeof(line) - len, fmt, ap);
	va_end(ap);
	len += n;
	if (len >= sizeof(line))
		len = sizeof(line) - 1;
}

/* Escapes bytes that are not plain ASCII one by one: the line is valid whatever s holds. */
static void put_string(const char *s, size_t max)
{
	put("\"");
	for (size_t i = 0; i < max && s[i]; i++) {
		unsigned char c = s[i];

		if (c == '"' || c == '\\')
			put("\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			put("\\u%04x", c);
		else
			put("%c", c);
	}
	put("\"");
}

static int write_line(void)
{
	size_t done = 0;
	ssize_t n;

	put("\n");
	while (done < len) {
		n = write(data_fd, line + done, len - done);
		if (n < 0 && errno != EINTR)
			return fail("writing the data line: %s", strerror(errno));
		done += n > 0 ? n : 0;
	}
	crc = crc32_of(crc, line, len);
	len = 0;
	return 0;
}

/* ---- records ---- */

static const char *subject_name(unsigned subject)
{
	return subject == PTB_SUBJECT_REF      ? "ref"
	       : subject == PTB_SUBJECT_KERNEL ? "kernel"
					       : "liburcu";
}

static bool terminated(const char *s, size_t size)
{
	return memchr(s, 0, size);
}

static int check_record(const struct ptb_record *r, size_t size)
{
	if (size < sizeof(*r) || r->magic != PTB_RECORD_MAGIC)
		return fail("not a record");
	if (r->nr_samples > PTB_RECORD_MAX_SAMPLES || r->size != size ||
	    r->size != sizeof(*r) + 8 * r->nr_samples)
		return fail("a record's size is wrong");
	if (r->type < PTB_RECORD_MEASUREMENT || r->type > PTB_RECORD_END ||
	    (r->type != PTB_RECORD_END &&
	     (r->subject < PTB_SUBJECT_REF || r->subject > PTB_SUBJECT_LIBURCU)))
		return fail("a record's type or subject is unknown");
	if (!terminated(r->case_id, sizeof(r->case_id)) ||
	    !terminated(r->params, sizeof(r->params)) ||
	    !terminated(r->metric, sizeof(r->metric)) || !terminated(r->text, sizeof(r->text)))
		return fail("a record's string has no end");
	return 0;
}

static void put_identity(const struct ptb_record *r, const char *key)
{
	put("\"%s\":", key);
	put_string(r->case_id, sizeof(r->case_id));
	put(",\"params\":");
	put_string(r->params, sizeof(r->params));
}

static int write_record(const struct ptb_record *r)
{
	switch (r->type) {
	case PTB_RECORD_MEASUREMENT:
		put("{\"m\":{");
		put_identity(r, "case");
		put(",\"subject\":\"%s\",\"metric\":", subject_name(r->subject));
		put_string(r->metric, sizeof(r->metric));
		put(",\"nr_ops\":%llu,\"discarded\":%u,\"samples\":[",
		    (unsigned long long)r->nr_ops, r->discarded);
		for (unsigned i = 0; i < r->nr_samples; i++)
			put("%s%llu", i ? "," : "", (unsigned long long)r->samples[i]);
		put("]}}");
		break;
	case PTB_RECORD_SKIPPED:
		put("{\"skip\":{");
		put_identity(r, "case");
		put(",\"subject\":\"%s\",\"reason\":", subject_name(r->subject));
		put_string(r->text, sizeof(r->text));
		put("}}");
		break;
	default:
		put("{\"check\":{");
		put_identity(r, "id");
		put(",\"seen\":");
		put_string(r->text, sizeof(r->text));
		put("}}");
	}
	nr_records++;
	return write_line();
}

/* ---- the reference ---- */

static int read_all(int fd, void *to, size_t size)
{
	size_t got = 0;
	ssize_t n;

	while (got < size) {
		n = read(fd, (char *)to + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return got || n < 0 ? fail("/bench-guest: its records are cut off") : 1;
		got += n;
	}
	return 0;
}

static int copy_reference(int fd)
{
	struct ptb_record *r = &record.r;
	unsigned before = nr_records;

	for (;;) {
		if (read_all(fd, r, sizeof(*r)))
			return fail("/bench-guest ended without its last record");
		if (r->nr_samples > PTB_RECORD_MAX_SAMPLES)
			return fail("/bench-guest: %u samples in a record", r->nr_samples);
		if (r->nr_samples && read_all(fd, r->samples, 8 * r->nr_samples))
			return -1;
		if (check_record(r, sizeof(*r) + 8 * r->nr_samples))
			return -1;
		if (r->type == PTB_RECORD_END)
			break;
		if (write_record(r))
			return -1;
	}
	if (r->nr_ops != nr_records - before)
		return fail("/bench-guest says %llu records, %u came",
			    (unsigned long long)r->nr_ops, nr_records - before);
	say("reference: %u records", nr_records - before);
	return 0;
}

static bool boot_word(const char *key, char *value, size_t size)
{
	static char text[4096];
	char *copy, *word, *save;
	size_t n = strlen(key);
	bool found = false;
	FILE *f = fopen("/proc/cmdline", "r");

	value[0] = 0;
	if (!f)
		return false;
	if (!fgets(text, sizeof(text), f))
		text[0] = 0;
	fclose(f);
	copy = text;
	while ((word = strtok_r(copy, " \n", &save))) {
		copy = NULL;
		if (!strncmp(word, key, n) && word[n] == '=') {
			/* In quotes, if it came by a boot configuration. */
			word += n + 1 + (word[n + 1] == '"');
			snprintf(value, size, "%.*s", (int)strcspn(word, "\""), word);
			found = true;
		}
	}
	return found;
}

/* Runs the reference's rows of this kernel's page-table format, to be compared with the kernel's. */
static void exec_reference(void)
{
	char format[64];

	if (boot_word("ptbench.format", format, sizeof(format)))
		execl("/bench-guest", "bench-guest", "--format", format, (char *)NULL);
	_exit(127);
}

static int run_reference(void)
{
	int fds[2], status, ret;
	pid_t pid;

	if (access("/bench-guest", X_OK))
		return fail("/bench-guest is not in the initramfs");
	if (pipe(fds))
		return fail("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		return fail("fork: %s", strerror(errno));
	if (!pid) {
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		exec_reference();
	}
	close(fds[1]);
	ret = copy_reference(fds[0]);
	close(fds[0]);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
		return fail("/bench-guest failed with status 0x%x", status);
	return ret;
}

/* ---- the kernel's rows ---- */

static int pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

static int copy_row(int fd)
{
	ssize_t n;

	while ((n = read(fd, record.bytes, sizeof(record))) > 0) {
		if (check_record(&record.r, n) || write_record(&record.r))
			return -1;
		gup_test_note(&record.r);
	}
	return n < 0 ? fail("/dev/ptbench: reading records: %s", strerror(errno)) : 0;
}

static int run_driver(void)
{
	struct ptb_run run = { 0 };
	unsigned before = nr_records;
	int fd = open("/dev/ptbench", O_RDONLY), ret = 0;

	if (fd < 0)
		return fail("/dev/ptbench: %s: is the driver in this kernel?", strerror(errno));
	for (; !ioctl(fd, PTB_IOC_INFO, &run); run.row++) {
		if (run.needs & PTB_NEEDS_PEER && !run.peer)
			ret = init_peer_start(fd, &run.peer);
		if (ret)
			return fail("starting the peer on CPU 1: %s", strerror(ret));
		if (ioctl(fd, PTB_IOC_RUN, &run))
			return fail("row %u of the driver: %s; the line above says why", run.row,
				    strerror(errno));
		if (copy_row(fd))
			return -1;
	}
	if (errno != ENXIO)
		return fail("/dev/ptbench: %s", strerror(errno));
	close(fd);
	say("kernel: %u rows, %u records", run.row, nr_records - before);
	return 0;
}

/* ---- set-up ---- */

static const struct {
	const char *name, *value;
	const char *older; /* the file's name in older kernels, or NULL */
	bool optional;	   /* some kernels have no such file, or refuse to write to it */
} sysctls[] = {
	/*
	 * Freed pages stay in the per-CPU lists, where the next window takes them from: otherwise
	 * every window that frees more than a batch drains the lists in the middle.
	 */
	{ .name = "/proc/sys/vm/percpu_pagelist_high_fraction",
	  .value = "8\n",
	  .older = "/proc/sys/vm/percpu_pagelist_fraction" /* until 5.13 */ },
	/* A table of large pages maps more than the guest's memory; rows touch few of its pages. */
	{ .name = "/proc/sys/vm/overcommit_memory", .value = "1\n" },
	/* The most huge pages that a row has at once; the kernel allocates them on demand. */
	{ .name = "/proc/sys/vm/nr_overcommit_hugepages", .value = "32\n", .optional = true },
};

static int set_sysctls(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(sysctls); i++) {
		FILE *f = fopen(sysctls[i].name, "w");

		if (!f && sysctls[i].older)
			f = fopen(sysctls[i].older, "w");
		if (!f && sysctls[i].optional)
			continue;
		if (f && fputs(sysctls[i].value, f) >= 0 && !fclose(f))
			continue;
		/* On a machine without huge pages 6.1 has the file, and 6.12 has none. */
		if (!sysctls[i].optional || errno != EOPNOTSUPP)
			return fail("%s: %s", sysctls[i].name, strerror(errno));
	}
	return 0;
}

/* Waits for the device: drivers may announce it from a work queue, after PID 1 has started. */
static int open_line(const char *name)
{
	int fd;

	for (int tries = 0; (fd = open(name, O_WRONLY | O_NOCTTY)) < 0 && tries < 1000; tries++)
		usleep(1000);
	return fd;
}

static int open_data(void)
{
	char name[64];
	struct termios t;

	if (!boot_word("ptbench.data", name, sizeof(name)))
		return fail("no ptbench.data=/dev/... on the kernel command line");
	data_fd = open_line(name);
	if (data_fd < 0)
		return fail("%s: %s", name, strerror(errno));
	/* A device that is no terminal does not change bytes. */
	if (!isatty(data_fd))
		return 0;
	if (tcgetattr(data_fd, &t))
		return fail("%s: %s", name, strerror(errno));
	cfmakeraw(&t);
	cfsetspeed(&t, B115200);
	return tcsetattr(data_fd, TCSANOW, &t) ? fail("%s: %s", name, strerror(errno)) : 0;
}

static int set_up(void)
{
	mkdir("/proc", 0755);
	mkdir("/dev", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL))
		return fail("mounting /proc: %s", strerror(errno));
	if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) && errno != EBUSY)
		return fail("mounting /dev: %s", strerror(errno));
	if (init_cgroup())
		return fail("/cgroup: %s", strerror(errno));
	return open_data() ?: set_sysctls();
}

static void run_boot(void)
{
	char boot[16], only[16], format[64], one[8], harm[16];
	bool gup_test;

	boot_word("ptbench.only", only, sizeof(only));
	boot_word("ptbench.format", format, sizeof(format));
	boot_word("ptbench.boot", boot, sizeof(boot));
	gup_test = !strcmp(boot, "costs") && !boot_word("ptbench.case", one, sizeof(one));
	if (strcmp(boot, "costs") && strcmp(boot, "events")) {
		fail("ptbench.boot=%s is neither costs nor events", boot);
		return;
	}
	put("{\"begin\":{\"version\":2,\"boot\":\"%s\"}}", boot);
	if (write_line())
		return;
	if (boot_word("ptbench.harm", harm, sizeof(harm)))
		init_harm(harm, data_fd);
	if (!strcmp(boot, "events"))
		init_peer_clear_cpu();
	else if (strcmp(only, "kernel") && run_reference())
		return;
	init_file_systems();
	if (gup_test)
		gup_test_run();
	if (!run_driver() && gup_test)
		gup_test_checks(format, write_record);
}

static void write_end(void)
{
	uint32_t before = crc;

	put("{\"end\":{\"records\":%u,\"crc32\":\"%08" PRIx32 "\"", nr_records, before);
	if (failed[0]) {
		put(",\"failed\":");
		put_string(failed, sizeof(failed));
	}
	put("}}");
	write_line();
	tcdrain(data_fd);
}

int main(int argc, char **argv)
{
	/*
	 * Executes itself again on CPU 0: this address space has never been on another CPU. The
	 * kernel hands over words of its command line that it does not know: 5.10 "bootconfig".
	 */
	if (argc < 2 || strcmp(argv[1], "pinned")) {
		pin(0);
		execl("/init", "init", "pinned", (char *)NULL);
	}
	if (!set_up())
		run_boot();
	if (data_fd >= 0)
		write_end();
	say("%s", failed[0] ? "failed" : "done");
	tcdrain(1);
	/* Waits for the kernel's messages on the failure: PREEMPT_RT prints them in a thread. */
	if (failed[0])
		usleep(500000);
	/* QEMU runs with -no-reboot, and ends: a power-off would need firmware. */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
