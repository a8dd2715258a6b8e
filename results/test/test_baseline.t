#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench baseline: which rows it keeps, under which name, and that it finds those of one's environment only."""

import copy
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import fixtures
from fixtures import IPIS, N, TIME, check, cli, doc, passed, row, save, save_run, says
import oracle
from oracle import ok


def parts(**env):
    """Two parts with exact rows, one without."""
    mixed = doc(row(), row(n=1, kind="deterministic", samples=[500] * 20 + [501] * 11), row(**IPIS), row(case="kmap/pair", **TIME, samples=[70] * N),
                part="stock.icount-1cpu", checks=[check()], env=env)
    mixed["measurements"].append({"case": "thp/split", "params": {}, "subject": "kernel", "skipped": "no THP here"})
    sizes = doc(row(**{"metric": "code_bytes", "unit": "bytes"}, samples=[77], nr_ops=1), part="stock.static", mode="static", env=env)
    return mixed, sizes, doc(row(**TIME), part="native", mode="native", env=env)


def run_of(name, docs, state="complete"):
    if os.path.isdir(os.path.join(fixtures.TMP, name)):
        shutil.rmtree(os.path.join(fixtures.TMP, name))
    return save_run(name, [passed(d["part"]) for d in docs], docs, state=state)


def main():
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        folder = os.path.join(tmp, "baseline")
        os.mkdir(folder)
        run = run_of("run", parts())
        says(cli("baseline", "--dir", folder, run), 3, err=["stock.icount-1cpu: no baseline of this environment", "stock.static: no baseline"],
             text="nothing there: status 3, and each part is named")
        p = cli("baseline", "--dir", folder, "--write", run)
        says(p, 0, text="a run is written")
        files = p.stdout.split("\n")[:-1]
        ok(sorted(os.path.join(folder, f) for f in os.listdir(folder)) == sorted(files) and len(files) == 2,
           "a file for each part with exact rows, and its name is printed")
        for f in files:
            kept = json.load(open(f))
            want = next(d for d in parts() if d["part"] == kept["part"])
            exact = [m for m in want["measurements"] if m.get("kind") == "exact"]
            ok(sorted((m["case"], m["metric"], m["samples"]) for m in kept["measurements"]) ==
               sorted((m["case"], m["metric"], m["samples"]) for m in exact) and exact, f"{kept['part']}: the exact rows, and no others")
            ok(kept["checks"] == want["checks"] and kept["provenance"] == want["provenance"], f"{kept['part']}: checks and provenance as they were")
        p = cli("baseline", "--dir", folder, run)
        says(p, 0, text="they are found")
        ok(p.stdout.split("\n")[:-1] == files, "by the names that were printed")
        says(cli("compare", "--part", "stock.*", *[w for f in files for w in ("--base", f)], run), 0, ["nothing that was judged regressed"], text="compare takes them")
        worse = list(parts())
        worse[0] = copy.deepcopy(worse[0])
        worse[0]["measurements"][0]["samples"] = [501] * N
        worse[0]["provenance"]["subject"]["image_sha256"] = "bb"
        says(cli("compare", *[w for f in files for w in ("--base", f)], "--part", "stock.*", run_of("worse", worse)), 1, ["1 row regressed"], text="and finds a regression")
        before = {f: open(f).read() for f in files}
        cli("baseline", "--dir", folder, "--write", run)
        ok({f: open(f).read() for f in files} == before, "the same run, the same bytes")

        # ---- other environments ----
        says(cli("baseline", "--dir", folder, run_of("other", parts(qemu="8.0"))), 3, err=["stock.static: no baseline"], text="another QEMU: none is found")
        says(cli("baseline", "--dir", folder, run_of("key", parts(more="x"))), 3, text="another key: none is found")
        says(cli("baseline", "--dir", folder, run_of("load", parts(load="9.9"))), 0, text="another load is the same environment")
        cli("baseline", "--dir", folder, "--write", run_of("other", parts(qemu="8.0")))
        ok(len(os.listdir(folder)) == 4, "files of another environment stand beside")
        # Keys and values that run together are not one environment.
        os.mkdir(folder + "2")
        cli("baseline", "--dir", folder + "2", "--write", run_of("ab", parts(aa="b", c="d")))
        says(cli("baseline", "--dir", folder + "2", run_of("ac", parts(a="ab", c="d"))), 3, text="keys are not run together")

        # ---- what cannot be ----
        forged = json.load(open(files[0]))
        forged["provenance"]["environment"]["qemu"] = "9.9"
        json.dump(forged, open(files[0], "w"))
        says(cli("baseline", "--dir", folder, run), 2, err=[os.path.basename(files[0]), "remove it"], text="a file under a wrong name: status 2")
        open(files[0], "w").write("{")
        says(cli("baseline", "--dir", folder, run), 2, err=[os.path.basename(files[0])], text="a damaged file: status 2")
        empty = os.path.join(tmp, "empty")
        os.mkdir(empty)
        failed = list(parts())
        says(cli("baseline", "--dir", empty, "--write", save_run("failed", [passed(d["part"]) for d in failed] + [fixtures.failed("x.icount-1cpu")],
             failed)), 4, err=["its part x.icount-1cpu failed"], text="a run with a failed part is not written")
        says(cli("baseline", "--dir", empty, "--write", run_of("partial", parts(), "partial")), 4, err=["is partial"], text="nor a partial one")
        ok(not os.listdir(empty), "nothing of them is there")
        says(cli("baseline", "--dir", empty, "--write", run_of("times", parts()[2:])), 3, err=["no row of these runs is exact"], text="nothing exact: status 3")
        says(cli("baseline", "--dir", os.path.join(tmp, "nowhere"), "--write", run), 4, text="no folder: status 4")
        says(cli("baseline", "--dir", "/dev/full/x", "--write", run), 4, text="nor one that is a device")
        says(cli("baseline", run), 2, err=["no --dir DIR given"], text="no --dir")
        says(cli("baseline", "--dir", folder), 2, err=["no RUN given"], text="no run")
        says(cli("baseline", "--dir", folder, os.path.join(tmp, "none.json")), 2, text="a run that is not there")
    oracle.done()


main()
