"""Routes of offers."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.memberships import Acting, AskingMemberships
from services.network_support.offers import commands, queries
from services.network_support.offers.lifecycle import Kind, State
from services.network_support.offers.models import Offer
from services.network_support.offers.queries import Filters, Wanted
from services.network_support.offers.schemas import (
    OfferContent,
    Offering,
    OfferLines,
    OfferPage,
    OfferView,
    Returning,
    Withdrawing,
)
from services.network_support.requests.answering import ActingFor, SignedIn, Staff, StaffOrReviewer, reader
from services.network_support.requests.lifecycle import Type
from services.network_support.requests.schemas import EntityId
from shared.authors import staff, staff_or_entity
from shared.clock import Moment
from shared.reference import catalogue
from shared.web.app import Parts, Using
from shared.web.auth import ADMIN, NETWORK_STAFF
from shared.web.etag import SeenRevision, etag
from shared.web.pagination import Cursor, Limit, next_link
from shared.web.writing import Answer, Once, Writing

router = APIRouter(tags=["offers"])

Objective = Annotated[str, AfterValidator(lambda code: catalogue.objective(code).code)]


async def _giver(actor: SignedIn, memberships: AskingMemberships) -> Acting | None:
    """None: staff, who may write any offer. Asked before the transaction."""
    return None if actor.is_any(NETWORK_STAFF, ADMIN) else await memberships.of(actor)


Giver = Annotated[Acting | None, Depends(_giver)]


async def _wanted(
    state: Annotated[State | None, Query(description="Only in this state")] = None,
    kind: Annotated[Kind | None, Query(description="Only of this kind")] = None,
    entity: Annotated[EntityId | None, Query(description="Only of this entity")] = None,
    objective: Annotated[Objective | None, Query(description="Only for this objective, or for all")] = None,
    type: Annotated[Type | None, Query(description="Only for this kind of help, or for all")] = None,  # noqa: A002 - its name in the API
    matchable: Annotated[Literal["yes"] | None, Query(description="Only what can be matched now")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Wanted:
    return Wanted(Filters(state, kind, entity, objective, type, matchable), limit, cursor)


WantedOffers = Annotated[Wanted, Depends(_wanted)]


@router.post("/offers", status_code=201, response_model=OfferView, summary="Offer help")
async def make_offer(*, wish: Offering, actor: SignedIn, acting: Giver, once: Once, parts: Using) -> Response:
    """By focal points and delegates for their entity: staff then check it for completeness. By staff: open at once."""
    author, moment = staff_or_entity(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return await _answer(session, await commands.make(session, acting, wish, author, moment), moment, 201)

    return await once(actor, write)


@router.get("/offers", summary="All offers, newest first")
async def list_offers(
    request: Request, response: Response, _: StaffOrReviewer, wanted: WantedOffers, parts: Using
) -> OfferPage:
    """For Network staff and reviewers."""
    return await _page(request, response, parts, wanted)


@router.get("/me/offers", summary="The offers of the entities that you act for, newest first")
async def list_my_offers(
    request: Request, response: Response, _: SignedIn, acting: ActingFor, wanted: WantedOffers, parts: Using
) -> OfferPage:
    """For focal points, delegates and viewers."""
    return await _page(request, response, parts, wanted, acting.entities(parts.clock.business()))


@router.get("/offers/{offer_id}", response_model=OfferView, summary="One offer")
async def read_offer(offer_id: UUID, actor: SignedIn, memberships: AskingMemberships, parts: Using) -> Response:
    """For the people of the entity that gives it, Network staff and reviewers; to others it does not exist."""
    acting = await reader(actor, memberships)
    async with parts.database.transaction() as session:
        return _shown(await _readable(session, offer_id, acting, parts.clock.moment())).response()


@router.get("/offers/{offer_id}/history", summary="What happened to an offer, by role and time")
async def read_history(offer_id: UUID, actor: SignedIn, memberships: AskingMemberships, parts: Using) -> OfferLines:
    """For the people of the entity that gives it, Network staff and reviewers; to others it does not exist."""
    acting = await reader(actor, memberships)
    async with parts.database.transaction() as session:
        await _readable(session, offer_id, acting, parts.clock.moment())
        return OfferLines(items=await queries.history(session, offer_id))


@router.put("/offers/{offer_id}", response_model=OfferView, summary="Change an offer")
async def edit_offer(
    *,
    offer_id: UUID,
    content: OfferContent,
    actor: SignedIn,
    acting: Giver,
    seen: SeenRevision,
    writer: Writing,
    parts: Using,
) -> Response:
    """By staff, or by the entity that gives it: then staff check it again. Matches that there are stay."""
    author, moment = staff_or_entity(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        changed = await commands.edit(session, acting, offer_id, content, seen, author, moment)
        return await _answer(session, changed, moment)

    return await writer.run(write)


@router.post("/offers/{offer_id}/accept", response_model=OfferView, summary="Find an offer complete")
async def accept_offer(offer_id: UUID, actor: Staff, seen: SeenRevision, once: Once, parts: Using) -> Response:
    """For Network staff: from now on it can be matched."""
    author, moment = staff(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return await _answer(
            session, await commands.answer(session, offer_id, "accepted", seen, author, moment), moment
        )

    return await once(actor, write)


@router.post("/offers/{offer_id}/return", response_model=OfferView, summary="Say what an offer lacks")
async def return_offer(
    offer_id: UUID, says: Returning, actor: Staff, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """For Network staff: it comes back when the entity has changed it."""
    author, moment = staff(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        changed = await commands.answer(session, offer_id, "returned", seen, author, moment, says.reason)
        return await _answer(session, changed, moment)

    return await once(actor, write)


@router.post("/offers/{offer_id}/withdraw", response_model=OfferView, summary="Take an offer back")
async def withdraw_offer(
    *,
    offer_id: UUID,
    says: Withdrawing,
    actor: SignedIn,
    acting: Giver,
    seen: SeenRevision,
    once: Once,
    parts: Using,
) -> Response:
    """By staff or the entity that gives it. It is matched no more; matches that there are stay."""
    author, moment = staff_or_entity(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        changed = await commands.withdraw(session, acting, offer_id, seen, author, moment, says.reason)
        return await _answer(session, changed, moment)

    return await once(actor, write)


@router.post("/offers/{offer_id}/restore", response_model=OfferView, summary="Undo that an offer was taken back")
async def restore_offer(
    offer_id: UUID, actor: SignedIn, acting: Giver, seen: SeenRevision, once: Once, parts: Using
) -> Response:
    """By staff, or the entity that gives it: then staff check it again."""
    author, moment = staff_or_entity(actor), parts.clock.moment()

    async def write(session: AsyncSession) -> Answer:
        return await _answer(session, await commands.restore(session, acting, offer_id, seen, author, moment), moment)

    return await once(actor, write)


async def _answer(session: AsyncSession, changed: Offer, moment: Moment, status: int = 200) -> Answer:
    return _shown(await queries.find(session, changed.offer_id, moment.business.date()), status)


def _shown(found: OfferView, status: int = 200) -> Answer:
    headers = {"ETag": etag(found.revision)}
    if status == 201:
        headers["Location"] = f"/offers/{found.offer_id}"
    return Answer(status, found.model_dump_json(), headers)


async def _readable(session: AsyncSession, offer_id: UUID, acting: Acting | None, moment: Moment) -> OfferView:
    found = await queries.find(session, offer_id, moment.business.date())
    if acting is not None:
        commands.require_reader(acting, found.entity_id, moment)
    return found


async def _page(
    request: Request, response: Response, parts: Parts, wanted: Wanted, entities: frozenset[str] | None = None
) -> OfferPage:
    async with parts.database.transaction() as session:
        items, cursor = await queries.page(session, wanted, parts.clock.business().date(), entities)
    response.headers.update(next_link(request, cursor))
    return OfferPage(items=items, next=cursor)
