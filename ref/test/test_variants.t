#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The table of variants is up to date, and no row of it is without its test: the program that a row
# names is run, and one of its lines that begin with "ok" has to hold the row's text.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
build=${PTBENCH_BUILD:-$here/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nr=0
failed=0

ok() { # status, text
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; fi
}

"$build/ref-variants" >"$tmp/VARIANTS.md" && "$build/ref-variants" --rows >"$tmp/rows"
ok $? "the table is printed"
diff -u "$here/ref/VARIANTS.md" "$tmp/VARIANTS.md" >"$tmp/diff"
status=$?
ok $status "ref/VARIANTS.md is up to date"
[ $status -eq 0 ] || { echo "# make variants    writes it anew"; sed 's/^/# /' "$tmp/diff"; }

busted=$(cut -f1-3 "$tmp/rows" | grep -v '^litmus' | grep -c 'busted$')
[ "$busted" -ge 18 ]
ok $? "at least 18 rows are busted ($busted, without the explorer's own trials)"
[ "$(cut -f1,2,4 "$tmp/rows" | sort | uniq -d | wc -l)" -eq 0 ]
ok $? "no row is there twice"

# A report and `ptbench explore` show a row without the one above it.
leaning() { # FILE: prints rows whose words need another row's
	sed -n 's/^| [a-z]* | //p' "$1" |
		grep -E '\| (the same|also |and |which |with |does it|is it|may it|may they|it |its |.* (meanwhile|as above))[^|]*\|$|\| does an? [A-Za-z]+ \|$'
}
leaning "$here/ref/VARIANTS.md" >"$tmp/leaning"
[ $? -eq 1 ]
ok $? "every row says what it is without the row above it"
sed 's/^/# /' "$tmp/leaning"
printf '| gup | a | good | x | the same where it folds |\n| dax | b | good | x | does a softirq |\n| dax | c | good | x | is a page freed |\n' >"$tmp/mutated"
[ "$(leaning "$tmp/mutated" | wc -l)" -eq 2 ]
ok $? "... and one that does not is found"

# Runs a program once and keeps what it says.
output_of() { # program
	local name out
	name=$(printf '%s' "$1" | tr / _)
	out=$tmp/out.$name
	if [ ! -e "$out" ]; then
		case $1 in
		*.t) (cd "$here" && timeout 120 "$here/$1") >"$out" 2>/dev/null ;;
		*) timeout 120 "$build/$1" >"$out" 2>/dev/null || [ -s "$out" ] || echo "it did not run" >"$out" ;;
		esac
	fi
	printf '%s' "$out"
}

# 0: a line that begins with "ok", and is no skip, holds the text.
has_test() { # program, text
	[ -n "$2" ] && grep -E '^ok [0-9]+ - ' "$(output_of "$1")" | grep -qF -- "$2"
}

while IFS=$'\t' read -r mechanism variant _ program text; do
	[ "$program" != explorer ] || continue
	has_test "$program" "$text"
	ok $? "$mechanism/$variant: $program says: $text"
done <"$tmp/rows"

# The explorer runs all of its rows, and each comes out as claimed.
"$build/ptbench" explore -q >"$tmp/explored"
ok $? "the explorer runs"

# 0: the explorer has run the row, with that outcome.
is_explored() { # mechanism/variant, good or busted, invariant
	local verdict=clean
	[ "$2" = good ] || verdict="caught: $3"
	awk -v name="$1" -v called="$2" '$1 == name && $2 == called' "$tmp/explored" |
		grep -qF "s  $verdict"
}

wrong=0
explored=0
while IFS=$'\t' read -r mechanism variant called program text; do
	[ "$program" = explorer ] || continue
	explored=$((explored + 1))
	is_explored "$mechanism/$variant" "$called" "$text" && continue
	echo "# $mechanism/$variant: $called $text: not so"
	wrong=1
done <"$tmp/rows"
[ $explored -gt 0 ] && [ $wrong -eq 0 ]
ok $? "all of its $explored rows come out as claimed"

# The check can fail.
refused() { # program, text, what is wrong with it
	! has_test "$1" "$2"
	ok $? "refused: $3"
}
refused ref/test/test_gup "a walker with no clip is fine" "a text that the test does not say"
refused ref/test/test_gup "" "no text"
refused ref/test/test_nothing "a walker" "a program that is not there"
cat >"$tmp/out.made_up" <<'END'
not ok 1 - the first
ok 2 # SKIP - the second
# ok 3 - the third
ok 4 - the fourth
END
refused made/up "the first" "a line that is not ok"
refused made/up "the second" "a skipped line"
refused made/up "the third" "a comment"
while IFS=$'\t' read -r mechanism variant called program text; do
	[ "$program $called" = "explorer busted" ] || continue
	! is_explored "$mechanism/$variant" good "" &&
		! is_explored "$mechanism/$variant" busted "another invariant" &&
		! is_explored "$mechanism/no-$variant" busted "$text"
	ok $? "refused: $mechanism/$variant called good, caught by another invariant, of another name"
	break
done <"$tmp/rows"
has_test made/up "the fourth"
ok $? "a line that begins with ok is accepted"

echo "1..$nr"
exit $failed
