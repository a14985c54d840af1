"""Six languages, none of which lacks anything: sentences, values, plural forms; dates in each one's form."""

import re
from datetime import date
from string import Formatter
from typing import Any

import pytest
import yaml
from jinja2 import Environment, meta

from services.notifications.content.words import FALLBACK, FOLDER, LANGUAGES, words
from services.notifications.deliveries.steps import TEMPLATES
from shared import speaking
from shared.reference.dates import PartialDate
from tests.support.mails import EVERY, a_letter, contact

SCRIPTS = {"ar": "[\u0600-\u06ff]", "zh": "[\u4e00-\u9fff]", "ru": "[\u0400-\u04ff]"}
OTHERS = [language for language in LANGUAGES if language != FALLBACK]
_BLOCK = re.compile(r"{% block (subject|happened|next|link_text) %}(.*?){% endblock %}", re.DOTALL)
_VALUE = re.compile(r"{{ \w+ }}|{%.*?%}", re.DOTALL)


def source(template: str, language: str) -> str:
    return (FOLDER / language / f"{template}.mail").read_text("utf-8")


def used(template: str, language: str) -> set[str]:
    """The values that a template asks for."""
    made = Environment(autoescape=True)
    made.filters["plural"] = str
    return meta.find_undeclared_variables(made.parse(source(template, language)))


def places(said: Any) -> Any:
    """The same structure as a file of words, with the values that each sentence holds in its place."""
    if isinstance(said, dict):
        return {name: places(value) for name, value in said.items()}
    return sorted(name for _, name, _, _ in Formatter().parse(said) if name is not None)


def test_they_are_those_of_the_united_nations() -> None:
    assert (
        set(LANGUAGES)
        == {"ar", "zh", "en", "fr", "ru", "es"}
        == {file.name for file in FOLDER.iterdir() if file.is_dir()}
    )


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_each_says_the_same_with_the_same_values(template: str, language: str) -> None:
    assert used(template, language) == used(template, FALLBACK)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_each_sentence_is_translated(template: str, language: str) -> None:
    english, own = (dict(_BLOCK.findall(source(template, one))) for one in (FALLBACK, language))
    assert own.keys() == english.keys()
    for name, text in own.items():
        bare = _VALUE.sub("", text)
        assert bare.strip() != _VALUE.sub("", english[name]).strip()
        assert re.search(SCRIPTS.get(language, r"\w"), bare)


@pytest.mark.parametrize("language", OTHERS)
def test_the_words_around_them_are_the_same(language: str) -> None:
    english, own = (yaml.safe_load((FOLDER / one / "words.yaml").read_text("utf-8")) for one in (FALLBACK, language))
    assert places(own) == places(english)


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_no_text_of_ours_is_cut_or_left_open(template: str, language: str) -> None:
    content = a_letter(template, contact(language)).content
    assert not re.search(r"{[{%\w]|[}%]}|None|Undefined", content.subject + content.text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 11, 21, 22, 100])
def test_a_reminder_of_any_number_of_pledges_has_a_plural_form(language: str, count: int) -> None:
    assert a_letter("reminder", contact(language), pledges=count).content.subject


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "on this pledge:"),
        ("en", 2, "on these 2 pledges:"),
        ("fr", 1, "pour cet engagement\u00a0:"),
        ("ru", 1, "по 1 обязательству:"),
        ("ru", 3, "по 3 обязательствам:"),
        ("ru", 21, "по 21 обязательству:"),
        ("ar", 1, "التعهد التالي:"),
        ("ar", 2, "التعهدين التاليين:"),
        ("ar", 3, "التعهدات التالية وعددها 3:"),
        ("ar", 11, "التعهدات التالية وعددها 11:"),
        ("zh", 7, "以下7项承诺的报告："),
        ("es", 4, "estos 4 compromisos:"),
    ],
)
def test_the_form_that_belongs_to_a_number(language: str, count: int, said: str) -> None:
    text = a_letter("reminder", contact(language), pledges=count).content.text
    assert said in re.sub(r"\s*\n\u200f?", " ", text).replace(": ", ":")


def test_a_plural_form_that_lacks_is_an_error() -> None:
    from services.notifications.content.renderer import _environment

    made = _environment(html=False).from_string('{{ 1 | plural(one="a", other="b") }}')
    assert made.render(language="en") == "a"
    with pytest.raises(ValueError, match="plural forms of ru"):
        made.render(language="ru")


@pytest.mark.parametrize(
    ("language", "day", "month", "year"),
    [
        ("en", "5 December 2024", "November 2024", "2024"),
        ("fr", "5 décembre 2024", "novembre 2024", "2024"),
        ("es", "5 de diciembre de 2024", "noviembre de 2024", "2024"),
        ("ru", "5 декабря 2024\u202fг.", "ноябрь 2024\u202fг.", "2024"),
        ("ar", "5 ديسمبر 2024", "نوفمبر 2024", "2024"),
        ("zh", "2024年12月5日", "2024年11月", "2024年"),
    ],
)
def test_dates_as_the_language_writes_them_as_precise_as_they_are_known(
    language: str, day: str, month: str, year: str
) -> None:
    said = words(language)
    assert said.on(date(2024, 12, 5)) == day
    assert said.on(PartialDate("2024-11")) == month
    assert said.on(PartialDate("2024")) == year


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    assert words("fr").on(date(2025, 8, 1)) == "1er août 2025"
    assert words("en").on(date(2025, 3, 1)) == "1 March 2025"


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", "A, B and C"),
        ("fr", "A, B et C"),
        ("es", "A, B y C"),
        ("ru", "A, B и C"),
        ("ar", "\u2068A\u2069 و\u2068B\u2069 و\u2068C\u2069"),
        ("zh", "A、B和C"),
    ],
)
def test_names_in_a_row(language: str, names: str) -> None:
    assert words(language).listed(["A", "B", "C"]) == names


def test_numbers_have_the_signs_of_the_language() -> None:
    shown = [speaking.number(12345, speaking.locale_of(language)) for language in ("en", "fr", "es", "ru")]
    assert shown == ["12,345", "12\u202f345", "12.345", "12\u00a0345"]
