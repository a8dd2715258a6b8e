// SPDX-License-Identifier: GPL-2.0-or-later
/* A part's reason in run.json, made of the findings of its documents. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <results/explore.h>

#include "internal.h"

#define NAMED 5 /* models that a reason names; further ones are only counted */

/* Drops a character that was cut at the end of buf: texts have to be UTF-8. */
static void end_whole(char *buf, size_t len)
{
	size_t i = len, bytes;

	while (i && (buf[i - 1] & 0xc0) == 0x80)
		i--;
	if (!i)
		return;
	i--;
	bytes = (unsigned char)buf[i] < 0x80   ? 1
		: (unsigned char)buf[i] < 0xe0 ? 2
		: (unsigned char)buf[i] < 0xf0 ? 3
					       : 4;
	if (i + bytes > len)
		buf[i] = '\0';
}

/* Appends to the text in buf as much as has room. */
__attribute__((format(printf, 3, 4))) static void append(char *buf, size_t size, const char *fmt,
							 ...)
{
	size_t len = strlen(buf);
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= size - len)
		end_whole(buf, strlen(buf));
}

size_t results_checks_failed_text(const struct results_doc *doc, char *buf, size_t size)
{
	const struct results_check *first = NULL;
	size_t failed = 0;
	char *params;

	for (size_t i = 0; i < doc->nr_checks; i++)
		if (!doc->checks[i].ok && !failed++)
			first = &doc->checks[i];
	if (!first)
		return 0;
	params = results_params_text(&first->params);
	buf[0] = '\0';
	append(buf, size,
	       "%zu of %zu checks came out wrong, first %s%s%s: '%s' seen, '%s' expected", failed,
	       doc->nr_checks, first->id, params && *params ? " " : "", params ? params : "",
	       first->seen, first->expect);
	free(params);
	return failed;
}

static void append_model(char *buf, size_t size, const struct results_explore_model *m)
{
	append(buf, size, " %s/%s %s", m->mechanism, m->variant,
	       results_explore_verdict_name(m->verdict));
	if (m->failure)
		append(buf, size, " (%s)", m->failure->invariant);
	if (m->busted && m->caught_by)
		append(buf, size, " (has to break: %s)", m->caught_by);
}

size_t results_explore_failed_text(const struct results_explore *doc, char *buf, size_t size)
{
	size_t failed = 0, named = 0;

	for (size_t i = 0; i < doc->nr_models; i++)
		failed += !results_explore_is_fine(doc->models[i].verdict);
	if (!failed)
		return 0;
	buf[0] = '\0';
	append(buf, size, "%zu of %zu models came out otherwise than claimed:", failed,
	       doc->nr_models);
	for (size_t i = 0; i < doc->nr_models && named < NAMED; i++) {
		if (results_explore_is_fine(doc->models[i].verdict))
			continue;
		append(buf, size, "%s", named++ ? ";" : "");
		append_model(buf, size, &doc->models[i]);
	}
	if (failed > named)
		append(buf, size, "; and %zu more", failed - named);
	return failed;
}
