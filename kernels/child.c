// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts programs that are asked something. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

/* What fits into a pipe is written before somebody reads it, so that nobody has to be waited for. */
static int pipe_with(const char *input, int fds[2])
{
	ssize_t len = strlen(input);

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	if (len && write(fds[1], input, len) != len) {
		close(fds[0]);
		close(fds[1]);
		return -EIO;
	}
	close(fds[1]);
	return 0;
}

static void run_child(const char *const *argv, int in, int out, int from)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	/* It must not outlive us, whatever ends us. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(in, 0);
	dup2(from == 1 ? out : null, 1);
	dup2(from == 2 ? out : null, 2);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

int child_start(struct child *c, const char *const *argv, const char *input, int from)
{
	int in[2], out[2], ret = pipe_with(input, in);

	if (ret)
		return ret;
	if (pipe2(out, O_CLOEXEC)) {
		ret = -errno;
		goto out_in;
	}
	c->pid = fork();
	if (c->pid < 0) {
		ret = -errno;
		goto out_pipe;
	}
	if (!c->pid)
		run_child(argv, in[0], out[1], from);
	close(in[0]);
	close(out[1]);
	c->out = fdopen(out[0], "r");
	if (c->out)
		return 0;
	close(out[0]);
	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	return -ENOMEM;

out_pipe:
	close(out[0]);
	close(out[1]);
out_in:
	close(in[0]);
	return ret;
}

int child_end(struct child *c)
{
	int status;

	fclose(c->out);
	while (waitpid(c->pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
