#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of ptbench report --judged says what the file has: its sentences and tables are read back, and
computed again here. Files that are none are refused."""

import copy
import json
import math
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
from fixtures import doc, passed, row, save_run
from oracle import diag, ok
from page import Page, squeezed

PTBENCH = os.path.join(oracle.BUILD, "ptbench")


def share(nr, of):
    p = nr / of if of else 0
    w = 2.576 * math.sqrt(p * (1 - p) / of) if of else 1
    return {"nr": nr, "of": of, "low": max(0, p - w), "high": min(1, p + w)}


def null(rng, bad=False, of=None):
    of = rng.randrange(1, 50000) if of is None else of
    comparisons = rng.randrange(1, 800)
    nr = rng.randrange(0, of + 1) if bad else rng.randrange(0, of // 100 + 1)
    return {"comparisons": comparisons, "with_false": min(comparisons, nr), "falsely_moved": share(nr, of), "inconclusive": rng.randrange(0, of + 1)}


def slowed(rng, processes, percent, nr, of):
    return {"processes": processes, "slowed_percent": percent, "tested": of, "comparisons": rng.randrange(1, 9), "estimated_percent": round(percent * 0.99, 4),
            "found_all": share(min(of, nr + 1), of), "found_alone": share(nr, of), "alone_among": 755, "inconclusive": rng.randrange(0, of)}


def judged(rng, images=37, sampled=(), one_more=(30, 30), bad=False):
    return {"format": "ptbench-judge", "version": 1, "command": "ptbench judge --pair <A> 'b c'", "environment": {"cpu": "A <CPU> & more", "cpus": "2"},
            "sampled": list(sampled), "images": images, "identical_pairs": rng.randrange(0, 3), "exact": null(rng, bad, None if images else 0),
            "deterministic": null(rng, bad, None if images else 0), "one_more": share(*one_more)}


def report(run, out, file):
    return subprocess.run([PTBENCH, "report", "-o", out, "--judged", file, run], capture_output=True, text=True, check=False)


def number(text):
    return int(re.sub(r"[^0-9]", "", text))


def said_share(s):
    """The words of a share, with whatever separates thousands."""
    if not s["of"]:
        return "none was measured"
    return (f"{s['nr']} of {s['of']} ({100 * s['nr'] / s['of']:.2f} %; 99 % interval {100 * s['low']:.2f} to {100 * s['high']:.2f} %)")


def plain(text):
    return re.sub(r"(?<=\d)[,\u202f\u2009\u00a0](?=\d{3})", "", squeezed(text)).replace("\u00a0", " ")


def aim(s):
    if not s["of"]:
        return ""
    return "; the aim, at most 1 %, is " + ("met" if s["high"] <= 0.01 else "missed" if s["low"] > 0.01 else "not shown to be met or missed")


def differs(text, j):
    """None, or what of the page is not what the file has."""
    sections = Page(text).sections
    alarms, power = plain(sections["false-alarms"]["text"]), plain(sections["power"]["text"])
    nulls = [("Exact rows", j["exact"]), ("Deterministic rows", j["deterministic"])] if j["images"] else []
    nulls += [(f"Sampled rows, {s['processes']} processes a side", s) for s in j["sampled"] if s["slowed_percent"] == 0]
    for what, n in nulls:
        want = f"{what}: {said_share(n['falsely_moved'])}, over {n['comparisons']} comparisons{aim(n['falsely_moved'])}."
        if want not in alarms:
            return f"{want!r} is not in {alarms[:600]!r}"
    if alarms.count("over ") - alarms.count("over which") != len(nulls) or (not nulls and "Not measured" not in alarms):
        return f"other false alarms than {len(nulls)}: {alarms[:300]!r}"
    rows = [r for r in sections["false-alarms"]["rows"] if r and r[0] in ("exact", "deterministic", "sampled")]
    if [(number(r[2]), number(r[3]), number(r[4]), number(r[7]), number(r[8])) for r in rows] != \
            [(n["comparisons"], n["falsely_moved"]["of"], n["falsely_moved"]["nr"], n["with_false"], n["inconclusive"]) for _, n in nulls]:
        return f"the table of false alarms: {rows}"
    more = j["one_more"]
    want = "One instruction more was not measured." if not more["of"] else \
        f"in {said_share(more)}{'' if more['nr'] == more['of'] else ': not always'}."
    if want not in power:
        return f"{want!r} is not in {power[:400]!r}"
    slow = [s for s in j["sampled"] if s["slowed_percent"]]
    five = sorted((s for s in slow if s["slowed_percent"] == 5 and s["found_alone"]["of"]), key=lambda s: s["processes"])
    good = [s["processes"] for s in five if s["found_alone"]["nr"] >= 0.95 * s["found_alone"]["of"]]
    if not five:
        want = "Times slowed by 5 % were not measured."
    else:
        want = f"alone among {five[0]['alone_among']} rows, is found by {five[0]['processes']} processes a side in {said_share(five[0]['found_alone'])}. The aim, 95 %, is "
        want += "met." if good[:1] == [five[0]["processes"]] else f"missed with so many: it takes {good[0]} processes a side." if good else \
            "missed, and by every size that was measured."
    if want not in power:
        return f"{want!r} is not in {power[:600]!r}"
    rows = [r for r in sections["power"]["rows"] if r and r[0].endswith("%")]
    have = [(float(r[0].split()[0]), int(r[1]), number(r[2]), number(r[3]), r[5]) for r in rows]
    if have != [(s["slowed_percent"], s["processes"], s["comparisons"], s["found_alone"]["of"], f"{100 * s['found_alone']['nr'] / s['found_alone']['of']:.2f} %") for s in slow]:
        return f"the table of what is found: {have}"
    if sections["power"]["svg"] != bool(slow):
        return f"{sections['power']['svg']} figures for {len(slow)} shares"
    return None if "A <CPU> & more" in sections["how"]["text"] and j["command"] in sections["how"]["text"] else "the environment, or the command"


def main():
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        d = doc(row())
        run = save_run("run", [passed(d["part"])], [d])
        same = lambda n, **k: {**null(rng, **k), "processes": n, "slowed_percent": 0, "tested": 700}
        cases = {
            "all is well": judged(rng, sampled=[same(12), same(24), *(slowed(rng, n, p, 99, 100) for p in (1, 5, 10) for n in (12, 24))]),
            "more are needed": judged(rng, sampled=[slowed(rng, 12, 5, 60, 100), slowed(rng, 24, 5, 94, 100), slowed(rng, 48, 5, 95, 100)]),
            "none is enough": judged(rng, sampled=[slowed(rng, 12, 5, 60, 100), slowed(rng, 24, 5, 70, 100)]),
            "much is wrong": judged(rng, bad=True, sampled=[same(12, bad=True)], one_more=(29, 30)),
            "only images": judged(rng),
            "too few rows to say": {**judged(rng), "exact": null(rng, of=40), "deterministic": null(rng, bad=True, of=3)},
            "only times": judged(rng, images=0, sampled=[same(12), slowed(rng, 12, 2, 3, 100)], one_more=(0, 0)),
            "nothing but a slow-down": judged(rng, images=0, sampled=[slowed(rng, 12, 5, 1, 1)], one_more=(0, 0)),
        }
        for text, j in cases.items():
            file, out = fixtures.save(j, "j.json"), os.path.join(tmp, text.replace(" ", "-"))
            p = report(run, out, file)
            page = open(os.path.join(out, "judge.html"), encoding="utf-8").read() if not p.returncode else ""
            why = differs(page, j) if page else p.stderr
            if not ok(not why, f"{text}: the page is what the file has"):
                diag(why)
            if page:
                ok('href="judge.html"' in open(os.path.join(out, "index.html"), encoding="utf-8").read(), "  and is linked from the first page")
                other = copy.deepcopy(j)
                other["one_more"] = share(17, 31)
                ok(differs(page, other) is not None, "  another file's numbers are seen to differ")
        out = os.path.join(tmp, "without")
        subprocess.run([PTBENCH, "report", "-o", out, run], capture_output=True, check=True)
        ok(not os.path.exists(os.path.join(out, "judge.html")), "without --judged there is no such page")

        good = cases["all is well"]
        for text, path, value in (("a negative number", ("images",), -1), ("a share above 1", ("exact", "falsely_moved", "high"), 1.5),
                                  ("more than all", ("one_more", "nr"), 31), ("a word for a number", ("sampled", 0, "processes"), "x"),
                                  ("an unknown key", ("exact", "x"), 1), ("a missing key", ("one_more", "of"), None), ("no list", ("sampled",), {}),
                                  ("a huge number", ("images",), 1e300), ("another format", ("format",), "ptbench-run"), ("a later version", ("version",), 2),
                                  ("an environment of numbers", ("environment", "cpu"), 3), ("more comparisons with one than there are", ("exact", "with_false"), 10**6)):
            j = copy.deepcopy(good)
            at = j
            for k in path[:-1]:
                at = at[k]
            if value is None:
                del at[path[-1]]
            else:
                at[path[-1]] = value
            p = report(run, os.path.join(tmp, "bad"), fixtures.save(j, "bad.json"))
            ok(p.returncode == 2 and "bad.json" in p.stderr and any(str(k) in p.stderr for k in path) and not os.path.exists(os.path.join(tmp, "bad")),
               f"{text}: status 2, the key is named, and nothing is written") or diag(p.stderr)
        whole = json.dumps(good)
        for n in (0, 1, len(whole) // 2, len(whole) - 1):
            open(os.path.join(tmp, "cut.json"), "w").write(whole[:n])
            ok(report(run, os.path.join(tmp, "bad"), os.path.join(tmp, "cut.json")).returncode == 2, f"the first {n} bytes: status 2")
    oracle.done()


main()
