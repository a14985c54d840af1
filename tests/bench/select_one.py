"""A service's interface with `select 1` beside it, for comparison: `python -m tests.bench.select_one SERVICE`.

Each of its routes goes the way of a request, and asks the database for `select 1`: GET FLOOR as anybody, POST FLOOR as
somebody who is signed in, GET FLOOR_OF_STAFF as one of the staff.
"""

import sys
from importlib import import_module

import uvloop
from fastapi import APIRouter, Depends, FastAPI, Response
from sqlalchemy import text

from shared import telemetry
from shared.db import Database
from shared.process import Health, run
from shared.program import Program
from shared.web.app import Parts, Using
from shared.web.auth import ANYONE, SIGNED_IN, STAFF
from shared.web.serve import api

FLOOR, FLOOR_OF_STAFF = "/select-one", "/select-one/of-staff"
router = APIRouter()
_ONE = text("select 1")


@router.get(FLOOR, dependencies=[Depends(ANYONE)])
@router.post(FLOOR, dependencies=[Depends(SIGNED_IN)])
@router.get(FLOOR_OF_STAFF, dependencies=[Depends(STAFF)])
async def select_one(parts: Using) -> Response:
    async with parts.database.transaction() as session:
        return Response(f'{{"one": {await session.scalar(_ONE)}}}', media_type="application/json")


async def _serve(program: Program) -> None:
    settings, health = program.settings(), Health()
    database = Database(settings.database_url, application="select-one", pool=settings.database_pool)

    def with_one(parts: Parts) -> FastAPI:
        made = program.app(settings)(parts)
        made.include_router(router)
        return made

    await run({"api": api(settings, health, database, with_one)}, health)


def main(service: str) -> None:
    telemetry.configure("select-one", ["api"], "ERROR")
    uvloop.run(_serve(import_module(f"services.{service}.__main__").PROGRAM))


if __name__ == "__main__":
    main(sys.argv[1])
