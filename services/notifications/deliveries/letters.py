"""What a mail says: from a delivery's ids and codes and the contact as it is at the moment of sending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from services.notifications.calendar.entries import Attachment, Entry
from services.notifications.content.cleaning import one_line, shorten
from services.notifications.content.renderer import Content, gist, render
from services.notifications.content.shown import Shown, fill
from services.notifications.content.words import FALLBACK, Words, spoken, words
from services.notifications.conversations import Said
from services.notifications.deliveries.steps import AUDIENCES
from services.notifications.recipients import Contact
from services.notifications.reminders.listing import Listing
from shared.reference.dates import PartialDate

LONGEST_NAME = 100
LONGEST_IN_SUBJECT = 90
LONGEST_SAID, MOST_LINES = 10_000, 200  # of what somebody wrote; all of it is on the page


@dataclass(frozen=True)
class Letter:
    """A mail ready for its envelope. `reason` is why the person gets it, in codes, for a header.

    `calendar`: entries for the person's calendar. `reply_to`: where answers arrive, "" for nowhere. `unsubscribe_url`:
    where this kind of mail is stopped, "" where it cannot be. `whose`: the person's, "" for nobody who is known here.
    """

    address: str = field(repr=False)
    name: str = field(repr=False)
    content: Content = field(repr=False)
    reason: str
    calendar: Attachment | None = field(default=None, repr=False)
    reply_to: str = field(default="", repr=False)
    unsubscribe_url: str = field(default="", repr=False)
    whose: str = ""


def letter(
    template: str,
    contact: Contact,
    entities: Sequence[str],
    values: Mapping[str, Any],
    portal: str,
    audience: str | None = None,
) -> Letter:
    """`entities` are the names of those for whom the person is written to, `portal` begins every link.

    `audience`: as what, where that is not the template's.
    """
    language = spoken(contact.language)
    said, name, audience = words(language), one_line(contact.name, LONGEST_NAME), audience or AUDIENCES[template]
    everywhere = {
        "register": said.register_,
        "greeting": said.greet(name),
        "reason": said.reason(audience, [one_line(entity, LONGEST_NAME) for entity in entities]),
        "automatic": said.automatic,
        "preferences": said.preferences,
        "preferences_url": contact.preferences_url,
        "unsubscribe": said.unsubscribe,
        "unsubscribe_url": contact.unsubscribe_url,
        "portal": portal,
        "items": [],
        "lines": [],
    }
    content = render(template, language, {**everywhere, **values})
    reason, leaving = f"{audience}; {template}", contact.unsubscribe_url
    return Letter(contact.address, name, content, reason, unsubscribe_url=leaving, whose=contact.person_id)


def of_step(
    template: str,
    contact: Contact,
    pledge_id: UUID | None,
    facts: Mapping[str, Any],
    portal: str,
    written: Said | None = None,
) -> Letter:
    """The mail about one step of one pledge or request; `written`: what is answered by answering it."""
    values = _of_step(contact, pledge_id, facts, written)
    if written is None:
        return letter(template, contact, [contact.entity_name], values, portal)
    answerable = words(spoken(contact.language)).answerable
    made = letter(template, contact, [contact.entity_name], values | {"automatic": answerable}, portal)
    return replace(made, reply_to=written.reply_to)


def _of_step(
    contact: Contact, pledge_id: UUID | None, facts: Mapping[str, Any], written: Said | None
) -> dict[str, Any]:
    said = words(spoken(contact.language))
    title = one_line(contact.pledge_title or "") or said.untitled
    return {
        "title": said.shown(title),
        "short_title": said.shown(shorten(title, LONGEST_IN_SUBJECT)),
        "entity": _name(said, contact.entity_name),
        "owner": _name(said, contact.pledge_entity or contact.entity_name),
        "filer": _name(said, contact.filed_by or ""),
        "entity_id": facts.get("entity_id", ""),
        "number": facts.get("update"),
        "pledge_id": pledge_id,
        "request_id": facts.get("request_id"),
        "items": _fields(said, facts.get("fields", ())),
        "why": facts.get("why"),
        "asks": written is not None and written.asks,
        "lines": _lines(said, written),
    }


@dataclass(frozen=True)
class Step:
    """One step, of which the person is told; `written`: what somebody wrote, if that is it."""

    template: str
    contact: Contact = field(repr=False)
    pledge_id: UUID | None
    facts: Mapping[str, Any]
    written: Said | None = field(default=None, repr=False)

    def letter(self, portal: str) -> Letter:
        return of_step(self.template, self.contact, self.pledge_id, self.facts, portal, self.written)

    def item(self, portal: str) -> dict[str, Any]:
        """As it stands in a digest: the sentence and the link of its own mail."""
        values = _of_step(self.contact, self.pledge_id, self.facts, self.written)
        found = gist(self.template, spoken(self.contact.language), values | {"portal": portal})
        return {"text": found.sentence, "link_text": found.link_text, "url": found.url}


def of_digest(template: str, contact: Contact, steps: Sequence[Step], portal: str) -> Letter:
    """What came together, in one mail; `steps` at least one."""
    items = [step.item(portal) for step in steps]
    return letter(template, contact, [], {"items": items, "count": len(items)}, portal)


def of_membership(template: str, contact: Contact, portal: str) -> Letter:
    """The mail about a handover or an invitation, whose link is for this person alone, and good once."""
    told, said = contact.membership, words(spoken(contact.language))
    if told is None:
        raise ValueError("the contact tells of no membership")
    values = {
        "entity": _name(said, contact.entity_name),
        "other": _name(said, told.other),
        "role": said.roles.get(told.role, told.role),
        "on": said.on(told.on.date()),
        "token": told.token,
    }
    return letter(template, contact, [contact.entity_name], values, portal)


def _name(said: Words, name: str) -> Shown:
    return said.shown(one_line(name, LONGEST_NAME))


def _lines(said: Words, written: Said | None) -> list[Shown]:
    if written is None or written.text is None:
        return []
    lines = shorten(written.text.strip(), LONGEST_SAID).split("\n")
    shown = [said.shown(one_line(line, LONGEST_SAID)) for line in lines[:MOST_LINES]]
    return shown if len(lines) <= MOST_LINES else [*shown, said.shown("…")]


def _fields(said: Words, codes: Sequence[str]) -> list[dict[str, str]]:
    """Each once, also where several places of one field are named."""
    names = dict.fromkeys(one_line(said.field(code), LONGEST_NAME) for code in codes)
    return [{"text": name, "url": "", "link_text": ""} for name in names]


def _named(said: Words, listing: Listing) -> Shown:
    """The milestone's name. One that there is in English only is shown so, and said to be."""
    name = said.shown(one_line(listing.name(said.language), LONGEST_IN_SUBJECT))
    translated = said.language in listing.names or FALLBACK not in listing.names
    return name if translated else fill(said.in_english, name=name)


