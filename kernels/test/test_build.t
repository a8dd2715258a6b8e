#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kernels/build, on a copy of this folder and a small stand-in for a kernel tree.
# shellcheck disable=SC2016 # make's variables
# shellcheck source=kernels/test/fake_suite.sh
. "$(dirname "$0")/fake_suite.sh"

fake_kernel "$KSRC"
scenario plain
scenario variant 'base plain' 'cocci levels.cocci'
printf 'plain\nvariant\n' >"$kernels/scenarios/LIST"
printf '// Changes: include/levels.h 1\n@@\n@@\n-#define UNUSED 1\n' >"$kernels/cocci/levels.cocci"

# ---- bad input ----
run nosuch
ok 'an unknown scenario, and what there is' fails 2 "no scenario 'nosuch'"
run ../plain
ok 'a path is not a scenario' fails 2 'not the name of a scenario'
run --jobs 0 plain
ok '--jobs 0' fails 2 "--jobs '0'"
run --frob plain
ok 'an unknown option' fails 2 'unknown option --frob'
scenario bad 'colour blue'
run bad
ok 'an unknown key, with file and line' fails 2 "scenarios/bad:4: unknown key 'colour'"
scenario bad 'config CONFIG_X'
run bad
ok 'a config line without a value' fails 2 'scenarios/bad:4'
scenario bad 'cocci nosuch.cocci'
run bad
ok 'a semantic patch that is not there' fails 2 'no semantic patch'
scenario bad 'base nosuch'
run bad
ok 'a base that is not there' fails 2 "its base 'nosuch' is no scenario"
scenario bad 'cpu a' 'cpu b'
run bad
ok 'a key twice' fails 2 "scenarios/bad:5: 'cpu' stands twice"
scenario bad 'fragment nosuch'
run bad
ok 'a fragment that is not there' fails 2 "scenarios/bad:4: no fragment 'nosuch'"
scenario bad 'fragment ../x'
run bad
ok 'a fragment with a path' fails 2 "'fragment ../x' is not a name"
scenario bad 'image nosuch'
run bad
ok 'an image that is not there' fails 2 "its image 'nosuch' is no scenario"
scenario bad 'image plain' 'config X=y'
run bad
ok 'an image beside a line that says what to build' fails 2 "'image plain' builds nothing; remove the keys of what to build: base, config, fragment, cocci"
scenario other 'image plain'
scenario bad 'image other'
run bad
ok 'an image of an image' fails 2 "its image 'other' has itself the image of another"
scenario bad 'image plain'
sed -i 's/x86_64/s390x/' "$kernels/scenarios/bad"
run bad
ok "an image of another architecture" fails 2 "its image 'plain' is of another architecture"
KSRC='' PTBENCH_SOURCE_DIR=$tmp/none run plain
ok 'no source: the package is named' fails 2 'install the Debian package linux-source-6.12'
KSRC=$tmp/none run plain
ok 'KSRC that is no folder' fails 2 "KSRC=$tmp/none: no such folder"
mkdir "$tmp/empty"
KSRC=$tmp/empty run plain
ok 'KSRC that is no kernel' fails 2 'not a Linux source tree'
scenario stuck 'config STUCK=y' 'config SMP=y'
run --config-only stuck
ok 'an option that does not stick' fails 4 'option CONFIG_STUCK: wanted y, got n'
scenario unknown 'config NO_SUCH=y'
run --config-only unknown
ok "a scenario's own option that no Kconfig file of KSRC's tree defines: skipped" fails 3 'unknown: this kernel knows no option CONFIG_NO_SUCH'
printf '// Changes: include/levels.h 1\n@@\n@@\n-#define ELSEWHERE 1\n' >"$kernels/cocci/none.cocci"
scenario none 'cocci none.cocci'
run none
ok 'a semantic patch that matches nothing in the tree of KSRC: skipped' fails 3 'nothing to patch in include/levels.h'
sed 's/levels.h 1/levels.h 2/' "$kernels/cocci/levels.cocci" >"$kernels/cocci/none.cocci"
run none
ok 'a semantic patch that matches less than it should' fails 2 '1 places of include/levels.h'
HOME='' PTBENCH_CACHE='' run plain
ok 'neither HOME nor PTBENCH_CACHE: what to set' fails 2 'neither PTBENCH_CACHE nor HOME is set; set PTBENCH_CACHE to'
status=0
out=$(env -u HOME -u PTBENCH_CACHE "$kernels/build" plain 2>"$tmp/err") || status=$?
err=$(cat "$tmp/err")
ok 'nor with HOME unset' fails 2 'neither PTBENCH_CACHE nor HOME is set; set PTBENCH_CACHE to'
HOME=/proc/nobody PTBENCH_CACHE='' run --print-only plain
ok 'a HOME that is not there' fails 2 'cannot write to /proc/nobody/.cache/ptbench; set PTBENCH_CACHE to'
HOME='' PTBENCH_CACHE='' run --archs plain
ok '--archs needs no cache: no HOME, and status 0' test "$status" -eq 0
ok 'none of these left an image' test -z "$(ls "$tmp/cache/image" 2>/dev/null)"

