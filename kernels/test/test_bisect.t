#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptbench kernels bisect with a fake QEMU and a fake kernels/build: one change and several, what is
# skipped, what cannot be known, and a log that git bisect replay takes.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
# shellcheck source=kernels/test/fake_commits.sh
. "$root/kernels/test/fake_commits.sh"
says() { # PATTERN TEXT
	grep -q -e "$1" "$tmp/out" "$tmp/err"
	local status=$?
	ok $status "$2" || sed 's/^/# /' "$tmp/out" "$tmp/err"
}
bisect() { "$build/ptbench" kernels bisect --out "$tmp/runs" --case gup_fast/walk:pages=1 "$@" >"$tmp/out" 2>"$tmp/err"; }
# range GOOD BAD STATUS TEXT [OPTION]...
range() {
	: >"$tmp/built"
	bisect --good "$linux#$1" --bad "$2" "${@:5}" one
	is $? "$3" "$4" || sed 's/^/# /' "$tmp/out" "$tmp/err"
}
built() { sort -u "$tmp/built" | wc -l; }
found() { sed -n 's/^\([0-9a-f]\{12\}\) .*/\1/p' "$tmp/out" | paste -sd' '; }
log() { sed -n "s/^log: \(.*bisect-$1.log\)$/\1/p" "$tmp/out"; }
# replay N WANT TEXT: does git, told the log of the N-th change, come to WANT?
replay() {
	rm -rf "$tmp/clone"
	git clone -q "$linux" "$tmp/clone" 2>/dev/null
	git -C "$tmp/clone" bisect replay "$(log "$1")" >"$tmp/replayed" 2>&1
	grep -q "^$(id "$2") is the first bad commit" "$tmp/replayed"
	ok $? "$3" || sed 's/^/# /' "$tmp/replayed"
}

# ---- 64 commits, one change, a dirty tree and a lock ----
commit 400 good && in_git tag good
for i in {1..64}; do
	commit $((i < 41 ? 400 : 407)) "commit $i: é <b> | \`x\`"
	in_git tag "c$i"
done
echo more >>"$linux/cost"
echo new >"$linux/new"
in_git add new
touch "$linux/.git/index.lock"
before=$(state)
range good c64 0 "one change among 64: status 0"
[ "$(state)" = "$before" ]
ok $? "the tree, its index and refs are as they were"
rm "$linux/.git/index.lock" "$linux/new"
in_git reset -q --hard
is "$(found)" "$(short c41)" "the commit"
says '^    gup_fast/walk:pages=1: instructions 400 -> 407, +7 (+1.75 %)$' "the row and its values"
is "$(built)" 8 "8 kernels are built, the ends among them"
says '^looked at 8 of 65 kernels' "which is said"
says '^not looked at: 57 commits in 5 intervals whose ends have the same values\. A change that a later' "and what was not looked at"
replay 1 c41 "git bisect replay comes to the same commit"
cp "$(log 1)" "$tmp/log"
# What git itself logs of these answers.
git -C "$tmp/clone" bisect reset -q >/dev/null 2>&1
git -C "$tmp/clone" bisect start --first-parent >/dev/null
grep '^git bisect [gb]' "$tmp/log" | while read -r _ _ word commit; do
	git -C "$tmp/clone" bisect "$word" "$commit" >/dev/null
done
git -C "$tmp/clone" bisect log | grep -v '^# status: ' >"$tmp/gits"
cmp -s "$tmp/gits" "$tmp/log"
ok $? "the log is git's to the byte" || diff "$tmp/gits" "$tmp/log" | head | sed 's/^/# /'
sed -n '/^git bisect start/,/^# first bad/p' "$tmp/out" | cmp -s - "$tmp/log"
ok $? "and is printed"
range good c64 0 "again: status 0"
says 'booted 0, measured before 8' "nothing is booted again"
range c41 good 2 "ends that are swapped: status 2"
says 'swap them; a change is found whichever way it goes' "which is said"
range good good 2 "one commit: status 2"
range good c40 3 "ends of the same value: status 3"
says 'no change: both ends have the same value, the first 400$' "which is said, with the value"
says '^not looked at: 39 commits in 1 interval whose ends' "and what may be between them"

