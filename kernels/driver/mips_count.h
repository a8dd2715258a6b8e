/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mips64: instructions from readings of the CPU's counter (Count), for the driver and for PID 1's
 * children.
 *
 * An instruction is 16 ns of QEMU's virtual clock (icount_shift 4). QEMU's Count ticks once in 6 ns
 * (until 8.1, which cuts the fraction off) or in 6.25 ns (since 8.2). Each reading is rounded down
 * by less than a tick, so the difference errs by less than one: less than half an instruction.
 */
#ifndef PTBENCH_MIPS_COUNT_H
#define PTBENCH_MIPS_COUNT_H

#define MIPS_TICK_QUARTERS 24 /* of a nanosecond */
#define MIPS_TICK_QUARTERS_EXACT 25
#define MIPS_INSTRUCTION_QUARTERS 64

/* Of two readings of Count, modulo 2^32. */
static inline unsigned long mips_instructions(unsigned int from, unsigned int to,
					      unsigned int tick_quarters)
{
	return ((unsigned long)(to - from) * tick_quarters + MIPS_INSTRUCTION_QUARTERS / 2) /
	       MIPS_INSTRUCTION_QUARTERS;
}

/* How long a tick is, from one stretch of a known number of instructions, some 150,000. */
static inline unsigned int mips_tick_quarters(unsigned int from, unsigned int to,
					      unsigned long instructions)
{
	unsigned long old = mips_instructions(from, to, MIPS_TICK_QUARTERS);
	unsigned long exact = mips_instructions(from, to, MIPS_TICK_QUARTERS_EXACT);
	unsigned long off_old = old > instructions ? old - instructions : instructions - old;
	unsigned long off_exact = exact > instructions ? exact - instructions
						       : instructions - exact;

	return off_old < off_exact ? MIPS_TICK_QUARTERS : MIPS_TICK_QUARTERS_EXACT;
}

#endif
