#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/gate in a git repository of its own, over stand-ins for what it builds and measures: which
# revision is the base, what is run, and whose exit status it is.
# shellcheck disable=SC2012 # the names are this test's own
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"
here=$root log=$tmp/log c=$tmp/checkout
mkdir -p "$c/scripts" "$c/kernels/scenarios" "$c/kernels/arch" "$c/kernels/boot" "$c/kernels/profile" "$c/kernels/cmd" "$c/kernels/guest" "$c/results/policy"
cp "$here/scripts/gate" "$here/scripts/layouts" "$c/scripts/"
cp "$here/results/policy/default.json" "$c/results/policy/"
printf 'arch fake\n' | tee "$c/kernels/scenarios/one" "$c/kernels/scenarios/two" >"$c/kernels/arch/fake.arch"
printf '%s\n' one two >"$c/kernels/scenarios/BENCH"
printf 'int main(void) { return 0; }\n' >"$c/init.c"
touch "$c/kernels/guest/a" "$c/kernels/common.expect" "$c/kernels/boot/a" "$c/kernels/profile/a" "$c/kernels/cmd/a"
git() { command git -c user.name=t -c user.email=t@example.org -c init.defaultBranch=main -C "$c" "$@"; }

# A driver's text is its kernel's image. ptbench logs, and makes runs that say what the driver says.
cat >"$c/kernels/build" <<END
#!/bin/bash
[ "\$1" = --verdicts ] && shift
root=\$(cd "\$(dirname "\$0")/.." && pwd)
[ "\$1" != BENCH ] || set -- one two
for s; do
	i=\$(mktemp -d "$tmp/image.XXXXXX")
	{ cat "\$root/driver"; [ \$s = one ] || echo two; } >"\$i/image"
	[ "\$root:\$s" != "\${LACKS:-}" ] || { printf '%s\tSKIPPED\tno compiler\n' "\$s"; continue; }
	printf '%s\t%s\n' "\$s" "\$i"
done
END
cat >"$c/suite.sh" <<'END'
#!/bin/bash
# The suite: ptbench, or bench.
name=$(basename "$0") at=$(cd "$(dirname "$0")" && pwd)
echo "$name ${at#$TEST_TMP/} $* rev=${PTBENCH_REVISION:-}${PTBENCH_BUILD:+ build=$PTBENCH_BUILD}" >>"$TEST_TMP/log"
run() { # PREFIX EXTRA-CYCLES PART: makes a run
	local to=$TEST_TMP/runs/$1.$RANDOM$RANDOM
	mkdir -p "$to"
	/usr/bin/python3 "$TEST_TMP/run.py" "$to" "$2" "$3"
	echo "$to"
}
case $name,$1 in
bench,--ptbench_quiet) root=$at/..
	/usr/bin/python3 "$TEST_TMP/run.py" "$TEST_TMP/static" "$(cat "$root/driver")" ref.static && cp "$TEST_TMP/static/ref.static.json" "${2#*=}" ;;
ptbench,kernels) [ -z "${FAIL:-}" ] || exit 4
	root=$at/..
	run kernels "$(cat "$root/driver")" one.icount-1cpu ;;
ptbench,interleave)
	[ -z "${INTERRUPT:-}" ] || exit 130
	echo "base: $(run base 0 native)"
	echo "head: $(run head 0 native)" ;;
ptbench,*) exec "$TEST_PTBENCH" "$@" ;;
esac
END
cat >"$tmp/run.py" <<END
import json, os, sys
sys.path.insert(0, "$here/results/test")
sys.dont_write_bytecode = True
import fixtures
to, more, part = sys.argv[1:]
n = 500 + int(more)
d = fixtures.doc(fixtures.row(samples=[n] * fixtures.N), part=part, image=more)
d["provenance"]["subject"]["suite"] = os.environ.get("PTBENCH_REVISION") or os.environ["TEST_REVISION"]
if part == "native":
    d["mode"] = "native"
