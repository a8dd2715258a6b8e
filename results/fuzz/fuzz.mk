# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzz targets. A folder's fragment lists them (fuzz-targets += FOLDER/fuzz/NAME) with NAME-libs,
# NAME-ldlibs and, where the input is not one JSON document, NAME-extra. Each is built as
#   $(O)/fuzz/FOLDER/fuzz/NAME           with libFuzzer
#   $(O)/fuzz/FOLDER/fuzz/planted_NAME   the same with a bug in planted_NAME.c, which has to be found
#   $(O)/asan/FOLDER/fuzz/replay_NAME    without libFuzzer, over files, for `make test`

CLANG := clang
CLANGXX := clang++
# -w: gcc builds of the same files show the warnings. The only C++ is the template engine: it is not
# instrumented for coverage, and the check of C++ types would need clang++ as the linker.
FUZZ-FLAGS := -O1 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -w
FUZZ-CXXFLAGS := -O1 -g1 -fsanitize=address,undefined -fno-sanitize=function,vptr -fno-sanitize-recover=all -w
fuzz-shared := $(addprefix results/fuzz/,harness.c mutate.c same.c)

fuzz_name = $(notdir $(1))
# folder/fuzz/NAME -> folder/fuzz/PREFIXNAME
fuzz_as = $(dir $(2))$(1)$(notdir $(2))
fuzz-planted = $(foreach t,$(fuzz-targets),$(call fuzz_as,planted_,$(t)))
fuzz-replays = $(foreach t,$(fuzz-targets),$(call fuzz_as,replay_,$(t)))

# $(1) a target
define fuzz_target
$(1)-srcs := $(call fuzz_as,fuzz_,$(1)).c $(fuzz-shared) $($(1)-extra)
$(call fuzz_as,planted_,$(1))-srcs := $(call fuzz_as,planted_,$(1)).c $(call fuzz_as,fuzz_,$(1)).c $(fuzz-shared) $($(1)-extra)
$(call fuzz_as,replay_,$(1))-srcs := results/fuzz/main.c $(call fuzz_as,fuzz_,$(1)).c $(fuzz-shared) $($(1)-extra)
$(call fuzz_as,planted_,$(1))-libs := $($(1)-libs)
$(call fuzz_as,replay_,$(1))-libs := $($(1)-libs)
$(call fuzz_as,planted_,$(1))-ldlibs := -Wl,--wrap=$($(1)-planted) $($(1)-ldlibs)
$(call fuzz_as,replay_,$(1))-ldlibs := $($(1)-ldlibs)
endef
$(foreach t,$(fuzz-targets),$(eval $(call fuzz_target,$(t))))
asan-helpers += $(fuzz-replays)
# A target with a bug, so that `make test` sees one fail without clang.
asan-helpers += results/fuzz/replay_planted
results/fuzz/replay_planted-srcs := results/fuzz/main.c $(results/fuzz/planted_result-srcs)
results/fuzz/replay_planted-libs := results
results/fuzz/replay_planted-ldlibs := $(results/fuzz/planted_result-ldlibs)
script-tests += scripts/test/test_fuzz.t
