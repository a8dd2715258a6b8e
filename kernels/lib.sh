# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # shared with kernels/build
# Functions of kernels/build that read scenarios, architectures, lists and kernel sources, and apply
# semantic patches. Sourced by kernels/build, which sets $here (this folder) and $cache.

# say TEXT...: prints to stderr; on a terminal, over the line that counts objects. A byte that is
# not printable ASCII, tab or newline becomes '?': TEXT may hold names from files and arguments.
say() {
	local text=$*
	[[ $text != *[!$'\n\t'\ -~]* ]] || text=$(tr -c '\n\t -~' '?' <<<"$text")
	printf '%s%s\n' "$clear_line" "$text" >&2
}
clear_line=
if [ -t 2 ]; then clear_line=$'\r\e[K'; fi
# ended STATUS REASON: ends the scenario's process with STATUS; prints REASON and writes it to the
# file $why, from which --verdicts prints it.
ended() {
	say "kernels/build: $2"
	[ -z "${why:-}" ] || printf '%s' "${2//[$'\t\n']/ }" >"$why"
	exit "$1"
}
# die MESSAGE: bad input or a missing tool. MESSAGE says what is wrong, where, and what to do.
die() { ended 2 "$*"; }
# skip REASON: this machine lacks a tool for the scenario, or the source lacks its code.
skip() { ended 3 "$*"; }
# fail REASON: the build itself failed.
fail() { ended 4 "$*"; }

sha() { sha256sum | cut -d' ' -f1; }
sha_of() { sha256sum -- "$1" | cut -d' ' -f1; }

# Ends the scenario by die, or by skip, if TOOL is not in PATH.
need_tool() { # TOOL PACKAGE [skip]
	command -v "$1" >/dev/null || "${3:-die}" "$1 not found; install the Debian package $2 (scripts/deps ${sc:+--scenarios $sc }kernels does${arch[debian]:+, on Debian ${arch[debian]} or later})"
}

# install_text FILE: replaces FILE by stdin unless they are equal. mv makes a new file: the old one
# may be a hard link that another tree shares.
install_text() {
	local tmp=$1.ptbench-tmp
	mkdir -p "${1%/*}"
	cat >"$tmp"
	if cmp -s "$tmp" "$1"; then rm -f "$tmp"; else mv -f "$tmp" "$1"; fi
}

# Makes the cache's folder; it must be writable.
check_cache() {
	[ -n "$cache" ] || die "neither PTBENCH_CACHE nor HOME is set; set PTBENCH_CACHE to a folder for sources and kernels (a few GB)"
	mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] ||
		die "cannot write to $cache; set PTBENCH_CACHE to a folder for sources and kernels (a few GB)"
}

# ---- key files ---------------------------------------------------------------------------------

# in_range VERSION since|until VERSION: compares as many numbers as the second VERSION has, so that
# 6.12 until 6.12 holds for each of its point releases.
in_range() {
	local -a a b
	local i
	IFS=. read -ra a <<<"$1"
	IFS=. read -ra b <<<"$3"
	for i in "${!b[@]}"; do
		[ "${a[i]:-0}" -eq "${b[i]}" ] && continue
		[ "${a[i]:-0}" -gt "${b[i]}" ] && [ "$2" = since ] && return
		[ "${a[i]:-0}" -lt "${b[i]}" ] && [ "$2" = until ] && return
		return 1
	done
}

# Takes the words "since VERSION" and "until VERSION" off the front of $line. Is the line for the
# kernel of src_version? Before a source is found, every line is.
for_this_kernel() { # WHERE
	local word version rest holds=0 before=' '
	while [[ $line =~ ^(since|until)[[:blank:]] ]]; do
		read -r word version rest <<<"$line"
		[[ $version =~ ^(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){1,2}$ ]] || die "$1: '$word $version': not a kernel's version, such as 6.12"
		[ -n "$rest" ] || die "$1: nothing stands behind '$word $version'"
		[[ $before != *" $word "* ]] || die "$1: '$word' stands twice; keep one"
		before+="$word "
		[ -z "${src_version:-}" ] || in_range "$src_version" "$word" "$version" || holds=1
		line=$rest
	done
	return $holds
}

