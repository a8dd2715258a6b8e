#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench explore as a user meets it: names, lists, replays, exit status, files, Ctrl-C. Models that
are mislabelled on purpose stand in a program of their own, explore_table."""

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "results", "test"))
sys.dont_write_bytecode = True
import oracle
from oracle import ok, diag

PTBENCH = os.path.join(oracle.BUILD, "ptbench")
TABLE = os.path.join(oracle.BUILD, "bench-test/explore_table")
ASAN_TABLE = os.path.join(oracle.BUILD, "asan/bench-test/explore_table")
TMP = ""


def explore(*args):
    return subprocess.run([PTBENCH, "explore", *args], capture_output=True, text=True)


def table(*args):
    return subprocess.run([TABLE, *args], capture_output=True, text=True)


def says(p, status, out=(), err=(), text="", absent=()):
    good = p.returncode == status and all(s in p.stdout for s in out) and \
        all(s in p.stderr for s in err) and not any(s in p.stdout for s in absent)
    if not ok(good, text):
        diag(f"exit {p.returncode}, expected {status} with {out} {err}")
        diag(p.stdout + p.stderr)
    return good


def path(name):
    return os.path.join(TMP, name)


def load(name):
    with open(path(name), encoding="utf-8") as f:
        return json.load(f)


def is_valid(validators, name, text):
    """By ptbench, and by the schema where there is a library for it."""
    p = subprocess.run([PTBENCH, "validate", path(name)], capture_output=True, text=True)
    with open(path(name), "rb") as f:
        why = oracle.verdict(validators, f.read()) if validators else None
    if not ok(p.returncode == 0 and not why, text):
        diag(p.stderr + str(why))


# ---- the command line ----

def test_usage():
    says(explore("--help"), 0, ["usage: ptbench explore", "--replay", "--bound", "--json", "Exit status"],
         text="--help")
    says(explore("--no-such"), 2, err=["--help"], text="an unknown option")
    says(explore("--bound"), 2, err=["--help"], text="an option without its value")
    for value in ("x", "-1", "", "3x", "1001", "99999999999999999999"):
        says(explore("--bound", value, "litmus"), 2, err=["--bound"], text=f"--bound {value!r}")
    says(explore("litmus/lost_updat"), 2, err=["no such model", "litmus/lost_update"],
         text="an unknown variant: near ones are named")
    says(explore("litmsu"), 2, err=["no such model"], text="an unknown mechanism")
    says(explore("qqqqqqqqqqqqqqqqqqqqq"), 2, err=["there are", "litmus"],
         text="a name that is near nothing: the mechanisms are named")
    says(explore("litmus", "nothing/here", "kmapp"), 2, err=["nothing/here", "kmapp"],
         text="two unknown names: the message has both")
    says(explore("litmus", "--replay", "0"), 2, err=["--replay is for one variant"],
         text="--replay with more than one variant")
    says(explore("litmus/lost_update", "--replay", "&"), 2, err=["cannot be replayed"],
         text="a text that is no schedule", absent=["model "])
    says(explore("litmus", "--json", "/nowhere/x.json"), 2, err=["/nowhere/x.json", "folder"],
         text="a file that cannot be written, before anything is explored", absent=["litmus/"])


def test_list():
    p = explore("--list")
    rows = [line for line in p.stdout.splitlines()[1:] if line]
    says(p, 0, ["litmus/lost_update", "busted", "good", "; has to break: "], text="--list")
    ok(all(re.match(r"[a-z]+/\S+ +(good|busted) +(sc|store-buffer) +\d+ +\d+ +\S", row) for row in rows),
       f"{len(rows)} models: name, good or busted, mode, CPUs, bound, what is asked")
    some = explore("--list", "litmus").stdout.splitlines()[1:]
    ok(some and all(row.startswith("litmus/") for row in some), "--list of one mechanism")
    ok(explore("--list", "litmus", "litmus/lost_update").stdout.splitlines()[1:] == some,
       "a model that is selected twice is there once")


# ---- results ----

def test_default(validators):
    """All models, as the explorer's users run it: everything is as its author says, within a minute."""
    start = time.time()
    p = explore("-q", "--json", path("all.json"))
    seconds = time.time() - start
    if not ok(p.returncode == 0 and not p.stderr, f"the default run: 0, in {seconds:.1f} s"):
        diag(p.stdout)
    ok(seconds < 60, "the default run takes less than a minute")
    value = load("all.json")
    listed = [line.split()[0] for line in explore("--list").stdout.splitlines()[1:]]
    ok([f"{m['mechanism']}/{m['variant']}" for m in value["models"]] == listed and value["complete"],
       f"all {len(listed)} models are in the file")
    ok(all(m["bound"] >= 3 for m in value["models"] if not m["busted"]), "good ones are clean to bound 3 at least")
    is_valid(validators, "all.json", "which is valid")
    for m in value["models"]:
        if m["failure"]:
            break
    again = explore(f"{m['mechanism']}/{m['variant']}", "-q", "--replay", m["failure"]["schedule"])
    ok(again.returncode == 0 and m["failure"]["invariant"] in again.stdout,
       "a schedule of the file can be replayed")


