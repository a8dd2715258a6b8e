#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs test_boot.t, with its misbehaving guests and bad options, on `ptbench kernels` built with the
# sanitizers: a leak or a bad access changes the exit status and fails that test.
set -u

build=${PTBENCH_BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
ln -s "$build/asan/kernels-test/kernels_main" "$tmp/ptbench"
ln -s "$build/kernels-test" "$build/kernels" "$tmp/"
PTBENCH_REPORTER=$build/ptbench PTBENCH_BUILD=$tmp "$(dirname "$0")/test_boot.t"
