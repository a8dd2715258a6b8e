# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # shared with lib.sh
# Sourced by tests of single files of Debian's kernels: unpack_versions FILE... puts these files of each
# version that scenarios are run on into $tmp/VERSION. Sources that are not installed are downloaded, as
# kernels/build does.
set -u
export LC_ALL=C

here=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=kernels/lib.sh
. "$here/lib.sh"
# shellcheck source=kernels/debian.sh
. "$here/debian.sh"
# shellcheck source=kernels/test/five.sh
. "$here/test/five.sh"
cache=${PTBENCH_CACHE:-${HOME:-/nonexistent}/.cache/ptbench}
no_source=skip clear_line='' why=''
dir=${PTBENCH_SOURCE_DIR:-/usr/src}
nr=0

ok() { # STATUS NAME [DETAIL-FILE]
	local verdict='not ok'
	[ "$1" -ne 0 ] || verdict=ok
	nr=$((nr + 1))
	printf '%s %d - %s\n' "$verdict" $nr "$2"
	[ "$1" -eq 0 ] || sed 's/^/# /' "${3:-/dev/null}"
}

# Sets src_file and src_version of the version, and downloads the archive unless it is there. Prints why
# there is none.
fetch() { # VERSION
	KSRC=debian:$1
	if source_installed "$1"; then return; fi
	(source_named "$1" && { [ -f "$src_file" ] || debian_download; }) 2>&1 || return 1
	offline=1 source_named "$1"
}

# The tree $tmp/VERSION: the Makefile and the files. A file that the version lacks is left out.
unpack() { # VERSION FILE...
	mkdir "$tmp/$1"
	printf "linux-source-$1/%s\n" Makefile "${@:2}" >"$tmp/$1.list"
	tar -C "$tmp/$1" -xJf "$src_file" --strip-components=1 -T "$tmp/$1.list" 2>"$tmp/$1.tar-log"
	[ -f "$tmp/$1/Makefile" ]
}

declare -A source_of
there=()
# Sets there to the versions whose source is here, and source_of[VERSION] to "ARCHIVE RELEASE". In CI one
# that is not is a failure.
fetch_versions() {
	local version
	for version in "${five[@]}"; do
		if fetch "$version" >"$tmp/fetch"; then
			there+=("$version")
			source_of[$version]="$src_file $src_version"
		elif [ -n "${CI:-}" ]; then
			ok 1 "the source of $version is here" "$tmp/fetch"
		else
			nr=$((nr + 1))
			printf 'ok %d - # SKIP no source of %s: %s\n' $nr "$version" "$(tail -n 1 "$tmp/fetch")"
		fi
	done
}
