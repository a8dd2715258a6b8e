# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2016,SC2034 # make's variables; variables that the tests use
# Sourced by tests of kernels/build: makes a copy of kernels/ in $tmp/suite, with a driver of one file
# and without scenarios, whose KSRC is to be a stand-in for a kernel tree, and runs kernels/build there.
set -u
export LC_ALL=C

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${PTBENCH_BUILD:-$top/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
real_cache=${PTBENCH_CACHE:-${HOME:-/nonexistent}/.cache/ptbench}
export PTBENCH_CACHE=$tmp/cache KSRC=$tmp/linux FAKE_MADE=$tmp/made
nr=0

mkdir -p "$tmp/suite/results/include/results"
cp -r "$top/kernels" "$tmp/suite/"
cp "$top/results/include/results/record.h" "$tmp/suite/results/include/results/"
kernels=$tmp/suite/kernels
# These tests are about the script; the real scenarios need the real kernel.
rm -f "$kernels"/scenarios/* "$kernels"/driver/*.[chS]
printf 'config PTBENCH\n' >"$kernels/driver/Kconfig"
printf 'int driver = 1;\n' >"$kernels/driver/a.c"
printf 'CONFIG_SMP=y\n' >"$kernels/config/common.config"
printf 'CONFIG_64BIT=y\nCONFIG_PCI=n\n' >"$kernels/arch/x86_64.config"

# fake_kernel FOLDER [VERSION]: makes a tree, of 6.12.1 or VERSION, whose Makefile copies its files
# into an "image". It drops the options NO_SUCH, which no Kconfig file defines, and STUCK.
fake_kernel() {
	mkdir -p "$1/mm" "$1/include"
	touch "$1/Kbuild"
	printf 'int gup(void) { return LEVELS; }\n' >"$1/mm/gup.c"
	printf '#define LEVELS 4\n#define UNUSED 1\n' >"$1/include/levels.h"
	local version patchlevel sublevel
	IFS=. read -r version patchlevel sublevel <<<"${2:-6.12.1}"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\n' "$version" "$patchlevel" "$sublevel" >"$1/Makefile"
	printf 'config STUCK\n' >"$1/Kconfig"
	printf '# mm\n' | tee "$1/mm/Makefile" >"$1/mm/Kconfig"
	cat >>"$1/Makefile" <<'EOF'
allnoconfig:
	test -z "$${FAKE_OLD:-}" || { echo '***'; echo '*** Compiler is too old.'; echo '***   Minimum GCC version: 99'; exit 1; }
	grep -v -e '=n$$' -e 'CONFIG_NO_SUCH' -e 'CONFIG_STUCK' $(KCONFIG_ALLCONFIG) | awk '!seen[$$0]++' >$(O)/.config
prepare:
	@echo '  CC      scripts/mod/empty.o'; $${FAKE_WAIT:-:} preparing
.PHONY: .
# "." has the objects that are linked; bzImage needs the loader's, too.
. :
	@echo '  CC      mm/gup.o'; $${FAKE_WAIT:-:} '1 of 3'
	@echo '  AS      mm/ptbench/a.o'; $${FAKE_WAIT:-:} '2 of 3'
	@echo '  CC      lib/late.o'; $${FAKE_WAIT:-:} linking
	@$(if $(FAKE_FORGETS),echo,:) '  CC      mm/never.o'
# The driver alone, and one file of it. That it is compiled apart is not counted as an object.
.PHONY: mm/ptbench/ $(patsubst %.c,%.o,$(wildcard mm/ptbench/*.c))
mm/ptbench/: $(patsubst %.c,%.o,$(wildcard mm/ptbench/*.c))
$(patsubst %.c,%.o,$(wildcard mm/ptbench/*.c)): %.o: %.c
	@mkdir -p $(O)/mm/ptbench
	@gcc -Werror=implicit-function-declaration -c -o $(O)/$@ $<
bzImage: .
	sleep $${FAKE_SLEEP:-0}
	! test -f $(O)/partial || ! echo "partial target was believed"
	mkdir -p $(O)/arch/x86/boot $(O)/include/config
	echo $(VERSION).$(PATCHLEVEL).$(SUBLEVEL) >$(O)/include/config/kernel.release
	@echo '  CC      arch/x86/boot/main.o'
	@echo '  CC      arch/x86/boot/head.o'
	echo $(O) >>$(FAKE_MADE)
	@test -n "$(KCFLAGS)" || test -z "$${FAKE_WARNS:-}" || for i in 1 2; do echo "mm/gup.c:$$i:5: warning: odd"; done
	test -z "$${FAKE_FAIL:-}" || { echo "mm/gup.c:1: error: it is meant to fail"; exit 1; }
	cat mm/*.[ch] mm/ptbench/* include/*.h $(O)/.config >$(O)/arch/x86/boot/bzImage
	gcc -ffreestanding -nostdlib -static -Wl,-e,gup -include include/levels.h -o $(O)/vmlinux mm/gup.c
	nm $(O)/vmlinux >$(O)/System.map
	mkdir -p $(O)/mm/ptbench $(O)/lib
	gcc -I include -include levels.h -c -o $(O)/mm/gup.o mm/gup.c
	gcc -c -o $(O)/mm/ptbench/a.o mm/ptbench/a.c
	gcc -c -o $(O)/lib/late.o mm/ptbench/a.c
	cp $(O)/mm/gup.o $(O)/mm/stale.o
	cd $(O) && rm -f vmlinux.a lib/lib.a && ar cDPrST vmlinux.a mm/ptbench/a.o mm/gup.o
	cd $(O) && ar cDPrST lib/lib.a lib/late.o
EOF
}

scenario() { # NAME LINE...
	local name=$1
	shift
	{
		printf 'title\tA test\nrole\tstock\narch\tx86_64\n'
		[ $# -eq 0 ] || printf '%s\n' "$@"
		printf 'design\td\n'
	} >"$kernels/scenarios/$name"
}

run() { # ARGS...: sets out, err, status
	status=0
	out=$("$kernels/build" "$@" 2>"$tmp/err") || status=$?
	err=$(cat "$tmp/err")
}

ok() { # NAME CONDITION...
	local name=$1 verdict=ok
	shift
	nr=$((nr + 1))
	"$@" || verdict='not ok'
	printf '%s %d - %s\n' "$verdict" "$nr" "$name"
	[ "$verdict" = ok ] || printf '# status %s\n# out: %s\n# err: %s\n' "$status" "${out//$'\n'/$'\n# out: '}" "${err//$'\n'/$'\n# err: '}"
}

# fails STATUS PATTERN: did kernels/build end with STATUS, PATTERN on stderr, and nothing on stdout?
fails() { [ "$status" -eq "$1" ] && [[ $err == *$2* ]] && [ -z "$out" ]; }
folder() { [ "$status" -eq 0 ] && [[ $out == "$1"$'\t'"$tmp/cache/image/$1-"* ]] && [ -f "${out#*$'\t'}/info" ]; }
info() { sed -n "s/^$1\t//p" "${out#*$'\t'}/info"; }

