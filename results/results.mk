# SPDX-License-Identifier: GPL-2.0-or-later
# libresults: the format, its reader and writer, statistics, and the subcommands about results.
# A program that links it adds $(results-ldlibs) to its ldlibs.

libs += results
results-ldlibs := -ljansson -lgsl -lgslcblas -lm
results-srcs := $(addprefix results/,command.c error.c metrics.c params.c pairs.c rules.c stat.c doc.c axes.c axes_json.c index.c file.c \
	json.c read.c reason.c write.c run.c run_read.c policy.c row.c table.c text.c source.c \
	explore.c explore_read.c explore_show.c explore_write.c \
	cmd_baseline.c cmd_judge.c cmd_validate.c cmd_show.c \
	allow.c amount.c compare.c compare_checks.c compare_entries.c compare_models.c compare_parts.c \
	compare_print.c compare_provenance.c compare_rows.c compare_sampled.c conclude.c cmd_compare.c select.c settle.c twosample.c \
	trend.c trend_gather.c trend_identity.c trend_print.c trend_read.c trend_sampled.c trend_value.c trend_whole.c trend_write.c cmd_trend.c \
	format.c format_csv.c format_github.c format_json.c format_junit.c format_kcidb.c format_ktap.c format_mail.c format_markdown.c \
	format_shared.c suites.c suites_comparison.c suites_run.c export.c export_openmetrics.c export_values.c cmd_export.c \
	import_context.c import_google.c cmd_import.c judge_rates.c judge_read.c)

results-unit-tests := $(addprefix results/test/,test_params test_stat test_doc test_axes test_run test_read test_text \
	test_explore test_comparison test_scale)
# The script tests run the library through these.
results-helpers := results/test/probe results/test/cli results/test/twosample
$(foreach t,$(results-unit-tests) $(results-helpers) results/test/scale results/test/trend_speed results/test/trend_noise,\
	$(eval $(t)-srcs := $(t).c)$(eval $(t)-libs := results)$(eval $(t)-ldlibs := $(results-ldlibs)))
# test_scale counts comparisons.
results/test/test_scale-ldlibs += -Wl,--wrap=results_params_cmp
tests += $(results-unit-tests)
asan-tests += $(results-unit-tests)
test-helpers += $(results-helpers) results/test/scale results/test/trend_speed results/test/trend_noise
asan-helpers += $(results-helpers)
script-tests += $(addprefix results/test/,test_baseline.t test_schema.t test_mutations.t test_cli.t test_compare.t test_export.t test_formats.t test_gate.t \
	test_import.t test_judge.t test_trend.t test_twosample.t)

.PHONY: scale
scale: ## shows how long validate, show, compare, a boot's judge and a report take of many rows, and that it is linear
	$(Q)$(SUBMAKE) $(O)/results/test/scale $(O)/kernels-test/scale $(O)/report/test/scale
	$(Q)$(O)/results/test/scale
	$(Q)$(O)/kernels-test/scale
	$(Q)$(O)/report/test/scale

.PHONY: trend-speed
trend-speed: ## shows that trend reads 10,000 documents of 100 measurements in 10 s and 1 GiB (needs 500 MB in TMPDIR)
	$(Q)$(SUBMAKE) $(O)/results/test/trend_speed
	$(Q)$(O)/results/test/trend_speed

.PHONY: trend-noise
trend-noise: ## measures how often trend finds steps in noise, and steps that are there: the tables of docs/trend.md
	$(Q)$(SUBMAKE) $(O)/results/test/trend_noise
	$(Q)$(O)/results/test/trend_noise

fuzz-targets += $(addprefix results/fuzz/,result explore export import judged policy run)
$(foreach t,result explore export import judged policy run,\
	$(eval results/fuzz/$(t)-libs := results)$(eval results/fuzz/$(t)-ldlibs := $(results-ldlibs))\
	$(if $(filter-out import,$(t)),$(eval results/fuzz/$(t)-extra := results/fuzz/single.c)))
results/fuzz/result-planted := results_params_set_int
results/fuzz/explore-planted := results__json_string
results/fuzz/export-planted := results__part_failed
results/fuzz/import-planted := results__import_context
results/fuzz/judged-planted := results__in_integer
results/fuzz/policy-planted := results__matches
results/fuzz/run-planted := results__in_word
