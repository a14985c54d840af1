"""Pledges that one entity files in the name of another, which has to accept them before they are published."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.entities.authority import DELEGATE, FOCAL_POINT, Standing, find_standing, standing
from services.pledges.registry import lifecycle
from services.pledges.registry.lifecycle import Act, By
from services.pledges.registry.records import Present, Proxy
from services.pledges.registry.schemas import ProxyAnswer
from shared.errors import Conflict, FieldProblem, Invalid
from shared.web.auth import Actor

Filed = tuple[Standing, Proxy | None]  # for whom, and who files it in their name


def says(act: Act, by: By, answer: ProxyAnswer) -> ProxyAnswer:
    """What the entity says, after the act, of a pledge that was filed in its name.

    It has accepted a text: when the proxy changes that, it is asked again. What it submits itself, it has accepted.
    Raises Conflict for what would be published unaccepted.
    """
    match act, by:
        case ("accept", _) | ("submit", "entity"):
            return "accepted"
        case "refuse", _:
            return "refused"
        case "save", "proxy":
            return "asked"
        case "submit", _:
            return "asked" if answer == "refused" else answer
        case "publish", _ if answer != "accepted":
            said = "has refused it" if answer == "refused" else "has not accepted it yet"
            raise Conflict(f"It was filed in the name of its entity, which {said}; nobody can publish it before.")
    return answer


def after(act: Act, by: By, found: Present) -> Present:
    """The pledge with what its entity says after the act. Raises Conflict."""
    if found.proxy is None:
        if act in {"accept", "refuse"}:
            raise Conflict("Its own entity filed it, so there is nothing to accept or refuse.")
        return found
    return replace(found, proxy=replace(found.proxy, answer=says(act, by, found.proxy.answer)))


async def sides(session: AsyncSession, actor: Actor, found: Present, now: datetime) -> tuple[Standing, Standing | None]:
    """What the caller may do for the pledge's entity, and for its proxy. Raises NotFound to who may not read it."""
    who = await standing(session, actor, found.entity_id, now)
    filer = await standing(session, actor, found.proxy.entity_id, now) if found.proxy else None
    if filer is None or not filer.roles:
        who.require_read()
    return who, filer


async def acting(session: AsyncSession, actor: Actor, found: Present, act: Act, now: datetime) -> tuple[Standing, By]:
    """What the caller may do for its entity, and in which capacity they do this act. Raises NotFound, Forbidden."""
    who, filer = await sides(session, actor, found, now)
    for_proxy = filer is not None and filer.may_write
    return who, lifecycle.acting(act, for_entity=who.may_write, for_proxy=for_proxy, is_staff=who.is_staff)


def role(who: Standing, by: By) -> str:
    """What is kept of who acted: in which role of theirs."""
    if by != "entity":
        return by
    return FOCAL_POINT if FOCAL_POINT in who.roles else DELEGATE


async def filing(
    session: AsyncSession, actor: Actor, entity_id: str, proxy_entity_id: str | None, now: datetime
) -> Filed:
    """For whom a new pledge is, and who files it in their name. Raises Invalid, Forbidden."""
    who = await standing(session, actor, entity_id, now)
    if proxy_entity_id is None:
        who.require_writer()
        return who, None
    filer = await find_standing(session, actor, proxy_entity_id, now)
    if filer is None or proxy_entity_id == entity_id:
        problem = "names no entity" if filer is None else "is the pledge's own entity"
        fault = FieldProblem("proxy_entity_id", problem, "name the entity that you act for, or leave it out")
        raise Invalid("It cannot be filed like this; nothing was saved.", [fault])
    filer.require_writer()
    return who, Proxy(filer.entity.entity_id, "asked")
