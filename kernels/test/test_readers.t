#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Scenario files have two readers, kernels/lib.sh and kernels/boot/scenario.c, which agree on what a
# line, a comment, a key and a value is, and which scenarios one may name as its base or its image:
# odd files are accepted by both or by none. PTBENCH_SEED=n repeats a run.
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
grep -v '^#\|cocci' "$here/kernels/arch/x86_64.arch" >"$kernels/arch/a.arch"
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
	's/^/since 6.12 /' 's/^/until 6.12\tsince 6.1.117 /' 's/^/until  6.12  /' 's/^/since /' 's/^/since x /' 's/^/since 6.12 since 6.13 /'
	's/^/until 6.1 until 6.1 /' 's/^/since 6.012 /' 's/^/until 1.2.3.4 /' 's/^/since 99999.1 /' 's/^/since 6.123456789012345678901234567890 /'
	's/^/Since 6.1 /' 's/^/since6.1 /' 's/^/since -6.1 /' 's/^/since 6 /' 's/^/since 6.1. /' 's/^/since 6.1\r /'
	'a\since' 'a\since 6.12' 'a\until 6.12 since 6.1' 'a\since 6.12 since' 'a\since 6.12 count 3' 'a\since 6.12 # no comment'
	'a\until 6.12 since 6.1 expect gup_fast/only right' 'a\since 6.15 title Another' 'a\since 6.15 title Another\nsince 6.15 title A third'
	'a\since 6.15 append a\nsince 6.16 append b' 'a\since 6.15 role stock' 'a\until 6.1 base s' 'a\since 6.15 layout x' 'a\since 6.15 reference no'
	'a\absent why' 'a\until 6.11 absent why' 'a\since 6.15 title' 'a\since 6.15 config B=y' 'a\since 6.15 memory 3G' 'a\since 6.15 image s'
	's/$/\x00/' 'a\%')
