# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # shared with kernels/build
# The commits of one git tree, built one after another in one source and one object tree: the files
# that git says differ are replaced, and all others keep their times, so that make compiles what
# depends on these alone. The image is the one that a build of the commit from nothing makes.
# Sourced by kernels/build for --follow, which sets $cache, $work, $tree, $src_dir and $src_tree.
#
# A folder's stamp is two files: STAMP.at has the git tree that the folder holds, STAMP.moving the
# paths that a move has begun to replace. A move that was interrupted replaces them again.

# Sets the paths of the scenario that identify has looked at.
follow_paths() {
	local common
	[ "${src_get:-}" = unpack_ref ] || die "--follow: KSRC=$KSRC names no commit; set KSRC=FOLDER#REF"
	common=$(git_in "$src_dir" rev-parse --path-format=absolute --git-common-dir)
	followed=follow-$(printf %s "$common" | sha | cut -c1-16)
	work=$cache/obj/$followed-${sc%@*}
	tree=$work/tree
}

# The files of the git tree $1, sorted, NUL behind each.
files_of() { git_in "$src_dir" ls-tree -r -z --name-only "$1" | LC_ALL=C sort -z; }

# Can STAMP's folder be moved from the tree that it holds?
can_move() { # STAMP
	local at
	at=$(cat "$1.at" 2>/dev/null) && [ -n "$at" ] &&
		git_in "$src_dir" cat-file -e "$at^{tree}" 2>/dev/null
}

# differing TREE [ARG...]: the paths in which the git trees differ, NUL behind each.
differing() { git_in "$src_dir" diff-tree -r -z --no-renames --name-only "${@:2}" "$1" "$src_tree"; }

# Writes the paths that a move of STAMP's folder to $src_tree has to replace to STAMP.moving, and
# those of them that $src_tree has, or lacks, to STAMP.have and STAMP.lack.
plan_move() { # STAMP
	local at
	at=$(cat "$1.at")
	if [ -e "$1.moving" ]; then
		{ cat "$1.moving"; differing "$at"; } | sort -zu >"$1.moving.new"
		files_of "$src_tree" >"$1.files"
		comm -z -12 "$1.moving.new" "$1.files" >"$1.have"
		comm -z -23 "$1.moving.new" "$1.files" >"$1.lack"
		rm -f "$1.files"
	else
		differing "$at" >"$1.moving.new"
		differing "$at" --diff-filter=d >"$1.have"
		differing "$at" --diff-filter=D >"$1.lack"
	fi
	mv -f "$1.moving.new" "$1.moving"
}

# Replaces files of FOLDER by those of the same name in NEW, and removes those of STAMP.lack. The new
# files are new inodes, for the old ones may be links of another folder's, and are newer than all that
# was compiled before.
put_move() { # STAMP FOLDER NEW
	(cd "$2" && xargs -0 -r rm -f -- <"$1.lack")
	# Folders that are empty now, deepest first.
	(cd "$2" && tr '\0' '\n' <"$1.lack" | sed -n 's,/[^/]*$,,p' | sort -ru |
		while IFS= read -r dir; do rmdir -p --ignore-fail-on-non-empty -- "$dir" 2>/dev/null || :; done)
	find "$3" -type f -exec touch {} +
	cp -al --remove-destination "$3/." "$2/" 2>/dev/null || cp -a --remove-destination "$3/." "$2/"
	rm -rf "$3"
}

end_move() { # STAMP
	printf '%s\n' "$src_tree" >"$1.at.new"
	mv -f "$1.at.new" "$1.at"
	rm -f "$1.moving" "$1.have" "$1.lack"
}

