#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The options of every script that people run: a wrong option is named, with status 2, and a --help
# that cannot be printed is status 4.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$root" || exit 1

# ---- all executable scripts of scripts/, kernels/, kernels/guest/ and bench/ ----
mapfile -t scripts < <(find scripts kernels kernels/guest bench -maxdepth 1 -type f -perm -100 | sort)
[ ${#scripts[@]} -ge 8 ]
ok $? "there are scripts: ${scripts[*]}"
for script in "${scripts[@]}"; do
	"$script" --help >"$tmp/out" 2>"$tmp/err"
	is "$?$(head -n 1 "$tmp/out" | grep -c "^usage: $script ")$(cat "$tmp/err")" 01 "$script --help"
	if [ -w /dev/full ]; then
		"$script" --help >/dev/full 2>"$tmp/err"
		is "$?$(grep -c 'No space left on device' "$tmp/err")" 41 "... into a full disk: status 4, and why"
	fi
	"$script" --frob >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -eq 2 ] && [ -s "$tmp/err" ] && [ ! -s "$tmp/out" ]
	ok $? "$script --frob: status 2, and a message that names it" || sed 's/^/# /' "$tmp/err"
done
if [ -w /dev/full ]; then
	scripts/deps --list build >/dev/full 2>"$tmp/err"
	is $? 4 "scripts/deps --list into a full disk: status 4"
fi

# ---- values ----
bad() { # PATTERN COMMAND...
	local pattern=$1 status
	shift
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	[ $status -eq 2 ] && grep -qe "$pattern" "$tmp/err"
	ok $? "${*//$tmp/}: status 2, $pattern" || sed "s/^/# $status: /" "$tmp/err"
}
for option in --seconds --jobs; do
	bad "scripts/fuzz: $option needs a number" scripts/fuzz $option
	bad "scripts/fuzz: $option needs a number" scripts/fuzz --planted $option
	for value in '' 0 x 1s -1; do
		bad "scripts/fuzz: $option '$value' is not a number of 1 or more" scripts/fuzz $option "$value" "$tmp" a/b
	done
done
bad 'usage: scripts/fuzz' scripts/fuzz --seconds 1
bad 'scripts/deps: --scenarios needs names' scripts/deps --list kernels --scenarios
bad "no scenario 'nosuch'" scripts/deps --list --scenarios nosuch kernels
bad "scripts/coverage: MIN 'x' is not a number" scripts/coverage x ref "$tmp" true
bad "scripts/coverage: $tmp/none: no such folder" scripts/coverage 95 ref "$tmp/none" true
bad 'none: No such file' scripts/check-layers "$tmp/none"
bad 'kernels/build: --jobs needs a number' kernels/build x86_64-stock --jobs
for value in '' 0 x; do bad "kernels/build: --jobs '$value' is not a number" kernels/build --jobs "$value" x86_64-stock; done
bad 'usage: kernels/guest/mkfs' kernels/guest/mkfs
bad 'usage: bench/shim-overhead' bench/shim-overhead
bad "REPETITIONS 'x' is not a number" bench/shim-overhead "$tmp/none" x

# ---- numbers of the environment ----
for value in '' x 1x -1; do
	bad "PTBENCH_SEED=$value: is not a number" env "PTBENCH_SEED=$value" "$build/ref/test/test_gup"
	[ -z "$value" ] || for name in SEED MUTATIONS; do
		bad "PTBENCH_$name=$value: is not a number" env "PTBENCH_$name=$value" scripts/test/test_fuzz.t
	done
done

finish
