#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The harness with a fake QEMU: reports each misbehaviour of a guest by its cause, within the time
# limit, and without harm to other parts.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"

# ---- a checkout of its own: one architecture, a scenario per misbehaviour, empty images ----
top=$root
root=$tmp/root
mkdir -p "$root/kernels/arch" "$root/kernels/scenarios" "$root/image" "$tmp/build/guest-fake/kernels" "$tmp/build/guest-fake/bench"
echo fs >"$tmp/build/guest-fs.ext4"
echo init >"$tmp/build/guest-fake/kernels/init"
echo guest >"$tmp/build/guest-fake/bench/bench-guest"
printf '%s\n' 'cross x' 'qemu qemu-system-fake' 'machine m' 'cpu c' 'memory 1G' 'qemu_args -serial x' \
	'console ttyS0' 'data /dev/ttyS1' 'format x86_64-4k-48' >"$root/kernels/arch/fake.arch"
echo kernel >"$root/image/image"
printf '%s\n' 'ffffffff81000000 0000000000000100 T gup_fast_fallback' \
	'ffffffff81000100 0000000000000010 t gup_fast_fallback.cold' \
	'ffffffff81000200 0000000000000040 T schedule' 'ffffffff81000300 0000000000000020 T tlb_finish_mmu' \
	'ffffffff81000400 0000000000000008 t tlb_flush_mmu' 'ffffffff81000500 0000000000000004 T try_grab_folio' >"$root/image/symbols"
# A boot of costs has three rows of the driver and one of the reference, a boot of events two.
printf '%s\n' 'ffffffff82000000 0000000000000002 D ptb_nr_costs_gup' 'ffffffff82000010 0000000000000001 D ptb_nr_costs_variant' \
	'ffffffff82000020 0000000000000002 D ptb_nr_events_free' >"$root/image/rows"
printf '%s\n' 'lacks needs a second CPU' 'rows x86_64-4k-48 gup_fast/walk 1' 'rows s390x gup_fast/walk 7' >"$tmp/build/guest-rows"
printf '%s\n' '# CONFIG_PREEMPT_NONE is not set' CONFIG_PREEMPT_BUILD=y CONFIG_PREEMPT=y CONFIG_PREEMPTION=y >"$root/image/config"
printf 'release\t6.12\nsource\tnone\ncompiler\tgcc\npatch\ta\npatch\tb\n' >"$root/image/info"
cat >"$root/kernels/build" <<'END'
#!/bin/bash
case $1 in
--check) case ${KSRC:-} in bad*) echo "KSRC=$KSRC: not a Linux source tree" >&2; exit 2 ;; esac; exit ;;
--verdicts) shift ;;
*) exit 2 ;;
esac
for s; do
	case $s in
	slow) exec sleep 100 ;;
	unbuildable) printf '%s\tFAILED\tit does not compile\n' "$s" ;;
	lacking) printf '%s\tSKIPPED\tfake-gcc not found\n' "$s" ;;
	late) sleep 3; echo "late is built" >&2; printf '%s\t%s\n' "$s" "$(dirname "$0")/../image" ;;
	untold) ;;
	fatal) echo "no space left on device" >&2; exit 4 ;;
	killed) kill -KILL $$ ;;
	absent) printf '%s\t%s\n' "$s" "$(dirname "$0")/../absent" ;;
	*) printf '%s\t%s\n' "$s" "$(dirname "$0")/../image" ;;
	esac
done
END
chmod +x "$root/kernels/build"
scenario() { printf 'title %s\narch fake\nrole stock\ndesign static\nappend fake=%s\n' "$1" "$1" >"$root/kernels/scenarios/$1"; }
names=(good wrong silent hang panic warn truncated flood-console flood-data guest-failed other-boot
	damaged miscounted appended twice forged strange crashed status-1 escapes hidden long-line no-console
	of-the-reference family-skipped family-known one-skipped one-measured all-skipped one-unknown one-known no-check one-missing one-more no-reference half-reference odd-check absent half-absent)