def test_verdicts(validators):
    says(table("table", "--json", path("fine.json")), 0,
         ["table/clean", "clean", "caught: no update is lost", "1 clean, 2 caught", "schedules"],
         text="good ones clean and busted ones caught: 0", absent=["FAILED", "CPU 0"])
    value = load("fine.json")
    ok(value["complete"] and [m["verdict"] for m in value["models"]] == ["clean", "caught", "caught"],
       "and so says the file")
    is_valid(validators, "fine.json", "which is valid")
    ok(value["models"][0]["bound"] == 3 and value["models"][0]["complete"] and
       "no more is claimed" in value["claim"], "with the bound that was reached, and the claim")
    says(table("mislabelled/good"), 1, ["FAILED, broken: no update is lost", "CPU 0: first",
                                        "broken: no update is lost", "again: ptbench explore mislabelled/good --replay"],
         text="a good one that breaks: 1, with the interleaving")
    says(table("mislabelled/busted"), 1, ["FAILED, survived (has to break: no update is lost)"],
         text="a busted one that survives: 1")
    says(table("mislabelled/other"), 1,
         ["FAILED, other-invariant: no update is lost (has to break: deadlock)", "CPU 0: first"],
         text="a busted one that breaks another invariant: 1")
    says(table("table", "mislabelled", "--json", path("wrong.json")), 1, text="good and bad together: 1")
    ok([m["verdict"] for m in load("wrong.json")["models"]] ==
       ["clean", "caught", "caught", "broken", "survived", "other-invariant"], "each verdict in the file")
    is_valid(validators, "wrong.json", "which is valid")
    says(table("table/clean", "setup", "--json", path("setup.json")), 4, ["table/clean"],
         ["setup/fails: cannot be set up: No such device"], text="a model that cannot be set up: 4")
    ok(not load("setup.json")["complete"], "and the file is incomplete")
    is_valid(validators, "setup.json", "and valid")
    says(table("table/clean", "--no-reduction", "--json", path("full.json")), 0, text="--no-reduction")
    ok(load("full.json")["models"][0]["method"] == "full", "and the file says so")
    says(table("table/clean", "--bound", "0", "--json", path("zero.json")), 0, text="--bound 0")
    ok(load("zero.json")["models"][0]["bound"] == 0, "is the bound")
    says(table("mislabelled/good", "--bound", "0"), 0, ["clean"],
         text="without preemptions no update is lost: the claim holds up to the bound only")


def test_failures():
    for name, args in (("by name", ["table/caught"]), ("with -v", ["-v", "table"])):
        says(table(*args), 0, ["CPU 0: first", "CPU 1: second", "broken: no update is lost", "x is 1", "--replay"],
             text=f"a busted one's interleaving in columns {name}")
    wide, narrow = (max(map(len, table("table/caught", "--width", w).stdout.split("\n\n")[2].splitlines()))
                    for w in ("140", "60"))
    ok(narrow <= 60 < wide <= 140, f"--width: {narrow} and {wide} characters")
    for width in ("0", "39", "x", "-1"):
        says(table("table/caught", "--width", width), 2,
             err=[f"ptbench explore: --width {width}: must be a number from 40 to 10000"], text=f"--width {width}: 2")
    says(table("table/caught", "--width", "40"), 0, text="--width 40 is the least")


def test_replay(validators):
    """Of the real program: what is printed, and what is in the file, shows the same failure again."""
    says(explore("litmus/lost_update", "--json", path("busted.json")), 0, text="a busted variant")
    model = load("busted.json")["models"][0]
    failure = model["failure"]
    line = re.search(r"again: ptbench explore (.*)", explore("litmus/lost_update").stdout).group(1)
    ok(line == "litmus/lost_update --replay " + failure["schedule"], "the printed line and the file's schedule")
    for name in ("litmus/store_buffering_delayed", "litmus/try_get_relaxed"):
        printed = explore(name).stdout
        args = shlex.split(re.search(r"again: ptbench explore (.*)", printed).group(1))
        ok(explore(*args).stdout.split("\n\n")[1:3] == printed.split("\n\n")[1:3],
           f"{name}: the printed line, as a shell takes it, shows the same: {' '.join(args[1:])}")
    says(explore(*line.split(), "--json", path("again.json")), 0, ["CPU 0", "broken: " + failure["invariant"]],
         text="the printed line shows it again")
    again = load("again.json")["models"][0]
    ok(again["failure"] == failure and again["schedules"] == 1 and again["method"] == "replay",
       "the same failure, step by step, in one schedule")
    is_valid(validators, "again.json", "and its file is valid")
    says(table("mislabelled/busted", "--replay", "0c0", "--json", path("held.json")), 0, ["held"],
         text="a replayed schedule in which nothing breaks has the verdict held")
    is_valid(validators, "held.json", "and its file is valid")
    first, second = (re.sub(r"[\d,]+ (per second )?[\d.]+ s", "", " ".join(explore("litmus/lost_update", "-q").stdout.split()))
                     for _ in range(2))
    ok(first == second and "0c1" in first, "two runs print the same but for their times")


