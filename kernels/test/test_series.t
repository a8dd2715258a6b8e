#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptbench kernels series with a fake QEMU and a fake kernels/build: the table in every format, what
# does not build or boot, merges, hostile subjects, Ctrl-C, and a git tree that is not touched.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
# shellcheck source=kernels/test/fake_commits.sh
. "$root/kernels/test/fake_commits.sh"
says() { # PATTERN TEXT
	grep -q -e "$1" "$tmp/out" "$tmp/err"
	local status=$?
	ok $status "$2" || sed 's/^/# /' "$tmp/out" "$tmp/err"
}
line() { # COMMIT PATTERN TEXT: does the table's line of the commit match?
	grep -q "^$(short "$1")  $2" "$tmp/out"
	ok $? "$3" || grep "^$(short "$1")" "$tmp/out" | sed 's/^/# /'
}
series() { "$build/ptbench" kernels series --out "$tmp/runs" "$@" >"$tmp/out" 2>"$tmp/err"; }
folder() { sed -n 's,^series: \(.*\)/series.txt$,\1,p' "$tmp/out"; }
formats=(--format markdown --format mail --format json --format junit --format csv --format github)

# ---- a range with one commit of each kind ----
hostile=$'e\e[2J\xe2\x80\xaea <script>alert(1)</script> | @all `x` **b** :;, "q" %0A ::error::x \xff \xef\xbf\xbf'
commit 400 'before'
commit 400 'base' && in_git tag base
commit 403 'worse by three' && in_git tag worse
commit 403 'the same code' && in_git tag same
commit '' 'does not build' && in_git tag unbuilt
commit 405 'worse than the one before that builds' && in_git tag after
commit '405 panic' 'does not boot' && in_git tag unbooted
commit 404 "$hostile" && in_git tag hostile
in_git checkout -q -b side
commit 410 'on the side, one'
commit 412 'on the side, two'
in_git checkout -q main
commit 404 'meanwhile' && in_git tag meanwhile
in_git merge -q -s recursive -X theirs -m 'merge the side' side >/dev/null && in_git tag merged
commit 400 'takes all back' && in_git tag back
in_git worktree add -q "$tmp/other" base 2>/dev/null
# A dirty tree and index, and another git that holds the lock.
echo more >>"$linux/cost"
echo new >"$linux/new"
in_git add new
echo changed >>"$linux/new"
touch "$linux/.git/index.lock"
before=$(state)

KSRC=$linux series base..back "${formats[@]}" one
is $? 4 "a commit that does not build: status 4"
[ "$(state)" = "$before" ]
ok $? "the tree, its index, refs and worktrees are as they were"
is "$(grep -c '^[0-9a-f]\{12\}  ' "$tmp/out")" 9 "a line for each commit along first parents"
line worse 'WORSE           worse by three' "a commit that is worse"
says '^    gup_fast/walk: instructions 400 -> 403, +3 (+0.75 %), REGRESSED' "with the case, before and after"
line same 'the same image  the same code' "one of the same image"
line unbuilt 'DOES NOT BUILD  does not build' "one that does not build"
says '^    mm/gup.c does not <b>compile</b> | .x1b' "with the reason, harmless"
line after 'WORSE ' "the next one is judged"
says "^    judged against $(short same), for its parent has nothing to judge by" "against the last that has a kernel"
says '^    gup_fast/walk: instructions 403 -> 405, +2 ' "by its values"
line unbooted 'DOES NOT BOOT   does not boot' "one that does not boot"
says "^    one.icount-.cpu: .*Kernel panic" "with the console's line"
line hostile 'changed ' "one that is better is changed, and not worse"
says "^    judged against $(short after), for its parent" "judged against the last that boots"
line merged 'WORSE           merge the side (a merge, as one change)' "a merge is one commit"
says '^    gup_fast/walk: instructions 404 -> 412, +8 ' "against its first parent"
! grep -q 'on the side' "$tmp/out"
ok $? "and what it merges is not in the table"
says 'gup_fast/walk: instructions: 5 commits changed it: nothing is left of that' "the last kernel against the first"
says '^functions are not named: this machine has no QEMU with plugins' "functions that cannot be named are said"
says '^a commit has no kernel, or a part failed: 9 commits: 3 worse, 2 changed and not worse, 2 the same image, 1 without a kernel, for it does not build, 1 does not boot$' \
	"the sum of all"
