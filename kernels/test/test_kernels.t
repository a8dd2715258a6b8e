#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Real kernels: the scenarios of BENCH pass, booted twice they give identical exact metrics, an
# unrelated change (a longer command line) moves at most 5 % of them, and what guards them fails
# when it has to.
# SCENARIOS= names others.
set -u
export LC_ALL=C

root=$(cd "$(dirname "$0")/../.." && pwd)
build=${PTBENCH_BUILD:-$root/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
read -ra scenarios <<<"${SCENARIOS:-BENCH}"
nr=0 failed=0

ok() { # STATUS TEXT
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; fi
}

run() { # NAME OPTION...: the run's folder becomes $tmp/NAME
	local name=$1
	shift
	"$build/ptbench" kernels run --out "$tmp/runs" "$@" "${scenarios[@]}" >"$tmp/out" 2>"$tmp/err"
	local status=$?
	sed 's/^/# /' "$tmp/err"
	ln -s "$(tail -n 1 "$tmp/out")" "$tmp/$name"
	return $status
}

# Compares the exact metrics of two runs, per part: "PART TOTAL MOVED", each that moved as "# ...".
compare() {
	python3 - "$1" "$2" <<'END'
import collections, glob, json, os, sys

def exact(file):
    rows = {}
    for m in json.load(open(file))["measurements"]:
        if m.get("kind") in ("exact", "deterministic"):
            mode = collections.Counter(m["samples"]).most_common(1)[0]
            key = (m["case"], json.dumps(m["params"], sort_keys=True), m["subject"], m["metric"])
            rows[key] = (m["kind"], mode[0] / m["nr_ops"])
    return rows

for file in sorted(glob.glob(sys.argv[1] + "/*.icount-*.json")):
    name = os.path.basename(file)
    other = os.path.join(sys.argv[2], name)
    if not os.path.exists(other):
        continue
    a, b = exact(file), exact(other)
    total = moved = 0
    for key in sorted(a.keys() | b.keys()):
        if a.get(key, b.get(key))[0] != "exact":
            continue
        total += 1
        if a.get(key, (0, 0))[1:] != b.get(key, (0, None))[1:]:
            moved += 1
            print("#", name, *key, a.get(key), b.get(key))
    print(name[:-5], total, moved)
END
}

run first
ok $? "every part of ${scenarios[*]} passes, with what its scenario expects"
run second
ok $? "and again"
run longer --only costs --append 'dummy=1 unused=word'
ok $? "and with a longer command line"

"$build/ptbench" validate "$tmp"/first/*.json >"$tmp/out" 2>&1
ok $? "what was written is valid"

while read -r part total moved; do
	case $part in '#') echo "# $total $moved"; continue ;; esac
	[ "$total" -gt 0 ] && [ "$moved" -eq 0 ]
	ok $? "$part: $total exact metrics, the same in both runs"
done < <(compare "$tmp/first" "$tmp/second")

sum_total=0 sum_moved=0
while read -r part total moved; do
	case $part in '#') echo "# $total $moved"; continue ;; esac
	sum_total=$((sum_total + total)) sum_moved=$((sum_moved + moved))
done < <(compare "$tmp/first" "$tmp/longer")
[ $sum_total -gt 0 ] && [ $((sum_moved * 20)) -le $sum_total ]
ok $? "a longer command line moves $sum_moved of $sum_total exact metrics"

# ---- seen to fail: a clock that does not count instructions, tables that nothing keeps ----
broken() { # NAME WORD PATTERN TEXT
	run "$1" --only costs --append "$2"
	[ $? -eq 4 ] && tr -d '\n' <"$tmp/$1/run.json" | grep -q "$3"
	ok $? "$4"
}
scenarios=(x86_64-stock)
broken bust "ptbench.only=kernel ptbench.bust=1" "page tables went by [0-9]* bytes instead of" \
	"regions without the neighbours that keep their tables are a failed part"
cat >"$tmp/no-icount" <<'END'
#!/bin/bash
args=()
while [ $# -gt 0 ]; do
	if [ "$1" = -icount ]; then shift; else args+=("$1"); fi
	shift
done
exec qemu-system-x86_64 "${args[@]}"
END
chmod +x "$tmp/no-icount"
export PTBENCH_QEMU=$tmp/no-icount
broken clock ptbench.only=kernel "units of the clock: not icount" \
	"a clock that does not count instructions is a failed part"

echo "1..$nr"
exit $failed