# read_keys FILE "KEY..." FUNCTION: calls FUNCTION KEY VALUE FILE:LINE for each line. Parses lines
# as kernels/boot/scenario.c does: blanks at both ends, carriage returns among them, are removed.
read_keys() {
	local file=$1 known=" $2 " fn=$3 nr=0 line key value holds conditional
	if IFS= read -r -d '' _ <"$file"; then die "$file: a NUL byte; this has to be a text file"; fi
	while IFS= read -r line || [ -n "$line" ]; do
		nr=$((nr + 1))
		[ ${#line} -lt 4096 ] || die "$file:$nr: line longer than 4095 bytes"
		line=${line#"${line%%[![:space:]]*}"}
		line=${line%"${line##*[![:space:]]}"}
		case $line in '' | '#'*) continue ;; esac
		holds=1
		conditional=
		[[ ! $line =~ ^(since|until)[[:blank:]] ]] || conditional=1
		for_this_kernel "$file:$nr" || holds=
		read -r key value <<<"$line"
		case $known in *" $key "*) ;; *) die "$file:$nr: unknown key '$key'; known are:$known" ;; esac
		[ -n "$value" ] || die "$file:$nr: '$key' has no value"
		[ -z "$conditional" ] || [[ $conditional_keys == *" $key "* ]] ||
			die "$file:$nr: '$key' cannot stand behind since or until; these can:$conditional_keys"
		[ -n "$holds" ] || continue
		"$fn" "$key" "$value" "$file:$nr"
	done <"$file"
}

arch_keys="cross cflags karch target image package debian qemu machine cpu memory console data cmdline qemu_args format levels irqs text_base two_cpus timeout bootconfig icount_shift cocci"
scenario_keys="title role arch base design config fragment cocci image format cpu machine memory append reference expect expect-some expect-layout expect-some-layout layout skip skip-ref skip-family identical differs absent needs-qemu"
# May be there for some kernels only: "since VERSION KEY VALUE", "until VERSION KEY VALUE", or both. A key
# that has one value has this one then in the place of the plain one.
conditional_keys=" title design format cpu machine memory append needs-qemu config fragment cocci absent expect expect-some expect-layout expect-some-layout skip skip-ref skip-family identical differs "
declare -A arch sc_seen

# For read_keys: sets ${arch[KEY]}, or appends to arch_cocci.
arch_key() { # KEY VALUE WHERE
	if [ "$1" = cocci ]; then
		[ -f "$here/cocci/$2" ] || die "$3: no semantic patch $here/cocci/$2"
		arch_cocci+=("$2")
		return
	fi
	[ -z "$conditional" ] || die "$3: '$1' cannot stand behind since or until in an architecture's file"
	[ -z "${arch[$1]+set}" ] || [[ $1 == irqs || $1 == package ]] || die "$3: '$1' stands twice"
	arch[$1]=$2
}

# Sets the arrays arch and arch_cocci from the architecture's file.
read_arch() { # ARCH WHERE
	local file=$here/arch/$1.arch key
	arch=() arch_cocci=()
	[ -f "$file" ] || die "$2: no architecture '$1' ($file is missing)"
	read_keys "$file" "$arch_keys" arch_key
	for key in cross karch target image; do
		[ -n "${arch[$key]+set}" ] || die "$file: key '$key' is missing"
	done
	own_compiler
}

# Empties the compiler's prefix on a distribution that calls this machine's own compiler just gcc.
own_compiler() {
	if ! command -v "${arch[cross]}gcc" >/dev/null && [ "${arch[cross]%%-*}" = "$(uname -m)" ] && command -v gcc >/dev/null; then
		arch[cross]=
	fi
}

