#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kernels/build --follow with a stand-in for a kernel: each commit's image is that of a build from
# nothing, unchanged files keep their times, a move that was interrupted is done again, and the git
# tree is not touched.
# shellcheck source=kernels/test/fake_suite.sh
. "$(dirname "$0")/fake_suite.sh"
[ -n "$tmp" ] || exit 1

linux=$tmp/linux
fake_kernel "$linux"
# The image has every file, its mode, and where links lead. What ccache is told is seen beside.
cat >>"$linux/Makefile" <<'END'
.PHONY: all_files
bzImage: all_files
all_files:
	@echo "$${CCACHE_RECACHE:-asked}" >>$(FAKE_MADE).ccache
	@find . \( -path ./obj -o -path ./include/all.h \) -prune -o \( -type f -printf '%p %m\n' -o -type l -printf '%p %l\n' \) | sort >$(O)/all.h
	@find . \( -path ./obj -o -path ./include/all.h -o -path ./mm/ptbench \) -prune -o -type f -print0 | sort -z | xargs -0 cat >>$(O)/all.h
	@mv $(O)/all.h include/all.h
END
in_git() { git -C "$linux" -c user.name=test -c user.email=test@example.org -c gc.auto=0 "$@"; }
commit() { in_git add -A -f . && in_git commit -q -m "$1" && in_git tag "$1"; }
git init -q -b main "$linux"
commit base
sed -i 's/LEVELS 4/LEVELS 5/' "$linux/include/levels.h" && commit header
echo 'int more(void) { return 1; }' >"$linux/mm/more.x" && mkdir -p "$linux/lib/deep" && echo 'int deep;' >"$linux/lib/deep/deep.c" && commit added
chmod +x "$linux/mm/more.x" && commit mode
in_git rm -q -r lib && commit removed
rm "$linux/mm/more.x" && ln -s gup.c "$linux/mm/more.x" && commit link
rm "$linux/mm/more.x" && mkdir "$linux/mm/more.x" && echo '/* in a folder */' >"$linux/mm/more.x/x.h" && commit folder
rm -r "$linux/mm/more.x" && echo '/* a file again */' >"$linux/mm/more.x" && commit file
echo 'config NEW' >>"$linux/Kconfig" && commit kconfig
echo '# more' >>"$linux/mm/Makefile" && commit makefile
echo '#define LEVELS_TOO 6' >"$linux/mm/levels.h" && commit shadow
printf 'int odd;\n' >"$linux/mm/odd *[name] é.h" && commit odd
mkdir -p "$linux/sound/core" && echo left out >"$linux/sound/core/left.c" && commit left-out
in_git revert --no-edit header >/dev/null && in_git tag reverted
scenario one
scenario two 'config EXTRA=y'

