#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The writer's files conform to the JSON Schemas, and reader and schemas agree on what is good.

Each row of the tables changes a good file, says what the reader must do and where it must see the
fault. Rows marked BEYOND are what a schema cannot say: there the schema must accept."""

import copy
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import oracle
from oracle import ok, diag

GOOD = None  # stands in a row in place of a path: the reader must accept
BEYOND = "beyond the schema"
M, C = "$.measurements[0]", "$.checks[0]"


def put(*path):
    """A change: put(key, ..., value) sets, put(key, ...) with value DEL deletes."""
    *keys, last, value = path

    def change(doc):
        for k in keys:
            doc = doc[k]
        if value is DEL:
            del doc[last]
        else:
            doc[last] = value
    return change


DEL = object()
BIG = 2**53


def m(*path):
    return put("measurements", 0, *path)


def skipped(**more):
    row = {"case": "a/b", "params": {}, "subject": "ref", "skipped": "no"}
    row.update(more)
    return put("measurements", 0, {k: v for k, v in row.items() if v is not DEL})


def append(key, row):
    return lambda doc: doc[key].append(row)


def metric(name, unit, better, samples, discarded=0):
    """An exact measurement of that."""
    def change(doc):
        row = doc["measurements"][0]
        row.update(metric=name, unit=unit, better=better, samples=samples, kind="exact", discarded=discarded)
        row.pop("breakdown", None)
    return change


def again(key, **changes):
    return lambda doc: doc[key].append({**copy.deepcopy(doc[key][0]), **changes})


def shares(*items, **more):
    """A measurement of 31 times 5 whose breakdown has these (symbol, instructions)."""
    row = {"samples": [5] * 31, "metric": "instructions", "unit": "instructions", "better": "lower",
           "kind": "exact", "breakdown": [{"symbol": s, "instructions": n} for s, n in items]}
    row.update(more)
    return lambda doc: doc["measurements"][0].update(row)


A = "$.axes[0]"
V = A + ".values[0]"
FORMATS = ["s390x-4l", "x86_64-4k-48"]  # the values of the first axis
AXIS = {"key": "colour", "families": [], "means": "of what", "values": []}


def axis(**more):
    return lambda doc: doc["axes"][0].update(more)


def value(name, **more):
    return {"value": name, "label": name, "means": "it", "busted": False, **more}


def variants(*of):
    """As many values, among them those of the rows: each a variant of that one, or of none where it is itself."""
    names = [*FORMATS, *(f"v{i}" for i in range(len(of) - 2))]
    return [value(name, **({"of": names[k]} if k != i else {})) for i, (name, k) in enumerate(zip(names, of))]


def level(name, fold="no"):
    return {"level": name, "fold": fold}


def first(**more):
    return lambda doc: doc["axes"][0]["values"][0].update(more)


def guest(*scenarios, families=()):
    """A document of the scenario g: with that axis of scenarios, if there are any."""
    def change(doc):
        doc["provenance"]["subject"]["scenario"] = "g"
        if scenarios:
            doc["axes"].append({"key": "scenario", "families": list(families), "means": "which", "values": list(scenarios)})
    return change


S = "$.axes[2].values[0]"
B = M + ".breakdown"
RESULT = [
    ("nothing changed", lambda doc: None, GOOD),
    ("keys in another order", lambda doc: doc.update(format=doc.pop("format")), GOOD),
    ("rows in another order", lambda doc: doc["measurements"].reverse(), GOOD),
    ("no rows", lambda doc: doc.update(measurements=[], checks=[]), GOOD),
    ("no extra", put("extra", DEL), GOOD),
    ("anything in extra", put("extra", {"A b": [{"": None}], "x": 1e300}), GOOD),
    ("extra is a list", put("extra", []), "$.extra"),
    ("format is another", put("format", "ptbench"), "$.format"),
    ("format is missing", put("format", DEL), "$.format"),
    ("version 0", put("version", 0), "$.version"),
    ("version 3", put("version", 3), "$.version"),
    ("version 1, which has no axes", lambda doc: (doc.update(version=1), doc.pop("axes")), GOOD),
    ("version 1 with axes", put("version", 1), "$.axes"),
    ("version true", put("version", True), "$.version"),
    ("version in quotes", put("version", "1"), "$.version"),
    ("version 2.0", put("version", 2.0), "$.version", BEYOND),
    ("unknown key", put("colour", "red"), "$.colour"),
    *((f"{k} is missing", put(k, DEL), f"$.{k}") for k in
      ("part", "mode", "created", "command", "provenance", "measurements", "checks", "axes")),
    *((f"{k} is null", put(k, None), f"$.{k}") for k in
      ("part", "mode", "created", "command", "provenance", "measurements", "checks", "axes", "extra")),
    ("part climbs", put("part", "../x"), "$.part"),
    ("part with two dots", put("part", "a..b"), "$.part"),
    ("part of 129 characters", put("part", "a" * 129), "$.part"),
    ("part of 128 characters", put("part", "a" * 128), GOOD),
    ("part ends with a newline", put("part", "native\n"), "$.part"),
    ("mode is unknown", put("mode", "xen"), "$.mode"),
    ("created without Z", put("created", "2026-01-31T23:59:59"), "$.created"),
    ("created in month 13", put("created", "2026-13-01T00:00:00Z"), "$.created"),
    ("created on 30 February", put("created", "2026-02-30T00:00:00Z"), "$.created", BEYOND),
    ("created on 29 February 2024", put("created", "2024-02-29T23:59:60Z"), GOOD),
    ("created on 29 February 2100", put("created", "2100-02-29T00:00:00Z"), "$.created", BEYOND),
    ("created on 29 February 2000", put("created", "2000-02-29T00:00:00Z"), GOOD),
    ("created at 24 h", put("created", "2026-01-31T24:00:00Z"), "$.created"),
    ("created in other digits", put("created", "२026-01-31T23:59:59Z"), "$.created"),
    ("command is empty", put("command", ""), "$.command"),
    ("command of 16384 characters", put("command", "é" * 16384), GOOD),
    ("command of 16385 characters", put("command", "é" * 16385), "$.command"),
    ("half a surrogate", put("command", "\ud800"), "", BEYOND),
    ("NUL in a string", put("command", "a\0b"), "", BEYOND),
    ("environment is missing", put("provenance", "environment", DEL), "$.provenance.environment"),
    ("another block of provenance", put("provenance", "x", {}), "$.provenance.x"),
    ("environment with a number", put("provenance", "environment", "cpus", 2),
     "$.provenance.environment.cpus"),
    ("environment with a capital", put("provenance", "environment", "CPU", "x"),
     "$.provenance.environment"),
    ("subject with any key", put("provenance", "subject", "new_key", "\x1b"), GOOD),
    ("subject with an empty value", put("provenance", "subject", "patches", ""), GOOD),
    ("subject with 257 keys",
     put("provenance", "subject", {f"k{i}": "" for i in range(257)}), "$.provenance.subject"),
    ("subject with 256 keys", put("provenance", "subject", {f"k{i}": "" for i in range(256)}), GOOD),
    ("a measurement is a list", put("measurements", 0, []), M),
    ("an unknown key in a measurement", m("mean", 1), M + ".mean"),
    *((f"{k} of a measurement is missing", m(k, DEL), f"{M}.{k}") for k in
      ("case", "params", "subject", "metric", "unit", "kind", "better", "nr_ops", "samples")),
    ("discarded is missing", m("discarded", DEL), GOOD),
    ("discarded is 0", m("discarded", 0), GOOD),
    ("discarded is negative", m("discarded", -1), M + ".discarded"),
    ("discarded is null", m("discarded", None), M + ".discarded"),
    ("case without family", m("case", "walk"), M + ".case"),
    ("case with markup", m("case", "a/<script>"), M + ".case"),
    ("case of 129 characters", m("case", "a/" + "b" * 127), M + ".case"),
    ("case of 128 characters", lambda doc: doc["measurements"][0].update(case="a/" + "b" * 126, params={}), GOOD),
    ("subject of a measurement is unknown", m("subject", "windows"), M + ".subject"),
    ("metric is unknown", m("metric", "speed"), M + ".metric"),
    ("unit of another metric", m("unit", "ns"), M + ".unit"),
    ("better is a lie", m("better", "higher"), M + ".better"),
    ("kind is unknown", m("kind", "guessed"), M + ".kind"),
    ("nr_ops is 0", m("nr_ops", 0), M + ".nr_ops"),
    ("nr_ops is 2^53", m("nr_ops", BIG), M + ".nr_ops"),
    ("nr_ops is 2^53 - 1", m("nr_ops", BIG - 1), GOOD),
    ("nr_ops is 1.0", m("nr_ops", 1.0), M + ".nr_ops", BEYOND),
    ("nr_ops is true", m("nr_ops", True), M + ".nr_ops"),
    ("no samples", m("samples", []), M + ".samples"),
    ("samples is a number", m("samples", 5), M + ".samples"),
    ("a sample is text", m("samples", [1, "1"]), M + ".samples[1]"),
    ("a sample is null", m("samples", [None]), M + ".samples[0]"),
    ("a sample is negative", m("samples", [-1]), M + ".samples[0]"),
    ("a sample is 2^53", m("samples", [BIG]), M + ".samples[0]"),
    ("an exact sample has a fraction", m("samples", [0.5]), M + ".samples[0]"),
    ("an exact sample is 1.0", m("samples", [1.0] * 31), M + ".samples[0]", BEYOND),
    ("65537 samples", m("samples", [1] * 65537), M + ".samples"),
    ("65536 samples", m("samples", [1] * 65536), GOOD),
    ("28 of 31 agree", m("samples", [1] * 28 + [2] * 3), GOOD),
    ("27 of 31 agree", m("samples", [1] * 27 + [2] * 4), M + ".kind", BEYOND),
    ("27 of 31 agree, deterministic",
     lambda doc: doc["measurements"][0].update(samples=[1] * 27 + [2] * 4, kind="deterministic"), GOOD),
    ("30 samples of instructions", m("samples", [1] * 30), M + ".kind"),
    ("one sample of instructions", m("samples", [1]), M + ".kind"),
    ("one sample of instructions, deterministic",
     lambda doc: doc["measurements"][0].update(samples=[1], kind="deterministic"), GOOD),
    ("30 samples of a time", metric("irqs_off_time", "ns", "lower", [1] * 30), M + ".kind"),
    ("31 samples of a time", metric("irqs_off_time", "ns", "lower", [1] * 31), GOOD),
    ("4 windows of events", metric("ipis_sent", "interrupts", "neither", [1] * 4), M + ".kind"),
    ("9 windows of events, and another", metric("ipis_sent", "interrupts", "neither", [1] * 9 + [512]), M + ".kind", BEYOND),
    ("5 windows of events, one thrown away", metric("ipis_sent", "interrupts", "neither", [1] * 5, 1), M + ".kind"),
    ("31 windows of a cost, nine thrown away", metric("instructions", "instructions", "lower", [1] * 31, 9), GOOD),
    ("5 windows of events", metric("ipis_sent", "interrupts", "neither", [1] * 5), GOOD),
    ("5 windows of events, one of them another",
     metric("tables_freed", "tables", "neither", [1] * 4 + [2]), M + ".kind", BEYOND),
    ("code is read once", metric("code_bytes", "bytes", "lower", [1]), GOOD),
    ("a deterministic sample has a fraction",
     lambda doc: doc["measurements"][0].update(samples=[1.5], kind="deterministic"), M + ".samples[0]"),
    ("sampled fractions",
     lambda doc: doc["measurements"][0].update(samples=[1.5, 0, 1e-300], kind="sampled"), GOOD),
    ("a sampled negative",
     lambda doc: doc["measurements"][0].update(samples=[1.5, -1e-9], kind="sampled"), M + ".samples[1]"),
    ("a sampled 1e300",
     lambda doc: doc["measurements"][0].update(samples=[1e300], kind="sampled"), M + ".samples[0]"),
    ("a breakdown", shares(("gup_fast", 3), ("[user]", 2)), GOOD),
    ("a breakdown in another order", shares(("b", 2), ("a", 3)), GOOD),
    ("fewer than in the empty window", shares(("a", 7), ("b", -2)), GOOD),
    ("a breakdown of deferred instructions",
     shares(("a", 5), metric="instructions_deferred"), GOOD),
    ("a breakdown that lacks one", shares(("a", 3), ("b", 1)), B, BEYOND),
    ("a breakdown with one too many", shares(("a", 3), ("b", 3)), B, BEYOND),
    ("a breakdown of the mode, not of the last",
     shares(("a", 5), samples=[5] * 30 + [6]), GOOD),
    ("of two modes the larger", shares(("a", 6), samples=[5, 5, 6, 6], kind="deterministic"), B, BEYOND),
    ("of two modes the smaller", shares(("a", 5), samples=[6, 6, 5, 5], kind="deterministic"), GOOD),
    ("a symbol twice", shares(("a", 3), ("b", 1), ("a", 1)), B, BEYOND),
    ("a symbol with 0", shares(("a", 5), ("b", 0)), B + "[1].instructions"),
    ("a symbol with 5.0", shares(("a", 5.0)), B + "[0].instructions", BEYOND),
    ("a symbol with true", shares(("a", True), ("b", 4)), B + "[0].instructions"),
    ("a symbol with 2^53", shares(("a", BIG), ("b", 5 - BIG)), B + "[0].instructions"),
    ("a symbol with 2^53 - 1", shares(("a", BIG - 1), ("b", 6 - BIG)), GOOD),
    ("a symbol without a name", shares(("", 5)), B + "[0].symbol"),
    ("a symbol with a blank", shares(("a b", 5)), B + "[0].symbol"),
    ("a symbol with a newline", shares(("a\n", 5)), B + "[0].symbol"),
    ("a symbol beyond ASCII", shares(("é", 5)), B + "[0].symbol"),
    ("a symbol of 129 characters", shares(("a" * 129, 5)), B + "[0].symbol"),
    ("a symbol of 128 characters", shares(("a" * 128, 5)), GOOD),
    ("a symbol is null", shares((None, 5)), B + "[0].symbol"),
    ("an unknown key beside a symbol",
     shares(breakdown=[{"symbol": "a", "instructions": 5, "share": 1}]), B + "[0].share"),
    ("a symbol without a count", shares(breakdown=[{"symbol": "a"}]), B + "[0].instructions"),
    ("an empty breakdown", shares(), B),
    ("breakdown is null", shares(breakdown=None), B),
    ("breakdown is an object", shares(breakdown={"a": 5}), B),
    ("4096 symbols", shares(*((f"s{i}", 1) for i in range(4096)), samples=[4096] * 31), GOOD),
    ("4097 symbols", shares(*((f"s{i}", 1) for i in range(4097)), samples=[4097] * 31), B),
    ("a breakdown of what is sampled", shares(("a", 5), kind="sampled"), B),
    ("a breakdown of bytes", shares(("a", 5), metric="code_bytes", unit="bytes"), B),
    ("skipped, with a breakdown", skipped(breakdown=[{"symbol": "a", "instructions": 5}]), B),
    ("a row twice", again("measurements"), None, BEYOND),
    ("a row twice but for the samples", again("measurements", samples=[7] * 31), None, BEYOND),
    ("a row of another subject", again("measurements", subject="liburcu"), GOOD),
    ("params is a list", m("params", []), M + ".params"),
    ("a parameter is a real", m("params", {"n": 1.5}), M + ".params.n"),
    ("a parameter is 1.0", m("params", {"n": 1.0}), M + ".params.n", BEYOND),
    ("a parameter is true", m("params", {"n": True}), M + ".params.n"),
    ("a parameter is 2^53", m("params", {"n": BIG}), M + ".params.n"),
    ("a parameter is -2^53 + 1", m("params", {"n": 1 - BIG}), GOOD),
    ("a parameter is an object", m("params", {"n": {}}), M + ".params.n"),
    ("a parameter is an empty string", m("params", {"n": ""}), M + ".params.n"),
    ("a parameter is a number in quotes", m("params", {"n": "12"}), M + ".params.n"),
    ("a parameter is hexadecimal", m("params", {"n": "0x7f0000000000"}), GOOD),
    ("a parameter with a comma", m("params", {"n": "a,b"}), M + ".params.n"),
    ("a parameter with an escape", m("params", {"n": "a\x1bb"}), M + ".params.n"),
    ("a parameter with markup", m("params", {"n": "<b>&\"' é"}), GOOD),
    ("a parameter of 257 characters", m("params", {"n": "é" * 257}), M + ".params.n"),
    ("a parameter of 256 characters", m("params", {"n": "é" * 256}), GOOD),
    ("a parameter's name with a dash", m("params", {"a-b": 1}), M + ".params"),
    ("17 parameters", m("params", {f"p{i}": i for i in range(17)}), M + ".params"),
    ("16 parameters", lambda doc: (m("params", {f"p{i}": i for i in range(16)})(doc), doc["axes"].extend(
        AXIS | {"key": f"p{i}"} for i in range(16))), GOOD),
    ("skipped", skipped(), GOOD),
    ("skipped without a reason", skipped(skipped=""), M + ".skipped"),
    ("skipped is null", skipped(skipped=None), M + ".skipped"),
    ("skipped with a metric", skipped(metric="time"), M + ".metric"),
    ("skipped without params", skipped(params=DEL), M + ".params"),
    ("skipped and measured", lambda doc: doc["measurements"].append(
        {**{k: doc["measurements"][0][k] for k in ("case", "params", "subject")}, "skipped": "x"}),
     None, BEYOND),
    ("an unknown key in a check", put("checks", 0, "x", 1), C + ".x"),
    *((f"{k} of a check is missing", put("checks", 0, k, DEL), f"{C}.{k}") for k in
      ("id", "params", "expect", "seen", "ok")),
    ("ok is 1", put("checks", 0, "ok", 1), C + ".ok"),
    ("ok is null", put("checks", 0, "ok", None), C + ".ok"),
    ("a check's name with a blank", put("checks", 0, "id", "a b"), C + ".id"),
    ("a check expects nothing", put("checks", 0, "expect", ""), C + ".expect"),
    ("a check saw nothing", put("checks", 0, "seen", ""), GOOD),
    ("a check twice", again("checks", ok=True), None, BEYOND),
    ("no axes", put("axes", []), M + ".params.format", BEYOND),
    ("no axes and no params", lambda doc: (put("axes", [])(doc), [
        row["params"].clear() for row in doc["measurements"][:1] + doc["checks"][:1]], doc.update(
        measurements=doc["measurements"][:1], checks=doc["checks"][:1])), GOOD),
    ("no axis of a row's integer", put("axes", 1, DEL), M + ".params.n", BEYOND),
    ("no axis in a row's family", axis(families=["table_free"]), M + ".params.format", BEYOND),
    ("no axis of a check's param", put("checks", 0, "params", "why", 1), C + ".params.why", BEYOND),
    ("axes in another order", lambda doc: doc["axes"].reverse(), GOOD),
    ("axes is an object", put("axes", {}), "$.axes"),
    ("an axis is a name", put("axes", 0, "format"), A),
    ("an unknown key of an axis", axis(x=1), A + ".x"),
    *((f"{k} of an axis is missing", put("axes", 0, k, DEL), f"{A}.{k}") for k in
      ("key", "families", "means", "values")),
    ("an axis of no key", axis(key="A b"), A + ".key"),
    ("an axis means nothing", axis(means=""), A + ".means"),
    ("an axis of every family", axis(families=[]), GOOD),
    ("an axis of a case", axis(families=["gup_fast/walk"]), A + ".families[0]"),
    ("a family is a number", axis(families=[1]), A + ".families[0]"),
    ("a family twice", axis(families=["kmap", "thp", "kmap"]), A + ".families[2]"),
    ("65 families", axis(families=[f"f{i}" for i in range(65)]), A + ".families"),
    ("64 families", axis(families=["gup_fast", *(f"f{i}" for i in range(63))]), GOOD),
    ("an axis without values", axis(values=[]), GOOD),
    ("1025 values", axis(values=[value(f"v{i}") for i in range(1025)]), A + ".values"),
    ("1024 values", axis(values=[*map(value, FORMATS), *(value(f"v{i}") for i in range(1022))]), GOOD),
    ("an axis twice", again("axes"), "$.axes[2].key", BEYOND),
    ("an axis twice, of other families", again("axes", families=["kmap"]), GOOD),
    ("an axis again, of every family", again("axes", families=[], values=[]), "$.axes[2].key", BEYOND),
    ("an axis that has every family already", lambda doc: (
        axis(families=[], values=[])(doc), again("axes", families=["kmap"])(doc)), "$.axes[2].key", BEYOND),
    ("65 axes", put("axes", [AXIS | {"key": f"k{i}"} for i in range(65)]), "$.axes"),
    ("64 axes", lambda doc: doc["axes"].extend(AXIS | {"key": f"k{i}"} for i in range(62)), GOOD),
    ("a value is a name", axis(values=["x"]), V),
    ("an unknown key of a value", first(x=1), V + ".x"),
    *((f"{k} of a value is missing", put("axes", 0, "values", 0, k, DEL), f"{V}.{k}") for k in
      ("value", "label", "means", "busted")),
    ("a value of no row", axis(values=[value("other"), *map(value, FORMATS)]), GOOD),
    ("a row's value is not there", axis(values=[value("other")]), None, BEYOND),
    ("a row's value is not there, in another family", again("axes", families=["kmap"], values=[value("other")]), GOOD),
    ("a row's integer is not there", put("axes", 1, "values", [value("x")]), M + ".params.n", BEYOND),
    ("a check's value is not there", lambda doc: (
        append("axes", AXIS | {"key": "why", "values": [value("x")]})(doc),
        doc["checks"][0]["params"].update(why="y")), C + ".params.why", BEYOND),
    ("a value in digits", axis(values=[value("12")]), V + ".value"),
    ("a value with a comma", axis(values=[value("a,b")]), V + ".value"),
    ("a value is empty", axis(values=[value("")]), V + ".value"),
    ("a value twice", axis(values=[*map(value, FORMATS), value(FORMATS[0])]), A + ".values[2].value", BEYOND),
    ("a label is empty", first(label=""), V + ".label"),
    ("a label with markup", first(label="<b>\x1b"), GOOD),
    *((f"a label with {end!r}", first(label="a" + end + "b"), V + ".label") for end in ("\n", "\r")),
    ("a label that ends its line", first(label="a\n"), V + ".label"),
    ("a meaning of two lines", first(means="a\nb"), GOOD),
    ("busted is 1", first(busted=1), V + ".busted"),
    ("busted", first(busted=True), GOOD),
    ("a variant of another", axis(values=variants(0, 0)), GOOD),
    ("a variant of itself", first(of=FORMATS[0]), V + ".of", BEYOND),
    ("a variant of what is not there", first(of="x"), V + ".of", BEYOND),
    ("a variant of null", first(of=None), V + ".of"),
    ("a variant of a variant", axis(values=variants(1, 2, 2)), GOOD),
    ("two variants of each other", axis(values=variants(1, 0)), V + ".of", BEYOND),
    ("a circle of three that a fourth leads into", axis(values=variants(1, 3, 1, 2)),
     A + ".values[1].of", BEYOND),
    *((f"a label of {blank!r}", first(label=blank), V + ".label") for blank in (" ", "\t \t", "\v\f")),
    ("a label that begins with a blank", first(label=" a "), GOOD),
    ("a guest without an axis of scenarios", guest(), "$.axes"),
    ("a guest whose scenario is in the axis", guest(value("g")), GOOD),
    ("a guest whose scenario is not in the axis", guest(value("h")), "$.axes", BEYOND),
    ("a guest whose axis of scenarios is of a family", guest(value("g"), families=["kmap"]), "$.axes"),
    ("a guest's document of version 1", lambda doc: (
        guest()(doc), doc.update(version=1), doc.pop("axes")), GOOD),
    ("a busted stock scenario", guest(value("g", busted=True)), S + ".busted"),
    ("a busted variant", guest(value("g", busted=True, of="h"), value("h")), GOOD),
    ("no levels", first(levels=[]), GOOD),
    ("levels of what is no format", put("axes", 1, "values", [value("x", levels=[level("pmd")])]),
     "$.axes[1].values[0].levels", BEYOND),
    ("no levels of what is no format", append("axes", AXIS | {"key": "why", "values": [value("x", levels=[])]}), GOOD),
    ("levels is null", first(levels=None), V + ".levels"),
    ("each way to fold", first(levels=[level(f"l{f}", f) for f in ("no", "compiled", "boot", "mm")]), GOOD),
    ("another way to fold", first(levels=[level("p4d", "yes")]), V + ".levels[0].fold"),
    ("a level without a name", first(levels=[level("")]), V + ".levels[0].level"),
    ("a level twice", first(levels=[level("pmd"), level("pmd", "mm")]), V + ".levels[1].level", BEYOND),
    ("a level below one that it is above", first(levels=[level("pmd"), level("pte"), level("pud")]),
     V + ".levels[2].level", BEYOND),
    ("levels from the bottom", first(levels=[level("pte"), level("pgd")]), V + ".levels[1].level", BEYOND),
    ("levels in order, with one that the kernel has not", first(levels=[level("pgd"), level("x"), level("pte")]), GOOD),
    ("17 levels", first(levels=[level(f"l{i}") for i in range(17)]), V + ".levels"),
    ("16 levels", first(levels=[level(f"l{i}") for i in range(16)]), GOOD),
    ("an unknown key of a level", first(levels=[level("pmd") | {"x": 1}]), V + ".levels[0].x"),
    ("nested 16 deep", put("extra", json.loads('{"a":' + "[" * 14 + "]" * 14 + "}")), GOOD),
    ("nested 17 deep", put("extra", json.loads('{"a":' + "[" * 15 + "]" * 15 + "}")), "", BEYOND),
]

P = "$.parts[0]"


def part(**more):
    return lambda run: run["parts"][0].update(**more)


RUN = [
    ("nothing changed", lambda run: None, GOOD),
    ("no parts", put("parts", []), GOOD),
    ("unknown key", put("x", 1), "$.x"),
    *((f"{k} is missing", put(k, DEL), f"$.{k}") for k in
      ("format", "version", "command", "started", "finished", "revision", "state", "parts")),
    ("finished is null", put("finished", None), "$.finished"),
    ("finished is null, partial", lambda run: run.update(finished=None, state="partial"), GOOD),
    ("finished, partial", put("state", "partial"), GOOD),
    ("started on 31 April", put("started", "2026-04-31T00:00:00Z"), "$.started", BEYOND),
    ("finished yesterday", put("finished", "yesterday"), "$.finished"),
    ("state is unknown", put("state", "done"), "$.state"),
    ("revision climbs", put("revision", "../.."), "$.revision"),
    ("revision is a tag with slashes", put("revision", "rel/v1.0-3-gabc-dirty"), GOOD),
    ("revision of 128 characters", put("revision", "a/" * 64), GOOD),
    ("revision of 129 characters", put("revision", "a" * 129), "$.revision"),
    *((f"revision {r!r}", put("revision", r), "$.revision")
      for r in ("", "a b", "a\n", "a\x1b", "/a", "a/../b", "a\u202e", "a\"")),
    ("a part is a name", put("parts", 0, "native"), P),
    *((f"{k} of a part is missing", put("parts", 0, k, DEL), f"{P}.{k}") for k in
      ("name", "file", "state", "reason")),
    ("a file that climbs", part(file="../x.json"), P + ".file"),
    ("a file in a folder", part(file="a/x.json"), P + ".file"),
    ("a file from the root", part(file="/etc/passwd"), P + ".file"),
    ("a file called ..", part(file=".."), P + ".file"),
    ("a hidden file", part(file=".x"), P + ".file"),
    ("passed without a file", part(file=None), P + ".file"),
    ("passed with a reason", part(reason="x"), P + ".reason"),
    ("failed without a reason", part(state="failed"), P + ".reason"),
    ("failed with an empty reason", part(state="failed", reason=""), P + ".reason"),
    ("failed with a reason and a file", part(state="failed", reason="hang"), GOOD),
    ("skipped, no file", part(state="skipped", reason="no KVM", file=None), GOOD),
    ("a part twice", again("parts"), None, BEYOND),
    ("4097 parts", lambda run: run.update(parts=[dict(run["parts"][0], name=f"p{i}")
                                                 for i in range(4097)]), "$.parts"),
]


# Rows of explore.json: one model of each verdict, in this order.
CLEAN, CAUGHT, BROKEN, SURVIVED, OTHER, HELD = (f"$.models[{i}]" for i in range(6))
F = CAUGHT + ".failure"


def model(index, **more):
    return lambda doc: doc["models"][index].update(more)


def failure(**more):
    return lambda doc: doc["models"][1]["failure"].update(more)


def step(**more):
    return lambda doc: doc["models"][1]["failure"]["steps"][4].update(more)


def long(doc):
    """10,001 steps, of which the first 10,000 stand there."""
    f = doc["models"][1]["failure"]
    f.update(nr_steps=10001, steps=f["steps"] * 2000)


def too_long(doc):
    long(doc)
    doc["models"][1]["failure"]["steps"].append(doc["models"][1]["failure"]["steps"][0])


EXPLORE = [
    ("nothing changed", lambda doc: None, GOOD),
    ("no models", put("models", []), GOOD),
    ("no models, incomplete", lambda doc: doc.update(models=[], complete=False), GOOD),
    ("models in another order", lambda doc: doc["models"].reverse(), GOOD),
    ("unknown key", put("x", 1), "$.x"),
    ("extra", put("extra", {}), "$.extra"),
    *((f"{k} is missing", put(k, DEL), f"$.{k}") for k in
      ("format", "version", "revision", "command", "created", "claim", "complete", "models")),
    *((f"{k} is null", put(k, None), f"$.{k}") for k in
      ("revision", "command", "created", "claim", "complete", "models")),
    ("version 2", put("version", 2), "$.version"),
    ("revision climbs", put("revision", "../.."), "$.revision"),
    ("revision is a tag with slashes", put("revision", "rel/v1.0-3-gabc-dirty"), GOOD),
    ("created on 31 April", put("created", "2026-04-31T00:00:00Z"), "$.created", BEYOND),
    ("claim is empty", put("claim", ""), "$.claim"),
    ("a stand-in", put("stand_in", "/x/explore"), GOOD),
    ("a stand-in without a name", put("stand_in", ""), "$.stand_in"),
    ("a stand-in that is null", put("stand_in", None), "$.stand_in"),
    ("complete is 1", put("complete", 1), "$.complete"),
    ("4097 models", lambda doc: doc.update(models=[dict(doc["models"][0], variant=f"v{i}")
                                                   for i in range(4097)]), "$.models"),
    ("a model twice", again("models"), "$.models", BEYOND),
    ("a model of the same variant elsewhere", again("models", mechanism="kmap"), GOOD),
    ("a model is a name", put("models", 0, "gup/x"), CLEAN),
    ("an unknown key of a model", model(0, x=1), CLEAN + ".x"),
    *((f"{k} of a model is missing", put("models", 0, k, DEL), f"{CLEAN}.{k}") for k in
      ("mechanism", "variant", "summary", "busted", "caught_by", "mode", "method", "bound", "nr_cpus",
       "schedules", "steps", "states", "seconds", "complete", "verdict", "failure")),
    ("a mechanism with a slash", model(0, mechanism="a/b"), CLEAN + ".mechanism"),
    ("a variant with a blank", model(0, variant="a b"), CLEAN + ".variant"),
    ("a variant of 129 characters", model(0, variant="a" * 129), CLEAN + ".variant"),
    ("no summary", model(0, summary=""), CLEAN + ".summary"),
    ("mode is unknown", model(0, mode="tso"), CLEAN + ".mode"),
    ("mode store-buffer", model(0, mode="store-buffer"), GOOD),
    ("method is unknown", model(0, method="random"), CLEAN + ".method"),
    ("bound is negative", model(0, bound=-1), CLEAN + ".bound"),
    ("bound is 0", model(0, bound=0), GOOD),
    ("bound is 2^31", model(0, bound=2**31), CLEAN + ".bound"),
    ("bound is 3.0", model(0, bound=3.0), CLEAN + ".bound", BEYOND),
    ("no CPU", model(0, nr_cpus=0), CLEAN + ".nr_cpus"),
    ("64 CPUs", model(0, nr_cpus=64), GOOD),
    ("65 CPUs", model(0, nr_cpus=65), CLEAN + ".nr_cpus"),
    *((f"{k} is 2^53", model(0, **{k: BIG}), f"{CLEAN}.{k}") for k in
      ("schedules", "steps", "states", "seconds")),
    *((f"{k} is -1", model(0, **{k: -1}), f"{CLEAN}.{k}") for k in
      ("schedules", "steps", "states", "seconds")),
    ("schedules is 1.5", model(0, schedules=1.5), CLEAN + ".schedules"),
    ("seconds is an integer", model(0, seconds=2), GOOD),
    ("seconds is in quotes", model(0, seconds="2"), CLEAN + ".seconds"),
    ("verdict is unknown", model(0, verdict="fine"), CLEAN + ".verdict"),
    ("a good model that has to break", model(0, caught_by="deadlock"), CLEAN + ".caught_by"),
    ("a busted model that has not", model(1, caught_by=None), CAUGHT + ".caught_by"),
    ("code that is to be correct", model(0, busted_code=None), GOOD),
    ("the code of a variant that is not here", model(0, busted_code="elsewhere"), GOOD),
    ("the code of a busted one", lambda doc: doc["models"][0].update(busted_code=doc["models"][1]["variant"]), GOOD),
    ("the code of a good one", lambda doc: doc["models"][0].update(busted_code=doc["models"][2]["variant"]),
     CLEAN + ".busted_code", BEYOND),
    ("busted, and another's code", model(1, busted_code="x"), CAUGHT + ".busted_code"),
    ("the code of no name", model(0, busted_code="a b"), CLEAN + ".busted_code"),
    ("busted_code is true", model(0, busted_code=True), CLEAN + ".busted_code"),
    ("clean and busted", model(0, busted=True, caught_by="x"), CLEAN + ".busted"),
    ("caught and good", model(1, busted=False, caught_by=None), CAUGHT + ".busted"),
    ("broken and busted", model(2, busted=True, caught_by="x"), BROKEN + ".busted"),
    ("survived and good", model(3, busted=False, caught_by=None), SURVIVED + ".busted"),
    ("held and busted", model(5, busted=True, caught_by="x"), GOOD),
    ("clean with a failure", lambda doc: doc["models"][0].update(failure=doc["models"][1]["failure"]),
     CLEAN + ".failure"),
    *((f"{name} without a failure", model(i, failure=None), f"$.models[{i}].failure") for i, name in
      ((1, "caught"), (2, "broken"), (4, "another invariant"))),
    ("clean, and not all was visited", model(0, complete=False), CLEAN + ".complete"),
    ("survived, and not all was visited", model(3, complete=False), SURVIVED + ".complete"),
    ("caught, and all was visited", model(1, complete=True), GOOD),
    ("clean in a replay", model(0, method="replay"), CLEAN + ".method"),
    ("caught in a replay", model(1, method="replay"), GOOD),
    ("held, and no replay", model(5, method="full"), HELD + ".method"),
    ("held, and all was visited", model(5, complete=True), HELD + ".complete"),
    ("unfinished in what is complete", model(0, verdict="unfinished", complete=False),
     CLEAN + ".verdict"),
    ("unfinished", lambda doc: (doc.update(complete=False),
                                doc["models"][0].update(verdict="unfinished", complete=False)), GOOD),
    ("caught by another invariant than named", model(1, caught_by="livelock"), CAUGHT + ".verdict",
     BEYOND),
    ("another invariant is the one named", model(4, caught_by="read of a freed table"),
     OTHER + ".verdict", BEYOND),
    ("an unknown key of a failure", failure(x=1), F + ".x"),
    *((f"{k} of a failure is missing", put("models", 1, "failure", k, DEL), f"{F}.{k}") for k in
      ("invariant", "why", "schedule", "preemptions", "nr_steps", "steps")),
    ("a failure is a list", model(1, failure=[]), F),
    ("an invariant without a name", failure(invariant=""), F + ".invariant"),
    ("no reason", failure(why=""), GOOD),
    ("no schedule", failure(schedule=""), F + ".schedule"),
    ("a schedule with a blank", failure(schedule="1 2"), F + ".schedule"),
    ("a schedule with a newline", failure(schedule="12\n"), F + ".schedule"),
    ("preemptions is null", failure(preemptions=None), F + ".preemptions"),
    ("a step too few", lambda doc: doc["models"][1]["failure"]["steps"].pop(), F + ".steps", BEYOND),
    ("no steps", failure(steps=[], nr_steps=0), GOOD),
    ("10,001 steps", long, GOOD),
    ("10,001 steps and all there", too_long, F + ".steps"),
    ("an unknown key of a step", step(x=1), F + ".steps[4].x"),
    *((f"{k} of a step is missing", put("models", 1, "failure", "steps", 4, k, DEL),
       f"{F}.steps[4].{k}") for k in ("cpu", "context", "task", "site", "text")),
    ("a step on a third CPU of two", step(cpu=2), F + ".steps[4].cpu", BEYOND),
    ("a step on CPU 64", step(cpu=64), F + ".steps[4].cpu"),
    ("a step on CPU -1", step(cpu=-1), F + ".steps[4].cpu"),
    ("a step in no context", step(context="idle"), F + ".steps[4].context"),
    ("a step of nobody", step(task=""), F + ".steps[4].task"),
    ("a step of which nothing is known", step(site="", text=""), GOOD),
    ("a step with escapes and markup", step(site="\x1b[2J", text="<script>\n\"'&"), GOOD),
    ("a step with half a surrogate", step(text="\udc00"), "", BEYOND),
]


def judge(tmp, table, base, validators, title):
    files, values = [], []
    for i, row in enumerate(table):
        value = copy.deepcopy(base)
        row[1](value)
        values.append(value)
        files.append(os.path.join(tmp, f"{title}{i}.json"))
        with open(files[-1], "w", encoding="ascii") as f:
            json.dump(value, f)
    verdicts, process = oracle.probe_read(files)
    if not ok(process.returncode == 0 and len(verdicts) == len(files),
              f"{title}: the reader lives through all {len(files)} files"):
        diag(process.stderr)
        oracle.done()
    for row, value, seen in zip(table, values, verdicts):
        good = row[2] is GOOD and BEYOND not in row
        schema = oracle.schema_of(validators, value).is_valid(value)
        right = (seen[0] == "accept") == good and schema == (good or BEYOND in row)
        if not good and row[2] is not None:
            right = right and seen[1] == row[2]
        text = "accepted" if good else "refused, " + BEYOND if BEYOND in row else "refused"
        if not ok(right, f"{title}: {row[0]}: {text}"):
            diag(f"reader {seen}, schema {'accepts' if schema else 'refuses'}, expected at {row[2]}")


def test_metrics(validators):
    lines = subprocess.run([oracle.program("probe"), "metrics"], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    branches = validators["ptbench-result"].schema["$defs"]["measured"]["anyOf"]
    defs = validators["ptbench-result"].schema["$defs"]
    listed = ["\t".join(b["properties"][k]["const"] for k in ("metric", "unit", "better")) + "\t" +
              str(defs[b["$ref"].split("/")[-1]]["then"]["properties"]["samples"]["minItems"]
                  if "$ref" in b else 1) for b in branches]
    if not ok(listed == lines, f"the schema's {len(listed)} metrics are those of metrics.h"):
        diag("only one has: " + ", ".join(sorted(set(listed) ^ set(lines))))


def main():
    validators = oracle.load_schemas()
    if validators is None:
        oracle.skip_all("python3-jsonschema is not installed")
    test_metrics(validators)
    with tempfile.TemporaryDirectory() as tmp:
        run_dir = subprocess.run([oracle.program("probe"), "make", tmp], capture_output=True,
                                 text=True, check=True).stdout.strip()
        values = {}
        for path in ("rich.json", "small.json", "empty.json", "explore.json", "explore-cut.json",
                     "explore-none.json", run_dir + "/run.json"):
            with open(os.path.join(tmp, path), encoding="utf-8") as f:
                values[path] = json.load(f)
            errors = list(oracle.schema_of(validators, values[path]).iter_errors(values[path]))
            ok(not errors, f"what is written conforms: {os.path.basename(path)}")
            for e in errors[:3]:
                diag(e.message)
        base = values["rich.json"]
        # An exact measurement of instructions first, a failed check first.
        base["measurements"].sort(key=lambda r: (r.get("metric") != "instructions" or
                                                 r["kind"] != "exact"))
        base["checks"].sort(key=lambda c: c["ok"])
        base["axes"].sort(key=lambda a: a["key"] != "format")
        judge(tmp, RESULT, base, validators, "result")
        judge(tmp, RUN, values[run_dir + "/run.json"], validators, "run")
        judge(tmp, EXPLORE, values["explore.json"], validators, "explore")
    oracle.done()


main()
