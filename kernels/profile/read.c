// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads the file that the plugin wrote, subtracts empty windows as the driver does, and compares
 * the counts: if plugin and driver differ in a window, the part fails, whichever is wrong.
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
#define MAX_SYMBOLS 8192 /* of one window; a sum of counts cannot overflow */
#define MAX_WINDOWS 512	 /* of one kind of a row: a measurement has no more samples */

/* The instructions of a window by symbol. Names belong to the profile. */
struct counts {
	long long total;
	const char *op;
	struct results_share *v; /* sorted by symbol */
	size_t nr;
};

struct window {
	size_t counts; /* its distribution: index in the row's counts */
	long long off; /* longest stretch with interrupts off; -1: not known */
};

/*
 * The windows of one kind that the driver kept. Nearly all windows of a row run the same
 * instructions: each distribution is stored once.
 */
struct windows {
	struct window *v;
	size_t nr;
	struct counts *counts;
	size_t nr_counts;
};

/* A hash table with each symbol's name once. */
struct names {
	char **slots;
	size_t nr, room; /* room is a power of two, or 0 */
};

enum kind { EMPTY, WORK, EMPTY_DEFERRED, DEFERRED, AGAIN, NR_KINDS };

struct row {
	struct windows windows[NR_KINDS];
};

struct profile {
	struct row *rows;
	size_t nr;
	struct names names;
	/* While the file is read. */
	struct counts window, deferred; /* since the last mark; v is NULL: none */
	long long off;			/* of the window */
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
	free(c->v);
	*c = (struct counts){ .nr = 0 };
}

static void free_windows(struct windows *w)
{
	for (size_t i = 0; i < w->nr_counts; i++)
		free_counts(&w->counts[i]);
	free(w->counts);
	free(w->v);
}

static void free_row(struct row *row)
{
	for (size_t k = 0; k < NR_KINDS; k++)
		free_windows(&row->windows[k]);
}

static void free_profile(struct profile *p)
{
	for (size_t i = 0; i < p->nr; i++)
		free_row(&p->rows[i]);
	for (size_t i = 0; i < p->names.room; i++)
		free(p->names.slots[i]);
	free(p->names.slots);
	free(p->rows);
	free_counts(&p->window);
	free_counts(&p->deferred);
}

/* ---- reading ---- */

/* Makes room for one more element of an array of nr, which grows by doubling. */
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

/* FNV-1a */
static size_t hash_of(const char *name)
{
	unsigned long long h = 0xcbf29ce484222325ULL;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3ULL;
	return h ^ h >> 32;
}

static char **slot_of(const struct names *n, const char *name)
{
	size_t i = hash_of(name) & (n->room - 1);

	while (n->slots[i] && strcmp(n->slots[i], name))
		i = (i + 1) & (n->room - 1);
	return &n->slots[i];
}

/* Doubles the slots: at least half of them stay empty. */
static int more_names(struct names *n)
{
	struct names bigger = { .nr = n->nr, .room = n->room ? 2 * n->room : 1024 };

	bigger.slots = calloc(bigger.room, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < n->room; i++)
		if (n->slots[i])
			*slot_of(&bigger, n->slots[i]) = n->slots[i];
	free(n->slots);
	*n = bigger;
	return 0;
}

/* The profile's copy of the name; NULL: no memory. */
static char *name_of(struct profile *p, const char *name)
{
	char **slot;

	if (2 * p->names.nr >= p->names.room && more_names(&p->names))
		return NULL;
	slot = slot_of(&p->names, name);
	if (!*slot) {
		*slot = strdup(name);
		p->names.nr += *slot != NULL;
	}
	return *slot;
}

static int add_share(struct profile *p, struct counts *c, const char *symbol,
		     long long instructions)
{
	char *name = name_of(p, symbol);

	if (!name || grow(&c->v, c->nr, sizeof(*c->v)))
		return -ENOMEM;
	c->v[c->nr++] = (struct results_share){ name, instructions };
	return 0;
}

/* Parses at most 15 digits: a sum of thousands of such numbers cannot overflow. -1: not digits. */
static long long number(const char *text)
{
	size_t n = strspn(text, "0123456789");

	return n && !text[n] && n <= 15 ? strtoll(text, NULL, 10) : -1;
}

/* Reads "NAME=COUNT NAME=COUNT..." from strtok_r()'s save; the sum must be the total. */
static int read_shares(struct profile *p, struct counts *c, char **save)
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
		if (add_share(p, c, word, n))
			return -ENOMEM;
		sum += n;
	}
	if (!c->nr || sum != c->total)
		return -EINVAL;
	qsort(c->v, c->nr, sizeof(*c->v), by_symbol);
	for (size_t i = 1; i < c->nr; i++)
		if (c->v[i].symbol == c->v[i - 1].symbol)
			return -EINVAL;
	return 0;
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
	p->off = number(off);
	if (!*op || (p->off < 0 && strcmp(off, "-")))
		return -EINVAL;
	c->op = name_of(p, op);
	return c->op ? read_shares(p, c, save) : -ENOMEM;
}

