// SPDX-License-Identifier: GPL-2.0-or-later
/* Command lines: words for a shell, options, and what becomes of standard output at the end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* ---- words ---- */

static const char plain[] = "=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./,:+@%-";

/* How a part of a word is written: not yet, between quotes, or by printf. */
enum { NOTHING, QUOTED, WRITTEN };

static void put_quoted(FILE *f, const char *s)
{
	static const char *const begin[] = { "", "'", "\"$(printf '" };
	static const char *const end[] = { "", "'", "')\"" };
	int state = NOTHING, wanted;
	bool harmful;
	size_t len;

	for (; (len = results_text_step(s, &harmful)); s += len) {
		/* $() drops newlines at its end. */
		wanted = harmful && *s != '\n' ? WRITTEN : QUOTED;
		if (wanted != state)
			fprintf(f, "%s%s", end[state], begin[wanted]);
		state = wanted;
		for (size_t i = 0; i < len; i++)
			if (state == WRITTEN)
				fprintf(f, "\\%03o", (unsigned char)s[i]);
			else
				fputs(s[i] == '\'' ? "'\\''" : (char[]){ s[i], '\0' }, f);
	}
	fputs(state == NOTHING ? "''" : end[state], f);
}

char *results_shell_words(int argc, const char *const *argv)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	bool lost;

	if (!f)
		return NULL;
	for (int i = 0; i < argc; i++) {
		const char *s = argv[i];

		fputs(i ? " " : "", f);
		/* In front of a command, A=B is no word of it. */
		if (*s && !s[strspn(s, i ? plain : plain + 1)])
			fputs(s, f);
		else
			put_quoted(f, s);
	}
	lost = ferror(f);
	if (!fclose(f) && !lost)
		return text;
	free(text);
	return NULL;
}

char *results_command(int argc, char **argv)
{
	const char **words = calloc((size_t)argc + 1, sizeof(*words));
	char *text = NULL;

	if (words) {
		words[0] = "ptbench";
		for (int i = 0; i < argc; i++)
			words[i + 1] = argv[i];
		text = results_shell_words(argc + 1, words);
	}
	free(words);
	return text;
}

/* ---- options ---- */

/* Without a value where none belongs, only a letter can be one that is not known. */
static bool is_known(const struct option *options, int value)
{
	for (; options->name; options++)
		if (options->val == value)
			return true;
	return false;
}

int results_getopt(int argc, char **argv, const char *letters, const struct option *options)
{
	char with_colon[64], letter[] = "-?";
	const char *word;
	int c;

	/* A colon in front has it tell a missing value from an option that is not known. */
	snprintf(with_colon, sizeof(with_colon), ":%s", letters);
	opterr = 0;
	optopt = 0;
	c = getopt_long(argc, argv, with_colon, options, NULL);
	if (c != '?' && c != ':')
		return c;
	word = argv[optind - 1];
	letter[1] = (char)optopt;
	if (c == ':')
		fprintf(stderr, "%s: option '%s' requires an argument\n", argv[0],
			results_shown(word));
	else if (optopt && is_known(options, optopt))
		fprintf(stderr, "%s: option '%s' doesn't allow an argument\n", argv[0],
			results_shown(word));
	else
		fprintf(stderr, "%s: unrecognized option '%s'\n", argv[0],
			results_shown(optopt ? letter : word));
	return '?';
}

/* ---- standard output ---- */

static volatile sig_atomic_t reader_left;

static void on_pipe(int sig)
{
	reader_left = sig;
}

void results_stdout_outlive_reader(void)
{
	/* A handler, and not SIG_IGN, which the programs that are started would inherit. */
	struct sigaction act = { .sa_handler = on_pipe, .sa_flags = SA_RESTART };

	sigaction(SIGPIPE, &act, NULL);
}

bool results_stdout_reader_left(void)
{
	return reader_left;
}

/* Some file systems tell of a full disk when a file is closed; what was lost before has no errno. */
static void check_stdout(int status, void *program)
{
	bool lost = ferror(stdout);
	int code = lost && write(STDOUT_FILENO, "", 0) < 0 ? errno : 0;

	if (fclose(stdout)) {
		lost = true;
		code = errno;
	}
	if (!lost || reader_left)
		return;
	fprintf(stderr, "%s: standard output: %s\n", (const char *)program,
		code ? strerror(code) : "what was printed is not whole");
	if (!status)
		_exit(EXIT_PART_FAILED);
}

void results_stdout_check(const char *program)
{
	/* Where one of the three is closed, the next file that is opened must not take its place. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			_exit(EXIT_PART_FAILED);
	signal(SIGPIPE, SIG_DFL); /* who started us may have ignored it for himself */
	on_exit(check_stdout, (void *)program);
}