for s in "${names[@]}" unbuildable untold lacking late tooold; do scenario "$s"; done
printf 'machine too-new\n' >>"$root/kernels/scenarios/tooold"
sed -i s/fake=late/fake=good/ "$root/kernels/scenarios/late"
printf 'skip-ref gup_fast/* busted\n' >>"$root/kernels/scenarios/of-the-reference"
printf 'skip-family gup_fast/* known\n' >>"$root/kernels/scenarios/family-known"
for s in all-skipped one-known no-check family-skipped; do printf 'skip gup_fast/* known\n' >>"$root/kernels/scenarios/$s"; done
printf 'expect gup_fast/only cross=pud right\n' >>"$root/kernels/scenarios/no-check"
# A family that does not compile on this kernel: what common.expect says of it, and an expectation.
grep 'the driver.s case does not compile on this kernel' "$top/kernels/common.expect" >"$root/kernels/common.expect"
for s in absent half-absent; do printf 'expect gup_fast/only cross=pud right\n' >>"$root/kernels/scenarios/$s"; done
cp -r "$root/image" "$root/absent"
sed -i s/gup_fast_fallback/internal_get_user_pages_fast/ "$root/absent/symbols"
printf '%s\n' CONFIG_PREEMPT_LAZY=y CONFIG_PREEMPT_RT=y CONFIG_PREEMPT_DYNAMIC=y >"$root/absent/config"
printf 'absent_family\tgup: mm/ptbench/gup.c:1:1: error: gone\nunknown_option\tCONFIG_GONE\nunknown_option\tCONFIG_LOST\n' >>"$root/absent/info"
scenario fatal
scenario killed
scenario good2
sed -i s/good2/good/ "$root/kernels/scenarios/good2"

export PTBENCH_ROOT=$root PTBENCH_BUILD=$tmp/build PTBENCH_QEMU=$build/kernels-test/fake_qemu
run() { "$build/ptbench" kernels run --out "$tmp/runs" "$@" >"$tmp/out" 2>"$tmp/err"; }
part() { # NAME: prints "STATE REASON" on one line
	python3 - "$tmp/runs/latest/run.json" "$1" <<'END'
import json, sys
for p in json.load(open(sys.argv[1]))["parts"]:
    if p["name"] == sys.argv[2]:
        print(p["state"], (p["reason"] or "").replace("\n", " "), end="")
END
}
reported() { # SCENARIO PATTERN: did its costs part fail with that reason?
	local got
	got=$(part "$1.icount-1cpu")
	# shellcheck disable=SC2053 # a pattern
	[[ $got == "failed "*$2* ]]
	local status=$?
	ok $status "$1 is reported: $2"
	[ $status -eq 0 ] || echo "# $got"
}

# ---- the time limit of an architecture, and one that is given ----
{ cat "$root/kernels/arch/fake.arch"; echo 'timeout 2'; } >"$root/kernels/arch/brief.arch"
cp -r "$tmp/build/guest-fake" "$tmp/build/guest-brief"
printf 'title t\narch brief\nrole stock\ndesign static\nappend fake=hang\n' >"$root/kernels/scenarios/brief"
run --only costs brief
reported brief "still running after 2 s"
run --only costs --timeout 1 brief
reported brief "still running after 1 s"

# ---- a command line that comes behind the initramfs, as the machine's own is too short ----
{ cat "$root/kernels/arch/fake.arch"; echo 'bootconfig yes'; } >"$root/kernels/arch/behind.arch"
cp -r "$tmp/build/guest-fake" "$tmp/build/guest-behind"
printf 'title t\narch behind\nrole stock\ndesign static\nappend fake=good\n' >"$root/kernels/scenarios/behind-good"
run behind-good
ok $? "a guest gets the words that stand behind its initramfs, in both boots"
printf 'title t\narch behind\nrole stock\ndesign static\nappend fake=good panic=5\n' >"$root/kernels/scenarios/behind-twice"
run --only costs behind-twice
reported behind-twice "a word of the command line stands twice"
printf 'title t\narch behind\nrole stock\ndesign static\nappend fake=good a="b\n' >"$root/kernels/scenarios/behind-quote"
run --only costs behind-quote
reported behind-quote "a word of the command line cannot be handed over"

# ---- a scenario of several kernels ----
run --only costs good@7.3.4 good good@7.3 wrong@7.10
is "$(python3 -c 'import json, sys; print(*[p["name"] for p in json.load(open(sys.argv[1]))["parts"] if "icount" in p["name"]])' "$tmp/runs/latest/run.json")" \
	"good@7.3.4.icount-1cpu good.icount-1cpu good@7.3.icount-1cpu wrong@7.10.icount-1cpu" "parts of SCENARIO@VERSION stand in the order of the names"
