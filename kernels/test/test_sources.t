#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernel sources by name, KSRC=debian:VERSION and SCENARIO@VERSION, with a mirror and an apt of the test's
# own: which package a name stands for, what happens when the mirror moves on or fails, and that nothing
# of the machine's is touched.
# shellcheck disable=SC2016 # names with a shell's signs
# shellcheck source=kernels/test/fake_suite.sh
. "$(dirname "$0")/fake_suite.sh"
# shellcheck source=kernels/test/fake_debian.sh
. "$(dirname "$0")/fake_debian.sh"

add bookworm-security 7.3.4-1
add bookworm-backports '7.3.9-1~bpo12+1'
add trixie 7.3.10-1
add sid 7.3.10-1
add sid 7.4.2-1
scenario plain
scenario variant 'base plain'
printf 'plain@7.3\nplain@7.4\n' >"$kernels/scenarios/NEWER"
printf 'plain\n' >"$kernels/scenarios/LIST"
touch "$tmp/before"
unset KSRC
source_is() { [ "$status" -eq 0 ] && [ "$(info source)" = "linux-source-$1" ] && [ "$(info release)" = "${2:-}" ]; }
apt_calls() { grep -c " $1" "$tmp/apt.log" 2>/dev/null || :; }
archives() { (cd "$PTBENCH_CACHE/debian/source" 2>/dev/null && printf '%s\n' * | sed 's/^\*$//' | paste -sd' '); }
with() { KSRC=debian:$1 run "${@:2}"; }

# ---- names that are none, before anything is read ----
for name in '' 7 7.3. .7.3 7.3.4.5 ../x '7.3;x' '7.3 x' '$(x)' -7.3 '7.3=' '7.3=../x' '7.3=1 2' 7.3=a/b $'7.3\nx'; do
	with "$name" plain
	ok "KSRC=debian:${name//$'\n'/\\n} is refused" fails 2 'not debian:VERSION, such as debian:7.3'
done
for name in 7.3.1=7.3.4-1 7.4=7.3.4-1 7.3.4=7.3.40-1; do
	with "$name" plain
	ok "KSRC=debian:$name is refused" fails 2 "the package ${name#*=} is not of version ${name%%=*}"
done
for name in '' 7 7.3. ../x '7.3;x' '$(x)' 07.3 7.03 12345.1 7.3=1 7.3.4.5 7.3@7.3; do
	run "plain@$name"
	ok "plain@$name is refused" fails 2 'what follows @ is the version of a kernel'
done
ok 'apt was not asked for any' test ! -e "$tmp/apt.log"

# ---- no mirror, none that can be read ----
FAKE_APT=dead with 7.3 plain
ok 'a mirror that cannot be reached: what apt says' fails 2 'the mirror could not be read: Failed to fetch http://mirror.example/debian//dists/bullseye/InRelease  Could not connect'
FAKE_APT=none with 7.3 plain
ok 'apt has no Debian mirror: what to do' fails 2 "KSRC=debian:7.3: apt of this machine knows no Debian mirror"
FAKE_APT=none run --sources
ok 'so says --sources' fails 2 'knows no Debian mirror'
mkdir "$tmp/without"
find -H /usr/bin /bin -maxdepth 1 -mindepth 1 ! -name 'apt*' -exec ln -sf -t "$tmp/without" {} +
PATH=$tmp/without with 7.3 plain
ok 'no apt-get' fails 2 'KSRC=debian:7.3: needs apt-get; on this system set KSRC= to a Linux tree'
mv "$mirror" "$mirror.away"
mkdir "$mirror"
with 7.3 plain
ok 'a mirror that has no suite: what apt says' fails 2 "the mirror could not be read: The repository 'http://mirror.example/debian/ bullseye Release'"
rmdir "$mirror"
mv "$mirror.away" "$mirror"
ok 'none of these is taken for an answer' test ! -e "$PTBENCH_CACHE/debian/updated"

