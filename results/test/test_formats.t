#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench compare --format: each format is read back by something that does not know ptbench (a JSON
Schema, csv, junitparser, cmark-gfm), and says of every row what the others say."""

import copy
import csv
import html.parser
import io
import itertools
import json
import math
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import fixtures
from fixtures import IPIS, N, TIME, check, cli, doc, explored, failed, model, passed, row, save, save_run
import oracle
import ranks
from oracle import diag, ok

try:
    import jsonschema
except ImportError as e:
    oracle.skip_all(f"{e}; scripts/deps test installs what is needed")
PYTHON = "/usr/bin/python3"  # Debian's, for its modules
if not shutil.which("cmark-gfm") or subprocess.run([PYTHON, "-c", "import junitparser"], check=False, capture_output=True).returncode:
    oracle.skip_all("no cmark-gfm or no junitparser; scripts/deps test installs them")

FORMATS = ("text", "markdown", "mail", "json", "junit", "ktap", "kcidb", "csv", "github")
HOSTILE = "a|b `c` <script>alert(1)</script> & *d* [e](http://f) @g #1 \"q\"\n::error::h%0A\x1b[31m\u202e\uffff"
STANDS_OUT = lambda verdict: verdict != "unchanged"


def compare(base, new, how, *options):
    return cli("compare", "--format", how, *options, "--base", base, new)


def times(rng, centre, nr=20):
    return [round(centre * (1 + rng.gauss(0, 0.002)), 3) for _ in range(nr)]


def broken_down(x, shares):
    return {**row(samples=[x] * N, nr_ops=1, subject="kernel", n=7), "breakdown": [{"symbol": s, "instructions": i} for s, i in shares.items()]}


def two_runs(rng):
    """A run with a row of each verdict, a hostile check and reason, and one to compare it with."""
    process = {"sample": "process"}
    base = [
        doc(row(), row(n=1), row(n=2, samples=[400] * N), row(n=3), row(n=4, **IPIS),
            broken_down(500, {"gup": 300, "walk": 150, "leaf": 50}), row(n=8, kind="deterministic"), part="a",
            checks=[check(), {**check(), "params": {"n": 1}}]),
        doc(row("kmap/pair", **{**TIME, "samples": times(rng, 500)}), row("kmap/pair", n=1, **{**TIME, "samples": times(rng, 500)}),
            row("kmap/pair", n=2, **{**TIME, "samples": times(rng, 500, 3)}),
            row("kmap/pair", n=3, **{**TIME, "samples": times(rng, 500)}),
            row("dax/lock", metric="lock_waits", unit="waits", better="neither", kind="sampled", samples=[0] * 20),
            row("dax/lock", n=1, metric="lock_waits", unit="waits", better="neither", kind="sampled", samples=[0] * 10 + [9] * 10),
            part="b", mode="native", env=process),
        doc(row(), part="c"),
    ]
    new = [
        doc(row(samples=[503] * N), row(n=1, samples=[490] * N), row(n=3), row(n=5), row(n=4, **{**IPIS, "samples": [9] * N}),
            broken_down(520, {"gup": 310, "walk": 120, "leaf": 70, "more": 20}),
            row(n=8, kind="deterministic", samples=[500] * 20 + [900] * 11), part="a", image="bb",
            checks=[{**check(False), "seen": HOSTILE}, {**check(), "params": {"n": 1}}]),
        doc(row("kmap/pair", **{**TIME, "samples": times(rng, 530)}), row("kmap/pair", n=1, **{**TIME, "samples": times(rng, 470)}),
            row("kmap/pair", n=2, **{**TIME, "samples": times(rng, 500, 3)}),
            row("kmap/pair", n=3, **{**TIME, "samples": [300] * 10 + [700] * 10}),
            row("dax/lock", metric="lock_waits", unit="waits", better="neither", kind="sampled", samples=[0] * 20),
            row("dax/lock", n=1, metric="lock_waits", unit="waits", better="neither", kind="sampled", samples=[9] * 20),
            part="b", mode="native", image="bb", env=process),
    ]
    runs = [save_run("base", [passed(p) for p in "abc"], base),
            save_run("new", [passed("a"), passed("b"), {**failed("c"), "reason": HOSTILE}], new)]
    for path, of in zip(runs, (model(), model("broken"))):
        save(explored(of), os.path.basename(path) + "/explore.json")
    return runs


# ---- reading the formats ----

def schema():
    with open(os.path.join(oracle.SCHEMAS, "ptbench-compare-1.schema.json"), encoding="utf-8") as f:
        return json.load(f)


def params_text(params):
    return ",".join(f"{k}={v}" for k, v in sorted(params.items()))


def name_of(r):
    return f"{r['case']}{' ' if r['params'] else ''}{params_text(r['params'])}: {r['metric']} ({r['subject']})"


class Cells(html.parser.HTMLParser):
    """Tables as lists of cells, and the tags that there are."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.tags, self.text, self.cell = [], set(), [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell.strip())
            self.cell = None

    def handle_data(self, data):
        self.text.append(data)
        if self.cell is not None:
            self.cell += data


