/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of architectures: X(name) for each fmt_<name>.h, in alphabetical order. */
#ifndef REF_GUP_ARCHS_H
#define REF_GUP_ARCHS_H

#include "../pgtable/format.h"

#define PGT_ARCHS(X)                                                                               \
	X(arm)                                                                                     \
	X(arm64)                                                                                   \
	X(i386)                                                                                    \
	X(loongarch64)                                                                             \
	X(mips64)                                                                                  \
	X(ppc64)                                                                                   \
	X(riscv64)                                                                                 \
	X(s390x)                                                                                   \
	X(sparc64)                                                                                 \
	X(x86_64)

/* walk.c defines one for each architecture. */
struct gup_instance;
struct pgt_arch {
	const struct pgt_fmt *const *formats;
	size_t nr_formats;
	struct gup_instance *walkers;
	size_t nr_walkers;
};
#define PGT_DECLARE_ARCH(arch) extern const struct pgt_arch pgt_arch_##arch;
PGT_ARCHS(PGT_DECLARE_ARCH)

#endif
