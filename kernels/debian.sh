# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # shared with kernels/build
# Kernel sources by name: finds the packages linux-source-X.Y in the suites of the Debian mirror that
# this machine's apt uses, and downloads them. The machine's package sources and lists stay as they
# are: apt gets lists and folders of its own below $cache/debian. Sourced by kernels/build.

# Suites that have a linux-source of their own, oldest first. A mirror need not have all of them.
debian_suites="bullseye bullseye-security bookworm bookworm-security bookworm-backports \
trixie trixie-security trixie-backports forky sid"
debian_max_age=1440 # minutes until the lists are read anew for a version that they lack

# Sets debian, the folder for all of this, and apt_options.
debian_folder() {
	debian=$cache/debian
	# apt trusts a list only if it was signed by a key that this machine trusts; none of these
	# options changes that.
	apt_options=(-qq -o "Dir::Etc::SourceList=$debian/sources.list" -o Dir::Etc::SourceParts=/dev/null
		-o "Dir::State::Lists=$debian/lists" -o "Dir::Cache=$debian/apt" -o Acquire::Languages=none
		-o APT::Update::Error-Mode=any)
	# As root, apt would download as a user who may not write to $cache.
	[ "$(id -u)" -ne 0 ] || apt_options+=(-o APT::Sandbox::User=root)
}

# Prints "main ADDRESS" and "security ADDRESS" of this machine's Debian mirrors.
debian_mirrors() {
	# shellcheck disable=SC2016 # apt's variables
	apt-get indextargets --format '$(ORIGIN)|$(CREATED_BY)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)' 2>/dev/null |
		awk -F'|' '$1 == "Debian" && $2 == "Packages" && $3 == "main" {
			kind = $4 ~ /-security$/ ? "security" : "main"
			if (!seen[kind]++)
				print kind, $5
		}'
}

# Prints one apt source for each suite. Ends the scenario if this machine has no mirror.
debian_sources() {
	local main security suite address signed='' ring
	command -v apt-get >/dev/null || die "KSRC=$KSRC: needs apt-get; on this system set KSRC= to a Linux tree"
	main=$(debian_mirrors | sed -n 's/^main //p')
	security=$(debian_mirrors | sed -n 's/^security //p')
	[ -n "$main" ] ||
		die "KSRC=$KSRC: apt of this machine knows no Debian mirror, or has no lists yet (run apt-get update); else set KSRC= to a Linux tree"
	for ring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
		[ ! -f "$ring" ] || signed="[signed-by=$ring] "
	done
	for suite in $debian_suites; do
		address=$main
		[[ $suite != *-security ]] || address=$security
		[ -z "$address" ] || printf 'deb %s%s %s main\n' "$signed" "$address" "$suite"
	done
}

# Reads the lists of every suite that the mirror has. Suites that it lacks are named on stderr. Sets
# unread to those that are listed here and could not be read again.
debian_update() {
	local log=$debian/update.log missing suite
	unread=
	mkdir -p "$debian/lists/partial" "$debian/apt/archives/partial"
	debian_sources >"$debian/sources.list.$$"
	mv "$debian/sources.list.$$" "$debian/sources.list"
	say "source: reading which kernels the Debian mirror has ..."
	apt-get "${apt_options[@]}" update >"$log" 2>&1 || :
	missing=$(for suite in $debian_suites; do
		compgen -G "$debian/lists/*_dists_${suite}_*Packages*" >/dev/null || printf '%s ' "$suite"
	done)
	[ "$missing" != "$debian_suites " ] ||
		die "KSRC=$KSRC: the mirror could not be read: $(sed -n 's/^[EW]: //p' "$log" | head -n 1); log: $log"
	[ -z "$missing" ] || say "source: not on this mirror, or not signed by a key that apt trusts: ${missing% }; log: $log"
	for suite in $(failed_suites "$log"); do
		[[ " $missing" == *" $suite "* ]] || unread+="$suite "
	done
	if [ -n "$unread" ]; then
		say "source: could not be read again: ${unread% }; log: $log"
	else
		touch "$debian/updated"
	fi
}

# Prints the suites whose lists apt could not fetch, though nobody said that there are none.
failed_suites() { # LOG
	awk '/^Err:/ { suite = $3; next } suite != "" { if (!/ 404 /) print suite; suite = "" }' "$1" | sort -u
}