def rendered(markdown):
    p = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink"], input=markdown, capture_output=True, text=True, check=True)
    return Cells(p.stdout)


def json_of(base, new, *options):
    p = compare(base, new, "json", *options)
    if not p.stdout:
        sys.exit(f"ptbench compare: {p.stderr}")
    return json.loads(p.stdout), p


# ---- the tests ----

def test_json(base, new):
    d, p = json_of(base, new, "--all")
    errors = list(jsonschema.Draft202012Validator(schema()).iter_errors(d))
    if not ok(not errors and p.returncode == 1 == d["status"], "JSON keeps to its schema, and has the exit status"):
        diag([f"{e.json_path}: {e.message}" for e in errors] or p.returncode)
    for key in ("conclusion", "parts"):
        bad = {k: v for k, v in d.items() if k != key}
        ok(not jsonschema.Draft202012Validator(schema()).is_valid(bad), f"the schema refuses one without {key}")
    verdicts = {r["verdict"] for part in d["parts"] for r in part["rows"]}
    ok(verdicts == {"unchanged", "improved", "REGRESSED", "CHANGED", "INCONCLUSIVE", "MISSING", "extra"}, f"rows of {len(verdicts)} verdicts")
    some, _ = json_of(base, new)
    for part, short in zip(d["parts"], some["parts"]):
        ok(short["rows"] == [r for r in part["rows"] if STANDS_OUT(r["verdict"])], f"without --all: {part['name']}'s rows that stand out")
        for r in part["rows"]:
            if "interval" in r:
                check_interval(base, new, part["name"], r)
    r = next(r for r in d["parts"][0]["rows"] if r.get("symbols"))
    ok(r["symbols"] == {"gup": 10, "walk": -30, "leaf": 20, "more": 20}, "the functions that moved, and by how much")
    ok(sum(f["nr_rows"] for f in d["families"]) == sum(part["nr_rows"] for part in d["parts"]), "families have all rows")
    moved = [m for m in d["models"] if m["verdict"] == "REGRESSED"]
    ok(len(moved) == 1 and moved[0]["broke"] == "no freed table is read", "the model that broke")


def values_of(run, part, r):
    with open(os.path.join(run, part + ".json"), encoding="utf-8") as f:
        for m in json.load(f)["measurements"]:
            if (m["case"], m["params"], m["metric"]) == (r["case"], r["params"], r["metric"]):
                return [s / m["nr_ops"] for s in m["samples"]]
    return None


def check_interval(base, new, part, r):
    x, y = values_of(base, part, r), values_of(new, part, r)
    i = r["interval"]
    ratio = min(x + y) > 0
    if ratio:
        low, high = ranks.interval([math.log(v) for v in x], [math.log(v) for v in y], 0.01)
        wanted = [None, None] if math.isinf(low) else [math.expm1(low), math.expm1(high)]
    else:
        wanted = list(ranks.interval(x, y, 0.01))
    close = lambda a, b: a is b is None or a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    good = i["of"] == ("ratio" if ratio else "difference") and close(i["low"], wanted[0]) and close(i["high"], wanted[1]) and \
        close(i["p"], ranks.p_of_margin(x, y, ratio, math.log1p(0.02) if ratio else 0.05 * statistics.median(x))) and close(r["base"], statistics.median(x)) and close(r["new"], statistics.median(y)) and \
        (i["base_values"], i["new_values"]) == (len(x), len(y))
    if not ok(good, f"the interval of {r['case']} {params_text(r['params'])} is the oracle's"):
        diag(f"{i} wanted {wanted}")


