#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""validate, show and compare as a user meets them: what they print and their exit status."""

import copy
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import oracle
from oracle import ok, diag

TMP = ""
N = 31  # samples that make a cost exact


def cli(*args, stdin=None):
    return subprocess.run([oracle.program("cli"), *args], capture_output=True, text=True, input=stdin)


def says(p, status, out=(), err=(), text="", absent=()):
    """The command ended so and printed all of that."""
    good = p.returncode == status and all(s in p.stdout for s in out) and \
        all(s in p.stderr for s in err) and not any(s in p.stdout + p.stderr for s in absent)
    if not ok(good, text):
        diag(f"exit {p.returncode}, expected {status} with {out} {err}")
        diag(p.stdout + p.stderr)


def row(case="gup_fast/walk", metric="instructions", unit="instructions", better="lower",
        kind="exact", samples=(500,) * N, nr_ops=10, subject="kernel", **params):
    return {"case": case, "params": params, "subject": subject, "metric": metric, "unit": unit,
            "kind": kind, "better": better, "nr_ops": nr_ops, "samples": list(samples)}


def check(good=True):
    return {"id": "gup_fast/only", "params": {}, "expect": "0 wrong",
            "seen": "0 wrong" if good else "3 wrong", "ok": good}


IPIS = {"metric": "ipis_sent", "unit": "interrupts", "better": "neither"}
READS = {"metric": "reader_throughput", "unit": "walks/s", "better": "higher"}
TIME = {"metric": "time", "unit": "ns", "kind": "sampled"}


def doc(*rows, part="stock.icount-1cpu", mode="icount", image="aa", checks=(), env=None):
    environment = {"qemu": "7.2", "cpus": "1", "load": "0.1"}
    environment.update(env or {})
    return {"format": "ptbench-result", "version": 1, "part": part, "mode": mode,
            "created": "2026-01-31T23:59:59Z", "command": "ptbench kernels run stock",
            "provenance": {"environment": environment,
                           "subject": {"image_sha256": image, "suite": "abc"}},
            "measurements": list(rows), "checks": list(checks)}


def save(value, name):
    path = os.path.join(TMP, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f)
    return path


def save_run(name, parts, docs, state="complete"):
    path = os.path.join(TMP, name)
    os.mkdir(path)
    save({"format": "ptbench-run", "version": 1, "command": "make bench",
          "started": "2026-01-31T23:00:00Z", "finished": "2026-01-31T23:59:59Z",
          "revision": "abc", "state": state, "parts": parts}, name + "/run.json")
    for d in docs:
        save(d, f"{name}/{d['part']}.json")
    return path


def passed(name):
    return {"name": name, "file": name + ".json", "state": "passed", "reason": None}


def failed(name, file=None):
    return {"name": name, "file": file, "state": "failed", "reason": "panic: out of\nluck"}


def test_validate():
    good = save(doc(row()), "good.json")
    bad = save(doc(row(samples=[1, 2, "3"])), "bad.json")
    run = save_run("run", [passed("a"), failed("b")], [doc(row(), part="a")])
    says(cli("validate", good), 0, [f"{good}: fine"], text="a good document is fine")
    says(cli("validate", bad), 2, [], [bad, "$.measurements[0].samples[2]", "must be a number"],
         "a bad one: file, path, reason")
    says(cli("validate", good, bad, good), 2, [f"{good}: fine"], [bad], "one bad among good ones")
    says(cli("validate", run), 0, [f"{run}/a.json: fine", f"{run}: fine", "2 parts"],
         text="a run and its documents")
    says(cli("validate", run + "/run.json"), 0, [f"{run}/a.json: fine"], text="by its run.json")
    says(cli("validate", "-q", run, good), 0, absent=["fine"], text="-q prints nothing when all is fine")
    says(cli("validate", "-", stdin=json.dumps(doc())), 0, ["-: fine"], text="standard input")
    says(cli("validate", TMP), 2, [], [TMP + "/run.json", "No such file"], "a folder that is no run")
    says(cli("validate", "/dev/null"), 2, [], ["/dev/null", "not a regular file"], "a device")
    says(cli("validate", save({"format": "x"}, "x.json")), 2, [],
         ["$.format", "ptbench-result", "ptbench-run"], "another format")
    hidden = save({"format": "x\x1b[2J\n"}, "esc.json")
    says(cli("validate", hidden), 2, [], ["\\x1b[2J"], "escape sequences are shown, not sent",
         absent=["\x1b"])
    save(doc(part="other"), "run/a.json")
    says(cli("validate", run), 2, [], ["run/a.json", "$.part", "mixed up"], "another part's document")
    os.unlink(run + "/a.json")
    says(cli("validate", run), 2, [], ["run/a.json", "No such file"], "a part's document is gone")
    evil = save_run("evil", [{**passed("a"), "file": "../good.json"}], [])
    says(cli("validate", evil), 2, [], ["$.parts[0].file", "../good.json"], "a run that climbs out")


