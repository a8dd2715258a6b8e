#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench export: each format is read by a program that it is for (KUnit's parser, Prometheus's,
junitparser, csv) or held against its schema, and says what a second reader of the run's JSON finds.
The verdicts of ptbench compare as KTAP and kcidb, too."""

import csv
import glob
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import fixtures
from fixtures import IPIS, N, READS, TIME, check, cli, doc, explored, failed, model, passed, row, save, save_run
import oracle
from oracle import diag, ok

try:
    import jsonschema
except ImportError as e:
    oracle.skip_all(f"{e}; scripts/deps test installs what is needed")
PYTHON = "/usr/bin/python3"  # Debian's, for its modules
if subprocess.run([PYTHON, "-c", "import junitparser, prometheus_client"], check=False, capture_output=True).returncode:
    oracle.skip_all("no junitparser or no prometheus_client; scripts/deps test installs them")

VALUES = ("bencher", "github-action-benchmark", "openmetrics")
TESTS = ("ktap", "junit", "kcidb")
FORMATS = VALUES + ("csv",) + TESTS
ESCAPES = "a#1 \"q\" b\\c\\n {x=\"y\"} ok 1 - # SKIP reboot: System halted <&> e\u202e\u200bf"  # as a param may be
HOSTILE = "not well: # SKIP it\nKTAP version 1\n1..1\n# Subtest: x\nok 1 x\nreboot: System halted\n" + ESCAPES + "\x1b[31m, end"
LATE = "late@6.12+x"  # a part with all that its name may have
KERNEL = {"source": "git c7852b02a", "source_sha256": "5a" * 32, "release": "6.12.1", "scenario": "stock", "command_line": "quiet"}


def export(how, run, *options):
    return cli("export", "--format", how, *options, run)


# ---- the run, and what a reader that does not know ptbench finds in it ----

def kernel_doc(*rows, part, image, checks=(), mode="icount"):
    d = doc(*rows, part=part, mode=mode, image=image, checks=checks, env={"arch": "x86_64", "compiler": "gcc 12"})
    d["provenance"]["subject"].update(KERNEL)
    return d


def skip(case, why, **params):
    return {"case": case, "params": params, "subject": "kernel", "skipped": why}


def documents():
    rows = [row(), row(n=1, samples=[500] * 28 + [501, 502, 499]), row(n=2, kind="deterministic", samples=[7, 9, 9, 4] * 8),
            row(n=3, **IPIS, samples=[0] * N), row(text=ESCAPES), skip("gup_fast/walk", HOSTILE, n=9)]
    times = [row("kmap/pair", **{**TIME, "samples": [3.25, 5.125, 4.5, 9.75, 4, 5, 6.5, 7]}, subject="ref"),
             row("kmap/pair", n=1, **{**TIME, "samples": [2**53 - 1]}, subject="ref"), row("kmap/pair", n=2, **{**TIME, "samples": [0.1, 0.3]}, nr_ops=3),
             row("kmap/pair", n=4, **{**TIME, "samples": [7.5 * i * i % 101 for i in range(1, 21)]}, subject="ref"),
            row("kmap/reads", **READS, kind="sampled", samples=[1e7, 2e7, 3e7] * 4),
             row("kmap/size", metric="code_bytes", unit="bytes", samples=[1383], nr_ops=1, kind="exact")]
    return [kernel_doc(*rows, part="a.icount-1cpu", image="aa", checks=[check(), {**check(), "params": {"text": ESCAPES}}]),
            kernel_doc(*[r for r in rows if "skipped" not in r], part="a.icount-2cpu", image="aa"),
            doc(*times, part="native", mode="native", env={"sample": "process"}),
            kernel_doc(*rows, part="broken", image="cc", checks=[check(), {**check(False), "params": {"n": 1}, "seen": HOSTILE}]),
            kernel_doc(*rows[:2], part=LATE, image="dd", mode="tcg")]


PARTS = [passed("a.icount-1cpu"), passed("a.icount-2cpu"), passed("native"), passed("broken"), {**failed(LATE, LATE + ".json"), "reason": HOSTILE},
         {**failed("gone"), "reason": HOSTILE}, {"name": "kvm", "file": None, "state": "skipped", "reason": "no /dev/kvm\nhere"}]
BAD_PARTS = {"broken", LATE}


def the_run(name, state="complete"):
    run = save_run(name, PARTS, documents(), state)
    save(explored(model(), model("caught", "w")), name + "/explore.json")
    return run


def good_run(name):
    return save_run(name, PARTS[:3] + PARTS[6:], documents()[:3])


def documents_of(run):
    with open(os.path.join(run, "run.json"), encoding="utf-8") as f:
        parts = json.load(f)["parts"]
    for p in parts:
        if p["file"]:
            with open(os.path.join(run, p["file"]), encoding="utf-8") as f:
                yield json.load(f)


def shown(text, keep=""):
    """Harmful characters written out; of those here all are below U+00a0 or of two blocks."""
    harmful = lambda c: ord(c) < 32 or 0x7f <= ord(c) < 0xa0 or 0x200b <= ord(c) < 0x2070
    out = lambda c: f"\\x{ord(c):02x}" if ord(c) < 0x80 else f"\\u{ord(c):04x}"
    return "".join(out(c) if harmful(c) and c not in keep else c for c in text)


def median_rank(n):
    """The k of the median's 95 % interval: P(B < k) <= 2.5 %, B binomial (n, 1/2), in whole numbers."""
    below, k = 0, 0
    while k < n // 2 and 40 * (below + math.comb(n, k)) <= 2**n:
        below += math.comb(n, k)
        k += 1
    return k


