#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kernels/build on kernels of several versions, newer than the driver among them: lines for a range of
# versions, options that a kernel does not know, and files of the driver that do not compile on it.
# shellcheck disable=SC2016 # make's variables
# shellcheck source=kernels/test/fake_suite.sh
. "$(dirname "$0")/fake_suite.sh"

fake_kernel "$KSRC"
for v in 6.14.9 6.15.2; do fake_kernel "$tmp/$v" "$v"; done
options() { grep -o 'CONFIG_[A-Z0-9]*=.' "${out#*$'\t'}/config" | paste -sd,; }

# ---- lines for a range of versions ----
printf 'CONFIG_SMP=y\nuntil 6.14 CONFIG_OLD=y\nsince 6.15\tCONFIG_NEW=y\n' >"$kernels/config/common.config"
scenario ranged 'since 6.15 config OWN=y' 'since 6.14 until 6.14 config BOTH=y' 'until 6.14 absent no such thing here' \
	'since 6.15 title %v has it'
run ranged
ok 'a scenario that is absent from this kernel: skipped, with its reason' fails 3 'ranged: not with 6.12.1: no such thing here'
KSRC=$tmp/6.14.9 run ranged
ok 'until 6.14: absent from its point releases, too' fails 3 'ranged: not with 6.14.9: no such thing here'
sed -i /absent/d "$kernels/scenarios/ranged"
run ranged
ok 'an older kernel has the lines until 6.14' test "$status$(options)" = 0CONFIG_SMP=y,CONFIG_OLD=y,CONFIG_64BIT=y
ok 'and the title that names no version' test "$(info title)" = 'A test'
KSRC=$tmp/6.14.9 run ranged
ok 'both since and until the same version: for its point releases' test "$status$(options)" = 0CONFIG_SMP=y,CONFIG_OLD=y,CONFIG_64BIT=y,CONFIG_BOTH=y
KSRC=$tmp/6.15.2 run ranged
ok 'a newer one has the lines since 6.15' test "$status$(options)" = 0CONFIG_SMP=y,CONFIG_NEW=y,CONFIG_64BIT=y,CONFIG_OWN=y
ok 'and the title since 6.15, with its own version' test "$(info title)" = '6.15 has it'
sed -i '/^title/d' "$kernels/scenarios/ranged"
printf 'title\tthe plain one\n' >>"$kernels/scenarios/ranged"
rm -rf "$tmp"/cache/image/ranged-*
KSRC=$tmp/6.15.2 run ranged
ok 'also where the plain title stands behind it' test "$status$(info title)" = '06.15 has it'
printf 'since 6.x CONFIG_OLD=y\n' >"$kernels/config/common.config"
run ranged
ok 'a configuration with a version that is none' fails 2 "'since 6.x': not a kernel's version"
printf 'CONFIG_SMP=y\n' >"$kernels/config/common.config"

