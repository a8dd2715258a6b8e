# SPDX-License-Identifier: GPL-2.0-or-later
# libreport: answers, figures and pages from a run. A program that links it adds -ljansson (for
# libresults) and -lm, and links with the C++ compiler (P-cxx := 1), for the template engine is C++.

libs += report
report-srcs := $(addprefix report/model/,arena.c names.c input.c versions.c derive.c costs.c model.c words.c problems.c) \
	$(addprefix report/pages/,pages.c head_base.c trend.c judged.c compared.c whys.c history.c history_read.c history_step.c history_steps.c history_known.c history_docs.c history_functions.c history_functions_say.c history_renamed.c history_preemption.c freeing.c freeing_kernels.c freeing_releases.c freeing_events.c freeing_flushes.c freeing_freers.c \
	freeing_host.c folding.c folding_checks.c folding_code.c folding_walks.c kmap.c steps.c steps_split.c dax.c explored.c families.c \
	kernel_rows.c kernels.c kernels_read.c reference.c reference_designs.c explain.c) \
	$(addprefix report/render/,page.c print.c figure.c figdata.c svg.c mustache.cc files.c staging.c \
	stop.c embed.c) report/report.c

# Files that the assembler includes in embed.o.
report-files := $(wildcard report/templates/* report/plots/* report/assets/*)
$(foreach f,obj asan/obj tsan/obj cov/obj fuzz/obj,$(eval $(O)/$(f)/report/render/embed.o: $(report-files)))

$(O)/asan/obj/report/%.o: report/%.cc
	$(call say,CXX,$@)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(WARN) -fsanitize=address,undefined \
		-fno-sanitize-recover=all $(DEPFLAGS) -c -o $@ $<

$(O)/cov/obj/report/%.o: report/%.cc
	$(call say,CXX,$@)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(WARN) $(cov-flags) $(DEPFLAGS) -c -o $@ $<

$(O)/fuzz/obj/report/%.o: report/%.cc
	$(call say,CXX,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANGXX) $(CPPFLAGS) $(CXXFLAGS) $(WARN) $(FUZZ-CXXFLAGS) $(DEPFLAGS) -c -o $@ $<

report-ldlibs := $(results-ldlibs) -lstdc++
# Synthetic documents take the meanings of params from the vocabulary of bench.
report-synth := $(addprefix report/test/,synth.c synth_hostile.c synth_more.c) bench/vocabulary.c
report-tests := $(addprefix report/test/test_,changed claims command derive front history input kernels names output render \
	roles sentences subsets versions words words_folding)

tests += $(report-tests)
asan-tests += $(report-tests)
$(foreach t,$(report-tests),$(eval $(t)-srcs := $(t).c report/test/bed.c report/test/look.c report/test/html.c $(report-synth)))
$(foreach t,$(report-tests),$(eval $(t)-libs := report results ref))
$(foreach t,$(report-tests),$(eval $(t)-ldlibs := $(report-ldlibs)))

report/test/test_words_folding-srcs += report/test/folding_world.c

CFLAGS-report/test/test_names.o := -DPTBENCH_SOURCE=$(call quote,$(call c_string,$(CURDIR)))

# Makes synthetic runs for the browser test, and renders any run.
test-helpers += report/test/make_run
report/test/make_run-srcs := report/test/make_run.c $(report-synth)
report/test/make_run-libs := report results ref
report/test/make_run-ldlibs := $(report-ldlibs)

# Prints how a report scales; no test, for times vary.
test-helpers += report/test/scale
report/test/scale-srcs := report/test/scale.c report/test/many.c $(report-synth)
report/test/scale-libs := report results ref
report/test/scale-ldlibs := $(report-ldlibs)

# Tests how a report scales by counting steps.
tests += report/test/test_scale
report/test/test_scale-srcs := report/test/test_scale.c report/test/many.c $(report-synth)
report/test/test_scale-libs := report results ref
report/test/test_scale-ldlibs := $(report-ldlibs) -Wl,--wrap=strcmp -Wl,--wrap=results_params_get

script-tests += report/test/test_against.t report/test/test_browser.t report/test/test_history.t report/test/test_judged.t report/test/test_history_kin.t report/test/test_releases.t report/test/test_trend.t

fuzz-targets += report/fuzz/report
report/fuzz/report-libs := report results
report/fuzz/report-ldlibs := $(report-ldlibs)
report/fuzz/report-planted := rv_number
