// SPDX-License-Identifier: GPL-2.0-or-later
/* Command lines: words for a shell, options, and the state of standard output at exit. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* ---- words ---- */

static const char plain[] =
	"=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./,:+@%-";

/* How the current part of a word is written: not begun, in quotes, or by printf. */
enum { NOTHING, QUOTED, WRITTEN };

static void put_quoted(FILE *f, const char *s)
{
	static const char *const begin[] = { "", "'", "\"$(printf '" };
	static const char *const end[] = { "", "'", "')\"" };
	int state = NOTHING, wanted;
	bool harmful;
	size_t len;

	for (; (len = results_text_step(s, &harmful)); s += len) {
		/* A shell drops the newlines at the end of $()'s output. */
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
		/* Not plain in the first word: a shell takes A=B there for an assignment. */
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

/* Whether value is an option's; tells "unknown" from "has an argument that it must not have". */
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

	/* With a leading colon getopt_long() returns ':' for a missing argument, '?' for others. */
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
	/* A handler, not SIG_IGN: programs that this process starts would inherit SIG_IGN. */
	struct sigaction act = { .sa_handler = on_pipe, .sa_flags = SA_RESTART };

	sigaction(SIGPIPE, &act, NULL);
}

bool results_stdout_reader_left(void)
{
	return reader_left;
}

/* Some file systems report a full disk at close(). An earlier failed write left no errno. */
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
	/* If descriptor 0, 1 or 2 is closed, the next open() must not get its number. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			_exit(EXIT_PART_FAILED);
	signal(SIGPIPE, SIG_DFL); /* the parent may have set SIG_IGN */
	on_exit(check_stdout, (void *)program);
}
