// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes the table of an image that the plugin reads (kernels/profile/plugin/profile.c): the
 * addresses of the driver's marks and of each function, and the instructions that switch
 * interrupts.
 */
#include <array_size.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"

struct symbol {
	unsigned long long start, end; /* end is 0: the size is not known */
	char type, name[128];
};

struct symbols {
	struct symbol *v;
	size_t nr;
	unsigned long long base; /* run-time address less the address in System.map */
};

/* The driver's marks: functions ptb_mark_NAME() of driver/marks.h. */
static const char *const marks[] = { "begin", "end",  "clock", "row",
				     "again", "kept", "lost",  "skipped" };

__attribute__((format(printf, 2, 3))) static int refuse(char why[PROFILE_WHY], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, PROFILE_WHY, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int add(struct symbols *s, const struct symbol *symbol)
{
	if (!(s->nr & (s->nr - 1))) {
		struct symbol *v = realloc(s->v, (s->nr ? 2 * s->nr : 1) * sizeof(*v));

		if (!v)
			return -ENOMEM;
		s->v = v;
	}
	s->v[s->nr++] = *symbol;
	return 0;
}

/* Reads "ADDRESS SIZE TYPE NAME" of the file symbols, or "ADDRESS TYPE NAME" of System.map. */
static int read_symbols(const char *folder, const char *file, bool sized, struct symbols *s,
			char why[PROFILE_WHY])
{
	char path[PATH_MAX], line[1024];
	FILE *f;
	int err = 0;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	f = fopen(path, "re");
	if (!f)
		return refuse(why, "%s: %s; build the scenario again", path, strerror(errno));
	while (!err && fgets(line, sizeof(line), f)) {
		struct symbol symbol = { .start = 0 };
		unsigned long long size = 0;
		int n = sized ? sscanf(line, "%llx %llx %c %127s", &symbol.start, &size,
				       &symbol.type, symbol.name) -
					1
			      : sscanf(line, "%llx %c %127s", &symbol.start, &symbol.type,
				       symbol.name);

		if (n != 3)
			err = refuse(why, "%s: '%.*s' is no symbol", path,
				     (int)strcspn(line, "\n") % 80, line);
		else if (strchr("tTwW", symbol.type) && symbol.name[0] != '$') {
			symbol.end = size ? symbol.start + size : 0;
			err = add(s, &symbol);
		}
	}
	fclose(f);
	return err;
}

/* Reads the option's value into s->base: a kernel without it runs at System.map's addresses. */
static int read_base(const char *folder, const char *option, struct symbols *s,
		     char why[PROFILE_WHY])
{
	char path[PATH_MAX], line[1024];
	size_t n = option ? strlen(option) : 0;
	FILE *f;

	if (!option)
		return 0;
	snprintf(path, sizeof(path), "%s/config", folder);
	f = fopen(path, "re");
	if (!f)
		return refuse(why, "%s: %s; build the scenario again", path, strerror(errno));
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, option, n) && line[n] == '=')
			s->base = strtoull(line + n + 1, NULL, 0);
	fclose(f);
	return 0;
}

/* By address; at one address, functions with a size first, then global ones, then by name. */
static int compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (!x->end != !y->end)
		return x->end ? -1 : 1;
	if ((x->type == 'T') != (y->type == 'T'))
		return x->type == 'T' ? -1 : 1;
	return strcmp(x->name, y->name);
}

/*
 * Writes functions with their sizes; a label between them that has none (of assembler) reaches to
 * the next symbol. Parts that the compiler split off or specialised (.cold, .part.0) get their
 * function's name.
 */
static void write_symbols(FILE *f, const struct symbols *s)
{
	unsigned long long end = 0;
	size_t next;

	for (size_t i = 0; i < s->nr; i++) {
		const struct symbol *v = &s->v[i];
		unsigned long long stop = v->end;

		if (v->start < end)
			continue;
		for (next = i + 1; next < s->nr && s->v[next].start == v->start; next++)
			;
		if (!stop && next < s->nr)
			stop = s->v[next].start;
		if (stop <= v->start)
			continue;
		fprintf(f, "symbol %llx %llx %.*s\n", s->base + v->start, s->base + stop,
			(int)(1 + strcspn(v->name + 1, ".")), v->name);
		end = stop;
	}
}

static const struct symbol *find(const struct symbols *s, const char *name)
{
	for (size_t i = 0; i < s->nr; i++)
		if (!strcmp(s->v[i].name, name))
			return &s->v[i];
	return NULL;
}

static int write_marks(FILE *f, const struct symbols *s, const char *scenario,
		       char why[PROFILE_WHY])
{
	const struct symbol *text = find(s, "_stext") ?: find(s, "_text");

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const struct symbol *mark;
		char name[64];

		snprintf(name, sizeof(name), "ptb_mark_%s", marks[i]);
		mark = find(s, name);
		if (!mark)
			return refuse(why, "%s: its kernel has no symbol %s; build it again",
				      scenario, name);
		fprintf(f, "mark %s %llx\n", marks[i], s->base + mark->start);
	}
	if (!text)
		return refuse(why, "%s: its kernel has neither _stext nor _text", scenario);
	fprintf(f, "kernel %llx\n", s->base + text->start);
	return 0;
}

static void write_irqs(FILE *f, const char *irqs)
{
	size_t n;

	for (; irqs && *irqs; irqs += n + (irqs[n] == '\n')) {
		n = strcspn(irqs, "\n");
		if (strncmp(irqs, PROFILE_IRQS_UNKNOWN, strlen(PROFILE_IRQS_UNKNOWN)))
			fprintf(f, "irqs %.*s\n", (int)n, irqs);
	}
}

char *profile_irqs_unknown(const char *irqs)
{
	const char *unknown = irqs ? strstr(irqs, PROFILE_IRQS_UNKNOWN) : NULL;

	if (unknown) {
		unknown += strlen(PROFILE_IRQS_UNKNOWN);
		return strndup(unknown, strcspn(unknown, "\n"));
	}
	return irqs ? NULL : strdup("the architecture's file has no line irqs");
}

int profile_table(const struct profile_image *image, const char *file, char why[PROFILE_WHY])
{
	struct symbols s = { .nr = 0 };
	FILE *f = NULL;
	int err;

	err = read_symbols(image->folder, "symbols", true, &s, why) ?:
	      read_symbols(image->folder, "System.map", false, &s, why) ?:
	      read_base(image->folder, image->text_base, &s, why);
	if (!err) {
		f = fopen(file, "we");
		if (!f)
			err = refuse(why, "%s: %s", file, strerror(errno));
	}
	if (!err) {
		if (s.nr)
			qsort(s.v, s.nr, sizeof(*s.v), compare);
		err = write_marks(f, &s, image->scenario, why);
		write_irqs(f, image->irqs);
		write_symbols(f, &s);
	}
	if (f && fclose(f) && !err)
		err = refuse(why, "%s: %s", file, strerror(errno));
	free(s.v);
	return err;
}
