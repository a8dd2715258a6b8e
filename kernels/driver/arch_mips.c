// SPDX-License-Identifier: GPL-2.0-only
/* mips64el: finds out how long a tick of the counter is that is the clock; see mips_count.h. */
#ifdef CONFIG_MIPS

#include <linux/init.h>
#include <linux/irqflags.h>

#include "ptbench.h"

unsigned int ptb_mips_tick = MIPS_TICK_QUARTERS;

static int __init time_tick(void)
{
	const unsigned long turns = 50000;
	unsigned long flags;
	u64 from, to;

	local_irq_save(flags);
	from = ptb_arch_clock();
	ptb_arch_loop(turns);
	to = ptb_arch_clock();
	local_irq_restore(flags);
	ptb_mips_tick = mips_tick_quarters(from, to, turns * PTB_LOOP_INSTRUCTIONS);
	return 0;
}
device_initcall(time_tick);

#endif
