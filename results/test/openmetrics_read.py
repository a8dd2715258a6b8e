# SPDX-License-Identifier: GPL-2.0-or-later
"""OpenMetrics text on stdin, as python3-prometheus-client reads it, as JSON: [[family, type, unit,
[[name, labels, value]]]]. Debian's python3 has that module; another one in PATH need not."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

families = text_string_to_metric_families(sys.stdin.buffer.read().decode())
json.dump([[f.name, f.type, f.unit, [[s.name, s.labels, s.value] for s in f.samples]] for f in families], sys.stdout)
