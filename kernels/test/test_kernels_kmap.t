#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Temporary mappings and DAX on real kernels: checks pass, and fail where they have to; a pair costs
# the same on top of any other, every live map adds the same to a switch, and the cost of a lock is
# the sum of its halves.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
export PTBENCH_ROOT=$root

names=(x86_64-stock x86_64-kmap-forced x86_64-kmap-forced-debug x86_64-kmap-busted)
"$build/ptbench" kernels run --out "$tmp/runs" --only costs --append ptbench.only=kernel "${names[@]}" \
	>"$tmp/out" 2>"$tmp/err"
ok $? "stock, forced, forced with guards and busted: each with what its scenario expects"
sed 's/^/# /' "$tmp/err"
run=$(tail -n 1 "$tmp/out")

python3 - "$run" >"$tmp/tap" <<'END'
import collections, json, sys
def doc(name):
    return json.load(open(f"{sys.argv[1]}/{name}.icount-1cpu.json"))
def rows(d, case, **want):
    found = {}
    for m in d["measurements"]:
        if m["subject"] == "kernel" and m["case"] == case and \
           all(m["params"].get(k) == v for k, v in want.items()):
            found[tuple(sorted(m["params"].items()))] = m
    return list(found.values())
def mode(m):
    return collections.Counter(m["samples"]).most_common(1)[0][0] if "samples" in m else None
def one(d, case, **want):
    v = [mode(m) for m in rows(d, case, **want)]
    return v[0] if len(v) == 1 else None
def seen(d, check):
    return [c["seen"] for c in d["checks"] if c["id"] == check]
def ok(good, text):
    print("ok" if good else "not ok", text)

stock, forced, debug, busted = (doc("x86_64-" + n) for n in
                                ("stock", "kmap-forced", "kmap-forced-debug", "kmap-busted"))
for name, d, depth in (("forced", forced, 15), ("with guards", debug, 16)):
    pairs = {m["params"]["depth"]: m for m in rows(d, "kmap/pair", api="kmap_local")}
    costs = {mode(m) for n, m in pairs.items() if 1 < n <= depth}
    ok(len(costs) == 1 and None not in costs and sorted(pairs) == list(range(1, 17)),
       f"{name}: on top of any number of maps a pair costs the same: {costs}")
    # The outermost map also switches migration off.
    ok(0 <= mode(pairs[1]) - min(costs) < 20, f"{name}: the first costs {mode(pairs[1])}")
    ok(depth == 16 or "ends at 15" in pairs[16].get("skipped", ""), f"{name}: {depth} maps deep")
    live = {n: one(d, "kmap/switch", prev=n, next=0) for n in (0, 1, 2, 4, 8, 15)}
    whole = None not in live.values()
    step = whole and live[2] - live[1]
    ok(whole and step > 0 and live[4] - live[2] == 2 * step and live[8] - live[4] == 4 * step and
       live[15] - live[8] == 7 * step, f"{name}: every further live map adds the same: {live}")
    ok(all(m["kind"] == "exact" for m in rows(d, "kmap/pair") + rows(d, "kmap/switch")
           if "kind" in m), f"{name}: all exact")
    ok(seen(d, "kmap/layout") == ["right"] and seen(d, "kmap/restored") == ["right"],
       f"{name}: maps are where they belong, and come back")
    ok(seen(d, "kmap/owner") == ["task"] and seen(d, "kmap/unmapped") == ["cleared"],
       f"{name}: they are the task's, and leave nothing")
    ok(seen(d, "kmap/read")[0].startswith("stale: map"), f"{name}: but nobody flushes the TLB")
    ok(all("direct map" in m.get("skipped", "") for m in rows(d, "kmap/pair", api="kmap_atomic")
           if m["params"]["depth"] > 1), f"{name}: kmap_atomic() has no stack")
ok(seen(busted, "kmap/layout")[0].startswith("wrong: map 1 is at") and
   seen(busted, "kmap/restored") == ["wrong: map 1 is a hole"], "busted: neither")
ok(seen(busted, "kmap/owner")[0].startswith("wrong: page faults are off") and
   seen(busted, "kmap/unmapped") == ["kept"], "busted: no page faults, and entries that stay")
ok(all("a hole" in m.get("skipped", "") for m in rows(busted, "kmap/switch") if
       m["params"]["prev"]), "busted: no cost of switches that lose maps")
ok(one(stock, "kmap/pair", api="kmap_local", depth=1) < 20 and
   "direct map" in rows(stock, "kmap/pair", api="kmap_local", depth=2)[0]["skipped"],
   "stock: the direct map, and no stack")

faults = rows(stock, "dax/fault")
ok(len(faults) == 9 and all(m.get("kind") == "exact" for m in faults), "every fault is exact")
def fault(mem, access, **more):
    return one(stock, "dax/fault", mem=mem, access=access, **more)
ok(fault("dax", "read", entry="new") > fault("dax", "read", entry="present", leaf="pte"),
   "a new entry costs more than one that is there")
ok(fault("dax", "write", entry="present", leaf="pte") > fault("file", "write"),
   "FS-DAX costs more than the page cache")
lock = {m["params"]["part"]: mode(m) for m in rows(stock, "dax/lock", leaf="pte")}
ok(len(lock) == 3 and abs(lock["lock"] + lock["unlock"] - lock["both"]) <= 10,
   f"a lock is its halves: {lock}")
ok(one(stock, "dax/lock", leaf="pmd") is not None, "an entry of a huge page is locked")
END
ok $? "the results are read"
while read -r line; do
	case $line in
	"ok "*) ok 0 "${line#ok }" ;;
	*) ok 1 "${line#not ok }" ;;
	esac
done <"$tmp/tap"

finish
