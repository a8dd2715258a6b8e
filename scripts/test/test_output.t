#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every subcommand's exit status tells if it could not print; a reader that closes the pipe ends no
# run.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"

# ---- a checkout of two scenarios with empty images, for fake_qemu ----
# shellcheck source=kernels/test/fake_tree.sh
. "$root/kernels/test/fake_tree.sh"
for s in one two; do
	printf 'title %s\narch fake\nrole stock\ndesign static\nappend fake=good\n' $s >"$tree/kernels/scenarios/$s"
	echo $s >>"$tree/kernels/scenarios/LIST"
done
mkdir "$tmp/source"
git init -q "$tmp/commits"
for cost in 403 402; do
	echo $cost >"$tmp/commits/cost"
	git -C "$tmp/commits" add cost
	git -C "$tmp/commits" -c user.name=test -c user.email=test@example.org commit -q -m "it costs $cost"
done
runs=$tmp/runs
nothing=(bench --no-native --no-explore --no-kernels --no-report --runs "$runs")
"$build/ptbench" kernels run --out "$runs" one >/dev/null 2>&1
run=$(readlink -f "$runs/latest")

# ---- every command, and its status when it can print ----
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
cp -r "$run" "$tmp/other"
mkdir "$tmp/three"
for s in 1 2; do cp -r "$run" "$tmp/three/$s"; sed -i "s/\"created\": \"[0-9]*/\"created\": \"200$s/" "$tmp/three/$s"/*.json; done
row ptbench gate --policy "$root/results/policy/default.json" --base "$run" "$tmp/other"
row ptbench baseline --dir "$tmp" --write "$run"
# The images of the judge differ.
cp -r "$run" "$tmp/image"
python3 - "$tmp/image" <<'END'
import glob, json, sys
for f in glob.glob(sys.argv[1] + "/*cpu.json"):
    d = json.load(open(f))
    d["provenance"]["subject"]["image_sha256"] = "aa"
    json.dump(d, open(f, "w"))
END
row ptbench judge --policy "$root/results/policy/default.json" --images "$run" "$tmp/image"
row ptbench interleave --base "$build" --one-layout --processes 1 --filter '^shim/native' --runs "$runs"
for s in bencher github-action-benchmark openmetrics csv ktap junit kcidb; do row ptbench export --format $s "$run"; done
cat >"$tmp/google.json" <<'END'
{"context": {"date": "2026-01-31T23:59:59Z"}, "benchmarks": [
 {"name": "a", "run_type": "iteration", "repetitions": 1, "repetition_index": 0, "real_time": 1, "time_unit": "ns"}]}
END
row ptbench import --format google-benchmark --out "$tmp/imports" "$tmp/google.json"
row ptbench trend --all "$tmp/three"
row ptbench explore --list
row ptbench explore gup/irq_off
row ptbench explore --quiet --json "$tmp/explore.json" gup/irq_off
row ptbench report -a "$run"
row ptbench report --trend "$tmp/three" -a "$run"
row ptbench report -o "$tmp/report" "$run"
row ptbench kernels list one two
row ptbench kernels build one
row ptbench kernels sources --update
row ptbench kernels run --out "$runs" one
row ptbench kernels ab --base "$tmp/source" --head "$tmp/source" one
row ptbench kernels series --out "$runs" "$tmp/commits#HEAD^..HEAD" one
row ptbench kernels bisect --out "$runs" --good "$tmp/commits#HEAD^" --bad HEAD --case gup_fast/walk one
row ptbench kernels bytes --base one two
row ptbench kernels history "$run"
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
	[ "$s" = profile ] && continue # needs a real QEMU: test_profile.t
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
	"ptbench kernels build "* | "ptbench kernels sources --update "*) want='write error: ' ;; # a script
	*) want='standard output: ' ;;
	esac
	if [ -w /dev/full ]; then
		eval "$build/$command" >/dev/full 2>"$tmp/err"
		status=$?
		[ $status -ne 0 ] && [ "$(grep -c "${want}No space left on device" "$tmp/err")" -eq 1 ]
		ok $? "... into a full disk: a message, and no success" || sed 's/^/# /' "$tmp/err"
		case $command in *build* | *--update*) ;; *) is $status 4 "... status 4" ;; esac
	fi
	eval "$build/$command" >&- 2>"$tmp/err"
	status=$?
	[ $status -ne 0 ] && grep -q "${want}Bad file descriptor" "$tmp/err"
	ok $? "... into a closed descriptor: a message, and no success" || sed 's/^/# /' "$tmp/err"
done

# ---- a status that says more is kept ----
if [ -w /dev/full ]; then
	"$build/ptbench" validate "$run" "$tmp/nonesuch" >/dev/full 2>"$tmp/err"
	is "$?$(grep -c 'No space left on device' "$tmp/err")" 21 "bad input is still status 2"
fi

# ---- a reader that closes the pipe ----
unread() { # COMMAND...: prints into a pipe without a reader; the status goes to $tmp/status
	{
		sleep 0.3
		"$@" 2>"$tmp/err"
		echo $? >"$tmp/status"
	} | true
}
unread "$build/ptbench" show "$run"
is "$(cat "$tmp/status")$(cat "$tmp/err")" 141 "show into a closed pipe ends quietly"
(trap '' PIPE; unread "$build/ptbench" show "$run")
is "$(cat "$tmp/status")$(cat "$tmp/err")" 141 "the same where SIGPIPE was ignored"
unread "$build/ptbench" bench --no-native --no-explore --runs "$tmp/piped" one
is "$(cat "$tmp/status")" 0 "bench into a closed pipe goes on to its end"
! grep -q 'standard output\|roken pipe' "$tmp/err"
ok $? "and prints no error about the pipe"
"$build/ptbench" validate "$tmp/piped/latest" >"$tmp/out" 2>&1
is "$?$(grep -c 'fine (complete run' "$tmp/out")" 01 "its run is complete and valid"
[ -s "$tmp/piped/latest/report/index.html" ]
ok $? "and has its report"
if [ -w /dev/full ]; then
	"$build/ptbench" bench --no-native --no-explore --runs "$tmp/unprinted" one >/dev/full 2>"$tmp/err"
	is "$?$([ -s "$tmp/unprinted/latest/report/index.html" ] && echo rendered)" 4rendered "a full disk is status 4, and costs no report"
fi
unread "$build/ptbench" kernels run --out "$tmp/piped" one
is "$(cat "$tmp/status")$(grep -c 'roken pipe' "$tmp/err")" 00 "kernels run into a closed pipe goes on to its end"
unread "$build/ptbench" explore --quiet --json "$tmp/piped.json" "$model"
is "$(cat "$tmp/status")$(cat "$tmp/err")" 0 "so does explore if it writes a file"
"$build/ptbench" validate "$tmp/piped.json" | grep -q 'complete exploration'
ok $? "that file is complete"
unread "$build/bench" --ptbench_out="$tmp/native.json" --ptbench_any_load '--benchmark_filter=^shim/native' --benchmark_min_time=0.001
is "$(cat "$tmp/status")" 0 "so does build/bench"

finish
