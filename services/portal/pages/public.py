"""What anybody may read: the first page, pledges, one pledge, its history."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.portal.access import Public
from services.portal.due import following
from services.portal.language import Language
from services.portal.named import added_cycles, names
from services.portal.page import language_of, page, with_query
from services.portal.parts import Using
from services.portal.phrases import Words
from shared.client import Client, Refused
from shared.client.models.entities import Entity
from shared.client.models.search import Count, Facets
from shared.reference import catalogue

router = APIRouter()

ON_A_PAGE = 20
NEWEST = 5
CHOICES = 10  # entities that a typed name may mean
LISTS: dict[str, Collection[str]] = {
    "objective": catalogue.OBJECTIVES,
    "kind": catalogue.PLEDGE_KINDS,
    "form": catalogue.FORMS,
    "cycle": catalogue.CYCLES,
    "state": ("published", "closed"),
    "status": (*catalogue.STATUSES, "none"),
}
MOST_TEXT = 200  # characters that are sought


@router.get("/")
async def home(request: Request, client: Public, parts: Using) -> Response:
    """What this is, the next milestone with its figures, and the newest pledges."""
    cycles, newest = await asyncio.gather(client.pledges.reviews(), _newest(client))
    milestones = (milestone for cycle in cycles.items for milestone in cycle.milestones)
    ahead = following(milestones, parts.clock.business().date())
    review = await client.pledges.review_pledges(ahead.code, limit=1) if ahead else None
    return page(request, "home.html", review=review, newest=newest)


@router.get("/pledges")
async def pledges(request: Request, client: Public) -> Response:
    """With filters in the address; an entity may be typed by name."""
    asked, language = request.query_params, language_of(request)
    wanted: dict[str, Any] = {name: asked[name] for name, codes in LISTS.items() if asked.get(name) in codes}
    cycles = await added_cycles(client, language, [asked.get("cycle")])
    if asked.get("cycle") in cycles:
        wanted["cycle"] = asked["cycle"]
    if text := asked.get("text", "").strip():
        wanted["text"] = text[:MOST_TEXT]
    if typed := asked.get("who", "").strip():
        found = (await client.pledges.entities(q=typed[:100], limit=CHOICES)).items
        if len(found) == 1:
            return RedirectResponse(with_query("/pledges", {**wanted, "entity": found[0].entity_id}), 303)
        return page(request, "pledges.html", typed=typed, choices=found, **_shown(request, wanted))
    entity = await _entity(client, asked.get("entity"))
    within = wanted | {"entity": asked.get("entity") or None}
    try:
        listed, counted = await asyncio.gather(
            client.pledges.list(**within, limit=ON_A_PAGE, cursor=asked.get("cursor")),
            client.pledges.facets(**within, of=list(LISTS)),
        )
    except Refused:  # a cursor of other filters, or from long ago
        return RedirectResponse(with_query("/pledges", wanted, entity=asked.get("entity")), 303)
    cycles = cycles or await added_cycles(client, language, [one.code for one in counted.facets.get("cycle", [])])
    shown = _shown(request, wanted, entity, counted, cycles)
    return page(request, "pledges.html", listed=listed, counted=counted, **shown)


async def _newest(client: Client) -> list[object]:
    return list((await client.pledges.list(limit=NEWEST)).items)


async def _entity(client: Client, entity_id: str | None) -> Entity | None:
    return await client.pledges.entity(entity_id) if entity_id else None


def _shown(
    request: Request,
    wanted: dict[str, Any],
    entity: Entity | None = None,
    counted: Facets | None = None,
    cycles: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What the form of the filters needs: its choices as pairs of code and words, with how many pledges they leave.

    `cycles` are the names of those that staff added, by code.
    """
    language = language_of(request)
    lists = {name: [(code, language.label(code)) for code in codes] for name, codes in LISTS.items()}
    lists["state"] = [(code, language.word("state", code)) for code in LISTS["state"]]
    lists["status"][-1] = ("none", language.gettext("No report yet"))
    if counted:
        added = [one.code for one in counted.facets.get("cycle", []) if one.code not in LISTS["cycle"]]
        lists["cycle"] += [(code, (cycles or {}).get(code, code)) for code in added]
        lists = {name: _counted(language, lists[name], counted.facets.get(name, [])) for name in lists}
    query = wanted | ({"entity": entity.entity_id} if entity else {})
    return {"wanted": wanted, "entity": entity, "query": query, "lists": lists}


def _counted(language: Language, choices: list[tuple[str, str]], counts: list[Count]) -> list[tuple[str, str]]:
    found = {one.code: one.count for one in counts}
    return [(code, f"{words} ({language.number(found.get(code, 0))})") for code, words in choices]


@router.get("/pledges/{pledge_id}")
async def pledge(request: Request, pledge_id: UUID, client: Public, version: int | None = None) -> Response:
    """As it is, with its reports; or with ?version=1 as it was published then."""
    shown: dict[str, Any]
    language = language_of(request)
    if version is not None:
        now, then = await asyncio.gather(client.pledges.get(pledge_id), client.pledges.version(pledge_id, version))
        then_with, cycles = await asyncio.gather(
            names(client, then.partner_entities), added_cycles(client, language, [then.review_cycle])
        )
        shown = {"newest_version": now.version, "partners": then_with, "words": Words(language)}
        return page(request, "pledge.html", pledge=then, old=True, cycles=cycles, **shown)
    cursor = request.query_params.get("reports")
    found, reports = await asyncio.gather(
        client.pledges.get(pledge_id), client.pledges.updates(pledge_id, limit=ON_A_PAGE, cursor=cursor)
    )
    cycles = await added_cycles(client, language, [found.review_cycle])
    shown = {"reports": reports, "reports_from": cursor, "newest_version": found.version, "cycles": cycles}
    return page(request, "pledge.html", pledge=found, old=False, words=Words(language), **shown)


@router.get("/pledges/{pledge_id}/history")
async def history(request: Request, pledge_id: UUID, client: Public) -> Response:
    """What happened to it in public: by role, never by person."""
    cursor = request.query_params.get("cursor")
    found, steps = await asyncio.gather(
        client.pledges.get(pledge_id), client.pledges.history(pledge_id, limit=ON_A_PAGE, cursor=cursor)
    )
    return page(request, "history.html", pledge=found, steps=steps)
