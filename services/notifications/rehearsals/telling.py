"""What a rehearsed mail says, in each language: put together as the sender does it, and sent to nobody."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.content.words import LANGUAGES
from services.notifications.deliveries.letters import of_reminder
from services.notifications.deliveries.steps import REMINDER
from services.notifications.recipients import Contact, Recipients, Unreachable
from services.notifications.rehearsals.models import RehearsedMail
from services.notifications.rehearsals.queries import plain
from services.notifications.rehearsals.schemas import Mail, MailSaid, Said
from services.notifications.reminders.listing import Listed, Listing
from shared.errors import Unavailable
from shared.reference.dates import PartialDate

AT_ONCE = 10  # questions to the pledges service

_TITLES = text("select pledge_id, title from known_pledge where pledge_id = any(cast(:pledges as uuid[]))")
_MILESTONES = text("select code, names, starts from known_milestone where code = any(cast(:codes as text[]))").columns(
    names=JSONB
)


async def listing(session: AsyncSession, found: RehearsedMail, moves: Collection[Mapping[str, Any]]) -> Listing | None:
    """What the mail lists, with titles and names as they are now; None when none of its pledges is known any more."""
    pledges = [UUID(one["pledge_id"]) for one in found.lists]
    titles = {row.pledge_id: row.title for row in await session.execute(_TITLES, {"pledges": pledges})}
    codes = list({one["milestone"] for one in found.lists})
    starts = {move["milestone"]: move["starts"] for move in moves if found.changed}
    reviews = {
        row.code: (row.names, PartialDate(starts.get(row.code, row.starts)).first_day())
        for row in await session.execute(_MILESTONES, {"codes": codes})
    }
    known = [one for one in found.lists if UUID(one["pledge_id"]) in titles and one["milestone"] in reviews]
    if not known:
        return None
    ordered = sorted(
        known,
        key=lambda one: (
            *(reviews[one["milestone"]][1], one["milestone"]),
            *(one["entity_id"], titles[UUID(one["pledge_id"])]),
        ),
    )
    mails = _of(ordered[0], reviews)
    return replace(mails, pledges=tuple(_listed(one, titles, reviews, mails.milestone) for one in ordered))


def _of(one: Mapping[str, Any], reviews: Mapping[str, Any]) -> Listing:
    names, starts = reviews[one["milestone"]]
    return Listing(one["milestone"], names, starts, one["offset_days"])


def _listed(one: Mapping[str, Any], titles: Mapping[UUID, str], reviews: Mapping[str, Any], milestone: str) -> Listed:
    pledge_id = UUID(one["pledge_id"])
    other = _of(one, reviews) if one["milestone"] != milestone else None
    return Listed(0, pledge_id, one["entity_id"], titles[pledge_id], one["role"], other)


class Telling:
    """Asks the pledges service for people, at the moment of showing, and keeps nothing of it. `portal` begins links."""

    def __init__(self, recipients: Recipients, portal: str) -> None:
        self._recipients, self._portal = recipients, portal.rstrip("/")

    async def named(self, found: Sequence[RehearsedMail]) -> list[Mail]:
        """With the names of who gets them; without while nobody can say."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def name(one: RehearsedMail) -> Mail:
            async with limit:
                contacts, _ = await self._contacts(one)
            return plain(one).model_copy(update={"name": next((who.name for who in contacts.values()), None)})

        try:
            return list(await asyncio.gather(*(name(one) for one in found)))
        except Unavailable:
            return [plain(one) for one in found]

    async def say(self, found: RehearsedMail, listing: Listing | None, *, named: bool) -> MailSaid:
        """`named`: for those who may know whom it goes to. Raises Unavailable."""
        contacts, fault = await self._contacts(found)
        mail, shown = plain(found), listing.only(contacts) if listing else None
        if not shown or not shown.pledges:
            return MailSaid(mail=mail, language=None, fault=fault or "pledges_are_read_anew", says=[])
        known = next(iter(contacts.values()))
        if named:
            mail.name = known.name
        else:
            contacts = {entity: replace(contact, name="") for entity, contact in contacts.items()}
        says = [self._said(contacts, shown, language) for language in LANGUAGES]
        return MailSaid(mail=mail, language=known.language if named else None, fault=None, says=says)

    def _said(self, contacts: Mapping[str, Contact], listing: Listing, language: str) -> Said:
        # whom it leads to their choices, the link of the real mail says; here it is anybody's way to their own
        own = f"{self._portal}/my/preferences"
        spoken = {
            entity: replace(contact, language=language, preferences_url=own, unsubscribe_url=own)
            for entity, contact in contacts.items()
        }
        content = of_reminder(REMINDER.template, spoken, listing, self._portal).content
        return Said(language=language, subject=content.subject, text=content.text)

    async def _contacts(self, found: RehearsedMail) -> tuple[dict[str, Contact], str | None]:
        """By entity, and the reason where nobody is to be written to any more. No action link is asked for."""
        roles = {one["entity_id"]: {"focal_point", one["role"]} for one in found.lists}
        asked = {
            entity: await self._recipients.resolve(found.person_id, entity_id=entity, roles=wanted)
            for entity, wanted in roles.items()
        }
        contacts = {entity: one for entity, one in asked.items() if isinstance(one, Contact)}
        return contacts, next((one.reason for one in asked.values() if isinstance(one, Unreachable)), None)
