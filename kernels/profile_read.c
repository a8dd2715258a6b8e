// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads what the plugin wrote, takes the empty windows off as the driver does, and compares: a
 * window that plugin and driver count differently is a failure, whichever of them is wrong.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"

/* The operation of windows that measure nothing (driver/window.c). */
#define EMPTY_OP "empty_op"
#define MAX_SYMBOLS 8192 /* of one window: sums stay in their type */

struct counts {
	long long total, off; /* off: -1 where it is not known */
	char *op;
	struct results_share *v; /* sorted by symbol */
	size_t nr;
};

/* Windows of one kind, kept ones alone. */
struct windows {
	struct counts *v;
	size_t nr;
};

enum kind { EMPTY, WORK, EMPTY_DEFERRED, DEFERRED, AGAIN, NR_KINDS };

struct row {
	struct windows windows[NR_KINDS];
};

struct profile {
	struct row *rows;
	size_t nr;
	/* While it is read. */
	struct counts window, deferred; /* since the last mark; v is NULL: none */
	bool again;
};

__attribute__((format(printf, 2, 3))) static int refuse(char why[PROFILE_WHY], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, PROFILE_WHY, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static void free_counts(struct counts *c)
{
	size_t i;

	for (i = 0; i < c->nr; i++)
		free(c->v[i].symbol);
	free(c->v);
	free(c->op);
	*c = (struct counts){ .nr = 0 };
}

static void free_profile(struct profile *p)
{
	size_t i, k, w;

	for (i = 0; i < p->nr; i++) {
		for (k = 0; k < NR_KINDS; k++) {
			for (w = 0; w < p->rows[i].windows[k].nr; w++)
				free_counts(&p->rows[i].windows[k].v[w]);
			free(p->rows[i].windows[k].v);
		}
	}
	free(p->rows);
	free_counts(&p->window);
	free_counts(&p->deferred);
}

/* ---- reading ---- */

/* Room for one more of an array that grows by doubling. */
static int grow(void *array, size_t nr, size_t size)
{
	void **v = array, *bigger;

	if (nr & (nr - 1))
		return 0;
	bigger = realloc(*v, (nr ? 2 * nr : 1) * size);
	if (!bigger)
		return -ENOMEM;
	*v = bigger;
	return 0;
}

static int by_symbol(const void *a, const void *b)
{
	return strcmp(((const struct results_share *)a)->symbol,
		      ((const struct results_share *)b)->symbol);
}

static int add_share(struct counts *c, const char *symbol, long long instructions)
{
	if (grow(&c->v, c->nr, sizeof(*c->v)))
		return -ENOMEM;
	c->v[c->nr] = (struct results_share){ strdup(symbol), instructions };
	return c->v[c->nr++].symbol ? 0 : -ENOMEM;
}

/* Digits alone, and so few that sums of some thousand stay in their type. -1: not so. */
static long long number(const char *text)
{
	size_t n = strspn(text, "0123456789");

	return n && !text[n] && n <= 15 ? strtoll(text, NULL, 10) : -1;
}

/* "NAME=COUNT NAME=COUNT...", which save goes on with: adds up to the total. */
static int read_shares(struct counts *c, char **save)
{
	long long sum = 0;
	char *word;

	if (c->total < 0)
		return -EINVAL;
	while ((word = strtok_r(NULL, " \n", save))) {
		char *equals = strrchr(word, '=');
		long long n = equals ? number(equals + 1) : 0;

		if (n <= 0 || equals == word || c->nr == MAX_SYMBOLS)
			return -EINVAL;
		*equals = '\0';
		if (add_share(c, word, n))
			return -ENOMEM;
		sum += n;
	}
	qsort(c->v, c->nr, sizeof(*c->v), by_symbol);
	return c->nr && sum == c->total ? 0 : -EINVAL;
}

/* The next word, or "". */
static const char *next_word(char **save)
{
	const char *word = strtok_r(NULL, " \n", save);

	return word ? word : "";
}

static int read_window(struct profile *p, char **save)
{
	struct counts *c = &p->window;
	const char *off, *op;

	free_counts(c);
	c->total = number(next_word(save));
	off = next_word(save);
	op = next_word(save);
	c->off = number(off);
	if (!*op || (c->off < 0 && strcmp(off, "-")))
		return -EINVAL;
	c->op = strdup(op);
	return c->op ? read_shares(c, save) : -ENOMEM;
}

static int read_deferred(struct profile *p, char **save)
{
	free_counts(&p->deferred);
	p->deferred.total = number(next_word(save));
	return read_shares(&p->deferred, save);
}

static int keep_as(struct row *row, enum kind kind, struct counts *c)
{
	struct windows *w = &row->windows[kind];

	if (!c->v)
		return 0;
	if (grow(&w->v, w->nr, sizeof(*w->v)))
		return -ENOMEM;
	w->v[w->nr++] = *c;
	*c = (struct counts){ .nr = 0 };
	return 0;
}

/* A mark of what came since the last one; what is lost, and what no row is of, is dropped. */
static int take(struct profile *p, bool kept)
{
	struct row *row = p->nr ? &p->rows[p->nr - 1] : NULL;
	bool work = p->window.op && strcmp(p->window.op, EMPTY_OP);
	int ret = 0;

	if (kept && row && !(p->again && !work))
		ret = keep_as(row, work ? DEFERRED : EMPTY_DEFERRED, &p->deferred) ?:
		      keep_as(row, !work ? EMPTY : p->again ? AGAIN : WORK, &p->window);
	free_counts(&p->window);
	free_counts(&p->deferred);
	return ret;
}

static int read_row(struct profile *p)
{
	if (grow(&p->rows, p->nr, sizeof(*p->rows)))
		return -ENOMEM;
	p->rows[p->nr++] = (struct row){ .windows[0].nr = 0 };
	p->again = false;
	return 0;
}

static int read_line(struct profile *p, char *line)
{
	char *save, *word = strtok_r(line, " \n", &save);

	if (!word)
		return -EINVAL;
	if (!strcmp(word, "window"))
		return read_window(p, &save);
	if (!strcmp(word, "deferred"))
		return read_deferred(p, &save);
	if (*next_word(&save))
		return -EINVAL;
	if (!strcmp(word, "kept") || !strcmp(word, "lost"))
		return take(p, word[0] == 'k');
	if (!strcmp(word, "row"))
		return read_row(p);
	p->again = p->again || !strcmp(word, "again");
	return strcmp(word, "again") ? -EINVAL : 0;
}

static int read_profile(const char *file, struct profile *p, char why[PROFILE_WHY])
{
	unsigned long lines = 0, announced = 0;
	bool ended = false;
	char *line = NULL;
	size_t room = 0;
	int ret = 0;
	FILE *f = fopen(file, "re");

	if (!f) {
		refuse(why, "%s: %s: the plugin has not counted", file, strerror(errno));
		return -ENODATA;
	}
	while (!ret && getline(&line, &room, f) > 0) {
		ended = sscanf(line, "end %lu", &announced) == 1;
		if (!ended && ++lines)
			ret = read_line(p, line);
	}
	free(line);
	fclose(f);
	if (ret == -ENOMEM)
		return ret;
	if (ret)
		return refuse(why, "%s:%lu: not a line of the plugin's", file, lines);
	if (!ended || announced != lines) {
		refuse(why, "%s: the plugin's counts are not whole", file);
		return -ENODATA;
	}
	return 0;
}

/* ---- what it means ---- */

static int by_value(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return x < y ? -1 : x > y;
}

/* The most frequent total, the smallest of several: as the driver and results_stat() choose. */
static int mode_of(const struct windows *w, long long *mode)
{
	long long *v = malloc((w->nr + 1) * sizeof(*v));
	size_t i, run = 0, most = 0;

	if (!v)
		return -ENOMEM;
	for (i = 0; i < w->nr; i++)
		v[i] = w->v[i].total;
	qsort(v, w->nr, sizeof(*v), by_value);
	for (i = *mode = 0; i < w->nr; i++) {
		run = i && v[i] == v[i - 1] ? run + 1 : 1;
		if (run > most) {
			most = run;
			*mode = v[i];
		}
	}
	free(v);
	return 0;
}

static bool same(const struct counts *a, const struct counts *b)
{
	size_t i;

	for (i = 0; i < a->nr && a->nr == b->nr; i++)
		if (a->v[i].instructions != b->v[i].instructions ||
		    strcmp(a->v[i].symbol, b->v[i].symbol))
			return false;
	return a->nr == b->nr;
}

/* Of the windows with that total, the distribution that most of them have, the first of several. */
static const struct counts *typical(const struct windows *w, long long total)
{
	const struct counts *best = NULL;
	size_t i, k, n, most = 0;

	for (i = 0; i < w->nr; i++) {
		for (k = n = 0; w->v[i].total == total && k < w->nr; k++)
			n += w->v[k].total == total && same(&w->v[i], &w->v[k]);
		if (n > most) {
			most = n;
			best = &w->v[i];
		}
	}
	return best;
}

static struct results_share *share_of(struct results_share *v, size_t nr, const char *symbol)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(v[i].symbol, symbol))
			return &v[i];
	return NULL;
}

