#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench compare, by tables: every pair of kinds, of checks, of states of a part and of contents, in
both directions, with the exit status and what is said of it. 0 only for what was judged and is well."""

import copy
import itertools
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import fixtures
from fixtures import IPIS, N, READS, TIME, check, cli, doc, explored, failed, passed, row, save, save_run, says
import oracle
from oracle import ok


def compare(text, base, new, status, out, *options, absent=(), same_image=False):
    """base and new are documents or lists of documents; the new ones get another image."""
    args = []
    for i, d in enumerate(base if isinstance(base, list) else [base]):
        args += ["--base", save(d, f"base{i}.json")]
    for i, d in enumerate(new if isinstance(new, list) else [new]):
        args.append(save(d if same_image else of_image(d, "bb"), f"new{i}.json"))
    says(cli("compare", *options, *args), status, out, text=text, absent=absent)


def of_image(d, image):
    d = copy.deepcopy(d)
    d["provenance"]["subject"]["image_sha256"] = image
    return d


# ---- kinds ----

# Around 400, far above, far below.
SAMPLES = {
    "exact": lambda x: [x] * N,
    "deterministic": lambda x: [x] * 20 + [x + 1, x + 2] * 5,
    "sampled": lambda x: [x + i / 10 for i in range(N)],
}
# An overlap: the exact value, the mode or the median is another one.
OVERLAP = {
    "exact": lambda x: [x + 1] * N,
    "deterministic": lambda x: [x + 1] * 20 + [x] * 10,
    "sampled": lambda x: [x - 1 + i / 10 for i in range(N)],
}
# By the kinds of both sides: the exit status when all samples are worse, when all are better, when
# they overlap, and when they overlap beside an exact row that is equal.
KINDS = {
    ("exact", "exact"): (1, 0, 1, 1),  # exact values have no overlap
    ("exact", "deterministic"): (1, 0, 3, 3),
    ("exact", "sampled"): (1, 0, 3, 3),
    ("deterministic", "exact"): (1, 0, 3, 3),
    ("deterministic", "deterministic"): (1, 0, 3, 3),
    ("deterministic", "sampled"): (1, 0, 3, 3),
    ("sampled", "exact"): (1, 0, 3, 3),
    ("sampled", "deterministic"): (1, 0, 3, 3),
    ("sampled", "sampled"): (3, 3, 3, 3),  # of one process; the others: test_sampled()
}
METRICS = {"lower": {}, "neither": IPIS, "higher": READS}


def test_kinds():
    for (a, b), (worse, better, overlap, beside) in KINDS.items():
        for direction, metric in METRICS.items():
            def side(kind, samples):
                return row(**{**metric, "kind": kind, "samples": samples})
            base = side(a, SAMPLES[a](400))
            for moved, new in (("above", side(b, SAMPLES[b](4000))), ("below", side(b, SAMPLES[b](40)))):
                good = (moved == "below") == (direction == "lower") and direction != "neither"
                status = better if good else worse
                word = {0: "improved", 1: "CHANGED" if direction == "neither" else "REGRESSED",
                        3: "too few values, 1 and 1 values"}[status]
                compare(f"{a} to {b}, {moved}, {direction} is better: {status}", doc(base), doc(new), status, [word])
            if (a, b) == ("exact", "exact"):
                overlap = beside = 0 if direction == "higher" else 1
            if (a, b) == ("deterministic", "deterministic"):  # by 0.25 %: of a count of events that counts
                overlap = beside = 3 if direction == "neither" else 0
            new = side(b, OVERLAP[b](400))
            compare(f"{a} to {b}, overlapping, {direction} is better: {overlap}", doc(base), doc(new), overlap,
                    ["1 row is inconclusive"] if overlap == 3 else [])
            compare(f"and beside another row: {beside}", doc(base, row("kmap/pair")), doc(new, row("kmap/pair")),
                    beside, ["judged: "])
            status = 1 if "exact" in (a, b) else 3
            compare(f"and when repeats are to be equal: {status}", doc(base), doc(new), status, [], "-e")


def test_noise():
    """Deterministic on both sides."""
    loose = row(kind="deterministic", samples=[500] * 20 + [501] * 6 + [510] * 5)
    wider = row(kind="deterministic", samples=[500] * 20 + [501] * 6 + [900] * 5)
    median = row(kind="deterministic", samples=[500] * 14 + [501] * 6 + [510] * 11)
    mode = row(kind="deterministic", samples=[500] * 13 + [501] * 18)
    compare("the same noise", doc(loose), doc(loose), 0, ["1 unchanged", "nothing that was judged regressed"])
    compare("one mode and one median, and within the base's range", doc(wider), doc(loose), 0, ["1 unchanged"])
    compare("one mode and one median, but beyond it", doc(loose), doc(wider), 3,
            ["INCONCLUSIVE: the ranges overlap, 50 to 51 before, now 50 to 90"])
    lower = row(kind="deterministic", samples=[500] * 20 + [501] * 6 + [7] * 5)
    compare("beyond it where that is better", doc(loose), doc(lower), 0, ["1 unchanged"])
    compare("beyond it where neither is", doc(dict(loose, **IPIS)), doc(dict(lower, **IPIS)), 3, ["INCONCLUSIVE"])
    compare("beyond it where less is worse", doc(dict(loose, **READS)), doc(dict(lower, **READS)), 3, ["INCONCLUSIVE"])
    # A change counts from 2 % on.
    compare("another median, less than 2 % away", doc(loose), doc(median), 0, ["1 unchanged"])
    compare("another mode, less than 2 % away", doc(loose), doc(mode), 0, ["1 unchanged"])
    for by, more, less in ((9, 0, 0), (10, 0, 0), (11, 1, 0)):
        far = row(kind="deterministic", samples=[500 + by] * 20 + [501 + by] * 11)
        near = row(kind="deterministic", samples=[500] * 20 + [501] * 11)
        compare(f"{by} more than 500", doc(near), doc(far), more, ["REGRESSED" if more else "1 unchanged"])
        compare(f"{by} fewer than {500 + by}", doc(far), doc(near), less, ["improved" if more else "1 unchanged"])
        compare(f"{by} more events", doc(dict(near, **IPIS)), doc(dict(far, **IPIS)), 1, ["CHANGED"])
    path = row(kind="deterministic", samples=[500] * 20 + [501] * 7 + [900] * 4)
    compare("every eighth operation takes another path", doc(near), doc(path), 3, ["INCONCLUSIVE: the ranges overlap"])
    compare("or no longer does", doc(path), doc(near), 0, ["1 unchanged"])
    few, many = (row(kind="deterministic", samples=[1000] * (N - n) + [2000] * n) for n in (4, 15))
    compare("and twice as many as before, none dearer", doc(few), doc(many), 3, ["INCONCLUSIVE: the ranges overlap"])
    compare("the other way round", doc(many), doc(few), 0, ["1 unchanged"])
    compare("of a count of events neither", doc(dict(many, **IPIS)), doc(dict(few, **IPIS)), 3, ["INCONCLUSIVE"])
    compare("noise of no exact row has no repeats to be equal", doc(loose), doc(loose), 3,
            ["there is no exact row"], "-e")
    compare("beside an exact row it does not matter to them", doc(wider, row(n=1)), doc(loose, row(n=1)), 0,
            ["1 of 1 exact rows are equal"], "-e")
    compare("an overlap beside equal exact rows is not equal, nor fine", doc(loose, row(n=1)),
            doc(wider, row(n=1)), 3, ["1 of 1 exact rows are equal", "1 row is inconclusive"], "-e")
    noisy = row(kind="deterministic", samples=[4000, 5000, 6000])
    compare("400 became 4000 to 6000", doc(row(samples=[400] * N, nr_ops=1)),
            doc(dict(noisy, nr_ops=1)), 1,
            ["REGRESSED: no longer exact, 400 to 400 before, now 4000 to 6000", "regression: 1 row regressed"])
    many = row(kind="sampled", samples=[1.5], nr_ops=3)
    few = row(kind="sampled", samples=[0.5], nr_ops=1)
    compare("the same per operation touches", doc(many, row(n=1)), doc(dict(few, kind="deterministic",
            samples=[1], nr_ops=2), row(n=1)), 3, ["INCONCLUSIVE"])


# ---- values ----

def test_values():
    base = doc(row(), row(pages=8, **TIME), row(**IPIS))
    compare("the same", base, base, 0, ["identical image", "3 rows, 2 of them exact: 3 unchanged",
                                        "judged: 3 rows and 0 checks", "3 rows are unchanged by identity",
                                        "by values 0 would", "nothing that was judged regressed"], same_image=True)
    compare("but not the same image", base, base, 3, ["2 unchanged, 1 INCONCLUSIVE", "judged: 2 rows and 0 checks",
                                                      "not judged: 1 row is inconclusive"], absent=["identi"])
    worse = doc(row(samples=[510] * N), row(pages=8, **TIME), row(**IPIS), image="bb")
    compare("more instructions", base, worse, 1,
            ["subjects differ", "image_sha256: base aa, new bb", "50", "51", "+1 (+2.00 %)", "REGRESSED",
             "regression: 1 row regressed\n"], absent=["identical image"])
    compare("fewer instructions", doc(row(samples=[510] * N)), doc(row()), 0, ["-1 (-1.96 %)", "improved", "nothing that was judged regressed"])
    compare("fewer instructions are not equal", worse, base, 1,
            ["not equal: 1 exact row", "1 of 2 exact rows are equal (50.00 %)"], "--exact-equal")
    compare("three samples moved: the value did not", doc(row()),
            doc(row(samples=[500] * 28 + [700] * 3)), 0, ["1 unchanged"], "-e")
    compare("another number of operations, the same per operation", doc(row()),
            doc(row(samples=[150] * N, nr_ops=3)), 0, ["1 unchanged"], "-e")
    compare("a third is not 0.333333333333", doc(row(samples=[1] * N, nr_ops=3)),
            doc(row(samples=[333333333333] * N, nr_ops=1000000000000)), 0, ["improved"])
    close = [doc(row(samples=[10**15 + n] * N, nr_ops=10**15 + n - 1)) for n in (1, 2)]
    compare("two fractions that are one as doubles", close[1], close[0], 1, ["REGRESSED", "+1e-30 (+0.00 %)"])
    compare("and the other way round", close[0], close[1], 0, ["improved", "-1e-30 (-0.00 %)"])
    moved = doc(row(samples=[510] * N))
    compare("a row that moved with the same image", doc(row()), moved, 0,
            ["identical image", "1 row is unchanged by identity; by values 1 would"], same_image=True)
    compare("is shown with its reason", doc(row()), moved, 0, ["+1 (+2.00 %)", "unchanged: the image is identical"],
            "-a", same_image=True)
    compare("repeats have to be equal all the same", doc(row()), moved, 1, ["REGRESSED"], "-e", same_image=True)
    compare("and if the environment is not the same", doc(row()), doc(row(samples=[510] * N), env={"qemu": "8.0"}), 1,
            ["REGRESSED"], "-i", "qemu", same_image=True, absent=["by identity"])
    compare("a missing row is missing", doc(row(), row(n=1)), doc(row()), 3, ["MISSING"], same_image=True)
    compare("in one of two new runs, too", doc(row(), row(n=1)), [doc(row()), doc(row(), row(n=1))], 3, ["MISSING: not in every new run"],
            same_image=True)
    for text, key, values, status in (("another command line", "command_line", ("a", "b"), 1), ("the same one", "command_line", ("a", "a"), 0),
                                      ("one that one side does not say", "command_line", (None, "a"), 1),
                                      ("hashes that are empty", "image_sha256", ("", ""), 1)):
        sides = [doc(row()), copy.deepcopy(moved)]
        for side, value in zip(sides, values):
            if value is not None:
                side["provenance"]["subject"][key] = value
        compare(f"a row that moved with the same image and {text}", *sides, status, ["1 REGRESSED" if status else "by identity"],
                same_image=True, absent=["by identity"] if status else [])
    compare("a sampled row needs no statistics", doc(row(**TIME)), doc(row(**TIME)), 0, ["1 row is unchanged by identity"],
            same_image=True)
    ref = [row(samples=[x] * N, subject="ref") for x in (500, 510)]
    compare("a row of the reference, which is no part of that image", doc(ref[0]), doc(ref[1]), 1,
            ["identical image", "REGRESSED"], absent=["by identity"], same_image=True)
    compare("nor beside a row of the kernel", doc(row(), ref[0]), doc(row(samples=[510] * N), ref[1]), 1,
            ["1 unchanged, 1 REGRESSED", "1 row is unchanged by identity"], same_image=True)
    compare("all rows on demand", base, base, 0, ["gup_fast/walk", "unchanged"], "--all", same_image=True)
    two = doc(row(), row(n=1, samples=[7] * N), row(n=2, **IPIS))
    new = doc(row(samples=[501] * N), row(n=1, samples=[8] * N), row(n=2, **IPIS, samples=[1] * N))
    compare("totals are of all rows", two, new, 1,
            ["judged: 3 rows", "regression: 2 rows regressed, 1 row changed and is not allowed to"])


def test_allow():
    base = doc(row(**IPIS, samples=[1] * 5, tables=8, peer="spin"), row())
    new = doc(row(**IPIS, samples=[512] * 5, tables=8, peer="spin"), row())
    moved = ["1 row changed and is not allowed to", "CHANGED"]
    fine = ["changed, allowed", "1 changed, allowed", ": 1 row\n", "nothing that was judged regressed"]
    compare("one interrupt became 512", base, new, 1, moved)
    compare("and 512 became one", new, base, 1, moved)
    for text in ("gup_fast/walk:ipis_sent", "gup_fast/walk:tables=8:ipis_sent", "gup_*:ipis_sent",
                 "gup_fast/walk:tables=8,peer=spin:ipis_sent"):
        compare(f"--allow {text}", base, new, 0, fine, "--allow", text)
    for text in ("gup_fast/walk:tables_freed", "gup_fast/put:ipis_sent", "gup_fast/walk:tables=9:ipis_sent",
                 "gup_fast/walk:tables=8,n=1:ipis_sent", "gup_fast/walk:peer=idle:ipis_sent"):
        compare(f"--allow {text} is of other rows", base, new, 1, moved + ["no row needs it"], "--allow", text)
    compare("one of two is enough", base, new, 0, fine + ["no row needs it"], "--allow", "a/b:ipis_sent",
            "--allow", "gup_fast/walk:ipis_sent")
    compare("repeats have to be equal all the same", base, new, 1, ["not equal"], "-e", "--allow",
            "gup_fast/walk:ipis_sent")
    compare("worse may be allowed, too", doc(row(), row(n=1)), doc(row(samples=[501] * N), row(n=1)), 0,
            ["changed, allowed"], "--allow", "gup_fast/walk:instructions")
    compare("but one that fewer rows are than need it", doc(row(), row(n=1)),
            doc(row(samples=[501] * N), row(n=1, samples=[501] * N)), 1, ["1 row regressed", ": 1 row\n"],
            "--allow", "gup_fast/walk:n=1:instructions")
    for text in ("", ":", "ipis_sent", "a/b:", ":ipis_sent", "a/b:ipis", "a/b:n:ipis_sent", "a/b:=1:ipis_sent",
                 "a/b:n=1,n=2:ipis_sent"):
        says(cli("compare", "--base", save(base, "b.json"), "--allow", text, save(new, "n.json")), 2, [],
             [f'--allow "{text}"', "CASE[:PARAM=VALUE,...]:METRIC"], f"--allow '{text}' is none")


# ---- rows and checks of one side ----

SKIP = {"case": "gup_fast/walk", "params": {"n": 1}, "subject": "kernel", "skipped": "no huge pages"}


def test_rows():
    two = doc(row(), row(n=1))
    compare("a missing row", two, doc(row()), 3, ["n=1", "MISSING", "inconclusive: 1 row of the base is missing"])
    compare("a missing row is not equal", two, doc(row()), 1, ["MISSING", "1 of 2"], "-e")
    compare("a row that is skipped now", two, doc(row(), SKIP), 3, ["MISSING: no huge pages"])
    compare("a row that was skipped", doc(row(), SKIP), two, 0, ["extra: no huge pages", "not judged: 1 row is extra"])
    compare("a row that is skipped on both sides", doc(row(), SKIP), doc(row(), SKIP), 0,
            ["1 row, 1 of them exact: 1 unchanged; skipped: 1", "not judged: 1 row is skipped"])
    compare("an extra row", doc(row()), two, 0, ["n=1", "extra", "not judged: 1 row is extra"])
    compare("an extra row is not equal", doc(row()), two, 1, ["extra"], "-e")
    compare("worse and missing: worse", two, doc(row(samples=[501] * N)), 1, ["REGRESSED", "MISSING"])


# By the check's state in the base and in the new run: exit status, printed line, conclusion.
NONE, GOOD, BAD = None, True, False
CHECKS = {
    (NONE, NONE): (0, "judged: 1 row and 0 checks", "nothing that was judged regressed"),
    (NONE, GOOD): (0, "base (none), new ok", "1 check is extra"),
    (NONE, BAD): (1, "base (none), new FAILED: 3 wrong seen, 0 wrong expected",
                  "1 check fails that the base lacks"),
    (GOOD, NONE): (3, "base ok, new MISSING", "1 check is missing"),
    (GOOD, GOOD): (0, "judged: 1 row and 1 check of 1 part", "nothing that was judged regressed"),
    (GOOD, BAD): (1, "base ok, new FAILED: 3 wrong", "regression: 1 check fails that passed in the base"),
    (BAD, NONE): (3, "base failed, new MISSING", "1 check is missing"),
    (BAD, GOOD): (0, "base failed, new ok", "nothing that was judged regressed"),
    (BAD, BAD): (3, "base failed, new FAILED as before", "inconclusive: 1 check fails as in the base"),
}


def test_checks():
    def side(state, *rows):
        return doc(*rows, checks=[] if state is None else [check(state)])
    for (a, b), (status, seen, says_so) in CHECKS.items():
        compare(f"check {a} before, {b} now: {status}", side(a, row()), side(b, row()), status, [seen, says_so])
        equal = 1 if (a is None) != (b is None) else status
        compare(f"and when repeats are to be equal: {equal}", side(a, row()), side(b, row()), equal, [], "-e")
    compare("checks are enough where there are no rows", side(GOOD), side(GOOD), 0, ["judged: 0 rows and 1 check of 1 part"])
    for what, rows in (("sampled", row(**TIME)), ("skipped", SKIP)):
        compare(f"but not where all rows are {what}", side(GOOD, rows), side(GOOD, rows), 3, ["nothing was judged"])
    compare("all checks on demand", side(GOOD, row()), side(GOOD, row()), 0, ["base ok, new ok"], "-a")
    compare("it fails in one of two new runs", side(GOOD, row()), [side(GOOD, row()), side(BAD, row())], 1, ["FAILED"])
    compare("it failed in one of two bases", [side(GOOD, row()), side(BAD, row())], side(BAD, row()), 1, ["FAILED"])
    compare("and is fine now", [side(GOOD, row()), side(BAD, row())], side(GOOD, row()), 0, ["new ok"])
    compare("the second base alone has it", [side(NONE, row()), side(GOOD, row())], side(NONE, row()), 3, ["MISSING"])
    compare("one of two new runs lacks it", side(GOOD, row()), [side(GOOD, row()), side(NONE, row())], 3, ["MISSING"])


# ---- contents ----

CONTENTS = {
    "nothing": [],
    "a sampled row": [row(**TIME)],
    "a skipped row": [dict(SKIP)],
    "an exact row": [row(n=2)],
}


def test_contents():
    for a, b in itertools.product(CONTENTS, repeat=2):
        status = 0 if a == b == "an exact row" else 3
        for options in ((), ("-e",)):
            one_sided = options and (a == "an exact row") != (b == "an exact row")
            wanted = 1 if one_sided or (options and a != b and "a sampled row" == a) else status
            compare(f"{a} before, {b} now{' -e' if options else ''}: {wanted}", doc(*CONTENTS[a]),
                    doc(*CONTENTS[b]), wanted, [] if wanted != 3 else ["inconclusive: "], *options)
    docs = {"empty": doc(part="b"), "full": doc(row(**TIME, subject="ref"), part="b")}
    runs = {k: save_run(k, [passed("a"), passed("b")], [doc(row(), part="a"), d]) for k, d in docs.items()}
    for a, b in itertools.product(runs, repeat=2):
        out = "1 part has an empty document" if "empty" in a + b else "not judged: 1 row is inconclusive"
        says(cli("compare", "--base", runs[a], runs[b]), 3, ["1 unchanged", out],
             text=f"beside a part that is fine, {a} before, {b} now")
        if "empty" not in a + b:
            says(cli("compare", "--base", runs[a], runs[b]), 3, ["judged: 1 row and 0 checks of 1 part\n",
                 "1 part has nothing that can be judged"], text="that part is not counted among the judged ones")
    skips = [save_run(f"skips{i}", [passed("a"), passed("b")], [doc(dict(SKIP), part="a"), doc(row(**TIME, subject="ref"), part="b")])
             for i in range(2)]
    for s in skips:
        save(explored(fixtures.model()), s + "/explore.json")
    says(cli("compare", "--base", *skips), 3, ["judged: 0 rows and 0 checks of 0 parts, 1 model\n",
         "1 row is inconclusive, 1 row is skipped, 2 parts have nothing that can be judged",
         "inconclusive: 1 row is inconclusive, nothing was judged"],
         text="no part that can be judged: inconclusive, whatever the explorer found")
    neither = [save_run(f"neither{i}", [skipped("a")], []) for i in range(2)]
    for s in neither:
        save(explored(fixtures.model()), s + "/explore.json")
    says(cli("compare", "--base", *neither), 3, ["1 part is skipped on both sides", "nothing was judged"],
         text="the same when both sides skipped all parts")
    p = cli("compare", "--base", save_run("none", [], []), os.path.join(fixtures.TMP, "none"))
    says(p, 3, ["inconclusive: nothing was judged"], text="runs without a part")


def test_environments():
    base = doc(row())
    compare("another QEMU", base, doc(row(), env={"qemu": "8.0"}), 3,
            ["not comparable", "qemu: base 7.2, new 8.0", "1 part is not comparable", "in the same environment",
             "counts of two emulators; --ignore qemu compares them"])
    compare("a key more", base, doc(row(samples=[900] * N), env={"cpu": "z"}), 3,
            ["cpu: base (not said), new z"], absent=["REGRESSED"])
    compare("another QEMU, ignored", base, doc(row(), env={"qemu": "8.0"}), 0,
            ["qemu (ignored): base 7.2, new 8.0", "counts of two emulators are compared: ", "1 unchanged"], "--ignore", "qemu", "-i", "cpus")
    for key in ("nosuch", "", "QEMU"):
        args = ["--base", save(base, "base0.json"), save(base, "new0.json")]
        says(cli("compare", "--ignore", key, *args), 2, err=[f'"{key}" cannot be ignored'], text=f"--ignore {key!r}, a key that no run has")
    compare("one ignored, one not", base, doc(row(), env={"qemu": "8.0", "cpus": "2"}), 3,
            ["qemu (ignored)", "cpus: base 1, new 2", "not comparable"], "--ignore", "qemu")
    compare("another load is fine", base, doc(row(), env={"load": "9"}), 0, ["1 unchanged"], absent=["load:", "emulators"])
    compare("so is another folder with that QEMU", base, doc(row(), env={"qemu_folder": "/x"}), 0, ["1 unchanged"], absent=["qemu_folder"])
    compare("another mode", base, doc(row(), mode="kvm"), 3, ["modes differ: base icount, other kvm"])
    compare("no part in common", base, doc(row(), part="other"), 3,
            ["MISSING: only in the base", "extra: only in the new runs", "2 parts are not in all runs"])
    compare("the environment differs, repeats wanted", base, doc(row(), env={"qemu": "8.0"}), 3,
            ["not comparable"], "-e")


def test_sides():
    def v(x):
        return doc(row(samples=[x] * N))
    compare("within the range of two bases", [v(500), v(510)], v(505), 0, ["unsteady"])
    compare("above both bases", [v(500), v(510)], v(511), 1, ["REGRESSED"])
    compare("below both bases", [v(500), v(510)], v(499), 0, ["improved"])
    compare("two new runs, one above", v(500), [v(500), v(501)], 3, ["INCONCLUSIVE: runs of one side disagree"])
    compare("two new runs, one below", v(500), [v(500), v(499)], 0, ["unsteady"])
    compare("two new runs, both above", v(500), [v(502), v(501)], 1, ["REGRESSED"])
    compare("an unsteady row is not equal", v(500), [v(500), v(499)], 1, ["unsteady"], "-e")
    compare("a row in one of two new runs", v(500), [v(500), doc()], 3, ["MISSING: not in every new run"])
    compare("a row in one of two bases", [v(500), doc()], v(900), 3, ["MISSING: not in every base run"])
    compare("environments of all bases count", [v(500), doc(row(), env={"cpus": "2"})], v(500), 3,
            ["cpus: base 1, base 2, new 1"])
    # A sampled row of several runs of one process each: a value is a run's median, whatever its samples.
    def times(x, nr, **more):
        return [doc(row(**{**TIME, "samples": [(x + i / 8 + j) for j in (-9, 0, 0, 0, 400)], "subject": "ref"}), **more) for i in range(nr)]
    compare("five runs a side, 9 % apart", times(500, 5), times(545, 5), 1, ["REGRESSED, 5 and 5 values, p 0.0079"])
    compare("the same with one run a side", times(500, 1), times(545, 1), 3, ["too few values, 1 and 1 values"])
    compare("four are too few", times(500, 4), times(545, 4), 3, ["too few values, 4 and 4 values"])
    compare("five runs, 0.2 % apart", times(500, 5), times(501, 5), 0, ["1 unchanged"])
    compare("of processes each sample is a value", times(500, 1, env={"sample": "process"}), times(545, 1, env={"sample": "process"}), 3,
            ["too noisy, 5 and 5 values"])
    compare("unless a run's are of one", times(500, 1, env={"sample": "process"}) + times(500, 1), times(545, 1), 3,
            ["sample: base process, base (not said), new (not said)", "not comparable"])
    events = [doc(row(**IPIS, samples=[x] * N)) for x in (1, 2, 3)]
    compare("events within the range of two bases", [events[0], events[2]], events[1], 0, ["unsteady"])
    for a, b in ((0, 1), (1, 0)):
        compare("events in one of two new runs", events[a], [events[0], events[1]], 3, ["INCONCLUSIVE"])


# ---- parts ----

def skipped(name, file=None):
    return {"name": name, "file": file, "state": "skipped", "reason": "no KVM here"}


# The states that a run may give a part b, beside a part a that is fine.
STATES = {
    "passed": lambda: passed("b"),
    "failed": lambda: failed("b"),
    "failed, with a document": lambda: failed("b", "b.json"),
    "skipped": lambda: skipped("b"),
    "skipped, with a document": lambda: skipped("b", "b.json"),
    "absent": lambda: None,
}


def part_status(a, b):
    if "failed" in a + b or "skipped, with" in a + b or (a == "absent") != (b == "absent"):
        return 3
    return 0 if (a == "passed") == (b == "passed") else 3


def is_one_sided(a, b):
    """There is a document of it, and a run that lacks one, or skipped it; or one run has no such part."""
    return (a == "absent") != (b == "absent") or any(s == "passed" or "with" in s for s in (a, b)) and \
        any(s not in ("passed", "failed, with a document") for s in (a, b))


def part_says(a, b):
    """One sentence of each side, and what it amounts to."""
    text = []
    for state, name in ((a, "base"), (b, "new")):
        folder = f"run-{state}-{name}"
        if state == "absent" and a != b:
            text.append(f"{folder}: has no such part")
        elif state != "passed" and state != "absent":
            text.append(f"{folder}: {state.split(',')[0]}: " + ("panic: out of ..." if "failed" in state else "no KVM here"))
    if "failed" in a + b:
        text.append("1 part failed")
    elif part_status(a, b):
        text.append("1 part is not in all runs")
    elif a != "passed" and (a, b) != ("absent", "absent"):
        text += ["no side has a document of it", "1 part is skipped on both sides"]
    return text


def test_parts():
    a, b = doc(row(), part="a"), doc(row(), part="b")
    runs = {}
    for side in ("base", "new"):
        for state, part in STATES.items():
            entry = part()
            parts = [passed("a")] + ([entry] if entry else [])
            runs[state, side] = save_run(f"run-{state}-{side}", parts, [a] + ([b] if entry and entry["file"] else []))
    for x, y in itertools.product(STATES, repeat=2):
        status = part_status(x, y)
        args = ("--base", runs[x, "base"], runs[y, "new"])
        says(cli("compare", *args), status, part_says(x, y), text=f"part {x} before, {y} now: {status}")
        equal = 1 if is_one_sided(x, y) else status
        says(cli("compare", "-e", *args), equal, text=f"and when repeats are to be equal: {equal}")
    says(cli("compare", "--base", runs["passed", "base"], "--base", runs["absent", "base"], runs["passed", "new"]), 3,
         ["has no such part", "1 part is not in all runs"], text="a part that one of two bases lacks")
    says(cli("compare", "--base", runs["passed", "base"], os.path.join(runs["passed", "new"], "a.json"),
             os.path.join(runs["passed", "new"], "b.json")), 0, ["of 2 parts"],
         text="of single documents only their own parts are compared")


def test_partial():
    a = doc(row(), part="a")
    whole = save_run("whole", [passed("a")], [a])
    cut = save_run("cut", [passed("a")], [a], "partial")
    worse = save_run("worse", [passed("a")], [doc(row(samples=[501] * N), part="a", image="bb")], "partial")
    for base, new, n in ((cut, whole, "1 run is"), (whole, cut, "1 run is"), (cut, cut, "2 runs are")):
        for options in ((), ("-e",)):
            says(cli("compare", *options, "--base", base, new), 3, [f"{cut}: partial", f"inconclusive: {n} partial"],
                 text=f"{n} partial{' -e' if options else ''}")
    says(cli("compare", "--base", whole, worse), 1, [f"new {worse}: partial", "1 row regressed"],
         text="a regression in a partial run is a regression")


def test_runs():
    a, b = doc(row(), part="a"), doc(row(), part="b")
    base = save_run("base", [passed("a"), passed("b")], [a, b])
    says(cli("compare", "--base", base, base), 0, ["part a", "part b", "nothing that was judged regressed"],
         text="two parts, the same")
    worse = doc(row(samples=[501] * N), part="b", image="bb")
    new = save_run("new", [passed("a"), passed("b")], [doc(row(), part="a", env={"qemu": "9"}), worse])
    says(cli("compare", "--base", base, new), 1, ["not comparable", "REGRESSED"],
         text="a regression in one part outweighs another that is not comparable")
    once, twice = (cli("compare", "-a", "--base", base, new).stdout for _ in range(2))
    ok(once == twice and once, "the same comparison prints the same bytes")
    order = save_run("order", [passed("b"), passed("a")], [a, b])
    out = cli("compare", "--base", order, base).stdout
    ok(0 <= out.find("part b\n") < out.find("part a\n"), "parts are printed in the order of the base")
    shutil.rmtree(base)


# ---- what the explorer found ----

# By one model's state in the base and in the new run, beside a model that is the same in both: the
# exit status, that with --exact-equal, and the verdict printed.
MODELS = [
    ("clean", "clean", 0, 0, "and 0 checks of 1 part, 2 models"),
    ("caught", "caught", 0, 0, ", 2 models"),
    ("clean", None, 3, 1, "not judged: 1 model is missing"),
    ("broken", None, 3, 1, "not judged: 1 model is missing"),
    (None, "clean", 0, 1, "not judged: 1 model is extra"),
    (None, "broken", 1, 1, "1 new model is not as claimed"),
    ("clean", "broken", 1, 1, "base clean (sc, bound 3, 2 CPUs), new broken (sc, bound 3, 2 CPUs): REGRESSED: it broke no freed"),
    ("caught", "survived", 1, 1, "regression: 1 model is no longer as claimed"),
    ("broken", "clean", 0, 0, "improved"),
    ("broken", "broken", 3, 3, "1 model is other than claimed, as in the base"),
    ("clean", "unfinished", 3, 3, "1 model was explored less than in the base"),
    ("caught", "unfinished", 3, 3, "1 model was explored less than in the base"),
    ("unfinished", "clean", 3, 3, "1 exploration is partial"),
    ("clean", "caught", 3, 3, "1 model was explored less than in the base"),
]


def test_explorer():
    def run(name, *models, complete=True, parts=True, **more):
        path = save_run(name, [passed("a")] if parts else [], [doc(row(), part="a")] if parts else [])
        if models:
            save({**explored(fixtures.model(variant="w"), *(m for m in models if m), complete=complete), **more},
                 name + "/explore.json")
        return path

    def judged(text, base, new, status, out, *options, absent=()):
        says(cli("compare", *options, "--base", base, new), status, out, text=text, absent=absent)
        shutil.rmtree(base)
        if new != base:
            shutil.rmtree(new)

    def of(verdict):
        more = {"busted": True, "caught_by": "x"} if verdict == "unfinished" else {}
        return fixtures.model(verdict, **more) if verdict else None
    for a, b, status, equal, text in MODELS:
        for options, wanted in (((), status), (("-e",), equal)):
            judged(f"model {a} before, {b} now{' -e' if options else ''}: {wanted}",
                   run("x0", of(a), complete=a != "unfinished"), run("x1", of(b), complete=b != "unfinished"),
                   wanted, ["explorer\n", text], *options)
    for what, more, back in (("a smaller bound", {"bound": 1}, 0), ("fewer CPUs", {"nr_cpus": 1}, 0),
                             ("another mode", {"mode": "store-buffer"}, 3)):
        less = fixtures.model(**more)
        judged(f"explored with {what}", run("x0", of("clean")), run("x1", less), 3, ["EXPLORED LESS"])
        judged("and the other way round", run("x0", less), run("x1", of("clean")), back, [])
    for what, more in (("caught by something else", {"variant": "v", "caught_by": "x", "failure": {
            **fixtures.model("caught")["failure"], "invariant": "x"}}),):
        judged(f"a busted model {what}", run("x0", of("caught")), run("x1", {**of("caught"), **more}), 3,
               ["1 model was explored less than in the base, or claims something else"])
    ours, theirs = ({**of("clean"), "busted_code": code} for code in (None, "u"))
    judged("a good model is the code of a busted one now", run("x0", ours), run("x1", theirs), 3, ["claims something else"])
    judged("and before", run("x0", theirs), run("x1", ours), 3, ["claims something else"])
    judged("which an older base does not say", run("x0", of("clean")), run("x1", theirs), 0, [])
    judged("clean, of no schedule at all", run("x0", of("clean")), run("x1", {**of("clean"), "schedules": 0}), 3,
           ["EXPLORED LESS"])
    judged("no side has an exploration", run("x0"), run("x1"), 0, ["of 1 part\n"], absent=["explor", "model"])
    judged("the base alone has one", run("x0", of("clean")), run("x1"), 3,
           ["x1: has no explore.json", "inconclusive: 1 run has no exploration"], absent=["MISSING"])
    judged("the new run alone has one", run("x0"), run("x1", of("clean")), 3, ["x0: has no explore.json"])
    judged("one that was cut short", run("x0", of("clean")), run("x1", of("clean"), complete=False), 3,
           ["x1: partial", "inconclusive: 1 exploration is partial"])
    judged("runs of an exploration alone", run("x0", of("clean"), parts=False), run("x1", of("clean"), parts=False), 0,
           ["of 0 parts, 2 models"])
    for a, b, said in (({}, {"stand_in": "/x"}, "stand_in: base (not said), new /x\n"),
                       ({"stand_in": "/x"}, {}, "stand_in: base /x, new (not said)\n"),
                       ({"stand_in": "/x"}, {"stand_in": "/y"}, "stand_in: base /x, new /y\n")):
        judged(f"another explorer: {said.strip()}", run("x0", of("clean"), **a), run("x1", of("broken"), **b), 3,
               ["  environments differ:\n    " + said + "  not comparable\n",
                "inconclusive: 1 exploration was made by another program than the first"], absent=["REGRESSED"])
    judged("the same stand-in", run("x0", of("clean"), stand_in="/x"), run("x1", of("clean"), stand_in="/x"), 0,
           ["2 models"], absent=["stand_in"])
    judged("all models on demand", run("x0", of("clean")), run("x1", of("clean")), 0, ["model gup/v: ", ": fine"], "-a")
    base, new = run("x0", of("clean")), run("x1", of("clean"))
    two = run("x2", of("broken"))
    says(cli("compare", "--base", base, new, two), 1, ["REGRESSED"], text="a model that broke in one of two new runs is worse")
    says(cli("compare", "--base", base, "--base", two, two), 1, ["REGRESSED"], text="a model that was clean in one of two bases is worse")
    for path in (base, new):
        os.rename(path + "/explore.json", path + "/kept")
        for what, make in (("broken", lambda f: save("x", f)), ("a link", lambda f: os.symlink("kept", f)),
                           ("a FIFO", os.mkfifo), ("a folder", os.mkdir)):
            file = path + "/explore.json"
            make(file)
            says(cli("compare", "--base", base, new), 2, [], [file + ": "], f"{what} of {path[-2:]}: 2")
            says(cli("validate", path), 2, [], [file + ": "], "validate refuses it")
            (os.rmdir if what == "a folder" else os.unlink)(file)
        os.rename(path + "/kept", path + "/explore.json")
        says(cli("validate", path), 0, ["explore.json: fine (complete exploration, 2 models)"], text="a good one is accepted")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        for test in (test_kinds, test_noise, test_values, test_allow, test_rows, test_checks, test_contents,
                     test_environments, test_sides, test_parts, test_partial, test_runs, test_explorer):
            test()
    oracle.done()


main()
