// SPDX-License-Identifier: GPL-2.0-or-later
/* The stream reader: a whole stream is read as it was written; anything else is refused. */
#include <array_size.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <results/record.h>

#include "../guest/crc32.h"
#include "../boot/stream.h"
#include "scripts/tap.h"

#define BEGIN "{\"begin\":{\"version\":2,\"boot\":\"costs\"}}\n"
#define M(samples)                                                                                 \
	"{\"m\":{\"case\":\"gup_fast/walk\",\"params\":\"design=static,pages=16\","                \
	"\"subject\":\"kernel\",\"metric\":\"instructions\",\"nr_ops\":1,\"discarded\":2,"         \
	"\"samples\":" samples "}}\n"
#define SKIP                                                                                       \
	"{\"skip\":{\"case\":\"kmap/pair\",\"params\":\"\",\"subject\":\"ref\",\"reason\":\"no "   \
	"\\\"EDAT\\\" \\u00e9\\u001b\"}}\n"
#define CHECK                                                                                      \
	"{\"check\":{\"id\":\"gup_fast/"                                                           \
	"only\",\"params\":\"boundary=0x80000000,n=-1\",\"seen\":\"right\"}}\n"

static char text[65536];
static size_t len;
static char why[STREAM_WHY];

/* Writes body and a correct end line to text. */
static void finish(const char *body, unsigned records)
{
	len = snprintf(text, sizeof(text), "%s", body);
	len += snprintf(text + len, sizeof(text) - len,
			"{\"end\":{\"records\":%u,\"crc32\":\"%08" PRIx32 "\"}}\n", records,
			crc32_of(0, text, len));
}

/* Parses the first n bytes in a buffer of that size: the sanitizer sees a read beyond it. */
static int parse(struct stream *s, size_t n)
{
	char *copy = malloc(n ? n : 1);
	int err;

	memcpy(copy, text, n);
	err = stream_parse(copy, n, s, why);
	free(copy);
	return err;
}

static bool refused(const char *body, unsigned records, const char *reason)
{
	struct stream s;
	int ret;

	finish(body, records);
	ret = parse(&s, len);
	stream_free(&s);
	if (ret && strstr(why, reason))
		return true;
	diag("returned %d: %s", ret, why);
	return false;
}

static void test_whole(void)
{
	struct stream s;
	int err;

	finish(BEGIN M("[402,0,9007199254740991]") SKIP CHECK, 3);
	err = parse(&s, len);
	ok(!err && s.nr == 3, "a whole stream is read");
	if (err)
		return;
	ok(!strcmp(s.boot, "costs") && !s.failed[0], "its boot; no failure");
	ok(s.records[0].type == STREAM_MEASUREMENT && s.records[0].nr_samples == 3 &&
		   s.records[0].samples[0] == 402 &&
		   s.records[0].samples[2] == 9007199254740991.0 && s.records[0].nr_ops == 1 &&
		   s.records[0].discarded == 2 &&
		   results_params_int(&s.records[0].params, "pages", 0) == 16 &&
		   !strcmp(results_params_str(&s.records[0].params, "design"), "static"),
	   "a measurement with its params and samples");
	ok(s.records[1].type == STREAM_SKIP && s.records[1].subject == RESULTS_REF &&
		   !strcmp(s.records[1].text, "no \"EDAT\" é?"),
	   "a skip; no control character in it");
	ok(s.records[2].type == STREAM_CHECK && !strcmp(s.records[2].text, "right") &&
		   results_params_int(&s.records[2].params, "n", 0) == -1,
	   "a check");
	stream_free(&s);
}

static void test_truncation(void)
{
	struct stream s;
	size_t accepted = 0;

	finish(BEGIN M("[402,402]") SKIP CHECK, 3);
	for (size_t n = 0; n < len; n++) {
		accepted += !parse(&s, n);
		stream_free(&s);
	}
	ok(!accepted, "cut off at any of its %zu bytes it is refused", len);
}

/* Any changed byte is refused: the CRC covers all before the end line, whose form is fixed. */
static void test_damage(void)
{
	static const char flips[] = { 1, 2, 4, 0x20, (char)0x80 };
	struct stream s;
	size_t accepted = 0;

	finish(BEGIN M("[402,402]") SKIP CHECK, 3);
	for (size_t n = 0; n < len; n++) {
		for (size_t f = 0; f < sizeof(flips); f++) {
			text[n] ^= flips[f];
			if (!parse(&s, len)) {
				accepted++;
				diag("accepted with byte %zu changed", n);
			}
			stream_free(&s);
			text[n] ^= flips[f];
		}
	}
	ok(!accepted, "one byte changed anywhere it is refused");
}

