"""What the API takes and gives."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.network_support.conversation.lifecycle import Channel, Outcome, Sender
from services.network_support.conversation.models import MailIn, Message
from services.network_support.requests.schemas import Language
from shared.web.text import Text

LONGEST_TEXT = 20_000  # characters


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank; write something")
    return text


Said = Annotated[Text, Field(max_length=LONGEST_TEXT), AfterValidator(_says_something)]


class Writing(BaseModel):
    """A message, from whichever side sends it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Which consulates do you think of?", "language": "en", "asks": True}]},
    )

    text: Said
    language: Language | None = Field(default=None, description="Of the text, as a BCP 47 tag")
    asks: bool = Field(
        default=False,
        description="Staff only: the request waits in `needs_info` until the requester has written, on any channel",
    )
    channel: Literal["api", "portal"] = Field(default="api", description="Where it was written")


class Noting(BaseModel):
    """A note among staff."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "Spoke to the team in Geneva."}]}
    )

    text: Said
    language: Language | None = None
    channel: Literal["api", "portal"] = "api"


class LeftOut(BaseModel):
    """A file of a mail that was not taken."""

    name: str
    problem: str
    remedy: str


class MessageView(BaseModel):
    """A message as both sides see it, or a note as staff do."""

    number: int
    sender: Sender
    internal: bool = Field(description="A note, which only staff are shown")
    asks: bool = Field(description="Staff need an answer before they can go on")
    text: str
    quoted: str | None = Field(description="What an answer by mail repeats of earlier mails, to be folded away")
    language: Language | None = Field(description="Null: a mail does not say")
    channel: Channel
    elsewhere: bool | None = Field(
        description="The mail says that it is from another address than the person's; null for who is not staff"
    )
    left_out: list[LeftOut] = Field(description="Files of the mail that were not taken, and why")
    at: AwareDatetime = Field(description="UTC")


def view(message: Message, *, for_staff: bool) -> MessageView:
    own = message.model_dump(include=set(MessageView.model_fields))
    return MessageView(**own | {"elsewhere": message.elsewhere if for_staff else None})


class MessagePage(BaseModel):
    items: list[MessageView]
    next: str | None = Field(description="Cursor of the next page; null on the last")


class Wanted(BaseModel):
    """A message that is about to be mailed to one person."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"request_id": "01922f00-0000-7000-8000-000000000003", "number": 1, "person_id": "amina"}]
        },
    )

    request_id: UUID
    number: int | None = Field(default=None, ge=1, lt=2**31, description="Null: only the address is wanted")
    person_id: str | None = Field(default=None, min_length=1, max_length=255, description="Null: who asked for support")
    mail_id: UUID | None = Field(default=None, description="Whose mail this was, in their place")


class Mailed(BaseModel):
    """What stands in the mail, and where an answer to it arrives. Not to be stored."""

    text: str | None = Field(default=None, description="Null: there is no such message for the requester", repr=False)
    asks: bool = Field(default=False, description="Staff wait for the answer")
    language: Language | None = None
    person_id: str | None = Field(description="Whom it is for; null: nobody any more")
    reply_to: str = Field(description="For this person and request alone", repr=False)


class Arrived(BaseModel):
    """What became of a mail: once for each of our addresses that it came to."""

    outcomes: list[Outcome]


class MailLine(BaseModel):
    """A mail that arrived, without anything of what it said or whom it came from."""

    mail_id: UUID
    outcome: Outcome
    detail: str | None = Field(description="A code that says more", examples=["auto_submitted"])
    request_id: UUID | None
    number: int | None = Field(description="Of the message that it became")
    answered: bool = Field(description="Who wrote it was told by mail what became of it")
    size: int = Field(description="Bytes")
    via: str = Field(description="endpoint or mailbox")
    recorded_at: AwareDatetime = Field(description="System time, UTC")


def mail_line(mail: MailIn) -> MailLine:
    return MailLine(**_only(mail.model_dump(), MailLine))


def _only(values: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    return {name: values[name] for name in model.model_fields}


class MailPage(BaseModel):
    items: list[MailLine]
    next: str | None = Field(description="Cursor of the next page; null on the last")
