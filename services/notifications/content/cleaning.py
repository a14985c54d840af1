"""Texts that others wrote, made safe for one line of a mail: a header, a sentence, a list item."""

import re

_BLANKS = re.compile(r"[ \t\r\n]+")  # a no-break space stays one
# line breaks and other controls; and marks that turn the reading direction of what follows them, so that a title
# could make the rest of the mail unreadable
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str, longest: int = 500) -> str:
    """The text in one line, without control characters and lone surrogates, at most `longest` characters."""
    flat = _CONTROLS.sub(" ", text.encode("utf-8", "replace").decode())
    return shorten(_BLANKS.sub(" ", flat).strip(), longest)


def shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
