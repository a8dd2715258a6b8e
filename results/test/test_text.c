// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text made harmless to a terminal; and commands that a shell splits into the same words. */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <results/results.h>

#include "../../scripts/tap.h"

/* clang-format off */
static const struct {
	const char *what, *text, *neutral, *shown;
} table[] = {
	{ "nothing", "", "", "" },
	{ "letters of many alphabets", "caf\xc3\xa9 \xd7\xa9\xd7\x9c \xe6\xbc\xa2 \xf0\x9f\x90\xa7",
	  "caf\xc3\xa9 \xd7\xa9\xd7\x9c \xe6\xbc\xa2 \xf0\x9f\x90\xa7",
	  "caf\xc3\xa9 \xd7\xa9\xd7\x9c \xe6\xbc\xa2 \xf0\x9f\x90\xa7" },
	{ "ESC", "a\033[2Jb", "a?[2Jb", "a\\x1b[2Jb" },
	{ "newline and tab", "a\nb\tc", "a?b?c", "a\\x0ab\\x09c" },
	{ "the first and the last of C0, DEL", "\001\037 \177~", "?? ?~", "\\x01\\x1f \\x7f~" },
	{ "C1: CSI in two bytes", "\xc2\x9b" "2J", "?2J", "\\u009b2J" },
	{ "what follows C1", "\xc2\x9f\xc2\xa0", "?\xc2\xa0", "\\u009f\xc2\xa0" },
	{ "soft hyphen", "a\xc2\xad" "b", "a?b", "a\\u00adb" },
	{ "Arabic letter mark", "\xd8\x9c", "?", "\\u061c" },
	{ "zero width, marks of direction", "\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f",
	  "?????", "\\u200b\\u200c\\u200d\\u200e\\u200f" },
	{ "separators, overrides", "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae",
	  "???????", "\\u2028\\u2029\\u202a\\u202b\\u202c\\u202d\\u202e" },
	{ "beside them", "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf",
	  "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf" },
	{ "word joiner, invisible signs", "\xe2\x81\xa0\xe2\x81\xa4", "??", "\\u2060\\u2064" },
	{ "isolates", "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", "????", "\\u2066\\u2067\\u2068\\u2069" },
	{ "a Hangul filler", "\xe3\x85\xa4", "?", "\\u3164" },
	{ "a variation selector", "\xef\xb8\x8f", "?", "\\ufe0f" },
	{ "the byte order mark", "\xef\xbb\xbfx", "?x", "\\ufeffx" },
	{ "tags", "\xf3\xa0\x80\x81\xf3\xa0\x81\xbf", "??", "\\u{e0001}\\u{e007f}" },
	{ "a lone continuation", "a\x80z", "a?z", "a\\x80z" },
	{ "cut off", "a\xe2\x80", "a??", "a\\xe2\\x80" },
	{ "written too long", "\xc0\xaf\xe0\x80\xaf", "?????", "\\xc0\\xaf\\xe0\\x80\\xaf" },
	{ "ESC written too long", "\xc0\x9b", "??", "\\xc0\\x9b" },
	{ "half of a pair", "\xed\xa0\x80", "???", "\\xed\\xa0\\x80" },
	{ "beyond Unicode", "\xf4\x90\x80\x80\xff", "?????", "\\xf4\\x90\\x80\\x80\\xff" },
	{ "the last one", "\xf4\x8f\xbf\xbd", "\xf4\x8f\xbf\xbd", "\xf4\x8f\xbf\xbd" },
};
/* clang-format on */

/* A copy with '?' for each step that is harmful; malloc'ed. */
static char *neutral_of(const char *s)
{
	char *text = strdup(s), *to = text;
	size_t len;
	bool harmful;

	for (; text && (len = results_text_step(s, &harmful)); s += len) {
		memcpy(to, harmful ? "?" : s, harmful ? 1 : len);
		to += harmful ? 1 : len;
	}
	if (text)
		*to = '\0';
	return text;
}

static void test_table(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char *neutral = neutral_of(table[i].text);
		const char *shown = results_shown(table[i].text);

		ok(neutral && !strcmp(neutral, table[i].neutral), "%s, step by step",
		   table[i].what);
		if (!ok(!strcmp(shown, table[i].shown), "%s, written out", table[i].what))
			diag("%s", shown);
		free(neutral);
	}
}

static void test_several(void)
{
	const char *shown[8];
	char text[2] = "a", *printed = NULL;
	size_t size;
	int same = 0;
	FILE *f;

	for (int i = 0; i < 8; i++, text[0]++)
		shown[i] = results_shown(text);
	for (int i = 0; i < 8; i++)
		same += shown[i][0] == 'a' + i && !shown[i][1];
	ok(same == 8, "eight at a time");
	f = open_memstream(&printed, &size);
	results_text_print(f, "one\n\ttwo\033\xe2\x80\xae\n");
	fclose(f);
	ok(!strcmp(printed, "one\n\ttwo\\x1b\\u202e\n"), "a text of several lines keeps them");
	free(printed);
	ok(results_is_text("a\n\tb \xc3\xa9") && results_is_text("") && !results_is_text("a\033") &&
		   !results_is_text("\xe2\x80\xae") && !results_is_text("a\xff"),
	   "what is a text");
}

