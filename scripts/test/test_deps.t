#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/deps prints which of the requested packages are missing, and why they are needed, installs
# only those, accepts tools that are not from packages, and prints the list when it gives up.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nr=0
failed=0

ok() { # status, text
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; sed 's/^/# /' "$tmp/out"; fi
}

# A fake machine: a PATH with the tools that the scripts themselves use, a dpkg-query for which all
# but PTB_MISSING is installed, an apt-cache that knows PTB_KNOWN and the packages with one name but
# PTB_UNKNOWN, an id that is not root, a uname, and an apt-get that records its calls, and refuses what
# apt-cache does not know.
bin=$tmp/bin
mkdir "$bin"
for tool in awk bash cat cut dirname env grep mktemp nproc paste rm sed sort tail tr; do ln -s "$(command -v $tool)" "$bin/$tool"; done
fake() { # NAME: the script on stdin
	{ echo '#!/usr/bin/env bash'; cat; } >"$bin/$1"
	chmod +x "$bin/$1"
}
# Every name in the lists of packages.
sed -n 's/^package[[:blank:]]*\([^ ]*\).*/\1/p' "$here"/kernels/arch/*.arch | tr '|' '\n' >"$tmp/all"
sed -n '/^	cat <<-.END/,/^	END/s/^		\([a-z0-9.+-]*\) *\(build\|kernels\|report\|test\|versions\) .*/\1/p' "$here/scripts/deps" >>"$tmp/all"
fake dpkg-query <<'END'
while read -r package; do
	[[ " $PTB_MISSING " == *" $package "* ]] || echo "$package installed"
done <"$PTB_ALL"
END
# Names of packages that have several.
sed -n 's/^package[[:blank:]]*\([^ ]*|[^ ]*\).*/\1/p' "$here"/kernels/arch/*.arch | tr '|' '\n' >"$tmp/several"
fake apt-cache <<'END'
for last; do :; done
if [[ " $PTB_UNKNOWN " != *" $last "* ]] && ! grep -qxF -- "$last" "$PTB_SEVERAL" ||
	[[ " ${PTB_KNOWN:-qemu-system-misc} " == *" $last "* ]]; then
	echo "Package: $last"
fi
END
# shellcheck disable=SC2016 # variables of the fake scripts
fake id <<<'echo "${PTB_UID:-1000}"'
# shellcheck disable=SC2016
fake uname <<<'echo "${PTB_MACHINE:-x86_64}"'
fake_apt() {
	fake apt-get <<'END'
echo "$@" >>"$PTB_LOG"
for word; do [[ " $PTB_UNKNOWN " != *" $word "* ]] || exit 100; done
exit "${PTB_APT_RC:-0}"
END
}

deps() { # NAME=VALUE... of the environment, then the arguments of scripts/deps
	local e=()
	while [[ ${1:-} == *=* ]]; do e+=("$1"); shift; done
	: >"$tmp/apt.log"
	env -i PATH="$bin" PTB_LOG="$tmp/apt.log" PTB_ALL="$tmp/all" PTB_SEVERAL="$tmp/several" PTB_MISSING= PTB_UNKNOWN= "${e[@]}" bash "$here/scripts/deps" "$@" \
		>"$tmp/out" 2>&1 </dev/null
}
# installs PACKAGES: was this the only call of apt-get?
installs() { [ "$(cat "$tmp/apt.log")" = "-q -y install --no-install-recommends $1" ]; }
silent() { [ ! -s "$tmp/out" ]; }

deps build kernels report && silent
ok $? "nothing missing: exit 0 and no output"

deps "PTB_MISSING=libjansson-dev bc" build kernels
[ $? -eq 1 ] && grep -q '^  <jansson.h> of gcc  *libjansson-dev  *.*JSON' "$tmp/out" &&
	grep -q '^  bc  *bc  *kernel build' "$tmp/out" && [ "$(grep -c '^  ' "$tmp/out")" -eq 2 ] &&
	grep -q "no apt-get here; install what has these by this system's own means" "$tmp/out"
ok $? "without apt-get: exit 1, what is missing, what Debian calls it, why, and how to go on"

rm "$bin/dpkg-query"
deps --check build
[ $? -eq 1 ] && grep -q '^  objdump  *binutils' "$tmp/out" && grep -q '^  <benchmark/benchmark.h> of g++  *libbenchmark-dev' "$tmp/out"
ok $? "without dpkg: the same"
fake dpkg-query <<'END'
while read -r package; do
	[[ " $PTB_MISSING " == *" $package "* ]] || echo "$package installed"
done <"$PTB_ALL"
END

fake_apt
deps "PTB_MISSING=bc" kernels
[ $? -eq 1 ] && grep -q 'neither root nor sudo' "$tmp/out" && grep -q '^  bc$' "$tmp/out"
ok $? "without rights: exit 1 and the packages"

deps "PTB_MISSING=bc" PTB_UID=0 kernels && installs bc
ok $? "as root: installs what is missing and nothing else"

deps "PTB_MISSING=bc" PTB_UID=0 PTB_APT_RC=100 kernels
[ $? -eq 1 ] && grep -q 'apt-get update failed' "$tmp/out" && grep -q '^  bc$' "$tmp/out"
ok $? "apt-get fails: exit 1 and the packages"

deps "PTB_MISSING=chromium" --check test
[ $? -eq 1 ] && grep -q chromium "$tmp/out"
ok $? "--check says what is missing and exits 1"

deps nonsense
[ $? -eq 2 ] && grep -q 'no such set or option: nonsense' "$tmp/out"
ok $? "an unknown set is a usage error"

# ---- only what the scenarios need ----
has() { for word; do grep -qx "$word" "$tmp/out" || return 1; done; }
lacks() { for word; do ! grep -qx "$word" "$tmp/out" || return 1; done; }
deps --list kernels && has flex qemu-system-x86 gcc-s390x-linux-gnu libc6-dev-s390x-cross &&
	lacks gcc-aarch64-linux-gnu libc6-dev-armhf-cross qemu-system-ppc
ok $? "by default the packages that the list BENCH needs"
deps --list --scenarios arm64-4k-48-stock kernels && has flex gcc-aarch64-linux-gnu qemu-system-arm &&
	lacks gcc-s390x-linux-gnu qemu-system-x86 qemu-system-misc
ok $? "--scenarios: the packages that these scenarios need"
deps --list --scenarios '' kernels && has gcc-s390x-linux-gnu && lacks gcc-aarch64-linux-gnu
ok $? "an empty --scenarios stands for BENCH"
every() { # has the output the C library of every architecture?
	local file
	for file in "$here"/kernels/arch/*.arch; do
		has "$(sed -n 's/^package[[:blank:]]*\(libc6[^ ]*\).*/\1/p' "$file")" || [[ $file == */x86_64.arch ]] || return 1
	done
}
deps --list all && every
ok $? "the list all needs a C library of every architecture"
deps "PTB_MISSING=gcc-aarch64-linux-gnu" --check --scenarios s390x-static kernels && silent
ok $? "packages for other architectures are not asked for"
deps --scenarios nosuch kernels
[ $? -eq 2 ] && grep -q "no scenario 'nosuch'" "$tmp/out"
ok $? "an unknown scenario: exit 2, and the names of all"
deps PTB_MACHINE=s390x --list kernels && has gcc-x86-64-linux-gnu libc6-dev-amd64-cross && lacks gcc-s390x-linux-gnu libc6-dev-s390x-cross
ok $? "a machine's own architecture needs no cross compiler"

