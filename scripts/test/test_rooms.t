#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check-rooms finds no circle in the build folder, and finds a planted one.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"

check() { "$root/scripts/check-rooms" "$@" >"$tmp/out" 2>&1; }

check "$build/obj"
ok $? "no circle among the rooms of what was built"
sed 's/^/# /' "$tmp/out"
check --files "$build/obj"
ok $? "no circle among the files of one room, but for those that are allowed"
sed 's/^/# /' "$tmp/out"

compile() { # FOLDER/FILE TEXT
	mkdir -p "$tmp/obj/${1%/*}"
	printf '%s\n' "$2" >"$tmp/c.c"
	"${CC:-cc}" -c -o "$tmp/obj/$1.o" "$tmp/c.c"
}
compile a/one 'int two(void); int one(void) { return two(); }'
compile b/two 'int three(void); int two(void) { return three(); }'
compile b/c/three 'int outside(void); int three(void) { return outside(); }'
check "$tmp/obj"
is "$? $(cat "$tmp/out")" "0 check-rooms: no circle among 3 rooms" "three rooms in a line"
compile b/c/three 'int one(void); int three(void) { return one(); }'
check "$tmp/obj"
is "$? $(tail -n +2 "$tmp/out")" "1   a -> b: a/one uses two of b/two
  b -> b/c: b/two uses three of b/c/three
  b/c -> a: b/c/three uses one of a/one" "a circle of three is told whole"
printf 'x.o: kernels/gone.c a.h\n' >"$tmp/obj/b/c/three.d"
check "$tmp/obj"
ok $? "an object whose source is gone does not count"
echo 'x.o: ptbench.c' >"$tmp/obj/b/c/three.d"
check "$tmp/obj"
is "$?" 1 "an object whose source is there counts"
mkdir "$tmp/obj/test"
mv "$tmp/obj/a/one.o" "$tmp/obj/test/"
check "$tmp/obj"
ok $? "tests may use any room"
check "$tmp/none"
is "$?" 2 "a folder that is not there is bad input"

# Files of one room: a pair, and a circle of three by way of another file.
compile bench/runner 'int count(void); int runner(void) { return count(); }'
compile bench/count 'int setup(void); int count(void) { return setup(); }'
compile bench/instance 'int setup(void) { return 0; }'
mkdir "$tmp/files"
mv "$tmp/obj/bench" "$tmp/files/"
check --files "$tmp/files"
is "$? $(cat "$tmp/out")" "0 check-rooms: no circle among 3 files" "three files of a room in a line"
check "$tmp/files"
is "$? $(cat "$tmp/out")" "0 check-rooms: no circle among 0 rooms" "these three files are one room"
compile bench/instance 'int runner(void); int setup(void) { return runner(); }'
mv "$tmp/obj/bench/instance.o" "$tmp/files/bench/"
check --files "$tmp/files"
is "$? $(tail -n +2 "$tmp/out")" "1   bench/count -> bench/instance: uses setup
  bench/instance -> bench/runner: uses runner
  bench/runner -> bench/count: uses count" "a circle of three files is printed whole"
compile ref/pgtable/contpte 'int entry(void); int unfold(void) { return entry(); }'
compile ref/pgtable/pgtable 'int unfold(void); int entry(void) { return unfold(); }'
check --files "$tmp/obj"
ok $? "two files that are allowed to use each other are no circle"
compile ref/pgtable/pgtable 'int entry(void) { return 0; }'
check --files "$tmp/obj"
is "$? $(grep -c 'ref/pgtable/pgtable -> ref/pgtable/contpte: ' "$tmp/out")" "1 1" \
	"an allowed circle that is no longer there is reported"
rm -rf "$tmp/obj/ref" "$tmp/obj/bench"

strip -s "$tmp/obj/b/two.o" "$tmp/obj/b/c/three.o"
rm -rf "$tmp/stripped"
mkdir -p "$tmp/stripped"
mv "$tmp/obj/b" "$tmp/stripped/"
check "$tmp/stripped"
is "$? $(grep -c 'defines a symbol' "$tmp/out")" "2 1" "objects without symbols: status 2"
mkdir "$tmp/empty"
check "$tmp/empty"
is "$? $(grep -c 'no object in' "$tmp/out")" "2 1" "a folder without objects: status 2"

finish
