"""Invitations and handovers. Times of memberships are business time; an invitation expires by system time."""

from datetime import datetime
from uuid import UUID

from shared.client.models.base import Received, Sent
from shared.client.models.entities import EntityRef, Membership


class NewInvitation(Sent):
    role: str
    address: str
    language: str = "en"
    since: datetime | None = None
    until: datetime | None = None


class Invitation(Received):
    invitation_id: UUID
    entity_id: str
    role: str
    language: str
    since: datetime | None
    until: datetime | None
    state: str
    sent: int
    expires_at: datetime


class InvitationListed(Invitation):
    address: str | None


class InvitationToken(Sent):
    token: str


class Acceptance(InvitationToken):
    name: str | None = None


class InvitationShown(Received):
    """As whoever holds its link may see it."""

    state: str
    entity: EntityRef
    role: str
    since: datetime | None
    until: datetime | None
    expires_at: datetime


class NewHandover(Sent):
    successor: str
    since: datetime | None = None
    membership_id: UUID | None = None


class Handover(Received):
    handover_id: UUID
    entity_id: str
    since: datetime
    former: Membership
    successor: Membership
    by: str | None = None
    withdrawn_at: datetime | None = None
