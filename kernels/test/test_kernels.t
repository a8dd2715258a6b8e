#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Real kernels: the scenarios of BENCH (in CI: of the list CI) pass, two boots give identical exact
# metrics, an unrelated change (a longer command line) moves at most 5 % of them, and the checks of
# the measurement fail when they have to.
# SCENARIOS= names other scenarios.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
list=BENCH
[ -z "${CI:-}" ] || list=CI
read -ra scenarios <<<"${SCENARIOS:-$list}"

run() { # NAME OPTION...: the run's folder becomes $tmp/NAME
	local name=$1
	shift
	"$build/ptbench" kernels run --out "$tmp/runs" "$@" "${scenarios[@]}" >"$tmp/out" 2>"$tmp/err"
	local status=$?
	sed 's/^/# /' "$tmp/err"
	ln -s "$(tail -n 1 "$tmp/out")" "$tmp/$name"
	return $status
}

# Compares the exact metrics of two runs: sets equal and total; prints rows that moved as "# ...".
compare() { # BASE NEW PATTERN: compares parts whose files match PATTERN
	local file other counts
	equal=0 total=0
	for file in "$tmp/$1"/$3; do
		other=$tmp/$2/${file##*/}
		"$build/ptbench" compare --exact-equal --base "$file" "$other" >"$tmp/out" 2>&1 || sed 's/^/# /' "$tmp/out"
		counts=$(sed -nE 's/^([0-9]+) of ([0-9]+) exact rows are equal.*/\1 \2/p' "$tmp/out")
		counts=${counts:-0 1} # a part that cannot be compared counts as one unequal row
		equal=$((equal + ${counts% *})) total=$((total + ${counts#* }))
	done
}

run first
ok $? "every part of ${scenarios[*]} passes, with what its scenario expects"
# Only KVM may be missing: a source, a compiler or a QEMU that is not there would be a boot less.
grep '"state": "skipped"' "$tmp/first/run.json" | grep -v '\.kvm-' >"$tmp/skipped"
[ ! -s "$tmp/skipped" ]
ok $? "no boot under icount was skipped"
sed 's/^ */# /' "$tmp/skipped"

run second
ok $? "every part passes in a second run, too"
run longer --only costs --append 'dummy=1 unused=word'
ok $? "every part passes with a longer command line, too"

"$build/ptbench" validate "$tmp"/first/*.json >"$tmp/out" 2>&1
ok $? "what was written is valid"

compare first second '*.icount-*.json'
[ "$total" -gt 0 ] && [ "$equal" -eq "$total" ]
ok $? "$equal of $total exact metrics are the same in both runs"

compare first longer '*.icount-1cpu.json'
[ "$total" -gt 0 ] && [ $(((total - equal) * 20)) -le "$total" ]
ok $? "$equal of $total exact metrics are the same with a longer command line"

# ---- seen to fail: a clock that does not count instructions, page tables without neighbours that keep them ----
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

finish
