"""Mails that wait, and addresses that none goes to."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from uuid_utils.compat import uuid7

from shared.clock import Clock
from tests.integration.notifications.support import STAFF, Post
from tests.integration.notifications.test_sending import AMINA, BAO, queued

STEP = "pledge_published"


class Later(Clock):
    """The machine's clock, and so business time too, runs ahead."""

    ahead = timedelta()

    def system(self) -> datetime:
        return super().system() + self.ahead


async def test_a_domain_that_takes_no_more_is_put_off_and_holds_up_no_other(post: Post, tmp_path: Path) -> None:
    file = tmp_path / "limits.yaml"
    file.write_text(
        "default: {at_once: 4, per_minute: 600}\ndomains: {slow.demo.invalid: {at_once: 1, per_minute: 1}}\n"
    )
    changed = post.worker.settings.model_copy(update={"mail_limits_file": file})
    object.__setattr__(post.worker, "settings", changed)
    post.people.focal_points["veridia"] = ["a@slow.demo.invalid", "amina"]
    await queued(post, events=3)
    await post.send()
    assert sorted(to for to, _ in post.inbox.sent()) == ["a@slow.demo.invalid", *[AMINA] * 3]
    put_off = [row for row in await post.deliveries() if row["state"] == "deferred"]
    assert [(row["reason"], row["attempts"]) for row in put_off] == [("domain_limit", 0)] * 2
    answer = await post.service.client.get("/deliveries?state=deferred", headers=STAFF)
    assert [item["reason"] for item in answer.json()["items"]] == ["domain_limit"] * 2
    first, second = sorted((row["next_try_at"] - row["created_at"]).total_seconds() for row in put_off)
    assert 50 < first < 70
    assert 110 < second < 130


async def test_an_address_with_quotes_is_refused_and_one_of_300_characters_too(post: Post) -> None:
    long = "a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".invalid"
    assert len(long) > 300
    post.people.focal_points["veridia"] = ['"amina x"@demo.invalid', long, "amina"]
    post.configure(environment="production")  # whom else it may write to is another question
    await queued(post)
    await post.send()
    assert [to for to, _ in post.inbox.sent()] == [AMINA]
    reasons = {row["person_id"]: row["reason"] for row in await post.deliveries() if row["state"] == "suppressed"}
    assert reasons == {'"amina x"@demo.invalid': "address_unusable", long: "address_unusable"}


async def test_away_for_an_hour_nothing_is_lost(post: Post) -> None:
    """By the machine's clock, on which attempts are put off, and by that of reminders, which goes with it."""
    later = Later(post.service.clock_file)
    post.worker = replace(post.worker, clock=later)
    await post.knows(uuid7())
    await post.knows_milestone()
    post.set_clock(2024, 11, 5, 9)
    await post.planner().tick()
    await queued(post)
    await post.inbox.stop()
    for _ in range(60):
        await post.send()
        later.ahead += timedelta(minutes=1)
    rows = await post.deliveries()
    assert {row["state"] for row in rows} <= {"queued", "deferred"}
    assert {row["reason"] for row in rows} - {None} == {"SMTPConnectError"}
    await post.inbox.start()
    await post.send()
    later.ahead += timedelta(minutes=1)
    await post.send()
    assert post.inbox.sent() == sorted((to, template) for to in (AMINA, BAO) for template in (STEP, "reminder"))
    assert len({mail["Message-ID"] for mail in post.inbox.mails}) == 4
    assert {row["state"] for row in await post.deliveries()} == {"sent"}
