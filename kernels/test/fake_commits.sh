# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables that scripts/tap.sh sets
# Sourced by tests of kernels series and bisect: makes a checkout below $tmp whose kernels/build takes
# the "kernel" from the file cost of a commit: the cost of each row, with the outcome of checks behind
# it, for fake_qemu; empty, it does not build; "none", it is skipped. A git tree of such commits is
# in $tmp/linux.
suite=$tmp/suite
mkdir -p "$suite/kernels/arch" "$suite/kernels/scenarios" "$tmp/build/guest-fake/kernels" "$tmp/build/guest-fake/bench"
for f in guest-fake/kernels/init guest-fake/bench/bench-guest guest-fs.ext4; do echo "$f" >"$tmp/build/$f"; done
printf '%s\n' 'lacks needs a second CPU' 'rows x86_64-4k-48 gup_fast/walk 1' >"$tmp/build/guest-rows"
printf '%s\n' 'cross x' 'qemu qemu-system-fake' 'machine m' 'cpu c' 'memory 1G' 'qemu_args -serial x' \
	'console ttyS0' 'data /dev/ttyS1' 'format x86_64-4k-48' >"$suite/kernels/arch/fake.arch"
for s in one two; do printf 'title %s\narch fake\nrole stock\ndesign static\nappend fake=good\n' $s >"$suite/kernels/scenarios/$s"; done
cat >"$suite/kernels/build" <<'END'
#!/bin/bash
folder=${KSRC%%#*} commit=${KSRC#*#}
follow=
while :; do
	case $1 in
	--check) git -C "$folder" cat-file -e "$commit:cost" 2>/dev/null || { echo "KSRC=$KSRC: not a Linux source tree" >&2; exit 2; }; exit ;;
	--follow) follow=1 ;;
	--verdicts) ;;
	*) break ;;
	esac
	shift
done
echo "$commit${follow:+ followed}" >>"$FAKE_BUILT"
[ -z "${FAKE_SLOW:-}" ] || sleep "$FAKE_SLOW"
for s; do
	# "two" has a kernel of its own where the commit has one for it.
	cost=$(git -C "$folder" show "$commit:cost-$s" 2>/dev/null || git -C "$folder" show "$commit:cost")
	case $cost in
	none) printf '%s\tSKIPPED\tnothing to patch here\n' "$s"; continue ;;
	'') printf '%s\tFAILED\tmm/gup.c does not <b>compile</b> | \033[2J here\n' "$s"; continue ;;
	esac
	hash=$(printf '%s' "$cost" | sha256sum | cut -d' ' -f1)
	image=$FAKE_IMAGES/$s-$hash
	mkdir -p "$image"
	printf '%s' "$cost" >"$image/image"
	printf 'ffffffff81000000 0000000000000100 T gup_fast_fallback\n' >"$image/symbols"
	printf 'ffffffff8100000%d T %s\n' 0 _stext 1 ptb_mark_begin >"$image/System.map"
	printf 'ffffffff82000000 000000000000000%s\n' '3 D ptb_nr_costs_gup' '2 D ptb_nr_events_free' >"$image/rows"
	printf '%s  mm/gup.o\n' "$hash" >"$image/objects"
	printf 'release\t6.12\nsource\tgit\ncompiler\tgcc\nimage_sha256\t%s\n' "$hash" >"$image/info"
	printf '%s\t%s\n' "$s" "$image"
done
END
chmod +x "$suite/kernels/build"
export PTBENCH_ROOT=$suite PTBENCH_BUILD=$tmp/build PTBENCH_QEMU=$build/kernels-test/fake_qemu
export FAKE_BUILT=$tmp/built FAKE_IMAGES=$tmp/images
linux=$tmp/linux
git init -q -b main "$linux"
in_git() { git -C "$linux" -c user.name=test -c user.email=test@example.org -c gc.auto=0 -c core.editor=true "$@"; }
# commit COST SUBJECT: one more commit, whose kernel costs COST.
commit() {
	printf '%s' "$1" >"$linux/cost"
	nth=$((${nth:-0} + 1))
	echo "$nth" >"$linux/nth"
	in_git add -A && in_git commit -q --cleanup=verbatim -m "$2" 2>/dev/null
}
id() { in_git rev-parse "$1"; }
short() { id "$1" | cut -c1-12; }
# What must not change: every file of the tree and of .git, with its time. (A folder's time would tell
# of files that came and went.)
state() { (cd "$linux" && find . -printf '%p %s %T@ %l\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum; }
