// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads files of lines "KEY VALUE", for scenarios, architectures and their lists. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenario_priv.h"

int scenario__refuse(struct scenario_reader *r, const char *fmt, ...)
{
	va_list ap;
	int n;

	n = snprintf(r->why, SCENARIO_WHY, r->nr ? "%s:%u: " : "%s: ", r->file, r->nr);
	va_start(ap, fmt);
	if (n > 0 && n < SCENARIO_WHY)
		vsnprintf(r->why + n, SCENARIO_WHY - n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int apply(struct scenario_reader *r, const struct scenario_key *keys, const char *key,
		 const char *value, void *to)
{
	for (; keys->name && strcmp(keys->name, key); keys++)
		;
	if (!keys->name)
		return scenario__refuse(r, "unknown key '%.64s'", key);
	if (!keys->ranged && (r->range.since.nr || r->range.until.nr))
		return scenario__refuse(r, "'%.64s' cannot stand behind since or until", key);
	return keys->set ? keys->set(r, to, keys->offset, value) : 0;
}

bool scenario__is_name(const char *s)
{
	return *s && *s != '.' && !strpbrk(s, "/ \t@");
}

bool scenario__is_at_name(const char *s)
{
	const char *at = strchr(s, '@');
	struct scenario_version version;
	char name[128];

	snprintf(name, sizeof(name), "%.*s", at ? (int)(at - s) : -1, s);
	return strlen(s) < sizeof(name) && scenario__is_name(name) &&
	       (!at || !scenario_version_parse(at + 1, &version));
}

bool scenario_is_list(const char *name)
{
	size_t n;

	for (n = 0; name[n] >= 'A' && name[n] <= 'Z'; n++)
		;
	return n && !name[n];
}

char *scenario__trim(char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	for (size_t n = strlen(s); n && isspace((unsigned char)s[n - 1]); n--)
		s[n - 1] = '\0';
	return s;
}

/* Cuts the first word of the text off; *rest becomes what is behind it. */
static char *cut_word(char *text, char **rest)
{
	char *end = text + strcspn(text, " \t");

	if (*end)
		*end++ = '\0';
	*rest = scenario__trim(end);
	return text;
}

/* Reads "since VERSION" and "until VERSION" off the front of *line to r->range. */
static int read_range(struct scenario_reader *r, char **line)
{
	r->range = (struct scenario_range){ .since.nr = 0 };
	for (;;) {
		const size_t n = strcspn(*line, " \t");
		const bool since = n == 5 && !strncmp(*line, "since", n);
		struct scenario_version *to = since ? &r->range.since : &r->range.until;
		char *version;

		if (!(*line)[n] || (!since && (n != 5 || strncmp(*line, "until", n))))
			return 0;
		if (to->nr)
			return scenario__refuse(r, "'%.5s' stands twice; keep one", *line);
		cut_word(*line, line);
		version = cut_word(*line, line);
		if (scenario_version_parse(version, to))
			return scenario__refuse(
				r, "'%.64s' is not the version of a kernel, such as 6.12", version);
		if (!**line)
			return scenario__refuse(r, "nothing stands behind the version %.64s",
						version);
	}
}

static int read_line(struct scenario_reader *r, char *line, const struct scenario_key *keys,
		     void *to)
{
	char *key = scenario__trim(line), *value;
	int err;

	if (!*key || *key == '#')
		return 0;
	if (!results_is_text(key))
		return scenario__refuse(
			r,
			"a control character, an invisible one, or a byte that is not UTF-8; remove it");
	err = read_range(r, &key);
	if (err)
		return err;
	key = cut_word(key, &value);
	if (!*value)
		return scenario__refuse(r, "key '%.64s' has no value", key);
	return apply(r, keys, key, value, to);
}

/* Reads the next line, without its newline: 1; 0 at the end of the file; -EINVAL with why. */
int scenario__next_line(struct scenario_reader *r, FILE *f, char line[SCENARIO_MAX_LINE])
{
	size_t n = 0;
	int c;

	r->nr++;
	for (; (c = getc(f)) != EOF && c != '\n'; line[n++] = c) {
		if (!c)
			return scenario__refuse(r, "a NUL byte; this has to be a text file");
		if (n == SCENARIO_MAX_LINE - 1)
			return scenario__refuse(r, "line longer than %d bytes",
						SCENARIO_MAX_LINE - 1);
	}
	line[n] = '\0';
	if (c != EOF || n)
		return 1;
	r->nr = 0; /* errors from here on are of the whole file */
	return ferror(f) ? scenario__refuse(r, "%s", strerror(errno)) : 0;
}

int scenario__read_keys(struct scenario_reader *r, const struct scenario_key *keys, void *to)
{
	char line[SCENARIO_MAX_LINE];
	FILE *f = fopen(r->file, "re");
	int err;

	if (!f)
		return scenario__refuse(r, "%s", strerror(errno));
	while ((err = scenario__next_line(r, f, line)) > 0) {
		err = read_line(r, line, keys, to);
		if (err)
			break;
	}
	fclose(f);
	return err;
}
