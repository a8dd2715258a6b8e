#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptbench bench over stand-ins: the order of what it runs, what it finds before anything is measured,
# the reason of each part that fails, and how it ends on a signal.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
like() { # HAVE PATTERN TEXT
	# shellcheck disable=SC2053 # a pattern
	if [[ $1 == $2 ]]; then ok 0 "$3"; else ok 1 "$3"; echo "# have '$1', want '$2'"; fi
}

# ---- a checkout, and a build folder with ptbench itself in it; everything else stands in ----
here=$root build=$(cd "$build" && pwd)
root=$tmp/root b=$tmp/root/build log=$tmp/log
mkdir -p "$root/kernels/arch" "$root/kernels/scenarios" "$root/image" "$b"
cp "$build/ptbench" "$b/ptbench"
printf '%s\n' 'cross x' 'qemu qemu-system-fake' 'machine m' 'cpu c' 'memory 1G' 'qemu_args -serial x' \
	'console ttyS0' 'data /dev/ttyS1' 'format x86_64-4k-48' >"$root/kernels/arch/fake.arch"
echo kernel >"$root/image/image"
printf '%s\n' 'ffffffff81000000 0000000000000100 T gup_fast_fallback' >"$root/image/symbols"
# What the fake's guests show, and have to: three rows of the driver and one of the reference.
printf '%s\n' 'ffffffff82000000 0000000000000002 D ptb_nr_costs_gup' 'ffffffff82000010 0000000000000001 D ptb_nr_costs_variant' \
	'ffffffff82000020 0000000000000002 D ptb_nr_events_free' >"$root/image/rows"
printf 'release\t6.12\nsource\tnone\ncompiler\tgcc\n' >"$root/image/info"
for s in good late slow stubborn; do
	printf 'title %s\narch fake\nrole stock\ndesign static\nappend fake=good\n' "$s" >"$root/kernels/scenarios/$s"
done
echo good >"$root/kernels/scenarios/BENCH"

# FILE: a script that logs its name and arguments, and goes on as standard input says.
stand_in() {
	{
		printf '#!/bin/bash\necho "%s $*" >>"%s"\n' "${1##*/}" "$log"
		cat
	} >"$1"
	chmod +x "$1"
}
stand_in "$root/kernels/build" <<END
case \$1 in
--check) [ "\${KSRC:-}" != bad ] || { echo "KSRC=bad: no such folder" >&2; exit 2; } ;;
--verdicts)
	[ -z "\${MAKE:-}" ] || { echo "a kernel's make would take MAKE for its own" >&2; exit 4; }
	shift
	for s; do
		# As the real one does, and as it does while what it waits for does not end.
		[ "\$s" != slow ] || { trap 'kill \$!; exit 130' TERM; sleep 300 & wait; }
		[ "\$s" != late ] || sleep 4
		[ "\$s" != stubborn ] || { trap '' TERM; sleep 300; }
		[ "\$s" != BENCH ] || s=good
		printf '%s\t%s\n' "\$s" "$root/image"
	done
	;;
