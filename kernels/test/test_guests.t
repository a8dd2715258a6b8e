#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `make guests` makes the programs that the scenarios boot, no others, and none twice: looks at the
# output of `make -n` on a machine whose cross compilers are stand-ins.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset MAKEFLAGS MAKELEVEL SCENARIOS
nr=0 failed=0

ok() { # STATUS TEXT
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; head -c 2000 "$tmp/err" | sed 's/^/# /'; fi
}

mkdir "$tmp/bin"
for cross in s390x-linux-gnu- aarch64-linux-gnu-; do
	for tool in gcc ar; do printf '#!/bin/sh\necho %s\n' "$cross" >"$tmp/bin/$cross$tool"; done
done
chmod +x "$tmp"/bin/*

would() { # ARGS...: sets made (guests' programs) and compiled (objects, one for each compilation)
	PATH=$tmp/bin:$PATH make -C "$root" -n -j1 O="$tmp/build" guests "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	made=$(grep -o -- "-static -o $tmp/build/guest-[^ ]*" "$tmp/out" | sed "s|.*/build/guest-||" | sort | paste -sd' ')
	counted=$(grep -c -- '--rows >' "$tmp/out")
	compiled=$(grep -o -- "-c -o $tmp/build/[^ ]*\.o" "$tmp/out" | sed "s|.*/build/||" | sort)
}

would
[ "$status" -eq 0 ] && [[ $made == *'s390x/bench/bench-guest s390x/kernels/init'* && $made != *arm64* ]]
ok $? "by default those of the list BENCH"
would SCENARIOS=arm64-4k-48-stock
[ "$made" = 'arm64/bench/bench-guest arm64/kernels/init' ] && ! grep -q '^guest-s390x' <<<"$compiled"
ok $? "of other scenarios their architecture's"
would SCENARIOS=s390x-static
[ "$made" = s390x/kernels/init ] && ! grep -q ref/ <<<"$compiled" && [ "$counted" = 0 ]
ok $? "a scenario without the reference's rows needs PID 1 alone"
would SCENARIOS='s390x-static s390x-stock'
[ "$made" = 's390x/bench/bench-guest s390x/kernels/init' ] && [ "$counted" = 1 ]
ok $? "beside a scenario with these rows: both programs, and the number of rows"
would SCENARIOS=nosuch
[ "$status" -ne 0 ] && grep -q "no scenario 'nosuch'" "$tmp/err"
ok $? "a scenario that is not there is an error, with what there is"

# The architecture of the compiler that builds this machine's programs.
own=$(cd "$root/kernels/arch" && grep -l "^cross[[:blank:]]*$(gcc -dumpmachine)-$" ./*.arch | head -n 1)
own=${own#./} own=${own%.arch}
scenario=$(grep -lr "^arch[[:blank:]]*${own:-none}$" "$root/kernels/scenarios" | xargs -r grep -L '^reference[[:blank:]]*no' | sort | head -n 1)
if [ -n "$scenario" ]; then
	would SCENARIOS="${scenario##*/}"
	[ "$made" = "$own/bench/bench-guest $own/kernels/init" ] && [ -n "$compiled" ] &&
		[ "$(grep -c "^guest-$own/" <<<"$compiled")" -eq 5 ] &&
		! grep -o '\(bench\|kernels\|ref\)/.*' <<<"$compiled" | sed '/case_table_free\|case_gup\|case_gup_steps\|case_kmap\|free_ring/d' | sort | uniq -d | grep -q .
	ok $? "with the machine's own compiler the objects are the machine's, but for those with a flag of their own"
	grep -q -- '-DBENCH_GUEST.* -c -o .*/guest-[^ ]*/bench/case_gup.o' "$tmp/out" &&
		! grep -- '-DBENCH_GUEST' "$tmp/out" | grep -qv '/guest-'
	ok $? "no other object has that flag"
	would SCENARIOS="${scenario##*/}" CC="$tmp/bin/s390x-linux-gnu-gcc"
	grep -q "^guest-$own/obj/ref/" <<<"$compiled"
	ok $? "with another compiler they are compiled apart"
else
	for what in 'objects of its own' 'its flag' 'another compiler'; do
		nr=$((nr + 1))
		echo "ok $nr - $what # SKIP no scenario of this machine's architecture"
	done
fi

echo "1..$nr"
exit $failed
