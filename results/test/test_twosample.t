#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The judge's statistics against R's. Last, that each of the comparisons with R can fail.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"

if ! command -v Rscript >/dev/null && [ -z "${CI:-}" ]; then
	echo "1..0 # SKIP no Rscript; scripts/deps test installs it"
	exit 0
fi

compare() { # [SED-SCRIPT]
	Rscript "$root/results/test/twosample.R" "$build/asan/results/test/twosample" "$@" 2>&1
}

compare >"$tmp/out"
ok $? "R agrees" || sed 's/^/# /' "$tmp/out"
sed -n 's/^ok [0-9]* - /# /p' "$tmp/out"
is "$(grep -c '^ok ' "$tmp/out")" 8 "all of its comparisons were made"

# FIELD of each line becomes VALUE: which comparisons see it?
spoiled() { # FIELD VALUE
	compare "s/[^ ]*/$2/$1" | sed -n 's/^not ok \([0-9]*\) .*/\1/p' | tr '\n' ' '
}
is "$(spoiled 1 0.123)" "1 6 7 8 " "a wrong first number: p-value, centre, adjusted p-value"
is "$(spoiled 3 0.123)" "2 3 6 7 8 " "a wrong third: shift, a centre's upper bound, adjusted p-value"
is "$(spoiled 5 0.123)" "2 3 8 " "a wrong fifth: the shift's upper bound, adjusted p-value"
is "$(spoiled 6 0.123)" "4 8 " "a wrong sixth: the least p-value, adjusted p-value"
finish
