# SPDX-License-Identifier: GPL-2.0-or-later
# The table of cases and its two runners: build/bench and the guests' static program.

bench-cases := $(addprefix bench/,case_dax.c case_gup.c case_gup_steps.c case_host.c case_kmap.c \
	case_reclaim.c case_shim.c case_table_free.c case_thp.c free_readers.c free_ring.c \
	host.c perf.c rows.c table.c)

programs += bench
bench-srcs := $(bench-cases) $(addprefix bench/,code_bytes.c code_judge.c code_read.c count.c environment.c \
	gbench.cc interrupt.c native_instance.c native_options.c native_report.c progress.c runner_native.c vocabulary.c)
bench-libs := results refurcu ref
bench-ldlibs := -lbenchmark -lelf $(results-ldlibs) $(urcu-ldlibs) -ldl

# git with the options that ptbench uses: for a checkout of any owner, and without writing to its
# index.
bench-git := git --no-optional-locks -c safe.directory='*' -c core.fsmonitor=false
bench-revision := $(or $(shell $(bench-git) describe --always --abbrev=12 2>/dev/null),unknown)$(if \
	$(shell $(bench-git) status --porcelain --untracked-files=no 2>/dev/null),-dirty)
bench-urcu := $(or $(firstword $(shell sed -n 's/^Version: *//p' \
	/usr/lib/*/pkgconfig/liburcu.pc 2>/dev/null)),unknown)
CFLAGS-bench/environment.o = -DPTBENCH_REVISION=$(call quote,$(call c_string,$(bench-revision))) \
	-DURCU_VERSION='"$(bench-urcu)"'
# The file is written only when the revision has changed.
$(shell mkdir -p $(O); echo $(call quote,$(bench-revision)) | cmp -s - $(O)/bench.revision || \
	echo $(call quote,$(bench-revision)) > $(O)/bench.revision)
$(O)/obj/bench/environment.o: $(O)/bench.revision
$(O)/bench.revision: ;

shim: ## what the C shim over Google Benchmark costs
	$(Q)$(MAKE) --no-print-directory $(O)/bench
	$(Q)bench/shim-overhead $(O)/bench

# Objects compiled with BENCH_GUEST, without liburcu and without rows that would only repeat a
# count.
guest-objs += $(addprefix bench/,case_table_free case_gup case_gup_steps case_kmap free_ring)
$(foreach o,$(guest-objs),$(eval $(O)/guest-%.o: CFLAGS-$(o).o = -DBENCH_GUEST))
reference-guests += bench/bench-guest
bench/bench-guest-srcs := $(bench-cases) bench/runner_guest.c
bench/bench-guest-libs := ref

# In $(O)/bench-test/: $(O)/bench is the program.
bench-tests := $(addprefix bench-test/,test_code test_gbench test_guest test_host test_join test_native \
	test_table)
tests += $(bench-tests)
asan-tests += bench-test/test_host bench-test/test_join bench-test/test_table

bench-test/test_join-srcs := bench/join.c bench/test/test_join.c
bench-test/test_join-libs := results
bench-test/test_join-ldlibs := $(results-ldlibs)

bench-test/test_code-srcs := bench/code_judge.c bench/code_read.c bench/test/samples.c bench/test/test_code.c
bench-test/test_code-libs := ref
bench-test/test_code-ldlibs := -lelf
bench-test/test_gbench-srcs := bench/gbench.cc bench/test/test_gbench.c
bench-test/test_gbench-ldlibs := -lbenchmark -ldl
bench-test/test_native-srcs := bench/test/test_native.c
bench-test/test_native-libs := results
bench-test/test_native-ldlibs := $(results-ldlibs)
$(foreach t,guest host table,$(eval bench-test/test_$t-srcs := $$(bench-cases) bench/test/test_$t.c))
$(foreach t,guest host table,$(eval bench-test/test_$t-libs := refurcu ref))
$(foreach t,guest host table,$(eval bench-test/test_$t-ldlibs := $(urcu-ldlibs)))

# Programs that test_guest and test_native run.
test-helpers += bench-test/bench_guest bench-test/bench_busted
bench-test/bench_guest-srcs := $(bench-cases) bench/runner_guest.c
bench-test/bench_guest-libs := refurcu ref
bench-test/bench_guest-ldlibs := $(urcu-ldlibs)
# case_gup.c: ref.static asks it which formats are measured.
bench-test/bench_busted-srcs := bench/case_gup.c bench/test/busted_rows.c bench/test/fake_perf.c \
	$(filter-out bench/rows.c bench/perf.c bench/case_%,$(bench-srcs))
bench-test/bench_busted-libs := $(bench-libs)
bench-test/bench_busted-ldlibs := $(bench-ldlibs)

tests += bench-test/test_dax
asan-tests += bench-test/test_dax
tsan-tests += bench-test/test_dax
bench-test/test_dax-srcs := $(bench-cases) bench/test/test_dax.c
bench-test/test_dax-libs := refurcu ref
bench-test/test_dax-ldlibs := $(urcu-ldlibs)

tests += bench-test/test_thp
asan-tests += bench-test/test_thp
tsan-tests += bench-test/test_thp
bench-test/test_thp-srcs := $(bench-cases) bench/test/test_thp.c
bench-test/test_thp-libs := refurcu ref
bench-test/test_thp-ldlibs := $(urcu-ldlibs)

tests += bench-test/test_table_free
asan-tests += bench-test/test_table_free
tsan-tests += bench-test/test_table_free
bench-test/test_table_free-srcs := $(bench-cases) bench/test/test_table_free.c
bench-test/test_table_free-libs := refurcu ref
bench-test/test_table_free-ldlibs := $(urcu-ldlibs)

# ptbench bench with stand-ins for the programs that it runs.
script-tests += bench/test/test_bench.t bench/test/test_interleave.t

# ptbench explore, and explore_table with a table of models that are mislabelled on purpose.
script-tests += bench/test/test_explore.t
test-helpers += bench-test/explore_table
asan-helpers += bench-test/explore_table
bench-test/explore_table-srcs := bench/test/explore_table.c bench/cmd_explore.c bench/explore_run.c bench/interrupt.c
bench-test/explore_table-libs := results
bench-test/explore_table-model := refexplore
bench-test/explore_table-ldlibs := $(results-ldlibs)
CFLAGS-bench/test/explore_table.o := -DREF_MODEL
bench-test/explore-srcs := bench/test/explore_main.c bench/cmd_explore.c bench/explore_run.c bench/interrupt.c
bench-test/explore-libs := results
bench-test/explore-model := refexplore
bench-test/explore-ldlibs := $(results-ldlibs)

# The meanings of params in results; a new row of a list appears in them without another edit.
tests += bench-test/test_vocabulary
asan-tests += bench-test/test_vocabulary
bench-test/test_vocabulary-srcs := $(bench-cases) bench/vocabulary.c bench/test/test_vocabulary.c
bench-test/test_vocabulary-libs := results refurcu ref
bench-test/test_vocabulary-ldlibs := $(urcu-ldlibs) $(results-ldlibs)
CFLAGS-bench/test/test_vocabulary.o := -DPTBENCH_SOURCE=$(call quote,$(call c_string,$(CURDIR)))
script-tests += bench/test/test_vocabulary.t bench/test/test_adding.t
