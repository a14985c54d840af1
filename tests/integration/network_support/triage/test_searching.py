"""Requests are found by words, in the six languages and in others, by staff alone."""

from urllib.parse import quote
from uuid import UUID

import pytest
from sqlalchemy import text

from services.network_support.search import index
from services.network_support.triage.following import fill_in
from tests.integration.network_support.support import STAFF
from tests.integration.network_support.triage.desk import Desk

TEXTS = {
    "zh": "我们希望了解其他国家如何保护移民的权利。",
    "ar": "نريد أن نعرف كيف تحمي البلدان الأخرى حقوق المهاجرين في المطارات.",
    "ru": "Мы хотим узнать, как другие страны защищают трудящихся-мигрантов.",
    "fr": "Nous voudrions protéger les travailleuses domestiques étrangères.",
    "es": "Queremos proteger a los trabajadores agrícolas.",
    "en": "We would like to protect seafarers at the ports.",
    "sw": "Tunataka kulinda wavuvi wa kigeni.",
}


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("移民", "zh"),
        ("保护移民", "zh"),
        ("مهاجر", "ar"),
        ("المهاجرون", "ar"),
        ("мигрант", "ru"),
        ("трудящиеся", "ru"),
        ("etrangere", "fr"),
        ("ÉTRANGÈRES domestique", "fr"),
        ("trabajador agricola", "es"),
        ("seafarer", "en"),
        ("ports protecting", "en"),
        ("wavuvi", "sw"),
    ],
)
async def test_a_request_is_found_by_its_words_and_their_stems(
    desk: Desk, pledge: UUID, query: str, language: str
) -> None:
    await desk.support.hears(pledge, title="A pledge", description="Words", translations=[])
    made = {
        (await desk.support.opened(pledge, language=code, text=text))["request_id"]: code
        for code, text in TEXTS.items()
    }
    assert [made[one] for one in await desk.ids(f"/cases?text={quote(query)}")] == [language]


async def test_it_is_found_by_its_id_its_entity_and_what_is_written_later(desk: Desk, pledge: UUID) -> None:
    request, other = await desk.submitted(pledge), await desk.submitted(pledge)
    assert await desk.ids(f"/cases?text={request['request_id']}") == [request["request_id"]]
    assert len(await desk.ids("/cases?text=veridia")) == 2
    assert await desk.ids("/cases?text=lighthouse") == []
    async with desk.support.service.database.transaction() as session:
        await index.add(session, UUID(other["request_id"]), [("en", "The lighthouses are dark")])
    assert await desk.ids("/cases?text=lighthouse") == [other["request_id"]]
    assert len(await desk.ids("/cases?text=veridia")) == 2


async def test_it_is_found_by_what_both_sides_say_later(desk: Desk, pledge: UUID) -> None:
    request = await desk.submitted(pledge)
    path = f"/requests/{request['request_id']}/messages"
    for body, headers in (({"text": "Which lighthouses?"}, STAFF), ({"text": "Those of the islands"}, None)):
        answer = await desk.support.post(path, body, headers)
        assert answer.status_code == 201, answer.text
    for word in ("lighthouse", "island"):
        assert await desk.ids(f"/cases?text={word}") == [request["request_id"]]


async def test_what_is_over_is_found_when_it_is_asked_for(desk: Desk, pledge: UUID) -> None:
    request = await desk.submitted(pledge)
    await desk.support.post(f"/requests/{request['request_id']}/withdraw", seen=1)
    assert await desk.ids("/cases?text=consulates") == []
    assert await desk.ids("/cases?text=consulates&which=any") == [request["request_id"]]


@pytest.mark.parametrize("query", ["!!!", "—", "…", "的的的的", "' or 1=1 --", "a" * 200, "%25_", "\\"])
async def test_nonsense_finds_nothing_and_breaks_nothing(desk: Desk, pledge: UUID, query: str) -> None:
    await desk.submitted(pledge)
    answer = await desk.support.get(f"/cases?text={quote(query, safe='%')}", STAFF)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_an_upgrade_finds_the_words_of_the_requests_that_there_were(desk: Desk, pledge: UUID) -> None:
    request = await desk.submitted(pledge)
    async with desk.support.service.owner.transaction() as session:
        await session.execute(text("delete from case_words"))
    assert await desk.ids("/cases?text=consulates") == []
    url = desk.support.service.owner.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    for _ in range(2):
        await fill_in(url)
    assert await desk.ids("/cases?text=consulates") == [request["request_id"]]
