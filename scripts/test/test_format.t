#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check-format passes on this tree and is seen to fail on each kind of offence.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"

check=$root/scripts/check-format
"$check" "$root" >"$tmp/out" 2>&1
rc=$?
sed 's/^/# /' "$tmp/out"
unchecked=
[ $rc -ne 3 ] || { unchecked=$(sed -n 's/^check-format: //p' "$tmp/out"); echo "# $unchecked" >&2; rc=0; }
ok $rc "this tree has no offence"

gpl='// SPDX-License-Identifier: GPL-2.0-or-later'
of() { # TEXT: makes a tree with this source alone
	rm -rf "$tmp/tree"
	mkdir -p "$tmp/tree/ref"
	cp "$root/.clang-format" "$tmp/tree"
	printf '%s\n%s\n' "$gpl" "$1" >"$tmp/tree/ref/x.c"
}
offends() { # TEXT MESSAGE
	of "$1"
	"$check" --dialect "$tmp/tree" >"$tmp/out" 2>&1
	local rc=$?
	[ $rc -eq 1 ] && [ "$(wc -l <"$tmp/out")" -eq 1 ] && grep -qF "ref/x.c:$2" "$tmp/out"
	ok $? "$2" || sed 's/^/# /' "$tmp/out"
}
passes() { # TEXT NAME-OF-TEST
	of "$1"
	"$check" --dialect "$tmp/tree" >"$tmp/out" 2>&1
	ok $? "$2" || sed 's/^/# /' "$tmp/out"
}

offends 'int x; // nothing' '2: a comment //'
offends '/* above */
// of a line' '3: a comment //'
offends 'int a = strcmp(b, "c") == 0;' '2: a comparison == 0'
offends 'int a = strncasecmp(f(b)[0],
	c, 3) == 0;' '2: a comparison == 0'
offends 'int a = memcmp(b, c, 3) == 0;' '2: a comparison == 0'
offends 'int n = sizeof(a) / sizeof(a[0]);' '2: the number of elements'
offends 'int n = sizeof(a->b) / sizeof(*a->b);' '2: the number of elements'
offends 'int n = sizeof(f(a)->b) / sizeof((f(a)->b)[0]);' '2: the number of elements'
line=$(printf 'x%.0s' {1..93})
offends "	int $line;" '2: longer than 100 columns'
offends "	/* $line */" '2: longer than 100 columns'
offends "int a = f(\"$line\") + $line;" '2: longer than 100 columns'
# shellcheck disable=SC1003 # backslashes of the C source
offends 'char *s = "the kernel\xe2\x80\x99s";' '2: escapes of what UTF-8 can show'

passes "char *s = \"http://x\"; char c = '\"'; /* strcmp(a, b) == 0 // sizeof(a) / sizeof(a[0]) */" \
	'what a literal or a comment says is no code'
passes "	char *s = \"$line\";" 'a long string literal is no offence'
passes "	char *s = \"$(printf '\303\244%.0s' {1..80})\"; /* $(printf '\303\244%.0s' {1..70}) */" \
	'columns are characters, not bytes'
passes 'int n = sizeof(a) / sizeof(b[0]), m = strcmp(a, b) != 0;' 'sizeof of two different arrays, and != 0'
# shellcheck disable=SC1003
passes 'char *s = "\xff\xfe", *t = "\xe2\x80\xae", *u = "95\xc2\xa0%";' \
	'bytes that are no UTF-8, and what no editor shows, may be escapes'

layout() { # TEXT STATUS NAME-OF-TEST
	if [ -n "$unchecked" ]; then skip "$unchecked" "$3"; return; fi
	of "$1"
	"$check" "$tmp/tree" >"$tmp/out" 2>&1
	is "$?" "$2" "$3"
}
layout 'int f(int a)
{
	return a;
}' 0 'a function as the kernel lays it out'
layout 'int f(int a) {
	return a;
}' 1 'a brace behind a function'
layout 'int f(int a)
{
    return a;
}' 1 'blanks for a tab'
layout "static const char *const s =
	\"$(printf 'word %.0s' {1..30})\";" 0 'a sentence stays one literal'

# Another version of clang-format, and none.
mkdir "$tmp/bin"
for tool in bash cat dirname find git grep perl sed sort; do ln -s "$(command -v $tool)" "$tmp/bin/$tool"; done
of 'int  x;'
PATH=$tmp/bin "$check" "$tmp/tree" >"$tmp/out" 2>&1
[ $? -eq 3 ] && grep -q 'LAYOUT NOT CHECKED: .* version 14, and here is no clang-format' "$tmp/out"
ok $? "without clang-format it says that the layout is not checked"
# shellcheck disable=SC2016 # variables of the printed script
printf '#!/bin/sh\n[ "$1" = --version ] && echo "Debian clang-format version 19.1.7"\n' >"$tmp/bin/clang-format"
chmod +x "$tmp/bin/clang-format"
ln -s "$(command -v sh)" "$tmp/bin/sh"
PATH=$tmp/bin "$check" "$tmp/tree" >"$tmp/out" 2>&1
[ $? -eq 3 ] && grep -q 'LAYOUT NOT CHECKED: .* here is .*version 19.1.7' "$tmp/out"
ok $? "another version of clang-format is not run"
of 'int x; // nothing'
PATH=$tmp/bin "$check" "$tmp/tree" >"$tmp/out" 2>&1
is "$?" 1 "the dialect is checked nevertheless"

finish
