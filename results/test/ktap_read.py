# SPDX-License-Identifier: GPL-2.0-or-later
"""KTAP on stdin, as the kernel's own parser reads it (tools/testing/kunit/kunit_parser.py, in the
folder that is the argument), as JSON: {"status", "errors", "tests": [[name, status, [[name, status]]]]}."""

import contextlib
import inspect
import io
import json
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])

# Both modules print as they read; the printer of older ones takes what stdout is at the import.
with contextlib.redirect_stdout(io.StringIO()):
    import kunit_parser
    import kunit_printer

    lines = sys.stdin.read().splitlines()
    if len(inspect.signature(kunit_parser.parse_run_tests).parameters) > 1:
        test = kunit_parser.parse_run_tests(lines, kunit_printer.Printer(print=False))
    else:
        test = kunit_parser.parse_run_tests(lines)
tests = [[t.name, t.status.name, [[s.name, s.status.name] for s in t.subtests]] for t in test.subtests]
json.dump({"status": test.status.name, "errors": test.counts.errors, "tests": tests}, sys.stdout)
