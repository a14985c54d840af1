"""The typed client of the three APIs, for our own pages and command line and for anybody's programs.

    async with Client(Addresses(pledges="https://pledges.example"), token="…") as client:
        async for line in client.pledges.list(objective="objective-4"):
            print(line.title)
        copy = await client.pledges.working_copy(pledge_id)
        await client.pledges.submit(pledge_id, seen=copy.etag)

Lists are awaited for one page, or iterated for all of them. What is refused raises a ProblemError by what the caller
does next: Refused, Stale, Conflict, NotSignedIn, NotAllowed, Missing, Away.
"""

from shared.client.client import Addresses, Client
from shared.client.errors import (
    Away,
    Conflict,
    FieldError,
    Missing,
    NotAllowed,
    NotSignedIn,
    ProblemError,
    Refused,
    Stale,
)
from shared.client.lists import Listing
from shared.client.patience import Patience
from shared.client.sending import TokenSource

__all__ = [
    "Addresses",
    "Away",
    "Client",
    "Conflict",
    "FieldError",
    "Listing",
    "Missing",
    "NotAllowed",
    "NotSignedIn",
    "Patience",
    "ProblemError",
    "Refused",
    "Stale",
    "TokenSource",
]
