"""notifications' interface with one more route, for comparison: `python -m tests.bench.notifications.select_one`.

`GET /select-one` goes the way of every request of the staff, and asks the database for `select 1`.
"""

from functools import partial
from typing import Annotated

import uvloop
from fastapi import APIRouter, Depends, FastAPI, Response
from sqlalchemy import text

from services.notifications.__main__ import app
from services.notifications.settings import Settings
from shared import telemetry
from shared.db import Database
from shared.process import Health, run
from shared.web.app import Parts, Using
from shared.web.auth import STAFF, Actor
from shared.web.serve import api

router = APIRouter()
_ONE = text("select 1")


@router.get("/select-one")
async def select_one(parts: Using, _: Annotated[Actor, Depends(STAFF)]) -> Response:
    async with parts.database.transaction() as session:
        return Response(f'{{"one": {await session.scalar(_ONE)}}}', media_type="application/json")


def _with_one(settings: Settings, parts: Parts) -> FastAPI:
    made = app(settings)(parts)
    made.include_router(router)
    return made


async def main() -> None:
    settings, health = Settings(), Health()
    database = Database(settings.database_url, application="select-one", pool=settings.database_pool)
    await run({"api": api(settings, health, database, partial(_with_one, settings))}, health)


if __name__ == "__main__":
    telemetry.configure("select-one", ["api"], "ERROR")
    uvloop.run(main())
