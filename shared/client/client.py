"""The client: one object a caller, for all services."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from shared.client.attachments import Attachments
from shared.client.directory import Directory
from shared.client.duplicates import Duplication
from shared.client.exchange import Exchange
from shared.client.links import Links
from shared.client.members import Members
from shared.client.notifications import Notifications
from shared.client.patience import Patience
from shared.client.progress import Progress
from shared.client.registry import Registry
from shared.client.reviews import Reviews
from shared.client.search import Search
from shared.client.sending import Sending, TokenSource
from shared.client.statistics import Statistics
from shared.client.support import Support


@dataclass(frozen=True)
class Addresses:
    """Where the services are, without a path at the end. One that is not called may stay empty."""

    pledges: str = ""
    network_support: str = ""
    notifications: str = ""


class Pledges(
    Registry,
    Search,
    Progress,
    Attachments,
    Exchange,
    Duplication,
    Directory,
    Members,
    Reviews,
    Links,
    Statistics,
):
    """The pledges service: pledges, files in and out, reports, duplicates, entities, people, reviews, statistics."""


class Client:
    """`async with Client(…) as client`. An `http` that is given is shared, and is not closed.

    `token` is an access token, or a function that is awaited for one before each request.
    """

    def __init__(
        self,
        addresses: Addresses,
        token: str | TokenSource | None = None,
        http: httpx.AsyncClient | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._own = None if http else httpx.AsyncClient()
        shared = http or self._own
        assert shared is not None  # noqa: S101 - one of the two is there
        patience = patience or Patience()
        self.pledges = Pledges(Sending(addresses.pledges, token, shared, patience))
        self.support = Support(Sending(addresses.network_support, token, shared, patience))
        self.notifications = Notifications(Sending(addresses.notifications, token, shared, patience))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._own:
            await self._own.aclose()
