// SPDX-License-Identifier: GPL-2.0-or-later
/* The failing interleaving for people: time goes down, a column per CPU. */
#include <stdlib.h>
#include <string.h>

#include <ref/explore.h>

#define NUMBER_WIDTH 5 /* the step's number, on the left */
#define MIN_COLUMN 16

static void spaces(FILE *out, unsigned n)
{
	while (n--)
		fputc(' ', out);
}

/* How much of the text goes on this line: up to a space if there is one. */
static size_t line_length(const char *text, size_t width)
{
	size_t n = strlen(text), i;

	if (n <= width)
		return n;
	for (i = width; i > width / 2; i--)
		if (text[i] == ' ')
			return i;
	return width;
}

/* `text` in the column of `cpu`, wrapped, the first line numbered. Lines after it are indented. */
static void print_cell(FILE *out, const char *number, unsigned cpu, unsigned column,
		       const char *text)
{
	size_t indent = 0;

	for (;;) {
		size_t width = column - 2 - indent, n = line_length(text, width);

		fprintf(out, "%*s ", NUMBER_WIDTH - 1, number);
		spaces(out, cpu * column + (unsigned)indent);
		fprintf(out, "%.*s\n", (int)n, text);
		text += n;
		while (*text == ' ')
			text++;
		if (!*text)
			return;
		number = "";
		indent = 4;
	}
}

static const char *first_task(const struct explore_result *r, unsigned cpu)
{
	for (size_t i = 0; i < r->nr_steps; i++)
		if (r->step[i].cpu == cpu && r->step[i].context == EXPLORE_TASK)
			return r->step[i].task;
	return "";
}

static void print_header(FILE *out, const struct explore_result *r, unsigned nr_cpus,
			 unsigned column)
{
	spaces(out, NUMBER_WIDTH);
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++) {
		char head[64];
		const char *task = first_task(r, cpu);

		snprintf(head, sizeof(head), "CPU %u%s%s", cpu, *task ? ": " : "", task);
		if (cpu + 1 < nr_cpus)
			fprintf(out, "%-*.*s", (int)column, (int)column - 1, head);
		else
			fprintf(out, "%.*s", (int)column - 1, head);
	}
	fputc('\n', out);
}

static void print_step(FILE *out, size_t i, const struct explore_step *s, unsigned column)
{
	const char *text = s->text ? s->text : "";
	char number[24], *cell;
	int n;

	snprintf(number, sizeof(number), "%zu", i);
	if (s->context == EXPLORE_TASK)
		n = asprintf(&cell, "%s", text);
	else if (!strcmp(text, "begins"))
		n = asprintf(&cell, "%s> %s begins", explore_context_name(s->context), s->task);
	else
		n = asprintf(&cell, "%s> %s", explore_context_name(s->context), text);
	if (n < 0)
		return;
	print_cell(out, number, s->cpu, column, cell);
	free(cell);
}

void explore_print_columns(FILE *out, const struct explore_result *r, unsigned nr_cpus,
			   unsigned width)
{
	unsigned column = nr_cpus && width > NUMBER_WIDTH ? (width - NUMBER_WIDTH) / nr_cpus : 0;

	if (column < MIN_COLUMN)
		column = MIN_COLUMN;
	print_header(out, r, nr_cpus, column);
	for (size_t i = 0; i < r->nr_steps; i++)
		print_step(out, i, &r->step[i], column);
	if (r->failed)
		fprintf(out, "broken: %s%s%s\n", r->invariant, r->why && *r->why ? ": " : "",
			r->why ? r->why : "");
}
