// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs kernels/build, and reads its verdict on each image as soon as it is printed. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <results/status.h>

#include "image.h"

#define STOP_SECONDS 3 /* from SIGTERM to kernels/build until SIGKILL to its group */

/* ---- the guard, a process between this one and the script ---- */

static volatile pid_t script;
static volatile sig_atomic_t told_to_stop;

static void end_group(int sig)
{
	kill(0, SIGKILL); /* kills the guard, too */
}

static void stop_script(int sig)
{
	told_to_stop = 1;
	if (script > 0)
		kill(script, SIGTERM);
	alarm(STOP_SECONDS);
}

static void die_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
}

static void handle(int sig, void (*fn)(int sig))
{
	const struct sigaction act = { .sa_handler = fn };

	sigaction(sig, &act, NULL);
}

/*
 * On SIGTERM the script ends its compilers, but only after a command that it waits for in the
 * foreground: tar, for one, takes a minute. SIGTERM reaches the guard from image_build_stop() or by
 * this process's death. The guard passes it on and kills the group after STOP_SECONDS. Returns only
 * in the script.
 */
static void guard(pid_t parent)
{
	pid_t self = getpid();
	int status;

	setpgid(0, 0);
	handle(SIGTERM, stop_script);
	handle(SIGALRM, end_group);
	die_with(parent);
	script = fork();
	if (script < 0)
		_exit(EXIT_PART_FAILED);
	if (!script) {
		die_with(self);
		return;
	}
	if (told_to_stop)
		kill(script, SIGTERM);
	while (waitpid(script, &status, 0) < 0 && errno == EINTR)
		;
	if (told_to_stop)
		end_group(SIGKILL); /* processes that the script has left */
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_PART_FAILED);
}

static void exec_build(const struct image_build *b, const char *ksrc, pid_t parent)
{
	char program[PATH_MAX], **argv = calloc(b->nr + 4, sizeof(*argv));
	size_t n = 0;

	guard(parent);
	snprintf(program, sizeof(program), "%s/kernels/build", b->root);
	if (!argv || (ksrc && setenv("KSRC", ksrc, 1)))
		_exit(EXIT_PART_FAILED);
	argv[n++] = program;
	argv[n++] = "--verdicts";
	if (b->follow)
		argv[n++] = "--follow";
	memcpy(argv + n, b->names, b->nr * sizeof(*argv));
	execv(program, argv);
	fprintf(stderr, "ptbench: %s: %s\n", results_shown(program), strerror(errno));
	_exit(127);
}

int image_build_start(struct image_build *b, const char *ksrc)
{
	pid_t parent = getpid();
	int fds[2];

	b->pid = 0;
	b->len = 0;
	b->fd = -1;
	if (!b->nr)
		return 0;
	b->told = calloc(b->nr, sizeof(*b->told));
	if (!b->told)
		return -ENOMEM;
	if (pipe2(fds, O_CLOEXEC))
		goto out_told;
	b->pid = fork();
	if (!b->pid) {
		dup2(fds[1], 1);
		exec_build(b, ksrc, parent);
	}
	close(fds[1]);
	b->fd = fds[0];
	if (b->pid > 0)
		return 0;
	b->pid = 0;
	close(b->fd);
out_told:
	free(b->told);
	b->told = NULL;
	return -EAGAIN;
}

static int read_info(struct image *image)
{
	char name[PATH_MAX], line[4096], *value;
	FILE *f;

	snprintf(name, sizeof(name), "%s/info", image->folder);
	f = fopen(name, "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		const char *before;

		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, '\t');
		if (!value)
			continue;
		*value++ = '\0';
		before = results_pairs_get(&image->info, line);
		if (before)
			results_pairs_setf(&image->info, line, "%s; %s", before, value);
		else
			results_pairs_set(&image->info, line, value);
	}
	fclose(f);
	return 0;
}

int image_open(struct image *image, const char *scenario, const char *folder)
{
	image->scenario = strdup(scenario);
	image->folder = strdup(folder);
	return image->scenario && image->folder ? read_info(image) : -ENOMEM;
}

static void refuse(struct image *image, const char *reason, bool skipped)
{
	free(image->folder);
	image->folder = NULL;
	free(image->reason);
	image->reason = strdup(reason);
	image->skipped = skipped;
}

