// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads scenario, architecture and list files, and judges checks by a scenario's rules. */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario.h"

#define MAX_LINE 4096

struct reader {
	char file[1024];
	unsigned nr;	/* of the line */
	char *why;	/* SCENARIO_WHY bytes */
};

__attribute__((format(printf, 2, 3))) static int refuse(struct reader *r, const char *fmt, ...)
{
	va_list ap;
	int n;

	n = snprintf(r->why, SCENARIO_WHY, r->nr ? "%s:%u: " : "%s: ", r->file, r->nr);
	va_start(ap, fmt);
	if (n > 0 && n < SCENARIO_WHY)
		vsnprintf(r->why + n, SCENARIO_WHY - n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* ---- keys and values ---- */

struct key {
	const char *name;
	/* Stores a value, may refuse a second one. NULL: known, used by kernels/build alone. */
	int (*set)(struct reader *r, void *to, size_t offset, const char *value);
	size_t offset;
};

static int set_string(struct reader *r, void *to, size_t offset, const char *value)
{
	char **field = (char **)((char *)to + offset);

	if (*field)
		return refuse(r, "this key stands twice; keep one");
	*field = strdup(value);
	return *field ? 0 : -ENOMEM;
}

/* One line after the other. */
static int add_line(struct reader *r, void *to, size_t offset, const char *value)
{
	char **field = (char **)((char *)to + offset), *joined;

	if (asprintf(&joined, "%s%s\n", *field ? *field : "", value) < 0)
		return -ENOMEM;
	free(*field);
	*field = joined;
	return 0;
}

static int apply(struct reader *r, const struct key *keys, const char *key, const char *value,
		 void *to)
{
	for (; keys->name; keys++)
		if (!strcmp(keys->name, key))
			return keys->set ? keys->set(r, to, keys->offset, value) : 0;
	return refuse(r, "unknown key '%.64s'", key);
}

static char *trim(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	for (n = strlen(s); n && isspace((unsigned char)s[n - 1]); n--)
		s[n - 1] = '\0';
	return s;
}

static int read_line(struct reader *r, char *line, const struct key *keys, void *to)
{
	char *key = trim(line), *value;

	if (!*key || *key == '#')
		return 0;
	value = key + strcspn(key, " \t");
	if (*value)
		*value++ = '\0';
	value = trim(value);
	if (!*value)
		return refuse(r, "key '%.64s' has no value", key);
	return apply(r, keys, key, value, to);
}

static int read_keys(struct reader *r, const struct key *keys, void *to)
{
	char line[MAX_LINE];
	int ret = 0;
	FILE *f = fopen(r->file, "re");

	if (!f)
		return refuse(r, "%s", strerror(errno));
	while (!ret && fgets(line, sizeof(line), f)) {
		r->nr++;
		if (!strchr(line, '\n') && !feof(f))
			ret = refuse(r, "line longer than %d bytes", MAX_LINE - 2);
		else
			ret = read_line(r, line, keys, to);
	}
	if (!ret && ferror(f))
		ret = refuse(r, "%s", strerror(EIO));
	fclose(f);
	r->nr = 0;
	return ret;
}

/* ---- architectures ---- */

#define ARCH(field) { #field, set_string, offsetof(struct scenario_arch, field) }
static const struct key arch_keys[] = {
	ARCH(cross), ARCH(qemu), ARCH(machine), ARCH(cpu), ARCH(memory), ARCH(qemu_args),
	ARCH(console), ARCH(data), ARCH(cmdline), ARCH(format),
	ARCH(text_base), ARCH(two_cpus),
	{ "irqs", add_line, offsetof(struct scenario_arch, irqs) },
	{ .name = "karch" }, { .name = "target" }, { .name = "image" }, { .name = "objects" },
	{ .name = "levels" },
	{ NULL },
};

static int read_arch(struct reader *from, const char *dir, const char *name,
		     struct scenario_arch *arch)
{
	struct reader r = { .why = from->why };
	int ret;

	snprintf(r.file, sizeof(r.file), "%s/arch/%s.arch", dir, name);
	ret = read_keys(&r, arch_keys, arch);
	if (ret)
		return ret;
	arch->name = strdup(name);
	if (!arch->name)
		return -ENOMEM;
	if (!arch->qemu || !arch->machine || !arch->cpu || !arch->memory || !arch->qemu_args ||
	    !arch->console || !arch->data || !arch->format || !arch->cross)
		return refuse(&r, "one of the keys cross, qemu, machine, cpu, memory, qemu_args, "
				  "console, data, format is missing");
	return 0;
}

/* ---- expectations ---- */

/* "ID [KEY=VALUE,...] PATTERN [| PATTERN]..." */
static int parse_expect(struct reader *r, struct scenario_expect *e, char *text)
{
	char *params = text + strcspn(text, " \t"), *seen;

	if (*params)
		*params++ = '\0';
	params = trim(params);
	seen = params + strcspn(params, " \t");
	if (memchr(params, '=', seen - params)) {
		if (*seen)
			*seen++ = '\0';
		if (results_params_parse(&e->params, params))
			return refuse(r, "'%.64s' is not KEY=VALUE,...", params);
		seen = trim(seen);
	} else {
		seen = params;
	}
	if (!*seen)
		return refuse(r, "'%.64s': what has to be seen is missing", text);
	if (!strchr(text, '/'))
		return refuse(r, "'%.64s' is not a case id, family/name", text);
	e->id = strdup(text);
	e->seen = strdup(seen);
	if (asprintf(&e->where, "%s:%u", r->file, r->nr) < 0)
		e->where = NULL;
	return e->id && e->seen && e->where ? 0 : -ENOMEM;
}

static int add_expect(struct reader *r, void *to, const char *value, bool some)
{
	struct scenario *s = to;
	struct scenario_expect *v;
	char *text;
	int ret;

	v = realloc(s->expects, (s->nr_expects + 1) * sizeof(*v));
	text = strdup(value);
	if (v)
		s->expects = v;
	if (!v || !text) {
		free(text);
		return -ENOMEM;
	}
	v += s->nr_expects++;
	*v = (struct scenario_expect){ .some = some };
	ret = parse_expect(r, v, text);
	free(text);
	return ret;
}

static int set_expect(struct reader *r, void *to, size_t offset, const char *value)
{
	return add_expect(r, to, value, false);
}

static int set_expect_some(struct reader *r, void *to, size_t offset, const char *value)
{
	return add_expect(r, to, value, true);
}

static int add_same(struct reader *r, struct scenario *s, const char *value, bool differs)
{
	size_t base = strcspn(value, " \t"), at = base + strspn(value + base, " \t");
	struct scenario_same *v;

	if (!value[at] || strpbrk(value + at, " \t"))
		return refuse(r, "'%.64s' is not SCENARIO OBJECTS", value);
	v = realloc(s->same, (s->nr_same + 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	s->same = v;
	v += s->nr_same++;
	*v = (struct scenario_same){ strndup(value, base), strdup(value + at), differs };
	return v->base && v->objects ? 0 : -ENOMEM;
}

static int set_identical(struct reader *r, void *to, size_t offset, const char *value)
{
	return add_same(r, to, value, false);
}

static int set_differs(struct reader *r, void *to, size_t offset, const char *value)
{
	return add_same(r, to, value, true);
}

static bool fits(const struct scenario_expect *e, const char *id,
		 const struct results_params *params)
{
	size_t i;

	if (strcmp(e->id, id))
		return false;
	for (i = 0; i < e->params.nr; i++) {
		const struct results_param *want = &e->params.v[i], *have;

		have = results_params_get(params, want->key);
		if (!have || !have->str != !want->str)
			return false;
		if (want->str ? strcmp(have->str, want->str) : have->num != want->num)
			return false;
	}
	return true;
}

static bool matches(const char *patterns, const char *seen)
{
	char copy[MAX_LINE], *p = copy, *next;
	bool found = false;

	snprintf(copy, sizeof(copy), "%s", patterns);
	for (; p && !found; p = next) {
		next = strstr(p, " | ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		found = !fnmatch(trim(p), seen, 0);
	}
	return found;
}

bool scenario_judge(const struct scenario *s, const char *id, const struct results_params *params,
		    const char *seen, const char **expect)
{
	size_t i;

	*expect = "right";
	for (i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];

		if (!e->some && fits(e, id, params)) {
			*expect = e->seen;
			break;
		}
	}
	return matches(*expect, seen);
}

const struct scenario_expect *scenario_unmet(const struct scenario *s,
					     const struct results_doc *doc)
{
	size_t i, j;

	for (i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];
		bool met = false, any = false;

		for (j = 0; j < doc->nr_checks; j++) {
			const struct results_check *c = &doc->checks[j];

			any = any || !strcmp(c->id, e->id);
			met = met || (fits(e, c->id, &c->params) &&
				      (!e->some || matches(e->seen, c->seen)));
		}
		/* A boot that runs no check of that id has nothing to show. */
		if (any && !met && !e->common)
			return e;
	}
	return NULL;
}

/* ---- scenarios ---- */

static int set_arch_name(struct reader *r, void *to, size_t offset, const char *value)
{
	struct scenario *s = to;

	if (s->arch.name)
		return refuse(r, "this key stands twice; keep one");
	if (strchr(value, '/') || value[0] == '.')
		return refuse(r, "'%.64s' is not the name of an architecture", value);
	s->arch.name = strdup(value);
	return s->arch.name ? 0 : -ENOMEM;
}

static int set_image(struct reader *r, void *to, size_t offset, const char *value)
{
	if (strchr(value, '/') || value[0] == '.')
		return refuse(r, "'%.64s' is not the name of a scenario", value);
	return set_string(r, to, offset, value);
}

static int set_reference(struct reader *r, void *to, size_t offset, const char *value)
{
	if (strcmp(value, "yes") && strcmp(value, "no"))
		return refuse(r, "'reference %.64s' is neither yes nor no", value);
	*(bool *)((char *)to + offset) = !strcmp(value, "no");
	return 0;
}

#define OWN(field) { #field, set_string, offsetof(struct scenario, own.field) }
static const struct key scenario_keys[] = {
	OWN(format), OWN(cpu), OWN(machine), OWN(memory),
	{ "image", set_image, offsetof(struct scenario, image) },
	{ "reference", set_reference, offsetof(struct scenario, no_reference) },
	{ "title", set_string, offsetof(struct scenario, title) },
	{ "design", set_string, offsetof(struct scenario, design) },
	{ "append", set_string, offsetof(struct scenario, append) },
	{ "arch", set_arch_name, 0 },
	{ "expect", set_expect, 0 },
	{ "expect-some", set_expect_some, 0 },
	{ "identical", set_identical, 0 },
	{ "differs", set_differs, 0 },
	{ .name = "base" }, { .name = "config" }, { .name = "fragment" }, { .name = "cocci" },
	{ NULL },
};

/* What a scenario says of its machine stands in the place of what its architecture says. */
static void take_own(struct scenario *s)
{
	const struct key *k;

	for (k = arch_keys; k->name; k++) {
		char **own = (char **)((char *)&s->own + k->offset);
		char **arch = (char **)((char *)&s->arch + k->offset);

		if (!k->set || !*own)
			continue;
		free(*arch);
		*arch = *own;
		*own = NULL;
	}
}

static int read_scenario(struct reader *r, const char *dir, struct scenario *s)
{
	char *arch;
	int ret;

	ret = read_keys(r, scenario_keys, s);
	if (ret)
		return ret;
	if (!s->arch.name || !s->title || !s->design)
		return refuse(r, "one of the keys title, arch, design is missing");
	arch = s->arch.name;
	s->arch.name = NULL;
	ret = read_arch(r, dir, arch, &s->arch);
	free(arch);
	take_own(s);
	return ret;
}

/* What every scenario expects, after its own rules: the first that fits decides. */
static int read_common(struct reader *from, const char *dir, struct scenario *s)
{
	static const struct key keys[] = { { "expect", set_expect, 0 }, { NULL } };
	struct reader r = { .why = from->why };
	size_t own = s->nr_expects;
	int ret;

	snprintf(r.file, sizeof(r.file), "%s/common.expect", dir);
	if (access(r.file, F_OK))
		return 0;
	ret = read_keys(&r, keys, s);
	for (; own < s->nr_expects; own++)
		s->expects[own].common = true;
	return ret;
}

int scenario_read(const char *dir, const char *name, struct scenario **out, char why[SCENARIO_WHY])
{
	struct reader r = { .why = why };
	struct scenario *s;
	int ret;

	*out = NULL;
	why[0] = '\0';
	snprintf(r.file, sizeof(r.file), "%s/scenarios/%s", dir, name);
	if (strchr(name, '/') || name[0] == '.' || !*name)
		return refuse(&r, "'%.64s' is not the name of a scenario", name);
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->name = strdup(name);
	ret = s->name ? read_scenario(&r, dir, s) ?: read_common(&r, dir, s) : -ENOMEM;
	if (ret) {
		if (!why[0])
			snprintf(why, SCENARIO_WHY, "%.400s: %s", r.file, strerror(-ret));
		scenario_free(s);
		return ret;
	}
	*out = s;
	return 0;
}

void scenario_free(struct scenario *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->nr_expects; i++) {
		free(s->expects[i].id);
		free(s->expects[i].seen);
		free(s->expects[i].where);
		results_params_free(&s->expects[i].params);
	}
	take_own(s); /* of a scenario that was refused half-read */
	for (i = 0; arch_keys[i].name; i++)
		if (arch_keys[i].set)
			free(*(char **)((char *)&s->arch + arch_keys[i].offset));
	free(s->arch.name);
	for (i = 0; i < s->nr_same; i++) {
		free(s->same[i].base);
		free(s->same[i].objects);
	}
	free(s->same);
	free(s->expects);
	free(s->name);
	free(s->title);
	free(s->design);
	free(s->append);
	free(s->image);
	free(s);
}

/* ---- lists ---- */

static int add_name(char ***names, size_t *nr, const char *name)
{
	char **v;
	size_t i;

	for (i = 0; i < *nr; i++)
		if (!strcmp((*names)[i], name))
			return 0;
	v = realloc(*names, (*nr + 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	*names = v;
	v[*nr] = strdup(name);
	return v[*nr] ? ((*nr)++, 0) : -ENOMEM;
}

static bool is_list(const char *name)
{
	for (; *name >= 'A' && *name <= 'Z'; name++)
		;
	return !*name;
}

static int add_list(const char *dir, const char *name, char ***names, size_t *nr,
		    char why[SCENARIO_WHY])
{
	struct reader r = { .why = why };
	char line[MAX_LINE], *word;
	int ret = 0;
	FILE *f;

	snprintf(r.file, sizeof(r.file), "%s/scenarios/%s", dir, name);
	f = fopen(r.file, "re");
	if (!f)
		return refuse(&r, "%s: no such list", strerror(errno));
	while (!ret && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "#")] = '\0';
		word = trim(line);
		if (*word)
			ret = add_name(names, nr, word);
	}
	fclose(f);
	return ret;
}

int scenario_names(const char *dir, char *const *names, size_t nr, char ***out, size_t *nr_out,
		   char why[SCENARIO_WHY])
{
	size_t i;
	int ret = 0;

	*out = NULL;
	*nr_out = 0;
	for (i = 0; i < nr && !ret; i++)
		ret = is_list(names[i]) ? add_list(dir, names[i], out, nr_out, why) :
					  add_name(out, nr_out, names[i]);
	if (ret) {
		scenario_names_free(*out, *nr_out);
		*out = NULL;
		*nr_out = 0;
	}
	return ret;
}

void scenario_names_free(char **names, size_t nr)
{
	while (nr)
		free(names[--nr]);
	free(names);
}
