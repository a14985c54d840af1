"""Which kind of file it is, by its content alone. Reads no more than is needed, and trusts no part of it.

    kind_of(file)  →  "docx"

Signatures tell PDF and RTF; of what is packed (ZIP) or a file system of its own (OLE), the directory tells the kind.
"""

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from shared.files import compound, packed
from shared.files.refused import Unknown

MEDIA_TYPES = {
    "txt": "text/plain",
    "rtf": "application/rtf",
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_SLICE = 1 << 20
_PDF = re.compile(rb"(\xef\xbb\xbf)?\s{0,100}%PDF-\d")
_PDF_END = re.compile(rb"%%EOF")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # of no encoding that has ASCII in it
_NO_TEXT_WIDE = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def kind_of(file: BinaryIO, size: int) -> str:
    """A key of MEDIA_TYPES. Raises Unknown, or Harmful for what holds programs; both say what to do."""
    file.seek(0)
    head = file.read(1024)
    if head.startswith(packed.SIGNATURE):
        return packed.kind_of(file, size)
    if head.startswith(compound.SIGNATURE):
        return compound.kind_of(file, size)
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if _PDF.match(head):
        return _whole_pdf(file, size)
    if head.startswith(b"#!") or not _is_text(file, head):
        raise Unknown
    return "txt"


def _whole_pdf(file: BinaryIO, size: int) -> str:
    file.seek(max(0, size - 65_536))
    if not _PDF_END.search(file.read()):
        raise Unknown("it begins as a PDF and has no end", "upload the whole file")
    return "pdf"


def _is_text(file: BinaryIO, head: bytes) -> bool:
    """In any encoding that people use: we need not read it, only know that it is none of something else."""
    if encoding := _WIDE.get(head[:2]):
        decode = codecs.getincrementaldecoder(encoding)("strict").decode
        try:
            return not any(_NO_TEXT_WIDE.search(decode(part, not part)) for part in chain(_parts(file), [b""]))
        except UnicodeDecodeError:
            return False
    return not any(_NO_TEXT.search(part) for part in _parts(file))


def _parts(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while part := file.read(_SLICE):
        yield part
