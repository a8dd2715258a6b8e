#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench kernels history on kernels that differ in more than the version: what the option of preemption did,
by way of a variant with one option on both versions, adds up to the whole; and on point releases of a version,
which have a section of their own. An oracle says the same of the documents, of random runs. SEED=N MUTATIONS=1
makes again what a failed line names."""

import copy
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
import judges
import oracle
from fixtures import N, doc, row, save_run
from oracle import ok, diag

RELEASES = {"6.1": "6.1.192", "6.12": "6.12.117", "7.2": "7.2.13", "7.3": "7.3.4"}
STEM, KIN = "x86_64-plain", "x86_64-other"
HEADS = {  # what the text calls a row: setup, case, params, metric
    "A get_user_pages_fast_only() of one page":
        ("icount-1cpu", "gup_fast/walk", {"cross": "none", "design": "static", "format": "f", "leaf": "pte", "pages": 1},
         "instructions"),
    "kmap_local_page() and its undoing":
        ("icount-1cpu", "kmap/pair", {"api": "kmap_local", "debug": 0, "depth": 1}, "instructions"),
    "RCU callbacks":
        ("icount-2cpu", "table_free/munmap", {"format": "f", "peer": "spin", "tables": 8}, "rcu_callbacks"),
}


def axes_of(rows, scenarios):
    """An axis for each param, and that of the scenario: [(name, the one that it is a variant of)]."""
    value = lambda v, **more: {"value": v, "label": v, "means": "x", "busted": False, **more}
    found = [{"key": "scenario", "families": [], "means": "which kernel",
              "values": [value(n, **({"of": of} if of else {})) for n, of in scenarios]}]
    for key in sorted({k for r in rows for k in r["params"]}):
        strings = sorted({r["params"][key] for r in rows if isinstance(r["params"].get(key), str)})
        found.append({"key": key, "families": [], "means": "x", "values": [value(s) for s in strings]})
    return found


def kernel(stem, version, values, subject, of=None, compiler="gcc 12", more=(), vague=()):
    """The documents of a kernel: values has a number, or None, for each of HEADS; more has rows of costs. Of those
    whose number is in vague not all samples are alike."""
    name, made = f"{stem}@{version}" if version else stem, []
    for setup in ("icount-1cpu", "icount-2cpu"):
        rows = list(more) if setup == "icount-1cpu" else []
        for i, ((where, case, params, metric), v) in enumerate(zip(HEADS.values(), values)):
            if where == setup and v is not None:
                event = metric != "instructions"
                rows.append(row(case=case, metric=metric, unit="callbacks" if event else "instructions",
                                better="neither" if event else "lower", samples=[v] * (5 if event else N), nr_ops=1, **params))
                if i in vague:
                    same = len(rows[-1]["samples"]) * 3 // 5
                    rows[-1].update(kind="deterministic", samples=[v] * same + [v + 1] * (len(rows[-1]["samples"]) - same))
        if not rows:
            continue
        d = doc(*rows, part=f"{name}.{setup}", env={"compiler": compiler})
        kin = [(f"{of}@{version}" if version else of, None), (name, f"{of}@{version}" if version else of)] if of else [(name, None)]
        d.update(version=2, axes=axes_of(rows, kin))
        d["provenance"]["subject"].update(subject)
        made.append(d)
    return made


def history(name, docs, status=0):
    run = save_run(name, [{"name": d["part"], "file": d["part"] + ".json", "state": "passed", "reason": None} for d in docs], docs)
    p = subprocess.run([judges.PTBENCH, "kernels", "history", run], capture_output=True, text=True)
    if p.returncode != status or p.stderr:
        return f"exit {p.returncode}: {p.stderr}"
    return re.sub(r"\s+", " ", "\n".join(re.findall(r"^  \* .*?(?=^\n|^  \*|\Z)", p.stdout, re.M | re.S)))


def number(text):
    return int(text.replace(",", "").replace("−", "-").replace("+", ""))


# ---- preemption ----

def preemption(rng):
    """{(stem, version): (option, values, compiler, which are not exact)} of a series and a variant of it."""
    changes = rng.choice(["7.2", "7.2", "7.3", "6.12"])
    other = rng.choice(["full", "full", "voluntary", "lazy", "none", None])
    made = {}
    for v in RELEASES:
        for stem in (STEM, KIN):
            if rng.random() < (0.1 if stem == STEM else 0.3):
                continue
            own = "lazy" if float(v) >= float(changes) else "none"
            option = own if stem == STEM or not other else other
            values = [None if rng.random() < 0.1 else rng.randint(0, 9) + 100 * (k < 2) for k in range(len(HEADS))]
            if any(x is not None for x in values):
                made[stem, v] = (option, values, "gcc 14" if rng.random() < 0.05 else "gcc 12",
                                 {k for k in range(len(HEADS)) if rng.random() < 0.05})
    return made, changes


def ways(kernels):
    """[[(stem, version), ...]]: the ways from a version of the series to the next with another option; []: none."""
    have = [v for v in RELEASES if (STEM, v) in kernels]
    opt = lambda stem, v: kernels[stem, v][0] if (stem, v) in kernels else None
    found = []
    for i, old in enumerate(have[:-1]):
        if opt(STEM, have[i + 1]) == opt(STEM, old):
            continue
        good = []
        for new in have[i + 1:]:
            a, b = opt(KIN, old), opt(KIN, new)
            if a and a != opt(STEM, old) and (a == b or (not b and a == opt(STEM, new))):
                good = [(STEM, old), (KIN, old)] + ([(KIN, new)] if b and b != opt(STEM, new) else []) + [(STEM, new)]
                break
        found.append((old, have[i + 1], good))
    return found


def leg(kernels, a, b):
    x, y = RELEASES[a[1]], RELEASES[b[1]]
    if x == y:
        return f"{kernels[a][0]} to {kernels[b][0]} on {x}"
    return f"{x} to {y} with {kernels[a][0]}"


def check_way(text, kernels, way):
    bad = []
    name = lambda k: f"{k[0]}@{k[1]} ({RELEASES[k[1]]})"
    said = re.search(re.escape(f"What of it did the option of preemption do on {STEM}, {name(way[0])} to {name(way[-1])}? ") +
                     r"(.*?)(?= What of it| What did GUP|$)", text)
    if not said:
        return [f"nothing is said of {way}"]
    if len({kernels[k][2] for k in way}) > 1:
        return [] if "Not compared: environments differ in compiler" in said.group(1) else [f"other compilers: {said.group(1)}"]
    for i, words in enumerate(HEADS):
        values = [kernels[k][1][i] for k in way]
        one = re.search(re.escape(words) + r": ([+−]?\d+) = (.*?)\.(?= [A-Z(k]|$)", said.group(1))
        if None in values:
            if one:
                bad.append(f"{words}: {one.group(0)}, and a kernel lacks it")
            continue
        if any(i in kernels[k][3] for k in way):
            vague = re.search(r"Not exact in all, and not shared out: (.*?)\.", said.group(1))
            if one or not vague or words not in vague.group(1):
                bad.append(f"{words}: noise is shared out: {said.group(1)}")
            continue
        if len(set(values)) == 1:
            same = re.search(r"The same in all: (.*?)\.", said.group(1))
            if one or not same or words not in same.group(1):
                bad.append(f"{words}: not said to be the same: {said.group(1)}")
            continue
        legs = [f"{leg(kernels, a, b)} " for a, b in zip(way, way[1:])]
        differences = [b - a for a, b in zip(values, values[1:])]
        terms = re.split(r", (?=[\d.]+ to |none to |lazy to |full to |voluntary to )", one.group(2)) if one else []
        if [t[:len(x)] for t, x in zip(terms, legs)] != legs or len(terms) != len(legs):
            bad.append(f"{words}: {one and one.group(0)}, expected {legs}")
        elif [number(t[len(x):]) for t, x in zip(terms, legs)] != differences:
            bad.append(f"{words}: {one.group(0)}, expected {differences}")
        elif number(one.group(1)) != sum(differences) or sum(differences) != values[-1] - values[0]:
            bad.append(f"{words}: {one.group(0)}: the terms are not the whole")
    return bad


def one_preemption(seed):
    kernels, _ = preemption(random.Random(seed))
    if len([k for k in kernels if k[0] == STEM]) < 2:
        return []
    docs = []
    patches = random.Random(seed).random() < 0.5  # of kernels before 6.12, for both
    for (stem, v), (option, values, compiler, vague) in kernels.items():
        subject = {"release": RELEASES[v], "preemption": option}
        if patches and v == "6.1":
            subject["patch"] = "yields.cocci 1"
        docs += kernel(stem, v, values, subject, STEM if stem == KIN else None, compiler, vague=vague)
    text, bad = history(f"preemption{seed}", docs), []
    found = ways(kernels)
    for old, following, way in found:
        if way:
            bad += check_way(text, kernels, way)
        elif not re.search(rf"do on {STEM}, {STEM}@{re.escape(old)} \(\S+\) to {STEM}@{re.escape(following)} \(\S+\)\? Not known: "
                           rf"preemption is “none” on the one and “lazy” on the other", text):
            bad.append(f"{old} to {following}: nobody says that no variant is there")
    nr = text.count(f"What of it did the option of preemption do on {STEM},")
    if nr != len(found):
        bad.append(f"{nr} answers of {len(found)}")
    return [*bad, text] if bad else []


def test_no_preemption():
    """Kernels whose documents do not say it, or say the same: nothing is said."""
    docs = []
    for v in ("6.12", "7.3"):
        docs += kernel(STEM, v, [1, 2, 3], {"release": RELEASES[v]})
    ok("option of preemption" not in history("nosuch", docs), "documents that do not say how their kernels are preempted")
    for d in docs:
        d["provenance"]["subject"]["preemption"] = "none"
    ok("option of preemption" not in history("same", docs), "one option on both")
    made = kernel(KIN, "6.12", [4, 5, 6], {"release": RELEASES["6.12"], "preemption": "full"}, STEM) + \
        kernel(KIN, "7.3", [4, 5, 6], {"release": RELEASES["7.3"], "preemption": "full"}, STEM)
    for d in docs[len(docs) // 2:]:
        d["provenance"]["subject"]["preemption"] = "lazy"
    for key, value in ("patch", "x.cocci 1"), ("config", "distro"):
        for d in made:
            d["provenance"]["subject"][key] = value
        ok("Not known: preemption is “none”" in history(f"no-{key}", docs + made), f"a variant with another {key} is no way")
        for d in made:
            del d["provenance"]["subject"][key]
    text = history("way", docs + made)
    if not ok("kmap_local_page() and its undoing: 0 = none to full on 6.12.117 +3, 6.12.117 to 7.3.4 with full 0, "
              "full to lazy on 7.3.4 −3." in text, "a way by a variant"):
        diag(text)


# ---- point releases ----

POINTS = {"6.1": "6.1.192", "6.12.95": "6.12.95", "6.12.107": "6.12.107", "6.12.111": "6.12.111", "6.12": "6.12.117",
          "7.3": "7.3.4"}


def walk(rng, pages):
    """A row that few kernels count differently; None: it is missing, or no row but a reason."""
    value = 100 * pages + rng.choice([0] * 8 + [1, -1])
    r = row(case="gup_slow/walk", samples=[value] * N, nr_ops=1, leaf="pte", pages=pages)
    how = rng.random()
    if how < 0.05:
        return None
    if how < 0.1:
        r.update(kind="deterministic", samples=[value] * 20 + [value + 40] * 11)
    return r


def moved(old, new):
    """(exact rows that differ, exact rows, those that got worse, costs that fell, counts that fell) of two kernels."""
    nr = exact = worse = fewer = fell = 0
    key = lambda m: (m["case"], str(sorted(m["params"].items())), m["metric"])
    for a in old:
        for b in new:
            if a["part"].split(".")[-1] != b["part"].split(".")[-1]:
                continue
            before = {key(m): m for m in a["measurements"]}
            for m in b["measurements"]:
                o = before.get(key(m))
                if o and o["kind"] == m["kind"] == "exact":
                    exact += 1
                    nr += o["samples"] != m["samples"]
                    worse += o["samples"] < m["samples"]
                    less = o["samples"] > m["samples"]
                    fewer += less and m["better"] != "neither"
                    fell += less and m["better"] == "neither"
    return nr, exact, worse, fewer, fell


def one_points(seed):
    rng = random.Random(seed)
    versions = [v for v in POINTS if rng.random() < 0.7]
    if len(versions) < 2:
        return []
    docs, bad = {}, []
    for v in versions:
        values = [None if rng.random() < 0.1 else 100 + rng.choice([0, 0, 0, 5]) for _ in HEADS]
        docs[v] = kernel(STEM, v, values, {"release": POINTS[v]}, more=[r for r in (walk(rng, n) for n in range(1, 6)) if r],
                         vague={i for i in range(len(HEADS)) if rng.random() < 0.1})
    text = history(f"points{seed}", [d for both in docs.values() for d in both])
    points = [v for v in versions if v.startswith("6.12")]
    said = re.search(rf"What changed at all between point releases of 6.12 on {STEM}\? (.*?)(?= What did GUP|$)", text)
    if len(points) < 2:
        return [text] if said else []
    if not said:
        return ["nothing is said of point releases", text]
    for a, b in zip(points, points[1:]):
        nr, exact, worse, fewer, fell = moved(docs[a], docs[b])
        wanted = f"{nr} of {exact} exact row{'' if exact == 1 else 's'} changed: {worse} got worse, {fewer} " \
            f"take{'s' if fewer == 1 else ''} fewer, {fell} count{'' if fell == 1 else 's'} fell" if nr else \
            f"no row of {exact} changed" if exact else "no row is exact in both"
        if f"From {STEM}@{a} ({POINTS[a]}) to {STEM}@{b} ({POINTS[b]}) {wanted}" not in said.group(1):
            bad.append(f"{a} to {b}: expected {wanted}")
    kept = "6.12" if "6.12" in points else points[-1]
    others = re.sub(r"Which \S+ do the other pages show.*", "", text[:said.start()] + text[said.end():])
    for v in points:
        if (f"{STEM}@{v} (" in others or f" on {POINTS[v]}" in others) and v != kept:
            bad.append(f"{v} is not set apart")
    if len(versions) > len(points) and f"{STEM}@{kept} ({POINTS[kept]})" not in others:
        bad.append(f"{kept} is not there for its version")
    return [*bad, text] if bad else []


def test_points_by_function():
    """Point releases that were counted by function have their functions; and nothing is compared but they."""
    docs = []
    for v, value in ("6.12.95", 100), ("6.12.107", 103):
        docs += kernel(STEM, v, [value, 10, 1], {"release": v})
        d = copy.deepcopy(docs[-2])
        d["part"] = f"{STEM}@{v}.icount-functions"
        for m in d["measurements"]:
            m["breakdown"] = [{"symbol": "gup_fast", "instructions": m["samples"][0] - 1}, {"symbol": "rest", "instructions": 1}]
        docs.append(d)
    text = history("by-function", docs)
    for words in (f"Which functions account for it, from {STEM}@6.12.95 (6.12.95) to {STEM}@6.12.107 (6.12.107)? Of headlines in "
                  "instructions these differ, and the notes and the table have the functions: A get_user_pages_fast_only() of one "
                  "page +3.",
                  f"There is one version alone, and nothing to compare with, of {STEM}@6.12.107 (6.12.107), of whose point releases "
                  "the next section tells."):
        if not ok(words in text, f"point releases: {words[:40]}"):
            diag(text)


def main():
    if not os.access(judges.PTBENCH, os.X_OK):
        sys.exit(f"{judges.PTBENCH}: not built; run make test")
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**9)))
    number_of = int(os.environ.get("MUTATIONS", 40))
    with tempfile.TemporaryDirectory(prefix="ptbench-history.") as folder:
        fixtures.use(folder)
        if "SEED" not in os.environ:
            test_no_preemption()
            test_points_by_function()
        for i in range(number_of):
            bad = one_preemption(seed + i)
            if not ok(not bad, f"preemption, SEED={seed + i}"):
                diag("\n".join(bad))
            bad = one_points(seed + i)
            if not ok(not bad, f"point releases, SEED={seed + i}"):
                diag("\n".join(bad))
    oracle.done()


main()