static int read_deferred(struct profile *p, char **save)
{
	free_counts(&p->deferred);
	p->deferred.total = number(next_word(save));
	return read_shares(p, &p->deferred, save);
}

/* Compares names by pointer: the profile has each name once. */
static bool same(const struct counts *a, const struct counts *b)
{
	if (a->total != b->total || a->nr != b->nr || a->op != b->op)
		return false;
	for (size_t i = 0; i < a->nr; i++)
		if (a->v[i].instructions != b->v[i].instructions ||
		    a->v[i].symbol != b->v[i].symbol)
			return false;
	return true;
}

static int keep_as(struct row *row, enum kind kind, struct counts *c, long long off)
{
	struct windows *w = &row->windows[kind];
	struct results_share *exact;
	size_t i;

	if (!c->v)
		return 0;
	if (w->nr == MAX_WINDOWS)
		return -EINVAL;
	for (i = 0; i < w->nr_counts && !same(&w->counts[i], c); i++)
		;
	if (grow(&w->v, w->nr, sizeof(*w->v)) ||
	    (i == w->nr_counts && grow(&w->counts, i, sizeof(*w->counts))))
		return -ENOMEM;
	if (i == w->nr_counts) {
		/* It grows no more: gives the spare elements back. */
		exact = realloc(c->v, c->nr * sizeof(*c->v));
		c->v = exact ? exact : c->v;
		w->counts[w->nr_counts++] = *c;
		*c = (struct counts){ .nr = 0 };
	}
	w->v[w->nr++] = (struct window){ .counts = i, .off = off };
	return 0;
}

/* A mark kept or lost: stores the counts since the last mark in the row, or drops them if they were
 * lost or belong to no row. */
