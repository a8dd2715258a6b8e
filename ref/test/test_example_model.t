#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The worked example of docs/explorer.md, a model in a file of its own: the very text is compiled, listed
# as the text says, and both come out as claimed.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../../scripts/tap.sh"

block() { # TEXT
	python3 "$root/scripts/test/example.py" block "$root/docs/explorer.md" "$1"
}
block "\`ref/explore/model_seqcount.c\`:" >"$tmp/model_seqcount.c"
grep -q 'explore_seqcount_models\[\] = {' "$tmp/model_seqcount.c"
ok $? "docs/explorer.md has a file"
mapfile -t lines < <(grep -x $'extern const struct explore_model explore_seqcount_models\\[\\];\|\texplore_seqcount_models,' "$root/docs/explorer.md")
is ${#lines[@]} 2 "docs/explorer.md has the lines that list it"
cp "$root"/ref/explore/models.{h,c} "$tmp"
sed -i "s/^extern const struct explore_model explore_gup_models\[\];/&\n${lines[0]}/" "$tmp/models.h"
sed -i "s/^static const struct explore_model \*const lists\[\] = {/&\n${lines[1]}/" "$tmp/models.c"

flags=(-std=gnu11 -O2 -fno-strict-aliasing -fno-common -Wall -Wextra -Wno-unused-parameter -Wmissing-prototypes
	-Wstrict-prototypes -Wshadow -Werror -D_GNU_SOURCE -DREF_MODEL -I"$root/scripts/include" -I"$root/ref/include" -I"$root/results/include")
model() { # PROGRAM: ptbench explore with these models, before the library that knows the others alone
	gcc "${flags[@]}" -o "$tmp/$1" "$root"/bench/{test/explore_main,cmd_explore,explore_run,interrupt}.c \
		"$tmp"/model{s,_seqcount}.c "$build/libresults.a" "$build/model/librefexplore.a" -ljansson -lm -lpthread \
		>"$tmp/log" 2>&1 || { head -n 20 "$tmp/log" | sed 's/^/# /'; return 1; }
}
model explore
ok $? "it compiles without a warning"
"$tmp/explore" -q seqcount >"$tmp/out"
ok $? "both models come out as claimed"
grep -q '^seqcount/looks_again *good .* clean$' "$tmp/out" &&
	grep -q '^seqcount/looks_once *busted .* caught: both words are of one write$' "$tmp/out"
ok $? "one clean, one caught"
"$tmp/explore" -q seqcount/looks_once | grep -q '^ *[0-9]* .*write a = 1'
ok $? "the interleaving has the names that the model gives"
"$tmp/explore" -q --no-reduction seqcount >/dev/null
ok $? "the same without the reduction"

# Where the good reader looks once too, it is no longer clean.
sed -i 's/^static const bool yes = true, no = false;/static const bool yes = false, no = false;/' "$tmp/model_seqcount.c"
model busted && "$tmp/busted" -q seqcount >"$tmp/out"
is "$?$(grep -c '^seqcount/looks_again .*FAILED, broken: both words' "$tmp/out")" 11 "without its second look it fails"
finish
