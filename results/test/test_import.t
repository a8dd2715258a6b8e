#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench import: what Google Benchmark wrote becomes the rows that a second reader of its JSON finds,
for one file and for several; what it did not write, or no program can have measured, is refused."""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import fixtures
from fixtures import cli, save
import oracle
from oracle import diag, ok

NS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
BENCH = os.path.join(oracle.BUILD, "bench")


def imported(*files, to=None):
    """The document, or None, and the process."""
    out = to or os.path.join(fixtures.TMP, "out.json")
    if os.path.exists(out):
        os.unlink(out)
    p = cli("import", "--format", "google-benchmark", "-o", out, *files)
    if not os.path.exists(out):
        return None, p
    with open(out, encoding="utf-8") as f:
        return json.load(f), p


# ---- Google Benchmark's JSON, and what is in it ----

def context(**more):
    return {"date": "2026-03-29T01:30:00+02:00", "host_name": "box", "executable": "./mybench", "num_cpus": 2, "mhz_per_cpu": 2000,
            "cpu_scaling_enabled": False, "caches": [{"type": "Data", "level": 1, "size": 32768, "num_sharing": 1}],
            "load_avg": [0.5, 1, 0.25], "library_version": "v1.8.3", "library_build_type": "release", "json_schema_version": 1, **more}


def rep(name, ns, index=0, of=1, unit="ns", **more):
    return {"name": name, "family_index": 0, "per_family_instance_index": 0, "run_name": name, "run_type": "iteration", "repetitions": of,
            "repetition_index": index, "threads": 1, "iterations": 1000, "real_time": ns, "cpu_time": ns, "time_unit": unit, **more}


def aggregate(name, ns):
    return {**rep(name + "_mean", ns), "run_name": name, "run_type": "aggregate", "aggregate_name": "mean"}


def google(*rows, file="g.json", **more):
    return save({"context": context(**more), "benchmarks": list(rows)}, file)


def unescaped(param):
    return re.sub("%([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), param if isinstance(param, str) else str(param))


def rows_of(d):
    """{name: samples, or the reason why there are none}"""
    return {unescaped(m["params"]["name"]): m.get("skipped") or m["samples"] for m in d["measurements"]}


def wanted(*files):
    """The same, from the JSON of Google Benchmark."""
    rows = {}
    for i, file in enumerate(files):
        with open(file, encoding="utf-8") as f:
            for b in json.load(f)["benchmarks"]:
                if b["run_type"] == "iteration":
                    rows.setdefault(b["name"], {}).setdefault(i, []).append(b)
    out = {}
    for name, of in rows.items():
        bad = [b.get("error_message", b.get("skip_message")) for v in of.values() for b in v if b.get("error_occurred") or b.get("skipped")]
        times = [[b["real_time"] * NS[b["time_unit"]] for b in v] for v in of.values()]
        out[name] = bad[0] if bad else times[0] if len(files) == 1 else [statistics.median(t) for t in times]
    return out


def same(d, want, text):
    have = rows_of(d) if d else {}
    ok(have == want and want, f"{text}: {len(want)} rows") or diag([(k, have.get(k), want.get(k)) for k in have.keys() | want.keys() if have.get(k) != want.get(k)][:3])


def is_valid(path):
    ok(cli("validate", path).returncode == 0, "it is valid")


# ---- the tests ----

def test_real():
    """Output of the library that is installed here: one row of build/bench's says that it is broken."""
    if not os.access(BENCH, os.X_OK):
        return oracle.skip("real output", "build/bench is not built")
    files = []
    for i in range(3):
        files.append(os.path.join(fixtures.TMP, f"real{i}.json"))
        with open(files[-1], "wb") as f:
            subprocess.run([BENCH, "--benchmark_format=json", "--benchmark_repetitions=3", "--benchmark_min_time=0.001",
                            "--benchmark_filter=^gup_fast/walk/cross:none/.*/format:s390x/leaf:pte/levels:2/pages:16/"], stdout=f, stderr=subprocess.DEVNULL, check=True)
    d, p = imported(files[0])
    same(d, wanted(files[0]), "real output of one process")
    ok(p.returncode == 0 and all(len(v) == 3 for v in rows_of(d).values() if isinstance(v, list)), "each with its three repetitions")
    with open(files[0], encoding="utf-8") as f:
        aggregates = sum(b["run_type"] == "aggregate" for b in json.load(f)["benchmarks"])
    ok(aggregates and f"left out: {aggregates} aggregates" in p.stderr, "what is left out is counted")
    d, p = imported(*files)
    same(d, wanted(*files), "real output of three processes")
    is_valid(os.path.join(fixtures.TMP, "out.json"))


