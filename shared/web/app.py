"""The HTTP application that every service has: errors, limits, health, rules, OpenAPI 3.1."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from shared.clock import Clock
from shared.db import Database
from shared.process import Health
from shared.settings import ServiceSettings
from shared.web import openapi, outage, problem
from shared.web.auth import ANYONE, KeySet, Tokens, require_rules
from shared.web.limits import Larger, Limits
from shared.web.writing import Writer


@dataclass(frozen=True)
class Parts:
    """What an application runs on; tests bring their own."""

    database: Database
    clock: Clock
    nudge: Callable[[], None]
    health: Health
    http: httpx.AsyncClient
    tokens: Tokens
    stop: asyncio.Event = field(default_factory=asyncio.Event)  # set when the process is to end: answers without end do


def tokens(settings: ServiceSettings, http: httpx.AsyncClient) -> Tokens:
    return Tokens({settings.oidc_issuer: KeySet(settings.jwks_url, http)}, settings.oidc_audience)


def create(
    title: str,
    says: str,
    parts: Parts | None,
    routers: Sequence[APIRouter],
    larger: Larger | None = None,
    **state: Any,
) -> FastAPI:
    """An application whose every route names a rule; raises RuntimeError otherwise. `larger`: routes that take files.

    Without parts it serves no request, but knows its routes: for contracts.
    """
    app = FastAPI(
        title=title,
        description=says,
        version="1",
        responses=problem.RESPONSES,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would repeat whatever host the request names
        separate_input_output_schemas=False,
    )
    if parts is not None:
        state |= {"parts": parts, "tokens": parts.tokens, "writer": Writer(parts.database, parts.clock, parts.nudge)}
    for name, value in state.items():
        setattr(app.state, name, value)
    problem.install(app)
    outage.install(app)
    app.add_middleware(Limits, larger=larger)
    app.include_router(_health)
    for router in routers:
        app.include_router(router)
    require_rules(app)
    openapi.complete(app)
    return app


_health = APIRouter(tags=["health"], dependencies=[Depends(ANYONE)])


@_health.get("/livez", summary="Is the process alive")
async def livez() -> dict[str, str]:
    return {"status": "ok"}


@_health.get("/readyz", summary="Can it serve requests now")
async def readyz(request: Request) -> JSONResponse:
    health: Health = request.app.state.parts.health
    if problems := await health.problems():
        return JSONResponse({"status": "not ready", "problems": problems}, 503)
    return JSONResponse({"status": "ok"})


async def parts(request: Request) -> Parts:
    found: Parts = request.app.state.parts
    return found


Using = Annotated[Parts, Depends(parts)]
