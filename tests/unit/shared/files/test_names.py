"""Names that people and tools send for files."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.files.names import LONGEST, cleaned, disposition, ending, sent


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, ""),
        ("", ""),
        ("attachment", ""),
        ('attachment; filename="plan.pdf"', "plan.pdf"),
        ("attachment; filename*=UTF-8''na%C3%AFve%20plan.pdf", "naïve plan.pdf"),
        ("attachment; filename=\"a.pdf\"; filename*=UTF-8''%E4%BD%A0.pdf", "你.pdf"),
        ("attachment; filename=naïve.pdf".encode().decode("latin-1"), "naïve.pdf"),
        ("attachment; filename=na\xefve.pdf", "naïve.pdf"),
        (';;;="', ""),
        ("attachment; filename*=idna''x", ""),
        ("attachment; filename*=no-such''x", "x"),
        ("attachment; filename*" + "1" * 5_000 + "=x", ""),
        ('attachment; filename="' + ";" * 55_000 + '"', '"' + ";" * 1_978),
    ],
)
def test_the_header_of_an_upload(header: str | None, name: str) -> None:
    assert sent(header) == name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("Plan.PDF", "Plan.pdf"),
        ("plan", "plan.pdf"),
        ("", "attachment.pdf"),
        (".pdf", "attachment.pdf"),
        ("...", "attachment.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\amina\\plan.pdf", "plan.pdf"),
        ("a\r\nSet-Cookie: x=y.pdf", "aSet-Cookie: x=y.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("report\u202efdp.exe", "reportfdp.exe.pdf"),
        ("plan.exe", "plan.exe.pdf"),
        ("نمی\u200cخواهم.pdf", "نمی\u200cخواهم.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("  two   spaces .pdf", "two spaces.pdf"),
        ("x" * 400 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
    ],
)
def test_what_is_kept_of_a_name(name: str, kept: str) -> None:
    assert cleaned(name, "pdf") == kept


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.PDF", "pdf"), ("a", ""), ("a.tar.gz", "gz"), ("a.pdf\u200b", "pdf"), ("a.b/c", ""), (".", "")],
)
def test_the_ending(name: str, said: str) -> None:
    assert ending(name) == said


@given(st.text(max_size=300))
def test_no_name_breaks_the_header_or_leaves_its_folder(name: str) -> None:
    kept = cleaned(name, "pdf")
    assert kept == cleaned(kept, "pdf")
    assert kept.endswith(".pdf")
    assert len(kept) <= LONGEST
    assert not set("/\\\r\n\0") & set(kept)
    header = disposition(kept)
    assert re.fullmatch(r"attachment; filename=\"[ !#$&-\[\]-~]+\"; filename\*=UTF-8''[A-Za-z0-9._~%-]+", header)
    assert sent(header) == kept
