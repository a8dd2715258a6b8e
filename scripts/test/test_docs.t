#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# README.md, CONTRIBUTING.md and docs against the tree: the paths and make targets that they name are there, the
# map has every folder and script, what a command prints is what it prints, and times have their command.
# shellcheck source=scripts/tap.sh
. "$(dirname "$0")/../tap.sh"

# ---- paths ----
# Those that a document names and the tree lacks. *, <word> and CAPITALS stand for any text; a file whose
# text follows in the document itself is an example; build/ and results/runs are made by others.
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
for document in README.md CONTRIBUTING.md docs/design.md; do
	is "$(missing_paths "$root/$document")" "" "every path of $document is there"
	# shellcheck disable=SC2016 # quotes of the document
	{ cat "$root/$document"; echo 'see `results/metrics.h` and `report/test/test_nothing`'; } >"$tmp/mutated.md"
	is "$(missing_paths "$tmp/mutated.md" | paste -sd,)" "report/test/test_nothing,results/metrics.h" "... and one that is not is found"
done

# ---- the map ----
map=$(sed -n '/^## The map/,/^Data flows/p' "$root/CONTRIBUTING.md")
# What a build leaves has no fuzz_*.c in it, wherever O= is.
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

# ---- make targets ----
help=$(make -s -C "$root" help)
while read -r target; do
	grep -q "^  $target " <<<"$help"
	ok $? "make help has $target"
done < <(cat "$root/README.md" "$root/CONTRIBUTING.md" | grep -oE '(`|^    )make [a-z-]+' | sed 's/.*make //' | sort -u)

# ---- what the explorer prints ----
plain() { sed -E 's/ +$//; s/ +[0-9,]+ +[0-9.]+ s / RATE TIME /; s/ +[0-9,]+ per second +[0-9.]+ s$/ RATE TIME/'; }
example=$(sed -n '/^    \$ build\/ptbench explore /,/^[^ ]/p' "$root/README.md" | grep '^    \|^$' | sed 's/^    //')
command=$(head -n 1 <<<"$example" | sed 's/^\$ build\/ptbench //')
# shellcheck disable=SC2086 # words
"$build/ptbench" $command 2>/dev/null | plain >"$tmp/printed"
tail -n +2 <<<"$example" | plain >"$tmp/shown"
[ -s "$tmp/printed" ] && diff "$tmp/shown" "$tmp/printed" >"$tmp/diff"
ok $? "README.md's interleaving is what ptbench $command prints, to its last line" || sed 's/^/# /' "$tmp/diff"

# ---- times ----
command=$(grep '^    SECONDS=0; make bench' "$root/README.md" | sed 's/^    //')
mkdir "$tmp/bin"
printf '#!/bin/sh\necho; echo "== Code: x"; echo "== First answers: y" >&2; echo "report: z"\n' >"$tmp/bin/make"
chmod +x "$tmp/bin/make"
is "$(PATH=$tmp/bin:$PATH bash -c "$command" | sed 's/^[0-9]* s: //' | paste -sd,)" "== First answers: y,report: z" \
	"the command beside README.md's times tells when the first answers and the report are there"
grep -q 'heading("First answers: ' "$root/ptbench.c" && grep -q 'printf("\\nreport: ' "$root/ptbench.c"
ok $? "by lines that ptbench bench prints"

finish
