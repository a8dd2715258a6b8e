// SPDX-License-Identifier: GPL-2.0-or-later
/* What the formats share: rows of all parts, functions that moved, rows and checks in words. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

/* ---- rows and checks of all parts ---- */

static bool check_stands_out(const struct results_compared_check *check)
{
	return check->verdict != RESULTS_CHECK_FINE;
}

/* Checks that fail stand before rows, other checks after them. */
static int rank_of(const struct results__found *f)
{
	if (f->row)
		return 1;
	return f->check->head && !f->check->head->ok ? 0 : 2;
}

static int worst_first(const void *a, const void *b)
{
	const struct results__found *x = a, *y = b;
	int by = rank_of(x) - rank_of(y);

	if (!by && x->row)
		by = results__row_worst_first(x->row, y->row);
	if (!by && x->part != y->part)
		by = x->part < y->part ? -1 : 1; /* the order of the array of parts */
	return by ? by : (x->check > y->check) - (x->check < y->check);
}

ssize_t results__found(const struct results_comparison *c, bool all, struct results__found **out)
{
	size_t nr = 0, most = 0;

	for (size_t i = 0; i < c->nr_parts; i++)
		most += c->parts[i].nr_rows + c->parts[i].nr_checks;
	*out = malloc((most + 1) * sizeof(**out));
	if (!*out)
		return -ENOMEM;
	for (size_t i = 0; i < c->nr_parts; i++) {
		const struct results_compared_part *p = &c->parts[i];

		for (size_t k = 0; k < p->nr_rows; k++)
			if (all || results_row_stands_out(&p->rows[k]))
				(*out)[nr++] = (struct results__found){ p, &p->rows[k], NULL };
		for (size_t k = 0; k < p->nr_checks; k++)
			if (all || check_stands_out(&p->checks[k]))
				(*out)[nr++] = (struct results__found){ p, NULL, &p->checks[k] };
	}
	qsort(*out, nr, sizeof(**out), worst_first);
	return (ssize_t)nr;
}

/* ---- functions that moved ---- */

static int by_symbol(const void *a, const void *b)
{
	return strcmp(((const struct results__moved *)a)->symbol,
		      ((const struct results__moved *)b)->symbol);
}

static int by_amount(const void *a, const void *b)
{
	const struct results__moved *x = a, *y = b;

	if (fabs(x->by) != fabs(y->by))
		return fabs(x->by) < fabs(y->by) ? 1 : -1;
	return by_symbol(a, b);
}

static size_t add_shares(struct results__moved *to, size_t nr, const struct results_measurement *m,
			 int sign)
{
	for (size_t i = 0; i < m->nr_breakdown; i++)
		to[nr++] = (struct results__moved){
			m->breakdown[i].symbol,
			sign * (double)m->breakdown[i].instructions / (double)m->nr_ops,
		};
	return nr;
}

ssize_t results__moved(const struct results_compared_row *r, struct results__moved **out)
{
	size_t nr, kept = 0;

	*out = NULL;
	if (!r->base || !r->head || !r->base->nr_breakdown || !r->head->nr_breakdown)
		return 0;
	*out = malloc((r->base->nr_breakdown + r->head->nr_breakdown) * sizeof(**out));
	if (!*out)
		return -ENOMEM;
	nr = add_shares(*out, add_shares(*out, 0, r->base, -1), r->head, 1);
	qsort(*out, nr, sizeof(**out), by_symbol);
	for (size_t i = 0, next; i < nr; i = next) {
		struct results__moved m = (*out)[i];

		for (next = i + 1; next < nr && !by_symbol(&m, &(*out)[next]); next++)
			m.by += (*out)[next].by;
		if (m.by != 0)
			(*out)[kept++] = m;
	}
	qsort(*out, kept, sizeof(**out), by_amount);
	return (ssize_t)kept;
}

#define SYMBOLS_SHOWN 3

static char *moved_text(const struct results_compared_row *r)
{
	struct results__moved *v;
	ssize_t nr = results__moved(r, &v);
	char *text = NULL, number[32];
	size_t len;
	FILE *f = nr < 0 ? NULL : open_memstream(&text, &len);
	bool lost;

	for (ssize_t i = 0; f && i < nr && i < SYMBOLS_SHOWN; i++)
		fprintf(f, "%s%s %s%s", i ? ", " : "", v[i].symbol, v[i].by > 0 ? "+" : "",
			results__number(number, sizeof(number), v[i].by));
	if (f && nr > SYMBOLS_SHOWN)
		fprintf(f, " and %zd more", nr - SYMBOLS_SHOWN);
	free(v);
	if (!f)
		return NULL;
	lost = ferror(f);
	if (!fclose(f) && !lost)
		return text;
	free(text);
	return NULL;
}

/* ---- a row and a check in words ---- */

char *results__row_name(const struct results_measurement *m)
{
	char *params = results_params_text(&m->params), *text = NULL;

	if (params && asprintf(&text, "%s%s%s%s%s (%s)", m->case_id, *params ? " " : "", params,
			       m->skipped ? "" : ": ", m->skipped ? "" : m->metric->name,
			       results_subject_name(m->subject)) < 0)
		text = NULL;
	free(params);
	return text;
}

char *results__check_name(const struct results_check *c)
{
	char *params = results_params_text(&c->params), *text = NULL;

	if (params && asprintf(&text, "%s%s%s", c->id, *params ? " " : "", params) < 0)
		text = NULL;
	free(params);
	return text;
}

static void put_value(char *buf, size_t size, const struct results_measurement *m,
		      const struct results_amount *v)
{
	if (m)
		results__number(buf, size, results_amount_number(v));
	else
		snprintf(buf, size, "-");
}

int results__row_words(const struct results_compared_row *r, struct results__row_words *w)
{
	w->name = results__row_name(r->m);
	w->change = results_row_change_text(r);
	w->verdict = results_row_verdict_text(r);
	w->moved = moved_text(r);
	put_value(w->base, sizeof(w->base), r->base, &r->base_value);
	put_value(w->head, sizeof(w->head), r->head, &r->head_value);
	return w->name && w->change && w->verdict && w->moved ? 0 : -ENOMEM;
}

void results__row_words_free(struct results__row_words *w)
{
	free(w->name);
	free(w->change);
	free(w->verdict);
	free(w->moved);
}

int results__check_words(const struct results_compared_check *check, struct results__check_words *w)
{
	const struct results_check *c = check->head ? check->head : check->base;

	w->name = results__check_name(c);
	if (asprintf(&w->seen, "%s seen, %s expected", c->seen, c->expect) < 0)
		w->seen = NULL;
	return w->name && w->seen ? 0 : -ENOMEM;
}

void results__check_words_free(struct results__check_words *w)
{
	free(w->name);
	free(w->seen);
}

/* ---- comma-separated values ---- */

void results__csv_field(FILE *f, const char *s)
{
	bool quoted = s[strcspn(s, ",\"\r\n")], harmful;
	size_t len;

	if (quoted)
		fputc('"', f);
	for (; (len = results_text_step(s, &harmful)); s += len)
		if (*s == '"')
			fputs("\"\"", f);
		else
			results__put_char(f, s, len, harmful && *s != '\n' && *s != '\t');
	if (quoted)
		fputc('"', f);
}
