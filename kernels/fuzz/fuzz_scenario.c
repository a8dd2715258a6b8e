// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes scenario files. Sections: the scenario, its architecture "a", common.expect, a list,
 * a.expect. A scenario that was read is written to files, which must be read as the same scenario.
 *
 * Covers: kernels/boot/scenario.c kernels/boot/scenario_keys.c
 * kernels/boot/scenario_kin.c kernels/boot/scenario_list.c kernels/boot/scenario_range.c
 * kernels/boot/scenario_rules.c
 */
#include <array_size.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../../results/fuzz/fuzz.h"
#include "../boot/scenario.h"

static void line(FILE *f, const char *key, const char *value)
{
	if (value)
		fprintf(f, "%s\t%s\n", key, value);
}

static void put_version(FILE *f, const char *word, const struct scenario_version *v)
{
	for (int i = 0; i < v->nr; i++)
		fprintf(f, "%s%c%u", i ? "" : word, i ? '.' : ' ', v->v[i]);
	if (v->nr)
		fputc(' ', f);
}

/* What stands before a line that is for some kernels. */
static void put_range(FILE *f, const struct scenario_range *r)
{
	put_version(f, "since", &r->since);
	put_version(f, "until", &r->until);
}

static void put_arch(FILE *f, const struct scenario_arch *a)
{
	const char *irqs = a->irqs;

	line(f, "cross", a->cross);
	line(f, "qemu", a->qemu);
	line(f, "machine", a->machine);
	line(f, "cpu", a->cpu);
	line(f, "memory", a->memory);
	line(f, "qemu_args", a->qemu_args);
	line(f, "console", a->console);
	line(f, "data", a->data);
	line(f, "cmdline", a->cmdline);
	line(f, "format", a->format);
	line(f, "text_base", a->text_base);
	line(f, "two_cpus", a->two_cpus);
	line(f, "timeout", a->timeout);
	line(f, "bootconfig", a->bootconfig);
	line(f, "icount_shift", a->icount_shift);
	for (; irqs && *irqs; irqs = strchr(irqs, '\n') + 1)
		fprintf(f, "irqs %.*s\n", (int)strcspn(irqs, "\n"), irqs);
}

/* Writes the rules that were read from file: another file may have an equal rule. */
static void put_expects(FILE *f, const struct scenario *s, const char *file)
{
	for (size_t i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];
		char *params = results_params_text(&e->params);

		if (strstr(e->where, file)) {
			put_range(f, &e->range);
			fprintf(f, "%s%s%s %s %s%s%s\n", e->skip ? "skip" : "expect",
				e->some	    ? "-some"
				: e->ref    ? "-ref"
				: e->family ? "-family"
					    : "",
				e->layout ? "-layout" : "", e->id, params, params[0] ? " " : "",
				e->seen);
		}
		free(params);
	}
}

static const char *const roles[] = {
	[SCENARIO_STOCK] = "stock",
	[SCENARIO_VARIANT] = "variant",
	[SCENARIO_BUSTED] = "busted",
};

/* The keys whose values may be for some kernels. */
static const struct {
	const char *name;
	size_t offset;
} ranged[] = {
	{ "title", offsetof(struct scenario, title) },
	{ "append", offsetof(struct scenario, append) },
	{ "needs-qemu", offsetof(struct scenario, needs_qemu) },
	{ "format", offsetof(struct scenario, own.format) },
	{ "cpu", offsetof(struct scenario, own.cpu) },
	{ "machine", offsetof(struct scenario, own.machine) },
	{ "memory", offsetof(struct scenario, own.memory) },
};

static void put_value(FILE *f, const struct scenario_value *v)
{
	for (size_t i = 0; i < ARRAY_SIZE(ranged); i++) {
		if (ranged[i].offset != v->offset)
			continue;
		put_range(f, &v->range);
		line(f, ranged[i].name, v->value);
		return;
	}
	fuzz_fail("a key that none may write for some kernels has the value '%s'", v->value);
}

static void put_scenario(FILE *f, const struct scenario *s)
{
	line(f, "title", s->title);
	line(f, "role", roles[s->role]);
	line(f, "arch", s->arch.name);
	line(f, "base", s->base);
	line(f, "design", s->design);
	line(f, "append", s->append);
	line(f, "needs-qemu", s->needs_qemu);
	line(f, "image", s->image);
	line(f, "layout", s->layout);
	line(f, "reference", s->no_reference ? "no" : "yes");
	put_expects(f, s, "/scenarios/s:");
	for (size_t i = 0; i < s->nr_ranged; i++)
		put_value(f, &s->ranged[i]);
	for (size_t i = 0; i < s->nr_same; i++) {
		put_range(f, &s->same[i].range);
		fprintf(f, "%s %s %s\n", s->same[i].differs ? "differs" : "identical",
			s->same[i].base, s->same[i].objects);
	}
}

