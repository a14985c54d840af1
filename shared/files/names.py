"""Names of files: what people send is cleaned, never trusted. No I/O."""

import unicodedata
from email.message import Message
from email.utils import collapse_rfc2231_value
from urllib.parse import quote

LONGEST = 150  # characters
LONGEST_HEADER = 2_000  # characters that are read: a name of 150 in UTF-8 takes 1,800, and reading goes by squares
_JOINERS = {"\u200c", "\u200d"}  # Persian and Indian words are written with them
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def sent(disposition: str | None) -> str:
    """The name in a header Content-Disposition (RFC 6266), as it was sent; "" without one.

    `filename*` goes before `filename`; what cannot be read is none. Tools send UTF-8 where the standard says Latin-1:
    that is read, too.
    """
    header = Message()
    header["Content-Disposition"] = _text(disposition or "")[:LONGEST_HEADER]
    try:
        given = header.get_params([], header="Content-Disposition")
        names = [value for name, value in given if name.casefold() == "filename"]
        return collapse_rfc2231_value(min(names, key=lambda one: isinstance(one, str))) if names else ""
    except (ValueError, LookupError):  # a number without end, a character set that there is not
        return ""


def ending(name: str) -> str:
    """What follows the last dot of the name as it would be shown, in lower case; "" without one."""
    _, dot, said = _visible(name).rpartition(".")
    return said.casefold() if dot else ""


def cleaned(name: str, kind: str) -> str:
    """A name that any system can keep and that deceives no reader; it ends in `kind` ("pdf"), also if it did not.

    No folders, no control characters, none that change the direction of what is read.
    """
    stem, _, said = _visible(name).rpartition(".")
    if said.casefold() != kind:
        stem = f"{stem}.{said}".strip(" .")
    return f"{stem[: LONGEST - len(kind) - 1].strip(' .') or 'attachment'}.{kind}"


def disposition(name: str) -> str:
    """The header that makes browsers save a file and never show it (RFC 6266, the name as in RFC 8187)."""
    plain = "".join(one if one.isascii() and one.isprintable() and one not in '"\\%' else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _text(header: str) -> str:
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _visible(name: str) -> str:
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(one for one in last if one in _JOINERS or unicodedata.category(one) not in _INVISIBLE)
    return " ".join(seen.split()).rstrip(" .")
