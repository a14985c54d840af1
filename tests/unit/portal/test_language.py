"""The catalogue, and how dates and numbers are written for a reader."""

import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.portal.language import FOLDER, choose, languages
from shared.reference.dates import PartialDate
from shared.speaking import ENGLISH

ROOT = Path(__file__).parents[3]


def test_the_catalogue_has_every_string_of_code_and_templates() -> None:
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    found = {message for _, _, message, _, _ in extract_from_dir(FOLDER.parent, methods)}
    with (FOLDER / "messages.pot").open("rb") as template:
        written = {message.id for message in read_po(template) if message.id}
    assert written == found, "run `make catalogue`"
    assert len(found) > 20


@pytest.mark.parametrize(
    ("when", "says"),
    [("2024", "2024"), ("2024-12", "December 2024"), ("2024-12-05", "5 December 2024")],
)
def test_dates_are_as_precise_as_they_are_known(when: str, says: str) -> None:
    assert languages()[ENGLISH].day(PartialDate(when)) == says


def test_moments_and_numbers_and_codes() -> None:
    english = languages()[ENGLISH]
    assert english.moment(datetime(2024, 9, 2, 9, 5, tzinfo=UTC)) == "2 September 2024, 09:05 UTC"
    assert english.number(Decimal("1234567.50")) == "1,234,567.5"
    assert english.label("in_progress") == "In progress"
    assert english.label("unheard-of") == "unheard-of"


ARABIC = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Home"
msgstr "الرئيسية"
"""


def test_a_language_is_only_a_file(tmp_path: Path) -> None:
    (tmp_path / "ar.po").write_text(ARABIC)
    found = languages(tmp_path)
    arabic = choose("fr;q=0.2, ar-EG, en;q=0.5", found)
    assert (arabic.code, arabic.direction) == ("ar", "rtl")
    assert arabic.gettext("Home") == "الرئيسية"
    assert arabic.gettext("not translated yet") == "not translated yet"
    assert arabic.day("2024-12-05").endswith("2024") or "٢٠٢٤" in arabic.day("2024-12-05")


@pytest.mark.parametrize("accepted", ["", "*", "xx", "en-US", ";;q=,,", "ar;q=0", "a" * 10_000])
def test_english_where_nothing_else_fits(accepted: str, tmp_path: Path) -> None:
    (tmp_path / "ar.po").write_text(ARABIC)
    assert choose(accepted, languages(tmp_path)).code == ENGLISH