enum { PARTS = 4 };
static const char *const parts[PARTS] = { "scenarios/s", "arch/a.arch", "arch/a.expect",
					  "common.expect" };

/* The whole scenario as text, file by file, malloc'ed; end[]: where the text of each file ends. */
static char *all_of(const struct scenario *s, size_t end[PARTS])
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		fuzz_fail("no memory");
	for (int i = 0; i < PARTS; i++) {
		if (i == 0)
			put_scenario(f, s);
		else if (i == 1)
			put_arch(f, &s->arch);
		else
			put_expects(f, s, i == 2 ? "/arch/a.expect:" : "/common.expect:");
		fflush(f);
		end[i] = size;
	}
	fclose(f);
	return text;
}

static void read_again(const char *dir, const struct scenario *s)
{
	char *text, *other_text, why[SCENARIO_WHY];
	size_t end[PARTS], again[PARTS];
	struct scenario *other;

	text = all_of(s, end);
	for (int i = 0; i < PARTS; i++)
		fuzz_put(parts[i], text + (i ? end[i - 1] : 0), end[i] - (i ? end[i - 1] : 0));
	if (scenario_read(dir, "s", &other, why))
		fuzz_fail("what was read is refused, written down as\n%s%s", text, why);
	other_text = all_of(other, again);
	if (strcmp(text, other_text) || memcmp(end, again, sizeof(end)))
		fuzz_fail("what was read as\n%sis read again as\n%s", text, other_text);
	free(text);
	free(other_text);
	scenario_free(other);
}

/* A reason must name a file in dir. */
static void check_why(const char *dir, const char *why)
{
	if (strncmp(why, dir, strlen(dir)) || !strstr(why, ": "))
		fuzz_fail("refused, and the reason names no file: '%s'", why);
}

static void read_list(const char *dir)
{
	char list[] = "L", *names[] = { list }, **out, why[SCENARIO_WHY];
	size_t nr;

	if (scenario_names(dir, names, 1, &out, &nr, why)) {
		check_why(dir, why);
		return;
	}
	for (size_t i = 0; i < nr; i++) {
		if (!*out[i] || strpbrk(out[i], "/ \t\n#") || scenario_is_list(out[i]))
			fuzz_fail("a list names the scenario '%s'", out[i]);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(out[i], out[k]))
				fuzz_fail("a list names '%s' twice", out[i]);
	}
	scenario_names_free(out, nr);
}

/* For a rule without patterns, a check with its own text must be right, and a row may be skipped
 * for it. */
static void judge(const struct scenario *s)
{
	struct results_params none = { .nr = 0 };
	const char *expect;

	for (size_t i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];

		scenario_judge(s, e->id, &none, "wrong", &expect);
		if (strpbrk(e->seen, "|*?[\\") || strpbrk(e->id, "*?[\\") || e->layout)
			continue;
		if (e->skip && !scenario_may_skip(s, e->id, &e->params,
						  e->ref ? RESULTS_REF : RESULTS_KERNEL, e->seen))
			fuzz_fail("'%s' is a reason to skip %s, and refused", e->seen, e->id);
		if (!e->skip && !scenario_judge(s, e->id, &e->params, e->seen, &expect) &&
		    expect == e->seen)
			fuzz_fail("'%s' is seen and expected, and judged wrong", e->seen);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "scenarios/s", "arch/a.arch", "common.expect",
					     "scenarios/L", "arch/a.expect" };
	struct fuzz_section v[FUZZ_MAX_SECTIONS];
	size_t nr = fuzz_sections(data, size, v);
	static const char base[] = "title b\nrole stock\narch a\ndesign static\n";
	char *dir = fuzz_path(""), why[SCENARIO_WHY];
	struct scenario *s;

	fuzz_put("scenarios/b", base, strlen(base)); /* what seeds have as their base or image */
	for (size_t i = 0; i < nr && i < 5; i++)
		fuzz_put(names[i], v[i].data, v[i].size);
	if (!scenario_read(dir, "s", &s, why)) {
		fuzz_accepted++;
		judge(s);
		/* read_again() writes the architecture to arch/a.arch. */
		if (!strcmp(s->arch.name, "a"))
			read_again(dir, s);
		scenario_free(s);
	} else {
		check_why(dir, why);
	}
	if (nr > 3)
		read_list(dir);
	fuzz_clean();
	free(dir);
	return 0;
}