def test_sanitized():
    """Address and undefined-behaviour sanitizers, with leaks, are silent on every way out."""
    for status, args in ((0, ["table", "-v", "--json", path("asan.json")]), (1, ["mislabelled"]),
                         (0, ["--list"]), (0, ["table/caught", "--replay", "0c1.1c0"]),
                         (2, ["table/caught", "--replay", "zz"]), (2, ["nosuch"]), (2, ["--bound"]),
                         (2, ["table", "--json", "/nowhere/x"]), (4, ["setup"]), (0, ["--help"])):
        p = subprocess.run([ASAN_TABLE, *args], capture_output=True, text=True)
        if not ok(p.returncode == status and "Sanitizer" not in p.stderr and "runtime error" not in p.stderr,
                  "sanitizers silent: " + " ".join(args).replace(TMP, "")):
            diag(p.stderr)


# ---- interruptions ----

def start_long(*args, until, **more):
    """table with a model that takes for ever, once `until` stands in its output."""
    p = subprocess.Popen([TABLE, "table/clean", "table/caught-again", "long", "setup", *args], text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    seen = ""
    while until not in seen:
        line = p.stderr.readline()
        if not line:
            break
        seen += line
    time.sleep(0.3)
    return p


def test_interrupt(validators):
    for sig in (signal.SIGINT, signal.SIGTERM):
        p = start_long("--json", path("cut.json"), until="3 of 4: long/clean")
        p.send_signal(sig)
        out, _ = p.communicate(timeout=30)
        ok(p.returncode == 130 and "unfinished" in out and "1 not explored" in out,
           f"{sig.name}: 130, and what is finished is told")
        value = load("cut.json")
        ok(not value["complete"] and [m["verdict"] for m in value["models"]] == ["clean", "caught", "unfinished"],
           "and kept: the file is marked incomplete")
        is_valid(validators, "cut.json", "and valid")
    p = start_long("--json", path("killed.json"), until="3 of 4: long/clean")
    p.kill()
    p.communicate(timeout=30)
    ok(not load("killed.json")["complete"], "killed: the file is there, and incomplete")
    is_valid(validators, "killed.json", "and valid")
    p = start_long(until="3 of 4: long/clean")
    p.send_signal(signal.SIGINT)
    p.send_signal(signal.SIGINT)
    p.communicate(timeout=30)
    ok(p.returncode in (130, -signal.SIGINT), "a second Ctrl-C ends it at once")


def test_progress():
    p = table("table")
    ok(p.stderr == "exploring 1 of 3: table/clean\nexploring 2 of 3: table/caught\n"
       "exploring 3 of 3: table/caught-again\n", "without a terminal a line per model on standard error")
    ok(table("table", "-q").stderr == "", "-q: none")
    main_fd, side = pty.openpty()
    child = subprocess.Popen([TABLE, "table/clean", "long"], stdout=subprocess.PIPE, stderr=side, text=True)
    os.close(side)
    seen = b""
    end = time.time() + 20
    while time.time() < end and len(re.findall(rb"long/clean  bound \d+, [\d,]+ schedules", seen)) < 3:
        seen += os.read(main_fd, 4096)
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=30)
    os.close(main_fd)
    lines = re.findall(rb"\r\x1b\[K2 of 2  long/clean  bound \d+, ([\d,]+) schedules", seen)
    ok(len(lines) >= 3 and len(set(lines)) >= 2 and "\x1b" not in out,
       "on a terminal one line that is written over, while it runs")


def main():
    global TMP
    # A shell ignores SIGINT in what it starts in the background, and so would what is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    validators = oracle.load_schemas()
    with tempfile.TemporaryDirectory() as tmp:
        TMP = tmp
        test_usage()
        test_list()
        test_default(validators)
        test_verdicts(validators)
        test_failures()
        test_replay(validators)
        test_sanitized()
        test_interrupt(validators)
        test_progress()
    oracle.done()


main()