follow() { KSRC=$linux#$1 run --follow "${@:2}"; } # REF SCENARIO...
sha() { sha256sum <"$1/image" | cut -d' ' -f1; }
# The hash of the scenario's image of a commit, built in a cache of its own.
nothing() { # REF SCENARIO
	export PTBENCH_CACHE=$tmp/apart KSRC=$linux#$1
	run "$2"
	rm -rf "$tmp/apart/obj" "$tmp/apart/src"
	sha "${out#*$'\t'}"
}
same() { [ "$(sha "${out#*$'\t'}")" = "$(nothing "$@")" ]; }
state() { (cd "$linux" && find . -printf '%p %s %T@ %l\n' | sort | sha256sum); }
forget() { rm -rf "$tmp/cache/image"; }
folders() { find "$tmp/cache/$1" -mindepth 1 -maxdepth 1 -type d "${@:2}"; }

before=$(state)
for c in base header added mode removed link folder file kconfig makefile shadow odd left-out reverted; do
	follow "$c" one
	ok "$c: built" folder one
	ok "$c: its image is that of a build from nothing" same "$c" one
done
ok "each was another image" [ "$(folders image | wc -l)" -eq 14 ]
forget
for c in file base reverted removed base added folder link; do
	follow "$c" one
	ok "$c again, from another: its image is that of a build from nothing" same "$c" one
done
ok "the git tree is as it was" [ "$(state)" = "$before" ]
work=$(folders obj -name 'follow-*-one')
ok "all in one tree" [ "$(folders obj | wc -l)$([ -d "$work" ] && echo yes)" = 1yes ]

# An image that is there already is found, whoever built it.
forget
KSRC=$linux#base run one
found=$(sha "${out#*$'\t'}")
rm -f "$tmp/made"
follow base one
ok "an image that was built without --follow is found" [ "$found" = "$(sha "${out#*$'\t'}")" ]
ok "and not built" [ ! -e "$tmp/made" ]

# ---- what is replaced, and what is not ----
forget
follow base one
times() { stat -c '%n %i %Y' "$work"/tree/mm/gup.c "$work"/tree/Kbuild; }
times >"$tmp/before"
touch "$tmp/now"
sleep 0.1
follow header one
ok "files that are the same keep their times" cmp -s "$tmp/before" <(times)
ok "one that differs is newer than all that was compiled" [ "$work/tree/include/levels.h" -nt "$tmp/now" ]
src=$(folders src -name 'follow-*')
whole=$(folders src ! -name 'follow-*' | head -n 1)
ok "the source that the tree began with is not written through" grep -q 'LEVELS 4' "$whole/include/levels.h"

# ---- what Kconfig reads ----
follow file one
touch "$tmp/now"
sleep 0.1
follow kconfig one
ok "Kconfig is run again where a file of it differs" [ "$work/configured" -nt "$tmp/now" ]
touch "$tmp/now"
sleep 0.1
follow makefile one
ok "and not where none does" [ "$tmp/now" -nt "$work/configured" ]

# ---- headers that take the place of others ----
follow makefile one
object() { printf 'object' >"$work/tree/obj/mm/$1.o" && printf 'source := ../include/%s\n' "$2" >"$work/tree/obj/mm/.$1.o.cmd"; }
object gone levels.h
object kept other.h
asked() { [ "$(tail -n 1 "$tmp/made.ccache")" = "$1" ]; }
ok "(before a header is new, ccache is asked)" asked asked
FAKE_FAIL=1 follow shadow one
ok "a commit that does not build" fails 4 'the build failed'
ok "an object that was made with another header of a new one's name is removed" [ ! -e "$work/tree/obj/mm/gone.o" ]
ok "others are not" [ -e "$work/tree/obj/mm/kept.o" ]
ok "ccache is not asked" asked 1
follow shadow one
ok "nor when it is built again" asked 1
forget
follow makefile one
ok "and then it is" asked asked

# ---- a move that was interrupted ----
forget
follow header one
for stamp in "$src" "$work/source"; do printf 'include/levels.h\0mm/stray.c\0' >"$stamp.moving"; done
for folder in "$src" "$work/tree"; do
	rm "$folder/include/levels.h"
	echo 'half written' >"$folder/include/levels.h"
	echo 'of another commit' >"$folder/mm/stray.c"
done
follow added one
ok "a move that was interrupted is done again" same added one
ok "what it left is gone" [ ! -e "$work/tree/mm/stray.c" ]
for stamp in "$src" "$work/source"; do echo 0123456789012345678901234567890123456789 >"$stamp.at"; done
forget
follow mode one
ok "a tree that git no longer knows: all is made again" same mode one
echo broken >"$src.rule"
forget
follow removed one
ok "so it is with another rule of what is unpacked" same removed one

# ---- two scenarios, of which one lags behind ----
follow base two
follow header two
follow left-out two
ok "a second scenario, from the same source" same left-out two
forget
follow added one two
ok "both at once" [ "$(wc -l <<<"$out")$status" = 20 ]

# ---- bad input, and prune ----
KSRC=$linux run --follow one
ok "a source that is no commit" fails 2 'names no commit; set KSRC=FOLDER#REF'
KSRC=$linux#nonesuch run --follow one
ok "a ref that is not there" fails 2 "has no git ref 'nonesuch'"
printf '%s\n' one two >"$kernels/scenarios/LIST"
KSRC=$linux run --prune
ok "prune removes the trees" [ -z "$(folders obj -name 'follow-*'; folders src -name 'follow-*')" ]
ok "and what stands beside them" [ -z "$(find "$tmp/cache/src" -name 'follow-*' ! -name '*.lock')" ]
follow base one
ok "which are made again" same base one

echo "1..$nr"
