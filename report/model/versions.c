// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Chooses the version of a kernel that pages show, where a run has several.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "versions.h"

const char *version_stem(struct arena *a, const char *scenario)
{
	return clean(a, arena_str(a, "%.*s", (int)strcspn(scenario, "@"), scenario));
}

static const char *version_text(const char *scenario)
{
	const char *at = strchr(scenario, '@');

	return at ? at + 1 : "";
}

const char *version_release(const struct report_input *in, const char *scenario)
{
	for (size_t i = 0; i < input_nr_all(in); i++) {
		const struct report_part *p = &in->parts[i];
		const char *release;

		if (!p->scenario || !p->doc || strcmp(p->scenario, scenario))
			continue;
		release = results_pairs_get(&p->doc->subject, "release");
		if (release)
			return clean(in->arena, release);
	}
	return version_text(scenario);
}

/* Reads a number; one with more digits than any release has counts as the greatest. */
static unsigned long take_number(const char **text)
{
	char *end;
	unsigned long n = strtoul(*text, &end, 10);

	*text = end;
	return n;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What stands behind the numbers: a candidate's number, or the greatest for the release itself. */
static unsigned long candidate(const char *text)
{
	if (strncmp(text, "-rc", 3) || !is_digit(text[3]))
		return ULONG_MAX;
	text += 3;
	return take_number(&text);
}

int version_cmp(const char *a, const char *b)
{
	unsigned long x, y;

	if (!is_digit(*a) || !is_digit(*b))
		return is_digit(*a) - is_digit(*b);
	do {
		a += *a == '.';
		b += *b == '.';
		x = is_digit(*a) ? take_number(&a) : 0;
		y = is_digit(*b) ? take_number(&b) : 0;
		if (x != y)
			return x < y ? -1 : 1;
	} while ((*a == '.' && is_digit(a[1])) || (*b == '.' && is_digit(b[1])));
	x = candidate(a);
	y = candidate(b);
	return (x > y) - (x < y);
}

/* ---- families ---- */

/* Sets each kernel's family. One that no document describes is of that of its other versions. */
static void set_families(struct report_input *in)
{
	struct names stems = { 0 };
	const char **families = NULL; /* of each stem */
	size_t at, known;

	for (size_t i = 0; i < in->nr_parts; i++) {
		struct report_part *p = &in->parts[i];

		if (!p->scenario || !p->has_role)
			continue;
		p->family = version_stem(in->arena, p->stock_of);
		known = stems.nr;
		at = names_add(in->arena, &stems, version_stem(in->arena, p->scenario));
		if (at < known)
			continue;
		families = arena_grow(in->arena, families, at, sizeof(*families));
		families[at] = p->family;
	}
	for (size_t i = 0; i < in->nr_parts; i++) {
		struct report_part *p = &in->parts[i];

		if (!p->scenario || p->has_role)
			continue;
		p->family = version_stem(in->arena, p->scenario);
		at = names_find(&stems, p->family);
		p->family = at == NAMES_NOWHERE ? p->family : families[at];
	}
}

/* How many of a version's figures a part promises: those of the stock kernel count most. */
enum worth { VARIANT_THERE, VARIANT_MEASURED, STOCK_THERE, STOCK_MEASURED, STOCK_COSTS };

static enum worth worth_of(const struct report_input *in, const struct report_part *p)
{
	bool measured = input_usable(p);

	if (strcmp(version_stem(in->arena, p->scenario), p->family))
		return measured ? VARIANT_MEASURED : VARIANT_THERE;
	if (!measured)
		return STOCK_THERE;
	return strcmp(p->setup, "icount-1cpu") ? STOCK_MEASURED : STOCK_COSTS;
}

/* A version of a family. */
struct version {
	const char *text;    /* "7.3", or "" */
	const char *release; /* the stock kernel's, else that of a variant */
	enum worth worth;
};

static const char *release_in(const struct report_input *in, const char *family, const char *text)
{
	const char *stock = arena_str(in->arena, "%s%s%s", family, *text ? "@" : "", text);
	const char *release = version_release(in, stock);

	for (size_t i = 0; !*release && i < in->nr_parts; i++) {
		const struct report_part *p = &in->parts[i];

		if (p->family && !strcmp(p->family, family) &&
		    !strcmp(version_text(p->scenario), text))
			release = version_release(in, p->scenario);
	}
	return release;
}

static size_t versions_of(const struct report_input *in, const char *family, struct version **out)
{
	struct version *v = NULL;
	size_t nr = 0, j;

	for (size_t i = 0; i < in->nr_parts; i++) {
		const struct report_part *p = &in->parts[i];
		const char *text;

		if (!p->family || strcmp(p->family, family))
			continue;
		text = version_text(p->scenario);
		for (j = 0; j < nr && strcmp(v[j].text, text); j++)
			;
		if (j == nr) {
			v = arena_grow(in->arena, v, nr, sizeof(*v));
			v[nr++] = (struct version){ text, release_in(in, family, text),
						    VARIANT_THERE };
		}
		if (worth_of(in, p) > v[j].worth)
			v[j].worth = worth_of(in, p);
	}
	*out = v;
	return nr;
}

/* Whether pages show a rather than b. */
static bool is_better(const struct version *a, const struct version *b)
{
	if (a->worth != b->worth)
		return a->worth > b->worth;
	if (!*a->text != !*b->text)
		return !*a->text;
	return version_cmp(a->release, b->release) > 0;
}

/* Why that one: words that hold whatever the others lack. */
static const char *why_shown(const struct version *v, size_t nr, const struct version *best)
{
	bool newest = true;

	for (size_t i = 0; i < nr; i++)
		newest &= version_cmp(v[i].release, best->release) <= 0;
	if (!*best->text)
		return "the one whose name has no version";
	if (newest)
		return "the newest release";
	return best->worth == STOCK_COSTS ? "the newest release whose costs were measured"
					  : "the newest release with figures";
}

static const char *named(const struct report_input *in, const char *scenario)
{
	const char *release = version_release(in, scenario);

	return arena_str(in->arena, *release ? "%s (%s)" : "%s", scenario, release);
}

static bool is_aside(const struct report_part *p, const char *family, const char *version)
{
	return p->family && !strcmp(p->family, family) &&
	       strcmp(version_text(p->scenario), version);
}

static const char *others_text(const struct report_input *in, const char *family,
			       const char *version)
{
	const char *text = NULL, *last = "";

	for (size_t i = 0; i < in->nr_parts; i++) {
		const struct report_part *p = &in->parts[i];

		if (!is_aside(p, family, version) || !strcmp(p->scenario, last))
			continue;
		last = p->scenario;
		text = text ? arena_str(in->arena, "%s, %s", text, named(in, last))
			    : named(in, last);
	}
	return text;
}

/* Moves parts that are set aside behind the others; both keep their order. */
static void set_aside(struct report_input *in, const bool *aside)
{
	struct report_part *moved = arena_alloc(in->arena, (in->nr_parts + 1) * sizeof(*moved));
	size_t kept = 0, nr = 0;

	for (size_t i = 0; i < in->nr_parts; i++) {
		if (aside[i])
			moved[nr++] = in->parts[i];
		else
			in->parts[kept++] = in->parts[i];
	}
	memcpy(in->parts + kept, moved, nr * sizeof(*moved));
	in->nr_parts = kept;
	in->nr_aside = nr;
}

static void choose(struct report_input *in, const char *family, bool *aside)
{
	const struct version *best;
	struct version *v;
	size_t nr = versions_of(in, family, &v);
	const char *shown;

	best = v;
	for (size_t i = 1; i < nr; i++)
		if (is_better(&v[i], best))
			best = &v[i];
	for (size_t i = 0; i < in->nr_parts; i++)
		aside[i] |= is_aside(&in->parts[i], family, best->text);
	shown = arena_str(in->arena, "%s%s%s", family, *best->text ? "@" : "", best->text);
	in->families = arena_grow(in->arena, in->families, in->nr_families, sizeof(*in->families));
	in->families[in->nr_families++] = (struct report_family){
		.name = family,
		.shown = named(in, shown),
		.why = why_shown(v, nr, best),
		.others = others_text(in, family, best->text),
	};
}

void versions_choose(struct report_input *in)
{
	bool *aside = arena_alloc(in->arena, in->nr_parts + 1);
	struct names families = { 0 };
	const char **first =
		NULL; /* each family's first version; NULL: it was found to have several */
	size_t at, known;

	set_families(in);
	for (size_t i = 0; i < in->nr_parts; i++) {
		const struct report_part *p = &in->parts[i];

		if (!p->family)
			continue;
		known = families.nr;
		at = names_add(in->arena, &families, p->family);
		if (at == known) {
			first = arena_grow(in->arena, first, at, sizeof(*first));
			first[at] = version_text(p->scenario);
		} else if (first[at] && strcmp(first[at], version_text(p->scenario))) {
			first[at] = NULL;
			choose(in, p->family, aside);
		}
	}
	set_aside(in, aside);
}
