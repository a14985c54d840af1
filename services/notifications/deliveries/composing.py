"""From a claimed delivery to a letter: at the moment of sending everything is looked at again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.notifications.calendar import queries as calendars
from services.notifications.calendar.entries import Entries, Entry, Place
from services.notifications.conversations import Conversations, Said
from services.notifications.deliveries.commands import Claimed
from services.notifications.deliveries.letters import Letter, Step, of_cancelled, of_digest, of_membership, of_reminder
from services.notifications.deliveries.lifecycle import (
    MORNING,
    QUIET_HOURS,
    Gathered,
    Outage,
    Outcome,
    Quiet,
    Suppressed,
)
from services.notifications.deliveries.steps import (
    ANSWERABLE,
    AUDIENCES,
    CANCELLED,
    DIGEST,
    MESSAGES,
    PERSONAL,
    POINTED,
    REMINDER,
    WITHDRAWN,
)
from services.notifications.deliveries.suppression.commands import holds
from services.notifications.deliveries.suppression.hashing import Hashing
from services.notifications.digests import queries as digests
from services.notifications.digests.lifecycle import Told
from services.notifications.preferences import categories, timing
from services.notifications.preferences.categories import Stops
from services.notifications.preferences.links import Links
from services.notifications.preferences.queries import choices
from services.notifications.preferences.timing import AS_EVERYBODY
from services.notifications.recipients import Contact, Recipients, Unreachable
from services.notifications.reminders.lifecycle import Reason, late, send_at, zone
from services.notifications.reminders.listing import Listed, Listing, listing
from services.notifications.reminders.policy import Policy
from services.notifications.settings import Settings
from shared.clock import Clock
from shared.db import Database

REMINDED = ("focal_point", "delegate")  # the roles in which people get reminders


@dataclass(frozen=True)
class Composed:
    """A letter to send, or what speaks against it. `listing` is what a reminder found on its list.

    `contact`: the person who gets the letter, and what they have chosen. `told`: what a digest holds.
    """

    result: Letter | Outcome
    listing: Listing | None = None
    contact: Contact | None = None
    told: Told | None = None


class Composer:
    """Raises Unavailable while the pledges service cannot be asked."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        recipients: Recipients,
        policy: Policy,
        settings: Settings,
        conversations: Conversations,
    ) -> None:
        self._database, self._clock, self._recipients, self._policy = database, clock, recipients, policy
        self._settings, self._conversations = settings, conversations
        self._entries = Entries(Place.of(settings))
        self._hashing = Hashing(settings.mail_keys)
        self._portal = settings.public_url.rstrip("/")
        self._links = Links(settings.mail_keys, settings.public_url)

    async def compose(self, claimed: Claimed) -> Composed:
        composed = await self._composed(claimed)
        waits = self._waits(claimed, composed.contact, composed.listing) if composed.contact else None
        return replace(composed, result=waits) if waits else composed

    def _waits(self, claimed: Claimed, contact: Contact, reminder: Listing | None) -> Outcome | None:
        """What nobody can turn off comes at any hour: it answers what the person just did, or changes what they may do
        from now on. The rest heeds their hours, and a `reminder` waits for the morning of where they are by now."""
        category, chosen = categories.of(claimed.template), contact.choices
        if category is None and claimed.template != DIGEST.template:
            return None
        now, clock = self._clock.business(), zone(contact.time_zone)
        if category in categories.IN_DIGESTS and chosen.rhythm != "at_once":
            next_one = timing.together(now, clock, chosen.weekday, self._policy.send_at)
            return Gathered(contact.person_id, timing.until(next_one, clock, chosen.quiet))
        due_on = reminder and reminder.due_on
        earliest = max(now, send_at(due_on, contact.time_zone, self._policy)) if due_on else now
        until = timing.until(earliest, clock, chosen.quiet)
        return Quiet(until, MORNING if earliest > now else QUIET_HOURS) if until > now else None

    async def _composed(self, claimed: Claimed) -> Composed:
        if claimed.template == REMINDER.template:
            return await self._reminder(claimed)
        if claimed.template == CANCELLED.template:
            return await self._cancelled(claimed)
        if claimed.template == DIGEST.template:
            return await self._digest(claimed)
        return await (self._membership if AUDIENCES[claimed.template] in PERSONAL else self._step)(claimed)

    async def _cancelled(self, claimed: Claimed) -> Composed:
        async with self._database.transaction() as session:
            entries = await calendars.some(session, [claimed.facts["milestone"]])
        if not entries:
            return Composed(Outage("milestones_are_read_anew"))
        if not entries[0].cancelled:
            return Composed(Suppressed("takes_place_after_all"))
        found = await self._recipients.resolve(claimed.person_id, entity_id=claimed.entity_id, roles=REMINDED)
        contact = await self._allowed(claimed, found)
        if isinstance(contact, Unreachable):
            return Composed(Suppressed(contact.reason))
        made = of_cancelled(claimed.template, contact, entries[0], self._portal)
        return Composed(replace(made, calendar=self._entries.of(entries, made.content.language)), contact=contact)

    async def _membership(self, claimed: Claimed) -> Composed:
        contact = await self._allowed(claimed, await self._told(claimed))
        if isinstance(contact, Unreachable):
            return Composed(Suppressed(contact.reason))
        return Composed(of_membership(claimed.template, contact, self._portal))

    async def _told(self, claimed: Claimed) -> Contact | Unreachable:
        audience = AUDIENCES[claimed.template]
        if audience == "invited":
            return await self._recipients.invited(claimed.facts["invitation_id"])
        withdrawn = claimed.template in WITHDRAWN
        return await self._recipients.of_handover(claimed.facts["handover_id"], audience, withdrawn=withdrawn)

    async def _digest(self, claimed: Claimed) -> Composed:
        """What of it still is to be told, each looked at again as if it went by itself."""
        async with self._database.transaction() as session:
            items = await digests.items(session, claimed.id)
        found = {item.id: await self._told_of(item) for item in items}
        steps = {id_: one for id_, one in found.items() if isinstance(one, Step)}
        told = Told(tuple(steps), {id_: one.reason for id_, one in found.items() if isinstance(one, Unreachable)})
        if not steps:
            return Composed(Suppressed("nothing_to_tell"), told=told)
        first = next(iter(steps.values())).contact
        contact = self._free(first, categories.stops(claimed.template))
        made = of_digest(claimed.template, contact, list(steps.values()), self._portal)
        return Composed(made, contact=contact, told=told)

    async def _step(self, claimed: Claimed) -> Composed:
        found = await self._told_of(claimed)
        if isinstance(found, Unreachable):
            return Composed(Suppressed(found.reason))
        return Composed(found.letter(self._portal), contact=found.contact)

    async def _told_of(self, claimed: Claimed) -> Step | Unreachable:
        pointed = await self._said(claimed) if AUDIENCES[claimed.template] in POINTED else None
        contact = await (self._pointed(claimed, pointed) if pointed else self._reached(claimed))
        if isinstance(contact, Unreachable):
            return contact
        said = None
        if claimed.template in ANSWERABLE:
            said = pointed or await self._said(claimed, claimed.person_id)
        if claimed.template in MESSAGES and (said is None or said.text is None):
            return Unreachable("no_such_message")
        facts = {**claimed.facts, "entity_id": claimed.entity_id}
        return Step(claimed.template, contact, claimed.pledge_id, facts, said)

    async def _reached(self, claimed: Claimed) -> Contact | Unreachable:
        if AUDIENCES[claimed.template] == "author":
            told = await self._recipients.author(claimed.pledge_id, claimed.facts["update"])
            return await self._allowed(claimed, told)
        return await self._contact(claimed, claimed.entity_id, claimed.pledge_id)

    async def _pointed(self, claimed: Claimed, said: Said) -> Contact | Unreachable:
        """Who asked, unless they are told as focal point; whose mail was not taken, in any case."""
        if said.person_id is None:
            return Unreachable("no_contact")
        asked: dict[str, Any] = {"entity_id": claimed.entity_id, "pledge_id": claimed.pledge_id}
        found = await self._recipients.resolve(said.person_id, **asked)
        if isinstance(found, Contact) and AUDIENCES[claimed.template] == "asker":
            return Unreachable("focal_point")
        if isinstance(found, Unreachable):
            found = await self._recipients.resolve(said.person_id, **asked, roles={"delegate"})
        return await self._allowed(claimed, found)

    async def _said(self, claimed: Claimed, person_id: str | None = None) -> Said:
        number = claimed.facts["message"] if claimed.template in MESSAGES else None
        return await self._conversations.said(
            claimed.facts["request_id"], number, person_id, claimed.facts.get("mail_id")
        )

    async def _reminder(self, claimed: Claimed) -> Composed:
        if claimed.not_before and late(claimed.not_before, self._clock.business(), self._policy):
            return Composed(Suppressed(Reason.OVERDUE))
        async with self._database.transaction() as session:
            found = await listing(session, claimed.id, self._policy)
            entries = await calendars.some(session, found.milestones) if found else []
        if found is None:
            return Composed(Outage("pledges_are_read_anew"))
        if not found.pledges:
            return Composed(Suppressed(next(iter(found.dropped.values()))), listing=found)
        return await self._invitation(claimed, found, entries)

    async def _invitation(self, claimed: Claimed, found: Listing, entries: Sequence[Entry]) -> Composed:
        """Lists what belongs to the entities for which this person still is a focal point."""
        asked = {
            entity_id: await self._listed(claimed, entity_id, found.of_entity(entity_id))
            for entity_id in found.entity_ids
        }
        contacts = {entity_id: contact for entity_id, contact in asked.items() if isinstance(contact, Contact)}
        if not contacts:
            return Composed(Suppressed(_reason(asked.values())), listing=found)
        shown = found.only(contacts)
        made = of_reminder(claimed.template, contacts, shown, self._portal)
        calendar = self._entries.of(entries, made.content.language) if entries else None
        return Composed(replace(made, calendar=calendar), listing=shown, contact=next(iter(contacts.values())))

    async def _listed(self, claimed: Claimed, entity_id: str, pledges: Sequence[Listed]) -> Contact | Unreachable:
        found = await self._recipients.resolve(
            claimed.person_id,
            entity_id=entity_id,
            roles={"focal_point", *(pledge.role for pledge in pledges)},
            link_to=[pledge.pledge_id for pledge in pledges],
        )
        return await self._allowed(claimed, found)

    async def _contact(self, claimed: Claimed, entity_id: str | None, pledge_id: UUID | None) -> Contact | Unreachable:
        desk = AUDIENCES[claimed.template] == "desk"
        found = await self._recipients.resolve(claimed.person_id, entity_id=entity_id, desk=desk, pledge_id=pledge_id)
        return await self._allowed(claimed, found)

    async def _allowed(self, claimed: Claimed, found: Contact | Unreachable) -> Contact | Unreachable:
        """What stands against writing there: this is no production, mail came back, the person wants none."""
        if isinstance(found, Unreachable):
            return found
        if not self._settings.may_mail(found.address):
            return Unreachable("address_not_allowed_here")
        category = categories.of(claimed.template)
        async with self._database.transaction() as session:
            if await holds(session, self._hashing.of(found.address)):
                return Unreachable("address_suppressed")
            chosen = await choices(session, found.person_id, category) if category else AS_EVERYBODY
        if chosen.off_since:
            return Unreachable("turned_off")
        return replace(self._free(found, category), choices=chosen)

    def _free(self, found: Contact, stops: Stops | None) -> Contact:
        """With the ways to get other mails, or none: for whoever is known here, and not for an address alone."""
        if not found.person_id:
            return found
        at = self._clock.system()
        leaving = self._links.unsubscribe_url(found.person_id, stops, at) if stops else ""
        return replace(found, preferences_url=self._links.preferences_url(found.person_id, at), unsubscribe_url=leaving)


def _reason(asked: Iterable[Contact | Unreachable]) -> str:
    return next(found.reason for found in asked if isinstance(found, Unreachable))