# For read_keys: sets ${sc_seen[KEY]}, or appends to sc_fragment, sc_config, sc_cocci. Keys of the
# expected outcome are for kernels/boot/scenario.c.
scenario_key() { # KEY VALUE WHERE
	case $1 in
	title | role | arch | base | image | design | format | cpu | machine | memory | append | layout | reference | absent | needs-qemu)
		# A value for some kernels replaces the plain one; without a source it is not known.
		if [ -n "$conditional" ]; then
			[ -z "${src_version:-}" ] || sc_seen[$1]=$2 sc_seen[$1 ranged]=1
			return
		fi
		[ -z "${sc_seen[$1 plain]:-}" ] || die "$3: '$1' stands twice"
		sc_seen[$1 plain]=1
		[[ $1 != reference || $2 =~ ^(yes|no)$ ]] || die "$3: 'reference $2' is neither yes nor no"
		[[ $1 != role || $2 =~ ^(stock|variant|busted)$ ]] || die "$3: 'role $2' is none of stock, variant, busted"
		[ -n "${sc_seen[$1 ranged]:-}" ] || sc_seen[$1]=$2
		;;
	fragment)
		[[ $2 =~ ^[a-z0-9_]+$ ]] || die "$3: 'fragment $2' is not a name (small letters, digits, _)"
		[ -f "$here/config/$2.config" ] || die "$3: no fragment '$2' ($here/config/$2.config is missing)"
		sc_fragment+=("$2")
		;;
	config)
		[[ $2 =~ ^[A-Z0-9_]+=.+$ ]] || die "$3: 'config $2' is not NAME=value (without CONFIG_)"
		sc_config+=("CONFIG_$2")
		;;
	identical | differs)
		[ -f "$here/scenarios/${2%%[[:blank:]]*}" ] || die "$3: no scenario '${2%%[[:blank:]]*}' to compare with"
		;;
	cocci)
		[ -f "$here/cocci/$2" ] || die "$3: no semantic patch $here/cocci/$2"
		sc_cocci+=("$2")
		;;
	esac
}

