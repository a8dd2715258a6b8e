#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ptbench compare, ptbench kernels ab and the page of ptbench report --base say the same of two runs: the
status, the totals, and of each part its rows, checks and states. Of a table of single changes with what
has to be said of each, and of random ones, of which an oracle knows the status. SEED=N MUTATIONS=1 makes
again what a failed line names."""

import copy
import os
import random
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "results", "test")]
sys.dont_write_bytecode = True
import fixtures
import judges
import oracle
from fixtures import IPIS, N, READS, TIME, check, doc, explored, failed, model, passed, row, save, save_run
from oracle import ok, diag

COSTS, EVENTS = "x-stock.icount-1cpu", "x-stock.icount-2cpu"


def skip(n, reason="no huge pages"):
    return {"case": "gup_fast/walk", "params": {"n": n}, "subject": "kernel", "skipped": reason}


def loose(x=500, **params):
    return row(kind="deterministic", samples=[x] * 20 + [x + 1] * 6 + [x + 10] * 5, **params)


def break_check(c, good=False):
    c.update({k: check(good)[k] for k in ("ok", "seen")})


class Side:
    """What a run shall be: parts by name, each with its state and its document or None."""

    def __init__(self):
        self.parts = {
            COSTS: ["passed", doc(*(row(n=n, samples=[500 + n] * N) for n in range(4)), loose(n=8), skip(9),
                                  row("kmap/pair", samples=[7] * N, nr_ops=1), part=COSTS, checks=[
                                      dict(check(), params={"n": n}) for n in range(3)])],
            EVENTS: ["passed", doc(row(**IPIS, samples=[1] * 5, tables=8), row(**READS, n=1), part=EVENTS,
                                   checks=[check()])],
            "native": ["passed", doc(row(**TIME, n=1), row(**TIME, n=2, samples=[500 + i / 8 for i in range(N)]),
                                     part="native", mode="native", env={"sample": "process"})],
        }
        self.explored = explored(model(), model("caught", "busted"))
        self.complete = True
        self.same_image = False

    def save(self, name):
        """The head has another image, unless a mutation has given it the base's."""
        entries = []
        for _, document in self.parts.values():
            if document:
                other = name == "head" and not self.same_image
                document["provenance"]["subject"]["image_sha256"] = "bb" if other else "aa"
        for part, (state, document) in self.parts.items():
            entry = {"name": part, "file": part + ".json" if document else None, "state": state,
                     "reason": None if state == "passed" else "panic: out of\nluck"}
            entries.append(entry)
        path = save_run(name, entries, [d for _, d in self.parts.values() if d],
                        "complete" if self.complete else "partial")
        if self.explored:
            save(self.explored, name + "/explore.json")
        return path

    def run(self):
        return judges.Run({k: tuple(v) for k, v in self.parts.items()}, self.explored, self.complete)

    def doc(self, part=COSTS):
        return self.parts[part][1]

    def rows(self, part=COSTS):
        return self.doc(part)["measurements"]

    def checks(self, part=COSTS):
        return self.doc(part)["checks"]


def agree(text, base, head, status, totals=(), allow=()):
    """base, head: Sides. The three say the same, and that; the oracle has the same status."""
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        paths = base.save("base"), head.save("head")
        said = judges.compare(*paths, allow)
        other = judges.ab(*paths, allow)
        page, err = judges.report(*paths, os.path.join(tmp, "out"), allow)
    wanted = judges.expected_status(base.run(), head.run(), allow)
    wrong = []
    if status is None:
        status = wanted
    if wanted != status:
        wrong.append(f"the oracle has status {wanted}")
    if said.status != status:
        wrong.append(f"compare has status {said.status}, expected {status}")
    if (other.status, other.text) != (said.status, said.text):
        wrong.append(f"ab has status {other.status} and says\n{other.text}")
    for line in totals:
        if line not in said.totals:
            wrong.append(f"compare has no {line!r}")
    if said.status not in judges.WORD:
        wrong.append("compare cannot read the runs")
    elif not page:
        wrong.append(f"no page: {err}")
    else:
        different = judges.differs(page, said)
        if different:
            wrong.append(f"the page: {different}")
    if not ok(not wrong, text):
        diag("\n".join(wrong) + "\ncompare says\n" + said.text)
    return said.status


# ---- single changes, and what has to be said of them ----

JUDGED = "judged: 10 rows and 4 checks of 3 parts, 2 models"
UNJUDGED = "not judged: 1 row is skipped"


def change_lost_check(head):
    break_check(head.checks()[0])


def change_missing_check(head):
    del head.checks()[0]


def change_new_check(head):
    head.checks().append({**check(False), "params": {"n": 9}})


