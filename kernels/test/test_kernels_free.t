#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Freeing page tables in real kernels: the state of the peer is asserted, and each assertion fails
# when the peer does something else.
# SCENARIO= names the kernel.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
scenario=${SCENARIO:-x86_64-stock}

boot() { # NAME CASE WORD...: boots the events of CASE; the guest's stream becomes $tmp/NAME
	local name=$1
	shift
	"$build/ptbench" kernels run --timeout 200 --out "$tmp/runs" --only events --append "ptbench.case=$*" \
		"$scenario" >"$tmp/out" 2>"$tmp/err"
	local status=$?
	sed 's/^/# /' "$tmp/err"
	cat "$(tail -n 1 "$tmp/out")"/*.stream >"$tmp/$name"
	return $status
}

# seen NAME STATE: prints the checks' outcome in the boot NAME for the peer in state STATE.
seen() {
	sed -n "s/.*\"id\":\"table_free\/peer\",\"params\":\"[^\"]*peer=$2[,\"].*\"seen\":\"\([^\"]*\)\".*/\1/p" "$tmp/$1"
}

boot good table_free/munmap:tables=1
ok $? "a peer in each state is where it should be"
[ -z "$(seen good '[a-z]*')" ]
ok $? "no row says that its peer was elsewhere"

boot bust table_free/munmap:tables=1 ptbench.bust_peer=1
[ $? -eq 4 ]
ok $? "with peers told to do something else the part fails"
while read -r state text; do
	[ "$(seen bust "$state")" = "$text" ]
	ok $? "peer=$state: $text"
done <<'END'
none another CPU has this address space in its TLB
idle CPU 1 does not idle with this address space
spin the peer is not in user mode
kernel the peer is not in the kernel
gup the peer does not walk by GUP-fast
END
boot bust_exit table_free/exit:tables=1 ptbench.bust_peer=1
[[ "$(seen bust_exit idle)" = "CPU 1 does not "* ]] # have it in its TLB, or idle with it
ok $? "an exiting address space that the peer has never run is not taken for one that it idles with"

finish
