// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mutations of JSON by its structure: the parser refuses bytes changed at random, but these reach
 * the code behind it. New values come from the format's own words and from the document itself.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <results/results.h>

#include "fuzz.h"

#define MAX_PLACES 8192

/* The place of a value: a member of an object, or an item of an array. */
struct place {
	json_t *in;
	const char *key; /* an item has the key of its array */
	size_t index;
};

struct places {
	struct place v[MAX_PLACES];
	size_t nr;
};

/* clang-format off */
/* Values for each key, as JSON; those of any key are odd ones. */
static const struct {
	const char *key, *value;
} words[] = {
	{ "kind", "\"exact\"" }, { "kind", "\"deterministic\"" }, { "kind", "\"sampled\"" },
	{ "subject", "\"ref\"" }, { "subject", "\"kernel\"" }, { "subject", "\"liburcu\"" },
	{ "mode", "\"native\"" }, { "mode", "\"icount\"" }, { "mode", "\"kvm\"" },
	{ "mode", "\"tcg\"" }, { "mode", "\"static\"" }, { "mode", "\"sc\"" },
	{ "mode", "\"store-buffer\"" }, { "state", "\"passed\"" }, { "state", "\"failed\"" },
	{ "state", "\"skipped\"" }, { "state", "\"partial\"" }, { "state", "\"complete\"" },
	{ "reason", "\"no KVM here\"" }, { "reason", "null" }, { "file", "\"native.json\"" },
	{ "file", "null" }, { "finished", "null" }, { "finished", "\"2026-02-28T23:59:60Z\"" },
	{ "created", "\"2024-02-29T00:00:00Z\"" }, { "method", "\"reduced\"" },
	{ "method", "\"full\"" }, { "method", "\"replay\"" }, { "verdict", "\"clean\"" },
	{ "verdict", "\"caught\"" }, { "verdict", "\"broken\"" }, { "verdict", "\"survived\"" },
	{ "verdict", "\"other-invariant\"" }, { "verdict", "\"held\"" },
	{ "verdict", "\"unfinished\"" }, { "context", "\"softirq\"" }, { "context", "\"nmi\"" },
	{ "context", "\"fault\"" }, { "context", "\"irq\"" }, { "caught_by", "null" },
	{ "caught_by", "\"deadlock\"" }, { "failure", "null" }, { "extra", "{\"n\": [1.5, null]}" },
	{ "version", "1" }, { "version", "2" }, { "version", "3" }, { "fold", "\"mm\"" },
	{ "of", "\"static\"" }, { "families", "[]" }, { "discarded", "3" }, { "nr_steps", "0" },
	{ "breakdown", "[{\"symbol\": \"[user]\", \"instructions\": 7}]" },
	{ "skipped", "\"not on this machine\"" }, { "busted", "true" }, { "ok", "false" },
	{ "image_sha256", "\"0123\"" }, { "load", "\"7.9 8.9 7.6; other work\"" },
	{ "", "null" }, { "", "true" }, { "", "false" }, { "", "0" }, { "", "-1" }, { "", "1" },
	{ "", "0.5" }, { "", "-0.0" }, { "", "1e16" }, { "", "9007199254740991" },
	{ "", "9007199254740992" }, { "", "-9007199254740991" }, { "", "2147483648" },
	{ "", "1e-300" }, { "", "1e300" }, { "", "\"\"" }, { "", "\"a,b=c\"" }, { "", "\"-1\"" },
	{ "", "\"\\u001b[2J\\n\"" }, { "", "\"\\u202e\\u200b\"" }, { "", "\"<b>&'{{x}}\"" },
	{ "", "\"\\u00e9\\ud83d\\ude00\"" }, { "", "\"../x\"" }, { "", "[]" }, { "", "{}" },
	{ "", "[[]]" }, { "", "{\"a\": {}}" },
};
/* clang-format on */

