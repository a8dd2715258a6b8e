#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every semantic patch makes the changes that its "// Changes:" lines announce in each version of the
# kernel that scenarios are run on, and every list of patches that a scenario has there can be applied
# in that order. Only the files that are patched are unpacked.
# shellcheck disable=SC2034,SC2154 # shared with lib.sh
# shellcheck source=kernels/test/versions.sh
. "$(dirname "$0")/versions.sh"

# Prints the lists of patches that scenarios have on the version src_version, each once.
lists() {
	local name
	for name in "$here"/scenarios/[a-z]*; do
		read_scenario "${name##*/}"
		[ -n "${sc_seen[absent]:-}" ] || printf '%s\n' "${sc_cocci[*]}"
	done | sort -u | sed '/^$/d'
}

try() { # VERSION LIST
	local f to=$tmp/out.$1.${2// /+}
	src_desc="linux-source-$1"
	for f in $2; do (run_spatch "$here/cocci/$f" "$tmp/$1" "$to") || return 1; done
}

try_all() { # VERSION: writes one line per list, its status and the list, to VERSION.verdicts
	local list
	lists | while read -r list; do
		try "$1" "$list" >"$tmp/$1.${list// /+}.log" 2>&1
		printf '%d %s\n' $? "$list"
	done >"$tmp/$1.verdicts"
}

fetch_versions
files=$(sed -n 's|^// Changes: \([^ ]*\) .*|\1|p' "$here"/cocci/*.cocci | sort -u)
running=0
for version in "${there[@]}"; do
	[ "$running" -lt "$(nproc)" ] || wait -n
	running=$((running + 1))
	read -r src_file src_version <<<"${source_of[$version]}"
	# shellcheck disable=SC2086 # names of files
	{ unpack "$version" $files && try_all "$version"; } &
done
wait
for version in "${there[@]}"; do
	[ -s "$tmp/$version.verdicts" ]
	ok $? "$version is unpacked, and patches are tried on it" "$tmp/$version.tar-log"
	while read -r status list; do
		ok "$status" "$version: $list" "$tmp/$version.${list// /+}.log"
	done <"$tmp/$version.verdicts"
done

# A patch that no scenario has on any version would stay untried.
cat "$tmp"/*.verdicts | cut -d' ' -f2- | tr ' ' '\n' | sort -u >"$tmp/tried"
(cd "$here/cocci" && printf '%s\n' *.cocci) | sort | diff "$tmp/tried" - >"$tmp/untried"
ok $? 'every patch is tried on some version' "$tmp/untried"

# ---- seen to fail ----
if [ ${#there[@]} -gt 0 ]; then
	version=${there[0]}
	src_desc="linux-source-$version"
	refused() { # NAME PATTERN SED
		local got
		sed "$3" "$here/cocci/gup-static.cocci" >"$tmp/bad.cocci"
		got=$( (run_spatch "$tmp/bad.cocci" "$tmp/$version" "$tmp/bad") 2>&1) && got="accepted: $got"
		[[ $got == *$2* ]]
		ok $? "$1"
		rm -rf "$tmp/bad"
	}
	refused 'a patch that changes less than it says' '3 places of mm/gup.c' 's/gup.c 3/gup.c 4/'
	refused 'one that says so of this version' "$version changed, 5 expected" "s/gup.c 3/gup.c 3 $version:5/"
	refused 'a tree with nothing to patch: says so' 'nothing to patch in mm/gup.c' 's/_offset_lockless(/_offset_no_such(/'
	refused 'a tree without the file: says so' 'nothing to patch: the source' 's|mm/gup.c 3|mm/no-such.c 3|'
fi
echo "1..$nr"
