#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/deps says what is missing and why, installs only that, and gives up with the list.
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

# A machine of our own: a PATH with the tools that the script itself uses, a dpkg-query for which
# everything but PTB_MISSING is installed, an id that is not root, and an apt-get that records.
bin=$tmp/bin
mkdir "$bin"
for tool in bash env mktemp rm tail cat; do ln -s "$(command -v $tool)" "$bin/$tool"; done
cat >"$bin/dpkg-query" <<'END'
#!/usr/bin/env bash
for last; do :; done
[[ " $PTB_MISSING " == *" $last "* ]] && exit 1
echo -n installed
END
cat >"$bin/id" <<'END'
#!/usr/bin/env bash
echo "${PTB_UID:-1000}"
END
fake_apt() {
	cat >"$bin/apt-get" <<'END'
#!/usr/bin/env bash
echo "$@" >>"$PTB_LOG"
exit "${PTB_APT_RC:-0}"
END
	chmod +x "$bin/apt-get"
}
chmod +x "$bin/dpkg-query" "$bin/id"

deps() { # environment..., then the words of scripts/deps
	local e=()
	while [[ ${1:-} == *=* ]]; do e+=("$1"); shift; done
	env -i PATH="$bin" PTB_LOG="$tmp/apt.log" "${e[@]}" bash "$here/scripts/deps" "$@" \
		>"$tmp/out" 2>&1 </dev/null
}

deps PTB_MISSING= build report
ok $((! ($? == 0 && $(wc -c <"$tmp/out") == 0))) "nothing missing: exit 0 and not a word"

deps "PTB_MISSING=libjansson-dev bc" build kernels
[ $? -eq 1 ] && grep -q 'no apt-get' "$tmp/out" && grep -q '^  libjansson-dev bc$' "$tmp/out" &&
	grep -q 'libjansson-dev .*JSON' "$tmp/out"
ok $? "without apt-get: exit 1, the packages in one line, and why each is needed"

fake_apt
deps "PTB_MISSING=bc" kernels
[ $? -eq 1 ] && grep -q 'neither root nor sudo' "$tmp/out" && grep -q '^  bc$' "$tmp/out"
ok $? "without rights: exit 1 and the packages"

: >"$tmp/apt.log"
deps "PTB_MISSING=bc" PTB_UID=0 kernels &&
	[ "$(cat "$tmp/apt.log")" = "-q -y install --no-install-recommends bc" ]
ok $? "as root: installs what is missing and nothing else"

deps "PTB_MISSING=bc" PTB_UID=0 PTB_APT_RC=100 kernels
[ $? -eq 1 ] && grep -q 'apt-get update failed' "$tmp/out" && grep -q '^  bc$' "$tmp/out"
ok $? "apt-get fails: exit 1 and the packages"

deps "PTB_MISSING=chromium" --check test
[ $? -eq 1 ] && grep -q chromium "$tmp/out"
ok $? "--check says what is missing and exits 1"

deps PTB_MISSING= nonsense
[ $? -eq 2 ] && grep -q 'no such set or option: nonsense' "$tmp/out"
ok $? "an unknown set is a usage error"

echo "1..$nr"
exit $failed
