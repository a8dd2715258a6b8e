# SPDX-License-Identifier: GPL-2.0-or-later
# libresults: the format, its reader and writer, statistics, and the subcommands about results.
# Whoever links it adds -ljansson to its ldlibs.

libs += results
results-srcs := $(addprefix results/,error.c metrics.c params.c pairs.c rules.c stat.c doc.c file.c \
	json.c read.c write.c run.c run_read.c table.c source.c \
	cmd_validate.c cmd_show.c compare.c compare_rows.c cmd_compare.c)
