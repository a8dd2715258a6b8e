// SPDX-License-Identifier: GPL-2.0-or-later
/* Text for a terminal: strings from results made harmless, numbers, aligned tables. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* A result is data: an escape sequence in it must not reach the terminal as one. */
void results__print_text(FILE *f, const char *s, int indent)
{
	bool harmful;
	size_t len;

	for (; (len = results_text_step(s, &harmful)); s += len) {
		if (*s == '\n' && indent < 0)
			fputs(" | ", f);
		else if (*s == '\n')
			fprintf(f, "\n%*s", indent, "");
		else
			results__put_char(f, s, len, harmful);
	}
}

const char *results__number(char *buf, size_t size, double x)
{
	bool large = x >= 1000 || x <= -1000;

	if (x <= RESULTS_MAX_INT && x >= -RESULTS_MAX_INT && x == (double)(long long)x)
		snprintf(buf, size, "%lld", (long long)x);
	else if (large)
		snprintf(buf, size, "%.2f", x);
	else
		snprintf(buf, size, "%.6g", x);
	return buf;
}

const char *results__s(size_t nr)
{
	return nr == 1 ? "" : "s";
}

void results__print_first_line(FILE *f, const char *s)
{
	char *line = strndup(s, strcspn(s, "\n"));

	if (line)
		results__print_text(f, line, 0);
	if (s[strcspn(s, "\n")])
		fputs(" ...", f);
	free(line);
}

int results__table_row(struct results__table *t, ...)
{
	size_t n = t->nr_rows * t->nr_columns;
	va_list ap;

	/* The array doubles whenever the number of rows is a power of two. */
	if (!(t->nr_rows & (t->nr_rows - 1))) {
		size_t rows = t->nr_rows ? 2 * t->nr_rows : 1;
		char **cells = realloc(t->cells, rows * t->nr_columns * sizeof(*cells));

		if (!cells)
			return -ENOMEM;
		t->cells = cells;
	}
	va_start(ap, t);
	for (size_t i = 0; i < t->nr_columns; i++) {
		const char *cell = va_arg(ap, const char *);
		size_t len;
		FILE *f = open_memstream(&t->cells[n + i], &len);

		if (!f) {
			while (i--)
				free(t->cells[n + i]);
			va_end(ap);
			return -ENOMEM;
		}
		results__print_text(f, cell ? cell : "", -1);
		fclose(f);
	}
	va_end(ap);
	t->nr_rows++;
	return 0;
}

static size_t width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

/* Leaves out a column whose heading and cells are all empty; no line ends in blanks. */
static void print_row(FILE *f, const struct results__table *t, char **cells, const size_t *widest)
{
	size_t blanks = 0;

	for (size_t col = 0; col < t->nr_columns; col++) {
		size_t mine = width(cells[col]), pad = widest[col] - mine;

		if (!widest[col])
			continue;
		blanks += 2 + (t->align[col] == 'r' ? pad : 0);
		if (mine) {
			fprintf(f, "%*s%s", (int)blanks, "", cells[col]);
			blanks = 0;
		}
		blanks += t->align[col] == 'r' ? 0 : pad;
	}
	fputc('\n', f);
}

int results__table_print(FILE *f, const struct results__table *t)
{
	size_t *widest = calloc(t->nr_columns, sizeof(*widest));

	if (!widest)
		return -ENOMEM;
	for (size_t i = 0; i < t->nr_rows * t->nr_columns; i++) {
		size_t mine = width(t->cells[i]), col = i % t->nr_columns;

		widest[col] = mine > widest[col] ? mine : widest[col];
	}
	for (size_t row = 0; row < t->nr_rows; row++)
		print_row(f, t, t->cells + row * t->nr_columns, widest);
	free(widest);
	return 0;
}

void results__table_free(struct results__table *t)
{
	for (size_t i = 0; i < t->nr_rows * t->nr_columns; i++)
		free(t->cells[i]);
	free(t->cells);
	t->cells = NULL;
	t->nr_rows = 0;
}