def test_rows():
    rows = [rep("BM_Sort<int, long>/8", 3.5, i, 3) for i in range(3)]
    rows = [{**r, "real_time": 3.5 + i} for i, r in enumerate(rows)] + [aggregate("BM_Sort<int, long>/8", 4)]
    rows += [rep("u", 1.5, unit="us"), rep("m", 0.25, unit="ms"), rep("s", 2, unit="s"), rep("zero", 0, items_per_second=1e9, foo=3), rep("mem", 1, bar=2, allocs_per_iter=1, max_bytes_used=5),
             rep("broken", 0, 0, 2, error_occurred=True, error_message="no\nroot"), rep("broken", 7, 1, 2), rep("left", 0, skipped=True, skip_message="not here"),
             rep("silent", 0, error_occurred=True, error_message="")]
    file = google(*rows, git="abc", **{"Odd key": "x", "nested": {"a": 1}, "version": 7})
    d, p = imported(file)
    want = {**wanted(file), "silent": "its program does not say why"}
    same(d, want, "units, repetitions, errors")
    is_valid(os.path.join(fixtures.TMP, "out.json"))
    ok({(m["subject"], m.get("metric"), m.get("kind"), m.get("nr_ops")) for m in d["measurements"] if "skipped" not in m} == {("imported", "time", "sampled", 1)}, "subject imported, the metric time, per operation")
    ok("taken: 9 rows, 3 of them skipped" in p.stderr and "left out: 1 aggregate\n" in p.stderr and "left out: 5 counters of the program: allocs_per_iter, bar, foo, ..." in p.stderr, "what is not taken is counted") or diag(p.stderr)
    ok({m["case"] for m in d["measurements"]} >= {"google_benchmark/bm_sort", "google_benchmark/u"}, "a case by the function's name")
    env, subject = d["provenance"]["environment"], d["provenance"]["subject"]
    ok(env == {"host": "box", "cpus": "2", "cpu_scaling": "false", "caches": "Data 1 32768 1", "load": "0.50 1.00 0.25", "libbenchmark": "v1.8.3", "libbenchmark_build": "release"}, "the environment") or diag(env)
    ok(subject == {"executable": "./mybench", "mhz_per_cpu": "2000", "json_schema_version": "1", "git": "abc", "version": "7"}, "the subject, and what the program's author adds") or diag(subject)
    ok(d["created"] == "2026-03-28T23:30:00Z" and d["mode"] == "native" and d["part"] == "imported", "when, in UTC")
    with open(os.path.join(fixtures.TMP, "out.json"), "rb") as f:
        first = f.read()
    imported(file)
    with open(os.path.join(fixtures.TMP, "out.json"), "rb") as f:
        ok(f.read() == first, "twice the same bytes")


def test_names():
    names = ["a,b", "a%2cb", "123", "-7", "%31" + "23", "x\ny", "x\\ny", "q\"'<>&#", "\u202e\u200b", "é" * 256, "_x/1", "9lives", "/", "<t>", "A" * 200, "B" * 200 + "/1", "b/threads:2", "tab\t"]
    d, p = imported(google(*[rep(n, 1 + i) for i, n in enumerate(names)]))
    same(d, {n: [1 + i] for i, n in enumerate(names)}, "no two names become one")
    is_valid(os.path.join(fixtures.TMP, "out.json"))
    ok(all(re.fullmatch("google_benchmark/[a-z][a-z0-9_]*", m["case"]) and len(m["case"]) <= 128 for m in d["measurements"]), "each has a case")
    for name in ("", "é" * 257, "%" * 100):
        d, p = imported(google(rep(name, 1)))
        ok(d is None and p.returncode == 2 and "is no name of 1 to 256 characters" in p.stderr, f"a name of {len(name)} characters is refused")


