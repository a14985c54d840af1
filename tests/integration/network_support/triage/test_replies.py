"""Saved replies: in several languages, with fields from a closed set, filled in for a request."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.integration.network_support.support import STAFF
from tests.integration.network_support.triage.desk import AS_OMAR, Desk

WISH: dict[str, Any] = {
    "name": "We need the draft law",
    "texts": {
        "en": "Thank you for “{pledge}” of {sent_on}. {{not a field}}",
        "fr": "Merci de votre demande du {sent_on}, {entity}.",
        "ar": "شكرا {entity}، {today}",
    },
}


async def _saved(desk: Desk, **changed: Any) -> str:
    answer = await desk.support.post("/replies", WISH | changed, STAFF)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"'), answer.text
    return str(answer.headers["location"])


async def test_it_is_filled_in_for_a_request_in_its_language(desk: Desk, pledge: UUID) -> None:
    place = await _saved(desk)
    await desk.knows("veridia", "region_africa")
    request = await desk.submitted(pledge, language="fr-CA")
    filled = await desk.get(f"{place}/filled?request={request['request_id']}", AS_OMAR)
    assert filled == {
        "language": "fr",
        "text": "Merci de votre demande du 2 septembre 2024, Véridie.",
        "missing": [],
    }
    arabic = await desk.get(f"{place}/filled?request={request['request_id']}&language=ar")
    assert "سبتمبر" in arabic["text"]
    spanish = await desk.get(f"{place}/filled?request={request['request_id']}&language=es")
    assert (spanish["language"], spanish["text"].endswith("of September 2, 2024. {not a field}")) == ("en", True)


async def test_what_is_not_known_stays_to_be_written_by_hand(desk: Desk, pledge: UUID) -> None:
    place = await _saved(desk)
    request = await desk.support.opened(pledge)  # of which neither pledge nor entity is known
    filled = await desk.get(f"{place}/filled?request={request['request_id']}")
    assert (filled["missing"], "{pledge}" in filled["text"]) == (["pledge"], True)


@pytest.mark.parametrize(
    "text",
    [
        "{unknown}",
        "{}",
        "{0}",
        "{entity.__class__}",
        "{entity!r}",
        "{entity:>10}",
        "{entity",
        "entity}",
        "{ entity }",
        " ",
    ],
)
async def test_a_field_that_there_is_not_is_refused_with_those_that_there_are(desk: Desk, text: str) -> None:
    answer = await desk.support.post("/replies", WISH | {"texts": {"en": "Good", "fr": text}}, STAFF)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "texts.fr")
    if text == "{unknown}":
        assert "{sent_on}" in answer.json()["errors"][0]["remedy"]


@pytest.mark.parametrize(
    "changed", [{"texts": {}}, {"texts": {"!": "Hello"}}, {"texts": {"en": "x" * 10_001}}, {"name": ""}, {"more": 1}]
)
async def test_a_reply_of_nonsense_is_not_saved(desk: Desk, changed: dict[str, Any]) -> None:
    assert (await desk.support.post("/replies", WISH | changed, STAFF)).status_code == 422


async def test_it_is_found_changed_retired_and_brought_back(desk: Desk) -> None:
    place = await _saved(desk)
    assert [one["name"] for one in (await desk.get("/replies?language=ar", AS_OMAR))["items"]] == [WISH["name"]]
    assert (await desk.get("/replies?language=es"))["items"] == []
    changed = await desk.put(place, WISH | {"name": "Please send it"}, AS_OMAR, seen=1)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (await desk.put(place, WISH, seen=1)).status_code == 412
    assert (await desk.delete(place)).status_code == 428
    assert (await desk.delete(place, seen=2)).json()["retired"] is True
    assert (await desk.get("/replies"))["items"] == []
    assert len((await desk.get("/replies?retired=true"))["items"]) == 1
    assert (await desk.put(place, WISH, seen=3)).json()["retired"] is False


async def test_two_of_one_name_are_a_conflict(desk: Desk) -> None:
    await _saved(desk)
    answer = await desk.support.post("/replies", WISH, STAFF)
    assert (answer.status_code, "another name" in answer.json()["detail"]) == (409, True)


async def test_for_what_there_is_not_nothing_is_filled_in(desk: Desk, pledge: UUID) -> None:
    place, request = await _saved(desk), await desk.submitted(pledge)
    assert (await desk.support.get(f"{place}/filled?request={uuid7()}", STAFF)).status_code == 404
    path = f"/replies/{uuid7()}/filled?request={request['request_id']}"
    assert (await desk.support.get(path, STAFF)).status_code == 404
