#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Costs by function of a kernel with mitigations, where the driver's marks return through a thunk: it is
# counted as a function, and is the operation of no window. SCENARIO= names the kernel.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
scenario=${SCENARIO:-s390x-stock-distro}
export PTBENCH_ROOT=$root

"$build/ptbench" kernels run --timeout 200 --no-reference --only costs --functions --out "$tmp/runs" "$scenario" \
	>"$tmp/out" 2>"$tmp/err"
ok $? "a boot by function: its windows are those of the driver" || sed 's/^/# /' "$tmp/err"
grep -q '"__\(s390_indirect_jump\|x86_indirect_thunk\|x86_return_thunk\)' "$tmp"/runs/latest/*.icount-functions.json
ok $? "thunks were executed in windows, so that the above says something"
finish
