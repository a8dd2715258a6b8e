# SPDX-License-Identifier: GPL-2.0-or-later
"""A second opinion on litmus tests: enumerates the executions of a small C litmus test and keeps those
that the Linux kernel's memory model allows. Written from the axioms of tools/memory-model/
linux-kernel.cat (coherence, atomicity, happens-before, propagation, RCU); knows marked accesses,
atomics, barriers, spinlocks and RCU, and nothing of plain accesses or SRCU. It is no herd7: where that
is installed, ref/explore/litmus/run asks it."""

import itertools
import re

TOKEN = re.compile(r"\s*(?:(\w+)|(==|!=|<=|>=|&&|\|\||->|[-+*/&|^!~<>=(){};,\[\]:]))")


class Unknown(Exception):
    """The test uses something that this oracle does not know."""


def strip_comments(text):
    text = re.sub(r"\(\*\s.*?\*\)", " ", text, flags=re.S)
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r"//[^\n]*", " ", text)


def tokens(text):
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        m = TOKEN.match(text, at)
        if not m:
            raise Unknown(f"at {text[at:at + 20]!r}")
        found.append(m.group(1) or m.group(2))
        at = m.end()
    return found


# ---- the test's text to trees ----

class Test:
    def __init__(self, text):
        body = strip_comments(text)
        first = body.strip().split("\n", 1)
        if not first[0].startswith("C "):
            raise Unknown("it does not begin with C NAME")
        self.name = first[0][2:].strip()
        start, end = body.index("{"), body.index("}")
        self.init = self.read_init(body[start + 1:end])
        rest = body[end + 1:]
        at = max(rest.rfind("exists"), rest.rfind("forall"))
        if at < 0:
            raise Unknown("it has no exists clause")
        self.quantifier = rest[at:at + 6]
        self.condition = rest[at + 6:].strip()
        code = rest[:at]
        for word in ("locations", "filter"):
            at = code.rfind("\n" + word)
            if at >= 0:
                code = code[:at]
        self.threads = []
        for m in re.finditer(r"P(\d+)\s*\(([^)]*)\)\s*", code):
            if int(m.group(1)) != len(self.threads):
                raise Unknown("processes must be P0, P1, ...")
            tree, _ = Parser(tokens(code[m.end():])).block()
            self.threads.append((m.group(2), tree))
        if not self.threads:
            raise Unknown("it has no process")

    @staticmethod
    def read_init(text):
        init = {}
        for part in filter(None, (p.strip() for p in text.split(";"))):
            m = re.fullmatch(r"(?:\w+\s+)*\**(\w+(?::\w+)?)\s*=\s*(&?\w+)", part)
            if m:
                init[m.group(1)] = value_of(m.group(2))
            elif not re.fullmatch(r"(\w+\s+)+\**\w+", part):
                raise Unknown("init " + part)
        return init


def value_of(word):
    word = word.lstrip("&")
    return int(word) if re.fullmatch(r"-?\d+", word) else "&" + word


class Parser:
    def __init__(self, toks):
        self.t, self.i = toks, 0

    def next(self, want=None):
        tok = self.t[self.i] if self.i < len(self.t) else None
        if want and tok != want:
            raise Unknown(f"{tok} where {want} must be")
        self.i += 1
        if tok is None:
            raise Unknown("it ends too early")
        return tok

    def peek(self, ahead=0):
        return self.t[self.i + ahead] if self.i + ahead < len(self.t) else None

    def block(self):
        self.next("{")
        body = []
        while self.peek() != "}":
            body.append(self.statement())
        self.next("}")
        return ("block", [s for s in body if s]), self.i

    def statement(self):
        if self.peek() == "{":
            return self.block()[0]
        if self.peek() == "if":
            self.next()
            self.next("(")
            cond = self.expression()
            self.next(")")
            then, other = self.statement(), None
            if self.peek() == "else":
                self.next()
                other = self.statement()
            return ("if", cond, then, other)
        if self.peek() in ("int", "intptr_t", "uintptr_t", "struct", "long"):
            while self.next() != ";":
                pass
            return None
        if self.peek() == ";":
            self.next()
            return None
        if re.fullmatch(r"\w+", self.peek()) and self.peek(1) == "=":
            name = self.next()
            self.next()
            value = self.expression()
            self.next(";")
            return ("set", name, value)
        value = self.expression()
        self.next(";")
        return ("do", value)

    def expression(self):
        left = self.unary()
        while self.peek() in ("==", "!=", "+", "-", "&", "|", "^", "&&", "||", "<", ">"):
            left = ("op", self.next(), left, self.unary())
        return left

    def unary(self):
        tok = self.next()
        if tok in (";", "}", ")"):
            raise Unknown(f"{tok} where a value must be")
        if tok == "(":
            value = self.expression()
            self.next(")")
            return value
        if tok == "*":
            return ("deref", self.unary())
        if tok == "&":
            return ("addr", self.next())
        if tok == "!":
            return ("op", "==", self.unary(), ("const", 0))
        if re.fullmatch(r"\d+", tok):
            return ("const", int(tok))
        if self.peek() == "(":
            self.next()
            args = []
            while self.peek() != ")":
                args.append(self.expression())
                if self.peek() == ",":
                    self.next()
            self.next(")")
            return ("call", tok, args)
        return ("name", tok)


