#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# No subcommand prints a name to the terminal unchanged that would move the cursor, reverse letters
# or hide a line.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"

bad=$'e\e[2J\xe2\x80\xae\xe2\x80\x8b\xc2\x9b\xff\rz'
dir=$tmp/$bad
# shellcheck source=kernels/test/fake_tree.sh
. "$root/kernels/test/fake_tree.sh"
mkdir -p "$dir/runs" "$tmp/build/kernels"
touch "$tmp/build/kernels/profile.so"
for s in one unbuildable "$bad"; do printf 'title t\narch fake\nrole stock\ndesign static\nappend fake=good\n' >"$tree/kernels/scenarios/$s"; done
printf 'title t%s\narch fake\nrole stock\ndesign static\n' "$bad" >"$tree/kernels/scenarios/title"
printf 'title t\narch fake\nrole stock\ndesign static\nk%s x\n' "$bad" >"$tree/kernels/scenarios/key"
echo "$bad" >"$tree/kernels/scenarios/LIST"
printf 'ffffffff81000000 0000000000000100 T f%s\n' "$bad" >>"$tree/image/symbols"
sed -i "s/^release.*/&${bad//$'\xff'/}/" "$tree/image/info"
"$build/ptbench" kernels run --out "$tmp/runs" one unbuildable >"$tmp/out" 2>"$tmp/err"
run=$(readlink -f "$tmp/runs/latest")
cp -r "$run" "$dir/run"
cp "$run/one.icount-1cpu.json" "$dir/doc.json"
[ -s "$dir/doc.json" ]
ok $? "there is a run to print"
# A document in which every text is such a name, as far as the reader accepts it.
python3 - "$dir/doc.json" "$dir/texts.json" "${bad//$'\xff'/}" <<'END'
import json, os, sys
bad = os.fsencode(sys.argv[3]).decode()
doc = json.load(open(os.fsencode(sys.argv[1])))
doc["command"] += bad
for block in doc["provenance"].values():
    for key in block:
        block[key] += bad
for check in doc["checks"]:
    check["expect"] += bad
    check["seen"] += bad
for m in doc["measurements"]:
    m["params"]["text"] = "x" + bad.translate({27: None, 13: None})
json.dump(doc, open(os.fsencode(sys.argv[2]), "w"))
END

# ---- every subcommand with such names as arguments ----
# Statuses: 0 if it works with such a name, else 2 and the like; 127 and more: it died.
tried=" "
neutral() { # PROGRAM ARGUMENT...
	local status text
	tried+="$1 $2 ${3:-} "
	"$build/$1" "${@:2}" >"$tmp/out" 2>&1
	status=$?
	text=$(printf '%q ' "$@" | sed "s,$tmp/,,g" | tr -c ' -~' '?')
	[ $status -lt 127 ] && [ -s "$tmp/out" ] && ! grep -qP '[\x00-\x08\x0b-\x1f\x7f\xff]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]' "$tmp/out"
	ok $? "$text(status $status)" || { head -n 5 "$tmp/out" | cat -v | sed 's/^/# /'; }
}
shows() { # TEXT: did the last command print it?
	grep -qF -- "$1" "$tmp/out"
	ok $? "... and shows $1"
}
neutral ptbench "$bad"
shows 'e\x1b[2J\u202e\u200b\u009b\xff\x0dz'
neutral ptbench validate "$dir/doc.json"
shows '\u009b\xff\x0dz/doc.json: fine'
for s in validate show compare gate baseline report export import; do
	neutral ptbench $s "--$bad"
	neutral ptbench $s "-$bad"
	more=()
	[[ $s != compare && $s != gate ]] || more=(--base "$dir/run")
	[ $s != baseline ] || more=(--dir "$dir")
	[[ $s != export ]] || more=(--format ktap)
	[[ $s != import ]] || more=(--format google-benchmark -o "$dir/imported.json")
	for file in "$dir/nonesuch" "$dir" "$dir/run" "$dir/doc.json" "$dir/texts.json" "$dir/run/one.icount-1cpu.stream"; do
		neutral ptbench $s "${more[@]}" "$file"
	done
