"""What a person works on: the pledges of all entities that they act for, and what is due."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Person, SignedIn
from services.portal.due import Due, due
from services.portal.page import language_of, page
from services.portal.parts import parts_of
from services.portal.phrases import Words
from shared.client.models.people import HeldMembership
from shared.client.models.pledges import WorkingCopy, WorkItem

router = APIRouter()

STATES = ("draft", "submitted", "changes_requested", "published", "closed")
WRITERS = {"focal_point", "delegate"}
MOST_ASKED = 100


@router.get("/my/pledges")
async def my_pledges(
    request: Request, person: SignedIn, state: str = "", entity: str = "", cursor: str = ""
) -> Response:
    state = state if state in STATES else ""
    pledges = person.client.pledges
    listed, asked, sent, held, due_of, awaited = await asyncio.gather(
        pledges.mine(state=state or None, entity=entity or None, cursor=cursor or None),
        pledges.mine(state="changes_requested", limit=MOST_ASKED),
        pledges.mine(state="submitted", limit=MOST_ASKED),
        memberships(person),
        _due(request, person),
        pledges.awaited(limit=MOST_ASKED),
    )
    return page(
        request,
        "my_pledges.html",
        words=Words(language_of(request)),
        pledges=[(item, due_of(item)) for item in listed.items],
        waiting=len(asked.items),
        awaited=awaited.items,
        filed=_filed(sent.items, held),
        entities=entities_of(held),
        may_write=any(one.role in WRITERS for one in held),
        filters={"state": state, "entity": entity},
        states=STATES,
        next=listed.next,
    )


def _filed(items: Sequence[WorkItem], held: list[HeldMembership]) -> list[WorkItem]:
    """Those that others filed in the name of an entity for which one writes, and that it has not answered."""
    ours = dict(writes_for(held))
    return [item for item in items if item.proxy and item.proxy.answer == "asked" and item.entity_id in ours]


async def _due(request: Request, person: Person) -> Any:
    """What says what is due for a pledge."""
    cycles = (await person.client.pledges.reviews()).items
    today = parts_of(request).clock.business().date()

    def of(item: WorkItem) -> Due | None:
        return due(item, cycles, today)

    return of


async def memberships(person: Person) -> list[HeldMembership]:
    """Those that are valid now."""
    return (await person.client.pledges.my_memberships()).memberships


def writes_for(held: list[HeldMembership]) -> list[tuple[str, str]]:
    """The entities for which one may write: code and name."""
    return entities_of([one for one in held if one.role in WRITERS])


def edits(copy: WorkingCopy, held: list[HeldMembership]) -> bool:
    """Whether one may change it: for its entity, or for the one that filed it in the entity's name."""
    parties = {copy.entity.entity_id} | ({copy.proxy.entity_id} if copy.proxy else set())
    return not parties.isdisjoint(dict(writes_for(held)))


def entities_of(held: list[HeldMembership]) -> list[tuple[str, str]]:
    """Code and name of each, once."""
    return list({one.entity_id: (one.entity_id, one.entity_name or one.entity_id) for one in held}.values())


def path_of(pledge_id: UUID) -> str:
    return f"/my/pledges/{pledge_id}"