static int take(struct profile *p, bool kept)
{
	struct row *row = p->nr ? &p->rows[p->nr - 1] : NULL;
	bool work = p->window.op && strcmp(p->window.op, EMPTY_OP);
	int ret = 0;

	if (kept && row && !(p->again && !work))
		ret = keep_as(row, work ? DEFERRED : EMPTY_DEFERRED, &p->deferred, -1)
			      ?: keep_as(row,
					 !work	    ? EMPTY
					 : p->again ? AGAIN
						    : WORK,
					 &p->window, p->off);
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

/* The driver measured the row in vain: it has no measurement. */
static int drop_row(struct profile *p)
{
	if (!p->nr)
		return -EINVAL;
	free_row(&p->rows[p->nr - 1]);
	p->rows[p->nr - 1] = (struct row){ .windows[0].nr = 0 };
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
	if (!strcmp(word, "skipped"))
		return drop_row(p);
	p->again = p->again || !strcmp(word, "again");
	return strcmp(word, "again") ? -EINVAL : 0;
}

/* Is the line "end LINES" with a newline, so that it was not cut off? */
static bool is_end(const char *line, long long *announced)
{
	size_t n = strncmp(line, "end ", 4) ? 0 : strspn(line + 4, "0123456789");
	char digits[16];

	if (!n || n >= sizeof(digits) || strcmp(line + 4 + n, "\n"))
		return false;
	memcpy(digits, line + 4, n);
	digits[n] = '\0';
	*announced = number(digits);
	return true;
}

static int read_profile(const char *file, struct profile *p, char why[PROFILE_WHY])
{
	long long lines = 0, announced = 0;
	bool ended = false;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int err = 0;
	FILE *f = fopen(file, "re");

	if (!f) {
		refuse(why, "%s: %s: the plugin has written no counts", file, strerror(errno));
		return -ENODATA;
	}
	while (!err && (len = getline(&line, &room, f)) > 0) {
		ended = is_end(line, &announced);
		if (!ended && ++lines)
			err = strlen(line) == (size_t)len ? read_line(p, line) : -EINVAL;
	}
	free(line);
	fclose(f);
	if (err == -ENOMEM)
		return err;
	if (err)
		return refuse(why, "%s:%lld: not a line that the plugin writes", file, lines);
	if (!ended || announced != lines) {
		refuse(why, "%s: the plugin's counts are cut off", file);
		return -ENODATA;
	}
	return 0;
}

/* ---- breakdowns and comparison with the driver ---- */

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
		v[i] = w->counts[w->v[i].counts].total;
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

/* The most frequent distribution of the windows with that total, the first of several. */
static const struct counts *typical(const struct windows *w, long long total)
{
	const struct counts *best = NULL;
	size_t i, most = 0, times[MAX_WINDOWS] = { 0 };

	for (i = 0; i < w->nr; i++)
		times[w->v[i].counts]++;
	for (i = 0; i < w->nr_counts; i++) {
		if (w->counts[i].total == total && times[i] > most) {
			most = times[i];
			best = &w->counts[i];
		}
	}
	return best;
}

/* Finds the symbol in v, which is sorted. */
static struct results_share *share_of(struct results_share *v, size_t nr, const char *symbol)
{
	const struct results_share key = { .symbol = (char *)symbol };

	return bsearch(&key, v, nr, sizeof(*v), by_symbol);
}

/*
 * Subtracts an empty window from a full one, symbol by symbol; the instructions of the empty
 * operation, its return, from those of the full window's operation. v has the windows' strings.
 * Returns the number of symbols in v.
 */
static size_t subtract(const struct counts *full, const struct counts *empty,
		       struct results_share *v)
{
	size_t nr = full->nr, left = 0;

	memcpy(v, full->v, nr * sizeof(*v));
	for (size_t i = 0; i < empty->nr; i++) {
		const struct results_share *less = &empty->v[i];
		struct results_share *from = share_of(v, full->nr, less->symbol);

		if (!from && full->op)
			from = share_of(v, full->nr, full->op);
		if (!from) {
			from = &v[nr++];
			*from = (struct results_share){ less->symbol, 0 };
		}
		from->instructions -= less->instructions;
	}
	for (size_t i = 0; i < nr; i++)
		if (v[i].instructions)
			v[left++] = v[i];
	return left;
}

/*
 * Compares the driver's samples of a measurement with these windows, one by one. -ERANGE: none of
 * the plugin's counts is smaller, and one is greater, as of an operation that faults (see
 * plugin/profile.c).
 */
static int compare(const struct results_measurement *m, const struct windows *w, long long empty,
		   char why[PROFILE_WHY])
{
	long long total;
	char *params = results_params_text(&m->params);
	int err = 0;

	if (w->nr != m->nr_samples)
		err = refuse(why, "%s {%s}: the plugin saw %zu windows that count, the driver %zu",
			     m->case_id, params ? params : "", w->nr, m->nr_samples);
	for (size_t i = 0; i < w->nr && err != -EINVAL; i++) {
		total = w->counts[w->v[i].counts].total - empty;
		if (total == m->samples[i] || (err && total > m->samples[i]))
			continue;
		refuse(why, "%s {%s}: %s of window %zu: the plugin counts %lld, the driver %.0f",
		       m->case_id, params ? params : "", m->metric->name, i, total, m->samples[i]);
		err = total > m->samples[i] ? -ERANGE : -EINVAL;
	}
	free(params);
	return err;
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

	if (ret == -ERANGE && !empties->nr)
		ret = -EINVAL;
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

/* Adds the longest stretch with interrupts off in each window, if all were entered with them on. */
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
		return 0; /* not known: the architecture's irqs are missing or unknown */
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

#define MAX_NOTED 1500 /* bytes; a document's string may have more */

/* Adds to the subject that a row has no breakdown, and why. */
static int note(struct results_doc *doc, char why[PROFILE_WHY])
{
	const char *known = results_pairs_get(&doc->subject, "no_functions");
	int err;

	if (known && strlen(known) > MAX_NOTED)
		return 0;
	err = results_pairs_setf(&doc->subject, "no_functions", "%s%s%s", known ? known : "",
				 known ? "; " : "", why);
	why[0] = '\0';
	return err ? refuse(why, "a row without a breakdown cannot be noted") : 0;
}

int profile_apply(const char *file, struct results_doc *doc, bool every_row, char why[PROFILE_WHY])
{
	struct profile p = { .nr = 0 };
	size_t nr = doc->nr_measurements, next = 0;
	struct row *row = NULL;
	int err = read_profile(file, &p, why);

	/* Measurements are in the order of the rows; a row without windows has no measurement. */
	for (size_t i = 0; i < nr && !err; i++) {
		const struct results_metric *metric = doc->measurements[i].metric;

		/* The reference's windows are in user space, without marks. */
		if (!metric || doc->measurements[i].subject != RESULTS_KERNEL ||
		    strncmp(metric->name, "instructions", 12))
			continue;
		if (!strcmp(metric->name, "instructions")) {
			while (next < p.nr && !p.rows[next].windows[WORK].nr)
				next++;
			row = next < p.nr ? &p.rows[next++] : NULL;
		}
		if (!row)
			err = refuse(why,
				     "the plugin saw windows of %zu rows, fewer than the driver",
				     next);
		else if (!strcmp(metric->name, "instructions"))
			err = break_down(doc, i, &row->windows[WORK], &row->windows[EMPTY], why)
				      ?: add_irqs_off(doc, i,
						      &row->windows[row->windows[AGAIN].nr ? AGAIN
											   : WORK],
						      why);
		else
			err = break_down(doc, i, &row->windows[DEFERRED],
					 &row->windows[EMPTY_DEFERRED], why);
		if (err == -ERANGE)
			err = every_row ? note(doc, why) : -EINVAL;
	}
	if (err == -ENOMEM)
		refuse(why, "no memory for the plugin's counts");
	free_profile(&p);
	return err;
}
