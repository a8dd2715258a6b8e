#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# .ci/run with a stand-in for make: every command of the README's first section is run, in full, and
# the failure of any fails CI.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"

mkdir -p "$tmp/bin" "$tmp/tree/.ci" "$tmp/tree/build"
cp "$root/.ci/run" "$tmp/tree/.ci/"
cat >"$tmp/bin/make" <<END
#!/bin/sh
echo "make \$*" >>"$tmp/log"
echo "make \$* says something"
echo "and complains" >&2
[ "\$*" != "\$FAILING" ]
END
# shellcheck disable=SC2016 # variables of the printed script
printf '#!/bin/sh\necho "ptbench $*" >>"%s"\n[ "$1" != "$FAILING" ]\n' "$tmp/log" >"$tmp/tree/build/ptbench"
chmod +x "$tmp/bin/make" "$tmp/tree/build/ptbench"
ci() { # FAILING: the target that fails
	: >"$tmp/log"
	FAILING=$1 PATH="$tmp/bin:$PATH" "$tmp/tree/.ci/run" >"$tmp/out" 2>&1
}

# The commands in the README's section "Two commands": those of its code block, and one in its text.
readme=$(sed -n '/^## Two commands/,/^## [^T]/p' "$root/README.md" | grep -o '\bmake \(bench\|test\|test-kernels\)\b' | sort -u | paste -sd,)
is "$readme" "make bench,make test,make test-kernels" "what the README says to run"
ci none
is "$?,$(grep '^make [bt]' "$tmp/log" | sort -u | paste -sd,)" "0,$readme" "CI runs the commands of the README"
is "$(grep '^make fuzz' "$tmp/log" | paste -sd,)" "make fuzz-check,make fuzz SECONDS=60" \
	"CI runs the fuzz targets after each has found its planted bug"
is "$(tail -n 1 "$tmp/log")" "make test-kernels" "test-kernels comes last"
is "$(paste -sd, "$tmp/tree/build/bench.log")" "make bench says something,and complains" "the output of make bench is kept"
is "$(grep -c 'make bench says something' "$tmp/out")" 1 "CI prints it, too"
for target in test fuzz-check 'fuzz SECONDS=60' bench validate test-kernels; do
	is "$(ci "$target" || echo fails)" fails "CI fails when $target does"
done
finish
