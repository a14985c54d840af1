"""Unmet demand: where support was asked for and is not found yet. Everybody sees it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Public
from services.portal.fitting import place
from services.portal.language import Language
from services.portal.page import language_of, page
from shared.client.models.offers import DemandBy

router = APIRouter()

NONE = "none"


@router.get("/unmet-demand")
async def unmet_demand(request: Request, client: Public) -> Response:
    """A table of objectives by regions; each figure with its denominator."""
    found = await client.support.unmet_demand()
    language = language_of(request)
    given: dict[str, Any] = {
        "found": found,
        "cells": {(cell.objective, cell.region): cell for cell in found.cells},
        "objectives": [(one, _objective(language, one)) for one in found.objectives if one.requests],
        "quiet": [_objective(language, one) for one in found.objectives if not one.requests],
        "regions": [(one, _region(language, one)) for one in found.regions],
    }
    return page(request, "demand.html", **given)


def _objective(language: Language, one: DemandBy) -> str:
    return language.gettext("No objective named") if one.code == NONE else language.label(one.code)


def _region(language: Language, one: DemandBy) -> str:
    return language.gettext("Of no region") if one.code == NONE else place(language, one.code)
