"""Samples: each mail as it would be sent, of data that says of itself that it is made up. Pure."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict

from services.notifications.calendar.entries import Entry
from services.notifications.content.renderer import Content
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
)
from services.notifications.preferences import categories
from services.notifications.recipients import Contact, Membership
from services.notifications.reminders.listing import Listed, Listing

PLEDGES = (UUID("01922f00-0000-7000-8000-000000000001"), UUID("01922f00-0000-7000-8000-000000000002"))
ENTITY, INVITATION = "veridia", "invitation"
STARTS, CHANGES = date(2024, 12, 5), datetime(2024, 10, 1, tzinfo=UTC)
FACTS = {"entity_id": ENTITY, "update": 2, "fields": ["period", "targets"], "request_id": "sample"}


class Names(BaseModel):
    """What is called how in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    other_person: str
    entity: str
    other_entity: str
    title: str
    other_title: str
    milestone: str
    message: str


@cache
def names() -> dict[str, Names]:
    """By language."""
    read = yaml.safe_load((Path(__file__).parent / "samples.yaml").read_text("utf-8"))
    return {language: Names.model_validate(found) for language, found in read.items()}


def sample(template: str, language: str, portal: str) -> Content:
    """The mail of this kind in one of words.LANGUAGES; `portal` begins its links, which lead nowhere."""
    return _letter(template, language, names()[language], portal).content


def _letter(template: str, language: str, called: Names, portal: str) -> Letter:
    contact = _contact(template, language, called)
    if template != INVITATION:
        leaving = f"{portal}/unsubscribe/sample" if categories.stops(template) else ""
        contact = replace(contact, preferences_url=f"{portal}/preferences/sample", unsubscribe_url=leaving)
    if template == REMINDER.template:
        listed = (Listed(1, PLEDGES[0], ENTITY, called.title), Listed(2, PLEDGES[1], ENTITY, called.other_title))
        listing = Listing("sample", {language: called.milestone}, STARTS, -30, listed)
        return of_reminder(template, {ENTITY: contact}, listing, portal)
    if template == CANCELLED.template:
        return of_cancelled(template, contact, _entry(language, called), portal)
    if template == DIGEST.template:
        told = [Step(one, contact, PLEDGES[0], FACTS) for one in ("pledge_published", "support_acknowledged")]
        return of_digest(template, contact, told, portal)
    if AUDIENCES[template] in PERSONAL:
        return of_membership(template, contact, portal)
    written = Said("sample", "sample@example.org", called.message if template in MESSAGES else None)
    return of_step(template, contact, PLEDGES[0], FACTS, portal, written if template in ANSWERABLE else None)


def _entry(language: str, called: Names) -> Entry:
    names, seat = {language: called.milestone}, "America/New_York"
    return Entry("sample", names, str(STARTS), None, seat, tentative=False, cancelled=True, sequence=2, told_at=CHANGES)


def _contact(template: str, language: str, called: Names) -> Contact:
    told = Membership(CHANGES, other=called.other_person, role="delegate", token="sample")  # noqa: S106 - opens nothing
    return Contact(
        address="sample@example.org",
        name=called.person,
        language=language,
        entity_name=called.entity,
        pledge_title=called.title,
        pledge_entity=called.other_entity if template == "sign_off_asked" else called.entity,
        filed_by=called.other_entity,
        links=dict.fromkeys(PLEDGES, "sample"),
        membership=told,
    )
