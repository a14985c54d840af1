"""What became of the reminders of a milestone, and who reported after them: counts, of no person."""

from datetime import date, datetime

from shared.client.models.base import Received


class Share(Received):
    """So many of so many; `of_what` says of which: mails, sent_mails, reminded_pledges, pledges, silent_pledges…"""

    number: int
    of: int
    of_what: str


class MailShares(Received):
    mails: int
    waiting: Share
    deferred: Share
    sent: Share
    failed: Share
    suppressed: Share
    dropped: Share
    retried: Share
    bounced: Share
    complained: Share


class CampaignOffset(Received):
    offset_days: int
    on: date
    mails: MailShares
    to_come: int
    nobody: int
    acted: Share
    acted_entities: Share
    reported_before: Share
    reported_after: Share


class CampaignTotals(Received):
    milestone: str
    starts: str
    measured_at: datetime
    business_at: datetime
    mails: MailShares
    acted: Share


class Campaign(CampaignTotals):
    """The earliest offset first."""

    offsets: list[CampaignOffset]
