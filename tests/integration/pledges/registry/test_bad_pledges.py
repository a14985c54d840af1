"""Pledges that are refused: the problem names the field and the remedy, and nothing is half written."""

from typing import Any

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.conftest import AMINA, Desk
from tests.support.api import once
from tests.support.entities import STAFF, faults

TARGET = EXAMPLE["targets"][0]
FRENCH = EXAMPLE["translations"][0]
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": ""}, "title"),
    "a title of blanks": ({"title": "  "}, "title"),
    "a title of 501 characters": ({"title": "x" * 501}, "title"),
    "line break in a title": ({"title": "a\r\nBcc: all@example.org"}, "title"),
    "NUL": ({"description": "a\x00b"}, "description"),
    "20,001 characters": ({"description": "x" * 20_001}, "description"),
    "unknown objective": ({"objectives": ["objective-24"]}, "objectives.0"),
    "objective twice": ({"objectives": ["objective-4", "objective-4"]}, "objectives"),
    "main one not among all": ({"main_objectives": ["objective-9"]}, "body"),
    "unknown principle": ({"principles": ["kindness"]}, "principles.0"),
    "unknown form": ({"forms": ["hope"]}, "forms.0"),
    "30 February": ({"period": {"end": "2024-02-30"}}, "period.end"),
    "month 13": ({"period": {"end": "2024-13"}}, "period.end"),
    "no date": ({"targets": [TARGET | {"by": "soon"}]}, "targets.0.by"),
    "end before start": ({"period": {"start": "2025", "end": "2024-12"}}, "period"),
    "unknown cycle": ({"review_cycle": "2030"}, "review_cycle"),
    "value is no number": ({"targets": [TARGET | {"value": "many"}]}, "targets.0.value"),
    "value is not finite": ({"targets": [TARGET | {"value": "Infinity"}]}, "targets.0.value"),
    "value is too large": ({"targets": [TARGET | {"value": "1e40"}]}, "targets.0.value"),
    "translated into its own language": ({"translations": [FRENCH | {"language": "en"}]}, "body"),
    "a language without end": ({"language": "en" + "-abcdefgh" * 5}, "language"),
    "a language without end to translate into": (
        {"translations": [FRENCH | {"language": "fr" + "-abcdefgh" * 5}]},
        "translations.0.language",
    ),
    "translated twice into one language": ({"translations": [FRENCH, FRENCH]}, "body"),
    "a translation without a title": ({"translations": [FRENCH | {"title": ""}]}, "translations.0.title"),
    "a translation of 20,001 characters": (
        {"translations": [FRENCH | {"description": "x" * 20_001}]},
        "translations.0.description",
    ),
    "a commitment before ¶51": ({"commitments": ["50"]}, "commitments.0"),
    "a commitment twice": ({"commitments": ["64", "64"]}, "commitments"),
    "an unknown level": ({"levels": ["galactic"]}, "levels.0"),
    "a level twice": ({"levels": ["local", "local"]}, "levels"),
    "a place that is nowhere": ({"places": [{}]}, "places.0"),
    "a State that there is not": ({"places": [{"country": "ATL"}]}, "places.0.country"),
    "a plan without a title": ({"national_plan": {"url": "https://plan.example"}}, "national_plan.title"),
    "a plan at no web address": (
        {"national_plan": {"title": "x", "url": "javascript:alert(1)"}},
        "national_plan.url",
    ),
    "an SDG target that there is not": ({"sdg_targets": ["10.8"]}, "sdg_targets.0"),
    "an unknown framework": ({"frameworks": ["kyoto"]}, "frameworks.0"),
    "money that says nothing": ({"money": [{"currency": "EUR"}]}, "money.0"),
    "less than no money": ({"money": [{"amount": -1, "currency": "EUR"}]}, "money.0.amount"),
    "money without end": ({"money": [{"amount": "Infinity", "currency": "EUR"}]}, "money.0.amount"),
    "money of no State": ({"money": [{"amount": 1, "currency": "ZZZ"}]}, "money.0.currency"),
    "an unknown bound": ({"money": [{"amount": 1, "bound": "lots"}]}, "money.0.bound"),
    "an identifier without a system": ({"external_ids": [{"id": "7"}]}, "external_ids.0.system"),
    "partner listed twice": ({"partner_entities": ["kalmora", "kalmora"]}, "partner_entities"),
    "partner with itself": ({"partner_entities": ["veridia"]}, "partner_entities.0"),
    "a partner that is no entity": ({"partner_entities": ["atlantis"]}, "partner_entities.0"),
    "51 partners": ({"partners": ["x"] * 51}, "partners"),
    "unknown field": ({"titel": "x"}, "titel"),
    "unknown kind": ({"kind": "solo"}, "kind"),
    "matches is no id": ({"matches": "that one"}, "matches"),
    "matches nobody's pledge": (
        {"kind": "matching", "matches": "01922f00-0000-7000-8000-000000000009", "submit": True},
        "matches",
    ),
    "NUL in a code": ({"entity_id": "veri\x00dia"}, "entity_id"),
    "unknown entity": ({"entity_id": "atlantis"}, "entity_id"),
    "no language": ({"language": "English!"}, "language"),
}