# Prints "VERSION SHA256 SIZE" of each version of these packages in the lists, the newest first.
debian_packages() { # PACKAGE...
	{ apt-cache "${apt_options[@]}" show "$@" 2>/dev/null || :; } | awk -F': ' '
		$1 == "Package" { version = ""; sum = ""; size = 0 }
		$1 == "Version" { version = $2 }
		$1 == "Size" { size = $2 }
		$1 == "SHA256" { sum = $2 }
		version != "" && sum != "" && size { print version, sum, size; version = "" }' | sort -rV | uniq
}

# Prints those of debian_packages that debian:$1 names.
debian_candidates() {
	local name=${1%%=*} version sum size
	debian_packages "linux-source-$(series_of "$name")" | while read -r version sum size; do
		case $1 in
		*=*) [ "$version" = "${1#*=}" ] || continue ;;
		*.*.*) [ "${version%%-*}" = "$name" ] || continue ;;
		esac
		printf '%s %s %s\n' "$version" "$sum" "$size"
	done
}

series_of() { cut -d. -f1,2 <<<"$1"; }

# Prints "VERSION SHA256 SIZE" of the package that debian:$1 stands for. It stays the same until
# kernels/build --sources --update reads the lists again. Ends the scenario by $no_source if the mirror
# has none.
debian_resolve() {
	local file=$debian/resolved/$1 found
	if [ ! -s "$file" ]; then
		[ -z "${offline:-}" ] || skip "KSRC=debian:$1: not here"
		[ -f "$debian/updated" ] || debian_update
		found=$(debian_candidates "$1")
		if [ -z "$found" ] && [ -n "$(find "$debian/updated" -mmin "+$debian_max_age")" ]; then
			debian_update
			found=$(debian_candidates "$1")
		fi
		[ -n "$found" ] ||
			"$no_source" "KSRC=debian:$1: this machine's Debian mirror has no such source; ptbench kernels sources lists what it has"
		mkdir -p "$debian/resolved"
		head -n 1 <<<"$found" >"$file.$$"
		mv "$file.$$" "$file"
	fi
	cat "$file"
}

# Lets each name without a package's version mean the newest package of the lists. One that they have
# no more means what it meant as long as that is here.
debian_resolve_again() {
	local file name found version sum
	for file in "$debian"/resolved/*; do
		name=${file##*/}
		[[ -f $file && $name != *=* ]] || continue
		found=$(debian_candidates "$name")
		if [ -n "$found" ]; then
			head -n 1 <<<"$found" >"$file.$$"
			mv "$file.$$" "$file"
			continue
		fi
		read -r version sum _ <"$file"
		[ -f "$debian/source/linux-source-$(series_of "$name")_$version.tar.xz" ] ||
			[ -d "$cache/src/$(printf 'deb %s\n' "$sum" | sha)" ] || rm -f "$file"
	done
}

