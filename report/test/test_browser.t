#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Renders synthetic runs and opens them in headless Chromium. Screenshots for humans stay in
# build/report/screenshots. REPORT_RUN=DIR looks at a real run as well.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath -m "${PTBENCH_BUILD:-$here/../../build}")
make_run=$build/report/test/make_run
chromium=${CHROMIUM:-$(command -v chromium || true)}

die() {
	printf '1..1\nnot ok 1 - %s\n' "$*"
	exit 1
}

[ -x "$make_run" ] || die "$make_run is not there: make test builds it"
[ -n "$chromium" ] || die "chromium is not installed: apt-get install chromium"
command -v node > /dev/null || die "node is not installed: apt-get install nodejs npm"
# Where the npm registry cannot be reached the rest of the tests still counts; CI has to have it.
if [ ! -d "$here/../node_modules/playwright-core" ] && ! (cd "$here/.." && npm ci --silent 1>&2); then
	[ -z "${CI:-}" ] || die "npm ci failed in report/"
	echo "1..0 # SKIP npm ci failed in report/: no browser was driven"
	exit 0
fi

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
reports=()

add() { # name, run's folder, options
	"$make_run" render -o "$temp/$1" "${@:3}" "$2" > /dev/null || die "rendering $1 failed"
	reports+=("$1=$temp/$1")
}

mkdir "$temp/trend"
"$build/results/test/trend_speed" --make "$temp/trend" 40 40
for kind in complete holes hostile empty timed; do
	more=()
	[ "$kind" != complete ] || more=(--trend "$temp/trend")
	add "$kind" "$("$make_run" "$kind" "$temp")" "${more[@]}"
done
[ -z "${REPORT_RUN:-}" ] || add real "$REPORT_RUN"
[ ! -e "$temp/ptbench-report-trap" ] || die "a hostile string was obeyed"

node "$here/browser.mjs" "$chromium" "$build/report/screenshots" "${reports[@]}"
