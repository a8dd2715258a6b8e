#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Who measures takes as many windows as the list of metrics demands of what is called exact, and
# docs/running.md says how many that is.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
metrics=$root/results/include/results/metrics.h
constant() { # FILE NAME: prints its number
	sed -nE "s/^#define[ \t]+$2[ \t]+([0-9]+).*/\1/p" "$1"
}
enough() { # DEMANDED-OF FILE NAME [FOLDER]: a copy of the tree's file may stand in FOLDER
	local want have
	want=$(constant "$metrics" "RESULTS_SAMPLES_$1")
	have=$(constant "${4:-$root}/$2" "$3")
	[ -n "$want" ] && [ -n "$have" ] && [ "$have" -ge "$want" ]
}

enough COST kernels/driver/ptbench.h PTB_WINDOWS
ok $? "the driver's windows of costs"
enough COST bench/runner_guest.c WINDOWS
ok $? "the guests' runner's"
enough EVENT kernels/driver/ptbench.h PTB_EVENT_WINDOWS
ok $? "the driver's windows of events"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/kernels/driver"
sed -E 's/(PTB_EVENT_WINDOWS) .*/\1 4/' "$root/kernels/driver/ptbench.h" >"$tmp/kernels/driver/ptbench.h"
! enough EVENT kernels/driver/ptbench.h PTB_EVENT_WINDOWS "$tmp"
ok $? "one that took fewer would be seen"

cost=$(constant "$metrics" RESULTS_SAMPLES_COST) event=$(constant "$metrics" RESULTS_SAMPLES_EVENT)
tr '\n' ' ' <"$root/docs/running.md" | grep -q "at least $cost windows .* at least $event "
ok $? "docs/running.md says $cost and $event"

# The guests' runner hands on every window; only then may docs/running.md say so, and then it has to.
says() { tr '\n' ' ' <"$root/docs/running.md" | grep -q "reference's rows in guests: these run in user mode.* none is thrown away"; }
throws() { grep -Eq 'discarded' "$1"; }
if throws "$root/bench/runner_guest.c"; then ! says; else says; fi
ok $? "docs/running.md says whether the reference's windows in guests are thrown away"

finish