done
neutral ptbench show -p "$bad" "$dir/run"
neutral ptbench compare --base "$dir/texts.json" --all "$dir/doc.json"
neutral ptbench compare --base "$dir/nonesuch" "$run"
neutral ptbench compare --base "$run" --ignore "$bad" "$run"
neutral ptbench gate --policy "$dir/$bad" --base "$run" "$dir/run"
neutral ptbench gate --today "$bad" --base "$run" "$dir/run"
neutral ptbench compare --base "$run" --case "$bad" --metric "$bad" --format "$bad" "$dir/run"
neutral ptbench baseline --dir "$dir" --write "$dir/run"
neutral ptbench judge "--$bad"
neutral ptbench judge --pair "$dir/nonesuch" "$dir/run"
neutral ptbench judge --pair "$dir/run" "$dir/doc.json"
neutral ptbench judge --images "$dir/run" "$run" --more "$bad" "$dir/run"
neutral ptbench judge --sizes "$bad" --pair "$run" "$run"
neutral ptbench judge --out "$dir/nonesuch/x" --images "$dir/run" "$run"
neutral ptbench interleave "--$bad"
neutral ptbench interleave --base "$dir/nonesuch"
neutral ptbench interleave --base "$build" --processes "$bad"
for s in bencher github-action-benchmark openmetrics csv ktap junit kcidb; do
	neutral ptbench export --format $s "$dir/texts.json"
done
neutral ptbench export --format "$bad" "$dir/run"
python3 - "$dir/google.json" "${bad//$'\xff'/}" <<'END'
import json, os, sys
bad = os.fsencode(sys.argv[2]).decode()
row = {"name": bad, "run_type": "iteration", "repetitions": 1, "repetition_index": 0, "real_time": 1, "time_unit": "ns", bad: 7}
json.dump({"context": {"date": "2026-01-31T23:59:59Z", "host_name": bad, "executable": bad}, "benchmarks": [row]}, open(os.fsencode(sys.argv[1]), "w"))
END
neutral ptbench import --format google-benchmark --out "$dir/imports" "$dir/google.json"
shows 'run: '
neutral ptbench import --format google-benchmark -o "$dir/imported.json" "$dir/google.json" "$dir/google.json"
neutral ptbench import --format "$bad" "$dir/google.json"
neutral ptbench import --format google-benchmark --out "$dir/google.json" "$dir/google.json"
neutral ptbench show "$dir/imports/latest"
neutral ptbench export --format ktap "$dir/imports/latest"
neutral ptbench export --format csv -o "$dir/nonesuch/x" "$dir/run"
neutral ptbench export --format kcidb --origin "$bad" --part "$bad" --case "$bad" "$dir/run"
neutral ptbench export --format github-action-benchmark --better "$bad" "$dir/run"
neutral ptbench compare --format ktap --base "$dir/texts.json" "$dir/doc.json"
neutral ptbench compare --format kcidb --base "$dir/texts.json" "$dir/doc.json"
neutral ptbench report -a "$dir/run"
neutral ptbench report -o "$dir/report" "$run"
neutral ptbench report -o "$dir/nonesuch/x" "$run"
neutral ptbench report --trend "$dir" -o "$dir/report" "$run"
neutral ptbench report --trend "$dir/nonesuch" "$run"
neutral ptbench report --trend "$dir" -a "$run"
neutral ptbench report --base "$dir/nonesuch" "$run"
neutral ptbench trend "--$bad"
neutral ptbench trend "$dir/nonesuch"
neutral ptbench trend "$dir"
neutral ptbench trend --keep-going --all "$dir"
shows 'no \x1b[2J \u202e here'
neutral ptbench trend --since "$bad" "$dir"
neutral ptbench trend --part "$bad" "$dir/runs"
neutral ptbench explore "$bad"
neutral ptbench explore "--$bad"
neutral ptbench explore --bound "$bad"
model=$("$build/ptbench" explore --list | sed -n 's,^\([a-z_]*/[a-z_]*\)  *good.*,\1,p' | head -n 1)
neutral ptbench explore --replay "$bad" "$model"
neutral ptbench explore --quiet --json "$dir/explore.json" "$model"
neutral ptbench show "$dir/explore.json"
neutral ptbench explore --json "$dir/nonesuch/x" "$model"
neutral ptbench bench "--$bad"
neutral ptbench bench --no-native --no-explore --no-kernels --runs "$dir/runs"
neutral ptbench bench --no-native --no-explore --no-report --runs "$dir/runs" one unbuildable
neutral ptbench bench --no-native --no-explore --no-kernels --runs "$dir/doc.json"
neutral ptbench bench --no-native --no-explore "$bad"
neutral ptbench kernels "$bad"
for s in list sources run bytes profile ab series bisect; do
	neutral ptbench kernels $s "--$bad"
	neutral ptbench kernels $s "$bad"
	neutral ptbench kernels $s key
	neutral ptbench kernels $s title
