// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Remembers that a signal asked the report to end.
 */
#include <array_size.h>
#include <signal.h>
#include <stddef.h>

#include "stop.h"

static volatile sig_atomic_t asked;

static void ask(int sig)
{
	(void)sig;
	asked = 1;
}

void stop_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction old, new = { .sa_handler = ask, .sa_flags = SA_RESETHAND };

	sigemptyset(&new.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		/* Ignored signals stay so: nohup ignores SIGHUP, a shell SIGINT of its jobs. */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &new, NULL);
}

bool stop_asked(void)
{
	return asked;
}
