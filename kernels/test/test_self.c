// SPDX-License-Identifier: GPL-2.0-or-later
/* Subcommands that a program runs: their status, their output, and that none outlives it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cmd/self.h"
#include "scripts/tap.h"

static volatile sig_atomic_t stop;

static void on_alarm(int sig)
{
	stop = sig;
}

/* The subcommands of this test. */
static int subcommand(char **argv)
{
	if (!strcmp(argv[1], "status")) {
		printf("said by %s\n", argv[2]);
		return atoi(argv[2]);
	}
	if (!strcmp(argv[1], "die"))
		raise(SIGKILL);
	dprintf(1, "%d\n", (int)getpid());
	for (;;)
		pause();
}

static const char *line_of(FILE *f)
{
	static char line[64];

	rewind(f);
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	return line;
}

static void test_status(void)
{
	const char *const three[] = { "test_self", "status", "3", NULL };
	const char *const die[] = { "test_self", "die", NULL };
	FILE *out = tmpfile();

	ok(self_run(three, out, &stop) == 3, "its exit status");
	ok(!strcmp(line_of(out), "said by 3\n"), "and what it prints is in the file");
	ok(self_run(die, out, &stop) == 4, "one that is ended by a signal has status 4");
	fclose(out);
}

static void test_stop(void)
{
	const char *const wait[] = { "test_self", "wait", NULL };
	struct sigaction act = { .sa_handler = on_alarm };
	FILE *out = tmpfile();

	sigaction(SIGALRM, &act, NULL);
	alarm(1);
	ok(self_run(wait, out, &stop) == 4 && stop,
	   "one that waits is ended when we are told to stop");
	ok(kill(atoi(line_of(out)), 0) < 0, "and is gone");
	fclose(out);
	stop = 0;
}

/* Reads a pid from the first line of out; waits for it, for ten seconds at most. */
static pid_t first_pid(FILE *out)
{
	for (int i = 0; i < 100 && !strchr(line_of(out), '\n'); i++)
		usleep(100000);
	return atoi(line_of(out));
}

static void test_killed(void)
{
	const char *const wait[] = { "test_self", "wait", NULL };
	FILE *out = tmpfile();
	pid_t us, it;

	fflush(NULL);
	us = fork();
	if (!us)
		_exit(self_run(wait, out, &stop));
	it = first_pid(out);
	ok(it > 0 && !kill(it, 0), "it runs");
	kill(us, SIGKILL);
	waitpid(us, NULL, 0);
	for (int i = 0; i < 100 && !kill(it, 0); i++)
		usleep(100000);
	ok(kill(it, 0) < 0, "and is gone when we are killed outright");
	kill(it, SIGKILL);
	fclose(out);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return subcommand(argv);
	test_status();
	test_stop();
	test_killed();
	return tap_done();
}
