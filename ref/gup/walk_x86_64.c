// SPDX-License-Identifier: GPL-2.0-or-later
/* GUP-fast over the x86_64 formats. */
#include "../pgtable/fmt_x86_64.h"
#include "walk.h"

GUP_WALKERS(x86_64_4k_48)
GUP_WALKERS(x86_64_4k_57)
GUP_WALKERS(x86_64_4k_57_folded)
