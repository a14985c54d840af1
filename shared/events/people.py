"""What happens to memberships and people, on the internal topics: ids only, for people never travel in topics."""

from uuid import UUID

from shared.events.envelope import Data


class HandedOver(Data):
    """A focal point has a successor, or none after all. Who they are, and from when on, the pledges service tells."""

    handover_id: UUID
    entity_id: str


class LeadLeft(Data):
    """An entity has no focal point any more and no successor is planned: its pledges have nobody who leads them."""

    lead_left_id: UUID
    entity_id: str


class InvitationIssued(Data):
    """Somebody is to be invited, or invited again; where to, the pledges service tells."""

    invitation_id: UUID
    entity_id: str


class PersonErased(Data):
    """All that is kept of a person goes; the id stays in histories, where it no longer leads to anybody."""

    erasure_id: UUID
    person_id: str


class ErasureDone(Data):
    """A service has erased what it had."""

    erasure_id: UUID
