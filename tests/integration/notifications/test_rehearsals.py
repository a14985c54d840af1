"""A month is rehearsed: nothing goes, nothing of the plan changes, and what then goes is what was rehearsed."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text as sql
from uuid_utils.compat import uuid7

from services.notifications.rehearsals.sandbox import sandbox
from services.notifications.reminders import known
from services.notifications.reminders.policy import FILE
from tests.integration.notifications.inbox import text, to
from tests.integration.notifications.people import address
from tests.integration.notifications.support import REVIEWER, STAFF, Post
from tests.support.api import once

POLICY = FILE.read_text("utf-8")
TABLES = ("reminder", "reminder_delivery", "delivery", "contact_lost", "outbox", "known_milestone", "mailing")


@pytest.fixture
async def staged(post: Post) -> Post:
    """Pledges of several, one of them joint; the clock of the demonstration: the second of September 2024."""
    post.people.focal_points = {"veridia": ["amina", "kiri"], "kalmora": ["amina", "kofi"]}
    post.people.delegates = {"veridia": ["dario"], "milan": ["baker"]}
    post.people.languages = {"amina": "fr", "kofi": "ar"}
    for number, entity in enumerate(["veridia", "kalmora", "milan", "nowhere", "veridia"]):
        await post.knows(uuid7(), entity=entity, title=f"Pledge {number}")
    await post.knows(uuid7(), title="Joint", partner_entities=["kalmora"])
    await post.knows(uuid7(), title="Said", reported=datetime(2024, 8, 1, tzinfo=UTC))
    await post.knows_milestone()
    return post


async def ordered(post: Post, **wanted: Any) -> dict[str, Any]:
    answer = await post.service.client.post("/rehearsals", json=wanted, headers=once(STAFF))
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "waiting"
    assert await post.worker.rehearser().once()
    return await get(post, answer.headers["location"])


async def get(post: Post, path: str, headers: dict[str, str] = STAFF, **params: Any) -> dict[str, Any]:
    answer = await post.service.client.get(path, params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def mails(post: Post, found: dict[str, Any], headers: dict[str, str] = STAFF, **params: Any) -> list[Any]:
    """All pages."""
    path, items, cursor = f"/rehearsals/{found['rehearsal_id']}/mails", [], None
    while True:
        page = await get(post, path, headers, limit=2, **params, **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


async def standing(post: Post) -> dict[str, Any]:
    return {table: await post.service.rows(f"select * from {table} order by 1") for table in TABLES}  # noqa: S608


@pytest.mark.parametrize("month", [(2024, 9), (2024, 11), (2024, 12)])
async def test_what_then_goes_is_what_was_rehearsed(staged: Post, month: tuple[int, int]) -> None:
    """To whom, when, and word by word."""
    post, (year, number) = staged, month
    post.set_clock(year, number, 1, 0)
    found = await ordered(post, month=f"{year}-{number:02}")
    assert (found["state"], found["done"]) == ("done", found["total"])
    rehearsed = set()
    for one in await mails(post, found):
        told = await get(post, f"/rehearsals/{found['rehearsal_id']}/mails/{one['number']}")
        [said] = [said for said in told["says"] if said["language"] == told["language"]]
        rehearsed.add((one["leaves_at"], address(one["name"].lower()), _plain(said["subject"]), _plain(said["text"])))
    assert rehearsed == {line for day in found["days"] for line in await gone(post, date.fromisoformat(day["day"]))}
    assert len(rehearsed) >= 4


async def gone(post: Post, day: date) -> set[tuple[str, ...]]:
    """What leaves while that day goes round the Earth, hour by hour."""
    left: set[tuple[str, ...]] = set()
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=6)
    for hours in range(36):
        at = moment + timedelta(hours=hours)
        post.service.set_clock(at)
        post.inbox.forget()
        await post.tick()
        left |= {
            (f"{at:%Y-%m-%dT%H:%M:%SZ}", to(mail), _plain(str(mail["Subject"])), _plain(text(mail)))
            for mail in post.inbox.mails
        }
    return left


def _plain(said: str) -> str:
    """Without blanks: a header that was folded may have others. The links of a real mail are sealed for its person."""
    unsealed = re.sub(r"/(preferences|unsubscribe)/[\w-]+", "/my/preferences", said)
    return "".join(unsealed.split())


async def test_nothing_is_sent_and_no_table_of_the_plan_changes(staged: Post) -> None:
    await staged.tick()
    before = await standing(staged)
    found = await ordered(
        staged, month="2024-11", policy=POLICY, moves=[{"milestone": "plenary-2024", "starts": "2024-12-12"}]
    )
    assert found["state"] == "done"
    assert await standing(staged) == before
    assert staged.inbox.mails == []


async def test_volumes_reasons_and_those_without_anybody_by_day(staged: Post) -> None:
    found = await ordered(staged, month="2024-09")
    [day] = found["days"]
    assert (day["day"], day["mails"], day["reminders"], day["nobody"]) == ("2024-09-06", 4, 5, 1)
    assert found["business_at"].startswith("2024-09-02T09:0")
    assert (await ordered(staged, month="2024-10"))["days"] == []


async def test_staff_see_names_and_reviewers_roles_and_entities(staged: Post) -> None:
    found = await ordered(staged, month="2024-09")
    seen = {one["name"]: (one["roles"], one["entities"]) for one in await mails(staged, found)}
    assert seen == {
        "Kiri": (["focal_point"], ["veridia"]),
        "Amina": (["focal_point"], ["kalmora", "veridia"]),
        "Kofi": (["focal_point"], ["kalmora"]),
        "Baker": (["delegate"], ["milan"]),
    }
    assert {one["name"] for one in await mails(staged, found, REVIEWER)} == {None}
    for headers, greeting in ((STAFF, "Dear Kiri,"), (REVIEWER, "Good day,")):
        told = await get(staged, f"/rehearsals/{found['rehearsal_id']}/mails/1", headers)
        assert {said["language"] for said in told["says"]} == {"ar", "en", "es", "fr", "ru", "zh"}
        english = next(said for said in told["says"] if said["language"] == "en")
        assert english["text"].startswith(greeting)


async def test_another_day_of_the_milestone_and_another_policy_are_compared(staged: Post) -> None:
    moved = {"milestone": "plenary-2024", "starts": "2024-12-12"}
    found = await ordered(staged, month="2024-09", moves=[moved])
    assert [(day["day"], day["changed"], day["mails"]) for day in found["days"]] == [
        ("2024-09-06", False, 4),
        ("2024-09-13", True, 4),
    ]
    page = await get(staged, f"/rehearsals/{found['rehearsal_id']}/differences")
    assert [(one["due_on"], one["kind"]) for one in page["items"]] == [("2024-09-06", "only_as_is")] * 4 + [
        ("2024-09-13", "only_changed")
    ] * 4
    early = POLICY.replace("partners_from: -30", "partners_from: -90").replace(
        "delegates_from: -7", "delegates_from: -90"
    )
    found = await ordered(staged, month="2024-09", policy=early)
    page = await get(staged, f"/rehearsals/{found['rehearsal_id']}/differences", limit=1)
    kinds = []
    while True:
        kinds += [(one["kind"], (one["changed"] or one["as_is"])["roles"]) for one in page["items"]]
        if page["next"] is None:
            break
        page = await get(staged, f"/rehearsals/{found['rehearsal_id']}/differences", limit=1, cursor=page["next"])
    assert ("only_changed", ["delegate"]) in kinds  # Dario
    assert ("lists_other", ["focal_point"]) in kinds  # Kofi gets the joint one, too


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"month": "2024"}, "month"),
        ({"month": "2024-13"}, "month"),
        ({"month": "2024-09", "policy": POLICY.replace("late_hours", "late_hous")}, "policy"),
        ({"month": "2024-09", "policy": "[" * 4000}, "policy"),
        ({"month": "2024-09", "policy": "a: " + "x" * 5000}, "policy"),
        ({"month": "2024-09", "moves": [{"milestone": "none", "starts": "2024-12-12"}]}, "moves.0.milestone"),
        ({"month": "2024-09", "moves": [{"milestone": "plenary-2024", "starts": "soon"}]}, "moves.0.starts"),
        ({"month": "2024-09", "when": "now"}, "when"),
    ],
)
async def test_what_cannot_be_rehearsed_is_told_by_its_field(staged: Post, wanted: dict[str, Any], field: str) -> None:
    answer = await staged.service.client.post("/rehearsals", json=wanted, headers=once(STAFF))
    assert answer.status_code == 422, answer.text
    assert field in [one["field"] for one in answer.json()["errors"]]
    if "late_hous" in str(wanted):
        assert "line 4" in answer.text


async def test_only_staff_order_one_and_strangers_read_none(staged: Post) -> None:
    wanted = {"month": "2024-09"}
    assert (await staged.service.client.post("/rehearsals", json=wanted, headers=once(REVIEWER))).status_code == 403
    assert (await staged.service.client.get("/rehearsals")).status_code == 401
    found = await ordered(staged, **wanted)
    listed = await get(staged, "/rehearsals", REVIEWER, month="2024-09")
    assert [one["rehearsal_id"] for one in listed["items"]] == [found["rehearsal_id"]]
    assert (await get(staged, "/rehearsals", month="2024-10"))["items"] == []
    for path in (
        f"/rehearsals/{uuid7()}",
        f"/rehearsals/{uuid7()}/mails",
        f"/rehearsals/{found['rehearsal_id']}/mails/99",
    ):
        assert (await staged.service.client.get(path, headers=STAFF)).status_code == 404


async def test_names_and_texts_while_the_pledges_service_is_away(staged: Post) -> None:
    found = await ordered(staged, month="2024-09")
    staged.people.down = True
    assert {one["name"] for one in await mails(staged, found)} == {None}
    path = f"/rehearsals/{found['rehearsal_id']}/mails/1"
    assert (await staged.service.client.get(path, headers=STAFF)).status_code == 503


async def test_a_rehearsal_whose_process_was_lost_is_begun_anew(staged: Post) -> None:
    staged.people.down = True
    answer = await staged.service.client.post("/rehearsals", json={"month": "2024-09"}, headers=once(STAFF))
    with pytest.raises(Exception, match="does not answer"):
        await staged.worker.rehearser().once()
    staged.people.down = False
    assert not await staged.worker.rehearser().once()  # its lease has not ended
    await staged.run("update rehearsal set lease_until = now()")
    assert await staged.worker.rehearser().once()
    assert (await get(staged, answer.headers["location"]))["state"] == "done"


async def test_an_erased_person_is_in_no_rehearsal(staged: Post) -> None:
    found = await ordered(staged, month="2024-09")
    [amina] = await staged.service.rows("select number from rehearsed_mail where person_id = 'amina'")
    await staged.hears("person.erased.v1", _erased("amina"))
    assert amina["number"] not in {one["number"] for one in await mails(staged, found)}


def _erased(person: str) -> Any:
    from shared.events.people import PersonErased

    return PersonErased(erasure_id=UUID(int=1), person_id=person)


async def test_only_the_newest_are_kept(staged: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notifications.rehearsals.commands.KEPT", 2)
    found = [await ordered(staged, month="2024-09") for _ in range(3)]
    kept = [one["rehearsal_id"] for one in (await get(staged, "/rehearsals"))["items"]]
    assert kept == [found[2]["rehearsal_id"], found[1]["rehearsal_id"]]


async def test_a_connection_that_was_lost_writes_to_no_real_table(staged: Post) -> None:
    async with staged.service.database.transaction() as session:
        milestones = await known.milestones(session)
    async with sandbox(staged.service.database.url, milestones, (date(2024, 9, 1), date(2024, 9, 30))) as copies:
        await copies.engine.dispose()  # as if the database had been started anew
        with pytest.raises(Exception, match="read-only"):
            async with copies.transaction() as session:
                await session.execute(sql("update delivery set attempts = 1"))