"$build/ptbench" validate "$tmp"/runs/latest/*.json >"$tmp/out" 2>&1
ok $? "and are valid"
python3 - "$tmp/runs/latest" "$top/results/schema" <<'END'
import json, re, sys
pattern = json.load(open(sys.argv[2] + "/ptbench-run-1.schema.json"))["$defs"]["name"]["pattern"]
parts = json.load(open(sys.argv[1] + "/run.json"))["parts"]
assert [p for p in parts if "@" in p["name"]] and all(re.match(pattern, p["name"]) for p in parts)
END
ok $? "by the schema, too"
for s in good@ good@x good@7 @7.3 good@7.3@7.3 good@../x; do
	run --only costs "$s"
	is $? 2 "$s is no name"
done

# ---- all at once ----
start=$SECONDS
run --only costs --timeout 3 -j 4 "${names[@]}" unbuildable untold lacking tooold good2
is $? 4 "a part that failed makes the status 4"
[ $((SECONDS - start)) -le 30 ]
ok $? "nothing runs far beyond its time limit"
is "$(part good.icount-1cpu)" "passed " "the first scenario passed"
is "$(part good2.icount-1cpu)" "passed " "the last scenario passed, although those before it failed"
reported wrong "1 of 7 checks came out wrong, first gup_fast/only cross=pud: 'wrong 8 of 16"
reported silent "the guest's records: line 0: the guest sent nothing"
reported hang "still running after 3 s; the console ends:*last words"
reported panic "Kernel panic - not syncing: Attempted to kill init"
reported warn "WARNING: CPU: 0 PID: 1"
reported truncated "the guest's records: line 3: the stream is cut off in this line"
reported flood-console "more than 1048576 bytes on the console"
reported flood-data "more than 4194304 bytes on the data line"
reported guest-failed "the guest says: row 3 of the driver: EIO; the line above says why: no quiet window; the console ends:*ptbench: no quiet window"
reported other-boot "the guest ran the boot 'events' instead of 'costs'"
reported damaged "the CRC is wrong"
reported miscounted "2 records announced, 1 came"
reported appended "line 14: something follows the end"
reported twice "record 2 of the stream:"
reported forged "line 2: '}}' expected"
reported strange "its document cannot be written: *.params.cross: \"nowhere\" is not among the values"
reported crashed "QEMU was ended by signal 11"
reported status-1 "QEMU ended with status 1"
reported escapes "BUG:"
reported hidden "WARNING: CPU: 0 PID: 1"
reported long-line "WARNING: CPU: 0 PID: 1"
reported no-console "the console's log cannot be read: No such file"
reported one-skipped "the guest measured nothing of the kernel: 1 records, 0 of them checks"
reported one-measured "the kernel's tables have 3 for this boot (gup 2, variant 1), and records of 1 came"
reported all-skipped "the guest measured nothing of the kernel: 11 records, 6 of them checks"
reported one-unknown "gup_fast/walk {pages=2} was skipped: 'not in the mood'; no skip line of the scenario, of kernels/arch/fake.expect or"
reported of-the-reference "gup_fast/walk {pages=2} was skipped: 'busted'; no skip line of"
reported family-skipped "every row of the kernel's of the family gup_fast was skipped, first gup_fast/walk: 'known'; no skip-family line"
is "$(part family-known.icount-1cpu)" "passed " "a family may be skipped as a whole for the reason of its skip-family line"
is "$(part one-known.icount-1cpu)" "passed " "a row may be skipped for the reason of a skip line"
reported no-check "scenarios/no-check:7: no check of gup_fast/only came out as 'right'"
is "$(part absent.icount-1cpu)" "passed " "a family that does not compile on this kernel: passed, though it measured nothing and a check is missing"
python3 - "$tmp/runs/latest/absent.icount-1cpu.json" <<'END'
import json, sys
d = json.load(open(sys.argv[1]))
d["subject"] = d["provenance"]["subject"]
assert d["subject"]["absent_family"] == "gup: mm/ptbench/gup.c:1:1: error: gone", d["subject"]
assert d["subject"]["preemption"] == "dynamic, rt", d["subject"]
assert d["subject"]["unknown_option"] == "CONFIG_GONE; CONFIG_LOST", d["subject"]
assert [m["skipped"] for m in d["measurements"] if "row" in m["params"]] == \
    ["the driver's case does not compile on this kernel: mm/ptbench/gup.c:1:1: error: gone"] * 2
END
ok $? "its document says which, with the error"
reported half-absent "gup_fast/only {row=1} was skipped: 'this kernel has no such thing'; no skip line"
reported one-missing "have 3 for this boot (gup 2, variant 1), and records of 2 came"
reported one-more "have 3 for this boot (gup 2, variant 1), and records of 4 came"
reported no-reference "0 rows of gup_fast/gup_test came instead of 6"
reported odd-check "table_free/rcu_path is no check of a boot of costs"
reported half-reference "the reference has 1 rows of gup_fast/walk for guests, and 2 came"
is "$(part unbuildable.static)" "failed it does not compile" "a kernel that does not build is one failed row"
is "$(part untold.static)" "failed kernels/build printed no line for it" "so is one for which kernels/build prints no line"
is "$(part lacking.static)" "skipped fake-gcc not found" "a kernel without a compiler is one skipped row"
is "$(part tooold.static)" "skipped QEMU emulator version 0.0 (a fake) does not start this machine: fake: unsupported machine type 'too-new'; it may be too old" \
	"so is one that this QEMU cannot be the machine of, and nothing is built for it"
is "$(grep -c "icount-1cpu: " "$tmp/err")" "$((${#names[@]} + 1))" "stderr has a line for each boot"
is "$(grep -o '^\[[0-9]*/[0-9]*\]' "$tmp/err" | tail -n 1)" "[40/40]" "each with how many of how many boots have ended"
! grep -q $'\033' "$tmp/err" "$tmp/runs/latest/run.json"
ok $? "nothing of a console reaches the terminal unescaped"
"$build/ptbench" validate "$tmp"/runs/latest/*.json >/dev/null 2>"$tmp/validate"
ok $? "what was written is valid"
names_in_order=$(python3 -c 'import json,sys; print(*[p["name"][:-12] for p in json.load(open(sys.argv[1]))["parts"] if p["name"].endswith("icount-1cpu")])' "$tmp/runs/latest/run.json")
is "$names_in_order" "${names[*]} good2" "parts stand in the order they were asked for"
doc=$tmp/runs/latest/good.icount-1cpu.json
is "$(python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(len(d["measurements"]), d["checks"][0]["ok"], d["provenance"]["subject"]["patch"])' "$doc")" \
	"4 True a; b" "the document holds what the guest said"
code_bytes() { # SCENARIO: "CASE SYMBOL BYTES, ..."
	python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(*["%s %s %d" % (m["case"], m["params"].get("symbol"), m["samples"][0])
		for m in d["measurements"]], sep=", ")' "$tmp/runs/latest/$1.static.json"
}
is "$(code_bytes good)" "gup_fast/walk all 272, gup_fast/walk gup_fast_fallback 272, kernel/text None 380, table_free/munmap all 40, \
table_free/munmap tlb_finish_mmu 32, table_free/munmap tlb_flush_mmu 8" "code bytes: a function with its cold part, both paths, the text"
is "$(code_bytes absent | grep -o '^.*kernel/text')" "gup_fast/walk all 276, gup_fast/walk internal_get_user_pages_fast 272, \
gup_fast/walk try_grab_folio 4, kernel/text" "... by the names that GUP-fast's functions had until 6.9"
[ -s "$tmp/runs/latest/hang.icount-1cpu.console.log" ] && [ -s "$tmp/runs/latest/hang.icount-1cpu.stream" ]
ok $? "console and stream are kept"

# ---- a scenario is booted as soon as its own kernel is built ----
run good late
is $? 0 "a kernel is built while another one is booted: status 0"
is "$(grep -o '^late is built\|good.icount-1cpu: passed' "$tmp/err" | paste -sd,)" "good.icount-1cpu: passed,late is built" "the other one was booted before that was built"
is "$(python3 -c 'import json,sys; print(*[p["name"] for p in json.load(open(sys.argv[1]))["parts"]])' "$tmp/runs/latest/run.json")" \
	"good.icount-1cpu good.icount-2cpu good.static late.icount-1cpu late.icount-2cpu late.static" "the parts stand as they were asked for"
for s in fatal killed; do
	run --only costs good $s good2
	is "$?$(part good.icount-1cpu)" "4passed " "a build that dies ($s) does not end the boots that run"
	is "$(part $s.static)$(part good2.static)" "$(printf 'failed kernels/build ended before it built this one; its output says why%.0s' 1 2)" \
		"what it still had to build is failed rows"
done
PTBENCH_QEMU='' run --only costs good
is "$?$(part good.static)" "3skipped qemu-system-fake cannot be run; scripts/deps installs it" \
	"without QEMU: skipped, with what to do, and status 3"
grep -q '^ptbench kernels: no kernel was booted: ' "$tmp/err"
ok $? "and stderr has the reason"
run --only costs lacking
is "$?" 3 "all scenarios skipped for want of a compiler: status 3, too"
run --only costs lacking good
is "$?" 0 "one skipped, one booted: status 0"
run --only costs lacking unbuildable
is "$?" 4 "one skipped, one failed: status 4"

# ---- a disk that is small, and one that is full ----
small=$tmp/small
mkdir "$small"
on_small() { "$build/ptbench" kernels run --out "$small/runs" --only costs "$@" >"$tmp/out" 2>"$tmp/err"; }
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=10m none "$small" 2>/dev/null; then
	trap 'umount "$small"; rm -rf "$tmp"' EXIT
	on_small flood-console flood-data good
	is "$?$(grep -c 'good.icount-1cpu: passed' "$tmp/err")" 41 "guests that write without end do not fill the disk that the others write to"
	is "$(grep -c 'FAILED.*more than [14][0-9]* bytes' "$tmp/err")" 2 "each of these guests is reported"
	[ "$(du -sk "$small" | cut -f1)" -lt 2048 ]
	ok $? "and what they wrote is cut off"
	head -c 20m /dev/zero >"$small/full" 2>/dev/null
	on_small good
	status=$?
	[ $status -eq 2 ] && grep -q 'No space left on device' "$tmp/err"
	ok $? "a run that cannot begin for want of room: status 2, and why"
	# Room for the folder, the console and the stream, not for the results.
	truncate -s -12k "$small/full"
	on_small good
	status=$?
	[ $status -ne 0 ] && grep -q 'No space left on device' "$tmp/err"
	ok $? "a run that cannot be recorded on a full disk: no status 0, and why"
	umount "$small"
	trap 'rm -rf "$tmp"' EXIT
else
	skip 'a small file system cannot be mounted here (needs root)' 'guests that write without end' 'a run without room'
fi

# ---- expectations ----
printf 'expect gup_fast/only cross=pud short* | wrong*\n' >>"$root/kernels/scenarios/wrong"
printf 'expect gup_fast/only cross=pud short* | wrong*\n' >>"$root/kernels/scenarios/good"
printf 'expect-some gup_fast/only wrong*\n' >>"$root/kernels/scenarios/good2"
sed -i 's/^role stock/role busted\nbase good/' "$root/kernels/scenarios/wrong"
run --only costs wrong good good2
is "$(part wrong.icount-1cpu)" "passed " "a busted scenario passes when its checks come out wrong as expected"
axis() { # PART KEY: prints the axis's values, "VALUE(of,busted) ..."
	python3 - "$tmp/runs/latest/$1.json" "$2" <<'END'
import json, sys
for a in json.load(open(sys.argv[1]))["axes"]:
    if a["key"] == sys.argv[2]:
        print(*["%s(%s,%s)" % (v["value"], v.get("of", ""), v["busted"]) for v in a["values"]])
END
}
is "$(axis wrong.icount-1cpu scenario)" "good(,False) wrong(good,True)" "its document says of which it is a variant"
is "$(axis good.icount-1cpu scenario)" "good(,False)" "the document of a stock scenario names that scenario alone"
"${PTBENCH_REPORTER:-$build/ptbench}" report "$tmp/runs/latest" >"$tmp/out" 2>&1
shown() { sed 's/<[^>]*>/\n/g' "$tmp/runs/latest/report/$1" | grep -qxF "$2"; }
shown kernels.html wrong && shown kernels.html good2
ok $? "the report has each as a kernel, whatever it is called"
reported good "'right' seen, 'short\* | wrong\*' expected"
reported good2 "no check of gup_fast/only came out as 'wrong\*'"

# A rule that holds for the stack layout of another compiler (the image's is called gcc).
cat >"$root/kernels/scenarios/layout" <<'END'
title t
role stock
arch fake
design static
append fake=wrong
layout gcc 99*
expect-layout gup_fast/only cross=pud short*
expect gup_fast/only cross=pud short* | wrong*
END
run --only costs layout
is "$?$(part layout.icount-1cpu)" "0passed " "an outcome that depends on another compiler's stack layout is not demanded"
is "$(sed -n 's/^layout.icount-1cpu: not judged: .*\(layout:7: .*\)/\1/p' "$tmp/err")" \
	"layout:7: gup_fast/only comes out as 'short*' with the stack layout of gcc 99*; this kernel was compiled by gcc" "which is said"
grep -q '"not_judged": "gup_fast/only comes out as ' "$tmp/runs/latest/layout.icount-1cpu.json"
ok $? "in the document, too"
sed -i 's/^layout .*/layout gcc*/' "$root/kernels/scenarios/layout"
run --only costs layout
reported layout "'wrong 8 of 16*' seen, 'short\*' expected"
sed -i 's/fake=wrong/fake=good/; s/^layout .*/layout gcc 99*/' "$root/kernels/scenarios/layout"
run --only costs layout
reported layout "'right' seen, 'short\* | wrong\*' expected"

