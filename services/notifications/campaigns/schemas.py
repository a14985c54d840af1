"""What staff and reviewers see of a campaign. Counts alone: of mails, pledges and entities, of no person."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel, Field

from services.notifications.campaigns.lifecycle import Offset

Whole = Literal["mails", "sent_mails", "reminded_pledges", "reminded_entities", "pledges", "silent_pledges"]
Format = Literal["csv"]


class Share(BaseModel):
    """So many of so many; `of_what` says of what."""

    number: int
    of: int
    of_what: Whole


class MailShares(BaseModel):
    """Of each mail what became of it: these are all of them, each once; and of those sent, what is known later."""

    mails: int
    waiting: Share
    deferred: Share = Field(description="Put off by the recipient’s host, or by an outage; they are tried again")
    sent: Share = Field(description="That the relay took, also those that came back. Nobody knows whether one is read")
    failed: Share = Field(description="Refused at once, for good")
    suppressed: Share = Field(description="Not sent: to an address or a person that is written to no more")
    dropped: Share = Field(description="Not sent: when its turn came, nothing on it needed a reminder any more")
    retried: Share = Field(description="That took more than one attempt")
    bounced: Share = Field(description="That came back")
    complained: Share = Field(description="That somebody called unwanted")

    @classmethod
    def of(cls, one: Offset) -> Self:
        parts = ("waiting", "deferred", "sent", "failed", "suppressed", "dropped")
        all_ = {name: Share(number=getattr(one, name), of=one.mails, of_what="mails") for name in parts}
        later = {
            name: Share(number=getattr(one, name), of=one.sent, of_what="sent_mails")
            for name in ("retried", "bounced", "complained")
        }
        return cls(mails=one.mails, **all_, **later)


class CampaignOffset(BaseModel):
    """The reminders so many days from the milestone."""

    offset_days: int = Field(examples=[-30])
    on: date = Field(description="When its mails left first; else when they are due")
    mails: MailShares
    to_come: int = Field(description="Pledges whose reminder has not left yet")
    nobody: int = Field(description="Pledges for which nobody could be written to")
    acted: Share = Field(
        description="Pledges that were reported on (or confirmed as unchanged) after the mail, and before the next one "
        "about them or the end of the milestone’s first day; after that day, within the policy’s `lost_after_days`"
    )
    acted_entities: Share
    reported_before: Share = Field(
        description="Since the cycle opened, and before the day `on`; of all that are public"
    )
    reported_after: Share = Field(
        description="In the same days as `acted`, of those that were silent until then, whether anybody was written to "
        "or not. That it rises after a mail is no proof that the mail is why: reports gather before a review anyway"
    )

    @classmethod
    def counted(cls, one: Offset) -> Self:
        return cls(
            offset_days=one.offset_days,
            on=date.fromisoformat(one.on),
            mails=MailShares.of(one),
            to_come=one.to_come,
            nobody=one.nobody,
            acted=Share(number=one.acted, of=one.reminded, of_what="reminded_pledges"),
            acted_entities=Share(number=one.entities_acted, of=one.entities, of_what="reminded_entities"),
            reported_before=Share(number=one.reported_before, of=one.pledges, of_what="pledges"),
            reported_after=Share(
                number=one.reported_after, of=one.pledges - one.reported_before, of_what="silent_pledges"
            ),
        )


class CampaignTotals(BaseModel):
    """All reminders of one milestone. A report counts for one mail, the last before it."""

    milestone: str = Field(examples=["plenary-2024"])
    starts: str = Field(description="Its first day, as precise as is known", examples=["2024-12-05"])
    measured_at: datetime = Field(description="System time, UTC: these are the figures of then")
    business_at: datetime
    mails: MailShares
    acted: Share


class CampaignShown(CampaignTotals):
    """The earliest offset first. Those that are to come are there, too."""

    offsets: list[CampaignOffset]


class CampaignPage(BaseModel):
    """The latest milestone first."""

    items: list[CampaignTotals]
    next: str | None
