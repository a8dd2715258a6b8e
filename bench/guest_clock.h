/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock that counts instructions in a guest under icount, and a loop of a known number of them.
 *
 * QEMU's -icount shift=0 lets the virtual clock go on by a nanosecond per instruction, shift=4 (of
 * mips64) by 16, shift=5 (of loongarch64) by 32. An architecture without a block here measures
 * time only.
 */
#ifndef BENCH_GUEST_CLOCK_H
#define BENCH_GUEST_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__) || defined(__i386__)

#define GUEST_COUNTS_INSTRUCTIONS true
#define GUEST_LOOP_INSTRUCTIONS 2

/* QEMU's time stamp counter is the virtual clock itself: one unit per instruction. */
static inline uint64_t guest_clock(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static inline uint64_t guest_delta(uint64_t from, uint64_t to)
{
	return to - from;
}

static inline void guest_loop(unsigned long turns)
{
	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(turns) : : "cc");
}

#elif defined(__s390x__)

#define GUEST_COUNTS_INSTRUCTIONS true
#define GUEST_LOOP_INSTRUCTIONS 1

/* The TOD clock: 4096 units per microsecond of the virtual clock, rounded down. */
static inline uint64_t guest_clock(void)
{
	uint64_t tod;

	__asm__ volatile("stckf %0" : "=Q"(tod) : : "cc", "memory");
	return tod;
}

/* Both readings are rounded down by less than a unit (1/4 instruction): round the difference. */
static inline uint64_t guest_delta(uint64_t from, uint64_t to)
{
	return ((to - from) * 125 + 256) / 512;
}

static inline void guest_loop(unsigned long turns)
{
	__asm__ volatile("0: brctg %0,0b" : "+d"(turns) : :);
}

#elif defined(__aarch64__)

#define GUEST_COUNTS_INSTRUCTIONS true
#define GUEST_LOOP_INSTRUCTIONS 2

/* The event counter that kernels/driver/arch_arm64.c starts: instructions, modulo 2^32. */
static inline uint64_t guest_clock(void)
{
	uint64_t count;

	__asm__ volatile("isb\n\tmrs %0, pmevcntr0_el0" : "=r"(count) : : "memory");
	return count;
}

static inline uint64_t guest_delta(uint64_t from, uint64_t to)
{
	return (uint32_t)(to - from);
}

static inline void guest_loop(unsigned long turns)
{
	__asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(turns) : : "cc");
}

#elif defined(__riscv)

#define GUEST_COUNTS_INSTRUCTIONS true
#define GUEST_LOOP_INSTRUCTIONS 2

/* The counter of retired instructions, which the firmware lets users read. */
static inline uint64_t guest_clock(void)
{
	uint64_t count;

	__asm__ volatile("rdinstret %0" : "=r"(count) : : "memory");
	return count;
}

static inline uint64_t guest_delta(uint64_t from, uint64_t to)
{
	return to - from;
}

static inline void guest_loop(unsigned long turns)
{
	__asm__ volatile("1: addi %0, %0, -1\n\tbnez %0, 1b" : "+r"(turns) : :);
}

#elif defined(__arm__)

#define GUEST_COUNTS_INSTRUCTIONS true
#define GUEST_LOOP_INSTRUCTIONS 2

/* The cycle counter that kernels/driver/arch_arm.c starts: QEMU's virtual clock, modulo 2^32. */
static inline uint64_t guest_clock(void)
{
	uint32_t count;

	__asm__ volatile("isb\n\tmrc p15, 0, %0, c9, c13, 0" : "=r"(count) : : "memory");
	return count;
}

static inline uint64_t guest_delta(uint64_t from, uint64_t to)
{
	return (uint32_t)(to - from);
}

static inline void guest_loop(unsigned long turns)
{
	__asm__ volatile("1: subs %0, %0, #1\n\tbne 1b" : "+r"(turns) : : "cc");
}

#elif defined(__powerpc64__)

#define GUEST_COUNTS_INSTRUCTIONS true
#define GUEST_LOOP_INSTRUCTIONS 1

/* Counter 1 (UPMC1), which kernels/driver/arch_ppc.c starts: QEMU's virtual clock, modulo 2^32. */
static inline uint64_t guest_clock(void)
{
	uint64_t count;

	__asm__ volatile("mfspr %0, 771" : "=r"(count) : : "memory");
	return count;
}

static inline uint64_t guest_delta(uint64_t from, uint64_t to)
{
	return (uint32_t)(to - from);
}

static inline void guest_loop(unsigned long turns)
{
	__asm__ volatile("mtctr %0\n1:\tbdnz 1b" : : "r"(turns) : "ctr");
}

#elif defined(__mips64)

#define GUEST_COUNTS_INSTRUCTIONS true
#define GUEST_LOOP_INSTRUCTIONS 3

/* The CPU's counter, which the kernel lets users read. */
static inline uint64_t guest_clock(void)
{
	uint64_t count;

	__asm__ volatile("rdhwr %0, $2" : "=r"(count) : : "memory");
	return (uint32_t)count;
}

static inline void guest_loop(unsigned long turns)
{
	__asm__ volatile(".set push\n\t.set noreorder\n"
			 "1:\tdaddiu %0, %0, -1\n\tbnez %0, 1b\n\tnop\n\t.set pop"
			 : "+r"(turns)
			 :);
}

/*
 * Quarters of a nanosecond that a tick takes: 24 or 25, see kernels/driver/arch_mips.h. By the
 * shortest of three stretches of 150,000 instructions of 16 ns: an interrupt may come in one.
 */
static inline unsigned guest_tick(void)
{
	uint32_t before, took, least = UINT32_MAX;

	for (int i = 0; i < 3; i++) {
		before = guest_clock();
		guest_loop(50000);
		took = (uint32_t)guest_clock() - before;
		least = took < least ? took : least;
	}
	/* 400,000 ticks of 6 ns, or 384,000 of 6.25 ns */
	return least > 392000 ? 24 : 25;
}

/* A reading is rounded down by less than a tick, which is less than half an instruction. */
static inline uint64_t guest_delta(uint64_t from, uint64_t to)
{
	static unsigned tick;

	if (!tick)
		tick = guest_tick();
	return ((uint64_t)(uint32_t)(to - from) * tick + 32) / 64;
}

#elif defined(__loongarch64)

#define GUEST_COUNTS_INSTRUCTIONS true
#define GUEST_LOOP_INSTRUCTIONS 2

/* The stable counter: 10 ns of the virtual clock, of which an instruction takes 32. */
static inline uint64_t guest_clock(void)
{
	uint64_t count;

	__asm__ volatile("rdtime.d %0, $zero" : "=r"(count) : : "memory");
	return count;
}

/* A reading is rounded down by less than a tick, which is less than half an instruction. */
static inline uint64_t guest_delta(uint64_t from, uint64_t to)
{
	return ((to - from) * 5 + 8) / 16;
}

static inline void guest_loop(unsigned long turns)
{
	__asm__ volatile("1: addi.d %0, %0, -1\n\tbnez %0, 1b" : "+r"(turns) : :);
}

#else

#define GUEST_COUNTS_INSTRUCTIONS false
#define GUEST_LOOP_INSTRUCTIONS 0

static inline uint64_t guest_clock(void)
{
	return 0;
}

static inline uint64_t guest_delta(uint64_t from, uint64_t to)
{
	return to - from;
}

static inline void guest_loop(unsigned long turns)
{
}

#endif
#endif
