// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reader's errors for text that is no document: the reason and the place that it names.
 * (test_schema.t compares the reader with the schema on well-formed documents.)
 */
#include <array_size.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <results/results.h>

#include "../../scripts/tap.h"

#define HEAD                                                                                       \
	"{\"format\": \"ptbench-result\", \"version\": 1, \"part\": \"p\", \"mode\": \"icount\", " \
	"\"created\": \"2026-01-31T23:59:59Z\", \"command\": \"c\", "                              \
	"\"provenance\": {\"environment\": {}, \"subject\": {}}, "
#define ROW                                                                                        \
	"{\"case\": \"a/b\", \"params\": {}, \"subject\": \"ref\", \"metric\": \"time\", "         \
	"\"unit\": \"ns\", \"kind\": \"sampled\", \"better\": \"lower\", \"nr_ops\": 1, "          \
	"\"samples\": "
#define DOC(samples) HEAD "\"measurements\": [" ROW samples "}], \"checks\": []}"

static char file[] = "/tmp/ptbench-read.XXXXXX";

static void put(const char *text, size_t len)
{
	FILE *f = fopen(file, "w");

	fwrite(text, 1, len, f);
	fclose(f);
}

/* reason == NULL: must be accepted. */
static void reads(const char *text, size_t len, const char *path, const char *reason,
		  const char *what)
{
	struct results_doc *doc = (void *)1;
	struct results_error err = { 0 };
	bool good;
	int ret;

	put(text, len);
	ret = results_doc_read(file, &doc, &err);
	if (reason)
		good = ret < 0 && !doc && !strcmp(err.file, file) && !strcmp(err.path, path) &&
		       strstr(err.reason, reason);
	else
		good = !ret && doc;
	if (!ok(good, "%s: %s", reason ? "refused" : "accepted", what))
		diag("returned %d at %s: %s", ret, err.path, err.reason);
	results_doc_free(doc);
}

