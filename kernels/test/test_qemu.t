#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# PTBENCH_QEMU names a folder with another build of QEMU: its programs are run with its firmware,
# one that is missing is a skip, a wrong folder is an error, and compare tells two versions apart.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"
# shellcheck source=kernels/test/fake_tree.sh
. "$(dirname "$0")/fake_tree.sh"
fake=$PTBENCH_QEMU
unset PTBENCH_QEMU
sed -i 's/^qemu q$/qemu qemu-system-fake/' "$tree/kernels/arch/fake.arch"
sed 's/^qemu .*/qemu qemu-system-other/' "$tree/kernels/arch/fake.arch" >"$tree/kernels/arch/other.arch"
cp -r "$tmp/build/guest-fake" "$tmp/build/guest-other"
for arch in fake other; do
	printf 'title t\narch %s\nrole stock\ndesign static\nappend fake=good\n' "$arch" >"$tree/kernels/scenarios/on-$arch"
done

qemu() { # FILE [VERSION]: makes a QEMU that notes its arguments in FILE.words
	mkdir -p "$(dirname "$1")"
	cat >"$1" <<END
#!/bin/bash
printf '%s\n' "\$@" >>"\$0.words"
[ "\$1" != --version ] || { echo "QEMU emulator version ${2:-10.0.2}"; exit; }
exec '$fake' "\$@"
END
	chmod +x "$1"
}
run() { # FOLDER SCENARIO...
	PTBENCH_QEMU=$1 "$build/ptbench" kernels run --out "$tmp/runs" --only costs "${@:2}" >"$tmp/out" 2>"$tmp/err"
}
of() { # PART WHAT: "STATE REASON" of a part, or a key of its environment
	python3 - "$tmp/runs/latest" "$1" "$2" <<'END'
import json, sys
folder, part, what = sys.argv[1:]
if what == "command":
    sys.exit(print(json.load(open(f"{folder}/{part}.json"))["command"], end=""))
for p in json.load(open(folder + "/run.json"))["parts"]:
    if p["name"] == part and what == "state":
        print(p["state"], p["reason"] or "", end="")
    elif p["name"] == part:
        print(json.load(open(f"{folder}/{part}.json"))["provenance"]["environment"].get(what), end="")
END
}
firmware() { grep -A1 -x -e -L "$1.words" | grep -vx -e -L -e -- | sort -u | paste -sd' '; } # PROGRAM: the folders after -L

# ---- where the programs and their firmware are ----
a=$tmp/a b=$tmp/b/build c=$tmp/c d=$tmp/d
qemu "$a/bin/qemu-system-fake"
mkdir -p "$a/share/qemu" "$a/share/seabios" "$tmp/b/share/qemu" "$c/usr/share/qemu" "$tmp/share/seabios"
run "$a" on-fake
is "$?$(of on-fake.icount-1cpu state)" "0passed " "a folder with bin"
is "$(of on-fake.icount-1cpu qemu)" "QEMU emulator version 10.0.2" "the document has that QEMU's version"
is "$(of on-fake.icount-1cpu qemu_folder),$(of on-fake.icount-1cpu qemu_stand_in)" "$a,None" "and the folder, and no stand-in"
is "$(of on-fake.icount-1cpu command)" "env PTBENCH_QEMU=$a ptbench kernels run on-fake" "the command that makes it again sets it"
KSRC="$tmp/my linux#v6.12" run "$a" on-fake
is "$(of on-fake.icount-1cpu command)" "env 'KSRC=$tmp/my linux#v6.12' PTBENCH_QEMU=$a ptbench kernels run on-fake" "and the source that KSRC named"
is "$(head -n 1 "$tmp/err")" "PTBENCH_QEMU is set: QEMU is the one in $a" "a message names the folder"
is "$(firmware "$a/bin/qemu-system-fake")" "$a/share/qemu $a/share/seabios" "its firmware is named, when it is tried and when it boots"
is "$(grep -cx -e -L "$a/bin/qemu-system-fake.words"),$(grep -cx -e -S -e -kernel "$a/bin/qemu-system-fake.words")" 8,4 "in both, and not for --version"
qemu "$b/qemu-system-fake"
run "$b" on-fake
is "$?$(firmware "$b/qemu-system-fake")" "0$b/../share/qemu" "a folder of programs, with share beside it"
qemu "$c/usr/bin/qemu-system-fake"
run "$c" on-fake
is "$?$(firmware "$c/usr/bin/qemu-system-fake")" "0$c/usr/share/qemu" "unpacked packages"
qemu "$d/bin/qemu-system-fake"
run "$d" on-fake
is "$?$(firmware "$d/bin/qemu-system-fake")" "0" "without firmware, no -L"
(cd "$d" && run . on-fake)
is "$?$(of on-fake.icount-1cpu qemu_folder)" "0." "a relative folder"

# ---- programs that are missing, or cannot be run ----
run "$a" on-fake on-other
is "$?$(of on-fake.icount-1cpu state)" "0passed " "a program is missing: the others are run"
is "$(of on-other.static state)" "skipped there is no qemu-system-other in $a, the folder of PTBENCH_QEMU" "it is a skip that names the folder"
printf '#!/bin/sh\nexit 127\n' >"$d/bin/qemu-system-fake"
run "$d" on-fake
is "$?$(of on-fake.static state)" "3skipped $d/bin/qemu-system-fake cannot be run; with --version it says why" "a program that cannot be run"

