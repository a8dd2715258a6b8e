#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/layouts on a program of its own: the same functions in another order, and the same answers.
# shellcheck disable=SC2012 # the names are this test's own
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"
layouts=$root/scripts/layouts
cd "$tmp" || exit 1

for i in $(seq 20); do
	printf 'long f%d(long x);\nlong __attribute__((noinline)) f%d(long x) { return x * %d + %d; }\n' "$i" "$i" "$i" "$i"
done >some.c
{
	echo '#include <stdio.h>'
	for i in $(seq 20); do echo "long f$i(long);"; done
	echo 'int main(void) { long x = 1;'
	for i in $(seq 20); do echo "x = f$i(x) % 1000003;"; done
	printf '%s\n' 'printf("%ld\n", x); return 0; }'
} >main.c
make_all() { # SEED LAYOUTS
	rm -rf bench layouts
	"$layouts" gcc -O2 -c -o some.o some.c && "$layouts" gcc -O2 -c -o main.o main.c && rm -f some.a && ar rcs some.a some.o &&
		PTBENCH_LAYOUT_SEED=$1 PTBENCH_LAYOUTS=$2 "$layouts" gcc -o bench main.o some.a
}
order() { nm -n "$1" | sed -n 's/.* T \(f[0-9]*\)$/\1/p' | paste -sd' '; }
addresses() { nm "$1" | sed -n 's/^0*\([0-9a-f]*\) T f[0-9]*$/\1/p'; }

make_all 1 5 2>err
is "$?,$(cat err)" 0, "a program is linked"
is "$(ls layouts | paste -sd' ')" "1 2 3 4 5 seed" "and so many times more"
want=$(./bench)
for k in 1 2 3 4 5; do is "$(layouts/$k)" "$want" "layout $k computes the same"; done
is "$(for k in 1 2 3 4 5; do order layouts/$k; done | sort -u | wc -l)" 5 "each has another order"
is "$(for k in 1 2 3 4 5; do order layouts/$k | tr ' ' '\n' | sort | paste -sd' '; done | sort -u | wc -l)" 1 "of the same functions"
is "$(order bench)" "$(seq -f 'f%g' 20 | paste -sd' ')" "the program itself has the source's"
alignments=$(for k in 1 2 3 4 5; do addresses layouts/$k; done | while read -r a; do echo $((16#$a % 64)); done | sort -nu | paste -sd' ')
is "$alignments" "0 16 32 48" "functions lie anywhere in a cache line, at their alignment"
sha256sum layouts/* >first
make_all 1 5
sha256sum -c --quiet first
ok $? "one seed, the same bytes"
make_all 2 5
! sha256sum -c --quiet first >/dev/null 2>&1
ok $? "another seed, others"
# The paddings before each function, of the two seeds: were one stream the other's shifted copy, few
# differences would occur.
paddings() { # FILE: the place of each function among the 16 bytes of a multiple of 256
	nm "$1" | sed -n 's/^0*\([0-9a-f]*\) T \(f[0-9]*\)$/\2 \1/p' | sort | while read -r f a; do echo "$f $((16#$a / 16 % 16))"; done
}
rm -rf one && cp -r layouts one
make_all 1 5
differences=$(for k in 1 2 3 4 5; do join <(paddings one/$k) <(paddings layouts/$k); done | awk '{ print ($3 - $2 + 16) % 16 }' | sort -u | wc -l)
[ "$differences" -ge 12 ]
ok $? "the layouts of two seeds have nothing in common ($differences of 16 differences of 100)"
make_all 2 5
cp bench other
"$layouts" gcc -o other main.o some.a
is "$?,$(ls -d layouts* | paste -sd' ')" 0,layouts "another program is linked once"
gcc -O2 -c -o plain.o some.c
gcc -O2 -c -o plain_main.o main.c
PTBENCH_LAYOUTS=2 "$layouts" gcc -o bench plain_main.o plain.o 2>err
is "$?,$(grep -c 'no function has a section of its own' err)" 1,1 "objects that were compiled otherwise are refused"
echo 'int main(void) { return nothing(); }' >bad.c
! "$layouts" gcc -c -o bad.o -Werror bad.c 2>/dev/null
ok $? "the compiler's errors are passed on"
for v in PTBENCH_LAYOUTS=0 PTBENCH_LAYOUTS=x PTBENCH_LAYOUT_SEED=0 PTBENCH_LAYOUT_SEED=2147483647; do
	env "$v" "$layouts" gcc -o bench main.o some.a 2>err
	is "$?,$(grep -c "${v%=*}=${v#*=}: must be a number" err)" 2,1 "$v is refused"
done
is "$("$layouts" gcc -dumpmachine)" "$(gcc -dumpmachine)" "questions to the compiler are passed on"
"$layouts" 2>err
is "$?,$(grep -c 'no compiler is named' err)" 2,1 "no compiler: status 2"
finish
