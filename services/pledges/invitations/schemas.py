"""Invitations as the API takes and gives them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.pledges.entities.names import Language
from services.pledges.entities.schemas import Name, Role, Strict, after_since
from services.pledges.invitations.lifecycle import LinkState, State
from services.pledges.people.schemas import Address
from services.pledges.progress.schemas import LONGEST_TOKEN
from services.pledges.times import Time
from shared.events.common import EntityRef
from shared.web.text import Text


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [values]})


class NewInvitation(Strict):
    """Invites somebody, by address, to act for an entity. Times are those of the membership, business time."""

    model_config = _example(role="delegate", address="dora@demo.invalid", language="fr")

    role: Role
    address: Address
    language: Language = Field(default="en", description="Of the mail, and of those that follow")
    since: Time | None = Field(default=None, description="Null: from when it is accepted")
    until: Time | None = Field(default=None, description="Up to but not at this moment; null: no end is set")

    _in_order = field_validator("until")(after_since)


class InvitationOut(BaseModel):
    """An invitation, without the address: answers to a POST are kept to be given again."""

    invitation_id: UUID
    entity_id: str
    role: Role
    language: Language
    since: datetime | None
    until: datetime | None
    state: State
    sent: int = Field(description="How often; only the newest link is good")
    expires_at: datetime = Field(description="System time, UTC")


class InvitationListed(InvitationOut):
    address: str | None = Field(description="Null: it is no longer open, and the address is erased")


class Invitations(BaseModel):
    """One page, the newest first."""

    items: list[InvitationListed]
    next: str | None


class InvitationToken(Strict):
    """What stands in the address of an invitation."""

    model_config = _example(token="gAAAAABn…")  # noqa: S106 - an example

    token: Text = Field(max_length=LONGEST_TOKEN, repr=False)


class Acceptance(InvitationToken):
    """Accepts an invitation, for whoever is signed in."""

    model_config = _example(token="gAAAAABn…", name="Dora Demo")  # noqa: S106 - an example

    name: Name | None = Field(
        default=None,
        description="Your name: if no e-mail can reach you yet, mails will go where the invitation went. Null: none do",
    )


class InvitationShown(BaseModel):
    """An invitation as whoever holds its link may see it."""

    state: LinkState
    entity: EntityRef
    role: Role
    since: datetime | None
    until: datetime | None
    expires_at: datetime = Field(description="System time, UTC")


class WhomToInvite(Strict):
    """One invitation, about to be mailed."""

    model_config = _example(invitation_id="01922f00-0000-7000-8000-000000000003")

    invitation_id: UUID


class Invited(BaseModel):
    """Where to, and the token of its link. Not to be stored."""

    reachable: bool = True
    address: str
    language: Language
    entity_name: str
    role: Role
    expires_at: datetime
    token: str = Field(repr=False)
