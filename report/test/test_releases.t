#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The section of kernels that changed how they free tables says what the documents hold. An oracle that
knows documents alone finds the changes and the counts; of random runs with releases that failed, checks
that did not run or saw a mixture, rows that are missing. SEED=N MUTATIONS=1 makes again what a failed line
names."""

import html
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "results", "test")]
sys.dont_write_bytecode = True
import fixtures
import oracle
from fixtures import N, doc, failed, passed, row, save_run
from oracle import ok, diag

RELEASES = {"5.10": "5.10.262", "6.1": "6.1.192", "6.12": "6.12.117", "7.2": "7.2.13", "7.3": "7.3.4"}
STEMS = ["arm-stock", "i386-stock", "mips64el-stock", "x86_64-stock"]  # in the order of the page
WORDS = {"rcu": "by RCU", "immediate": "at once"}


def costs_of(rng):
    """{(case, metric, tables): value}: one or two sizes, some rows missing."""
    value = {}
    for case, twin in (("table_free/munmap", None), ("table_free/keep", "same")):
        for n in (1, 2):
            for metric in ("instructions", "instructions_deferred"):
                if rng.random() < 0.93:
                    value[case, metric, n] = rng.randint(0, 9000)
    return value


def rows_of(value):
    return [row(case=case, metric=metric, samples=[v] * N, nr_ops=1, format="f", tables=n,
                **({"twin": "same"} if case.endswith("keep") else {})) for (case, metric, n), v in value.items()]


def kernel(rng, path):
    """A release: what the check saw (None: no events), and its costs (None: no document)."""
    seen = path if rng.random() < 0.8 else rng.choice(["rcu", "immediate", "mixed", None])
    return seen, costs_of(rng) if rng.random() < 0.9 else None


def axes_of(rows, scenario):
    """An axis for each param, and that of the scenario, a stock one."""
    def axis(key, values):
        return {"key": key, "families": [], "means": "x",
                "values": [{"value": v, "label": v, "means": "x", "busted": False} for v in values]}

    keys = sorted({k for r in rows for k in r["params"]})
    return [axis("scenario", [scenario])] + [
        axis(k, sorted({r["params"][k] for r in rows if isinstance(r["params"].get(k), str)})) for k in keys]


def save(rng, name, run):
    parts, docs = [], []
    for stem, versions in run.items():
        for v, (seen, value) in versions.items():
            check = {"id": "table_free/rcu_path", "params": {}, "expect": seen, "seen": seen, "ok": True}
            events = seen and doc(row(case="table_free/munmap", metric="rcu_callbacks", unit="callbacks", better="neither",
                                      samples=[1] * 5, nr_ops=1, format="f", peer="none", tables=1), checks=[check])
            for setup, d in (("icount-1cpu", value is not None and rows_of(value) and doc(*rows_of(value))), ("icount-2cpu", events)):
                part = f"{stem}@{v}.{setup}"
                parts.append(passed(part) if d else failed(part))
                if d:
                    d.update(version=2, axes=axes_of(d["measurements"], f"{stem}@{v}"))
                    d["part"] = part
                    d["provenance"]["subject"]["release"] = RELEASES[v]
                    docs.append(d)
    both = list(zip(parts, range(len(parts))))
    rng.shuffle(both)
    return save_run(name, [p for p, _ in both], docs)


def changes(run):
    """[(stem, old, new)], and how many stems stay the same, and of how many that is not known."""
    found, same, unknown = [], 0, 0
    for stem in STEMS:
        versions = run.get(stem, {})
        figures = any(seen or value for seen, value in versions.values())
        if len(versions) < 2 or not figures:
            continue
        known = [(v, seen) for v, (seen, _) in versions.items() if seen in WORDS]
        mine = [(stem, a, b) for (a, x), (b, y) in zip(known, known[1:]) if x != y]
        found += mine
        same += not mine and len(known) == len(versions)
        unknown += len(known) != len(versions)
    return found, same, unknown


def cell(value, metric, further):
    """The count that stands in the table: munmap less its twin, of the fewest tables that munmap has, or per
    table over the sizes that both have. None: there is none."""
    def diff(n):
        x, y = (value.get((c, metric, n)) for c in ("table_free/munmap", "table_free/keep"))
        return None if x is None or y is None else x - y

    value = value or {}
    both = [n for n in (1, 2) if diff(n) is not None]
    if further:
        return diff(2) - diff(1) if len(both) == 2 else diff(both[0]) / both[0] if both else None
    unmapped = [n for n in (1, 2) if ("table_free/munmap", metric, n) in value]
    return diff(unmapped[0]) if unmapped else None


def text_of(fragment):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", fragment))).strip()


def section_of(page):
    m = re.search(r'<section[^>]*id="releases".*?</section>', page, re.S)
    return m and m.group(0)


def check_table(section, run, found):
    bad = []
    body = re.findall(r"<tr>(.*?)</tr>", section, re.S)
    rows = [[text_of(c) for c in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", r, re.S)] for r in body]
    rows = [r for r in rows if r and "@" in r[0]]
    wanted = [(stem, v) for stem, a, b in found for v in (a, b)]
    if [r[0] for r in rows] != [f"{s}@{v} ({RELEASES[v]})" for s, v in wanted]:
        return [f"rows {[r[0] for r in rows]}, expected {wanted}"]
    for r, (stem, v) in zip(rows, wanted):
        seen, value = run[stem][v]
        if r[1] != WORDS[seen]:
            bad.append(f"{r[0]}: {r[1]}, expected {seen}")
        for i, (metric, further) in enumerate([("instructions", False), ("instructions", True),
                                               ("instructions_deferred", False), ("instructions_deferred", True)]):
            n = cell(value, metric, further)
            said = re.fullmatch(r"−?[\d,]+(\.\d+)?", r[2 + i])
            if bool(said) != (n is not None) or said and abs(
                    float(r[2 + i].replace(",", "").replace("−", "-")) - n) > 0.5:  # four digits are shown
                bad.append(f"{r[0]}, {metric}, further {further}: {r[2 + i]}, expected {n}")
    return bad


def check(page, run):
    section = section_of(page)
    found, same, unknown = changes(run)
    if not section:
        return [] if not (found or same or unknown) else ["no section"]
    text = text_of(section)
    bad = check_table(section, run, found)
    for stem, a, b in found:
        x, y = WORDS[run[stem][a][0]], WORDS[run[stem][b][0]]
        if f"{stem} : {x} in {RELEASES[a]}, {y} in {RELEASES[b]}" not in text:
            bad.append(f"{stem}, {a} to {b} is not said")
    if "Not here" in text:
        bad.append("a release that stands in the table is said not to be here")
    if ("No stock kernel of this run was seen to change" in text) != (not found):
        bad.append("whether any changed")
    m = re.search(r"(\d+) stock kernels? in several releases frees? tables in one way", text)
    if int(m.group(1) if m else 0) != same:
        bad.append(f"{m and m.group(0)}, expected {same} that stay the same")
    m = re.search(r"Of (\d+) stock kernels? in several releases the way of some release", text)
    if int(m.group(1) if m else 0) != unknown:
        bad.append(f"{m and m.group(0)}, expected {unknown} not known")
    return bad


def random_run(rng):
    run = {}
    for stem in rng.sample(STEMS, rng.randint(1, len(STEMS))):
        turns = rng.randint(0, len(RELEASES))  # from this release on by RCU
        run[stem] = {v: kernel(rng, "rcu" if i >= turns else "immediate") for i, v in enumerate(RELEASES) if rng.random() < 0.8}
    return {s: run[s] for s in sorted(run) if run[s]}


def main():
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        for i in range(int(os.environ.get("MUTATIONS", 25))):
            rng = random.Random(seed + i)
            run = random_run(rng)
            if not run:
                continue
            folder = save(rng, f"run{i}", run)
            p = subprocess.run([os.path.join(oracle.BUILD, "ptbench"), "report", "--out", os.path.join(tmp, f"out{i}"), folder],
                               capture_output=True, text=True)
            try:
                with open(os.path.join(tmp, f"out{i}", "q1.html"), encoding="utf-8") as f:
                    page = f.read()
            except OSError:
                if p.returncode and "none of its" in p.stderr:  # no part of the run has a document
                    continue
                page = ""
            bad = check(page, run) if page else [p.stderr]
            if not ok(not bad, f"SEED={seed + i}: {sum(map(len, changes(run)[:1]))} changes"):
                for b in bad:
                    diag(b)
            if changes(run)[0]:
                ok(bool(check(page.replace("by RCU", "at once"), run)), "a page that says something else is found out")
    oracle.done()


main()
