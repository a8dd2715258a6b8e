// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report's own files, as bytes in the program: the assembler reads them from the source tree.
 */
#include <array_size.h>
#include <stddef.h>
#include <string.h>

#include "embed.h"

/* X(identifier, path below report/) */
#define EMBEDDED(X)                                                                                \
	X(STYLE, "assets/style.css")                                                               \
	X(FIGURE_STYLE, "assets/figure.css")                                                       \
	X(BARS, "plots/bars.gp.mustache")                                                          \
	X(LINES, "plots/lines.gp.mustache")                                                        \
	X(INDEX, "templates/index.mustache")                                                       \
	X(PAGE, "templates/page.mustache")                                                         \
	X(HEAD, "templates/head.mustache")                                                         \
	X(FOOT, "templates/foot.mustache")                                                         \
	X(SECTION, "templates/section.mustache")                                                   \
	X(FIGURE, "templates/figure.mustache")                                                     \
	X(TABLE, "templates/table.mustache")

#define EMBED_BYTES(id, path)                                                                      \
	__asm__(".pushsection .rodata\n"                                                           \
		"embed_" #id ":\n"                                                                 \
		".incbin \"report/" path "\"\n"                                                    \
		".byte 0\n"                                                                        \
		".popsection\n");                                                                  \
	extern const char embed_##id[] __attribute__((visibility("hidden")));

EMBEDDED(EMBED_BYTES)

const char *embed_find(const char *name)
{
#define EMBED_ROW(id, path) { path, embed_##id },
	static const struct {
		const char *path, *text;
	} files[] = { EMBEDDED(EMBED_ROW) };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!strcmp(files[i].path, name))
			return files[i].text;
	return NULL;
}
