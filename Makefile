# SPDX-License-Identifier: GPL-2.0-or-later
# One non-recursive Makefile; each folder adds its sources in a fragment. Try `make help`.

O ?= build
comma := ,
# Quote any text as a word of the shell, and as a string of C.
quote = '$(subst ','\'',$(1))'
c_string = "$(subst ",\",$(subst \,\\,$(1)))"
# Rules and recipes name the checkout's files relative to it, so that it may have any path; paths of
# the build folder begin with $(O).
odd-in-O := $(shell printf %s $(call quote,$(value O)) | LC_ALL=C tr -d 'A-Za-z0-9_./+,@-')
$(if $(odd-in-O),$(error O=$(value O): make takes only letters, digits and _ . / + , @ - in the \
	build folder's name; choose another O=, or leave it out: O=build works wherever the checkout is))
V ?= 0
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

CC := gcc
CXX := g++
AR := ar
WARN := -Wall -Wextra -Wundef -Wvla -Wshadow -Wno-unused-parameter
ifdef CI
WARN += -Werror
endif
CWARN := $(WARN) -Wmissing-prototypes -Wstrict-prototypes
INCLUDES := -Iscripts/include -Iref/include -Iresults/include
CPPFLAGS := -D_GNU_SOURCE $(INCLUDES)
CFLAGS := -std=gnu11 -O2 -g -fno-strict-aliasing -fno-common
CXXFLAGS := -std=gnu++17 -O2 -g
DEPFLAGS = -MMD -MP

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),@:,@printf '  %-7s %s\n' "$(1)" "$(2)")

# Variables that the fragments fill. A program or test P (a path without suffix below $(O)) has
# P-srcs, P-libs (libraries of this Makefile) and P-ldlibs (-l flags); a library L has L-srcs. A
# source's own flags: CFLAGS-path/file.o. Objects are under $(O)/obj/, so that a program may have
# its folder's name; those of a flavour F under $(O)/F/obj/.
libs :=
programs :=
tests :=
asan-tests :=
tsan-tests :=
script-tests :=
# Programs that script tests run; asan-helpers are built with the sanitizers.
test-helpers :=
asan-helpers :=
# Libraries over port.h's model backend (ref/explore), and programs and tests that link them:
# P-model names the library. Their objects are under $(O)/model/obj/ and $(O)/asan/model/obj/.
model-libs :=
guest-libs :=
guest-programs :=
reference-guests :=
guest-objs :=

programs += ptbench
ptbench-srcs := ptbench.c $(addprefix bench/,cmd_explore.c cmd_interleave.c explore_run.c interrupt.c join.c parts.c processes.c \
	program.c vocabulary.c)
ptbench-libs := kernels report results
ptbench-model := refexplore
ptbench-cxx := yes
ptbench-ldlibs = $(results-ldlibs)
CFLAGS-ptbench.o := -I. -DPTBENCH_SOURCE=$(call quote,$(call c_string,$(CURDIR)))

include ref/ref.mk
include results/results.mk
include bench/bench.mk
include report/report.mk
include kernels/kernels.mk
include results/fuzz/fuzz.mk

# Flags of `make coverage`: -O0, for optimisation merges lines; atomic, for threads would lose
# counts.
cov-flags := -O0 --coverage -fprofile-update=atomic
cov-tests = $(filter ref/%,$(tests))
cov-helpers := ref-variants bench-test/explore

# ---- flavours: one rule set each for plain, sanitized and (in kernels.mk) guest objects ----
# $(1) prefix below $(O) ("" or "asan/"), $(2) compiler, $(3) flags
define flavour
$(O)/$(1)obj/%.o: %.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$(Q)$(2) $(CPPFLAGS) $(CFLAGS) $(CWARN) $(3) $$(CFLAGS-$$*.o) $(DEPFLAGS) -c -o $$@ $$<
# The walkers of one architecture: ref/gup/walk.c compiled for its formats.
$(O)/$(1)obj/ref/gup/arch_%.o: ref/gup/walk.c ref/pgtable/fmt_%.h
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$(Q)$(2) $(CPPFLAGS) $(CFLAGS) $(CWARN) $(3) $$(WALK-FLAGS) $(DEPFLAGS) -c -o $$@ $$<
endef
WALK-FLAGS = -DPGT_FMT_HEADER='"../pgtable/fmt_$*.h"' -DPGT_ARCH=pgt_arch_$* -DPGT_FORMATS=PGT_FORMATS_$*
$(eval $(call flavour,,$(CC),))
# -O1 halves the time of the walkers of every format; the sanitizers check the same.
$(eval $(call flavour,asan/,$(CC),-O1 -g1 -fsanitize=address$(comma)undefined -fno-sanitize-recover=all))
$(eval $(call flavour,tsan/,$(CC),-fsanitize=thread))
$(eval $(call flavour,model/,$(CC),-DREF_MODEL))
$(eval $(call flavour,cov/,$(CC),$(cov-flags)))
$(eval $(call flavour,cov/model/,$(CC),-DREF_MODEL $(cov-flags)))
$(eval $(call flavour,fuzz/,$(CLANG),$(FUZZ-FLAGS)))
$(eval $(call flavour,asan/model/,$(CC),-DREF_MODEL -O1 -g1 -fsanitize=address$(comma)undefined -fno-sanitize-recover=all))