says '== \[9/9\]' "progress on stderr"
dir=$(folder)
LC_ALL=C.UTF-8 grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\xaa-\xae]' "$tmp/out" "$dir"/series.*
is $? 1 "no file has a harmful character"
is "$(sort -u "$tmp/built" | grep -c ' followed$')" 10 "each commit and the first's parent is built, in the tree of the commits before"

# ---- formats ----
is "$(find "$dir" -type f -printf '%f\n' | sort | paste -sd,)" series.csv,series.github,series.json,series.junit,series.mail,series.markdown,series.txt "a file of each format"
diff <(sed '/^$/,$!d;/^series: /d' "$tmp/out") <(sed '/^$/,$!d' "$dir/series.txt") | grep -q '^[<>] .'
is $? 1 "series.txt is what was printed"
python3 - "$dir" >"$tmp/facts" <<'END'
import csv, json, sys, xml.etree.ElementTree as xml
d = sys.argv[1]
j = json.load(open(d + "/series.json", encoding="utf-8"))
print(j["format"], j["version"], j["status"], j["commits"], j["merges"], len(j["rows"]))
print([r["verdict"] for r in j["rows"]].count("WORSE"), j["rows"][0]["cases"][0]["base"], j["rows"][0]["cases"][0]["new"])
print(j["rows"][3]["against"] == j["rows"][1]["commit"], j["rows"][2]["against"], j["totals"][0]["net"])
x = xml.parse(d + "/series.junit").getroot()
s = x[0].attrib
print(s["tests"], s["failures"], s["errors"], s["skipped"], len(x.findall(".//testcase")), len(x.findall(".//failure")))
c = list(csv.DictReader(open(d + "/series.csv", encoding="utf-8", newline="")))
print(len(c), len({r["commit"] for r in c}), c[0]["base"], c[0]["new"], any("<script>" in r["subject"] for r in c))
m = open(d + "/series.markdown", encoding="utf-8").read()
print("<script>" in m, "@all" in m, all(l.count("|") == 9 for l in m.split("\n| commit |")[1].split("\n\n")[0].split("\n")[1:] if l))
print(max(len(l) for l in open(d + "/series.mail", encoding="utf-8").read().split("\n")) <= 72)
g = open(d + "/series.github", encoding="utf-8").read().strip().split("\n")
print(all(l.startswith("::") for l in g), g[0].split("::")[1], sum("::error::" in l.split("::", 2)[1] for l in g))
END
is "$(cat "$tmp/facts")" "ptbench-series 1 4 9 1 9
3 400 403
True None None
9 3 2 0 9 3
9 9 400 403 True
False False True
True
True error title=ptbench 0" "the files for programs hold it, and a hostile subject breaks none"
if ! python3 -c 'import jsonschema' 2>/dev/null; then
	skip "no python3-jsonschema; scripts/deps test installs it" "the JSON is of its schema, which refuses others"
else
	python3 - "$root/results/schema/ptbench-series-1.schema.json" "$dir/series.json" >"$tmp/facts" 2>&1 <<'END'
import json, sys
import jsonschema
schema, j = (json.load(open(f, encoding="utf-8")) for f in sys.argv[1:])
v = jsonschema.Draft202012Validator(schema)
print([e.message for e in v.iter_errors(j)])
for broken in ("status", "rows", "totals"):
    print(v.is_valid({k: x for k, x in j.items() if k != broken}))
j["rows"][0]["cases"][0]["base"] = "400"
print(v.is_valid(j))
END
	is "$(paste -sd' ' "$tmp/facts")" "[] False False False False" "the JSON is of its schema, which refuses others"
fi
cp -r "$dir" "$tmp/first"

