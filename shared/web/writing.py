"""Writes over HTTP: one request, one transaction, committed before the answer; the same POST twice is done once."""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from sqlalchemy import (
    Column,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    literal,
    select,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import inserts
from shared.clock import Clock
from shared.db import HELD_UP, TIMESTAMPTZ, Database, sqlstate
from shared.errors import AppError, BadRequest, Conflict, FieldProblem, Forbidden, Invalid, NotFound, Unauthenticated
from shared.web.auth import Actor

idempotency = Table(
    "idempotency",
    MetaData(),
    Column("person", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", TIMESTAMPTZ, nullable=False),
)
_STORED = select(idempotency).where(idempotency.c.person == bindparam("person"), idempotency.c.key == bindparam("key"))
_STORE = insert(idempotency).values({column.name: bindparam(column.name) for column in idempotency.columns})
_PLAIN = re.compile("[ -~]+")  # other bytes of a header are read differently by each who handles it


@dataclass(frozen=True)
class Answer:
    """What a write answers, ready to be stored and sent: `body` is JSON text."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        return Response(self.body, self.status, self.headers, "application/json")


Write = Callable[[AsyncSession], Awaitable[Answer]]


class _Busy(Conflict):
    """Somebody holds a lock. Whether the caller may do this was perhaps not asked yet."""


# mostly no first request's own work: little of what is done takes its author's right to do it
_REFUSALS = (Unauthenticated, Forbidden, NotFound, _Busy)


@dataclass(frozen=True)
class Writer:
    """Runs the write of a request. `nudge` wakes the relay once the transaction is committed."""

    database: Database
    clock: Clock
    nudge: Callable[[], None]

    async def run(self, write: Write, *, one_write: bool = False) -> Response:
        """For PUT, PATCH and DELETE, which If-Match makes safe to repeat. `one_write`: as Database.one_write has it."""
        try:
            async with self.database.one_write() if one_write else self.database.transaction() as session:
                answer = await write(session)
        except DBAPIError as error:
            raise _translated(error) from None
        self.nudge()
        return answer.response()


@dataclass(frozen=True)
class _Mark:
    """By what a request is known again."""

    person: str
    key: str
    fingerprint: bytes


def _fingerprint(request: Request, body: bytes) -> bytes:
    query = request.scope["query_string"].decode()  # request.url would be put together from all of its parts
    seen = "\n".join((request.method, request.scope["path"], query, request.headers.get("if-match", "")))
    return hashlib.sha256(seen.encode() + b"\n" + body).digest()


async def _stored(session: AsyncSession, mark: _Mark, otherwise: Exception) -> Answer:
    """What the first request with this key was answered. Raises Invalid if it was another one, `otherwise` if none."""
    row = (await session.execute(_STORED, {"person": mark.person, "key": mark.key})).first()
    if row is None:
        raise otherwise
    if row.fingerprint != mark.fingerprint:
        fault = FieldProblem("Idempotency-Key", "was used for another request", "use a new key for a new request")
        raise Invalid("This Idempotency-Key belongs to another request; nothing was done.", [fault])
    return Answer(row.status, row.body, json.loads(row.headers))


async def forget_answers(session: AsyncSession, person: str) -> int:
    """Erases what this person was answered; how many there were. A repeated request is then a new one."""
    erased = await session.execute(delete(idempotency).where(idempotency.c.person == person).returning(literal(1)))
    return len(erased.all())


def _translated(error: DBAPIError) -> Exception:
    if sqlstate(error) in HELD_UP:
        return _Busy("Another request is changing the same thing; try again in a moment.")
    return error


async def writer(request: Request) -> Writer:
    found: Writer = request.app.state.writer
    return found


Writing = Annotated[Writer, Depends(writer)]


@dataclass(frozen=True)
class Posting:
    """A POST with its Idempotency-Key: `await once(actor, write)` does it once, however often it is sent."""

    request: Request
    key: str
    writer: Writer

    async def __call__(
        self,
        actor: Actor,
        write: Write,
        *,
        body: bytes | None = None,
        one_write: bool = False,
        gives_up: bool = False,
    ) -> Response:
        """The answer is stored with the change, so that a repeated request gets the same answer.

        `body`: what stands for one that was read as a stream. `one_write`: `write` only reads, and adds rows for later.
        `gives_up`: who has done it may perhaps not do it again, and is told all the same what was done.

        The write is tried first and undone if the key is taken: repeated requests are rare, looking first would cost
        every request a round trip, and of two at the same time the later one would not see the other yet.
        Raises Invalid when the key came with another body, Conflict when the first request is still at work, and what
        refuses the caller now: a stored answer gives nobody what they may no longer read.
        """
        sent = await self.request.body() if body is None else body
        mark = _Mark(actor.person, self.key, _fingerprint(self.request, sent))
        try:
            return await self.writer.run(lambda session: self._first(session, mark, write), one_write=one_write)
        except (AppError, IntegrityError) as error:
            if isinstance(error, _REFUSALS) and not (gives_up and isinstance(error, Forbidden)):
                raise
            # what a repeated request runs into may be the first one's own work
            async with self.writer.database.transaction() as session:
                return (await _stored(session, mark, error)).response()

    async def permitted(self, actor: Actor, check: Callable[[AsyncSession], Awaitable[object]]) -> None:
        """Asks `check` before a file is read, so that nobody sends one in vain.

        A Conflict is perhaps the work of a first request with this key: then the file is read, to be known again.
        """
        try:
            async with self.writer.database.transaction() as session:
                await check(session)
        except Conflict:
            async with self.writer.database.transaction() as session:
                if (await session.execute(_STORED, {"person": actor.person, "key": self.key})).first() is None:
                    raise

    async def _first(self, session: AsyncSession, mark: _Mark, write: Write) -> Answer:
        answer = await write(session)
        row = {
            "person": mark.person,
            "key": mark.key,
            "fingerprint": mark.fingerprint,
            "status": answer.status,
            "headers": json.dumps(dict(answer.headers)),
            "body": answer.body,
            "created_at": self.writer.clock.system(),
        }
        await inserts.send_with(session, _STORE, row)  # which waits for a first request that is still at work
        return answer


async def posting(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Any ASCII text, new for each new request",
            examples=["2f0c6d1e-7a54-4b0e-9a53"],
        ),
    ] = None,
) -> Posting:
    """Raises BadRequest without the header: a POST that is sent twice by a bad line must not count twice."""
    if not idempotency_key or len(idempotency_key) > 200 or not _PLAIN.fullmatch(idempotency_key):
        problem = "is missing or not 1–200 printable characters of ASCII"
        fault = FieldProblem("Idempotency-Key", problem, "send a new random text, for example a UUID")
        raise BadRequest("Every POST needs an Idempotency-Key header, so that it can be repeated safely.", [fault])
    return Posting(request, idempotency_key, request.app.state.writer)


Once = Annotated[Posting, Depends(posting)]
