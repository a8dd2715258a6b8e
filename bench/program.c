// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs programs, passes signals on to them, and lets none outlive us. */

#include <array_size.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

#define GRACE 10 /* seconds between being interrupted and being killed */

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM };

/* the signals' actions before program_catch_signals(), to restore */
static struct sigaction first[ARRAY_SIZE(signals)];
static bool caught;
static volatile sig_atomic_t interrupted;
static volatile pid_t child; /* changes only while the signals are blocked */

/* Passes the signal on, unless the terminal sent it: then the child has got it as well. */
static void on_signal(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	if (sig == SIGALRM) {
		if (child)
			kill(child, SIGKILL);
	} else {
		if (!interrupted)
			interrupted = sig;
		if (child && info->si_code != SI_KERNEL)
			kill(child, sig);
		if (child)
			alarm(GRACE);
	}
	errno = saved;
}

void program_catch_signals(void)
{
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &first[i]);
		if (first[i].sa_handler != SIG_IGN || signals[i] == SIGALRM)
			sigaction(signals[i], &sa, NULL);
	}
	caught = true;
}

void program_release_signals(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(signals) && caught; i++)
		sigaction(signals[i], &first[i], NULL);
	caught = false;
}

int program_interrupted(void)
{
	return interrupted;
}

static void block(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

static int redirect(enum program_out out)
{
	int fd;

	if (out == PROGRAM_OUT_TO_STDERR)
		return dup2(STDERR_FILENO, STDOUT_FILENO);
	if (out == PROGRAM_OUT)
		return 0;
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return fd < 0 ? fd : dup2(fd, STDOUT_FILENO);
}

/* In the child. Writes errno to the pipe `tell` if the program cannot be run. */
static void exec_program(char *const *argv, enum program_out out, int on_death, pid_t parent,
			 const sigset_t *mask, int tell)
{
	int err;

	prctl(PR_SET_PDEATHSIG, on_death);
	if (getppid() != parent)
		_exit(127); /* the parent died before prctl() */
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (caught)
			sigaction(signals[i], &first[i], NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	if (redirect(out) >= 0)
		execvp(argv[0], argv);
	err = errno;
	if (write(tell, &err, sizeof(err)) != sizeof(err))
		_exit(126);
	_exit(127);
}

/* Does not reap the child, so that its pid is not reused while on_signal() may still kill it. */
static void wait_for_end(pid_t pid)
{
	siginfo_t info;

	while (waitid(P_PID, pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
		;
}

static struct program_end reap(pid_t pid, int error)
{
	struct program_end end = { .error = -error };
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return (struct program_end){ .error = -errno };
	if (!error && WIFEXITED(status))
		end.status = WEXITSTATUS(status);
	else if (!error)
		end.signal = WTERMSIG(status);
	return end;
}

static struct program_end wait_for(pid_t pid, int tell)
{
	struct program_end end;
	sigset_t mask;
	int error = 0;

	while (read(tell, &error, sizeof(error)) < 0 && errno == EINTR)
		;
	wait_for_end(pid);
	block(&mask);
	child = 0;
	alarm(0);
	end = reap(pid, error);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return end;
}

struct program_end program_run(char *const *argv, enum program_out out, int on_death)
{
	struct program_end end = { 0 };
	pid_t parent = getpid();
	sigset_t mask;
	int tell[2];

	fflush(NULL);
	if (pipe2(tell, O_CLOEXEC))
		return (struct program_end){ .error = -errno };
	block(&mask);
	/* Signals are blocked: an earlier one is seen here, a new one stays pending until the
	 * child exists. */
	end.signal = interrupted;
	if (!end.signal)
		child = fork();
	if (!end.signal && !child)
		exec_program(argv, out, on_death, parent, &mask, tell[1]);
	if (child < 0) {
		end.error = -errno;
		child = 0;
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(tell[1]);
	if (child)
		end = wait_for(child, tell[0]);
	close(tell[0]);
	return end;
}

void program_end_text(const struct program_end *end, const char *what, char *buf, size_t size)
{
	if (end->error)
		snprintf(buf, size, "%s could not be run: %s", what, strerror(-end->error));
	else if (end->signal)
		snprintf(buf, size, "%s was ended by signal %d (%s)", what, end->signal,
			 strsignal(end->signal));
	else
		snprintf(buf, size, "%s ended with status %d", what, end->status);
}