# ---- which package a name stands for ----
with 7.3 plain
ok 'a version is its newest package in any suite' source_is '7.3 7.3.10-1' 7.3.10
ok 'suites that the mirror lacks are named' grep -q 'not on this mirror, or not signed by a key that apt trusts: bullseye .* forky;' <<<"$err"
first=$out
updates=$(apt_calls update)
with 7.3.4 plain
ok 'a point release is that one' source_is '7.3 7.3.4-1' 7.3.4
with '7.3=7.3.9-1~bpo12+1' plain
ok "a package's version is that package" source_is '7.3 7.3.9-1~bpo12+1' 7.3.9
run plain@7.4
ok 'SCENARIO@VERSION needs no KSRC' source_is '7.4 7.4.2-1' 7.4.2
at_name() { [[ $out == "plain@7.4"$'\t'"$PTBENCH_CACHE/image/plain-"* ]]; }
ok 'its name is printed with the version' at_name
with 7.3.4 plain@7.3
ok 'and goes before KSRC' test "${out#*$'\t'}" = "${first#*$'\t'}"
run variant@7.3 plain@7.3
ok 'a base is of the same version, and comes first' test "$status$(cut -f1 <<<"$out" | paste -sd,)" = 0plain@7.3,variant@7.3
run NEWER
ok 'a list has such names' test "$status$(cut -f1 <<<"$out" | paste -sd,)" = 0plain@7.3,plain@7.4
ok 'the lists were read once for all of these' test "$(apt_calls update)" = "$updates"
with 9.9 plain
ok 'a version that the mirror lacks' fails 2 "KSRC=debian:9.9: this machine's Debian mirror has no such source"
with 7.3.5 plain
ok 'a point release that it lacks' fails 2 'has no such source'
with 7.3=7.3.4-2 plain
ok "a package's version that it lacks" fails 2 'has no such source'
run plain@9.9
ok 'SCENARIO@VERSION of one: skipped' fails 3 "KSRC=debian:9.9: this machine's Debian mirror has no such source"
run plain@9.9 plain@7.4
ok 'the others go on' test "$status${out%%$'\t'*}" = 0plain@7.4
run --verdicts plain@9.9 plain@7.4
ok 'and a run records why' grep -q "^plain@9.9"$'\tSKIPPED\tKSRC=debian:9.9: this machine' <<<"$out"
add sid 9.9.1-1
with 9.9 plain
ok 'lists of today are not read again for a version that they lack' fails 2 'has no such source'
touch -d '2 days ago' "$PTBENCH_CACHE/debian/updated"
with 9.9 plain
ok 'old ones are' source_is '9.9 9.9.1-1' 9.9.1

# ---- the mirror moves on ----
add trixie 7.3.11-1
touch -d '2 days ago' "$PTBENCH_CACHE/debian/updated"
with 7.3 plain
ok 'what a version stands for stays' test "$out" = "$first"
run --sources
listed() { [ "$status" -eq 0 ] && grep -qxE "$1" <<<"$out"; }
ok '--sources: what is unpacked, where it is, and the newest' listed 'debian:7.3=7.3.10-1  +unpacked +sid trixie \(newest of 7.3\)'
ok 'each package of a suite' listed 'debian:7.3=7.3.4-1  +unpacked +bookworm-security'
ok 'not the one that came since' test -z "$(grep 7.3.11 <<<"$out")"
sed -i /7.3.10/d "$mirror/trixie" "$mirror/sid"
sed -i /7.3.9/d "$mirror/bookworm-backports"
meant=$(cat "$PTBENCH_CACHE"/debian/resolved/*)
touch -d '2 days ago' "$PTBENCH_CACHE/debian/updated" "$tmp/old"
FAKE_APT=dead run --sources --update
ok '--update, and the mirror cannot be reached: an error that names the suites' fails 2 'the lists of bookworm-backports bookworm-security sid trixie could not be read; a version means what it meant before'
ok 'and it is so' test "$(cat "$PTBENCH_CACHE"/debian/resolved/*)" = "$meant"
ok 'the lists stay as old as they are' test ! "$PTBENCH_CACHE/debian/updated" -nt "$tmp/old"
run --sources --update
ok '--update: the one that came, as the newest' listed 'debian:7.3=7.3.11-1  +- +trixie \(newest of 7.3\)'
with '7.3=7.3.9-1~bpo12+1' plain
ok "a package's version stays that package, though the mirror has it no more" source_is '7.3 7.3.9-1~bpo12+1' 7.3.9
add bookworm-backports '7.3.9-1~bpo12+1'
with 7.3 plain
ok 'a version is the newest package of then' source_is '7.3 7.3.11-1' 7.3.11
with 7.4 plain
rm -rf "$PTBENCH_CACHE"/{src,image,obj}/* "$PTBENCH_CACHE/debian/source"/linux-source-7.4*
sed -i /7.4/d "$mirror/sid"
with 7.4 plain
ok 'a package that the mirror has no more, and whose archive is not here: what to do' fails 4 'could not download linux-source-7.4 7.4.2-1: Version not found; if the mirror has replaced it, ptbench kernels sources --update lists'
with 7.3 plain
ok 'one whose archive is here is unpacked again' source_is '7.3 7.3.11-1' 7.3.11

# ---- downloads ----
fresh() { rm -rf "$PTBENCH_CACHE"/{src,image,obj}/* "$PTBENCH_CACHE"/debian/source; }
nothing_half() { [ -z "$(archives)" ] && [ -z "$(find "$PTBENCH_CACHE/src" "$PTBENCH_CACHE/image" -mindepth 1 -maxdepth 1 -type d ! -name 'tmp.*')" ]; }
fresh
FAKE_APT=fail with 7.3 plain
ok 'a download that fails: what apt says' fails 4 'could not download linux-source-7.3 7.3.11-1: Failed to fetch it'
ok 'leaves nothing' nothing_half
FAKE_APT=wrong with 7.3 plain
ok 'another package than the list has: refused' fails 4 "the package is not the one that the mirror's list promised"
ok 'and leaves nothing' nothing_half
KSRC=debian:7.3 FAKE_APT=hang "$kernels/build" plain >"$tmp/out1" 2>"$tmp/err" &
pid=$!
for ((i = 0; i < 300; i++)); do [ ! -e "$tmp/hangs" ] || break; sleep 0.1; done
SECONDS=0
kill -TERM $pid
wait $pid
status=$? out=$(cat "$tmp/out1") err=$(cat "$tmp/err")
ok 'one that is interrupted: says so' fails 130 interrupted
ok 'at once' test "$SECONDS" -lt 50
ok 'leaves no archive' test -z "$(compgen -G "$PTBENCH_CACHE/debian/source/*.xz")"
with 7.3 plain
ok 'the next one does' source_is '7.3 7.3.11-1' 7.3.11
ok 'and removes what the killed one has left' test "$(archives)" = linux-source-7.3_7.3.11-1.tar.xz

# ---- the installed package ----
archive_of 7.3.4 "$tmp/installed"
echo 7.3.4-1 >"$tmp/installed/version"
: >"$tmp/apt.log"
PTBENCH_CACHE=$tmp/other
for name in 7.3 7.3.4 7.3=7.3.4-1; do
	with "$name" plain
	ok "debian:$name is the installed package if that is one" source_is '7.3 7.3.4-1' 7.3.4
done
ok 'and apt is not asked' test ! -s "$tmp/apt.log"
with 7.3.9 plain
ok 'a point release that is not installed is not' source_is '7.3 7.3.9-1~bpo12+1' 7.3.9
run --sources
ok '--sources says which is installed' listed 'debian:7.3=7.3.4-1  +installed +bookworm-security'
PTBENCH_CACHE=$tmp/cache

# ---- pruning ----
archive_of 6.12.1 "$tmp/installed"
rm "$tmp/installed/linux-source-7.3.tar.xz"
echo 6.12.1-1 >"$tmp/installed/version"
run plain plain@9.9 plain@7.3
with '7.3=7.3.9-1~bpo12+1' plain
add sid 7.3.12-1
run --sources --update
run plain@7.3
ok 'an archive of each source that was used' test "$(archives)" = "linux-source-7.3_7.3.11-1.tar.xz linux-source-7.3_7.3.12-1.tar.xz linux-source-7.3_7.3.9-1~bpo12+1.tar.xz linux-source-9.9_9.9.1-1.tar.xz"
printf 'plain@7.3\nplain@8.8\nplain@7.4\nplain@9.9\n' >"$kernels/scenarios/HISTORY"
sed -i /9.9/d "$mirror/sid"
run --sources --update
touch -d '2 days ago' "$PTBENCH_CACHE/debian/updated"
calls=$(apt_calls update)
run --prune
ok '--prune after --update keeps the archives of what LIST and HISTORY use, though the mirror has one no more' test "$status$(archives)" = "0linux-source-7.3_7.3.12-1.tar.xz linux-source-9.9_9.9.1-1.tar.xz"
sources() { sed -n 's/^source\t//p' "$PTBENCH_CACHE"/image/*/info | sort -u | paste -sd,; }
ok 'and the kernels and sources of it, and of the installed package' test "$(sources)$(find "$PTBENCH_CACHE/src" -mindepth 1 -maxdepth 1 -type d | wc -l)" = 'linux-source-6.12 6.12.1-1,linux-source-7.3 7.3.12-1,linux-source-9.9 9.9.1-13'
ok 'a version that was never used is not looked for' test "$(apt_calls update)" = "$calls"
add sid 7.3.13-1
run plain@7.3
ok 'what the version stands for stays' source_is '7.3 7.3.12-1' 7.3.12
printf '%s\n' 'plain@8.8' >"$kernels/scenarios/HISTORY"
run --prune
ok 'without a line in HISTORY it goes' test "$status$(archives)$(sources)" = '0linux-source-6.12 6.12.1-1'

