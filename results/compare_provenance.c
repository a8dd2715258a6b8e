// SPDX-License-Identifier: GPL-2.0-or-later
/* The differences of provenance between a part's documents, and whether they allow a comparison. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const struct results_pairs *block(const struct results_doc *doc, bool environment)
{
	return environment ? &doc->environment : &doc->subject;
}

static const char *value_of(const struct results_compared_part *p, size_t i, bool environment,
			    const char *key)
{
	return results_pairs_get(block(p->docs[i], environment), key);
}

/* Whether all documents have the same value for key (absent counts as a value). */
static bool same_value(const struct results_compared_part *p, bool environment, const char *key)
{
	const char *a = value_of(p, 0, environment, key);

	for (size_t i = 1; i < p->nr_docs; i++) {
		const char *b = value_of(p, i, environment, key);

		if (!a != !b || (a && strcmp(a, b)))
			return false;
	}
	return true;
}

/* Whether a document before the i-th has the key, so that the key was compared already. */
static bool seen_before(const struct results_compared_part *p, size_t i, bool environment,
			const char *key)
{
	while (i--)
		if (value_of(p, i, environment, key))
			return true;
	return false;
}

static bool is_ignored(const struct results_compare_options *options, const char *key)
{
	for (size_t i = 0; i < options->nr_ignored; i++)
		if (!strcmp(options->ignored[i], key))
			return true;
	return false;
}

static int add(struct results_compared_part *p, bool environment, const char *key, bool ignored)
{
	struct results_difference *v =
		realloc(p->differences, (p->nr_differences + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	p->differences = v;
	v += p->nr_differences;
	*v = (struct results_difference){
		.key = key,
		.is_environment = environment,
		.ignored = ignored,
		.values = calloc(p->nr_docs, sizeof(*v->values)),
	};
	if (!v->values)
		return -ENOMEM;
	p->nr_differences++;
	for (size_t i = 0; i < p->nr_docs; i++)
		v->values[i] = value_of(p, i, environment, key);
	return 0;
}

/* Records the keys that differ. Returns how many of them are not ignored, or -ENOMEM. */
static int differ(struct results_compared_part *p, bool environment,
		  const struct results_compare_options *options)
{
	int nr = 0;

	for (size_t i = 0; i < p->nr_docs; i++) {
		const struct results_pairs *pairs = block(p->docs[i], environment);

		for (size_t k = 0; k < pairs->nr; k++) {
			const char *key = pairs->v[k].key;
			bool ignored = environment && is_ignored(options, key);

			if (environment && !results_env_is_compared(key))
				continue;
			if (seen_before(p, i, environment, key) || same_value(p, environment, key))
				continue;
			if (add(p, environment, key, ignored))
				return -ENOMEM;
			nr += !ignored;
		}
	}
	return nr;
}

static bool has_all(const struct results_pairs *a, const struct results_pairs *b)
{
	for (size_t i = 0; i < a->nr; i++) {
		const char *value = results_pairs_get(b, a->v[i].key);

		if (results_env_is_compared(a->v[i].key) &&
		    (!value || strcmp(value, a->v[i].value)))
			return false;
	}
	return true;
}

bool results__same_environment(const struct results_doc *a, const struct results_doc *b)
{
	return has_all(&a->environment, &b->environment) &&
	       has_all(&b->environment, &a->environment);
}

/* One image with one command line does one thing; the environment is the same already. */
static bool is_identical(const struct results_compared_part *p)
{
	const char *image = value_of(p, 0, false, "image_sha256");

	return image && *image && same_value(p, false, "image_sha256") &&
	       same_value(p, false, "command_line");
}

int results__compare_provenance(struct results_compared_part *p,
				const struct results_compare_options *options)
{
	int nr;

	for (size_t i = 1; i < p->nr_docs; i++) {
		if (!strcmp(p->docs[i]->mode, p->docs[0]->mode))
			continue;
		p->other_mode = p->docs[i]->mode;
		return false;
	}
	nr = differ(p, true, options);
	if (nr)
		return nr < 0 ? nr : false;
	if (is_identical(p))
		p->image = value_of(p, 0, false, "image_sha256");
	nr = differ(p, false, options);
	return nr < 0 ? nr : true;
}
