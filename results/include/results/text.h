/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for people and for shells. A string from a file, a name or a command line is data: it must
 * not move the terminal's cursor, hide a line or reverse its letters.
 */
#ifndef RESULTS_TEXT_H
#define RESULTS_TEXT_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Returns the length in bytes (1 to 4) of the character that s begins with, 0 at the end of s.
 * *harmful: the character is a control character (newline and tab among them), changes the
 * direction of text, has no width (Unicode's Default_Ignorable_Code_Point), separates lines or
 * paragraphs, or is not UTF-8; then the length is 1.
 */
size_t results_text_step(const char *s, bool *harmful);
/* Whether s has no harmful characters but newlines and tabs. */
bool results_is_text(const char *s);
/*
 * A copy of s with each harmful character written out, as \x1b, \u202e or \u{e0001}: for a message
 * of one line. The copy lasts until the eighth call after this one; not thread-safe.
 */
const char *results_shown(const char *s);
/* Prints s like results_shown(), but newlines and tabs as they are. */
void results_text_print(FILE *to, const char *s);

/*
 * The words of argv quoted for a shell, blanks between: sh splits the text into the same words.
 * Characters that are harmful to a terminal are written as $(printf '\033'). malloc'ed; NULL
 * without memory.
 */
char *results_shell_words(int argc, const char *const *argv);

/* getopt_long(3), but its error messages show the user's words with results_shown(). */
int results_getopt(int argc, char **argv, const char *letters, const struct option *options);

/* ---- standard output ---- */
/*
 * Registers an exit handler: a process that ends with 0 although not all of its standard output
 * could be written ends with 4 instead, with a message that begins with program (kept, not copied).
 */
void results_stdout_check(const char *program);
/*
 * For a program that does more than print: a reader that closes the pipe early (`| head`) neither
 * ends the process by SIGPIPE nor makes it fail. Programs that it starts get SIGPIPE's default.
 */
void results_stdout_outlive_reader(void);
/* Whether a reader closed the pipe early; a failed write to it is then no failure. */
bool results_stdout_reader_left(void);

#endif