files=120
RANDOM=$seed
echo "# PTBENCH_SEED=$seed repeats this"
for ((i = 0; i < files; i++)); do
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
"$build/asan/kernels/fuzz/replay_scenario" $(seq -f "$tmp/in/file-%g" 0 $((files - 1))) >"$tmp/c" 2>"$tmp/out"
ok $? "scenario.c reads them all"
diff "$tmp/shell" "$tmp/c" >"$tmp/out"
ok $? "kernels/lib.sh (<) and kernels/boot/scenario.c (>) take the same files"
while read -r f; do { echo; cat -A "$f"; } >>"$tmp/out"; done < <(sed -n 's,^< .*/\(file-[0-9]*\):.*,'"$tmp"'/\1,p' "$tmp/out" | head -n 3)
[ "$(grep -c accepted "$tmp/c")" -ge 10 ] && [ "$(grep -c refused "$tmp/c")" -ge 10 ]
ok $? "there are files to take and files to refuse"
printf '%s\n' "$good" >"$tmp/good"
[ "$(shell "$tmp/good")" = accepted ]
ok $? "the file that all are made of is accepted"
# Each of the first files has one change: those of the role must be refused.
for ((i = 0; i < ${#changes[@]}; i++)); do
	case ${changes[i]} in @*role*) grep -q "file-$i: refused" "$tmp/c"; ok $? "refused: ${changes[i]}" ;; esac
done

# ---- ranges: kernels/lib.sh on the table that test_range.c holds scenario_range.c to ----

while read -r version word of holds; do
	# shellcheck disable=SC2016 # that shell's
	said=$(bash -c 'set -euo pipefail; here=$1 cache=$1; . "$2/kernels/lib.sh"; src_version=$3 line="$4 $5 X"
		if for_this_kernel x && [ "$line" = X ]; then echo yes; else echo no; fi' - "$kernels" "$here" "$version" "$word" "$of" 2>"$tmp/out")
	[ "$said" = "$holds" ]
	ok $? "$version $word $of: $holds"
done < <(grep -v '^#' "$here/kernels/test/ranges")

# ---- bases and images: scenarios that name others ----

rm -f "$kernels"/scenarios/*
scenario() { # NAME LINE...
	{
		printf 'title\tA test\narch\ta\ndesign\td\n'
		printf '%s\n' "${@:2}"
	} >"$kernels/scenarios/$1"
}
# What both readers say of scenario NAME: "shell accepted, C refused". Their reasons go to $tmp/out.
both() { # NAME
	local shell=accepted c=accepted
	# shellcheck disable=SC2016 # that shell's
	bash -c 'set -euo pipefail; here=$1 cache=$1; . "$2/kernels/lib.sh"; read_scenario "$3"' - "$kernels" "$here" "$1" \
		</dev/null >"$tmp/out" 2>&1 || shell=refused
	PTBENCH_ROOT=$tmp "$build/asan/kernels-test/kernels_main" kernels list "$1" </dev/null >>"$tmp/out" 2>&1 || c=refused
	printf 'shell %s, C %s' "$shell" "$c"
}
agree() { # VERDICT NAME TEXT
	local said
	said=$(both "$2")
	echo "wanted $1 by both: $said" >>"$tmp/out"
	[ "$said" = "shell $1, C $1" ]
	ok $? "$1 by both: $3"
}
cp "$kernels/arch/a.arch" "$kernels/arch/b.arch"
scenario stock 'role stock'
scenario good 'role variant' 'base stock'
scenario booted 'role variant' 'image stock'
scenario other 'role stock'
sed -i 's/^arch.*/arch b/' "$kernels/scenarios/other"
scenario halfmade 'role stock'
sed -i '/^title/d' "$kernels/scenarios/halfmade"
echo stock >"$kernels/scenarios/ALL"
mkdir "$kernels/scenarios/folder"

tried() { # VERDICT TEXT LINE...
	scenario s "${@:3}"
	agree "$1" s "$2"
}
tried accepted 'a variant of a stock scenario' 'role variant' 'base stock'
tried accepted 'one of a variant' 'role busted' 'base good'
tried accepted "one that boots a stock scenario's image" 'role variant' 'image stock'
tried accepted 'one of a scenario that boots the image of another' 'role variant' 'base booted'
tried accepted 'a stock one that starts from another' 'role stock' 'base stock'
tried accepted 'a stock one that boots the image of another' 'role stock' 'image stock'
for key in base image; do
	for role in stock variant; do
		tried refused "role $role, $key: a scenario that is not there" "role $role" "$key nosuch"
		tried refused "role $role, $key: a path" "role $role" "$key ../scenarios/stock"
		tried refused "role $role, $key: a list" "role $role" "$key ALL"
		tried refused "role $role, $key: a folder" "role $role" "$key folder"
		tried refused "role $role, $key: two names" "role $role" "$key stock good"
		tried refused "role $role, $key: of another architecture" "role $role" "$key other"
		tried refused "role $role, $key: one that is itself refused" "role $role" "$key halfmade"
		tried refused "role $role, $key: itself" "role $role" "$key s"
	done
	tried refused "no role, and a key $key" "$key stock"
done
tried refused 'the image of one that boots the image of another' 'role variant' 'image booted'
scenario indented 'role variant' $' \timage stock'
tried refused 'likewise, where that key is indented' 'role variant' 'image indented'
for line in 'base good' 'config X=y' $' \tbase good' $'\tconfig X=y'; do
	tried refused "an image, and a line that says what to build: '${line#"${line%%[! $'\t']*}"}'" 'role variant' 'image stock' "$line"
done
scenario blanks 'role stock'
sed -i 's/^arch.*/ arch  a \r/' "$kernels/scenarios/blanks"
tried accepted 'the image of one whose architecture has blanks around it' 'role variant' 'image blanks'
scenario one 'role variant' 'base two'
scenario two 'role variant' 'base one'
agree refused one 'bases in a circle'
scenario one 'role stock' 'base two'
agree refused one 'a circle in which one is stock'
agree refused two 'likewise, from the other one'
tried refused 'one below a circle' 'role variant' 'base one'
scenario deep0 'role stock'
for ((i = 1; i < 10; i++)); do scenario "deep$i" 'role variant' "base deep$((i - 1))"; done
agree accepted deep8 'eight bases in a row'
agree refused deep9 'nine bases in a row'

# The tree's scenarios with the comment "Busted on purpose" are those of role busted.
diff <(cd "$here/kernels/scenarios" && grep -l '^# Busted on purpose' [a-z]*) \
	<(cd "$here/kernels/scenarios" && grep -lP '^role\tbusted$' [a-z]*) >"$tmp/out"
ok $? "the scenarios with role busted, and no others, begin with Busted on purpose"
echo "1..$nr"
exit $failed