# ---- wrong values ----
latest=$(readlink "$tmp/runs/latest")
mkdir -p "$tmp/empty/bin" "$tmp/dirs/bin/qemu-system-fake"
: >"$tmp/file"
how="set it to the folder of a QEMU, with bin/qemu-system-ARCH or qemu-system-ARCH in it, or unset it for the QEMU in PATH"
refused() { # FOLDER WHY TEXT
	run "$1" on-fake
	is "$?$(cat "$tmp/err")" "2PTBENCH_QEMU=$1: $2; $how" "$3"
}
refused "$tmp/nonesuch" "there is no such folder or program" "no such folder"
refused "$tmp/empty" "no QEMU is in this folder" "nothing in it"
refused "$tmp/file" "this is neither a folder nor a program" "a file that is no program"
refused nonesuch "there is no such folder or program" "a name that is not in PATH"
PTBENCH_QEMU=$tmp/empty "$build/ptbench" kernels ab --out "$tmp/runs" --base "$tree" --head "$tree" on-fake >"$tmp/out" 2>"$tmp/err"
is "$?$(grep -c 'no QEMU is in this folder' "$tmp/err")" 21 "so in kernels ab"
PTBENCH_QEMU=$tmp/empty "$build/ptbench" kernels profile --case gup_fast/walk --out "$tmp/runs" on-fake >"$tmp/out" 2>"$tmp/err"
is "$?$(grep -c 'no QEMU is in this folder' "$tmp/err")" 21 "and in kernels profile"
PTBENCH_QEMU=$tmp/empty "$build/ptbench" bench --no-native --no-report on-fake >"$tmp/out" 2>"$tmp/err"
is "$?$(grep -c 'no QEMU is in this folder' "$tmp/err")" 21 "and in bench"
is "$(readlink "$tmp/runs/latest"),$(ls "$tree/results" 2>/dev/null)" "$latest," "none of them made a run"
run "$tmp/dirs" on-fake
is "$?$(of on-fake.static state)" "3skipped there is no qemu-system-fake in $tmp/dirs, the folder of PTBENCH_QEMU" "a folder of that name is no program"

# ---- a program that stands in, as ever ----
run "$fake" on-fake
is "$?$(of on-fake.icount-1cpu qemu_stand_in),$(of on-fake.icount-1cpu qemu_folder)" "0$fake,None" "a program stands in for QEMU"
mkdir "$tmp/path"
ln -s "$fake" "$tmp/path/standin"
PATH=$tmp/path:$PATH run standin on-fake
is "$?$(of on-fake.icount-1cpu qemu_stand_in)" 0standin "one in PATH, too"

# ---- folders of any name ----
odd="$tmp/a,b it's \"\$x\" \`id\` ;&=%s"
qemu "$odd/bin/qemu-system-fake"
mkdir -p "$odd/share/qemu"
run "$odd" on-fake
is "$?$(of on-fake.icount-1cpu qemu_folder)" "0$odd" "a comma, quotes and blanks in the name"
is "$(firmware "$odd/bin/qemu-system-fake")" "$odd/share/qemu" "and in that of its firmware"
ugly=$tmp/$'\e[2J\xff'
qemu "$ugly/bin/qemu-system-fake"
run "$ugly" on-fake on-other
is "$?$(of on-fake.icount-1cpu qemu_folder)" "0$tmp/\\x1b[2J\\xff" "what a terminal would obey is written out in the document"
is "$(of on-other.static state)" "skipped there is no qemu-system-other in $tmp/\\x1b[2J\\xff, the folder of PTBENCH_QEMU" "and in the reason"
grep -q $'\e' "$tmp/err"
is $? 1 "and not printed"
long=$tmp/$(printf '%0250d/%0250d/%0250d' 0 0 0)
qemu "$long/bin/qemu-system-fake"
run "$long" on-fake
is "$?$(of on-fake.icount-1cpu state)" "0passed " "a long name"

# ---- what compare says ----
compare() { # FOLDER OPTION...: of a's run with that folder's
	run "$a" on-fake
	base=$(readlink -f "$tmp/runs/latest")
	run "$1" on-fake
	"$build/ptbench" compare "${@:2}" --base "$base" "$tmp/runs/latest" >"$tmp/out" 2>"$tmp/err"
}
compare "$b"
is "$?$(grep -c 'environments differ' "$tmp/out")" 00 "one version in two folders is one emulator"
qemu "$tmp/e/bin/qemu-system-fake" 7.2.0
compare "$tmp/e"
is "$?$(grep -c 'these are counts of two emulators; --ignore qemu compares them' "$tmp/out")" 31 "two versions are not compared, and why"
is "$(grep -c qemu_folder "$tmp/out")" 0 "the folders do not matter"
compare "$tmp/e" --ignore qemu
is "$?$(grep -c 'counts of two emulators are compared: ' "$tmp/out")" 01 "compared all the same: said"

finish
