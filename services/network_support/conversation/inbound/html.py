"""HTML of a mail as plain text. Nothing of it is ever shown as HTML.

Libraries for this build a tree, in which depth costs, and lay out tables and paddings as browsers do, so that few
letters become many: Inscriptis 2.7 made 400 MB of a table of 100 kB. It also keeps what it makes in a layout that all
threads share, so one mail could show in another. Here lxml only tells tags from text, in their order: as much comes out
as went in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from lxml.etree import HTMLParser, LxmlError, fromstring

LARGEST = 1_000_000  # characters
MOST_TAGS = 10_000  # of a mail: the parser walks all open ones for each that ends
BULLETS = "*+o-"  # by how deep the list lies
_TAGS = re.compile(r"<[^<>]*>")
_GAPS = re.compile(r"\n{3,}")
_HIDDEN = re.compile(r"display\s{0,9}:\s{0,9}none", re.IGNORECASE)
_TYPED = re.compile(r"white-space\s{0,9}:\s{0,9}pre", re.IGNORECASE)

_UNSEEN = frozenset({"head", "script", "style", "title"})
_VERBATIM = frozenset({"pre", "xmp", "listing", "plaintext"})
_CHANGING = _UNSEEN | _VERBATIM | {"blockquote"}  # what holds inside them
_APART = frozenset({"p", "figure", "h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol"})
_LINES = frozenset(
    {"address", "article", "aside", "blockquote", "caption", "dd", "div", "dl", "dt", "fieldset", "figcaption"}
    | {"footer", "form", "header", "hr", "li", "main", "nav", "section", "table", "td", "th", "tr"}
    | _VERBATIM
    | _LISTS
)


def text(source: str) -> str:
    """Quotations come with ">" before each line, as in plain mails."""
    source = source[:LARGEST]
    try:
        # as bytes: lxml refuses a text that names an encoding of its own
        parser = HTMLParser(encoding="utf-8", target=cast("Any", _Lines()))
        plain = str(fromstring(source.encode("utf-8", "replace"), parser))
    except (LxmlError, ValueError):  # there is nothing in it
        plain = ""
    return _GAPS.sub("\n\n", plain).strip() or bare(source)


def bare(source: str) -> str:
    """Without its tags, and no better: for what has too many of them."""
    return _TAGS.sub(" ", source[:LARGEST]).strip()


@dataclass(frozen=True)
class _Within:
    """What holds inside an element. `typed`: as it stands, blanks and lines."""

    hidden: bool = False
    typed: bool = False
    quoted: bool = False


def _inside(around: _Within, tag: str, style: str) -> _Within:
    if not style and tag not in _CHANGING:
        return around
    own_lines = tag in _LINES or tag in _APART
    return _Within(
        hidden=around.hidden or tag in _UNSEEN or _HIDDEN.search(style) is not None,
        typed=around.typed or tag in _VERBATIM or (own_lines and _TYPED.search(style) is not None),
        quoted=around.quoted or tag == "blockquote",
    )


class _Lines:
    """Takes what the parser finds (`start`, `data`, `end`), and gives it back as text (`close`)."""

    def __init__(self) -> None:
        self._within = [_Within()]
        self._lists: list[int | None] = []  # the number of the next item; None: without numbers
        self._lines: list[str] = []
        self._line: list[str] = []  # pieces of the one at hand
        self._bullet = ""
        self._gap = False  # a blank is due before what comes next
        self._apart = False  # so is an empty line

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        self._break(tag)
        if tag == "li":
            self._bullet = self._next_bullet()
        elif tag in _LISTS:
            self._lists.append(1 if tag == "ol" else None)
        self._within.append(_inside(self._within[-1], tag, attrib.get("style", "")))

    def end(self, tag: str) -> None:
        self._break(tag)
        if tag == "br" and not self._within[-1].hidden:
            self._end_line()
        elif tag == "li":
            self._bullet = ""
        elif tag in _LISTS and self._lists:
            self._lists.pop()
        if len(self._within) > 1:
            self._within.pop()

    def data(self, data: str) -> None:
        if self._within[-1].hidden:
            return
        if not self._within[-1].typed:
            self._flow(data)
            return
        first, *others = data.split("\n")
        self._line.append(first)
        for other in others:
            self._end_line()
            self._line.append(other)

    def close(self) -> str:
        self._break("div")
        return "\n".join(self._lines)

    def _flow(self, data: str) -> None:
        self._gap |= data[:1].isspace()
        if words := " ".join(data.split()):
            self._line.append(f" {words}" if self._gap and self._line else words)
            self._gap = data[-1:].isspace()

    def _break(self, tag: str) -> None:
        """Begins a line at such a tag; paragraphs stand apart."""
        if tag not in _LINES and tag not in _APART:
            return
        if any(self._line):
            self._end_line()
        self._line, self._gap = [], False
        self._apart |= tag in _APART

    def _end_line(self) -> None:
        line = "".join(self._line)
        if line.strip():
            line, self._bullet = self._bullet + line, ""
        mark = "> " if self._within[-1].quoted else ""
        if self._apart and self._lines and self._lines[-1].strip("> "):
            self._lines.append(mark.rstrip())
        self._lines.append((mark + line).rstrip())
        self._line, self._gap, self._apart = [], False, False

    def _next_bullet(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return BULLETS[max(len(self._lists) - 1, 0) % len(BULLETS)] + " "
        number = self._lists[-1]
        self._lists[-1] = number + 1
        return f"{number}. "
