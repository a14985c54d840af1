"""What a reminder's link opens: one report on one pledge, without signing in. Opening it changes nothing."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.portal.access import Public
from services.portal.choices import Choices
from services.portal.csrf import Form
from services.portal.page import done, language_of, page, secret
from services.portal.phrases import Words
from services.portal.problems import faults
from services.portal.reporting import filled, reading, rearranged
from services.portal.typed import Typed
from shared.client import Client, Conflict, Missing, NotAllowed, Refused
from shared.client.models.pledges import Target
from shared.client.models.reports import LinkShown

router = APIRouter(prefix="/links")


@router.get("/{token}")
async def look(token: str, request: Request, client: Public) -> Response:
    """Mail scanners come here too: nothing is recorded, however often."""
    shown = await _shown(client, token)
    if shown is None:
        return _page(request, "link_unreadable.html", 404)
    if shown.state != "open":
        return _page(request, "link_over.html", 200 if shown.recorded else 410, shown)
    targets = (await client.pledges.get(shown.pledge_id)).targets
    return _open(request, shown, targets, filled(shown.last, targets))


@router.post("/{token}")
async def use(token: str, request: Request, client: Public, form: Form) -> Response:
    """On to the same address, which then says what was recorded, or why nothing was."""
    shown = await _shown(client, token)
    if shown is None or shown.state != "open":
        return _again(request)
    targets = (await client.pledges.get(shown.pledge_id)).targets
    typed = Typed.sent(form)
    again, read = rearranged(typed), reading(typed, shown.last, targets, language_of(request))
    if again or read.faults:
        return _open(request, shown, targets, again or read.values, {} if again else read.faults)
    try:
        await client.pledges.use_link(token, read.report)
    except (Conflict, NotAllowed):
        return _again(request)
    except Refused as refusal:
        if not refusal.errors:  # it has expired just now
            return _again(request)
        wrong = faults(refusal, read.place, Words(language_of(request)))
        return _open(request, shown, targets, read.values, wrong)
    return secret(done(request.url.path, "reported"))


async def _shown(client: Client, token: str) -> LinkShown | None:
    """None for what is no link of ours."""
    try:
        return await client.pledges.check_link(token)
    except (Refused, Missing):
        return None


def _open(
    request: Request,
    shown: LinkShown,
    targets: Sequence[Target],
    values: Typed,
    wrong: dict[str, str] | None = None,
) -> Response:
    language = language_of(request)
    given = {"values": values, "faults": wrong or {}, "words": Words(language), "choices": Choices(language)}
    # buttons for rows go to the page's own address, which is repeated nowhere
    return _page(request, "link.html", 422 if wrong else 200, shown, targets=targets, form_path="", **given)


def _again(request: Request) -> Response:
    return secret(RedirectResponse(request.url.path, 303))


def _page(request: Request, template: str, status: int, shown: LinkShown | None = None, **values: Any) -> Response:
    # who signs in from here goes on to where links are not needed
    path = f"/my/pledges/{shown.pledge_id}/report" if shown else "/my/pledges"
    return secret(page(request, template, status, shown=shown, path=path, **values))
