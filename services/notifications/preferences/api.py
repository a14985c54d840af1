"""What people choose: by a link from a mail, where the link is the proof and nobody signs in, or signed in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.preferences import commands, queries
from services.notifications.preferences.categories import stopped
from services.notifications.preferences.links import Links, Stop
from services.notifications.preferences.schemas import Choice, Held, HeldChoice, Preferences, Stopping
from services.notifications.recipients import Recipients
from shared.clock import Clock
from shared.errors import Unavailable
from shared.web.app import Using
from shared.web.auth import LINK_HOLDER, SIGNED_IN, Actor
from shared.web.writing import Answer, Writing

router = APIRouter(tags=["preferences"])

HELD = [Depends(LINK_HOLDER)]
PRIVATE = {"Cache-Control": "no-store"}
SignedIn = Annotated[Actor, Depends(SIGNED_IN)]


async def links(request: Request) -> Links:
    found: Links = request.app.state.links
    return found


async def recipients(request: Request) -> Recipients:
    found: Recipients = request.app.state.recipients
    return found


OfMails = Annotated[Links, Depends(links)]
People = Annotated[Recipients, Depends(recipients)]


@router.post("/unsubscribe/check", dependencies=HELD, summary="Which mails would this link stop")
async def check_unsubscribing(held: Held, response: Response, of_mails: OfMails, parts: Using) -> Stopping:
    """For the page that the link leads to. Changes nothing, however often it is asked."""
    response.headers.update(PRIVATE)
    stop = of_mails.stop(held.token)
    async with parts.database.transaction() as session:
        return await _stopping(session, stop, of_mails, parts.clock)


@router.post(
    "/unsubscribe", dependencies=HELD, response_model=Stopping, summary="Stop the mails that this link is about"
)
async def unsubscribe(held: Held, of_mails: OfMails, people: People, writing: Writing, parts: Using) -> Response:
    """One click (RFC 8058). Needs no Idempotency-Key: what is off stays off."""
    stop, at = of_mails.stop(held.token), parts.clock.system()
    await _look_for(stop.person_id, people, parts)

    async def write(session: AsyncSession) -> Answer:
        for category in stopped(stop.stops):
            await commands.turn_off(session, stop.person_id, category, at)
        stopping = await _stopping(session, stop, of_mails, parts.clock)
        return Answer(200, stopping.model_dump_json(), PRIVATE)

    return await writing.run(write)


@router.post(
    "/unsubscribe/undo", dependencies=HELD, response_model=Stopping, summary="Get these mails again, by the same link"
)
async def subscribe_again(held: Held, of_mails: OfMails, writing: Writing, parts: Using) -> Response:
    """From the next one on. Needs no Idempotency-Key: what is on stays on."""
    stop = of_mails.stop(held.token)

    async def write(session: AsyncSession) -> Answer:
        for category in stopped(stop.stops):
            await commands.turn_on(session, stop.person_id, category)
        stopping = await _stopping(session, stop, of_mails, parts.clock)
        return Answer(200, stopping.model_dump_json(), PRIVATE)

    return await writing.run(write)


async def _stopping(session: AsyncSession, stop: Stop, of_mails: Links, clock: Clock) -> Stopping:
    since = await queries.off_since(session, stop.person_id, stopped(stop.stops))
    token = of_mails.preferences_token(stop.person_id, clock.system())
    return Stopping(category=stop.stops, off_since=since, preferences=token)


@router.post("/preferences/check", dependencies=HELD, summary="What has the person of this link chosen")
async def check_preferences(
    held: Held, response: Response, of_mails: OfMails, people: People, parts: Using
) -> Preferences:
    """For the page that the link leads to. Changes nothing, however often it is asked."""
    response.headers.update(PRIVATE)
    return await _shown(of_mails.whose(held.token), people, parts)


@router.post("/preferences", dependencies=HELD, response_model=Preferences, summary="Choose, by a link from a mail")
async def choose(held: HeldChoice, of_mails: OfMails, people: People, writing: Writing, parts: Using) -> Response:
    """For the person of the link, and nobody else. Needs no Idempotency-Key: the same choice again changes nothing."""
    return await _choose(of_mails.whose(held.token), held, people, writing, parts)


@router.get("/me/mail-preferences", summary="Which mails do I get, and when")
async def read_own(actor: SignedIn, response: Response, people: People, parts: Using) -> Preferences:
    """What you have not chosen is as for everybody: all kinds, each at once, at any hour."""
    response.headers.update(PRIVATE)
    return await _shown(actor.person, people, parts)


@router.put("/me/mail-preferences", response_model=Preferences, summary="Choose which mails I get, and when")
async def choose_own(choice: Choice, actor: SignedIn, people: People, writing: Writing, parts: Using) -> Response:
    """All of it at once; without If-Match, for nobody else writes here. What is about you as a member always comes."""
    return await _choose(actor.person, choice, people, writing, parts)


async def _shown(person_id: str, people: Recipients, parts: Using) -> Preferences:
    async with parts.database.transaction() as session:
        off, chosen = await queries.off(session, person_id), await queries.choices(session, person_id)
    try:
        spoken = await people.spoken(person_id)
    except Unavailable:  # what is kept here can be chosen all the same
        spoken = None
    return Preferences.of(off, chosen, spoken)


async def _choose(person_id: str, choice: Choice, people: Recipients, writing: Writing, parts: Using) -> Response:
    chosen = choice.choices()
    await _look_for(person_id, people, parts)

    async def write(session: AsyncSession) -> Answer:
        await commands.choose(session, person_id, choice.off, chosen, parts.clock.moment())
        return Answer(200, "")

    await writing.run(write)
    shown = await _shown(person_id, people, parts)
    return Answer(200, shown.model_dump_json(), PRIVATE).response()


async def _look_for(person_id: str, people: Recipients, parts: Using) -> None:
    """Who was erased may be here again, under the same id: then what they choose is kept again. Raises Unavailable."""
    async with parts.database.transaction() as session:
        erased = await queries.erased(session, person_id)
    if erased and await people.spoken(person_id):
        async with parts.database.transaction() as session:
            await commands.come_back(session, person_id)
