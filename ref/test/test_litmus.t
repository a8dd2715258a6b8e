#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The litmus tests beside the explorer's protocols: each is well-formed, asks a question, and has the
result that it says, by an independent reading of the kernel's memory model (lkmm.py), which is first
held against results that are known; by herd7 too, where it is installed."""

import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import lkmm

LITMUS = os.path.join(HERE, "..", "explore", "litmus")
BUILD = os.environ.get("PTBENCH_BUILD", os.path.join(HERE, "..", "..", "build"))
CACHE = os.environ.get("PTBENCH_CACHE", os.path.expanduser("~/.cache/ptbench"))

count = failed = 0


def ok(good, text):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {text}", flush=True)
    return good


def skip(reason):
    global count
    count += 1
    print(f"ok {count} # SKIP {reason}")


def diag(text):
    print("# " + str(text).replace("\n", "\n# "), flush=True)


# ---- the oracle, on what is known ----

def thread(n, *lines):
    return f"P{n}(int *x, int *y, int *z, spinlock_t *s)\n{{\n\t" + "\n\t".join(lines) + "\n}\n"


W = {v: f"WRITE_ONCE(*{v}, 1);" for v in "xyz"}
R = {v: f"r{v} = READ_ONCE(*{v});" for v in "xyz"}
READER = ("rcu_read_lock();", "rcu_read_unlock();")
CLASSICS = [
    ("SB", "Sometimes", "0:ry=0 /\\ 1:rx=0", [[W["x"], R["y"]], [W["y"], R["x"]]]),
    ("SB+mbs", "Never", "0:ry=0 /\\ 1:rx=0",
     [[W["x"], "smp_mb();", R["y"]], [W["y"], "smp_mb();", R["x"]]]),
    ("SB+mb+wmb", "Sometimes", "0:ry=0 /\\ 1:rx=0",
     [[W["x"], "smp_mb();", R["y"]], [W["y"], "smp_wmb();", R["x"]]]),
    ("MP", "Sometimes", "1:ry=1 /\\ 1:rx=0", [[W["x"], W["y"]], [R["y"], R["x"]]]),
    ("MP+wmb+rmb", "Never", "1:ry=1 /\\ 1:rx=0",
     [[W["x"], "smp_wmb();", W["y"]], [R["y"], "smp_rmb();", R["x"]]]),
    ("MP+wmb+ctrl", "Sometimes", "1:ry=1 /\\ 1:rx=0",
     [[W["x"], "smp_wmb();", W["y"]], [R["y"], "if (ry)", R["x"]]]),
    ("MP+locks", "Never", "1:ry=1 /\\ 1:rx=0",
     [["spin_lock(s);", W["x"], W["y"], "spin_unlock(s);"],
      ["spin_lock(s);", R["y"], R["x"], "spin_unlock(s);"]]),
    ("LB", "Sometimes", "0:rx=1 /\\ 1:ry=1", [[R["x"], W["y"]], [R["y"], W["x"]]]),
    ("LB+ctrls", "Never", "0:rx=1 /\\ 1:ry=1",
     [[R["x"], "if (rx)", W["y"]], [R["y"], "if (ry)", W["x"]]]),
    ("IRIW+rmbs", "Sometimes", "1:rx=1 /\\ 1:ry=0 /\\ 3:ry=1 /\\ 3:rx=0",
     [[W["x"]], [R["x"], "smp_rmb();", R["y"]], [W["y"]], [R["y"], "smp_rmb();", R["x"]]]),
    ("IRIW+mbs", "Never", "1:rx=1 /\\ 1:ry=0 /\\ 3:ry=1 /\\ 3:rx=0",
     [[W["x"]], [R["x"], "smp_mb();", R["y"]], [W["y"]], [R["y"], "smp_mb();", R["x"]]]),
    ("xchg twice", "Never", "0:r0=0 /\\ 1:r0=0",
     [["r0 = xchg_relaxed(x, 1);"], ["r0 = xchg_relaxed(x, 1);"]]),
    ("SB+xchgs", "Never", "0:ry=0 /\\ 1:rx=0",
     [["r0 = xchg(x, 1);", R["y"]], ["r0 = xchg(y, 1);", R["x"]]]),
    ("SB+failed cmpxchgs", "Sometimes", "0:ry=0 /\\ 1:rx=0",
     [[W["x"], "r0 = cmpxchg(z, 7, 8);", R["y"]], [W["y"], "r0 = cmpxchg(z, 7, 8);", R["x"]]]),
    ("one reader, one grace period", "Never", "0:ry=0 /\\ 1:rx=0",
     [[READER[0], W["x"], R["y"], READER[1]], [W["y"], "synchronize_rcu();", R["x"]]]),
    ("a read before its section", "Sometimes", "0:ry=0 /\\ 1:rx=0",
     [[R["y"], READER[0], W["x"], READER[1]], [W["y"], "synchronize_rcu();", R["x"]]]),
    ("two readers, one grace period", "Sometimes", "0:ry=0 /\\ 1:rz=0 /\\ 2:rx=0",
     [[READER[0], W["x"], R["y"], READER[1]], [READER[0], W["y"], R["z"], READER[1]],
      [W["z"], "synchronize_rcu();", R["x"]]]),
    ("two readers, two grace periods", "Never", "0:ry=0 /\\ 1:rz=0 /\\ 2:rx=0",
     [[READER[0], W["x"], R["y"], READER[1]], [READER[0], W["y"], R["z"], READER[1]],
      [W["z"], "synchronize_rcu();", "synchronize_rcu();", R["x"]]]),
]


def test_oracle():
    for name, expected, condition, threads in CLASSICS:
        text = f"C {name}\n{{\n}}\n" + "".join(thread(i, *t) for i, t in enumerate(threads))
        seen = lkmm.sees(lkmm.Test(text + f"exists ({condition})\n"))
        ok(seen == expected, f"the oracle: {name}: {seen}")
    kernels = sorted(glob.glob(os.path.join(CACHE, "src", "*", "tools/memory-model/litmus-tests")))
    if not kernels:
        return skip("the kernel's own litmus tests: no kernel source is unpacked below " + CACHE)
    agreed, unknown = 0, []
    for path in sorted(glob.glob(os.path.join(kernels[0], "*.litmus"))):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        try:
            seen = lkmm.sees(lkmm.Test(text))
        except lkmm.Unknown as e:
            unknown.append(f"{os.path.basename(path)}: {e}")
            continue
        if seen == re.search(r"Result: (\w+)", text).group(1):
            agreed += 1
        else:
            diag(f"{path}: oracle {seen}")
            agreed -= 1000
    ok(agreed >= 30 and len(unknown) <= 3, f"the oracle agrees on {agreed} of the kernel's own tests "
       f"and does not know {len(unknown)}")
    return None


# ---- the files ----

def problems(name, text):
    """What is wrong with a test's text; its result is compared with the oracle's."""
    found = []
    lines = text.split("\n")
    comment = text[text.find("(*"):text.find("*)")]
    results = re.findall(r"^ \* Result: (.*)$", comment, flags=re.M)
    if lines[0] != "C " + name:
        found.append(f"the first line must be C {name}")
    if "SPDX-License-Identifier: GPL-2.0-or-later" not in comment:
        found.append("no licence line")
    if "?" not in comment[:comment.find("Result:")]:
        found.append("no question in plain English before the result")
    if len(results) != 1 or results[0] not in ("Never", "Sometimes"):
        found.append("no line Result: Never or Sometimes")
    try:
        test = lkmm.Test(text)
        if len(test.threads) < 2:
            found.append("fewer than two processes")
        if test.quantifier != "exists":
            found.append("no exists clause")
        registers = set(re.findall(r"\d+:\w+", test.condition))
        for thread_nr, reg in (r.split(":") for r in registers):
            if int(thread_nr) >= len(test.threads) or f"int {reg};" not in text:
                found.append(f"the exists clause names {thread_nr}:{reg}, which is not there")
        if not found:
            seen = lkmm.sees(test)
            if seen != results[0]:
                found.append(f"the oracle sees {seen}, the file says {results[0]}")
    except lkmm.Unknown as e:
        found.append(str(e))
    return found


def read(name):
    with open(os.path.join(LITMUS, name + ".litmus"), encoding="utf-8") as f:
        return f.read()


def test_files(names):
    for name in names:
        wrong = problems(name, read(name))
        result = re.search(r"Result: (\w+)", read(name))
        ok(not wrong, f"{name}: {result.group(1) if result else 'no result'}")
        for w in wrong:
            diag(w)


def test_refusals():
    good = read("gup_unmap")
    for text, change in (
            ("a wrong result", ("Result: Never", "Result: Sometimes")),
            ("a missing result", ("Result: ", "Outcome: ")),
            ("a barrier taken out", ("atomic_cmpxchg(", "atomic_cmpxchg_relaxed(")),
            ("no exists clause", ("exists", "perhaps")),
            ("a register that is not there", ("1:r4=0", "1:r9=0")),
            ("another name", ("C gup_unmap", "C gup_umap")),
            ("no question", ("reference?", "reference.")),
            ("code that does not parse", ("r0 = READ_ONCE(*pte);", "r0 = READ_ONCE(*pte;")),
            ("one process", (good[good.index("P1("):good.index("exists")], ""))):
        changed = good.replace(*change)
        ok(changed != good and problems("gup_unmap", changed), f"refused: {text}")


def mechanisms():
    """Those that have models, from the table of variants."""
    program = os.path.join(BUILD, "ref-variants")
    rows = subprocess.run([program, "--rows"], capture_output=True, text=True, check=True).stdout
    return {row.split("\t")[0] for row in rows.splitlines() if row.split("\t")[3] == "explorer"}


def check_protocols(text, names, explored):
    """What is wrong with the list of protocols."""
    found, named, listed = [], set(), set()
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        mechanism, protocol, rest = line.split(None, 2)
        listed.add(mechanism)
        if protocol == "none":
            if len(rest) < 30:
                found.append(f"{mechanism}: no reason")
            continue
        tests = rest.split()
        named.update(tests)
        found += [f"{mechanism} {protocol}: {t}.litmus is not there" for t in tests if t not in names]
        results = [re.search(r"Result: (\w+)", read(t)).group(1) for t in tests if t in names]
        if "Never" not in results:
            found.append(f"{mechanism} {protocol}: no test of what is right")
        if "Sometimes" not in results and len(tests) > 1:
            found.append(f"{mechanism} {protocol}: no test with something left out")
    found += [f"{m} has models and no protocol" for m in sorted(explored - listed)]
    found += [f"{n}.litmus belongs to no protocol" for n in sorted(set(names) - named)]
    return found


def test_protocols(names):
    with open(os.path.join(LITMUS, "protocols"), encoding="utf-8") as f:
        text = f.read()
    explored = mechanisms()
    wrong = check_protocols(text, names, explored)
    ok(not wrong, f"every protocol of {len(explored)} explored mechanisms names its tests")
    for w in wrong:
        diag(w)
    ok(check_protocols(text, names + ["orphan"], explored), "refused: a test of no protocol")
    ok(check_protocols(text, names, explored | {"swap"}), "refused: a mechanism without a protocol")
    ok(check_protocols(text.replace("table_rcu", "table_urcu"), names, explored),
       "refused: a test that is not there")


# ---- herd7 ----

def run_herd(path, *files):
    env = dict(os.environ, PATH=path + os.pathsep + os.environ["PATH"])
    return subprocess.run([os.path.join(LITMUS, "run"), *files], capture_output=True, text=True,
                          env=env)


def test_runner(tmp):
    """The script, with a stand-in for herd7 that says what it is told."""
    os.makedirs(os.path.join(tmp, "k/tools/memory-model"))
    open(os.path.join(tmp, "k/tools/memory-model/linux-kernel.cfg"), "w", encoding="utf-8").close()
    os.environ["KSRC"] = os.path.join(tmp, "k")
    fake = os.path.join(tmp, "herd7")
    table = os.path.join(LITMUS, "table_rcu.litmus")
    for said, status in (("Never", 0), ("Sometimes", 1), ("", 1)):
        with open(fake, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n[ -e linux-kernel.cfg ] && [ \"$1 $2\" = '-conf linux-kernel.cfg' ] && "
                    f"echo 'Observation table_rcu {said} 0 3'\n")
        os.chmod(fake, 0o755)
        p = run_herd(tmp, table)
        ok(p.returncode == status, f"run: herd7 that says {said or 'nothing'} of table_rcu: {status}")
    del os.environ["KSRC"]


def test_herd():
    p = run_herd("")
    if p.returncode == 77:
        return skip("by herd7: " + p.stdout.strip())
    ok(p.returncode == 0, "herd7 agrees on every test")
    return diag(p.stdout)


def main():
    names = sorted(os.path.basename(p)[:-7] for p in glob.glob(os.path.join(LITMUS, "*.litmus")))
    test_oracle()
    test_files(names)
    test_refusals()
    test_protocols(names)
    with tempfile.TemporaryDirectory() as tmp:
        test_runner(tmp)
    test_herd()
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


main()
