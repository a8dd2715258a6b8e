// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts QEMUs, and ends each that runs for too long or writes too much. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "boot.h"
#include "bootconfig.h"
#include "child.h"
#include "program.h"

/* Beside those: -plugin, -kernel, -initrd, -append with values, NULL. */
#define MAX_ARGS (QEMU_MAX_OPTIONS + 9)
/* Bytes; a boot writes some 10 KiB on the console, and 100 KiB of data. */
#define MAX_CONSOLE (1L << 20)
#define MAX_OUTPUT (4L << 20) /* of data; neither file may grow beyond it */
#define KEPT (256L << 10)     /* the beginning of a file that grew too large */
#define MAX_PROFILE (1L << 30)

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

char *qemu_command_line(const struct qemu_boot *b)
{
	const struct scenario *s = b->scenario;
	const struct scenario_arch *a = &s->arch;
	char *text;

	/* Callbacks queued by one window run in one batch; see driver/deferred.c. */
	if (asprintf(&text,
		     "console=%s %s panic=-1 rcutree.blimit=100 ptbench.boot=%s ptbench.data=%s "
		     "ptbench.design=%s ptbench.format=%s%s%s%s%s%s%s",
		     a->console, a->cmdline ? a->cmdline : "", b->events ? "events" : "costs",
		     a->data, s->design, a->format, b->mode == QEMU_KVM ? " ptbench.time=1" : "",
		     s->no_reference && !b->events ? " ptbench.only=kernel" : "",
		     s->append ? " " : "", s->append ? s->append : "", b->append ? " " : "",
		     b->append ? b->append : "") < 0)
		return NULL;
	return text;
}

char *qemu_options(const struct qemu_boot *b)
{
	const struct scenario_arch *a = &b->scenario->arch;
	int cpus = b->events ? 2 : 1;
	char accel[64] = "-accel kvm", *text;

	if (b->mode != QEMU_KVM)
		snprintf(accel, sizeof(accel),
			 "-accel tcg,thread=single -icount shift=%s,sleep=off",
			 a->icount_shift ? a->icount_shift : "0");

	if (asprintf(&text,
		     "-machine %s -cpu %s -m %s -smp %d,sockets=%d,cores=1,threads=1 -nodefaults "
		     "-display none -no-reboot %s -seed 1 -rtc base=2026-01-01,clock=vm %s",
		     a->machine, a->cpu, a->memory, cpus, cpus, accel, a->qemu_args) < 0)
		return NULL;
	return text;
}

int qemu_split(char *options, const char **argv, int nr)
{
	char *save, *word = strtok_r(options, " ", &save);

	for (; word; word = strtok_r(NULL, " ", &save)) {
		if (nr == QEMU_MAX_OPTIONS)
			return -E2BIG;
		argv[nr++] = word;
	}
	return nr;
}

/* A guest must not fill the disk that the others write to. */
static void limit_output(const struct qemu_boot *b)
{
	const struct rlimit size = {
		.rlim_cur = b->plugin ? MAX_PROFILE : MAX_OUTPUT + 1,
		.rlim_max = b->plugin ? MAX_PROFILE : MAX_OUTPUT + 1,
	}, core = { 0 };

	setrlimit(RLIMIT_FSIZE, &size);
	setrlimit(RLIMIT_CORE, &core);
}

char *qemu_escaped(const char *path)
{
	char *text = malloc(2 * strlen(path) + 1), *to = text;

	for (; text && *path; path++) {
		*to++ = *path;
		if (*path == ',')
			*to++ = ',';
	}
	if (text)
		*to = '\0';
	return text;
}

/* The value of a -chardev option that writes to the file; malloc'ed. */
static char *chardev(const char *id, const char *file)
{
	char *path = qemu_escaped(file), *text = NULL;

	if (path && asprintf(&text, "file,id=%s,path=%s", id, path) < 0)
		text = NULL;
	free(path);
	return text;
}

/* Of a machine whose command line is short: words stand behind the initramfs, which is fd. */
struct handed_over {
	const char *words;
	char initramfs[32];
	int fd; /* -1: none */
};

static int hand_over(struct qemu_boot *b, const char *words, struct handed_over *h)
{
	h->words = words;
	h->fd = -1;
	if (!b->scenario->arch.bootconfig)
		return 0;
	h->words = "bootconfig";
	h->fd = bootconfig_behind(b->initramfs, words);
	if (h->fd < 0)
		snprintf(b->why, sizeof(b->why), "%s: '%.400s'",
			 h->fd == -EEXIST   ? "a word of the command line stands twice"
			 : h->fd == -EINVAL ? "a word of the command line cannot be handed over"
			 : h->fd == -E2BIG  ? "the command line is longer than the kernel reads"
					    : strerror(-h->fd),
			 h->fd == -EEXIST || h->fd == -EINVAL || h->fd == -E2BIG ? words
										 : b->initramfs);
	snprintf(h->initramfs, sizeof(h->initramfs), "/proc/self/fd/%d", h->fd);
	return h->fd < 0 ? h->fd : 0;
}

