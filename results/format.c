// SPDX-License-Identifier: GPL-2.0-or-later
/* The formats of a comparison, by name. */
#include <array_size.h>
#include <errno.h>
#include <string.h>

#include "format.h"
#include "suites.h"

static int write_text(FILE *f, const struct results_comparison *c,
		      const struct results_write_options *o)
{
	return results_comparison_print(f, c, o->all);
}

static int write_junit(FILE *f, const struct results_comparison *c,
		       const struct results_write_options *o)
{
	struct results__suites s;
	int err = results__suites_of_comparison(c, &s);

	(void)o; /* a test that passed is listed like any other */
	if (!err)
		err = results__suites_junit(f, &s);
	results__suites_free(&s);
	return err;
}

static int write_ktap(FILE *f, const struct results_comparison *c,
		      const struct results_write_options *o)
{
	struct results__suites s;
	int err = results__suites_of_comparison(c, &s);

	(void)o;
	if (!err)
		err = results__suites_ktap(f, &s);
	results__suites_free(&s);
	return err;
}

static int write_kcidb(FILE *f, const struct results_comparison *c,
		       const struct results_write_options *o)
{
	struct results__suites s;
	int err = results__suites_of_comparison(c, &s);

	if (!err)
		err = results__suites_kcidb(f, &s, o->origin ? o->origin : RESULTS__ORIGIN);
	results__suites_free(&s);
	return err;
}

static const struct {
	const char *name;
	int (*write)(FILE *f, const struct results_comparison *c,
		     const struct results_write_options *o);
} formats[] = {
	{ "text", write_text },
	{ "markdown", results__write_markdown },
	{ "mail", results__write_mail },
	{ "json", results__write_json },
	{ "junit", write_junit },
	{ "ktap", write_ktap },
	{ "kcidb", write_kcidb },
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
			     const struct results_write_options *options)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, format))
			return formats[i].write(to, c, options);
	return -EINVAL;
}
