# SPDX-License-Identifier: GPL-2.0-or-later
"""A second opinion on what a result file is: Python's JSON, the JSON Schemas, and the rules that a
schema cannot say. Shares no code with the C reader. Also what the script tests need for TAP."""

import calendar
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMAS = os.path.join(HERE, "..", "schema")
BUILD = os.environ.get("PTBENCH_BUILD", os.path.join(HERE, "..", "..", "build"))
MAX_INT = 2**53 - 1
FORMATS = {"ptbench-result": 2, "ptbench-run": 1, "ptbench-explore": 1}  # and their newest version

count = failed = 0


def ok(good, text):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {text}", flush=True)
    return good


def diag(text):
    print("# " + str(text).replace("\n", "\n# "), flush=True)


def done():
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


def skip_all(reason):
    """Not where CI is set: it has installed what the tests need."""
    if os.environ.get("CI"):
        print(f"1..1\nnot ok 1 - {reason}")
        sys.exit(1)
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def skip(text, reason):
    """One check that cannot be made here; not where CI is set."""
    global count
    if os.environ.get("CI"):
        ok(False, f"{text}: {reason}")
        return
    count += 1
    print(f"ok {count} - {text} # SKIP {reason}", flush=True)


def program(name, asan=True):
    path = os.path.join(BUILD, "asan" if asan else "", "results/test", name)
    if not os.access(path, os.X_OK):
        sys.exit(f"{path}: not built; run make test")
    return path


def probe_read(files, *options, asan=True):
    """[("accept",) or ("reject", path, reason)] for each file, and the process."""
    p = subprocess.run([program("probe", asan), "read", *options], capture_output=True, text=True,
                       input="".join(f + "\n" for f in files), errors="replace")
    return [tuple(line.split("\t")) for line in p.stdout.splitlines()], p


class Refused(Exception):
    pass


def unique(pairs):
    obj = dict(pairs)
    if len(obj) != len(pairs):
        raise Refused("duplicate key")
    return obj


def refuse_constant(text):
    raise Refused(text)


def real(text):
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Refused("overflow")
    return value


def integer(text):
    if len(text) > 20 or not -2**63 <= int(text) < 2**63:
        raise Refused("integer overflow")
    return int(text)


def check_strings(value, depth=1):
    if isinstance(value, str):
        if any(c == "\0" or 0xD800 <= ord(c) < 0xE000 for c in value):
            raise Refused("NUL or surrogate")
        return
    if isinstance(value, (dict, list)):
        if depth > 16:
            raise Refused("depth")
        for item in value:
            check_strings(item, depth + 1)
        if isinstance(value, dict):
            for item in value.values():
                check_strings(item, depth + 1)


def parse(data):
    """The JSON value of bytes, or Refused."""
    if len(data) > 16 << 20:
        raise Refused("size")
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=unique, parse_float=real,
                           parse_int=integer, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as e:
        raise Refused(str(e)) from None
    check_strings(value)
    if not isinstance(value, dict):
        raise Refused("no object")
    return value


def load_schemas():
    """{format: validator}, or None without the library."""
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        return None
    validators = {}
    for name, newest in FORMATS.items():
        with open(os.path.join(SCHEMAS, f"{name}-{newest}.schema.json"), encoding="utf-8") as f:
            schema = json.load(f)
        Draft202012Validator.check_schema(schema)
        validators[name] = Draft202012Validator(schema)
    return validators


def schema_of(validators, value):
    name = value.get("format")
    return validators[name if name in tuple(FORMATS) else "ptbench-result"]


# ---- the rules that a schema cannot express; each gets a document that the schema accepted ----

def whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def rule_integers(doc):
    for m in doc["measurements"]:
        if "skipped" in m:
            continue
        numbers = [m["nr_ops"], m.get("discarded", 0)]
        if m["kind"] != "sampled":
            numbers += m["samples"]
        numbers += [share["instructions"] for share in m.get("breakdown", [])]
        if not all(map(whole, numbers)):
            raise Refused("a real where an integer must be")
    for row in doc["measurements"] + doc["checks"]:
        if not all(isinstance(v, str) or whole(v) for v in row["params"].values()):
            raise Refused("a real as parameter")


def rule_unique(doc):
    seen, rows = set(), {}
    for m in doc["measurements"]:
        row = (m["case"], json.dumps(m["params"], sort_keys=True), m["subject"])
        key = row + (m.get("metric"),)
        rows.setdefault(row, []).append(m.get("metric"))
        if key in seen:
            raise Refused("duplicate row")
        seen.add(key)
    if any(None in metrics and len(metrics) > 1 for metrics in rows.values()):
        raise Refused("skipped and measured")
    checks = [(c["id"], json.dumps(c["params"], sort_keys=True)) for c in doc["checks"]]
    if len(set(checks)) != len(checks):
        raise Refused("duplicate check")


def rule_exact(doc):
    for m in doc["measurements"]:
        if m.get("kind") == "exact":
            most = max(map(m["samples"].count, m["samples"]))
            if most * 10 < len(m["samples"]) * 9:
                raise Refused("not exact")


def rule_breakdown(doc):
    for m in doc["measurements"]:
        shares = m.get("breakdown")
        if not shares:
            continue
        most = max(map(m["samples"].count, m["samples"]))
        mode = min(x for x in m["samples"] if m["samples"].count(x) == most)
        if sum(share["instructions"] for share in shares) != mode:
            raise Refused("the breakdown does not add up")
        if len({share["symbol"] for share in shares}) != len(shares):
            raise Refused("duplicate symbol")