@pytest.mark.parametrize(("change", "field"), BAD.values(), ids=BAD.keys())
async def test_a_bad_pledge_is_refused_by_field(desk: Desk, change: dict[str, Any], field: str) -> None:
    before = await desk.counts()
    answer = await desk.create(**change)
    assert answer.status_code == 422, answer.text
    assert field in faults(answer), answer.text
    assert await desk.counts() == before


async def test_lone_surrogates_are_refused(desk: Desk) -> None:
    headers = once(AMINA) | {"Content-Type": "application/json"}
    body = b'{"entity_id": "veridia", "title": "half a \\ud83d character"}'
    answer = await desk.service.client.post("/pledges", content=body, headers=headers)
    assert faults(answer).keys() == {"title"}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "9" * 5000])
async def test_a_number_that_is_none(desk: Desk, number: str) -> None:
    """As JSON of Python writes them, and JSON of nobody else."""
    before = await desk.counts()
    body = f'{{"entity_id": "veridia", "title": "x", "targets": [{{"what": "y", "value": {number}}}]}}'
    headers = once(AMINA) | {"Content-Type": "application/json"}
    answer = await desk.service.client.post("/pledges", content=body, headers=headers)
    assert answer.status_code == 400 or faults(answer).keys() == {"targets.0.value"}, answer.text
    assert await desk.counts() == before


@pytest.mark.parametrize(
    "field",
    ["merit", "title.0", "period.middle", "targets.x", "targets.50", "targets.0.why", "period.end.0", "", "a\x00b"],
)
async def test_staff_name_fields_and_nothing_else(desk: Desk, field: str) -> None:
    """What they name travels on a topic: it may not carry text."""
    made = await desk.create(submit=True)
    before = await desk.counts()
    asked = {"fields": [{"field": "period.end", "says": "When?"}, {"field": field, "says": "Why?"}]}
    path = f"/pledges/{made.json()['pledge_id']}/request-changes"
    answer = await desk.post(path, asked, STAFF, made.headers["etag"])
    assert faults(answer).keys() == {"fields.1.field"}
    assert await desk.counts() == before


async def test_html_stays_text(desk: Desk) -> None:
    script = "<script>alert(1)</script>"
    pledge_id = await desk.published(title=script, description=script, partners=[script])
    answer = await desk.get(f"/pledges/{pledge_id}")
    assert answer.json()["title"] == script
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_request_for_what_is_no_field(desk: Desk) -> None:
    made = await desk.create(submit=True)
    path = f"/pledges/{made.json()['pledge_id']}/request-changes"
    before = await desk.counts()
    asked = {"fields": [{"field": "merit", "says": "Is this wise?"}]}
    answer = await desk.post(path, asked, STAFF, made.headers["etag"])
    assert faults(answer).keys() == {"fields.0.field"}
    assert await desk.counts() == before


@pytest.mark.parametrize("cursor", ["x", "AAAAAAAAAAAAAAAA", "%C3%A9"])
async def test_a_tampered_cursor(desk: Desk, cursor: str) -> None:
    for path in ("/pledges", "/me/pledges"):
        assert faults(await desk.get(f"{path}?cursor={cursor}", AMINA)).keys() == {"cursor"}


async def test_an_answer_of_success_only_after_the_commit(desk: Desk) -> None:
    """The commit itself is made to fail: no 2xx, no row, no nudge."""
    async with desk.service.owner.engine.begin() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        await driver.execute(  # type: ignore[union-attr]
            "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;"
            "create constraint trigger refuse after insert on pledge deferrable initially deferred"
            " for each row execute function refuse();"
        )
    before, nudges = await desk.counts(), len(desk.service.nudges)
    answer = await desk.create(submit=True)
    assert answer.status_code >= 500
    assert await desk.counts() == before
    assert len(desk.service.nudges) == nudges