/* clang-format off */
/* Params of real rows, and values for them. */
static const struct {
	const char *key, *value;
} params[] = {
	{ "cross", "\"pmd\"" }, { "cross", "\"pgd\"" }, { "cross", "\"none\"" },
	{ "design", "\"static\"" }, { "design", "\"addr_end_folded\"" },
	{ "format", "\"x86_64-4k-48\"" }, { "format", "\"s390x\"" }, { "mem", "\"file\"" },
	{ "mem", "\"dax\"" }, { "leaf", "\"pmd\"" }, { "pages", "1" }, { "pages", "16" },
	{ "pages", "512" }, { "tables", "2" }, { "tables", "64" }, { "tables", "300" },
	{ "peer", "\"none\"" }, { "peer", "\"lazy\"" }, { "depth", "1" }, { "depth", "0" },
	{ "live", "3" }, { "readers", "1" }, { "discipline", "\"ipi_signal\"" }, { "levels", "4" },
	{ "n", "4294967297" }, { "stack", "\"local\"" }, { "step", "\"pin\"" },
};
/* clang-format on */

static void collect(struct places *p, json_t *value, const char *key)
{
	json_t *child;
	size_t i;
	void *it;

	for (it = json_object_iter(value); it; it = json_object_iter_next(value, it)) {
		if (p->nr == MAX_PLACES)
			return;
		p->v[p->nr++] = (struct place){ value, json_object_iter_key(it), 0 };
		collect(p, json_object_iter_value(it), json_object_iter_key(it));
	}
	json_array_foreach(value, i, child)
	{
		if (p->nr == MAX_PLACES)
			return;
		p->v[p->nr++] = (struct place){ value, key, i };
		collect(p, child, key);
	}
}

static json_t *value_at(const struct place *p)
{
	return json_is_object(p->in) ? json_object_get(p->in, p->key)
				     : json_array_get(p->in, p->index);
}

/* Puts value in the place; owns value from here on. */
static void replace(const struct place *p, json_t *value)
{
	if (json_is_object(p->in))
		json_object_set_new(p->in, p->key, value);
	else
		json_array_set_new(p->in, p->index, value);
}

static void delete (const struct place *p)
{
	if (json_is_object(p->in))
		json_object_del(p->in, p->key);
	else
		json_array_remove(p->in, p->index);
}

static json_t *parse(const char *text)
{
	return json_loads(text, JSON_DECODE_ANY, NULL);
}

/* A value from the list for the key, or an odd one. */
static json_t *word(const char *key, struct fuzz_random *r)
{
	size_t nr = ARRAY_SIZE(words), from = fuzz_below(r, nr);

	for (size_t i = 0; i < nr; i++)
		if (!strcmp(words[(from + i) % nr].key, key))
			return parse(words[(from + i) % nr].value);
	return parse(words[from].value);
}

/* ---- mutations: each changes the place, or its surroundings ---- */

static void put_word(struct places *all, const struct place *p, struct fuzz_random *r)
{
	replace(p, word(fuzz_below(r, 4) ? p->key : "", r));
}

/* Puts in the value of another place of that name: the right type, perhaps a wrong combination. */
static void steal(struct places *all, const struct place *p, struct fuzz_random *r)
{
	size_t from = fuzz_below(r, all->nr);

	for (size_t i = 0; i < all->nr; i++) {
		const struct place *other = &all->v[(from + i) % all->nr];

		if (other != p && !strcmp(other->key, p->key) &&
		    json_is_object(other->in) == json_is_object(p->in)) {
			replace(p, json_deep_copy(value_at(other)));
			return;
		}
	}
}

static void nudge(struct places *all, const struct place *p, struct fuzz_random *r)
{
	json_t *value = value_at(p);
	json_int_t n = json_integer_value(value);
	bool fits = true;

	if (json_is_real(value)) {
		json_real_set(value, json_real_value(value) * (fuzz_below(r, 2) ? 1e3 : 0.5));
	} else if (json_is_integer(value)) {
		if (fuzz_below(r, 2))
			fits = !__builtin_add_overflow(n, fuzz_below(r, 2) ? 1 : -1, &n);
		else
			fits = !__builtin_mul_overflow(n, 1 + (int)fuzz_below(r, 1000), &n);
		if (fits)
			json_integer_set(value, n);
	}
}

