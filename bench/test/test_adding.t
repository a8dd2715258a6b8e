#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The worked examples of docs/adding.md that are measured, in a copy of ref/ and bench/: a design, a step
# and a case. They are timed, checked and named in a valid document; the test sees a design that does
# not do what its row says.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
document=$root/docs/adding.md
cc=${CC:-gcc} cxx=${CXX:-g++}

mkdir -p "$tmp/tree/bench"
cp -r "$root/ref" "$tmp/tree/"
cp "$root"/bench/*.[ch] "$tmp/tree/bench/"
block() { # TEXT
	python3 "$root/scripts/test/example.py" block "$document" "$1"
}
for section in "A design of GUP-fast" "A step of GUP-fast"; do
	python3 "$root/scripts/test/example.py" patch "$document" "$section" "$tmp/tree"
	ok $? "docs/adding.md has a patch: $section"
done
block "\`bench/case_gup_slow.c\`:" >"$tmp/tree/bench/case_gup_slow.c"
block "in \`bench/cases.h\`:" >"$tmp/cases"
block "in \`bench/rows.c\`" >"$tmp/rows"
sed -i "/^extern const struct bench_case bench_gup_fast_steps;/r $tmp/cases" "$tmp/tree/bench/cases.h"
sed -i "/^\t&bench_gup_fast_walk,/r $tmp/rows" "$tmp/tree/bench/rows.c"
grep -q bench_gup_slow_walk "$tmp/tree/bench/cases.h" && grep -q bench_gup_slow_walk "$tmp/tree/bench/rows.c"
ok $? "and a case, with the lines that list it"

flags=(-std=gnu11 -O2 -fno-strict-aliasing -fno-common -Wall -Wextra -Wno-unused-parameter -Wmissing-prototypes
	-Wstrict-prototypes -Wshadow -Werror -D_GNU_SOURCE -I"$root/scripts/include" -I"$tmp/tree/ref/include" -I"$root/results/include")
compile() { # SOURCE OBJECT FLAG...
	"$cc" "${flags[@]}" "${@:3}" -c "$tmp/tree/$1" -o "$tmp/$2.o" >"$tmp/log" 2>&1 || { head -n 20 "$tmp/log" | sed 's/^/# /'; return 1; }
}
walkers() { # ARCHITECTURE
	compile ref/gup/walk.c "arch_$1" -DPGT_FMT_HEADER="\"../pgtable/fmt_$1.h\"" -DPGT_ARCH="pgt_arch_$1" \
		-DPGT_FORMATS="PGT_FORMATS_$1"
}
# The library with what knows the lists compiled anew; of the architectures, the one where levels fold
# per mm.
walkers s390x && compile ref/gup/gup.c gup && compile ref/gup/designs.c designs && compile ref/gup/steps.c steps &&
	cp "$build/libref.a" "$tmp/libref.a" && (cd "$tmp" && ar rcs libref.a {arch_s390x,gup,designs,steps}.o)
ok $? "the walkers compile without a warning"
test_gup() {
	t=$build/obj/ref/test
	"$cc" -o "$tmp/test_gup" "$t"/{test_gup,gup_suite,gup_variants}.o "$tmp/libref.a" -lpthread &&
		("$tmp/test_gup" >"$tmp/out" || exit) 2>/dev/null # the shell says there what it died of
}
before=$("$build/ref/test/test_gup" | sed -n 's/.*s390x\/3: \([0-9]*\) designs right.*/\1/p')
test_gup
is "$?,$(sed -n 's/.*s390x\/3: \([0-9]*\) designs right.*/\1/p' "$tmp/out")" "0,$((before + 1))" \
	"the walkers' test tries the design on s390x, and it is right"

for f in case_gup case_gup_steps case_gup_slow rows vocabulary; do compile "bench/$f.c" $f || break; done
ok $? "the cases compile without a warning"
b=$build/obj/bench
"$cxx" -o "$tmp/bench" "$tmp"/{case_gup,case_gup_steps,case_gup_slow,rows,vocabulary}.o \
	"$b"/{case_{dax,host,kmap,reclaim,shim,table_free,thp},code_bytes,code_judge,code_read,count,environment}.o \
	"$b"/{free_readers,free_ring,gbench,host,interrupt,native_instance,native_options,native_report,perf,progress,runner_native,table}.o \
	"$build"/lib{results,refurcu}.a "$tmp/libref.a" -lbenchmark -lelf -ljansson -lurcu-bp -lurcu-memb -lurcu-qsbr \
	-ldl -lm -lpthread
ok $? "and link"
"$tmp/bench" --ptbench_quiet --ptbench_any_load "--ptbench_out=$tmp/native.json" --benchmark_min_time=0.001 \
	--benchmark_filter='^gup_slow/walk/|^gup_fast/steps/.*step:protnone|^gup_fast/walk/.*design:real_pointer/.*format:s390x' \
	>"$tmp/out" 2>"$tmp/err"
ok $? "they are timed" || head -n 5 "$tmp/err" | sed 's/^/# /'
"$build/ptbench" validate "$tmp/native.json" >/dev/null
ok $? "the document is valid: it says what each param means"
python3 - "$tmp/native.json" >"$tmp/rows" <<'END'
import json, sys
doc = json.load(open(sys.argv[1]))
for m in doc["measurements"]:
    p = m["params"]
    print(m["case"], p.get("step", p.get("design", p.get("pages"))), "skipped" if "skipped" in m else m["metric"])
for a in doc["axes"]:
    for v in a.get("values", []):
        print("axis", a["key"], v["value"], v["label"], "busted" if v["busted"] else "")
END
for row in "gup_slow/walk 16 time" "gup_fast/steps protnone time" "gup_fast/walk real_pointer time"; do
	grep -qx "$row" "$tmp/rows"
	ok $? "the document has a row of $row"
done
grep -q '^axis design real_pointer real_pointer' "$tmp/rows" && grep -q '^axis step protnone PROT_NONE' "$tmp/rows"
ok $? "the document has the meanings of the lists"
"$tmp/bench" "--ptbench_static=$tmp/static.json" "--ptbench_objects=$tmp/libref.a" 2>"$tmp/err"
is "$?$(grep -c 'design": "real_pointer", "format": "s390x"' "$tmp/static.json")" 01 \
	"ref.static has its code bytes, and its code is another design's just where both do the same"

# ---- seen to fail: the row says that the design has the real pointer, but it walks on in the copy ----
sed -i '/if (v->design == GUP_REAL_POINTER)/,+1d' "$tmp/tree/ref/gup/walk.h"
walkers s390x && (cd "$tmp" && ar rcs libref.a arch_s390x.o) && ! test_gup && grep -q '^not ok .*s390x' "$tmp/out"
ok $? "without its line in walk.h the walkers' test fails on s390x"
finish
