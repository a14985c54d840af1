"""Action links: what whoever got one by mail may do, without signing in."""

from shared.client.models.reports import LinkShown, LinkToken, LinkUse, Report, Update
from shared.client.room import Room
from shared.client.sending import at


class Links(Room):
    """A token stands for a person and a pledge, so no other is needed."""

    async def check_link(self, token: str) -> LinkShown:
        """What it would record, or has recorded; changes nothing. Raises Refused for what is no link of ours."""
        return await self._to.post(at("links", "check"), LinkShown, LinkToken(token=token))

    async def use_link(self, token: str, said: Report) -> Update:
        """Once: raises Conflict when it was used, NotAllowed when its person may no longer report."""
        return await self._to.post(at("links", "use"), Update, LinkUse(token=token, report=said))