# ---- options that a kernel does not know ----
printf 'CONFIG_SMP=y\nCONFIG_NO_SUCH=y\n' >"$kernels/config/common.config"
scenario plain
run plain
said_unknown() { folder plain && [[ $err == *'plain: this kernel knows no option CONFIG_NO_SUCH: left out'* ]]; }
ok "an option of all scenarios that the tree of KSRC does not define: said, and built without" said_unknown
ok 'and recorded with the image' test "$(info unknown_option)" = CONFIG_NO_SUCH
unknown=$(echo "$tmp"/cache/obj/*-plain/unknown)
rm -rf "$unknown" "$tmp"/cache/image/plain-*
run plain
ok 'also in a tree that was configured before this was recorded' test "$status$(info unknown_option)" = 0CONFIG_NO_SUCH
printf 'CONFIG_SMP=y\nCONFIG_STUCK=y\n' >"$kernels/config/common.config"
run plain
ok 'one that it does define has to stick' fails 4 'option CONFIG_STUCK: wanted y, got n'
printf 'CONFIG_SMP=y\nCONFIG_NO_SUCH=y\n' >"$kernels/config/common.config"
mkdir -p "$tmp/src"
fake_kernel "$tmp/linux-source-6.12"
tar -C "$tmp" -cJf "$tmp/src/linux-source-6.12.tar.xz" linux-source-6.12
KSRC='' PTBENCH_SOURCE_DIR=$tmp/src run plain
ok "in Debian's own source, where none was named, every option has to stick" fails 4 'option CONFIG_NO_SUCH: wanted y, got n'
printf 'CONFIG_SMP=y\n' >"$kernels/config/common.config"

# ---- families of the driver that do not compile ----
cat >"$kernels/driver/ptbench.h" <<'END'
struct ptb_ops { const char *case_id, *absent; int (*run)(void); int design, levels, kthread; };
#define true 1
END
family_file() { # FILE OPS CASE LINE...: a file of the driver with one case, which runs LINEs
	{
		printf '#include "ptbench.h"\n%s run_%s(void)\n{\n' 'static int' "$2"
		printf '\t%s\n' "${@:4}" 'return 0;'
		printf '}\n\nconst struct ptb_ops %s = {\n\t.case_id = "%s",\n\t.run = run_%s,\n\t.design = true,\n};\n' "$2" "$3" "$2"
	} >"$kernels/driver/$1"
}
printf '# families\none one.c one_check.c\ntwo two.c\n' >"$kernels/driver/families"
family_file one.c ops_one one/walk
family_file one_check.c ops_check one/check
family_file two.c ops_two two/walk
installed() { cat "$tmp"/cache/obj/*-plain/tree/mm/ptbench/"$1"; }
run plain
ok 'a driver that compiles: no family is absent' test "$status$(info absent_family)" = 0
family_file one_check.c ops_check one/check 'a_function_that_moved("with quotes");'
run plain
named() { folder plain && [[ $(info absent_family) == 'one: mm/ptbench/one_check.c:4:'*' error: '*a_function_that_moved* ]]; }
ok 'a family with a file that does not compile: built all the same, named with the first error' named
ok 'it is said' grep -q "plain: the driver's cases of a family do not compile on this kernel; one: mm/ptbench/one_check.c:4:" <<<"$err"
replaced() { [[ $(installed one.c) == *'.case_id = "one/walk",'*'.absent = "mm/ptbench/one_check.c:4:'*a_function_that_moved* ]] && [[ $(installed one.c) != *run_ops_one* ]]; }
ok 'every file of the family has its cases, absent, with the reason, and no code' replaced
ok 'the other family is as it was' cmp -s "$kernels/driver/two.c" "$(echo "$tmp"/cache/obj/*-plain/tree/mm/ptbench/two.c)"
ok 'the image is made of the files that were put there' grep -q 'absent = "mm/ptbench/one_check' "${out#*$'\t'}/image"
rm -rf "$tmp"/cache/image/plain-*
run plain
ok 'likewise when it is built again in the same tree' named
family_file two.c ops_two two/walk 'a_function_that_went();'
run plain
two() { [ "$status" -eq 0 ] && [ "$(info absent_family | cut -d: -f1 | paste -sd,)" = one,two ]; }
ok 'two of them' two
family_file one_check.c ops_check one/check
family_file two.c ops_two two/walk
run plain
whole() { folder plain && [ -z "$(info absent_family)" ] && cmp -s "$kernels/driver/one.c" "$(echo "$tmp"/cache/obj/*-plain/tree/mm/ptbench/one.c)"; }
ok 'a driver that was mended: whole again' whole
printf 'int driver(void) { return a_function_of_the_core(); }\n' >"$kernels/driver/core.c"
run --verdicts plain
core() { [ "$status" -eq 0 ] && [[ $out == *FAILED*'the driver does not compile on this kernel, and without core.c there is none: mm/ptbench/core.c:1:'*a_function_of_the_core* ]]; }
ok 'a file that is of no family: the build fails, and its reason names the file and its error' core
run plain
ok 'so it does on stderr' fails 4 'without core.c there is none: mm/ptbench/core.c:1:'
rm "$kernels/driver/core.c"
family_file one.c ops_one one/walk 'a_function_that_moved();'
KSRC='' PTBENCH_SOURCE_DIR=$tmp/src run plain
with_all() { folder plain && [ -z "$(info absent_family)" ] && cmp -s "$kernels/driver/one.c" "$tmp/cache/obj/$(info source_sha256 | cut -c 1-16)-plain/tree/mm/ptbench/one.c"; }
ok "Debian's own source, where none was named, is built with the whole driver" with_all

# ---- the real driver ----
real=$top/kernels/driver
lacking() { while read -r _ files; do for f in $files; do [ -f "$real/$f" ] || echo "$f"; done; done < <(grep -v '^#' "$real/families"); }
ok 'each file of kernels/driver/families is there' test -z "$(lacking)"
twice() { grep -v '^#' "$real/families" | cut -f2- | tr -s '[:blank:]' '\n' | sort | uniq -d; }
ok 'and in one family' test -z "$(twice)"
# The tables of cases in a text of C, and each case.
ops_of() { grep -o 'const struct ptb_ops [a-z_0-9]* =\|\.case_id = "[^"]*"\|\.\(design\|levels\|kthread\) = true'; }
eval "$(sed -n '/^stub() {/,/^}/p' "$top/kernels/build")"
# shellcheck disable=SC2034 # for stub
here=$top/kernels
while read -r _ files; do
	for f in $files; do
		same_ops() { [ "$(stub "$f" reason | ops_of)" = "$(ops_of <"$real/$f")" ]; }
		ok "the stand-in for $f has its tables and cases" same_ops
		as_many() { [ "$(stub "$f" reason | grep -c '\.absent = "reason",$')" = "$(grep -c '^const struct ptb_ops' "$real/$f")" ]; }
		ok 'each with the reason' as_many
	done
done < <(grep -v '^#' "$real/families")
# Prints the functions of the family's files that a file of no, or another, family names.
leaks() { # FILE...
	local -a others
	mapfile -t others < <(cd "$real" && printf '%s\n' *.c | grep -vxF "$(printf '%s\n' "$@")")
	(cd "$real" && grep -hoP '^(?!static|extern)[a-z][\w ]*[ *]\K\w+(?=\()' "$@" | while read -r f; do grep -lw "$f" "${others[@]}" | sed "s/^/$f in /"; done)
}
while read -r name files; do
	# shellcheck disable=SC2086 # one word per file
	out=$(leaks $files) status=0
	ok "nothing but tables is used of the family $name" test -z "$out"
done < <(grep -v '^#' "$real/families")
printf '1..%d\n' $nr