# ---- again: nothing is booted, and the files are the same to the byte ----
KSRC=$linux series base..back "${formats[@]}" one
is "$?$(grep -c '^kernels: 1 booted, ' "$tmp/err")" 41 "the same command again boots what did not boot, and no other kernel"
grep -v 'icount' "$dir/series.txt" >"$tmp/a"
grep -v 'icount' "$tmp/first/series.txt" >"$tmp/b"
cmp -s "$tmp/a" "$tmp/b" && cmp -s "$dir/series.csv" "$tmp/first/series.csv"
ok $? "and writes the same bytes"
series "$linux#base..same" --no-functions one
is "$?$(grep -c '^kernels: 0 booted, ' "$tmp/err")" 11 "a part of the range: nothing is booted"
says '^functions are not named: --no-functions' "nor are functions looked for"
run=$(sed -n '1p' <(ls -d "$tmp"/runs/2*))
rm -r "$tmp"/runs/2*
series "$linux#base..same" --no-functions one
is "$?$(grep -c '^kernels: 2 booted, ' "$tmp/err")" 11 "runs that are gone are made again"
for f in "$tmp"/runs/2*/measured; do echo x >>"$f"; done
series "$linux#base..same" --no-functions one
is "$?$(grep -c '^kernels: 2 booted, ' "$tmp/err")" 11 "so are those that are of another key"
series "$linux#base..same" --no-functions --only costs one
says '^kernels: 2 booted' "with other boots, kernels are booted again"
echo more >>"$tmp/build/guest-fake/kernels/init"
series "$linux#base..same" --no-functions --only costs one
says '^kernels: 2 booted' "with another program in the guest, too"
[ -n "$run" ] && ! [ -e "$run" ]
ok $? "(a run was there)"

# ---- statuses ----
status() { # RANGE STATUS TEXT [OPTION]...
	series "$linux#$1" "${@:4}" one
	is $? "$2" "$3" || sed 's/^/# /' "$tmp/out" "$tmp/err"
}
status base..worse 1 "worse: status 1"
status base..worse 0 "an allowed change: status 0" --allow gup_fast/walk:instructions
status after..hostile 4 "does not boot: status 4"
status worse..same 0 "the same image: status 0"
in_git checkout -q -f -B skips base 2>/dev/null || { rm "$linux/.git/index.lock"; in_git checkout -q -f -B skips base; }
commit none 'nothing to patch' && in_git tag skipped
commit 399 'better' && in_git tag better
status base..skipped 3 "a commit that is skipped: status 3"
status base..better 3 "also if the next is better"
line better 'changed ' "which is judged"
status skipped..better 3 "a first commit whose parent has no kernel is not judged: status 3"
says 'no commit before it has a kernel to compare it with' "which is said"
commit '402 wrong' 'a check fails' && in_git tag wrong
status better..wrong 4 "a check that fails: status 4, for the part failed"
says 'check ok -> FAILED' "the check is a case of the commit"
# A regression that a later commit mends is one.
status base..back 4 "the whole range, worse and mended"
status same..back 4 "from a commit on"

# ---- two scenarios ----
in_git checkout -q -f -B pair base
printf 500 >"$linux/cost-two"
commit 400 'two has a kernel of its own' && in_git tag both-base
printf 510 >"$linux/cost-two"
commit 400 'worse for two' && in_git tag both
series "$linux#both-base..both" --no-functions one two
is $? 1 "two scenarios, one is worse: status 1"
line both 'the same image  one  worse for two' "the one is the same"
line both 'WORSE           two  worse for two' "the other worse"
says '1 commit of 2 scenarios: 1 worse, 1 the same image' "the sum counts both"

