# SPDX-License-Identifier: GPL-2.0-or-later
# The table of cases and its two runners: build/bench and the guests' static program.

bench-cases := $(addprefix bench/,case_gup.c case_host.c case_shim.c case_table_free.c \
	free_readers.c host.c perf.c rows.c table.c)

programs += bench
bench-srcs := $(bench-cases) $(addprefix bench/,code_bytes.c code_read.c count.c environment.c \
	gbench.cc runner_native.c)
bench-libs := results refurcu ref
bench-ldlibs := -lbenchmark -lelf -ljansson -lurcu-qsbr -lurcu-memb -ldl

bench-revision := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
bench-urcu := $(shell pkg-config --modversion liburcu 2>/dev/null || echo unknown)
CFLAGS-bench/environment.o = -DPTBENCH_REVISION='"$(bench-revision)"' \
	-DURCU_VERSION='"$(bench-urcu)"'

# What a guest's program leaves out: liburcu.
$(O)/guest-%.o: CFLAGS-bench/case_table_free.o = -DBENCH_GUEST
guest-programs += bench/bench-guest
bench/bench-guest-srcs := $(bench-cases) bench/runner_guest.c
bench/bench-guest-libs := ref