def value_of(m):
    """Value and interval per operation."""
    s, ops = sorted(m["samples"]), m["nr_ops"]
    if m["kind"] != "sampled":
        return max(sorted(set(s)), key=s.count) / ops, s[0] / ops, s[-1] / ops
    k = max(median_rank(len(s)), 1)
    return (s[(len(s) - 1) // 2] + s[len(s) // 2]) / 2 / ops, s[k - 1] / ops, s[-k] / ops


def params_text(params):
    return ",".join(f"{k}={v}" for k, v in sorted(params.items()))


def rows_of(run, bad=False):
    """(document, measurement, (value, low, high)) of the parts that are well, or of all."""
    return [(d, m, value_of(m)) for d in documents_of(run) if bad or d["part"] not in BAD_PARTS for m in d["measurements"] if "skipped" not in m]


def row_name(m):
    return f"{m['case']}{' ' if m['params'] else ''}{params_text(m['params'])}{'' if 'skipped' in m else ': ' + m['metric']} ({m['subject']})"


def check_name(c):
    return f"{c['id']}{' ' if c['params'] else ''}{params_text(c['params'])}"


def series(d, m):
    return f"{d['part']} ({d['mode']}) {m['case']}{' ' if m['params'] else ''}{params_text(m['params'])} ({m['subject']})"


def near(a, b):
    return all(math.isclose(x, y, rel_tol=1e-14) for x, y in zip(a, b)) and len(a) == len(b)


def same(have, wanted, text):
    """Two dicts of tuples of numbers are equal."""
    good = have.keys() == wanted.keys() and all(near(have[k], wanted[k]) for k in wanted) and wanted
    if not ok(good, f"{text}: {len(wanted)} values"):
        diag([k for k in have.keys() ^ wanted.keys()] or [(k, have[k], wanted[k]) for k in wanted if not near(have[k], wanted[k])])


def schema(name):
    with open(os.path.join(oracle.HERE, name + ".schema.json"), encoding="utf-8") as f:
        return jsonschema.Draft202012Validator(json.load(f))


def valid(name, value, text):
    errors = [f"{e.json_path}: {e.message}"[:300] for e in schema(name).iter_errors(value)]
    ok(not errors, text) or diag(errors[:5])


# ---- values ----

def test_bencher(run):
    d = json.loads(export("bencher", run).stdout)
    valid("bmf", d, "bencher: its schema")
    for bad in ({"a": {"m": {"lower_value": 1}}}, {"a": {"m": {"value": "1"}}}, {"": {"m": {"value": 1}}}, {"a": {"m" * 65: {"value": 1}}}):
        ok(not schema("bmf").is_valid(bad), f"seen: the schema refuses {str(bad)[:60]}")
    measure = lambda m: m["metric"] if m["metric"] == m["unit"] else f"{m['metric']} ({m['unit']})"
    have = {(b, k): (v["value"], v["lower_value"], v["upper_value"]) for b, of in d.items() for k, v in of.items()}
    same(have, {(series(d, m), measure(m)): v for d, m, v in rows_of(run)}, "bencher")


def test_github(run):
    better = {"smaller": "lower", "bigger": "higher"}
    for which in better:
        p = export("github-action-benchmark", run, "--better", which)
        d = json.loads(p.stdout)
        valid("github-action-benchmark", d, f"github-action-benchmark: its schema, --better {which}")
        wanted = [(f"{series(d, m)}: {m['metric']}", m["unit"], m["kind"], m, v) for d, m, v in rows_of(run) if m["better"] == better[which]]
        same({(e["name"], e["unit"]): (e["value"],) for e in d}, {w[:2]: w[4][:1] for w in wanted}, f"--better {which}")
        ok(all(e["extra"].split("\n")[:2] == [w[2], f"samples: {len(w[3]['samples'])}"] for e, w in zip(d, wanted)), "kind and number of samples")
        ends = lambda e: [float(x) for x in e["range"].split(" to ")]
        ok(all(math.isclose(x, y, rel_tol=1e-5, abs_tol=0.005) for e, w in zip(d, wanted) for x, y in zip(ends(e), w[4][1:])), "the interval, for people")
        count = lambda b: sum(m["better"] == b for _, m, _ in rows_of(run))
        other = next(w for w in better if w != which)
        ok(f"--better {other} has {count(better[other])}\n" in p.stderr and f"left out: {count('neither')} rows of which neither is better" in p.stderr,
           "how many rows the other file has, and neither")
    ok(export("github-action-benchmark", run).stdout == export("github-action-benchmark", run, "--better", "smaller").stdout, "smaller is the default")
    ok(not schema("github-action-benchmark").is_valid([{"name": "a", "unit": "ns", "value": "1"}]), "seen: the schema refuses a value in quotes")


def helper(name, text, *args):
    return subprocess.run([PYTHON, os.path.join(oracle.HERE, name), *args], input=text, capture_output=True, text=True)


def test_openmetrics(run):
    text = export("openmetrics", run).stdout
    p = helper("openmetrics_read.py", text)
    if not ok(p.returncode == 0, "openmetrics: Prometheus's parser takes it"):
        return diag(p.stderr[-500:])
    have, states, complete = {}, {}, None
    for family, kind, unit, samples in json.loads(p.stdout):
        for name, labels, v in samples:
            if name == "ptbench_run_complete":
                complete = v
            elif name == "ptbench_part_state":
                states[labels["part"]] = states.get(labels["part"], []) + ([labels["ptbench_part_state"]] if v else [])
            else:
                have[(family, kind, unit, *sorted(labels.items()))] = (v,)
    wanted = {}
    unit_of = lambda m: {"walks/s": "walks_per_s"}.get(m["unit"], m["unit"].lower())
    for d, m, v in rows_of(run):
        stem = re.sub(f"_?{re.escape(m['unit'])}$", "", m["metric"])
        labels = {"part": d["part"], "mode": d["mode"], "case": m["case"], "params": shown(params_text(m["params"])),
                  "subject": m["subject"], "kind": m["kind"]}
        for which, x in zip(("", "_low", "_high"), v):
            wanted[(f"ptbench{'_' if stem else ''}{stem}{which}_{unit_of(m)}", "gauge", unit_of(m), *sorted(labels.items()))] = (x,)
    same(have, wanted, "openmetrics")
    is_state = lambda p: "failed" if p["name"] in BAD_PARTS else p["state"]
    ok(complete == 1 and states == {p["name"]: [is_state(p)] for p in PARTS}, "each part has its state") or diag(states)
    ok(text.endswith("# EOF\n") and text.count("# EOF") == 1, "# EOF")
    for bad, why in ((text.replace("# EOF\n", ""), "without # EOF"), (text.replace("gauge", "gouge", 1), "of an unknown type"), (text.replace('\\"', '"', 1), "with a bare quote")):
        ok(helper("openmetrics_read.py", bad).returncode != 0, f"seen: the parser refuses a text {why}")


def test_csv(run):
    rows = list(csv.DictReader(io.StringIO(export("csv", run).stdout)))
    key = lambda d, m: (d["part"], d["mode"], m["case"], shown(params_text(m["params"])), m["subject"], m.get("metric", ""))
    have = {(r["part"], r["mode"], r["case"], r["params"], r["subject"], r["metric"]): r for r in rows}
    ok(len(have) == len(rows), "csv: no two lines are of one row")
    numbers = lambda r: tuple(float(r[k]) for k in ("value", "low", "high", "samples", "nr_ops", "discarded"))
    same({k: numbers(r) for k, r in have.items() if not r["skipped"]},
         {key(d, m): (*v, len(m["samples"]), m["nr_ops"], m.get("discarded", 0)) for d, m, v in rows_of(run, bad=True)}, "csv")
    wanted = {key(d, m): m for d in documents_of(run) for m in d["measurements"]}
    ok(all(have[k]["skipped"] == shown(m.get("skipped", ""), "\n\t") and
           [have[k][w] for w in ("unit", "kind", "better")] == [m.get(w, "") for w in ("unit", "kind", "better")] for k, m in wanted.items()), "and the words of each, reasons of skipped rows too")
    ok({r["part"] for r in rows if r["state"] == "failed"} == BAD_PARTS, "a failed part's are marked")


# ---- tests ----

def wanted_tests(run):
    """{part: {test: outcome}} by the documents and run.json."""
    out = {"run": {"complete": "ok"}}
    docs = {d["part"]: d for d in documents_of(run)}
    with open(os.path.join(run, "run.json"), encoding="utf-8") as f:
        about = json.load(f)
    out["run"]["complete"] = {"complete": "ok", "partial": "error"}[about["state"]]
    for p in about["parts"]:
        tests = {"part": {"passed": "ok", "failed": "error", "skipped": "skipped"}[p["state"]]}
        d = docs.get(p["name"], {"measurements": [], "checks": []})
        tests.update({row_name(m): "skipped" for m in d["measurements"] if "skipped" in m})
        tests.update({check_name(c): "ok" if c["ok"] else "failure" for c in d["checks"]})
        out[p["name"]] = tests
    if os.path.exists(os.path.join(run, "explore.json")):
        out["explorer"] = {"complete": "ok", "gup/v": "ok", "gup/w": "ok"}
    return out


def ktap_text(text):
    return re.sub("reboot: System halted|#", lambda m: f"\\x{ord(m[0][0]):02x}" + m[0][1:], shown(text))


def read_ktap(text):
    """{part: {test: outcome}}, strictly by ktap.rst: versions, plans, numbers, indentation, bubbling up."""
    lines = text.split("\n")
    assert lines.pop() == "" and lines.pop(0) == "KTAP version 1"
    suites, out = int(re.fullmatch(r"1\.\.(\d+)", lines.pop(0))[1]), {}
    result = r"(ok|not ok) (\d+) ([^#]*?)(?: # (SKIP|ERROR) [^#]*)?"
    for nr in range(1, suites + 1):
        assert lines.pop(0) == "  KTAP version 1"
        name, tests = re.fullmatch("  # Subtest: ([^#]*)", lines.pop(0))[1], {}
        for k in range(1, int(re.fullmatch(r"  1\.\.(\d+)", lines.pop(0))[1]) + 1):
            while lines[0].startswith("  # | "):
                lines.pop(0)
            m = re.fullmatch("  " + result, lines.pop(0))
            assert int(m[2]) == k and m[3] not in tests and (m[1], m[4]) in (("ok", None), ("ok", "SKIP"), ("not ok", None), ("not ok", "ERROR"))
            tests[m[3]] = {None: "ok" if m[1] == "ok" else "failure", "SKIP": "skipped", "ERROR": "error"}[m[4]]
        m = re.fullmatch(result, lines.pop(0))
        kinds = set(tests.values())
        assert int(m[2]) == nr and m[3] == name and (m[1] == "ok") == (not kinds & {"failure", "error"}) and (m[4] == "SKIP") == (kinds == {"skipped"})
        out[name] = tests
    assert not lines
    return out


def kunit_parser():
    """The folder of the kernel's parser, out of a kernel source package; kept in the build folder."""
    if os.environ.get("KUNIT_PARSER"):
        return os.environ["KUNIT_PARSER"]
    cache = os.environ.get("PTBENCH_CACHE") or os.path.expanduser("~/.cache/ptbench")
    version = lambda path: [int(n) for n in re.search(r"linux-source-([0-9.]*[0-9])", path)[1].split(".")]
    found = sorted((p for p in glob.glob("/usr/src/linux-source-*.tar.xz") + glob.glob(cache + "/debian/source/linux-source-*.tar.xz") if version(p) >= [6]), key=version)
    found = [p for p in found if p.startswith("/usr/src")] or found
    if not found:
        return None
    to = os.path.join(oracle.BUILD, "kunit", os.path.basename(found[0]))
    names = ["kunit_parser.py", "kunit_printer.py"]
    if not os.path.isdir(to):
        os.makedirs(os.path.dirname(to), exist_ok=True)
        half = tempfile.mkdtemp(dir=os.path.dirname(to))
        subprocess.run(["tar", "-xJf", found[0], "-C", half, "--strip-components=4", "--occurrence=1", "--wildcards"] + [f"*/tools/testing/kunit/{n}" for n in names], check=True)
        os.rename(half, to)
    return to


def test_kunit(text, wanted, status, name):
    folder = kunit_parser()
    if not folder:
        return oracle.skip(f"{name}: KUnit's parser", "there is no linux-source package; scripts/deps test installs one")
    p = helper("ktap_read.py", text, folder)
    d = json.loads(p.stdout)
    words = {"ok": "SUCCESS", "skipped": "SKIPPED", "failure": "FAILURE", "error": "FAILURE"}
    have = {suite: (how, {n.rstrip(): s for n, s in tests}) for suite, how, tests in d["tests"]}
    bubbled = lambda kinds: "FAILURE" if kinds & {"failure", "error"} else "SKIPPED" if kinds == {"skipped"} else "SUCCESS"
    want = {suite: (bubbled(set(tests.values())), {n: words[k] for n, k in tests.items()}) for suite, tests in wanted.items()}
    if not ok(have == want and d["errors"] == 0 and d["status"] == status, f"{name}: KUnit's parser finds the same {sum(map(len, wanted.values()))} tests, {status}"):
        diag(d["status"], ) or diag(d["errors"]) or diag([(k, have.get(k), want.get(k)) for k in have.keys() | want.keys() if have.get(k) != want.get(k)][:2])


def test_ktap(run, status, name):
    text = export("ktap", run).stdout
    wanted = {ktap_text(p): {ktap_text(n): k for n, k in tests.items()} for p, tests in wanted_tests(run).items()}
    have = read_ktap(text)
    ok(have == wanted, f"ktap, {name}: {sum(map(len, wanted.values()))} tests") or diag([(k, have.get(k), wanted.get(k)) for k in wanted if have.get(k) != wanted.get(k)])
    test_kunit(text, wanted, status, name)
    return text


def refuses_ktap(text, why):
    try:
        read_ktap(text)
    except (AssertionError, TypeError, IndexError):
        return ok(True, f"seen: the reader refuses KTAP {why}")
    return ok(False, f"seen: the reader refuses KTAP {why}")


def test_junit(run):
    suites = json.loads(helper("junit_read.py", export("junit", run).stdout).stdout)
    have = {name: {t: k for t, k, _ in s["tests"]} for name, s in suites.items()}
    wanted = {p: {shown(n): {"ok": "passed"}.get(k, k) for n, k in tests.items()} for p, tests in wanted_tests(run).items()}
    ok(have == wanted, f"junit: {sum(map(len, wanted.values()))} tests") or diag([(k, have.get(k), wanted.get(k)) for k in wanted if have.get(k) != wanted.get(k)])
    count = lambda s, k: sum(t[1] == k for t in s["tests"])
    ok(all(s["counts"] == [len(s["tests"]), count(s, "failure"), count(s, "error"), count(s, "skipped")] for s in suites.values()), "and its counts are those of its tests")
    says = {t: text for t, _, text in suites[LATE]["tests"]}
    ok(says["part"] == shown(HOSTILE, "\n"), "a reason is text, whatever it holds") or diag(says)


def linked(d, name):
    """Ids are there once, and what refers to one finds it."""
    ids = {k: [o["id"] for o in d[k]] for k in ("checkouts", "builds", "tests")}
    ok(all(len(set(v)) == len(v) for v in ids.values()) and all(b["checkout_id"] in ids["checkouts"] for b in d["builds"]) and
       all(t["build_id"] in ids["builds"] for t in d["tests"]), f"{name}: each id is there once, each reference leads somewhere")


def test_kcidb(run):
    d = json.loads(export("kcidb", run, "--origin", "my_ci").stdout)
    valid("kcidb-5", d, "kcidb: its schema")
    linked(d, "kcidb")
    ok({o["origin"] for k in ("checkouts", "builds", "tests") for o in d[k]} == {"my_ci"} and d["tests"][0]["id"].startswith("my_ci:"), "--origin")
    words = {"ok": "PASS", "skipped": "SKIP", "failure": "FAIL", "error": "ERROR"}
    wanted = {(p, n): words[k] for p, tests in wanted_tests(run).items() for n, k in tests.items()}
    wanted[("gone", "part")] = "MISS"
    wanted.update({(d["part"], row_name(m)): "ERROR" if d["part"] in BAD_PARTS else "DONE" for d, m, _ in rows_of(run, bad=True)})
    have = {(t["misc"]["part"], t["comment"]): t for t in d["tests"]}
    statuses = {k: t["status"] for k, t in have.items()}
    ok(statuses == wanted and len(have) == len(d["tests"]), f"{len(wanted)} tests with their status") or diag([(k, statuses.get(k), wanted.get(k)) for k in wanted if statuses.get(k) != wanted.get(k)])
    same({k: (t["number"]["value"], t["misc"]["low"], t["misc"]["high"]) for k, t in have.items() if "number" in t},
         {(d["part"], row_name(m)): v for d, m, v in rows_of(run)}, "kcidb: of parts that are well")
    ok(all(t["number"]["unit"] == next(m["unit"] for d, m, _ in rows_of(run) if (d["part"], row_name(m)) == k) for k, t in have.items() if "number" in t), "with their units")
    ok(have[(LATE, "part")]["log_excerpt"] == HOSTILE, "an excerpt is the reason itself")
    build = {t["misc"]["part"]: t["build_id"] for t in d["tests"]}
    ok(build["a.icount-1cpu"] == build["a.icount-2cpu"] != build["broken"], "one image is one build")
    ok([c["git_commit_name"] for c in d["checkouts"] if "git_commit_name" in c] == ["c7852b02a"], "and one source one checkout")
    paths = [t["path"] for t in d["tests"] if t["status"] == "DONE"]
    ok(len(set(paths)) == len(paths) and "ptbench.icount.a.icount-1cpu.gup_fast.walk.n_1.kernel.instructions" in paths, "each series has a path of its own") or diag(paths)
    for change in ({"version": {"major": 4}}, {"tests": [{"id": "a:b"}]}, {"builds": [{"id": "A:b", "origin": "A", "checkout_id": "a:b"}]}, {"incidence": []}):
        ok(not schema("kcidb-5").is_valid({**d, **change}), f"seen: the schema refuses {change}")


# ---- verdicts ----

def test_verdicts():
    times = lambda x: [x * (1 + i / 1e4) for i in range(20)]
    at = {"sample": "process"}
    base = save_run("vb", [passed("a"), passed("b"), passed("c"), passed("d")],
                    [kernel_doc(row(), row(n=1), row(n=2), row(n=3, **IPIS), part="a", image="aa", checks=[check()]),
                     doc(row(**{**TIME, "samples": times(500)}), row(n=1, **{**TIME, "samples": times(500)[:3]}), part="b", mode="native", env=at), doc(row(), part="c"), doc(row(), part="d")])
    new = save_run("vn", [passed("a"), passed("b"), failed("c"), failed("d", "d.json")],
                   [kernel_doc(row(samples=[503] * N), row(n=1), row(n=4), row(n=3, **{**IPIS, "samples": [9] * N}), part="a", image="bb", checks=[check(False)]),
                    doc(row(**{**TIME, "samples": times(400)}), row(n=1, **{**TIME, "samples": times(500)[:3]}), part="b", mode="native", image="bb", env=at), doc(row(), part="d")])
    verdicts = json.loads(cli("compare", "--format", "json", "--all", "--base", base, new).stdout)
    outcome = {"REGRESSED": "failure", "CHANGED": "failure", "INCONCLUSIVE": "error", "MISSING": "error", "extra": "skipped"}
    wanted = {"comparison": {"conclusion": "failure"}}
    for part in verdicts["parts"]:
        wanted[part["name"]] = {row_name(r): outcome.get(r["verdict"], "ok") for r in part["rows"]}
        wanted[part["name"]].update({check_name(c): "failure" if "FAILED" in c["new"] else "ok" for c in part["checks"]})
    wanted["c"]["part"] = wanted["d"]["part"] = "error"
    kinds = {k for tests in wanted.values() for k in tests.values()}
    ok(kinds == {"ok", "failure", "error", "skipped"}, "verdicts of all kinds")
    for command in ("compare", "gate"):
        p = subprocess.run([oracle.program("cli"), command, "--format", "ktap", "--base", base, new], capture_output=True, text=True,
                           env={**os.environ, "CLI_POLICY": os.path.join(oracle.HERE, "../policy/default.json")})
        have = read_ktap(p.stdout)
        lets_pass = {("b", n) for n, k in wanted["b"].items() if k == "error"} if command == "gate" else set()
        want = {part: {n: "skipped" if (part, n) in lets_pass else k for n, k in tests.items()} for part, tests in wanted.items()}
        ok(p.returncode == 1 and have == want, f"{command}: as KTAP; what is inconclusive is not ok, unless a policy lets it pass") or diag([(k, have.get(k), want.get(k)) for k in want if have.get(k) != want.get(k)])
        if command == "compare":
            test_kunit(p.stdout, want, "FAILURE", "compare")
    d = json.loads(cli("compare", "--format", "kcidb", "--origin", "my_ci", "--base", base, new).stdout)
    valid("kcidb-5", d, "compare: kcidb's schema")
    linked(d, "compare")
    words = {"ok": "PASS", "skipped": "SKIP", "failure": "FAIL", "error": "ERROR"}
    want = {(p, n): words[k] for p, tests in wanted.items() for n, k in tests.items()}
    want.update({("c", "part"): "MISS", ("d", "part"): "MISS"})
    for part in verdicts["parts"]:
        want.update({(part["name"], row_name(r)): "MISS" for r in part["rows"] if r["verdict"] == "MISSING"})
    have = {(t["misc"]["part"], t["comment"]): t["status"] for t in d["tests"]}
    ok(have == want, f"compare: kcidb has the same {len(want)} tests") or diag([(k, have.get(k), want.get(k)) for k in want if have.get(k) != want.get(k)])
    value = {(part["name"], row_name(r)): r["new"] for part in verdicts["parts"] for r in part["rows"]}
    ok(all(t["number"]["value"] == value[(t["misc"]["part"], t["comment"])] for t in d["tests"] if "number" in t), "with the new side's values")
    same_run = cli("compare", "--format", "ktap", "--base", base, base)
    ok(same_run.returncode == 3 or "not ok" not in same_run.stdout, "a run and itself: nothing is not ok")
    p = cli("compare", "--format", "kcidb", "--origin", "My-CI", "--base", base, new)
    ok(p.returncode == 2 and "--origin My-CI: must be of a-z, 0-9 and _" in p.stderr, "another origin is refused")
    p = cli("compare", "--format", "ktap", "--origin", "my_ci", "--base", base, new)
    ok(p.returncode == 2 and "--origin is for --format kcidb" in p.stderr, "and one of another format")
    save(explored(model()), "vb/explore.json")
    save(explored(model("broken"), model("clean", "new")), "vn/explore.json")
    d = read_ktap(cli("compare", "--format", "ktap", "--base", base, new).stdout)
    ok(d["explorer"] == {"gup/v": "failure", "gup/new": "skipped"}, "the explorer's models")
    other = kernel_doc(row(), part="a", image="aa")
    other["provenance"]["environment"]["cpus"] = "8"
    p = cli("compare", "--format", "ktap", "--base", save(kernel_doc(row(), part="a", image="aa"), "ea.json"), save(other, "eb.json"))
    ok(p.returncode == 3 and read_ktap(p.stdout)["a"]["part"] == "error" and "environment cpus differs" in p.stdout, "what cannot be compared is not ok, and says why") or diag(p.stdout)


# ---- all of them ----

def test_never_ok(good):
    """Each way in which a run is not well: as it is, no format calls it so."""
    def variant(name, change):
        parts, docs = json.loads(json.dumps(PARTS[:3])), documents()[:3]
        state = change(parts, docs) or "complete"
        return save_run(name, parts, docs, state)
    def no_rows(parts, docs):
        docs[1].update(measurements=[], checks=[])
    def bad_check(parts, docs):
        docs[0]["checks"] = [check(False)]
    changes = {"a failed part": lambda parts, docs: parts[2].update(state="failed", reason="x"),
               "a failed part without a document": lambda parts, docs: parts[2].update(state="failed", reason="x", file=None),
               "a failed check": bad_check, "an empty document": no_rows, "a partial run": lambda parts, docs: "partial"}
    ok(export("ktap", good).returncode == 0 and "not ok" not in export("ktap", good).stdout and "<failure" not in export("junit", good).stdout, "a good run is ok")
    for i, (text, change) in enumerate(changes.items()):
        run = variant(f"v{i}", change)
        out = {how: export(how, run) for how in FORMATS}
        fails = text != "an empty document"
        ok(all(p.returncode == (4 if fails else 0) for p in out.values()), f"{text}: status {4 if fails else 0}") or diag({k: p.returncode for k, p in out.items()})
        test_kunit(out["ktap"].stdout, read_ktap(out["ktap"].stdout), "FAILURE", text) if i in (0, 4) else None
        ok(any(k in ("failure", "error") for tests in read_ktap(out["ktap"].stdout).values() for k in tests.values()), f"{text}: KTAP is not ok")
        ok(re.search("<(failure|error) ", out["junit"].stdout), f"{text}: JUnit is not ok")
        ok({t["status"] for t in json.loads(out["kcidb"].stdout)["tests"]} & {"FAIL", "ERROR", "MISS"}, f"{text}: kcidb is not ok")
        bad = {"a failed part": "native", "a failed check": "a.icount-1cpu"}.get(text)
        if bad:
            ok(not any(f'"{bad} (' in out[how].stdout or f'{{part="{bad}",mode' in out[how].stdout for how in VALUES) and re.search(r"left out: \d+ values of failed parts", out["bencher"].stderr), f"{text}: no format has its values")
    run = variant("cut", lambda parts, docs: None)
    with open(run + "/native.json", "r+", encoding="utf-8") as f:
        f.truncate(200)
    for how in FORMATS:
        to = os.path.join(fixtures.TMP, "cut." + how)
        p = export(how, run, "-o", to)
        ok(p.returncode == 2 and not p.stdout and not os.path.exists(to) and "native.json" in p.stderr, f"{how}: a document that cannot be read is bad input")


def test_usage(run, good):
    for how in FORMATS:
        p = export(how, good)
        to = os.path.join(fixtures.TMP, "to." + how)
        q = export(how, good, "-o", to)
        with open(to, encoding="utf-8") as f:
            ok(p.returncode == q.returncode == 0 and f.read() == p.stdout and not q.stdout, f"{how}: -o writes the same bytes")
        ok(export(how, run).stdout == export(how, run).stdout, f"{how}: twice the same bytes")
        harmful = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u206f]", export(how, run).stdout)
        ok(not harmful, f"{how}: no harmful character is printed") or diag(ascii(harmful))
        with open("/dev/full", "w", encoding="utf-8") as full:
            q = subprocess.run([oracle.program("cli"), "export", "--format", how, good], stdout=full, stderr=subprocess.PIPE)
        ok(q.returncode == 4, f"{how}: a full disk is status 4")
        q = export(how, good, "-o", os.path.join(fixtures.TMP, "none/x"))
        ok(q.returncode == 4 and "none/x" in q.stderr, f"{how}: nor can it be written where there is no folder")
        one = export(how, os.path.join(good, "native.json"))
        ok(one.returncode == 0 and one.stdout, f"{how}: of a document alone")
    for options, says in ((["--format", "xml", good], "--format xml: must be"), ([good], "no --format given"), (["--format", "csv"], "no RUN given"),
                          (["--format", "csv", good, good], "more than one RUN"), (["--format", "kcidb", "--origin", "", good], "--origin"),
                          (["--format", "github-action-benchmark", "--better", "best", good], "smaller or bigger"), (["--format", "csv", "--better", "bigger", good], "must be github-action-benchmark with --better"),
                          (["--format", "ktap", "--origin", "x", good], "must be kcidb with --origin"), (["--format", "csv", "--metric", "tims", good], '"tims" is no metric'),
                          (["--format", "csv", "--case", "nope", good], "no row of it has that"), (["--format", "ktap", "--part", "nope", good], "no row of it has that"),
                          (["--format", "csv", os.path.join(run, "explore.json")], "is an exploration"), (["--format", "csv", "--xyz", good], "--xyz")):
        p = cli("export", *options)
        ok(p.returncode == 2 and says in p.stderr and not p.stdout, f"refused: {says}") or diag(p.stderr[:300])
    have = list(csv.DictReader(io.StringIO(export("csv", run, "--part", "a.*", "--params", "n=1", "--subject", "kernel", "--metric", "instructions", "--case", "gup*").stdout)))
    ok([(r["part"], r["params"]) for r in have] == [("a.icount-1cpu", "n=1"), ("a.icount-2cpu", "n=1")], "filters")
    few = read_ktap(export("ktap", run, "--metric", "time").stdout)
    ok(set(few["broken"]) == {"part", *map(ktap_text, (row_name(m) for d in documents() for m in d["measurements"] if "skipped" in m))}, "of some rows there are no checks, and no models") or diag(few)
    ok("explorer" not in few and "explorer" in read_ktap(export("ktap", run).stdout), "of all there are")
    long_names = save(doc(row(**{"k" * 60 + str(i): "v" * 250 for i in range(4)}), part="long"), "long.json")
    p = export("bencher", long_names)
    ok(json.loads(p.stdout) == {} and "left out: 1 row with a name of more than 1024 characters" in p.stderr, "a name too long for Bencher is counted")
    d = doc(row(), part="wordy", checks=[{**check(False), "seen": "\u00e9" * 16000, "expect": "x" * 16000}])
    valid("kcidb-5", json.loads(export("kcidb", save(d, "wordy.json")).stdout), "kcidb: an excerpt of a long message is as long as it may be")
    ids = lambda path: [t["id"] for t in json.loads(export("kcidb", path).stdout)["tests"]]
    os.symlink(good, os.path.join(fixtures.TMP, "latest"))
    ok(ids(good) == ids(os.path.join(fixtures.TMP, "latest/")) == ids(good + "/run.json"), "kcidb: a run has the same ids, however it is called")
    ok(not set(ids(good)) & set(ids(run)), "and another has others")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        run, good = the_run("run"), good_run("good")
        for test in (test_bencher, test_github, test_openmetrics, test_csv):
            test(run)
        text = test_ktap(run, "FAILURE", "all kinds of parts")
        test_ktap(good, "SUCCESS", "a good run")
        refuses_ktap(text.replace("  1..", "  1..1", 1), "with a plan that is not kept")
        refuses_ktap(text.replace("\nnot ok", "\nok", 1), "whose suite is ok, though a test is not")
        refuses_ktap(text.replace("  # | ", "  ok 1 ", 1), "whose text is taken for a result")
        test_junit(run)
        test_kcidb(run)
        test_verdicts()
        test_never_ok(good)
        test_usage(run, good)
    oracle.done()


main()
