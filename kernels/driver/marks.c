// SPDX-License-Identifier: GPL-2.0-only
/* Functions that do nothing but have an address; see marks.h. */
#include <linux/compiler.h>
#include <linux/types.h>

#include "marks.h"

/* The operand keeps the compiler from making one function of them. */
#define MARK(name, nr)                                                                             \
	noinline void ptb_mark_##name(void)                                                        \
	{                                                                                          \
		asm volatile("" : : "i"(nr) : "memory");                                           \
	}

MARK(row, 1)
MARK(again, 2)
MARK(kept, 3)
MARK(lost, 4)
