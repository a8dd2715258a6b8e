# SPDX-License-Identifier: GPL-2.0-or-later
# The reference: library `ref` (libc and pthread only) and its tests.

libs += ref
guest-libs += ref
ref-srcs := ref/pgtable/port.c
