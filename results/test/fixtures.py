# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents and runs for the tests of the subcommands, and what those print."""

import json
import os
import subprocess

import oracle
from oracle import ok, diag

TMP = ""  # where save() puts files; set by use()
N = 31  # samples that make a cost exact


def use(folder):
    global TMP
    TMP = folder


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


def doc(*rows, part="stock.icount-1cpu", mode="icount", image=None, checks=(), env=None):
    if image is None:  # two versions of a kernel are not one image
        image = part if "@" in part else "aa"
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


def model(verdict="clean", variant="v", bound=3, **more):
    """A model of an exploration: of a good variant that is clean or broken, or a busted one."""
    busted = verdict in ("caught", "survived")
    broke = {"invariant": "no freed table is read", "why": "", "schedule": "0.1", "preemptions": 0, "nr_steps": 1,
             "steps": [{"cpu": 0, "context": "task", "task": "t", "site": "", "text": ""}]}
    return {"mechanism": "gup", "variant": variant, "busted": busted,
            "caught_by": broke["invariant"] if busted else None, "mode": "sc", "method": "reduced", "bound": bound,
            "nr_cpus": 2, "schedules": 1, "steps": 1, "states": 1, "seconds": 0.5,
            "complete": verdict in ("clean", "survived"), "verdict": verdict, "summary": "s",
            "failure": broke if verdict in ("broken", "caught") else None, **more}


def explored(*models, complete=True):
    return {"format": "ptbench-explore", "version": 1, "revision": "abc", "command": "ptbench explore",
            "created": "2026-01-31T23:59:59Z", "claim": "no more", "complete": complete, "models": list(models)}


def passed(name):
    return {"name": name, "file": name + ".json", "state": "passed", "reason": None}


def failed(name, file=None):
    return {"name": name, "file": file, "state": "failed", "reason": "panic: out of\nluck"}