# The package of Debian's that debian:$1 names: VERSION, such as 7.3 (its newest) or 7.3.4, or
# VERSION=PACKAGE-VERSION. The installed package is taken where it is that one.
source_named() {
	local found series
	[[ $1 =~ ^[0-9]+\.[0-9]+(\.[0-9]+)?(=[A-Za-z0-9.+~-]+)?$ ]] ||
		die "KSRC=debian:$1: not debian:VERSION, such as debian:7.3, nor debian:VERSION=PACKAGE-VERSION"
	[[ $1 != *=* || ${1#*=} =~ ^"${1%%=*}"[.~-] ]] ||
		die "KSRC=debian:$1: the package ${1#*=} is not of version ${1%%=*}"
	series=$(series_of "${1%%=*}")
	if source_installed "$series" && names_installed "$1"; then return; fi
	debian_folder
	found=$(debian_resolve "$1")
	read -r src_package src_sum src_size <<<"$found"
	src_id=$(printf 'deb %s\n' "$src_sum" | sha)
	src_desc="linux-source-$series $src_package"
	src_version=${src_package%%-*}
	src_file=$debian/source/linux-source-${series}_$src_package.tar.xz
	src_get=unpack_named
}

# Is the installed package, which source_installed has found, what debian:$1 names?
names_installed() {
	local version=${src_desc#* }
	case $1 in
	*=*) [ "$version" = "${1#*=}" ] ;;
	*.*.*) [ "${version%%-*}" = "$1" ] ;;
	esac
}

unpack_named() {
	[ -f "$src_file" ] || debian_download
	extract "$1" "$src_file"
}

# Makes $src_file, the archive in the package.
debian_download() {
	local tmp=$debian/source/tmp.$$ deb status=0
	need_tool dpkg-deb dpkg
	debian_leftovers
	rm -rf "$tmp"
	mkdir -p "$tmp" "$debian/apt/archives/partial"
	[ -d "$debian/lists/partial" ] || debian_update
	say "source: downloading $src_desc, $((src_size / 1000000)) MB ..."
	set -m # a process group for apt-get, which interrupted kills
	(cd "$tmp" && exec apt-get "${apt_options[@]}" download "${src_desc/ /=}") >"$debian/download.log" 2>&1 &
	make_pid=$!
	set +m
	wait "$make_pid" || status=$?
	make_pid=
	deb=$(printf '%s\n' "$tmp"/*.deb)
	if [ "$status" -ne 0 ]; then
		rm -rf "$tmp"
		fail "could not download $src_desc: $(sed -n 's/^[EW]: //p' "$debian/download.log" | head -n 1); if the mirror has replaced it, ptbench kernels sources --update lists what it has now"
	elif [ "$(sha_of "$deb")" != "$src_sum" ]; then
		rm -rf "$tmp"
		fail "$src_desc: the package is not the one that the mirror's list promised; run it again"
	elif ! dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' >"$tmp/archive"; then
		rm -rf "$tmp"
		fail "could not unpack $src_desc into $debian/source (is the disk full?)"
	fi
	mv "$tmp/archive" "$src_file"
	rm -rf "$tmp"
}

# Removes what downloads that were killed have left.
debian_leftovers() {
	local dir
	for dir in "$debian"/source/tmp.*; do
		[ ! -d "$dir" ] || kill -0 "${dir##*.}" 2>/dev/null || rm -rf "$dir"
	done
}

# Removes the archives of other sources than these, and what the names of other sources stand for.
debian_prune() { # " ID ID "
	local file name version sum keep=' '
	debian_folder
	for file in "$debian"/resolved/*; do
		[ -f "$file" ] || continue
		name=${file##*/}
		read -r version sum _ <"$file"
		if [[ $1 == *" $(printf 'deb %s\n' "$sum" | sha) "* ]]; then
			keep+="linux-source-$(series_of "${name%%=*}")_$version.tar.xz "
		else
			say "removing the source debian:$name"
			rm -f "$file"
		fi
	done
	for file in "$debian"/source/*.tar.xz; do
		[ ! -f "$file" ] || [[ $keep == *" ${file##*/} "* ]] || rm -f "$file"
	done
	debian_leftovers
}

# Prints what the mirror has, a line each package, and what of it is here.
debian_list() {
	local series version rest suites here before packages madison
	debian_folder
	KSRC=debian:
	if [ -n "$update" ] || [ ! -f "$debian/updated" ]; then
		debian_update
		[ -z "$unread" ] || die "the lists of ${unread% } could not be read; a version means what it meant before"
		debian_resolve_again
	fi
	printf '%-34s %-11s %s\n' source here suites
	mapfile -t packages < <(apt-cache "${apt_options[@]}" pkgnames linux-source- | grep '^linux-source-[0-9]\+\.[0-9]\+$')
	madison=$(apt-cache "${apt_options[@]}" madison "${packages[@]}")
	while read -r version rest; do
		suites=$(awk -v v="$version" '$3 == v { sub(/\/.*/, "", $6); print $6 }' <<<"$madison" | sort -u | paste -sd' ')
		series=$(series_of "$version")
		here=-
		[ ! -f "$debian/source/linux-source-${series}_$version.tar.xz" ] || here=archive
		[ ! -d "$cache/src/$(printf 'deb %s\n' "${rest%% *}" | sha)" ] || here=unpacked
		if source_installed "$series" && [ "${src_desc#* }" = "$version" ]; then here=installed; fi
		[ "$series" = "${before:-}" ] || suites+=" (newest of $series)"
		before=$series
		printf '%-34s %-11s %s\n' "debian:$series=$version" "$here" "$suites"
	done < <(debian_packages "${packages[@]}")
}