# ---- bad input ----
ls "$tmp/runs" >"$tmp/before"
latest=$(readlink "$tmp/runs/latest")
run nonesuch
is $? 2 "no such scenario: status 2"
grep -q 'scenarios/nonesuch: No such file' "$tmp/err"
ok $? "and the file that is missing"
printf 'title t\narch fake\nrole stock\ndesign d\ncolour red\n' >"$root/kernels/scenarios/odd"
run odd
is "$?$(grep -o "scenarios/odd:5: unknown key 'colour'" "$tmp/err")" "2scenarios/odd:5: unknown key 'colour'" "an unknown key, with file and line"
echo '# nothing' >"$root/kernels/scenarios/EMPTY"
printf 'good2\n../good\n' >"$root/kernels/scenarios/PATHS"
refused() { # PATTERN ARGUMENT...: is the status 2 and the reason PATTERN?
	local pattern=$1 status
	shift
	run "$@"
	status=$?
	[ $status -eq 2 ] && grep -q -e "$pattern" "$tmp/err"
	ok $? "run $*: status 2, $pattern"
}
refused "'' is not the name of a scenario" ''
refused "'../good' is not the name of a scenario" ../good
refused 'scenarios/EMPTY: this list names no scenario' EMPTY
refused "scenarios/PATHS:2: '../good' is not the name" PATHS
refused 'NOLIST: No such file or directory: no such list' NOLIST
refused "ptbench kernels run: --timeout '0' is not a number from 1 to" --timeout 0 good2
refused "--timeout '99999999999999999999' is not" --timeout 99999999999999999999 good2
refused "-j '-1' is not" -j -1 good2
refused "-j '2x' is not" -j 2x good2
refused "--only 'all' is neither costs nor events" --only all good2
refused "ptbench kernels run: unrecognized option '--frob'" --frob
KSRC=bad-tree refused 'KSRC=bad-tree: not a Linux source tree' good2
is "$(ls "$tmp/runs") $(readlink "$tmp/runs/latest")" "$(cat "$tmp/before") $latest" "none of these has made a run"
for command in list build run ab profile bytes; do
	"$build/ptbench" kernels --help | grep -q "^  $command "
	ok $? "kernels --help has $command"
	[ $command = build ] || "$build/ptbench" kernels $command --help | grep -q "^usage: ptbench kernels $command"
	ok $? "kernels $command --help has a line usage:"