static void test_random(void)
{
	struct stream s;
	unsigned accepted = 0;

	srandom(1);
	for (unsigned i = 0; i < 20000; i++) {
		finish(BEGIN M("[402,402]") CHECK, 2);
		for (unsigned j = 0; j < 1 + i % 8; j++)
			text[random() % len] = random();
		/* Repairs the CRC: it must not be the only check that refuses damage. */
		if (i % 2) {
			char *end = memmem(text, len, "{\"end\"", 6), hex[9];

			if (end && end + 40 < text + len) {
				snprintf(hex, sizeof(hex), "%08" PRIx32,
					 crc32_of(0, text, end - text));
				memcpy(end + strlen("{\"end\":{\"records\":2,\"crc32\":\""), hex,
				       8);
			}
		}
		accepted += !parse(&s, len);
		stream_free(&s);
	}
	ok(accepted < 20000, "20000 streams with random damage (seed 1): no crash, %u still valid",
	   accepted);
}

/* Some params that results_params_parse() refuses; test_params.c has all kinds. */
static void test_params(void)
{
	static const char *const bad[] = { "x=1,x=2", "x=1,", ",x=1",
					   "x",	      "x=",   "X=1",
					   "x=01",    "x=-0", "x=9007199254740992" };
	char body[256];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(body, sizeof(body),
			 BEGIN "{\"check\":{\"id\":\"a/b\",\"params\":\"%s\",\"seen\":\"\"}}\n",
			 bad[i]);
		ok(refused(body, 1, "is not KEY=VALUE,..."), "params '%s'", bad[i]);
	}
}

static void test_forged(void)
{
	char many[8192] = BEGIN, nested[4096];

	ok(refused(BEGIN
		   "{\"check\":{\"id\":\"a/b\",\"params\":\"\",\"seen\":\"right\",\"ok\":true}}\n",
		   1, "'}}' expected"),
	   "a key that PID 1 does not write");
	ok(refused(BEGIN "{\"pass\":{}}\n", 1, "expected"), "a record of no known kind");
	ok(refused(BEGIN BEGIN, 1, "expected"), "a second begin");
	ok(refused(M("[1]"), 1, "expected"), "no begin");
	ok(refused("", 0, "begin"), "an end alone");
	ok(refused("{\"begin\":{\"version\":1,\"boot\":\"costs\"}}\n", 0,
		   "'{\"begin\":{\"version\":2,"),
	   "a begin of version 1");
	ok(refused(BEGIN M("[1]"), 2, "2 records announced, 1 came"), "a wrong count");
	ok(refused(BEGIN M("[1]") " \n", 1, "expected"), "a blank line");
	ok(refused(BEGIN M("[1]x"), 1, "'}}' expected"), "something after the samples");
	ok(refused(BEGIN M("[]"), 1, "number expected"), "no samples");
	ok(refused(BEGIN M("[1,]"), 1, "number expected"), "a comma too many");
	ok(refused(BEGIN M("[01]"), 1, "number expected"), "a leading zero");
	ok(refused(BEGIN M("[-1]"), 1, "too small"), "a negative sample");
	ok(refused(BEGIN M("[1e3]"), 1, "expected"), "a fraction");
	ok(refused(BEGIN M("[9007199254740992]"), 1, "too large"),
	   "2^53: more than a double holds");
	ok(refused(BEGIN M("[99999999999999999999999999]"), 1, "too large"),
	   "more than a long holds");
	ok(refused(BEGIN "{\"check\":{\"id\":\"a/b\",\"params\":\"\",\"seen\":\"\xc3\x28\"}}\n", 1,
		   "a guest never writes: 0xc3"),
	   "bytes that are not UTF-8");
	ok(refused(BEGIN "{\"check\":{\"id\":\"a/b\",\"params\":\"\",\"seen\":\"\\ud800\"}}\n", 1,
		   "escape"),
	   "half a surrogate");
	ok(refused(BEGIN "{\"check\":{\"id\":\"a/b\",\"params\":{},\"seen\":\"\"}}\n", 1,
		   "'\"' expected"),
	   "params as version 1 had them");
	test_params();
	ok(refused(BEGIN
		   "{\"m\":{\"case\":\"a/"
		   "b\",\"params\":\"\",\"subject\":\"kernel\",\"metric\":\"speed\",\"nr_ops\":"
		   "1,\"discarded\":0,\"samples\":[1]}}\n",
		   1, "unknown metric 'speed'"),
	   "an unknown metric");
	ok(refused(BEGIN "{\"m\":{\"case\":\"a/"
			 "b\",\"params\":\"\",\"subject\":\"me\",\"metric\":\"time\",\"nr_ops\":1,"
			 "\"discarded\":0,\"samples\":[1]}}\n",
		   1, "unknown subject 'me'"),
	   "an unknown subject");
	ok(refused(BEGIN "{\"m\":{\"case\":\"a/"
			 "b\",\"params\":\"\",\"subject\":\"ref\",\"metric\":\"time\",\"nr_ops\":0,"
			 "\"discarded\":0,\"samples\":[1]}}\n",
		   1, "too small"),
	   "no operations");
	memset(nested, '[', sizeof(nested) - 1);
	nested[sizeof(nested) - 1] = '\0';
	strcat(many, "{\"m\":{\"case\":\"");
	memset(many + strlen(many), 'a', 600);
	ok(refused(many, 0, "too long"), "a string without end");
	ok(refused(nested, 0, "expected"), "deep nesting");
}

