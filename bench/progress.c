// SPDX-License-Identifier: GPL-2.0-or-later
// Counts work that is done, and tells how far it is.

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

void progress_start(struct progress *p, size_t total, double every, bool silent, const char *fmt, ...)
{
	va_list ap;

	*p = (struct progress){ .total = total, .silent = silent, .live = isatty(STDERR_FILENO) };
	va_start(ap, fmt);
	vsnprintf(p->what, sizeof(p->what), fmt, ap);
	va_end(ap);
	p->every = every >= 0 ? every : p->live ? 1 : 10;
	p->started = now();
	p->next = p->started + p->every;
}

static void tell(struct progress *p, double seconds)
{
	if (p->silent)
		return;
	fprintf(stderr, "%sbench: %zu of %zu %s, %.0f s", p->live ? "\r\033[K" : "", p->done,
		p->total, p->what, seconds);
	if (p->done && p->done < p->total)
		fprintf(stderr, ", about %.0f s left", seconds / p->done * (p->total - p->done));
	if (!p->live || p->done == p->total)
		fputc('\n', stderr);
	fflush(stderr);
}

void progress_done(struct progress *p, size_t nr)
{
	double t = now();

	p->done += nr;
	if (t < p->next || p->done == p->total)
		return; /* the last line is progress_end()'s */
	p->next = t + p->every;
	tell(p, t - p->started);
}

void progress_try(struct progress *p, const void *of, int64_t n)
{
	bool another = p->of && (p->of != of || p->n == n);

	p->of = of;
	p->n = n;
	if (another)
		progress_done(p, 1);
}

void progress_end(struct progress *p, bool all)
{
	p->done += p->of && all;
	p->of = NULL;
	if (all)
		tell(p, now() - p->started);
	else if (p->live && !p->silent)
		fputs("\r\033[K", stderr);
}
