/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine code of functions as it stands in an object file or archive: how long, and whether two
 * of them are the same code.
 */
#ifndef BENCH_CODE_BYTES_H
#define BENCH_CODE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct code;

/*
 * Finds `symbol` in an ELF object or an archive of them, with the pieces that the compiler split
 * off (symbol.cold, symbol.part.0). -ENOENT: no such function there; -EINVAL: not ELF; else -errno.
 */
int code_read(const char *file, const char *symbol, struct code **out);
void code_free(struct code *code);
/* What the first object of the file was compiled for ("s390x", as uname -m but arm64) and by. */
int code_origin(const char *file, char *arch, size_t arch_size, char *compiler,
		size_t compiler_size);
size_t code_size(const struct code *code); /* bytes, all pieces */
/* Same bytes, and relocations of the same type to the same place (each to itself counts as
 * that). */
bool code_same(const struct code *a, const struct code *b);

/*
 * Whether two designs of one format are the code that they have to be. `differ`: they do different
 * things there (gup_designs_differ()), so that the same code would be wrong whatever compiled it.
 * Where they do the same, CODE_KNOWN_GCC is known to compile the formats that are measured to code
 * that is as long; another compiler may do otherwise, and so may that one elsewhere:
 * CODE_UP_TO_COMPILER.
 */
#define CODE_KNOWN_GCC 12
struct code_verdict {
	const char *expect, *seen;
	enum code_outcome { CODE_AS_EXPECTED, CODE_UNEXPECTED, CODE_UP_TO_COMPILER } outcome;
};
struct code_verdict code_judge(bool differ, const struct code *a, const struct code *b,
			       const char *compiler, bool is_measured);
bool code_compiler_is_known(const char *compiler); /* as code_origin() names it */

/*
 * Writes the part `ref.static` to `out`: the size of every walker in the archive, and for each two
 * designs of a format whether they are the same code. archive NULL: libref.a beside this program;
 * one for another architecture makes the part `ref.static-ARCH`.
 * Returns the runner's exit status.
 */
int code_bytes_part(const char *out, const char *archive, const char *command);

#endif
