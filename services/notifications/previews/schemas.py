"""What staff see of the mails' looks."""

from typing import Literal

from pydantic import BaseModel, Field


class MailKind(BaseModel):
    """One kind of mail."""

    template: str = Field(examples=["pledge_published"])
    audience: str = Field(examples=["focal_points"], description="Who gets it")


class MailLanguage(BaseModel):
    """A language that mails are written in."""

    language: str = Field(examples=["ar"])
    direction: Literal["ltr", "rtl"]


class Previews(BaseModel):
    """Every kind in every language can be looked at."""

    kinds: list[MailKind]
    languages: list[MailLanguage]


class Preview(BaseModel):
    """A mail of made-up data, which is sent to nobody."""

    sample: Literal[True]
    template: str
    audience: str
    language: str
    direction: Literal["ltr", "rtl"]
    subject: str
    text: str
    html: str = Field(description="Untrusted as any mail: show it where nothing runs")
