// SPDX-License-Identifier: GPL-2.0-or-later
/* A strict reader for the lines that kernels/guest/init.c writes. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../guest/crc32.h"
#include "stream.h"

/* The largest integer that a double, and so any reader of a result, holds exactly. */
#define MAX_INTEGER ((1LL << 53) - 1)

struct cursor {
	const char *p, *end; /* the rest of the line */
	unsigned line;
	char *why; /* STREAM_WHY bytes */
};

__attribute__((format(printf, 2, 3))) static int refuse(struct cursor *c, const char *fmt, ...)
{
	va_list ap;
	int n;

	n = snprintf(c->why, STREAM_WHY, "line %u: ", c->line);
	va_start(ap, fmt);
	vsnprintf(c->why + n, STREAM_WHY - n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* ---- pieces ---- */

static bool starts(const struct cursor *c, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(c->end - c->p) >= n && !memcmp(c->p, text, n);
}

static int literal(struct cursor *c, const char *text)
{
	if (!starts(c, text))
		return refuse(c, "'%s' expected", text);
	c->p += strlen(text);
	return 0;
}

static int number(struct cursor *c, long long low, long long *out)
{
	const char *from = c->p;
	bool negative = starts(c, "-");
	long long n = 0;

	c->p += negative;
	for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
		if (n > (MAX_INTEGER - (*c->p - '0')) / 10)
			return refuse(c, "a number is too large");
		n = n * 10 + *c->p - '0';
	}
	if (c->p == from + negative || (from[negative] == '0' && c->p - from > 1))
		return refuse(c, "a number expected");
	*out = negative ? -n : n;
	return *out < low ? refuse(c, "a number is too small") : 0;
}

static int hex_digit(char ch)
{
	return ch >= '0' && ch <= '9' ? ch - '0' : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* PID 1 escapes bytes that are not printable ASCII as \u00XX; a control character becomes '?'. */
static int escape(struct cursor *c, char *out, size_t *n)
{
	int high, low;

	if (starts(c, "\\\"") || starts(c, "\\\\")) {
		out[(*n)++] = c->p[1];
		c->p += 2;
		return 0;
	}
	if (!starts(c, "\\u00") || c->end - c->p < 6)
		return refuse(c, "an escape that a guest never writes");
	high = hex_digit(c->p[4]);
	low = hex_digit(c->p[5]);
	if (high < 0 || low < 0)
		return refuse(c, "an escape that a guest never writes");
	c->p += 6;
	high = high << 4 | low;
	if (high < 0x20 || high == 0x7f) {
		out[(*n)++] = '?';
	} else if (high < 0x80) {
		return refuse(c, "an escape that a guest never writes");
	} else {
		out[(*n)++] = 0xc0 | high >> 6;
		out[(*n)++] = 0x80 | (high & 0x3f);
	}
	return 0;
}

static int string(struct cursor *c, char out[STREAM_MAX_STRING])
{
	size_t n = 0;
	int err = literal(c, "\"");

	while (!err && c->p < c->end && *c->p != '"') {
		if (n > STREAM_MAX_STRING - 3)
			return refuse(c, "a string is too long");
		if (*c->p == '\\')
			err = escape(c, out, &n);
		else if (*c->p < 0x20 || *c->p > 0x7e)
			return refuse(c, "a byte that a guest never writes: 0x%02x",
				      (unsigned char)*c->p);
		else
			out[n++] = *c->p++;
	}
	out[n] = '\0';
	return err ?: literal(c, "\"");
}

static int params_of(struct cursor *c, struct results_params *params)
{
	char text[STREAM_MAX_STRING];
	int err = string(c, text);

	if (err)
		return err;
	err = results_params_parse(params, text);
	return !err || err == -ENOMEM ? err : refuse(c, "'%s' is not KEY=VALUE,...", text);
}

static int samples_of(struct cursor *c, struct stream_record *r)
{
	double v[STREAM_MAX_SAMPLES];
	long long n;
	int err = literal(c, "[");

	while (!err) {
		if (r->nr_samples == STREAM_MAX_SAMPLES)
			return refuse(c, "more than %d samples", STREAM_MAX_SAMPLES);
		err = number(c, 0, &n);
		if (!err)
			v[r->nr_samples++] = n;
		if (err || starts(c, "]"))
			break;
		err = literal(c, ",");
	}
	if (!err)
		err = literal(c, "]");
	if (err)
		return err;
	r->samples = malloc(r->nr_samples * sizeof(*v));
	if (!r->samples)
		return -ENOMEM;
	memcpy(r->samples, v, r->nr_samples * sizeof(*v));
	return 0;
}

static int subject_of(struct cursor *c, enum results_subject *out)
{
	char name[STREAM_MAX_STRING];
	int err;

	err = literal(c, ",\"subject\":") ?: string(c, name);
	if (err)
		return err;
	for (int s = RESULTS_REF; s <= RESULTS_LIBURCU; s++) {
		if (!strcmp(name, results_subject_name(s))) {
			*out = s;
			return 0;
		}
	}
	return refuse(c, "unknown subject '%.64s'", name);
}

/* ---- lines ---- */

static int identity(struct cursor *c, const char *begin, struct stream_record *r)
{
	return literal(c, begin) ?: string(c, r->id) ?: literal(c, ",\"params\":") ?:
	       params_of(c, &r->params);
}

static int measurement(struct cursor *c, struct stream_record *r)
{
	char metric[STREAM_MAX_STRING];
	int err;

	r->type = STREAM_MEASUREMENT;
	err = identity(c, "{\"m\":{\"case\":", r) ?: subject_of(c, &r->subject) ?:
	      literal(c, ",\"metric\":") ?: string(c, metric);
	if (err)
		return err;
	r->metric = results_metric_find(metric);
	if (!r->metric)
		return refuse(c, "unknown metric '%.64s'", metric);
	return literal(c, ",\"nr_ops\":") ?: number(c, 1, &r->nr_ops) ?:
	       literal(c, ",\"discarded\":") ?: number(c, 0, &r->discarded) ?:
	       literal(c, ",\"samples\":") ?: samples_of(c, r) ?: literal(c, "}}");
}

static int skip(struct cursor *c, struct stream_record *r)
{
	r->type = STREAM_SKIP;
	return identity(c, "{\"skip\":{\"case\":", r) ?: subject_of(c, &r->subject) ?:
	       literal(c, ",\"reason\":") ?: string(c, r->text) ?: literal(c, "}}");
}

static int check(struct cursor *c, struct stream_record *r)
{
	r->type = STREAM_CHECK;
	return identity(c, "{\"check\":{\"id\":", r) ?: literal(c, ",\"seen\":") ?:
	       string(c, r->text) ?: literal(c, "}}");
}

static int begin_line(struct cursor *c, struct stream *s)
{
	char boot[STREAM_MAX_STRING];
	int err;

	err = literal(c, "{\"begin\":{\"version\":2,\"boot\":") ?: string(c, boot) ?:
	      literal(c, "}}");
	if (err)
		return err;
	if (strcmp(boot, "costs") && strcmp(boot, "events"))
		return refuse(c, "unknown boot '%.64s'", boot);
	strcpy(s->boot, boot);
	return 0;
}

static int end_line(struct cursor *c, struct stream *s, uint32_t crc)
{
	char text[STREAM_MAX_STRING];
	long long nr;
	int err;

	err = literal(c, "{\"end\":{\"records\":") ?: number(c, 0, &nr) ?:
	      literal(c, ",\"crc32\":") ?: string(c, text);
	if (!err && starts(c, ","))
		err = literal(c, ",\"failed\":") ?: string(c, s->failed);
	err = err ?: literal(c, "}}");
	if (err)
		return err;
	if (strlen(text) != 8 || strspn(text, "0123456789abcdef") != 8 ||
	    strtoul(text, NULL, 16) != crc)
		return refuse(c, "the CRC is wrong: the stream was damaged");
	if (nr != (long long)s->nr)
		return refuse(c, "%lld records announced, %zu came", nr, s->nr);
	return 0;
}

static int record_line(struct cursor *c, struct stream *s)
{
	struct stream_record *r = s->records;

	/* The array grows by doubling. */
	if (!(s->nr & (s->nr - 1))) {
		r = realloc(r, (s->nr ? 2 * s->nr : 1) * sizeof(*r));
		if (!r)
			return -ENOMEM;
		s->records = r;
	}
	r += s->nr++;
	memset(r, 0, sizeof(*r));
	return starts(c, "{\"m\"")	? measurement(c, r)
	       : starts(c, "{\"skip\"") ? skip(c, r)
					: check(c, r);
}

static int all_lines(struct cursor *c, const char *bytes, size_t len, struct stream *s)
{
	const char *end = bytes + len, *newline;
	bool ended = false;
	int ret = 0;

	for (c->p = bytes; c->p < end && !ret; c->p = newline + 1) {
		c->line++;
		if (ended)
			return refuse(c, "something follows the end");
		newline = memchr(c->p, '\n', end - c->p);
		if (!newline)
			return refuse(c, "the stream is cut off in this line");
		c->end = newline;
		ended = starts(c, "{\"end\"");
		if (ended)
			ret = end_line(c, s, crc32_of(0, bytes, c->p - bytes));
		else
			ret = c->line == 1 ? begin_line(c, s) : record_line(c, s);
		if (!ret && c->p != c->end)
			ret = refuse(c, "something follows the record");
	}
	if (!ret && !c->line)
		ret = refuse(c, "the guest sent nothing");
	return ret ?: ended ? 0 : refuse(c, "the stream is cut off after this line");
}

int stream_parse(const char *bytes, size_t len, struct stream *out, char why[STREAM_WHY])
{
	struct cursor c = { .why = why };
	int err;

	memset(out, 0, sizeof(*out));
	why[0] = '\0';
	err = len > STREAM_MAX_BYTES ? refuse(&c, "more than %lu bytes", STREAM_MAX_BYTES)
				     : all_lines(&c, bytes, len, out);
	if (err == -ENOMEM)
		snprintf(why, STREAM_WHY, "no memory");
	if (!err && !out->boot[0])
		err = refuse(&c, "the begin line is missing");
	if (err)
		stream_free(out);
	return err;
}

int stream_read(const char *file, struct stream *out, char why[STREAM_WHY])
{
	char *bytes = malloc(STREAM_MAX_BYTES + 1);
	FILE *f = fopen(file, "re");
	size_t len;
	int err;

	memset(out, 0, sizeof(*out));
	if (!f || !bytes) {
		err = f ? -ENOMEM : -errno;
		snprintf(why, STREAM_WHY, "%.300s: %s", file, strerror(-err));
	} else {
		len = fread(bytes, 1, STREAM_MAX_BYTES + 1, f);
		err = stream_parse(bytes, len, out, why);
	}
	if (f)
		fclose(f);
	free(bytes);
	return err;
}

void stream_free(struct stream *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		results_params_free(&s->records[i].params);
		free(s->records[i].samples);
	}
	free(s->records);
	memset(s, 0, sizeof(*s));
}
