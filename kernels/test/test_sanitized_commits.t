#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs test_series.t and test_bisect.t on `ptbench kernels` built with the sanitizers: a leak or a bad
# access changes the exit status and fails that test.
set -u

here=$(cd "$(dirname "$0")" && pwd)
build=${PTBENCH_BUILD:-$here/../../build}
build=$(cd "$build" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
ln -s "$build/asan/kernels-test/kernels_main" "$tmp/ptbench"
ln -s "$build/kernels-test" "$build/kernels" "$tmp/"
for t in series bisect; do
	PTBENCH_BUILD=$tmp "$here/test_$t.t" || echo "not ok 0 - test_$t.t ends with status $?"
done | awk '
	/^1\.\./ { next }
	/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++n) }
	{ print }
	END { print "1.." n + 0 }'
