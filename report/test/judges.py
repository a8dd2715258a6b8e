# SPDX-License-Identifier: GPL-2.0-or-later
"""The three that say what two runs amount to, `ptbench compare`, `ptbench kernels ab` and the page of
`ptbench report --base`, each as the same facts: the status, the totals in words, and of each part the
counts, rows, checks and states. And an oracle: what the status has to be, from the documents alone."""

import collections
import fnmatch
import html.parser
import os
import re
import shutil
import statistics
import subprocess
from fractions import Fraction

import oracle
import ranks

PTBENCH = os.path.join(oracle.BUILD, "ptbench")
AB = os.path.join(oracle.BUILD, "kernels-test", "ab_judge")
WORD = {0: "No.", 1: "Yes.", 3: "Not known."}
# The smallest changes that count, of the metrics in these tests.
EFFECTS = {"instructions": Fraction(2, 100), "time": Fraction(2, 100), "reader_throughput": Fraction(2, 100), "ipis_sent": 0}


def run(*args):
    return subprocess.run(args, capture_output=True, text=True, check=False)


def allow_options(allow):
    return [word for text in allow for word in ("--allow", text)]


# ---- what compare and ab print ----

class Part:
    """What is said of one part."""

    def __init__(self):
        self.counts = None  # "2 rows, 2 of them exact: 1 equal, 1 WORSE"; None: not compared
        self.rows, self.checks, self.states = [], [], []
        self.why = None  # it was not compared


def read_part(lines, paths):
    part, in_rows = Part(), False
    for line in lines:
        if re.match(r"  \d+ rows?, ", line):
            part.counts, in_rows = line.strip(), False
        elif line.startswith("  check "):
            name, base, head = re.match(r"  check (\S+) \{.*?\}: base (.*?), new ([A-Za-z ]+)", line).groups()
            part.checks.append((name, base, head))
            in_rows = False
        elif re.match(r"  case +", line):
            in_rows = True
        elif in_rows:
            part.rows.append(re.split(r"\s{2,}", line)[-1])
        elif re.match(r"  (not compar|MISSING|extra)", line):
            part.why = line.strip()
        else:
            for side, path in paths.items():
                if line.startswith(f"  {path}: "):
                    part.states.append(line.replace(f"  {path}", side))
    return part


class Said:
    """The output of compare or ab."""

    def __init__(self, p, base, head):
        self.status, self.text = p.returncode, p.stdout + p.stderr
        lines = p.stdout.splitlines()
        self.totals = [s for s in lines if re.match(r"(judged|identical images|not judged|regression|inconclusive|nothing that)", s)]
        self.models = [s for s in lines if s.startswith("  model ")]
        self.explorers = [s for s in lines if s.startswith("    stand_in: ") and "explorer" in lines[:lines.index(s)]]
        self.allowed = [s for s in lines if s.startswith("allowed: ")]
        self.partial = [s for s in lines if "it was interrupted" in s]
        self.parts, block = {}, None
        for line in lines:
            if line.startswith("part "):
                block = self.parts.setdefault(line[5:], [])
            elif not line.startswith(" "):
                block = None
            elif block is not None:
                block.append(line)
        self.parts = {k: read_part(v, {"base": base, "head": head}) for k, v in self.parts.items()}


def compare(base, head, allow=()):
    return Said(run(PTBENCH, "compare", *allow_options(allow), "--base", base, head), base, head)


def ab(base, head, allow=()):
    return Said(run(AB, *allow_options(allow), base, head), base, head)


# ---- what the page says ----