# ---- several changes; one that a later commit undoes ----
in_git checkout -q -B several good
n=0
for cost in 400 400 403 403 403 403 401 401 401 401 401 400 400 409 409 405 405 405 405 406; do
	n=$((n + 1))
	commit "$cost" "several $n"
	in_git tag "s$n"
done
range good s20 0 "several changes: status 0"
is "$(found)" "$(short s3) $(short s7) $(short s12) $(short s14) $(short s16) $(short s20)" "each is found"
for i in 1 2 3 4 5 6; do set -- s3 s7 s12 s14 s16 s20; replay $i "${!i}" "the log of the change $i"; done
says ': 6 changes$' "their number"
range good s13 3 "a change and its removal: the ends are the same, status 3"
range good s13 0 "with --every they are found" --every
is "$(found)" "$(short s3) $(short s7) $(short s12)" "each"
replay 2 s7 "with logs"
! grep -q 'not looked at' "$tmp/out"
ok $? "and nothing is left"

# ---- commits without a kernel ----
in_git checkout -q -B skips good
n=0
for cost in 400 400 '' none '400 panic' 400 405 '' 405 405; do
	n=$((n + 1))
	commit "$cost" "skips $n"
	in_git tag "k$n"
done
range good k10 0 "commits without a kernel are skipped: status 0"
is "$(found)" "$(short k7)" "the change beside them"
says '^skipped:' "which is said"
says '^        mm/gup.c does not <b>compile</b>' "with the reason"
replay 1 k7 "the log has them, too"
in_git checkout -q -B pinned good
n=0
for cost in 400 400 '' none '400 panic' 405 405; do
	n=$((n + 1))
	commit "$cost" "pinned $n"
	in_git tag "p$n"
done
range good p7 3 "a change among skipped commits: status 3"
says '^one of these 4 commits, of which only the last has a kernel:' "which is said"
is "$(sed -n '/^one of these/,/gup_fast/s/^    \([0-9a-f]\{12\}\) .*/\1/p' "$tmp/out" | paste -sd' ')" \
	"$(short p3) $(short p4) $(short p5) $(short p6)" "and which they are"
git clone -q "$linux" "$tmp/clone2" 2>/dev/null
git -C "$tmp/clone2" bisect replay "$(log 1)" >"$tmp/replayed" 2>&1
is "$(grep -c '^There are only .skip.ped commits left to test' "$tmp/replayed")$(grep -c "$(id p6)\|$(id p3)" "$tmp/replayed")" 12 \
	"git says the same of the log" || sed 's/^/# /' "$tmp/replayed"
range good p7 3 "the same with --every" --every
git -C "$tmp/clone2" bisect reset -q >/dev/null 2>&1
git -C "$tmp/clone2" bisect replay "$(log 1)" >"$tmp/replayed" 2>&1
is "$(grep -c '^There are only .skip.ped commits left to test' "$tmp/replayed")$(grep -c "$(id p6)\|$(id p3)" "$tmp/replayed")" 12 \
	"and its log"
range k3 k10 4 "an end that does not build: status 4"
says -- "--good $(short k3): mm/gup.c does not <b>compile</b>.*; name another commit" "which is said"
range good k5 4 "an end that does not boot: status 4"
says -- "--bad $(short k5): one.icount" "which is said"

# ---- merges ----
in_git checkout -q -B merging good
commit 400 'before the side' && in_git tag m1
in_git checkout -q -b branch
commit 404 'on the branch'
in_git checkout -q merging
commit 400 meanwhile && in_git tag m2
in_git merge -q -s recursive -X theirs -m 'the merge' branch >/dev/null && in_git tag m3
commit 404 'after it' && in_git tag m4
range good m4 0 "a change that a merge brings: status 0"
is "$(found)" "$(short m3)" "is the merge's"
says ' the merge (a merge, as one change)' "which is said"
replay 1 m3 "and git's, along first parents"
range branch m4 2 "an end that is not on the line of first parents: status 2"
says "is not on the line of first parents that leads to --bad $(short m4); name one that is, such as $(short m1)" "which is said, with one that is"
in_git checkout -q --orphan alone && commit 401 root
range alone m4 2 "no commit in common: status 2"
says 'have no commit in common' "which is said"

