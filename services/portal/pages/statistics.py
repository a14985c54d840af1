"""Statistics: what is pledged for and where the gaps are, and pledges by any one or two dimensions."""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Public
from services.portal.language import Language
from services.portal.page import language_of, page
from services.portal.phrases import Words
from services.portal.words import WORDS
from shared.client import Client
from shared.client.models.statistics import Axis, Statistics, Value

router = APIRouter()

BY, AND = "objective", "status"  # what is shown to who has chosen nothing
# single-valued or with few codes: a page for reading, not for downloading
COLUMNS = ("status", "state", "form", "level", "kind", "round_table", "entity_kind", "cycle", "year", "language")


@router.get("/statistics")
async def statistics(request: Request, client: Public) -> Response:
    """Coverage, and the table that ?by=…&and=… asks for."""
    asked = request.query_params
    by = asked.get("by") if asked.get("by") in WORDS["dimension"] else BY
    columns = asked.get("and", AND if "by" not in asked else "")
    columns = columns if columns in COLUMNS and columns != by else ""
    coverage, table = await asyncio.gather(client.pledges.coverage(), _table(client, str(by), columns))
    language = language_of(request)
    shown: dict[str, Any] = {"by": by, "across": columns, "choices": COLUMNS, "rows": _named(language, table.rows)}
    shown |= {
        "words": Words(language),
        "columns": _named(language, table.columns) if table.columns else [],
        "cells": cells(table),
    }
    return page(request, "statistics.html", coverage=coverage, table=table, **shown)


async def _table(client: Client, by: str, columns: str) -> Statistics:
    return await client.pledges.statistics(by, columns or None)


def cells(table: Statistics) -> dict[tuple[str, str], int]:
    return {(cell.row, cell.column): cell.pledges for cell in table.cells}


def _named(language: Language, axis: Axis) -> list[Value]:
    """Its codes with what people read in place of them: in their language where it has words, otherwise in English."""
    return [value.model_copy(update={"name": name(language, axis.dimension, value)}) for value in axis.values]


def name(language: Language, dimension: str, value: Value) -> str:
    """What people read in place of a code of a dimension."""
    _, code = language.gettext, value.code
    if code == "none":
        return _("No report yet") if dimension == "status" else _("None named")
    special: dict[str, Callable[[], str]] = {
        "entity": lambda: value.name,
        "round_table": lambda: _("Round table {number}").format(number=code),
        "language": lambda: str(language.locale.languages.get(code, code)),
        "level": lambda: language.word("level", code),
        "state": lambda: language.word("state" if code == "published" else "reason", code),
        "review": lambda: _voice(language, *code.split(".")),
    }
    if dimension in special:
        return special[dimension]()
    label = language.label(code)
    return value.name if label == code else label


def _voice(language: Language, cycle: str, voice: str) -> str:
    return f"{language.label(cycle)}: {language.word('voice', voice)}"
