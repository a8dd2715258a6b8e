#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The worked example of docs/adding.md, a scenario with its semantic patch, and an architecture, a
# data file with a fragment: both readers read the document's own texts, and the patch is applied.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # shared with lib.sh, in a shell of its own
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"

block() { # TEXT: prints the code block of docs/adding.md that TEXT introduces
	python3 "$root/scripts/test/example.py" block "$root/docs/adding.md" "$1"
}

# A checkout with the example in it, and a small stand-in for a kernel.
mkdir -p "$tmp/suite/results/include/results" "$tmp/linux/mm"
cp -r "$root/kernels" "$tmp/suite/"
cp "$root/results/include/results/record.h" "$tmp/suite/results/include/results/"
kernels=$tmp/suite/kernels
name=x86_64-noreferenced
block "\`kernels/scenarios/$name\`:" >"$kernels/scenarios/$name"
block "\`kernels/cocci/gup-noreferenced.cocci\`:" >"$kernels/cocci/gup-noreferenced.cocci"
grep -q '^title' "$kernels/scenarios/$name" && grep -q '^// Changes: ' "$kernels/cocci/gup-noreferenced.cocci"
ok $? "docs/adding.md has a scenario and a semantic patch"
echo "$name" >>"$kernels/scenarios/LIST"
touch "$tmp/linux/Kbuild"
printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\n' >"$tmp/linux/Makefile"
for f in pte devmap pmd pud pgd; do
	printf 'static int %s(struct folio *folio)\n{\n\tfolio_set_referenced(folio);\n\treturn 1;\n}\n\n' $f
done >"$tmp/linux/mm/gup.c"

export PTBENCH_ROOT=$tmp/suite PTBENCH_CACHE=$tmp/cache KSRC=$tmp/linux
"$build/ptbench" kernels list | grep -q "^$name .*marks no page as referenced"
ok $? "ptbench kernels list takes that scenario"
"$kernels/build" --print-only $name >"$tmp/out" 2>"$tmp/err"
[ $? -eq 3 ] && grep -q "$name: not built; run: kernels/build $name" "$tmp/err"
ok $? "kernels/build takes it, too"
(
	here=$kernels cache=$PTBENCH_CACHE src_desc='a stand-in'
	# shellcheck source=kernels/lib.sh
	. "$kernels/lib.sh"
	run_spatch "$kernels/cocci/gup-noreferenced.cocci" "$tmp/linux" "$tmp/patched"
) 2>"$tmp/err"
ok $? "the patch finds the five places it says"
grep -q 'static int pte' "$tmp/patched/mm/gup.c" && ! grep -q folio_set_referenced "$tmp/patched/mm/gup.c"
ok $? "the patched file is what docs/adding.md says"

# ---- an architecture of which this machine has neither compiler nor QEMU ----
sed 's/^\(cross\|qemu\)\t.*/\1\ttoy-linux-gnu-/' "$kernels/arch/riscv64.arch" >"$kernels/arch/toy.arch"
cp "$kernels/arch/riscv64.config" "$kernels/arch/toy.config"
printf 'title\ta toy\nrole\tstock\narch\ttoy\ndesign\tstatic\n' >"$kernels/scenarios/toy-stock"
"$build/ptbench" kernels list toy-stock | grep -q 'riscv64-4k-57 *static *a toy'
ok $? "a new architecture: its .arch and its .config are enough to be listed"
"$kernels/build" --verdicts toy-stock >"$tmp/out" 2>"$tmp/err"
grep -q $'toy-stock\tSKIPPED\ttoy-linux-gnu-gcc not found; install the Debian package gcc-toy-linux-gnu' "$tmp/out"
ok $? "they are enough for kernels/build: skipped without its compiler, with the package"
run=$("$build/ptbench" kernels run --out "$tmp/runs" toy-stock 2>"$tmp/err")
[ $? -eq 3 ] && grep -q 'toy-stock.static: skipped: toy-linux-gnu- cannot be run; scripts/deps installs it' "$tmp/err" &&
	"$build/ptbench" validate "$run" >/dev/null
ok $? "they are enough for kernels run: skipped without its QEMU, with status 3"

finish
