"""Offers of help: steps for the internal `gcm.support.workflow`. What is offered travels nowhere."""

from uuid import UUID

from shared.events.envelope import Data


class OfferStep(Data):
    """A step of an offer that an entity gives; its name is the event's. Ids only."""

    offer_id: UUID
    entity_id: str
