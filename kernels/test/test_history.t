#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The list HISTORY against the scenarios: each stock scenario on each of the five versions, unless it says
# that it is absent from that one; both sides of a variant by which a difference is split; nothing else
# twice, absent or unknown. Each check is seen to fail on a list that was changed.
set -u
export LC_ALL=C

here=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=kernels/lib.sh
. "$here/lib.sh"
# shellcheck source=kernels/test/five.sh
. "$here/test/five.sh"
nr=0

ok() { # NAME COMMAND...: passes if the command prints nothing and ends with 0.
	local verdict=ok said
	said=$("${@:2}" 2>&1) && [ -z "$said" ] || verdict='not ok'
	nr=$((nr + 1))
	printf '%s %d - %s\n' "$verdict" $nr "$1"
	[ "$verdict" = ok ] || printf '%s\n' "$said" | sed 's/^/# /'
}
# As ok, but for a list that was changed: the command has to print this text.
finds() { # NAME TEXT COMMAND...
	local verdict=ok said
	said=$("${@:3}" 2>&1)
	grep -qxF -- "$2" <<<"$said" || verdict='not ok'
	nr=$((nr + 1))
	printf '%s %d - %s\n' "$verdict" $nr "$1"
	[ "$verdict" = ok ] || printf '%s\n' "wants: $2" "$said" | sed 's/^/# /'
}

# "NAME VERSION ROLE BASE REASON" for each scenario of the list LIST and each version; - for none.
mapfile -t names < <(list_names LIST)
for version in "${five[@]}"; do
	# shellcheck disable=SC2034 # for read_scenario
	src_version=$version
	for name in "${names[@]}"; do
		(read_scenario_file "$name" && echo "$name $version ${sc_seen[role]} ${sc_base:--} ${sc_seen[absent]:--}")
	done
done >"$tmp/all"
ok 'every scenario can be read as one of each version' \
	test "$(wc -l <"$tmp/all")" = $((${#names[@]} * ${#five[@]}))

missing() { # LIST
	awk 'NR == FNR { listed[$0] = 1; next }
		$3 == "stock" && $5 == "-" && !listed[$1 "@" $2] { print $1 "@" $2 }' <(list_lines "$1") "$tmp/all"
}
surplus() { # LIST
	list_lines "$1" | sort | uniq -d | sed 's/$/: twice/'
	awk 'NR == FNR { seen[$1 "@" $2] = $5; next }
		!($0 in seen) { print $0 ": unknown"; next } seen[$0] != "-" { print $0 ": absent" }' "$tmp/all" <(list_lines "$1")
}
# A variant splits the difference between two releases if it, and its base, are there on both.
one_sided() { # LIST
	awk 'NR == FNR { listed[$0] = 1; next }
		$3 == "variant" && listed[$1 "@" $2] { n[$1]++; if (!listed[$4 "@" $2]) print $1 "@" $2 ": without " $4 }
		END { for (i in n) if (n[i] < 2) print i ": on one version alone" }' <(list_lines "$1") "$tmp/all"
}
history=$here/scenarios/HISTORY
ok 'HISTORY has every stock scenario on each version that it exists on' missing "$history"
ok 'none twice, unknown, or absent from its version' surplus "$history"
ok 'each variant is there on two versions, beside its base' one_sided "$history"

sed '/^s390x-stock@6\.1$/d' "$history" >"$tmp/LESS"
finds 'a list without s390x-stock@6.1' s390x-stock@6.1 missing "$tmp/LESS"
sed 's/^x86_64-stock@7\.2$/# &/' "$history" >"$tmp/LESS"
finds 'where it is a comment' x86_64-stock@7.2 missing "$tmp/LESS"
for line in x86_64-stock@7.3:twice x86_64-stock@7.4:unknown riscv64-sv39-stock@6.1:absent; do
	{ cat "$history" && echo "${line%:*}"; } >"$tmp/MORE"
	finds "with one that is ${line#*:}" "${line%:*}: ${line#*:}" surplus "$tmp/MORE"
done
sed '/^x86_64-stock-preempt@6\.12$/d' "$history" >"$tmp/LESS"
finds 'with a variant of one version' 'x86_64-stock-preempt: on one version alone' one_sided "$tmp/LESS"
sed '/^x86_64-stock@6\.12$/d' "$history" >"$tmp/LESS"
finds 'with one whose base is not there' 'x86_64-stock-preempt@6.12: without x86_64-stock' one_sided "$tmp/LESS"
printf '1..%d\n' $nr
