// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GUP-fast over the formats of one architecture, every design of each. Compiled once for each
 * ref/pgtable/fmt_<arch>.h, as arch_<arch>.o (see the Makefile), with
 *	PGT_FMT_HEADER	that file's name, as #include takes it
 *	PGT_ARCH	its identifier, pgt_arch_<arch>
 *	PGT_FORMATS	its list of formats, PGT_FORMATS_<arch>
 */
#include PGT_FMT_HEADER
#include <array_size.h>

#include "archs.h"
#include "instance.h"

#define WALKERS(ident) GUP_WALKERS(ident)
PGT_FORMATS(WALKERS)
#ifdef PGT_HAS_REAL_OFFSETS
#define REAL_WALKERS(ident) GUP_REAL_WALKERS(ident)
PGT_FORMATS(REAL_WALKERS)
#endif

#define FORMAT(ident) &pgt_fmt_##ident,
static const struct pgt_fmt *const formats[] = { PGT_FORMATS(FORMAT) };

#define ROW(ident, name_, constant, ...)                                                           \
	{ &pgt_fmt_##ident,                                                                        \
	  constant,                                                                                \
	  { .design = #name_,                                                                      \
	    .fast = gup_fast_##ident##_##name_,                                                    \
	    .symbol = "gup_fast_" #ident "_" #name_ } },
#define ROWS(ident) GUP_DESIGNS(ROW, GUP_NO_WALKER, ident)
#define REAL_ROWS(ident) GUP_DESIGNS(GUP_NO_WALKER, ROW, ident)
static struct gup_instance walkers[] = { PGT_FORMATS(ROWS)
#ifdef PGT_HAS_REAL_OFFSETS
						 PGT_FORMATS(REAL_ROWS)
#endif
};

const struct pgt_arch PGT_ARCH = {
	.formats = formats,
	.nr_formats = ARRAY_SIZE(formats),
	.walkers = walkers,
	.nr_walkers = ARRAY_SIZE(walkers),
};
