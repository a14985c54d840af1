"""The pledges service's interface with one more route, for comparison: `python -m tests.bench.registry.select_one`.

`POST /select-one` goes the way of every request of somebody signed in, and asks the database for `select 1`; GET the
way of anybody's. With BENCH_WITHOUT_ROLLUPS set, what is published is not noted for the statistics.
"""

import os
from functools import partial
from typing import Annotated

import uvloop
from fastapi import APIRouter, Depends, FastAPI, Response
from sqlalchemy import text

from services.pledges.__main__ import app
from services.pledges.settings import Settings
from services.pledges.statistics import rollups
from shared import telemetry
from shared.db import Database
from shared.process import Health, run
from shared.web.app import Parts, Using
from shared.web.auth import ANYONE, SIGNED_IN, Actor
from shared.web.serve import api

FLOOR = "/select-one"
router = APIRouter()
_ONE = text("select 1")


@router.post(FLOOR)
async def select_one(parts: Using, _: Annotated[Actor, Depends(SIGNED_IN)]) -> Response:
    async with parts.database.transaction() as session:
        return Response(f'{{"one": {await session.scalar(_ONE)}}}', media_type="application/json")


@router.get(FLOOR, dependencies=[Depends(ANYONE)])
async def select_one_for_anybody(parts: Using) -> Response:
    async with parts.database.transaction() as session:
        return Response(f'{{"one": {await session.scalar(_ONE)}}}', media_type="application/json")


async def _nothing(*_: object) -> None: ...


def _with_one(settings: Settings, parts: Parts) -> FastAPI:
    made = app(settings)(parts)
    made.include_router(router)
    return made


async def main() -> None:
    settings, health = Settings(), Health()
    if os.environ.get("BENCH_WITHOUT_ROLLUPS"):
        rollups.follow = _nothing  # type: ignore[assignment] # a module's function
    database = Database(settings.database_url, application="select-one", pool=settings.database_pool)
    await run({"api": api(settings, health, database, partial(_with_one, settings))}, health)


if __name__ == "__main__":
    telemetry.configure("select-one", ["api"], "ERROR")
    uvloop.run(main())
