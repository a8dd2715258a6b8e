// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks whether a page is well-formed.
 */
#include <array_size.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <results/results.h>

#include "html.h"

#define MAX_DEPTH 64
#define MAX_IDS 4096

struct name {
	const char *at;
	size_t len;
};

struct checker {
	struct name open[MAX_DEPTH], ids[MAX_IDS];
	size_t depth, nr_ids;
	size_t figures, pictures; /* pictures: in the open figure */
	size_t marks;		  /* paths and texts in the open picture */
	char *why;
	size_t size;
};

__attribute__((format(printf, 3, 4))) static const char *bad(struct checker *c, const char *at,
							     const char *fmt, ...)
{
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	vsnprintf(c->why, c->size, fmt, ap);
	va_end(ap);
	len = strlen(c->why);
	snprintf(c->why + len, c->size - len, " at: %.40s", at);
	return NULL;
}

static bool is(const struct name *n, const char *word)
{
	return n->len == strlen(word) && !strncasecmp(n->at, word, n->len);
}

static bool is_void(const struct name *n)
{
	static const char *const words[] = { "meta", "link", "br", "hr", "img", "input" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (is(n, words[i]))
			return true;
	return false;
}

/* Returns the end of the character or entity at p; NULL: neither is allowed there. */
static const char *text_step(struct checker *c, const char *p)
{
	static const char *const entities[] = { "&lt;", "&gt;", "&quot;", "&apos;", "&amp;" };
	bool harmful;
	size_t len = results_text_step(p, &harmful);

	if (harmful && *p != '\n' && *p != '\t')
		return bad(c, p, "a harmful character, 0x%02x", (unsigned char)*p);
	if (*p != '&')
		return p + len;
	for (size_t i = 0; i < ARRAY_SIZE(entities); i++)
		if (!strncmp(p, entities[i], strlen(entities[i])))
			return p + strlen(entities[i]);
	return bad(c, p, "an unknown entity");
}

static const char *note_id(struct checker *c, const char *at, const char *end)
{
	size_t len = (size_t)(end - at);

	for (size_t i = 0; i < c->nr_ids; i++)
		if (c->ids[i].len == len && !strncmp(c->ids[i].at, at, len))
			return bad(c, at, "an id that is there already");
	if (!len || c->nr_ids == MAX_IDS)
		return bad(c, at, "no id, or too many");
	c->ids[c->nr_ids++] = (struct name){ at, len };
	return end;
}

/* Returns the end of ` name="value"` or of a name alone. */
static const char *attribute(struct checker *c, const char *p)
{
	const char *name = p, *value;
	size_t len = strcspn(p, " \n\t=/>\"'<");
	char quote;

	if (!len)
		return bad(c, p, "no attribute");
	p += len;
	p += strspn(p, " "); /* gnuplot writes fill = 'none' */
	if (*p != '=')
		return p;
	p++;
	p += strspn(p, " ");
	quote = *p++;
	if (quote != '"' && quote != '\'')
		return bad(c, p - 1, "a value without quotes");
	for (value = p; p && *p != quote;)
		p = *p && *p != '<' ? text_step(c, p) : bad(c, p, "a value that does not end");
	if (p && len == 2 && !strncmp(name, "id", 2))
		p = note_id(c, value, p);
	return p ? p + 1 : NULL;
}

static const char *opened(struct checker *c, const struct name *n, const char *at)
{
	if (c->depth == MAX_DEPTH)
		return bad(c, at, "elements too deep");
	c->open[c->depth++] = *n;
	if (is(n, "figure")) {
		c->pictures = 0;
	} else if (is(n, "svg")) {
		c->pictures++;
		c->marks = 0;
	}
	return at;
}

static const char *closed(struct checker *c, const struct name *n, const char *at)
{
	const struct name *top = c->depth ? &c->open[c->depth - 1] : NULL;

	if (!top || top->len != n->len || strncmp(top->at, n->at, n->len))
		return bad(c, n->at, "an end of what is not open");
	c->depth--;
	if (is(n, "svg") && !c->marks)
		return bad(c, at, "an empty picture");
	if (is(n, "figure") && c->pictures != 1)
		return bad(c, at, "a figure with %zu pictures", c->pictures);
	return at;
}

static const char *tag(struct checker *c, const char *p)
{
	bool end = p[1] == '/', alone;
	struct name n = { p + 1 + end, strcspn(p + 1 + end, " \n\t/>\"'=<") };

	if (!n.len || !isalpha((unsigned char)*n.at))
		return bad(c, p, "no tag");
	c->marks += is(&n, "path") || is(&n, "tspan");
	p = n.at + n.len;
	for (;;) {
		p += strspn(p, " \n\t");
		if (*p == '>' || (*p == '/' && p[1] == '>'))
			break;
		p = end ? bad(c, p, "an end with attributes") : attribute(c, p);
		if (!p)
			return NULL;
	}
	alone = *p == '/';
	p += 1 + alone;
	if (end)
		return closed(c, &n, p);
	return alone || is_void(&n) ? p : opened(c, &n, p);
}

const char *html_problem(const char *text, char *why, size_t size)
{
	static const char doctype[] = "<!DOCTYPE html>\n";
	struct checker c = { .why = why, .size = size };
	const char *p = text;

	if (strncmp(p, doctype, strlen(doctype)))
		bad(&c, p, "no document type");
	else
		for (p += strlen(doctype); p && *p;)
			p = *p == '<' ? tag(&c, p) : text_step(&c, p);
	if (p && !*p && !c.depth)
		return NULL;
	if (p && !*p)
		snprintf(why, size, "%.*s is never closed", (int)c.open[c.depth - 1].len,
			 c.open[c.depth - 1].at);
	return why;
}