# ---- building ----
run --print-only plain
ok '--print-only builds nothing' fails 3 'not built'
FAKE_FAIL=1 run plain
ok 'a build that fails: the end of its log, and where it is' fails 4 'it is meant to fail'
ok 'where the log is' test -f "${err##*log: }"
run plain
ok 'a scenario is built' folder plain
first=$(info image_sha256)
ok 'the image is what its provenance says' test "$(sha256sum <"${out#*$'\t'}/image")" = "$first  -"
linked=$'lib/late.o\nmm/gup.o\nmm/ptbench/a.o'
ok 'objects: those linked, by path' test "$(sed 's/^[0-9a-f]\{64\}  //' "${out#*$'\t'}/objects")" = "$linked"
plain_objects=${out#*$'\t'}/objects
ok 'symbols' grep -q ' T gup$' "${out#*$'\t'}/symbols"
FAKE_SLEEP=9 run plain
ok 'found in the cache' folder plain
run --print-only LIST
ok 'a list; one of it is not built' test "$status" -eq 3 -a "${out%%$'\t'*}" = plain
run variant plain
ok 'a base is built before its variant, each named once' test "$(cut -f1 <<<"$out" | paste -sd,)" = plain,variant
out=$(tail -n 1 <<<"$out")
ok 'the same code is the same object' cmp "$plain_objects" "${out#*$'\t'}/objects"
ok 'the variant is another image' test "$(info image_sha256)" != "$first"
ok 'and names its patch' test "$(info patch)" = "levels.cocci $(sha256sum "$kernels/cocci/levels.cocci" | cut -d' ' -f1)"
ok 'nothing was written through to the source' grep -q UNUSED "$KSRC/include/levels.h" "$tmp"/cache/src/*/include/levels.h
ok 'nor to its mm/Makefile' test "$(cat "$KSRC/mm/Makefile" "$tmp"/cache/src/*/mm/Makefile)" = $'# mm\n# mm'
run other plain
ok 'an image of another is that one, and nothing is built' test "$out" = "$(printf '%s\t%s\n' plain "$tmp"/cache/image/plain-* other "$tmp"/cache/image/plain-*)"
run plain
ok 'without fragments the configuration is called min' test "$(info config)" = min
printf 'CONFIG_NUMA=y\n' >"$kernels/config/big.config"
printf 'CONFIG_RT=y\n' >"$kernels/config/rt.config"
printf 'CONFIG_HERE=y\n' >"$kernels/arch/x86_64.big.config"
scenario both 'fragment big' 'fragment rt' 'config LAST=y'
run both
ok 'fragments, and what the architecture adds to them' test "$(grep -o 'CONFIG_[A-Z0-9]*=.' "${out#*$'\t'}/config" | paste -sd,)" = CONFIG_SMP=y,CONFIG_64BIT=y,CONFIG_NUMA=y,CONFIG_HERE=y,CONFIG_RT=y,CONFIG_LAST=y
ok 'their names are in the provenance' test "$(info config)" = big+rt
printf 'int driver = 2;\n' >"$kernels/driver/a.c"
run plain
ok 'another driver is another image' test "$(info image_sha256)" != "$first"
ok 'and another object of the driver' test "$(diff "$plain_objects" "${out#*$'\t'}/objects" | sed -n 's/^> .* //p' | paste -sd,)" = lib/late.o,mm/ptbench/a.o
printf 'int driver = 1;\n' >"$kernels/driver/a.c"
PTBENCH_CACHE=$tmp/elsewhere run plain
ok 'the same input in another cache gives the same image' test "$(info image_sha256)" = "$first"
rm -rf "$tmp/elsewhere"

# ---- the progress of a build ----
counts() { grep -o '[0-9]* of [0-9]* objects' <<<"$err" | sed 's/ of / /; s/ objects//'; }
# counted NR: did kernels/build succeed and print at least NR counts, none above its total, the last
# one equal to it?
counted() { [ "$status" -eq 0 ] && [ "$(counts | wc -l)" -ge "$1" ] && [ -z "$(counts | awk '$1 > $2')" ] && [ "$(counts | tail -n 1)" = '3 3' ]; }
fresh() { rm -rf "$tmp"/cache/{image,obj}/*plain*; }
fresh
run plain
ok 'into a pipe: the count of objects ends at its total' counted 1
sed -i 's/every=30/every=1/' "$kernels/progress.sh"
# The fake make calls this to wait until kernels/build has printed $1.
cat >"$tmp/told" <<'EOF'
#!/bin/bash
for ((i = 0; i < 600; i++)); do
	! grep -q -- "$1" "$FAKE_SEEN" || exit 0
	sleep 0.1
done
EOF
chmod +x "$tmp/told"
fresh
FAKE_WAIT=$tmp/told FAKE_SEEN=$tmp/err run plain
ok 'the count is printed meanwhile, and is never above the total' counted 4
ok 'before make has told the total none is printed' grep -q '^\[1/1\] plain: preparing, [0-9]* s$' <<<"$err"
ok 'the count has the time that is left' grep -q '1 of 3 objects, [0-9]* s, about [0-9]* s left$' <<<"$err"
ok 'after the last object: linking' grep -q '3 of 3 objects, [0-9]* s, linking$' <<<"$err"
cp "$top/kernels/progress.sh" "$kernels/"
fresh
FAKE_WAIT=$tmp/told FAKE_SEEN=$tmp/terminal script -qfec "$kernels/build plain" "$tmp/terminal" >/dev/null 2>&1
status=$? err=$(tr '\r' '\n' <"$tmp/terminal")
ok 'on a terminal the count is the same' counted 4
fresh
FAKE_FORGETS=1 run plain
ok 'four objects were foreseen, and four compiled' grep -q 'built in [0-9]* s, 4 of 4 objects$' <<<"$err"
fresh
sed -i.kept 's/never.o/$(if $(findstring n,$(firstword -$(MAKEFLAGS))),never,other).o/' "$KSRC/Makefile"
rm -rf "$tmp"/cache/src
FAKE_FORGETS=1 run plain
ok 'a total that proves wrong is not printed at the end' grep -q 'built in [0-9]* s, 7 objects$' <<<"$err"
sed 's/^\. :/vmlinux.o:/; s/^bzImage: .*/bzImage: vmlinux.o/; /^.PHONY/d' "$KSRC/Makefile.kept" >"$KSRC/Makefile"
fresh
run plain
ok 'nor is one that make does not tell' grep -q 'built in [0-9]* s, 6 objects$' <<<"$err"
mv "$KSRC/Makefile.kept" "$KSRC/Makefile"
printf 'int driver = 7;\n' >"$kernels/driver/a.c"
fresh
run plain
obj=$(echo "$tmp"/cache/obj/*-plain/tree/obj)
mkdir "$obj/init"
touch "$obj/init/main.o"
printf 'int driver = 1;\n' >"$kernels/driver/a.c"
run plain
ok 'nor is one where there are objects already' grep -q 'built in [0-9]* s, 5 objects$' <<<"$err"
fresh

# ---- what scenarios need ----
scenario alone 'reference no'
run --archs plain variant alone
ok '--archs: each architecture once, with "reference" if a scenario runs it' test "$status$out" = $'0x86_64\treference'
run --archs alone
ok 'with "kernel" if none does' test "$status$out" = $'0x86_64\tkernel'
rm "$kernels/scenarios/alone"
if [ "$(uname -m)" = x86_64 ]; then
	mkdir "$tmp/own"
	find -H /usr/bin /bin -maxdepth 1 -mindepth 1 ! -name 'x86_64-linux-gnu-*' -exec ln -sf -t "$tmp/own" {} +
	PATH=$tmp/own run plain
	ok "the machine's own compiler does, whatever its prefix" folder plain
	ok 'and is what the provenance says' grep -q '^gcc ' <<<"$(info compiler)"
	fresh
else
	ok "# SKIP the machine's own compiler does: this machine is none of the stand-in's architecture" true
	ok '# SKIP likewise' true
fi

# ---- nothing twice ----
mkdir "$tmp/bin"
for tool in make gcc x86_64-linux-gnu-gcc; do
	cat >"$tmp/bin/$tool" <<-END
		#!/bin/bash
		case \$* in --version) ;; *) echo "$tool \$*" >>$tmp/calls ;; esac
		PATH=\${PATH#*:} exec $tool "\$@"
	END
	chmod +x "$tmp/bin/$tool"
done
calls() { # ARGS...: runs kernels/build; sets calls, how often it called make and the compiler
	: >"$tmp/calls"
	PATH=$tmp/bin:$PATH run "$@"
	calls=$(wc -l <"$tmp/calls")
}
rm -rf "$tmp/cache/image"
calls plain variant both
ok 'without images the compiler is called' test "$status" -eq 0 -a "$(grep -c gcc "$tmp/calls")" -ge 3
calls plain variant both
ok 'a second run calls neither make nor a compiler' test "$status" -eq 0 -a "$calls" -eq 0 -a "$(wc -l <<<"$out")" -eq 3
printf '# a word more\n' | tee -a "$kernels/lib.sh" "$kernels/config/common.config" >>"$kernels/build"
calls plain
ok 'nor after a change of the script that changes no image' test "$status" -eq 0 -a "$calls" -eq 0
sed -i 's/KBUILD_BUILD_USER=ptbench/KBUILD_BUILD_USER=somebody/' "$kernels/build"
calls plain
ok 'a change of a function of recipe calls them' test "$status" -eq 0 -a "$calls" -gt 0
cp "$top/kernels/build" "$kernels/"
# ---- a scenario that cannot be built does not keep the others from being built ----
printf 'cross\tnosuch-linux-gnu-\nkarch\tx86_64\ntarget\tbzImage\nimage\tx\n' >"$kernels/arch/odd.arch"
cp "$kernels/arch/x86_64.config" "$kernels/arch/odd.config"
scenario lacking
sed -i 's/x86_64/odd/' "$kernels/scenarios/lacking"
run lacking
ok 'no compiler: skipped, the package is named' fails 3 'nosuch-linux-gnu-gcc not found; install the Debian package gcc-nosuch-linux-gnu'
scenario after 'config AFTER=y'
rm -rf "$tmp"/cache/image/plain-*
run --verdicts stuck lacking none plain after
verdicts=$(printf '%s\n' "$out" | sed "s|$tmp/cache/image/[a-z]*-[0-9a-f]*|FOLDER|")
said() { grep -q "^$1"$'\t'"$2" <<<"$verdicts"; }
ok 'with --verdicts: status 0' test "$status" -eq 0
ok 'one that failed, and why' said stuck 'FAILED.*stuck: options that did not stick'
ok 'one that was skipped, and why' said lacking 'SKIPPED.*nosuch-linux-gnu-gcc not found'
ok 'one whose patch does not fit, and why' said none 'FAILED.*1 places of include/levels.h'
all_said() { said plain FOLDER && said after FOLDER && [ "$(wc -l <<<"$verdicts")" -eq 5 ]; }
ok 'the others are built' all_said
ok 'each line tells which of how many it is' grep -q '^\[4/5\] plain: built in' <<<"$err"
run stuck plain
ok 'without --verdicts: the folder of what was built, and status 4' test "$status" -eq 4 -a "${out%%$'\t'*}" = plain
run lacking plain
ok 'a scenario that was skipped is no failure of the others' test "$status" -eq 0 -a "${out%%$'\t'*}" = plain
scenario old 'config OLD=y'
FAKE_OLD=1 run old
ok 'a compiler that is too old: skipped, and which is needed' fails 3 'Compiler is too old. Minimum GCC version: 99'
scenario one 'base two'
scenario two 'base one'
run one
ok 'bases in a circle' fails 2 'it is its own base, by way of: one two'
rm "$kernels"/scenarios/{one,two}

# ---- two at once, and one that is killed ----
# Waits until the build in the background has started make.
compiling() {
	local n
	for n in {1..300}; do
		! compgen -G "$tmp/cache/obj/*-plain/building" >/dev/null || return 0
		sleep 0.1
	done
	echo "# the build has not started within 30 s (try $n)"
}
printf 'int driver = 3;\n' >"$kernels/driver/a.c"
FAKE_SLEEP=3 "$kernels/build" plain >"$tmp/out1" 2>/dev/null &
compiling
run plain
wait $!
two_agree() { folder plain && [[ $err == *'waiting for another build'* ]] && [ "$out" = "$(cat "$tmp/out1")" ]; }
ok 'two at once: one waits, both find the same' two_agree
# Another checkout, with another driver, uses the same cache.
cp -r "$tmp/suite" "$tmp/theirs"
printf 'int driver = 33;\n' >"$tmp/theirs/kernels/driver/a.c"
rm -rf "$tmp"/cache/image/plain-*
for theirs in {1..4}; do
	FAKE_SLEEP=1 "$kernels/build" plain >"$tmp/out1" 2>/dev/null &
	FAKE_SLEEP=1 "$tmp/theirs/kernels/build" plain >"$tmp/out2" 2>/dev/null
	wait $!
	each_its_own() { grep -q 'driver = 3;' "$(cut -f2 "$tmp/out1")/image" && grep -q 'driver = 33;' "$(cut -f2 "$tmp/out2")/image"; }
	each_its_own || break
	[ "$theirs" = 4 ] || rm -rf "$tmp"/cache/image/plain-*
done
ok 'two checkouts with two drivers on one object tree: each gets its own image' each_its_own
sed -i 's/^sync_driver() {/&\n\tprintf "int driver = 5;\\n" >"$here\/driver\/a.c"/' "$tmp/theirs/kernels/build"
status=0
out=$("$tmp/theirs/kernels/build" plain 2>"$tmp/err") || status=$?
err=$(cat "$tmp/err")
ok 'a driver that changes under the build is no image' fails 4 'driver changed meanwhile'
printf 'int driver = 4;\n' >"$kernels/driver/a.c"
FAKE_SLEEP=99 "$kernels/build" plain >"$tmp/out1" 2>"$tmp/err" &
compiling
kill -TERM $!
wait $!
status=$?
out=$(cat "$tmp/out1") err=$(cat "$tmp/err")
ok 'killed: says so, prints no folder' fails 130 'interrupted'
obj=$(echo "$tmp"/cache/obj/*-plain/tree/obj)
touch -d '1 hour ago' "$obj/.partial.cmd"
touch "$obj/partial"
run plain
ok 'the next run goes on, without what was written in part' folder plain

# ---- kinds of source ----
rm -rf "$tmp/elsewhere"
git init -q "$tmp/git"
fake_kernel "$tmp/git"
in_git() { git -C "$tmp/git" -c user.name=test -c user.email=test@example.org "$@"; }
in_git add . && in_git commit -q -m first && in_git tag first
KSRC=$tmp/git run plain
ok 'a git tree' folder plain
tree_id=$(info source_sha256)
KSRC=$tmp/git#first run plain
ok 'a ref with the same content has the same identity' test "$(info source_sha256)" = "$tree_id"
printf '#define LEVELS 5\n#define UNUSED 1\n' >"$tmp/git/include/levels.h"
printf 'untracked\n' >"$tmp/git/include/other.h"
KSRC=$tmp/git run plain
changed() { folder plain && [ "$(info source_sha256)" != "$tree_id" ] && grep -q 'LEVELS 5' "${out#*$'\t'}/image" && ! grep -q untracked "${out#*$'\t'}/image"; }
ok 'a changed tracked file counts, an untracked one does not' changed
# Gives the file the stat of its version in the index, as if both were written within one second;
# git reads such a file if the index is no newer.
same_second() { touch -d @1700000000 "$tmp/git/include/levels.h"; }
in_git config core.trustctime false
printf '#define LEVELS 4\n#define UNUSED 1\n' >"$tmp/git/include/levels.h"
same_second
in_git add include/levels.h
touch -d @1700000000 "$tmp/git/.git/index"
printf '#define LEVELS 7\n#define UNUSED 1\n' >"$tmp/git/include/levels.h"
same_second
KSRC=$tmp/git run plain
in_time() { folder plain && grep -q 'LEVELS 7' "${out#*$'\t'}/image"; }
ok 'also one that was changed within the second of git add' in_time
in_git config --unset core.trustctime
printf '#define LEVELS 5\n#define UNUSED 1\n' >"$tmp/git/include/levels.h"

# ---- another source: starts from existing objects, and makes the same image ----
in_git commit -q -a -m second && in_git tag second
rm -rf "$tmp"/cache/obj/*-plain/finished
KSRC=$tmp/git#second run plain
cold=$(info image_sha256)
rm -rf "$tmp"/cache/{image/plain-*,obj/*-plain,src}
KSRC=$tmp/git#first run plain
KSRC=$tmp/git#second run plain
same_from_objects() { folder plain && [[ $err == *'starting from the objects of'* ]] && [ "$(info image_sha256)" = "$cold" ]; }
ok 'another source starts from the objects of the first, and gives the image that it gives alone' same_from_objects
newer() {
	local dir from=${err#*objects of }
	from=$tmp/cache/obj/${from%%$'\n'*}/tree
	for dir in "$tmp"/cache/obj/*-plain/tree; do
		[ "$dir" = "$from" ] || { [ "$dir/include/levels.h" -nt "$from/obj/vmlinux" ] && [ "$from/obj/vmlinux" -nt "$dir/mm/gup.c" ]; }
	done
}
ok 'source files that differ are newer than the objects, the others are not' newer
one_file() { [ "$(find "$tmp"/cache/src/*/mm/gup.c -printf '%i\n' | sort -u | wc -l)" -eq 1 ]; }
ok 'files that both sources have are one file, by hard link' one_file
sed -i 's/^PATCHLEVEL = .*/PATCHLEVEL = 99/' "$tmp/git/Makefile"
printf '/* of another version */\n' >>"$tmp/git/mm/gup.c"
in_git commit -q -a -m other && in_git tag other
KSRC=$tmp/git#other run plain
ok 'a source of another version is built between' folder plain
in_git reset -q --hard second
printf '#define LEVELS 8\n#define UNUSED 1\n' >"$tmp/git/include/levels.h"
KSRC=$tmp/git run plain
ok 'a source has the files of its own version, although those of another are newer' \
	test "$(find "$tmp"/cache/src/*/mm/gup.c -printf '%i\n' | sort -u | wc -l)" -eq 2
printf '#define LEVELS 5\n#define UNUSED 1\n' >"$tmp/git/include/levels.h"

# ---- a source that was unpacked by another rule for what is left out ----
for f in "$tmp"/cache/src/*.rule; do echo other >"$f"; done
rm -rf "$tmp"/cache/image/plain-*
KSRC=$tmp/git run plain
ok 'a source that was unpacked by another rule is unpacked anew' grep -q 'source: unpacking' "$tmp/err"
rm -rf "$tmp"/cache/image/plain-*
KSRC=$tmp/git run plain
ok 'and after that it is not' eval "! grep -q 'source: unpacking' '$tmp/err'"

# ---- nothing is written to the user's tree, not even when git would ----
# Git compares whole seconds: only a time of another second makes git diff refresh the index.
touch -d "2 hours ago" "$tmp/git/mm/gup.c"
printf '#define LEVELS 6\n#define UNUSED 1\n' >"$tmp/git/include/levels.h"
everything() { (cd "$tmp/git" && find . -printf '%p %m %s %T@ %l\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum); }
before=$(everything)
KSRC=$tmp/git run plain
untouched() { folder plain && [ "$(everything)" = "$before" ]; }
ok "the user's tree and index are as they were" untouched
touch "$tmp/git/.git/index.lock"
before=$(everything)
rm -rf "$tmp"/cache/image/plain-* "$tmp/cache/src"
KSRC=$tmp/git run plain
ok 'so they are when git has locked the index' untouched
in_git diff HEAD >/dev/null # as a user may
rm "$tmp/git/.git/index.lock"
before=$(everything)
in_git diff HEAD >/dev/null
ok 'git diff itself would have written to the index' test "$(everything)" != "$before"

KSRC=$tmp/git#nosuch run plain
ok 'a ref that is not there' fails 2 "has no git ref 'nosuch'"
printf '/* changed */\n' >>"$KSRC/mm/gup.c"
ln -s nowhere "$KSRC/mm/dangling"
run plain
ok 'a changed file in a plain folder counts' grep -q '/\* changed' "${out#*$'\t'}/image"

# ---- compiler warnings ----
rm -rf "$tmp"/cache/image/plain-*
FAKE_WARNS=1 run plain
warned() { folder plain && [[ $err == *$'\nmm/gup.c:1:5: warning: odd\nmm/gup.c:2:5: warning: odd\n'*'plain: the compiler warns 2 times; log: '* ]]; }
ok "the compiler's warnings of the user's tree are printed" warned
ok 'with the log that has them all' grep -q 'mm/gup.c:2:5: warning: odd' "${err##*log: }"
mkdir -p "$tmp/src"
fake_kernel "$tmp/linux-source-6.12"
tar -C "$tmp" -cJf "$tmp/src/linux-source-6.12.tar.xz" linux-source-6.12
FAKE_WARNS=1 KSRC='' PTBENCH_SOURCE_DIR=$tmp/src run plain
silent() { folder plain && [[ $err != *warn* ]]; }
ok "Debian's source is compiled without warnings" silent

# ---- pruning ----
run --prune
pruned() { [ "$status" -eq 0 ] && [ "$(echo "$tmp"/cache/image/*/)" = "${used#*$'\t'}/" ] && [ "$(find "$tmp/cache/src" -mindepth 1 -maxdepth 1 -type d | wc -l)" -eq 1 ]; }
used=$("$kernels/build" plain 2>/dev/null)
run --prune
ok '--prune leaves what is used now' pruned

# ---- the real kernel's Kconfig, where its source is unpacked already ----
src=$(KSRC='' && cd "$real_cache/src" 2>/dev/null && sha256sum /usr/src/linux-source-6.12.tar.xz 2>/dev/null | cut -d' ' -f1)
if [ -n "$src" ] && [ -d "$real_cache/src/$src" ]; then
	real=$(mktemp -d "$real_cache/test.XXXXXX")
	trap 'rm -rf "$tmp" "$real"' EXIT
	ln -s ../src "$real/src"
	cp "$top"/kernels/config/*.config "$kernels/config/"
	cp "$top"/kernels/arch/* "$kernels/arch/"
	cp "$top"/kernels/driver/Kconfig "$top"/kernels/driver/Makefile "$kernels/driver/"
	scenario real 'config NUMA_BALANCING=y'
	KSRC='' PTBENCH_CACHE=$real run --config-only real
	ok 'the real Kconfig: an option without what it depends on' fails 4 'option CONFIG_NUMA_BALANCING: wanted y, got n'
else
	nr=$((nr + 1))
	printf 'ok %d - # SKIP no unpacked kernel source in %s\n' $nr "$real_cache"
fi

# ---- ccache: for C alone, since it does not see what .incbin reads ----
saw=$(PTBENCH_CCACHE=false "$kernels/bin/ccache" echo gcc -c a.S; PTBENCH_CCACHE='echo' "$kernels/bin/ccache" gcc -c a.c)
ok 'ccache: assembly goes to the compiler, C to ccache' [ "$saw" = $'gcc -c a.S\ngcc -c a.c' ]

printf '1..%d\n' $nr