def change_failed_part(head):
    head.parts[EVENTS][0] = "failed"


def change_failed_without_document(head):
    head.parts[EVENTS] = ["failed", None]


def change_failed_with_a_failed_check(head):
    change_failed_part(head)
    break_check(head.checks(EVENTS)[0])


def change_missing_part(head):
    del head.parts[EVENTS]


def change_extra_part(head):
    head.parts["more"] = ["passed", doc(row(), part="more")]


def change_no_longer_exact(head):
    head.rows()[0].update(loose(500, n=0))


def change_no_longer_exact_and_worse(head):
    head.rows()[0].update(loose(9000, n=0))


def change_worse_by_one(head):
    head.rows()[0]["samples"] = [501] * N


def change_better_by_one(head):
    head.rows()[0]["samples"] = [499] * N


def change_worse_and_better(head):
    change_worse_by_one(head)
    head.rows()[1]["samples"] = [400] * N


def change_times(head):
    head.rows("native")[1]["samples"] = [550 + i / 8 for i in range(N)]


def change_times_little(head):
    head.rows("native")[1]["samples"] = [502 + i / 8 for i in range(N)]


def change_times_noisy(head):
    head.rows("native")[1]["samples"] = [400 + 10 * i for i in range(N)]


def change_few_times(head):
    head.rows("native")[1]["samples"] = [550]


def change_one_process(head):
    head.doc("native")["provenance"]["environment"]["sample"] = "window"


def change_worse_in_the_same_image(head):
    change_worse_by_one(head)
    head.same_image = True


def change_hairbreadth(head):
    """As doubles both are one value."""
    head.rows()[0].update(samples=[10**15 + 1] * N, nr_ops=10**15)


def base_hairbreadth(base):
    base.rows()[0].update(samples=[10**15 + 2] * N, nr_ops=10**15 + 1)


def change_interrupts(head):
    head.rows(EVENTS)[0]["samples"] = [512] * 5


def change_missing_row(head):
    del head.rows()[0]


def change_skipped_row(head):
    head.rows()[0] = skip(0, "no CPU\nto spare")


def change_environment(head):
    head.doc()["provenance"]["environment"]["qemu"] = "8.0"


def change_mode(head):
    head.doc()["mode"] = "kvm"


def change_empty(head):
    head.doc(EVENTS).update(measurements=[], checks=[])


def change_broken_model(head):
    head.explored["models"][0] = model("broken")


def change_no_exploration(head):
    head.explored = None


def change_explorer(head):
    head.explored["stand_in"] = "/home/me/explore"


def change_partial(head):
    head.complete = False


WORSE_ROW = ["regression: 1 row regressed"]
CASES = [
    ("nothing", None, 0, [JUDGED, UNJUDGED, "nothing that was judged regressed"]),
    ("a lost check", change_lost_check, 1, [JUDGED, UNJUDGED, "regression: 1 check fails that passed in the base"]),
    ("a check that is gone", change_missing_check, 3, ["inconclusive: 1 check is missing"]),
    ("a check that fails and is new", change_new_check, 1, ["regression: 1 check fails that the base lacks"]),
    ("a failed part", change_failed_part, 3, [JUDGED, UNJUDGED, "inconclusive: 1 part failed"]),
    ("a failed part without a document", change_failed_without_document, 3,
     ["inconclusive: 1 part failed, 1 part is not in all runs"]),
    ("a failed part with a failed check", change_failed_with_a_failed_check, 1,
     [JUDGED, "regression: 1 check fails that passed in the base"]),
    ("a part that the head lacks", change_missing_part, 3, ["inconclusive: 1 part is not in all runs"]),
    ("a part that the base lacks", change_extra_part, 3, [JUDGED, "inconclusive: 1 part is not in all runs"]),
    ("a row no longer exact, which overlaps", change_no_longer_exact, 3,
     ["judged: 9 rows and 4 checks of 3 parts, 2 models", "inconclusive: 1 row is inconclusive"]),
    ("a row no longer exact, and worse", change_no_longer_exact_and_worse, 1, [JUDGED] + WORSE_ROW),
    ("a row worse by one", change_worse_by_one, 1, [JUDGED, UNJUDGED] + WORSE_ROW),
    ("times 9 % longer", change_times, 1, [JUDGED, UNJUDGED] + WORSE_ROW),
    ("times 0.4 % longer", change_times_little, 0, [JUDGED, UNJUDGED]),
    ("times of which nothing can be said", change_times_noisy, 3, ["inconclusive: 1 row is inconclusive"]),
    ("one time", change_few_times, 3, ["inconclusive: 1 row is inconclusive"]),
    ("times of one process", change_one_process, 3, ["inconclusive: 1 part is not comparable; compare runs made in the "
                                                    "same environment, or make the base again here"]),
    ("a row worse by one in the same image", change_worse_in_the_same_image, 0,
     [JUDGED, "identical images: 10 rows are unchanged by identity; by values 1 would have moved", UNJUDGED]),
    ("a row better by one", change_better_by_one, 0, [JUDGED, "nothing that was judged regressed"]),
    ("one row worse, one much better", change_worse_and_better, 1, [JUDGED] + WORSE_ROW),
    ("a row worse by what no double shows", change_hairbreadth, 1, [JUDGED] + WORSE_ROW),
    ("interrupts that changed", change_interrupts, 1, [JUDGED, "regression: 1 row changed and is not allowed to"]),
    ("a row that is gone", change_missing_row, 3, ["inconclusive: 1 row of the base is missing"]),
    ("a row that is skipped now", change_skipped_row, 3, ["inconclusive: 1 row of the base is missing"]),
    ("another QEMU", change_environment, 3, ["inconclusive: 1 part is not comparable; compare runs made in the same "
                                             "environment, or make the base again here"]),
    ("another mode", change_mode, 3, ["judged: 4 rows and 1 check of 2 parts, 2 models"]),
    ("an empty document", change_empty, 3, ["inconclusive: 1 part has an empty document, 2 rows of the base are "
                                            "missing, 1 check is missing"]),
    ("a model that broke", change_broken_model, 1, ["regression: 1 model is no longer as claimed"]),
    ("no exploration", change_no_exploration, 3, ["inconclusive: 1 run has no exploration"]),
    ("another explorer", change_explorer, 3, ["inconclusive: 1 exploration was made by another program than the first"]),
    ("an interrupted run", change_partial, 3, ["inconclusive: 1 run is partial"]),
]