# May NAME be a file of kernels/scenarios? As scenario__is_name() of kernels/boot/scenario_keys.c.
is_name() { case $1 in '' | .* | */* | *@* | *[[:blank:]]*) return 1 ;; esac; }

# Sets sc, sc_* and arch from SCENARIO or SCENARIO@VERSION, for the source that is found, if any. sc_at
# becomes "@VERSION" or ''; its base and image are of that source, too. Refuses a scenario whose base or
# image, the base's base, and so on, cannot be used: kernels/boot/scenario_kin.c refuses the same.
read_scenario() { # NAME
	read_scenario_file "$1"
	check_kin "$here/scenarios/${1%%@*}" " ${1%%@*} "
}

# As read_scenario, but reads no other scenario.
read_scenario_file() { # NAME
	local name=${1%%@*}
	local file=$here/scenarios/$name
	sc=$1 sc_at=${1#"$name"} sc_config=() sc_fragment=() sc_cocci=() sc_seen=()
	is_name "$name" || die "'$1' is not the name of a scenario"
	[[ $sc_at =~ ^(@(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){1,2})?$ ]] ||
		die "'$1': what follows @ is the version of a kernel that Debian has, such as 6.12 or 6.12.107; ptbench kernels sources lists them"
	[ -f "$file" ] || die "no scenario '$name' ($file is missing); there are: $(scenario_names)"
	! is_list "$name" || die "$file: this is a list; name one scenario"
	read_keys "$file" "$scenario_keys" scenario_key
	sc_title=${sc_seen[title]:-} sc_arch=${sc_seen[arch]:-} sc_base=${sc_seen[base]:-} sc_image=${sc_seen[image]:-}
	[ -n "$sc_arch" ] || die "$file: key 'arch' is missing"
	[ -n "$sc_title" ] || die "$file: key 'title' is missing"
	[ -n "${sc_seen[design]:-}" ] || die "$file: key 'design' is missing"
	[ -n "${sc_seen[role]:-}" ] || die "$file: key 'role' is missing: stock, variant or busted"
	[ "${sc_seen[role]}" = stock ] || [ -n "$sc_base$sc_image" ] || die "$file: role ${sc_seen[role]} needs a key base or image, which names a scenario"
	[ -z "$sc_image" ] || [ -z "$sc_base${sc_config[*]}${sc_fragment[*]}${sc_cocci[*]}" ] ||
		die "$file: 'image $sc_image' builds nothing; remove the keys of what to build: base, config, fragment, cocci"
	read_arch "$sc_arch" "$file"
	# A kernel without them would not come as far as its cases.
	[ -n "$sc_image" ] || sc_cocci=("${arch_cocci[@]}" "${sc_cocci[@]}")
}

max_kin=8 # MAX_DEPTH of kernels/boot/scenario_kin.c

# check_kin FILE PATH: dies unless the base or image of the scenario that was read, from FILE, can be
# used. PATH: the names of the scenarios that led to it, and its own, each between blanks.
check_kin() {
	local of=${sc_base:-$sc_image} key=base by_arch=$sc_arch by_image=$sc_image path
	[ -n "$of" ] || return 0
	[ -n "$sc_base" ] || key=image
	if ! is_name "$of" || [[ $of =~ ^[A-Z]+$ ]] || [ ! -f "$here/scenarios/$of" ]; then die "$1: its $key '$of' is no scenario"; fi
	case $2 in *" $of "*) die "$here/scenarios/$of: it is its own base, by way of:$2" ;; esac
	read -ra path <<<"$2"
	[ ${#path[@]} -le $max_kin ] || die "$1: its $key '$of' comes after $max_kin others; bases must not be so many, nor form a circle"
	local sc sc_at sc_title sc_arch sc_base sc_image sc_config sc_fragment sc_cocci
	local -A sc_seen arch
	read_scenario_file "$of"
	[ "$sc_arch" = "$by_arch" ] || die "$1: its $key '$of' is of another architecture"
	[ -z "$by_image" ] || [ -z "$sc_image" ] || die "$1: its image '$of' has itself the image of another; name that one"
	check_kin "$here/scenarios/$of" "$2$of "
}

# A list has a name in capitals and holds names of scenarios, one a line.
is_list() { [[ $1 =~ ^[A-Z]+$ ]] && [ -f "$here/scenarios/$1" ]; }
list_lines() { sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$1"; } # FILE
list_names() { list_lines "$here/scenarios/$1"; }
scenario_names() { (cd "$here/scenarios" && printf '%s\n' [a-z]* | tr '\n' ' '); }

# ---- kernel source -----------------------------------------------------------------------------

# Sets src_desc (the source's name for people), src_id (SHA-256 of its files), src_version (such as
# 6.12.117) and src_get (a function that copies these files into the folder $1).
find_source() {
	src_version=
	case ${KSRC:-} in
	'') source_debian ;;
	debian:*) source_named "${KSRC#debian:}" ;;
	*'#'*) source_ref "${KSRC%%#*}" "${KSRC#*#}" ;;
	*)
		[ -d "$KSRC" ] || die "KSRC=$KSRC: no such folder"
		if [ -e "$KSRC/.git" ]; then source_git "$KSRC"; else source_tree "$KSRC"; fi
		;;
	esac
}

# Ends the scenario unless folder $1 is a Linux source tree.
kernel_tree() {
	[ -f "$1/Kbuild" ] && [ -f "$1/mm/gup.c" ] && return
	die "KSRC=$KSRC: not a Linux source tree (no Kbuild or mm/gup.c in it)"
}

# remember STAMP COMMAND...: prints the output of COMMAND, from the cache unless STAMP, a cheap
# description of its input, is new.
remember() {
	local file
	file=$cache/ids/$(printf %s "$1" | sha)
	shift
	if [ ! -s "$file" ]; then
		mkdir -p "$cache/ids"
		"$@" >"$file.$$"
		mv -f "$file.$$" "$file"
	fi
	cat "$file"
}

# The source that is taken where none is named: the installed Debian package linux-source-6.12.
source_debian() {
	source_installed 6.12 || die "no kernel source: $dir has no linux-source-6.12.tar.xz; install the Debian package linux-source-6.12 (scripts/deps does), or set KSRC= to a Linux tree or to debian:VERSION"
}

# Finds the archive of the Debian package linux-source-$1 if that is installed.
source_installed() {
	dir=${PTBENCH_SOURCE_DIR:-/usr/src}
	src_file=$dir/linux-source-$1.tar.xz
	[ -f "$src_file" ] || return 1
	src_id=$(remember "$(stat -c 'tar %n %s %Y' "$src_file")" sha_of "$src_file")
	# shellcheck disable=SC2016 # ${Version} is dpkg-query's
	src_desc="linux-source-$1 $(remember "version $src_id" dpkg-query -W -f '${Version}' "linux-source-$1" 2>/dev/null || :)"
	src_version=${src_desc#* }
	src_version=${src_version%%-*}
	: "${src_version:=$1}"
	src_get=unpack_debian
}

# Prints "6.12.1" from the kernel's Makefile on stdin.
makefile_version() { sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\) *= *\([0-9]\+\)$/\2/p' | paste -sd.; }

# extract FOLDER ARCHIVE: unpacks linux/... of the tar ARCHIVE, without files that no scenario
# compiles and no Kconfig file reads, about half of all.
extract() {
	tar -C "$1" -xf "$2" --strip-components=1 --wildcards --wildcards-match-slash \
		--exclude='*/Documentation/*/*' --exclude='*/tools/testing/*' --exclude='*/tools/perf/*' \
		--exclude='*/arch/[!m]*/boot/dts/*.dts*' --exclude='*/sound/*.[ch]' --exclude='*/drivers/gpu/*.[ch]' \
		--exclude='*/drivers/net/*.[ch]' --exclude='*/drivers/media/*.[ch]' \
		--exclude='*/drivers/staging/*.[ch]'
}
# archive FOLDER: prints an archive for extract of FOLDER's files whose names stdin has, NUL
# between.
archive() { tar -C "$1" --null --no-recursion -T - --transform 'flags=r;s,^\(\./\)\?,linux/,' -c; }

unpack_debian() { extract "$1" "$src_file"; }

# git_in FOLDER ARG...: git with $git_index, a copy of the index: even `git diff` refreshes and
# locks the index. copy_index keeps the index's mtime: git compares a file's stat alone if the index
# is newer than the file, and a file changed within the second of `git add` may have the same stat.
git_in() {
	GIT_OPTIONAL_LOCKS=0 GIT_INDEX_FILE=${git_index:-/nonexistent/ptbench} \
		git -c safe.directory='*' -c core.fsmonitor=false -c core.untrackedCache=false -C "$@"
}
copy_index() {
	local index
	index=$(git_in "$1" rev-parse --path-format=absolute --git-dir 2>/dev/null)/index
	[ -f "$index" ] || die "KSRC=$KSRC: git has no index there"
	git_index=$scratch/index
	cp --preserve=timestamps "$index" "$git_index"
}

# The tree of git ref $2 in folder $1.
source_ref() {
	[ -d "$1" ] || die "KSRC=$KSRC: no folder $1"
	src_dir=$1
	src_tree=$(git_in "$1" rev-parse -q --verify "$2^{tree}" 2>/dev/null) ||
		die "KSRC=$KSRC: $1 has no git ref '$2'"
	git_in "$1" cat-file -e "$src_tree:mm/gup.c" 2>/dev/null || die "KSRC=$KSRC: not a Linux source tree (no mm/gup.c in it)"
	src_id=$(printf 'git tree %s\n' "$src_tree" | sha)
	src_desc="git $(git_in "$1" describe --always --tags "$2" 2>/dev/null || printf %s "$2")"
	src_version=$(git_in "$1" cat-file -p "$src_tree:Makefile" 2>/dev/null | makefile_version)
	src_get=unpack_ref
}

unpack_ref() { git_in "$src_dir" archive --format=tar --prefix=linux/ "$src_tree" | extract "$1" -; }

# The tracked files in the working tree of git checkout $1, changes included.
source_git() {
	local diff
	kernel_tree "$1"
	src_dir=$1
	src_tree=$(git_in "$1" rev-parse -q --verify 'HEAD^{tree}' 2>/dev/null) || die "KSRC=$KSRC: git knows no HEAD there"
	copy_index "$1"
	diff=$(git_in "$1" diff --binary --no-ext-diff --no-textconv HEAD | sha)
	src_desc="git $(git_in "$1" describe --always --tags --dirty 2>/dev/null)"
	if [ "$diff" = "$(sha </dev/null)" ]; then
		src_id=$(printf 'git tree %s\n' "$src_tree" | sha)
	else
		src_id=$(printf 'git tree %s diff %s\n' "$src_tree" "$diff" | sha)
	fi
	src_version=$(makefile_version <"$1/Makefile")
	src_get=unpack_git
}

unpack_git() {
	# Leaves out tracked files that were removed from the working tree.
	git_in "$src_dir" ls-files -z --cached | (cd "$src_dir" && while IFS= read -r -d '' f; do
		[ -e "$f" ] || [ -L "$f" ] && printf '%s\0' "$f"
	done) | archive "$src_dir" | extract "$1" -
}

# The files of a folder that is no git checkout, without those that an earlier build in it made.
tree_exclude=(-name .git -o -name '*.o' -o -name '*.a' -o -name '*.cmd' -o -name '*.ko' -o
	-path './.config*' -o -path ./include/config -o -path ./include/generated -o
	-path './arch/*/include/generated' -o -path './vmlinux*' -o -path './.tmp_*')

tree_files() { (cd "$1" && find . \( "${tree_exclude[@]}" \) -prune -o ! -type d "${@:2}" | LC_ALL=C sort -z); }
tree_content() {
	{
		(cd "$1" && tree_files . -type f -print0 | xargs -0 -r sha256sum --)
		tree_files "$1" -type l -printf '%p %l\0'
	} | sha
}

source_tree() {
	kernel_tree "$1"
	src_dir=$1
	src_id=$(remember "$(tree_files "$1" -printf '%p %m %s %T@ %l\0' | sha)" tree_content "$1")
	src_version=$(makefile_version <"$1/Makefile")
	src_desc="folder, $src_version"
	src_get=unpack_tree
}

unpack_tree() { tree_files "$src_dir" -print0 | archive "$src_dir" | extract "$1" -; }

# sums FOLDER: prints "PATH x|- SHA256  PATH" of every file, sorted. Files with equal lines are
# equal.
sums() {
	(
		cd "$1" || exit
		paste -d' ' <(find . -type f \( -perm -100 -printf '%p x\n' -o -printf '%p -\n' \) | sort) \
			<(find . -type f -print0 | xargs -0 -r -P2 -n 500 sha256sum -- | sort -k2)
	)
}

# newest_first FOLDER [TEST...]: prints its entries for which find's TEST holds.
newest_first() { find "$1" -mindepth 1 -maxdepth 1 "${@:2}" -printf '%T@ %p\n' | sort -rn | cut -d' ' -f2-; }

# likest_first VERSION: prints the unpacked sources, those of VERSION ("6.12") before the others, the
# newest first. (Those that --follow keeps are of another commit every time.)
likest_first() {
	local other others=
	for other in $(newest_first "$cache/src" -type d ! -name 'tmp.*' ! -name 'follow-*'); do
		if [ "$(tree_version "$other")" = "$1" ]; then printf '%s\n' "$other"; else others+=$other$'\n'; fi
	done
	printf %s "$others"
}

# link_same FOLDER: replaces each file that the likest other source has, too, by a hard link to that
# file. It saves space, and the file stays older than the objects that were made of it.
link_same() {
	local other
	sums "$1" >"$cache/src/$src_id.hashes"
	for other in $(likest_first "$(tree_version "$1")"); do
		if [ ! -f "$other.hashes" ]; then
			sums "$other" >"$other.hashes.$$"
			mv "$other.hashes.$$" "$other.hashes"
		fi
		comm -12 "$other.hashes" "$cache/src/$src_id.hashes" | cut -d' ' -f1 |
			(cd "$other" && cpio -pdlmu --quiet "$1" 2>/dev/null) || :
		return 0
	done
}

# Is the source unpacked, with the files that $1, the rule for what is left out, keeps?
is_unpacked() { [ -d "$pristine" ] && [ "$(cat "$pristine.rule" 2>/dev/null)" = "$1" ]; }

# Unpacks the source unless the cache has it. Sets $pristine, its folder.
unpack_source() {
	local lock rule tmp=$cache/src/tmp.$src_id
	pristine=$cache/src/$src_id
	rule=$(declare -f extract archive | sha)
	! is_unpacked "$rule" || return 0
	mkdir -p "$cache/src"
	exec {lock}>"$cache/src/$src_id.lock"
	flock -n "$lock" || { say "waiting for another build that unpacks the source"; flock "$lock"; }
	if ! is_unpacked "$rule"; then
		say "source: unpacking $src_desc"
		rm -rf "$tmp" "$tmp.old"
		mkdir "$tmp"
		"$src_get" "$tmp" || fail "could not unpack $src_desc into $tmp (is the disk full?)"
		# Somebody may have edited the tree meanwhile.
		[ "$(find_source && printf %s "$src_id")" = "$src_id" ] || fail "KSRC=${KSRC:-} changed while it was copied; run it again"
		link_same "$tmp"
		[ ! -d "$pristine" ] || mv "$pristine" "$tmp.old"
		mv "$tmp" "$pristine"
		rm -rf "$tmp.old"
		printf '%s\n' "$rule" >"$pristine.rule"
	fi
	exec {lock}>&-
}

# ---- semantic patches --------------------------------------------------------------------------

# Prints "6.12" for the tree $1.
tree_version() { sed -n 's/^\(VERSION\|PATCHLEVEL\) = //p' "$1/Makefile" | paste -sd.; }

# hunks_of VERSION HUNKS [VERSION:HUNKS]...: prints how many places of a tree of VERSION the patch
# changes: its own HUNKS, or the first.
hunks_of() {
	local version=$1 hunks=$2 word
	shift 2
	for word; do [ "${word%%:*}" != "$version" ] || hunks=${word#*:}; done
	printf '%s\n' "$hunks"
}

# A patch must fit Debian's source; a tree of KSRC= that it does not fit is skipped.
nothing_to_patch() { if [ -n "${KSRC:-}" ]; then skip "$*"; else die "$*"; fi; }

# run_spatch COCCI TREE FOLDER: applies COCCI to files of TREE, or to what an earlier patch made of
# them in FOLDER, and puts the results into FOLDER. COCCI's lines "// Changes: FILE HUNKS
# [VERSION:HUNKS]..." name the files and in how many places each changes; another number ends the
# scenario.
run_spatch() {
	local cocci=$1 tree=$2 to=$3 file hunks out seen version log=$3.log
	need_tool spatch coccinelle skip
	grep -q '^// Changes: ' "$cocci" || die "$cocci: no line '// Changes: FILE HUNKS' says what it patches"
	version=$(tree_version "$tree")
	while read -r _ _ file hunks; do
		[ -f "$tree/$file" ] || nothing_to_patch "$cocci: nothing to patch: the source ($src_desc) has no $file"
		mkdir -p "$to/$(dirname "$file")"
		[ -f "$to/$file" ] || cp "$tree/$file" "$to/$file"
		out=$to.${file##*.}
		cp "$to/$file" "$out"
		spatch --very-quiet --no-includes --in-place --sp-file "$cocci" "$out" >"$log" 2>&1 ||
			{ tail -n 20 "$log" >&2; die "$cocci: spatch failed on $file"; }
		seen=$({ diff -U0 "$to/$file" "$out" || :; } | grep -c '^@@' || :)
		# shellcheck disable=SC2086 # one word per version
		hunks=$(hunks_of "$version" $hunks)
		[ "$seen" -gt 0 ] || nothing_to_patch "$cocci: nothing to patch in $file of $src_desc"
		[ "$seen" -eq "$hunks" ] || die "$cocci: $seen places of $file of $src_desc changed, $hunks expected"
		mv -f "$out" "$to/$file"
	done < <(grep '^// Changes: ' "$cocci")
}
