#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check-layers passes on this tree and is seen to fail on each kind of offence.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"

"$root/scripts/check-layers" "$root" >"$tmp/out" 2>&1
ok $? "this tree has no offence"
sed 's/^/# /' "$tmp/out"

offends() { # FILE TEXT MESSAGE
	rm -rf "$tmp/tree"
	mkdir -p "$tmp/tree/$(dirname "$1")"
	mkdir -p "$tmp/tree/results/include/results" "$tmp/tree/bench"
	printf '%s\n' "$2" >"$tmp/tree/$1"
	"$root/scripts/check-layers" "$tmp/tree" >"$tmp/out" 2>&1
	local rc=$?
	[ $rc -eq 1 ] && grep -qF "$3" "$tmp/out"
	ok $? "$1: $3"
}

gpl='/* SPDX-License-Identifier: GPL-2.0-or-later */'
offends ref/gup/x.c "$gpl
#include <results/results.h>" "ref/gup/x.c:2: may not include <results/results.h>"
offends ref/gup/x.c "$gpl
#include \"../../bench/case.h\"" "may not include"
offends report/x.c "$gpl
#include <jansson.h>" "may not include <jansson.h>"
offends report/x.c "$gpl
#include <results/record.h>" "may not include <results/record.h>"
offends results/x.c "$gpl
#include <bench/case.h>" "may not include <bench/case.h>"
offends kernels/boot/boot.c "$gpl
#include <bench/case.h>" "may not include <bench/case.h>"
offends bench/x.c "$gpl
  #  include <benchmark/benchmark.h>" "bench/x.c:2: may not include <benchmark/benchmark.h>"
offends kernels/driver/x.c "/* SPDX-License-Identifier: GPL-2.0-only */
#include <results/results.h>" "may not include <results/results.h>"
offends kernels/driver/x.c "$gpl" "must be SPDX-License-Identifier: GPL-2.0-only"
offends ref/x.c "int x;" "must be SPDX-License-Identifier: GPL-2.0-or-later"
# shellcheck disable=SC2016 # the offence is meant to stay unexpanded
offends scripts/x.sh '#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
rm $1' "scripts/x.sh:1: shellcheck has complaints"

finish
