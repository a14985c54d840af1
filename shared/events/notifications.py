"""What notifications tells the others: `gcm.notifications.workflow`."""

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
