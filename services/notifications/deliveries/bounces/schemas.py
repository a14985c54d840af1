"""What a mail that came back did."""

from pydantic import BaseModel, Field

from services.notifications.deliveries.bounces.commands import Effect


class Taken(BaseModel):
    """One effect for each recipient of whom the mail says that it failed for good, or complained."""

    effects: list[Effect] = Field(
        description="`not_ours`: no return path that we signed for this recipient; nothing was changed"
    )