def of_cancelled(template: str, contact: Contact, entry: Entry, portal: str) -> Letter:
    """That a milestone does not take place, to whom was reminded of it."""
    said = words(spoken(contact.language))
    values = {
        "milestone": said.shown(entry.name(said.language)),
        "milestone_code": entry.code,
        "milestone_on": said.on(PartialDate(entry.starts)),
    }
    return letter(template, contact, [contact.entity_name], values, portal)


def of_reminder(template: str, contacts: Mapping[str, Contact], listing: Listing, portal: str) -> Letter:
    """The invitation to report on the pledges of `listing`; `contacts`: the person, as asked for each of its entities.

    The links in it are for this person alone, and good once.
    """
    contact = next(iter(contacts.values()))
    said = words(spoken(contact.language))
    items: list[dict[str, str]] = []
    for pledge in listing.pledges:
        asked = contacts[pledge.entity_id]
        text = said.shown(one_line(pledge.title) or said.untitled)
        if len(contacts) > 1:
            text = fill("{} ({})", text, _name(said, asked.entity_name))
        if pledge.other:
            text = fill("{} – {}, {}", text, _named(said, pledge.other), said.shown(said.on(pledge.other.starts)))
        token = asked.links.get(pledge.pledge_id)
        path = f"links/{token}" if token else f"pledges/{pledge.pledge_id}"
        items.append({"text": text, "url": f"{portal}/{path}", "link_text": ""})
    values = {
        "milestone": _named(said, listing),
        "milestone_code": listing.milestone,
        "milestone_on": said.on(listing.starts),
        "passed": listing.offset_days > 0,
        "count": len(items),
        "items": items,
    }
    entities = [asked.entity_name for asked in contacts.values()]
    return letter(template, contact, entities, values, portal, "delegates" if listing.as_delegate else None)
