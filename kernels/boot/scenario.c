// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads scenario and architecture files. */
#include <array_size.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../profile/profile.h"
#include "scenario_priv.h"

/* ---- keys and values ---- */

/* Stores a value that is for some kernels only; to is a struct scenario. */
static int add_ranged(struct scenario_reader *r, struct scenario *s, size_t offset,
		      const char *value)
{
	struct scenario_value *v = realloc(s->ranged, (s->nr_ranged + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	s->ranged = v;
	v += s->nr_ranged++;
	*v = (struct scenario_value){ r->range, offset, strdup(value) };
	return v->value ? 0 : -ENOMEM;
}

static int set_string(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	char **field = (char **)((char *)to + offset);

	if (r->range.since.nr || r->range.until.nr)
		return add_ranged(r, to, offset, value);

	if (*field)
		return scenario__refuse(r, "this key stands twice; keep one");
	*field = strdup(value);
	return *field ? 0 : -ENOMEM;
}

/* Appends the value to the field as another line. */
static int add_line(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	char **field = (char **)((char *)to + offset), *joined;

	if (asprintf(&joined, "%s%s\n", *field ? *field : "", value) < 0)
		return -ENOMEM;
	free(*field);
	*field = joined;
	return 0;
}

/* "VERSION REASON" */
static int set_qemu_version(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	int reason = 0;

	sscanf(value, "%*4[0-9].%*4[0-9] %n", &reason);
	if (!reason || !value[reason] || value[reason - 1] != ' ')
		return scenario__refuse(
			r, "'%.64s' is not the version of a QEMU, such as 8.1, and a reason",
			value);
	return set_string(r, to, offset, value);
}

/* The key timeout: seconds of real time. */
static int set_seconds(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (value[digits] || digits > 5 || atoi(value) < 1)
		return scenario__refuse(r, "'%.64s' is not a number of seconds from 1 to 99999",
					value);
	return set_string(r, to, offset, value);
}

static int set_yes(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	if (strcmp(value, "yes"))
		return scenario__refuse(r, "'%.64s' is not yes; leave the line out for no", value);
	return set_string(r, to, offset, value);
}

/* An instruction takes 2^N ns of the virtual clock; QEMU takes 0 to 10. */
static int set_shift(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	if (value[strspn(value, "0123456789")] || strlen(value) > 2 || atoi(value) > 10)
		return scenario__refuse(r, "'%.64s' is not a number from 0 to 10", value);
	return set_string(r, to, offset, value);
}

/* "KIND VALUE/MASK", as many hexadecimal digits in each, or "unknown REASON". */
static int add_irqs(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	int from = 0, slash = 0, end = 0;

	sscanf(value, "%*15[a-z] %n%*16[0-9a-f]%n/%*16[0-9a-f]%n", &from, &slash, &end);
	if (strncmp(value, PROFILE_IRQS_UNKNOWN, strlen(PROFILE_IRQS_UNKNOWN)) &&
	    (!end || value[end] || (slash - from) % 2 || end - slash - 1 != slash - from))
		return scenario__refuse(
			r,
			"'%.64s' is not KIND VALUE/MASK, bytes in hexadecimal digits, nor "
			"unknown REASON",
			value);
	return add_line(r, to, offset, value);
}

/* ---- architectures ---- */

/* clang-format off */
#define BUILDS(key)                                               \
	{ .name = key, .ranged = true, .set = set_builds, \
	  .offset = offsetof(struct scenario, builds) }
#define ARCH(key) { .name = #key, .set = set_string, .offset = offsetof(struct scenario_arch, key) }
static const struct scenario_key arch_keys[] = {
	ARCH(cross), ARCH(qemu), ARCH(machine), ARCH(cpu), ARCH(memory), ARCH(qemu_args),
	ARCH(console), ARCH(data), ARCH(cmdline), ARCH(format),
	ARCH(text_base),
	{ .name = "two_cpus", .set = set_qemu_version, .offset = offsetof(struct scenario_arch, two_cpus) },
	{ .name = "timeout", .set = set_seconds, .offset = offsetof(struct scenario_arch, timeout) },
	{ .name = "bootconfig", .set = set_yes,
	  .offset = offsetof(struct scenario_arch, bootconfig) },
	{ .name = "icount_shift", .set = set_shift,
	  .offset = offsetof(struct scenario_arch, icount_shift) },
	{ .name = "irqs", .set = add_irqs, .offset = offsetof(struct scenario_arch, irqs) },
	{ .name = "cflags" }, { .name = "karch" }, { .name = "target" }, { .name = "image" }, { .name = "package" },
	{ .name = "debian" },
	{ .name = "levels" }, { .name = "cocci", .ranged = true },
	{ .name = NULL },
};
/* clang-format on */

static int read_arch(struct scenario_reader *from, const char *dir, const char *name,
		     struct scenario_arch *arch)
{
	struct scenario_reader r = { .why = from->why };
	int err;

	snprintf(r.file, sizeof(r.file), "%s/arch/%s.arch", dir, name);
	err = scenario__read_keys(&r, arch_keys, arch);
	if (err)
		return err;
	arch->name = strdup(name);
	if (!arch->name)
		return -ENOMEM;
	if (!arch->qemu || !arch->machine || !arch->cpu || !arch->memory || !arch->qemu_args ||
	    !arch->console || !arch->data || !arch->format || !arch->cross)
		return scenario__refuse(
			&r, "one of the keys cross, qemu, machine, cpu, memory, qemu_args, "
			    "console, data, format is missing");
	return 0;
}

/* ---- scenarios ---- */

static int set_arch_name(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	struct scenario *s = to;

	if (s->arch.name)
		return scenario__refuse(r, "this key stands twice; keep one");
	if (!scenario__is_name(value))
		return scenario__refuse(r, "'%.64s' is not the name of an architecture", value);
	s->arch.name = strdup(value);
	return s->arch.name ? 0 : -ENOMEM;
}

static int set_image(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	if (!scenario__is_name(value))
		return scenario__refuse(r, "'%.64s' is not the name of a scenario", value);
	return set_string(r, to, offset, value);
}

static int set_reference(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	if (strcmp(value, "yes") && strcmp(value, "no"))
		return scenario__refuse(r, "'reference %.64s' is neither yes nor no", value);
	*(bool *)((char *)to + offset) = !strcmp(value, "no");
	return 0;
}

/* A key that tells kernels/build what to build. */
static int set_builds(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	*(bool *)((char *)to + offset) = true;
	return 0;
}

static const char *const roles[] = {
	[SCENARIO_STOCK] = "stock",
	[SCENARIO_VARIANT] = "variant",
	[SCENARIO_BUSTED] = "busted",
};

static int set_role(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	struct scenario *s = to;
	size_t role = SCENARIO_STOCK;

	if (s->role)
		return scenario__refuse(r, "this key stands twice; keep one");
	while (role < ARRAY_SIZE(roles) && strcmp(value, roles[role]))
		role++;
	if (role == ARRAY_SIZE(roles))
		return scenario__refuse(r, "'role %.64s' is none of stock, variant, busted", value);
	s->role = role;
	return 0;
}

/* clang-format off */
#define RANGED(key, at) \
	{ .name = #key, .ranged = true, .set = set_string, .offset = offsetof(struct scenario, at) }
#define OWN(key) RANGED(key, own.key)
static const struct scenario_key scenario_keys[] = {
	OWN(format), OWN(cpu), OWN(machine), OWN(memory),
	{ .name = "image", .set = set_image, .offset = offsetof(struct scenario, image) },
	{ .name = "base", .set = set_image, .offset = offsetof(struct scenario, base) },
	{ .name = "role", .set = set_role },
	{ .name = "reference", .set = set_reference, .offset = offsetof(struct scenario, no_reference) },
	RANGED(title, title), RANGED(design, design), RANGED(append, append),
	{ .name = "needs-qemu", .ranged = true, .set = set_qemu_version,
	  .offset = offsetof(struct scenario, needs_qemu) },
	{ .name = "arch", .set = set_arch_name },
	RULE("expect", 0),
	RULE("expect-some", RULE_SOME),
	RULE("expect-layout", RULE_LAYOUT),
	RULE("expect-some-layout", RULE_SOME | RULE_LAYOUT),
	{ .name = "layout", .set = set_string, .offset = offsetof(struct scenario, layout) },
	RULE("skip", RULE_SKIP),
	RULE("skip-ref", RULE_SKIP | RULE_REF),
	RULE("skip-family", RULE_SKIP | RULE_FAMILY),
	{ .name = "identical", .set = scenario__set_identical, .ranged = true },
	{ .name = "differs", .set = scenario__set_differs, .ranged = true },
	BUILDS("config"), BUILDS("fragment"), BUILDS("cocci"),
	{ .name = "absent", .ranged = true },
	{ .name = NULL },
};
/* clang-format on */

/* The scenario's own values for its machine replace those of its architecture. */
static void take_own(struct scenario *s)
{
	for (const struct scenario_key *k = arch_keys; k->name; k++) {
		char **own = (char **)((char *)&s->own + k->offset);
		char **arch = (char **)((char *)&s->arch + k->offset);

		if (!k->set || !*own)
			continue;
		free(*arch);
		*arch = *own;
		*own = NULL;
	}
}

static int check_keys(struct scenario_reader *r, const struct scenario *s)
{
	if (!s->arch.name || !s->title || !s->design)
		return scenario__refuse(r, "one of the keys title, arch, design is missing");
	if (!s->role)
		return scenario__refuse(r, "the key role is missing: stock, variant or busted");
	if (s->role != SCENARIO_STOCK && !s->base && !s->image)
		return scenario__refuse(r,
					"role %s needs a key base or image, which names a scenario",
					roles[s->role]);
	if (s->image && (s->base || s->builds))
		return scenario__refuse(
			r,
			"'image %.64s' builds nothing; remove the keys of what to build: base, "
			"config, fragment, cocci",
			s->image);
	return 0;
}

static int read_scenario(struct scenario_reader *r, const char *dir, struct scenario *s)
{
	char *arch;
	int err;

	err = scenario__read_keys(r, scenario_keys, s) ?: check_keys(r, s);
	if (err)
		return err;
	for (size_t i = 0; i < s->nr_expects && !s->layout; i++)
		if (s->expects[i].layout)
			return scenario__refuse(
				r, "expect-layout needs a key layout, which names the compilers");
	arch = s->arch.name;
	s->arch.name = NULL;
	err = read_arch(r, dir, arch, &s->arch);
	free(arch);
	take_own(s);
	return err;
}

static int read_shared(struct scenario_reader *from, const char *file, struct scenario *s)
{
	static const struct scenario_key keys[] = {
		RULE("expect", 0),
		RULE("skip", RULE_SKIP),
		RULE("skip-ref", RULE_SKIP | RULE_REF),
		RULE("skip-family", RULE_SKIP | RULE_FAMILY),
		{ .name = NULL },
	};
	struct scenario_reader r = { .why = from->why };
	size_t own = s->nr_expects;
	int err;

	snprintf(r.file, sizeof(r.file), "%s", file);
	if (access(r.file, F_OK))
		return 0;
	err = scenario__read_keys(&r, keys, s);
	for (; own < s->nr_expects; own++)
		s->expects[own].common = true;
	return err;
}

/*
 * Adds the rules for all scenarios of the architecture, then those for all scenarios, after the
 * scenario's own rules: the first rule that fits decides.
 */
static int read_common(struct scenario_reader *from, const char *dir, struct scenario *s)
{
	char file[1024];
	int err;

	snprintf(file, sizeof(file), "%s/arch/%s.expect", dir, s->arch.name);
	err = read_shared(from, file, s);
	snprintf(file, sizeof(file), "%s/common.expect", dir);
	return err ?: read_shared(from, file, s);
}

/* Writes MAJOR.MINOR in the place of "%v". Without memory the text stays. */
static void put_version(char **text, const struct scenario_version *kernel)
{
	char *at = strstr(*text, "%v"), *put, version[16] = "Linux";

	if (kernel->nr)
		snprintf(version, sizeof(version), "%u.%u", kernel->v[0], kernel->v[1]);
	if (!at || asprintf(&put, "%.*s%s%s", (int)(at - *text), *text, version, at + 2) < 0)
		return;
	free(*text);
	*text = put;
}

/* Where the value of a key goes: the scenario's own machine has become part of arch. */
static char **field_of(struct scenario *s, size_t offset)
{
	if (offset >= offsetof(struct scenario, own) &&
	    offset < offsetof(struct scenario, own) + sizeof(s->own))
		offset += offsetof(struct scenario, arch) - offsetof(struct scenario, own);
	return (char **)((char *)s + offset);
}

/* Takes the values that are for this release, and writes its version in titles. */
static void take_values(struct scenario *s, const char *release)
{
	struct scenario_version kernel;

	scenario_version_of_release(release, &kernel);
	for (size_t i = 0; i < s->nr_ranged && kernel.nr; i++) {
		struct scenario_value *v = &s->ranged[i];
		char **field = field_of(s, v->offset);

		if (!v->value || !scenario_range_holds(&v->range, &kernel))
			continue;
		free(*field);
		*field = v->value;
		v->value = NULL;
	}
	put_version(&s->title, &kernel);
	for (size_t i = 0; i < s->nr_kin; i++)
		put_version(&s->kin[i].title, &kernel);
}

/* Appends "@VERSION", if any, to a name. */
static int append_at(char **name, const char *at)
{
	char *joined;

	if (!*name || !*at)
		return 0;
	if (asprintf(&joined, "%s%s", *name, at) < 0)
		return -ENOMEM;
	free(*name);
	*name = joined;
	return 0;
}

/* The scenarios that s names are of the same version. */
static int name_at(struct scenario *s, const char *at)
{
	int err = append_at(&s->base, at) ?: append_at(&s->image, at);

	for (size_t i = 0; i < s->nr_same && !err; i++)
		err = append_at(&s->same[i].base, at);
	return err;
}

int scenario__read(const char *dir, const char *name, unsigned depth, struct scenario **out,
		   char why[SCENARIO_WHY])
{
	struct scenario_reader r = { .why = why };
	const char *at = name + strcspn(name, "@");
	struct scenario *s;
	int err;

	*out = NULL;
	why[0] = '\0';
	snprintf(r.file, sizeof(r.file), "%s/scenarios", dir);
	if (!scenario__is_at_name(name))
		return scenario__refuse(
			&r, "'%.64s' is not the name of a scenario in there, nor SCENARIO@VERSION",
			name);
	snprintf(r.file, sizeof(r.file), "%s/scenarios/%.*s", dir, (int)(at - name), name);
	if (access(r.file, F_OK))
		return scenario__refuse(&r, "%s; ptbench kernels list prints all scenarios",
					strerror(errno));
	if (scenario_is_list(name))
		return scenario__refuse(&r, "this is a list; name one scenario");
	s = calloc(1, sizeof(*s));
	if (!s) {
		snprintf(why, SCENARIO_WHY, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	s->name = strdup(name);
	err = s->name ? read_scenario(&r, dir, s) ?: read_common(&r, dir, s) ?:
			name_at(s, at) ?: scenario__read_kin(dir, s, depth, why) : -ENOMEM;
	if (!err && *at)
		take_values(s, at + 1);
	if (err) {
		if (!why[0])
			snprintf(why, SCENARIO_WHY, "%.400s: %s", r.file, strerror(-err));
		scenario_free(s);
		return err;
	}
	*out = s;
	return 0;
}

void scenario_for_release(struct scenario *s, const char *release)
{
	struct scenario_version kernel;
	size_t kept = 0;

	take_values(s, release);
	if (!scenario_version_of_release(release, &kernel))
		return;
	for (size_t i = 0; i < s->nr_expects; i++) {
		if (scenario_range_holds(&s->expects[i].range, &kernel))
			s->expects[kept++] = s->expects[i];
		else
			scenario__free_expect(&s->expects[i]);
	}
	s->nr_expects = kept;
	kept = 0;
	for (size_t i = 0; i < s->nr_same; i++) {
		if (scenario_range_holds(&s->same[i].range, &kernel))
			s->same[kept++] = s->same[i];
		else
			scenario__free_same(&s->same[i]);
	}
	s->nr_same = kept;
}

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->nr_expects; i++)
		scenario__free_expect(&s->expects[i]);
	take_own(s); /* not done yet for a scenario that was refused half-read */
	for (size_t i = 0; arch_keys[i].name; i++)
		if (arch_keys[i].set)
			free(*(char **)((char *)&s->arch + arch_keys[i].offset));
	free(s->arch.name);
	for (size_t i = 0; i < s->nr_same; i++)
		scenario__free_same(&s->same[i]);
	for (size_t i = 0; i < s->nr_ranged; i++)
		free(s->ranged[i].value);
	free(s->ranged);
	free(s->same);
	free(s->expects);
	free(s->name);
	free(s->title);
	free(s->design);
	free(s->append);
	free(s->needs_qemu);
	free(s->image);
	free(s->layout);
	free(s->base);
	for (size_t i = 0; i < s->nr_kin; i++) {
		free(s->kin[i].name);
		free(s->kin[i].title);
	}
	free(s->kin);
	free(s);
}

int scenario_read(const char *dir, const char *name, struct scenario **out, char why[SCENARIO_WHY])
{
	return scenario__read(dir, name, 0, out, why);
}
