"""The pages for people: server-rendered, in need of no script, from the services' public APIs alone."""

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from services.portal import failures, security, signin
from services.portal.access import public, require_rules
from services.portal.page import STATIC
from services.portal.pages import (
    addresses,
    autosave,
    board,
    calendars,
    campaigns,
    cases,
    closing,
    demand,
    desk,
    desk_request,
    draft,
    evidence,
    files,
    handing_over,
    importing,
    imports,
    invitations,
    inviting,
    joining,
    links,
    live,
    mails,
    matching,
    member,
    members,
    merging,
    milestones,
    mine,
    moving,
    offers,
    own_queues,
    partners,
    pauses,
    preferences,
    presenting,
    profile,
    proxies,
    rehearsals,
    reporting,
    reviews,
    statistics,
    subscribing,
    support,
    support_life,
    support_reports,
    talking,
    unsubscribing,
)
from services.portal.pages import public as public_pages
from services.portal.parts import Parts, Using
from shared.web.limits import Limits

PAGES = (
    public_pages,
    reviews,
    statistics,
    subscribing,
    demand,
    invitations,
    joining,
    links,
    mine,
    members,
    member,
    inviting,
    handing_over,
    draft,
    autosave,
    files,
    importing,
    imports,
    partners,
    proxies,
    reporting,
    closing,
    support,
    support_life,
    offers,
    talking,
    presenting,
    board,
    cases,
    live,
    own_queues,
    profile,
    support_reports,
    desk,
    desk_request,
    matching,
    evidence,
    merging,
    milestones,
    moving,
    calendars,
    mails,
    rehearsals,
    pauses,
    campaigns,
    unsubscribing,
    preferences,
    addresses,
)
LARGER = files.LARGER | reporting.LARGER | importing.LARGER | support_life.LARGER


class _Files(StaticFiles):
    """Their addresses change with their content (page.static)."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code == 200 and scope.get("query_string"):
            answer.headers["Cache-Control"] = f"public, max-age={security.YEAR}, immutable"
        return answer


def create_app(parts: Parts) -> FastAPI:
    """Raises RuntimeError when a route has no rule, or takes forms from elsewhere (access.require_rules)."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.parts = parts
    failures.install(app)
    app.add_middleware(Limits, answer=failures.of, headers=security.headers(parts.settings), larger=LARGER)
    app.add_middleware(security.Answers)
    app.mount("/static", _Files(directory=STATIC))
    for router in (_health, signin.router, *(one.router for one in PAGES)):
        app.include_router(router)
    require_rules(app)
    return app


_health = APIRouter(dependencies=[Depends(public)])


@_health.get("/livez")
async def livez() -> dict[str, str]:
    return {"status": "ok"}


@_health.get("/readyz")
async def readyz(parts: Using) -> JSONResponse:
    """Without the services it still answers, with pages that say so."""
    if problems := await parts.health.problems():
        return JSONResponse({"status": "not ready", "problems": problems}, 503)
    return JSONResponse({"status": "ok"})
