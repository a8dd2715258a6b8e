# SPDX-License-Identifier: GPL-2.0-or-later
"""A second opinion on steps: docs/trend.md's method, from the JSON files, slowly. It shares nothing with the
program but the metrics' smallest changes that count, which it reads off results/metrics.h."""

import json
import math
import os
import re
import statistics
from fractions import Fraction

import ranks

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ["exact", "deterministic", "sampled"]


def effects():
    """{metric: smallest change that counts}"""
    with open(os.path.join(HERE, "..", "include", "results", "metrics.h"), encoding="utf-8") as f:
        text = f.read()
    return {m[1]: float(m[2]) / 100
            for m in re.finditer(r'X\([A-Z0-9_]+, "(\w+)", "[^"]*", [A-Z]+,\s*[A-Z]+,\s*([0-9.]+),', text)}


EFFECTS = effects()


def counts(before, after, effect):
    if before == 0 or after == 0:
        return before != after
    return after / before > 1 + effect or after / before < 1 / (1 + effect)


# ---- reading ----

def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def documents(folder):
    """[(time, id, document)] of all runs and documents, in no order."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.islink(path):
            continue
        if os.path.isdir(path) and os.path.exists(os.path.join(path, "run.json")):
            run = load(os.path.join(path, "run.json"))
            for part in run["parts"]:
                if part["file"]:
                    yield run["started"], name, load(os.path.join(path, part["file"]))
        elif os.path.isfile(path) and name.endswith(".json"):
            d = load(path)
            if d["format"] == "ptbench-result":
                yield d["created"], name, d


def series_of(folder):
    """{identity: [(id, measurement)]}, in the order of time."""
    out = {}
    for time, name, d in sorted(documents(folder), key=lambda x: (x[0], os.fsencode(x[1]))):
        env = {k: v for k, v in d["provenance"]["environment"].items() if k not in ("load", "qemu_folder")}
        for m in d["measurements"]:
            if "skipped" in m:
                continue
            key = (d["part"], d["mode"], json.dumps(env, sort_keys=True), m["case"], json.dumps(m["params"], sort_keys=True),
                   m["subject"], m["metric"])
            out.setdefault(key, []).append((name, m))
    return out


# ---- whole numbers ----

def mode(samples):
    return min(s for s in samples if samples.count(s) == max(samples.count(t) for t in set(samples)))


def whole(values, effect):
    steps, level, unclear = [], 0, 0
    for i in range(1, len(values)):
        a, b = values[level], values[i]
        if a["kind"] == b["kind"] == "exact":
            step = Fraction(mode(a["samples"]), a["nr_ops"]) != Fraction(mode(b["samples"]), b["nr_ops"])
        else:
            x, y = ([s / m["nr_ops"] for s in m["samples"]] for m in (a, b))
            far = any(counts(f(x), f(y), effect) for f in (mode, statistics.median, statistics.fmean))
            step = far and (max(x) < min(y) or max(y) < min(x))
            unclear += far and not step
        if step:
            steps.append(i)
            level = i
    return steps, unclear


# ---- sampled ----

def intervals(n):
    k = 0
    while k == 0 or n >> k >= 24:
        for i in range(2 ** (k + 1) - 1):
            yield i * n // 2 ** (k + 1), -(-(i + 2) * n // 2 ** (k + 1))
        k += 1


def places(n):
    return sum(max(0, b - a - 7) for a, b in intervals(n))


def best_place(v):
    """(|z|, place), by the definition: a rank sum for each place."""
    n = len(v)
    doubled = ranks.doubled_ranks(v)
    spread = Fraction(n + 1, 3)
    best = (Fraction(0), 0)
    for t in range(4, n - 3):
        far = abs(sum(doubled[:t]) - t * (n + 1))
        square = Fraction(far * far, t * (n - t))
        if square > best[0]:
            best = (square, t)
    return (math.sqrt(best[0] / spread), best[1]) if best[1] else (0.0, 0)


def candidate(v, a, b, effect):
    """(p, -length, start, place) of an interval, or None."""
    if b - a < 8:
        return None
    z, t = best_place(v[a:b])
    if z < 2.75 or not counts(statistics.median(v[a:a + t]), statistics.median(v[a + t:b]), effect):
        return None
    return ranks.p_value(v[a:a + t], v[a + t:b]) * places(len(v)), -(b - a), a, a + t


def candidates(v, effect):
    some = (candidate(v, a, b, effect) for a, b in intervals(len(v)))
    return sorted(c for c in some if c and c[0] <= 0.01)


def between(v, steps, threshold, effect):
    """The steps, and those that a segment between two of them has, until none has any."""
    fence = [0] + steps + [len(v)]
    for a, b in zip(fence, fence[1:]):
        c = candidate(v, a, b, effect)
        if steps and c and c[0] <= threshold:
            return between(v, sorted(steps + [c[3]]), threshold, effect)
    return steps


def least(n):
    if n < 8:
        return 1.0
    half = list(range(n))
    return min(1.0, ranks.p_value(half[:n // 2], half[n // 2:]) * places(n))


def steps_of(v, found, threshold, effect):
    steps = []
    for p, length, start, at in found:
        if p <= threshold and not any(start < s < start - length for s in steps):
            steps.append(at)
    steps = between(v, sorted(steps), threshold, effect)
    for i, _ in enumerate(steps):
        fence = [0] + steps[:i] + [None] + steps[i + 1:] + [len(v)]
        a, b = fence[i], fence[i + 2]
        before, after = statistics.median(v[a:steps[i]]), statistics.median(v[steps[i]:b])
        costs, total = {}, 0.0
        for at in range(a + 1, b - 3):
            total += abs(v[at - 1] - before) - abs(v[at - 1] - after)
            if at >= a + 4:
                costs[at] = total
        if costs:
            steps[i] = min(costs, key=lambda at: (costs[at], at))
    while True:
        fence = [0] + steps + [len(v)]
        levels = [statistics.median(v[a:b]) for a, b in zip(fence, fence[1:])]
        small = [(abs(math.log(y / x)) if x > 0 and y > 0 else 0.0, i) for i, (x, y) in enumerate(zip(levels, levels[1:]))
                 if not counts(x, y, effect)]
        if not small:
            return steps
        del steps[min(small)[1]]


def wanders(v, steps):
    fence = [0] + steps + [len(v)]
    rest = []
    for a, b in zip(fence, fence[1:]):
        level = statistics.median(v[a:b])
        rest += [x - level for x in v[a:b]]
    r = [Fraction(x) - (len(v) + 1) for x in ranks.doubled_ranks(rest)]
    squares = sum(x * x for x in r)
    return squares > 0 and float(sum(x * y for x, y in zip(r, r[1:])) / squares) * math.sqrt(len(v)) > 2.326


# ---- all of it ----

def judge(folder):
    """{identity: (verdict, [id of the first run behind each step], wanders)}, and the threshold."""
    out, tested = {}, {}
    for key, pairs in series_of(folder).items():
        names, ms = [p[0] for p in pairs], [p[1] for p in pairs]
        effect = EFFECTS[key[6]]
        if max(KINDS.index(m["kind"]) for m in ms) < 2:
            steps, _ = whole(ms, effect)
            out[key] = ("steps" if steps else "no step" if len(ms) > 1 else "too short", [names[s] for s in steps], False)
            continue
        v = [statistics.median(m["samples"]) / m["nr_ops"] for m in ms]
        out[key] = ("too short", [], False)
        if least(len(v)) <= 0.01:
            tested[key] = (names, v, effect, candidates(v, effect))
    firsts = [t[3][0][0] if t[3] else 1.0 for t in tested.values()]
    found = sum(p <= 0.01 for p in ranks.adjusted(firsts))
    threshold = 0.01 * max(found, 1) / len(tested) if tested else 0.01
    for key, (names, v, effect, some) in tested.items():
        steps = steps_of(v, some, threshold, effect)
        verdict = "steps" if steps else "no step" if least(len(v)) <= threshold else "too short"
        out[key] = (verdict, [names[s] for s in steps], wanders(v, steps))
    return out, threshold
