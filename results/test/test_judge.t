#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench judge: its counts, made again from ptbench compare's JSON over documents that are cut here; its intervals,
made again by R."""

import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import fixtures
from fixtures import IPIS, N, TIME, cli, doc, passed, row, save, save_run, says
import oracle
from oracle import ok

try:
    import jsonschema
except ImportError as e:
    oracle.skip_all(f"{e}; scripts/deps test installs it")
if not shutil.which("Rscript"):
    oracle.skip_all("no Rscript; scripts/deps test installs it")

POLICY = os.path.join(oracle.HERE, "..", "policy", "default.json")
SCHEMA = json.load(open(os.path.join(oracle.HERE, "..", "schema", "ptbench-judge-1.schema.json")))
MOVED = ("REGRESSED", "improved", "CHANGED")
os.environ["CLI_POLICY"] = POLICY


def judge(*args):
    out = os.path.join(fixtures.TMP, "judge.json")
    p = cli("judge", "--out", out, *args)
    if p.returncode:
        ok(False, f"judge {args}: {p.stderr}")
        return {}
    d = json.load(open(out))
    jsonschema.validate(d, SCHEMA)
    return d


def rows_of(base, head):
    p = cli("gate", "--policy", POLICY, "--all", "--format", "json", "--base", base, head)
    d = json.loads(p.stdout)
    return d, [r for part in d["parts"] for r in part["rows"]]


def clopper_pearson(pairs):
    """99 % intervals of each (k, n), by R."""
    text = "".join(f"{k} {n}\n" for k, n in pairs)
    r = subprocess.run(["Rscript", "--vanilla", "-e",
                        "d <- read.table(file('stdin')); for (i in seq_len(nrow(d))) cat(format("
                        "binom.test(d[i,1], d[i,2], conf.level=.99)$conf.int, digits=17), '\\n')"],
                       input=text, capture_output=True, text=True, check=True)
    return [tuple(map(float, line.split())) for line in r.stdout.splitlines()]


# ---- sampled rows ----

def pair_of(rng, nr, slowed, name, rows=12):
    """A pair of runs in turn. Row 0 falsely moves in the first half of the samples; row 1 has few of them."""
    docs = []
    drift = [rng.gauss(0, 0.01) for _ in range(nr)]
    for side in range(2):
        d = doc(part="native", mode="native", env={"sample": "process"})
        for k in range(rows):
            f = 1 + (slowed / 100 if side else 0) + (0.2 if side and k == 0 and not slowed else 0)
            t = [1000 * (k + 1) * f * (1 + drift[i] + rng.gauss(0, 0.003 * (1 + k))) for i in range(nr)]
            if k == 0 and not slowed:
                t[nr // 2:] = [x / f for x in t[nr // 2:]]
            d["measurements"].append(row("kmap/pair", **TIME, samples=t[:nr // 3] if k == 1 else t, subject="ref", n=k))
            if k == 1:
                d["measurements"][-1]["discarded"] = nr - nr // 3
        d["measurements"].append(row("kmap/pair", metric="lock_waits", unit="waits", better="neither", kind="sampled", subject="ref",
                                     samples=[100 * (side + 1)] * nr, nr_ops=1))
        d["provenance"]["subject"]["interleaved"] = name
        if side and slowed:
            d["provenance"]["subject"]["slowed_percent"] = str(slowed)
        docs.append(d)
    return docs


def cut(d, piece, pieces, name):
    d = copy.deepcopy(d)
    rows = []
    for m in d["measurements"]:
        n = len(m["samples"])
        samples = m["samples"][n * piece // pieces:n * (piece + 1) // pieces]
        if samples:
            rows.append({**m, "samples": samples, "discarded": 0})
    d["measurements"] = rows
    return save(d, name)


def counted(docs, size, among):
    """What judge has to say of the pair, from comparisons that are made here."""
    pieces = max(len(m["samples"]) + m.get("discarded", 0) for m in docs[0]["measurements"]) // size
    c = {"comparisons": 0, "with_false": 0, "rows": 0, "moved": 0, "worse": 0, "alone": 0, "unclear": 0, "estimates": []}
    for piece in range(pieces):
        d, rows = rows_of(cut(docs[0], piece, pieces, "cut-b.json"), cut(docs[1], piece, pieces, "cut-n.json"))
        rows = [r for r in rows if r["metric"] == "time" and "interval" in r]
        moved = sum(r["by_values"] in MOVED for r in rows)
        c["comparisons"] += 1
        c["with_false"] += moved > 0
        c["rows"] += len(rows)
        c["moved"] += moved
        c["worse"] += sum(r["by_values"] == "REGRESSED" for r in rows)
        c["unclear"] += sum(r["by_values"] == "INCONCLUSIVE" for r in rows)
        for r in rows:
            i = r["interval"]
            c["estimates"].append(i["estimate"])
            c["alone"] += i["low"] is not None and i["low"] > 0.02 and i["p"] * (among or d["tested"]) <= d["level"]
    return c


def test_sampled():
    rng = random.Random(5)
    pairs, paths = [], []
    for slowed in (0, 3, 10, 0):
        docs = pair_of(rng, 36, slowed, f"p{len(pairs)}")
        pairs.append((slowed, docs))
        paths += [save(d, f"p{len(pairs)}-{i}.json") for i, d in enumerate(docs)]
    for among in (0, 5000):
        d = judge("--sizes", "6,12,18", *(["--rows", str(among)] if among else []), "--pair", *paths)
        seen = {(s["processes"], s["slowed_percent"]): s for s in d["sampled"]}
        ok(list(seen) == sorted(seen, key=lambda k: (k[1], k[0])) and len(seen) == 9, f"a rate of each size and slow-down, in order (rows {among})")
        for (size, slowed), s in seen.items():
            c = [counted(docs, size, among) for by, docs in pairs if by == slowed]
            total = {k: sum((x[k] for x in c), type(c[0][k])()) for k in c[0]}
            if slowed:
                estimates = sorted(total["estimates"])
                want = (total["comparisons"], [total["worse"], total["rows"]], [total["alone"], total["rows"]], total["unclear"])
                have = (s["comparisons"], [s["found_all"]["nr"], s["found_all"]["of"]], [s["found_alone"]["nr"], s["found_alone"]["of"]], s["inconclusive"])
                middle = len(estimates) // 2
                median = (estimates[middle] + estimates[-1 - middle]) / 2 * 100
                ok(abs(s["estimated_percent"] - median) < 1e-9, f"{size} processes, {slowed} % slower: the median estimate")
            else:
                want = (total["comparisons"], total["with_false"], [total["moved"], total["rows"]], total["unclear"])
                have = (s["comparisons"], s["with_false"], [s["falsely_moved"]["nr"], s["falsely_moved"]["of"]], s["inconclusive"])
            if not ok(have == want, f"{size} processes, {slowed} % slower, among {among or 'those'}: as counted here"):
                oracle.diag(f"have {have}, want {want}")
    null = {s["processes"]: s for s in d["sampled"] if s["slowed_percent"] == 0}
    ok(all(s["falsely_moved"]["nr"] > 0 and s["with_false"] < s["comparisons"] for s in (null[12], null[18])), "the planted false alarms are seen, in the halves where they are")
    ok(null[6]["falsely_moved"]["nr"] == 0 and null[6]["inconclusive"] > 0, "too few processes find nothing")
    ok(all(s["found_all"]["nr"] > s["found_alone"]["nr"] for s in d["sampled"] if s["processes"] == 12 and s["slowed_percent"] == 10),
       "alone among many it is harder")
    shares = [v for s in d["sampled"] for v in s.values() if isinstance(v, dict)]
    want = clopper_pearson([(v["nr"], v["of"]) for v in shares])
    ok(all(abs(v["low"] - w[0]) < 1e-9 and abs(v["high"] - w[1]) < 1e-9 for v, w in zip(shares, want)), f"R has the same {len(shares)} intervals")
    d = judge("--pair", *paths[:2])
    ok([s["processes"] for s in d["sampled"]] == [16, 32], "without --sizes: 16, and its doubles as far as they go")
    text = cli("judge", "--pair", *paths)
    says(text, 0, ["sampled, 16 processes a side: falsely moved: ", "sampled, 16 processes a side, 3 % slower: found alone: "], text="and as text")
    ok(cli("judge", "--pair", *paths).stdout == text.stdout, "the same input, the same bytes")
    says(cli("judge", "--pair", paths[0], paths[3]), 2, err=["was not measured in turn with"], text="runs of two pairs are refused")
    says(cli("judge", "--pair", paths[3], paths[2]), 2, err=["is slowed; only the second"], text="so is a base that is slowed")
    says(cli("judge", "--sizes", "40", "--pair", *paths[:2]), 2, err=["was measured by 36 processes, not by 40"], text="and a size that there is not")


# ---- images ----

def image(name, costs, more=()):
    d = doc(*[row(samples=[c] * N, nr_ops=2, n=i) for i, c in enumerate(costs)],
            row("kmap/pair", samples=[70] * 20 + [71 + len(name)] * 11, kind="deterministic"),
            row(**IPIS, samples=[3] * N, nr_ops=1), row("kernel/text", metric="code_bytes", unit="bytes", samples=[len(name)], nr_ops=1),
            *more, image=name)
    save_run(name, [passed(d["part"])], [d])
    return os.path.join(fixtures.TMP, name)


def test_images():
    same = [image(n, [500, 600, 700]) for n in ("i1", "i22", "i333")]
    twin = os.path.join(fixtures.TMP, "twin")
    shutil.copytree(same[0], twin)
    odd = image("i4444", [500, 602, 700])
    d = judge("--images", *same)
    ok((d["exact"]["comparisons"], d["exact"]["with_false"], d["exact"]["falsely_moved"]["nr"], d["exact"]["falsely_moved"]["of"]) == (3, 0, 0, 12),
       "three images, three pairs: no exact row moved, and sizes do not count")
    ok(d["deterministic"]["falsely_moved"]["of"] == 3, "deterministic rows are counted apart")
    d = judge("--images", *same, odd)
    ok((d["exact"]["with_false"], d["exact"]["falsely_moved"]["nr"], d["exact"]["comparisons"]) == (3, 3, 6), "an image that moved is in each of its pairs")
    d = judge("--images", *same, twin)
    ok((d["identical_pairs"], d["exact"]["comparisons"]) == (1, 5), "a pair that is one image is counted apart")
    for text, costs, found in (("by that much", [502, 602, 702], 9), ("by more", [502, 604, 702], 6), ("not at all", [502, 600, 702], 6), ("cheaper", [498, 602, 702], 6), ("lost", [502, 602], 6)):
        more = image("more-" + text.replace(" ", "-"), costs)
        s = judge("--images", *same, "--more", "gup_fast/@(walk|put)", more)["one_more"]
        ok((s["nr"], s["of"]) == (found, 9), f"one instruction more, {text}: {s}")
    says(cli("judge", "--images", *same, "--more", "none/*", odd), 2, err=["no exact row whose case matches none/*"], text="a case that there is not")
    d = judge("--images", same[0], image("lost", [500, 600]))
    ok((d["exact"]["falsely_moved"]["nr"], d["exact"]["falsely_moved"]["of"], d["exact"]["inconclusive"]) == (0, 4, 1), "a row that one image lacks is inconclusive")
    says(cli("judge", "--images", same[0], twin), 3, err=["no row of these runs could be compared"], text="nothing but one image twice: status 3")
    other = os.path.join(fixtures.TMP, "other")
    shutil.copytree(same[0], other)
    f = os.path.join(other, "stock.icount-1cpu.json")
    x = json.load(open(f))
    x["provenance"]["environment"]["qemu"] = "8"
    json.dump(x, open(f, "w"))
    says(cli("judge", "--images", same[0], other), 2, err=["has no part that can be compared with"], text="images of two environments")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        test_sampled()
        test_images()
        for args in ((), ("--pair", "a"), ("--pair", "a", "b", "c"), ("--images", "a"), ("--sizes", "0", "--pair", "a", "b"), ("--sizes", "12,", "--pair", "a", "b"),
                     ("--rows", "x", "--pair", "a", "b"), ("--nothing",), ("--pair", "nowhere", "nothing")):
            says(cli("judge", *args), 2, text=f"{args}: status 2")
    oracle.done()


main()
