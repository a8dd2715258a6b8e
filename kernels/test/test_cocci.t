#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every semantic patch makes the changes that its "// Changes:" lines announce in both kernel
# versions, and every list of patches that a scenario names can be applied in that order. Only the
# files that are patched are unpacked.
# shellcheck disable=SC2034,SC2154 # shared with lib.sh
set -u
export LC_ALL=C

here=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=kernels/lib.sh
. "$here/lib.sh"
dir=${PTBENCH_SOURCE_DIR:-/usr/src}
nr=0

ok() { # STATUS NAME [DETAIL-FILE]
	local verdict='not ok'
	[ "$1" -ne 0 ] || verdict=ok
	nr=$((nr + 1))
	printf '%s %d - %s\n' "$verdict" $nr "$2"
	[ "$1" -eq 0 ] || sed 's/^/# /' "${3:-/dev/null}"
}

# The tree $tmp/VERSION: the Makefile and every file that some patch names.
unpack() { # VERSION
	local tar=$dir/linux-source-$1.tar.xz
	mkdir "$tmp/$1"
	{
		printf 'linux-source-%s/Makefile\n' "$1"
		sed -n "s|^// Changes: \([^ ]*\) .*|linux-source-$1/\1|p" "$here"/cocci/*.cocci | sort -u
	} >"$tmp/$1.list"
	tar -C "$tmp/$1" -xJf "$tar" --strip-components=1 -T "$tmp/$1.list" 2>"$tmp/$1.tar-log"
	[ -f "$tmp/$1/Makefile" ]
}

# Prints the lists of patches that scenarios name, and each patch that none names.
lists() {
	local f all
	all=$(for f in "$here"/scenarios/[a-z]*; do sed -n 's/^cocci[[:space:]]*//p' "$f" | paste -sd' '; done | sort -u | sed '/^$/d')
	printf '%s\n' "$all"
	for f in "$here"/cocci/*.cocci; do
		f=${f##*/}
		grep -qE "(^| )$f( |$)" <<<"$all" || printf '%s\n' "$f"
	done
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

# Does a patch of the list announce 0 changes for this version?
foreign() { # VERSION LIST
	local f
	for f in $2; do grep -qE "^// Changes: .* ${1//./\\.}:0( |\$)" "$here/cocci/$f" && return; done
	return 1
}

there=()
for version in 6.12 6.1; do
	if [ -f "$dir/linux-source-$version.tar.xz" ]; then
		there+=("$version")
	elif [ -n "${CI:-}" ]; then
		ok 1 "$dir has no linux-source-$version.tar.xz: scripts/deps versions installs it"
	else
		nr=$((nr + 1))
		printf 'ok %d - # SKIP %s has no linux-source-%s.tar.xz (scripts/deps versions)\n' $nr "$dir" $version
	fi
done
for version in "${there[@]}"; do
	{ unpack "$version" && try_all "$version"; } &
done
wait
for version in "${there[@]}"; do
	[ -s "$tmp/$version.verdicts" ]
	ok $? "$version is unpacked, and patches are tried on it" "$tmp/$version.tar-log"
	while read -r status list; do
		log=$tmp/$version.${list// /+}.log
		if foreign "$version" "$list"; then
			[ "$status" -ne 0 ] && grep -q 'nothing to patch' "$log"
			ok $? "$version: $list: says that there is nothing to patch" "$log"
		else
			ok "$status" "$version: $list" "$log"
		fi
	done <"$tmp/$version.verdicts"
done

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
