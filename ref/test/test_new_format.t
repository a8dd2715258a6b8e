#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# "Adding a format is one file and one row": the example of docs/adding.md, in a copy of the tree, goes
# through the walkers' test with nothing else changed; and its numbers, through the formats' test.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
build=${PTBENCH_BUILD:-$here/build}
cc=${CC:-gcc}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nr=0
failed=0

ok() { # status, text
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; fi
}

[ -e "$build/obj/ref/test/test_gup.o" ] || {
	echo "1..0 # SKIP not built: make O=$build $build/ref/test/test_gup"
	exit 0
}
mkdir -p "$tmp/ref"
cp -r "$here"/ref/{pgtable,gup,thp,include} "$tmp/ref"
block() { # text
	python3 "$here/scripts/test/example.py" block "$here/docs/adding.md" "$1"
}
block 'A complete file:' >"$tmp/ref/pgtable/fmt_example.h"
block "The row in \`ref/gup/archs.h\`" >"$tmp/archs"
block "the numbers in \`ref/test/test_formats.c\`" >"$tmp/geometry"
grep -q pgt_fmt_example "$tmp/ref/pgtable/fmt_example.h" && grep -q 'X(example)' "$tmp/archs" &&
	grep -q '"example-8k-43"' "$tmp/geometry"
ok $? "docs/adding.md has an example"
sed -i "/^\tX(arm64) /r $tmp/archs" "$tmp/ref/gup/archs.h"

compile() { # source, flags...
	local source=$1
	shift
	"$cc" -D_GNU_SOURCE -I"$here/scripts/include" -I"$tmp/ref/include" -std=gnu11 -O2 -fno-strict-aliasing -fno-common -Wall \
		-Wextra -Wno-unused-parameter -Werror "$@" -c "$tmp/ref/$source"
}
(
	cd "$tmp" && compile gup/formats.c -o formats.o && compile gup/gup.c -o gup.o &&
		compile gup/walk.c -DPGT_FMT_HEADER='"../pgtable/fmt_example.h"' \
			-DPGT_ARCH=pgt_arch_example -DPGT_FORMATS=PGT_FORMATS_example -o arch_example.o
)
ok $? "it compiles without a warning"
t=$build/obj/ref/test
"$cc" -o "$tmp/test_gup" "$t/test_gup.o" "$t/gup_suite.o" "$t/gup_variants.o" "$tmp"/*.o \
	"$build/libref.a" -lpthread
ok $? "the test links with the new list in place of the old"
"$tmp/test_gup" >"$tmp/out"
ok $? "the walkers' test passes with it"
n=$(grep -c '^ok .* example-8k-43: ' "$tmp/out")
[ "$n" -eq 3 ]
ok $? "the walkers' test has tried it: boundaries, leaves, random ranges"

mkdir "$tmp/ref/test" "$tmp/scripts"
cp "$here"/ref/test/{test_formats.c,gup_suite.h} "$tmp/ref/test"
cp "$here/scripts/tap.h" "$tmp/scripts"
formats() { # its test, with the sources of the copy
	(cd "$tmp" && compile test/test_formats.c -o test_formats.o) &&
		"$cc" -o "$tmp/test_formats" "$tmp/test_formats.o" "$t/gup_suite.o" \
			"$tmp"/{formats,gup,arch_example}.o "$build/libref.a" -lpthread &&
		"$tmp/test_formats" >"$tmp/out"
}
! formats && grep -q '^not ok .* has its row here' "$tmp/out"
ok $? "the formats' test misses its numbers"
sed -i "/^} geometry\[\] = {/r $tmp/geometry" "$tmp/ref/test/test_formats.c"
formats
ok $? "the formats' test passes with its numbers"
echo "1..$nr"
exit $failed