os.makedirs(to, exist_ok=True)
fixtures.TMP = os.path.dirname(to)
json.dump(d, open(f"{to}/{part}.json", "w"), indent=1)
json.dump({"format": "ptbench-run", "version": 1, "command": "x", "started": "2026-01-31T23:00:00Z", "finished": "2026-01-31T23:59:59Z",
           "revision": "abc", "state": "complete", "parts": [fixtures.passed(part)] + [
               {"name": p, "file": None, "state": "skipped", "reason": "no compiler"} for p in os.environ.get("SKIPS", "").split()]}, open(f"{to}/run.json", "w"))
END
cat >"$c/Makefile" <<'END'
O ?= build
all guests: $(O)/ptbench
$(O)/ptbench: suite.sh init.c
	mkdir -p $(O)/guest-fake/kernels && cp suite.sh $@ && cp suite.sh $(O)/bench
	gcc -g -o $(O)/guest-fake/kernels/init init.c && echo fs >$(O)/guest-fs.ext4 && echo rows >$(O)/guest-rows
$(O)/bench: suite.sh
	mkdir -p $(O) && cp suite.sh $@
	echo "layouts $(CC) $(PTBENCH_LAYOUTS) $(PTBENCH_LAYOUT_SEED) $(bench-revision)" >>$(TEST_TMP)/log
	$(if $(wildcard broken),false)
END
echo 0 >"$c/driver"
printf '%s\n' /build/ >"$c/.gitignore"
chmod +x "$c/kernels/build" "$c/suite.sh"
git init -q "$c"
commit() { git add -A && git commit -qm "$1"; }
commit first
first=$(git rev-parse --short=12 HEAD)
export TEST_TMP=$tmp TEST_PTBENCH=$build/ptbench TEST_REVISION=$first
unset PTBENCH_BUILD PTBENCH_REVISION
make -C "$c" -s all

gate() { (cd "$tmp" && : >"$log" && "$c/scripts/gate" --runs "$tmp/runs" "$@") >"$tmp/out" 2>"$tmp/err"; }
says() { grep -q -- "$1" "$tmp/err"; }

# ---- a base ----
gate --base HEAD
is $? 0 "the same revision: exit status 0"
is "$(grep -c '^ptbench .*build kernels' "$log")" 0 "no kernel is booted, since none can differ"
is "$(grep -c 'not run' "$tmp/err")" 2 "which is said of each"
is "$(sed -n 's/^layouts //p' "$log" | paste -sd,)" "../layouts gcc 16 1 $first,scripts/layouts gcc 16 2 $first" \
	"both are built in layouts of their own, and with their revision"
grep -q "^ptbench checkout/build interleave --base build/gate/base-$first/src/build/layouts --head build/gate/head --processes 16" "$log"
ok $? "and measured in turn"
cmp -s <(grep -v '^gate' "$tmp/out") "$c/build/gate/verdict/gate.txt" && for f in md mail json xml; do [ -s "$c/build/gate/verdict/gate.$f" ] || false; done
ok $? "the verdict is printed, and in a file of each format"
echo 3 >"$c/driver"
gate --base HEAD --processes 5 one
is $? 1 "a driver that costs more: exit status 1"
is "$(grep -c '^ptbench .* kernels run .* one rev=' "$log")" 2 "both sides' kernels are booted, the scenarios that were named"
grep -q "src/build kernels run .* rev=$first\$" "$log"
ok $? "the base's by its own ptbench, as its revision"
grep -q 'instructions.*REGRESSED' "$tmp/out"
ok $? "and the row is named"
! grep -q ' build=' "$log"
ok $? "neither is told the other's folder of programs"
says "this checkout (head), each in 5 layouts"
ok $? "--processes is the number of layouts, too"
rm -f "$c/build/gate/verdict/gate.txt"
export PTBENCH_BUILD=build
gate --base HEAD --processes 5 one
is "$?,$(grep -c ' build=' "$log")" 1,0 "nor if PTBENCH_BUILD names it, as make does"
unset PTBENCH_BUILD
echo 0 >"$c/driver"
gate --base HEAD one
is "$?,$(grep -c 'kernels run' "$log")" 0,0 "a driver that is the base's again: nothing is booted"
printf 'int main(void) { return 1; }\n' >"$c/init.c"
gate --base HEAD one
is "$?,$(grep -c '^ptbench .* kernels run .* one rev=' "$log")" 0,2 "another guest program: both are booted"
git checkout -q init.c
for f in arch/fake.expect scenarios/one boot/a; do
	echo '# more' >>"$c/kernels/$f"
	gate --base HEAD one
	is "$?,$(grep -c 'kernels run' "$log")" 0,2 "another $f: both are booted"
	git checkout -q kernels 2>/dev/null
	git clean -fdq kernels
