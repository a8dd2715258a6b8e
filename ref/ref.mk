# SPDX-License-Identifier: GPL-2.0-or-later
# The reference: library `ref` (libc and pthread only) and its tests.

libs += ref
guest-libs += ref
# ref/gup/walk.c once for each architecture: arch_<arch>.o, by the Makefile's rule.
pgt-archs := $(sort $(patsubst ref/pgtable/fmt_%.h,%,$(wildcard ref/pgtable/fmt_*.h)))
ref-srcs := $(addprefix ref/gup/,contpte.c designs.c fault.c formats.c gup.c pin.c share.c slow.c steps.c $(pgt-archs:%=arch_%.c)) \
	$(addprefix ref/pgtable/,contpte.c frames.c lookup.c pgtable.c) \
	ref/port_native.c

# Huge folios: splitting and collapsing.
ref-srcs += $(addprefix ref/thp/,collapse.c count.c file.c leaf.c split.c)

tests += ref/test/test_thp
asan-tests += ref/test/test_thp
tsan-tests += ref/test/test_thp
ref/test/test_thp-srcs := ref/test/test_thp.c ref/test/thp_script.c
ref/test/test_thp-libs := ref

tests += ref/test/test_thp_collapse
asan-tests += ref/test/test_thp_collapse
tsan-tests += ref/test/test_thp_collapse
ref/test/test_thp_collapse-srcs := ref/test/test_thp_collapse.c ref/test/thp_script.c
ref/test/test_thp_collapse-libs := ref

tests += ref/test/test_thp_stress
asan-tests += ref/test/test_thp_stress
tsan-tests += ref/test/test_thp_stress
ref/test/test_thp_stress-srcs := ref/test/test_thp_stress.c ref/test/gup_suite.c
ref/test/test_thp_stress-libs := ref

tests += ref/test/test_thp_folio
asan-tests += ref/test/test_thp_folio
ref/test/test_thp_folio-srcs := ref/test/test_thp_folio.c
ref/test/test_thp_folio-libs := ref