def test_cases():
    for text, change, status, totals in CASES:
        base, head = Side(), Side()
        if change is change_hairbreadth:
            base_hairbreadth(base)
        if change:
            change(head)
        agree(text, base, head, status, totals)
        if change:
            agree(f"{text}, the other way round", head, base, None)


def test_allowed():
    well = [JUDGED, UNJUDGED, "nothing that was judged regressed"]
    for text, change, allow, status, totals in (
            ("an allowed row", change_worse_by_one, ["gup_fast/walk:n=0:instructions"], 0, well),
            ("an allowed event", change_interrupts, ["gup_*:ipis_sent"], 0, well),
            ("an allowance that no row needs", change_worse_by_one, ["kmap/*:instructions"], 1, WORSE_ROW),
            ("an allowed row beside a lost check", lambda h: (change_worse_by_one(h), change_lost_check(h)),
             ["gup_fast/walk:instructions"], 1, ["regression: 1 check fails that passed in the base"])):
        base, head = Side(), Side()
        change(head)
        agree(text, base, head, status, totals, allow)


def test_link():
    with tempfile.TemporaryDirectory() as tmp:
        fixtures.use(tmp)
        base, head = Side().save("base"), Side().save("head")
        os.symlink(base, os.path.join(tmp, "latest"))
        page, err = judges.report(os.path.join(tmp, "latest"), head, os.path.join(tmp, "out"))
    if not ok(page and "Base: base, started" in page.text, "the page names the base's run, not a link to it"):
        diag(err)


# ---- random ones ----

def some_samples(rng, m):
    x = rng.choice([0, 1, 400, 499, 500, 501, 9000, 10**15])
    if m["kind"] == "exact":
        return [x] * max(N, len(m["samples"]))
    if m["kind"] == "sampled":
        return [rng.choice([x, x + rng.random(), x + i / 10]) for i in range(rng.choice([1, N]))]
    return [rng.choice([x, x, x, x + 1, x + 10]) for _ in range(N)]


def mutate_row(rng, side):
    rows = side.rows(rng.choice(side.with_documents()))
    if not rows:
        return
    i = rng.randrange(len(rows))
    if rng.random() < 0.15:
        del rows[i]
    elif "skipped" in rows[i] or rng.random() < 0.1:
        rows[i] = {k: rows[i][k] for k in ("case", "params", "subject")} | {"skipped": rng.choice(["no", "why\nnot"])}
    elif rng.random() < 0.15:
        rows.append({**copy.deepcopy(rows[i]), "params": {"n": rng.choice([0, 1, 2, 3, 77])}, "case": "a/b"})
        drop_twins(rows)
    elif rng.random() < 0.5:
        step = rng.choice([-1, 1, 100])
        rows[i]["samples"] = [max(x + step, 0) for x in rows[i]["samples"]]
    else:
        rows[i]["kind"] = rng.choice(["exact", "deterministic", "sampled"])
        rows[i]["samples"] = some_samples(rng, rows[i])
        rows[i]["nr_ops"] = rng.choice([1, 10, 30])


