#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the page of base and head says first, "No.", "Yes." or "Not known.", is what compare concludes of
the same two runs: of each pair in a table, in both directions."""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "results", "test"))
sys.dont_write_bytecode = True
import fixtures
import oracle
from fixtures import IPIS, N, TIME, check, doc, failed, passed, row, save_run
from oracle import ok, diag

PTBENCH = os.path.join(oracle.BUILD, "ptbench")
WORD = {0: "No.", 1: "Yes.", 3: "Not known."}
A = doc(row(), part="a")
RUNS = {
    "good": ([passed("a")], [A], "complete"),
    "worse": ([passed("a")], [doc(row(samples=[501] * N), part="a")], "complete"),
    "noisy and worse": ([passed("a")], [doc(row(kind="deterministic", samples=[4000, 5000, 6000]), part="a")],
                        "complete"),
    "noisy": ([passed("a")], [doc(row(kind="deterministic", samples=[499, 500, 501]), part="a")], "complete"),
    "sampled": ([passed("a")], [doc(row(**TIME), part="a")], "complete"),
    "without rows": ([passed("a")], [doc(part="a")], "complete"),
    "one interrupt": ([passed("a")], [doc(row(), row(**IPIS, samples=[1] * 5), part="a")], "complete"),
    "512 interrupts": ([passed("a")], [doc(row(), row(**IPIS, samples=[512] * 5), part="a")], "complete"),
    "a good check": ([passed("a")], [doc(row(), part="a", checks=[check()])], "complete"),
    "a bad check": ([passed("a")], [doc(row(), part="a", checks=[check(False)])], "complete"),
    "a failed part": ([passed("a"), failed("b")], [A], "complete"),
    "another part": ([passed("a"), passed("b")], [A, doc(row(), part="b")], "complete"),
    "another QEMU": ([passed("a")], [doc(row(), part="a", env={"qemu": "8"})], "complete"),
    "partial": ([passed("a")], [A], "partial"),
}


def run(*args):
    return subprocess.run([PTBENCH, *args], capture_output=True, text=True, check=False)


def main():
    if not os.access(PTBENCH, os.X_OK):
        sys.exit(f"{PTBENCH}: not built; run make")
    seen = set()
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        paths = {name: save_run(name.replace(" ", "-"), *rest) for name, rest in RUNS.items()}
        for base in RUNS:
            for head in RUNS:
                compared = run("compare", "--base", paths[base], paths[head])
                told = run("report", "--answers", "--base", paths[base], paths[head])
                answer = re.search(r"Did it get worse\? (No\.|Yes\.|Not known\.)", " ".join(told.stdout.split()))
                word = answer.group(1) if answer else "nothing"
                seen.add(compared.returncode)
                if not ok(word == WORD.get(compared.returncode), f"{base} before, {head} now: {word}"):
                    diag(f"compare: {compared.returncode}\n{compared.stdout}{compared.stderr}{told.stdout}{told.stderr}")
    ok(seen == set(WORD), "each of the three was seen")
    oracle.done()


main()
