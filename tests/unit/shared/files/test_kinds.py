"""What a file is, by its content; and what is never taken, however it is named."""

import io
import os
import struct
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.files.kinds import MEDIA_TYPES, kind_of
from shared.files.refused import Harmful, NotTaken, Unknown
from tests.support.files import (
    GOOD,
    MAIN,
    OPEN_XML,
    PDF,
    PROGRAM,
    compound,
    open_document,
    open_xml,
    packed,
    sheet,
)


def told(content: bytes) -> str:
    return kind_of(io.BytesIO(content), len(content))


def bomb(size: int) -> bytes:
    """A document that is small, and very large when it is unpacked."""
    made = io.BytesIO(open_xml("docx"))
    with ZipFile(made, "a", ZIP_DEFLATED) as archive, archive.open("word/media/a.xml", "w") as part:
        for _ in range(size // 1_000_000):
            part.write(bytes(1_000_000))
    return made.getvalue()


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_each_kind_is_told_by_its_content(kind: str) -> None:
    assert told(GOOD[kind]) == kind


@pytest.mark.parametrize(
    "content",
    [
        "Ünïcode".encode("cp1252"),
        "مرحبا".encode("cp1256"),
        "Документ".encode("koi8-r"),
        "移民".encode("gb18030"),
        "移民".encode("utf-16"),
        "移民".encode("utf-8-sig"),
        b"form\x0cfeed\tand\r\nlines",
        b"<script>alert(1)</script>",
    ],
)
def test_text_of_any_encoding_is_text(content: bytes) -> None:
    assert told(content) == "txt"


@pytest.mark.parametrize(
    "content",
    [
        PROGRAM,
        b"\x7fELF\x02\x01\x01" + bytes(100),
        b"\xcf\xfa\xed\xfe" + bytes(100),
        b"#!/bin/sh\nrm -rf /\n",
        b"\x89PNG\r\n\x1a\n" + bytes(20),
        b"GIF89a\x01\x00\x01\x00\x00",
        bytes(10),
        b"a text with \x00 in it",
        "utf-16 with \x00".encode("utf-16"),
        b"\xff\xfe\x00\xd8",
        b"\xff\xfea",
        packed({"a.txt": b"a"}),
        packed({"mimetype": b"application/epub+zip", "content.xml": b""}),
        packed({"META-INF/MANIFEST.MF": b"Main-Class: A", "A.class": b""}),
        open_xml("docx", types='<Override ContentType="application/xml"/>'),
        compound(("Other", b"x")),
        compound(("WordDocument", b"x"), ("Workbook", sheet())),
        compound(("EncryptedPackage", b"x")),
        b"PK\x03\x04 and nothing more",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and nothing more",
        GOOD["docx"][:-30],
        GOOD["xls"][:700],
        PDF[:40],
    ],
)
def test_what_is_none_of_them_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(Unknown) as refused:
        told(content)
    [fault] = refused.value.fields
    assert fault.field == "file"
    assert fault.remedy


MACRO_TYPE = '<Override ContentType="application/vnd.ms-office.vbaProject"/>'
MAIN_TYPE = f'<Override ContentType="{OPEN_XML}{MAIN["xlsx"]}"/>'


@pytest.mark.parametrize(
    "content",
    [
        open_xml("docx", more={"word/vbaProject.bin": b"x"}),
        open_xml("xlsx", types=MAIN_TYPE + MACRO_TYPE),
        open_xml("xlsx", types='<Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'),
        open_xml("xlsx", types=MAIN_TYPE + MACRO_TYPE.replace("P", "&#80;").replace("vba", "&#x76;&#98;a")),
        open_xml("xlsx", more={"xl/macrosheets/sheet1.xml": b"x"}),
        open_document("ods", {"Basic/Standard/Module1.xml": b"x"}),
        open_document("odt", {"Scripts/python/a.py": b"x"}),
        compound(("WordDocument", b"x"), storage="Macros"),
        compound(("Workbook", sheet()), storage="_VBA_PROJECT_CUR"),
        compound(("Workbook", sheet(1))),
        compound(
            ("PowerPoint Document", b"\x0f\x00\xff\x03" + struct.pack("<I", 20) + b"\x02\x00\x00\x04" + b"\x0c\0\0\0")
        ),
    ],
)
def test_macros_are_refused(content: bytes) -> None:
    with pytest.raises(Harmful, match="macros"):
        told(content)


@pytest.mark.parametrize("size", [40_000_000, 600_000_000])
def test_a_bomb_is_not_unpacked_and_not_taken(size: int) -> None:
    content = bomb(size)
    assert len(content) < 1_000_000
    with pytest.raises(NotTaken, match="unpacked"):
        told(content)


def test_a_directory_of_absurd_length_is_not_read() -> None:
    names = {f"{'a' * 200}{number}": b"" for number in range(12_000)}
    with pytest.raises(Unknown):
        told(open_xml("docx", more=names))


def test_the_one_file_that_is_unpacked_may_not_be_large() -> None:
    with pytest.raises(Unknown):
        told(open_xml("docx", types=f"<a>{'x' * 600_000}</a>"))


@given(st.binary(max_size=300), st.sampled_from(sorted(GOOD)), st.integers(0, 2**31))
def test_no_damage_makes_more_than_a_refusal(noise: bytes, kind: str, seed: int) -> None:
    """Whatever bytes stand anywhere in a file: a kind, or a refusal with a remedy."""
    good = GOOD[kind]
    place = seed % len(good)
    for content in (good[:place] + noise + good[place + len(noise) :], good[:8] + noise, noise):
        try:
            assert told(content) in MEDIA_TYPES
        except NotTaken as refused:
            assert refused.fields[0].remedy  # noqa: PT017 - both ends are right


def test_a_large_text_is_read_in_parts() -> None:
    content = b"line\n" * 4_000_000
    assert told(content) == "txt"
    with pytest.raises(Unknown):
        told(content + os.urandom(16) + b"\0")
