"""Saved replies as the API takes and gives them."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.network_support.replies.fields import FIELDS, check
from services.network_support.requests.schemas import Language
from services.network_support.triage.schemas import Name, Strict, example
from shared.web.text import Text

LONGEST = 10_000  # characters
MOST_LANGUAGES = 20

_SAYS = "; ".join(f"{{{name}}}: {says}" for name, says in FIELDS.items())


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank; leave the language out instead")
    return text


Saved = Annotated[Text, Field(max_length=LONGEST), AfterValidator(_says_something), AfterValidator(check)]


class ReplyFields(Strict):
    """A reply that officers send again and again."""

    model_config = example(
        name="We need the draft law",
        texts={
            "en": "Thank you for the request of {sent_on} about “{pledge}”. Please send us the draft law.",
            "fr": "Merci de votre demande du {sent_on} sur « {pledge} ». Veuillez nous envoyer le projet de loi.",
        },
    )

    name: Name = Field(description="By which officers find it; nobody else reads it")
    texts: dict[Language, Saved] = Field(
        min_length=1, max_length=MOST_LANGUAGES, description=f"By language (BCP 47). What may stand in it: {_SAYS}"
    )


class ReplyView(ReplyFields):
    """The ETag is the revision."""

    reply_id: UUID
    retired: bool
    revision: int


class Replies(BaseModel):
    items: list[ReplyView]
    next: None = None


class FilledReply(BaseModel):
    """Ready to be read through and sent."""

    language: str = Field(description="Of the text: the request's, or else English, or else the first that there is")
    text: str
    missing: list[str] = Field(description="Fields for which nothing is known: they stand in the text as {field}")
