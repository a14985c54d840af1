"""Mailings: an event's effect writes that mail is called for; later, with no event at hand, it becomes deliveries.

Asking the pledges service for the recipients takes time, and no connection may be held for that long.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid4, uuid7

from services.notifications.deliveries import commands
from services.notifications.deliveries.models import Mailing
from services.notifications.deliveries.steps import AUDIENCES, MAILS, POINTED, Audience
from services.notifications.recipients import Found, Person

_CALL = insert(Mailing).on_conflict_do_nothing()

_CLAIM = text("""
with due as (
    select id from mailing where state = 'open' and next_try_at <= :at
    order by next_try_at
    limit :most
    for update skip locked
)
update mailing set lease_token = :token, next_try_at = :until, attempts = attempts + 1
from due
where mailing.id = due.id
returning mailing.id, lease_token, cause, template, entity_id, pledge_id, facts, attempts
""").columns(facts=JSONB)

_DONE = text("""
update mailing set state = 'done', people = :people, lease_token = null
where id = :id and state = 'open' and lease_token = :token
returning id
""")

_LATER = text("update mailing set next_try_at = :next, lease_token = null where lease_token = :token")


@dataclass(frozen=True)
class Open:
    """A mailing whose recipients are ours to find until the lease ends."""

    id: UUID
    token: UUID
    cause: str
    template: str
    entity_id: str
    pledge_id: UUID | None
    facts: dict[str, Any]
    attempts: int

    @property
    def audience(self) -> Audience:
        return AUDIENCES[self.template]

    def people(self, found: Found) -> list[Person]:
        if self.audience == "desk":
            return found.desk
        if self.audience == "focal_points":
            return found.entities.get(self.entity_id, [])
        if self.audience == "author":
            return [Person(person_id=f"{self.pledge_id}/{self.facts['update']}")]
        if self.audience in POINTED:
            return [Person(person_id=self.facts["mail_id" if self.audience == "writer" else "request_id"])]
        # who it is, the pledges service tells at the moment of sending; until then this number stands for them
        return [Person(person_id=number) for number in self.facts.values()]


async def call_for(
    session: AsyncSession,
    type_: str,
    event_id: UUID,
    *,
    entity_id: str,
    pledge_id: UUID | None,
    facts: dict[str, Any],
    at: datetime,
    filed_by: str | None = None,
) -> None:
    """What the mail table says of this event. `facts` are ids and codes; `at` is system time."""
    common = {"cause": f"event:{event_id}", "pledge_id": pledge_id, "facts": facts}
    state = {"state": "open", "attempts": 0, "next_try_at": at, "created_at": at}
    rows = [
        {"id": uuid7(), "template": mail.template, "entity_id": (mail.by_filer and filed_by) or entity_id}
        for mail in MAILS[type_]
    ]
    await session.execute(_CALL, [row | common | state for row in rows])


async def claim(session: AsyncSession, *, most: int, lease: timedelta, at: datetime) -> list[Open]:
    """Open mailings, ours for `lease`; commit before asking anybody anything."""
    values = {"most": most, "token": uuid4(), "until": at + lease, "at": at}
    return [Open(*row) for row in await session.execute(_CLAIM, values)]


async def expand(session: AsyncSession, mailing: Open, people: list[Person], at: datetime) -> None:
    """A delivery to each of `people`, unless the mailing was expanded by somebody else meanwhile."""
    values = {"id": mailing.id, "token": mailing.token, "people": len(people)}
    if (await session.execute(_DONE, values)).first() is None:
        return
    await commands.add(session, [_delivery(mailing, person, at) for person in people])


def _delivery(mailing: Open, person: Person, at: datetime) -> dict[str, Any]:
    return commands.new(
        cause=mailing.cause,
        person_id=person.person_id,
        template=mailing.template,
        entity_id=mailing.entity_id,
        pledge_id=mailing.pledge_id,
        facts=mailing.facts,
        next_try_at=at,
        created_at=at,
    )


async def put_off(session: AsyncSession, token: UUID, until: datetime) -> None:
    """Those claimed together are tried again later: the recipients could not be asked for."""
    await session.execute(_LATER, {"token": token, "next": until})
