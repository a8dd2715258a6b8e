// SPDX-License-Identifier: GPL-2.0-or-later
/* GUP-fast over the s390x format, whatever the number of levels. */
#include "../pgtable/fmt_s390x.h"
#include "walk.h"

GUP_WALKERS(s390x)
