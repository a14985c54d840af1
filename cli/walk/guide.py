"""What the steps of `gcm demo` have at hand: the personas' clients, the mails, and patience."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx

from cli.services import Service
from cli.stack import persona_token
from shared.client import Addresses, Client
from shared.clock import Clock
from shared.refusal import Refused

BEGINS = "2024-09-02"  # in the evening: the demonstration was loaded in the morning
PATIENCE = 60.0  # seconds until what crosses services must be seen
LOOK = 0.3  # seconds between two looks

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Mail:
    """One that came; `template` is its kind in docs/mails.md."""

    to: str
    template: str
    subject: str
    page: str


@dataclass
class Guide:
    """`stack` is stack.json. `mails` are those of this walk, `facts` what one step leaves to the next."""

    stack: dict[str, Any]
    http: httpx.AsyncClient
    mails: list[Mail] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)

    def client(self, persona: str = "") -> Client:
        """Of a persona, whose token is asked for anew each time since it may have expired in a pause; or of anybody."""
        addresses = Addresses(**{one.value: self.stack["addresses"][one] for one in Service})

        async def token() -> str:
            return await asyncio.to_thread(persona_token, persona)

        return Client(addresses, token if persona else None, self.http)

    @property
    def clock_file(self) -> Path:
        return Path(self.stack["clock_file"])

    def page(self, path: str) -> str:
        """Where people look: the portal's page, or the API where no portal runs."""
        addresses = self.stack["addresses"]
        return f"{addresses.get('portal') or addresses['pledges']}{path}"

    def pledge_page(self, pledge_id: UUID | str) -> str:
        return self.page(f"/pledges/{pledge_id}")

    async def until(self, look: Callable[[], Awaitable[Seen]], what: str) -> Seen:
        """What `look` returns as soon as that is true. Raises Refused when that takes too long."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (seen := await look()):  # noqa: ASYNC110 - other processes tell nobody
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            raise Refused(f"{what} did not happen within {PATIENCE:.0f} s: `gcm status` says what is wrong.") from None
        return seen

    async def begin(self) -> None:
        """At the business time of the walk; what mails have come so far are not of it.

        Raises Refused, with the clock as it was, when the personas act for nobody then.
        """
        from deploy.local.business_time import parse, set_clock

        was = Clock(self.clock_file).business()
        set_clock(self.clock_file, parse(BEGINS))
        if not (await self.client("amina").pledges.my_memberships()).memberships:
            set_clock(self.clock_file, was)
            raise Refused(
                f"This stack knows nobody as of {BEGINS}: begin anew with `make up FRESH=1`, without GCM_CLOCK."
            )
        self._known = {str(mail["id"]) for mail in await self._all()}

    async def expect(self, *wanted: tuple[str, str]) -> list[Mail]:
        """Waits for one mail for each persona and template. Others that come meanwhile are kept too, and shown."""

        async def arrived() -> list[Mail]:
            await self._take()
            new = self.mails[before:]
            there = [(mail.to.partition("@")[0], mail.template) for mail in new]
            return new if all(one in there for one in wanted) else []

        before = len(self.mails)
        return await self.until(arrived, "A mail that should come")

    async def _take(self) -> None:
        for mail in await self._all():
            if mail["id"] not in self._known:
                self._known.add(mail["id"])
                template = mail["headers"].get("X-GCM-Reason", "").partition("; ")[2]
                page = f"{self.stack['addresses']['mail']}/mails/{mail['id']}"
                self.mails.append(Mail(mail["to"][0], template, mail["subject"], page))

    async def _all(self) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{self.stack['addresses']['mail']}/api/mails")
        mails: list[dict[str, Any]] = answer.raise_for_status().json()
        return mails
