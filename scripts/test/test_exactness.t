#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/exactness judges the counts of ptbench compare: seen to pass and to fail, without kernels.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export TMPDIR=$tmp PTBENCH_BUILD=$tmp
nr=0
failed=0

# Stands in for the program: a boot succeeds, and EQUAL_<change> of 100 rows are equal.
cat >"$tmp/ptbench" <<'END'
#!/usr/bin/env bash
[ "$1" = compare ] || exit "${BOOT:-0}"
case ${!#} in */runs-again/*) n=$AGAIN ;; */runs-padding/*) n=$PADDING ;; *) n=100 ;; esac
[ -n "$n" ] && echo "$n of 100 exact rows are equal ($n %)"
[ "$n" = 100 ]
END
chmod +x "$tmp/ptbench"

judged() { # STATUS AGAIN PADDING TEXT
	AGAIN=$2 PADDING=$3 "$here/scripts/exactness" x86_64-stock >"$tmp/out" 2>&1
	local status=$?
	nr=$((nr + 1))
	if [ $status -eq "$1" ]; then echo "ok $nr - $4"; return; fi
	echo "not ok $nr - $4: exit status $status"
	failed=1
}

judged 0 100 100 "all rows equal passes"
judged 0 100 95 "5 % moved by a null change pass"
judged 1 100 94 "6 % moved by a null change fail"
judged 1 99 100 "one row moved by a plain repeat fails"
judged 4 100 "" "a comparison that compared nothing fails"
BOOT=4 judged 4 100 100 "a boot that fails, fails"

echo "1..$nr"
exit $failed
