"""What people do with pledges. Each use case runs in the caller's transaction and never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.entities.authority import Standing, require_reader, require_writer, standing
from services.pledges.registry import lifecycle, records
from services.pledges.registry.lifecycle import Publication
from services.pledges.registry.models import PublicPledge
from services.pledges.registry.records import Present
from services.pledges.registry.schemas import ChangeRequest, Closing, Content, NewPledge, State, Statement, WantedChange
from shared.errors import FieldProblem, Forbidden, Invalid
from shared.events.common import Change
from shared.events.pledges import PledgeStep, Progress, Source
from shared.messaging import outbox
from shared.messaging.subscriptions import Moment
from shared.web.auth import Actor
from shared.web.etag import require

By = Literal["entity", "network_staff"]
_ASKED = TypeAdapter(list[WantedChange])
_NOTHING = "[]"
_EXISTS = select(col(PublicPledge.pledge_id)).where(col(PublicPledge.pledge_id) == bindparam("id"))


@dataclass(frozen=True)
class Occasion:
    """Who acts, and when by both clocks."""

    actor: Actor
    moment: Moment

    @property
    def now(self) -> datetime:
        """Business time."""
        return self.moment.business


async def create(session: AsyncSession, wish: NewPledge, on: Occasion) -> tuple[Present, Standing]:
    """A draft, or at once a submission. Raises Invalid, Forbidden."""
    who = await require_writer(session, on.actor, wish.entity_id, on.now)
    content = _content(wish)
    if wish.submit:
        await _require_submittable(session, content)
    made = await _begin(session, who, content, "submitted" if wish.submit else "draft", on)
    await _step(session, made, "submitted" if wish.submit else "created", "entity", on)
    if wish.submit:
        await _announce(session, made, "submitted", on)
    return made, who


async def save(
    session: AsyncSession, pledge_id: UUID, seen: int, content: Content, on: Occasion
) -> tuple[Present, Standing]:
    """The whole content anew. Of a published pledge this begins an amendment. Raises Stale, Conflict, Forbidden."""
    found, who = await _for_writing(session, pledge_id, seen, on)
    state = lifecycle.follows("save", found.state, version=found.version)
    fields = lifecycle.changed(found.content, content)
    saved = await records.change(session, found, state, content, on.now)
    await _step(session, saved, "saved", "entity", on, fields=fields)
    return saved, who


async def submit(session: AsyncSession, pledge_id: UUID, seen: int, on: Occasion) -> tuple[Present, Standing]:
    """Raises Invalid with everything that is missing; Stale, Conflict, Forbidden."""
    found, who = await _for_writing(session, pledge_id, seen, on)
    state = lifecycle.follows("submit", found.state, version=found.version)
    await _require_submittable(session, found.content)
    action = "resubmitted" if found.state == "changes_requested" else "submitted"
    done = await records.change(session, found, state, found.content, on.now)
    await _step(session, done, action, "entity", on)
    await _announce(session, done, action, on)
    return done, who


async def request_changes(
    session: AsyncSession, pledge_id: UUID, seen: int, asked: ChangeRequest, on: Occasion
) -> tuple[Present, Standing]:
    """By staff, naming fields. Raises Invalid for what is no field; Stale, Conflict."""
    found, who = await _for_staff(session, pledge_id, seen, on)
    names = [wanted.field for wanted in asked.fields]
    lifecycle.require_known(names)
    state = lifecycle.follows("request_changes", found.state, version=found.version)
    done = await records.change(session, found, state, found.content, on.now)
    await _step(session, done, "changes_requested", "network_staff", on, fields=names, asked=asked.fields)
    await _announce(session, done, "changes_requested", on, names)
    return done, who


async def publish(session: AsyncSession, pledge_id: UUID, seen: int, on: Occasion) -> tuple[Present, Standing]:
    """By staff: the working copy becomes the next public version. Raises Stale, Conflict."""
    found, who = await _for_staff(session, pledge_id, seen, on)
    state = lifecycle.follows("publish", found.state, version=found.version)
    done = await records.change(session, found, state, found.content, on.now)
    await _step(session, done, "published", "network_staff", on)
    return await _publish(session, done, who, on), who


async def close(
    session: AsyncSession, pledge_id: UUID, seen: int, closing: Closing, on: Occasion
) -> tuple[Present, Standing]:
    """By its entity or by staff, with a reason. Raises Stale, Conflict, Forbidden, Invalid."""
    found, who = await _locked(session, pledge_id, on)
    if not (who.may_write or who.is_staff):
        raise Forbidden(f"Only focal points and delegates of {who.entity.name} or the Network's staff may close it.")
    require(seen, found.revision)
    state = lifecycle.follows("close", found.state, version=found.version)
    if closing.superseded_by:
        await _require_published(session, "superseded_by", closing.superseded_by)
    by: By = "entity" if who.may_write else "network_staff"
    done = await records.change(session, found, state, found.content, on.now)
    await _step(session, done, "closed", by, on)
    return await _close(session, done, closing, by, on), who


async def record_statement(session: AsyncSession, said: Statement, on: Occasion) -> tuple[Present, Standing]:
    """By staff: what an entity pledged in public, published with its sources. Raises Invalid."""
    who = await standing(session, on.actor, said.entity_id, on.now)
    made = await _begin(session, who, _content(said), "published", on)
    await _step(session, made, "recorded", "network_staff", on)
    sources = tuple(Source(**source.model_dump()) for source in said.sources)
    return await _publish(session, made, who, on, sources), who


def _content(wish: Content) -> Content:
    return Content.model_construct(**{name: getattr(wish, name) for name in Content.model_fields})


async def _locked(session: AsyncSession, pledge_id: UUID, on: Occasion) -> tuple[Present, Standing]:
    found = await records.present(session, pledge_id, lock=True)
    return found, await require_reader(session, on.actor, found.entity_id, on.now)


async def _for_writing(session: AsyncSession, pledge_id: UUID, seen: int, on: Occasion) -> tuple[Present, Standing]:
    found, who = await _locked(session, pledge_id, on)
    who.require_write()
    require(seen, found.revision)
    return found, who


async def _for_staff(session: AsyncSession, pledge_id: UUID, seen: int, on: Occasion) -> tuple[Present, Standing]:
    found, who = await _locked(session, pledge_id, on)
    if not who.is_staff:  # the route's rule says so too; publishing must not hang on one line
        raise Forbidden("This is for Network staff and administrators.")
    require(seen, found.revision)
    return found, who


async def _require_submittable(session: AsyncSession, content: Content) -> None:
    lifecycle.require_complete(content)
    if content.matches:
        await _require_published(session, "matches", content.matches)


async def _require_published(session: AsyncSession, field: str, pledge_id: UUID) -> None:
    if (await session.execute(_EXISTS, {"id": pledge_id})).first() is None:
        fault = FieldProblem(field, "names no published pledge", "look it up: GET /pledges")
        raise Invalid("It points at a pledge that nobody has published; nothing was saved.", [fault])


async def _begin(session: AsyncSession, who: Standing, content: Content, state: State, on: Occasion) -> Present:
    pledge_id = uuid7()
    row = {
        "pledge_id": pledge_id,
        "entity_id": who.entity.entity_id,
        "revision": 1,
        "state": state,
        "title": content.title,
        "content": content.model_dump_json(),
        "created_at": on.now,
        "updated_at": on.now,
    }
    await session.execute(records.ADD_PLEDGE, row)
    return Present(pledge_id, who.entity.entity_id, 1, state, content, on.now, on.now, None)


async def _step(
    session: AsyncSession,
    done: Present,
    action: str,
    by: By,
    on: Occasion,
    *,
    fields: Sequence[str] = (),
    asked: list[WantedChange] | None = None,
) -> None:
    row: dict[str, Any] = {
        "pledge_id": done.pledge_id,
        "revision": done.revision,
        "action": action,
        "state": done.state,
        "at": on.now,
        "recorded_at": on.moment.system,
        "person_id": on.actor.person,
        "by": by,
        "fields": list(fields),
        "details": _ASKED.dump_json(asked).decode() if asked else _NOTHING,
    }
    await session.execute(records.ADD_STEP, row)


async def _announce(
    session: AsyncSession, done: Present, action: str, on: Occasion, fields: Sequence[str] = ()
) -> None:
    """Ids and states for the workflow topic: what was written stays here."""
    step = PledgeStep.model_validate(
        {
            "pledge_id": done.pledge_id,
            "entity_id": done.entity_id,
            "state": done.state,
            "revision": done.revision,
            "fields": list(fields),
        }
    )
    await outbox.add(session, f"pledge.{action}.v1", str(done.pledge_id), step, on.moment.system)


async def _publish(
    session: AsyncSession, done: Present, who: Standing, on: Occasion, sources: tuple[Source, ...] = ()
) -> Present:
    last = done.public
    made = Publication(
        pledge_id=done.pledge_id,
        entity=who.entity,
        content=done.content,
        version=done.version + 1,
        sequence=last.sequence + 1 if last else 1,
        at=on.now,
        first_at=last.first_published_at if last else on.now,
        progress=last.progress if last else Progress(),
        origin="public_statement" if sources else last.origin if last else "submitted",
        sources=sources or tuple(last.sources if last else ()),
    )
    snapshot = lifecycle.snapshot(made)
    fields = [name for name in Content.model_fields if last and getattr(last, name) != getattr(snapshot, name)]
    step = Change(action="amended" if last else "published", at=on.now, by="network_staff", fields=fields)
    version = {"pledge_id": done.pledge_id, "version": made.version, "published_at": on.now}
    await session.execute(records.ADD_VERSION, version | {"snapshot": snapshot.model_dump_json()})
    return await records.make_public(session, done, snapshot, step, on.moment)


async def _close(session: AsyncSession, done: Present, closing: Closing, by: By, on: Occasion) -> Present:
    if done.public is None:  # lifecycle.follows has refused that
        raise RuntimeError("a pledge without a public version cannot be closed")
    snapshot = lifecycle.closed(done.public, closing.reason, closing.superseded_by)
    return await records.make_public(session, done, snapshot, Change(action="closed", at=on.now, by=by), on.moment)
