#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A checkout may have any path, owner and tag; make names a build folder that it cannot use.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"

# ---- O= ----
# shellcheck disable=SC2016 # a name
for o in "it's" 'a b' 'a:b' 'a$b' 'a"b' 'a#b' 'a=b' 'a%b' 'a;b' '~'; do
	(cd "$root" && make -n "O=$tmp/$o" help) >"$tmp/out" 2>&1
	status=$?
	[ $status -eq 2 ] && grep -qF "O=$tmp/$o: make takes only letters" "$tmp/out" && grep -q 'choose another O=' "$tmp/out"
	ok $? "O=$o: refused at once, with advice"
done
(cd "$root" && make -n "O=$tmp/a,b+c@d-e" help) >/dev/null 2>"$tmp/out"
is "$?$(cat "$tmp/out")" 0 "other characters are accepted"

# ---- a checkout in an odd place: its own sources, copied ----
dir="$tmp/it's a: \$HOME, \"q\" \\b \`id\` %p #h (;&|*"
mkdir -p "$dir" "$tmp/home"
(cd "$root" && tar -c --exclude=./results/runs --exclude=node_modules ./Makefile ./ptbench.c ./bench ./kernels ./ref ./report ./results ./scripts) |
	(cd "$dir" && tar -x)
(cd "$dir" && make build/obj/ptbench.o) 2>"$tmp/out" >/dev/null
is "$?$(cat "$tmp/out")" 0 "an object of a checkout with quotes, blanks and more in its path"
grep -qF "$dir" "$dir/build/obj/ptbench.o"
ok $? "which holds that path as it is"
line=$(cd "$dir" && make -n test 2>/dev/null | grep '^PTBENCH_BUILD=')
# shellcheck disable=SC2016 # for the other shell
is "$(sh -c "${line%%prove*}"'sh -c '\''printf %s "$PTBENCH_BUILD"'\')" "$dir/build" "tests are told where it was built"
line=$(cd "$dir" && make -n report RUN="a'b \$\$x" 2>/dev/null | sed -n "s,^build/ptbench report,printf '%s|' report,p")
is "$(sh -c "$line")" "report|a'b \$x|" "RUN= may have quotes and blanks"
line=$(cd "$dir" && make -n kernels-ab BASE="it's" HEAD='a b' 2>/dev/null | sed -n "s,^build/ptbench kernels ab,printf '%s|' kernels ab,p")
is "$(sh -c "$line")" "kernels|ab|--base|it's|--head|a b|" "and so may BASE= and HEAD="
for side in BASE HEAD; do
	(cd "$dir" && make --no-print-directory -n kernels-ab $side=x) >"$tmp/out" 2>"$tmp/err"
	status=$?
	other=$([ $side = BASE ] && echo HEAD || echo BASE)
	[ $status -eq 2 ] && [ ! -s "$tmp/out" ] && grep -q "$other= is missing: make kernels-ab takes BASE= and HEAD=" "$tmp/err"
	ok $? "make kernels-ab without $other=: refused before anything is installed or compiled"
done
PTBENCH_ROOT=$dir "$build/ptbench" kernels list BENCH >"$tmp/out" 2>&1
is "$?$(wc -l <"$tmp/out")" "0$(PTBENCH_ROOT=$root "$build/ptbench" kernels list BENCH | wc -l)" "ptbench reads the scenarios there"
"$dir/kernels/guest/mkfs" "$dir/fs.ext4" >"$tmp/out" 2>&1
is "$?$(cat "$tmp/out")" 0 "kernels/guest/mkfs makes its image there"
"$dir/scripts/deps" --list build >"$tmp/out" 2>&1
ok $? "scripts/deps runs there"
"$dir/kernels/build" --help >"$tmp/out" 2>&1
ok $? "and so does kernels/build"

# ---- revisions ----
export HOME=$tmp/home GIT_CONFIG_NOSYSTEM=1
git_there() { git -C "$dir" -c user.name=x -c user.email=x@example.org "$@" >"$tmp/git" 2>&1; }
printf 'build/\nruns/\n' >"$dir/.gitignore"
git_there init
git_there add .
git_there commit -m x
run() { # a run of nothing, of the suite in $dir
	env -u PTBENCH_REVISION PTBENCH_ROOT="$dir" "$build/ptbench" bench --no-native --no-explore --no-kernels \
		--no-report --runs "$dir/runs" >"$tmp/out" 2>"$tmp/err"
}
revision() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1] + "/runs/latest/run.json"))["revision"])' "$dir"; }
hash=$(git -C "$dir" rev-parse --short=12 HEAD)
run
is "$?$(revision)" "0$hash" "a revision, whatever the checkout's path is"
git_there tag -a -m x "rel/v1.0#'a"
git_there tag -d "rel/v1.0#'a"
git_there tag -a -m x 'rel/v1.0'
run
is "$?$(revision)" 0rel/v1.0 "a tag with a slash is the run's revision"
name=$(readlink "$dir/runs/latest")
[[ $name == *Z-rel-v1.0-?????? ]] && [ -f "$dir/runs/$name/run.json" ]
ok $? "its folder has that name without the slash"
"$build/ptbench" validate -q "$dir/runs/latest" && "$build/ptbench" show "$dir/runs/latest" | grep -q 'revision  *rel/v1.0$'
ok $? "validate and show read that run"
if [ "$(id -u)" -eq 0 ]; then
	chown -R 12345 "$dir"
	! git_there describe
	ok $? "git refuses a checkout of somebody else"
	run
	is "$?$(revision)" 0rel/v1.0 "its revision is known all the same"
	(cd "$dir" && make -s -n build/obj/bench/environment.o) 2>&1 | grep -qF '"rel/v1.0"'
	ok $? "by make, too"
	is "$(find "$dir/.git" -user 0)" "" "ptbench, which only reads, writes nothing in it"
	chown -R 0 "$dir"