class Page(html.parser.HTMLParser):
    """Its text, and its tables by what stands above them: the cells of each row."""

    def __init__(self, text):
        super().__init__()
        self.words, self.tables, self.section = [], {}, ""
        self.rows = self.cell = None
        self.in_caption = self.in_heading = False
        self.feed(text)
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        if tag == "h2":
            self.in_heading, self.section = True, ""
        elif tag == "caption":
            self.in_caption, self.caption = True, ""
        elif tag == "table":
            self.rows, self.caption = [], ""
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.cell = ""

    def handle_endtag(self, tag):
        if tag == "h2":
            self.in_heading = False
        elif tag == "caption":
            self.in_caption = False
        elif tag in ("td", "th") and self.cell is not None:
            self.rows[-1].append(" ".join(self.cell.split()))
            self.cell = None
        elif tag == "table":
            self.tables[self.section.strip(), self.caption.strip().split(",")[0]] = self.rows[1:]
            self.rows = None

    def handle_data(self, data):
        self.words.append(data + " ")
        if self.in_heading:
            self.section += data
        if self.in_caption:
            self.caption += data
        if self.cell is not None:
            self.cell += data

    def table(self, section, caption):
        return self.tables.get((section, caption), [])


def report(base, head, out, allow=()):
    """The page of base and head, or None with what was said."""
    shutil.rmtree(out, ignore_errors=True)
    p = run(PTBENCH, "report", *allow_options(allow), "--base", base, "-o", out, head)
    try:
        with open(os.path.join(out, "base-head.html"), encoding="utf-8") as f:
            return Page(f.read()), p.stderr
    except OSError as e:
        return None, f"{e}\n{p.stdout}{p.stderr}"


def count(counts, verdict):
    found = re.search(rf"(?:: |, )(\d+) {re.escape(verdict)}(?:,|;|$)", counts)
    return int(found.group(1)) if found else 0


def part_differs(page, name, part):
    """What the page says otherwise of a part than compare, or None."""
    cells = next((r for r in page.table("Did it get worse?", "Parts of both runs") if r[0] == name), None)
    if not cells:
        return f"no row of part {name}"
    if part.counts is None:
        if set(cells[1:8]) != {"—"}:
            return f"part {name} has counts: {cells}"
        why = re.split("[:,]", part.why)[0]
        if why not in cells[8]:
            return f"part {name}: {cells[8]!r} does not say {why!r}"
    else:
        failing = sum("FAILED" in head for _, _, head in part.checks)
        numbers = [int(part.counts.split()[0])] + [count(part.counts, v) for v in ("REGRESSED", "CHANGED", "changed, allowed", "improved")]
        numbers += [count(part.counts, "INCONCLUSIVE") + count(part.counts, "MISSING"), failing]
        if cells[1:8] != [str(n) for n in numbers]:
            return f"part {name}: {cells[1:8]}, compare has {numbers}"
        if part.counts not in cells[8]:
            return f"part {name}: {cells[8]!r} has not {part.counts!r}"
    for state in part.states:
        if state not in cells[8]:
            return f"part {name}: {cells[8]!r} has not {state!r}"
    rows = sorted(r[-1] for r in page.table(name, "Rows that are not the same"))
    if rows != sorted(part.rows):
        return f"part {name}: rows {rows}, compare has {sorted(part.rows)}"
    checks = sorted((r[0], r[2], r[3]) for r in page.table(name, "Checks that are not fine in both"))
    if checks != sorted(part.checks):
        return f"part {name}: checks {checks}, compare has {sorted(part.checks)}"
    return None


def differs(page, said):
    """What the page says otherwise than compare, or None."""
    words = [WORD[said.status]]
    for line in (said.totals[-1:] + said.totals[:-1]):
        words.append(line[0].upper() + line[1:] + ".")
    if " ".join(words) not in page.text:
        return f"no {' '.join(words)!r}"
    for name, part in said.parts.items():
        wrong = part_differs(page, name, part)
        if wrong:
            return wrong
    rows = page.table("Did it get worse?", "Parts of both runs")
    if [r[0] for r in rows] != list(said.parts):
        return f"parts {[r[0] for r in rows]}, compare has {list(said.parts)}"
    models = [f"  model {m[0]}: base {m[1]}, new {m[2]}: {m[3]}"
              for m in page.table("What the explorer found", "Models that are not fine in both")]
    if models != said.models:
        return f"models {models}, compare has {said.models}"
    for line in said.allowed:
        if f"A{line[1:]}." not in page.text:
            return f"no {line!r}"
    for line in said.explorers:
        if f"Environments differ: {line.strip().replace(' new ', ' head ')}. Not comparable." not in page.text:
            return f"no {line!r}"
    if len(said.partial) != page.text.count("is partial: it was interrupted"):
        return "partial runs"
    return None