def drop_twins(rows):
    seen = set()
    for m in list(rows):
        key = judges.identity(m)
        if key in seen:
            rows.remove(m)
        seen.add(key)


def mutate_check(rng, side):
    checks = side.checks(rng.choice(side.with_documents()))
    if checks and rng.random() < 0.7:
        break_check(rng.choice(checks), rng.random() < 0.3)
    elif checks and rng.random() < 0.5:
        checks.pop(rng.randrange(len(checks)))
    elif not any(c["params"] == {"n": 9} for c in checks):
        checks.append({**check(rng.random() < 0.5), "params": {"n": 9}})


def mutate_part(rng, side):
    name = rng.choice(list(side.parts))
    what = rng.randrange(6)
    if what == 0 and len(side.parts) > 1:
        del side.parts[name]
    elif what == 1:
        side.parts[name] = [rng.choice(["failed", "skipped"]), None]
    elif what == 2:
        side.parts[name][0] = rng.choice(["failed", "skipped"])
    elif what == 3:
        side.parts["more"] = ["passed", doc(row(samples=[500 + rng.randrange(2)] * N), part="more")]
    elif side.parts[name][1] and what == 4:
        side.doc(name)["provenance"]["environment"][rng.choice(["qemu", "load", "sample"])] = \
            rng.choice(["7.2", "8.0"])
    elif side.parts[name][1]:
        side.doc(name).update(rng.choice([{"measurements": []}, {"checks": []}, {"mode": "kvm"},
                                          {"measurements": [], "checks": []}]))


def mutate_run(rng, side):
    models = side.explored["models"] if side.explored else []
    what = rng.randrange(7)
    if what == 6:
        side.same_image = True
    elif side.explored and what == 5:
        side.explored["stand_in"] = rng.choice(["/x", "/y"])
    elif what == 0:
        side.complete = rng.random() < 0.5
    elif what == 1 and rng.random() < 0.3:
        side.explored = None
    elif what == 2 and models:
        models.pop(rng.randrange(len(models)))
    elif models:
        models[0] = model(rng.choice(["clean", "broken", "caught", "survived"]), models[0]["variant"],
                          bound=rng.choice([1, 3]), nr_cpus=rng.choice([2, 2, 1]))
    elif side.explored:
        models.append(model())


def with_documents(side):
    return [k for k, v in side.parts.items() if v[1]] or [None]


Side.with_documents = with_documents


def mutate(rng, side):
    change = rng.choices([mutate_row, mutate_check, mutate_part, mutate_run], [6, 3, 2, 1])[0]
    if change in (mutate_row, mutate_check) and side.with_documents() == [None]:
        return
    change(rng, side)
    for _, document in side.parts.values():
        for m in document["measurements"] if document else ():
            settle(m)


def settle(m):
    """What is called exact has to be, and nothing but samples may be real."""
    if "skipped" in m:
        return
    if m["kind"] != "sampled":
        m["samples"] = [int(x) for x in m["samples"]]
    enough = 5 if m["metric"] == "ipis_sent" else N
    if m["kind"] == "exact" and len(set(m["samples"])) > 1:
        m["kind"] = "deterministic"
    if m["kind"] == "exact":
        m["samples"] = m["samples"][:1] * max(enough, len(m["samples"]))


def test_random(seed, number):
    seen = {}
    for i in range(number):
        rng = random.Random(seed + i)
        base, head = Side(), Side()
        for _ in range(rng.choice([0, 0, 1, 3])):
            mutate(rng, base)
        if rng.random() < 0.7:
            head = copy.deepcopy(base)
        for _ in range(rng.choice([1, 1, 2, 5, 9])):
            mutate(rng, head)
        allow = [t for t in ("gup_fast/walk:instructions", "gup_fast/walk:n=1:instructions", "*:ipis_sent", "a/b:time")
                 if rng.random() < 0.15]
        status = agree(f"SEED={seed + i}", base, head, None, allow=allow)
        seen[status] = seen.get(status, 0) + 1
    diag(f"statuses: {seen}")
    if number > 50:
        ok(set(seen) == set(judges.WORD), "each of the three statuses was seen")


def main():
    for path in (judges.PTBENCH, judges.AB):
        if not os.access(path, os.X_OK):
            sys.exit(f"{path}: not built; run make test")
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**9)))
    diag(f"SEED={seed}")
    if "SEED" not in os.environ:
        test_cases()
        test_allowed()
        test_link()
    test_random(seed, int(os.environ.get("MUTATIONS", 100)))
    oracle.done()


main()
