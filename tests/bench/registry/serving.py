"""`python -m tests.bench.registry.serving api`: the pledges service with one route more, the floor: SELECT 1.

It goes the way of every request: the same process, application, checks and transaction.
"""

from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import text

from services.pledges.__main__ import PROGRAM, app
from services.pledges.settings import Settings
from shared.web.app import Parts, Using
from shared.web.auth import ANYONE

FLOOR = "/select-1"
_SELECT_1 = text("select 1")
router = APIRouter(dependencies=[Depends(ANYONE)])


@router.get(FLOOR)
async def select_1(parts: Using) -> dict[str, int]:
    async with parts.database.transaction() as session:
        return {"found": (await session.execute(_SELECT_1)).scalar_one()}


def with_floor(settings: Settings) -> Callable[[Parts], FastAPI]:
    make = app(settings)

    def made(parts: Parts) -> FastAPI:
        service = make(parts)
        service.include_router(router)
        return service

    return made


if __name__ == "__main__":
    replace(PROGRAM, app=with_floor).main()
