# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables that scripts/tap.sh sets
# Sourced by tests: makes a checkout below $tmp with one architecture and empty images, and
# fake_qemu as every QEMU. The test itself adds scenarios and oddities.
tree=$tmp/tree
mkdir -p "$tree/kernels/arch" "$tree/kernels/scenarios" "$tree/image" "$tmp/build/guest-fake/kernels" "$tmp/build/guest-fake/bench"
touch "$tmp/build/guest-fs.ext4" "$tmp/build/guest-fake/kernels/init" "$tmp/build/guest-fake/bench/bench-guest"
echo 'guests: ;' >"$tree/Makefile"
printf '%s\n' 'cross x' 'qemu q' 'machine m' 'cpu c' 'memory 1G' 'qemu_args -serial x' 'console ttyS0' 'data /dev/ttyS1' \
	'format x86_64-4k-48' >"$tree/kernels/arch/fake.arch"
echo kernel >"$tree/image/image"
printf 'ffffffff81000000 0000000000000100 T gup_fast_fallback\n' >"$tree/image/symbols"
printf 'release\t6.12\nsource\tnone\ncompiler\tgcc\nimage_sha256\tabc\n' >"$tree/image/info"
# The rows that fake_qemu has in each boot.
printf '%s\n' 'ffffffff82000000 0000000000000002 D ptb_nr_costs_gup' 'ffffffff82000010 0000000000000001 D ptb_nr_costs_variant' \
	'ffffffff82000020 0000000000000002 D ptb_nr_events_free' >"$tree/image/rows"
printf '%s\n' 'lacks needs a second CPU' 'rows x86_64-4k-48 gup_fast/walk 1' >"$tmp/build/guest-rows"
cat >"$tree/kernels/build" <<'END'
#!/bin/bash
set -e
image=$(cd "$(dirname "$0")/.." && pwd)/image
case $1 in
--check) exit ;;
--verdicts) shift ;;
--sources) echo source; exit ;;
esac
[ "$1" != --follow ] || shift
# A commit may have a cost of its own.
cost=
case ${KSRC:-} in *'#'*) cost=$(git -C "${KSRC%%#*}" show "${KSRC#*#}:cost" 2>/dev/null) || true ;; esac
if [ -n "$cost" ]; then
	rm -rf "$image-$cost"
	cp -r "$image" "$image-$cost"
	image+=-$cost
	echo "$cost" >"$image/image"
	sed -i "s/^image_sha256.*/image_sha256\t$cost/" "$image/info"
fi
for s; do
	case $s in
	unbuildable) printf '%s\tFAILED\tno \033[2J \342\200\256 here\n' "$s" ;;
	*) printf '%s\t%s\n' "$s" "$image" ;;
	esac
done
END
chmod +x "$tree/kernels/build"
export PTBENCH_ROOT=$tree PTBENCH_BUILD=$tmp/build PTBENCH_QEMU=$build/kernels-test/fake_qemu