# ---- the oracle: from the documents alone, with fractions; it knows nothing of the C ----

class Run:
    """entries: {part: (state, document or None)}; explored: a document or None."""

    def __init__(self, entries, explored=None, complete=True):
        self.entries, self.explored, self.complete = entries, explored, complete


class Tally:
    def __init__(self):
        self.regression = self.open = False
        self.sampled = []  # (base, head, is allowed), judged when all are known
        self.rows = self.judged_rows = self.judged_checks = self.judged_models = self.parts = 0


def identity(m):
    return m["case"], tuple(sorted(m["params"].items())), m["subject"]


def measured(doc):
    return {identity(m) + (m["metric"],): m for m in doc["measurements"] if "skipped" not in m}


def skipped(doc):
    return {identity(m) for m in doc["measurements"] if "skipped" in m}


def mode(samples):
    counts = collections.Counter(samples)
    return min(x for x in counts if counts[x] == max(counts.values()))


def per_op(m, x):
    return Fraction(x) / m["nr_ops"]


def is_allowed(m, allow):
    for text in allow:
        case, *params, metric = text.split(":")
        wanted = dict(p.split("=") for p in params[0].split(",")) if params else {}
        have = {k: str(v) for k, v in m["params"].items()}
        if fnmatch.fnmatchcase(m["case"], case) and metric == m["metric"] and wanted.items() <= have.items():
            return True
    return False


def mean(x):
    return sum(x) / len(x)


