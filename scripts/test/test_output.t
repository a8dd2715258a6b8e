#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What cannot be printed is an exit status, of every subcommand; a reader who leaves harms no run.
set -u
export LC_ALL=C

root=$(cd "$(dirname "$0")/../.." && pwd)
build=${PTBENCH_BUILD:-$root/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nr=0 failed=0

ok() { # STATUS TEXT
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; fi
	return "$1"
}
is() { # HAVE WANT TEXT
	if [ "$1" = "$2" ]; then ok 0 "$3"; else ok 1 "$3"; printf '# %s\n' "have '$1'" "want '$2'"; fi
}

# ---- a checkout of two scenarios of nothing, for a QEMU that only says so ----
tree=$tmp/tree
mkdir -p "$tree/kernels/arch" "$tree/kernels/scenarios" "$tree/image" "$tmp/build/guest-fake/kernels" "$tmp/build/guest-fake/bench"
touch "$tmp/build/guest-fs.ext4" "$tmp/build/guest-fake/kernels/init" "$tmp/build/guest-fake/bench/bench-guest"
printf '%s\n' 'cross x' 'qemu q' 'machine m' 'cpu c' 'memory 1G' 'qemu_args -serial x' 'console ttyS0' 'data /dev/ttyS1' \
	'format x86_64-4k-48' >"$tree/kernels/arch/fake.arch"
for s in one two; do
	printf 'title %s\narch fake\ndesign static\nappend fake=good\n' $s >"$tree/kernels/scenarios/$s"
	echo $s >>"$tree/kernels/scenarios/LIST"
done
echo kernel >"$tree/image/image"
printf 'ffffffff81000000 0000000000000100 T gup_fast_fallback\n' >"$tree/image/symbols"
printf 'release\t6.12\nsource\tnone\ncompiler\tgcc\nimage_sha256\tabc\n' >"$tree/image/info"
# Which rows the stand-in has in each boot.
printf '%s\n' 'ffffffff82000000 0000000000000002 D ptb_nr_costs_gup' 'ffffffff82000010 0000000000000001 D ptb_nr_costs_variant' \
	'ffffffff82000020 0000000000000003 D ptb_nr_events_free' >"$tree/image/rows"
printf '%s\n' 'lacks needs a second CPU' 'rows x86_64-4k-48 gup_fast/walk 1' >"$tmp/build/guest-rows"
echo 'guests: ;' >"$tree/Makefile"
cat >"$tree/kernels/build" <<'END'
#!/bin/bash
set -e
image=$(cd "$(dirname "$0")/.." && pwd)/image
if [ "$1" = --verdicts ]; then shift; fi
for s; do printf '%s\t%s\n' "$s" "$image"; done
END
chmod +x "$tree/kernels/build"
mkdir "$tmp/source"
runs=$tmp/runs
export PTBENCH_ROOT=$tree PTBENCH_BUILD=$tmp/build PTBENCH_QEMU=$build/kernels-test/fake_qemu
nothing=(bench --no-native --no-explore --no-kernels --no-report --runs "$runs")
"$build/ptbench" kernels run --out "$runs" one >/dev/null 2>&1
run=$(readlink -f "$runs/latest")

# ---- every command: what it does when it can print ----
# STATUS PROGRAM ARGUMENT...
commands=()
row() { commands+=("$(printf '%q ' "$@")"); }
row ptbench --help
row ptbench kernels --help
row ptbench "${nothing[@]}"
row ptbench validate "$run"
row ptbench show "$run"
row ptbench show -p one.icount-1cpu "$run"
row ptbench compare --base "$run" "$run"
row ptbench explore --list
row ptbench explore gup/irq_off
row ptbench explore --quiet --json "$tmp/explore.json" gup/irq_off
row ptbench report -a "$run"
row ptbench report -o "$tmp/report" "$run"
row ptbench kernels list one two
row ptbench kernels build one
row ptbench kernels run --out "$runs" one
row ptbench kernels ab --base "$tmp/source" --head "$tmp/source" one
row ptbench kernels bytes --base one two
row bench --benchmark_list_tests
row bench --help
row bench '--benchmark_filter=^shim/native' --benchmark_min_time=0.001
for s in $("$build/ptbench" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	row ptbench "$s" --help
	grep -q "^ptbench $s [^-]\\|^ptbench $s --[^h]\\|^ptbench $s -[a-z]" <(printf '%s\n' "${commands[@]}")
	ok $? "ptbench $s is among what is tried"
done
for s in $("$build/ptbench" kernels --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	row ptbench kernels "$s" --help
	[ "$s" = profile ] && continue # prints what a real QEMU counts: test_profile.t
	grep -q "^ptbench kernels $s [^-]\\|^ptbench kernels $s --[^h]" <(printf '%s\n' "${commands[@]}")
	ok $? "ptbench kernels $s is among what is tried"
done
model=$("$build/ptbench" explore --list | sed -n 's,^\([a-z_]*/[a-z_]*\)  *good.*,\1,p' | head -n 1)
commands=("${commands[@]//gup\/irq_off/$model}")

for command in "${commands[@]}"; do
	text=${command//$tmp\//}
	eval "$build/$command" >"$tmp/out" 2>"$tmp/err"
	status=$?
	is "$status$([ -s "$tmp/out" ] && echo printed)" 0printed "$text"
	[ $status -eq 0 ] || sed 's/^/# /' "$tmp/err"
	case $command in
	"ptbench kernels build "*) want='write error: ' ;; # a script
	*) want='standard output: ' ;;
	esac
	if [ -w /dev/full ]; then
		eval "$build/$command" >/dev/full 2>"$tmp/err"
		status=$?
		[ $status -ne 0 ] && [ "$(grep -c "${want}No space left on device" "$tmp/err")" -eq 1 ]
		ok $? "... into a full disk: said, and no success" || sed 's/^/# /' "$tmp/err"
		case $command in *build*) ;; *) is $status 4 "... status 4" ;; esac
	fi
	eval "$build/$command" >&- 2>"$tmp/err"
	status=$?
	[ $status -ne 0 ] && grep -q "${want}Bad file descriptor" "$tmp/err"
	ok $? "... into nothing: said, and no success" || sed 's/^/# /' "$tmp/err"