# ---- one thread's possible runs ----

class Event:
    def __init__(self, thread, kind, loc=None, value=None, tags=(), addr=(), data=(), ctrl=()):
        self.thread, self.kind, self.loc, self.value = thread, kind, loc, value
        self.tags = frozenset(tags)
        self.addr, self.data, self.ctrl = frozenset(addr), frozenset(data), frozenset(ctrl)
        self.rmw = None


FENCES = {"smp_mb": "mb", "smp_rmb": "rmb", "smp_wmb": "wmb", "barrier": "barrier",
          "smp_mb__before_atomic": "before-atomic", "smp_mb__after_atomic": "after-atomic",
          "smp_mb__after_spinlock": "after-spinlock", "rcu_read_lock": "rcu-lock",
          "rcu_read_unlock": "rcu-unlock", "synchronize_rcu": "sync-rcu",
          "synchronize_rcu_expedited": "sync-rcu"}
LOADS = {"READ_ONCE": "once", "smp_load_acquire": "acquire", "rcu_dereference": "once",
         "atomic_read": "once", "atomic_read_acquire": "acquire"}
STORES = {"WRITE_ONCE": "once", "smp_store_release": "release", "rcu_assign_pointer": "release",
          "atomic_set": "once", "atomic_set_release": "release"}
ORDERS = (("_relaxed", "once"), ("_acquire", "acquire"), ("_release", "release"), ("", "mb"))


