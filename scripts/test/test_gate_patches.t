#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/gate-patches on a small git tree, with stand-ins for make and ptbench: what is compared, that
# the tree is left alone, and what goes wrong. kernels/test/test_ab_real.t compares real kernels.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"
s=$tmp/suite tree=$tmp/linux
mkdir -p "$s/scripts" "$s/results/policy" "$s/build" "$tree"
cp "$root/scripts/gate-patches" "$s/scripts/"
cp "$root/results/policy/default.json" "$s/results/policy/"
# shellcheck disable=SC2016 # make expands it
printf 'all guests:\n\t@test -z "$(BREAK)"\n' >"$s/Makefile"
# What is compared: the text of the base's and the head's file.
cat >"$s/build/ptbench" <<'END'
#!/bin/bash
echo "$*" >"$TEST_TMP/log"
while [ $# -gt 0 ]; do
	case $1 in
	--base) base=$2 ;;
	--head) head=$2 ;;
	--out) out=$2 ;;
	esac
	shift
done
text() { git -C "${1%#*}" show "${1#*#}:mm/gup.c" | paste -sd+; }
[ "${STATUS:-0}" -lt 128 ] || { echo interrupted; exit "$STATUS"; }
# Where all images are the same, or none is built, there is no run.
[ -z "${NONE:-}" ] || { echo "$NONE"; exit "${STATUS:-0}"; }
mkdir -p "$out/that"
ln -sfn that "$out/latest"
echo "from $(text "$base") to $(text "$head")" >"$out/that/compared.mail"
printf 'compared\n\nbase: %s\nhead: %s\n' "$out/this" "$out/that"
exit "${STATUS:-0}"
END
chmod +x "$s/build/ptbench"
export TEST_TMP=$tmp
unset PTBENCH_BUILD
git() { command git -c user.name=t -c user.email=t@example.org -c init.defaultBranch=main -C "$tree" "$@"; }
git init -q "$tree"
mkdir "$tree/mm"
echo a >"$tree/mm/gup.c"
git add -A
git commit -qm first
for line in b c; do
	echo $line >>"$tree/mm/gup.c"
	git commit -qam "mm: add $line"
done
git format-patch -q -o "$tmp/patches" HEAD~2
git format-patch -q --stdout HEAD~2 >"$tmp/series.mbox"
git reset -q --hard HEAD~2
echo odd >"$tree/untracked"
echo staged >>"$tree/mm/other.c"
git add mm/other.c
state() { (cd "$tree" && find . -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum; }
before=$(state)

gate() { "$s/scripts/gate-patches" --runs "$tmp/runs" "$@" >"$tmp/out" 2>"$tmp/err"; }
gate "$tree" "$tmp/series.mbox"
is "$?,$(cat "$tmp/out")" "0,from a to a+b+c" "a mailbox: the base, and both patches"
is "$(state)" "$before" "the tree, its index and its refs are as they were"
is "$(grep -c 'patches applied: 2' "$tmp/err")" 1 "the number of patches is said"
grep -q -- "--policy $s/results/policy/default.json --format mail --format markdown --format json .* BENCH$" "$tmp/log"
ok $? "by the default policy, in the formats, on the list BENCH"
is "$(compgen -G "${TMPDIR:-/tmp}/ptbench-patches.*" | wc -l)" 0 "the copy is gone"
(cd "$tmp/patches" && gate "$tree" ./*.patch)
is "$?,$(cat "$tmp/out")" "0,from a to a+b+c" "patch files, by relative names"
gate --scenarios 'x y' "$tree" "$tmp"/patches/0001*
is "$?,$(cat "$tmp/out"),$(grep -c ' x y$' "$tmp/log")" "0,from a to a+b,1" "one patch, and other scenarios"
STATUS=1 gate --quiet "$tree" "$tmp/series.mbox"
is "$?,$(cat "$tmp/out")" "1,from a to a+b+c" "a regression: status 1, and with --quiet the mail too"
gate --quiet "$tree" "$tmp/series.mbox"
is "$?,$(cat "$tmp/out")" "0," "nothing regressed: with --quiet nothing is printed"
STATUS=3 gate --quiet "$tree" "$tmp/series.mbox"
is "$?,$(cat "$tmp/out")" "3,from a to a+b+c" "inconclusive: never quiet"
NONE="x86_64-stock: FAILED: error: it does not compile" STATUS=4 gate "$tree" "$tmp/series.mbox"
is "$?,$(cat "$tmp/out")" "4,x86_64-stock: FAILED: error: it does not compile" "no kernel is built: its errors, and no mail of an earlier series"
NONE="x86_64-stock: unchanged: the same image" gate "$tree" "$tmp/series.mbox"
is "$?,$(cat "$tmp/out")" "0,x86_64-stock: unchanged: the same image" "all images are the same: that is said"
NONE="x86_64-stock: unchanged: the same image" gate --quiet "$tree" "$tmp/series.mbox"
is "$?,$(cat "$tmp/out")" "0," "and not, with --quiet"
STATUS=130 gate "$tree" "$tmp/series.mbox"
is "$?,$(cat "$tmp/out")" "130,interrupted" "interrupted: status 130, and no mail of an earlier run"

refused() { # PATTERN TEXT ARGUMENT...
	local pattern=$1 text=$2
	shift 2
	rm -f "$tmp/log"
	gate "$@"
	is "$?,$(grep -c -- "$pattern" "$tmp/err"),$(cat "$tmp/log" 2>/dev/null)" 2,1, "$text: status 2, and nothing is compared"
}
refused "the patches do not apply" "patches that do not apply" "$tree" "$tmp"/patches/0002*
: >"$tmp/empty"
refused "do not apply\|there is no patch" "an empty mailbox" "$tree" "$tmp/empty"
printf 'From x Mon Sep 17 00:00:00 2001\nFrom: x <x@example.org>\nSubject: out\n\n---\n--- a/../../escaped\n+++ b/../../escaped\n@@ -0,0 +1 @@\n+x\n-- \n' >"$tmp/escape"
refused "the patches do not apply" "a patch of a file outside" "$tree" "$tmp/escape"
is "$(find "$tmp/.." -maxdepth 1 -name escaped)" "" "which is not made"
refused "no such revision" "a base that is none" --base nothing "$tree" "$tmp/series.mbox"
refused "no such revision" "a tree that is none" "$tmp/patches" "$tmp/series.mbox"
refused "nowhere: cannot be read" "a mailbox that is not there" "$tree" "$tmp/nowhere"
refused "at least one MAILBOX" "no mailbox" "$tree"
refused "no such option" "an option that is none" --nothing "$tree" "$tmp/series.mbox"
BREAK=1 refused "make failed" "a suite that cannot be built" "$tree" "$tmp/series.mbox"
is "$(state)" "$before" "and the tree is as it was"
finish
