#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Scenario files have two readers, kernels/lib.sh and kernels/boot/scenario.c, which agree on what a
# line, a comment, a key and a value is: files with changes of these are accepted by both or by
# none. PTBENCH_SEED=n repeats a run.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
build=${PTBENCH_BUILD:-$here/build}
seed=${PTBENCH_SEED:-$((RANDOM * 32768 + RANDOM))}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export PTBENCH_FUZZ_DIR=$tmp
nr=0
failed=0

ok() { # status, text
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; sed 's/^/# /' "$tmp/out"; fi
}

kernels=$tmp/kernels
mkdir -p "$kernels/arch" "$kernels/scenarios" "$tmp/in"
grep -v '^#' "$here/kernels/arch/x86_64.arch" >"$kernels/arch/a.arch"
good=$'title\tA title of words\nrole stock\narch a\ndesign static\nconfig X=y\nappend one two\nreference no'
good+=$'\nexpect gup_fast/only cross=pud short* | wrong*\nlayout *gcc*\nmemory 1G'

# Prints the verdict of kernels/lib.sh on FILE, and stores FILE with its architecture for the other
# reader.
shell() { # FILE
	cp "$1" "$kernels/scenarios/s"
	{ cat "$1"; [ -z "$(tail -c 1 "$1" | tr '\0' x)" ] || echo; echo '%%'; cat "$kernels/arch/a.arch"; } >"$tmp/in/${1##*/}"
	# shellcheck disable=SC2016 # that shell's
	bash -c 'set -euo pipefail; here=$1 cache=$1; . "$2/kernels/lib.sh"; read_scenario s' - "$kernels" "$here" \
		</dev/null >/dev/null 2>&1 && echo accepted || echo refused
}

long=$(printf '%04200d' 0)
# Changes of a file, as sed's commands: for a random line, or with @ for all lines. Both readers
# must refuse the last two.
changes=('s/$/  /' 's/$/\r/' 's/^/ \t/' 's/[ \t]/ \t /' 'a\ ' 'a\\t' 'a\\r' 'a\  # a comment' 'a\# a comment' 's/^title/#title/'
	's/^[a-z]*/colour/' 's/[ \t].*//' 's/[ \t].*/ /' 'a\count 3' 'a\layout x' 'a\memory 2G' 'a\reference maybe' '@s/^role.*/role odd/' '@/^role/d' '@s/^role.*/role variant/' 'a\role busted' "a\\title $long"
	's/$/\x00/' 'a\%')
RANDOM=$seed
echo "# PTBENCH_SEED=$seed repeats this"
for ((i = 0; i < 60; i++)); do
	printf '%s\n' "$good" >"$tmp/file-$i"
	for ((k = i < ${#changes[@]} ? 1 : 1 + RANDOM % 3; k; k--)); do
		c=${changes[i < ${#changes[@]} ? i : RANDOM % ${#changes[@]}]}
		line=$((1 + RANDOM % 9))
		case $c in @*) script=${c#@} ;; *) script=$line$c ;; esac
		sed -i "$script" "$tmp/file-$i" || unchanged+=" $script"
	done
	[ $((i % 7)) -ne 6 ] || truncate -s -1 "$tmp/file-$i"
	echo "$tmp/in/file-$i: $(shell "$tmp/file-$i")" >>"$tmp/shell"
done
[ -z "${unchanged:-}" ]
ok $? "sed makes each of these changes${unchanged:-}"
"$build/asan/kernels/fuzz/replay_scenario" $(seq -f "$tmp/in/file-%g" 0 59) >"$tmp/c" 2>"$tmp/out"
ok $? "scenario.c reads them all"
diff "$tmp/shell" "$tmp/c" >"$tmp/out"
ok $? "kernels/lib.sh (<) and kernels/boot/scenario.c (>) take the same files"
while read -r f; do { echo; cat -A "$f"; } >>"$tmp/out"; done < <(sed -n 's,^< .*/\(file-[0-9]*\):.*,'"$tmp"'/\1,p' "$tmp/out" | head -n 3)
[ "$(grep -c accepted "$tmp/c")" -ge 10 ] && [ "$(grep -c refused "$tmp/c")" -ge 10 ]
ok $? "there are files to take and files to refuse"
printf '%s\n' "$good" >"$tmp/good"
[ "$(shell "$tmp/good")" = accepted ]
ok $? "and the one that all are made of is good"
# Each of the first files has one change: those of the role must be refused.
for ((i = 0; i < ${#changes[@]}; i++)); do
	case ${changes[i]} in @*role*) grep -q "file-$i: refused" "$tmp/c"; ok $? "refused: ${changes[i]}" ;; esac
done

# The tree's scenarios with the comment "Busted on purpose" are those of role busted.
diff <(cd "$here/kernels/scenarios" && grep -l '^# Busted on purpose' [a-z]*) \
	<(cd "$here/kernels/scenarios" && grep -lP '^role\tbusted$' [a-z]*) >"$tmp/out"
ok $? "whose role is busted says so, and no other scenario"
echo "1..$nr"
exit $failed
