"""What an invitation's link opens. Whoever signs in accepts it, once; opening it changes nothing."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.portal.access import Public, SignedIn
from services.portal.csrf import Form
from services.portal.page import done, page, secret
from shared.client import Client, Conflict, Missing, Refused
from shared.client.models.members import InvitationShown

router = APIRouter(prefix="/invitations")


@router.get("/{token}")
async def look(token: str, request: Request, client: Public) -> Response:
    shown = await _shown(client, token)
    status = 404 if shown is None else 200 if shown.state in {"open", "used"} else 410
    return secret(page(request, "invitation.html", status, shown=shown, refused=""))


@router.post("/{token}")
async def accept(token: str, request: Request, person: SignedIn, _: Form) -> Response:
    """On to one's pledges, or back to the page, which says why nothing was done."""
    shown = await _shown(person.client, token)
    if shown is None or shown.state != "open":
        return secret(RedirectResponse(request.url.path, 303))
    try:
        await person.client.pledges.accept_invitation(token, name=person.session.name or None)
    except (Conflict, Refused) as refusal:
        return secret(page(request, "invitation.html", 409, shown=shown, refused=str(refusal)))
    return secret(done("/my/pledges", "invitation-accepted"))


async def _shown(client: Client, token: str) -> InvitationShown | None:
    """None for what is no invitation of ours, or no longer kept."""
    try:
        return await client.pledges.check_invitation(token)
    except (Refused, Missing):
        return None
