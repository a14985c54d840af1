"""Texts of both directions in one mail: each stays where it belongs, in HTML, in plain text and in the subject."""

import re
from unicodedata import bidirectional, east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.content import plain
from services.notifications.content.words import LANGUAGES, words
from tests.support.mails import EVERY, PORTAL, Page, a_letter, contact

ARABIC = "مدارس لكل طفل مهاجر"
LATIN = "Schools for all (2024)"
LEFT = [language for language in LANGUAGES if language != "ar"]


def columns(line: str) -> int:
    shown = [char for char in line if bidirectional(char) not in {"FSI", "PDI"} and char not in "\u200e\u200f"]
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in shown)


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_each_block_of_the_html_has_language_and_direction(template: str, language: str) -> None:
    page = Page(a_letter(template, contact(language)).content.html)
    expected = "rtl" if language == "ar" else "ltr"
    assert words(language).direction == expected
    with_direction = [tag for tag, given in page.started if given.get("dir") == expected]
    assert {"html", "body", "table", "td"} <= set(with_direction)
    assert [given["lang"] for tag, given in page.started if tag == "html"] == [language]


@pytest.mark.parametrize("language", LEFT)
def test_an_arabic_title_is_set_apart_in_a_mail_from_left_to_right(language: str) -> None:
    content = a_letter("pledge_published", contact(language, pledge_title=ARABIC, name="أمينة")).content
    assert f"\u2068{ARABIC}\u2069" in content.subject
    assert content.subject.startswith("\u200e")
    assert f'<bdi dir="rtl">{ARABIC}</bdi>' in content.html
    assert '<bdi dir="rtl">أمينة</bdi>' in content.html
    assert "Veridia" in content.html
    assert '<bdi dir="ltr">Veridia</bdi>' not in content.html  # it runs as the sentence does


def test_latin_names_are_set_apart_in_an_arabic_mail() -> None:
    content = a_letter("reminder", contact("ar", pledge_title=LATIN)).content
    assert f'<bdi dir="ltr">{LATIN}</bdi>' in content.html
    assert f"\u200f- \u2068{LATIN}\u2069\n" in content.text
    assert content.subject.startswith("\u200f")
    assert "\u2068Veridia\u2069" in content.text


@pytest.mark.parametrize("language", LEFT)
def test_a_mail_of_one_direction_has_no_marks(language: str) -> None:
    content = a_letter("reminder", contact(language)).content
    assert not re.search("[\u200e\u200f\u2066-\u2069]", content.subject + content.text + content.html)


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_in_each_line_what_is_set_apart_ends(template: str, language: str) -> None:
    """A line break ends an isolate, for a program that shows plain text."""
    long = contact(language, pledge_title=f"{ARABIC} " * 6, entity_name=f"{ARABIC} {LATIN}", name=ARABIC)
    content = a_letter(template, long).content
    for line in [content.subject, *content.text.split("\n")]:
        assert line.count("\u2068") == line.count("\u2069")
        first = next((bidirectional(char) for char in line if bidirectional(char) in {"L", "R", "AL"}), "L")
        if language == "ar" and line.strip() and "http" not in line and line != "-- ":
            assert first in {"R", "AL"}
        elif language != "ar":
            assert first == "L" or not line.startswith("\u2068")


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_lines_of_plain_text_are_short_and_addresses_whole(template: str, language: str) -> None:
    content = a_letter(template, contact(language, pledge_title="A rather long title " * 12)).content
    lines = [line for line in content.text.splitlines() if "A rather" not in line and PORTAL not in line]
    assert max(map(columns, lines)) <= 78
    assert "\n\n\n" not in content.text
    assert all(link in content.text.split() for link in Page(content.html).links)


def test_chinese_has_no_blanks_between_its_signs_and_no_line_begins_with_a_stop() -> None:
    for template, language in EVERY:
        content = a_letter(template, contact("zh")).content
        if language == "zh":
            assert not re.search("[\u4e00-\u9fff，。；：] [\u4e00-\u9fff]", content.text + Page(content.html).words)
            assert not re.search("^[，。；：、！？”）》]", content.text, re.MULTILINE)


def test_paragraphs_keep_their_no_break_spaces() -> None:
    assert plain.paragraph("«\u00a0Titre\u00a0»  :\n x", "fr") == "«\u00a0Titre\u00a0» : x"


@given(st.text(st.sampled_from("ab \n\u2068\u2069-שع"), max_size=60), st.sampled_from(["ltr", "rtl"]))
def test_marks_change_nothing_that_is_read(text: str, direction: str) -> None:
    """Isolates in pairs, as ours are."""
    paired = re.sub("[\u2068\u2069]+", "", text).replace("a", "\u2068a\n", 1).replace("b", "\u2069b", 1)
    if paired.find("\u2068") > paired.find("\u2069") or paired.count("\u2068") != paired.count("\u2069"):
        return
    marked = plain.directed(paired, direction)
    bare = str.maketrans("", "", "\u200e\u200f\u2068\u2069")
    assert marked.translate(bare) == paired.translate(bare)
    assert all(line.count("\u2068") == line.count("\u2069") for line in marked.split("\n"))
