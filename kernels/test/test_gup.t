#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's own gup_test and the driver agree in x86_64-stock; a driver that reports one percent
# more than it counted does not. A pin that slow GUP completes is told from one of the fast walk.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"

boot() { # WORD...: the part's file becomes $part; exit status of the run
	local status run
	run=$("$build/ptbench" kernels run --out "$tmp/runs" --only costs \
		--append "ptbench.only=kernel $*" x86_64-stock 2>"$tmp/err")
	status=$?
	sed 's/^/# /' "$tmp/err"
	part=$run/x86_64-stock.icount-1cpu.json
	grep '^init: gup_test' "${part%.json}.console.log" | sed 's/^/# /'
	return $status
}

checks() { # WORD: prints how many checks gup_fast/gup_test contain it
	tr -d '\n ' <"$part" | grep -o '"id":"gup_fast/gup_test"[^}]*}[^}]*}' | grep -c "$1"
}

boot
ok $? "x86_64-stock passes"
[ "$(checks '"seen":"right"')" -eq 6 ]
ok $? "gup_test agrees with the driver: get and pin, calls of 1, 128 and 512 pages"

boot ptbench.misreport=1
[ $? -eq 4 ]
ok $? "with a driver that reports 1 % more the part fails"
# From calls of 1 page the overhead of gup_test's loop is taken; it only has to be small.
[ "$(checks '"ok":false')" -eq 4 ]
ok $? "gup_test finds it with calls of 128 and of 512 pages"

boot ptbench.repair=1
[ $? -eq 4 ] && tr -d '\n' <"$part" | grep -q '"seen": "16 of 16", "ok": false'
ok $? "with a short walk that slow GUP repairs the part fails"

finish
