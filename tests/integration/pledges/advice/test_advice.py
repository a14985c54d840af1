"""Advice over HTTP: for whoever is signed in, in their language, on all that a draft may hold; it writes nothing."""

import asyncio
from typing import Any

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.support.api import Service
from tests.support.entities import REVIEWER, STAFF, faults
from tests.support.tokens import bearer

AMINA = bearer("amina")
REFUGEES = {"title": "Schools", "description": "We will open schools to refugees.", "entity_id": "veridia"}


async def ask(pledges: Service, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = await pledges.client.post("/pledges/advice", json=body, headers=AMINA | headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_each_criterion_has_a_verdict_reasons_and_a_suggestion(pledges: Service) -> None:
    found = await ask(pledges, REFUGEES)
    assert [one["criterion"] for one in found["smart"]] == [
        "specific", "measurable", "achievable", "relevant", "time_bound"
    ]  # fmt: skip
    time_bound = found["smart"][4]
    assert time_bound == {
        "criterion": "time_bound",
        "verdict": "not_met",
        "reasons": [
            {
                "code": "time_bound.nothing",
                "severity": "advised",
                "field": "period.end",
                "text": "Neither the period nor a target says by when.",
            }
        ],
        "suggestion": "Say by when: a year is enough.",
    }
    assert {one["code"]: one["field"] for one in found["findings"]} == {
        "lacking.objectives": "objectives",
        "lacking.forms": "forms",
        "lacking.period_end": "period.end",
        "limits.description_short": "description",
        "scope.refugees_only": "description",
    }


async def test_the_pledge_of_the_documentation_is_good_and_short(pledges: Service) -> None:
    found = await ask(pledges, EXAMPLE)
    assert [one["verdict"] for one in found["smart"]] == ["partly", "met", "met", "met", "met"]
    assert [one["code"] for one in found["findings"]] == ["limits.description_short"]


@pytest.mark.parametrize(
    ("accepted", "language", "says"),
    [
        ("fr-CA, en;q=0.5", "fr", "Dites pour quand : une année suffit."),
        ("de, ru;q=0.8, en;q=0.3", "ru", "Скажите, к какому сроку: достаточно года."),
        ("ar", "ar", "قولوا حتى متى: السنة تكفي."),
        ("zh-Hans", "zh", "请写明期限：写年份就够了。"),
        ("es", "es", "Digan para cuándo: un año basta."),
        ("tlh", "en", "Say by when: a year is enough."),
        (";;q=,,*;q=x", "en", "Say by when: a year is enough."),
    ],
)
async def test_the_answer_is_in_the_language_of_who_asks(
    pledges: Service, accepted: str, language: str, says: str
) -> None:
    headers = AMINA | {"Accept-Language": accepted}
    answer = await pledges.client.post("/pledges/advice", json=REFUGEES, headers=headers)
    assert (answer.headers["Content-Language"], answer.json()["language"]) == (language, language)
    assert answer.headers["Vary"] == "Accept-Language"
    assert answer.json()["smart"][4]["suggestion"] == says


@pytest.mark.parametrize("who", [AMINA, STAFF, REVIEWER, bearer("a-machine")])
async def test_whoever_is_signed_in_may_ask_and_nothing_is_written(pledges: Service, who: dict[str, str]) -> None:
    answer = await pledges.client.post("/pledges/advice", json=REFUGEES, headers=who)
    assert answer.status_code == 200
    for table in ("pledge", "pledge_history", "idempotency"):
        assert await pledges.rows(f"select 1 from {table}") == []  # noqa: S608 - of ours
    assert await pledges.outbox() == []


async def test_nobody_else_may_ask(pledges: Service) -> None:
    assert (await pledges.client.post("/pledges/advice", json=REFUGEES)).status_code == 401


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"description": "x" * 20_001}, "description"),
        ({"entity_id": "NO SUCH"}, "entity_id"),
        ({"money": [{"said": "x", "currency": "EURO"}]}, "money.0.currency"),
        ({"submit": True}, "submit"),
    ],
)
async def test_what_a_draft_may_not_hold_is_refused_as_there(
    pledges: Service, wrong: dict[str, Any], field: str
) -> None:
    answer = await pledges.client.post("/pledges/advice", json=REFUGEES | wrong, headers=AMINA)
    assert (answer.status_code, set(faults(answer))) == (422, {field})


async def test_a_long_text_keeps_nobody_waiting(pledges: Service) -> None:
    """The rules run beside the event loop: who asks something else meanwhile is answered before."""
    long = REFUGEES | {"description": "1/2/2025 " * 2_000}
    order = []

    async def advice() -> None:
        await ask(pledges, long)
        order.append("advice")

    async def livez() -> None:
        await asyncio.sleep(0)
        await pledges.client.get("/livez")
        order.append("livez")

    await asyncio.gather(*(advice() for _ in range(3)), livez())
    assert order[0] == "livez"