done
"$build/ptbench" kernels frob >"$tmp/out" 2>"$tmp/err"
is "$?$(head -n 1 "$tmp/err")" "2ptbench kernels: 'frob' is not a subcommand" "no such subcommand"
if [ -w /dev/full ]; then
	"$build/ptbench" kernels list good2 >/dev/full 2>"$tmp/err"
	is "$?$(grep -c 'standard output: No space left' "$tmp/err")" 41 "a list that cannot be written is no success"
fi
TMPDIR=$tmp/nonesuch run good2
is "$?$(grep -c 'No such file or directory; set TMPDIR' "$tmp/err")" 21 "no folder for the initramfs: said, with what to do"
# With a compiler for the guests' programs, missing programs are an error and no reason to skip.
mkdir "$tmp/bin"
printf '#!/bin/sh\n' >"$tmp/bin/xgcc"
chmod +x "$tmp/bin/xgcc"
for file in guest-fake/kernels/init guest-fake/bench/bench-guest guest-fs.ext4 guest-rows; do
	mv "$tmp/build/$file" "$tmp/kept"
	PATH=$tmp/bin:$PATH run good2
	is "$?$(grep -c "$file: No such file or directory; run make guests SCENARIOS=good2" "$tmp/err")" 21 "no $file: said, with what to do"
	mv "$tmp/kept" "$tmp/build/$file"
