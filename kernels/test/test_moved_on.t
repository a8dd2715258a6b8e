#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel that has moved on: in a copy of the real source one function that the driver calls has
# another name. The family that calls it becomes skipped rows with the compiler's first error, and the
# kernel boots and measures the rest; the same source without the change loses nothing.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
scenario=x86_64-stock
cache=${PTBENCH_CACHE:-$HOME/.cache/ptbench}
export PTBENCH_ROOT=$root

# The default source's tree, unpacked, as the image of the scenario has it.
folder=$("$root/kernels/build" "$scenario" 2>"$tmp/err" | cut -f2)
source=$cache/src/$(sed -n 's/^source_sha256\t//p' "$folder/info")
[ -f "$source/fs/dax.c" ]
ok $? "the source of $scenario is in the cache" || { cat "$tmp/err"; finish; }

# A tree beside the cache's: hard links where the file system has them. sed -i makes new files.
tree=$(mktemp -d "$cache/moved-on.XXXXXX")
trap 'rm -rf "$tmp" "$tree"' EXIT
cp -al "$source/." "$tree" 2>/dev/null || cp -a "$source/." "$tree"
mapfile -t users < <(cd "$tree" && grep -rlw dax_lock_folio fs mm include)
(cd "$tree" && sed -i 's/\bdax_lock_folio\b/dax_lock_the_folio/g' "${users[@]}")
is "${#users[@]}" "$(cd "$tree" && grep -rlw dax_lock_the_folio fs mm include | wc -l)" "one function has another name in ${#users[@]} files"
[ "${#users[@]}" -gt 0 ] && grep -qrw dax_lock_folio "$source/fs/dax.c"
ok $? "and the cache's copy has the old one"

KSRC=$tree "$build/ptbench" kernels run --only costs --append ptbench.only=kernel --out "$tmp/runs" "$scenario" >"$tmp/out" 2>"$tmp/err"
is $? 0 "the kernel is built, boots, and passes"
sed 's/^/# /' "$tmp/err"
moved=$(tail -n 1 "$tmp/out")/$scenario.icount-1cpu.json
"$build/ptbench" kernels run --only costs --append ptbench.only=kernel --out "$tmp/runs" "$scenario" >"$tmp/out" 2>"$tmp/err"
is $? 0 "so does that of the source as it was"
whole=$(tail -n 1 "$tmp/out")/$scenario.icount-1cpu.json

# Read with other eyes than ptbench's.
python3 - "$moved" "$whole" >"$tmp/facts" <<'END'
import json, sys

moved, whole = (json.load(open(name)) for name in sys.argv[1:])
REASON = "the driver's case does not compile on this kernel: "

def rows(doc, skipped):
    return [r for r in doc["measurements"] if r["subject"] == "kernel" and ("skipped" in r) == skipped]

def dax(some):
    return [r for r in some if r["case"].startswith("dax/")]

def names(doc):
    return {(r["case"], r["metric"], json.dumps(r["params"], sort_keys=True)) for r in rows(doc, False)}

lost = [r for r in rows(moved, True) if r["skipped"].startswith(REASON)]
print("families that were lost:", *sorted({r["case"].split("/")[0] for r in lost}))
print("without the file and the function:",
      sum("mm/ptbench/" not in r["skipped"] or "dax_lock_folio" not in r["skipped"] for r in lost))
print("lost though nothing was renamed:", sum(r["skipped"].startswith(REASON) for r in rows(whole, True)))
print("rows of other families that are missing:",
      sum(not case.startswith("dax/") for case, *_ in names(whole) - names(moved)), "of",
      "some" if names(whole) else "none")
print("dax rows that are measured:", len(dax(rows(moved, False))), "of",
      "some" if dax(rows(whole, False)) else "none")
print("the part says so:", moved["provenance"]["subject"].get("absent_family"))
END
sed 's/^/# /' "$tmp/facts"
fact() { sed -n "s/^$1: *//p" "$tmp/facts"; }
is "$(fact 'families that were lost')" dax "the family that calls it is lost, and no other"
is "$(fact 'without the file and the function')" 0 "each of its rows says by which error of which file"
is "$(fact 'lost though nothing was renamed')" 0 "nothing is lost without the change"
is "$(fact 'rows of other families that are missing')" "0 of some" "all other rows are measured"
is "$(fact 'dax rows that are measured')" "0 of some" "its rows are measured without the change alone"
[[ $(fact 'the part says so') == *dax_lock_folio* ]]
ok $? "the part's provenance names the family and the error"
finish