static void change_string(struct places *all, const struct place *p, struct fuzz_random *r)
{
	json_t *value = value_at(p), *changed;
	uint8_t text[1024];
	size_t n = json_string_length(value);

	if (!json_is_string(value) || n > sizeof(text) / 2)
		return;
	memcpy(text, json_string_value(value), n);
	n = LLVMFuzzerMutate(text, n, sizeof(text));
	changed = json_stringn((char *)text, n);
	if (changed)
		replace(p, changed);
}

/* Puts into the string something that the format may or may not allow. */
static void spoil_string(struct places *all, const struct place *p, struct fuzz_random *r)
{
	static const char *const pieces[] = { "x",  "1",    " ",
					      "\n", "\x1b", "\x7f",
					      "\"", "\\",   ",",
					      "=",  "/",    "..",
					      "-",  "é",    "\xe2\x80\xae",
					      "%s", "{{",   "'",
					      "<",  "|",    "_long_enough_to_be_cut_" };
	const char *piece = pieces[fuzz_below(r, ARRAY_SIZE(pieces))];
	const char *s = json_string_value(value_at(p));
	char *text;
	int at;

	if (!s)
		return;
	at = (int)fuzz_below(r, (unsigned int)strlen(s) + 1);
	if (asprintf(&text, "%.*s%s%s", at, s, piece, s + at) < 0)
		return;
	if (json_string_set(value_at(p), text))
		json_string_set(value_at(p), piece);
	free(text);
}

/* Sets all samples of a row, or a few, to one value: 0, one nearby, or a much larger one. */
static void change_samples(json_t *row, struct fuzz_random *r)
{
	static const double factors[] = { 0, 0.5, 1, 1, 1, 10, 1e3, 1e6, 1e9 };
	json_t *v = json_object_get(row, "samples"), *first = json_array_get(v, 0);
	double value = json_number_value(first);
	size_t nr = json_array_size(v), from = fuzz_below(r, 2) ? 0 : nr - nr / 8;

	value = value * factors[fuzz_below(r, 9)] + fuzz_below(r, 3) * fuzz_below(r, 2000);
	if (!json_is_number(first) || !(value >= 0 && value < 9e15))
		return;
	for (size_t i = from; i < nr; i++)
		json_array_set_new(v, i, json_integer((json_int_t)value));
}

static void set_metric(json_t *row, struct fuzz_random *r)
{
	const struct results_metric *m = results_metric_at(fuzz_below(r, results_nr_metrics()));

	json_object_set_new(row, "metric", json_string(m->name));
	json_object_set_new(row, "unit", json_string(m->unit));
	json_object_set_new(row, "better", json_string(results_better_name(m->better)));
}

static void set_param(json_t *row, struct fuzz_random *r)
{
	size_t i = fuzz_below(r, ARRAY_SIZE(params));

	json_object_set_new(json_object_get(row, "params"), params[i].key, parse(params[i].value));
}

/* Changes fields of a row that have to fit together. */
static void change_row(json_t *row, struct fuzz_random *r)
{
	unsigned int what = fuzz_below(r, 4);

	if (what == 0 && json_object_get(row, "metric"))
		set_metric(row, r);
	else if (what == 1)
		change_samples(row, r);
	else
		set_param(row, r);
}

static void double_item(struct places *all, const struct place *p, struct fuzz_random *r)
{
	json_t *copy;

	if (!json_is_array(p->in))
		return;
	copy = json_deep_copy(value_at(p));
	if (json_is_object(copy))
		change_row(copy, r);
	json_array_insert_new(p->in, p->index, copy);
}

/* Changes a member of the object at the place, or around it. */
static void change_object(struct places *all, const struct place *p, struct fuzz_random *r)
{
	json_t *value = value_at(p);

	if (json_is_object(value))
		change_row(value, r);
	else if (json_is_object(p->in))
		change_row(p->in, r);
}

static void swap_items(struct places *all, const struct place *p, struct fuzz_random *r)
{
	json_t *a, *b;
	size_t k;

	if (!json_is_array(p->in))
		return;
	k = fuzz_below(r, json_array_size(p->in));
	a = json_incref(json_array_get(p->in, p->index));
	b = json_incref(json_array_get(p->in, k));
	json_array_set_new(p->in, p->index, b);
	json_array_set_new(p->in, k, a);
}

