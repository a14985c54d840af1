"""Who is signed in: an encrypted cookie with the provider's tokens, renewed under one lock a session.

An access token lives five minutes; a refresh token is meant for one use, and a third ends the provider's session. So
requests of one session that come together wait for one refresh, and those that still bring the cookie from before it
find its outcome here. That holds within a process: of several, a load balancer keeps a browser to one.
"""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field

from pydantic import ValidationError
from starlette.requests import HTTPConnection

from services.portal.cookies import Cookies
from services.portal.provider import Provider, Session
from shared.clock import Clock
from shared.errors import Unauthenticated

COOKIE = "session"
EARLY = 30.0  # seconds before its end at which an access token is no longer used
LONGEST = 36_000.0  # seconds that the provider lets a session last, with all refreshes
MOST = 10_000  # sessions of which this process remembers a refresh or an end


class SignInNeeded(Exception):
    """Nobody is signed in, or no longer."""


@dataclass
class _Line:
    """One session as it was renewed last, and the refresh tokens that were used up until then."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    used: set[bytes] = field(default_factory=set)
    renewed: Session | None = None

    def latest(self, session: Session) -> Session:
        return self.renewed if self.renewed and _mark(session) in self.used else session

    def renew(self, old: Session, new: Session) -> Session:
        self.used.add(_mark(old))
        self.renewed = new
        return new


def _mark(session: Session) -> bytes:
    return hashlib.sha256(session.refresh.encode()).digest()


class Sessions:
    """Reads, renews and ends sessions."""

    def __init__(self, cookies: Cookies, provider: Provider, clock: Clock) -> None:
        self._cookies, self._provider, self._clock = cookies, provider, clock
        self._lines: OrderedDict[str, _Line] = OrderedDict()
        self._ended: OrderedDict[str, float] = OrderedDict()

    def read(self, request: HTTPConnection) -> Session | None:
        """As the cookie has it, unless it has ended. Its access token may be old."""
        content = self._cookies.read(request, COOKIE)
        try:
            session = Session.model_validate_json(content or "")
        except ValidationError:
            return None
        line = self._lines.get(session.sid)
        session = line.latest(session) if line else session
        return session if session.until > self._now() and session.sid not in self._ended else None

    async def fresh(self, request: HTTPConnection) -> Session:
        """With an access token that is good for a while. Raises SignInNeeded, or Unavailable."""
        session = self.read(request)
        if session is None:
            raise SignInNeeded
        if self._good(session):
            return session
        line = self._line(session.sid)
        async with line.lock:
            session = line.latest(session)
            if not self._good(session):
                session = line.renew(session, await self._renewed(request, session))
        self.write(request, session)
        return session

    async def _renewed(self, request: HTTPConnection, session: Session) -> Session:
        try:
            return await self._provider.refresh(session)
        except Unauthenticated:
            self.end(session.sid)
            self._cookies.delete(request, COOKIE)
            raise SignInNeeded from None

    def write(self, request: HTTPConnection, session: Session) -> None:
        self._cookies.write(request, COOKIE, session.model_dump_json())

    def end(self, sid: str) -> None:
        """Nobody uses this session's cookies any more, wherever they are."""
        self._lines.pop(sid, None)
        self._ended[sid] = self._now() + LONGEST
        while len(self._ended) > MOST or next(iter(self._ended.values())) < self._now():
            self._ended.popitem(last=False)

    def _good(self, session: Session) -> bool:
        return session.access_until - EARLY > self._now() and session.sid not in self._ended

    def _line(self, sid: str) -> _Line:
        line = self._lines.setdefault(sid, _Line())
        self._lines.move_to_end(sid)
        while len(self._lines) > MOST:
            self._lines.popitem(last=False)
        return line

    def _now(self) -> float:
        return self._clock.system().timestamp()