def test_explore():
    """Explorations: validate and show know them, compare says that they are not for it."""
    subprocess.run([oracle.program("probe"), "make", TMP], capture_output=True, check=True)
    path, cut = (os.path.join(TMP, n) for n in ("explore.json", "explore-cut.json"))
    says(cli("validate", path, cut), 0, ["explore.json: fine (complete exploration, 6 models)",
                                         "explore-cut.json: fine (partial exploration, 7 models)"],
         text="explorations are validated")
    p = cli("show", path)
    says(p, 0, ["complete", "ptbench explore gup", "gup/clean", "gather/caught", "survived", "other-invariant",
                "broke     read of a freed table", "schedule  0.1.2!3", "read pmd[1] = 0x2067",
                "stores | \\x1b[2J", "softirq", "no more is claimed"],
         text="an exploration as tables, escapes shown and not sent", absent=["\x1b"])
    ok(all(line == line.rstrip() for line in p.stdout.splitlines()), "no line ends in blanks")
    profiled = dict(row(), breakdown=[{"symbol": "[user]", "instructions": 125},
                                      {"symbol": "gup_fast", "instructions": 375}])
    p = cli("show", save(doc(profiled), "profiled.json"))
    says(p, 0, ["breakdown", "375  75.00 %  gup_fast\n", "125  25.00 %  [user]\n"],
         text="where the instructions went")
    ok(p.stdout.find("gup_fast\n") < p.stdout.find("[user]\n"), "the largest first")
    says(cli("show", cut), 0, ["partial", "unfinished"], text="an exploration that was cut short")
    says(cli("compare", "--base", path, path), 2, [], ["explore.json: is an exploration"],
         "compare does not take them")
    with open(path, encoding="utf-8") as f:
        value = json.load(f)
    value["models"][1]["failure"]["steps"][0]["cpu"] = 7
    bad = save(value, "explore-bad.json")
    for command in ("validate", "show"):
        says(cli(command, bad), 2, [], [bad, "$.models[1].failure.steps[0].cpu", "the model has 2 CPUs"],
             f"{command}: a bad one: file, path, reason")


def test_usage():
    for command in ("validate", "show", "compare"):
        says(cli(command, "--help"), 0, ["usage: ptbench " + command, "Exit status"],
             text=f"{command} --help")
        says(cli(command), 2, [], ["usage: ptbench " + command], f"{command} without arguments")
        says(cli(command, "--nonsense"), 2, [], ["nonsense", "--help"], f"{command} --nonsense")
    good = os.path.join(TMP, "good.json")
    says(cli("compare", good), 2, [], ["no --base"], "compare without a base")
    says(cli("compare", "--base", good), 2, [], ["no RUN"], "compare with a base alone")
    says(cli("compare", "--base", good, "/nowhere"), 2, [], ["/nowhere"], "compare with what is not there")


def test_show():
    samples = [3.5, 1, 2, 9, 4, 7, 5]
    skip = {"case": "kmap/pair", "params": {"n": 1}, "subject": "ref", "skipped": "no kmap\x1b[2J here"}
    d = doc(row(), row(**TIME, samples=samples, nr_ops=1), skip, part="a", checks=[check(False)])
    run = save_run("shown", [passed("a"), failed("b")], [d])
    p = cli("show", run)
    says(p, 0, ["complete", "make bench", "abc", "passed", "failed", "b failed: panic: out of\n    luck\n", "icount",
                "qemu", "7.2", "image_sha256", "gup_fast/walk", "100 % agree", "exact", "50",
                "[1, 9]", "sampled", "kmap/pair", "no kmap\\x1b[2J here", "FAILED", "3 wrong"],
         text="a run: parts, provenance, measurements, skipped, checks", absent=["\x1b"])
    ok(all(line == line.rstrip() for line in p.stdout.splitlines()), "no line ends in blanks")
    says(cli("show", "--part", "a", run), 0, ["gup_fast/walk"], text="one part", absent=["panic"])
    says(cli("show", "--part", "z", run), 2, [], ["has no document of a part z"], "no such part")
    says(cli("show", os.path.join(TMP, "bad.json")), 2, [], ["samples[2]"], "a bad file")