static void add_member(struct places *all, const struct place *p, struct fuzz_random *r)
{
	const char *key = words[fuzz_below(r, ARRAY_SIZE(words))].key;
	json_t *value = value_at(p), *to = json_is_object(value) ? value : p->in;

	if (json_is_object(to))
		json_object_set_new(to, key, word(key, r));
}

static void remove_place(struct places *all, const struct place *p, struct fuzz_random *r)
{
	delete (p);
}

/* Repeats an item many times: a reader of linear time stays quick. */
static void many(struct places *all, const struct place *p, struct fuzz_random *r)
{
	unsigned int nr = fuzz_below(r, 40);

	for (unsigned int i = 0; json_is_array(p->in) && i < nr; i++)
		json_array_append_new(p->in, json_deep_copy(json_array_get(p->in, p->index)));
}

static void (*const mutations[])(struct places *all, const struct place *p,
				 struct fuzz_random *r) = {
	put_word,    put_word,	    steal,	   steal,	  nudge,
	nudge,	     change_string, spoil_string,  spoil_string,  spoil_string,
	double_item, double_item,   change_object, change_object, change_object,
	swap_items,  add_member,    remove_place,  many,
};

/* A random name, then a random place of that name: otherwise most places would be in rows. */
static const struct place *pick(const struct places *all, struct fuzz_random *r)
{
	const char *key = all->v[fuzz_below(r, all->nr)].key;
	size_t from;

	if (fuzz_below(r, 2))
		key = all->v[fuzz_below(r, all->nr < 40 ? all->nr : 40)].key;
	from = fuzz_below(r, all->nr);
	for (size_t i = 0; i < all->nr; i++)
		if (!strcmp(all->v[(from + i) % all->nr].key, key))
			return &all->v[(from + i) % all->nr];
	return &all->v[0];
}

static size_t put_json(const json_t *root, uint8_t *out, size_t max, struct fuzz_random *r)
{
	char *text = json_dumps(root, JSON_COMPACT | JSON_ENCODE_ANY |
					      (fuzz_below(r, 8) ? 0 : JSON_ENSURE_ASCII));
	size_t size = text ? strlen(text) : 0;

	if (size && size <= max)
		memcpy(out, text, size);
	free(text);
	return size <= max ? size : 0;
}

size_t fuzz_mutate_json(uint8_t *data, size_t size, size_t max, struct fuzz_random *r)
{
	static struct places all;
	json_t *root = fuzz_below(r, 10) ? json_loadb((char *)data, size, 0, NULL) : NULL;
	unsigned int nr = 1 + !fuzz_below(r, 4);
	size_t n = 0;

	while (root && nr--) {
		all.nr = 0;
		collect(&all, root, "");
		if (all.nr)
			mutations[fuzz_below(r, ARRAY_SIZE(mutations))](&all, pick(&all, r), r);
	}
	if (root)
		n = put_json(root, data, max, r);
	json_decref(root);
	return n ? n : LLVMFuzzerMutate(data, size, max);
}

size_t fuzz_cross_json(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2,
		       uint8_t *out, size_t max, struct fuzz_random *r)
{
	static struct places to, from;
	json_t *a = json_loadb((char *)data1, size1, 0, NULL);
	json_t *b = json_loadb((char *)data2, size2, 0, NULL);
	unsigned int nr = 1 + fuzz_below(r, 4);
	size_t n = 0;

	while (a && b && nr--) {
		const struct place *p, *q;

		to.nr = from.nr = 0;
		collect(&to, a, "");
		collect(&from, b, "");
		if (!to.nr || !from.nr)
			break;
		p = pick(&to, r);
		q = pick(&from, r);
		if (strcmp(p->key, q->key) || json_is_array(p->in) != json_is_array(q->in))
			continue;
		if (json_is_array(p->in) && fuzz_below(r, 4))
			json_array_insert_new(p->in, p->index, json_deep_copy(value_at(q)));
		else
			replace(p, json_deep_copy(value_at(q)));
	}
	if (a && b)
		n = put_json(a, out, max, r);
	json_decref(a);
	json_decref(b);
	return n;
}
