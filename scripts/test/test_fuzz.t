#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzz targets without libFuzzer: every input of the corpora, and some mutations of each, run with the
# sanitizers; readers take the inputs that are meant to be good; a planted bug is found. PTBENCH_SEED=n
# repeats a run, PTBENCH_MUTATIONS=n makes it longer.
set -u
shopt -s nullglob
here=$(cd "$(dirname "$0")/../.." && pwd)
build=${PTBENCH_BUILD:-$here/build}
seed=${PTBENCH_SEED:-$((RANDOM * 32768 + RANDOM))}
mutations=${PTBENCH_MUTATIONS:-3}
for number in "PTBENCH_SEED=$seed" "PTBENCH_MUTATIONS=$mutations"; do
	[[ ${number#*=} =~ ^[0-9]+$ ]] || { echo "$number: is not a number" >&2; exit 2; }
done
tmp=$(mktemp -d)
# A program that aborts leaves its folder behind.
PTBENCH_FUZZ_DIR=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo "$tmp")/ptbench-fuzz-XXXXXX")
export PTBENCH_FUZZ_DIR
trap 'rm -rf "$tmp" "$PTBENCH_FUZZ_DIR"' EXIT
cd "$here" || exit 1
nr=0
failed=0

ok() { # status, text
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; sed 's/^/# /' "$tmp/out"; fi
}

echo "# PTBENCH_SEED=$seed PTBENCH_MUTATIONS=$mutations repeats this"
export PTBENCH_FUZZ_KEEP=$tmp/input
for source in results/fuzz/fuzz_*.c kernels/fuzz/fuzz_*.c report/fuzz/fuzz_*.c; do
	folder=${source%/*}
	name=${source##*/fuzz_}
	name=${name%.c}
	replay=$build/asan/$folder/replay_$name
	inputs=("$folder/corpus/$name"/*)

	[ ${#inputs[@]} -gt 0 ] || inputs=("$folder/corpus/$name/none")
	"$replay" "${inputs[@]}" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -eq 0 ] || { tail -n 25 "$tmp/err" >>"$tmp/out"; echo "at ${inputs[$(grep -c . "$tmp/out")]:-}" >>"$tmp/out"; }
	ok $status "$folder/$name: ${#inputs[@]} inputs"

	# bad-* have to be refused; found-* once found a bug, and may be accepted or refused.
	grep ': refused$' "$tmp/out" | grep -vE '/(bad|found)-[^/]*$' >"$tmp/refused"
	cp "$tmp/refused" "$tmp/out"
	[ ! -s "$tmp/refused" ]
	ok $? "$folder/$name: inputs that are meant to be good are accepted"

	"$replay" -m "$mutations" -s "$seed" "${inputs[@]}" >/dev/null 2>"$tmp/out"
	status=$?
	if [ $status -ne 0 ]; then
		cp "$tmp/input" "$build/fuzz-$name.input"
		echo "the input is kept: $replay $build/fuzz-$name.input" >>"$tmp/out"
	fi
	ok $status "$folder/$name: $mutations mutations of each, seed $seed"

	big=$(find "$folder/corpus/$name" -type f -size +4095c)
	printf '%s\n' "$big" >"$tmp/out"
	[ -z "$big" ]
	ok $? "$folder/$name: no input of 4 KiB or more"
done

# The same target with a bug planted in it: large integers of params lose their upper half.
input=$(grep -l '"pages":16[,}]' results/fuzz/corpus/result/*.json | head -n 1)
sed 's/"pages":16/"pages":4294967312/' "$input" >"$tmp/large.json"
planted() { "$build/asan/results/fuzz/replay_planted" "$1" >"$tmp/out" 2>&1; }
# 2>/dev/null: bash prints that a program aborted.
planted "$input" && ! { planted "$tmp/large.json"; } 2>/dev/null &&
	grep -q '^fuzz: the document: does not say what was read' "$tmp/out" &&
	"$build/asan/results/fuzz/replay_result" "$tmp/large.json" >>"$tmp/out" 2>&1
ok $? "the planted bug is found by the input that triggers it, and by no other"

# A target that succeeds without executing an input has to fail the check.
fake=results/fuzz/result
mkdir -p "$tmp/build/fuzz/${fake%/*}"
executes() { # COMMANDS
	printf '#!/bin/sh\n%s\n' "$1" >"$tmp/build/fuzz/$fake"
	chmod +x "$tmp/build/fuzz/$fake"
	scripts/fuzz --seconds 1 "$tmp/build" "$fake" >"$tmp/out" 2>&1
}
! executes 'exit 0' && grep -q "^$fake: nothing was executed" "$tmp/out"
ok $? "a target that ends without executing an input is a failure"
! executes 'echo stat::number_of_executed_units: 0' && grep -q "^$fake: nothing was executed" "$tmp/out"
ok $? "so is one that reports 0 executions"
executes 'echo "(8 inline 8-bit counters)"; echo "cov: 3"; echo "stat::number_of_executed_units: 7"'
ok $? "a target that executed inputs is no failure"

echo "1..$nr"
exit $failed
