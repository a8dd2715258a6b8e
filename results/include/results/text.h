/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for people and for shells: what comes from a file, a name or a command line is data, and must
 * not move the terminal's cursor, hide a line or turn its letters round.
 */
#ifndef RESULTS_TEXT_H
#define RESULTS_TEXT_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * The bytes (1 to 4) of the character that s begins with, 0 at its end. *harmful: it is a control
 * character (newline and tab among them), changes the direction of text, has no width (Unicode's
 * Default_Ignorable_Code_Point), separates lines or paragraphs, or is no UTF-8; of that, one byte.
 */
size_t results_text_step(const char *s, bool *harmful);
/* Are newlines and tabs all that is harmful in it? */
bool results_is_text(const char *s);
/*
 * A copy with each harmful character written out, as \x1b, \u202e or \u{e0001}: for a message of
 * one line. It lasts until the eighth call after this one.
 */
const char *results_shown(const char *s);
/* The same on a stream, but newlines and tabs stay what they are. */
void results_text_print(FILE *to, const char *s);

/*
 * Words as a shell takes them, with blanks between: sh splits the text into the same words again.
 * What a terminal must not see is written as $(printf '\033'). malloc'ed; NULL without memory.
 */
char *results_shell_words(int argc, const char *const *argv);

/* getopt_long(3), whose complaints show what was typed and do not send it to the terminal. */
int results_getopt(int argc, char **argv, const char *letters, const struct option *options);

/* ---- standard output ---- */
/*
 * Has this process end with status 4, and a message, when it would have ended with 0 and not all of
 * its standard output could be written. program: what the message begins with; it has to last.
 */
void results_stdout_check(const char *program);
/*
 * For a program whose work is more than what it prints: a reader who has seen enough and leaves
 * (`| head`) neither ends it nor makes it fail. Programs that it starts are not spared.
 */
void results_stdout_outlive_reader(void);
/* Has one left? What is written for him cannot be, and that is no failure. */
bool results_stdout_reader_left(void);

#endif
