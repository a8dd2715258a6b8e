#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptbench kernels series and bisect on a real tree: commits that add known numbers of instructions to
# known functions, one that does not compile, one that changes no object, and one that takes back what
# an earlier one added. The image of a commit that was built after others is that of a build from
# nothing, to the byte.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
found() { # PATTERN TEXT
	grep -Eq -e "$1" "$tmp/out"
	ok $? "$2"
}
# of COMMIT: the lines of the table about it.
of() { sed -n "/^$(git -C "$tree" rev-parse "$1" | cut -c1-12) /,/^[0-9a-f]\{12\} \|^\$/p" "$tmp/table" | sed '2,${/^[0-9a-f]\{12\} /d}'; }
has() { # COMMIT PATTERN TEXT
	of "$1" | tr '\n' ' ' | grep -Eq -e "$2"
	ok $? "$3" || of "$1" | sed 's/^/# /'
}

# ---- a git tree: Debian's source, and patches of known size ----
real=${PTBENCH_CACHE:-${HOME:-/nonexistent}/.cache/ptbench}
KSRC='' "$root/kernels/build" x86_64-stock >"$tmp/out" 2>"$tmp/err" || { sed 's/^/# /' "$tmp/err"; exit 1; }
id=$(sed -n 's/^source_sha256\t//p' "$(cut -f2 "$tmp/out")/info")
tree=$tmp/linux
git init -q "$tree"
in_git() { git -C "$tree" -c user.name=test -c user.email=test@example.org -c gc.auto=0 "$@"; }
cp -al "$real/src/$id/." "$tree/" 2>/dev/null || cp -a "$real/src/$id/." "$tree/"
in_git add -A -f . && in_git commit -q -m base && in_git tag base
# edit FILE SED: replaces a file; the old one is a hard link to the cache's.
edit() { sed "$2" "$tree/$1" >"$tmp/edited" && cat "$tmp/edited" >"$tmp/new" && rm "$tree/$1" && cp "$tmp/new" "$tree/$1"; }
nops() { # FILE FUNCTION NOPS: behind the brace that opens the function
	edit "$1" "/^[a-z].*\\<$2(/,/^{/s/^{\$/{\\n\\tasm volatile(\"$3\");/"
}
commit() { in_git commit -q -a -m "$1" && in_git tag "$2"; }
nops mm/gup.c gup_fast_fallback 'nop; nop; nop' && commit 'three more in gup_fast_fallback' three
edit mm/gup.c '1s/^/this is no C\n/' && commit 'does not compile' broken
edit mm/gup.c 1d && nops mm/memory.c free_pgtables 'nop; nop' && commit 'two more in free_pgtables' two
echo '/* no object changes */' >"$tmp/comment"
{ cat "$tree/mm/mprotect.c" "$tmp/comment"; } >"$tmp/new" && rm "$tree/mm/mprotect.c" && cp "$tmp/new" "$tree/mm/mprotect.c" && commit 'a comment' comment
in_git revert --no-edit three >/dev/null && in_git tag back
is "$(in_git diff --numstat base back | paste -sd' ' | tr '\t' ' ')" "1 0 mm/memory.c 1 0 mm/mprotect.c" "commits that change what they are to change"
echo dirty >>"$tree/Makefile.dirty"
touch "$tree/.git/index.lock"
state() { (cd "$tree" && find . -printf '%p %s %T@ %l\n' | sort | sha256sum; find .git -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum); }
before=$(state)

# A cache of its own, so that every commit is built; what ccache knows it may have.
mkdir -p "$tmp/cache" "$tmp/apart" "$real/ccache"
ln -s "$real/ccache" "$tmp/cache/ccache"
ln -s "$real/ccache" "$tmp/apart/ccache"
export PTBENCH_CACHE=$tmp/cache

"$build/ptbench" kernels series --out "$tmp/runs" --format json "$tree#base..back" x86_64-stock >"$tmp/out" 2>"$tmp/err"
is $? 4 "a commit does not build: status 4" || tail -n 20 "$tmp/err" | sed 's/^/# /'
cp "$tmp/out" "$tmp/table"
[ "$(state)" = "$before" ]
ok $? "the tree, its index and its refs are as they were"
has three '^[0-9a-f]+  WORSE .* gup_fast/walk: instructions [0-9]+ -> [0-9]+, \+3 .* in: gup_fast_fallback \+3 ' "three instructions more, in gup_fast_fallback()"
! of three | grep -q table_free
ok $? "and no other mechanism's"
has broken '^[0-9a-f]+  DOES NOT BUILD .*x86_64-stock: the build failed' "one that does not compile"
has two '^[0-9a-f]+  WORSE .*judged against .* table_free/munmap: instructions [0-9]+ -> [0-9]+, \+2 .* in: free_pgtables \+2 ' "two more in free_pgtables(), judged against the last that builds"
! of two | grep -q 'gup_fast/'
ok $? "and GUP-fast did not change"
has comment '^[0-9a-f]+  the same image ' "a comment makes the same image"
has back '^[0-9a-f]+  changed .* gup_fast/walk: instructions [0-9]+ -> [0-9]+, -3 .* in: gup_fast_fallback -3 ' "three less, in gup_fast_fallback()"
found 'gup_fast/walk: instructions: 2 commits changed it: nothing is left of that' "of the three nothing is left over the series"
found 'table_free/munmap: instructions: 1 commit changed it: [0-9]+ -> [0-9]+, \+2 ' "of the two all"
is "$(grep -c ': built in' "$tmp/err")" 5 "each of the commits that build is built once, and the base"
sed 's/^/# /' <(grep ': built in' "$tmp/err")

# ---- bisect: what was measured is not measured again ----
bisect() { "$build/ptbench" kernels bisect --out "$tmp/runs" --case gup_fast/walk "$@" x86_64-stock >"$tmp/out" 2>"$tmp/err"; }
bisect --good "$tree#base" --bad comment
is $? 0 "bisect finds the change, past one that does not build"
found "^$(in_git rev-parse three | cut -c1-12) three more" "its commit"
found 'in: gup_fast_fallback \+3$' "in its function"
found 'booted 0, measured before' "without a boot"
log=$(sed -n 's/^log: //p' "$tmp/out")
rm "$tree/.git/index.lock"
git clone -q --no-checkout "$tree" "$tmp/clone" 2>/dev/null
git -C "$tmp/clone" bisect replay "$log" >"$tmp/replayed" 2>&1
grep -q "^$(in_git rev-parse three) is the first bad commit" "$tmp/replayed"
ok $? "git bisect replay comes to the same" || tail -n 5 "$tmp/replayed" | sed 's/^/# /'
bisect --good "$tree#base" --bad back
is "$?$(grep -c 'A change that a later' "$tmp/out")" 31 "a change and its removal are not seen at the ends: status 3, and said"
bisect --every --good "$tree#base" --bad back
is "$?$(grep -c '^[0-9a-f]\{12\} ' "$tmp/out")" 02 "--every finds both"

# ---- the image is that of a build from nothing ----
PTBENCH_CACHE=$tmp/apart KSRC="$tree#back" "$root/kernels/build" x86_64-stock >"$tmp/apart.out" 2>"$tmp/err" || tail -n 5 "$tmp/err" | sed 's/^/# /'
KSRC="$tree#back" "$root/kernels/build" --print-only x86_64-stock >"$tmp/out" 2>>"$tmp/err"
for f in image config System.map objects symbols; do
	cmp -s "$(cut -f2 "$tmp/out")/$f" "$(cut -f2 "$tmp/apart.out")/$f"
	ok $? "$f is that of a build from nothing, to the byte"
done

finish
