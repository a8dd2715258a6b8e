// SPDX-License-Identifier: GPL-2.0-only
/* mips64el: finds out how long a tick of the counter is that is the clock; see arch_mips.h. */
#ifdef CONFIG_MIPS

#include <linux/init.h>
#include <linux/irqflags.h>

#include "ptbench.h"

unsigned int ptb_mips_tick;

/* 150,000 instructions are 400,000 ticks of 6 ns, or 384,000 of 6.25 ns. */
static int __init time_tick(void)
{
	unsigned long flags;
	u64 from, to;

	local_irq_save(flags);
	from = ptb_arch_clock();
	ptb_arch_loop(150000 / PTB_LOOP_INSTRUCTIONS);
	to = ptb_arch_clock();
	local_irq_restore(flags);
	ptb_mips_tick = (u32)(to - from) > 392000 ? 24 : 25;
	return 0;
}
device_initcall(time_tick);

#endif
