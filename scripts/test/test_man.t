#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ptbench(1) has the text of --help of the program and of every subcommand, word for word, with each
# option as a term of its own; and groff has no warnings.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$root" || exit 1

# Prints the subcommands that the --help of the program, or of kernels, lists.
listed() { # ARGUMENT...: those before --help
	"$build/ptbench" "$@" --help | sed -n 's/^  \([a-z]*\)  *[^ ].*/\1/p'
}
mapfile -t names < <(listed; listed kernels | sed 's/^/kernels /')
[ "${#names[@]}" -ge 13 ]
ok $? "the program has subcommands: ${names[*]}"

# Prints the roff of a subcommand's section.
section() { # PAGE NAME
	awk -v name=".SS \"ptbench $2\"" '/^\.S[HS]/ { on = $0 == name; next } on' "$1"
}
plain() { # roff to words
	sed -e 's/^\.B //' -e '/^\.[A-Z]/d' -e '/^\.[a-z]/d' -e 's/^\\&//' \
		-e 's/\\(ti/~/g; s/\\(ha/^/g; s/\\(ga/`/g' -e "s/\\\\(aq/'/g" -e 's/\\-/-/g; s/\\e/\\/g' | tr -s ' \n' '\n'
}
# Prints the subcommands whose section differs from their --help.
wrong() { # PAGE
	local name text terms
	for name in "${names[@]}"; do
		# shellcheck disable=SC2086 # words
		text=$("$build/ptbench" $name --help)
		terms=$(section "$1" "$name" | sed -n 's/^\.B //p' | sed 's/\\-/-/g')
		[ "$(tr -s ' \n' '\n' <<<"$text")" = "$(section "$1" "$name" | plain)" ] &&
			[ "$(sed '/^Examples:/,$d' <<<"$text" | grep -oE '^ +-[^ ]+' | tr -d ' ')" = "$(grep -oE '^-[^ ]+' <<<"$terms")" ] ||
			echo "$name"
	done
}
scripts/man "$build/ptbench" >"$tmp/ptbench.1" 2>"$tmp/err"
is "$?$(cat "$tmp/err")" 0 "the page is made"
is "$(wrong "$tmp/ptbench.1" | paste -sd,)" "" "each subcommand's section is what its --help says"
cmp -s "$tmp/ptbench.1" "$build/ptbench.1"
ok $? "make man has made the same"
[[ $(awk '/^\.SH DESCRIPTION/ { on = 1; next } /^\.SH/ { on = 0 } on' "$tmp/ptbench.1" | plain) = "$("$build/ptbench" --help | tr -s ' \n' '\n')" ]]
ok $? "the description is that of the program's --help"

# ---- seen to fail: the page of a program that has an option or a subcommand less, or one more ----
other() { # SED-SCRIPT ARGUMENT...: a program whose --help with these arguments is changed so
	cat >"$tmp/other" <<END
#!/bin/sh
case "\$*" in
"${*:2} --help" | "${*:2}--help") "$build/ptbench" "\$@" | sed '$1' ;;
*) exec "$build/ptbench" "\$@" ;;
esac
END
	chmod +x "$tmp/other"
	scripts/man "$tmp/other" >"$tmp/other.1"
	wrong "$tmp/other.1" | paste -sd,
}
is "$(other '/--part PART/d' show)" show "seen: an option that show lacks"
is "$(other '/-j, --json/,+1d' explore)" explore "seen: an option that explore lacks"
is "$(other '/--verdicts/,+1d' kernels build)" "kernels build" "seen: an option that kernels/build, a script, lacks"
is "$(other 's/^  -q, --quiet  /  -q, --quiet /' validate)" validate "seen: an option that is no term of its own"
is "$(other '/^  validate /d')" validate "seen: a subcommand that the program lacks"
is "$(other '/^  bytes /d' kernels)" "kernels,kernels bytes" "seen: a subcommand that kernels lacks"
is "$(other '/^  -a, --all/i\  -z, --zap  say more' compare)" compare "seen: an option that the page lacks"

# ---- roff ----
if command -v groff >/dev/null; then
	is "$(groff -man -ww -Tutf8 -z "$tmp/ptbench.1" 2>&1)" "" "groff has no warnings"
	{ cat "$tmp/ptbench.1"; echo '.nonsense'; } >"$tmp/mutated.1"
	[ -n "$(groff -man -ww -Tutf8 -z "$tmp/mutated.1" 2>&1)" ]
	ok $? "groff would warn of an unknown macro"
else
	skip "there is no groff here" "groff has no warnings"
fi

finish