def middle(x):
    return sorted(x)[len(x) // 2]


def is_noise(a, b, x, y):
    """Deterministic on both sides; x and y are all samples."""
    effect = EFFECTS[a["metric"]]
    if effect and all(abs(f(y) - f(x)) <= effect * f(x) for f in (mode, middle, mean)):
        return True
    return mode(x) == mode(y) and middle(x) == middle(y) and \
        (a["better"] == "higher" or max(y) <= max(x)) and (a["better"] == "lower" or min(y) >= min(x))


def judge_row(a, b, allow, tally, by_process):
    loose = (a["kind"], b["kind"]) != ("exact", "exact")
    if (a["kind"], b["kind"]) == ("sampled", "sampled"):
        values = [[s / m["nr_ops"] for s in m["samples"]] for m in (a, b)]
        tally.sampled.append((a, [v if by_process else [statistics.median(v)] for v in values], is_allowed(a, allow)))
        return
    x, y = [[per_op(m, s) for s in (m["samples"] if loose else [mode(m["samples"])])] for m in (a, b)]
    if {a["kind"], b["kind"]} == {"deterministic"} and is_noise(a, b, x, y):
        tally.judged_rows += 1
    elif min(y) > max(x) or max(y) < min(x):
        tally.judged_rows += 1
        rose = min(y) > max(x)
        good = a["better"] == ("higher" if rose else "lower")
        tally.regression |= not good and not is_allowed(a, allow)
    elif not loose:
        tally.judged_rows += 1
    else:
        tally.open = True


def judge_sampled(tally):
    words = ranks.judge([(*values, float(EFFECTS[m["metric"]]), m["better"]) for m, values, _ in tally.sampled])
    for w, (_, _, allowed) in zip(words, tally.sampled):
        tally.judged_rows += w != "inconclusive"
        tally.open |= w == "inconclusive"
        tally.regression |= w == "regressed" and not allowed


def image(doc):
    return doc["provenance"]["subject"].get("image_sha256")


def judge_rows(a, b, allow, tally):
    base, head = measured(a), measured(b)
    by_process = all(d["provenance"]["environment"].get("sample") == "process" for d in (a, b))
    identical = image(a) and image(a) == image(b)
    ids = {k[:3] for k in (*base, *head)}
    tally.rows += len(base.keys() | head.keys()) + len((skipped(a) | skipped(b)) - ids)
    for key, m in base.items():
        if key in head and identical and m["subject"] == "kernel":
            tally.judged_rows += 1
        elif key in head:
            judge_row(m, head[key], allow, tally, by_process)
        else:
            tally.open = True


def checks_of(doc):
    return {(c["id"], tuple(sorted(c["params"].items()))): c["ok"] for c in doc["checks"]}


def judge_checks(a, b, tally):
    base, head = checks_of(a), checks_of(b)
    for key in base.keys() | head.keys():
        before, now = base.get(key), head.get(key)
        tally.judged_checks += before is not None and now is not None
        tally.regression |= now is False and before is not False
        tally.open |= before is not None and now is None or before is now is False


def environment(doc):
    return {k: v for k, v in doc["provenance"]["environment"].items() if k != "load"}


def judge_part(a, b, allow, tally):
    """a, b: (state, document), or None."""
    docs = [x[1] if x else None for x in (a, b)]
    tally.open |= any(x and x[0] == "failed" for x in (a, b))
    tally.parts += 1
    tally.open |= not a or not b
    if not any(docs):
        return
    tally.open |= any(not d or x[0] == "skipped" for x, d in zip((a, b), docs))
    if not all(docs):
        return
    if docs[0]["mode"] != docs[1]["mode"] or environment(docs[0]) != environment(docs[1]):
        tally.open = True
        return
    tally.open |= any(not d["measurements"] and not d["checks"] for d in docs)
    judge_rows(docs[0], docs[1], allow, tally)
    judge_checks(docs[0], docs[1], tally)


FINE = ("clean", "caught", "held")


def explored_less(a, b):
    """b rests on less than a, both as claimed."""
    if b["caught_by"] != a["caught_by"] or b.get("busted_code", a.get("busted_code")) != \
            a.get("busted_code", b.get("busted_code")) or (b["verdict"] == "clean" and not b["schedules"]):
        return True
    return b["busted"] != a["busted"] or b["mode"] != a["mode"] or b["nr_cpus"] < a["nr_cpus"] or \
        (b["verdict"] == a["verdict"] == "clean" and b["bound"] < a["bound"])


def judge_models(a, b, tally):
    if not a and not b:
        return
    tally.open |= not a or not b or not a["complete"] or not b["complete"]
    if not a or not b:
        return
    if a.get("stand_in") != b.get("stand_in"):
        tally.open = True
        return
    base, head = [{(m["mechanism"], m["variant"]): m for m in d["models"]} for d in (a, b)]
    for key in base.keys() | head.keys():
        x, y = base.get(key), head.get(key)
        good = bool(x and x["verdict"] in FINE)
        tally.judged_models += bool(x and y)
        if y and y["verdict"] not in FINE + ("unfinished",):
            tally.regression |= not x or good
            tally.open |= not good
        elif x:
            tally.open |= not y or y["verdict"] == "unfinished" or (good and explored_less(x, y))


def expected_status(base, head, allow=()):
    t = Tally()
    t.open = not base.complete or not head.complete
    for name in base.entries.keys() | head.entries.keys():
        judge_part(base.entries.get(name), head.entries.get(name), allow, t)
    judge_sampled(t)
    judge_models(base.explored, head.explored, t)
    if t.rows or t.parts:
        nothing = not t.judged_rows and (t.rows > 0 or not t.judged_checks)
    else:
        nothing = not t.judged_models
    return 1 if t.regression else 3 if t.open or nothing else 0
