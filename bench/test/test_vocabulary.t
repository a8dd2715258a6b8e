#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One row more in a list of ref/, in a copy of it, is in the axes of documents without another edit: a
# discipline, a design, a step, a stack, a format; and its rows are in the report. And a value that
# bench/words.h loses is missed.
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

[ -e "$build/bench-test/test_vocabulary" ] || {
	echo "1..0 # SKIP not built: make O=$build $build/bench-test/test_vocabulary"
	exit 0
}
mkdir -p "$tmp/ref" "$tmp/bench"
cp -r "$here"/ref/{pgtable,gup,thp,include,test} "$tmp/ref"
cp "$here"/bench/*.[ch] "$tmp/bench"

compile() { # source, flags...
	local source=$1
	shift
	"$cc" -D_GNU_SOURCE -I"$here/scripts/include" -I"$tmp/ref/include" -I"$here/results/include" -std=gnu11 -O1 -fno-strict-aliasing \
		-fno-common "$@" -c "$tmp/$source"
}
print() { # OBJECTS...: the axes of a program with this vocabulary
	compile bench/vocabulary.c -o "$tmp/vocabulary.o" &&
		"$cc" -o "$tmp/test" "$build/obj/bench/test/test_vocabulary.o" "$tmp/vocabulary.o" "$@" \
			"$build"/obj/bench/{case_*,free_readers,free_ring,host,perf,rows,table}.o \
			"$build"/lib{results,refurcu,ref}.a \
			-lurcu-bp -lurcu-memb -lurcu-qsbr -ljansson -lm -lpthread && "$tmp/test" --print >"$tmp/out"
}

"$build/bench" "--ptbench_static=$tmp/static.json" 2>"$tmp/err"
grep -q '^    {"key": "discipline",' "$tmp/static.json" && grep -q '"value": "s390x", .*"fold": "mm"' "$tmp/static.json"
ok $? "ref.static says what params mean"

list=$tmp/ref/include/ref
sed -i 's/^\tGOOD(ipi_signal,/\tGOOD(novel, "a novel one", "It waits.") \\\n&/' "$list/gather_disciplines.h"
example=$here/scripts/test/example.py
for section in "A design of GUP-fast" "A step of GUP-fast"; do
	python3 "$example" patch "$here/docs/adding.md" "$section" "$tmp"
	ok $? "docs/adding.md has a patch: $section"
done
sed -i 's/^\tBUSTED(rfc_task_sweep,/\tGOOD(novel, "a novel one", "It maps.") \\\n&/' "$list/kmap_designs.h"
python3 "$example" block "$here/docs/adding.md" 'A complete file:' >"$tmp/ref/pgtable/fmt_example.h"
sed -i 's/^#define PGT_ARCHS(X).*/&\n\tX(example)    \\/' "$tmp/ref/gup/archs.h"
(
	cd "$tmp" && compile ref/gup/formats.c -o formats.o && compile ref/gup/gup.c -o gup.o &&
		compile ref/gup/walk.c -DPGT_FMT_HEADER='"../pgtable/fmt_example.h"' \
			-DPGT_ARCH=pgt_arch_example -DPGT_FORMATS=PGT_FORMATS_example -o arch_example.o
)
ok $? "a row more in each list, and a format: the walkers compile, the new design's among them"
(cd "$tmp" && nm arch_example.o | grep -q ' T gup_fast_example_8k_43_real_pointer$' &&
	compile ref/gup/steps.c -o steps.o && nm steps.o | grep -q ' T gup_fast_s390x_without_protnone$')
ok $? "so does a walker without the new step"
print "$tmp"/{formats,gup,arch_example}.o
ok $? "and the axes"
for row in "discipline novel a novel one" "design novel a novel one" "design real_pointer real_pointer" \
	"step protnone PROT_NONE" \
	"format example-8k-43 example-8k-43"; do
	grep -qx "$row" "$tmp/out"
	ok $? "an axis has $row"
done

# The cases' rows come of the same lists; what they measure is one number here.
mkdir "$tmp/cases" "$tmp/runs"
(cd "$tmp/cases" && for c in "$tmp"/bench/case_*.c; do compile "bench/${c##*/}" -I"$tmp" || exit; done)
ok $? "the cases compile with them"
"$cc" -o "$tmp/all" "$build/obj/bench/test/test_vocabulary.o" "$tmp/vocabulary.o" \
	"$tmp"/{formats,gup,arch_example,cases/case_*}.o "$build"/obj/bench/{free_readers,free_ring,host,perf,rows,table}.o \
	"$build"/lib{results,refurcu,ref}.a -lurcu-bp -lurcu-memb -lurcu-qsbr -ljansson -lm -lpthread &&
	run=$("$tmp/all" --run "$tmp/runs") && "$build/ptbench" report "$run" >"$tmp/report" 2>&1
ok $? "and a run of all their rows is rendered" || cat "$tmp/report"
shows() { # PAGE TEXT...: a row of a table, or a label of a figure
	local page=$run/report/$1 text
	for text in "${@:2}"; do
		sed 's/<[^>]*>/\n/g' "$page" | grep -qF -- "$text" || { echo "# $page lacks $text"; return 1; }
	done
}
shows q1.html novel 'It waits.'
ok $? "the discipline is on its page, with its meaning"
shows q2.html real_pointer example-8k-43
ok $? "so are the design of GUP-fast and the format"
shows q3.html 'a novel one'
ok $? "the stack, by its label"
shows q4.html PROT_NONE
ok $? "the step is on its page"

sed -i '/V("hugetlb",/d' "$tmp/bench/words.h"
print "$tmp"/{formats,gup,arch_example}.o && ! "$tmp/test" >"$tmp/out" 2>&1
ok $? "without hugetlb among the values of mem the test of the vocabulary fails"
grep -q "lacks mem=hugetlb" "$tmp/out"
ok $? "and says what is missing"

mkdir -p "$tmp/root/kernels/scenarios"
cp -r "$here/kernels/arch" "$tmp/root/kernels"
sed 's/^design.*/design novel/' "$here/kernels/scenarios/x86_64-stock" >"$tmp/root/kernels/scenarios/odd"
PTBENCH_ROOT=$tmp/root "$build/ptbench" kernels run --out "$tmp/runs" odd >"$tmp/out" 2>&1
[ $? -eq 2 ] && grep -q "scenarios/odd: 'novel' is no design" "$tmp/out"
ok $? "a scenario of a design that is in no list is refused before anything is built"
echo "1..$nr"
exit $failed
