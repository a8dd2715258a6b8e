#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The code of the walkers: nothing of the format is left to decide at run time, and which designs
# compile to the same code is proved by comparing it.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
build=${PTBENCH_BUILD:-$here/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
nr=0
failed=0

ok() { # status, text
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then echo "ok $nr - $2"; else echo "not ok $nr - $2"; failed=1; fi
}

# A check of code that depends on the compiler has to hold with gcc 12; with another it is skipped, and the
# skip says whether it holds.
of_gcc12() { # object, status, text
	local by
	by=$(readelf -p .comment "$1" | sed -n 's/^ *\[ *[0-9a-f]*\] *//p' | head -n 1)
	case $by in
	GCC:*' '12.*) ok "$2" "$3" ;;
	*)
		nr=$((nr + 1))
		echo "ok $nr - $3 # SKIP required of gcc 12 only; with $by it $([ "$2" -eq 0 ] && echo holds || echo does not hold)"
		;;
	esac
}

skip_all() { # reason
	echo "1..0 # SKIP $1"
	exit 0
}

# One function of an object, without addresses, its own name or the padding behind it, but with
# its relocations: two functions that print the same are the same code.
code() { # objdump, object, function
	[ -e "$tmp/$(basename "$2").$1" ] ||
		"$1" -dr --no-show-raw-insn --no-addresses "$2" >"$tmp/$(basename "$2").$1"
	sed -n "/^<$3>:\$/,/^\$/p" "$tmp/$(basename "$2").$1" | sed 1d |
		sed -E -e "s/<$3(\+0x[0-9a-f]+)?>/<self\1>/g" -e 's/ *#.*$//' -e 's/[ \t]+/ /g' |
		awk '/^ ?$/ || /^ (nop|data16|cs nop|xchg %ax,%ax)/ { held = held $0 "\n"; next }
		     { printf "%s%s\n", held, $0; held = "" }'
}

size() { # nm, object, function
	"$1" -S "$2" | awk -v f="$3" '$4 == f { print $2 }' | (read -r s && echo $((16#$s)))
}

# Indirect calls and jumps; on s390x "br %r14" returns.
indirect() { # machine
	case $1 in
	x86_64) grep -E '\b(call|jmp)q? \*' ;;
	s390x) grep -E '\b(basr|bcr|br|bctr|nopr) |\bb[a-z]*r %r|\bbasr' | grep -vE '\bbr %r14|nopr?' ;;
	esac
}

# What is left of reading an s390x entry's type: its two bits taken out, by mask or by rotation. (A
# mask of $0x3 may be the low bits of a folio's mapping: the shift that comes before tells.)
type_bits() { # machine
	case $1 in
	x86_64) grep -E 'shr[a-z]* [$]0x2,|(and|test)[a-z]* [$]0xc,' ;;
	s390x) grep -E 'tmll %r[0-9]+,12$|risbgz? .*,62,6[23],62$' ;;
	esac
}

designs="static addr_end_folded addr_end_global offset_lockless"

check_machine() { # machine, tool prefix, folder of objects
	local machine=$1 dump=${2}objdump nm=${2}nm objs=$3 f d fn
	local x86=$objs/ref/gup/arch_x86_64.o s390=$objs/ref/gup/arch_s390x.o
	local variants=$objs/ref/test/gup_variants.o

	for f in x86_64_4k_48 x86_64_4k_57 x86_64_4k_57_folded s390x; do
		local o=$x86 bad=0 typed=0 bytes=''
		[ $f = s390x ] && o=$s390
		for d in $designs; do
			fn=gup_fast_${f}_$d
			code "$dump" "$o" "$fn" >"$tmp/$machine.$f.$d"
			[ -s "$tmp/$machine.$f.$d" ] || bad=1
			indirect "$machine" <"$tmp/$machine.$f.$d" >"$tmp/bad" && bad=1 && sed 's/^/# /' "$tmp/bad"
			type_bits "$machine" <"$tmp/$machine.$f.$d" >/dev/null && typed=$((typed + 1))
			bytes="$bytes $d $(size "$nm" "$o" "$fn")"
		done
		ok $bad "$machine: no indirect call is left in the walkers of $f"
		if [ $f = s390x ]; then
			[ $typed -eq 4 ]
			ok $? "$machine: those of $f read an entry's type"
		else
			[ $typed -eq 0 ]
			of_gcc12 "$o" $? "$machine: those of $f do not look for s390x's type bits"
		fi
		echo "# code bytes:$bytes"
	done

	# Where nothing folds per mm the designs are one and the same. GCC for s390x may choose other
	# registers for the second of two equal functions, so there the test only prints it.
	for f in x86_64_4k_48 x86_64_4k_57 x86_64_4k_57_folded; do
		for d in addr_end_folded addr_end_global offset_lockless; do
			local n
			n=$(diff "$tmp/$machine.$f.static" "$tmp/$machine.$f.$d" | grep -c '^>')
			if [ "$machine" = x86_64 ]; then
				of_gcc12 "$x86" $((n != 0)) "$machine: $f $d and static are identical"
			else
				echo "# $machine: $f $d and static: $([ "$n" -eq 0 ] && echo identical ||
					echo "$n lines differ")"
			fi
		done
	done
	for d in addr_end_folded addr_end_global offset_lockless; do
		! cmp -s "$tmp/$machine.s390x.static" "$tmp/$machine.s390x.$d"
		ok $? "$machine: s390x $d and static are not"
	done

	# The check can fail: these two call through a pointer, and read the type on x86_64's tables.
	[ -e "$variants" ] || return 0
	code "$dump" "$variants" gup_fast_x86_64_4k_48_hooked | indirect "$machine" >/dev/null
	ok $? "$machine: a walker with hooks is seen to call indirectly"
}

