#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptbench interleave over stand-ins for two builds: the order, what each process gets, the two runs,
# builds that go wrong, and signals. The last checks slow a real build's calls.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
build=$(cd "$build" && pwd) log=$tmp/log

# A build whose programs log their name and arguments, and run rows that are fine.
stand_in() { # NAME LAYOUTS
	local k to
	mkdir -p "$tmp/$1/layouts"
	echo "rev-$1" >"$tmp/$1/bench.revision"
	for ((k = 0; k <= $2; k++)); do
		to=$tmp/$1/layouts/$k
		[ "$k" -gt 0 ] || to=$tmp/$1/bench
		cat >"$to" <<-END
			#!/bin/bash
			printf '%s\n' "$1/$k \$* rev=\$PTBENCH_REVISION padding=\${#PTBENCH_PADDING}" >>"$log"
			[ "\${CRASH:-}" != "$1/$k" ] || kill -SEGV \$\$
			[ "\${SLOW:-}" != "$1/$k" ] || exec sleep 300
			exec "$build/bench-test/bench_busted" "\$1" --benchmark_filter='good/clock|symbol:fine' \
				--benchmark_min_time=0.001 --ptbench_any_load --benchmark_repetitions=1
		END
		chmod +x "$to"
	done
}
stand_in a 4
stand_in b 4
interleave() {
	: >"$log"
	"$build/ptbench" interleave --base "$tmp/a" --head "$tmp/b" --runs "$tmp/runs" "$@" >"$tmp/out" 2>"$tmp/err"
}
run_of() { sed -n "s/^$1: \([^ ]*\).*/\1/p" "$tmp/out"; }
of() { # SIDE EXPRESSION of python: of its run r and its document d of the part native
	/usr/bin/python3 -c 'import json, os, sys
r = json.load(open(sys.argv[1] + "/run.json"))
p = {x["name"]: x for x in r["parts"]}
f = sys.argv[1] + "/native.json"
d = json.load(open(f)) if os.path.exists(f) else None
e, s = (d["provenance"]["environment"], d["provenance"]["subject"]) if d else (None, None)
t = {m["params"].get("symbol", m["case"]): m for m in d["measurements"] if m.get("metric") == "time"} if d else None
print(eval(sys.argv[2]), end="")' "$(run_of "$1")" "$2"
}

# ---- in turn ----
interleave --processes 4
is $? 0 "two builds are measured: exit status 0"
is "$(grep -o '^[ab]/[1-9]' "$log" | paste -sd' ')" "a/1 b/1 b/2 a/2 a/3 b/3 b/4 a/4" "base, head, head, base: a layout each"
is "$(grep '^[ab]/[1-9]' "$log" | grep -o ' rev=[^ ]*' | sort | uniq -c | tr -s ' \n' ' ')" " 4 rev=rev-a 4 rev=rev-b " "each records its build's revision"
first=$(run_of base)
is "$(grep '^[ab]/[1-9]' "$log" | grep -c -- "--ptbench_like=$first/.native-1.json ")" 7 "all others, of both builds, measure as the base's first"
is "$(find "$first/" "$(run_of head)/" -name '.native*' | wc -l)" 0 "their own documents are gone"
paddings=$(grep '^[ab]/[1-9]' "$log" | sed 's/.*padding=//' | sort -u | wc -l)
is "$paddings" 8 "no two environments have one size"
is "$(of base "(r['revision'], r['state'], sorted(p))")" "('rev-a', 'complete', ['native'])" "the base's run"
is "$(of head "(r['revision'], r['state'], sorted(p))")" "('rev-b', 'complete', ['native'])" "the head's run"
id=$(basename "$(run_of head)")
is "$(of base "s['interleaved']"),$(of head "s['interleaved']")" "$id,$id" "both say with what they were interleaved"
is "$(of head "(e['sample'], e['code_layout'])")" "('process', 'another in each process')" "and that code lies elsewhere in each process"
is "$(of base "{k: len(m['samples']) for k, m in sorted(t.items())}")" "{'fine': 4, 'good/clock': 4}" "a sample of each process"
is "$(of head "r['command'] == d['command']")" True "the command makes both again"
"$build/ptbench" validate -q "$(run_of base)" "$(run_of head)"
ok $? "both runs are valid"
"$build/ptbench" compare --all --format json --base "$(run_of base)" "$(run_of head)" >"$tmp/compared"
is "$(/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print({r["interval"]["paired"] for p in d["parts"] for r in p["rows"] if "interval" in r})' "$tmp/compared")" "{True}" \
	"compare compares them pair by pair"
