"""What notifications tells the others: `gcm.notifications.workflow`, and every topic's heartbeat."""

from datetime import date
from uuid import UUID

from shared.events.envelope import Data


class ReminderUnreachable(Data):
    """A reminder fell due and nobody could be reached for the pledge."""

    pledge_id: UUID
    entity_id: str
    milestone: str
    offset_days: int
    due_on: date


class Heartbeat(Data):
    """Written daily to every partition of the public topics, so that compaction can finish what a tombstone began."""
