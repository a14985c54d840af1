"""For which entities a caller may act: the pledges service knows, and is asked with the caller's own token."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import httpx
from fastapi import Depends, Request
from pydantic import AwareDatetime, BaseModel, ValidationError

from shared.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from shared.telemetry import traceparent
from shared.web.auth import Actor

KEPT = 30.0  # seconds; a membership that ended must be refused within 60, by all services
MOST_KEPT = 10_000
PATIENCE = 3.0  # seconds, for the whole question
NO_SUCH_REQUEST = "There is no such request, or it is another entity's."  # which of the two, nobody is told

Role = Literal["focal_point", "delegate", "viewer"]


class Membership(BaseModel):
    entity_id: str
    role: Role
    until: AwareDatetime | None = None


class _Answer(BaseModel):
    memberships: tuple[Membership, ...]


@dataclass(frozen=True)
class Acting:
    """What a caller may do for entities, by the pledges service's word."""

    memberships: tuple[Membership, ...]

    def entities(self, now: datetime) -> frozenset[str]:
        """For which the caller may read, at `now` (business time): an answer that is kept must not outlive `until`."""
        return frozenset(m.entity_id for m in self._valid(now))

    def require_write(self, entity_id: str, now: datetime) -> None:
        """Raises Forbidden unless the caller is its focal point or delegate at `now`."""
        roles = {m.role for m in self._valid(now) if m.entity_id == entity_id}
        if roles <= {"viewer"}:
            raise Forbidden(f"Only focal points and delegates of {entity_id} may do this.")

    def require_read(self, entity_id: str, now: datetime) -> None:
        """Raises NotFound, so that ids tell nothing to other entities."""
        if entity_id not in self.entities(now):
            raise NotFound(NO_SUCH_REQUEST)

    def _valid(self, now: datetime) -> list[Membership]:
        return [m for m in self.memberships if m.until is None or now < m.until]


@dataclass(frozen=True)
class _Question:
    asked: float  # monotonic seconds, when it was sent: the answer was true at some moment after
    answer: asyncio.Task[Acting]


class Memberships:
    """Asks GET /me/memberships; keeps an answer for `KEPT` seconds.

    While one request with a token asks, others with the same token wait for its answer. Failures are not kept.
    """

    def __init__(self, pledges_url: str, http: httpx.AsyncClient, *, now: Callable[[], float] = time.monotonic) -> None:
        self._url = pledges_url.rstrip("/") + "/me/memberships"
        self._http, self._now = http, now
        self._questions: OrderedDict[bytes, _Question] = OrderedDict()

    async def of(self, actor: Actor) -> Acting:
        """Raises Unauthenticated when the pledges service refuses the token, Unavailable when it cannot be asked."""
        key = hashlib.sha256(actor.token.encode()).digest()
        question = self._questions.get(key)
        if question is None or self._now() - question.asked >= KEPT:
            question = self._ask(key, actor.token)
        # shielded: a caller that hangs up must not take the answer away from the others
        return await asyncio.shield(question.answer)

    def _ask(self, key: bytes, token: str) -> _Question:
        question = _Question(self._now(), asyncio.create_task(self._answer(token)))
        question.answer.add_done_callback(lambda answer: self._forget_failure(key, answer))
        self._questions.pop(key, None)
        self._questions[key] = question
        while len(self._questions) > MOST_KEPT:
            self._questions.popitem(last=False)
        return question

    def _forget_failure(self, key: bytes, answer: "asyncio.Task[Acting]") -> None:
        failed = answer.cancelled() or answer.exception() is not None
        if failed and (kept := self._questions.get(key)) and kept.answer is answer:
            del self._questions[key]

    async def _answer(self, token: str) -> Acting:
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._http.get(self._url, headers=_headers(token), timeout=PATIENCE)
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                raise Unauthenticated("The pledges service does not accept this token. Get a new one.")
            answer.raise_for_status()
            return Acting(_Answer.model_validate_json(answer.content).memberships)
        except (httpx.HTTPError, TimeoutError, ValidationError):
            raise Unavailable(
                "The pledges service does not answer, so it is not known for whom you may act; nothing was written."
                " Try again in a moment."
            ) from None


def _headers(token: str) -> dict[str, str]:
    trace = traceparent.get()
    return {"Authorization": f"Bearer {token}"} | ({"traceparent": trace} if trace else {})


async def memberships(request: Request) -> Memberships:
    found: Memberships = request.app.state.memberships
    return found


AskingMemberships = Annotated[Memberships, Depends(memberships)]
