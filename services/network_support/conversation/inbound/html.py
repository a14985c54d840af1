"""HTML of a mail as plain text. Nothing of it is ever shown as HTML."""

import re

import lxml.html
from inscriptis import Inscriptis
from lxml.etree import LxmlError, ParserError
from lxml.html import HtmlElement

LARGEST = 1_000_000  # characters
_TAGS = re.compile(r"<[^<>]*>")
_BLANK = re.compile(r"[ \t\xa0]+$", re.MULTILINE)
_GAPS = re.compile(r"\n{3,}")


def text(source: str) -> str:
    """Quotations come with ">" before each line, as in plain mails."""
    source = source[:LARGEST]
    try:
        plain = _read(source)
    except (LxmlError, ValueError, RecursionError, AssertionError):
        plain = ""
    # what lies deeper than the parser goes is not lost
    return _GAPS.sub("\n\n", _BLANK.sub("", plain)).strip() or _TAGS.sub(" ", source).strip()


def _read(source: str) -> str:
    # as bytes: lxml refuses a text that names an encoding of its own
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=False)
    try:
        tree = lxml.html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except ParserError:  # there is nothing in it
        return ""
    for quotation in [*tree.iter("blockquote")]:
        if next(quotation.iterancestors("blockquote"), None) is None:
            _mark(quotation)
    return str(Inscriptis(tree).get_text())


def _mark(quotation: HtmlElement) -> None:
    lines = str(Inscriptis(quotation).get_text()).strip().split("\n")
    tail = quotation.tail
    quotation.clear()
    quotation.tag, quotation.tail = "pre", tail
    quotation.text = "\n".join("> " + line.strip() for line in lines)
