#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Real kernels of which each comes to one kind of harm: each is reported by its cause, within its
# time limit, and unharmed kernels beside them pass.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
limit=30

# A scenario of the same kernel for each harm; the scripts and the driver are this tree's.
mkdir -p "$tmp/root/results/include"
cp -r "$root/kernels" "$tmp/root/"
cp -r "$root/results/include/results" "$tmp/root/results/include/"
harms=(panic hang warn params oom half forge flood)
scenario() { # NAME WORDS
	printf '%s\n' "title $1" 'arch x86_64' 'role busted' 'design static' 'image x86_64-stock' 'memory 256M' 'reference no' \
		"append ptbench.case=gup_fast/walk:pages=1$2" \
		'skip gup_fast/walk mem=dax no /dax/data: *' >"$tmp/root/kernels/scenarios/harm-$1" # pmem is beyond the end of memory
}
scenario before ''
scenario after ''
for harm in "${harms[@]}"; do scenario "$harm" " ptbench.harm=$harm"; done

start=$SECONDS
PTBENCH_ROOT=$tmp/root PTBENCH_BUILD=$build "$build/ptbench" kernels run --out "$tmp/runs" --only costs --timeout $limit \
	harm-before "${harms[@]/#/harm-}" harm-after >"$tmp/out" 2>"$tmp/err"
ok $(($? != 4)) "parts that failed make the status 4"
seconds=$((SECONDS - start))
sed 's/^/# /' "$tmp/err"
part() { # NAME: prints "STATE REASON" on one line
	python3 - "$tmp/runs/latest/run.json" "harm-$1.icount-1cpu" <<'END'
import json, sys
for p in json.load(open(sys.argv[1]))["parts"]:
    if p["name"] == sys.argv[2]:
        print(p["state"], (p["reason"] or "").replace("\n", " "), end="")
END
}
reported() { # HARM PATTERN
	# shellcheck disable=SC2053 # a pattern
	[[ $(part "$1") == "failed "$2* ]]
	ok $? "$1 is reported: $2"
}
reported panic 'Kernel panic - not syncing: Attempted to kill init!*the console ends:*about to leave'
reported hang "still running after $limit s*about to wait for ever"
reported warn 'WARNING: CPU: 0 PID: 1 at ptb_init*'
reported params 'WARNING: CPU: 0 PID: * at ptb_param*'
reported oom 'Out of memory: Killed process*init: done'
reported half 'the guest'\''s records: line 2: the stream is cut off in this line*init: done'
reported forge 'the guest'\''s records: line 1: the stream is cut off after this line*init: done'
reported flood 'more than 1048576 bytes on the console'
for one in before after; do
	[ "$(part $one)" = 'passed ' ]
	ok $? "the guest $one the harmed ones passed"
done
[ $seconds -le $((2 * limit + 40)) ]
ok $? "all of it took $seconds s: nothing ran far beyond its limit of $limit s"
[ "$(stat -c %s "$tmp/runs/latest/harm-flood.icount-1cpu.console.log")" -le 1048576 ]
ok $? "the log of a guest that floods its console is cut off"

finish
