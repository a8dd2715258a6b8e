// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors for people: which file, which value in it, what is wrong and what to do. */
#include <stdarg.h>
#include <string.h>

#include "internal.h"

void results_error_print(FILE *to, const struct results_error *err)
{
	if (err->file[0])
		fprintf(to, "%s: ", results_shown(err->file));
	if (err->path[0])
		fprintf(to, "%s: ", results_shown(err->path));
	results__print_text(to, err->reason, 2);
	fputc('\n', to);
}

int results__error(struct results_error *err, int code, const char *file, const char *path,
		   const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	snprintf(err->file, sizeof(err->file), "%s", file ? file : "");
	snprintf(err->path, sizeof(err->path), "%s", path ? path : "");
	va_start(ap, fmt);
	vsnprintf(err->reason, sizeof(err->reason), fmt, ap);
	va_end(ap);
	return code;
}

void results__error_prefix(struct results_error *err, const char *fmt, ...)
{
	char path[sizeof(err->path)];
	va_list ap;
	size_t len;

	if (!err)
		return;
	va_start(ap, fmt);
	vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	len = strlen(path);
	snprintf(path + len, sizeof(path) - len, "%s", err->path);
	memcpy(err->path, path, sizeof(path));
}
