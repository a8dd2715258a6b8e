// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts finished work and prints the progress. */

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

#define ENOUGH 10 /* finished pieces of a kind that it takes to estimate the others' time */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

void progress_start(struct progress *p, size_t total, size_t first, double every, bool silent,
		    const char *fmt, ...)
{
	va_list ap;

	*p = (struct progress){
		.total = total,
		.silent = silent,
		.live = isatty(STDERR_FILENO),
		.kinds = { { .total = first }, { .total = total - first } },
	};
	va_start(ap, fmt);
	vsnprintf(p->what, sizeof(p->what), fmt, ap);
	va_end(ap);
	p->every = every >= 0 ? every : p->live ? 1 : 10;
	p->started = p->last = now();
	p->next = p->started + p->every;
}

/* Estimated seconds left; -1: fewer than ENOUGH are done of an unfinished kind. */
static double left(const struct progress *p)
{
	double seconds = 0;

	for (size_t i = 0; i < PROGRESS_NR_KINDS; i++) {
		const struct progress_kind *k = &p->kinds[i];

		if (k->done == k->total)
			continue;
		if (k->done < ENOUGH)
			return -1;
		seconds += k->seconds / k->done * (k->total - k->done);
	}
	return seconds;
}

static void tell(struct progress *p, double t)
{
	double seconds = left(p);

	if (p->silent)
		return;
	fprintf(stderr, "%sbench: %zu of %zu %s, %.0f s", p->live ? "\r\033[K" : "", p->done,
		p->total, p->what, t - p->started);
	if (p->done < p->total && seconds >= 0)
		fprintf(stderr, ", about %.0f s left", seconds);
	if (!p->live || p->done == p->total)
		fputc('\n', stderr);
	fflush(stderr);
}

void progress_done(struct progress *p, size_t nr, size_t first)
{
	double t = now();

	p->done += nr;
	p->kinds[PROGRESS_FIRST].done += first;
	p->kinds[PROGRESS_FURTHER].done += nr - first;
	p->kinds[nr == first ? PROGRESS_FIRST : PROGRESS_FURTHER].seconds += t - p->last;
	p->last = t;
	if (t < p->next || p->done == p->total)
		return; /* progress_end() prints the last line */
	p->next = t + p->every;
	tell(p, t);
}

void progress_try(struct progress *p, const void *of, int64_t n, bool first)
{
	bool another = !p->of || p->of != of || p->n == n;

	if (another && p->of)
		progress_done(p, 1, p->first);
	if (another)
		p->first = first;
	p->of = of;
	p->n = n;
}

void progress_end(struct progress *p, bool all)
{
	p->done += p->of && all;
	p->of = NULL;
	if (all)
		tell(p, now());
	else if (p->live && !p->silent)
		fputs("\r\033[K", stderr);
}
