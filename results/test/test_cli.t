#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""validate and show as a user meets them, and what all subcommands do with bad arguments."""

import json
import os
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import fixtures
import oracle
from fixtures import TIME, check, cli, doc, failed, passed, row, save, save_run, says
from oracle import ok


def test_validate():
    good = save(doc(row()), "good.json")
    bad = save(doc(row(samples=[1, 2, "3"])), "bad.json")
    run = save_run("run", [passed("a"), failed("b")], [doc(row(), part="a")])
    says(cli("validate", good), 0, [f"{good}: fine"], text="a good document is fine")
    says(cli("validate", bad), 2, [], [bad, "$.measurements[0].samples[2]", "must be a number"],
         "a bad one: file, path, reason")
    says(cli("validate", good, bad, good), 2, [f"{good}: fine"], [bad], "one bad document among good ones")
    says(cli("validate", run), 0, [f"{run}/a.json: fine", f"{run}: fine", "2 parts"],
         text="a run and its documents")
    says(cli("validate", run + "/run.json"), 0, [f"{run}/a.json: fine"], text="a run, named by its run.json")
    says(cli("validate", "-q", run, good), 0, absent=["fine"], text="-q prints nothing when all is fine")
    says(cli("validate", "-", stdin=json.dumps(doc())), 0, ["-: fine"], text="standard input")
    says(cli("validate", fixtures.TMP), 2, [], [fixtures.TMP + "/run.json", "No such file"], "a folder that is no run")
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
    says(cli("validate", evil), 2, [], ["$.parts[0].file", "../good.json"], "a run whose file lies outside its folder")


def test_explore():
    """Explorations: validate and show know them, compare says that they are not for it."""
    subprocess.run([oracle.program("probe"), "make", fixtures.TMP], capture_output=True, check=True)
    path, cut = (os.path.join(fixtures.TMP, n) for n in ("explore.json", "explore-cut.json"))
    says(cli("validate", path, cut), 0, ["explore.json: fine (complete exploration, 6 models)",
                                         "explore-cut.json: fine (partial exploration, 7 models)"],
         text="explorations are validated")
    p = cli("show", path)
    says(p, 0, ["complete", "ptbench explore gup", "gup/clean", "gather/caught", "survived", "other-invariant",
                "broke     read of a freed table", "schedule  0.1.2!3", "read pmd[1] = 0x2067",
                "stores | \\x1b[2J", "softirq", "no more is claimed"],
         text="an exploration as tables, with escapes written out", absent=["\x1b"])
    ok(all(line == line.rstrip() for line in p.stdout.splitlines()), "no line ends in blanks")
    profiled = dict(row(), breakdown=[{"symbol": "[user]", "instructions": 125},
                                      {"symbol": "gup_fast", "instructions": 375}])
    p = cli("show", save(doc(profiled), "profiled.json"))
    says(p, 0, ["breakdown", "375  75.00 %  gup_fast\n", "125  25.00 %  [user]\n"],
         text="show prints a profile's breakdown")
    ok(p.stdout.find("gup_fast\n") < p.stdout.find("[user]\n"), "its largest share comes first")
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
    good = os.path.join(fixtures.TMP, "good.json")
    says(cli("compare", good), 2, [], ["no --base"], "compare without a base")
    says(cli("compare", "--base", good), 2, [], ["no RUN"], "compare without a RUN")
    says(cli("compare", "--base", good, "/nowhere"), 2, [], ["/nowhere"], "compare with a file that does not exist")


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
    says(cli("show", os.path.join(fixtures.TMP, "bad.json")), 2, [], ["samples[2]"], "a bad file")


def test_stat():
    """Value and extremes against Python's statistics."""
    subprocess.run([oracle.program("probe"), "make", fixtures.TMP], capture_output=True, check=True)
    path = os.path.join(fixtures.TMP, "rich.json")
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


def main():
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        for test in (test_validate, test_explore, test_usage, test_show, test_stat):
            test()
    oracle.done()


main()
