"""What people choose: by the link of their mail or signed in, and what the sender makes of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from services.notifications.preferences.links import Links
from shared.clock import Clock
from shared.events.people import PersonErased
from tests.integration.notifications.people import address
from tests.integration.notifications.support import Post
from tests.integration.notifications.test_sending import queued
from tests.support.api import MAIL_KEYS
from tests.support.tokens import bearer

AMINA, BAO = bearer("amina"), bearer("bao")
AS_EVERYBODY: dict[str, Any] = {
    "off": [],
    "rhythm": "at_once",
    "weekday": None,
    "quiet_from": None,
    "quiet_until": None,
}
OWN = {"language": "en", "time_zone": "UTC", "on_duty": False}
CHOSEN = {"off": ["support"], "rhythm": "weekly", "weekday": "friday", "quiet_from": "20:00", "quiet_until": "07:00"}
NIGHT: dict[str, Any] = {"off": [], "rhythm": "at_once", "quiet_from": "22:00", "quiet_until": "07:00"}


def link(person: str) -> str:
    return Links(MAIL_KEYS).preferences_token(person, Clock().system())


async def checked(post: Post, person: str = "amina") -> dict[str, Any]:
    answer = await post.service.client.post("/preferences/check", json={"token": link(person)})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    found: dict[str, Any] = answer.json()
    return found


async def choose(post: Post, person: str = "amina", **choice: Any) -> None:
    answer = await post.service.client.put("/me/mail-preferences", json=choice, headers=bearer(person))
    assert answer.status_code == 200, answer.text


async def test_the_link_and_the_signed_in_person_choose_the_same(post: Post) -> None:
    client = post.service.client
    assert await checked(post) == AS_EVERYBODY | OWN
    by_link = await client.post("/preferences", json={"token": link("amina"), **CHOSEN})
    assert by_link.json() == CHOSEN | OWN == await checked(post)
    assert (await client.get("/me/mail-preferences", headers=AMINA)).json() == CHOSEN | OWN
    assert (await client.get("/me/mail-preferences", headers=BAO)).json() == AS_EVERYBODY | OWN
    back = await client.put("/me/mail-preferences", json=AS_EVERYBODY, headers=AMINA)
    assert back.json() == AS_EVERYBODY | OWN == await checked(post)


async def test_looking_changes_nothing(post: Post) -> None:
    for _ in range(2):
        await checked(post)
    assert (await post.service.client.get("/preferences", params={"token": link("amina")})).status_code == 405
    for table in ("mail_preference", "mail_rhythm"):
        assert await post.service.rows(f"select * from {table}") == []  # noqa: S608 - names of ours


async def test_an_altered_link_opens_nobodys_page(post: Post) -> None:
    token = link("amina")
    for at in (0, 20, len(token) // 2, len(token) - 1):
        altered = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        for path, more in (("/preferences/check", {}), ("/preferences", CHOSEN)):
            answer = await post.service.client.post(path, json={"token": altered, **more})
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "token")
            assert "amina" not in answer.text
    assert await post.service.rows("select * from mail_rhythm") == []


async def test_nobody_elses_page_can_be_named(post: Post) -> None:
    """There is no address with a person in it, and whose it would be is not read from what is sent."""
    client = post.service.client
    for body in (CHOSEN | {"person_id": "bao"}, CHOSEN | {"token": link("bao")}):
        answer = await client.put("/me/mail-preferences", json=body, headers=AMINA)
        assert answer.status_code == 422
    assert (await client.put("/me/mail-preferences", json=CHOSEN)).status_code == 401
    assert (await client.get("/me/mail-preferences")).status_code == 401
    assert await checked(post, "bao") == AS_EVERYBODY | OWN


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quiet_from": "20:00", "quiet_until": "20:00"}, "quiet_until"),
        ({"quiet_until": None}, "quiet_until"),
        ({"quiet_from": None}, "quiet_from"),
        ({"quiet_from": "24:00"}, "quiet_from"),
        ({"quiet_from": "8"}, "quiet_from"),
        ({"quiet_from": "20:00+01:00"}, "quiet_from"),
        ({"weekday": None}, "weekday"),
        ({"weekday": "someday"}, "weekday"),
        ({"rhythm": "hourly"}, "rhythm"),
        ({"off": ["security"]}, "off.0"),
        ({"off": None}, "off"),
    ],
)
async def test_what_does_not_go_together_names_its_field(post: Post, changed: dict[str, Any], field: str) -> None:
    answer = await post.service.client.put("/me/mail-preferences", json=CHOSEN | changed, headers=AMINA)
    assert answer.status_code == 422
    [wrong] = answer.json()["errors"]
    assert wrong["field"] == field
    assert wrong["remedy"]
    assert await checked(post) == AS_EVERYBODY | OWN


async def test_what_is_kept_here_can_be_chosen_while_the_pledges_service_is_away(post: Post) -> None:
    post.people.down = True
    answer = await post.service.client.post("/preferences", json={"token": link("amina"), **CHOSEN})
    assert answer.json() == CHOSEN | {"language": None, "time_zone": None, "on_duty": False}


async def test_one_click_can_be_undone_and_leads_to_the_page(post: Post) -> None:
    await queued(post)
    token = Links(MAIL_KEYS).unsubscribe_url("amina", "pledges", Clock().system()).rpartition("/")[2]
    client, held = post.service.client, {"token": token}
    off = (await client.post("/unsubscribe", json=held)).json()
    assert Links(MAIL_KEYS).whose(off["preferences"]) == "amina"
    assert (await checked(post))["off"] == ["pledges"]
    for _ in range(2):
        assert (await client.post("/unsubscribe/undo", json=held)).json()["off_since"] is None
    await post.send()
    assert address("amina") in [to for to, _ in post.inbox.sent()]


async def test_who_is_erased_leaves_no_choice_behind(post: Post) -> None:
    for person in ("amina", "bao"):
        await choose(post, person, **CHOSEN)
    await post.hears("person.erased.v1", PersonErased(erasure_id=uuid7(), person_id="amina"))
    for table in ("mail_preference", "mail_rhythm"):
        rows = await post.service.rows(f"select person_id from {table}")  # noqa: S608 - names of ours
        assert [row["person_id"] for row in rows] == ["bao"]


@pytest.mark.parametrize(
    ("person", "evening", "morning"),
    [
        ("kiri", datetime(2024, 11, 4, 9, tzinfo=UTC), datetime(2024, 11, 4, 17, tzinfo=UTC)),
        ("baker", datetime(2024, 11, 4, 11, tzinfo=UTC), datetime(2024, 11, 4, 19, tzinfo=UTC)),
        ("john", datetime(2024, 11, 3, 1, tzinfo=UTC), datetime(2024, 11, 3, 10, 30, tzinfo=UTC)),  # 25 hours
    ],
)
async def test_in_quiet_hours_mail_waits_for_their_end_on_the_persons_clock(
    post: Post, person: str, evening: datetime, morning: datetime
) -> None:
    post.people.focal_points = {"veridia": [person]}
    await choose(post, person, **NIGHT)
    post.service.set_clock(evening)
    await queued(post)
    await post.send()
    assert post.inbox.mails == []
    [row] = [row for row in await post.deliveries() if row["person_id"] == person]
    assert (row["state"], row["reason"], row["not_before"], row["attempts"]) == ("deferred", "quiet_hours", morning, 0)
    post.service.set_clock(morning)
    await post.send()
    assert post.inbox.sent() == [(address(person), "pledge_published")]


async def test_a_reminder_of_the_night_waits_too_and_is_not_late(post: Post) -> None:
    post.people.focal_points = {"veridia": ["amina"]}
    await choose(post, off=[], rhythm="at_once", quiet_from="08:00", quiet_until="20:00")
    await post.knows(uuid7())
    await post.knows_milestone()
    post.set_clock(2024, 11, 5, 9)
    await post.tick()
    assert post.inbox.mails == []
    post.set_clock(2024, 11, 5, 20)
    await post.tick()
    assert post.inbox.sent() == [(address("amina"), "reminder")]
    assert (await post.plan())[-30] == ("sent", None)


async def test_what_nobody_can_turn_off_comes_in_quiet_hours(post: Post) -> None:
    for person in ("amina", "bruno"):
        await choose(post, person, **NIGHT | {"off": ["reminders", "pledges", "support", "desk"]})
    post.set_clock(2024, 11, 4, 23)
    await post.hears("membership.handed_over.v1")
    await post.send()
    assert len(post.inbox.mails) == 2


async def test_other_quiet_hours_are_heeded_by_what_waits_already(post: Post) -> None:
    post.people.focal_points = {"veridia": ["amina"]}
    await choose(post, **NIGHT)
    post.set_clock(2024, 11, 4, 23)
    await queued(post)
    await post.send()
    await choose(post, off=[], rhythm="at_once")
    await post.send()
    assert post.inbox.sent() == [(address("amina"), "pledge_published")]


async def test_a_time_zone_that_nobody_knows_counts_as_that_of_greenwich(post: Post) -> None:
    from tests.integration.notifications.people import ZONES

    post.people.focal_points = {"veridia": ["amina"]}
    ZONES["amina"] = "Atlantis/Poseidonis"
    try:
        await choose(post, **NIGHT)
        post.set_clock(2024, 11, 4, 21)
        await queued(post)
        await post.send()
    finally:
        del ZONES["amina"]
    assert post.inbox.sent() == [(address("amina"), "pledge_published")]