done
mv "$tmp/build/guest-fake/bench/bench-guest" "$tmp/kept"
PATH=$tmp/bin:$PATH run --only events good2
is $? 0 "a boot for events does not need the reference's program"
printf 'title t\narch fake\nrole stock\ndesign static\nappend fake=good\n' >"$root/kernels/scenarios/alone"
PATH=$tmp/bin:$PATH run --only costs alone
is $? 2 "one for costs does"
PATH=$tmp/bin:$PATH run --only costs --no-reference alone
status=$?
of_subject() { grep -c "\"subject\": *\"$1\"" "$tmp/runs/latest/alone.icount-1cpu.json"; }
is "$status$(part alone.icount-1cpu)$(of_subject ref)$([ "$(of_subject kernel)" -gt 0 ] && echo more)" '0passed 0more' \
	"but for --no-reference, with which it has the kernel's rows alone"
PATH=$tmp/bin:$PATH PTBENCH_QEMU='' run --only costs good2
is "$?$(part good2.static)" "3skipped qemu-system-fake cannot be run; scripts/deps installs it" "without QEMU nor guests: skipped"
run --only costs good2
is "$?$(part good2.static)" "3skipped there are no programs for guests of fake, and xgcc, which compiles them, is not found; scripts/deps installs it" \
	"nor a compiler for them: skipped"
mv "$tmp/kept" "$tmp/build/guest-fake/bench/bench-guest"
latest=$(readlink "$tmp/runs/latest")

