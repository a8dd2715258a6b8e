// SPDX-License-Identifier: GPL-2.0-or-later
// The counter of Malta's interrupt controller (GIC) stays stopped; ticks come from the CPU's own (Count and
// Compare).
//
// When the count of QEMU's GIC reaches the comparator, its timer is set again for this very count, and
// is due again at once (gic_vptimer_update() of hw/timer/mips_gictimer.c). A clock that goes on by
// itself soon leaves that count. Under icount it goes on with the guest's instructions, of which there is
// none until QEMU is done with its timers: never. That happens whether or not the guest uses the
// timer, 43 s after the count was started, when it wraps.
// Changes: arch/mips/mti-malta/malta-time.c 2

@@
@@
- if (mips_gic_present())
-	clear_gic_config(GIC_CONFIG_COUNTSTOP);

@@
@@
- timer_probe();