def processes(name, ns, nr=12, **more):
    return [google(rep("BM_a", ns * (1 + i / 1e4)), rep("BM_b", 40 + i / 100, 0, 3), rep("BM_b", 50 + i / 100, 1, 3), rep("BM_b", 9000, 2, 3),
                   file=f"{name}{i}.json", load_avg=[i], **more) for i in range(nr)]


def test_processes():
    files = processes("p", 500)
    d, p = imported(*files)
    same(d, wanted(*files), "twelve processes: a sample each, the median of its repetitions")
    ok(rows_of(d)["BM_b"][:2] == [50, 50.01] and d["provenance"]["environment"]["sample"] == "process", "by hand")
    sides = {name: os.path.join(fixtures.TMP, name + ".doc") for name in ("base", "same", "worse", "one", "two")}
    imported(*files, to=sides["base"])
    imported(*processes("q", 500.01), to=sides["same"])
    imported(*processes("r", 600), to=sides["worse"])
    for name, ns in (("one", 500), ("two", 900)):
        imported(google(*[rep("BM_a", ns + i, i, 20) for i in range(20)]), to=sides[name])
    verdict = lambda a, b: cli("compare", "--base", sides[a], sides[b])
    p = verdict("base", "worse")
    ok(p.returncode == 1 and re.search("name=BM_a .*REGRESSED", p.stdout), "slower in twelve processes of twelve: a regression") or diag(p.stdout)
    ok(verdict("base", "same").returncode == 0, "the same: nothing regressed") or diag(verdict("base", "same").stdout)
    p = verdict("one", "two")
    ok(p.returncode == 3 and "INCONCLUSIVE" in p.stdout, "one process a side, of whatever repetitions: inconclusive")
    p = verdict("base", "two")
    ok(p.returncode == 3 and "not comparable" in p.stdout, "processes and repetitions are not compared")
    one = google(rep("BM_a", 1), rep("only", 2), file="x.json")
    two = google(rep("BM_a", 2), rep("BM_c", 1, error_occurred=True, error_message="late"), file="y.json", git="b")
    d, p = imported(one, two)
    same(d, {"BM_a": [1, 2], "only": [2], "BM_c": "late"}, "rows that not all files have")
    ok("1 row is not in all files" in p.stderr, "are counted")
    d, p = imported(google(rep("a", 1), file="x.json", git="a", created="z"), google(rep("a", 2), file="y.json", git="b", created="z"))
    ok(d and d["provenance"]["subject"]["git"] == "differs between the files" and d["provenance"]["subject"]["created"] == "z", "a subject that differs is not told as the first one's")
    for what, change in (("host_name", "other"), ("num_cpus", 4), ("executable", "./other"), ("library_build_type", "debug"), ("caches", []), ("cpu_scaling_enabled", True)):
        d, p = imported(google(rep("a", 1), file="x.json"), google(rep("a", 2), file="y.json", **{what: change}))
        ok(d is None and p.returncode == 2 and f"y.json: $.context.{what}: is " in p.stderr, f"another {what} is refused") or diag(p.stderr)
        rest = context()
        del rest[what]
        d, p = imported(google(rep("a", 1), file="x.json"), save({"context": rest, "benchmarks": [rep("a", 2)]}, "y.json"))
        ok(d is None and p.returncode == 2 and f"y.json: $.context.{what}: is missing" in p.stderr, f"and one without {what}") or diag(p.stderr)
    d, p = imported(one, one)
    ok(d is None and p.returncode == 2 and "no two processes take the same times" in p.stderr, "one file twice is refused")
    even = [google(*[rep("a", x + i, k, 4) for k, x in enumerate((1, 2, 5, 90))], file=f"e{i}.json") for i in range(2)]
    ok(rows_of(imported(*even)[0])["a"] == [3.5, 4.5], "the median of an even number")
    bad = google(*[rep("a", x, k, 3) for k, x in enumerate((7, -1, 8))], file="n.json")
    d, p = imported(bad, even[0])
    ok(d is None and p.returncode == 2 and "n.json: $.benchmarks[1].real_time: is not from 0" in p.stderr, "a negative time that no median would show is refused")