# ---- what a profile needs ----
profile() { "$build/ptbench" kernels profile --out "$tmp/runs" "$@" >"$tmp/out" 2>"$tmp/err"; }
mkdir "$tmp/build/kernels"
mkdir "$root/kernels/driver"
printf '\t.case_id = "gup_fast/walk",\n' >"$root/kernels/driver/gup.c"
profile --case gup_fast/walk good2
is "$?$(grep -c 'profile.so: No such file or directory; run make' "$tmp/err")" 21 "no plugin: said, with what to do"
cp "$build/kernels/profile.so" "$tmp/build/kernels/"
profile --case gup_fast/walk good2
is "$?$(grep -c 'this qemu-system-fake takes no plugins' "$tmp/err")" 21 "a QEMU without plugins: said, with what to do"
for case in gup_fast/wal gup_fast/walks gup_slow/walk:pages=1; do
	profile --case $case good2
	is "$?$(grep -c -- "--case ${case%:*}: $root/kernels/driver measures no such case" "$tmp/err")" 21 "a case that is unknown, $case: said"
done
for case in "pagse=1: no row has a param 'pagse'" "pages=1,cross=pod: cross=pod: no row has that value; there are:.* pud" \
	"cross=7: cross=7: no row has that value; there are:.* pud"; do
	profile --case "gup_fast/walk:${case%%: *}" good2
	is "$?$(grep -c -- "--case gup_fast/walk:$case" "$tmp/err")" 21 "params that no row can have, ${case%%: *}: said"
done
is "$(readlink "$tmp/runs/latest")" "$latest" "none of these has made a run"
profile --case gup_fast/walk:pages=7,cross=pud tooold
is "$?$(grep -c 'the run has no profile of tooold, .*; ptbench show .* prints why' "$tmp/err")" 31 "params that a row might have are taken"
profile --case gup_fast/walk tooold
is "$?$(grep -c 'the run has no profile of tooold, .*; ptbench show .* prints why' "$tmp/err")" 31 "one that is skipped: status 3, and where the reason is"
for args in "good2" "--case gup_fast/walk EMPTY" "--case gup_fast/walk --base EMPTY good2" "--case gup_fast/walk --timeout 5x good2" "--case walk good2" "--case gup_fast/walk:pages good2" "--case gup_fast/walk" \
	"--case gup_fast/walk --base good2 good2" "--case gup_fast/walk --timeout 0 good2" "--case gup_fast/walk nonesuch"; do
	# shellcheck disable=SC2086 # words
	profile $args
	is "$?$([ -s "$tmp/err" ] && echo said)" 2said "profile $args: status 2, with the reason"
done

run --functions good2
is "$?$(grep -c 'this qemu-system-fake takes no plugins' "$tmp/err")" 21 "run --functions: the same is said"
run --functions --only events good2
is "$?$(grep -c -- '--functions counts costs; leave out --only events' "$tmp/err")" 21 "run --functions --only events: refused"
ab() { "$build/ptbench" kernels ab --base x --head y --functions good2 >"$tmp/out" 2>"$tmp/err"; }
ab
is $? 2 "ab has no --functions"

scenario good
run --only costs good
plain=$(readlink "$tmp/runs/latest")
is "$(sed -n 's/.*"preemption": "\(.*\)".*/\1/p' "$tmp/runs/latest/good.icount-1cpu.json")" full "a document says how its kernel is preempted"
profile --case gup_fast/walk --base "$tmp/runs/$plain/" good
is "$?$(grep -c 'no row was counted by function, as by ptbench kernels profile, in the run ' "$tmp/err")" 21 "a base that is no profile: stderr says that, and not that it lacks the row"
is "$(readlink "$tmp/runs/latest")" "$plain" "nor has that made a run"

# ---- Ctrl-C ----
scenario good3
sed -i s/good3/good/ "$root/kernels/scenarios/good3"
env --default-signal=INT "$build/ptbench" kernels run --out "$tmp/runs" --only costs -j 2 good hang good3 >"$tmp/out" 2>"$tmp/err" &
pid=$!
for _ in $(seq 100); do
	[ -s "$tmp/runs/latest/hang.icount-1cpu.stream" ] && grep -q good3.icount "$tmp/runs/latest/run.json" && break
	sleep 0.1
done
kill -INT $pid
wait $pid
is $? 130 "interrupted: status 130"
is "$(part good3.icount-1cpu)" "passed " "a boot that ended is kept, although one before it still ran"
is "$(part good.icount-1cpu)" "passed " "what was finished is kept"
is "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["state"])' "$tmp/runs/latest/run.json")" partial "the run is partial"
sleep 0.2
! grep -lq "$tmp/runs" /proc/[0-9]*/cmdline 2>/dev/null
ok $? "no QEMU is left"

