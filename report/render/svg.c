// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Converts gnuplot's SVG for a page. Works on the output of gnuplot 5.4 and 6, whose form it
 * checks.
 */
#include <array_size.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"

/* Writes text with XML's special characters escaped, for text and attributes. */
static void put_escaped(FILE *to, const char *text)
{
	bool harmful;
	size_t len;

	for (; (len = results_text_step(text, &harmful)); text += len) {
		if (*text == '&')
			fputs("&amp;", to);
		else if (*text == '<')
			fputs("&lt;", to);
		else if (*text == '>')
			fputs("&gt;", to);
		else if (*text == '"')
			fputs("&quot;", to);
		else if (harmful)
			fputs("\xef\xbf\xbd", to);
		else
			fwrite(text, 1, len, to);
	}
}

static bool copy_attribute(FILE *to, const char *tag, const char *end, const char *name)
{
	const char *at = memmem(tag, (size_t)(end - tag), name, strlen(name));
	const char *close = at ? strchr(at + strlen(name), '"') : NULL;

	if (!close || close > end)
		return false;
	fprintf(to, " %.*s\"", (int)(close - at), at);
	return true;
}

/* The opening: <svg ...><title>...</title><desc>...</desc>. */
static bool put_head(FILE *to, const struct figure *f, const char *tag, const char *end,
		     const char *style)
{
	fprintf(to, "<svg class=\"figure\" role=\"img\" aria-labelledby=\"%s-title %s-desc\"",
		f->id, f->id);
	if (!copy_attribute(to, tag, end, "viewBox=\""))
		return false;
	fputs(" xmlns=\"http://www.w3.org/2000/svg\" "
	      "xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n",
	      to);
	fprintf(to, "<title id=\"%s-title\">", f->id);
	put_escaped(to, f->title);
	fprintf(to, "</title>\n<desc id=\"%s-desc\">", f->id);
	put_escaped(to, f->desc);
	fputs("</desc>\n", to);
	if (style)
		fprintf(to, "<style>\n%s</style>\n", style);
	return true;
}

struct rule {
	const char *from, *to;
	bool own; /* append the figure's id to `to` */
};

/* Replacements: colours become the page's, identifiers become unique on the page. */
static const struct rule rules[] = {
	{ "stroke='black'", "stroke='currentColor'", false },
	{ "fill=\"black\"", "fill=\"currentColor\"", false },
	{ "fill = 'black'", "fill = 'currentColor'", false },
	{ "fill=\"rgb(0,0,0)\"", "fill=\"currentColor\"", false },
	{ "stroke='rgb(  0,   0,   0)'", "stroke='currentColor'", false },
	{ "color='rgb(  0,   0,   0)'", "color='currentColor'", false },
	{ "color=\"black\"", "color=\"currentColor\"", false },
	{ "color=\"white\"", "color=\"currentColor\"", false },
	{ "id=\"gnuplot", "id=\"", true },
	{ "id='gp", "id='", true },
	{ "id='textbox", "id='t", true },
	{ "id='greybox", "id='g", true },
	{ "xlink:href='#gp", "xlink:href='#", true },
	{ "url(#gp", "url(#", true },
};

static void put_body(FILE *to, const struct figure *f, const char *p)
{
	size_t i;

	while (*p) {
		for (i = 0; i < ARRAY_SIZE(rules); i++)
			if (!strncmp(p, rules[i].from, strlen(rules[i].from)))
				break;
		if (i == ARRAY_SIZE(rules)) {
			fputc(*p++, to);
			continue;
		}
		fputs(rules[i].to, to);
		if (rules[i].own)
			fprintf(to, "%s-", f->id);
		p += strlen(rules[i].from);
	}
}

char *figure_svg(const struct figure *f, const char *raw, const char *style)
{
	const char *tag = strstr(raw, "<svg"), *end = tag ? strchr(tag, '>') : NULL;
	const char *body = end ? strstr(end, "</desc>") : NULL;
	char *out = NULL;
	size_t size;
	bool good;
	FILE *to;

	if (!body || !strstr(body, "</svg>"))
		return NULL;
	to = open_memstream(&out, &size);
	if (!to)
		return NULL;
	good = put_head(to, f, tag, end, style);
	if (good)
		put_body(to, f, body + strlen("</desc>"));
	good = !ferror(to) && good;
	if (fclose(to) == EOF || !good) {
		free(out);
		return NULL;
	}
	return out;
}
