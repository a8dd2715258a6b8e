# SPDX-License-Identifier: GPL-2.0-or-later
# libkernels: builds, boots and judges; PID 1 of the guests; their tests.

libs += kernels
kernels-srcs := \
	$(addprefix kernels/boot/,boot.c bootconfig.c child.c cpio.c emulator.c image.c image_build.c kvm.c objects.c part.c \
		part_axes.c part_judge.c profiled.c program.c ready.c rows.c run.c scenario.c scenario_judge.c scenario_keys.c \
		scenario_kin.c scenario_list.c scenario_range.c scenario_rules.c stream.c) \
	$(addprefix kernels/profile/,print.c read.c table.c) \
	$(addprefix kernels/cmd/,ab.c ab_judge.c bisect.c bisect_compare.c bisect_search.c bisect_text.c bytes.c cmd.c commits.c history.c list.c measured.c \
		outcome.c profile.c run.c self.c series.c series_data.c series_run.c series_table.c series_text.c)

# QEMU's plugin: QEMU loads it and defines the functions that it calls.
all: $(O)/kernels/profile.so
$(O)/kernels/profile.so: kernels/profile/plugin/profile.c kernels/profile/plugin/qemu_plugin.h
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(CWARN) -fPIC -fvisibility=hidden -shared -o $@ $<

guest-programs += kernels/init
kernels/init-srcs := $(addprefix kernels/guest/,gup_test.c init.c init_cgroup.c init_fs.c init_harm.c init_peer.c)

# The guests' file system: one image for all of them.
guests: $(O)/guest-fs.ext4
$(O)/guest-fs.ext4: kernels/guest/mkfs kernels/guest/mke2fs.conf
	$(call say,MKFS,$@)
	@mkdir -p $(@D)
	$(Q)kernels/guest/mkfs $@

# Programs of tests are in $(O)/kernels-test/.
kernels-tests := $(addprefix kernels-test/test_,bootconfig emulator objects profile range scenario self skip stream)
tests += $(kernels-tests)
asan-tests += $(kernels-tests)
$(foreach t,bootconfig emulator objects profile range scenario self skip stream,$(eval kernels-test/test_$t-srcs := kernels/test/test_$t.c))
$(foreach t,bootconfig emulator objects profile range scenario self skip stream,$(eval kernels-test/test_$t-libs := kernels results))
$(foreach t,bootconfig emulator objects profile range scenario self skip stream,$(eval kernels-test/test_$t-ldlibs := $(results-ldlibs)))
CFLAGS-kernels/test/test_bootconfig.o := -I.
CFLAGS-kernels/test/test_emulator.o := -I.
CFLAGS-kernels/test/test_profile.o := -I.
CFLAGS-kernels/test/test_objects.o := -I.
CFLAGS-kernels/test/test_range.o := -I. -DPTBENCH_SOURCE=$(call quote,$(call c_string,$(CURDIR)))
CFLAGS-kernels/test/test_scenario.o := -I.
CFLAGS-kernels/test/test_self.o := -I.
CFLAGS-kernels/test/test_skip.o := -I. -DPTBENCH_SOURCE=$(call quote,$(call c_string,$(CURDIR)))
CFLAGS-kernels/test/test_stream.o := -I.

test-helpers += kernels-test/fake_qemu
kernels-test/fake_qemu-srcs := kernels/test/fake_qemu.c
# Prints ab's verdict on any two runs, for the test that compare, ab and the report agree.
test-helpers += kernels-test/ab_judge
kernels-test/ab_judge-srcs := kernels/test/ab_judge.c
kernels-test/ab_judge-libs := kernels results
kernels-test/ab_judge-ldlibs := $(results-ldlibs)
# Prints how the readers of a boot scale; no test, for times vary.
test-helpers += kernels-test/scale
kernels-test/scale-srcs := kernels/test/scale.c
kernels-test/scale-libs := kernels results
kernels-test/scale-ldlibs := $(results-ldlibs)
asan-helpers += kernels-test/kernels_main
kernels-test/kernels_main-srcs := kernels/test/kernels_main.c
kernels-test/kernels_main-libs := kernels results
kernels-test/kernels_main-ldlibs := $(results-ldlibs)

script-tests += $(addprefix kernels/test/,test_ab.t test_bisect.t test_boot.t test_build.t test_bytes.t test_example.t test_follow.t \
	test_guests.t test_history.t test_mkfs.t test_qemu.t test_readers.t test_sanitized.t test_sanitized_commits.t test_series.t test_sources.t test_versions.t test_windows.t)
kernel-tests += $(addprefix kernels/test/,test_kernels.t test_gup.t \
	test_kernels_free.t test_profile.t)
# Tests of single families and tools, which boot more kernels and take minutes more.
more-kernel-tests += $(addprefix kernels/test/,test_cocci.t test_harm.t test_kernels_kmap.t \
	test_kernels_kmap_percpu.t test_known.t test_moved_on.t test_refills.t test_series_real.t test_thunks.t)

fuzz-targets += $(addprefix kernels/fuzz/,stream scenario profile table)
$(foreach t,stream scenario profile table,\
	$(eval kernels/fuzz/$(t)-libs := kernels results)$(eval kernels/fuzz/$(t)-ldlibs := $(results-ldlibs)))
kernels/fuzz/stream-planted := results_params_parse
kernels/fuzz/scenario-planted := results_params_parse
kernels/fuzz/profile-planted := results_doc_break_down
kernels/fuzz/table-planted := qsort
