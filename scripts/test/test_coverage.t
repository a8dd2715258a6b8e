#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/coverage on a program of which the test knows the lines that run.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"

if ! command -v gcov >/dev/null; then
	echo "1..0 # SKIP gcov is not installed; it comes with gcc"
	exit 0
fi

cd "$tmp" || exit 1
mkdir -p src/test obj
cat >src/both.h <<'END'
/* Inlined twice: a runs the first branch, b the second. */
static inline __attribute__((always_inline)) int both(int x)
{
	if (x > 0)
		return x + 1;
	if (x < 0)
		return x - 1;
	return 0;
}
END
cat >src/a.c <<'END'
#include "both.h"
int a(int x);
int a(int x)
{
	if (x == 77) {
		x++;

		x++;
	}
	return both(x);
}
int never(int x);
int never(int x)
{
	return x;
}
END
cat >src/b.c <<'END'
#include "both.h"
int b(int x);
int b(int x)
{
	return both(x);
}
END
cat >src/unused.c <<'END'
int unused(void);
int unused(void)
{
	return 1;
}
END
cat >src/test/main.c <<'END'
int a(int x);
int b(int x);
int main(int argc, char **argv)
{
	if (argc > 5)
		return 3;
	return a(1) + b(-1) == 0 ? RESULT : 1;
}
END
build() { # the value that main returns
	rm -rf obj && mkdir obj
	for f in a b unused test/main; do
		gcc --coverage -DRESULT="$1" -c -o "obj/$(basename $f).o" "src/$f.c" || exit 1
	done
	gcc --coverage -o prog obj/*.o || exit 1
}

build 0
"$root/scripts/coverage" 50 src obj ./prog >out 2>err
ok $? "half of the lines are enough when half are asked for"
sed 's/^/# /' out err
grep -q ' src/a.c: 6-8 13-15$' out
ok $? "lines that did not run are named; a blank line does not split a range"
grep -q ' src/both.h: 8$' out
ok $? "a header's line has run when it ran in any object"
grep -qE '100\.0 %  .* src/b.c$' out
ok $? "a file whose lines all ran has no ranges"
grep -qE ' 0\.0 %  .* src/unused.c: 2-4$' out
ok $? "an object that never ran counts"
! grep -q test/ out
ok $? "tests do not count"
total=$(awk '/ in all$/ { print $3 "/" $5 }' out)
want=$(awk '!/ in all$/ { hit += $3; all += $5 } END { print hit "/" all }' out)
[ -n "$total" ] && [ "$total" = "$want" ]
ok $? "the total is the sum ($total)"

before=$(tail -n 1 out)
printf '#include "both.h"\nint gone(int x);\nint gone(int x)\n{\n\treturn both(x);\n}\n' >src/gone.c
gcc --coverage -c -o obj/gone.o src/gone.c && rm src/gone.c obj/gone.o
"$root/scripts/coverage" 50 src obj ./prog >out 2>err
[ "$before" = "$(tail -n 1 out)" ] && ! grep -q gone out
ok $? "an object whose source was deleted does not count"

"$root/scripts/coverage" 95 src obj ./prog >out 2>err
[ $? -eq 1 ] && grep -q 'below 95 %' err
ok $? "fewer than asked for: exit 1"
build 1
"$root/scripts/coverage" 10 src obj ./prog >out 2>err
[ $? -eq 1 ] && grep -q 'prog failed' err
ok $? "a program that fails: exit 1"
"$root/scripts/coverage" 10 nosuch obj ./prog >out 2>err
[ $? -eq 1 ] && grep -q 'no line of nosuch/' err
ok $? "no such sources: exit 1, not 100 %"
"$root/scripts/coverage" 10 >out 2>err
[ $? -eq 2 ] && grep -q usage err
ok $? "a wrong command line: exit 2, and the usage"

finish
