// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions on any row of the table: its instances, parameters, needs and names. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "case.h"

static const struct bench_value *find(const struct bench_state *s, const char *key)
{
	for (size_t i = 0; i < s->nr_params; i++)
		if (!strcmp(s->params[i].key, key))
			return &s->params[i];
	return NULL;
}

const char *bench_str(const struct bench_state *s, const char *key)
{
	const struct bench_value *v = find(s, key);

	return v && v->str ? v->str : "";
}

long long bench_num(const struct bench_state *s, const char *key)
{
	const struct bench_value *v = find(s, key);

	return v && !v->str ? v->num : 0;
}

enum bench_subject bench_subject(const struct bench_state *s)
{
	return s->c->subject_of ? s->c->subject_of(s) : s->c->subject;
}

unsigned bench_needs(const struct bench_state *s)
{
	return s->c->needs | (s->c->needs_of ? s->c->needs_of(s) : 0);
}

const char *bench_guest_lacks(unsigned needs)
{
	if (needs & BENCH_NEED_HOST)
		return "measures the host's own kernel; the driver measures the guest's";
	if (needs & BENCH_NEED_URCU)
		return "guests have no liburcu";
	if (needs & BENCH_NEED_THREADS)
		return "needs a second CPU; costs are counted in guests with one CPU";
	if (needs & BENCH_NEED_MEMBARRIER)
		return "with one CPU membarrier has no other CPU to reach";
	if (needs & BENCH_NEED_PERF)
		return "guests have no perf counters";
	return NULL;
}

__attribute__((format(printf, 4, 5))) static void append(char *buf, size_t size, size_t *len,
							 const char *fmt, ...)
{
	va_list ap;
	int n;

	if (*len >= size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(buf + *len, size - *len, fmt, ap);
	va_end(ap);
	*len += n > 0 ? n : 0;
}

static void append_params(const struct bench_state *s, char *buf, size_t size, size_t *len,
			  const char *before, const char *between, char is)
{
	for (size_t i = 0; i < s->nr_params; i++) {
		const struct bench_value *v = &s->params[i];

		append(buf, size, len, "%s%s%c", i ? between : before, v->key, is);
		if (v->str)
			append(buf, size, len, "%s", v->str);
		else
			append(buf, size, len, "%lld", v->num);
	}
}

void bench_instance_name(const struct bench_state *s, char *buf, size_t size)
{
	size_t len = 0;

	append(buf, size, &len, "%s/%s", s->c->family, s->c->name);
	append_params(s, buf, size, &len, "/", "/", ':');
}

void bench_params_text(const struct bench_state *s, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	append_params(s, buf, size, &len, "", ",", '=');
}

static size_t axis_size(const struct bench_axis *axis)
{
	size_t n = 0;

	if (!axis->strs)
		return axis->nr_nums;
	while (axis->strs[n])
		n++;
	return n;
}

void bench_set_extra(struct bench_state *s, const char *metric, enum bench_extra_kind kind,
		     double value)
{
	size_t i = 0;

	while (i < s->nr_extra && strcmp(s->extra[i].metric, metric))
		i++;
	if (i == BENCH_MAX_EXTRA) {
		snprintf(s->fail, sizeof(s->fail),
			 "%s/%s: no room for metric %s: at most %d (BENCH_MAX_EXTRA) fit",
			 s->c->family, s->c->name, metric, BENCH_MAX_EXTRA);
		return;
	}
	s->extra[i] = (struct bench_extra){ .metric = metric, .kind = kind, .value = value };
	s->nr_extra += i == s->nr_extra;
}

/* Sets s to the instance with value number at[i] on axis i. */
static void instance_init(struct bench_state *s, const struct bench_case *c, const size_t *at,
			  size_t nr_axes)
{
	memset(s, 0, sizeof(*s));
	s->c = c;
	for (size_t i = 0; i < nr_axes; i++) {
		const struct bench_axis *axis = &c->axes[i];
		struct bench_value *v = &s->params[s->nr_params];

		v->key = axis->key;
		if (axis->strs)
			v->str = axis->strs[at[i]];
		else if (axis->nums[at[i]] == BENCH_ABSENT)
			continue;
		else
			v->num = axis->nums[at[i]];
		s->nr_params++;
	}
}

/* Advances at[] to the next combination, last axis fastest; false after the last one. */
static bool next_combination(const struct bench_case *c, size_t *at, size_t nr_axes)
{
	for (size_t i = nr_axes; i-- > 0;) {
		if (++at[i] < axis_size(&c->axes[i]))
			return true;
		at[i] = 0;
	}
	return false;
}

int bench_for_each_instance(const struct bench_case *c, int (*fn)(struct bench_state *s, void *arg),
			    void *arg)
{
	size_t at[BENCH_MAX_PARAMS] = { 0 }, nr_axes = 0;
	struct bench_state s;
	int err = 0;

	while (nr_axes < BENCH_MAX_PARAMS && c->axes[nr_axes].key)
		if (!axis_size(&c->axes[nr_axes++]))
			return 0; /* an axis has no value on this machine */
	do {
		instance_init(&s, c, at, nr_axes);
		if (!c->valid || c->valid(&s))
			err = fn(&s, arg);
	} while (!err && next_combination(c, at, nr_axes));
	return err;
}