done

# ---- a status that says more is kept ----
if [ -w /dev/full ]; then
	"$build/ptbench" validate "$run" "$tmp/nonesuch" >/dev/full 2>"$tmp/err"
	is "$?$(grep -c 'No space left on device' "$tmp/err")" 21 "bad input is still status 2"
fi

# ---- a reader who leaves ----
unread() { # COMMAND...: into a pipe that nobody reads any more; status is in $tmp/status
	{
		sleep 0.3
		"$@" 2>"$tmp/err"
		echo $? >"$tmp/status"
	} | true
}
unread "$build/ptbench" show "$run"
is "$(cat "$tmp/status")$(cat "$tmp/err")" 141 "show into a closed pipe ends quietly"
(trap '' PIPE; unread "$build/ptbench" show "$run")
is "$(cat "$tmp/status")$(cat "$tmp/err")" 141 "also where SIGPIPE was ignored"
unread "$build/ptbench" bench --no-native --no-explore --runs "$tmp/piped" one
is "$(cat "$tmp/status")" 0 "bench goes on"
! grep -q 'standard output\|roken pipe' "$tmp/err"
ok $? "without a word about it"
"$build/ptbench" validate "$tmp/piped/latest" >"$tmp/out" 2>&1
is "$?$(grep -c 'fine (complete run' "$tmp/out")" 01 "its run is complete and valid"
[ -s "$tmp/piped/latest/report/index.html" ]
ok $? "and has its report"
unread "$build/ptbench" kernels run --out "$tmp/piped" one
is "$(cat "$tmp/status")$(grep -c 'roken pipe' "$tmp/err")" 00 "so does kernels run"
unread "$build/ptbench" explore --quiet --json "$tmp/piped.json" "$model"
is "$(cat "$tmp/status")$(cat "$tmp/err")" 0 "and explore, where it writes a file"
"$build/ptbench" validate "$tmp/piped.json" | grep -q 'complete exploration'
ok $? "which is complete"
unread "$build/bench" --ptbench_out="$tmp/native.json" --ptbench_any_load '--benchmark_filter=^shim/native' --benchmark_min_time=0.001
is "$(cat "$tmp/status")" 0 "and build/bench"

echo "1..$nr"
exit $failed