else
	skip 'a checkout can be given to somebody else by root alone' 'git refuses it' 'its revision' 'by make' 'nothing is written'
fi
git_there tag -d rel/v1.0
for tag in "caf$(printf '\303\251')" 'a"b' "it's" "$(printf '%0130d' 1)"; do
	git_there tag -a -m x "$tag"
	run
	is "$?$(revision)" "0$hash" "a tag that is no valid revision, '${tag:0:12}': the commit's hash stands for it"
	git_there tag -d "$tag"
done
before=$(ls -A "$dir/runs")
for revision in $'a\nb' $'\e[2J' 'a b' '../x' "$(printf '%0129d' 1)" $'\xe2\x80\xae' $'\xff'; do
	PTBENCH_REVISION=$revision PTBENCH_ROOT=$dir "$build/ptbench" bench --runs "$dir/runs" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -eq 2 ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -q '^ptbench: PTBENCH_REVISION=.* is not a revision: ' "$tmp/err" &&
		! grep -qP '\e|\xe2\x80\xae|\xff' "$tmp/err"
	ok $? "PTBENCH_REVISION=$(printf %q "${revision:0:12}"): refused in one line, before anything is done"
done
is "$(ls -A "$dir/runs")" "$before" "and no run is made"

# ---- the recorded command can be pasted into a shell ----
# shellcheck source=kernels/test/fake_tree.sh
. "$root/kernels/test/fake_tree.sh"
odd=$tmp/"it's, \$HOME \"q\" \`id\`"$'\nline\e \xff'
mkdir "$odd"
printf 'title t\narch fake\nrole stock\ndesign static\nappend fake=good\n' >"$tree/kernels/scenarios/it's;\$x"
pasted() { # FILE: prints the words of its command as a shell parses it, one a line
	local command
	command=$(python3 -c 'import json, os, sys; print(json.load(open(os.fsencode(sys.argv[1])))["command"], end="")' "$1")
	sh -c "printf '<%s>\\n' $command"
}
words() { printf '<%s>\n' "$@"; }
"$build/ptbench" bench --no-native --no-explore --no-kernels --no-report --runs "$odd" "it's;\$x" >"$tmp/out" 2>&1
is "$(pasted "$odd/latest/run.json")" "$(words ptbench bench --no-native --no-explore --no-kernels --no-report --runs "$odd" "it's;\$x")" \
	"the command of a run, quotes and all"
"$build/ptbench" kernels run --only costs --out "$odd" "it's;\$x" >"$tmp/out" 2>&1
is "$(pasted "$odd/latest/run.json")" "$(words ptbench kernels run --only costs --out "$odd" "it's;\$x")" "so can that of kernels run"
"$build/bench" --ptbench_any_load --ptbench_out="$odd/native.json" '--benchmark_filter=^shim/native' --benchmark_min_time=0.001 >"$tmp/out" 2>&1
is "$(pasted "$odd/native.json")" "$(words build/bench --ptbench_any_load --ptbench_out=FILE '--benchmark_filter=^shim/native' --benchmark_min_time=0.001)" \
	"that of a part of build/bench names FILE, not the run's document"
"$build/bench" --ptbench_static="$odd/ref.static.json" >"$tmp/out" 2>&1
is "$(pasted "$odd/ref.static.json")" "$(words build/bench --ptbench_static=FILE)" "so can that of code sizes"
"$build/ptbench" explore --quiet --json "$odd/explore.json" litmus >"$tmp/out" 2>&1
is "$(pasted "$odd/explore.json")" "$(words ptbench explore --quiet --json FILE litmus)" "so can that of an exploration"
"$build/ptbench" explore litmus --js="$odd/explore.json" --quiet >"$tmp/out" 2>&1
is "$(pasted "$odd/explore.json")" "$(words ptbench explore litmus --js=FILE --quiet)" "however the option is written"

finish
