# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables that fake_suite.sh sets
# Sourced by tests of kernels/build: a Debian mirror in $mirror and, first in PATH, the apt that uses it.
# A suite is the file $mirror/SUITE with a line "PACKAGE VERSION" for each package. The fake apt-get writes
# its arguments to $tmp/apt.log, and to $tmp/bad those that would touch this machine's own lists.
#
# FAKE_APT: none (no mirror is configured), dead (it cannot be reached), fail, wrong (a download fails, or
# is another package), hang (a download never ends).
mirror=$tmp/mirror
mkdir -p "$mirror/pool" "$tmp/apt" "$tmp/home" "$tmp/scratch"
export FAKE_TMP=$tmp HOME=$tmp/home TMPDIR=$tmp/scratch PTBENCH_SOURCE_DIR=$tmp/installed

# add SUITE PACKAGE-VERSION: puts a package into the suite.
add() {
	local version=${2%%-*} series
	series=$(cut -d. -f1,2 <<<"$version")
	printf 'linux-source-%s %s\n' "$series" "$2" >>"$mirror/$1"
	[ ! -f "$mirror/pool/linux-source-${series}_$2.deb" ] || return 0
	archive_of "$version" "$tmp/deb/usr/src"
	tar -C "$tmp/deb" -cf "$mirror/pool/linux-source-${series}_$2.deb" ./usr
	rm -rf "$tmp/deb"
}
# archive_of VERSION FOLDER: puts linux-source-X.Y.tar.xz of that version there.
archive_of() {
	local name
	name=linux-source-$(cut -d. -f1,2 <<<"$1")
	fake_kernel "$tmp/unpacked/$name" "$1"
	mkdir -p "$2"
	tar -C "$tmp/unpacked" -cJf "$2/$name.tar.xz" "$name"
	rm -rf "$tmp/unpacked"
}

cat >"$tmp/apt/options" <<'END'
mirror=$FAKE_TMP/mirror sources=
declare -A option=()
args=()
while [ $# -gt 0 ]; do
	case $1 in
	-o) option[${2%%=*}]=${2#*=}; shift ;;
	-qq) ;;
	*) args+=("$1") ;;
	esac
	shift
done
set -- "${args[@]}"
lists=${option[Dir::State::Lists]:-}
if [ "$1" != indextargets ]; then
	for o in Dir::Etc::SourceList Dir::State::Lists Dir::Cache; do
		case ${option[$o]:-} in "$PTBENCH_CACHE"/*) ;; *) echo "$o=${option[$o]:-}" >>"$FAKE_TMP/bad" ;; esac
	done
	[ "${option[Dir::Etc::SourceParts]:-}" = /dev/null ] || echo SourceParts >>"$FAKE_TMP/bad"
	case $lists in "$PTBENCH_CACHE"/*) ;; *) exit 100 ;; esac
fi
END
cat >"$tmp/apt/apt-get" <<'END'
#!/bin/bash
echo "$*" >>"$FAKE_TMP/apt.log"
. "$FAKE_TMP/apt/options"
case $1 in
indextargets)
	[ "${FAKE_APT:-}" != none ] || exit 0
	echo 'Other|Packages|main|trixie|http://other.example/'
	echo 'Debian|Packages|main|trixie|http://mirror.example/debian/'
	echo 'Debian|Packages|main|trixie-security|http://mirror.example/security/'
	;;
update)
	status=0
	while read -r _ address suite _; do
		case $suite in
		*-security) [ "$address" = http://mirror.example/security/ ] || echo "$suite at $address" >>"$FAKE_TMP/bad" ;;
		*) [ "$address" = http://mirror.example/debian/ ] || echo "$suite at $address" >>"$FAKE_TMP/bad" ;;
		esac
		if [ "${FAKE_APT:-}" = dead ]; then
			printf 'Err:1 %s %s InRelease\n  Could not connect to mirror.example:80\n' "$address" "$suite"
			echo "W: Failed to fetch $address/dists/$suite/InRelease  Could not connect to mirror.example:80"
			continue
		fi
		list=$lists/mirror_dists_${suite}_main_binary-amd64_Packages
		rm -f "$list"
		[ -f "$mirror/$suite" ] || { echo "E: The repository '$address $suite Release' does not have a Release file."; status=100; continue; }
		while read -r package version; do
			deb=$mirror/pool/${package}_$version.deb
			printf 'Package: %s\nVersion: %s\nSize: %s\nSHA256: %s\n\n' "$package" "$version" "$(stat -c %s "$deb")" "$(sha256sum <"$deb" | cut -d' ' -f1)"
		done <"$mirror/$suite" >"$list"
	done < <(sed 's/\[[^]]*\] //' "${option[Dir::Etc::SourceList]}")
	exit $status
	;;
download)
	name=${2/=/_}.deb
	case ${FAKE_APT:-} in
	fail) head -c 100 "$mirror/pool/$name" >"$name"; echo 'E: Failed to fetch it'; exit 100 ;;
	wrong) echo more | cat "$mirror/pool/$name" - >"$name" ;;
	hang) head -c 100 "$mirror/pool/$name" >"$name"; touch "$FAKE_TMP/hangs"; exec sleep 100 ;;
	*) grep -qx "${2/=/ }" "$mirror"/[a-z]*[a-z] || { echo "E: Version not found"; exit 100; }; cp "$mirror/pool/$name" "$name" ;;
	esac
	;;
*) echo "apt-get $*" >>"$FAKE_TMP/bad"; exit 100 ;;
esac
END
cat >"$tmp/apt/apt-cache" <<'END'
#!/bin/bash
. "$FAKE_TMP/apt/options"
case $1 in
show) for p in "${@:2}"; do awk -v RS= -v ORS='\n\n' -v p="Package: $p" '{ split($0, l, "\n") } l[1] == p' "$lists"/*Packages; done ;;
pkgnames) { echo linux-source; sed -n 's/^Package: //p' "$lists"/*Packages; } | sort -u ;;
madison)
	for list in "$lists"/*Packages; do
		suite=${list##*_dists_}
		awk -v s="${suite%%_*}" '$1 == "Package:" { p = $2 } $1 == "Version:" { print p " | " $2 " | http://mirror.example " s "/main amd64 Packages" }' "$list"
	done
	;;
*) echo "apt-cache $*" >>"$FAKE_TMP/bad" ;;
esac
END
printf '#!/bin/bash\n[ "$1" = --fsys-tarfile ] && cat "$2"\n' >"$tmp/apt/dpkg-deb"
# What is installed is of the version in this file.
printf '#!/bin/bash\ncat "$FAKE_TMP/installed/version"\n' >"$tmp/apt/dpkg-query"
chmod +x "$tmp"/apt/{apt-get,apt-cache,dpkg-deb,dpkg-query}
PATH=$tmp/apt:$PATH