# ---- packages whose name differs between releases ----
deps PTB_UID=0 "PTB_MISSING=qemu-system-s390x qemu-system-misc" kernels && installs qemu-system-misc
ok $? "Debian 12: the QEMU of s390x is in qemu-system-misc"
deps PTB_UID=0 "PTB_MISSING=qemu-system-s390x qemu-system-misc" "PTB_KNOWN=qemu-system-s390x qemu-system-misc" kernels && installs qemu-system-s390x
ok $? "Debian 13: the QEMU of s390x has a package of its own"
deps PTB_UID=0 "PTB_MISSING=qemu-system-s390x" kernels && silent
ok $? "either package is enough"

# ---- packages that this release lacks ----
unknown="PTB_UNKNOWN=gcc-loongarch64-linux-gnu libc6-dev-loong64-cross"
left_out() { # PACKAGE WHY
	grep -qF "apt knows no package $1 ($2), which Debian has since 13: scenarios that need it are skipped" "$tmp/out"
}
deps PTB_UID=0 "$unknown" "PTB_MISSING=${unknown#*=} gcc-aarch64-linux-gnu" --scenarios LIST kernels &&
	[ "$(tail -n 1 "$tmp/apt.log")" = '-q -y install --no-install-recommends gcc-aarch64-linux-gnu' ] &&
	left_out gcc-loongarch64-linux-gnu 'builds loongarch64 kernels and guests' &&
	left_out libc6-dev-loong64-cross 'the C library of loongarch64 guests'
ok $? "what an architecture needs and apt does not know is left out, and said; the rest is installed"
deps PTB_UID=0 "$unknown" "PTB_MISSING=${unknown#*=}" --scenarios LIST kernels && [ "$(wc -l <"$tmp/apt.log")" -eq 2 ] &&
	! grep -q Installed "$tmp/out"
ok $? "nothing but what apt does not know: nothing is installed, exit 0"
for word in bc gcc-aarch64-linux-gnu; do
	deps PTB_UID=0 "PTB_UNKNOWN=$word" "PTB_MISSING=$word" --scenarios LIST kernels
	[ $? -eq 1 ] && grep -q 'apt-get install failed' "$tmp/out"
	ok $? "what every kernel, or an architecture of every release, needs and apt does not know: exit 1 ($word)"
done

# ---- tools that are not from packages ----
missing="PTB_MISSING=gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-system-s390x qemu-system-misc libjansson-dev libelf-dev linux-source-6.12"
deps "$missing" PTB_UID=0 build kernels
for word in gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-system-misc libjansson-dev libelf-dev; do
	grep -qw -- "$word" "$tmp/apt.log" || { word=; break; }
done
[ -n "$word" ]
ok $? "without a stand-in all of them are installed"
fake qemu-system-s390x <<<''
fake s390x-linux-gnu-gcc <<<'[[ $* != *-static* ]]' # finds no libc.a
fake gcc <<<'! grep -q "<gelf.h>"'
deps "$missing" PTB_UID=0 KSRC=/some/tree build kernels && installs 'libelf-dev libc6-dev-s390x-cross'
ok $? "a command, a header and KSRC stand in for packages; a library that the compiler cannot find is asked for"
fake s390x-linux-gnu-gcc <<<''
deps "$missing" PTB_UID=0 KSRC=/some/tree build kernels && installs libelf-dev
ok $? "a compiler that links static programs needs no C library's package"

echo "1..$nr"
exit $failed
