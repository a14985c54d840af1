"""The submission as SQLModel's own pages would have it written: `python -m tests.bench.registry.plain`.

The same request, checks, rows and answer in the same server; but every row is an object of a session, which is flushed,
refreshed and committed.
"""

import hashlib
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import uvloop
from fastapi import APIRouter, FastAPI, Request, Response
from sqlalchemy import BigInteger, Column, Identity, LargeBinary
from sqlmodel import Field, col, select
from uuid_utils.compat import uuid7

from services.pledges.entities.authority import Standing, valid
from services.pledges.entities.models import Entity, Membership
from services.pledges.registry import lifecycle, queries
from services.pledges.registry.api import SignedIn
from services.pledges.registry.content import Content
from services.pledges.registry.models import Pledge, PledgeHistory
from services.pledges.registry.records import Present
from services.pledges.registry.schemas import NewPledge, WorkingCopy
from services.pledges.tables import Table
from shared import telemetry
from shared.db import TIMESTAMPTZ, Database
from shared.events.common import EntityRef
from shared.events.pledges import PledgeStep
from shared.process import Health, run
from shared.settings import ServiceSettings
from shared.web.app import Parts, Using, create
from shared.web.serve import api
from shared.web.writing import Once

router = APIRouter()


class Outbox(Table, table=True):
    __tablename__: ClassVar[str] = "outbox"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    event_id: UUID
    topic: str
    type: str
    key: str
    payload: str
    traceparent: str | None = None
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)


class Idempotency(Table, table=True):
    __tablename__: ClassVar[str] = "idempotency"

    person: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    status: int
    headers: str
    body: str
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)


@router.post("/pledges", status_code=201, response_model=WorkingCopy)
async def submit(wish: NewPledge, request: Request, actor: SignedIn, once: Once, parts: Using) -> Response:
    moment = parts.clock.moment()
    now = moment.business
    async with parts.database.transaction() as session:
        entity = await session.get_one(Entity, wish.entity_id)
        chosen = select(Membership).where(col(Membership.entity_id) == wish.entity_id, valid(now))
        held = (await session.scalars(chosen.where(col(Membership.person_id) == actor.person))).all()
        ref = EntityRef(entity_id=entity.entity_id, name=entity.name, kind=entity.kind, fictional=entity.fictional)
        who = Standing(ref, frozenset(one.role for one in held))
        who.require_writer()
        content = Content.model_validate(wish.model_dump(include=set(Content.model_fields)))
        lifecycle.require_complete(content)
        pledge = Pledge(
            pledge_id=uuid7(),
            entity_id=wish.entity_id,
            revision=1,
            state="submitted",
            title=content.title,
            content=content.model_dump_json(),
            created_at=now,
            updated_at=now,
        )
        session.add(pledge)
        await session.flush()
        await session.refresh(pledge)
        session.add(
            PledgeHistory(
                pledge_id=pledge.pledge_id,
                revision=1,
                action="submitted",
                state="submitted",
                at=now,
                recorded_at=moment.system,
                person_id=actor.person,
                by="focal_point",
                fields=[],
                details="[]",
            )
        )
        told = PledgeStep(pledge_id=pledge.pledge_id, entity_id=pledge.entity_id, state="submitted", revision=1)
        session.add(
            Outbox(
                event_id=uuid7(),
                topic="gcm.pledges.workflow",
                type="pledge.submitted.v1",
                key=str(pledge.pledge_id),
                payload=told.model_dump_json(),
                created_at=moment.system,
            )
        )
        present = Present(pledge.pledge_id, pledge.entity_id, 1, "submitted", content, now, now, None)
        body = queries.view(present, who).model_dump_json()
        session.add(
            Idempotency(
                person=actor.person,
                key=once.key,
                fingerprint=hashlib.sha256(await request.body()).digest(),
                status=201,
                headers="{}",
                body=body,
                created_at=moment.system,
            )
        )
    return Response(body, 201, media_type="application/json")


def app(parts: Parts) -> FastAPI:
    return create("Plain", "", parts, [router])


async def main() -> None:
    settings, health = ServiceSettings(), Health()
    await run({"api": api(settings, health, Database(settings.database_url, application="plain"), app)}, health)


if __name__ == "__main__":
    telemetry.configure("plain", ["api"], "ERROR")
    uvloop.run(main())
