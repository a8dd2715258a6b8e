# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # shared with kernels/build
# Prints the progress of make with a kernel: the objects in its log, of those that `make -n` names.
# Sourced by kernels/build, which sets $work, $jobs and $progress.

# Writes the objects that make will compile for vmlinux to $work/expected, one a line: `make
# prepare`, then `make -n` (-j1: lines of several makes at a time would mix). The file stays empty,
# and there is no total, if the tree has objects (`make -n` would take about as long as the few
# missing ones) and with older kernels, which lack the target.
list_expected() {
	: >"$work/expected.tmp"
	if [ ! -f "$tree/obj/init/main.o" ]; then
		kbuild -j"$jobs" prepare
		{ kbuild -n -j1 . 2>/dev/null || :; } |
			sed -n "s/.*echo '  \(CC\|AS\) *\([^ ']*\)'.*/\2/p" | sort -u >"$work/expected.tmp"
	fi
	mv -f "$work/expected.tmp" "$work/expected"
}

# Sets nr_done and nr_total, numbers of expected objects; tools and the loader, which make compiles
# too, are not in $work/expected. If that is empty, nr_done is all objects in the log and nr_total
# is ''.
count_objects() { # LOG
	nr_total=
	if [ -s "$work/expected" ]; then
		read -r nr_done nr_total < <(awk '
			NR == FNR { wanted[$1]; total++; next }
			($1 == "CC" || $1 == "AS") && $2 in wanted { delete wanted[$2]; done++ }
			END { print done + 0, total }' "$work/expected" "$1")
	else
		nr_done=$(grep -c '^  \(CC\|AS\) ' "$1" || :)
	fi
}

# Prints "242 of 650 objects, 60 s, about 100 s left". COUNTED: the seconds since nr_total is known.
how_far() { # SECONDS COUNTED
	local left=
	if [ ! -f "$work/expected" ]; then
		printf 'preparing, %s s' "$1"
		return
	elif [ -z "$nr_total" ]; then
		printf '%s objects, %s s' "$nr_done" "$1"
		return
	fi
	if [ "$nr_done" -eq "$nr_total" ]; then
		left=', linking'
	elif [ "$nr_done" -gt 0 ]; then
		left=", about $(($2 * (nr_total - nr_done) / nr_done + 1)) s left"
	fi
	printf '%s of %s objects, %s s%s' "$nr_done" "$nr_total" "$1" "$left"
}

# Prints the progress of make ($make_pid), on a terminal in one line; returns make's status at its
# end.
watch() { # LOG START
	local status last='' now nap every=30 counting=0
	[ -z "$clear_line" ] || every=1
	while :; do
		sleep "$every" >/dev/null 2>&1 &
		nap=$!
		wait -n "$make_pid" "$nap" || :
		if ! kill -0 "$make_pid" 2>/dev/null; then
			kill "$nap" 2>/dev/null || :
			status=0
			wait "$make_pid" || status=$?
			return "$status"
		fi
		count_objects "$1"
		[ -z "$nr_total" ] || [ "$counting" -gt 0 ] || counting=$((SECONDS > every ? SECONDS - every : SECONDS))
		now=$(how_far $((SECONDS - $2)) $((SECONDS - counting)))
		[ "$nr_done $nr_total" = "$last" ] || count_line "$now"
		last="$nr_done $nr_total"
	done
}
# Prints TEXT: on a terminal over the line before, elsewhere as a line of its own.
count_line() { if [ -n "$clear_line" ]; then printf '%s' "$clear_line$progress $sc: $1" >&2; else note "$1"; fi; }

# Prints the number of compiled objects after make succeeded; the total only if all of it was
# compiled.
all_objects() { # LOG
	count_objects "$1"
	if [ -n "$nr_total" ] && [ "$nr_done" -eq "$nr_total" ]; then
		printf '%s of %s objects' "$nr_done" "$nr_total"
	else
		printf '%s objects' "$(grep -c '^  \(CC\|AS\) ' "$1" || :)"
	fi
}
