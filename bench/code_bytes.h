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
 * off (symbol.cold, symbol.part.0). 0 and *out, for code_free(); -ENOENT: no such function there;
 * -EINVAL: not ELF; else -errno.
 */
int code_read(const char *file, const char *symbol, struct code **out);
void code_free(struct code *code);
/* The architecture (as uname -m, but "arm64") and compiler of the file's first object. 0 or
 * -errno. */
int code_origin(const char *file, char *arch, size_t arch_size, char *compiler,
		size_t compiler_size);
size_t code_size(const struct code *code); /* bytes, all pieces */
/* Same bytes, and relocations of the same type to the same place; a relocation of each function to
 * itself counts as the same place. */
bool code_same(const struct code *a, const struct code *b);

/*
 * Judges whether two designs of one format compiled as expected. `differ`: they do different things
 * in that format (gup_designs_differ()); then the same code is wrong with any compiler. Otherwise
 * CODE_KNOWN_GCC is known to emit code of the same length for the formats that are measured; code
 * of another length by another compiler, or of another format, is CODE_UP_TO_COMPILER.
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
 * an archive of another architecture makes the part `ref.static-ARCH`. command: recorded in it.
 * Returns the runner's exit status.
 */
int code_bytes_part(const char *out, const char *archive, const char *command);

#endif
