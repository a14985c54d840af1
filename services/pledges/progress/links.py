"""Action links: whoever holds one may report once on one pledge, as the person to whom it was sent."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, cast, insert, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text, Uuid
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.pledges.entities.authority import standing
from services.pledges.progress import commands, queries
from services.pledges.progress.models import ProgressUpdate, UsedLink
from services.pledges.progress.schemas import LinkShown, LinkState, Report, Update
from services.pledges.progress.sealing import Grant, Seal
from services.pledges.registry import records
from services.pledges.registry.models import PublicPledge
from services.pledges.registry.partners import entities
from services.pledges.registry.queries import require_public
from services.pledges.registry.steps import Call
from services.pledges.tables import core
from shared.clock import Moment
from shared.errors import Conflict, Gone
from shared.events.pledges import PledgeSnapshot
from shared.web.auth import Actor

LIFE = timedelta(days=45)  # of system time: the reminder a month before a review holds until the one after it

_WHOSE = bindparam("entity_id", type_=Text)
_PARTNERS = cast(col(PublicPledge.snapshot), JSONB)["partner_entities"]
_OPEN = select(col(PublicPledge.pledge_id), col(PublicPledge.entity_id)).where(
    col(PublicPledge.pledge_id) == any_(bindparam("pledge_ids", type_=ARRAY(Uuid))),
    or_(col(PublicPledge.entity_id) == _WHOSE, _PARTNERS.has_key(_WHOSE)),
    col(PublicPledge.state) == "published",
)
_RECORDED = (
    select(col(ProgressUpdate.document))
    .join(
        UsedLink,
        and_(col(UsedLink.pledge_id) == col(ProgressUpdate.pledge_id), col(UsedLink.number) == ProgressUpdate.number),
    )
    .where(col(UsedLink.link_id) == bindparam("link_id"))
)
_USE = insert(core(UsedLink))


async def issue(
    session: AsyncSession, seal: Seal, person_id: str, entity_id: str | None, pledge_ids: Collection[UUID], at: datetime
) -> dict[UUID, str]:
    """A token for each of these pledges that is public and open, of the entity or one that it is a partner of.

    The caller has checked the person.
    `at` is system time. Nothing is stored: a link is known by its own number once it was used.
    """
    if not pledge_ids:
        return {}
    found = await session.execute(_OPEN, {"pledge_ids": list(pledge_ids), "entity_id": entity_id})
    return {
        pledge_id: seal.token(_grant(person_id, pledge_id, entity_id if entity_id != owner else None, at), at)
        for pledge_id, owner in found
    }


def _grant(person_id: str, pledge_id: UUID, partner: str | None, at: datetime) -> Grant:
    return Grant(link_id=uuid7(), person_id=person_id, pledge_id=pledge_id, entity_id=partner, until=at + LIFE)


async def check(session: AsyncSession, grant: Grant, moment: Moment) -> LinkShown:
    """What the link would record now, or has recorded. Changes nothing. Raises NotFound for what is not public."""
    public = await require_public(session, grant.pledge_id)
    recorded = await _recorded(session, grant)
    owner, partners = public.entity_id, PledgeSnapshot.model_validate_json(public.snapshot).partner_entities
    who = await standing(session, _holder(grant), grant.entity_id or owner, moment.business)
    last = (await queries.updates(session, grant.pledge_id, limit=1, cursor=None)).items
    against: dict[LinkState, bool] = {
        "used": recorded is not None,
        "expired": _expired(grant, moment),
        "pledge_closed": public.state == "closed",
        "membership_ended": not who.may_write or who.entity.entity_id not in {owner, *partners},
    }
    return LinkShown(
        state=next((state for state, holds in against.items() if holds), "open"),
        until=grant.until,
        pledge_id=grant.pledge_id,
        title=public.title,
        entity=who.entity,
        owner=(await entities(session, [owner]))[0] if grant.entity_id else None,
        last=last[0] if last else None,
        recorded=recorded,
    )


async def use(session: AsyncSession, grant: Grant, said: Report, moment: Moment) -> Update:
    """A report as any other, by the person of the link; whether they may report is asked now.

    Raises Conflict when it was used, Gone when it has expired, and what commands.report raises.
    """
    found = await records.present(
        session, grant.pledge_id, lock=True
    )  # of two uses at once, the later sees the earlier
    await _require_unused(session, grant)
    if _expired(grant, moment):
        raise Gone(
            f"This link was valid until {grant.until:%Y-%m-%d} and nothing was recorded: "
            "sign in and report, or wait for the next reminder."
        )
    said = said.model_copy(update={"entity_id": grant.entity_id or found.entity_id})  # whose people got the mail
    made = await commands.report(session, grant.pledge_id, said, Call(_holder(grant), moment))
    used = {"link_id": grant.link_id, "pledge_id": made.pledge_id, "number": made.number, "used_at": moment.system}
    await session.execute(_USE, used)
    return made


def _holder(grant: Grant) -> Actor:
    """Without any role: a link never does what its person may do as staff."""
    return Actor(grant.person_id)


def _expired(grant: Grant, moment: Moment) -> bool:
    return moment.system >= grant.until


async def _recorded(session: AsyncSession, grant: Grant) -> Update | None:
    found = await session.scalar(_RECORDED, {"link_id": grant.link_id})
    return Update.model_validate_json(found) if found else None


async def _require_unused(session: AsyncSession, grant: Grant) -> None:
    if recorded := await _recorded(session, grant):
        said = "no change" if recorded.no_change else "an update"
        raise Conflict(
            f"This link was used: it recorded {said} (status {recorded.status}) on {recorded.reported_at:%Y-%m-%d}, "
            "and nothing was recorded now. To correct it, sign in and report again."
        )
