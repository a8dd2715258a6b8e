#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptbench kernels ab with a fake QEMU and a fake kernels/build: scenarios with equal images are not
# run, a worse head is found, and a side that does not build is reported.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
says() { # PATTERN TEXT
	grep -q -e "$1" "$tmp/out" "$tmp/err"
	local status=$?
	ok $status "$2"
	[ $status -eq 0 ] || sed 's/^/# /' "$tmp/out" "$tmp/err"
}

# ---- a checkout of its own; a scenario's image holds its cost, which the tree tells ----
root=$tmp/root
mkdir -p "$root/kernels/arch" "$root/kernels/scenarios" "$tmp/build/guest-fake/kernels" "$tmp/build/guest-fake/bench"
echo init >"$tmp/build/guest-fake/kernels/init"
echo guest >"$tmp/build/guest-fake/bench/bench-guest"
echo files >"$tmp/build/guest-fs.ext4"
printf '%s\n' 'lacks needs a second CPU' 'rows x86_64-4k-48 gup_fast/walk 1' >"$tmp/build/guest-rows"
printf '%s\n' 'cross x' 'qemu qemu-system-fake' 'machine m' 'cpu c' 'memory 1G' 'qemu_args -serial x' \
	'console ttyS0' 'data /dev/ttyS1' 'format x86_64-4k-48' >"$root/kernels/arch/fake.arch"
for s in one two; do printf 'title %s\narch fake\nrole stock\ndesign static\nappend fake=good\n' $s >"$root/kernels/scenarios/$s"; done
cat >"$root/kernels/build" <<'END'
#!/bin/bash
tree=${KSRC%%#*}
case $1 in
--check) [ -e "$tree/two" ] || { echo "KSRC=$KSRC: not a Linux source tree" >&2; exit 2; }; exit ;;
--verdicts) shift ;;
esac
for s; do
	folder=$tree/image-$s
	case $(cat "$tree/$s") in none*) printf '%s\tSKIPPED\tnothing to patch here\n' "$s"; continue ;; esac
	[ -s "$tree/$s" ] || { printf '%s\tFAILED\tmm/gup.c does not compile\n' "$s"; continue; }
	mkdir -p "$folder"
	cp "$tree/$s" "$folder/image"
	hash=$(sha256sum <"$folder/image" | cut -d' ' -f1)
	printf 'ffffffff81000000 0000000000000100 T gup_fast_fallback\n' >"$folder/symbols"
	printf 'ffffffff8100000%d T %s\n' 0 _stext 1 ptb_mark_begin 2 ptb_mark_end 3 ptb_mark_clock 4 ptb_mark_row \
		5 ptb_mark_again 6 ptb_mark_kept 7 ptb_mark_lost 8 ptb_mark_skipped >"$folder/System.map"
	printf 'ffffffff82000000 000000000000000%s\n' '3 D ptb_nr_costs_gup' '2 D ptb_nr_events_free' >"$folder/rows"
	printf '%064d  mm/first.o\n%s  mm/gup.o\n' 0 "$hash" >"$folder/objects"
	printf 'release\t6.12\nsource\t%s\ncompiler\tgcc\nimage_sha256\t%s\n' "$KSRC" "$hash" >"$folder/info"
	printf '%s\t%s\n' "$s" "$folder"
done
END
chmod +x "$root/kernels/build"
tree() { # NAME COST-OF-ONE COST-OF-TWO
	mkdir -p "$tmp/$1"
	printf '%s' "$2" >"$tmp/$1/one"
	printf '%s' "$3" >"$tmp/$1/two"
}
tree base 400 500
tree same 400 500
tree worse 403 500
tree better 397 500
tree broken '' 500

export PTBENCH_ROOT=$root PTBENCH_BUILD=$tmp/build PTBENCH_QEMU=$build/kernels-test/fake_qemu
unset KSRC
ab() { "$build/ptbench" kernels ab --no-report --out "$tmp/runs" "$@" >"$tmp/out" 2>"$tmp/err"; }
sides() { sed -n 's/^\(base\|head\): \//\//p' "$tmp/out"; }

ab --base "$tmp/base" --head "$tmp/same" one two
is $? 0 "the same images: status 0"
says '^one: unchanged: the same image, sha256 [0-9a-f]\{64\}' "which is said, with the hash"
is "$(ls "$tmp/runs" 2>/dev/null)" "" "and nothing is run"