# ---- what was written where ----
ok "apt read and wrote lists of the cache alone: $(sort -u "$tmp/bad" 2>/dev/null | head -n 3)" test ! -e "$tmp/bad"
elsewhere() { find "$tmp/home" "$tmp/scratch" "$tmp/suite" -mindepth 1 -newer "$tmp/before" ! -path "*/scenarios*"; }
ok "nothing was written outside the cache: $(elsewhere)" test -z "$(elsewhere)"
status=0
for args in --frob '--update x' x; do
	# shellcheck disable=SC2086 # words
	out=$(PTBENCH_ROOT=$tmp/suite "$build/ptbench" kernels sources $args 2>"$tmp/err") || status=$?
	err=$(cat "$tmp/err")
	ok "ptbench kernels sources $args" fails 2 'takes --update only'
	status=0
done
run --sources
ok 'ptbench kernels sources prints the same' test "$out" = "$(PTBENCH_ROOT=$tmp/suite "$build/ptbench" kernels sources 2>/dev/null)"
if [ -w /dev/full ]; then
	"$kernels/build" --sources >/dev/full 2>"$tmp/err"
	status=$? out='' err=$(cat "$tmp/err")
	ok 'into a full disk: status 4' fails 4 'No space left on device'
fi
run --update plain
ok '--update without --sources' fails 2 '--update goes with --sources'
run --sources plain
ok '--sources with a scenario' fails 2 '--sources takes no scenario'
printf '1..%d\n' $nr
