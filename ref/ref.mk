# SPDX-License-Identifier: GPL-2.0-or-later
# The reference: library `ref` (libc and pthread only) and its tests.

libs += ref
guest-libs += ref
ref-srcs := ref/pgtable/port.c

# Freeing under walkers. liburcu's rows stand in a library of their own: guests have no liburcu.
ref-srcs += $(addprefix ref/gather/,gather.c ipi_signal.c membarrier.c registry.c)

tests += ref/test/test_gather
asan-tests += ref/test/test_gather
tsan-tests += ref/test/test_gather
ref/test/test_gather-srcs := ref/test/test_gather.c ref/test/gather_suite.c
ref/test/test_gather-libs := ref