/* The words as sh splits them, each followed by a byte that no word has. */
static char *pasted(const char *words, size_t *size)
{
	char *script = NULL, *text = NULL;
	FILE *sh, *f;
	int c;

	if (asprintf(&script, "printf '%%s\\001' %s", words) < 0)
		return NULL;
	sh = popen(script, "r");
	free(script);
	f = open_memstream(&text, size);
	while (sh && (c = fgetc(sh)) != EOF)
		fputc(c, f);
	fclose(f);
	if (!sh || pclose(sh)) {
		free(text);
		return NULL;
	}
	return text;
}

static void test_words(void)
{
	static const char *const words[] = {
		"plain",
		"",
		"two words",
		" ",
		"it's",
		"'",
		"''",
		"\"",
		"$HOME",
		"`id`",
		"\\",
		"\\n",
		"a\\",
		"line\nbreak",
		"\n",
		"ends\n",
		"\n\n'\n",
		"*",
		"?[a]",
		"~",
		"~root",
		"#no",
		"a;b",
		"a&b|c>d<e",
		"(x)",
		"{a,b}",
		"!x",
		"-n",
		"--",
		"x=y",
		"%s",
		"tab\there",
		"\033[2J",
		"\xe2\x80\xae"
		"eman",
		"caf\xc3\xa9",
		"\xff\xfe",
		"a\033'\033b",
		"\r",
		"100%",
	};
	int nr = ARRAY_SIZE(words);
	char *text = results_shell_words(nr, words), *again, *at;
	size_t size = 0;
	bool harmful = false, any = false;

	if (!ok(text != NULL, "words"))
		return;
	for (size_t i = 0, len; (len = results_text_step(text + i, &harmful)); i += len)
		any |= harmful && text[i] != '\n';
	ok(!any, "no word brings anything harmful but a newline into the text");
	at = again = pasted(text, &size);
	for (int i = 0; i < nr; i++) {
		const char *shown = results_shown(words[i]);
		char *end = at ? memchr(at, '\001', again + size - at) : NULL;

		if (end)
			*end = '\0';
		if (!ok(end && !strcmp(at, words[i]), "sh takes back word %d", i + 1))
			diag("'%s'", shown);
		at = end ? end + 1 : NULL;
	}
	ok(at && at == again + size, "and no more words than that");
	free(again);
	free(text);
}

static void test_command(void)
{
	char *argv[] = { "bench", "--runs", "it's, here", "x86_64-stock", NULL }, *text;
	const char *const assigned[] = { "a=b/bench", "c=d" };

	text = results_command(4, argv);
	ok(text && !strcmp(text, "ptbench bench --runs 'it'\\''s, here' x86_64-stock"),
	   "a command: %s", text);
	free(text);
	text = results_shell_words(2, assigned);
	ok(text && !strcmp(text, "'a=b/bench' c=d"), "no program becomes an assignment: %s", text);
	free(text);
}

static int option(int argc, char **argv, char *said, size_t size)
{
	static const struct option options[] = {
		{ "value", required_argument, NULL, 'v' },
		{ "quiet", no_argument, NULL, 'q' },
		{ 0 },
	};
	FILE *was = stderr;
	int c;

	stderr = fmemopen(said, size, "w");
	optind = 0;
	while ((c = results_getopt(argc, argv, "v:q", options)) == 'q')
		;
	fclose(stderr);
	stderr = was;
	return c;
}

static void test_options(void)
{
	static const struct {
		const char *argument, *said;
	} bad[] = {
		{ "--\033[2J", "cmd: unrecognized option '--\\x1b[2J'\n" },
		{ "--\xe2\x80\xae=1", "cmd: unrecognized option '--\\u202e=1'\n" },
		{ "-q\033", "cmd: unrecognized option '-\\x1b'\n" },
		{ "-\xff", "cmd: unrecognized option '-\\xff'\n" },
		{ "--value", "cmd: option '--value' requires an argument\n" },
		{ "-v", "cmd: option '-v' requires an argument\n" },
		{ "--quiet=\033", "cmd: option '--quiet=\\x1b' doesn't allow an argument\n" },
	};
	char said[256];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *argv[] = { "cmd", "-q", (char *)bad[i].argument, NULL };
		int c;

		memset(said, 0, sizeof(said));
		c = option(3, argv, said, sizeof(said));
		if (!ok(c == '?' && !strcmp(said, bad[i].said), "option %zu is refused", i + 1))
			diag("%s", results_shown(said));
	}
	{
		char *argv[] = { "cmd", "--value=x", NULL };

		memset(said, 0, sizeof(said));
		ok(option(2, argv, said, sizeof(said)) == 'v' && !strcmp(optarg, "x") && !said[0],
		   "a good one is taken");
	}
}

int main(void)
{
	test_table();
	test_several();
	test_words();
	test_command();
	test_options();
	return tap_done();
}
