"""What people do with pledges. Each use case runs in the caller's transaction and never commits."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.attachments import records as attachments
from services.pledges.entities.authority import Standing, standing
from services.pledges.entities.queries import known
from services.pledges.registry import lifecycle, proxies, records, steps
from services.pledges.registry.content import Content
from services.pledges.registry.lifecycle import Act, By
from services.pledges.registry.models import PublicPledge
from services.pledges.registry.overtaken import overtaken
from services.pledges.registry.publishing import publish_version
from services.pledges.registry.records import New, Present, Proxy
from services.pledges.registry.schemas import (
    ChangeRequest,
    Closing,
    NewPledge,
    ProxyAnswering,
    State,
    Statement,
)
from services.pledges.registry.steps import Call
from services.pledges.reviews import cycles
from shared.errors import FieldProblem, Invalid
from shared.events.common import Change
from shared.events.pledges import Source
from shared.web.etag import require

_FIRST = {"draft": "created", "submitted": "submitted"}  # the first step, by the state that it leads to
_STATE = select(col(PublicPledge.state)).where(col(PublicPledge.pledge_id) == bindparam("id"))


@dataclass(frozen=True)
class Case:
    """A locked pledge, an act that is allowed on it, and the state that follows."""

    found: Present
    proxied: Present  # the same with what its entity says, after the act, of who filed it
    who: Standing
    by: By
    state: State

    @property
    def role(self) -> str:
        """As the history names it."""
        return proxies.role(self.who, self.by)


@dataclass(frozen=True)
class Ready:
    """A new pledge that may be made: all was checked, nothing is written."""

    who: Standing
    proxy: Proxy | None
    state: Literal["draft", "submitted"]
    title: str
    content: str  # JSON


async def create(session: AsyncSession, wish: NewPledge, call: Call) -> tuple[Present, Standing]:
    """A draft, or at once a submission. Raises Invalid, Forbidden."""
    filed = await proxies.filing(session, call.actor, wish.entity_id, wish.proxy_entity_id, call.now)
    ready, content = await prepare(session, filed, wish, call)
    [new] = await make(session, [ready], call)
    return _present(new, content), ready.who


async def prepare(session: AsyncSession, filed: proxies.Filed, wish: NewPledge, call: Call) -> tuple[Ready, Content]:
    """What `make` would write, and its content; `filed` says for whom, and by whom. Raises Invalid."""
    content = _pledged(wish)
    lifecycle.require_ready(content, submit=wish.submit)
    await _require_referred(session, wish.entity_id, content)
    if wish.submit:
        content = await _submittable(session, content, call)
    return _ready(filed, content.title, content.model_dump_json(), submit=wish.submit), content


async def prepare_again(session: AsyncSession, filed: proxies.Filed, wish: Mapping[str, Any], call: Call) -> Ready:
    """Of a NewPledge, as JSON gives it, that was found ready before, and refers to nothing.

    By a program that was perhaps older: what it knew no field for has none. A release with stricter rules sets `refers`
    of the import rows that wait, so that they are looked at again.
    """
    content = {name: wish[name] for name in Content.model_fields if name in wish}
    if wish["submit"]:
        content["review_cycle"] = content["review_cycle"] or await cycles.open_at(session, call.now)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return _ready(filed, content["title"], text, submit=wish["submit"])


def _ready(filed: proxies.Filed, title: str, content: str, *, submit: bool) -> Ready:
    return Ready(*filed, "submitted" if submit else "draft", title, content)


async def make(session: AsyncSession, ready: Sequence[Ready], call: Call) -> list[New]:
    """All of them, in their order."""
    made = [New(one.who.entity.entity_id, one.state, one.title, one.content, call.now, one.proxy) for one in ready]
    records.begin(session, made)
    for new, one in zip(made, ready, strict=True):
        by: By = "proxy" if new.proxy else "entity"
        await steps.add(session, new, _FIRST[new.state], proxies.role(one.who, by), call)
        if new.state == "submitted":
            await steps.announce_submission(session, new, "submitted", by, call)
    return made


async def save(
    session: AsyncSession, pledge_id: UUID, seen: int, edit: Callable[[Content], Content], call: Call
) -> tuple[Present, Standing]:
    """The content as `edit` makes it from the present one. Of a published pledge this begins an amendment.

    Without a difference nothing is written. Raises Stale with the differences, Conflict, Forbidden, what `edit` raises.
    """
    case = await _case(session, "save", pledge_id, seen, call, edit)
    content = _pledged(edit(case.found.content))
    lifecycle.require_fits(content)
    await _require_referred(session, case.found.entity_id, content, pledge_id)
    if not lifecycle.changed(case.found.content, content):
        return case.found, case.who
    return await _change(session, case, "saved", call, content), case.who


async def submit(session: AsyncSession, pledge_id: UUID, seen: int, call: Call) -> tuple[Present, Standing]:
    """Raises Invalid with everything that is missing; Stale, Conflict, Forbidden."""
    case = await _case(session, "submit", pledge_id, seen, call)
    lifecycle.require_ready(case.found.content, submit=True)  # also a draft that was saved when more was taken
    content = await _submittable(session, case.found.content, call, pledge_id)
    action = "resubmitted" if case.found.state == "changes_requested" else "submitted"
    done = await _change(session, case, action, call, content)
    await steps.announce_submission(session, done, action, case.by, call)
    return done, case.who


async def request_changes(
    session: AsyncSession, pledge_id: UUID, seen: int, asked: ChangeRequest, call: Call
) -> tuple[Present, Standing]:
    """By staff, naming fields. Raises Invalid for what is no field; Stale, Conflict."""
    names = [wanted.field for wanted in asked.fields]
    lifecycle.require_known(names)
    case = await _case(session, "request_changes", pledge_id, seen, call)
    done = await records.change(session, case.found, case.state, case.found.content, call.now)
    details = steps.ASKED.dump_json(asked.fields).decode()
    await steps.add(session, done, "changes_requested", case.role, call, fields=names, details=details)
    await steps.announce(session, done, "changes_requested", call, names)
    return done, case.who


async def publish(session: AsyncSession, pledge_id: UUID, seen: int, call: Call) -> tuple[Present, Standing]:
    """By staff: the working copy becomes the next public version. Raises Stale, Conflict."""
    case = await _case(session, "publish", pledge_id, seen, call)
    done = await _change(session, case, "published", call, case.found.content)
    return await publish_version(session, done, case.who.entity, call.moment), case.who


async def close(
    session: AsyncSession, pledge_id: UUID, seen: int, closing: Closing, call: Call
) -> tuple[Present, Standing]:
    """By its entity or by staff, with a reason. An amendment under way ends: the working copy becomes what is public.

    Raises Stale, Conflict, Forbidden, Invalid.
    """
    if closing.superseded_by:
        await records.lock(session, {pledge_id, closing.superseded_by})
    case = await _case(session, "close", pledge_id, seen, call)
    if closing.superseded_by:
        await _require_open(session, "superseded_by", closing.superseded_by, other_than=pledge_id)
    if case.found.public is None:  # lifecycle.follows has refused that
        raise RuntimeError("a pledge without a public version cannot be closed")
    done = await _change(session, case, "closed", call, lifecycle.content_of(case.found.public))
    snapshot = lifecycle.closed(case.found.public, closing.reason, closing.superseded_by)
    step = Change(action="closed", at=call.now, by=case.by)
    return await records.make_public(session, done, snapshot, step, call.moment), case.who


async def answer_proxy(
    session: AsyncSession, pledge_id: UUID, seen: int, said: ProxyAnswering, call: Call
) -> tuple[Present, Standing]:
    """By the entity in whose name it was filed. What it refuses goes back. Raises Stale, Conflict, Forbidden."""
    act: Act = "accept" if said.answer == "accepted" else "refuse"
    case = await _case(session, act, pledge_id, seen, call)
    done = await records.change(session, case.proxied, case.state, case.found.content, call.now)
    details = json.dumps({"reason": said.reason})
    await steps.add(session, done, f"proxy_{said.answer}", case.role, call, details=details)
    return done, case.who


async def record_statement(session: AsyncSession, said: Statement, call: Call) -> tuple[Present, Standing]:
    """By staff: what an entity pledged in public, published with its sources. Raises Invalid, Forbidden."""
    who = await standing(session, call.actor, said.entity_id, call.now)
    by = lifecycle.acting("record", for_entity=who.may_write, is_staff=who.is_staff)
    content = await recordable(session, said)
    new = New(who.entity.entity_id, "published", content.title, content.model_dump_json(), call.now)
    records.begin(session, [new])
    made = _present(new, content)
    await steps.add(session, made, "recorded", proxies.role(who, by), call)
    sources = tuple(Source(**source.model_dump()) for source in said.sources)
    return await publish_version(session, made, who.entity, call.moment, sources), who


async def recordable(session: AsyncSession, said: Statement) -> Content:
    """What would be recorded. Raises Invalid."""
    content = _pledged(said)
    lifecycle.require_recordable(content)
    await _require_referred(session, said.entity_id, content)
    await _require_matched(session, content)
    return content


def _pledged(wish: Content) -> Content:
    """What is pledged, of a request that says more."""
    return Content.model_construct(**{name: getattr(wish, name) for name in Content.model_fields})


async def _require_referred(
    session: AsyncSession, entity_id: str, content: Content, pledge_id: UUID | None = None
) -> None:
    """Raises Invalid unless its review cycle is one, each partner another entity, and the attachment a file of this
    pledge; a new one has none.
    """
    if not lifecycle.refers(content):
        return
    await cycles.require(session, {"review_cycle": content.review_cycle})
    if content.partner_entities:
        lifecycle.require_partners(entity_id, content.partner_entities, await known(session, content.partner_entities))
    if content.attachment:
        await attachments.require(session, pledge_id, content.attachment, "attachment")


async def _case(
    session: AsyncSession,
    act: Act,
    pledge_id: UUID,
    seen: int,
    call: Call,
    edit: Callable[[Content], Content] | None = None,
) -> Case:
    """Locks the pledge, then asks in this order: may they know of it, may they act, did they see it, may it be now."""
    found = await records.present(session, pledge_id, lock=True)
    who, by = await proxies.acting(session, call.actor, found, act, call.now)
    if edit and seen != found.revision:
        raise await overtaken(session, found, seen, edit(found.content))
    require(seen, found.revision)
    state = lifecycle.follows(act, found.state, version=found.version)
    return Case(found, proxies.after(act, by, found), who, by, state)


async def _change(session: AsyncSession, case: Case, action: str, call: Call, content: Content) -> Present:
    """The next revision, and its line in the history with the fields that differ."""
    done = await records.change(session, case.proxied, case.state, content, call.now)
    fields = lifecycle.changed(case.found.content, content)
    await steps.add(session, done, action, case.role, call, fields=fields)
    return done


async def _submittable(session: AsyncSession, content: Content, call: Call, pledge_id: UUID | None = None) -> Content:
    await _require_matched(session, content, pledge_id)
    if content.review_cycle:
        return content
    # one that names no review cycle is made in the context of the one that is open now (¶77)
    return content.model_copy(update={"review_cycle": await cycles.open_at(session, call.now)})


async def _require_matched(session: AsyncSession, content: Content, pledge_id: UUID | None = None) -> None:
    if content.matches:
        await _require_published(session, "matches", content.matches, other_than=pledge_id)


async def _require_published(session: AsyncSession, field: str, pledge_id: UUID, *, other_than: UUID | None) -> None:
    if pledge_id == other_than or await session.scalar(_STATE, {"id": pledge_id}) is None:
        fault = FieldProblem(field, "names no other published pledge", "look it up: GET /pledges")
        raise Invalid("It points at a pledge that nobody has published; nothing was saved.", [fault])


async def _require_open(session: AsyncSession, field: str, pledge_id: UUID, *, other_than: UUID) -> None:
    """Under its lock. What is open is superseded by nothing: so there is never a circle."""
    await _require_published(session, field, pledge_id, other_than=other_than)
    if await session.scalar(_STATE, {"id": pledge_id}) == "closed":
        fault = FieldProblem(field, "is closed itself", "name an open pledge, perhaps the one that took its place")
        raise Invalid("It points at a pledge that is closed; nothing was saved.", [fault])


def _present(new: New, content: Content) -> Present:
    return Present(
        new.pledge_id, new.entity_id, new.revision, new.state, content, new.at, new.at, public=None, proxy=new.proxy
    )
