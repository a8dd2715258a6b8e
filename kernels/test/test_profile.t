#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptbench kernels profile on real kernels: plugin and driver count the same, window by window, the
# plugin does not change the driver's counts, breakdowns add up, and a plugin that counts wrong is
# detected.
# SCENARIOS= names other scenarios, in pairs of a base and the scenario that is compared with it.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
read -ra scenarios <<<"${SCENARIOS:-x86_64-forced-rcu x86_64-stock s390x-static s390x-stock}"

profile() { # NAME OPTION...: the run's folder becomes $tmp/NAME, the output $tmp/NAME.out
	local name=$1 status
	shift
	"$build/ptbench" kernels profile --timeout 600 --out "$tmp/runs" "$@" >"$tmp/$name.out" 2>"$tmp/$name.err"
	status=$?
	ln -s "$(tail -n 1 "$tmp/$name.out")" "$tmp/$name"
	return $status
}

# Checks the documents of profiles by themselves, and against those of a run without the plugin.
look() { # WHAT SCENARIO PROFILE...: prints each error
	python3 - "$tmp" "$@" <<'END'
import json, sys
tmp, what, scenario, *profiles = sys.argv[1:]
mode = lambda v: min(x for x in v if v.count(x) == max(map(v.count, v)))
identity = lambda m: (m["case"], json.dumps(m["params"], sort_keys=True), m.get("metric"))
rows = {}
for name in profiles:
    with open(f"{tmp}/{name}/{scenario}.icount-1cpu.json") as f:
        rows.update((identity(m), m) for m in json.load(f)["measurements"] if "metric" in m)
counted = [m for m in rows.values() if m["metric"].startswith("instructions")]
walks = {m["params"]["pages"]: (mode(m["samples"]), mode(rows[identity(m)[:2] + ("irqs_off_instructions",)]["samples"]))
         for m in counted if m["case"] == "gup_fast/walk" and m["params"]["leaf"] == "pte"
         and m["params"]["cross"] == "none" and m["params"].get("levels", 3) == 3}
if what == "sums":
    for m in counted:
        if sum(s["instructions"] for s in m["breakdown"]) != mode(m["samples"]):
            print("# does not add up:", identity(m))
    if len(counted) < 20 or not any(m["metric"] == "instructions_deferred" for m in counted):
        print(f"# only {len(counted)} rows")
elif what == "unwatched":
    with open(f"{tmp}/unwatched/{scenario}.icount-1cpu.json") as f:
        other = {identity(m): m for m in json.load(f)["measurements"] if m["subject"] == "kernel"}
    for m in counted:
        if m["kind"] == "exact" and mode(other[identity(m)]["samples"]) != mode(m["samples"]):
            print("# differs:", identity(m), mode(other[identity(m)]["samples"]), mode(m["samples"]))
elif what == "functions":
    with open(f"{tmp}/unwatched/{scenario}.icount-1cpu.json") as f:
        plain = {identity(m) + (m["subject"],): mode(m.get("samples", [0])) for m in json.load(f)["measurements"]}
    with open(f"{tmp}/unwatched/{scenario}.icount-functions.json") as f:
        d = json.load(f)
    left_out = d["provenance"]["subject"].get("no_functions", "")
    seen = 0
    for m in d["measurements"]:
        if m.get("metric") == "irqs_off_instructions":
            continue
        if plain.pop(identity(m) + (m["subject"],), None) != mode(m.get("samples", [0])):
            print("# another count, or none, in the boot of costs:", identity(m))
        if m["subject"] == "kernel" and (m.get("metric") or "").startswith("instructions") and mode(m["samples"]):
            seen += "breakdown" in m
            if sum(s["instructions"] for s in m.get("breakdown", ())) != mode(m["samples"]) and m["case"] not in left_out:
                print("# does not add up:", identity(m))
    if plain or seen < 50 or not set(left_out.split()[0:1]) <= {"table_free/reuse"}:
        print(f"# {len(plain)} rows are missing; {seen} by function; left out: {left_out}")
elif what == "irqs-off":
    if any(not 0 < off < total for total, off in walks.values()) or len(walks) < 4:
        print("#", walks)
elif what == "slope":
    pages = sorted(walks)
    for a, b in zip(pages, pages[1:]):
        if walks[b][0] - walks[a][0] != walks[b][1] - walks[a][1]:
            print("#", a, walks[a], b, walks[b])
END
}

