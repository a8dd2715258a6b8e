#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench gate: what a policy lets pass, by tables; and policies that are none, which the reader and the
JSON Schema refuse alike."""

import copy
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import fixtures
from fixtures import IPIS, N, TIME, check, cli, doc, failed, passed, row, save, save_run, says
import oracle
from oracle import ok

try:
    import jsonschema
except ImportError as e:
    oracle.skip_all(f"{e}; scripts/deps test installs it")

GOOD = {"format": "ptbench-policy", "version": 1, "rules": [], "acknowledged": []}
DEFAULT = os.path.join(oracle.HERE, "..", "policy", "default.json")


def policy(*rules, acknowledged=(), **more):
    return {**GOOD, "rules": list(rules), "acknowledged": list(acknowledged), **more}


def gate(text, p, base, new, status, out=(), *options, absent=()):
    file = save(p, "policy.json") if isinstance(p, dict) else p
    new = copy.deepcopy(new)
    new["provenance"]["subject"]["image_sha256"] = "bb"
    says(cli("gate", "--policy", file, *options, "--base", save(base, "b.json"), save(new, "n.json")), status, out,
         text=text, absent=absent)


# ---- what it lets pass ----

def test_rules():
    base = doc(row(), row(n=1, kind="deterministic", samples=[500] * 20 + [501] * 11), row("kmap/pair", samples=[70] * N))
    worse = doc(row(samples=[501] * N), row(n=1, kind="deterministic", samples=[500] * 20 + [501] * 11), row("kmap/pair", samples=[70] * N))
    noisy = doc(row(), row(n=1, kind="deterministic", samples=[520] * 20 + [500] * 11), row("kmap/pair", samples=[70] * N))
    gate("no rule: as compare", policy(), base, worse, 1, ["1 row regressed"])
    gate("and inconclusive fails", policy(), base, noisy, 3, ["1 row is inconclusive"])
    for text, rule, nr in (("all rows", {}, 3), ("by case", {"case": "gup_*/walk"}, 2), ("by metric", {"metric": "instr*"}, 3),
                           ("by part", {"part": "stock.*"}, 3), ("by kind", {"kind": "exact"}, 2)):
        gate(f"a rule that does not gate, {text}", policy({**rule, "gate": False, "reason": "why not"}), base, worse, 3 if nr == 3 else 0,
             [f"{nr} not gated", f"{nr} rows do not gate", "not gated (REGRESSED): why not",
              "nothing was judged" if nr == 3 else "nothing that was judged regressed"])
    gate("what did not move is not shown", policy({"case": "gup_*", "gate": False}), base, base, 0, ["2 not gated"], absent=["(unchanged)"])
    gate("but with --all", policy({"case": "gup_*", "gate": False}), base, base, 0, ["not gated (unchanged)"], "--all")
    for text, rule in (("another case", {"case": "kmap/*"}), ("another metric", {"metric": "time"}), ("another part", {"part": "native"}),
                       ("other params", {"params": "n=1"}), ("another kind", {"kind": "sampled"})):
        gate(f"a rule for {text}", policy({**rule, "gate": False}), base, worse, 1, ["1 row regressed"])
    gate("the first rule that matches holds", policy({"case": "gup_fast/*"}, {"gate": False}), base, worse, 1, ["1 row regressed"])
    gate("inconclusive may pass", policy({"inconclusive": "pass"}), base, noisy, 0, ["1 not gated"])
    gate("but not worse", policy({"inconclusive": "pass"}), base, worse, 1, ["1 row regressed"])
    gate("a larger effect", policy({"effect_percent": 5}), base, noisy, 0, ["3 unchanged"])
    gate("which exact rows do not have", policy({"effect_percent": 5}), base, worse, 1, ["1 row regressed"])
    small = doc(row(), row(n=1, kind="deterministic", samples=[505] * 31), row("kmap/pair", samples=[70] * N))
    gate("1 % of a deterministic row", policy(), base, small, 0, ["3 unchanged"])
    gate("with a smaller effect", policy({"effect_percent": 0.5}), base, small, 1, ["1 row regressed"])
    gate("a missing row gates", policy({"case": "kmap/*"}), base, doc(row(), row(n=1)), 3, ["1 row of the base is missing"])
    gate("unless a rule says that it does not", policy({"case": "kmap/*", "gate": False}), base,
         doc(row(), row(n=1, kind="deterministic", samples=[500] * 20 + [501] * 11)), 0, ["1 not gated"])
    gate("nothing gates that moved, and nothing else is there", policy({"gate": False}), doc(row()), doc(row(samples=[501] * N)), 3,
         ["nothing was judged"])
    bad = doc(row(), checks=[check(False)])
    gate("a check gates, whatever the rules", policy({"gate": False}), doc(row(), checks=[check()]), bad, 1, ["1 check fails"])


def test_level():
    base = doc(row(**{**TIME, "samples": [500 + i for i in range(5)]}, subject="ref"), row(), env={"sample": "process"})
    new = doc(row(**{**TIME, "samples": [600 + i for i in range(5)]}, subject="ref"), row(), env={"sample": "process"})
    gate("five values a side, at 1 %", policy(), base, new, 1, ["1 row regressed"])
    gate("and at 0.1 %", policy(level=0.001), base, new, 3, ["too few values"])
    gate("the policy of the checkout lets that pass", DEFAULT, base, doc(row(**{**TIME, "samples": [600]}, subject="ref"), row(),
                                                                        env={"sample": "process"}), 0, ["1 not gated"])
    gate("but no exact row", DEFAULT, doc(row()), doc(row(samples=[501] * N)), 1, ["1 row regressed"])
    gate("and no count of events", DEFAULT, doc(row(**IPIS)), doc(row(**{**IPIS, "samples": [1] * N})), 1, ["1 row changed"])


def test_acknowledged():
    base, new = doc(row(**IPIS, samples=[1] * 5, tables=8), row()), doc(row(**IPIS, samples=[9] * 5, tables=8), row())
    def known(**more):
        return policy(acknowledged=[{"case": "gup_fast/walk", "metric": "ipis_sent", "reason": "a batch more", "expires": "2026-12-31", **more}])
    for today, status, word in (("2026-12-30", 0, "allowed"), ("2026-12-31", 0, "allowed"), ("2027-01-01", 1, "expired"),
                                ("2027-12-30", 1, "expired")):
        gate(f"acknowledged until 2026-12-31, on {today}", known(), base, new, status,
             [f"{word}: gup_fast/walk:ipis_sent until 2026-12-31: a batch more: 1 row\n"], "--today", today)
    for today in ("", "01.12.2026", "0000", "2026-02-30", "2026-12-31 "):
        p = cli("gate", "--policy", save(known(), "policy.json"), "--today", today, "--base", save(base, "b.json"), save(new, "n.json"))
        says(p, 2, [], [f'--today "{today}" is no date'], f"--today '{today}' is refused")
    gate("today is today", known(expires="2000-02-29"), base, new, 1, ["expired: "])
    gate("and so it is for one that lasts", known(expires="9999-12-31"), base, new, 0, ["1 changed, allowed"])
    for text, more, status in (("with its params", {"params": "tables=8"}, 0), ("with others", {"params": "tables=9"}, 1),
                               ("in its part", {"part": "stock*"}, 0), ("in another", {"part": "native"}, 1),
                               ("of another metric", {"metric": "tlb_flushes"}, 1)):
        gate(f"acknowledged {text}", known(**more), base, new, status, ["1 changed, allowed"] if not status else ["no row needs it"],
             "--today", "2026-12-01")
    gate("a regression of another row", known(), base, doc(row(**IPIS, samples=[9] * 5, tables=8), row(samples=[501] * N)), 1,
         ["1 changed, allowed", "1 row regressed"], "--today", "2026-12-01")


def test_statuses():
    a, b = doc(row(), part="a"), doc(row(), part="b")
    base = save_run("base", [passed("a"), passed("b")], [a, b])
    new = save_run("new", [passed("a"), {**failed("b"), "file": None}], [a])
    file = save(policy(), "policy.json")
    says(cli("gate", "--policy", file, "--base", base, new), 4, ["1 part failed"], text="a part that failed: 4")
    says(cli("compare", "--base", base, new), 3, ["1 part failed"], text="which is 3 of compare")
    worse = save_run("worse", [passed("a"), {**failed("b"), "file": None}], [doc(row(samples=[501] * N), part="a", image="bb")])
    says(cli("gate", "--policy", file, "--base", base, worse), 1, ["1 row regressed"], text="a regression outweighs it: 1")
    other = save_run("other", [passed("a"), passed("b")], [doc(row(), part=p, env={"qemu": "9"}) for p in "ab"])
    says(cli("gate", "--policy", file, "--base", base, other), 3, ["2 parts are not comparable", "make the base again here"],
         text="another environment: 3")
    says(cli("gate", "--policy", "/nonexistent", "--base", base, new), 2, [], ["/nonexistent: "], "no such policy: 2")
    says(cli("gate", "--base", base, new), 2, [], ["no policy: "], "the default one is the caller's")
    says(cli("compare", "--policy", file, "--base", base, new), 2, [], ["a policy is for ptbench gate"], "compare has none")
    says(cli("gate", "--policy", file, "--base", base, base), 2, [], ["is the run of the base: nothing new was measured"],
         "a run is not gated against itself")
    os.symlink(base, os.path.join(fixtures.TMP, "latest"))
    for again in (base, os.path.join(fixtures.TMP, "latest"), base + "/run.json"):
        for args in (("--base", base, "--base", again, worse), ("--base", worse, base, again)):
            says(cli("compare", *args), 2, [], ["is the same run as", "give it once"], f"{os.path.basename(again)} counts once")
    for word in ("--help", "-h"):
        says(cli("gate", word), 0, ["usage: ptbench gate", "acknowledged"], text=f"gate {word}")
    p = cli("gate", "--policy", file, "--format", "json", "--base", base, new)
    ok(json.loads(p.stdout)["status"] == p.returncode == 4, "the JSON has the exit status")
    ok(json.loads(p.stdout)["command"].startswith("ptbench gate --policy "), "the command is of gate")


# ---- policies that are none ----

def rule(**keys):
    return policy(keys)


def known(**more):
    entry = {"case": "a/b", "metric": "time", "reason": "r", "expires": "2026-12-31", **more}
    return policy(acknowledged=[{k: v for k, v in entry.items() if v is not None}])


# What is wrong, the policy, where the reader sees it; BEYOND: what a schema cannot say.
BEYOND = "beyond"
BAD = [
    ("another format", {**GOOD, "format": "ptbench-run"}, "$.format"),
    ("a later version", {**GOOD, "version": 2}, "$.version"),
    ("no rules", {k: v for k, v in GOOD.items() if k != "rules"}, "$.rules"),
    ("an unknown key", {**GOOD, "rule": []}, "$.rule"),
    ("rules that are an object", {**GOOD, "rules": {}}, "$.rules"),
    ("a level of 0", policy(level=0), "$.level"),
    ("a level of 60 %", policy(level=0.6), "$.level"),
    ("a level in words", policy(level="0.01"), "$.level"),
    ("a rule that is text", {**GOOD, "rules": ["time"]}, "$.rules[0]"),
    ("an unknown key in a rule", rule(cases="a/b"), "$.rules[0].cases"),
    ("an empty pattern", rule(case=""), "$.rules[0].case"),
    ("a long pattern", rule(case="x" * 257), "$.rules[0].case"),
    ("a pattern that is a number", rule(case=1), "$.rules[0].case"),
    ("a metric that there is not", rule(metric="tims"), "$.rules[0].metric", BEYOND),
    ("params that no row has", rule(params="n"), "$.rules[0].params", BEYOND),
    ("another kind", rule(kind="loose"), "$.rules[0].kind"),
    ("a gate that is text", rule(gate="no"), "$.rules[0].gate"),
    ("a negative effect", rule(effect_percent=-1), "$.rules[0].effect_percent"),
    ("a huge effect", rule(effect_percent=1e6), "$.rules[0].effect_percent"),
    ("an effect that is true", rule(effect_percent=True), "$.rules[0].effect_percent"),
    ("inconclusive: maybe", rule(inconclusive="maybe"), "$.rules[0].inconclusive"),
    ("the second rule", policy({}, {"gate": 1}), "$.rules[1].gate"),
    ("acknowledged without a reason", known(reason=None), "$.acknowledged[0].reason"),
    ("without a date", known(expires=None), "$.acknowledged[0].expires"),
    ("without a case", known(case=None), "$.acknowledged[0].case"),
    ("without a metric", known(metric=None), "$.acknowledged[0].metric"),
    ("an empty reason", known(reason=""), "$.acknowledged[0].reason"),
    ("a date in words", known(expires="never"), "$.acknowledged[0].expires"),
    ("a date with a time", known(expires="2026-12-31T00:00:00Z"), "$.acknowledged[0].expires"),
    ("a day that there is not", known(expires="2026-02-30"), "$.acknowledged[0].expires", BEYOND),
    ("an unknown key in it", known(until="2026-12-31"), "$.acknowledged[0].until"),
    ("gate in it", known(gate=False), "$.acknowledged[0].gate"),
]
FINE = [("empty", GOOD), ("without acknowledged", {k: v for k, v in GOOD.items() if k != "acknowledged"}), ("an empty rule", rule()),
        ("all keys", rule(part="*", case="*", metric="*", params="n=1", kind="exact", gate=True, effect_percent=0.5, inconclusive="fail", reason="r")),
        ("acknowledged", known(part="p", params="n=1"))]


def test_bad():
    with open(os.path.join(oracle.SCHEMAS, "ptbench-policy-1.schema.json"), encoding="utf-8") as f:
        schema = jsonschema.Draft202012Validator(json.load(f))
    base, same = save(doc(row()), "b.json"), save(doc(row()), "n.json")
    for text, p, where, *beyond in BAD:
        says(cli("gate", "--policy", save(p, "policy.json"), "--base", base, same), 2, [], [f"policy.json: {where}: "], f"refused: {text}")
        ok(schema.is_valid(p) == bool(beyond), f"  {'beyond' if beyond else 'so does'} the schema")
    for text, p in FINE:
        says(cli("gate", "--policy", save(p, "policy.json"), "--base", base, same), 0, [], text=f"accepted: {text}")
        ok(schema.is_valid(p), "  so does the schema")
    with open(DEFAULT, encoding="utf-8") as f:
        ok(schema.is_valid(json.load(f)), "the policy of the checkout keeps to the schema")
    for text, data in (("cut short", '{"format": "ptbench-policy", "ver'), ("a key twice", '{"format": "ptbench-policy", "version": 1, "rules": [], "rules": []}'),
                       ("a list", "[]"), ("NaN", '{"format": "ptbench-policy", "version": 1, "rules": [], "level": NaN}'), ("nothing", "")):
        with open(os.path.join(fixtures.TMP, "policy.json"), "w", encoding="utf-8") as f:
            f.write(data)
        says(cli("gate", "--policy", os.path.join(fixtures.TMP, "policy.json"), "--base", base, same), 2, [], ["policy.json: "], f"refused: {text}")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        for test in (test_rules, test_level, test_acknowledged, test_statuses, test_bad):
            test()
    oracle.done()


main()
