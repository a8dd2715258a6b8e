// SPDX-License-Identifier: GPL-2.0-or-later
// A CPU that spins for a lock programs its clock comparator, and then as it was. QEMU's instruction
// counter runs the CPUs in turns, and before QEMU 8.1 a turn without a timer lasts 2^30 instructions: the
// CPU that has the lock gets on by a few instructions in a minute, for its own turn ends whenever it
// programs a timer. This ends the spinning CPU's turn in the same way. No case that is measured
// spins for a lock.
// Changes: arch/s390/kernel/smp.c 2
@@
@@
 smp_yield_cpu(...)
 {
- if (!machine_has_diag9c())
-	return;
+	if (!machine_has_diag9c()) {
+		set_clock_comparator(get_tod_clock_fast());
+		set_clock_comparator(get_lowcore()->clock_comparator);
+		return;
+	}
  ...
 }
