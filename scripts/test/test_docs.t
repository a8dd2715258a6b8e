#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# README.md, CONTRIBUTING.md and docs against the tree: the paths, links, make targets and options
# that they name exist, the map has every folder and script, the names every prefix; outputs are
# what commands print, the headline fits the designs, and times have their command. Prose is 80
# columns wide.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"

# ---- paths ----
# Prints paths that a document names and the tree lacks. *, <word> and CAPITALS stand for any text;
# a file whose text follows in the document is an example; build/ and results/runs are made later.
missing_paths() { # DOCUMENT
	python3 - "$root" "$1" <<'END'
import glob, os, re, sys

root, document = sys.argv[1:]
text = open(document, encoding="utf-8").read()
tops = "|".join(re.escape(d) for d in sorted(os.listdir(root))
                if os.path.isdir(os.path.join(root, d)) and d != ".git" and
                not os.path.exists(os.path.join(root, d, "ptbench")))  # but what make made
examples = set(re.findall(r"`([^`\s]+)`[^`\n]*:\n\n```", text))
for name in sorted(set(re.findall(rf"(?<![\w/.~<-])((?:{tops})/[\w./*<>-]+)", text))):
    name = name.rstrip(".-")
    pattern = re.sub(r"<\w+>|\b[A-Z]{2,}\b(?!\.md)", "*", name)
    if name in examples or name.startswith("results/runs"):
        continue
    if not glob.glob(os.path.join(glob.escape(root), pattern)):
        print(name)
END
}
mapfile -t documents < <(cd "$root" && ls README.md CONTRIBUTING.md docs/*.md)
for document in "${documents[@]}"; do
	is "$(missing_paths "$root/$document")" "" "every path of $document is there"
	# shellcheck disable=SC2016 # quotes of the document
	{ cat "$root/$document"; echo 'see `results/metrics.h` and `report/test/test_nothing`'; } >"$tmp/mutated.md"
	is "$(missing_paths "$tmp/mutated.md" | paste -sd,)" "report/test/test_nothing,results/metrics.h" "... and one that is not is found"
done

# ---- links, and the width of prose ----
# Relative links whose file or heading is not there, and lines of prose wider than 80 characters:
# code, tables, and a word that is wider by itself (a URL) may be.
faults() { # DOCUMENT
	python3 - "$root" "$1" "$2" <<'END'
import os, re, sys

root, place, document = sys.argv[1:]


def anchors(path):
    text = re.sub(r"^```.*?^```", "", open(path, encoding="utf-8").read(), flags=re.M | re.S)
    return {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)", text, re.M)}


text = open(document, encoding="utf-8").read()
prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
for target in re.findall(r"\]\(([^)\s]+)\)", prose):
    path, _, anchor = target.partition("#")
    path = os.path.normpath(os.path.join(root, os.path.dirname(place), path)) if path else document
    if "://" in target:
        continue
    if not os.path.exists(path) or (anchor and anchor not in anchors(path)):
        print("link", target)
for line in prose.split("\n"):
    if len(line) > 80 and not re.match(r"\||    |\t", line) and len(line.split()) > 1:
        print("wide", line[:20])
END
}
for document in "${documents[@]}"; do
	is "$(faults "$document" "$root/$document")" "" "the links of $document lead somewhere, and its prose has 80 columns"
done
{ printf 'a line %080d\n' 1; echo '[a](nowhere.md) [b](README.md#nothing)'; cat "$root/README.md"; } >"$tmp/mutated.md"
is "$(faults README.md "$tmp/mutated.md" | paste -sd,)" "link nowhere.md,link README.md#nothing,wide a line 0000000000000" \
	"... and what does not is found"

# ---- the map ----
map=$(sed -n '/^## The map/,/^Data flows/p' "$root/CONTRIBUTING.md")
# A build folder has no fuzz_*.c in it, wherever O= is.
for folder in "$root"/*/fuzz "$root"/{ref,bench,kernels,results,report,scripts}; do
	[ -d "$folder" ] || continue
	[ "${folder##*/}" != fuzz ] || compgen -G "$folder/fuzz_*.c" >/dev/null || continue
	name=${folder#"$root"/}
	grep -qF "\`$name/\`" <<<"$map"
	ok $? "the map has $name/"
done
for script in "$root"/scripts/*; do
	[ -f "$script" ] || continue
	# shellcheck disable=SC2016
	grep '^| `scripts/`' <<<"$map" | grep -qF "\`${script##*/}\`"
	ok $? "the map has scripts/${script##*/}"
done

# ---- names ----
# Prints prefixes of the libraries' global symbols for which docs/design.md has no row.
# shellcheck disable=SC2016 # quotes of the document
prefixes=$(sed -n '/^## Names/,/^## What/s/^| \(.*\) |.*/\1/p' "$root/docs/design.md" | grep -oE '`[a-z]+_`' | tr -d '`')
unnamed() {
	nm -g --defined-only "$build"/lib{ref,refurcu,results}.a 2>/dev/null | awk 'NF == 3 { print $3 }' |
		sed -E 's/^__//; s/^([a-z]+_).*/\1/' | sort -u | grep -vxF "$1"
}
[ "$(wc -l <<<"$prefixes")" -ge 13 ]
ok $? "docs/design.md has a table of prefixes"
is "$(unnamed "$prefixes")" "" "the table has every prefix of the libraries' symbols"
is "$(unnamed "$(grep -v '^thp_$' <<<"$prefixes")")" thp_ "... and a prefix without a row is found"

# ---- make targets, and options ----
help=$(make -s -C "$root" help)
while read -r target; do
	grep -q "^  $target " <<<"$help"
	ok $? "make help has $target"
done < <(cd "$root" && cat "${documents[@]}" | grep -oE '(`|^    )make [a-z-]+' | sed 's/.*make //' | sort -u)
# Prints subcommands in a document that the program lacks, and options that their --help lacks.
strange() { # DOCUMENT...
	local words sub text option
	cat "$@" | sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' | tr '\n' ' ' |
		sed 's/ build\/ptbench/\n&/g; s/`\(build\/\)\?ptbench/\n build\/ptbench/g; s/ make /\n/g' | grep '^ build/ptbench' |
		sed 's/[`#].*//; s/ | .*//; s/     .*//' | sort -u | while read -ra words; do
		sub=("${words[1]:-}")
		[ "${words[1]:-}" != kernels ] || [ ${#words[@]} -lt 3 ] || sub+=("${words[2]}")
		[[ ${sub[*]} =~ ^[a-z][a-z\ ]*$ ]] || continue
		text=$("$build/ptbench" "${sub[@]}" --help 2>/dev/null) || { echo "${sub[*]}"; continue; }
		for option in "${words[@]:2}"; do
			[[ $option == -* ]] || continue
			grep -qE -- "(^|[^a-z-])${option%%=*}([^a-z-]|$)" <<<"$text" || echo "${sub[*]} $option"
		done
	done
}
is "$(cd "$root" && strange "${documents[@]}")" "" "every subcommand and option in the documents exists"
# shellcheck disable=SC2016
printf '%s\n' '`ptbench frobnicate` and' '    build/ptbench show --nonesuch x' 'see `ptbench kernels run --only costs`' >"$tmp/mutated.md"
is "$(strange "$tmp/mutated.md" | paste -sd,)" "frobnicate,show --nonesuch" "... and unknown ones are found"

# ---- README's first screen, and its result ----
first=$(head -n 24 "$root/README.md")
missing=
for text in '**One result:**' '    make bench ' '    make test ' '](report/doc/front-page.png)' '(#on-your-own-tree)' \
	'(docs/running.md#in-ci)' '(docs/design.md)'; do
	grep -qF -- "$text" <<<"$first" || missing+="$text "
done
is "$missing" "" "README.md's first 24 lines have result, picture, two commands, and links for each kind of reader"
"$build/bench" "--ptbench_static=$tmp/static.json" 2>"$tmp/err"
result() { # DOCUMENT: prints the sentence, from the meanings of the document's designs
	python3 - "$1" <<'END'
import json, sys

words = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
axis = next(a for a in json.load(open(sys.argv[1]))["axes"] if a["key"] == "design" and "gup_fast" in a["families"])
wrong = {}
for v in axis["values"]:
    _, _, formats = v["means"].partition(" Returns wrong or too few pages on ")
    wrong[v["value"]] = formats.rstrip(".").split(", ") if formats else []
folded = [d for d in wrong if "arm64-16k-52-folded" in wrong[d]]
s390x = " and ".join(f"`{d}`" for d in wrong if "s390x" in wrong[d])
right = " and ".join(f"`{d}`" for d in wrong if not wrong[d])
print(f"of {words[len(wrong)]} designs by which GUP-fast walks folded levels, {words[len(folded)]} return wrong or "
      f"too few pages on `arm64-16k-52-folded`, and {s390x} (v5.2 to v5.8) does so on `s390x`, too; only {right}, "
      "arm64's own since v6.11, is right wherever it exists.")
END
}
said=$(tr '\n' ' ' <"$root/README.md" | sed 's/.*\*\*One result:\*\* //; s/exists\. .*/exists./')
is "$said" "$(result "$tmp/static.json")" "README.md's result agrees with the designs' own meanings"
sed 's/ Returns wrong or too few pages on arm64-16k-52-folded\././' "$tmp/static.json" >"$tmp/mutated.json"
[ "$said" != "$(result "$tmp/mutated.json")" ]
ok $? "it would not if align_real were right"
read -r page caption < <(sed -n 's/.* In a report: \([A-Za-z]*\) levels, “\(.*\)”\.$/\1 \2/p' "$root/README.md")
grep -qF "\"$page levels\"" "$root/report/pages/folding.c" && grep -qF "\"$caption\"" "$root/report/pages/folding_checks.c"
ok $? "the report has the page and the table that README.md names for it: $page levels, $caption"

# ---- what the explorer prints ----
plain() { sed -E 's/ +$//; s/ +[0-9,]+ +[0-9.]+ s / RATE TIME /; s/ +[0-9,]+ per second +[0-9.]+ s$/ RATE TIME/'; }
example=$(sed -n '/^    \$ build\/ptbench explore /,/^[^ ]/p' "$root/docs/explorer.md" | grep '^    \|^$' | sed 's/^    //')
command=$(head -n 1 <<<"$example" | sed 's/^\$ build\/ptbench //')
# shellcheck disable=SC2086 # words
"$build/ptbench" $command 2>/dev/null | plain >"$tmp/printed"
tail -n +2 <<<"$example" | plain >"$tmp/shown"
[ -s "$tmp/printed" ] && diff "$tmp/shown" "$tmp/printed" >"$tmp/diff"
ok $? "the interleaving of docs/explorer.md is what ptbench $command prints, to its last line" || sed 's/^/# /' "$tmp/diff"

# ---- times ----
command=$(grep '^    SECONDS=0; make bench' "$root/docs/running.md" | sed 's/^    //')
mkdir "$tmp/bin"
printf '#!/bin/sh\necho; echo "== Code: x"; echo "== First answers: y" >&2; echo "report: z"\n' >"$tmp/bin/make"
chmod +x "$tmp/bin/make"
is "$(PATH=$tmp/bin:$PATH bash -c "$command" | sed 's/^[0-9]* s: //' | paste -sd,)" "== First answers: y,report: z" \
	"the command for README.md's times tells when the first answers and the report are there"
grep -q 'heading("First answers: ' "$root/ptbench.c" && grep -q 'printf("\\nreport: ' "$root/ptbench.c"
ok $? "ptbench bench prints the lines that this command waits for"

finish
