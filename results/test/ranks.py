# SPDX-License-Identifier: GPL-2.0-or-later
"""How two samples differ, for the oracle of comparisons: slowly, in whole numbers where the program uses
floating point. It shares nothing with results/twosample.c but the definitions in that file's header."""

import math
from fractions import Fraction
from statistics import NormalDist

EXACT, EXACT_TIES = 50, 20


def doubled_ranks(values):
    order = sorted(values)
    first, last = {}, {}
    for i, v in enumerate(order):
        first.setdefault(v, i)
        last[v] = i
    return [first[v] + last[v] + 2 for v in values]


def divisions(scores, m):
    """{sum of m of the scores: in how many ways}."""
    ways = [{0: 1}] + [{} for _ in range(m)]
    for s in scores:
        for k in range(m, 0, -1):
            for total, n in ways[k - 1].items():
                ways[k][total + s] = ways[k].get(total + s, 0) + n
    return ways[m]


_untied = {}


def untied(m, n):
    if (m, n) not in _untied:
        _untied[m, n] = divisions([2 * i for i in range(1, m + n + 1)], m)
    return _untied[m, n]


def p_value(x, y):
    m, n = len(x), len(y)
    scores = doubled_ranks(x + y)
    centre, far = m * (m + n + 1), abs(sum(scores[:m]) - m * (m + n + 1))
    ties = len(set(x + y)) < m + n
    most = EXACT_TIES if ties else EXACT
    if m <= most and n <= most:
        ways = divisions(scores, m) if ties else untied(m, n)
        return float(Fraction(sum(w for s, w in ways.items() if abs(s - centre) >= far), sum(ways.values())))
    cubes = sum(t**3 - t for t in (scores.count(s) for s in set(scores)))
    variance = m * n / 12 * (m + n + 1 - cubes / ((m + n) * (m + n - 1)))
    by = (far - 1) / 2
    return 1.0 if by <= 0 or variance <= 0 else min(1.0, 2 * NormalDist().cdf(-by / math.sqrt(variance)))


def interval(x, y, level):
    """By how much y lies above x; infinite with too few values."""
    m, n = len(x), len(y)
    all_of_them = sorted(b - a for a in x for b in y)
    if m <= EXACT and n <= EXACT:
        ways, least = untied(m, n), m * (m + 1)
        total, below, k = sum(untied(m, n).values()), 0, -1
        for u in range(m * n + 1):
            below += ways.get(least + 2 * u, 0)
            if Fraction(below, total) > Fraction(level).limit_denominator(10**6) / 2:
                break
            k = u
    else:
        z = NormalDist().inv_cdf(level / 2)
        k = math.floor(max(-1.0, m * n / 2 - 0.5 + z * math.sqrt(m * n * (m + n + 1) / 12)))
    if k < 0:
        return -math.inf, math.inf
    return all_of_them[k], all_of_them[-1 - k]


def adjusted(ps):
    """Benjamini and Hochberg's."""
    out = {}
    least, nr = 1.0, len(ps)
    for rank, i in reversed(list(enumerate(sorted(range(nr), key=lambda i: ps[i]), 1))):
        least = min(least, ps[i] * nr / rank)
        out[i] = least
    return [out[i] for i in range(nr)]


def p_of_margin(x, y, ratio, margin):
    """That of a change such as this, if the true one were by the margin, in its direction."""
    if ratio:
        x, y = [math.log(v) for v in x], [math.log(v) for v in y]
    shifts = sorted(b - a for a in x for b in y)
    estimate = (shifts[(len(shifts) - 1) // 2] + shifts[len(shifts) // 2]) / 2
    if abs(estimate) <= margin:
        return 1.0
    return p_value([v + math.copysign(margin, estimate) for v in x], y)


def judge(pairs, level=0.01):
    """pairs: (base's values, head's values, effect, better). A word for each."""
    found = []
    for x, y, effect, better in pairs:
        ratio = min(x + y) > 0
        low, high = interval([math.log(v) for v in x], [math.log(v) for v in y], level) if ratio else interval(x, y, level)
        middle = sorted(x)
        effect = max(effect, 1e-9)  # totals over other numbers of operations are rounded otherwise
        most = math.log1p(effect) if ratio else effect * (middle[(len(x) - 1) // 2] + middle[len(x) // 2]) / 2
        found.append((low, high, most, p_of_margin(x, y, ratio, most), better))
    finite = [i for i, f in enumerate(found) if math.isfinite(f[0])]
    significant = dict(zip(finite, adjusted([found[i][3] for i in finite])))
    return [word(f, significant.get(i), level) for i, f in enumerate(found)]


def word(f, p, level):
    low, high, most, _, better = f
    if p is None:
        return "inconclusive"
    if -most <= low and high <= most:
        return "unchanged"
    if not (low > most or high < -most) or p > level:
        return "inconclusive"
    return "improved" if better == ("higher" if low > most else "lower") else "regressed"
