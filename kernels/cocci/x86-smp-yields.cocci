// SPDX-License-Identifier: GPL-2.0-or-later
// Until 6.4 the CPU that starts another waits for it in schedule(), with nothing else to run. QEMU's
// instruction counter runs the CPUs in turns, and a turn ends early at cpu_relax() alone: the other CPU
// never gets far enough. This is before PID 1; no case that is measured runs it.
// Changes: arch/x86/kernel/smpboot.c 2
@@
@@
do_boot_cpu(...)
{
<...
- schedule();
+ cpu_relax();
...>
}
