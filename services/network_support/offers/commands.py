"""What can be done with an offer. Each use case takes the caller's session and never commits."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from services.network_support.memberships import Acting
from services.network_support.offers.lifecycle import State, Step, after
from services.network_support.offers.models import Offer, OfferHistory
from services.network_support.offers.schemas import CONTENT, OfferContent, Offering
from services.network_support.requests import known_pledges
from shared.authors import Author
from shared.clock import Moment
from shared.errors import FieldProblem, Forbidden, Invalid, NotFound
from shared.events.offers import OfferStep
from shared.messaging import outbox
from shared.web import etag

NO_SUCH_OFFER = "There is no such offer, or it is another entity's."  # which of the two, nobody is told

# of steps and the states that they lead to: what others are told
_TOLD: dict[tuple[Step, State], str] = {
    ("made", "submitted"): "offer.submitted.v1",
    ("edited", "submitted"): "offer.submitted.v1",
    ("restored", "submitted"): "offer.submitted.v1",
    ("returned", "changes_requested"): "offer.returned.v1",
    ("accepted", "open"): "offer.accepted.v1",
}
_LOCKED = (
    select(Offer)
    .where(col(Offer.offer_id) == bindparam("offer_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def make(session: AsyncSession, acting: Acting | None, wish: Offering, author: Author, moment: Moment) -> Offer:
    """A new offer: open if staff record it (`acting` None), otherwise submitted. Raises Forbidden and Invalid."""
    if acting is None and wish.entity_id is not None:
        fault = FieldProblem("entity_id", "is for entities that offer something themselves", "leave it away")
        raise Invalid("Staff record offers in the name of the Network, or of a `provider`; nothing was saved.", [fault])
    if acting is not None:
        if wish.entity_id is None:
            raise Forbidden("Only Network staff record an offer of no entity. Name yours as `entity_id`.")
        acting.require_write(wish.entity_id, moment.business)
    await _require_pledge(session, wish)
    offer = Offer(
        **wish.model_dump(),
        offer_id=uuid7(),
        state=after(None, "made", by_staff=acting is None),
        created_at=moment.business,
        changed_at=moment.business,
    )
    session.add(offer)
    return await _record(session, offer, "made", _said(wish), author, moment)


async def edit(
    session: AsyncSession,
    acting: Acting | None,
    offer_id: UUID,
    content: OfferContent,
    seen: int,
    author: Author,
    moment: Moment,
) -> Offer:
    """Raises NotFound, Forbidden, Stale, Conflict, and Invalid for less capacity than is used."""
    offer = await _mine(session, acting, offer_id, seen, moment)
    if content.capacity is not None and content.capacity < offer.used:
        fault = FieldProblem(
            "capacity", f"is less than the {offer.used} matches that there are", f"write {offer.used} or more"
        )
        raise Invalid("An offer keeps the capacity that is used; nothing was saved.", [fault])
    if content.pledge_id != offer.pledge_id:
        await _require_pledge(session, content)
    offer.state = after(offer.state, "edited", by_staff=acting is None)
    changed = [name for name in CONTENT if getattr(offer, name) != getattr(content, name)]
    for name in changed:
        setattr(offer, name, getattr(content, name))
    return await _record(session, offer, "edited", changed, author, moment)


async def answer(
    session: AsyncSession,
    offer_id: UUID,
    step: Step,
    seen: int,
    author: Author,
    moment: Moment,
    reason: str | None = None,
) -> Offer:
    """Staff find it complete ("accepted"), or say what is missing ("returned"). Raises NotFound, Stale, Conflict."""
    offer = await _mine(session, None, offer_id, seen, moment)
    return await _step(session, offer, step, author, moment, by_staff=True, reason=reason)


async def withdraw(
    session: AsyncSession,
    acting: Acting | None,
    offer_id: UUID,
    seen: int,
    author: Author,
    moment: Moment,
    reason: str | None = None,
) -> Offer:
    """It is matched no more; matches that there are stay. Raises NotFound, Forbidden, Stale, Conflict."""
    offer = await _mine(session, acting, offer_id, seen, moment)
    return await _step(session, offer, "withdrawn", author, moment, by_staff=acting is None, reason=reason)


async def restore(
    session: AsyncSession, acting: Acting | None, offer_id: UUID, seen: int, author: Author, moment: Moment
) -> Offer:
    """Undoes a withdrawal; what an entity offers, staff check again. Raises as `withdraw`."""
    offer = await _mine(session, acting, offer_id, seen, moment)
    return await _step(session, offer, "restored", author, moment, by_staff=acting is None)


async def _mine(session: AsyncSession, acting: Acting | None, offer_id: UUID, seen: int, moment: Moment) -> Offer:
    """Locked. `acting` None: staff, who may change any."""
    offer = (await session.execute(_LOCKED, {"offer_id": offer_id})).scalar_one_or_none()
    if offer is None:
        raise NotFound(NO_SUCH_OFFER)
    if acting is not None:
        require_reader(acting, offer.entity_id, moment)
        acting.require_write(str(offer.entity_id), moment.business)
    etag.require(seen, offer.revision)
    return offer


def require_reader(acting: Acting, entity_id: str | None, moment: Moment) -> None:
    """Raises NotFound for other entities' people, so that ids tell them nothing."""
    if entity_id is None or entity_id not in acting.entities(moment.business):
        raise NotFound(NO_SUCH_OFFER)


async def _require_pledge(session: AsyncSession, content: OfferContent) -> None:
    """Raises Invalid for a pledge that is not published, of whomever it is."""
    if content.pledge_id is not None and await known_pledges.find(session, content.pledge_id) is None:
        fault = FieldProblem("pledge_id", "is no published pledge", "name one that everybody can see")
        raise Invalid("The pledge is not known here; nothing was saved.", [fault])


def _said(content: OfferContent) -> list[str]:
    return [name for name in CONTENT if getattr(content, name) not in (None, "", [])]


async def _step(
    session: AsyncSession,
    offer: Offer,
    step: Step,
    author: Author,
    moment: Moment,
    *,
    by_staff: bool,
    reason: str | None = None,
) -> Offer:
    offer.state = after(offer.state, step, by_staff=by_staff)
    return await _record(session, offer, step, (), author, moment, reason)


async def _record(
    session: AsyncSession,
    offer: Offer,
    step: Step,
    fields: Iterable[str],
    author: Author,
    moment: Moment,
    reason: str | None = None,
) -> Offer:
    """The change and its line of history, flushed."""
    offer.revision += 1
    offer.changed_at = moment.business
    await session.flush()  # the offer first: its history refers to it
    session.add(
        OfferHistory(
            offer_id=offer.offer_id,
            revision=offer.revision,
            step=step,
            state=offer.state,
            fields=list(fields),
            reason=reason,
            content=offer.model_dump(mode="json", include=set(CONTENT)),
            by=author.by,
            person=author.person_id,
            at=moment.business,
            recorded_at=moment.system,
        )
    )
    await session.flush()
    if type_ := _TOLD.get((step, offer.state)):
        await announce(session, offer, type_, moment)
    return offer


async def announce(session: AsyncSession, offer: Offer, type_: str, moment: Moment) -> None:
    """For the mails to who gives it, or to staff; nobody is told of what staff recorded themselves."""
    if offer.entity_id is not None:
        data = OfferStep(offer_id=offer.offer_id, entity_id=offer.entity_id)
        await outbox.add(session, type_, str(offer.offer_id), data, moment.system)
