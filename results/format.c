// SPDX-License-Identifier: GPL-2.0-or-later
/* The formats of a comparison, by name. */
#include <array_size.h>
#include <errno.h>
#include <string.h>

#include "format.h"

static int write_text(FILE *f, const struct results_comparison *c,
		      const struct results__format_options *o)
{
	return results_comparison_print(f, c, o->all);
}

static const struct {
	const char *name;
	int (*write)(FILE *f, const struct results_comparison *c,
		     const struct results__format_options *o);
} formats[] = {
	{ "text", write_text },
	{ "markdown", results__write_markdown },
	{ "mail", results__write_mail },
	{ "json", results__write_json },
	{ "junit", results__write_junit },
	{ "csv", results__write_csv },
	{ "github", results__write_github },
};

bool results_comparison_has_format(const char *format)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, format))
			return true;
	return false;
}

int results_comparison_write(FILE *to, const struct results_comparison *c, const char *format,
			     bool all, const char *command)
{
	const struct results__format_options o = { all, command };

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, format))
			return formats[i].write(to, c, &o);
	return -EINVAL;
}