interleave --processes 2 --one-layout --filter 'a|b' --slow 5
is "$?,$(grep -o '^[ab]/[0-9]' "$log" | paste -sd' ')" "0,a/0 b/0 b/0 a/0" "with --one-layout the program itself runs"
is "$(grep -c -- '--benchmark_filter=a|b' "$log")" 4 "--filter reaches both"
is "$(grep -c '^b.*--ptbench_slow=5 ' "$log"),$(grep -c '^a.*--ptbench_slow' "$log")" 2,0 "--slow reaches the head alone"
is "$(of head "e.get('code_layout')")" None "the environment says nothing of layouts"

# ---- what goes wrong ----
refused() { # PATTERN TEXT ARGUMENT...
	local pattern=$1 text=$2 before
	shift 2
	before=$(ls "$tmp/runs")
	: >"$log"
	"$build/ptbench" interleave --runs "$tmp/runs" "$@" >"$tmp/out" 2>"$tmp/err"
	is "$?,$(grep -c -- "$pattern" "$tmp/err"),$(wc -l <"$log"),$(ls "$tmp/runs")" "2,1,0,$before" "$text: status 2, and nothing is run"
}
refused '--base is missing' "no base"
refused "layouts/5: No such file" "fewer layouts than processes" --base "$tmp/a" --head "$tmp/b" --processes 5
refused "nowhere/bench: No such file or directory; build it by make" "no build" --base "$tmp/nowhere" --head "$tmp/b"
for n in 0 1001 x ''; do
	refused 'must be a number from 1 to 1000' "--processes '$n'" --base "$tmp/a" --processes "$n"
done
refused 'no such option' "an option that is none" --base "$tmp/a" --nothing
CRASH=b/2 interleave --processes 3
is $? 4 "a process of the head that crashes: exit status 4"
is "$(grep -o '^[ab]/[1-9]' "$log" | paste -sd' ')" "a/1 b/1 b/2" "no other is started"
is "$(of base "p['native']['state'] + ': ' + p['native']['reason'][:47]")" \
	"failed: the other build's failed: process 2 of 3: build" "the base's part says that it was the other one"
is "$(of head "p['native']['reason'][:60]")" "process 2 of 3: build/bench was ended by signal 11 (Segmenta" "the head's says which process"
is "$(of base "{len(m['samples']) for m in t.values()}"),$(of head "{len(m['samples']) for m in t.values()}")" "{1},{1}" "the whole pair is kept"
CRASH=a/1 interleave --processes 3
is "$?,$(of base "p['native']['file']"),$(of head "p['native']['file']")" 4,None,None "a crash of the very first: no document"

: >"$log"
SLOW=b/2 env --default-signal=INT "$build/ptbench" interleave --base "$tmp/a" --head "$tmp/b" --runs "$tmp/runs" --processes 3 >"$tmp/out" 2>"$tmp/err" &
pid=$!
for _ in $(seq 600); do
	! grep -q '^b/2' "$log" || break
	sleep 0.1
done
kill -INT $pid
wait $pid
is "$?,$(grep -c 'partial: interrupted' "$tmp/out")" 130,2 "Ctrl-C: status 130, and both runs are partial"
is "$(of base "(r['state'], {len(m['samples']) for m in t.values()})")" "('partial', {1})" "the pair that was finished is kept"

# ---- slowed calls of a real build; make judge-report shows how much slower they come out ----
slowed() { # PERCENT: rows, and what the document says of them
	"$build/bench" --ptbench_out="$tmp/slow.json" --ptbench_slow="$1" --benchmark_filter='kmap/pair.*memory.*debug:0/depth:1/|shim/|kmap/switch.*depth:1/' \
		--benchmark_repetitions=1 --benchmark_min_time=0.001 --ptbench_any_load --ptbench_quiet || return
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
t = [m for m in d["measurements"] if m.get("metric") == "time"]
print(len(t), d["provenance"]["subject"].get("slowed_percent"))' "$tmp/slow.json"
}
read -r all none <<<"$(slowed 0)"
read -r some percent <<<"$(slowed 300)"
is "$none,$percent" None,300 "a document of slowed calls says so, no other"
[ "$all" -gt "$some" ] && [ "$some" -gt 0 ]
ok $? "rows whose time the library takes are left out ($some of $all remain)"
for n in -1 1001 x; do
	"$build/bench" --ptbench_out="$tmp/slow.json" --ptbench_slow=$n >"$tmp/out" 2>"$tmp/err"
	is "$?,$(grep -c 'must be a number of percent' "$tmp/err")" 2,1 "--ptbench_slow=$n is refused"
done
finish