done
neutral ptbench kernels run --only "$bad" one
neutral ptbench kernels run --timeout "$bad" one
neutral ptbench kernels run --out "$dir/runs" one unbuildable
neutral ptbench kernels run --out "$dir/doc.json" one
TMPDIR=$dir/nonesuch neutral ptbench kernels run --out "$dir/runs" one
PTBENCH_BUILD=$dir neutral ptbench kernels run --out "$dir/runs" one
PTBENCH_ROOT=$dir/nonesuch neutral ptbench kernels list
PTBENCH_ROOT=$dir neutral ptbench kernels list
neutral ptbench kernels bytes --base one "$bad"
neutral ptbench kernels bytes --all --base one "$bad"
neutral ptbench kernels history "--$bad"
neutral ptbench kernels history "$dir/nonesuch"
neutral ptbench kernels history "$dir/run"
neutral ptbench kernels profile --case "$bad" one
neutral ptbench kernels profile --case gup_fast/walk --out "$dir/runs" one
neutral ptbench kernels profile --case gup_fast/walk --base "$dir/" one
neutral ptbench kernels ab --base "$bad" --head "$bad" one
mkdir "$dir/a" "$dir/b"
neutral ptbench kernels ab --base "$dir/a" --head "$dir/b" "$bad"
neutral ptbench kernels ab --base "$dir/a" --head "$dir/b" unbuildable
git init -q "$dir/commits"
printf '402\n' >"$dir/commits/cost"
git -C "$dir/commits" add cost
for i in 1 2; do
	echo $((400 + i)) >"$dir/commits/cost"
	printf 'subject %s %s\n' $i "$bad" | git -C "$dir/commits" -c user.name=t -c user.email=t@example.org commit -q -a -F - 2>/dev/null
done
neutral ptbench kernels series "$dir/commits#HEAD^..HEAD" "$bad"
neutral ptbench kernels series "$dir/commits#$bad..HEAD" one
neutral ptbench kernels series --out "$dir/runs" "$dir/commits#HEAD^..HEAD" one unbuildable
shows 'subject 2 e\x1b[2J'
neutral ptbench kernels bisect --good "$dir/commits#HEAD^" --bad "$bad" --case gup_fast/walk one
neutral ptbench kernels bisect --good "$dir/commits#HEAD^" --bad HEAD --case "$bad" one
neutral ptbench kernels bisect --out "$dir/runs" --good "$dir/commits#HEAD^" --bad HEAD --case gup_fast/walk one
shows 'subject 2 e\x1b[2J'
PTBENCH_ROOT=$root HOME=$tmp neutral ptbench kernels build "$bad"
neutral bench "--$bad"
neutral bench --ptbench_out="$dir/nonesuch/x" '--benchmark_filter=^shim/native' --benchmark_min_time=0.001
neutral bench --ptbench_static="$dir/x" --ptbench_objects="$dir/nonesuch"
for s in $("$build/ptbench" --help | sed -n 's/^  \([a-z]*\) .*/\1/p') $("$build/ptbench" kernels --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	[[ $tried == *" ptbench $s "* || $tried == *" ptbench kernels $s "* ]]
	ok $? "$s was among the subcommands that ran"
done
find "$dir/runs" -name '*.json' -exec "$build/ptbench" validate -q {} + >"$tmp/out" 2>&1
ok $? "the run written there is valid"

finish
