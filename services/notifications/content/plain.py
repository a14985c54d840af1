"""Mails as plain text: lines of one length, and each line readable in the direction of its language."""

import re
import textwrap

WIDTH = 72  # columns a line, RFC 3676 advises 78 at most
_BLANKS = re.compile(r"[ \t\r\n]+")  # a no-break space stays one
# Chinese has no spaces: its lines end after a sign that ends a part of a sentence, and nothing else begins one
_STOPS = re.compile("[，。；：、！？]+[”）》]*")
_HERE = "\v"  # a place where a line may end, for textwrap; it is no column, but few are counted
_ISOLATE, _END = "\u2068", "\u2069"
_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}
_ADDRESS = re.compile(r"\s*https?://\S+")


def flat(text: str) -> str:
    """In one line."""
    return _BLANKS.sub(" ", text).strip()


def paragraph(text: str, language: str) -> str:
    """However the template breaks its lines, the mail has them of one length; addresses stay whole."""
    flat_text = flat(text)
    if language != "zh":
        return textwrap.fill(flat_text, WIDTH, break_long_words=False, break_on_hyphens=False)
    wide = WIDTH // 2  # each of its signs takes two columns
    broken = _STOPS.sub(rf"\g<0>{_HERE}", flat_text)
    return textwrap.fill(broken, wide, break_long_words=False, replace_whitespace=False).replace(_HERE, "")


def subject(text: str, direction: str) -> str:
    """One line, which begins with the language's direction where something in it does not have it."""
    line = text.strip()
    if direction == "rtl" or _ISOLATE in line:
        return _MARKS[direction] + line
    return line


def directed(text: str, direction: str) -> str:
    """Each line for itself, as programs show them: one that a text of the other direction begins is marked, and what
    is set apart and goes on in the next line is set apart in both."""
    if direction == "ltr" and _ISOLATE not in text:
        return text
    lines, within = [], False
    for line in text.split("\n"):
        begun = _ISOLATE + line if within else line
        within = begun.count(_ISOLATE) > begun.count(_END)
        lines.append(_begun(begun + _END if within else begun, direction))
    return "\n".join(lines)


def _begun(line: str, direction: str) -> str:
    if not line.strip() or line == "-- " or _ADDRESS.fullmatch(line):
        return line
    return _MARKS[direction] + line if direction == "rtl" or line.startswith(_ISOLATE) else line
