# SPDX-License-Identifier: GPL-2.0-or-later
"""A page of the report, as its tests read it: they do not know how it was rendered."""

import html.parser


class Page(html.parser.HTMLParser):
    """Sections by id: the answer's text, the notes', the table's rows, the number of drawings."""

    def __init__(self, text):
        super().__init__()
        self.sections, self.at, self.into, self.cell = {}, None, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "section" and attrs.get("id"):
            self.at = self.sections.setdefault(attrs["id"], {"text": "", "rows": [], "svg": 0})
        if self.at is None:
            return
        if tag == "tr":
            self.at["rows"].append([])
        if tag in ("td", "th") and self.at["rows"]:
            self.at["rows"][-1].append("")
            self.cell = self.at["rows"][-1]
        self.at["svg"] += tag == "svg"

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = None
        if tag == "section":
            self.at = None

    def handle_data(self, data):
        if self.at is None:
            return
        if self.cell is not None:
            self.cell[-1] += data
        else:
            self.at["text"] += data


def squeezed(text):
    return " ".join(text.split())