def test_csv(base, new):
    d, _ = json_of(base, new, "--all")
    for options in ((), ("--all",)):
        have = list(csv.DictReader(io.StringIO(compare(base, new, "csv", *options).stdout)))
        wanted = [(part["name"], r) for part in d["parts"] for r in part["rows"] if options or STANDS_OUT(r["verdict"])]
        same = len(have) == len(wanted) and all(
            (h["part"], h["case"], h["params"], h["verdict"]) == (part, r["case"], params_text(r["params"]), r["verdict"]) and
            all((float(h[k]) if h[k] else None) == r[k] for k in ("base", "new", "change")) and
            all((float(h[k]) if h[k] else None) == r.get("interval", {}).get(k) for k in ("estimate", "low", "high", "p", "adjusted"))
            for h, (part, r) in zip(have, wanted))
        ok(same, f"CSV has the rows of the JSON {' '.join(options)}: {len(have)}")


def test_junit(base, new):
    d, _ = json_of(base, new, "--all")
    p = subprocess.run([PYTHON, os.path.join(oracle.HERE, "junit_read.py")], input=compare(base, new, "junit").stdout,
                       capture_output=True, text=True, check=True)
    suites = json.loads(p.stdout)
    outcome = {"REGRESSED": "failure", "CHANGED": "failure", "INCONCLUSIVE": "error", "MISSING": "error", "extra": "skipped"}
    ok(list(suites) == ["comparison", "a", "b", "c", "explorer"], "a suite for the comparison, one per part, one for the models")
    have = suites["explorer"]["tests"]
    ok([t[:2] for t in have] == [["gup/v", "failure"]] and have[0][2].endswith(": REGRESSED: no freed table is read"), "the model that broke")
    for part in d["parts"]:
        wanted = sorted([(name_of(r), outcome.get(r["verdict"], "passed")) for r in part["rows"]] +
                        [(f"{c['id']}{' ' if c['params'] else ''}{params_text(c['params'])}", "failure" if "FAILED" in c["new"] else "passed")
                         for c in part["checks"]] + ([("part", "error")] if part["failed"] else []))
        suite = suites[part["name"]]
        have = sorted((name, kind) for name, kind, _ in suite["tests"])
        if not ok(have == wanted, f"JUnit: part {part['name']}: {len(have)} tests"):
            diag(f"{have}\n{wanted}")
        count = lambda k: sum(h[1] == k for h in have)
        ok(suite["counts"] == [len(have), count("failure"), count("error"), count("skipped")],
           "and its counts are those of its tests")
    ok(suites["comparison"]["tests"] == [["conclusion", "failure", d["conclusion"]]], "the conclusion fails")
    text = "".join(message for _, _, message in suites["a"]["tests"])
    ok("<script>alert(1)</script>" in text and "\\x1b[31m\\u202e\\uffff" in text, "hostile text is text")


def test_markdown(base, new):
    d, _ = json_of(base, new)
    page = rendered(compare(base, new, "markdown").stdout)
    table = [r for r in page.rows if len(r) == 7][1:]
    wanted = sorted([(name_of(r), r["verdict"], part["name"]) for part in d["parts"] for r in part["rows"]])
    have = sorted((r[1], re.split("[,:] ?", r[0])[0], r[6]) for r in table if r[0] != "check")
    if not ok(have == wanted, f"markdown: a table of {len(wanted)} rows"):
        diag(f"{have}\n{wanted}")
    ok(not page.tags - {"h2", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "code", "br"}, f"no other tags: {sorted(page.tags)}")
    text = "".join(page.text)
    ok("<script>alert(1)</script>" in text and "[e](http://f)" in text and "@g" in text, "hostile text is text")
    ok(not re.search("(?<!&)#1|@g", compare(base, new, "markdown").stdout), "it mentions nobody, and no issue")
    ok(d["conclusion"] in text and "regression" in text, "the conclusion")
    families = {r[0]: int(r[1]) for r in page.rows if len(r) == 3 and r[1].isdigit()}
    ok(families == {f["name"]: f["nr_rows"] for f in d["families"]}, "a line per family")


def test_mail(base, new):
    d, _ = json_of(base, new)
    out = compare(base, new, "mail").stdout
    long = [s for s in out.splitlines() if len(s) > 72 and ("," in s.strip()[:-1] or " " in s.strip())]
    ok(not long, "mail: no line that could be broken has more than 72 columns") or diag("\n".join(long))
    flat = " ".join(re.sub(r",\n +", ",", out).split())
    wanted = [name_of(r) for part in d["parts"] for r in part["rows"]] + [d["conclusion"], d["judged"], d["not_judged"], "Shown by: ptbench compare"]
    lacking = [w for w in wanted if w not in flat]
    ok(not lacking, f"it has all {len(wanted)} rows and totals") or diag(str(lacking) + out)
    ok("walk -30, leaf +20, more +20 and 1 more" in flat, "and the functions that moved")
    ok("\x1b" not in out and "\u202e" not in out, "and no control characters")