"$build/ptbench" kernels run --only costs --functions --timeout 600 --out "$tmp/runs" "${scenarios[@]}" >"$tmp/out" 2>"$tmp/err"
ok $? "the kernels run without the plugin, and once more with it for all rows"
sed 's/^/# /' "$tmp/err"
ln -s "$(tail -n 1 "$tmp/out")" "$tmp/unwatched"

for ((i = 0; i < ${#scenarios[@]}; i += 2)); do
	base=${scenarios[i]} new=${scenarios[i + 1]}
	for case in gup_fast/walk gup_slow/walk table_free/munmap; do
		profile "$new.${case//\//-}" --case $case --base "$base" "$new"
		ok $? "$base, $new, $case: the plugin counts in each window what the driver counts"
		grep -v '^.*: passed' "$tmp/$new.${case//\//-}.err" | sed 's/^/# /'
	done
	for s in "$base" "$new"; do
		for what in "sums breakdowns add up" "unwatched rows cost what they cost unwatched" \
			"functions a boot of all rows counts what the boot of costs does, by function" \
			"irqs-off a walk has interrupts off for a part of it" "slope and for each page of it"; do
			wrong=$(look "${what%% *}" "$s" "$new".gup_fast-walk "$new".gup_slow-walk "$new".table_free-munmap 2>&1)
			[ -z "$wrong" ]
			ok $? "$s: ${what#* }"
			[ -z "$wrong" ] || head -n 10 <<<"$wrong"
		done
	done
	"$build/ptbench" validate "$tmp/$new.gup_fast-walk"/*.json >"$tmp/out" 2>&1
	ok $? "what was written is valid"
done

# ---- one row, and its difference to another kernel ----
new=${scenarios[-1]} base=${scenarios[-2]}
profile one --case gup_fast/walk:cross=pmd,pages=16,leaf=pte --base "$base" "$new"
ok $? "--case with params prints their row"
awk '$4 == "total" { total += $3; n++ } NF == 4 && $3 ~ /^[+-]/ && $4 != "total" { sum += $3 } END { exit !(n > 0 && sum == total) }' \
	"$tmp/one.out"
ok $? "the differences by function add up to the difference"
grep -q 'interrupts off, the longest stretch' "$tmp/one.out"
ok $? "the longest stretch with interrupts off is printed"

# ---- errors ----
profile skip --skip gup_fast_fallback --case gup_fast/walk:pages=16,leaf=pte,cross=none "$new"
[ $? -eq 4 ] && grep -q 'the plugin counts [0-9]*, the driver [0-9]*' "$tmp/skip.err"
ok $? "a plugin that leaves a function out is found out"
sed 's/^/# /' "$tmp/skip.err"
profile none --case gup_fast/walk:pages=12345 "$new"
[ $? -eq 4 ] && grep -q 'the kernel measures no row of this case with these params' "$tmp/none.err"
ok $? "a row that the kernel does not have: status 4, and why"

env --default-signal=INT "$build/ptbench" kernels profile --out "$tmp/ended" --case gup_fast/walk "$new" >"$tmp/out" 2>"$tmp/err" &
pid=$!
for _ in $(seq 100); do
	[ -s "$tmp/ended/latest/$new.icount-1cpu.console.log" ] && break
	sleep 0.1
done
kill -INT $pid
wait $pid
status=$?
sleep 0.2
[ $status -eq 130 ] && ! grep -lq "$tmp/ended" /proc/[0-9]*/cmdline 2>/dev/null
ok $? "interrupted: status 130, and no QEMU is left"

finish
