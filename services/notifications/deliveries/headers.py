"""Headers for mail programs: which list it is of, how to leave that, and which mails belong together."""

from uuid import UUID

from services.notifications.deliveries.commands import Claimed
from services.notifications.preferences import categories
from services.notifications.reminders.listing import Listing


def of(claimed: Claimed, found: Listing | None, unsubscribe_url: str, domain: str) -> dict[str, str]:
    """RFC 2369, 2919, 5322 and 8058. `domain` is that of Message-IDs; `unsubscribe_url`: "" where nothing can stop."""
    made = {"List-Id": f"<{categories.stops(claimed.template) or 'membership'}.{domain}>"}
    if unsubscribe_url:
        made["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if thread := _thread(claimed, found):
        made["In-Reply-To"] = made["References"] = f"<{thread}@{domain}>"
    return made


def _thread(claimed: Claimed, found: Listing | None) -> str:
    """Of one request or else pledge: whatever is sent about it. Of reminders of several: those of one milestone."""
    if request := claimed.facts.get("request_id"):
        return f"request-{request}"
    pledges: set[UUID] = {pledge.pledge_id for pledge in found.pledges} if found else set()
    if claimed.pledge_id or len(pledges) == 1:
        return f"pledge-{claimed.pledge_id or pledges.pop()}"
    return f"reminders-{found.milestone}" if found else ""