def test_github(base, new):
    d, _ = json_of(base, new)
    lines = compare(base, new, "github").stdout.splitlines()
    ok(all(re.match(r"::(error|warning|notice) title=[^,:\n]*::", s) for s in lines), "github: each line is a command")
    ok(len(lines) <= 11 and lines[0] == f"::error title=ptbench::{d['conclusion']}", "at most ten and a rest, the conclusion first")
    ok(any("%0A::error::h%250A" in s for s in lines), "a command inside of text is text")
    left = sum(len(part["rows"]) + sum(c["new"] != "ok" or c["base"] != "ok" for c in part["checks"]) for part in d["parts"]) - 9
    ok(left > 0 and f"{left} more stand out" in lines[-1], f"{left} more are counted")


def test_all(base, new):
    statuses = {how: compare(base, new, how).returncode for how in FORMATS}
    ok(set(statuses.values()) == {1}, f"all formats end with 1: {statuses}")
    ok(all(compare(base, new, how).stdout == compare(base, new, how).stdout for how in FORMATS), "the same input, the same bytes")
    p = cli("compare", "--format", "yaml", "--base", base, new)
    ok(p.returncode == 2 and "must be text, markdown, mail, json, junit, ktap, kcidb, csv or github" in p.stderr, "another format")
    for how in FORMATS:
        with open("/dev/full", "w", encoding="utf-8") as full:
            p = subprocess.run([oracle.program("cli"), "compare", "--format", how, "--base", base, new], stdout=full, stderr=subprocess.PIPE)
        ok(p.returncode == 1, f"{how} to a full disk: the regression outweighs it")
    for how in FORMATS:
        same = compare(base, base, how)
        ok(same.returncode == 0 and same.stdout, f"{how} of a run and itself: the images are identical")


def test_filters(base, new):
    d, _ = json_of(base, new, "--all")
    all_rows = [(part["name"], r) for part in d["parts"] for r in part["rows"]]
    for options, keep in (
            (["--part", "a"], lambda part, r: part == "a"),
            (["--case", "kmap/*"], lambda part, r: r["case"].startswith("kmap/")),
            (["--metric", "ipis_sent"], lambda part, r: r["metric"] == "ipis_sent"),
            (["--subject", "kernel"], lambda part, r: r["subject"] == "kernel"),
            (["--params", "n=1"], lambda part, r: r["params"].get("n") == 1),
            (["--part", "b", "--params", "n=1", "--metric", "time"], lambda part, r: part == "b" and r["params"].get("n") == 1 and r["metric"] == "time")):
        some, p = json_of(base, new, "--all", *options)
        have = [(part["name"], name_of(r)) for part in some["parts"] for r in part["rows"]]
        wanted = [(part, name_of(r)) for part, r in all_rows if keep(part, r)]
        ok(have == wanted and have, f"{' '.join(options)}: {len(have)} rows")
        ok(not some["models"] and "left out by a filter" in some["not_judged"], "what is left out is counted")
        checks = sum(len(part["checks"]) for part in some["parts"])
        ok(checks == (2 if options == ["--part", "a"] else 0), f"{checks} checks")
    tested = json_of(base, new)[0]["tested"]
    fewer = json_of(base, new, "--params", "n=1")[0]["tested"]
    ok(0 < fewer < tested, f"p-values are adjusted for the {fewer} rows that are compared, not for {tested}")
    for options, says in ((["--metric", "tims"], '"tims" is no metric'), (["--subject", "me"], '"me" is no subject'),
                          (["--params", "n"], '"n" is not key=value'), (["--case", "gup"], "no row of these runs has that"),
                          (["--part", "z"], "no row of these runs has that"), (["--params", "n=77"], "no row of these runs has that")):
        p = cli("compare", *options, "--base", base, new)
        ok(p.returncode == 2 and says in p.stderr and not p.stdout, f"{' '.join(options)}: {says}")


# ---- shapes of samples, and how often they are told of samples without ----

