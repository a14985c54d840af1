"""Kinds that are compound files (MS-CFB): DOC, XLS and PPT as Office wrote them until 2007."""

import re
import struct
from typing import BinaryIO

from olefile import OleFileIO

from shared.files.refused import Harmful, NotTaken, Unknown

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = {"worddocument": "doc", "workbook": "xls", "book": "xls", "powerpoint document": "ppt"}
_MACROS = {"macros", "vba", "_vba_project", "_vba_project_cur"}
_LOCKED = {"encryptedpackage", "encryptioninfo"}
_SECTOR = 512  # bytes, at least
# VbaInfoContainer (MS-PPT 2.4.10), and the records BoundSheet8 and EOF (MS-XLS 2.4.28, 2.4.103)
_PPT_MACROS = re.compile(rb"\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00")
_SHEET, _MACRO_SHEET, _END = 0x0085, 1, 0x000A


def kind_of(file: BinaryIO, size: int) -> str:
    """Raises Unknown, or Harmful for macros."""
    try:
        file.seek(0)
        _require_possible(file.read(_SECTOR), size)
        with OleFileIO(file) as found:
            return _kind(found)
    except NotTaken:
        raise
    except Exception:  # noqa: BLE001 - whatever a file makes its reader raise, it is not whole
        raise Unknown("it is damaged", "save it anew") from None


def _require_possible(header: bytes, size: int) -> None:
    """The tables that the header announces fit in the file: they are read whole."""
    for place in (44, 64, 72):  # numbers of sectors of the three tables
        (sectors,) = struct.unpack_from("<I", header, place)
        if sectors * _SECTOR > size:
            raise ValueError("tables larger than the file")


def _kind(found: "OleFileIO[str]") -> str:
    paths = [[part.casefold() for part in path] for path in found.listdir(streams=True, storages=True)]
    if any(not _MACROS.isdisjoint(path) for path in paths):
        raise Harmful
    top = {path[0] for path in paths}
    if top & _LOCKED:
        raise Unknown("it is locked with a password", "save it without a password")
    kinds = {(_KINDS[name], name) for name in top & _KINDS.keys()}
    if len({kind for kind, _ in kinds}) != 1:
        raise Unknown
    kind, stream = kinds.pop()
    if kind != "doc" and _has_macros(kind, found.openstream(stream).read()):
        raise Harmful
    return kind


def _has_macros(kind: str, content: bytes) -> bool:
    """Those that need no storage of their own: in presentations, and as sheets of formulas."""
    return _PPT_MACROS.search(content) is not None if kind == "ppt" else _has_macro_sheet(content)


def _has_macro_sheet(content: bytes) -> bool:
    place = 0
    while place + 4 <= len(content):
        record, length = struct.unpack_from("<HH", content, place)
        if record == _END:
            return False
        if record == _SHEET and length > 5 and content[place + 9] == _MACRO_SHEET:
            return True
        place += 4 + length
    return False