/*
 * A window less an empty one, symbol by symbol. The empty operation's own instructions, its return,
 * are taken off those of the operation in its place. Strings stay those of the two windows.
 */
static size_t subtract(const struct counts *full, const struct counts *empty,
		       struct results_share *v)
{
	size_t i, nr = full->nr, left = 0;

	memcpy(v, full->v, nr * sizeof(*v));
	for (i = 0; i < empty->nr; i++) {
		const struct results_share *less = &empty->v[i];
		struct results_share *from = share_of(v, nr, less->symbol);

		if (!from && full->op)
			from = share_of(v, nr, full->op);
		if (!from) {
			from = &v[nr++];
			*from = (struct results_share){ less->symbol, 0 };
		}
		from->instructions -= less->instructions;
	}
	for (i = 0; i < nr; i++)
		if (v[i].instructions)
			v[left++] = v[i];
	return left;
}

/* The driver's samples of a measurement are those windows, one by one. */
static int compare(const struct results_measurement *m, const struct windows *w, long long empty,
		   char why[PROFILE_WHY])
{
	char *params = results_params_text(&m->params);
	size_t i;
	int ret = 0;

	if (w->nr != m->nr_samples)
		ret = refuse(why, "%s {%s}: the plugin saw %zu windows that count, the driver %zu",
			     m->case_id, params ? params : "", w->nr, m->nr_samples);
	for (i = 0; i < w->nr && !ret; i++)
		if (w->v[i].total - empty != m->samples[i])
			ret = refuse(why,
				     "%s {%s}: %s of window %zu: the plugin counts %lld, the driver %.0f",
				     m->case_id, params ? params : "", m->metric->name, i,
				     w->v[i].total - empty, m->samples[i]);
	free(params);
	return ret;
}