ab --base "$tmp/base" --head "$tmp/worse" --only costs one two
is $? 1 "a row that costs more: status 1"
says '^one: changed: 1 of 2 objects differ: mm/gup.o' "which objects differ"
says '^two: unchanged' "the other scenario is unchanged"
says 'gup_fast/walk.*400.*403' "the row, before and after"
is "$(sides | wc -l)" 2 "two runs are left"
head=$(sides | tail -n 1)
! compgen -G "$head/two.*" >/dev/null
ok $? "the scenario with the same image was not booted"
is "$(python3 -c 'import json,sys; print(*[p["state"] for p in json.load(open(sys.argv[1]))["parts"] if p["name"] == "two.static"])' "$head/run.json")" \
	skipped "it has a row that says so"
says '== one: where the instructions went, gup_fast/walk:pages=1' "the row that changed most is profiled"

rendered() { # BASE HEAD [OPTION]...: prints the text of the page of both
	"$build/ptbench" kernels ab --out "$tmp/$2-rendered" --base "$tmp/$1" --head "$tmp/$2" --only costs one two "${@:3}" \
		>"$tmp/out" 2>"$tmp/err"
	sed 's/<[^>]*>/ /g' "$(sides | tail -n 1)/report/base-head.html" 2>/dev/null | tr -s ' \n' ' '
}
text=$(rendered base worse)
[[ $text == *"Yes. Regression: 3 rows regressed. Judged: 6 rows "*"pages=1 instructions, kernel 400 403 +3 (+0.75 %) REGRESSED"* ]]
ok $? "the report has the row, base beside head"
[[ $text == *"two.static — — — — — — — base: skipped: unchanged: base and head are the same image"* ]]
ok $? "and says which scenario was not run, and why"
text=$(rendered base worse --allow gup_fast/walk:instructions)
[[ $text == *"No. Nothing that was judged regressed."*"Changed, allowed: 3 rows."*"Allowed: gup_fast/walk:instructions: 3 rows."* ]]
ok $? "the report allows what --allow of ab names, and says so"
policy() { # FILE EXPIRES
	printf '{"format": "ptbench-policy", "version": 1, "rules": [], "acknowledged": [{"case": "gup_fast/*", "metric": "instructions",
		"reason": "one more check", "expires": "%s"}]}' "$2" >"$1"
}
policy "$tmp/policy" 9999-12-31
policy "$tmp/old" 2001-01-01
text=$(rendered base worse --policy "$tmp/policy" --format markdown --format junit --format ktap --format kcidb)
[[ $text == *"No. Nothing that was judged regressed."*"Changed, allowed: 3 rows."*"Allowed: gup_fast/*:instructions until 9999-12-31: one more check: 3 rows."* ]]
ok $? "the report allows what the policy of ab acknowledges"
head=$(sides | tail -n 1)
is "$(sed -n 's/^compared: .*\///p' "$tmp/out" | paste -sd,)" compared.txt,compared.markdown,compared.junit,compared.ktap,compared.kcidb "files of the formats that are asked for"
grep -q '^| changed, allowed | ' "$head/compared.markdown" && grep -q '<testsuites name="ptbench">' "$head/compared.junit" &&
	grep -q '^ok 1 comparison$' "$head/compared.ktap" && grep -q '"major": 5' "$head/compared.kcidb"
ok $? "with the comparison"
text=$(rendered base worse --policy "$tmp/old")
[[ $text == *"Yes. Regression: 3 rows regressed."*"Expired: gup_fast/*:instructions until 2001-01-01: one more check: 3 rows."* ]]
ok $? "and no longer, once that has expired"
tree lost '400 wrong' 500
text=$(rendered base lost)
is "$(grep -c 'regression: 1 check fails that passed in the base' "$tmp/out")" 1 "a check that fails on the head alone is a regression"
[[ $text == *"Yes. Regression: 1 check fails that passed in the base. Judged: "*" one.icount-1cpu "*"head: failed: "*" ok FAILED wrong right "* ]]
ok $? "on the report's page, too, with the part that failed"
text=$(rendered base better)
[[ $text == *"No. Nothing that was judged regressed."*"Improved: 3 rows."*"400 397 −3 (−0.75 %) improved"* ]]
ok $? "the report tells worse from better"

ab --base "$tmp/base" --head "$tmp/better" --only costs one
is $? 0 "a row that costs less: status 0"

ab --base "$tmp/base" --head "$tmp/broken" --only costs one two
is $? 4 "a side that does not build: status 4"
says '^one: head FAILED: mm/gup.c does not compile' "which, and why"
says '^two: unchanged' "the others are compared"
ab --base "$tmp/broken" --head "$tmp/base" --only costs one two
is $? 4 "a base that does not build: status 4"

