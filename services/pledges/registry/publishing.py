"""A working copy becomes public."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.attachments import records as attachments
from services.pledges.registry import lifecycle, partners, records, signing
from services.pledges.registry.content import Content
from services.pledges.registry.lifecycle import Publication
from services.pledges.registry.records import Present
from services.pledges.registry.steps import announce_asked
from shared import inserts
from shared.clock import Moment
from shared.events.common import Change, EntityRef
from shared.events.pledges import PledgeSnapshot, Progress, SignOff, Source


async def publish_version(
    session: AsyncSession, done: Present, entity: EntityRef, moment: Moment, sources: tuple[Source, ...] = ()
) -> Present:
    """The working copy becomes the next public version. The caller has checked that it may."""
    at = moment.business
    last, file = done.public, done.content.attachment
    made = Publication(
        pledge_id=done.pledge_id,
        entity=entity,
        content=done.content,
        version=done.version + 1,
        sequence=last.sequence + 1 if last else 1,
        at=at,
        first_at=last.first_published_at if last else at,
        progress=last.progress if last else Progress(),
        origin="public_statement" if sources else last.origin if last else "submitted",
        sources=sources or tuple(last.sources if last else ()),
        attached=await attachments.publish(session, done.pledge_id, file, "attachment", at) if file else None,
        proxy=await _proxy(session, done),
    )
    snapshot = lifecycle.snapshot(made)
    fields = [name for name in Content.model_fields if last and getattr(last, name) != getattr(snapshot, name)]
    snapshot = snapshot.model_copy(update={"sign_offs": await _asked(session, last, snapshot, fields)})
    await announce_asked(session, snapshot, signing.newly_asked(last, snapshot.sign_offs, fields), moment)
    step = Change(action="amended" if last else "published", at=at, by="network_staff", fields=fields)
    version = {"pledge_id": done.pledge_id, "version": made.version, "published_at": at}
    inserts.later(session, records.VERSIONS, version | {"snapshot": snapshot.model_dump_json()})
    return await records.make_public(session, done, snapshot, step, moment)


async def _proxy(session: AsyncSession, done: Present) -> EntityRef | None:
    return (await partners.entities(session, [done.proxy.entity_id]))[0] if done.proxy else None


async def _asked(
    session: AsyncSession, last: PledgeSnapshot | None, new: PledgeSnapshot, fields: Collection[str]
) -> list[SignOff]:
    """What the partners say of the new version; those who have not are asked from now on."""
    asked = signing.renewed(last, await partners.entities(session, new.partner_entities), fields)
    if asked or (last and last.sign_offs):
        await partners.ask(session, new.pledge_id, partners.PLEDGE, new.version, asked)
        await partners.leave(session, new.pledge_id, [new.entity.entity_id, *new.partner_entities])
    return asked
