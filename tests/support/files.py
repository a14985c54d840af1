"""Files of all kinds, as small as their formats allow, and some that are not what they seem."""

import io
import struct
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
RTF = rb"{\rtf1\ansi A pledge}"
TEXT = "Documents for all.\r\n\tДокументы. 文件\n".encode()
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)
OPEN_XML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}
DOCUMENT = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
COMPOUND = {"doc": "WordDocument", "xls": "Workbook", "ppt": "PowerPoint Document"}
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512


def open_xml(kind: str, *, types: str = "", more: Mapping[str, bytes] | None = None) -> bytes:
    main = f'<Override PartName="/main.xml" ContentType="{OPEN_XML}{MAIN[kind]}"/>'
    listed = f'<?xml version="1.0"?><Types>{types or main}</Types>'.encode()
    return packed({"[Content_Types].xml": listed, "main.xml": b"<document/>", **(more or {})})


def open_document(kind: str, more: Mapping[str, bytes] | None = None) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{DOCUMENT[kind]}".encode()
    return packed({"mimetype": mimetype, "content.xml": b"<office/>", **(more or {})})


def packed(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(ZipInfo(name), content, ZIP_STORED if name == "mimetype" else ZIP_DEFLATED)
    return made.getvalue()


def compound(*streams: tuple[str, bytes], storage: str = "") -> bytes:
    """A compound file (MS-CFB) with these streams at the top, and an empty storage."""
    names = [("Root Entry", 5, END, 0)]
    data, place = b"", 2  # sector 0 is the FAT, sector 1 and those after the streams the directory
    chains: list[int] = [FAT_SECTOR, END]
    for name, content in streams:
        whole = content.ljust(4096, b"\0")
        whole += bytes(-len(whole) % SECTOR)
        count = len(whole) // SECTOR
        names.append((name, 2, place, len(whole)))
        chains += [*range(place + 1, place + count), END]
        data, place = data + whole, place + count
    names += [(storage, 1, 0, 0)] if storage else []
    assert len(names) <= 4
    assert len(chains) <= 128
    entries = [_entry(*one, number, len(names)) for number, one in enumerate(names)]
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    table = struct.pack("<128I", *chains, *[FREE] * (128 - len(chains)))
    return _header() + table + directory + data


def _entry(name: str, kind: int, start: int, size: int, number: int, count: int) -> bytes:
    """Of the directory: the first is the root, whose children follow one another to the right."""
    text = name.encode("utf-16-le")
    right = number + 1 if 0 < number < count - 1 else FREE
    child = 1 if number == 0 and count > 1 else FREE
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def _header() -> bytes:
    first = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    rest = struct.pack("<6xIIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    return first + rest + struct.pack("<109I", 0, *[FREE] * 108)


def sheet(kind: int = 0) -> bytes:
    """The beginning of a workbook with one sheet of that kind (1: macros)."""
    begin = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 5, 0, 0, 0, 0)
    bound = struct.pack("<HHIBBBB", 0x0085, 8, 0, 0, kind, 1, 0) + b"A"
    return begin + bound[:4] + bound[4:].ljust(8, b"\0")[:8] + struct.pack("<HH", 0x000A, 0)


GOOD: dict[str, bytes] = {
    "txt": TEXT,
    "rtf": RTF,
    "pdf": PDF,
    **{kind: open_xml(kind) for kind in MAIN},
    **{kind: open_document(kind) for kind in DOCUMENT},
    **{kind: compound((name, sheet())) for kind, name in COMPOUND.items()},
}