def leads_back(of, start):
    at, seen = of[start], set()
    while at is not None and at not in seen:
        seen.add(at)
        at = of[at]
    return start in seen


LEVELS = ["pgd", "p4d", "pud", "pmd", "pte"]  # from the top


def rule_axes(doc):
    if doc["version"] == 1:
        return
    spoken, values = {}, {}  # (key, family) with a family of None for all
    for axis in doc.get("axes", []):
        key, names = axis["key"], [v["value"] for v in axis["values"]]
        if len(set(names)) != len(names):
            raise Refused("duplicate value")
        if any(v.get("of", None) == v["value"] or v.get("of", v["value"]) not in names
               for v in axis["values"]):
            raise Refused("a variant of no value")
        of = {v["value"]: v.get("of") for v in axis["values"]}
        if any(leads_back(of, start) for start in of):
            raise Refused("a circle of variants")
        if key != "format" and any(v.get("levels") for v in axis["values"]):
            raise Refused("levels of no format")
        if any(len({level["level"] for level in v.get("levels", [])}) != len(v.get("levels", []))
               for v in axis["values"]):
            raise Refused("duplicate level")
        for v in axis["values"]:
            known = [LEVELS.index(level["level"]) for level in v.get("levels", []) if level["level"] in LEVELS]
            if known != sorted(known):
                raise Refused("levels out of order")
        families = axis["families"] or [None]
        earlier = spoken.setdefault(key, set())
        if None in earlier or (earlier and families == [None]) or earlier & set(families):
            raise Refused("duplicate axis")
        earlier |= set(families)
        values.update({(key, f): names for f in families})
    own = doc["provenance"]["subject"].get("scenario")
    if own is not None and own not in values.get(("scenario", None), []):
        raise Refused("a scenario that no axis has")
    for row in doc["measurements"] + doc["checks"]:
        family = (row.get("case") or row["id"]).split("/")[0]
        for key, value in row["params"].items():
            names = values.get((key, family), values.get((key, None)))
            if names is None:
                raise Refused("a parameter without an axis")
            if names and value not in names:
                raise Refused("a value that its axis has not")


def rule_dates(value):
    for key in ("created", "started", "finished"):
        text = value.get(key)
        if text is not None:
            year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
            # monthrange() knows no year 0; 2000 is a leap year as well.
            if day > calendar.monthrange(year or 2000, month)[1]:
                raise Refused("date")


def rule_parts(run):
    names = [p["name"] for p in run["parts"]]
    if len(set(names)) != len(names):
        raise Refused("duplicate part")


def rule_models(doc):
    names = [(m["mechanism"], m["variant"]) for m in doc["models"]]
    if len(set(names)) != len(names):
        raise Refused("duplicate model")
    busted = {(m["mechanism"], m["variant"]): m["busted"] for m in doc["models"]}
    for m in doc["models"]:
        if m.get("busted_code") is not None and not busted.get((m["mechanism"], m["busted_code"]), True):
            raise Refused("the code of a good variant")
        numbers = [m[k] for k in ("bound", "nr_cpus", "schedules", "steps", "states")]
        f = m["failure"]
        if f:
            rule_failure(m, f)
            numbers += [f["preemptions"], f["nr_steps"]] + [s["cpu"] for s in f["steps"]]
        if not all(map(whole, numbers)):
            raise Refused("a real where an integer must be")


def rule_failure(m, f):
    if len(f["steps"]) != min(f["nr_steps"], 10000):
        raise Refused("steps are missing")
    if any(s["cpu"] >= m["nr_cpus"] for s in f["steps"]):
        raise Refused("no such CPU")
    if m["busted"] and (m["verdict"] == "caught") != (f["invariant"] == m["caught_by"]):
        raise Refused("another invariant")


def check_rules(value):
    if not whole(value["version"]):
        raise Refused("version")
    rule_dates(value)
    if value["format"] == "ptbench-run":
        rule_parts(value)
    elif value["format"] == "ptbench-explore":
        rule_models(value)
    else:
        for rule in (rule_integers, rule_unique, rule_exact, rule_breakdown, rule_axes):
            rule(value)


def verdict(validators, data):
    """None when bytes are a right result file, else why not."""
    try:
        value = parse(data)
        error = next(schema_of(validators, value).iter_errors(value), None)
        if error:
            raise Refused("schema: " + error.message[:100])
        check_rules(value)
    except Refused as e:
        return str(e)
    return None


def normal(value):
    """A document without what the format leaves open: order, and defaults."""
    value = json.loads(json.dumps(value))
    if value["format"] == "ptbench-explore":
        for m in value["models"]:
            m["seconds"] = float(m["seconds"]) + 0.0
        return json.dumps(value, sort_keys=True)
    if value["format"] != "ptbench-result":
        return value
    for axis in value.get("axes", []):
        axis["families"].sort()
        for v in axis["values"]:
            if not v.get("levels", True):
                del v["levels"]
    value.get("axes", []).sort(key=lambda axis: json.dumps([axis["key"], axis["families"]]))
    for m in value["measurements"]:
        if "samples" in m:
            m.setdefault("discarded", 0)
            m["samples"] = [float(x) + 0.0 for x in m["samples"]]
            m.get("breakdown", []).sort(key=lambda share: share["symbol"])
    for key in ("measurements", "checks"):
        value[key].sort(key=lambda row: json.dumps(row, sort_keys=True))
    return json.dumps(value, sort_keys=True)
