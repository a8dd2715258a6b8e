# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # variables that the tests use
# The Test Anything Protocol for shell tests, which source it: ok or is for each check, finish at
# the end. Sets root (the checkout), build (the build folder) and tmp (a folder that is removed).
set -u
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${PTBENCH_BUILD:-$root/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
tap_nr=0 tap_failed=0

ok() { # STATUS TEXT; returns STATUS
	tap_nr=$((tap_nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $tap_nr - $2"; else echo "not ok $tap_nr - $2"; tap_failed=1; fi
	return "$1"
}
is() { # HAVE WANT TEXT
	if [ "$1" = "$2" ]; then ok 0 "$3"; else ok 1 "$3"; printf '# %s\n' "have '$1'" "want '$2'"; fi
}
skip() { # WHY TEXT...
	local why=$1 text
	shift
	for text; do
		tap_nr=$((tap_nr + 1))
		echo "ok $tap_nr - $text # SKIP $why"
	done
}
finish() {
	echo "1..$tap_nr"
	exit $tap_failed
}
