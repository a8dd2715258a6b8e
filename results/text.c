// SPDX-License-Identifier: GPL-2.0-or-later
/* Harmful characters in text, and printing text without them. */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include <results/text.h>

#include "internal.h"

/* Lead bytes by length of the sequence, and the least code point of that length (RFC 3629). */
static const struct {
	unsigned char mask, lead;
	unsigned least;
} lengths[] = {
	[1] = { 0x80, 0x00, 0x0 },
	[2] = { 0xe0, 0xc0, 0x80 },
	[3] = { 0xf0, 0xe0, 0x800 },
	[4] = { 0xf8, 0xf0, 0x10000 },
};

/* Decodes the code point at s. Returns its length in bytes; 0: not UTF-8. */
static size_t decode(const char *s, unsigned *code)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t len = 1;

	while (len < 5 && (u[0] & lengths[len].mask) != lengths[len].lead)
		if (++len == 5)
			return 0;
	*code = u[0] & (unsigned char)~lengths[len].mask;
	for (size_t i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (u[i] & 0x3f);
	}
	if (*code < lengths[len].least || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return len;
}

/*
 * Unicode 15: the controls (Cc), separators of lines and paragraphs (Zl, Zp), and
 * Default_Ignorable_Code_Point, which has the marks of direction and all invisible characters.
 */
static const struct {
	unsigned from, to;
} harmful_codes[] = {
	{ 0x00, 0x1f },	      { 0x7f, 0x9f },	    { 0xad, 0xad },	  { 0x34f, 0x34f },
	{ 0x61c, 0x61c },     { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },	  { 0x180b, 0x180f },
	{ 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f },	  { 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },	  { 0xfff0, 0xfffb },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

static bool is_harmful(unsigned code)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmful_codes); i++)
		if (code >= harmful_codes[i].from && code <= harmful_codes[i].to)
			return true;
	return false;
}

size_t results_text_step(const char *s, bool *harmful)
{
	unsigned code;
	size_t len = decode(s, &code);

	*harmful = !len || (*s && is_harmful(code));
	return !*s ? 0 : len ? len : 1;
}

bool results_is_text(const char *s)
{
	bool harmful;
	size_t len;

	for (; (len = results_text_step(s, &harmful)); s += len)
		if (harmful && *s != '\n' && *s != '\t')
			return false;
	return true;
}

void results__put_char(FILE *to, const char *s, size_t len, bool harmful)
{
	unsigned code;

	if (!harmful)
		fwrite(s, 1, len, to);
	else if (!decode(s, &code) || code < 0x80)
		fprintf(to, "\\x%02x", (unsigned char)*s);
	else
		fprintf(to, code > 0xffff ? "\\u{%x}" : "\\u%04x", code);
}

void results_text_print(FILE *to, const char *s)
{
	bool harmful;
	size_t len;

	for (; (len = results_text_step(s, &harmful)); s += len)
		results__put_char(to, s, len, harmful && *s != '\n' && *s != '\t');
}

const char *results_shown(const char *s)
{
	static char *kept[8];
	static unsigned next;
	char **to = &kept[next++ % 8];
	bool harmful;
	size_t len;
	FILE *f;

	free(*to);
	*to = NULL;
	f = open_memstream(to, &len);
	if (!f)
		return "(no memory)";
	for (; (len = results_text_step(s, &harmful)); s += len)
		results__put_char(f, s, len, harmful);
	fclose(f);
	return *to ? *to : "(no memory)";
}
