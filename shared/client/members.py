"""Who acts for an entity: handing over, inviting, accepting."""

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.entities import Membership
from shared.client.models.members import (
    Acceptance,
    Handover,
    Invitation,
    InvitationListed,
    InvitationShown,
    InvitationToken,
    NewHandover,
    NewInvitation,
)
from shared.client.room import Id, Room
from shared.client.sending import at


class Members(Room):
    """For focal points of their own entity, and Network staff; an invitation is for whoever holds its link."""

    async def hand_over(self, entity_id: str, wish: NewHandover, *, key: str | None = None) -> Handover:
        """The caller's place as focal point, or with `membership_id` another's."""
        return await self._to.post(at("entities", entity_id, "handover"), Handover, wish, key=key)

    async def handovers(self, entity_id: str) -> Page[Handover]:
        """Those that are planned, on one page."""
        return await self._to.get(at("entities", entity_id, "handovers"), Page[Handover])

    async def withdraw_handover(self, entity_id: str, handover_id: Id, *, key: str | None = None) -> Handover:
        """Until it has happened: by who planned it, or staff."""
        return await self._to.post(at("entities", entity_id, "handovers", handover_id, "withdraw"), Handover, key=key)

    async def invite(self, entity_id: str, new: NewInvitation, *, key: str | None = None) -> Invitation:
        return await self._to.post(at("entities", entity_id, "invitations"), Invitation, new, key=key)

    def invitations(
        self, entity_id: str, *, state: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[InvitationListed], InvitationListed]:
        """The newest first; addresses of those that are open. `state`: "open", or None for all."""
        path = at("entities", entity_id, "invitations")
        return self._to.pages(path, Page[InvitationListed], state=state, limit=limit, cursor=cursor)

    async def resend_invitation(self, entity_id: str, invitation_id: Id, *, key: str | None = None) -> Invitation:
        """With a new link; the older one is void."""
        path = at("entities", entity_id, "invitations", invitation_id, "resend")
        return await self._to.post(path, Invitation, key=key)

    async def revoke_invitation(self, entity_id: str, invitation_id: Id, *, key: str | None = None) -> Invitation:
        path = at("entities", entity_id, "invitations", invitation_id, "revoke")
        return await self._to.post(path, Invitation, key=key)

    async def check_invitation(self, token: str) -> InvitationShown:
        """What the link would do; changes nothing. Raises Refused for what is no link of ours, or no longer kept."""
        return await self._to.post(at("invitations", "check"), InvitationShown, InvitationToken(token=token))

    async def accept_invitation(self, token: str, *, name: str | None = None, key: str | None = None) -> Membership:
        """Once: raises Conflict when it was used, Refused when it is over."""
        said = Acceptance(token=token, name=name)
        return await self._to.post(at("invitations", "accept"), Membership, said, key=key)
