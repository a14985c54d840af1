"""The measures of a campaign as a file for a spreadsheet program. Pure."""

from collections.abc import Iterator

from services.notifications.campaigns.schemas import CampaignOffset, CampaignShown, Share
from shared.files import sheets

HEADER = ("days", "side", "on", "measure", "number", "of", "of_what")
MEDIA_TYPE = "text/csv; charset=utf-8"


def made(campaign: CampaignShown) -> bytes:
    """A line for each share, so that none stands without what it is a share of."""
    lines = [line for offset in campaign.offsets for line in _lines(offset)]
    return sheets.MARK + sheets.line(HEADER) + b"".join(sheets.line(line) for line in lines)


def _lines(one: CampaignOffset) -> Iterator[list[str]]:
    side = (
        "before" if one.offset_days < 0 else "after"
    )  # a cell that begins with a minus is no number in a file of ours
    begins = [str(abs(one.offset_days)), side, one.on.isoformat()]
    yield [*begins, "mails", str(one.mails.mails), "", ""]
    for name, value in (*one.mails, *one):
        if isinstance(value, Share):
            yield [*begins, name, str(value.number), str(value.of), value.of_what]
        elif name in {"to_come", "nobody"}:
            yield [*begins, name, str(value), "", ""]