class Run:
    """A thread under way: a generator over its reads' values, by re-execution from a list."""

    def __init__(self, test, thread, choices, domain):
        self.test, self.thread, self.domain = test, thread, domain
        self.choices, self.taken = choices, 0
        self.options = []  # for each read: the values that it may return
        self.regs = {}     # name: (value, reads that it depends on)
        self.events, self.ctrl = [], frozenset()
        params = re.findall(r"(\w+)\s*(?:,|$)", test.threads[thread][0])
        for name in params:
            self.regs[name] = ("&" + name, frozenset())
        for name, value in test.init.items():
            if name.startswith(f"{thread}:"):
                self.regs[name.split(":")[1]] = (value, frozenset())

    def emit(self, *args, **kw):
        e = Event(self.thread, *args, ctrl=self.ctrl, **kw)
        self.events.append(e)
        return e

    def read(self, loc, tags, addr):
        options = sorted(self.domain.get(loc, {0}), key=str)
        self.options.append(options)
        pick = self.choices[self.taken] if self.taken < len(self.choices) else 0
        self.taken += 1
        return self.emit("R", loc=loc, value=options[pick], tags=tags, addr=addr)

    def place(self, value):
        if not isinstance(value[0], str):
            raise Unknown("a value that is no address is dereferenced")
        return value[0][1:]

    def evaluate(self, e):
        """(value, reads that it depends on)."""
        kind = e[0]
        if kind == "const":
            return e[1], frozenset()
        if kind == "addr":
            return "&" + e[1], frozenset()
        if kind == "name":
            if e[1] in self.regs:
                return self.regs[e[1]]
            return 0, frozenset()
        if kind == "op":
            (a, da), (b, db) = self.evaluate(e[2]), self.evaluate(e[3])
            return OPS[e[1]](a, b), da | db
        if kind == "call":
            return self.call(e[1], e[2])
        raise Unknown("a plain access")

    def pointer(self, e):
        """An argument such as x or *x, where a location is meant."""
        return self.evaluate(e[1] if e[0] == "deref" else e)

    def call(self, name, args):
        if name in FENCES:
            self.emit("F", tags=[FENCES[name]])
            return 0, frozenset()
        if name in LOADS:
            p = self.pointer(args[0])
            r = self.read(self.place(p), [LOADS[name]], p[1])
            return r.value, frozenset([r])
        if name in STORES:
            p, v = self.pointer(args[0]), self.evaluate(args[1])
            self.emit("W", loc=self.place(p), value=v[0], tags=[STORES[name]], addr=p[1], data=v[1])
            return 0, frozenset()
        if name == "spin_lock":
            p = self.pointer(args[0])
            return self.exchange(p, ["lkr", "acquire"], ["lkw"], lambda old: 1 if old == 0 else None,
                                 must=True)
        if name == "spin_unlock":
            p = self.pointer(args[0])
            self.emit("W", loc=self.place(p), value=0, tags=["ul", "release"], addr=p[1])
            return 0, frozenset()
        return self.atomic(name, args)

    def atomic(self, name, args):
        for suffix, order in ORDERS:
            if suffix and not name.endswith(suffix):
                continue
            plain = name[:len(name) - len(suffix)] if suffix else name
            full = order == "mb"
            tags_r = ["mb"] if full else ["acquire"] if order == "acquire" else ["once"]
            tags_w = ["mb"] if full else ["release"] if order == "release" else ["once"]
            if plain in ("xchg", "atomic_xchg"):
                p, v = self.pointer(args[0]), self.evaluate(args[1])
                return self.exchange(p, tags_r, tags_w, lambda old: v[0], data=v[1], full=full)
            if plain in ("cmpxchg", "atomic_cmpxchg"):
                p, a, b = self.pointer(args[0]), self.evaluate(args[1]), self.evaluate(args[2])
                return self.exchange(p, tags_r, tags_w, lambda old: b[0] if old == a[0] else None,
                                     data=b[1], full=full)
            m = re.fullmatch(r"atomic_(fetch_)?(add|sub|inc|dec)(_return|_and_test)?", plain)
            if m:
                return self.arithmetic(m, args, tags_r, tags_w, full)
        raise Unknown("call of " + name)

    def arithmetic(self, m, args, tags_r, tags_w, full):
        fetch, op, what = m.groups()
        returns = bool(fetch or what)
        amount = (1, frozenset()) if op in ("inc", "dec") else self.evaluate(args[0])
        p = self.pointer(args[-1])
        by = amount[0] if op in ("add", "inc") else -amount[0]
        old, deps = self.exchange(p, tags_r if returns else ["noreturn"],
                                  tags_w if returns else ["once"], lambda v: v + by,
                                  data=amount[1], full=full and returns)
        value = old if fetch else old + by
        return (int(value == 0) if what == "_and_test" else value), deps

    def exchange(self, p, tags_r, tags_w, new, data=frozenset(), full=False, must=False):
        """Read and write of one atomic operation. If `new` returns None, it does not write, and is a plain read."""
        loc = self.place(p)
        if full:
            self.emit("F", tags=["mb"])
        first = len(self.events)
        r = self.read(loc, tags_r, p[1])
        value = new(r.value)
        if value is None:
            if must:
                raise Stuck
            # A compare-and-exchange that fails orders nothing.
            self.events[first:] = []
            if full:
                self.events.pop()
            r.tags = frozenset(["once"])
            self.events.append(r)
            return r.value, frozenset([r])
        w = self.emit("W", loc=loc, value=value, tags=tags_w, addr=p[1], data=data | {r})
        r.rmw = w
        if full:
            self.emit("F", tags=["mb"])
        return r.value, frozenset([r])

    def run(self, s):
        if s[0] == "block":
            for each in s[1]:
                self.run(each)
        elif s[0] == "set":
            self.regs[s[1]] = self.evaluate(s[2])
        elif s[0] == "do":
            self.evaluate(s[1])
        else:
            value, deps = self.evaluate(s[1])
            before = self.ctrl
            self.ctrl = before | deps
            if value:
                self.run(s[2])
            elif s[3]:
                self.run(s[3])
            self.ctrl = before


class Stuck(Exception):
    """A run that cannot happen: the thread takes a lock that is taken."""


OPS = {"==": lambda a, b: int(a == b), "!=": lambda a, b: int(a != b), "+": lambda a, b: a + b,
       "-": lambda a, b: a - b, "&": lambda a, b: a & b, "|": lambda a, b: a | b,
       "^": lambda a, b: a ^ b, "&&": lambda a, b: int(bool(a and b)),
       "||": lambda a, b: int(bool(a or b)), "<": lambda a, b: int(a < b), ">": lambda a, b: int(a > b)}


def runs_of(test, thread, domain):
    """Every run of a thread, in which reads return any value of the domain."""
    found, todo = [], [[]]
    while todo:
        choices = todo.pop()
        run = Run(test, thread, choices, domain)
        try:
            run.run(test.threads[thread][1])
            found.append(run)
        except Stuck:
            pass
        for i in range(len(choices), len(run.options)):
            for pick in range(1, len(run.options[i])):
                todo.append(choices + [0] * (i - len(choices)) + [pick])
    return found


