"""What notifications tells the others: `gcm.notifications.workflow`."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.events.envelope import Data


class ReminderUnreachable(Data):
    """A reminder fell due and nobody could be reached for the pledge."""

    pledge_id: UUID
    entity_id: str
    milestone: str
    offset_days: int
    due_on: date


class ContactLost(Data):
    """Mails no longer reach anybody, or one of those, who acts for an entity: staff have to find out whom to write to.

    Who it is and which address it was, the event does not say.
    """

    lost_id: UUID  # one for each time that a contact was lost: the same fact told twice has the same
    entity_id: str
    reason: Literal["hard_bounce", "complaint", "nobody_reachable", "no_contact", "no_reaction"]