static int break_down(struct results_doc *doc, size_t i, const struct windows *work,
		      const struct windows *empties, char why[PROFILE_WHY])
{
	const struct counts *full, *less;
	struct results_share *v;
	struct results_error err;
	long long mode, empty;
	size_t nr;
	int ret = mode_of(work, &mode) ?: mode_of(empties, &empty) ?:
		  compare(&doc->measurements[i], work, empty, why);

	if (ret)
		return ret;
	full = typical(work, mode);
	less = typical(empties, empty);
	if (!full || !less)
		return refuse(why, "%s: the plugin saw no empty window",
			      doc->measurements[i].case_id);
	v = malloc((full->nr + less->nr) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	nr = subtract(full, less, v);
	ret = results_doc_break_down(doc, i, v, nr, &err);
	free(v);
	return ret ? refuse(why, "%s: %s", err.path, err.reason) : 0;
}

/* The longest stretch with interrupts off of each window that was entered with them on. */
static int add_irqs_off(struct results_doc *doc, size_t i, const struct windows *w,
			char why[PROFILE_WHY])
{
	struct results_measurement m = doc->measurements[i];
	double *samples = malloc((w->nr + 1) * sizeof(*samples));
	struct results_error err;
	size_t k;
	int ret;

	for (k = 0; samples && k < w->nr && w->v[k].off >= 0; k++)
		samples[k] = w->v[k].off;
	if (!samples || !w->nr || k < w->nr) {
		free(samples);
		return 0; /* not known on this architecture, which its file says */
	}
	m.metric = results_metric_find("irqs_off_instructions");
	m.kind = RESULTS_EXACT;
	m.samples = samples;
	m.nr_samples = w->nr;
	m.discarded = 0;
	m.breakdown = NULL;
	m.nr_breakdown = 0;
	ret = results_doc_add(doc, &m, &err);
	free(samples);
	return ret ? refuse(why, "%s: %s", m.case_id, err.reason) : 0;
}

int profile_apply(const char *file, struct results_doc *doc, char why[PROFILE_WHY])
{
	struct profile p = { .nr = 0 };
	size_t i, nr = doc->nr_measurements, next = 0;
	struct row *row = NULL;
	int ret = read_profile(file, &p, why);

	/* Measurements stand in the order of the rows; a row without windows has none. */
	for (i = 0; i < nr && !ret; i++) {
		const struct results_metric *metric = doc->measurements[i].metric;

		if (!metric || strncmp(metric->name, "instructions", 12))
			continue;
		if (!strcmp(metric->name, "instructions")) {
			while (next < p.nr && !p.rows[next].windows[WORK].nr)
				next++;
			row = next < p.nr ? &p.rows[next++] : NULL;
		}
		if (!row)
			ret = refuse(why, "the plugin saw windows of %zu rows, fewer than the driver",
				     next);
		else if (!strcmp(metric->name, "instructions"))
			ret = break_down(doc, i, &row->windows[WORK], &row->windows[EMPTY], why) ?:
			      add_irqs_off(doc, i, &row->windows[row->windows[AGAIN].nr ? AGAIN : WORK],
					   why);
		else
			ret = break_down(doc, i, &row->windows[DEFERRED],
					 &row->windows[EMPTY_DEFERRED], why);
	}
	if (ret == -ENOMEM)
		refuse(why, "no memory for the plugin's counts");
	free_profile(&p);
	return ret;
}
