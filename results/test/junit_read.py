# SPDX-License-Identifier: GPL-2.0-or-later
"""JUnit's XML on stdin, as python3-junitparser reads it, as JSON: {suite: {"counts", "tests": [[name,
outcome, message]]}}. Debian's python3 has that module; another one in PATH need not."""

import json
import sys

import junitparser

KINDS = {junitparser.Failure: "failure", junitparser.Error: "error", junitparser.Skipped: "skipped"}
out = {}
for suite in junitparser.JUnitXml.fromstring(sys.stdin.buffer.read()):
    tests = [[t.name, KINDS[type(t.result[0])] if t.result else "passed", t.result[0].message if t.result else ""] for t in suite]
    out[suite.name] = {"counts": [suite.tests, suite.failures, suite.errors, suite.skipped], "tests": tests}
json.dump(out, sys.stdout)