static void test_limits(void)
{
	static char many[32768] = BEGIN;
	struct stream s;

	strcat(many, "{\"m\":{\"case\":\"a/"
		     "b\",\"params\":\"\",\"subject\":\"ref\",\"metric\":\"time\",\"nr_ops\":1,"
		     "\"discarded\":0,\"samples\":[");
	for (unsigned i = 0; i <= STREAM_MAX_SAMPLES; i++)
		strcat(many, i ? ",7" : "7");
	strcat(many, "]}}\n");
	ok(refused(many, 1, "more than 512 samples"), "too many samples");
	ok(stream_read("/nonesuch/stream", &s, why) && strstr(why, "No such file"), "no file");
	ok(stream_read("/dev/zero", &s, why) && strstr(why, "more than"), "a file without end");
}

static void test_failed(void)
{
	struct stream s;
	int err;

	len = snprintf(text, sizeof(text), "%s", BEGIN);
	len += snprintf(text + len, sizeof(text) - len,
			"{\"end\":{\"records\":0,\"crc32\":\"%08" PRIx32
			"\",\"failed\":\"no driver\"}}\n",
			crc32_of(0, text, len));
	err = parse(&s, len);
	ok(!err && !strcmp(s.failed, "no driver"), "what the guest says went wrong");
	stream_free(&s);
}

/* ptb_params_have(), by which the driver and PID 1 choose rows. */
static void test_wanted(void)
{
	static const char params[] = "format=x86_64-4k-48,leaf=pte,pages=16,xleaf=pmd,cross=span";
	static const struct {
		const char *wanted;
		bool has;
	} cases[] = {
		{ "format=x86_64-4k-48", true },
		{ "leaf=pte", true },
		{ "pages=16", true },
		{ "cross=span", true },
		{ "format=", true },
		{ "leaf=", true },
		{ "cross=", true },
		{ "leaf=pmd", false },
		{ "leaf=pt", false },
		{ "leaf=pte_folio", false },
		{ "pages=1", false },
		{ "pages=160", false },
		{ "pages", false },
		{ "eaf=pte", false },
		{ "mem=", false },
		{ "cross=span,", false },
		{ "=", false },
		{ "", false },
	};
	unsigned wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *wanted = cases[i].wanted;

		if (!ptb_params_have(params, wanted, strlen(wanted)) != cases[i].has)
			continue;
		diag("'%s' is %sseen", wanted, cases[i].has ? "not " : "");
		wrong++;
	}
	ok(!wrong, "a param is seen, and a key; none that is longer, shorter or a part of one");
	ok(ptb_params_have(params, "leaf=pte,x", 8) && !ptb_params_have("", "leaf=pte", 8),
	   "no more than was asked for is looked at; nothing has no params");
}

int main(void)
{
	ok(crc32_of(0, "123456789", 9) == 0xcbf43926, "the CRC's check value");
	test_whole();
	test_truncation();
	test_damage();
	test_random();
	test_forged();
	test_limits();
	test_failed();
	test_wanted();
	return tap_done();
}