esac
END
stand_in "$tmp/make" <<END
[ -z "\${SLOW_MAKE:-}" ] || exec sleep 300
[ -z "\${BAD_MAKE:-}" ] || { echo "no rule" >&2; exit 2; }
mkdir -p "$b/guest-fake/kernels" "$b/guest-fake/bench"
printf '%s\n' 'lacks needs a second CPU' 'rows x86_64-4k-48 gup_fast/walk 1' >"$b/guest-rows"
echo x | tee "$b/guest-fs.ext4" "$b/guest-fake/kernels/init" >"$b/guest-fake/bench/bench-guest"
echo "making guests"
END
stand_in "$tmp/explore" <<END
case \${EXPLORE:-real} in
real) exec "$build/ptbench" "\$@" ;;
none) cp "$here/results/fuzz/corpus/explore/empty.json" "\${@: -1}" ;;
crash) kill -SEGV \$\$ ;;
hang) exec sleep 300 ;;
*) shift; exec "$build/bench-test/explore_table" "\$@" \$EXPLORE ;;
esac
END
# NATIVE: which rows of the table of busted ones are run; or what happens instead.
bench_stand_in() {
	stand_in "$b/bench" <<END
# Nothing measured: no row, or one that was skipped.
nothing() { # OPTION=FILE
	local skipped='{"case":"good/clock","params":{},"subject":"ref","skipped":"not in the mood"}'
	[ \$NOTHING = skipped ] || skipped=
	"$build/bench-test/bench_busted" "--ptbench_out=\${1#*=}" --benchmark_filter=good/clock \
		--benchmark_min_time=0.001 --ptbench_any_load
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
d["part"], d["mode"] = sys.argv[2:4]
d["checks"], d["measurements"] = [], json.loads("[" + sys.argv[4] + "]")
json.dump(d, open(sys.argv[1], "w"))' "\${1#*=}" \$2 \$3 "\$skipped"
}
case \$1,\${NOTHING:-} in
--ptbench_static=*,) exec "$build/bench" "\$1" ;;
--ptbench_static=*) nothing "\$1" ref.static static; exit ;;
*,?*) nothing "\$1" native native; exit ;;
esac
case \${NATIVE:-good/clock} in
crash) kill -SEGV \$\$ ;;
second) [[ \$* != *process=2/* ]] || kill -SEGV \$\$
	NATIVE= exec "\$0" "\$@" ;;
late) sleep 4; NATIVE= REPETITIONS=9 exec "\$0" "\$@" ;;
real) exec "$build/bench" "\$1" --benchmark_filter=gup_fast/walk --benchmark_min_time=0.001 --ptbench_any_load \
	--benchmark_repetitions=9 ;;
silent) exit 0 ;;
status) exit 4 ;;
damaged) echo '{' >"\${1#*=}" ;;
other) exec "$build/bench" "--ptbench_static=\${1#*=}" ;;
*) exec "$build/bench-test/bench_busted" "\$1" --benchmark_filter="\${NATIVE:-good/clock}" \
	--benchmark_min_time=0.001 --ptbench_any_load --benchmark_repetitions=\${REPETITIONS:-9} ;;
esac
END
}
bench_stand_in

export PTBENCH_ROOT=$root PTBENCH_QEMU=$build/kernels-test/fake_qemu MAKE=$tmp/make PTBENCH_EXPLORE=$tmp/explore
export PTBENCH_REVISION=test
unset PTBENCH_BUILD KSRC
bench() {
	: >"$log"
	"$b/ptbench" bench --processes "${PROCESSES:-1}" --runs "$tmp/runs" "$@" >"$tmp/out" 2>"$tmp/err"
}
from_run() { # EXPRESSION of python, of the run r
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
p = {x["name"]: x for x in r["parts"]}
print(eval(sys.argv[2]), end="")' "$tmp/runs/latest/run.json" "$1"
}
reason() { from_run "p['$1']['state'] + ' ' + str(p['$1']['file']) + ': ' + p['$1']['reason']"; }
valid() { "$b/ptbench" validate -q "$tmp/runs/latest" >/dev/null && "$b/ptbench" show "$tmp/runs/latest" >/dev/null; }

# ---- the order, and the first answers ----
bench
is $? 0 "nothing fails: exit status 0"
is "$(cut -d' ' -f1,2 "$log" | sed 's/=.*//' | paste -sd,)" \
	"build --check,bench --ptbench_static,explore explore,bench --ptbench_out,make --no-print-directory,build --verdicts" \
	"parts that need a quiet machine run first, the kernels last"
like "$(grep ^make "$log")" "make --no-print-directory -j* -C $root O=build guests SCENARIOS=BENCH" \
	"guests are built for the list BENCH"
is "$(from_run "','.join(x['name'] + ' ' + x['state'] for x in r['parts'])")" \
	"ref.static passed,native passed,good.icount-1cpu passed,good.icount-2cpu passed,good.static passed" "the parts"
is "$(from_run "r['state']")" complete "the run is complete"
valid
ok $? "and valid"
is "$(grep -o '^[A-Z][a-z]* run of' "$tmp/out" | paste -sd,)" "Unfinished run of,Complete run of" \
	"answers come twice, the first of a run that is not finished"
! grep -q 'making guests' "$tmp/out" && grep -q 'making guests' "$tmp/err"
ok $? "make's output goes to standard error, not among the answers"
bench --no-report good slow-not 2>/dev/null
is "$?,$(cat "$log")" "2," "a name that is no scenario: status 2, and nothing was run"
bench --no-native --no-explore --no-report good
is "$?$(grep -c 'guests SCENARIOS=good$' "$log")" 01 "guests are built for the scenarios that are named"

is "$(grep ' is set: ' "$tmp/err")" "PTBENCH_QEMU is set: $PTBENCH_QEMU stands in for QEMU" "a message names the stand-in for QEMU"
of() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$tmp/runs/latest/$1" "$2"; }
like "$(of good.icount-1cpu.json provenance)" "*'qemu_stand_in': '$PTBENCH_QEMU'*" "and is in the provenance"
cp -r "$(readlink -f "$tmp/runs/latest")" "$tmp/stood-in"
cat >"$tmp/another" <<END
#!/bin/sh
exec "$PTBENCH_QEMU" "\$@"
END
chmod +x "$tmp/another"
PTBENCH_QEMU=$tmp/another bench --no-native --no-explore --no-report good
"$b/ptbench" compare --base "$tmp/stood-in" "$tmp/runs/latest" >"$tmp/out"
is "$?$(grep -c "qemu_stand_in: base $PTBENCH_QEMU, new $tmp/another" "$tmp/out")" 32 "compare does not compare runs with other stand-ins, and prints both"
bench --no-native --no-kernels --no-report
is "$(grep ' is set: ' "$tmp/err")" "PTBENCH_EXPLORE is set: $PTBENCH_EXPLORE stands in for the explorer" "a message names the stand-in for the explorer"
is "$(of explore.json stand_in)" "$PTBENCH_EXPLORE" "explore.json has the stand-in"
EXPLORE=mislabelled bench --no-native --no-kernels --no-report
is "$(of explore.json stand_in)" "$PTBENCH_EXPLORE" "explore.json has the stand-in of an explorer that failed"
"$b/ptbench" show "$tmp/runs/latest/explore.json" | grep -q "stand-in  *$PTBENCH_EXPLORE"
ok $? "show prints it"
PTBENCH_EXPLORE='' bench --no-native --no-kernels --no-report
! grep -q stand_in "$tmp/runs/latest/explore.json"
ok $? "without a stand-in explore.json names none"

# ---- what is found before anything is measured ----
before=$(ls "$tmp/runs")
KSRC=bad bench
is "$?,$(cut -d' ' -f1,2 "$log")" "2,build --check" "an unusable source: status 2, and nothing was run"
grep -q 'KSRC=bad: no such folder' "$tmp/err"
ok $? "the message of kernels/build says which"
is "$(ls "$tmp/runs")" "$before" "none of these made a run"
echo >"$tmp/plain"
: >"$log"
"$b/ptbench" bench --runs "$tmp/plain" >"$tmp/out" 2>"$tmp/err"
is "$?,$(grep -c '^bench' "$log"),$(grep -c "$tmp/plain: cannot make the folder" "$tmp/err")" "2,0,1" \
	"an unusable folder of runs: status 2, and nothing was run"

# ---- why a part failed: on the terminal, and in run.json ----
failing() { # NAME PATTERN TEXT: of the last run
	local why
	why=$(reason "$1")
	like "$why" "$2" "$3"
	grep -qF "$1: FAILED: ${why#*: }" "$tmp/err"
	ok $? "  and so does the terminal"
	valid
	ok $? "  of a run that is valid"
}
NATIVE=busted bench --no-kernels --no-report --no-explore
is $? 4 "rows that fail: exit status 4"
failing native "failed native.json: 9 of 9 checks came out wrong, first busted/holds: 'no' seen, 'yes' expected" \
	"the reason names the check, what was seen and what was expected"
NATIVE=symbol:run_fails bench --no-kernels --no-report --no-explore
failing native "failed native.json: 1 of 1 checks came out wrong, first case/runs symbol=run_fails: 'wrong result' seen, 'n operations' expected" \
	"the reason has the check's params"
NATIVE=crash bench --no-kernels --no-report --no-explore
failing native "failed None: build/bench was ended by signal 11 (Segmentation fault); it left no document*" "a crash"
NATIVE=silent bench --no-kernels --no-report --no-explore
failing native "failed None: build/bench ended well, but its document cannot be used: *" "no document"
NATIVE=status bench --no-kernels --no-report --no-explore
failing native "failed None: build/bench ended with status 4; it left no document*" "a status, and no document"
NATIVE=damaged bench --no-kernels --no-report --no-explore
failing native "failed None: build/bench ended well, but its document cannot be used: *" "a damaged document"
NATIVE=other bench --no-kernels --no-report --no-explore
failing native "failed None: build/bench ended well, but its document cannot be used: it is of the part ref.static" \
	"another part's document"
for what in rows skipped; do
	why="there are no rows"
	[ $what = rows ] || why="all of 1 rows were skipped, first good/clock: not in the mood"
	NOTHING=$what bench --no-kernels --no-report --no-explore
	is $? 4 "nothing measured ($what): exit status 4"
	for part in ref.static native; do
		failing $part "failed $part.json: nothing was measured: $why" "  $part says so"
	done
done
rm "$b/bench"
bench --no-kernels --no-report --no-explore
is $? 4 "no program: exit status 4"
failing native "failed None: build/bench could not be run: No such file or directory; run make first" "no program"
bench_stand_in
BAD_MAKE=1 bench --no-native --no-explore --no-report
is $? 4 "guests that are not built: exit status 4"
failing guests "failed None: make guests ended with status 2" "guests that are not built"

# ---- several processes ----
rows() { # EXPRESSION of python, of the document d of the part native
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
t = {(m["case"], m["params"].get("symbol")): m for m in d["measurements"] if m.get("metric") == "time"}
print(eval(sys.argv[2]), end="")' "$tmp/runs/latest/native.json" "$1"
}
PROCESSES=3 NATIVE='good/clock|symbol:fine' REPETITIONS=1 bench --no-kernels --no-report --no-explore
is "$?,$(grep -c '^bench --ptbench_out' "$log")" 0,3 "three processes measure, one after the other"
is "$(sed -n 's/^bench --ptbench_out=[^ ]*//p' "$log" | sed "s|=[^ ]*/runs/.*/|=|" | paste -sd,)" \
	" --ptbench_process=1/3, --ptbench_process=2/3 --ptbench_like=.native-1.json, --ptbench_process=3/3 --ptbench_like=.native-1.json" \
	"the second and third like the first"
is "$(rows "{k[1] or k[0]: len(m['samples']) for k, m in t.items()}")" "{'fine': 3, 'good/clock': 3}" "a sample of each"
is "$(rows "d['provenance']['environment']['sample'], d['command']")" \
	"('process', 'build/ptbench bench --no-kernels --processes 3')" "and the document says so"
is "$(find "$tmp/runs/latest/" -name '.*json' | wc -l)" 0 "their own documents are gone"
PROCESSES=2 NATIVE=real bench --no-kernels --no-report --no-explore
is "$?,$(rows "{len(m['samples']) for m in d['measurements'] if 'samples' in m}")" "0,{2}" "the real program's rows have two each"
PROCESSES=3 NATIVE=busted bench --no-kernels --no-report --no-explore
is $? 4 "rows that fail in each process: exit status 4"
failing native "failed native.json: process 1 of 3: 9 of 9 checks came out wrong, first busted/holds: 'no' seen, 'yes' expected" \
	"the reason says in which"
PROCESSES=3 NATIVE=crash bench --no-kernels --no-report --no-explore
failing native "failed None: process 1 of 3: build/bench was ended by signal 11 (Segmentation fault); it left no document*" \
	"a crash of the first"
is "$(grep -c '^bench --ptbench_out' "$log")" 1 "no other is started"
PROCESSES=3 NATIVE=second bench --no-kernels --no-report --no-explore
failing native "failed native.json: process 2 of 3: build/bench was ended by signal 11 (Segmentation fault); it left no document*" \
	"a crash of the second: what the first measured is kept"
for n in 0 1001 x ''; do
	PROCESSES=1 bench --processes "$n" --no-kernels
	is "$?,$(grep -c 'must be a number from 1 to 1000' "$tmp/err")" 2,1 "--processes '$n' is refused"
done

# ---- kernels that nothing boots ----
printf '#!/bin/sh\nexit 1\n' >"$tmp/no-qemu"
chmod +x "$tmp/no-qemu"
none_booted() { # STATUS TEXT OPTION...
	local want=$1 text=$2
	shift 2
	PTBENCH_QEMU=$tmp/no-qemu bench --no-explore "$@"
	is "$?,$(tail -n 3 "$tmp/out" | grep -c '^no kernel was booted: ')" "$want,1" "$text"
}
none_booted 3 "no kernel was booted: exit status 3, said in the last lines" --no-native --no-report
none_booted 3 "no kernel was booted: exit status 3, though other parts passed and the report is made"
NATIVE=busted none_booted 4 "no kernel was booted and a part failed: exit status 4" --no-report

# ---- the explorer ----
EXPLORE=mislabelled bench --no-native --no-kernels --no-report
is $? 4 "models that do not come out as claimed: exit status 4"
failing explore "failed None: 3 of 3 models came out otherwise than claimed: mislabelled/good broken (no update is lost); mislabelled/busted survived (has to break: no update is lost); mislabelled/other other-invariant (no update is lost) (has to break: deadlock)" \
	"the reason names the models"
EXPLORE=setup bench --no-native --no-kernels --no-report
failing explore "failed None: ptbench explore ended with status 4; explore.json has 0 models and is not complete" \
	"a model that cannot be set up"
models=$(($("$build/ptbench" explore --list | wc -l) - 1))
EXPLORE=none bench --no-native --no-kernels --no-report
is "$?,$(grep -o "0 of $models models" "$tmp/err")" "4,0 of $models models" "an explorer that explored nothing: exit status 4"
failing explore "failed None: explore.json has 0 models, ptbench has $models" "the reason has both numbers"
EXPLORE=table/clean bench --no-native --no-kernels --no-report
failing explore "failed None: explore.json has 1 models, ptbench has $models" "an explorer that explored some of the models: the reason has both numbers"
EXPLORE=real bench --no-native --no-kernels --no-report
is "$?,$(grep -o '[0-9]* of [0-9]* models' "$tmp/err")" "0,$models of $models models" "ptbench explore itself explores all models"
EXPLORE=crash bench --no-native --no-kernels --no-report
failing explore "failed None: ptbench explore was ended by signal 11 (Segmentation fault); explore.json cannot be used: *" \
	"a crash"
PTBENCH_EXPLORE=$tmp/nothing bench --no-native --no-kernels --no-report
failing explore "failed None: ptbench explore could not be run: No such file or directory; explore.json cannot be used: *" \
	"an explorer that cannot be run"
"$b/ptbench" report -o "$tmp/report" "$tmp/runs/latest" >/dev/null 2>"$tmp/err"
is "$?,$(grep -c 'none of its 1 parts can be read; the first, explore' "$tmp/err")" "2,1" "a run with such a part alone: status 2, and why"
[ -f "$tmp/report/index.html" ]
ok $? "report renders that run"
"$b/ptbench" compare --base "$tmp/runs/latest" "$tmp/runs/latest" >"$tmp/out" 2>&1
[ $? -lt 128 ]
ok $? "compare does not crash on it"

# ---- signals: the run is partial, and no process is left ----
# Prints the processes that began with the mark in their environment.
marked() { grep -lsz "^MARK=$1\$" /proc/[0-9]*/environ | cut -d/ -f3; }
until_true() { # COMMAND...: for a minute at most
	local i
	for i in $(seq 600); do
		"$@" && return 0
		sleep 0.1
	done
	echo "# never: $* (try $i)"
	return 1
}
# shellcheck disable=SC2317 # until_true calls them
none_left() { [ -z "$(marked "$1")" ]; }
# shellcheck disable=SC2317
says() { grep -qs "$1" "$2"; }
start() { # MARK ARGUMENT...; the shell ignores SIGINT in what it starts in the background
	: >"$log"
	export MARK=$1
	shift
	env --default-signal=INT "$b/ptbench" bench --processes "${PROCESSES:-12}" --runs "$tmp/runs" --no-report \
		"$@" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	mark=$MARK
	unset MARK
}
export REPETITIONS=900
mark_nr=$$
interrupted() { # SIGNAL TEXT PART REASON FILE PATTERN ARGUMENT...: when FILE has PATTERN
	local sig=$1 text=$2 part=$3 why=$4 file=$5 pattern=$6
	shift 6
	mark_nr=$mark_nr.1
	start "$mark_nr" "$@"
	until_true says "$pattern" "$file"
	sleep 1
	kill "-$sig" "$pid"
	wait "$pid"
	is "$?,$(from_run "r['state']")" "130,partial" "SIG$sig while $text: status 130, a partial run"
	valid
	ok $? "  which is valid"
	[ -z "$part" ] || is "$(reason "$part")" "failed $why" "  and says so of the part"
	until_true none_left "$mark"
	ok $? "  nothing is left of it"
}
native="native.json: interrupted; what was complete is kept"
for sig in TERM INT HUP; do
	NATIVE=good interrupted $sig 'the machine is measured' native "$native" "$log" 'bench --ptbench_out' \
		--no-kernels --no-explore
done
EXPLORE=long interrupted TERM 'the explorer runs' explore \
	"None: interrupted; what was explored is in explore.json" "$log" '^explore' --no-kernels --no-native
SLOW_MAKE=1 interrupted TERM 'guests are built' guests "None: interrupted before the guests' programs were built" \
	"$log" '^make' --no-native --no-explore
interrupted TERM 'a kernel is built' '' '' "$log" 'build --verdicts' --no-native --no-explore slow
interrupted HUP 'a kernel is built by a process that ignores signals' '' '' "$log" 'build --verdicts' --no-native --no-explore \
	stubborn

# A signal that is ignored, as under nohup, stays ignored, also in the programs that bench runs.
ignoring() { # SIGNAL TEXT FILE PATTERN ARGUMENT...
	local sig=$1 text=$2 file=$3 pattern=$4
	shift 4
	: >"$log"
	(trap '' "$sig"; exec "$b/ptbench" bench --processes 1 --runs "$tmp/runs" --no-report "$@" >"$tmp/out" 2>"$tmp/err") &
	pid=$!
	until_true says "$pattern" "$file"
	sleep 1
	kill "-$sig" "$pid"
	wait "$pid"
	is "$?,$(from_run "r['state']")" "0,complete" "SIG$sig that is ignored, while $text: goes on to the end"
}
for sig in HUP INT; do
	NATIVE=late ignoring $sig 'the machine is measured' "$log" 'bench --ptbench_out' --no-kernels --no-explore
	ignoring $sig 'a kernel is built' "$log" 'build --verdicts' --no-native --no-explore late
done

(trap '' HUP; exec "$build/ptbench" explore --quiet >"$tmp/out") &
pid=$!
sleep 0.3
kill -HUP "$pid"
wait "$pid"
is $? 0 "SIGHUP that is ignored, while the explorer runs: goes on to the end"

# ---- while the report is drawn: the run is finished, and the program ends at once ----
mkdir "$tmp/gnuplot"
printf '#!/bin/bash\necho drawing >>"%s"\nexec sleep 300\n' "$log" >"$tmp/gnuplot/gnuplot"
chmod +x "$tmp/gnuplot/gnuplot"
mark_nr=$mark_nr.1
: >"$log"
MARK=$mark_nr PATH=$tmp/gnuplot:$PATH NATIVE=real "$b/ptbench" bench --processes 1 --runs "$tmp/runs" --no-explore --no-kernels \
	>"$tmp/out" 2>"$tmp/err" &
pid=$!
until_true says '^drawing' "$log"
begun=$SECONDS
kill -TERM "$pid"
wait "$pid"
is "$?,$(from_run "r['state']"),$((SECONDS - begun < 20))" "143,complete,1" \
	"SIGTERM while the report is drawn: the signal ends the program, and the run is complete"
valid
ok $? "  and valid"
until_true none_left "$mark_nr"
ok $? "  nothing is left of it"

killed() { # TEXT FILE PATTERN ARGUMENT...
	local text=$1 file=$2 pattern=$3
	shift 3
	mark_nr=$mark_nr.1
	start "$mark_nr" "$@"
	until_true says "$pattern" "$file"
	sleep 1
	[ "$(marked "$mark" | wc -l)" -ge 2 ]
	ok $? "$text: bench and the programs that it runs are there"
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	until_true none_left "$mark"
	ok $? "  all of them are gone after SIGKILL to bench"
	marked "$mark" | xargs -r kill -KILL
	is "$(from_run "r['state']")" partial "  the run is partial"
	valid
	ok $? "  and valid"
}
NATIVE=good killed 'the machine is measured' "$log" 'bench --ptbench_out' --no-kernels --no-explore
EXPLORE=long killed 'the explorer runs' "$log" '^explore' --no-kernels --no-native
SLOW_MAKE=1 killed 'guests are built' "$log" '^make' --no-native --no-explore
killed 'a kernel is built' "$log" 'build --verdicts' --no-native --no-explore slow
killed 'a kernel is built by a process that ignores signals' "$log" 'build --verdicts' --no-native --no-explore stubborn

finish