$(O)/obj/%.o: %.cc
	$(call say,CXX,$@)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(WARN) $(CXXFLAGS-$*.o) $(DEPFLAGS) -c -o $@ $<

# $(1) flavour prefix, $(2) library name, $(3) ar
define library
$(O)/$(1)lib$(2).a: $(patsubst %,$(O)/$(1)obj/%.o,$(basename $($(2)-srcs)))
	$$(call say,AR,$$@)
	@mkdir -p $$(@D)
	@rm -f $$@
	$(Q)$(3) rcs $$@ $$^
endef
$(foreach l,$(libs),$(eval $(call library,,$(l),$(AR))))
$(foreach l,$(libs),$(eval $(call library,asan/,$(l),$(AR))))
$(foreach l,$(libs),$(eval $(call library,tsan/,$(l),$(AR))))
$(foreach l,$(libs),$(eval $(call library,cov/,$(l),$(AR))))
$(foreach l,$(libs),$(eval $(call library,fuzz/,$(l),$(AR))))
$(foreach l,$(model-libs),$(eval $(call library,model/,$(l),$(AR))))
$(foreach l,$(model-libs),$(eval $(call library,cov/model/,$(l),$(AR))))
$(foreach l,$(model-libs),$(eval $(call library,asan/model/,$(l),$(AR))))

# $(1) flavour prefix, $(2) program, $(3) linker, $(4) flags
define program
$(O)/$(1)$(2): $(patsubst %,$(O)/$(1)obj/%.o,$(basename $($(2)-srcs))) $(patsubst %,$(O)/$(1)lib%.a,$($(2)-libs)) $(patsubst %,$(O)/$(1)model/lib%.a,$($(2)-model))
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$(Q)$(3) $(4) -o $$@ $$^ $$($(2)-ldlibs) -lpthread
endef
linker_of = $(if $(filter %.cc,$($(1)-srcs))$($(1)-cxx),$(CXX),$(CC))
$(foreach p,$(programs) $(tests) $(test-helpers),$(eval $(call program,,$(p),$(call linker_of,$(p)),)))
$(foreach p,$(asan-tests) $(asan-helpers),$(eval $(call program,asan/,$(p),$(CC),-fsanitize=address$(comma)undefined)))
$(foreach p,$(tsan-tests),$(eval $(call program,tsan/,$(p),$(CC),-fsanitize=thread)))
$(foreach p,$(cov-tests) $(cov-helpers),$(eval $(call program,cov/,$(p),$(CC),--coverage)))

$(foreach p,$(fuzz-replays),$(eval $(call program,cov/,$(p),$(CC),--coverage)))
$(foreach p,$(fuzz-targets) $(fuzz-planted),$(eval $(call program,fuzz/,$(p),$(CLANG),-fsanitize=fuzzer$(comma)address$(comma)undefined)))