# ---- scenarios of which one side, or neither, has a kernel ----
tree half none 500
tree half-worse none 503
tree half-better none 497
tree nothing none none
skips() { # BASE HEAD STATUS SENTENCE
	ab --base "$tmp/$1" --head "$tmp/$2" --only costs one two
	is $? "$3" "base $1, head $2: status $3"
	if [ -n "$4" ]; then says "$4" "and is said"; fi
}
one_sided='^inconclusive: for 1 scenarios only one side has a kernel'
skips base half 3 "$one_sided"
says '^one: head skipped: nothing to patch here' "with the reason"
skips half base 3 "$one_sided"
skips base half-better 3 "$one_sided"
skips half-better base 1 "$one_sided"
skips base half-worse 1 'regression: 3 rows regressed'
skips half half 0 '^one: head skipped: nothing to patch here'
"$build/ptbench" kernels ab --help | tr '\n' ' ' | grep -q 'a scenario that both sides skip is printed with the reason and does not change it'
ok $? "--help says so of a scenario that both sides skip"
skips half half-better 0 'nothing that was judged regressed'
skips nothing nothing 3 '^inconclusive: neither side has a kernel of any of the scenarios'
skips base nothing 3 '^inconclusive: for 2 scenarios only one side'
skips broken half 4 '^one: head skipped'

# ---- a machine without that QEMU ----
stand_in=$PTBENCH_QEMU
unset PTBENCH_QEMU
ab --base "$tmp/base" --head "$tmp/worse" --only costs one
is $? 3 "both kernels are built, and none is booted: status 3"
says '^inconclusive: no kernel was booted' "which is said"
export PTBENCH_QEMU=$stand_in

# ---- a part that fails in both runs, and allowed changes ----
printf 'title three\narch fake\nrole stock\ndesign static\nappend fake=panic\n' >"$root/kernels/scenarios/three"
for t in base better; do cp "$tmp/$t/one" "$tmp/$t/three"; done
ab --base "$tmp/base" --head "$tmp/better" --only costs one three
is $? 4 "a part that fails on both sides: status 4"
says '1 part failed' "which compare says"
ab --base "$tmp/base" --head "$tmp/worse" --only costs --allow gup_fast/walk:instructions one
is $? 0 "a change that --allow names: status 0"
says 'allowed: gup_fast/walk:instructions: 3 rows' "and which rows"
ab --base "$tmp/base" --head "$tmp/worse" --only costs --allow gup_fast/walk:pages=1:instructions one
is $? 1 "--allow for one number of pages alone: status 1"
ab --base "$tmp/base" --head "$tmp/worse" --allow nonsense one
is $? 2 "an --allow that is no CASE:METRIC: status 2"
says 'ptbench kernels ab: --allow "nonsense"' "before anything is built"
! grep -q building "$tmp/err"
ok $? "and nothing is built"

ab --base "$tmp/base"
is "$?$(grep -c -e '--head is missing' "$tmp/err")" 21 "a side that is not given: status 2, and which"
ab --base "$tmp/base" --head "$tmp/none" one
is "$?$(grep -c 'give a folder, FOLDER#REF, or KSRC=FOLDER' "$tmp/err")" 21 "a tree that is not there, and what may be given"

# ---- errors that are found before the first kernel is built ----
early() { # PATTERN ARGUMENT...
	local pattern=$1 status
	shift
	ab "$@"
	status=$?
	[ $status -eq 2 ] && grep -q -e "$pattern" "$tmp/err" && ! grep -q '== building' "$tmp/err"
	ok $? "ab ${*//$tmp\//}: status 2 before anything is built" || sed 's/^/# /' "$tmp/err"
}
mkdir -p "$tmp/no-tree" "$tmp/bin"
before=$(ls "$tmp/runs")
echo '{"format": "ptbench-policy", "version": 1, "rules": {}}' >"$tmp/bad"
early 'bad: \$.rules: is an object, must be an array' --base "$tmp/base" --head "$tmp/worse" --policy "$tmp/bad" one
early 'must be markdown, mail, json, junit, ktap, kcidb, csv or github' --base "$tmp/base" --head "$tmp/worse" --format yaml one
early 'scenarios/nonesuch: No such file' --base "$tmp/base" --head "$tmp/worse" one nonesuch
early 'NOLIST: No such file or directory: no such list' --base "$tmp/base" --head "$tmp/worse" NOLIST
early "KSRC=$tmp/no-tree: not a Linux source tree" --base "$tmp/base" --head "$tmp/no-tree" one
early "KSRC=$tmp/no-tree: not a Linux source tree" --base "$tmp/no-tree" --head "$tmp/base" one
echo >"$tmp/plain"
early "out $tmp/plain/runs: Not a directory; name a folder" --base "$tmp/base" --head "$tmp/worse" --out "$tmp/plain/runs" one
printf '#!/bin/sh\n' >"$tmp/bin/xgcc"
chmod +x "$tmp/bin/xgcc"
mv "$tmp/build/guest-fake/kernels/init" "$tmp/kept"
PATH=$tmp/bin:$PATH early 'kernels/init: No such file or directory; run make guests' --base "$tmp/base" --head "$tmp/worse" one
mv "$tmp/kept" "$tmp/build/guest-fake/kernels/init"
is "$(ls "$tmp/runs")" "$before" "none of these has made a run"

