#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench trend: steps against a second opinion (trend_oracle.py), against steps that were put there, and what
it says of runs and files that are not whole."""

import csv
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import fixtures
from fixtures import IPIS, N, TIME, cli, doc, failed, passed, row, save, says
import oracle
import trend_oracle
from oracle import diag, ok

try:
    import jsonschema
except ImportError as e:
    oracle.skip_all(f"{e}; scripts/deps test installs what is needed")

with open(os.path.join(oracle.SCHEMAS, "ptbench-trend-1.schema.json"), encoding="utf-8") as schema_file:
    SCHEMA = jsonschema.Draft202012Validator(json.load(schema_file))
HOSTILE = "a|b \"q\" <b>\n\x1b[31m\u202e,;'"


def time_of(i):
    return f"2026-01-{1 + i // 1440:02}T{i // 60 % 24:02}:{i % 60:02}:00Z"


def put(name, value):
    """The i-th document of a folder is made at the i-th minute, whatever its name."""
    save(value, name)


def folder(name):
    path = os.path.join(fixtures.TMP, name)
    os.mkdir(path)
    return path


def documents(name, docs, shuffle=None):
    """A folder of documents, one a minute; their names say nothing of their order."""
    path = folder(name)
    order = list(range(len(docs)))
    (shuffle or random.Random(1)).shuffle(order)
    for i in order:
        docs[i]["created"] = time_of(i)
        put(f"{name}/{hash_name(i)}.json", docs[i])
    return path


def hash_name(i):
    return f"{(i * 7919 + 13) % 10007:05}-{i}"


def trend(path, *options):
    """The status and what the JSON says."""
    p = cli("trend", "--format", "json", *options, path)
    try:
        found = json.loads(p.stdout)
    except ValueError:
        diag(p.stdout[:500] + p.stderr[:2000])
        return p.returncode, None
    errors = sorted(str(e.message)[:200] for e in SCHEMA.iter_errors(found))
    if errors:
        diag(errors[:3])
        return p.returncode, None
    return p.returncode, found


def steps_in(found):
    """[(case, first run behind, last before)] by series, as printed."""
    return [(s["case"], [(x["last_before"], x["first_after"]) for x in s["steps"]]) for s in found["series"]]


def by_identity(found):
    out = {}
    for s in found["series"]:
        env = found["environments"][s["environment"]]
        key = (s["part"], env["mode"], json.dumps(env["environment"], sort_keys=True), s["case"],
               json.dumps(s["params"], sort_keys=True), s["subject"], s["metric"])
        out[key] = (s["verdict"], [x["first_after"] for x in s["steps"]], s["wanders"])
    return out


def differs(found, path):
    """None, or the first difference from the oracle."""
    want, threshold = trend_oracle.judge(path)
    have = by_identity(found)
    if set(want) != set(have):
        return f"series: {sorted(set(want) ^ set(have))[:1]}"
    for key, verdict in want.items():
        if have[key] != verdict:
            return f"{key}: have {have[key]}, want {verdict}"
    if abs(found["threshold"] - threshold) > 1e-12:
        return f"threshold {found['threshold']}, want {threshold}"
    return None


# ---- random folders ----

def noisy(rng, kind, i, nr):
    """The i-th of nr samples' medians, about 1000."""
    up = {"step": i >= nr // 2, "back": nr // 3 <= i < nr // 3 + 14, "late": i >= nr - 6, "many": i // 13 % 2}.get(kind, False)
    level = 1000 * (1.06 if up else 1)
    if kind == "ties":
        return float(rng.choice([1000, 1001, 1002, 1040]))
    if kind == "zeros":
        return float(rng.choice([0, 0, 0, 5]) if i < nr // 2 else rng.choice([0, 7, 9]))
    if kind.startswith("ripple"):  # levels that differ by little more than counts, or less
        return 1000 * (1 + random.Random(f"{kind} {i // 9}").choice([0, 0.022, 0.03, -0.022]) + rng.gauss(0, 0.004))
    if kind == "walk":
        return 1000 + 8 * i + rng.gauss(0, 10)
    return level * (1 + rng.gauss(0, 0.012))


def random_folder(seed):
    rng = random.Random(seed)
    nr = rng.choice([1, 12, 13, 16, 24, 30, 47, 48, 60, 96, 110])
    kinds = ["flat"] * 3 + ["step", "back", "late", "many", "ties", "zeros", "walk"] + [f"ripple{seed}", f"ripple-{seed}"] * 2
    series = [(n, rng.choice(kinds)) for n in range(rng.randint(1, 7))]
    environments = [{}] if rng.random() < 0.6 else [{}, {"cpu": "other"}]
    exact, docs = 500, []
    for i in range(nr):
        rows = []
        for n, kind in series:
            if rng.random() < 0.03:
                continue
            samples = [abs(noisy(rng, kind, i, nr))] * rng.choice([1, 2, 3])
            rows.append(row(n=n, samples=samples, **TIME))
        exact += rng.choice([0] * 9 + [3, -1])
        rows.append(row(samples=[exact] * N, nr_ops=rng.choice([10, 20])))
        rows.append(row(n=2, samples=[400 + exact // 3 + rng.choice([0, 0, 9]) for _ in range(N)], kind="deterministic"))
        rows.append(row(samples=[rng.choice([3, 3, 3, 4])] * 5, **IPIS))
        docs.append(doc(*rows, env=rng.choice(environments)))
    return documents(f"random{seed}", docs, rng)


def against_oracle():
    seen, steps, bad = set(), 0, []
    for seed in range(int(os.environ.get("FOLDERS", "60"))):
        path = random_folder(seed)
        status, found = trend(path, "--all")
        why = "no valid JSON" if found is None else differs(found, path)
        if why or status not in (0, 3):
            bad.append(f"seed {seed}: {why}")
        else:
            seen |= {(s["kind"], s["verdict"]) for s in found["series"]}
            steps += sum(len(s["steps"]) for s in found["series"] if s["kind"] == "sampled")
            agree(seed, path, found, bad)
        shutil.rmtree(path)
    ok(not bad, "60 random folders: every verdict, step, mark and threshold is the oracle's") or diag(bad[:3])
    ok(len(seen) == 9 and steps >= 40, f"among them each verdict of each kind, and {steps} sampled steps") or diag(sorted(seen))


def agree(seed, path, found, bad):
    """CSV and text say of the steps what JSON says."""
    want = sorted((x["first_after"], repr(x["before"]), repr(x["after"])) for s in found["series"] for x in s["steps"])
    table = list(csv.DictReader(io.StringIO(cli("trend", "--format", "csv", path).stdout)))
    have = sorted((x["first_after"], repr(json.loads(x["before"])), repr(json.loads(x["after"]))) for x in table)
    if [x[0] for x in have] != [x[0] for x in want] or len(want) != found["nr_steps"]:
        bad.append(f"seed {seed}: CSV has other steps")
    text = cli("trend", path).stdout
    if len(re.findall(r"^  stock", text, re.M)) != len(want) or any(f"first in {x[0]}, last before" not in text for x in want):
        bad.append(f"seed {seed}: text has other steps")
    if not text.endswith(found["conclusion"] + "\n"):
        bad.append(f"seed {seed}: another conclusion")


def oracle_can_fail():
    path = random_folder(4)
    _, found = trend(path, "--all")
    ok(differs(found, path) is None and found["nr_steps"] > 0, "the oracle agrees with a folder that has steps")
    for what in ("verdict", "place", "mark", "threshold", "missing"):
        spoiled = json.loads(json.dumps(found))
        s = next(s for s in spoiled["series"] if s["steps"])
        if what == "verdict":
            s["verdict"] = "no step"
        elif what == "place":
            s["steps"][0]["first_after"] = s["steps"][0]["last_before"]
        elif what == "mark":
            s["wanders"] = not s["wanders"]
        elif what == "threshold":
            spoiled["threshold"] /= 2
        else:
            spoiled["series"].remove(s)
        ok(differs(spoiled, path) is not None, f"and not where a {what} is another")


# ---- steps that were put there ----

def known():
    flat = [row(samples=[500] * N) for _ in range(6)]
    flat[3] = row(samples=[501] * N)
    path = documents("flip", [doc(r) for r in flat])
    names = [hash_name(i) + ".json" for i in range(6)]
    status, found = trend(path)
    ok(status == 0 and steps_in(found) == [("gup_fast/walk", [(names[2], names[3]), (names[3], names[4])])],
       "an exact value that flips once and returns is two steps")
    ok([(x["direction"], x["before"], x["after"]) for x in found["series"][0]["steps"]] == [("worse", 50, 50.1), ("better", 50.1, 50)],
       "the first is worse, the second better")
    path = documents("fraction", [doc(row(samples=[s] * N, nr_ops=n)) for s, n in ((500, 10), (1000, 20), (1001, 20))])
    _, found = trend(path)
    ok([x["after"] for x in found["series"][0]["steps"]] == [50.05], "500 of 10 is 1000 of 20, and 1001 of 20 is a step")
    path = documents("events", [doc(row(samples=[s] * 5, **IPIS)) for s in (0, 0, 3)])
    _, found = trend(path)
    ok([(x["direction"], x["change"]) for x in found["series"][0]["steps"]] == [("changed", None)], "a count has no better direction, and 0 no share")
    says(cli("trend", path), 0, ["0 -> 0.3 interrupts (from 0) changed"], text="which the text says as well")
    path = documents("drift", [doc(row(samples=[500 + 4 * i] * 30 + [503 + 4 * i], kind="deterministic")) for i in range(8)])
    _, found = trend(path)
    ok([x["after"] for x in found["series"][0]["steps"]] == [51.2, 52.4] and found["series"][0]["unclear"] == 0,
       "deterministic values that creep are a step once they moved by more than 2 %")
    path = documents("overlap", [doc(row(samples=[500] * 16 + [600] * 15, kind="deterministic")), doc(row(samples=[500] * 15 + [600] * 16, kind="deterministic"))])
    _, found = trend(path, "--all")
    ok((found["nr_steps"], found["nr_unclear"]) == (0, 1), "those that overlap are unclear, and no step")


def sampled():
    rng = random.Random(5)
    rises = [doc(row(samples=[1000 * (1.05 if i >= 20 else 1) * (1 + rng.gauss(0, 0.005))], **TIME)) for i in range(40)]
    _, found = trend(documents("rise", rises))
    names = [hash_name(i) + ".json" for i in range(40)]
    ok(steps_in(found) == [("gup_fast/walk", [(names[19], names[20])])] and found["series"][0]["steps"][0]["direction"] == "worse",
       "a time that rises by 5 % with half a percent of noise: one step, at its run")
    bump = [doc(row(samples=[1000 * (1.05 if 20 <= i < 32 else 1) * (1 + rng.gauss(0, 0.005))], **TIME)) for i in range(96)]
    _, found = trend(documents("bump", bump))
    ok(steps_in(found) == [("gup_fast/walk", [(names[19], names[20]), (names[31], names[32])])], "12 runs that are taken back: two steps") or diag(found["series"])
    for nr, verdict in ((12, "too short"), (13, "no step")):
        _, found = trend(documents(f"short{nr}", [doc(row(samples=[1000 + i % 3], **TIME)) for i in range(nr)]), "--all")
        ok(found["series"][0]["verdict"] == verdict and (found["status"] == 3) == (nr == 12), f"{nr} runs: {verdict}")
    says(cli("trend", os.path.join(fixtures.TMP, "short12")), 3, ["needs at least 13 runs", "nothing was judged: all series are too short"],
         text="too few runs: status 3, and how many are needed")
    _, found = trend(documents("below", [doc(row(samples=[1000 * (1.015 if i >= 20 else 1) + i % 2], **TIME)) for i in range(40)]), "--all")
    ok(found["series"][0]["verdict"] == "no step", "1.5 %, however sure, is less than counts of a time")


# ---- runs ----

def put_run(path, i, docs, parts=None, state="complete", started=None, revision="abc"):
    name = f"run{hash_name(i)}"
    os.mkdir(os.path.join(path, name))
    for d in docs:
        d["created"] = time_of(i)
        put(f"{os.path.basename(path)}/{name}/{d['part']}.json", d)
    put(f"{os.path.basename(path)}/{name}/run.json",
        {"format": "ptbench-run", "version": 1, "command": "make bench", "started": started or time_of(i), "finished": time_of(2000),
         "revision": revision, "state": state, "parts": parts if parts is not None else [passed(d["part"]) for d in docs]})
    return name


def runs():
    path = folder("runs")
    names = [put_run(path, i, [doc(row(samples=[500 + 10 * (i > 1)] * N), part="a", image=f"i{i}")], revision=f"r{i}") for i in range(4)]
    names.append(put_run(path, 4, [doc(row(samples=[510] * N), part="a", image="i4")], state="partial",
                         parts=[passed("a"), failed("b"), {"name": "c", "file": None, "state": "skipped", "reason": "no KVM"}]))
    names.append(put_run(path, 5, [doc({"case": "x/y", "params": {}, "subject": "ref", "skipped": "no\nway"}, part="a", image="i5")]))
    os.symlink(names[0], os.path.join(path, "latest"))
    put("runs/notes.txt", 1)
    os.mkdir(os.path.join(path, "kernels"))
    put("runs/explore.json", fixtures.explored())
    out = ["first in " + names[2] + ", last before " + names[1] + "; revision: r1 -> r2; image_sha256: i1 -> i2:",
           "a gup_fast/walk: instructions (kernel): 50 -> 51 instructions (+2.00 %) worse",
           "read: 6 runs from 2026-01-01T00:00:00Z to 2026-01-01T00:05:00Z, 6 documents, 1 series, 5 values",
           f"1 run is partial; what it has is used: {names[4]}", f"1 part failed; what it has is used: {names[4]}: part b: panic: out of ...",
           f"1 part was skipped: {names[4]}: part c: no KVM", "1 row was skipped in its run: a x/y: no ...",
           "1 series has no value of the newest run of its part: a gup_fast/walk: instructions (kernel)",
           "1 link is not followed: latest", "3 entries are neither run nor result: explore.json, and others",
           "1 step in 1 of 1 series; 0 have none, 0 are too short to judge"]
    says(cli("trend", path), 0, out, text="runs: the step, its runs, and all that was not whole")
    p = cli("trend", os.path.join(path, names[0]))
    says(p, 2, err=["is one run; name the folder that holds it"], text="a run's own folder is refused")
    _, found = trend(path, "--last", "2")
    ok([r["id"] for r in found["runs"]] == names[4:] and found["counts"]["left_out"] == {"nr": 4, "first": names[0]}, "--last 2: the newest two, the others counted")
    _, found = trend(path, "--since", time_of(2))
    ok([r["id"] for r in found["runs"]] == names[2:] and found["nr_steps"] == 0, "--since: from that time on")
    _, found = trend(path, "--since", "2026-01-01")
    ok(len(found["runs"]) == 6, "--since a day: all of it")
    status, found = trend(path, "--part", "z")
    ok(status == 3 and found["nr_series"] == 0 and "nothing was judged" in found["conclusion"], "a part that is nowhere: status 3")
    images = folder("images")
    for i in range(3):
        d = doc(row(samples=[500 + i] * N), row(samples=[500 + i] * N, subject="ref"), part="a", image="i" + "ab"[i > 1])
        d["provenance"]["subject"].update(command_line="q", config_sha256="c" + "ab"[i > 1])
        put_run(images, i, [d])
    says(cli("trend", images), 0, ["; config_sha256: ca -> cb; image_sha256: ia -> ib:", "; both runs booted the same image"], text="where only hashes differ they are said")
    _, found = trend(images)
    ok([[x["same_image"] for x in s["steps"]] for s in found["series"]] == [[False, False], [True, False]] or
       sorted((s["subject"], [x["same_image"] for x in s["steps"]]) for s in found["series"]) == [("kernel", [True, False]), ("ref", [False, False])],
       "a kernel's step between two boots of one image is marked, and only such")


def environments():
    envs = [{}, {}, {"cpu": "x"}, {"cpu": "x"}, {}, {"load": "9"}]
    values = [500, 500, 700, 700, 500, 500]
    path = documents("envs", [doc(row(samples=[v] * N), env=e) for v, e in zip(values, envs)])
    _, found = trend(path, "--all")
    ok(sorted(len(s["values"]) for s in found["series"]) == [2, 4] and found["nr_steps"] == 0, "another environment is another series; one that comes back goes on; load does not matter")
    says(cli("trend", path), 0, ["part stock.icount-1cpu: another environment, and so new series, from " + hash_name(2) + ".json (2 runs); cpu: (none) -> x"],
         text="and the text says from which run on, and in what it differs")


def filters():
    path = documents("filters", [doc(row(samples=[500 + i] * N), row(case="pin_fast/walk", samples=[1] * N, n=1), row(samples=[i] * 5, **IPIS), part="p") for i in range(3)])
    for options, nr in ((["--case", "pin*"], 1), (["--metric", "ipis_sent"], 1), (["--params", "n=1"], 1), (["--subject", "kernel"], 3), (["--part", "p"], 3)):
        ok(trend(path, "--all", *options)[1]["nr_series"] == nr, f"{' '.join(options)}: {nr} series")


# ---- bad input ----

def bad_input():
    good = doc(row())
    for name, text, why in (("cut", json.dumps(good)[:300], "cut short"), ("nan", json.dumps(good).replace("500", "NaN", 1), "NaN"),
                            ("minus", json.dumps(good).replace("500", "-5", 1), "is not from 0"), ("huge", json.dumps(good).replace("500", "1e400", 1), "overflow"),
                            ("type", json.dumps(good).replace('"measurements": [', '"measurements": 7, "x": [', 1), "")):
        path = documents(name, [doc(row()), doc(row(samples=[501] * N))])
        with open(os.path.join(path, "bad.json"), "w", encoding="utf-8") as f:
            f.write(text)
        says(cli("trend", path), 2, err=[f"{path}/bad.json: ", why, "--keep-going leaves it out"], absent=["step in"], text=f"{name}: refused, by name")
        says(cli("trend", "--keep-going", path), 0, [f"1 file cannot be read and is left out: {path}/bad.json", "1 step in 1 of 1 series"], text="... and with --keep-going left out and said")
    path = documents("twice", [doc(row()), doc(row(samples=[501] * N))])
    shutil.copy(os.path.join(path, hash_name(1) + ".json"), os.path.join(path, "zz.json"))
    says(cli("trend", path), 2, err=[f"zz.json: part stock.icount-1cpu is the same document as that of {hash_name(1)}.json", "remove the copy"], text="a copy is refused")
    says(cli("trend", "-k", path), 0, ["1 document is there twice and used once: zz.json", "2 documents, 1 series, 2 values"], text="... and with --keep-going used once")
    path = folder("broken-run")
    name = put_run(path, 0, [doc(row(), part="a")])
    put_run(path, 1, [doc(row(), part="a")])
    os.unlink(os.path.join(path, name, "a.json"))
    says(cli("trend", path), 2, err=[f"{path}/{name}/a.json", "cannot open"], text="a run that lacks a part's file is refused")
    status, found = trend(path, "-k", "--all")
    ok(status == 3 and found["nr_values"] == 1 and found["counts"]["unreadable"]["nr"] == 1, "... or left out, and what is left is too short")
    path = folder("planted")
    os.symlink("/etc/passwd", os.path.join(path, "x.json"))
    os.symlink(os.path.join(fixtures.TMP, "runs"), os.path.join(path, "y"))
    os.mkfifo(os.path.join(path, "fifo.json"))
    says(cli("trend", path), 3, ["2 links are not followed: x.json", "1 entry is neither run nor result: fifo.json", "nothing was judged: there is no result file"], text="links and pipes are not opened; an empty folder is status 3")
    for options, why in ((["--last", "0"], "at least 1"), (["--last", "-1"], "at least 1"), (["--since", "yesterday"], "2026-01-31"), (["--since", "2026-13-01"], "2026-01-31"),
                         (["--format", "xml"], "text, json or csv"), (["--metric", "x"], "is no metric"), (["--params", "x"], "key=value"), (["--nonsense"], "--help")):
        says(cli("trend", *options, path), 2, err=[why], text=f"{' '.join(options)} is refused")
    says(cli("trend"), 2, err=["no DIR given"], text="no folder is refused")
    says(cli("trend", path, path), 2, err=["more than one DIR"], text="two are refused")
    says(cli("trend", path + "/nonesuch"), 2, err=["cannot be opened"], text="one that is not there is refused")
    says(cli("trend", __file__), 2, err=["cannot be opened"], text="a file is refused")


def hostile():
    path = folder("hostile")
    for i in range(3):
        d = doc(row(samples=[500 + i] * N, text="x\u202ey"), part="a", image=HOSTILE + str(i))
        put_run(path, i, [d])
    odd = os.path.join(path, HOSTILE.replace("/", ""))
    os.rename(os.path.join(path, "run" + hash_name(1)), odd)
    with open(os.path.join(os.fsencode(path), b"\xff\xfe.json"), "w", encoding="utf-8") as f:
        json.dump({**doc(row(samples=[900] * N, text="x\u202ey"), part="a", image="z"), "created": time_of(9)}, f)
    for how in ("text", "json", "csv"):
        p = subprocess.run([oracle.program("cli"), "trend", "--format", how, path], capture_output=True, check=False)
        ok(p.returncode == 0 and not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", p.stdout) if how != "csv" else p.returncode == 0, f"hostile names as {how}")
        if how == "json":
            found = json.loads(p.stdout)
            ok(not list(SCHEMA.iter_errors(found)) and found["nr_steps"] == 3 and "\\xff\\xfe.json" in [r["id"] for r in found["runs"]], "... whole, and valid")
        if how == "text":
            ok("\u202e".encode() not in p.stdout and len(p.stdout.splitlines()) == 9, "... on as many lines as without them") or diag(p.stdout)


# ---- the same bytes ----

def same_bytes():
    rng = random.Random(9)
    docs = [doc(*(row(n=n, samples=[1000 * (1 + rng.gauss(0, 0.02)) * (1 + (i > 30) / 10)], **TIME) for n in range(30)), env={"cpu": str(i % 2)}) for i in range(60)]
    outputs = set()
    for turn in range(3):
        path = documents("bytes", json.loads(json.dumps(docs)), random.Random(turn))
        for one in ([], ["taskset", "1"]):
            p = subprocess.run([*one, oracle.program("cli", False), "trend", "--all", "--format", "json", path], capture_output=True, check=False)
            outputs.add(p.stdout)
        shutil.rmtree(path)
    ok(len(outputs) == 1 and len(outputs.pop()) > 1000, "the same bytes, however files were made and however many threads read them")


def false_alarms():
    """Of noise that can be exchanged at most 1 % of trends may have a step: of 1,000, more than 20 would be no chance."""
    p = subprocess.run([oracle.program("trend_noise", False), "1000"], capture_output=True, text=True, check=False)
    lines = [re.match(r"false (\S+) runs=(\d+) series=1: (\d+) of (\d+) trends", x) for x in p.stdout.splitlines()]
    lines = [m for m in lines if m]
    worst = [m[0] for m in lines if m[1] in ("white", "heavy", "outliers", "two_modes", "rounded") and int(m[3]) > 20]
    ok(len(lines) == 27 and not worst, "at most 1 % of trends of exchangeable noise have a step") or diag(worst)
    loud = [int(m[3]) for m in lines if m[1] == "walk" and m[2] == "200"]
    ok(loud and loud[0] > 900, "noise that walks away is seen to break that")
    power = re.search(r"power white sd=1% half of 50 by=5%: found (\S+) %, within 2 runs (\S+) %", p.stdout)
    ok(power and float(power[1]) > 99 and float(power[2]) > 98, "5 % of five standard deviations are found")


with tempfile.TemporaryDirectory() as tmp:
    fixtures.use(tmp)
    for test in (known, sampled, runs, environments, filters, bad_input, hostile, same_bytes, against_oracle, oracle_can_fail, false_alarms):
        test()
oracle.done()
