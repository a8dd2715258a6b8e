#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The runners take as many windows as the list of metrics demands of an exact metric, and
# docs/running.md tells that number.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
metrics=$root/results/include/results/metrics.h
constant() { # FILE NAME: prints its number
	sed -nE "s/^#define[ \t]+$2[ \t]+([0-9]+).*/\1/p" "$1"
}
enough() { # DEMANDED-OF FILE NAME [FOLDER]: FILE is the one in FOLDER, or the tree's
	local want have
	want=$(constant "$metrics" "RESULTS_SAMPLES_$1")
	have=$(constant "${4:-$root}/$2" "$3")
	[ -n "$want" ] && [ -n "$have" ] && [ "$have" -ge "$want" ]
}

enough COST kernels/driver/ptbench.h PTB_WINDOWS
ok $? "the driver's windows of costs"
enough COST bench/runner_guest.c WINDOWS
ok $? "the windows of the guests' runner"
enough EVENT kernels/driver/ptbench.h PTB_EVENT_WINDOWS
ok $? "the driver's windows of events"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/kernels/driver"
sed -E 's/(PTB_EVENT_WINDOWS) .*/\1 4/' "$root/kernels/driver/ptbench.h" >"$tmp/kernels/driver/ptbench.h"
! enough EVENT kernels/driver/ptbench.h PTB_EVENT_WINDOWS "$tmp"
ok $? "a driver that takes fewer windows of events is found"

cost=$(constant "$metrics" RESULTS_SAMPLES_COST) event=$(constant "$metrics" RESULTS_SAMPLES_EVENT)
tr '\n' ' ' <"$root/docs/running.md" | grep -q "at least $cost windows .* at least $event "
ok $? "docs/running.md says $cost and $event"

# docs/running.md says that no window of the guests' runner is thrown away if and only if it is so.
says() { tr '\n' ' ' <"$root/docs/running.md" | grep -q "reference's rows in guests: these run in user mode.* none is thrown away"; }
throws() { grep -Eq 'discarded' "$1"; }
if throws "$root/bench/runner_guest.c"; then ! says; else says; fi
ok $? "docs/running.md says whether the reference's windows in guests are thrown away"

finish
