"""Texts that others wrote, made safe for one line of a mail: a header, a sentence, a list item."""

import re

_BLANKS = re.compile(r"[ \t\r\n]+")  # a no-break space stays one
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# marks that turn the reading direction of what follows them: a title could make the rest of the mail unreadable
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str, longest: int = 500) -> str:
    """What somebody wrote, in one line of at most `longest` characters, without controls and lone surrogates."""
    return sendable(_TURNS.sub(" ", text), longest)


def sendable(text: str, longest: int) -> str:
    """The same of a text of ours, in which what others wrote is clean already and may be set apart (shown.py)."""
    flat = _CONTROLS.sub(" ", text.encode("utf-8", "replace").decode())
    return shorten(_BLANKS.sub(" ", flat).strip(), longest)


def shorten(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
