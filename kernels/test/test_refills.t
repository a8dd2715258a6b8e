#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Windows in real kernels: a window with a refill of the page allocator in it is thrown away, with
# interrupts on, with interrupts off, and among the RCU callbacks that are billed to a call.
# SCENARIO= names the kernel.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
scenario=${SCENARIO:-x86_64-stock}
export PTBENCH_ROOT=$root

boot() { # NAME CASE WORD...: boots the costs of CASE; the guest's stream becomes $tmp/NAME
	local name=$1 status
	shift
	"$build/ptbench" kernels run --timeout 200 --out "$tmp/runs" --only costs \
		--append "ptbench.only=kernel ptbench.case=$*" "$scenario" >"$tmp/out" 2>"$tmp/err"
	status=$?
	sed 's/^/# /' "$tmp/err"
	cat "$(tail -n 1 "$tmp/out")"/*.stream >"$tmp/$name"
	return $status
}

# samples NAME prints the metric and the samples of each measurement in $tmp/NAME; discarded NAME
# the least number of discarded windows.
samples() { sed -n 's/.*"metric":\("[^"]*"\).*,"samples":\(.*\)}}$/\1 \2/p' "$tmp/$1"; }
discarded() { sed -n 's/.*"discarded":\([0-9]*\),.*/\1/p' "$tmp/$1" | sort -n | head -n 1; }

while read -r case text; do
	boot quiet "$case"
	ok $? "$case, $text"
	boot noisy "$case" ptbench.refill=3
	ok $? "the boot passes with a refill in every third window, too"
	[ "$(discarded noisy)" -ge 10 ]
	ok $? "at least 10 windows are thrown away: $(discarded noisy)"
	[ -n "$(samples quiet)" ] && [ "$(samples quiet)" = "$(samples noisy)" ]
	ok $? "no window that is kept has a refill in it"
done <<'END'
gup_fast/walk:leaf=pte,pages=1,cross=none interrupts off
gup_slow/walk:leaf=pte,pages=1 interrupts on
table_free/munmap:tables=1 and its callbacks
END

finish