def test_runs():
    file = google(rep("BM_a", 1), rep("BM_b", 2, error_occurred=True, error_message="x"))
    runs = os.path.join(fixtures.TMP, "new/runs")
    p = cli("import", "--format", "google-benchmark", "--out", runs, file)
    run = p.stdout.strip().removeprefix("run: ")
    ok(p.returncode == 0 and os.path.realpath(runs + "/latest") == os.path.realpath(run), "a run is made")
    is_valid(run)
    p = cli("show", run)
    ok(p.returncode == 0 and "name=BM_a" in p.stdout and "complete" in p.stdout, "and shown")
    ok(cli("export", "--format", "ktap", run).returncode == 0 and "name=BM_b (imported) # SKIP x" in cli("export", "--format", "ktap", run).stdout, "and exported")
    p = cli("show", run, "--part", "imported")
    ok(p.returncode == 0, "its part is called imported")
    p = cli("compare", "--subject", "imported", "--base", run, run)
    ok("BM_a" in p.stdout, "--subject imported")
    for options, status, says in (((file,), 2, "no --format given"), (("--format", "csv", file), 2, "must be google-benchmark"), (("--format", "google-benchmark"), 2, "no FILE given"),
                                  (("--format", "google-benchmark", "--out", "x", "-o", "y", file), 2, "give one of them"), (("--format", "google-benchmark", "--zzz", file), 2, "--zzz"),
                                  (("--format", "google-benchmark", "-o", fixtures.TMP + "/no/x.json", file), 4, "no/x.json"), (("--format", "google-benchmark", "--out", file, file), 4, "g.json"),
                                  (("--format", "google-benchmark", "-o", fixtures.TMP + "/link", file), 4, "is no regular file"), (("--format", "google-benchmark", "-o", "/dev/full", file), 2, "is no ptbench-result"), (("--format", "google-benchmark", "-o", file, file), 2, "g.json: is there and is no ptbench-result")):
        link = fixtures.TMP + "/link"
        if not os.path.islink(link):
            os.symlink("target", link)
        p = cli("import", *options)
        ok(p.returncode == status and says in p.stderr and not os.path.exists(fixtures.TMP + "/target"), f"status {status}: {says}") or diag(f"{p.returncode} {p.stderr[:200]}")
    with open(file, encoding="utf-8") as f:
        p = cli("import", "--format", "google-benchmark", "-o", fixtures.TMP + "/in.json", "-", stdin=f.read())
    ok(p.returncode == 0 and os.path.exists(fixtures.TMP + "/in.json"), "- is standard input")


