"""Calendar entries of milestones: in reminder mails and in the feed of an entity, one identity wherever they are."""

from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar
from uuid_utils.compat import uuid7

from services.notifications.calendar import known as calendars
from shared.events.reviews import MilestoneEvent
from tests.integration.notifications.inbox import text, to
from tests.integration.notifications.support import Post, milestone

FEED = "/entities/veridia/calendar"
FIRST, MOVED = 3, 4  # sequences


@pytest.fixture
async def known(post: Post) -> UUID:
    """A published pledge of Veridia, and the plenary of 5 December 2024."""
    pledge_id = uuid7()
    await post.knows(pledge_id, title="Schools")
    await post.knows_milestone(sequence=FIRST)
    return pledge_id


async def feed(post: Post, **headers: str) -> httpx.Response:
    return await post.service.client.get(FEED, headers=headers)


async def events(post: Post) -> dict[str, Any]:
    answer = await feed(post)
    assert answer.status_code == 200, answer.text
    return {str(event["UID"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def attached(mail: EmailMessage, method: str = "PUBLISH") -> Any:
    """The entry that came with a mail."""
    [part] = mail.iter_attachments()
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", method)
    assert part.get_filename() == "review.ics"
    content: Any = part.get_payload(decode=True)
    [event] = Calendar.from_ical(content).walk("VEVENT")
    return event


@pytest.mark.usefixtures("known")
async def test_a_reminder_brings_the_entry_and_the_next_one_after_a_move_the_same_with_a_higher_sequence(
    post: Post,
) -> None:
    await post.tick()
    post.set_clock(2024, 11, 5)
    await post.tick()
    before = attached(post.inbox.mails[0])
    assert [part.get_content_type() for part in post.inbox.mails[0].walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    await post.knows_milestone("2024-12-12", sequence=MOVED)
    post.set_clock(2024, 12, 5)
    await post.tick()
    assert len(post.inbox.mails) == 4
    after = attached(post.inbox.mails[-1])
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (FIRST, MOVED)
    assert before["UID"] == after["UID"]
    assert (str(before["DTSTART"].dt), str(after["DTSTART"].dt)) == ("2024-12-05", "2024-12-12")
    assert (await events(post))[str(after["UID"])]["SEQUENCE"] == MOVED


@pytest.mark.usefixtures("known")
async def test_the_feed_is_public_and_the_same_answer_is_not_sent_twice(post: Post) -> None:
    answer = await feed(post)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    again = await feed(post, **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await post.knows_milestone("2024-12-12", sequence=MOVED)
    news = await feed(post, **{"If-None-Match": answer.headers["etag"]})
    assert news.status_code == 200
    assert news.headers["etag"] != answer.headers["etag"]
    assert b"Schools" not in news.content


@pytest.mark.usefixtures("known")
async def test_in_the_language_that_the_address_names(post: Post) -> None:
    await post.knows_milestone(sequence=MOVED, names={"en": "Plenary", "fr": "Plénière"})
    found = {}
    for language in ("fr", "fr-CA", "es", "de", ""):
        answer = await post.service.client.get(FEED, params={"language": language})
        [event] = Calendar.from_ical(answer.content).walk("VEVENT")
        found[language] = str(event["SUMMARY"])
    assert found == {"fr": "Plénière", "fr-CA": "Plénière", "es": "Plenary (en inglés)", "de": "Plenary", "": "Plenary"}


@pytest.mark.usefixtures("known")
async def test_only_milestones_of_cycles_in_which_it_has_pledges(post: Post) -> None:
    await post.knows_milestone("2026-05", code="forum-2026", cycle="2026")
    await post.knows_milestone("2025", code="some-year")
    assert [uid.partition("@")[0] for uid in await events(post)] == ["milestone-plenary-2024"]
    await post.knows(uuid7(), review_cycle="2026")
    assert [uid.partition("@")[0] for uid in await events(post)] == ["milestone-plenary-2024", "milestone-forum-2026"]


async def test_who_has_published_nothing_has_no_calendar(post: Post) -> None:
    await post.knows_milestone()
    answer = await feed(post)
    assert answer.status_code == 404
    assert "no published pledge" in answer.json()["detail"]
    await post.knows(uuid7(), state="closed")
    assert (await feed(post)).status_code == 404


@pytest.mark.usefixtures("known")
async def test_one_that_is_no_more_is_cancelled_and_not_forgotten(post: Post) -> None:
    for _ in range(2):  # told twice, it is the same
        async with post.service.database.transaction() as session:
            await calendars.cancel(session, "plenary-2024")
    [event] = (await events(post)).values()
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", MOVED)
    await post.knows_milestone(sequence=FIRST)  # what is older comes late, and changes nothing
    [event] = (await events(post)).values()
    assert event["STATUS"] == "CANCELLED"


@pytest.mark.usefixtures("known")
async def test_who_was_reminded_of_a_cancelled_one_is_told_once_and_nobody_is_reminded_any_more(post: Post) -> None:
    await post.tick()
    post.set_clock(2024, 11, 5)
    await post.tick()
    reminded = post.inbox.sent()
    before = attached(post.inbox.mails[0])
    told = uuid7()
    for _ in range(2):  # the same event again
        await post.hears("milestone.changed.v1", cancelled(), event_id=told)
    await post.tick()
    mails = post.inbox.mails[len(reminded) :]
    assert sorted(map(to, mails)) == sorted(address for address, _ in reminded)
    entry = attached(mails[0], "CANCEL")
    assert (entry["UID"], entry["STATUS"]) == (before["UID"], "CANCELLED")
    assert entry["SEQUENCE"] == before["SEQUENCE"] + 1
    assert "does not take place" in text(mails[0])
    assert {state for state, _ in (await post.plan()).values()} <= {"sent", "skipped"}
    post.set_clock(2024, 11, 28)
    await post.tick()
    assert len(post.inbox.mails) == len(reminded) + len(mails)
    [shown] = (await events(post)).values()
    assert shown["STATUS"] == "CANCELLED"


@pytest.mark.usefixtures("known")
async def test_of_one_that_nobody_was_reminded_of_nobody_is_told(post: Post) -> None:
    await post.hears("milestone.changed.v1", cancelled())
    await post.tick()
    assert post.inbox.sent() == []


@pytest.mark.usefixtures("known")
async def test_another_change_of_a_cancelled_one_tells_nobody(post: Post) -> None:
    await post.tick()
    post.set_clock(2024, 11, 5)
    await post.tick()
    sent = len(post.inbox.mails)
    await post.hears("milestone.changed.v1", cancelled("outcome"))
    await post.tick()
    assert len(post.inbox.mails) == sent


@pytest.mark.usefixtures("known")
async def test_one_that_takes_place_after_all_before_the_mail_leaves_is_not_told_of(post: Post) -> None:
    await post.tick()
    post.set_clock(2024, 11, 5)
    await post.tick()
    sent = len(post.inbox.mails)
    await post.hears("milestone.changed.v1", cancelled())
    await post.knows_milestone(sequence=MOVED + 1)
    await post.send()
    assert len(post.inbox.mails) == sent
    assert (await post.deliveries())[-1]["reason"] == "takes_place_after_all"


def cancelled(*fields: str) -> MilestoneEvent:
    """The plenary does not take place; `fields`: what has changed, if it was something else."""
    made = milestone(sequence=MOVED, cancelled=True)
    return made.model_copy(update={"change": made.change.model_copy(update={"fields": list(fields or ["cancelled"])})})


@pytest.mark.parametrize("entity", ["..", "%00", "a" * 500, "veridia'--", "Véridie"])
async def test_an_entity_that_there_is_not(post: Post, entity: str) -> None:
    answer = await post.service.client.get(f"/entities/{entity}/calendar")
    assert answer.status_code in {400, 404}