host=$(uname -m)
case $host in x86_64 | s390x) ;; *) skip_all "no rules for $host's instructions" ;; esac
command -v objdump >/dev/null || skip_all "objdump is not installed (binutils)"
[ -e "$build/obj/ref/gup/arch_s390x.o" ] || skip_all "not built: make O=$build $build/libref.a"
check_machine "$host" '' "$build/obj"

# Every format of every architecture: one pass over each object, one file for each walker.
split_functions() { # objdump, object, folder
	"$1" -dr --no-show-raw-insn --no-addresses "$2" | awk -v dir="$3" '
		/^<gup_fast_.*>:$/ { name = substr($1, 2, length($1) - 3); file = dir "/" name; held = ""; next }
		/^<.*>:$/ { file = "" }
		file == "" { next }
		/^ *$/ || /^[ \t]+(nop|data16|cs nop|xchg +%ax,%ax)/ { held = held $0 "\n"; next }
		{ gsub("<" name "[^>]*>", "<self>"); sub(/ *#.*$/, ""); gsub(/[ \t]+/, " ")
		  printf "%s%s\n", held, $0 >file; held = "" }'
}

check_formats() { # machine, folder of objects
	local machine=$1 all="$tmp/all" objs=$2 f d n=0 bad=0 same
	mkdir -p "$all"
	for f in "$objs"/ref/gup/arch_*.o; do split_functions objdump "$f" "$all"; done
	for f in "$all"/*; do
		n=$((n + 1))
		indirect "$machine" <"$f" >"$tmp/bad" && bad=1 && echo "# ${f##*/}" && sed 's/^/# /' "$tmp/bad"
	done
	[ $n -ge 180 ] && [ $bad -eq 0 ]
	ok $? "$machine: no indirect call is left in any of the $n walkers"
	for f in "$all"/*_static; do
		f=${f%_static}
		same=''
		for d in addr_end_folded addr_end_global offset_lockless align_real reload_real; do
			[ -e "${f}_$d" ] && cmp -s "${f}_static" "${f}_$d" && same="$same $d"
		done
		echo "# $machine: ${f##*/gup_fast_}: the same code as static:${same:- none}"
	done
	if [ "$machine" = x86_64 ]; then
		# Where arm64 folds when compiled alone, its own functions and the generic ones agree
		# but for the P4D that reload_real has the real pointer of.
		cmp -s "$all/gup_fast_arm64_4k_52_static" "$all/gup_fast_arm64_4k_52_reload_real"
		of_gcc12 "$objs/ref/gup/arch_arm64.o" $? \
			"$machine: arm64_4k_52 reload_real and static are identical: nothing is folded"
		! cmp -s "$all/gup_fast_arm64_16k_52_folded_align_real" \
			"$all/gup_fast_arm64_16k_52_folded_reload_real"
		ok $? "$machine: arm64_16k_52_folded align_real and reload_real are not"
	fi
}
check_formats "$host" "$build/obj"

# And as the guests run it, where their compiler is there.
if [ "$host" != s390x ] && command -v s390x-linux-gnu-gcc >/dev/null; then
	mkdir -p "$tmp/s390x/ref/gup"
	for a in x86_64 s390x; do
		s390x-linux-gnu-gcc -D_GNU_SOURCE -I"$here/scripts/include" -I"$here/ref/include" -std=gnu11 -O2 -fno-strict-aliasing \
			-fno-common -DPGT_FMT_HEADER="\"../pgtable/fmt_$a.h\"" -DPGT_ARCH=pgt_arch_$a \
			-DPGT_FORMATS=PGT_FORMATS_$a \
			-c -o "$tmp/s390x/ref/gup/arch_$a.o" "$here/ref/gup/walk.c"
		ok $? "s390x: the walkers of $a compile"
	done
	check_machine s390x s390x-linux-gnu- "$tmp/s390x"
else
	echo "# s390x's code was not looked at: no s390x-linux-gnu-gcc"
fi
echo "1..$nr"
exit $failed