def all_runs(test):
    """Runs of each thread, with the values that each location can have found by iteration."""
    domain = {}
    for loc, value in test.init.items():
        if ":" not in loc:
            domain.setdefault(loc, set()).add(value)
    for _ in range(6):
        runs = [runs_of(test, t, domain) for t in range(len(test.threads))]
        wider = {loc: set(values) for loc, values in domain.items()}
        for run in itertools.chain(*runs):
            for e in run.events:
                if e.loc:
                    wider.setdefault(e.loc, {test.init.get(e.loc, 0)})
                    if e.kind == "W":
                        wider[e.loc].add(e.value)
        if wider == domain:
            break
        domain = wider
    return runs


# ---- relations: sets of pairs of events ----

def seq(*rels):
    left = rels[0]
    for right in rels[1:]:
        after = {}
        for a, b in right:
            after.setdefault(a, []).append(b)
        left = {(a, c) for a, b in left for c in after.get(b, ())}
    return left


def closure(rel):
    rel = set(rel)
    while True:
        more = seq(rel, rel) - rel
        if not more:
            return rel
        rel |= more


def inverse(rel):
    return {(b, a) for a, b in rel}


def acyclic(rel):
    return all(a is not b for a, b in closure(rel))


class Execution:
    def __init__(self, events, inits, rf, co):
        self.e = inits + events
        self.id = {(e, e) for e in self.e}
        self.po = {(a, b) for i, a in enumerate(events) for b in events[i + 1:]
                   if a.thread == b.thread}
        self.rf, self.co = rf, co
        self.fr = seq(inverse(rf), co) - self.id
        self.m = {e for e in self.e if e.kind in "RW"}

    def of(self, *tags):
        return {(e, e) for e in self.e if e.tags & set(tags)}

    def kind(self, kind):
        return {(e, e) for e in self.e if e.kind in kind}

    def fencerel(self, tag):
        f = self.of(tag)
        return seq(self.po, f, self.po)

    def internal(self, rel):
        return {(a, b) for a, b in rel if a.thread == b.thread}

    def external(self, rel):
        return {(a, b) for a, b in rel if a.thread != b.thread}

    def loc(self, rel):
        return {(a, b) for a, b in rel if a.loc is not None and a.loc == b.loc}

    def coherent(self):
        rmw = {(r, r.rmw) for r in self.e if r.rmw}
        if not acyclic(self.loc(self.po) | self.rf | self.co | self.fr):
            return False
        return not rmw & seq(self.external(self.fr), self.external(self.co))

    def allowed(self):
        """The rest of the axioms, of a coherent execution."""
        po, rf, co, fr = self.po, self.rf, self.co, self.fr
        m, r, w = self.kind("RW"), self.kind("R"), self.kind("W")
        rmw = {(e, e.rmw) for e in self.e if e.rmw}
        rmws = {(e, e) for pair in rmw for e in pair}
        maybe = lambda rel: rel | self.id
        rfe, rfi = self.external(rf), self.internal(rf)
        acq_po, po_rel = seq(self.of("acquire"), po, m), seq(m, po, self.of("release"))
        unlock_lock = seq(po, self.of("ul"), po | rf, self.of("lkr"), po)
        r_rmb = {(e, e) for e, _ in r if "noreturn" not in e.tags}
        rmb, wmb = seq(r_rmb, self.fencerel("rmb"), r_rmb), seq(w, self.fencerel("wmb"), w)
        mb = seq(m, self.fencerel("mb"), m) | \
            seq(m, self.fencerel("before-atomic"), rmws, maybe(po), m) | \
            seq(m, maybe(po), rmws, self.fencerel("after-atomic"), m) | \
            seq(m, maybe(po), self.of("lkw"), self.fencerel("after-spinlock"), m)
        gp = seq(po, self.of("sync-rcu"), maybe(po))
        strong = mb | gp
        fence = strong | po_rel | acq_po | wmb | rmb
        addr = {(a, b) for b in self.e for a in b.addr}
        data = {(a, b) for b in self.e for a in b.data}
        ctrl = {(a, b) for b in self.e for a in b.ctrl}
        overwrite = co | fr
        to_w = seq(addr | data | ctrl, w) | self.internal(overwrite)
        to_r = seq(addr, r) | seq(addr | data, rfi)
        ppo = to_r | to_w | self.internal(fence) | self.internal(unlock_lock)
        rmw_sequence = closure(seq(rf, rmw)) | self.id
        # Every event here is marked, fences too.
        cumul = seq(seq(maybe(rfe), strong | po_rel) | wmb | unlock_lock, rmw_sequence)
        prop = seq(maybe(self.external(overwrite)), closure(cumul) | self.id, maybe(rfe))
        hb = ppo | rfe | self.internal(prop - self.id)
        if not acyclic(hb):
            return False
        hb_star = closure(hb) | self.id
        pb = seq(prop, strong, hb_star)
        if not acyclic(pb):
            return False
        fence = self.rcu_fence(hb_star, closure(pb) | self.id, prop)
        rb = seq(prop, fence, hb_star, closure(pb) | self.id)
        return all(a is not b for a, b in rb)

    def sections(self):
        """Outermost pairs of rcu_read_lock() and rcu_read_unlock()."""
        pairs, depth, begin = set(), {}, {}
        for e in self.e:
            if "rcu-lock" in e.tags:
                if not depth.get(e.thread):
                    begin[e.thread] = e
                depth[e.thread] = depth.get(e.thread, 0) + 1
            elif "rcu-unlock" in e.tags:
                depth[e.thread] -= 1
                if not depth[e.thread]:
                    pairs.add((begin[e.thread], e))
        return pairs

    def rcu_fence(self, hb_star, pb_star, prop):
        gp, rscsi = self.of("sync-rcu"), inverse(self.sections())
        link = seq(self.po | self.id, hb_star, pb_star, prop, self.po)
        order = gp | seq(gp, link, rscsi) | seq(rscsi, link, gp)
        while True:
            more = order | seq(gp, link, order, link, rscsi) | seq(rscsi, link, order, link, gp) | \
                seq(order, link, order)
            if more == order:
                break
            order = more
        return seq(self.po, order, self.po | self.id)


