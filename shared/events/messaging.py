"""What a service says of its own work, on its workflow topic."""

from uuid import UUID

from pydantic import Field

from shared.events.envelope import Data


class DeadLetterBuried(Data):
    """A record that no retry will mend is a dead letter now, and somebody has to decide what becomes of it.

    The record itself, with the reason, stands in the service's dead-letter topic: `gcm dead-letters`.
    """

    service: str = Field(description="Whose consumer it was: pledges, network_support, notifications")
    consumer: str
    event_id: UUID | None = Field(description="None: the record is no event of ours")
    type: str
    topic: str
    partition: int
    offset: int
    replays: int = Field(default=0, ge=0, description="How often it was run again")
