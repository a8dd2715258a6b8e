#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench kernels history says what the documents hold: how many exact rows got worse from each release to
the next, and the headlines over the releases. An oracle that knows documents alone counts the same. Of
random runs with rows that are missing, skipped, noisy, zero; with versions that failed, in random order.
SEED=N MUTATIONS=1 makes again what a failed line names."""

import copy
import os
import random
import re
import subprocess
import sys
import tempfile
from decimal import Decimal
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "results", "test")]
sys.dont_write_bytecode = True
import fixtures
import judges
import oracle
from fixtures import N, doc, row, save_run
from oracle import ok, diag

RELEASES = {"5.10": "5.10.262", "6.1": "6.1.192", "6.6": "6.6.99", "6.12": "6.12.117", "7.2": "7.2.13", "7.3": "7.3.4"}
RANK = {v: i for i, v in enumerate(RELEASES)}  # their order


def point_of(v):
    """What a command calls the version: its point release, for 6.6 may be another one tomorrow."""
    return RELEASES[v] if RELEASES[v].startswith(v + ".") else v


STEM = "x86_64-plain"
EVENTS = {"cpus_interrupted": "CPUs", "rcu_callbacks": "callbacks"}
HEADS = {  # what the text calls a row: where it is
    "A get_user_pages_fast_only() of one page, in instructions":
        (0, "gup_fast/walk", {"cross": "none", "design": "static", "format": "f", "leaf": "pte", "pages": 1}, "instructions"),
    "kmap_local_page() and its undoing, in instructions":
        (0, "kmap/pair", {"api": "kmap_local", "debug": 0, "depth": 1}, "instructions"),
    "kmap_atomic() on top of 14 live maps, in instructions":
        (0, "kmap/pair", {"api": "kmap_atomic", "debug": 0, "depth": 15}, "instructions"),
    "CPUs interrupted, in CPUs":
        (1, "table_free/munmap", {"format": "f", "peer": "spin", "tables": 8}, "cpus_interrupted"),
    "RCU callbacks, in callbacks":
        (1, "table_free/munmap", {"format": "f", "peer": "spin", "tables": 8}, "rcu_callbacks"),
}


def cost(rng, case, params, value):
    value = max(0, value + rng.choice([0, 0, 0, 1, 7, -3]))
    how = rng.random()
    r = row(case=case, samples=[value] * N, nr_ops=1, **params)
    if how < 0.1:
        return None
    if how < 0.2:
        return {"case": case, "params": params, "subject": "kernel", "skipped": "no such thing here"}
    if how < 0.3:
        r.update(kind="deterministic", samples=[value] * 20 + [value + 40] * 11)
    return r


def event(rng, metric, params):
    value = rng.choice([0, 0, 1, 2])
    if rng.random() < 0.15:
        return None
    r = row(case="table_free/munmap", metric=metric, unit=EVENTS[metric], better="neither",
            samples=[value] * 5, nr_ops=1, **params)
    if rng.random() < 0.1:
        r.update(kind="deterministic", samples=[value] * 3 + [value + 1] * 2)
    return r


def documents(rng, version):
    """The two documents of a version; None for one that failed."""
    name = f"{STEM}@{version}"
    own = rng.choice(["f", "f", "g"])
    costs = [cost(rng, c, p, 100 * i) for i, (_, c, p, _) in enumerate(HEADS.values()) if c != "table_free/munmap"]
    costs += [cost(rng, "table_free/munmap", {"format": "f", "tables": n}, 1000 + 60 * n) for n in (1, 2, 8)]
    costs += [cost(rng, "table_free/keep", {"format": "f", "tables": n, "twin": "same"}, 500 + 7 * n) for n in (1, 2, 8)]
    costs += [cost(rng, "gup_slow/walk", {"format": "f", "leaf": "pte", "pages": n}, 1000 * n) for n in range(1, 8)]
    events = [event(rng, m, {"format": "f", "peer": p, "tables": 8}) for m in EVENTS for p in ("spin", "none")]
    for r in costs + events:  # the format is the kernel's, and no part of what a row is
        if r and "format" in r["params"]:
            r["params"] = dict(r["params"], format=own)
    both = []
    for setup, rows in (("icount-1cpu", costs), ("icount-2cpu", events)):
        d = doc(*(r for r in rows if r), part=f"{name}.{setup}")
        d["provenance"]["environment"]["compiler"] = "gcc 14" if rng.random() < 0.05 else "gcc 12"
        d["provenance"]["subject"]["release"] = RELEASES[version]
        both.append(d if rng.random() < 0.9 and d["measurements"] else None)
    return both


def bare(params):
    return tuple(sorted((k, v) for k, v in params.items() if k not in ("format", "design")))


def key(m):
    return m["case"], bare(m["params"]), m.get("metric")


def worse(old, new):
    """(rows that got worse, counts among them, exact rows of both, rows that take fewer, counts that fell) of two
    documents of one setup."""
    nr = rose = exact = fewer = fell = 0
    before = {key(m): m for m in old["measurements"] if "skipped" not in m}
    for m in new["measurements"]:
        b = before.get(key(m))
        if "skipped" in m or not b or m["kind"] != "exact" or b["kind"] != "exact":
            continue
        exact += 1
        if m["samples"][0] > b["samples"][0]:
            nr += 1
            rose += m["better"] == "neither"
        elif m["samples"][0] < b["samples"][0]:
            fewer += m["better"] != "neither"
            fell += m["better"] == "neither"
    return nr, rose, exact, fewer, fell


def expected_step(old, new):
    total = [0] * 5
    compared = False
    for a, b in zip(old, new):
        if not a or not b or a["provenance"]["environment"] != b["provenance"]["environment"]:
            continue
        compared = True
        total = [x + y for x, y in zip(total, worse(a, b))]
    if not compared:
        return "nothing is compared"
    if not total[2]:
        return "no row is exact in both"
    return "{0} of {2} exact row{3} got worse{4}".format(*total[:3], "" if total[2] == 1 else "s",
                                                         "" if total[0] else None)


def check_steps(text, kernels):
    """Each step is said, in order, between the versions that have figures."""
    bad = []
    have = [(v, d) for v, d in kernels if any(d)]
    for (a, old), (b, new) in zip(have, have[1:]):
        said = re.search(rf"From {re.escape(STEM)}@{re.escape(a)} \({re.escape(RELEASES[a])}\) to "
                         rf"{re.escape(STEM)}@{re.escape(b)} \({re.escape(RELEASES[b])}\) (.*?)(?= From |$)", text)
        wanted = expected_step(old, new).replace("None", "")
        if not said or not said.group(1).startswith(wanted):
            bad.append(f"{a} to {b}: {said and said.group(1)[:120]}, expected: {wanted}")
            continue
        rose = re.search(r"(\d+) counts? of events rose", said.group(1))
        counts = sum(worse(x, y)[1] for x, y in zip(old, new)
                     if x and y and x["provenance"]["environment"] == y["provenance"]["environment"])
        if int(rose.group(1) if rose else 0) != counts:
            bad.append(f"{a} to {b}: {rose}, expected {counts} counts")
        for i, words in (3, r"(\d+) rows? takes? fewer"), (4, r"(\d+) counts? fell"):
            found = re.search(words, said.group(1))
            sums = sum(worse(x, y)[i] for x, y in zip(old, new)
                       if x and y and x["provenance"]["environment"] == y["provenance"]["environment"])
            if int(found.group(1) if found else 0) != sums:
                bad.append(f"{a} to {b}: {found}, expected {sums}")
    for v, d in kernels:
        if not any(d) and f"{STEM}@{v} ({v}) has no figures: part {STEM}@{v}.icount-1cpu: failed: panic" not in text:
            bad.append(f"{v}: nobody says that it failed")
    return bad


def check_heads(text, kernels):
    bad = []
    for words, (setup, case, params, metric) in HEADS.items():
        wanted = []
        for v, d in kernels:
            for m in d[setup]["measurements"] if d[setup] else ():
                if key(m) == (case, bare(params), metric):
                    wanted.append((RELEASES[v], m))
        said = re.search(re.escape(words) + r": (.*?)[.;] ?(?=[A-Z(kn]|$)", text)
        if not wanted:
            if said:
                bad.append(f"{words}: {said.group(0)}, and no version has it")
            continue
        parts = said.group(1).split(", ") if said else []
        numbers = [p for p in parts if " on " in p]
        if [n.rsplit(" on ", 1)[1] for n in numbers] != [r for r, _ in wanted]:
            bad.append(f"{words}: {said and said.group(0)}, expected of {[r for r, _ in wanted]}")
        for n, (_, m) in zip(numbers, wanted):
            if n.split(" ")[0].replace(",", "") != str(m["samples"][0]) and m["kind"] == "exact":
                bad.append(f"{words}: {n}, expected {m['samples'][0]}")
    return bad


# ---- by function ----

FUNCTIONS = ["gup_fast", "try_get", "walk_it", "put_it", "flush_all", "free_one"]
# Names of a function before a version and since: the first is known to the report, the second a guess,
# the third no rename, for the names have nothing in common.
RENAMED = [("gup_pte_range", "gup_fast_pte_range"), ("free_all_tables", "free_some_tables"), ("apple", "pear")]


def functions_doc(rng, costs, version, since):
    """The boot that counts by function: its rows have breakdowns; now and then a row counts another number."""
    if not costs or rng.random() < 0.1:
        return None
    d = copy.deepcopy(costs)
    d["part"] = f"{STEM}@{version}.icount-functions"
    late = RANK[version] >= since
    for m in d["measurements"]:
        if "skipped" in m:
            continue
        if rng.random() < 0.1:
            m["samples"] = [s + 2 for s in m["samples"]]
        mode = m["samples"][0]
        names = rng.sample(FUNCTIONS, 4) + [pair[late ^ (rng.random() < 0.15)] for pair in RENAMED]
        shares = {}
        for n in names:
            if mode > 0 and rng.random() < 0.8:
                shares[n] = rng.choice([10, 10, 10, 12, 30, rng.randint(1, 99)])
        rest = mode - sum(shares.values())
        if rest:
            shares["rest_of_it"] = rest
        shares = {n: v for n, v in shares.items() if v}
        if mode and rng.random() > 0.05:
            m["breakdown"] = [{"symbol": n, "instructions": v} for n, v in shares.items()]
    return d


def per_op(m):
    return Fraction(m["samples"][0], m["nr_ops"])


def shares_of(m):
    """The row by function; None: it was not counted."""
    if "breakdown" not in m and m["samples"][0]:
        return None
    return {b["symbol"]: Fraction(b["instructions"], m["nr_ops"]) for b in m.get("breakdown", ())}


def combine(doc_, terms):
    """The sum of factor * row, and the same of each function; None: a row is missing, or not counted."""
    value, by = Fraction(0), {}
    for factor, case, params in terms:
        rows = [m for m in doc_["measurements"] if key(m) == (case, bare(params), "instructions")]
        if not rows:
            return None
        value += factor * per_op(rows[0])
        shares = shares_of(rows[0])
        for n, v in (shares or {}).items() if by is not None else ():
            by[n] = by.get(n, 0) + factor * v
        if shares is None:
            by = None
    return value, by


def freeing_terms(doc_, slope):
    """Munmap minus its twin: at the fewest tables that munmap has, or the slope over the tables of both."""
    have = lambda case: {m["params"]["tables"] for m in doc_["measurements"]
                         if m["case"] == case and "skipped" not in m}
    munmap, both = have("table_free/munmap"), sorted(have("table_free/munmap") & have("table_free/keep"))
    if not munmap:
        return None
    sizes = both if slope else [min(munmap)]
    if not sizes:
        return None
    mean = Fraction(sum(sizes), len(sizes))
    sxx = sum((x - mean) ** 2 for x in sizes)
    factor = {x: ((x - mean) / sxx if sxx else Fraction(1, x)) if slope else Fraction(1) for x in sizes}
    return [(sign * factor[x], case, {"tables": x, **({"twin": "same"} if sign < 0 else {})})
            for x in sizes for sign, case in ((1, "table_free/munmap"), (-1, "table_free/keep"))]


BY_FUNCTION = {
    "A get_user_pages_fast_only() of one page":
        lambda d: [(Fraction(1), "gup_fast/walk", {"cross": "none", "leaf": "pte", "pages": 1})],
    "kmap_local_page() and its undoing":
        lambda d: [(Fraction(1), "kmap/pair", {"api": "kmap_local", "debug": 0, "depth": 1})],
    "Munmap, the first table": lambda d: freeing_terms(d, False),
    "Each further table": lambda d: freeing_terms(d, True),
}


def cents(v):
    return Decimal(v.numerator * 200 // v.denominator + 1 if v >= 0 else -((-v.numerator) * 200 // v.denominator + 1)) // 2


def number(text):
    return Decimal(text.replace(",", "").replace("−", "-").replace("+", "")) * 100


def terms_of(text):
    """Splits "a +1, b (called c before) −2, only in 6.6 −3 (d 1, e 2)" at commas outside of parentheses."""
    return re.findall(r"(?:\([^()]*\)|[^,(]|,(?! ))+", text)


def symbols(doc_):
    return {b["symbol"] for m in doc_["measurements"] for b in m.get("breakdown", ())}


def check_sum(said, old, new, docs):
    """What a sentence says of a measure, against (value, by function) of both versions: what is wrong, or ''."""
    head = re.match(r"([\d,.−]+), then ([\d,.−]+), ([+−]?[\d,.]+) = (.*)$", said)
    if not head:
        return f"not a sum: {said}"
    x, y, d = (number(head.group(i)) for i in (1, 2, 3))
    if abs(x - cents(old[0])) > 1 or abs(y - cents(new[0])) > 1 or y - x != d:
        return f"{x}, {y}, {d}, expected {float(old[0])}, {float(new[0])}"
    left = {n: [cents(old[1].get(n, Fraction(0))), cents(new[1].get(n, Fraction(0)))] for n in {*old[1], *new[1]}}
    total, alone, others = Decimal(0), {}, 0
    for term in terms_of(re.split(r"; known in between|; on \d", head.group(4))[0]):
        term = term.strip()
        if term == "nothing moved":
            continue
        only = re.match(r"only in (\S+) ([+−]?[\d,.]+) \((.*)\)$", term)
        plain = re.match(r"(\S+)(?: \(called (\S+) before\))? ([+−]?[\d,.]+)$", term)
        more = re.match(r"(\d+) more in both ([+−]?[\d,.]+)$", term)
        if not (only or plain or more):
            return f"not a term: {term}"
        total += number((only or more or plain).group(2 if only or more else 3))
        if only:
            alone[only.group(1)] = number(only.group(2))
        elif more:
            others = int(more.group(1))
        elif plain.group(1) != "rounding":
            name, before, diff = plain.groups()
            was = left.pop(before)[0] if before else left[name][0]
            if before and (name in symbols(docs[0]) or before == "apple" or
                           (before in symbols(docs[1]) and (before, name) != RENAMED[0])):
                return f"{name} was never called {before}"
            if abs(left.pop(name)[1] - was - number(diff)) > 1:
                return f"{term}: wrong difference"
    if total != d:
        return f"the terms add up to {total}, not to {d}: {said}"
    both = [n for n, (a, b) in left.items() if n in old[1] and n in new[1] and a and b and a != b]
    if not others and both:
        return f"nobody speaks of {both}"
    return ""


def check_functions(text, notes, kernels):
    """Of each step: every sum is exact, is of the boot by function, and says so where that counts otherwise."""
    bad = []
    have = [(v, d, f) for v, d, f in kernels if any(d)]
    if not any(f is not False for _, _, f in have):
        return bad
    for (a, old, f), (b, new, g) in zip(have, have[1:]):
        said = re.search(rf"Which functions account for it, from {re.escape(STEM)}@{re.escape(a)} \(\S+\) to "
                         rf"{re.escape(STEM)}@{re.escape(b)} \(\S+\)\? (.*?)(?= Which functions| What did GUP|$)", text)
        if not said:
            bad.append(f"{a} to {b}: nothing is said of functions")
            continue
        said = said.group(1)
        if not f or not g:
            if "Not counted by function: part " not in said or \
                    f"ptbench kernels run --functions {STEM}@{point_of(a)} {STEM}@{point_of(b)}" not in said:
                bad.append(f"{a} to {b}: not said why there are no functions: {said}")
            continue
        if f["provenance"]["environment"] != g["provenance"]["environment"]:
            if "Not compared: environments differ in compiler" not in said:
                bad.append(f"{a} to {b}: other compilers: {said}")
            continue
        for words, terms in BY_FUNCTION.items():
            both = [combine(k, terms(k)) if terms(k) else None for k in (f, g)]
            begin = f"- On {STEM}, {RELEASES[a]} to {RELEASES[b]}: {words}: "
            one = [n[len(begin):-1] for n in notes if n.startswith(begin)]
            if None in both or None in (both[0][1], both[1][1]):
                unknown = re.search(r"Not known by function: (.*?)\.(?= |$)", said)
                if one or (None not in both and not (unknown and f"{words}, on " in unknown.group(1))):
                    bad.append(f"{words}: {one}, and a version lacks it, or its functions: {said}")
                continue
            if not one:
                same = re.search(r"The same, in each function: (.*?)\.", said)
                if not same or words not in same.group(1) or both[0][0] != both[1][0]:
                    bad.append(f"{words}: nothing is said: {said[-200:]}")
                continue
            one = one[0]
            d = number(re.search(r", ([+−]?[\d,.]+) = ", one).group(1))
            told = re.search(re.escape(words) + r" ([+−]?[\d,.]*\d)[;.]", said)
            if not told or number(told.group(1)) != d:
                bad.append(f"{words}: the answer says {told and told.group(0)}, the note {d}")
            wrong = check_sum(one, *both, (f, g))
            if wrong:
                bad.append(f"{a} to {b}: {words}: {wrong}: {one}")
            for k, costs, value, v in ((f, old[0], both[0][0], a), (g, new[0], both[1][0], b)):
                plain = combine(costs, terms(costs)) if costs and terms(costs) else None
                other = plain is not None and plain[0] != value
                if other != (f"; on {RELEASES[v]} the boot that counts by function has" in one):
                    bad.append(f"{a} to {b}: {words}: another number in the boot of costs of {v}: {one}")
    return bad


def flat(text):
    """The text without its line breaks, up to the first table of the section on what got worse, and the
    answers of the others."""
    return re.sub(r"\s+", " ", text)


def one(seed):
    rng = random.Random(seed)
    versions = rng.sample(sorted(RELEASES), rng.randint(2, 5))
    kernels = [(v, documents(rng, v)) for v in versions]
    entries, docs, since = [], [], rng.randint(0, len(RELEASES))
    by_function = {v: functions_doc(rng, both[0], v, since) if rng.random() < 0.9 else False for v, both in kernels}
    if rng.random() < 0.3:
        by_function = dict.fromkeys(by_function, False)
    for v, d in by_function.items():
        name = f"{STEM}@{v}.icount-functions"
        if d is not False:
            entries.append({"name": name, "file": name + ".json" if d else None,
                            "state": "passed" if d else "failed", "reason": None if d else "panic"})
            docs += [d] if d else []
    for v, both in kernels:
        for setup, d in zip(("icount-1cpu", "icount-2cpu"), both):
            name = f"{STEM}@{v}.{setup}"
            entries.append({"name": name, "file": name + ".json" if d else None,
                            "state": "passed" if d else "failed", "reason": None if d else "panic"})
            docs += [d] if d else []
    run = save_run(f"run{seed}", entries, docs)
    p = subprocess.run([judges.PTBENCH, "kernels", "history", run], capture_output=True, text=True)
    if p.returncode or p.stderr:
        return [f"exit {p.returncode}: {p.stderr}"]
    kernels.sort(key=lambda k: [int(n) for n in k[0].split(".")])
    answers = flat("\n".join(re.findall(r"^  \* .*?(?=^\n|^  \*|\Z)", p.stdout, re.M | re.S)))
    worse_text = re.search(r"What got worse on .*? release by release\? (.*?)(?: \(icount\))? (?:What did|Which functions)", answers)
    bad = check_steps(worse_text.group(1) if worse_text else "", kernels)
    notes = [flat(n).strip() for n in re.findall(r"^  - .*?(?=^  - |^\n|\Z)", p.stdout, re.M | re.S)]
    bad += check_functions(answers, notes, [(v, d, by_function[v]) for v, d in kernels])
    return bad + check_heads(answers, kernels)


def test_bad():
    p = subprocess.run([judges.PTBENCH, "kernels", "history", "/nonexistent"], capture_output=True, text=True)
    ok(p.returncode == 2 and "/nonexistent" in p.stderr and not p.stdout, "a run that is not there")
    run = save_run("none", [{"name": "native", "file": None, "state": "failed", "reason": "x"}], [])
    p = subprocess.run([judges.PTBENCH, "kernels", "history", run], capture_output=True, text=True)
    ok(p.returncode == 2 and "none of these runs has a kernel" in p.stderr, "a run without a kernel")
    p = subprocess.run([judges.PTBENCH, "kernels", "history", "--frob"], capture_output=True, text=True)
    ok(p.returncode == 2, "no such option")


def test_damaged():
    """A part whose file is damaged is named on stderr; every row is printed on demand."""
    made = []
    for v, value in ("6.12", 100), ("7.3", 101):
        rows = [row(case="gup_slow/walk", samples=[value * n] * N, nr_ops=1, leaf="pte", pages=n) for n in range(1, 41)]
        made.append(doc(*rows, part=f"{STEM}@{v}.icount-1cpu"))
        made[-1]["provenance"]["subject"]["release"] = RELEASES[v]
    run = save_run("damaged", [{"name": d["part"], "file": d["part"] + ".json", "state": "passed", "reason": None} for d in made], made)
    call = lambda *args: subprocess.run([judges.PTBENCH, "kernels", "history", *args, run], capture_output=True, text=True)
    short, whole = call(), call("--all")
    rows_of = lambda p: len(re.findall(r"^    gup_slow/walk ", p.stdout, re.M))
    if not ok(rows_of(short) == 24 and "... and 16 more rows, which --all prints" in short.stdout and
              rows_of(whole) == 40 and "more rows" not in whole.stdout and not whole.stderr, "all rows, with --all alone"):
        diag(f"{rows_of(short)} {rows_of(whole)}")
    file = os.path.join(run, made[0]["part"] + ".json")
    with open(file, "r+b") as f:
        f.truncate(300)
    p = call()
    if not ok(p.returncode == 0 and re.fullmatch(r"ptbench kernels history: \S+/" + re.escape(made[0]["part"]) + r"\.json: .*\n", p.stderr)
              and "has no figures: part " in p.stdout, "a damaged file is named"):
        diag(p.stderr, p.stdout)


def test_report():
    """The report has the page where there are several versions, and its text says which one it shows."""
    for versions, there in (("6.12", "6.6"), True), (("6.12",), False):
        made = []
        for v in versions:
            made.append(doc(row(), part=f"{STEM}@{v}.icount-1cpu"))
            made[-1]["provenance"]["subject"]["release"] = RELEASES[v]
        run = save_run("report" + versions[-1], [{"name": d["part"], "file": d["part"] + ".json", "state": "passed",
                                                  "reason": None} for d in made], made)
        said = flat(subprocess.run([judges.PTBENCH, "report", "-a", run], capture_output=True, text=True).stdout)
        words = f"Which {STEM} do the other pages show? {STEM}@6.12 (6.12.117), the newest release. Of the others " \
            f"only this page speaks: {STEM}@6.6 (6.6.99)."
        if not ok((words in said) == there == ("got worse" in said), f"ptbench report -a of {len(versions)} versions"):
            diag(said)


def test_two_runs():
    """A version of each run, and one that both have: that of the run named later counts."""
    def kernel(version, value):
        d = doc(row(case="gup_fast/walk", samples=[value] * N, nr_ops=1, cross="none", design="static", format="f",
                    leaf="pte", pages=1), part=f"{STEM}@{version}.icount-1cpu")
        d["provenance"]["subject"]["release"] = RELEASES[version]
        return {"name": d["part"], "file": d["part"] + ".json", "state": "passed", "reason": None}, d
    runs = []
    for name, all_ in (("a", [("6.12", 100), ("7.3", 150)]), ("b", [("7.3", 120)])):
        made = [kernel(*k) for k in all_]
        runs.append(save_run(name, [e for e, _ in made], [d for _, d in made]))
    p = subprocess.run([judges.PTBENCH, "kernels", "history", *runs], capture_output=True, text=True)
    text = flat(p.stdout)
    good = p.returncode == 0 and "in instructions: 100 on 6.12.117, 120 on 7.3.4." in text and \
        f"those of the run named later are shown: {STEM}@7.3." in text
    if not ok(good, "two runs are one history"):
        diag(p.stdout + p.stderr)


def test_code():
    """Code bytes over the versions, of the part static: no step of the boots."""
    made = []
    for v, sizes in (("6.12", (4700, 3300)), ("7.3", (4100, 4500))):
        rows = [row(case=c, metric="code_bytes", unit="bytes", samples=[n], nr_ops=1, format="f", symbol=s)
                for c, n in zip(("gup_fast/walk", "table_free/munmap"), sizes) for s in ("all", "one_of_them")]
        made += [doc(*rows, part=f"{STEM}@{v}.static", mode="static"), doc(row(), part=f"{STEM}@{v}.icount-1cpu")]
        for d in made[-2:]:
            d["provenance"]["subject"]["release"] = RELEASES[v]
    run = save_run("code", [{"name": d["part"], "file": d["part"] + ".json", "state": "passed", "reason": None} for d in made], made)
    text = flat(subprocess.run([judges.PTBENCH, "kernels", "history", run], capture_output=True, text=True).stdout)
    good = "GUP-fast, all its functions, in bytes: 4,700 on 6.12.117, 4,100 on 7.3.4. Freeing page tables, all its functions, " \
        "in bytes: 3,300 on 6.12.117, 4,500 on 7.3.4." in text and "0 of 1 exact row got worse" in text
    if not ok(good, "code bytes"):
        diag(text)


def main():
    if not os.access(judges.PTBENCH, os.X_OK):
        sys.exit(f"{judges.PTBENCH}: not built; run make test")
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**9)))
    number = int(os.environ.get("MUTATIONS", 60))
    with tempfile.TemporaryDirectory(prefix="ptbench-history.") as folder:
        fixtures.use(folder)
        if "SEED" not in os.environ:
            test_bad()
            test_two_runs()
            test_report()
            test_damaged()
            test_code()
        for i in range(number):
            bad = one(seed + i)
            if not ok(not bad, f"SEED={seed + i}"):
                diag("\n".join(bad))
    oracle.done()


main()
