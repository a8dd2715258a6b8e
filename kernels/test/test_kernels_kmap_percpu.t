#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The stacks of temporary mappings that CPUs had up to 5.10, beside those that tasks have since 5.11, on
# i386 with high memory: checks pass, and fail where they have to; a pair costs the same on top of any
# other, to the end of the stack.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
export PTBENCH_ROOT=$root

"$build/ptbench" kernels sources >"$tmp/sources" 2>"$tmp/err"
ok $? "the mirror's sources are known" || { sed 's/^/# /' "$tmp/err"; finish; }
if ! grep -q '^debian:5\.10=' "$tmp/sources"; then
	skip "the mirror has no source of 5.10" "stacks of CPUs"
	finish
fi
names=(i386-pae-stock@5.10 i386-pae-kmap-busted@5.10 i386-pae-stock@6.12)
"$build/ptbench" kernels run --out "$tmp/runs" --only costs --append ptbench.only=kernel "${names[@]}" \
	>"$tmp/out" 2>"$tmp/err"
ok $? "5.10, 5.10 busted and 6.12: each with what its scenario expects"
sed 's/^/# /' "$tmp/err"
run=$(tail -n 1 "$tmp/out")

python3 - "$run" "${names[@]}" >"$tmp/tap" <<'END'
import collections, json, sys
old, busted, new = (json.load(open(f"{sys.argv[1]}/{name}.icount-1cpu.json")) for name in sys.argv[2:])
def rows(d, case, **want):
    return [m for m in d["measurements"] if m["subject"] == "kernel" and m["case"] == case and
            all(m["params"].get(k) == v for k, v in want.items())]
def mode(m):
    return collections.Counter(m["samples"]).most_common(1)[0][0]
def costs(d, api):
    found = rows(d, "kmap/pair", api=api)
    return {m["params"]["depth"]: mode(m) for m in found if "samples" in m and m["kind"] == "exact"}, found
def seen(d):
    return [c["seen"] for check in ("layout", "read", "owner", "unmapped") for c in d["checks"] if c["id"] == "kmap/" + check]
def ok(good, text):
    print("ok" if good else "not ok", text)

cpu, found = costs(old, "kmap_atomic")
ok(sorted(cpu) == list(range(1, 21)) and len(set(cpu.values())) == 1,
   f"the stack of the CPU is 20 deep, and a pair costs the same anywhere: {set(cpu.values())}")
ok(all("ends at 20" in m.get("skipped", "") for m in found if m["params"]["depth"] not in cpu), "there it ends")
ok(all(m["params"]["design"] == "atomic_percpu" for m in found), "its rows say whose design it is")
ok(not costs(old, "kmap_local")[0] and all("CPU's" in m["skipped"] for m in rows(old, "kmap/pair", api="kmap_local")),
   "there is no kmap_local_page()")
ok([m["params"]["prev"] for m in rows(old, "kmap/switch") if "samples" in m] == [0], "no task is switched with maps")
task, found = costs(new, "kmap_atomic")
ok(sorted(task) == list(range(1, 16)) and all(m["params"]["design"] == "merged" for m in found) and
   len({task[n] for n in range(2, 16)}) == 1, f"the stack of the task is 15 deep: {set(task.values())}")
local = costs(new, "kmap_local")[0]
ok(sorted(local) == sorted(task) and len({task[n] - local[n] for n in task}) == 1,
   "kmap_atomic() adds the same to kmap_local_page() at every depth")
ok(all(cpu[n] < task[n] for n in task), "the stack of the CPU takes fewer instructions")
ok(seen(old) == ["right", "right", "cpu", "cleared"], f"5.10: {seen(old)}")
ok(seen(new) == ["right", "right", "task", "cleared"], f"6.12: {seen(new)}")
layout, read, owner, unmapped = seen(busted)
ok(layout.startswith("wrong: map 1 is at") and read == "right" and owner.startswith("wrong: map 1 took the index") and
   unmapped == "kept", f"busted: {seen(busted)}")
END
ok $? "the results are read"
while read -r line; do
	case $line in
	"ok "*) ok 0 "${line#ok }" ;;
	*) ok 1 "${line#not ok }" ;;
	esac
done <"$tmp/tap"

finish