# ---- all executions ----

def orders(writes, inits):
    """Coherence orders: of each location's writes every permutation behind the initial one."""
    by_loc = {}
    for w in writes:
        by_loc.setdefault(w.loc, []).append(w)
    per_loc = []
    for loc, ws in sorted(by_loc.items()):
        first = [i for i in inits if i.loc == loc]
        per_loc.append([{(a, b) for i, a in enumerate(first + list(p)) for b in (first + list(p))[i + 1:]}
                        for p in itertools.permutations(ws)])
    for combination in itertools.product(*per_loc):
        yield set().union(*combination)


def condition_holds(test, runs, final):
    text = test.condition
    text = re.sub(r"\[(\w+)\]", r"\1", text)
    regs = {}
    for run in runs:
        for name, (value, _) in run.regs.items():
            regs[f"{run.thread}:{name}"] = value

    def term(m):
        left, op, right = m.group(1), m.group(2), value_of(m.group(3))
        left = regs.get(left, 0) if ":" in left else final.get(left, test.init.get(left, 0))
        return str((left == right) == (op == "="))
    text = re.sub(r"([\w:]+)\s*(!?=)\s*(&?-?\w+)", term, text)
    text = text.replace("/\\", " and ").replace("\\/", " or ").replace("~", " not ")
    if not re.fullmatch(r"[\s()]*((True|False|and|or|not)[\s()]*)+", text):
        raise Unknown("condition " + text)
    return eval(text)  # pylint: disable=eval-used; nothing but the words above is left


def sees(test):
    """"Never", "Sometimes" or "Always": how the condition stands over all allowed executions."""
    seen = set()
    for runs in itertools.product(*all_runs(test)):
        events = [e for run in runs for e in run.events]
        locs = {e.loc for e in events if e.loc}
        inits = [Event(None, "W", loc=loc, value=test.init.get(loc, 0), tags=["init"])
                 for loc in sorted(locs)]
        writes = [e for e in events if e.kind == "W"]
        reads = [e for e in events if e.kind == "R"]
        sources = [[w for w in inits + writes if w.loc == r.loc and w.value == r.value]
                   for r in reads]
        if not all(sources):
            continue
        for co in orders(writes, inits):
            last = {w.loc: w.value for w in inits + writes if not any(a is w for a, _ in co)}
            holds = condition_holds(test, runs, last)
            if holds in seen:
                continue
            for choice in itertools.product(*sources):
                x = Execution(events, inits, {(w, r) for w, r in zip(choice, reads)}, co)
                if x.coherent() and x.allowed():
                    seen.add(holds)
                    break
        if len(seen) == 2:
            return "Sometimes"
    return "Sometimes" if len(seen) == 2 else "Always" if seen == {True} else "Never"
