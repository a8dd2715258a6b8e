// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The answers as plain text, wrapped for a terminal: the same sentences as the pages'.
 */
#include <string.h>

#include "page.h"

#define WRAP 92

static size_t word_columns(const char *word, size_t len)
{
	size_t n = 0, i;

	for (i = 0; i < len; i++)
		n += ((unsigned char)word[i] & 0xc0) != 0x80 && word[i] != STRONG[0] &&
		     word[i] != WEAK[0];
	return n;
}

/* The last door before the terminal: whatever a run holds, only marks of ours are harmful here. */
static void put_word(FILE *to, const char *word, size_t len)
{
	bool harmful;
	size_t i, n;

	for (i = 0; i < len; i += n) {
		n = results_text_step(word + i, &harmful);
		if (word[i] == STRONG[0] || word[i] == WEAK[0])
			continue;
		if (harmful)
			fputc('?', to);
		else
			fwrite(word + i, 1, n, to);
	}
}

/* Words of text after a first line's prefix, further lines under its first word. */
static void print_wrapped(FILE *to, const char *prefix, const char *text)
{
	size_t indent = strlen(prefix), at = indent, len, wide;

	fputs(prefix, to);
	while (*text) {
		text += strspn(text, " ");
		len = strcspn(text, " ");
		wide = word_columns(text, len);
		if (at > indent && at + 1 + wide > WRAP) {
			fprintf(to, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			fputc(' ', to);
			at++;
		}
		put_word(to, text, len);
		at += wide;
		text += len;
	}
	fputc('\n', to);
}

void answers_print(const struct model *m, FILE *to)
{
	const struct results_run *run = m->in->run;
	size_t i, j, k;

	fprintf(to, "%s run of %s, suite %s\n", run->complete ? "Complete" : "Partial",
		clean(m->arena, run->started), clean(m->arena, run->revision));
	for (i = 0; i < m->in->nr_parts; i++) {
		const struct report_part *p = &m->in->parts[i];

		if (p->why)
			print_wrapped(to, "  ! ",
				      arena_str(m->arena, "part %s: %s",
						clean(m->arena, p->part->name), p->why));
	}
	if (part_busy(m->arena, input_part(m->in, "native")))
		print_wrapped(to, "  ! ",
			      arena_str(m->arena,
					"native: the machine was busy, load %s: wide intervals",
					part_busy(m->arena, input_part(m->in, "native"))));
	for (i = 0; i < m->nr_pages; i++) {
		const struct page *p = &m->pages[i];

		fprintf(to, "\n%s\n", p->title);
		for (j = 0; j < p->nr_sections; j++)
			for (k = 0; k < p->sections[j]->nr_answers; k++) {
				const struct answer *answer = p->sections[j]->answers[k];

				print_wrapped(to, "  * ",
					      arena_str(m->arena, "%s %s%s%s%s", answer->question,
							answer->text, answer->mode ? " (" : "",
							answer->mode ? answer->mode : "",
							answer->mode ? ")" : ""));
			}
	}
}
