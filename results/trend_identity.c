// SPDX-License-Identifier: GPL-2.0-or-later
/* What makes documents belong together, or be the same one: keys of provenance, and a hash. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trend.h"

static int pair_cmp(const void *a, const void *b)
{
	return strcmp(((const struct results_pair *)a)->key, ((const struct results_pair *)b)->key);
}

int results__trend_pairs(struct results_pairs *to, const struct results_pairs *from, bool compared)
{
	for (size_t i = 0; i < from->nr; i++) {
		const struct results_pair *p = &from->v[i];

		if ((!compared || results_env_is_compared(p->key)) &&
		    results_pairs_set(to, p->key, p->value))
			return -ENOMEM;
	}
	if (to->nr)
		qsort(to->v, to->nr, sizeof(*to->v), pair_cmp);
	return 0;
}

char *results__trend_key(const char *a, const char *b, const struct results_pairs *p)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	bool lost;

	if (!f)
		return NULL;
	fprintf(f, "%zu:%s%zu:%s", strlen(a), a, strlen(b), b);
	for (size_t i = 0; i < p->nr; i++)
		fprintf(f, "%s=%zu:%s", p->v[i].key, strlen(p->v[i].value), p->v[i].value);
	lost = ferror(f);
	if (!fclose(f) && !lost)
		return text;
	free(text);
	return NULL;
}

/* FNV-1a, twice: equal documents have equal hashes; others do not by chance. */
static void hash_bytes(uint64_t hash[2], const void *data, size_t len)
{
	const unsigned char *byte = data;

	for (size_t i = 0; i < len; i++) {
		hash[0] = (hash[0] ^ byte[i]) * 0x100000001b3;
		hash[1] = (hash[1] ^ byte[len - 1 - i]) * 0x9e3779b97f4a7c15;
	}
}

static void hash_text(uint64_t hash[2], const char *s)
{
	hash_bytes(hash, s, strlen(s) + 1);
}

void results__trend_hash(const struct results_doc *doc, uint64_t hash[2])
{
	hash[0] = 0xcbf29ce484222325;
	hash[1] = 0x84222325cbf29ce4;
	hash_text(hash, doc->part);
	hash_text(hash, doc->created);
	hash_text(hash, doc->command);
	for (size_t i = 0; i < doc->environment.nr; i++)
		hash_text(hash, doc->environment.v[i].value);
	for (size_t i = 0; i < doc->subject.nr; i++)
		hash_text(hash, doc->subject.v[i].value);
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		hash_text(hash, m->case_id);
		hash_bytes(hash, m->samples, m->nr_samples * sizeof(*m->samples));
	}
}