static void exec_qemu(const struct qemu_boot *b, char *options, const struct handed_over *h)
{
	struct qemu_program program;
	const char *argv[MAX_ARGS];
	char *console = chardev("console", b->console), *data = chardev("data", b->stream);
	int fd, nr;

	if (!console || !data || qemu_find(b->scenario->arch.qemu, &program))
		_exit(126);
	nr = qemu_begin(&program, argv);
	argv[nr++] = "-chardev";
	argv[nr++] = console;
	argv[nr++] = "-chardev";
	argv[nr++] = data;
	nr = qemu_split(options, argv, nr); /* fits: emulator_check() has split the same options */
	if (nr < 0)
		_exit(126);
	if (b->plugin) {
		argv[nr++] = "-plugin";
		argv[nr++] = b->plugin;
	}
	argv[nr++] = "-kernel";
	argv[nr++] = b->image;
	argv[nr++] = "-initrd";
	argv[nr++] = h->fd < 0 ? b->initramfs : h->initramfs;
	argv[nr++] = "-append";
	argv[nr++] = h->words;
	argv[nr] = NULL;
	limit_output(b);
	fd = open(b->console, O_WRONLY | O_APPEND);
	dup2(fd, 2);
	fd = open("/dev/null", O_RDWR);
	dup2(fd, 0);
	dup2(fd, 1);
	execvp(argv[0], (char *const *)argv);
	fprintf(stderr, "%s: %s; scripts/deps installs it\n", argv[0], strerror(errno));
	_exit(127);
}

static int empty_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : close(fd);
}

static void start(struct qemu_boot *b)
{
	char *options = qemu_options(b), *words = qemu_command_line(b);
	struct handed_over h = { .fd = -1 };
	int err = options && words ? empty_file(b->console) ?: empty_file(b->stream) ?:
				     hand_over(b, words, &h) : -ENOMEM;
	pid_t pid = err ? -1 : child_fork(0);

	if (!pid)
		exec_qemu(b, options, &h);
	if (h.fd >= 0)
		close(h.fd);
	if (pid < 0) {
		if (!b->why[0])
			snprintf(b->why, sizeof(b->why), "QEMU could not be started: %s",
				 strerror(err ? -err : errno));
		b->done = true;
	} else {
		b->pid = pid;
		b->started = now();
	}
	free(options);
	free(words);
}

static void end(struct qemu_boot *b)
{
	child_kill(b->pid);
	b->pid = 0;
	b->done = true;
}

static long size_of(const char *file)
{
	struct stat st;

	return stat(file, &st) ? 0 : st.st_size;
}

/* Has the guest written too much? Then b->why says so. */
static bool flooded(struct qemu_boot *b)
{
	bool console = size_of(b->console) > MAX_CONSOLE;

	if (!console && size_of(b->stream) <= MAX_OUTPUT)
		return false;
	snprintf(b->why, sizeof(b->why), "more than %ld bytes on the %s",
		 console ? MAX_CONSOLE : MAX_OUTPUT, console ? "console" : "data line");
	return true;
}

static void how_it_ended(struct qemu_boot *b, int status)
{
	b->pid = 0;
	b->done = true;
	if (WIFSIGNALED(status))
		snprintf(b->why, sizeof(b->why), "QEMU was ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status))
		snprintf(b->why, sizeof(b->why), "QEMU ended with status %d", WEXITSTATUS(status));
}

/* Shortens the file of a guest that wrote too much: most of it is of no use. */
static void cut(struct qemu_boot *b, const char *file)
{
	if (size_of(file) > KEPT && truncate(file, KEPT))
		snprintf(b->why, sizeof(b->why), "%.500s: %s", file, strerror(errno));
}

static void watch(struct qemu_boot *b)
{
	bool flood;
	int status;

	b->seconds = now() - b->started;
	if (child_has_ended(b->pid, &status))
		how_it_ended(b, status);
	flood = flooded(b);
	if (!flood && !b->done && b->seconds > b->timeout)
		snprintf(b->why, sizeof(b->why), "still running after %d s", b->timeout);
	if (!b->done && b->why[0])
		end(b);
	if (flood) {
		cut(b, b->console);
		cut(b, b->stream);
	}
}

bool qemu_pool_step(struct qemu_pool *p)
{
	for (; p->started < p->nr && p->running < p->jobs; p->started++) {
		start(&p->boots[p->started]);
		p->running += !p->boots[p->started].done;
	}
	for (size_t i = 0; i < p->started; i++) {
		struct qemu_boot *b = &p->boots[i];

		if (!b->done) {
			watch(b);
			p->running -= b->done;
		}
		if (b->done && !b->reported) {
			b->reported = true;
			p->reported++;
			p->done(b, p->arg);
		}
	}
	return p->reported < p->nr;
}

void qemu_pool_end(struct qemu_pool *p)
{
	for (size_t i = 0; i < p->started; i++)
		if (p->boots[i].pid)
			end(&p->boots[i]);
}

int qemu_run(struct qemu_boot *boots, size_t nr, int jobs, volatile sig_atomic_t *stop,
	     void (*done)(struct qemu_boot *b, void *arg), void *arg)
{
	const struct timespec nap = { .tv_nsec = 10000000 };
	struct qemu_pool p = {
		.boots = boots,
		.nr = nr,
		.jobs = jobs,
		.done = done,
		.arg = arg,
	};

	while (!*stop && qemu_pool_step(&p))
		nanosleep(&nap, NULL);
	qemu_pool_end(&p);
	return p.reported < nr ? -EINTR : 0;
}