def test_shapes():
    rng = random.Random(7)
    drift = [500 + 3 * i + rng.gauss(0, 2) for i in range(24)]
    two = [500 + rng.gauss(0, 1) + 60 * (i % 2) for i in range(24)]
    flat = [500 + rng.gauss(0, 2) for _ in range(24)]
    for text, samples, shape in (("a drift", drift, ["drifts"]), ("two modes", two, ["bimodal"]), ("neither", flat, []),
                                 ("one outlier", flat[:-1] + [900], []), ("equal values", [500] * 24, []),
                                 ("seven values", drift[:7], [])):
        docs = [doc(row(**{**TIME, "samples": s}, subject="ref"), env={"sample": "process"}) for s in (flat, samples)]
        d, _ = json_of(save(docs[0], "b.json"), save(docs[1], "n.json"), "--all")
        i = d["parts"][0]["rows"][0]["interval"]
        ok(i["new_shape"] == shape and i["base_shape"] == [], f"{text}: {shape or 'nothing'} is told")
    out = cli("compare", "--base", save(doc(row(**{**TIME, "samples": flat}, subject="ref"), env={"sample": "process"}), "b.json"),
              save(doc(row(**{**TIME, "samples": two}, subject="ref"), env={"sample": "process"}), "n.json")).stdout
    ok("; new has two modes" in out, "and said")
    for text, draw in (("normal", lambda: rng.gauss(500, 20)), ("uniform", lambda: rng.uniform(400, 600)),
                       ("skewed", lambda: 400 * math.exp(rng.gauss(0, 0.1)))):
        for n in (8, 12, 31):
            rows = [row(**{**TIME, "samples": [draw() for _ in range(n)]}, subject="ref", i=i) for i in range(1000)]
            file = save(doc(*rows, env={"sample": "process"}), "many.json")
            d, _ = json_of(file, file, "--all")
            told = [r["interval"]["new_shape"] for r in d["parts"][0]["rows"]]
            false = sum(bool(s) for s in told)
            ok(len(told) == 1000 and false <= 15, f"{n} {text} values: {false} of 1000 are told a shape")


def test_pairs():
    """Sides that were measured in turn, under a drift that both share."""
    rng = random.Random(11)
    drift = [500 * 1.02**i * (1 + rng.gauss(0, 0.001)) for i in range(20)]
    def side(factor, pairs, **more):
        d = doc(row(**{**TIME, "samples": [x * factor for x in drift]}, subject="ref"), env={"sample": "process"})
        if pairs:
            d["provenance"]["subject"]["interleaved"] = pairs
        d["measurements"][0].update(more)
        return d
    def change(a, b):
        return json_of(save(a, "b.json"), save(b, "n.json"), "--all")[0]["parts"][0]["rows"][0]["interval"]
    i = change(side(1, "x"), side(1.05, "x"))
    ok(i["paired"] and math.isclose(i["low"], 0.05) and math.isclose(i["high"], 0.05), "in pairs the drift is not in the interval")
    for text, a, b in (("apart", side(1, None), side(1.05, None)), ("of different rounds", side(1, "x"), side(1.05, "y")),
                       ("of which not the same were thrown away", side(1, "x", discarded=1), side(1.05, "x"))):
        i = change(a, b)
        ok(not i["paired"] and i["high"] - i["low"] > 0.1, f"sides {text} are no pairs")
    i = change(side(1, "x", discarded=1), side(1.05, "x", discarded=1))
    ok(i["paired"], "sides of which the same pairs were thrown away are pairs")


def test_too_few():
    """Rows that could not have been found are counted, and the number of values that would do is said."""
    rng = random.Random(13)
    for nr_rows, few in ((1, 5), (20, 2), (20, 7), (20, 8), (300, 9)):
        def side():
            return doc(*[row(**{**TIME, "samples": [rng.gauss(1000, 100) for _ in range(few if k else 20)]}, subject="ref", n=k)
                         for k in range(nr_rows + 1)], env={"sample": "process"})
        b, n = save(side(), "b.json"), save(side(), "n.json")
        d, _ = json_of(b, n, "--all")
        needed = next(k for k in range(1, 50) if 2 / math.comb(2 * k, k) * (nr_rows + 1) <= 0.01)
        rows = [r for r in d["parts"][0]["rows"] if r["verdict"] == "INCONCLUSIVE" and min(r["interval"]["base_values"], r["interval"]["new_values"]) < needed]
        want = f"of the rows {len(rows)} ha{'s' if len(rows) == 1 else 've'} fewer than {needed} values a side, and could not have been found alone"
        text = cli("compare", "--base", b, n).stdout
        ok((want in text) if rows else "found alone" not in text, f"{few} values of {nr_rows} rows: {want if rows else 'enough'}")
        ok(few >= needed or len(rows) == nr_rows, "  which are all of those")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        base, new = two_runs(random.Random(3))
        for test in (test_json, test_csv, test_junit, test_markdown, test_mail, test_github, test_all, test_filters):
            test(base, new)
        test_shapes()
        test_pairs()
        test_too_few()
    oracle.done()


main()
