#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptbench kernels ab on two git refs of a real tree: finds five nops in try_grab_folio_fast() as
# five instructions for each page, in that function, and does not change the tree or its index.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
found() { # PATTERN TEXT
	grep -Eq -e "$1" "$tmp/out"
	ok $? "$2"
}

# ---- a tree with two refs: the source in kernels/build's cache, and a change to mm/gup.c ----
KSRC='' "$root/kernels/build" x86_64-stock >"$tmp/out" 2>"$tmp/err" || { sed 's/^/# /' "$tmp/err"; exit 1; }
id=$(sed -n 's/^source_sha256\t//p' "$(cut -f2 "$tmp/out")/info")
tree=$tmp/linux
git init -q "$tree"
in_git() { git -C "$tree" -c user.name=test -c user.email=test@example.org -c gc.auto=0 "$@"; }
cp -al "${PTBENCH_CACHE:-${HOME:-/nonexistent}/.cache/ptbench}/src/$id/." "$tree/" 2>/dev/null ||
	cp -a "${PTBENCH_CACHE:-${HOME:-/nonexistent}/.cache/ptbench}/src/$id/." "$tree/"
in_git add -A -f . && in_git commit -q -m base && in_git tag base
sed '/^static struct folio \*try_grab_folio_fast/,/^}/s/^\tif (flags & FOLL_GET)$/\tasm volatile("nop; nop; nop; nop; nop");\n&/' \
	"$tree/mm/gup.c" >"$tmp/gup.c"
mv "$tmp/gup.c" "$tree/mm/gup.c" # a new file: the old one is a hard link to the cache's
in_git commit -q -a -m 'five more' && in_git tag head
ok "$(($(in_git diff --numstat base head | wc -l) != 1))" "two refs that differ in one file"
touch "$tree/.git/index.lock" # as if another git were running
state() { (cd "$tree" && find . -printf '%p %s %T@\n' | sort | sha256sum; sha256sum .git/index); }
before=$(state)

"$build/ptbench" kernels ab --base "$tree#base" --head "$tree#head" --only costs --no-report \
	--out "$tmp/runs" x86_64-stock >"$tmp/out" 2>"$tmp/err"
status=$?
sed 's/^/# /' "$tmp/err" "$tmp/out"
ok $((status != 1)) "five instructions more: worse, status 1"
found '^x86_64-stock: changed: 1 of [0-9]+ objects differ: mm/gup.o$' "one object differs, mm/gup.o"
found 'gup_fast/walk +cross=none.*leaf=pte,pages=1 .*\+5 ' "five instructions more for one page"
found 'gup_fast/walk +cross=none.*leaf=pte,pages=16 .*\+80 ' "eighty for sixteen"
found '^ +[0-9]+ +[0-9]+ +\+[0-9]+  try_grab_folio_fast$' "and they are in try_grab_folio_fast()"
ok "$(($(grep -Ec '^ +[0-9]+ +[0-9]+ +[+-][0-9]+  [a-z_0-9]+$' "$tmp/out") != 2))" "the difference is in no other function (one line, and the total)"
[ "$(state)" = "$before" ]
ok $? "neither the tree nor its index has changed"

"$build/ptbench" kernels ab --base "$tree#base" --head "$tree#base" --no-report --out "$tmp/none" x86_64-stock >"$tmp/out" 2>"$tmp/err"
ok $? "a tree and itself: status 0"
found '^x86_64-stock: unchanged: the same image' "unchanged, and not run"
[ ! -e "$tmp/none" ]
ok $? "neither was run"

finish
