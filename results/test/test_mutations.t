#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""1,500 mutated result files: the reader (with address and undefined-behaviour sanitizers) never
crashes, and accepts exactly what an independent oracle accepts; what it accepts it writes again with
nothing lost. Then the same files go through a lax reader, which the oracle must catch.

PTBENCH_SEED=n repeats a run, PTBENCH_MUTATIONS=n makes it longer."""

import collections
import copy
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import oracle
from oracle import ok, diag

ODD = [None, True, False, 0, -1, 1, 1.0, 1.5, 2**53, 2**53 - 1, 2**63, -2**63 - 1, 10**30, 1e300,
       1e16, -0.0, "", "x", "1", "../x", "/etc/passwd", "\0", "\x1b[2J", "a\n", "é" * 300,
       "x" * 20000, [], {}, [[]], {"": {}}, ["x"], "2026-02-30T00:00:00Z", "exact", "sampled",
       "kernel", "time", "ns", "lower", "passed", "complete", "clean", "caught", "broken", "held",
       "survived", "unfinished", "replay", "full", "nmi", "store-buffer", "boot", "s390x-4l", 2, 64, 65, 10000]


# ---- mutations of the bytes ----

def cut(rng, data):
    return data[:rng.randrange(len(data))]


def flip(rng, data):
    i = rng.randrange(len(data))
    return data[:i] + bytes([data[i] ^ 1 << rng.randrange(8)]) + data[i + 1:]


def insert(rng, data):
    i = rng.randrange(len(data))
    junk = rng.choice([b"\0", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82",
                       b"\xef\xbb\xbf", b"\\u0000", b"\\ud800", b"\\", b'"', b",", b":", b"{", b"]",
                       b"//x\n", b"NaN", b"-", b"e9", b".5", b" ", b"\n\t ", b"\xc2\xa0"])
    return data[:i] + junk + data[i:]


def append(rng, data):
    return data + rng.choice([b"x", b"\0", b"{}", b" \n\r\t ", b",", data, b"]", b"\xff"])


def drop_span(rng, data):
    i = rng.randrange(len(data))
    return data[:i] + data[i + rng.randrange(1, 40):]


def double_span(rng, data):
    i = rng.randrange(len(data))
    j = i + rng.randrange(1, 40)
    return data[:j] + data[i:]


def replace_match(rng, data, pattern, by):
    found = list(re.finditer(pattern, data))
    if not found:
        return data
    m = rng.choice(found)
    return data[:m.start()] + by(m.group()) + data[m.end():]


def number(rng, data):
    by = rng.choice([b"1e999", b"-1e999", b"1e-999", b"99999999999999999999", b"9007199254740992",
                     b"9007199254740991", b"-0", b"-0.0", b"1.0", b"01", b"+1", b".5", b"1.", b"0x10",
                     b"Infinity", b"NaN", b"1e16", b"9" * 5000, b"0." + b"3" * 5000, b"1E2"])
    return replace_match(rng, data, rb"(?<=[ \[])-?[0-9.e+-]+(?=[,\]}])", lambda old: by)


def nest(rng, data):
    depth = rng.choice([5, 11, 12, 13, 14, 15, 16, 17, 100, 3000, 200000])
    left, right = rng.choice([(b"[", b"]"), (b'{"a":', b"}")])
    return replace_match(rng, data, rb"(?<=[ \[])[0-9]+(?=[,\]}])",
                         lambda old: left * depth + old + right * depth)


def double_key(rng, data):
    return replace_match(rng, data, rb'"[a-z_]+": ("[^"]*"|[0-9]+),', lambda old: old + b" " + old)


# ---- mutations of the value ----

def places(value, found):
    """Every (container, key) in value."""
    for key in value if isinstance(value, dict) else range(len(value)):
        found.append((value, key))
        if isinstance(value[key], (dict, list)):
            places(value[key], found)
    return found


def pick(rng, value):
    """A random place, the same share for each depth and kind of container."""
    groups = collections.defaultdict(list)
    for obj, key in places(value, []):
        groups[key if isinstance(key, str) else "item"].append((obj, key))
    return rng.choice(groups[rng.choice(sorted(groups))])


def swap_type(rng, value):
    obj, key = pick(rng, value)
    obj[key] = copy.deepcopy(rng.choice(ODD))


def delete(rng, value):
    obj, key = pick(rng, value)
    del obj[key]


def add_key(rng, value):
    objs = [o[k] for o, k in places(value, []) if isinstance(o[k], dict)] + [value]
    rng.choice(objs)[rng.choice(["x", "skipped", "metric", "discarded", "breakdown", "axes", "of", "levels", "A", "", "n", "load"])] = \
        copy.deepcopy(rng.choice(ODD))


def rename(rng, value):
    obj, key = pick(rng, value)
    if isinstance(obj, dict):
        obj[key + rng.choice(["x", " ", "é", "_"])] = obj.pop(key)


def double_item(rng, value):
    lists = [o[k] for o, k in places(value, []) if isinstance(o[k], list) and o[k]]
    if lists:
        items = rng.choice(lists)
        items.insert(rng.randrange(len(items) + 1), copy.deepcopy(rng.choice(items)))


def shuffle(rng, value):
    """Neutral: the order of keys and rows means nothing."""
    for obj, key in places(value, []) + [({0: value}, 0)]:
        if isinstance(obj[key], dict):
            items = list(obj[key].items())
            rng.shuffle(items)
            obj[key].clear()
            obj[key].update(items)
        elif isinstance(obj[key], list) and key in ("measurements", "checks", "breakdown", "axes", "families"):
            rng.shuffle(obj[key])


def nudge(rng, value):
    """A number becomes its neighbour: often right, sometimes no longer exact."""
    obj, key = rng.choice(places(value, []))
    if isinstance(obj[key], (int, float)) and not isinstance(obj[key], bool):
        obj[key] += rng.choice([-1, 1, 0.5])


def steal(rng, value):
    """A value from another place with the same key: right type, perhaps a wrong combination."""
    obj, key = pick(rng, value)
    others = [o[k] for o, k in places(value, []) if k == key]
    obj[key] = copy.deepcopy(rng.choice(others))


BYTES = [cut, flip, insert, append, drop_span, double_span, number, nest, double_key]
VALUES = [swap_type, delete, add_key, rename, double_item, shuffle, nudge, steal]


def mutate(rng, data):
    """(what was done, new bytes): one or two mutations, of the value first."""
    names = []
    if rng.random() < 0.6:
        value = json.loads(data)
        for _ in range(rng.choice([1, 1, 2])):
            change = rng.choice(VALUES)
            change(rng, value)
            names.append(change.__name__)
        text = json.dumps(value, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1]))
        data = text.encode("utf-8", "surrogatepass")
    if not names or rng.random() < 0.1:
        change = rng.choice(BYTES)
        data = change(rng, data)
        names.append(change.__name__)
    return "+".join(names), data


def make_files(rng, tmp, number_of_files):
    run_dir = subprocess.run([oracle.program("probe"), "make", tmp], capture_output=True, text=True,
                             check=True).stdout.strip()
    bases = []
    for path in ("rich.json", "small.json", "small.json", run_dir + "/run.json",
                 "explore.json", "explore-cut.json"):
        with open(os.path.join(tmp, path), "rb") as f:
            bases.append(f.read())
    files = []
    for i in range(number_of_files):
        name, data = mutate(rng, rng.choice(bases))
        path = os.path.join(tmp, f"m{i}.json")
        with open(path, "wb") as f:
            f.write(data)
        files.append((path, name, data))
    return files


def lossless(path, data):
    """What was accepted and written again still says the same."""
    value = oracle.parse(data)
    if value["format"] == "ptbench-run":
        return True
    with open(path + ".again", "rb") as f:
        return oracle.normal(oracle.parse(f.read())) == oracle.normal(value)


def compare(files, verdicts, truth):
    """(wrong accepts, wrong refusals, accepts that lost something)."""
    accepts, refusals, losses = [], [], []
    for (path, name, data), seen, why in zip(files, verdicts, truth):
        text = f"{os.path.basename(path)} ({name}): reader {seen}, oracle {why or 'accepts'}"
        if seen[0] == "accept" and why:
            accepts.append(text)
        elif seen[0] != "accept" and not why:
            refusals.append(text)
        elif seen[0] == "accept" and os.path.exists(path + ".again") and not lossless(path, data):
            losses.append(text)
    return accepts, refusals, losses


def report(good, text, details):
    if not ok(good, text):
        for line in details[:10]:
            diag(line)


def main():
    validators = oracle.load_schemas()
    if validators is None:
        oracle.skip_all("python3-jsonschema is not installed")
    seed = int(os.environ.get("PTBENCH_SEED") or time.time_ns() % 1000000)
    nr = int(os.environ.get("PTBENCH_MUTATIONS") or 1500)
    diag(f"PTBENCH_SEED={seed} PTBENCH_MUTATIONS={nr} repeats this")
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as tmp:
        files = make_files(rng, tmp, nr)
        verdicts, process = oracle.probe_read([path for path, _, _ in files])
        last = files[min(len(verdicts), nr - 1)]
        report(process.returncode == 0 and len(verdicts) == nr,
               f"the reader lives through {nr} mutated files, sanitizers silent",
               [f"it ended at {last[1]} with {process.returncode}", process.stderr])
        truth = [oracle.verdict(validators, data) for _, _, data in files]
        accepts, refusals, losses = compare(files, verdicts, truth)
        right = sum(not why for why in truth)
        report(not accepts, f"no wrong accept ({nr - right} files are wrong)", accepts)
        report(not refusals, f"no wrong refusal ({right} files are right)", refusals)
        report(not losses, "what is accepted loses nothing when written again", losses)
        report(all(v[0] == "accept" or v[2:3] and len(v[2]) > 5 for v in verdicts),
               "every refusal says why", [])
        report(right >= nr // 50 and nr - right >= nr // 2, "there are right and wrong files", [])
        wrong, _, _ = compare(files, oracle.probe_read([p for p, _, _ in files], "--lax")[0], truth)
        report(len(wrong) >= nr // 10, f"a lax reader is caught ({len(wrong)} wrong accepts)", [])
    oracle.done()


main()
