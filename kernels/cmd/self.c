// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs subcommands of this program, and keeps their output. */
#include <errno.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include <results/status.h>

#include "../boot/child.h"
#include "self.h"

__attribute__((noreturn)) static void exec_self(const char *const *argv, FILE *out)
{
	dup2(fileno(out), 1);
	execv("/proc/self/exe", (char *const *)argv);
	_exit(127);
}

int self_run(const char *const *argv, FILE *out, volatile sig_atomic_t *stop)
{
	pid_t pid, ended = 0;
	int status = 0;

	fflush(NULL);
	pid = child_fork(0);
	if (!pid)
		exec_self(argv, out);
	while (pid > 0 && !*stop && (ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		;
	if (pid > 0 && ended != pid)
		status = child_kill(pid);
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status)
									  : EXIT_PART_FAILED;
}

void self_print(FILE *out)
{
	char text[4096];
	size_t n;

	rewind(out);
	while ((n = fread(text, 1, sizeof(text), out)))
		fwrite(text, 1, n, stdout);
	fseek(out, 0, SEEK_END);
	fflush(stdout);
}