# Freeing under walkers. Disciplines of liburcu are in a library of their own: guests have no
# liburcu. Every file of the folder is compiled: a discipline is a file and a row in
# gather_disciplines.h.
urcu-srcs := $(sort $(wildcard ref/gather/urcu*.c))
urcu-ldlibs := -lurcu-bp -lurcu-memb -lurcu-qsbr
ref-srcs += $(sort $(filter-out $(urcu-srcs),$(wildcard ref/gather/*.c)))

# DAX entries.
ref-srcs += $(addprefix ref/dax/,file.c layout.c protocol.c refs.c wait.c)

tests += ref/test/test_dax
asan-tests += ref/test/test_dax
tsan-tests += ref/test/test_dax
ref/test/test_dax-srcs := ref/test/test_dax.c ref/test/dax_suite.c
ref/test/test_dax-libs := ref

tests += ref/test/test_dax_refs
asan-tests += ref/test/test_dax_refs
tsan-tests += ref/test/test_dax_refs
ref/test/test_dax_refs-srcs := ref/test/test_dax_refs.c ref/test/dax_suite.c
ref/test/test_dax_refs-libs := ref

tests += ref/test/test_dax_stress
asan-tests += ref/test/test_dax_stress
tsan-tests += ref/test/test_dax_stress
ref/test/test_dax_stress-srcs := ref/test/test_dax_stress.c ref/test/gup_suite.c
ref/test/test_dax_stress-libs := ref

tests += ref/test/test_dax_busted
asan-tests += ref/test/test_dax_busted
ref/test/test_dax_busted-srcs := ref/test/test_dax_busted.c ref/test/dax_suite.c
ref/test/test_dax_busted-libs := ref

tests += ref/test/test_gather
asan-tests += ref/test/test_gather
tsan-tests += ref/test/test_gather
ref/test/test_gather-srcs := ref/test/test_gather.c ref/test/gather_suite.c
ref/test/test_gather-libs := ref

tests += ref/test/test_gather_ipi
asan-tests += ref/test/test_gather_ipi
tsan-tests += ref/test/test_gather_ipi
ref/test/test_gather_ipi-srcs := ref/test/test_gather_ipi.c
ref/test/test_gather_ipi-libs := ref

tests += ref/test/test_gather_order
asan-tests += ref/test/test_gather_order
tsan-tests += ref/test/test_gather_order
ref/test/test_gather_order-srcs := ref/test/test_gather_order.c
ref/test/test_gather_order-libs := ref

tests += ref/test/test_gather_unshare
asan-tests += ref/test/test_gather_unshare
tsan-tests += ref/test/test_gather_unshare
ref/test/test_gather_unshare-srcs := ref/test/test_gather_unshare.c
ref/test/test_gather_unshare-libs := ref

tests += ref/test/test_gather_asid
asan-tests += ref/test/test_gather_asid
tsan-tests += ref/test/test_gather_asid
ref/test/test_gather_asid-srcs := ref/test/test_gather_asid.c
ref/test/test_gather_asid-libs := ref

tests += ref/test/test_gather_reclaim
asan-tests += ref/test/test_gather_reclaim
tsan-tests += ref/test/test_gather_reclaim
ref/test/test_gather_reclaim-srcs := ref/test/test_gather_reclaim.c
ref/test/test_gather_reclaim-libs := ref

libs += refurcu
refurcu-srcs := $(urcu-srcs)

tests += ref/test/test_gather_urcu
asan-tests += ref/test/test_gather_urcu
tsan-tests += ref/test/test_gather_urcu
ref/test/test_gather_urcu-srcs := ref/test/test_gather_urcu.c ref/test/gather_suite.c
ref/test/test_gather_urcu-libs := refurcu ref
ref/test/test_gather_urcu-ldlibs := $(urcu-ldlibs)

tests += ref/test/test_gather_stress
asan-tests += ref/test/test_gather_stress
tsan-tests += ref/test/test_gather_stress
ref/test/test_gather_stress-srcs := ref/test/test_gather_stress.c
ref/test/test_gather_stress-libs := refurcu ref
ref/test/test_gather_stress-ldlibs := $(urcu-ldlibs)

# The walkers against the slow walk.
gup-suite := ref/test/gup_suite.c ref/test/gup_variants.c
tests += ref/test/test_gup
asan-tests += ref/test/test_gup
ref/test/test_gup-srcs := ref/test/test_gup.c $(gup-suite)
ref/test/test_gup-libs := ref

tests += ref/test/test_formats
asan-tests += ref/test/test_formats
ref/test/test_formats-srcs := ref/test/test_formats.c ref/test/gup_suite.c
ref/test/test_formats-libs := ref

tests += ref/test/test_pgtable
asan-tests += ref/test/test_pgtable
ref/test/test_pgtable-srcs := ref/test/test_pgtable.c ref/test/gup_suite.c
ref/test/test_pgtable-libs := ref

tests += ref/test/test_gup_recheck
asan-tests += ref/test/test_gup_recheck
ref/test/test_gup_recheck-srcs := ref/test/test_gup_recheck.c $(gup-suite)
ref/test/test_gup_recheck-libs := ref

tests += ref/test/test_gup_entries
asan-tests += ref/test/test_gup_entries
ref/test/test_gup_entries-srcs := ref/test/test_gup_entries.c $(gup-suite)
ref/test/test_gup_entries-libs := ref

tests += ref/test/test_gup_threads
asan-tests += ref/test/test_gup_threads
tsan-tests += ref/test/test_gup_threads
ref/test/test_gup_threads-srcs := ref/test/test_gup_threads.c $(gup-suite)
ref/test/test_gup_threads-libs := ref

script-tests += ref/test/test_gup_code.t ref/test/test_new_format.t

# Pins, and what may be pinned for long.
pin-tests := $(addprefix ref/test/,test_longterm test_longterm_stress test_pin)
tests += $(pin-tests)
tsan-tests += ref/test/test_longterm_stress
asan-tests += $(pin-tests)
$(foreach t,$(pin-tests),$(eval $t-srcs := $t.c))
$(foreach t,$(pin-tests),$(eval $t-libs := ref))

# Stacks of temporary mappings.
ref-srcs += $(addprefix ref/kmap/,area.c busted.c kmap.c window.c)

kmap-tests := $(addprefix ref/test/,test_kmap test_kmap_stress test_kmap_switch)
tests += $(kmap-tests)
asan-tests += $(kmap-tests)
tsan-tests += ref/test/test_kmap_stress
$(foreach t,$(kmap-tests),$(eval $t-srcs := $t.c))
$(foreach t,$(kmap-tests),$(eval $t-libs := ref))

# The explorer: the same sources over port.h's model backend.
model-libs += refexplore
refexplore-srcs := $(filter-out ref/port_native.c,$(ref-srcs)) \
	$(addprefix ref/explore/,buffer.c choices.c columns.c coro.c memory.c models.c schedule.c \
	search.c setup.c sync.c trace.c $(patsubst %,model_%.c,asid dax gather gup kmap litmus litmus_events longterm reclaim thp))

tests += ref/test/test_explore_coro
ref/test/test_explore_coro-srcs := ref/test/test_explore_coro.c

explore-tests := $(addprefix ref/test/,test_explore test_explore_engine test_explore_reduction)
tests += $(explore-tests)
asan-tests += $(explore-tests)
$(foreach t,$(explore-tests),$(eval $t-srcs := $t.c))
$(foreach t,$(explore-tests),$(eval $t-model := refexplore))

# The table of variants, and the litmus tests beside the protocols.
refexplore-srcs += ref/explore/variants.c
test-helpers += ref-variants
ref-variants-srcs := ref/test/variants.c
ref-variants-model := refexplore
script-tests += ref/test/test_example.t ref/test/test_example_model.t ref/test/test_litmus.t ref/test/test_variants.t
