// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the failing interleaving: time goes down, a column per CPU. */
#include <stdlib.h>
#include <string.h>

#include <ref/explore.h>

#define NUMBER_WIDTH 5 /* of the step's number, on the left */
#define MIN_COLUMN 16
#define INDENT 2   /* of a step below the name of its function */
#define ELIDE 1000 /* in a schedule of more steps the middle is left out */
#define KEPT 40

struct columns {
	FILE *out;
	unsigned width; /* of each column */
	char *place[8]; /* the function that was printed last, by CPU */
	unsigned nr_cpus;
};

static void spaces(FILE *out, size_t n)
{
	while (n--)
		fputc(' ', out);
}

/* The number of characters of text that fit on this line: up to a space if there is one. */
static size_t line_length(const char *text, size_t width)
{
	size_t n = strlen(text);

	if (n <= width)
		return n;
	for (size_t i = width; i > width / 2; i--)
		if (text[i] == ' ')
			return i;
	return width;
}

/* Prints text wrapped to `width`, from column `at` on; lines after the first are indented. */
static void print_wrapped(FILE *out, const char *text, size_t at, size_t width)
{
	size_t indent = 0;

	for (;;) {
		size_t n = line_length(text, width - indent);

		fprintf(out, "%.*s\n", (int)n, text);
		text += n;
		while (*text == ' ')
			text++;
		if (!*text)
			return;
		indent = 4;
		spaces(out, at + indent);
	}
}

static void print_cell(const struct columns *c, const char *number, unsigned cpu, unsigned indent,
		       const char *text)
{
	size_t at = cpu * c->width + indent;

	fprintf(c->out, "%*s ", NUMBER_WIDTH - 1, number);
	spaces(c->out, at);
	print_wrapped(c->out, text, NUMBER_WIDTH + at, c->width - 2 - indent);
}

static const char *first_task(const struct explore_result *r, unsigned cpu)
{
	for (size_t i = 0; i < r->nr_steps; i++)
		if (r->step[i].cpu == cpu && r->step[i].context == EXPLORE_TASK &&
		    strcmp(r->step[i].task, "memory"))
			return r->step[i].task;
	return "";
}

static void print_header(const struct columns *c, const struct explore_result *r)
{
	spaces(c->out, NUMBER_WIDTH);
	for (unsigned cpu = 0; cpu < c->nr_cpus; cpu++) {
		char head[64];
		const char *task = first_task(r, cpu);
		int n = (int)c->width - 2;

		snprintf(head, sizeof(head), "CPU %u%s%s", cpu, *task ? ": " : "", task);
		if (cpu + 1 < c->nr_cpus)
			fprintf(c->out, "%-*.*s  ", n, n, head);
		else
			fprintf(c->out, "%.*s\n", n, head);
	}
	spaces(c->out, NUMBER_WIDTH);
	for (unsigned i = 0; i < c->nr_cpus * c->width - 2; i++)
		fputc((i + 2) % c->width < 2 && c->nr_cpus > 1 ? ' ' : '-', c->out);
	fputc('\n', c->out);
}

/* Prints the step's function, if it is not the function printed last for that CPU. */
static void print_place(struct columns *c, const struct explore_step *s)
{
	const char *site = s->site ? s->site : "", *context = explore_context_name(s->context);
	char *place = NULL;
	int n;

	if (!strcmp(s->task, "memory") || !strcmp(site, s->task) || s->cpu >= 8)
		return;
	n = s->context == EXPLORE_TASK
		    ? asprintf(&place, "%.*s()", (int)strcspn(site, " "), site)
		    : asprintf(&place, "%s> %.*s()", context, (int)strcspn(site, " "), site);
	if (n < 0)
		return;
	if (c->place[s->cpu] && !strcmp(place, c->place[s->cpu])) {
		free(place);
		return;
	}
	free(c->place[s->cpu]);
	c->place[s->cpu] = place;
	print_cell(c, "", s->cpu, 0, place);
}

static void print_step(struct columns *c, size_t i, const struct explore_step *s)
{
	const char *text = s->text ? s->text : "";
	char number[24], *cell;
	int n;

	snprintf(number, sizeof(number), "%zu", i);
	print_place(c, s);
	if (!strcmp(s->task, "memory"))
		n = asprintf(&cell, "~ %s", text);
	else if (s->context == EXPLORE_TASK)
		n = asprintf(&cell, "%s", text);
	else if (!strcmp(text, "begins"))
		n = asprintf(&cell, "%s> %s", explore_context_name(s->context), s->task);
	else
		n = asprintf(&cell, "%s> %s", explore_context_name(s->context), text);
	if (n < 0)
		return;
	print_cell(c, number, s->cpu, INDENT, cell);
	free(cell);
}

static void print_end(FILE *out, const char *what, const char *text, unsigned width)
{
	size_t at = strlen(what);

	fputs(what, out);
	print_wrapped(out, text, at, width > at + MIN_COLUMN ? width - at : MIN_COLUMN);
}

void explore_print_columns(FILE *out, const struct explore_result *r, unsigned nr_cpus,
			   unsigned width)
{
	struct columns c = { .out = out, .nr_cpus = nr_cpus ? nr_cpus : 1 };

	c.width = width > NUMBER_WIDTH ? (width - NUMBER_WIDTH) / c.nr_cpus : 0;
	if (c.width < MIN_COLUMN)
		c.width = MIN_COLUMN;
	print_header(&c, r);
	for (size_t i = 0; i < r->nr_steps; i++) {
		if (r->nr_steps > ELIDE && i == KEPT) {
			i = r->nr_steps - KEPT;
			fprintf(out, "     ... %zu steps left out ...\n", i - KEPT);
		}
		print_step(&c, i, &r->step[i]);
	}
	for (unsigned cpu = 0; cpu < 8; cpu++)
		free(c.place[cpu]);
	if (!r->failed)
		return;
	print_end(out, "broken: ", r->invariant ? r->invariant : "", width);
	if (r->why && *r->why)
		print_end(out, "        ", r->why, width);
}
