#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The worked example of docs/adding.md, a discipline of table freeing in one file and one row: the
# very text is compiled, and the tests that take disciplines from the list find it and pass.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
build=${PTBENCH_BUILD:-$here/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nr=0
failed=0

ok() { # status, text
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; fi
}

block() { # text
	python3 "$here/scripts/test/example.py" block "$here/docs/adding.md" "$1"
}

name=broadcast_sync_rcu
header=ref/include/ref/gather_disciplines.h
block "\`ref/gather/$name.c\`:" >"$tmp/$name.c"
block "in \`$header\`" >"$tmp/row"
grep -q "gather_$name = {" "$tmp/$name.c" && grep -q "GOOD($name, \"" "$tmp/row"
ok $? "docs/adding.md has a file and a row"

mkdir -p "$tmp/include/ref"
awk -v row="$(sed 's/\\$/\\\\/;s/"/\\"/g' "$tmp/row")" '
	/^\tGOOD\(ipi_rcu,/ { print row }
	{ print }' "$here/$header" >"$tmp/include/ref/gather_disciplines.h"
grep -q "GOOD($name, \"" "$tmp/include/ref/gather_disciplines.h"
ok $? "the row goes into the list"

flags=(-std=gnu11 -O2 -g -Wall -Wextra -Wno-unused-parameter -Wmissing-prototypes -Wstrict-prototypes -Wshadow
	-Werror -D_GNU_SOURCE -I "$here/scripts/include" -I "$tmp/include" -I "$here/ref/include" -I "$here/ref/gather" -I "$here/results/include")
compile() { # program, sources: those that know the list, before the library that knows the old one
	local program=$1
	shift
	gcc "${flags[@]}" -o "$tmp/$program" "$@" "$tmp/$name.c" "$here/ref/gather/disciplines.c" \
		"$build/libref.a" -lpthread >"$tmp/log" 2>&1 || { head -n 20 "$tmp/log" | sed "s/^/# /"; return 1; }
}

compile test_gather "$here/ref/test/test_gather.c" "$here/ref/test/gather_suite.c"
ok $? "it compiles without a warning"
timeout 120 "$tmp/test_gather" >"$tmp/out"
ok $? "the tests of all disciplines pass"
grep -qE "^ok [0-9]+ - $name: the flush does not return while the reader is parked" "$tmp/out"
ok $? "they run on the new discipline"

# Without its wait the same tests refuse it.
sed -i '/ref_synchronize_rcu();/d' "$tmp/$name.c"
! grep -q 'ref_synchronize_rcu();' "$tmp/$name.c" &&
	compile test_busted "$here/ref/test/test_gather.c" "$here/ref/test/gather_suite.c" &&
	! timeout 120 "$tmp/test_busted" >"$tmp/out"
ok $? "without its wait the tests fail"
grep -qE "^not ok [0-9]+ - $name: the table is not freed while the reader is parked" "$tmp/out"
ok $? "the failed check is that of the parked reader"

echo "1..$nr"
exit $failed
