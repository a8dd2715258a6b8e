// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts programs that end when this process does, and programs whose output is read. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

/* ---- groups ---- */

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127 << 8;
	return status;
}

/* PR_SET_PDEATHSIG sends no signal for a parent that died before the call: hence getppid(). */
static void end_with(pid_t parent, int sig)
{
	prctl(PR_SET_PDEATHSIG, sig);
	if (getppid() != parent)
		_exit(127);
}

/* Ends this process with the program's exit status or by the signal that ended the program. */
__attribute__((noreturn)) static void pass_on(int status, const sigset_t *mask)
{
	const struct rlimit none = { 0 };

	if (WIFSIGNALED(status)) {
		setrlimit(RLIMIT_CORE, &none);
		signal(WTERMSIG(status), SIG_DFL);
		sigprocmask(SIG_SETMASK, mask, NULL);
		raise(WTERMSIG(status));
	}
	_exit(WEXITSTATUS(status));
}

static bool runs(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return !waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid;
}

/*
 * The guard is a process between this one and the program. PR_SET_PDEATHSIG reaches a direct child
 * only, and the program may be a script that starts the real one. The guard waits for SIGCHLD of
 * the program, SIGTERM or SIGALRM, then kills the program's whole group. awaited: these signals,
 * blocked; mask: the signal mask for the program. Returns only in the program.
 */
static void guard(pid_t parent, unsigned seconds, const sigset_t *awaited, const sigset_t *mask)
{
	pid_t self = getpid(), pid;
	int sig, status;

	setpgid(0, 0); /* Ctrl-C must reach the caller only */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	end_with(parent, SIGTERM);
	pid = fork();
	if (pid < 0)
		_exit(126);
	if (!pid) {
		setpgid(0, 0);
		end_with(self, SIGKILL);
		sigprocmask(SIG_SETMASK, mask, NULL);
		return;
	}
	setpgid(pid, pid);	/* here and in the child: either may run first */
	close_range(0, ~0U, 0); /* a pipe is at its end as soon as the program has closed it */
	alarm(seconds);
	do
		sigwait(awaited, &sig);
	while (sig == SIGCHLD && runs(pid));
	kill(-pid, SIGKILL); /* before waitpid(): until then pid cannot be another process */
	status = wait_for(pid);
	while (waitpid(-pid, NULL, 0) > 0 || errno == EINTR)
		;
	pass_on(status, mask);
}

pid_t child_fork(unsigned seconds)
{
	sigset_t awaited, mask;
	pid_t parent = getpid(), pid;

	sigemptyset(&awaited);
	sigaddset(&awaited, SIGTERM);
	sigaddset(&awaited, SIGALRM);
	sigaddset(&awaited, SIGCHLD);
	sigprocmask(SIG_BLOCK, &awaited, &mask);
	pid = fork();
	if (!pid)
		guard(parent, seconds, &awaited, &mask);
	else
		sigprocmask(SIG_SETMASK, &mask, NULL);
	return pid;
}

bool child_has_ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

int child_kill(pid_t pid)
{
	kill(pid, SIGTERM);
	return wait_for(pid);
}

/* ---- programs whose output is read ---- */

/* Writes input into a new pipe before the program starts: PIPE_BUF bytes fit without a reader. */
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

	dup2(in, 0);
	dup2(from == 1 ? out : null, 1);
	dup2(from == 2 ? out : null, 2);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

int child_start(struct child *c, const char *const *argv, const char *input, int from,
		unsigned seconds)
{
	int in[2], out[2], ret = pipe_with(input, in);

	if (ret)
		return ret;
	if (pipe2(out, O_CLOEXEC)) {
		ret = -errno;
		goto out_in;
	}
	c->pid = child_fork(seconds);
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
	child_kill(c->pid);
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
	bool interrupted = ferror(c->out);
	int status;

	fclose(c->out);
	status = interrupted ? child_kill(c->pid) : wait_for(c->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