def test_bad():
    good = {"context": context(), "benchmarks": [rep("a", 1, 0, 2), rep("a", 2, 1, 2), aggregate("a", 1)]}
    text = json.dumps(good)
    def changed(*path, value=None, drop=False):
        d = json.loads(text)
        at = d
        for key in path[:-1]:
            at = at[key]
        if drop:
            del at[path[-1]]
        else:
            at[path[-1]] = value
        return json.dumps(d)
    def row(**change):
        d = json.loads(text)
        d["benchmarks"][1].update(change)
        return json.dumps(d)
    bad = {"nothing": "", "half of it": text[:len(text) // 2], "all but the end": text[:-1], "more": text + "x", "no JSON": "Run on (2 X 2000 MHz CPU s)\n", "a list": "[]", "a number": "7",
           "NaN": text.replace('"real_time": 2', '"real_time": NaN'), "Infinity": text.replace('"real_time": 2', '"real_time": Infinity'), "-Infinity": text.replace('"real_time": 2', '"real_time": -Infinity'),
           "beyond a double": text.replace('"real_time": 2', '"real_time": 1e400'), "huge": row(real_time=1e300), "2^53 us": row(real_time=2**53, time_unit="us"), "a negative time": row(real_time=-1), "almost none": row(real_time=-1e-300),
           "a time in quotes": row(real_time="1"), "no time": row(real_time=None), "a list of times": row(real_time=[1]), "minutes": row(time_unit="min"), "no unit": row(time_unit=None),
           "one repetition twice": row(repetition_index=0), "too few repetitions": changed("benchmarks", value=[rep("a", 1, 0, 3), rep("a", 2, 1, 3)]), "a repetition that is no number": row(repetition_index="1"), "half a repetition": row(repetition_index=0.5),
           "no repetitions": row(repetitions=None), "a key twice": text.replace('"num_cpus": 2', '"num_cpus": 2, "num_cpus": 2'), "a name that is no text": row(name=7), "no run_type": row(run_type=None), "another run_type": row(run_type="mean"),
           "a row that is none": changed("benchmarks", value=[7]), "no rows": changed("benchmarks", value=[]), "rows that are no list": changed("benchmarks", value={}), "without rows": changed("benchmarks", drop=True),
           "aggregates alone": changed("benchmarks", value=[aggregate("a", 1)]), "without a context": changed("context", drop=True), "a context that is none": changed("context", value=[]),
           "without a date": changed("context", "date", drop=True), "a date that is none": changed("context", "date", value="2026-02-30T00:00:00+00:00"), "a local date": changed("context", "date", value="2026-03-29 01:30:00"),
           "an offset that is none": changed("context", "date", value="2026-03-29T01:30:00+99:00"), "before all years": changed("context", "date", value="0000-01-01T00:00:00+01:00"), "after all years": changed("context", "date", value="9999-12-31T23:59:59-01:00"),
           "a long host": changed("context", "host_name", value="x" * 16385), "300 keys": json.dumps({**good, "context": context(**{f"k{i}": "v" for i in range(300)})}),
           "a long message": row(error_occurred=True, error_message="x" * 16385), "a NUL": text.replace('"box"', '"b\\u0000x"'), "a raw NUL": text + "\0", "half a surrogate": text.replace('"box"', '"\\ud800"'), "too deep": '{"context":' + "[" * 100 + "]" * 100 + "}"}
    runs = os.path.join(fixtures.TMP, "no-runs")
    for name, content in bad.items():
        ok(content != text or name == "", f"{name}: the input is bad") if content == text else None
        file = os.path.join(fixtures.TMP, "bad.json")
        with open(file, "w", encoding="utf-8") as f:
            f.write(content)
        d, p = imported(file)
        q = cli("import", "--format", "google-benchmark", "--out", runs, file)
        good_end = d is None and p.returncode == q.returncode == 2 and not os.path.exists(runs) and p.stderr.startswith(file + ": ") and not q.stdout
        ok(good_end, f"refused: {name}") or diag(f"{p.returncode} {p.stderr[:300]}")
    with open(file, "wb") as f:
        f.write(text.encode().replace(b'"box"', b'"b\xffx"'))
    ok(imported(file)[1].returncode == 2, "refused: no UTF-8")
    ok(imported(fixtures.TMP)[1].returncode == 2 and imported(fixtures.TMP + "/none")[1].returncode == 2, "refused: a folder, and nothing")
    with open(file, "w", encoding="utf-8") as f:
        f.write(text)
    ok(imported(file)[0], "seen: what all of these were made from is taken")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        for test in (test_rows, test_names, test_processes, test_runs, test_bad, test_real):
            test()
    oracle.done()


main()