# ---- other rows ----
: >"$tmp/built"
"$build/ptbench" kernels bisect --out "$tmp/runs" --case gup_fast/walk --good "$linux#good" --bad c64 one >"$tmp/out" 2>"$tmp/err"
is "$?$(grep -c '^    and 1 more row$' "$tmp/out")" 01 "a case without params: all of its rows"
row() { # STATUS PATTERN ARGUMENT...
	"$build/ptbench" kernels bisect --out "$tmp/runs" "${@:3}" --good "$linux#good" --bad c64 one >"$tmp/out" 2>"$tmp/err"
	is "$?$(grep -c -e "$2" "$tmp/err")" "${1}1" "${*:3}: status $1" || sed 's/^/# /' "$tmp/err"
}
row 2 'has no row of gup_fast/other with the metric instructions' --case gup_fast/other
row 2 'has no row of gup_fast/walk:pages=9 with' --case gup_fast/walk:pages=9
row 2 'has no row of gup_fast/walk with the metric ipis_sent' --case gup_fast/walk --metric ipis_sent
row 2 'no such metric; there are .*instructions' --case gup_fast/walk --metric nonesuch
row 2 'must be FAMILY/NAME' --case 'gup_fast/*'
row 2 'must be FAMILY/NAME' --case 'gup_fast/walk:'
row 2 'must be FAMILY/NAME' --case 'gup_fast/walk:pages'
row 2 '.--case is missing'
bad() { # PATTERN ARGUMENT...
	bisect "${@:2}"
	is "$?$(grep -c -e "$1" "$tmp/err")" 21 "bisect ${*:2}: status 2" || sed 's/^/# /' "$tmp/err"
}
bad '--good is missing' --bad "$linux#c64" one
bad '--bad is missing' --good "$linux#c64" one
bad 'the scenario is missing' --good "$linux#good" --bad c64
bad 'takes one scenario' --good "$linux#good" --bad c64 one two
bad 'takes one scenario, no list' --good "$linux#good" --bad c64 BENCH
bad 'no list and no @VERSION' --good "$linux#good" --bad c64 one@6.12
bad "git knows no commit 'x'" --good "$linux#x" --bad c64 one
bad 'is of another folder' --good "$linux#good" --bad "$tmp#c64" one
bad 'no folder of a git tree' --good good --bad c64 one
KSRC=$linux bisect --good good --bad c64 one
is $? 0 "refs of KSRC"

# ---- Ctrl-C, and on ----
: >"$tmp/built"
FAKE_SLOW=0.4 env --default-signal=INT "$build/ptbench" kernels bisect --out "$tmp/stopped" --case gup_fast/walk:pages=1 --good "$linux#good" --bad c64 one \
	>"$tmp/out" 2>"$tmp/err" &
pid=$!
for _ in {1..200}; do
	[ "$(wc -l <"$tmp/built")" -ge 4 ] && break
	sleep 0.1
done
kill -INT $pid
wait $pid
is "$?$(grep -c 'interrupted; the same command goes on' "$tmp/err")" 1301 "Ctrl-C: status 130, and how to go on"
"$build/ptbench" kernels bisect --out "$tmp/stopped" --case gup_fast/walk:pages=1 --good "$linux#good" --bad c64 one >"$tmp/out" 2>"$tmp/err"
is "$?$(found)" "0$(short c41)" "the same command finds it"
[ "$(sed -n 's/.*booted \([0-9]*\), .*/\1/p' "$tmp/out")" -lt 2 ]
ok $? "and what was measured is not measured again"

finish