# ---- ranges ----
series "$linux#side..back" --no-functions one
says "^$(short side) is not on the line of first parents that leads to $(short back): the first commit" "a base that was merged: what the first is judged against"
in_git checkout -q --orphan alone && commit 400 root && commit 401 second
status base..alone 1 "a root commit has no parent"
says 'the first commit has no parent, and is not judged' "which is said"
bad() { # PATTERN ARGUMENT...
	series "${@:2}"
	local status=$?
	[ $status -eq 2 ] && grep -q -e "$1" "$tmp/err" && ! [ -s "$tmp/out" ]
	ok $? "series ${*:2}: status 2" || sed 's/^/# /' "$tmp/err"
}
: >"$tmp/built"
bad 'no commit in the range' "$linux#back..base" one
bad "git knows no commit 'nonesuch'" "$linux#base..nonesuch" one
bad "git knows no commit '--all'" "$linux#--all..base" one
bad 'a range is BASE..HEAD' "$linux#base...back" one
bad 'a range is BASE..HEAD' "$linux#base" one
bad 'no folder of a git tree' base..back one
bad 'git knows no commit' "$tmp#base..back" one
bad 'a scenario is missing' "$linux#base..back"
bad 'the range is missing'
bad 'No such file' "$linux#base..back" nonesuch
bad 'leave out the @' "$linux#base..back" one@6.12
bad 'must be markdown, mail' "$linux#base..back" --format yaml one
bad 'Not a directory; name a folder' "$linux#base..back" --out "$tmp/built/x" one
is "$(cat "$tmp/built")" "" "none of these has built anything"
"$build/ptbench" kernels series --help | grep -q 'goes on where it was'
ok $? "--help"

# ---- Ctrl-C while a kernel is built, and while one boots ----
cat >"$tmp/slow-qemu" <<END
#!/bin/bash
case "\$*" in *-serial*) echo \$\$ >>$tmp/booting; [ -e $tmp/fast ] || sleep 30 ;; esac
exec $build/kernels-test/fake_qemu "\$@"
END
chmod +x "$tmp/slow-qemu"
interrupt() { # WAIT-FOR VARIABLE=VALUE...
	env --default-signal=INT "${@:2}" "$build/ptbench" kernels series --out "$tmp/stopped" --no-functions "$linux#base..after" one >"$tmp/out" 2>"$tmp/err" &
	local pid=$!
	for _ in {1..100}; do
		[ -s "$1" ] && break
		sleep 0.1
	done
	sleep 0.5
	kill -INT $pid
	wait $pid
	is "$?$(grep -c 'interrupted; the same command goes on' "$tmp/err")" 1301 "Ctrl-C: status 130, and how to go on"
}
: >"$tmp/built"
interrupt "$tmp/built" FAKE_SLOW=30
touch "$tmp/booting"
interrupt "$tmp/booting" PTBENCH_QEMU="$tmp/slow-qemu"
is "$(find "$tmp/stopped" -name 'series-*' | wc -l)" 0 "no table is left of it"
touch "$tmp/fast"
PTBENCH_QEMU=$tmp/slow-qemu "$build/ptbench" kernels series --out "$tmp/stopped" --no-functions "$linux#base..worse" one >"$tmp/out" 2>"$tmp/err"
PTBENCH_QEMU=$tmp/slow-qemu "$build/ptbench" kernels series --out "$tmp/stopped" --no-functions "$linux#base..after" one >"$tmp/out" 2>"$tmp/err"
is "$?$(grep -c '^kernels: 1 booted, ' "$tmp/err")" 41 "what was measured before is not booted again"

# ---- outputs that cannot be written ----
if [ -w /dev/full ]; then
	"$build/ptbench" kernels series --out "$tmp/runs" "$linux#base..worse" --no-functions one >/dev/full 2>"$tmp/err"
	is "$?$(grep -c 'standard output: No space left' "$tmp/err")" 11 "a full disk: said, and the verdict is kept"
	"$build/ptbench" kernels series --out "$tmp/runs" "$linux#worse..same" --no-functions one >/dev/full 2>"$tmp/err"
	is $? 4 "and no success"
fi
# Planted links are not written through.
series "$linux#worse..same" --no-functions one
dir=$(folder)
echo kept >"$tmp/kept"
rm "$dir/series.txt" && ln -s "$tmp/kept" "$dir/series.txt"
series "$linux#worse..same" --no-functions one
is "$(cat "$tmp/kept")" kept "a planted link is replaced, and not followed"

finish