/* "SCENARIO<TAB>FOLDER", or "SCENARIO<TAB>FAILED|SKIPPED<TAB>REASON". */
static void take_line(struct image_build *b, char *line, void (*done)(size_t i, void *arg),
		      void *arg)
{
	char *save, *name = strtok_r(line, "\t", &save), *what = strtok_r(NULL, "\t", &save);
	const char *reason = strtok_r(NULL, "\t", &save);

	for (size_t i = 0; name && what && i < b->nr; i++) {
		struct image *image = &b->images[i];

		if (strcmp(b->names[i], name) || b->told[i])
			continue;
		b->told[i] = true;
		if (!strcmp(what, "FAILED") || !strcmp(what, "SKIPPED"))
			refuse(image, reason ? reason : "kernels/build has printed the reason",
			       what[0] == 'S');
		else if (image_open(image, name, what))
			refuse(image, "its image's folder has no info; remove that folder", false);
		if (done)
			done(i, arg);
		return;
	}
}

static int ended(struct image_build *b)
{
	int status;

	close(b->fd);
	b->fd = -1;
	while (waitpid(b->pid, &status, 0) < 0 && errno == EINTR)
		;
	b->pid = 0;
	status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_PART_FAILED;
	return !status || status == EXIT_USAGE || status == EXIT_INTERRUPTED ? status
									     : EXIT_PART_FAILED;
}

/* Refuses the images that kernels/build printed no line of: it may have died, of a full disk. After
 * bad input or a signal it prints no lines. */
static int say_the_rest(struct image_build *b, int status, void (*done)(size_t i, void *arg),
			void *arg)
{
	for (size_t i = 0; i < b->nr && (!status || status == EXIT_PART_FAILED); i++) {
		if (b->told[i])
			continue;
		refuse(&b->images[i],
		       status ? "kernels/build ended before it built this one; its output says why"
			      : "kernels/build printed no line for it",
		       false);
		if (done)
			done(i, arg);
	}
	free(b->told);
	b->told = NULL;
	return status;
}

int image_build_poll(struct image_build *b, int ms, void (*done)(size_t i, void *arg), void *arg)
{
	struct pollfd p = { .fd = b->fd, .events = POLLIN };
	char *end;
	ssize_t n;

	if (!b->pid)
		return 0;
	if (poll(&p, 1, ms) <= 0)
		return -EAGAIN;
	n = read(b->fd, b->text + b->len, sizeof(b->text) - 1 - b->len);
	if (n < 0 && errno == EINTR)
		return -EAGAIN;
	if (n <= 0)
		return say_the_rest(b, ended(b), done, arg);
	b->len += n;
	b->text[b->len] = '\0';
	while ((end = strchr(b->text, '\n'))) {
		*end++ = '\0';
		take_line(b, b->text, done, arg);
		b->len -= end - b->text;
		memmove(b->text, end, b->len + 1);
	}
	if (b->len == sizeof(b->text) - 1) /* too long for a verdict */
		b->len = 0;
	return -EAGAIN;
}

int image_build_stop(struct image_build *b)
{
	if (!b->pid)
		return 0;
	kill(b->pid, SIGTERM);
	free(b->told);
	b->told = NULL;
	return ended(b);
}

int image_build(const char *root, const char *ksrc, char *const *names, size_t nr,
		struct image *images, volatile sig_atomic_t *stop)
{
	struct image_build b = { .root = root, .names = names, .nr = nr, .images = images };
	int ret;

	memset(images, 0, nr * sizeof(*images));
	if (image_build_start(&b, ksrc))
		return EXIT_PART_FAILED;
	do
		ret = image_build_poll(&b, 1000, NULL, NULL);
	while (ret == -EAGAIN && !*stop);
	if (*stop) {
		image_build_stop(&b);
		return EXIT_INTERRUPTED;
	}
	for (size_t i = 0; i < nr && !ret; i++)
		if (!images[i].folder)
			ret = EXIT_PART_FAILED;
	return ret;
}

void image_free(struct image *images, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(images[i].scenario);
		free(images[i].folder);
		free(images[i].reason);
		results_pairs_free(&images[i].info);
	}
}
