#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptbench kernels bytes: sums, functions that are new or gone, and lists of symbols that it refuses.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"

bytes() { PTBENCH_ROOT=$tmp "$build/ptbench" kernels bytes "$@" >"$tmp/out" 2>"$tmp/err"; }
has() { # TEXT: is it a line of the output, without regard to blanks?
	tr -s ' ' <"$tmp/out" | grep -qxF -- "$1"
	ok $? "$1"
}

# A stand-in for kernels/build: images are folders of lists of symbols.
mkdir -p "$tmp/kernels/arch" "$tmp/kernels/scenarios" "$tmp/old" "$tmp/new"
printf '%s\n' 'cross x' 'qemu q' 'machine m' 'cpu c' 'memory 1G' 'qemu_args -a' 'console c' 'data d' 'format f' \
	>"$tmp/kernels/arch/fake.arch"
for name in old new; do printf 'title t\narch fake\nrole stock\ndesign d\n' >"$tmp/kernels/scenarios/$name"; done
printf 'old\nnew\n' >"$tmp/kernels/scenarios/BOTH"
cat >"$tmp/kernels/build" <<EOF
#!/bin/bash
for name; do printf '%s\t%s\n' "\$name" "$tmp/\$name"; done
EOF
chmod +x "$tmp/kernels/build"
touch "$tmp/old/info" "$tmp/new/info"
printf '%s\n' 'ffff0000 0000000000000064 t gup_fast_pte_range' 'ffff0100 10 t gup_fast_pte_range.cold' \
	'ffff0200 20 T gup_fast_fallback' 'ffff0300 8 T gone' 'ffff0400 30 T same' >"$tmp/old/symbols"
printf '%s\n' 'ffff0000 70 t gup_fast_pte_range.constprop.0' 'ffff0200 28 T gup_fast_fallback' \
	'ffff0300 18 T came' 'ffff0400 30 T same' >"$tmp/new/symbols"

bytes --all --base old new
ok $? "two kernels"
has 'add/remove: 1/1 grow/shrink: 1/1 up/down: 32/-12 (20)'
has 'came - 24 +24'
has 'gone 8 - -8'
has 'gup_fast_pte_range 116 112 -4'
! grep -q same "$tmp/out"
ok $? "a function of the same size is not listed"
has 'Total: before=204 (old), after=224 (new), change +9.80%'

bytes --base old new
ok $? "without --all: the functions of GUP-fast's path"
has 'add/remove: 0/0 grow/shrink: 1/1 up/down: 8/-4 (4)'
! grep -q came "$tmp/out"
ok $? "and no other function"

bytes --base old
[ $? -eq 2 ]
ok $? "a base without a second scenario: status 2"
bytes --base old old
[ $? -eq 2 ]
ok $? "the same scenario twice: status 2"
for name in '' nonesuch ../old BOTH; do
	bytes --base old "$name"
	[ $? -eq 2 ] && grep -q '^ptbench kernels bytes: .*kernels/scenarios' "$tmp/err"
	ok $? "'$name' as the second scenario: status 2, and why"
done
grep -q 'scenarios/BOTH: this is a list; name one scenario' "$tmp/err"
ok $? "the last of these is called a list"
echo 'nonsense' >>"$tmp/new/symbols"
bytes --base old new
[ $? -eq 2 ] && grep -q 'new/symbols.*line 5' "$tmp/err"
ok $? "a bad line of symbols is named: $(cat "$tmp/err")"
echo 'ffff0000 7fffffffffffffff t huge' >"$tmp/new/symbols"
bytes --base old new
[ $? -eq 2 ] && grep -q 'new/symbols.*line 1.*larger than any kernel' "$tmp/err"
ok $? "so is a size that no function has: $(cat "$tmp/err")"
rm "$tmp/new/symbols"
bytes --base old new
[ $? -eq 2 ] && grep -q 'No such file' "$tmp/err"
ok $? "a missing file symbols is named"

finish