# ---- guests: static programs for every architecture with a file in kernels/arch and a compiler on
# this machine; scenarios of the others are skipped with a message ----
# A guest program P (listed in guest-programs, or in reference-guests if it runs the reference's
# rows) has P-srcs and P-libs like any other, and is built as $(O)/guest-ARCH/P.
all-archs := $(basename $(notdir $(wildcard kernels/arch/*.arch)))
# As own_compiler() of kernels/lib.sh: a machine's own compiler may be called just gcc.
guest_cross = $(shell c=$$(sed -n 's/^cross[ \t]*//p' kernels/arch/$(1).arch); \
	command -v $${c}gcc >/dev/null || [ "$${c%%-*}" != "$$(uname -m)" ] || c=; echo "$$c")
$(foreach a,$(all-archs),$(eval guest-cross-$(a) := $(call guest_cross,$(a))))
guest_cc = $(guest-cross-$(1))gcc
guest_ar = $(guest-cross-$(1))ar
guest_cflags = $(shell sed -n 's/^cflags[ \t]*//p' kernels/arch/$(1).arch)
guest-archs := $(foreach a,$(all-archs),$(if $(shell command -v $(call guest_cc,$(a))),$(a)))
# If the guests' compiler is $(CC), guests are linked from this machine's objects, but for
# guest-objs, which have flags of their own.
cc_id = $(shell $(1) -dumpmachine 2>&1; $(1) -v 2>&1 | tail -n 1)
own-archs := $(foreach a,$(guest-archs),$(if $(shell [ '$(call cc_id,$(CC))' != '$(call cc_id,$(call guest_cc,$(a)))' ] || echo same),$(a)))
guest_obj = $(O)/$(if $(filter-out $(guest-objs),$(2)),$(if $(filter $(1),$(own-archs)),,guest-$(1)/),guest-$(1)/)obj/$(2).o
guest_lib = $(O)/$(if $(filter $(1),$(own-archs)),,guest-$(1)/)lib$(2).a
# $(1) architecture, $(2) program
define guest_program
$(O)/guest-$(1)/$(2): $(foreach s,$(basename $($(2)-srcs)),$(call guest_obj,$(1),$(s))) $(foreach l,$($(2)-libs),$(call guest_lib,$(1),$(l)))
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$(Q)$(call guest_cc,$(1)) -static -o $$@ $$^ -lpthread
endef
$(foreach a,$(guest-archs),$(eval $(call flavour,guest-$(a)/,$(call guest_cc,$(a)),$(call guest_cflags,$(a)))))
$(foreach a,$(guest-archs),$(foreach l,$(guest-libs),$(eval $(call library,guest-$(a)/,$(l),$(call guest_ar,$(a))))))
$(foreach a,$(guest-archs),$(foreach p,$(guest-programs) $(reference-guests),$(eval $(call guest_program,$(a),$(p)))))

# guest-needs, for `make guests`: "ARCH:reference" or "ARCH:kernel" for each architecture of
# SCENARIOS= (default: the list BENCH).
ifneq ($(filter guests,$(MAKECMDGOALS)),)
guest-needs := $(shell needs=$$(kernels/build --archs $(or $(SCENARIOS),BENCH)) && echo "$$needs" | tr '\t' ':')
ifneq ($(.SHELLSTATUS),0)
$(error SCENARIOS=$(SCENARIOS) cannot be read; see above)
endif
endif
need_arch = $(firstword $(subst :, ,$(1)))
need_programs = $(guest-programs) $(if $(filter %:reference,$(1)),$(reference-guests))

# The number of rows that the reference has in guests, printed by their program, linked for this
# machine from the objects of its guests. If this machine has no guests, guest-objs are compiled for
# it.
guest-native := $(or $(firstword $(own-archs)),native)
ifeq ($(guest-native),native)
own-archs += native
$(eval $(call flavour,guest-native/,$(CC),))
endif
$(O)/bench-rows: $(foreach s,$(basename $(bench/bench-guest-srcs)),$(call guest_obj,$(guest-native),$(s))) $(foreach l,$(bench/bench-guest-libs),$(call guest_lib,$(guest-native),$(l)))
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ -lpthread
$(O)/guest-rows: $(O)/bench-rows
	$(call say,ROWS,$@)
	$(Q)$< --rows >$@
guests: $(if $(filter %:reference,$(guest-needs)),$(O)/guest-rows)

.PHONY: all guests
guests: ## the programs that run in the guests of SCENARIOS= (default: the list BENCH)
guests: $(foreach n,$(guest-needs),$(if $(filter $(call need_arch,$(n)),$(guest-archs)),$(addprefix $(O)/guest-$(call need_arch,$(n))/,$(call need_programs,$(n)))))
	@$(foreach a,$(filter-out $(guest-archs),$(foreach n,$(guest-needs),$(call need_arch,$(n)))),echo 'no guests of $(a): $(call guest_cc,$(a)) not found' >&2;)
all: $(addprefix $(O)/,$(programs))

# Below these two are builds of others.
-include $(shell find $(O) \( -path $(O)/gate -o -path $(O)/judge \) -prune -o -name '*.d' -print 2>/dev/null)

# ---- targets for users; `make help` prints the comments behind the double hashes ----
SUBMAKE = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
ptbench = $(O)/ptbench
# A copy of MAKE: `make -n` would run recipe lines that contain $(MAKE) itself.
make-program := $(MAKE)
RUN ?= results/runs/latest
SECONDS ?= 60

# The scenarios that the tests of `make test-kernels` boot.
tested-scenarios = $(or $(SCENARIOS),$(if $(CI),CI,BENCH)) x86_64-stock

.PHONY: bench test test-kernels test-kernels-more test-ab fuzz fuzz-check kernels kernels-ab report exactness coverage variants man help clean cache-prune test-programs gate baseline judge-report
bench: ## everything: reference, host and real kernels; JSON and a web report
	@scripts/deps --scenarios '$(SCENARIOS)' build kernels report
	$(Q)$(SUBMAKE) all
	$(Q)MAKE=$(call quote,$(make-program)) $(ptbench) bench $(SCENARIOS)

test: ## unit tests, walker regressions, sanitizers, the report in a browser
	@scripts/deps build report test
	$(Q)$(SUBMAKE) all test-programs
	$(Q)PTBENCH_BUILD=$(call quote,$(abspath $(O))) prove -j2 --timer -e '' $(all-tests)

test-kernels: ## boots the real kernels twice and checks what they must show
	@scripts/deps --scenarios '$(tested-scenarios)' build kernels test
	$(Q)$(SUBMAKE) all guests SCENARIOS='$(tested-scenarios)'
	$(Q)PTBENCH_BUILD=$(call quote,$(abspath $(O))) prove -v --timer -e '' $(kernel-tests)

test-kernels-more: ## further tests on real kernels: stacks of kmap, patches on five versions, harmed guests
	@scripts/deps --scenarios 'x86_64-stock i386-pae-stock' build kernels test versions
	$(Q)$(SUBMAKE) all guests SCENARIOS='x86_64-stock i386-pae-stock'
	$(Q)PTBENCH_BUILD=$(call quote,$(abspath $(O))) prove -v --timer -e '' $(more-kernel-tests)

test-ab: ## compares two trees that differ by five instructions in one function
	@scripts/deps --scenarios x86_64-stock build kernels test
	$(Q)$(SUBMAKE) all guests SCENARIOS=x86_64-stock
	$(Q)PTBENCH_BUILD=$(call quote,$(abspath $(O))) prove -v --timer -e '' kernels/test/test_ab_real.t

kernels: ## builds the kernels of SCENARIOS= (default: the list BENCH)
	@scripts/deps --scenarios '$(SCENARIOS)' build kernels
	$(Q)$(SUBMAKE) all guests
	$(Q)$(ptbench) kernels build $(SCENARIOS)

kernels-ab: ## compares two kernel trees, BASE= and HEAD=: folders, or git refs of KSRC=
	$(foreach side,BASE HEAD,$(if $(strip $($(side))),,$(error $(side)= is missing: make kernels-ab \
		takes BASE= and HEAD=, each a folder, FOLDER#REF, or with KSRC=FOLDER a git ref of it)))
	@scripts/deps --scenarios '$(SCENARIOS)' build kernels report
	$(Q)$(SUBMAKE) all guests
	$(Q)$(ptbench) kernels ab --base $(call quote,$(BASE)) --head $(call quote,$(HEAD)) $(SCENARIOS)

gate: ## for CI, by POLICY=: a kernel tree, KSRC= BASE= HEAD=; or this suite, BASE= or its baselines
	@scripts/deps --scenarios '$(SCENARIOS)' build kernels report
	$(Q)$(SUBMAKE) all guests
	$(Q)$(if $(KSRC)$(HEAD),$(gate-kernels),$(gate-suite))
# A number sign begins a comment anywhere else.
hash := \#
# BASE= that is empty is a mistake of whoever filled it in.
ifeq ($(origin BASE)$(BASE),command line)
$(error BASE= is empty: name a revision, or leave it out to gate by the baselines)
endif
gate-policy = --policy $(call quote,$(or $(POLICY),results/policy/default.json))
gate-sides = $(foreach side,BASE HEAD,$(if $(strip $($(side))),,$(error $(side)= is missing: make gate with \
	KSRC= or HEAD= takes BASE= and HEAD=, each a folder, FOLDER$(hash)REF, or with KSRC=FOLDER a git ref of it)))
gate-kernels = $(gate-sides)$(ptbench) kernels ab $(gate-policy) $(addprefix --format ,markdown mail json junit ktap) \
	--base $(call quote,$(BASE)) --head $(call quote,$(HEAD)) $(SCENARIOS)
gate-suite = PTBENCH_BUILD=$(call quote,$(O)) scripts/gate $(if $(BASE),--base $(call quote,$(BASE))) \
	$(gate-policy) $(SCENARIOS)

baseline: ## writes exact rows of this environment to results/baseline, for `make gate` without BASE=
	@scripts/deps --scenarios '$(SCENARIOS)' build kernels
	$(Q)$(SUBMAKE) all guests
	$(Q)PTBENCH_BUILD=$(call quote,$(O)) scripts/gate --write-baseline $(SCENARIOS)

judge-report: ## measures how often the judge is wrong, on this machine: some 20 minutes
	@scripts/deps --scenarios x86_64-stock build kernels report
	$(Q)$(SUBMAKE) all guests SCENARIOS=x86_64-stock
	$(Q)PTBENCH_BUILD=$(call quote,$(O)) scripts/judge-report

report: ## renders RUN= (default: the newest run) and prints where
	@scripts/deps build report
	$(Q)$(SUBMAKE) all
	$(Q)$(ptbench) report $(call quote,$(RUN))

exactness: ## shows which exact metrics move under changes that should change nothing
	@scripts/deps --scenarios '$(SCENARIOS)' build kernels
	$(Q)$(SUBMAKE) all guests
	$(Q)PTBENCH_BUILD=$(call quote,$(abspath $(O))) scripts/exactness $(SCENARIOS)

coverage: ## the lines of ref/ that its tests and the explorer run; fails below 95 %
	$(Q)$(SUBMAKE) $(addprefix $(O)/cov/,$(cov-tests) $(cov-helpers))
	$(Q)scripts/coverage 95 ref $(O)/cov $(addprefix $(O)/cov/,$(cov-tests) ref-variants) \
		'$(O)/cov/ref-variants --rows' '$(O)/cov/bench-test/explore -v'

fuzz: ## fuzzes the readers, the judge and the report, SECONDS=60 each; fails when it finds something
	@scripts/deps build fuzz
	$(Q)$(SUBMAKE) $(addprefix $(O)/fuzz/,$(fuzz-targets)) $(addprefix $(O)/cov/,$(fuzz-replays))
	$(Q)scripts/fuzz --seconds $(SECONDS) $(O) $(fuzz-targets)

fuzz-check: ## fuzzes each of them with a bug planted in it, which has to be found
	@scripts/deps build fuzz
	$(Q)$(SUBMAKE) $(addprefix $(O)/fuzz/,$(fuzz-planted))
	$(Q)scripts/fuzz --planted $(O) $(fuzz-targets)

variants: ## writes ref/VARIANTS.md anew, the table of what is good, busted, and who catches it
	$(Q)$(SUBMAKE) $(O)/ref-variants
	$(Q)$(O)/ref-variants >$(O)/VARIANTS.md
	$(Q)cp $(O)/VARIANTS.md ref/VARIANTS.md

man: $(O)/ptbench.1 ## the manual page, $(O)/ptbench.1, from what --help says
$(O)/ptbench.1: $(ptbench) scripts/man kernels/build
	$(call say,MAN,$@)
	$(Q)scripts/man $< >$@

cache-prune: ## drops cached kernel builds that no scenario of this tree uses
	$(Q)kernels/build --prune

clean: ## removes $(O)
	rm -rf $(O)

help: ## this list
	@echo 'make TARGET [O=build] [V=1] [KSRC=kernel tree, or debian:7.3] [SCENARIOS="..."]'
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | sort -u | while IFS="$$(printf '\t')" read -r t d; do \
		printf '  %-17s %s\n' "$$t" "$$d"; done

script-tests += $(addprefix scripts/test/,test_ci.t test_ci_templates.t test_coverage.t test_deps.t test_docs.t test_exactness.t test_format.t test_gate.t test_gate_patches.t test_layers.t test_layouts.t \
	test_man.t test_names.t test_options.t test_output.t test_paths.t test_rooms.t)
all-tests = $(addprefix $(O)/,$(tests)) $(addprefix $(O)/asan/,$(asan-tests)) \
	$(addprefix $(O)/tsan/,$(tsan-tests)) $(script-tests)
test-programs: $(O)/ptbench.1 $(addprefix $(O)/,$(tests) $(test-helpers)) $(addprefix $(O)/asan/,$(asan-tests) $(asan-helpers)) \
	$(addprefix $(O)/tsan/,$(tsan-tests))