def test_stat():
    """Value and extremes against Python's statistics."""
    subprocess.run([oracle.program("probe"), "make", TMP], capture_output=True, check=True)
    path = os.path.join(TMP, "rich.json")
    p = subprocess.run([oracle.program("probe"), "stat", path], capture_output=True, text=True, check=True)
    with open(path, encoding="utf-8") as f:
        rows = json.load(f)["measurements"]
    wrong = 0
    for line in p.stdout.splitlines():
        i, value, low, high, least, most, agreement, n = map(float, line.split())
        m = rows[int(i)]
        s, ops = m["samples"], m["nr_ops"]
        if m["kind"] == "sampled":
            expect, share = statistics.median(s) / ops, 0
        else:
            expect = min(statistics.multimode(s)) / ops
            share = s.count(min(statistics.multimode(s))) / len(s)
        wrong += not (abs(value - expect) <= 1e-15 * abs(expect) and n == len(s) and share == agreement
                      and least == min(s) / ops and most == max(s) / ops and low <= value <= high)
    ok(not wrong and len(p.stdout.splitlines()) == 24, f"24 values are those of Python's statistics")


def compare(text, base, new, status, out, *options, absent=()):
    """base and new are documents or lists of documents."""
    args = []
    for i, d in enumerate(base if isinstance(base, list) else [base]):
        args += ["--base", save(d, f"base{i}.json")]
    for i, d in enumerate(new if isinstance(new, list) else [new]):
        args.append(save(d, f"new{i}.json"))
    says(cli("compare", *options, *args), status, out, text=text, absent=absent)


def test_compare():
    base = doc(row(), row(pages=8, **TIME), row(**IPIS))
    compare("the same", base, base, 0, ["identical image", "2 exact rows: 2 equal",
                                        "1 sampled or deterministic rows are not judged"])
    worse = doc(row(samples=[510] * N), row(pages=8, **TIME), row(**IPIS), image="bb")
    compare("more instructions", base, worse, 1,
            ["subjects differ", "image_sha256: base aa, new bb", "50", "51", "+1 (+2.00 %)", "WORSE",
             "regression: 1 exact rows"], absent=["identical image"])
    compare("fewer instructions", worse, base, 0, ["-1 (-1.96 %)", "better", "no exact row is worse"])
    compare("fewer instructions are not equal", worse, base, 1,
            ["not equal", "1 of 2 exact rows are equal (50.00 %)"], "--exact-equal")
    compare("other interrupts are said and no regression", base,
            doc(row(), row(pages=8, **TIME), row(**IPIS, samples=[0] * N)), 0,
            ["ipis_sent", "changed", "1 changed"])
    compare("but are not equal", base, doc(row(), row(pages=8, **TIME), row(**IPIS, samples=[0] * N)),
            1, ["changed", "1 of 2"], "-e")
    compare("fewer walks are worse", doc(row(**READS)), doc(row(**READS, samples=[499] * N)), 1, ["WORSE"])
    compare("more walks are better", doc(row(**READS)), doc(row(**READS, samples=[501] * N)), 0, ["better"])
    compare("a lower time is not judged", doc(row(**TIME), row()), doc(row(**TIME, samples=[900]), row()),
            0, ["1 sampled or deterministic rows are not judged"])
    compare("three samples moved: the value did not", doc(row()),
            doc(row(samples=[500] * 28 + [700] * 3)), 0, ["1 equal"], "-e")
    compare("another number of operations, the same per operation", doc(row()),
            doc(row(samples=[150] * N, nr_ops=3)), 0, ["1 equal"], "-e")
    compare("a third is not 0.333333333333", doc(row(samples=[1] * N, nr_ops=3)),
            doc(row(samples=[333333333333] * N, nr_ops=1000000000000)), 0, ["better"])
    same = doc(row(samples=[510] * N))
    compare("a row that moved with the same image", doc(row()), same, 1,
            ["identical image", "not move because of the code"])
    compare("all rows on demand", base, base, 0, ["gup_fast/walk", "equal", "not judged"], "--all")


def test_compare_kinds():
    loose = row(kind="deterministic", samples=[500] * 27 + [501, 502] * 2)
    compare("no longer exact is said", doc(row()), doc(loose), 0, ["no longer exact"])
    compare("and is not equal", doc(row()), doc(loose), 1, ["no longer exact", "0 of 1"], "-e")
    compare("now exact is said", doc(loose), doc(row()), 0, ["now exact"])
    compare("and is not equal either", doc(loose), doc(row()), 1, ["now exact"], "-e")
    compare("deterministic on both sides is not judged", doc(loose, row(n=1)), doc(loose, row(n=1)), 0,
            ["1 exact rows: 1 equal", "not judged"], "-e")