# Unpacks those paths of $src_tree that STAMP.have names, as unpack_ref does the whole.
unpack_some() { # STAMP FOLDER
	local -a paths
	rm -rf "$2"
	mkdir "$2"
	while mapfile -d '' -n 1000 paths && [ ${#paths[@]} -gt 0 ]; do
		GIT_LITERAL_PATHSPECS=1 git_in "$src_dir" archive --format=tar --prefix=linux/ "$src_tree" -- "${paths[@]}" |
			extract "$2" - 2>"$1.err" || fail "could not unpack the files that differ: $(head -c 300 "$1.err")"
	done <"$1.have"
	rm -f "$1.err"
}

# Brings the followed source to $src_tree: unpacked as a whole the first time.
follow_source() {
	local rule moved=$cache/src/$followed
	rule=$(declare -f extract archive | sha)
	mkdir -p "$cache/src"
	exec {follow_lock}>"$moved.lock"
	flock -n "$follow_lock" || { note "waiting for another build that follows this git tree"; flock "$follow_lock"; }
	if [ ! -d "$moved" ] || [ "$(cat "$moved.rule" 2>/dev/null)" != "$rule" ] || ! can_move "$moved"; then
		unpack_source
		rm -rf "$moved" "$moved.tmp" "$moved.at" "$moved.moving"
		cp -al "$pristine" "$moved.tmp" 2>/dev/null || { rm -rf "$moved.tmp"; cp -a "$pristine" "$moved.tmp"; }
		printf '%s\n' "$rule" >"$moved.rule"
		mv "$moved.tmp" "$moved"
		end_move "$moved"
	fi
	pristine=$moved
	if [ "$(cat "$moved.at")" != "$src_tree" ] || [ -e "$moved.moving" ]; then
		plan_move "$moved"
		unpack_some "$moved" "$moved.new"
		put_move "$moved" "$moved" "$moved.new"
		end_move "$moved"
	fi
}

# Brings the scenario's tree to $src_tree, if there is one; make_tree makes a new one.
follow_tree() {
	local stamp=$work/source added
	if [ -d "$tree" ] && ! can_move "$stamp"; then rm -rf "$work"; fi
	mkdir -p "$work"
	if [ ! -d "$tree" ]; then
		rm -f "$work/source.moving"
		end_move "$stamp"
	fi
	if [ "$(cat "$stamp.at")" = "$src_tree" ] && [ ! -e "$stamp.moving" ]; then return 0; fi
	added=$(differing "$(cat "$stamp.at")" --diff-filter=A | tr '\0' '\n' | sed -n 's,^\(.*/\)\?\([^/]*\.h\)$,\2,p' | sort -u)
	plan_move "$stamp"
	follow_patches "$stamp"
	rm -rf "$work/new"
	mkdir "$work/new"
	# What extract leaves out is not there.
	(cd "$pristine" && while IFS= read -r -d '' f; do
		if [ -e "$f" ] || [ -L "$f" ]; then printf '%s\0' "$f"; fi
	done <"$stamp.have" | cpio -0pdm --quiet "$work/new") || fail "could not copy the files that differ (is the disk full?)"
	put_move "$stamp" "$tree" "$work/new"
	follow_kconfig
	follow_headers "$added"
	end_move "$stamp"
}

# Has the scenario's semantic patches applied again if a file that they change is replaced, or the
# kernel's version.
follow_patches() { # STAMP
	local f changes
	for f in "${sc_cocci[@]}"; do
		changes+=$(sed -n 's|^// Changes: \([^ ]*\) .*|\1|p' "$here/cocci/$f")$'\n'
	done
	if [ ${#sc_cocci[@]} -eq 0 ] || ! tr '\0' '\n' <"$1.moving" | grep -qxF -e "${changes%$'\n'}" -e Makefile; then return 0; fi
	rm -f "$work/patches"
}

# Has the kernel configured again if a file that Kconfig may read differs.
follow_kconfig() {
	if tr '\0' '\n' <"$work/source.moving" | grep -qE '(^|/)Kconfig|^scripts/|^(arch/[^/]+/)?Makefile'; then rm -f "$work/configured"; fi
}

# A header that is new may take the place of one that an object was made with, by the order of the
# folders in which the compiler looks; neither make nor ccache would see that. So the objects that were
# made with a header of that name are removed, and ccache is not asked.
follow_headers() { # NAMES
	local name
	[ -n "$1" ] || return 0
	touch "$work/recache"
	while IFS= read -r name; do
		{ grep -rlF --include='.*.cmd' -e "/$name" "$tree/obj" || :; } | sed 's,/\.\([^/]*\)\.cmd$,/\1,' | tr '\n' '\0' | xargs -0 -r rm -f --
	done <<<"$1"
}

# As unpack_source, for the commits of a git tree.
follow_place() {
	follow_source
	follow_tree
	if [ -e "$work/recache" ]; then export CCACHE_RECACHE=1; fi
}
# The kernel is built: what was compiled is known to ccache now.
follow_built() { rm -f "$work/recache"; }