# ---- a QEMU behind a script ends with the script, and both end with ptbench ----
cp "$(command -v sleep)" "$tmp/runs-asleep"
cat >"$tmp/wrapper" <<END
#!/bin/bash
case \$WRAPPER:\$* in
asleep:--version) "$tmp/runs-asleep" 100 ;;
leaves:*path=*) "$build/kernels-test/fake_qemu" "\$@" & sleep 0.5; exit 1 ;;
*) "$build/kernels-test/fake_qemu" "\$@" ;;
esac
exit
END
chmod +x "$tmp/wrapper"
gone() { # TEXT: within 5 s no process has the folder of runs in its arguments
	local i left=x
	for ((i = 0; i < 50 && ${#left} > 0; i++)); do
		[ $i -eq 0 ] || sleep 0.1
		left=$(grep -l "$tmp/runs" /proc/[0-9]*/cmdline 2>/dev/null)
	done
	[ -z "$left" ]
	ok $? "$1"
	# These processes were started by this test.
	for left in $left; do left=${left%/cmdline}; kill -KILL "${left#/proc/}" 2>/dev/null; done
}
started() { # waits until QEMU boots or is asked for its version
	for _ in $(seq 100); do
		grep -lq "path=$tmp/runs/.*hang\|$tmp/runs-asleep" /proc/[0-9]*/cmdline 2>/dev/null && return
		sleep 0.1
	done
}
WRAPPER='' PTBENCH_QEMU=$tmp/wrapper run --only costs --timeout 1 hang good
is "$?$(part hang.icount-1cpu | cut -c1-30)" "4failed still running after 1 s" "a QEMU behind a script that takes too long is reported"
is "$(part good.icount-1cpu)" "passed " "one that does not take too long passes"
gone "and is ended with the script"
WRAPPER=leaves PTBENCH_QEMU=$tmp/wrapper run --only costs hang
is "$(part hang.icount-1cpu | cut -c1-31)" "failed QEMU ended with status 1" "a script that leaves its QEMU behind is reported"
gone "and what it left is ended"
for what in '' asleep; do
	for signal in INT TERM KILL; do
		WRAPPER=$what PTBENCH_QEMU=$tmp/wrapper env --default-signal=INT "$build/ptbench" kernels run --out "$tmp/runs" --only costs hang >"$tmp/out" 2>"$tmp/err" &
		pid=$!
		started
		kill -$signal $pid
		wait $pid 2>/dev/null
		status=$?
		[ $status -eq 130 ] || { [ $signal = KILL ] && [ $status -eq 137 ]; }
		ok $? "SIG$signal while a QEMU behind a script ${what:-runs}"
		gone "ends that, too"
	done
done

# ---- folders of any name ----
odd="$tmp/a,b  it's \"\$x\" \`id\` ;&"
mkdir "$odd" "$odd/tmp"
TMPDIR=$odd/tmp "$build/ptbench" kernels run --out "$odd/runs,1" --only costs good >"$tmp/out" 2>"$tmp/err"
is $? 0 "a comma, quotes and blanks in the folder of runs, and in TMPDIR"
is "$(cat "$tmp/out")" "$(readlink -f "$odd/runs,1/latest")" "the run's name is printed as it is"
[ -s "$odd/runs,1/latest/good.icount-1cpu.stream" ]
ok $? "QEMU writes there"
is "$(ls -A "$odd/tmp")" "" "and nothing is left in TMPDIR"
if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then
	machine=$(uname -m | sed s/aarch64/arm64/)
	cp "$root/kernels/arch/fake.arch" "$root/kernels/arch/$machine.arch"
	cp -r "$tmp/build/guest-fake" "$tmp/build/guest-$machine"
	printf 'title t\narch %s\nrole stock\ndesign static\nappend fake=good\n' "$machine" >"$root/kernels/scenarios/host"
	printf '#!/bin/bash\nprintf "%%s\\n" "$@" >>"%s/words"\nexec "%s" "$@"\n' "$tmp" "$PTBENCH_QEMU" >"$tmp/telling"
	chmod +x "$tmp/telling"
	TMPDIR=$odd/tmp PTBENCH_CACHE=$tmp/nocache PTBENCH_QEMU=$tmp/telling run --only costs host
	grep -qF "file,id=console,path=${odd/,/,,}/tmp/ptbench-kvm-console-" "$tmp/words"
	ok $? "the probe of KVM writes to TMPDIR, too"
	is "$(ls -A "$odd/tmp")" "" "and leaves nothing there"
else
	skip 'there is no /dev/kvm that can be used' 'the probe of KVM writes to TMPDIR' 'and leaves nothing'
fi

scenario slow
start=$SECONDS
env --default-signal=INT "$build/ptbench" kernels run --out "$tmp/runs" slow >"$tmp/out" 2>"$tmp/err" &
pid=$!
sleep 0.5
kill -TERM $pid
wait $pid
is $? 130 "ended while a kernel is built: status 130"
[ $((SECONDS - start)) -le 20 ]
ok $? "and the build is ended with it"

finish
