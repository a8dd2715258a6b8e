// SPDX-License-Identifier: GPL-2.0-only
/* The marks of marks.h. */
#include <linux/compiler.h>
#include <linux/types.h>

#include "marks.h"

/* The operand keeps the compiler from making one function of them. */
#define MARK(name, nr)                                                                             \
	noinline void ptb_mark_##name(void)                                                        \
	{                                                                                          \
		asm volatile("" : : "i"(nr) : "memory");                                           \
	}

MARK(begin, 1)
MARK(end, 2)
MARK(clock, 3)
MARK(row, 4)
MARK(again, 5)
MARK(kept, 6)
MARK(lost, 7)
MARK(skipped, 8)