def test_compare_rows():
    two = doc(row(), row(n=1))
    compare("a missing row", two, doc(row()), 3, ["n=1", "MISSING", "inconclusive"])
    compare("a missing row is not equal", two, doc(row()), 1, ["MISSING", "1 of 2"], "-e")
    compare("a row that is skipped now", two,
            doc(row(), {"case": "gup_fast/walk", "params": {"n": 1}, "subject": "kernel",
                        "skipped": "no huge pages"}), 3, ["MISSING: no huge pages"])
    compare("an extra row", doc(row()), two, 0, ["n=1", "extra"])
    compare("an extra row is not equal", doc(row()), two, 1, ["extra"], "-e")
    compare("worse and missing: worse", two, doc(row(samples=[501] * N)), 1, ["WORSE", "MISSING"])
    good, bad, none = doc(row(), checks=[check()]), doc(row(), checks=[check(False)]), doc(row())
    compare("a check fails that did not", good, bad, 1, ["check gup_fast/only", "FAILED"])
    compare("a check that failed is fine", bad, good, 0, ["check gup_fast/only", "new ok"])
    compare("a check is gone", good, none, 3, ["MISSING"])
    compare("a check is new", none, good, 0, ["base (none)"])


def test_compare_environments():
    base = doc(row())
    compare("another QEMU", base, doc(row(), env={"qemu": "8.0"}), 3,
            ["not comparable", "qemu: base 7.2, new 8.0"])
    compare("a key more", base, doc(row(samples=[900] * N), env={"cpu": "z"}), 3,
            ["cpu: base (not said), new z"], absent=["WORSE"])
    compare("another QEMU, ignored", base, doc(row(), env={"qemu": "8.0"}), 0,
            ["qemu (ignored): base 7.2, new 8.0", "1 equal"], "--ignore", "qemu", "-i", "other")
    compare("one ignored, one not", base, doc(row(), env={"qemu": "8.0", "cpus": "2"}), 3,
            ["qemu (ignored)", "cpus: base 1, new 2", "not comparable"], "--ignore", "qemu")
    compare("another load is fine", base, doc(row(), env={"load": "9"}), 0, ["1 equal"], absent=["load:"])
    compare("another mode", base, doc(row(), mode="kvm"), 3, ["modes differ: base icount, other kvm"])
    compare("no part in common", base, doc(row(), part="other"), 3,
            ["MISSING: only in the base", "extra: only in the new runs", "not comparable"])
    compare("the environment differs, repeats wanted", base, doc(row(), env={"qemu": "8.0"}), 3,
            ["not comparable"], "-e")


def test_compare_sides():
    def v(x):
        return doc(row(samples=[x] * N))
    compare("within the range of two bases", [v(500), v(510)], v(505), 0, ["unsteady"])
    compare("above both bases", [v(500), v(510)], v(511), 1, ["WORSE"])
    compare("below both bases", [v(500), v(510)], v(499), 0, ["better"])
    compare("two new runs, one above", v(500), [v(500), v(501)], 0, ["unsteady"])
    compare("two new runs, both above", v(500), [v(502), v(501)], 1, ["WORSE"])
    compare("an unsteady row is not equal", v(500), [v(500), v(501)], 1, ["unsteady"], "-e")
    compare("a row in one of two new runs", v(500), [v(500), doc()], 3, ["MISSING: not in every new run"])
    compare("environments of all bases count", [v(500), doc(row(), env={"cpus": "2"})], v(500), 3,
            ["cpus: base 1, base 2, new 1"])


def test_compare_runs():
    a, b = doc(row(), part="a"), doc(row(), part="b")
    base = save_run("base", [passed("a"), passed("b")], [a, b])
    new = save_run("new", [passed("a"), failed("b")], [a], "partial")
    says(cli("compare", "--base", base, base), 0, ["part a", "part b", "no exact row is worse"],
         text="two parts, the same")
    says(cli("compare", "--base", base, new), 3, ["part b", "MISSING", "panic: out of", "inconclusive"],
         text="a part that failed is missing, with its reason")
    half = save_run("half", [passed("a"), failed("b", "b.json")], [a, b])
    says(cli("compare", "--base", base, half), 3, ["failed: panic: out of ...\n", "inconclusive"],
         text="a failed part with a document is still failed")
    worse = doc(row(samples=[501] * N), part="b")
    new2 = save_run("new2", [passed("a"), passed("b")], [doc(row(), part="a", env={"qemu": "9"}), worse])
    says(cli("compare", "--base", base, new2), 1, ["not comparable", "WORSE"],
         text="a regression in one part outweighs another that is not comparable")
    once, twice = (cli("compare", "-a", "--base", base, new2).stdout for _ in range(2))
    ok(once == twice and once, "the same comparison is the same bytes")
    shutil.rmtree(base)


def main():
    global TMP
    with tempfile.TemporaryDirectory() as tmp:
        TMP = tmp
        for test in (test_validate, test_explore, test_usage, test_show, test_stat, test_compare, test_compare_kinds,
                     test_compare_rows, test_compare_environments, test_compare_sides,
                     test_compare_runs):
            test()
    oracle.done()


main()
