// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Looks at what was rendered, as a reader would.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../scripts/tap.h"

#include "../render/files.h"
#include "../report.h"
#include "look.h"

const char *look_path(const char *dir, const char *file)
{
	static char *ring[8];
	static unsigned next;
	char **at = &ring[next++ % 8];

	free(*at);
	if (asprintf(at, "%s/%s", dir, file) < 0)
		abort();
	return *at;
}

char *keep(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		abort();
	return copy;
}

void look_write(const char *path, const char *text)
{
	FILE *to = fopen(path, "w");

	if (!to || fputs(text, to) == EOF || fclose(to))
		abort();
}

int render_quietly(const char *run, const char *out)
{
	int old = dup(1), err;

	fflush(stdout);
	if (!freopen("/dev/null", "w", stdout))
		return -EIO;
	err = report_render(run, out);
	fflush(stdout);
	dup2(old, 1);
	close(old);
	return err;
}

/* ---- what is on a page: markup removed, entities resolved, white space one blank ---- */

char *plain(char *html)
{
	static const char *const entities[][2] = {
		{ "&lt;", "<" },   { "&gt;", ">" },  { "&quot;", "\"" },
		{ "&apos;", "'" }, { "&amp;", "&" },
	};
	char *in = html, *out = html;
	bool space = true;

	while (*in) {
		char c = *in;

		if (c == '<') {
			in += strcspn(in, ">");
			in += *in == '>';
			continue;
		}
		for (size_t i = 0; c == '&' && i < 5; i++)
			if (!strncmp(in, entities[i][0], strlen(entities[i][0]))) {
				c = entities[i][1][0];
				in += strlen(entities[i][0]) - 1;
				break;
			}
		in++;
		if (isspace((unsigned char)c)) {
			if (!space)
				*out++ = ' ';
			space = true;
		} else {
			*out++ = c;
			space = false;
		}
	}
	*out = '\0';
	return html;
}

char *page_text(const char *dir, const char *page)
{
	char *html = file_read(look_path(dir, page));

	return html ? plain(html) : strdup("");
}

bool page_says(const char *dir, const char *page, const char *sentence)
{
	char *text = page_text(dir, page);
	bool found = strstr(text, sentence) != NULL;

	if (!found)
		diag("%s/%s lacks: %s", dir, page, sentence);
	free(text);
	return found;
}

char *answers(const char *run)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (report_answers(run, to))
		fputs("failed", to);
	fclose(to);
	return plain(text);
}
