"""A mail's body: its text and its files. No I/O, trusts nothing, and is done in bounded time and room.

read(raw)  →  Body(text, quoted, files)
"""

import codecs
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32

from services.network_support.conversation.inbound import html
from services.network_support.conversation.inbound.envelope import Unreadable
from services.network_support.conversation.inbound.quoting import folded
from shared.raw_mail import too_much

DEEPEST = 20
LONGEST_TEXT = 200_000  # characters
LONGEST_CHARACTER = 4  # bytes, in any charset
LONGEST_NAME = 500
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NO_CHARSETS = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"}
_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}


@dataclass(frozen=True)
class File:
    """As it came: `name` is what the sender says. `shown`: a picture in the text, such as a logo, not a file."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)
    shown: bool = False


@dataclass(frozen=True)
class Body:
    text: str = field(repr=False)
    quoted: str | None = field(repr=False)
    files: tuple[File, ...]


def read(raw: bytes, domains: Collection[str]) -> Body:
    """`domains`: of our addresses. Raises Unreadable for what is made to hurt."""
    if code := too_much(raw):
        raise Unreadable(code)
    plain, files = _parts(message_from_bytes(raw, policy=compat32))
    own, quoted = folded(plain[:LONGEST_TEXT], domains)
    return Body(own, quoted, tuple(files))


def _parts(mail: Message) -> tuple[str, list[File]]:
    texts: list[str] = []
    files: list[File] = []
    tags = html.MOST_TAGS  # that are left for further parts
    for part in _leaves(mail, 0):
        if part.get_content_type() in _SIGNATURES:
            continue
        if _is_text(part):
            source = _source(part)
            if part.get_content_type() == "text/html":
                tags -= source.count("<")
                source = _clean(html.text(source) if tags >= 0 else html.bare(source))
            texts.append(source)
        else:
            files.append(File(_name(part), _content(part), shown=_shown(part)))
    return "\n\n".join(filter(None, texts)), files


def _leaves(part: Message, depth: int) -> Iterator[Message]:
    """In their order; of alternatives, the plain text if it says anything."""
    if depth > DEEPEST:
        raise Unreadable("nested_too_deep")
    inner = part.get_payload()
    if not part.get_content_type().startswith("multipart/") or not isinstance(inner, list):
        yield part
        return
    found = [leaf for one in inner if isinstance(one, Message) for leaf in _leaves(one, depth + 1)]
    if part.get_content_type() == "multipart/alternative":
        plain = any(_kind(leaf) == "text/plain" and _source(leaf).strip() for leaf in found)
        found = [leaf for leaf in found if _kind(leaf) != ("text/html" if plain else "text/plain")]
    yield from found


def _kind(part: Message) -> str | None:
    """Of what is text to be read here; None: a file."""
    return part.get_content_type() if _is_text(part) else None


def _is_text(part: Message) -> bool:
    readable = part.get_content_type() in {"text/plain", "text/html"} and not part.is_multipart()
    return readable and part.get_content_disposition() != "attachment" and not part.get_filename()


def _source(part: Message) -> str:
    """As it was written, plain or HTML."""
    most = html.LARGEST if part.get_content_type() == "text/html" else LONGEST_TEXT
    return _clean(_decoded(_content(part), str(part.get_content_charset() or ""), most))


def _clean(text: str) -> str:
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")


def _decoded(raw: bytes, charset: str, most: int) -> str:
    """Whatever it says it is; UTF-8 or else Latin-1, which takes every byte, if that is not known or not true.

    What is longer than `most` characters for sure is cut before it is decoded.
    """
    cut = raw[: LONGEST_CHARACTER * most]
    for name in (charset, "utf-8"):
        try:
            known = codecs.lookup(name).name
            if known not in _NO_CHARSETS:
                return _strictly(cut, known, whole=len(cut) == len(raw))
        except (LookupError, ValueError):
            continue
    return cut.decode("latin-1")


def _strictly(raw: bytes, charset: str, *, whole: bool) -> str:
    try:
        return raw.decode(charset)
    except UnicodeDecodeError as error:
        if whole or error.start < len(raw) - LONGEST_CHARACTER:
            raise
        return raw[: error.start].decode(charset)  # it was cut in the middle of a character


def _content(part: Message) -> bytes:
    """Of what is a mail itself: as it was written."""
    if part.is_multipart():
        inner = part.get_payload()
        return b"".join(one.as_bytes() for one in inner if isinstance(one, Message)) if isinstance(inner, list) else b""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _shown(part: Message) -> bool:
    return (
        part.get_content_maintype() == "image"
        and "Content-ID" in part
        and (part.get_content_disposition() != "attachment")
    )


def _name(part: Message) -> str:
    said = str(part.get_filename() or "")[:LONGEST_NAME]
    try:
        return str(make_header(decode_header(said)))
    except (MessageError, ValueError, LookupError):
        return said
