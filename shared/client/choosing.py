"""Which mails somebody gets, and when: chosen by a link from a mail, which is the proof, or signed in."""

from shared.client.models.notifications import Choice, Held, HeldChoice, Preferences, Stopping
from shared.client.room import Room
from shared.client.sending import at


class Choosing(Room):
    """Each method with a token raises Refused for what is no link of ours."""

    async def check_unsubscribing(self, token: str) -> Stopping:
        """What a link from a mail would stop; changes nothing."""
        return await self._to.post(at("unsubscribe", "check"), Stopping, Held(token=token))

    async def unsubscribe(self, token: str) -> Stopping:
        """Stops it."""
        return await self._to.post(at("unsubscribe"), Stopping, Held(token=token))

    async def subscribe_again(self, token: str) -> Stopping:
        """Undoes that, from the next mail on."""
        return await self._to.post(at("unsubscribe", "undo"), Stopping, Held(token=token))

    async def check_preferences(self, token: str) -> Preferences:
        """What the person of the link has chosen; changes nothing."""
        return await self._to.post(at("preferences", "check"), Preferences, Held(token=token))

    async def choose(self, held: HeldChoice) -> Preferences:
        """For the person of the link. Raises Refused with the fields at fault."""
        return await self._to.post(at("preferences"), Preferences, held)

    async def mail_preferences(self) -> Preferences:
        """The caller's own."""
        return await self._to.get(at("me", "mail-preferences"), Preferences)

    async def choose_mails(self, choice: Choice) -> Preferences:
        """For the caller. Raises Refused with the fields at fault."""
        return await self._to.put(at("me", "mail-preferences"), Preferences, choice, seen=None)