static void test_text(void)
{
	static const struct {
		const char *text, *path, *reason, *what;
	} rows[] = {
		{ DOC("[1, 2.5]"), "", NULL, "a document" },
		{ " \n" DOC("[1, 2.5]") "\n\n", "", NULL, "white space around it" },
		{ "", "", "line 1", "nothing" },
		{ "\xef\xbb\xbf" DOC("[1]"), "", "line 1", "a byte order mark" },
		{ "[]", "$", "must be an object", "an array" },
		{ "null", "", "line 1", "null" },
		{ "{}", "$.format", "is missing", "an empty object" },
		{ DOC("[1]") "x", "", "end of file", "garbage behind it" },
		{ DOC("[1]") DOC("[1]"), "", "end of file", "two documents" },
		{ HEAD "\"measurements\": [", "", "cut short", "an end in the middle" },
		{ HEAD "\"part\": \"q\", \"measurements\": [], \"checks\": []}", "", "duplicate",
		  "a key twice" },
		{ DOC("[1, 1e999]"), "", "no number of a result is that large", "1e999" },
		{ DOC("[99999999999999999999]"), "", "no number of a result is that large",
		  "10^20" },
		{ DOC("[9007199254740992]"), "$.measurements[0].samples[0]", "2^53", "2^53" },
		{ DOC("[9007199254740991]"), "", NULL, "2^53 - 1" },
		{ DOC("[1e16]"), "$.measurements[0].samples[0]", "2^53", "1e16" },
		{ DOC("[0, -1]"), "$.measurements[0].samples[1]", "0 to 2^53", "-1" },
		{ DOC("[-0.5]"), "$.measurements[0].samples[0]", "negative", "-0.5" },
		{ DOC("[-0.0]"), "", NULL, "-0.0" },
		{ DOC("[NaN]"), "", "line 1", "NaN" },
		{ DOC("[\"1\"]"), "$.measurements[0].samples[0]", "must be a number",
		  "a number in quotes" },
		{ DOC("[01]"), "", "line 1", "a leading zero" },
		{ DOC("[1,]"), "", "line 1", "a comma too many" },
		{ DOC("[]"), "$.measurements[0].samples", "1 to 65536", "no samples" },
		{ DOC("{}"), "$.measurements[0].samples", "must be an array",
		  "samples as an object" },
		{ DOC("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"), "", "nested", "nested 19 deep" },
		{ HEAD
		  "\"measurements\": [], \"checks\": [], \"extra\": {\"a\": \"[[[[[[[[[[[[[[[[[[[\"}}",
		  "", NULL, "brackets in a string" },
		{ HEAD "\"measurements\": [], \"checks\": [], \"extra\": {\"a\": \"\\u0000\"}}", "",
		  "line 1", "an escaped NUL" },
		{ HEAD "\"measurements\": [], \"checks\": [], \"extra\": {\"a\": \"\\ud800\"}}", "",
		  "line 1", "half a surrogate pair" },
		{ HEAD
		  "\"measurements\": [], \"checks\": [], \"extra\": {\"a\": \"\xed\xa0\x80\"}}",
		  "", "UTF-8", "a surrogate in UTF-8" },
		{ HEAD "\"measurements\": [], \"checks\": [], \"extra\": {\"a\": \"\xc0\x80\"}}",
		  "", "UTF-8", "an overlong NUL" },
		{ HEAD "\"measurements\": [], \"checks\": [], \"extra\": 1}", "$.extra",
		  "must be an object", "extra as a number" },
		{ HEAD "\"measurements\": [1], \"checks\": []}", "$.measurements[0]",
		  "must be an object", "a measurement that is a number" },
		{ HEAD "\"measurements\": [" ROW "[1]}, " ROW "[2]}], \"checks\": []}",
		  "$.measurements[1]", "already", "a row twice" },
		{ "{\"format\": \"ptbench-run\", \"version\": 1}", "$.format",
		  "must be \"ptbench-result\"", "a run" },
		{ "{\"format\": \"ptbench-result\", \"version\": 3}", "$.version",
		  "versions up to 2", "a later version" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		reads(rows[i].text, strlen(rows[i].text), rows[i].path, rows[i].reason,
		      rows[i].what);
	reads(DOC("[1]"), sizeof(DOC("[1]")), "", "NUL at byte", "a NUL at the end");
}

/* Every prefix of a document is refused, and none crashes. */
static void test_prefixes(void)
{
	static const char doc[] = DOC("[1, 2.5]");
	size_t refused = 0;

	for (size_t len = 0; len < sizeof(doc) - 1; len++) {
		struct results_error err;
		struct results_doc *out;

		put(doc, len);
		refused += results_doc_read(file, &out, &err) == -EINVAL && !out && err.reason[0];
	}
	ok(refused == sizeof(doc) - 1, "all %zu prefixes are refused", refused);
}

static char *repeated(char c, size_t n, const char *before, const char *after, size_t *len)
{
	char *text = malloc(n + strlen(before) + strlen(after) + 1);

	strcpy(text, before);
	memset(text + strlen(before), c, n);
	strcpy(text + strlen(before) + n, after);
	*len = n + strlen(before) + strlen(after);
	return text;
}

static void test_sizes(void)
{
	size_t len;
	char *text = repeated('[', 1000000, "", "", &len);

	reads(text, len, "", "nested more than 16", "a million brackets");
	free(text);
	text = repeated(' ', 16 << 20, "", "{}", &len);
	reads(text, len, "", "larger than 16 MiB", "more than 16 MiB");
	free(text);
	text = repeated('x', 16385,
			HEAD "\"measurements\": [{\"case\": \"a/b\", \"params\": {}, "
			     "\"subject\": \"ref\", \"skipped\": \"",
			"\"}], \"checks\": []}", &len);
	reads(text, len, "$.measurements[0].skipped", "16385 characters",
	      "a reason of 16385 characters");
	free(text);
	text = repeated('k', 70000, HEAD "\"measurements\": [], \"checks\": [], \"", "\": 1}",
			&len);
	put(text, len);
	reads(text, len,
	      "$.kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
	      "not a key", "an unknown key of 70000 characters, shortened in the message");
	free(text);
}

static void test_files(void)
{
	struct results_doc *doc;
	struct results_error err;

	unlink(file);
	ok(results_doc_read(file, &doc, &err) == -ENOENT && !doc, "no file: %s", err.reason);
	mkdir(file, 0777);
	ok(results_doc_read(file, &doc, &err) == -EINVAL && !doc, "a folder: %s", err.reason);
	rmdir(file);
	mkfifo(file, 0666);
	ok(results_doc_read(file, &doc, &err) == -EINVAL && !doc, "a pipe: %s", err.reason);
	unlink(file);
	ok(results_doc_read("/dev/zero", &doc, &err) == -EINVAL && !doc, "a device: %s",
	   err.reason);
	ok(results_doc_read(file, &doc, NULL) == -ENOENT, "nobody wants to know why");
	put("{", 1);
	ok(results_doc_read(file, &doc, NULL) == -EINVAL, "nor here");
	put("{\"format\": 1}", 13);
	ok(results_doc_read(file, &doc, NULL) == -EINVAL, "nor there");
	unlink(file);
}

/* Adds rows and checks to a document that was read: the sanitizer catches an array without room. */
static void test_adding(void)
{
	static const char five[] = HEAD
		"\"measurements\": [" ROW "[1]}, "
		"{\"case\": \"a/c\", \"params\": {}, \"subject\": \"ref\", \"skipped\": \"why\"}, "
		"{\"case\": \"a/d\", \"params\": {}, \"subject\": \"ref\", \"skipped\": \"why\"}, "
		"{\"case\": \"a/e\", \"params\": {}, \"subject\": \"ref\", \"skipped\": \"why\"}, "
		"{\"case\": \"a/f\", \"params\": {}, \"subject\": \"ref\", \"skipped\": \"why\"}], "
		"\"checks\": [{\"id\": \"x/1\", \"params\": {}, \"expect\": \"y\", \"seen\": \"y\", "
		"\"ok\": true}, {\"id\": \"x/2\", \"params\": {}, \"expect\": \"y\", \"seen\": \"y\", "
		"\"ok\": true}, {\"id\": \"x/3\", \"params\": {}, \"expect\": \"y\", \"seen\": \"y\", "
		"\"ok\": true}, {\"id\": \"x/4\", \"params\": {}, \"expect\": \"y\", \"seen\": \"y\", "
		"\"ok\": true}, {\"id\": \"x/5\", \"params\": {}, \"expect\": \"y\", \"seen\": \"y\", "
		"\"ok\": true}]}";
	struct results_params none = { .nr = 0 };
	struct results_error err = { 0 };
	struct results_doc *doc = NULL;
	char id[32];
	struct stat st;
	int ret;

	put(five, strlen(five));
	ret = results_doc_read(file, &doc, &err);
	if (!ok(!ret, "five rows and five checks are read"))
		diag("%s: %s", err.path, err.reason);
	for (int i = 0; i < 6 && !ret; i++) {
		snprintf(id, sizeof(id), "new/row%d", i);
		ret = results_doc_add_skipped(doc, id, &none, RESULTS_REF, "why", &err);
		if (!ret)
			ret = results_doc_add_check(doc, id, &none, "y", "y", true, &err);
	}
	if (!ok(!ret && doc->nr_measurements == 11 && doc->nr_checks == 11,
		"six more of each are added"))
		diag("%s: %s", err.path, err.reason);
	ok(!ret && results_doc_add_skipped(doc, "a/c", &none, RESULTS_REF, "why", &err) == -EEXIST,
	   "one that was read is there already");
	unlink(file);
	mkfifo(file, 0666);
	ok(!ret && results_doc_write(doc, file, &err) == -EINVAL && !stat(file, &st) &&
		   S_ISFIFO(st.st_mode),
	   "a pipe is not replaced: %s", err.reason);
	results_doc_free(doc);
}

int main(void)
{
	int fd = mkstemp(file);

	if (fd < 0) {
		perror(file);
		return 1;
	}
	close(fd);
	test_text();
	test_prefixes();
	test_sizes();
	test_files();
	put("", 0);
	test_adding();
	unlink(file);
	return tap_done();
}
