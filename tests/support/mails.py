"""Mails as the tests look at them: who gets one, what is in it, and how its HTML reads."""

from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from services.notifications.calendar.entries import Entry
from services.notifications.content.words import LANGUAGES
from services.notifications.conversations import Said
from services.notifications.deliveries.letters import (
    Letter,
    Step,
    of_cancelled,
    of_digest,
    of_membership,
    of_reminder,
    of_step,
)
from services.notifications.deliveries.steps import (
    ANSWERABLE,
    AUDIENCES,
    CANCELLED,
    DIGEST,
    MESSAGES,
    PERSONAL,
    REMINDER,
    TEMPLATES,
)
from services.notifications.digests.lifecycle import MOST
from services.notifications.recipients import Contact, Membership
from services.notifications.reminders.listing import Listed, Listing

PORTAL = "https://pledges.example"
REPLY_TO = "reply+abc@reply.demo.invalid"
PLEDGE = UUID("01922f00-0000-7000-8000-000000000001")
TOLD = Membership(datetime(2024, 10, 1, tzinfo=UTC), other="Bruno Keita", role="delegate", token="gAAAA_invitation")
NAMES = {"en": "Plenary 2024", "fr": "Plénière 2024"}
OVER = Entry(
    *("plenary-2024", NAMES, "2024-12-05", None, "UTC"), tentative=False, cancelled=True, sequence=2, told_at=TOLD.on
)
EVERY = [(template, language) for template in TEMPLATES for language in LANGUAGES]
OF_PLEDGES = [template for template in TEMPLATES if AUDIENCES[template] not in {*PERSONAL, "reminded", "chosen"}]
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2067\u2068\u2069"))


def contact(language: str = "en", **changed: Any) -> Contact:
    plain = {
        "address": "amina@demo.invalid",
        "name": "Amina Diallo",
        "entity_name": "Veridia",
        "pledge_title": "Schools",
    }
    return Contact(**{**plain, "language": language, **changed})


def a_letter(template: str, person: Contact, *, offset: int = -30, pledges: int = 1, **told: Any) -> Letter:
    """The mail of this kind to this person; a reminder lists `pledges` of the title that the person may read."""
    if template == REMINDER.template:
        listed = tuple(
            Listed(n, UUID(int=PLEDGE.int + n), "veridia", person.pledge_title or "") for n in range(pledges)
        )
        listing = Listing("plenary-2024", NAMES, date(2024, 12, 5), offset, listed)
        return of_reminder(template, {"veridia": person}, listing, PORTAL)
    if template == CANCELLED.template:
        return of_cancelled(template, person, OVER, PORTAL)
    if template == DIGEST.template:
        of_both = {"fields": ["period"], "entity_id": "veridia", "update": 2, "request_id": "r-1"}
        steps = [Step(one, person, PLEDGE, of_both) for one in ("pledge_published", "pledge_changes_requested")]
        return of_digest(template, person, (steps * pledges)[:MOST], PORTAL)
    if AUDIENCES[template] in PERSONAL:
        return of_membership(template, replace(person, membership=person.membership or TOLD), PORTAL)
    facts: dict[str, Any] = {"fields": ["period", "targets.0.by", "targets.1.by", "unheard_of"], "request_id": "r-1"}
    facts |= {"entity_id": "veridia", "update": 2, **told}
    said = Said("amina", REPLY_TO, "Which consulates?\n\nAnd since when?" if template in MESSAGES else None, asks=True)
    return of_step(template, person, PLEDGE, facts, PORTAL, said if template in ANSWERABLE else None)


class Page(HTMLParser):
    """Tags and addresses of an HTML mail, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.words = set[str](), list[tuple[str, str]](), ""
        self.started: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    @property
    def links(self) -> list[str]:
        return [value for name, value in self.attributes if name == "href"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.started.append((tag, {name: value or "" for name, value in attrs}))
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.started[-1:] and self.started[-1][0] != "style":
            self.words += data


def flat(text: str) -> str:
    """Only what is read, without what differs between plain text and HTML: breaks, blanks, marks of direction."""
    return "".join(text.translate(_MARKS).split())


def reads(text: str, expected: str) -> bool:
    return flat(expected) in flat(text)
