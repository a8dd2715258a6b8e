#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of ptbench report --trend says what results/test/trend_oracle.py finds in the same files: how many
steps, in how many series, and which run each is first seen in. A page that was spoiled is seen to differ."""

import json
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
import trend_oracle
from fixtures import IPIS, N, TIME, doc, passed, row, save, save_run
from oracle import diag, ok
from page import Page, squeezed

PTBENCH = os.path.join(oracle.BUILD, "ptbench")
HOSTILE = "x<script>alert(1)</script>&\u202e\"'`$(id)"


def report(run, out, *options):
    return subprocess.run([PTBENCH, "report", "-o", out, *options, run], capture_output=True, text=True, check=False)


def read(out):
    with open(os.path.join(out, "trend.html"), encoding="utf-8") as f:
        return f.read()


def differs(text, folder):
    """None, or what of the page is not what the files have."""
    want, _ = trend_oracle.judge(folder)
    sections = Page(text).sections
    steps = sum(len(v[1]) for v in want.values())
    count = {v: sum(w[0] == v for w in want.values()) for v in ("steps", "no step", "too short")}
    if not count["steps"] + count["no step"]:
        nothing = "Where did a value change? Not known: nothing was judged: all series are too short."
        return None if squeezed(sections["trend"]["text"]).startswith(nothing) and len(sections) == 1 else "nothing was judged"
    said = re.match(r"Where did a value change\? (\d+) steps? in (\d+) of (\d+) series; (\d+) (?:has|have) none, (\d+) (?:is|are) too short",
                    squeezed(sections["trend"]["text"]))
    if not said or tuple(map(int, said.groups())) != (steps, count["steps"], len(want), count["no step"], count["too short"]):
        return f"the conclusion: {squeezed(sections['trend']['text'])[:200]}, want {steps} {count}"
    topics = {}
    for (part, mode, env, case, params, subject, metric), (verdict, runs, _) in want.items():
        t = topics.setdefault((part, mode, env, case.split("/")[0], metric), [0, 0, 0, 0, []])
        t[0] += len(runs)
        t[1] += verdict == "steps"
        t[2] += 1
        t[3] += verdict == "too short"
        shown = "".join(f", {k}={v}" for k, v in sorted(json.loads(params).items()))
        t[4] += [(f"{case}{shown} ({subject})", r) for r in runs]
    have = []
    for name, s in sections.items():
        if not name.startswith("steps-"):
            continue
        m = re.match(r"(\S+) of (\S+) in (\S+) (\d+) steps? in (\d+) of (\d+) series(?: \((\d+) too short to judge\))?, runs", squeezed(s["text"]))
        if not m:
            return f"{name}: {squeezed(s['text'])[:200]}"
        rows = sorted((squeezed(r[0]), r[1].strip()) for r in s["rows"] if r and r[0].strip() != "Series")
        have.append((m[3], m[2], m[1], int(m[4]), int(m[5]), int(m[6]), int(m[7] or 0), rows, s["svg"]))
    need = sorted((k[0], k[3], k[4], *v[:4], sorted(v[4])) for k, v in topics.items() if v[0])
    if sorted(h[:8] for h in have) != need:
        return f"sections: {sorted(h[:8] for h in have)}, want {need}"[:600]
    return None if all(h[8] == 1 for h in have) else "a section without its figure"


def random_folder(name, seed):
    rng, docs = random.Random(seed), []
    nr = rng.choice([3, 20, 40])
    os.mkdir(os.path.join(fixtures.TMP, name))
    level = 500
    for i in range(nr):
        level += rng.choice([0] * 5 + [7])
        rows = [row(samples=[level] * N), row("pin_fast/walk", n=1, samples=[level * 2] * N)]
        rows += [row("kmap/pair", n=n, samples=[1000 * (1.08 if i >= nr // 2 and n else 1) * (1 + rng.gauss(0, 0.01))], **TIME) for n in range(3)]
        rows.append(row(samples=[3 + (i > 10)] * 5, **IPIS))
        docs.append(doc(*rows, part=rng.choice(["a", "b-1"]), env={"cpu": "z" if i > nr // 2 and seed % 3 == 0 else "y"}))
    for i, d in enumerate(docs):
        d["created"] = f"2026-01-01T00:{i:02}:00Z"
        save(d, f"{name}/{(i * 7919) % 1009:04}.json")
    return os.path.join(fixtures.TMP, name)


def pages(run):
    bad, seen, most = [], 0, (-1, 0)
    for seed in range(9):
        folder, out = random_folder(f"f{seed}", seed), os.path.join(fixtures.TMP, f"out{seed}")
        p = report(run, out, "--trend", folder)
        why = p.stderr if p.returncode else differs(read(out), folder)
        if why:
            bad.append(f"seed {seed}: {why}")
        else:
            here = read(out).count("<section id=\"steps-")
            seen += here
            most = max(most, (here, seed))
    ok(not bad and seen > 15, f"the conclusion, {seen} sections, their rows and figures are what the oracle finds") or diag(bad[:2])
    folder, out = os.path.join(fixtures.TMP, f"f{most[1]}"), os.path.join(fixtures.TMP, f"out{most[1]}")
    text = read(out)
    for what, spoiled in (("conclusion", re.sub(r"(\d+) steps in", "1000 steps in", text, count=1)),
                          ("section's number", re.sub(r"of (\d+) series, runs", "of 99 series, runs", text, count=1)),
                          ("row", re.sub(r"(<td[^>]*>)\d{4}\.json", r"\g<1>9999.json", text, count=1)), ("figure", text.replace("<svg", "<x-svg", 1))):
        ok(spoiled != text and differs(spoiled, folder) is not None, f"a page with another {what} is seen")
    with open(os.path.join(out, "index.html"), encoding="utf-8") as f:
        ok("trend.html#trend" in f.read(), "the first page links it")
    ok(f"ptbench trend {folder}" in text, "and it says the command")
    first = read(out)
    report(run, out, "--trend", folder)
    ok(read(out) == first, "rendered again, the page has the same bytes")
    p = report(run, out)
    with open(os.path.join(out, "index.html"), encoding="utf-8") as f:
        ok(p.returncode == 0 and "trend.html" not in f.read() and not os.path.exists(os.path.join(out, "trend.html")), "without --trend there is no such page, and no link")


def odd(run):
    folder, out = os.path.join(fixtures.TMP, "odd"), os.path.join(fixtures.TMP, "odd-out")
    os.mkdir(folder)
    for i in range(3):
        d = doc(row(samples=[500 + 3 * (i > 0)] * N, text="v<b>&"), part="a", image="i")
        save({**d, "created": f"2026-01-01T00:{i:02}:00Z"}, f"odd/{i}{HOSTILE.replace('/', '')}.json")
    with open(os.path.join(folder, "cut.json"), "w", encoding="utf-8") as f:
        f.write("{")
    p = report(run, out, "--trend", folder)
    text = read(out)
    ok(p.returncode == 0 and "Files that cannot be read, and are left out: 1; the first: " in text, "a file that cannot be read is counted on the page")
    ok("<script>alert(1)" not in text and "\u202e" not in text and "v<b>" not in text and "1 step in 1 of 1 series" in squeezed(Page(text).sections["trend"]["text"]),
       "hostile names are shown and not obeyed")
    p = report(run, out, "--trend", os.path.join(folder, "nonesuch"))
    ok(p.returncode == 2 and "nonesuch" in p.stderr and "cannot be opened" in p.stderr and read(out) == text, "a folder that is not there is status 2, and the old report stays")
    empty = os.path.join(fixtures.TMP, "empty")
    os.mkdir(empty)
    p = report(run, out, "--trend", empty)
    ok(p.returncode == 0 and "Not known: nothing was judged: there is no result file" in squeezed(read(out)), "of an empty folder the page says that nothing was judged")
    zero = os.path.join(fixtures.TMP, "zero")
    os.mkdir(zero)
    for i in range(3):
        save({**doc(row(samples=[3 * (i > 0)] * 5, **IPIS), part="a"), "created": f"2026-01-01T00:{i:02}:00Z"}, f"zero/{i}.json")
    p = report(run, out, "--trend", zero)
    rows = Page(read(out)).sections["steps-1"]["rows"]
    ok(p.returncode == 0 and [c.strip() for c in rows[1][3:7]] == ["0", "0.30", "from 0", "changed"], "a level of 0 has no share, no figure, and its row") or diag(rows)


with tempfile.TemporaryDirectory() as tmp:
    fixtures.use(tmp)
    the_run = save_run("run", [passed("a")], [doc(row(), part="a")])
    pages(the_run)
    odd(the_run)
oracle.done()
