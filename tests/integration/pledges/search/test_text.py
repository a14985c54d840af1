"""Words are found by their stems in the six languages, in mid-sentence in Chinese, with or without accents."""

from typing import Any

import pytest

from tests.integration.pledges.conftest import Desk
from tests.integration.pledges.search.conftest import fold
from tests.support.entities import made

TEXTS: dict[str, tuple[str, str]] = {
    "zh": ("领事服务", "我们将改善移民的社会保障，并为其家庭提供支持。"),
    "ar": ("حماية المهاجرين", "ستوفر الدولة وثائق الهوية للأطفال."),
    "ru": ("Защита мигрантов", "Государство будет выдавать документы детям."),
    "fr": ("Accès à l’éducation", "Nous intégrerons les réfugiés dans les écoles communales."),
    "es": ("Migración ordenada", "Fortaleceremos las regulaciones de los trabajadores."),
    "en": ("Protection at sea", "We will train coast guards and rescuers."),
    "sw": ("Ulinzi wa wahamiaji", "Tutawafundisha walinzi."),
}
FOUND = [
    ("移民", "zh"),
    ("社会保障", "zh"),
    ("保障的", None),
    ("家", "zh"),
    ("مهاجر", "ar"),
    ("المهاجرون", "ar"),
    ("أطفال", "ar"),
    ("мигранты", "ru"),
    ("документов детей", "ru"),
    ("ДОКУМЕНТ", "ru"),
    ("éducation", "fr"),
    ("education", "fr"),
    ("ecole", "fr"),
    ("refugie", "fr"),
    ("réfugiée", "fr"),
    ("migracion", "es"),
    ("Migraciones", "es"),
    ("trabajador", "es"),
    ("training guard", "en"),
    ("rescuers sea", "en"),
    ("wahamiaji", "sw"),
    ("guard мигранты", None),
]
HOSTILE = [
    "' or 1=1 --", '"', "\\", "%", "_", "a & b | !c:*", "<script>", "((((", ":c0", "{bits}", "$1", "\u202e", "🙂",
    "'; drop table search_bits; --", "a" * 200, "移" * 200, " ".join("abcdefghijklmnopqrstuvwxyz"), "\u0301", "ﷺ", "ß",
    "\ud7ff", "cast(x as text[])", "''::regdictionary",
]  # fmt: skip


@pytest.fixture
async def texts(desk: Desk) -> Desk:
    for language, (title, description) in TEXTS.items():
        await desk.published(title=title, description=description, language=language, translations=[])
    return desk


async def found(desk: Desk, query: str) -> list[str]:
    answer = await desk.service.client.get("/pledges", params={"text": query})
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def test_words_are_found_by_stem_in_each_language(texts: Desk) -> None:
    for folded in (False, True):
        if folded:
            await fold(texts)
        wrong = {}
        for query, language in FOUND:
            wanted = [TEXTS[language][0]] if language else []
            if (got := await found(texts, query)) != wanted:
                wrong[query] = got
        assert wrong == {}


async def test_a_translation_is_searched_by_its_own_language(desk: Desk) -> None:
    translations: list[dict[str, Any]] = [
        {"language": language, "title": title, "description": description}
        for language, (title, description) in TEXTS.items()
        if language != "en"
    ]
    await desk.published(title="In seven languages", translations=translations)
    wrong = [query for query, language in FOUND if language not in {None, "en"} and not await found(desk, query)]
    assert wrong == []


async def test_no_query_is_more_than_words(texts: Desk) -> None:
    """Whatever is typed is an answer, and leaves everything as it was."""
    for query in HOSTILE:
        await found(texts, query)
    assert await found(texts, "?!") == []
    assert len((await made(texts.get("/pledges")))["items"]) == len(TEXTS)


async def test_half_a_character_and_nul_are_refused(desk: Desk) -> None:
    assert (await desk.get("/pledges?text=%00")).status_code in {400, 422}
    assert (await desk.get("/pledges?text=%ED%A0%80")).status_code in {200, 400, 422}


async def test_the_longest_texts_are_indexed(desk: Desk) -> None:
    """20,000 characters without a space, and as many different ones."""
    different = "".join(chr(0x4E00 + place) for place in range(20_000))
    await desk.published(title="Long", description="x" * 20_000, translations=[])
    await desk.published(title="Different", description=different, language="zh", translations=[])
    assert await found(desk, different[10_000:10_010]) == ["Different"]
    assert await found(desk, "x" * 40) == ["Long"]
