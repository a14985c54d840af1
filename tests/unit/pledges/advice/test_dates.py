"""Dates as texts say them, in words of three languages and in figures of all."""

import pytest

from services.pledges.advice.dates import Kind, find
from tests.unit.pledges.advice.pledges import codes, judged


@pytest.mark.parametrize(
    ("language", "text", "said", "kind", "start", "end"),
    [
        ("en", "support over the next four years.", "over the next four years", "span", None, None),
        ("en", "done within 12 months", "within 12 months", "span", None, None),
        ("en", "to run through 2025", "through 2025", "until", None, "2025"),
        ("en", "ready by the end of June 2026", "by the end of June 2026", "until", None, "2026-06"),
        ("en", "signed by 5 May 2026", "by 5 May 2026", "until", None, "2026-05-05"),
        ("en", "will open in 2026", "in 2026", "during", None, "2026"),
        ("en", "from June 2023 to December 2024", "from June 2023 to December 2024", "range", "2023-06", "2024-12"),
        ("en", "San José 2021-2024", "2021-2024", "range", "2021", "2024"),
        ("en", "Refugees 2023 - 2026", "2023 - 2026", "range", "2023", "2026"),
        ("en", "in Geneva on a 26 April, pairing", "26 April", "no_year", None, None),
        ("en", "on May 10 in Geneva", "May 10", "no_year", None, None),
        ("en", "signed on 03/04/2025", "03/04/2025", "two_ways", "2025-04-03", "2025-03-04"),
        ("en", "signed on 13/04/2025", "13/04/2025", "during", None, "2025-04-13"),
        ("en", "signed on 3.4.2025", "3.4.2025", "during", None, "2025-04-03"),
        ("en", "signed on 2025-04-03", "2025-04-03", "during", None, "2025-04-03"),
        ("fr", "au cours des quatre prochaines années", "au cours des quatre prochaines années", "span", None, None),
        ("fr", "d’ici à la fin de 2026", "d’ici à la fin de 2026", "until", None, "2026"),
        ("fr", "jusqu'en mars 2027", "jusqu'en mars 2027", "until", None, "2027-03"),
        ("fr", "de juin 2023 à décembre 2024", "de juin 2023 à décembre 2024", "range", "2023-06", "2024-12"),
        ("fr", "le 26 avril à Genève", "26 avril", "no_year", None, None),
        ("es", "durante los próximos cuatro años", "durante los próximos cuatro años", "span", None, None),
        ("es", "hasta finales de 2026", "hasta finales de 2026", "until", None, "2026"),
        ("es", "antes del 5 de mayo de 2026", "antes del 5 de mayo de 2026", "until", None, "2026-05-05"),
        ("es", "el 26 de abril en Ginebra", "26 de abril", "no_year", None, None),
        (None, "план на 2021–2024 годы", "2021–2024", "range", "2021", "2024"),
    ],
)
def test_a_date_is_read_or_the_reason_is_known(
    language: str | None, text: str, said: str, kind: Kind, start: str | None, end: str | None
) -> None:
    [found] = find(text, language)
    read = [day and str(day) for day in (found.start, found.end)]
    assert (found.said, found.kind, read) == (said, kind, [start, end])


@pytest.mark.parametrize(
    "text",
    [
        "may 10 people march 3 steps",
        "room 2021",
        "from 2024 to 2021",
        "30 February 2025-02-30",
        "2024-2021",
        "+41 22 2021-20245",
        "99/99/2025",
        "by 1899",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert [found for found in find(text, "en") if found.end] == []


def test_words_are_not_read_in_a_language_that_is_not_known() -> None:
    assert find("over the next four years, by 2025", None) == []


@pytest.mark.parametrize(
    ("text", "more", "code"),
    [
        ("We will do it by 2026.", {}, "time_bound.in_text"),
        ("We will do it.", {"title": "A plan 2023-2026"}, "time_bound.in_title"),
        ("We will do it over four years.", {}, "time_bound.span"),
        ("We will publish it every year.", {}, "time_bound.recurs"),
        ("We will remember 1923-1930.", {}, "time_bound.nothing"),
        ("We met in May 2022 and will meet again.", {}, "time_bound.nothing"),
        ("We will do it by 2026.", {"period": {"end": "2026"}}, "time_bound.end"),
        ("We will do it by 2026.", {"targets": [{"what": "offices", "by": "2026"}]}, "time_bound.targets"),
        ("We will do it.", {"targets": [{"what": "a", "by": "2026"}, {"what": "b"}]}, "time_bound.some_targets"),
    ],
)
def test_what_only_the_text_says_is_asked_for(text: str, more: dict[str, object], code: str) -> None:
    found = {one for one in codes(judged(text, **more)) if one.startswith("time_bound.")}
    assert found == {code}


def test_days_that_cannot_be_entered_are_named_once() -> None:
    found = judged("On 26 April we will sign; on 26 April or 03/04/2025.")
    days = [(one.code, one.values["said"]) for one in found.findings if one.code.startswith("dates.")]
    assert days == [("dates.no_year", "26 April"), ("dates.two_ways", "03/04/2025")]
