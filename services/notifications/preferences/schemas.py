"""What a link out of a mail asks for, and what it says back."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.preferences.categories import Category
from shared.web.text import Text


class Held(BaseModel):
    """A link, as it stood in the mail."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": "gAAAAABn…"}]})

    token: Text = Field(max_length=2000, repr=False, description="What follows /unsubscribe/ in the link")


class Stopping(BaseModel):
    """One kind of mail to whoever got the link."""

    category: Category
    off_since: datetime | None = Field(description="System time, UTC; null: it is on")