done
LACKS=$c:one gate --base HEAD
is "$?,$(grep -c 'one side alone has it: one' "$tmp/err")" 3,1 "a kernel that this side cannot build any more: status 3"
printf 'arch fake\n' >"$c/kernels/scenarios/three"
sed -i 's/set -- one two/set -- one two three/' "$c/kernels/build"
gate --base HEAD
is "$?,$(grep 'kernels run' "$log" | sed 's/ rev=.*//')" "0,ptbench checkout/build kernels run --out $tmp/runs three" "a scenario that is new: this checkout alone boots it"
git checkout -q kernels
rm "$c/kernels/scenarios/three"
echo 3 >"$c/driver"
FAIL=1 gate --base HEAD
is "$?,$(ls "$c/build/gate/verdict" | wc -l)" 4,0 "the base's kernels fail: exit status 4, and no verdict of before is left"
INTERRUPT=1 gate --base HEAD
is $? 130 "Ctrl-C while measuring: exit status 130"
gate --base nothing
is "$?,$(grep -c 'no such revision' "$tmp/err")" 2,1 "a revision that is none"
touch "$c/broken"
commit broken
git revert --no-edit -q HEAD 2>/dev/null || git revert --no-edit HEAD >/dev/null
gate --base HEAD^
is "$?,$(grep -c 'make failed' "$tmp/err")" 2,1 "a base that cannot be built"
git checkout -q -- . 2>/dev/null
echo 0 >"$c/driver"

# ---- baselines ----
echo >>"$c/driver"
commit clean
echo x >"$c/untracked"
gate --write-baseline
is "$?,$(find "$c/results/" -name '*.json' -path '*baseline*' | wc -l)" 2,0 "a tree with something uncommitted is refused"
says '?? untracked'
ok $? "and what it is is said"
rm "$c/untracked"
gate
is $? 0 "no baseline at all: the one before HEAD is rebuilt"
says "revision HEAD^ is rebuilt instead"
ok $? "which is said"
TEST_REVISION=$(git rev-parse --short=12 HEAD)
base=$TEST_REVISION
gate --write-baseline
is "$?,$(find "$c/results/baseline" -name '*.json' | wc -l)" 0,2 "baselines of the kernel and of the code"
commit baseline
gate
is "$?,$(grep -c interleave "$log")" 0,0 "compared with them, and nothing is rebuilt"
for f in "$c/results/baseline/one.icount-1cpu"-*; do cp "$f" "$c/results/baseline/two.static-0.json"; done
SKIPS='two.static two.kvm-1cpu' gate
is "$?,$(grep -c 'one side alone has it: two.static$' "$tmp/err")" 3,1 "a part that has a baseline, and is skipped here: status 3"
rm "$c/results/baseline/two.static-0.json"
echo 1 >"$c/driver"
gate
is $? 1 "an exact row that costs more: exit status 1"
sed -i 's/image=more)/image=more, env={"qemu": "8.1"})/' "$tmp/run.py"
gate
is $? 1 "another environment: the revision of the baselines is rebuilt, and the row found"
says "one.icount-1cpu: no baseline of this environment"
ok $? "what has none is said"
says "revision $base is rebuilt instead"
ok $? "and which revision"
FAIL=1 gate
is $? 4 "a boot that fails: exit status 4"

for bad in '--processes 0' '--processes x' '--policy /nowhere' --nothing --base; do
	# shellcheck disable=SC2086 # an option and its value
	gate $bad
	is $? 2 "$bad: exit status 2"
done
finish