# ---- the verdict's file, if the standard output has no reader ----
kept() { # TEXT: the newest run has the verdict
	local file
	file=$(readlink -f "$tmp/runs/latest")/compared.txt
	grep -q 'gup_fast/walk.*400.*403' "$file" && grep -q 'regression: 3 rows regressed' "$file"
	ok $? "$1"
}
unread() { # OPTION...: prints into a pipe without a reader; the status goes to $tmp/status
	{
		sleep 0.3
		"$build/ptbench" kernels ab --out "$tmp/runs" --base "$tmp/base" --only costs "$@" one 2>"$tmp/err"
		echo $? >"$tmp/status"
	} | true
}
unread --head "$tmp/worse"
is "$(cat "$tmp/status")$(grep -c 'roken pipe' "$tmp/err")" 10 "a reader who leaves: the verdict is the status"
kept "and stands beside the head's run"
[ -s "$tmp/runs/latest/report/base-head.html" ]
ok $? "the report is rendered all the same"
unread --no-report --head "$tmp/better"
is "$(cat "$tmp/status")" 0 "a good verdict is the status, too"
if [ -w /dev/full ]; then
	for head in worse better; do
		"$build/ptbench" kernels ab --no-report --out "$tmp/runs" --base "$tmp/base" --head "$tmp/$head" --only costs one >/dev/full 2>"$tmp/err"
		is "$head $?$(grep -c 'standard output: No space left' "$tmp/err")" "$([ $head = worse ] && echo worse 11 || echo better 41)" \
			"a full disk: said, and no success"
		[ $head = better ] || kept "what was found is in the folder of the run"
	done
fi
ab --base "$tmp/base" --head "$tmp/half-worse" --only costs one two
grep -q '^inconclusive: for 1 scenarios only one side' "$(sides | tail -n 1)/compared.txt"
ok $? "compared.txt has the scenarios that only one side has, too"

KSRC=$tmp/base ab --base ref1 --head ref2 one
is $? 0 "with KSRC, --base and --head are refs of it"
says "== building head: $tmp/base#ref2" "which the build is given with the folder"
"$build/ptbench" kernels run --base x one >"$tmp/out" 2>"$tmp/err"
is $? 2 "kernels run does not take --base"

# ---- Ctrl-C after all boots, while the row that changed most is profiled ----
cat >"$tmp/qemu" <<END
#!/bin/bash
case "\$*" in
--help) echo '-plugin x' ;;
*-plugin*) echo \$\$ >$tmp/profiled; exec sleep 100 ;;
*) exec $build/kernels-test/fake_qemu "\$@" ;;
esac
END
chmod +x "$tmp/qemu"
mkdir -p "$tmp/build/kernels"
touch "$tmp/build/kernels/profile.so"
PTBENCH_QEMU=$tmp/qemu env --default-signal=INT "$build/ptbench" kernels ab --out "$tmp/runs" --base "$tmp/base" --head "$tmp/worse" --only costs one \
	>"$tmp/out" 2>"$tmp/err" &
pid=$!
for _ in {1..100}; do
	[ -s "$tmp/profiled" ] && break
	sleep 0.1
done
kill -INT $pid
wait $pid
is $? 130 "interrupted while it looks for the function: status 130"
# The guard may end QEMU only after ab has ended; it is a zombie until PID 1 has waited for it.
ended=1
for _ in {1..50}; do
	case $(ps -o stat= -p "$(cat "$tmp/profiled")") in '' | Z*) ended=0 && break ;; esac
	sleep 0.1
done
ok $ended "the boot that was running is ended"
says 'gup_fast/walk.*400.*403' "the comparison is there"
is "$(sides | wc -l)" 2 "both runs are there"
! compgen -G "$(sides | tail -n 1)/report" >/dev/null
ok $? "and nothing more is done"


finish
