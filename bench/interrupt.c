// SPDX-License-Identifier: GPL-2.0-or-later
/* Catches the signals by which a user or a script ends a program. */

#include <array_size.h>
#include <stddef.h>
#include <time.h>

#include "interrupt.h"

volatile sig_atomic_t interrupted;

static time_t first; /* time of the first signal, in seconds */

static time_t seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void on_signal(int sig)
{
	if (!interrupted) {
		interrupted = sig;
		first = seconds();
	} else if (seconds() > first + 1) {
		signal(sig, SIG_DFL);
		raise(sig); /* delivered when this handler returns */
	}
}

void interrupt_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa = { .sa_handler = on_signal }, before;

	interrupted = 0;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &before);
		if (before.sa_handler != SIG_IGN) /* ignored under nohup: leave it so */
			sigaction(signals[i], &sa, NULL);
	}
}
