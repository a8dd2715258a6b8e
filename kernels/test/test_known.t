#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the page of history calls a known change between two releases lies between them: in Debian's source
# of each version that scenarios are run on, a mark of the change is there from the release that has it, and
# is not up to the one before, but for changes that fix releases of older versions have, too.
# shellcheck disable=SC2034,SC2154 # shared with lib.sh
# shellcheck source=kernels/test/versions.sh
. "$(dirname "$0")/versions.sh"
table=$here/../report/pages/history_known.c

# "COMMITS<TAB>FILE<TAB>PATTERN" of each: the lines of the file, joined, that the change made. A "!" before
# the pattern: those that it removed.
marks='5fbda3ecd14a, f3ba3c710ac5	include/linux/sched.h	struct kmap_ctrl\s
209954cbc7d0	arch/x86/mm/tlb.c	!cpumask_clear_cpu\(\w+, mm_cpumask\((real_)?prev\)\)
6db2526c1d69	arch/x86/mm/tlb.c	should_trim_cpumask
4817f70c25b6, 718b13861d22	mm/Kconfig	config PT_RECLAIM
a37259732a7d	arch/x86/Kconfig	select MMU_GATHER_RCU_TABLE_FREE\n
38607c62b34b	fs/dax.c	dax_folio_reset_order|dax_folio_put
8ce720d5bd91, ca1a47cd3f5f	include/asm-generic/tlb.h	fully_unshared_tables
6c8e95805dba	arch/mips/Kconfig	select MMU_GATHER_RCU_TABLE_FREE\n
a5b981e63edb	arch/loongarch/Kconfig	select MMU_GATHER_RCU_TABLE_FREE\n
4c640eb4181c	mm/Kconfig	config PT_RECLAIM\s+def_bool y\s+depends on MMU_GATHER_RCU_TABLE_FREE
ae75e88d8c25	mm/gup.c	return !reject_file_backed;'

has() { # VERSION FILE PATTERN: 0 or 1
	local seen=0
	grep -qzP -- "${3#!}" "$tmp/$1/$2" 2>/dev/null && seen=1
	[[ $3 != !* ]] || seen=$((1 - seen))
	echo $seen
}
after() { [ "$1" != "$2" ] && [ "$(printf '%s\n' "$1" "$2" | sort -V | tail -n 1)" = "$1" ]; } # A B: is A after B?

# Prints "AFTER<TAB>BY<TAB>BACKPORTED<TAB>COMMITS" of each entry of the table; BACKPORTED is true or no.
entries() {
	tr -d '\n' <"$1" | grep -oP '\{\s*\.after = .*?\.commits = "[^"]*"' |
		sed -nE 's/^\{\s*\.after = "([^"]*)",\s*\.by = "([^"]*)",\s*(\.backported = (true),)?.*\.commits = "([^"]*)"$/\1\t\2\t\4\t\5/p' |
		awk -F'\t' -v OFS='\t' '{ $3 = $3 == "" ? "no" : $3 } 1'
}

# Judges the table: one line for each entry and version that disagree.
judge() { # TABLE
	local after by backported commits file pattern version want seen
	while IFS=$'\t' read -r after by backported commits; do
		IFS=$'\t' read -r _ file pattern < <(grep -F "$commits"$'\t' <<<"$marks")
		[ -n "$file" ] || { echo "$commits: no mark is known of it"; continue; }
		for version in "${there[@]}"; do
			seen=$(has "$version" "$file" "$pattern")
			if ! after "$by" "$version"; then
				want=1
			elif [ "$backported" = true ] || after "$version" "$after"; then
				continue
			else
				want=0
			fi
			[ "$seen" = "$want" ] || echo "$commits: in $version: $seen, by the table: $want"
		done
	done < <(entries "$1")
}

fetch_versions
files=$(cut -f2 <<<"$marks" | sort -u)
for version in "${there[@]}"; do
	read -r src_file src_version <<<"${source_of[$version]}"
	# shellcheck disable=SC2086 # names of files
	unpack "$version" $files
	ok $? "$version is unpacked" "$tmp/$version.tar-log"
done
[ "$(entries "$table" | wc -l)" -eq "$(grep -c '\.commits = ' "$table")" ]
ok $? 'each entry of the table is read'
judge "$table" >"$tmp/wrong"
[ ! -s "$tmp/wrong" ]
ok $? 'each known change lies between the releases that the table says' "$tmp/wrong"

# ---- seen to fail ----
if [ ${#there[@]} -eq 5 ]; then
	refused() { # NAME SED
		sed -E "$2" "$table" >"$tmp/table"
		! cmp -s "$tmp/table" "$table" && [ -n "$(judge "$tmp/table")" ]
		ok $? "seen to fail: $1"
	}
	refused 'a release too early' 's/"7.2",$/"6.12",/; s/\.by = "7.3"/.by = "7.2"/'
	refused 'one too late' 's/\.by = "5.11"/.by = "6.12"/; s/\.after = "5.10"/.after = "6.1"/'
	refused 'a change that fix releases have' '/backported/d'
	refused 'a commit without a mark' 's/ae75e88d8c25/0123456789ab/'
fi
echo "1..$nr"
