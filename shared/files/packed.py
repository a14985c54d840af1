"""Kinds that are ZIP archives: Office Open XML (ECMA-376) and OpenDocument (ISO/IEC 26300).

Only the directory and one small file are read, within limits: what is packed may be a bomb.
"""

import io
import re
import zlib
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, ZipFile, ZipInfo

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from shared.files.refused import Harmful, NotTaken, Unknown

SIGNATURE = b"PK\x03\x04"
LARGEST_READ = 2_000_000  # bytes at once: the directory of some 20,000 files
LARGEST_TYPES = 500_000  # bytes of the one file that is unpacked
LARGEST_WHOLE = 500_000_000  # bytes, unpacked
LARGEST_SHARE = 150  # times the file's own size, unpacked; sheets of zeros come to a third of that

_OPEN_XML = {
    "wordprocessingml.document.main+xml": "docx",
    "presentationml.presentation.main+xml": "pptx",
    "spreadsheetml.sheet.main+xml": "xlsx",
}
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_BEGINS_A_TYPE = "application/vnd.openxmlformats-officedocument."
_MACROS = re.compile(r"vbaProject|macroEnabled|macrosheet", re.IGNORECASE)
_MACRO_FILES = re.compile(r"(Basic|Scripts)/.|(.*/)?(vbaProject\.bin|macrosheets/.*)", re.IGNORECASE)


def kind_of(file: BinaryIO, size: int) -> str:
    """Raises Unknown, Harmful, or NotTaken for a bomb."""
    sparing = _Sparing(file)
    try:
        with ZipFile(sparing) as archive:
            return _kind(archive, size)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, ValueError, OSError):
        raise Unknown("it is damaged, or locked with a password", "save it anew, without a password") from None
    finally:
        sparing.detach()  # otherwise it would close the file with itself


class _Sparing(io.BufferedReader):
    """Refuses what only a directory of absurd length asks for."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)  # type: ignore[arg-type] # any binary file can be read

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > LARGEST_READ:
            raise BadZipFile("a directory too long to be read")
        return super().read(size)


def _kind(archive: ZipFile, size: int) -> str:
    _require_no_bomb(archive.infolist(), size)
    names = set(archive.namelist())
    if any(_MACRO_FILES.match(name) for name in names):
        raise Harmful
    if "[Content_Types].xml" in names:
        return _open_xml(_read(archive, "[Content_Types].xml"))
    if "mimetype" in names and (kind := _OPEN_DOCUMENT.get(_read(archive, "mimetype").strip())):
        return kind
    raise Unknown


def _require_no_bomb(files: list[ZipInfo], size: int) -> None:
    whole = sum(one.file_size for one in files)
    if whole > LARGEST_WHOLE or whole > LARGEST_SHARE * max(size, 100_000):
        problem = f"unpacked it would be {whole:,} bytes"
        raise NotTaken(problem, "make it smaller, or save it as a PDF")


def _open_xml(types: bytes) -> str:
    """Read as XML, as those read it who open the file: there are many ways to write a letter."""
    values = {value for part in _parsed(types).iter() for value in part.attrib.values()}
    if any(_MACROS.search(value) for value in values):
        raise Harmful
    found = {kind for value in values if (kind := _OPEN_XML.get(value.removeprefix(_BEGINS_A_TYPE)))}
    if len(found) != 1:
        raise Unknown
    return found.pop()


def _parsed(types: bytes) -> Element:
    try:
        return fromstring(types, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unknown("its list of contents cannot be read", "save it anew") from None


def _read(archive: ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        read = part.read(LARGEST_TYPES + 1)
    if len(read) > LARGEST_TYPES:
        raise Unknown
    return read
