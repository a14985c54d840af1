"""Entities, memberships and people."""

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.entities import Entity, EntityFields, Member, Membership, NewEntity, NewMembership
from shared.client.models.people import (
    Contact,
    ErasureOut,
    Me,
    Memberships,
    Names,
    NewPerson,
    Person,
    PersonFields,
    Registered,
    Whose,
)
from shared.client.room import Id, Room
from shared.client.sending import at


class Directory(Room):
    """Who may pledge, who acts for them, and how people are reached."""

    def entities(
        self,
        *,
        kind: str | None = None,
        q: str | None = None,
        group: str | None = None,
        on: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Listing[Page[Entity], Entity]:
        """By name; `q` finds words of any name or alias, `group` those in it on the day `on`, else today."""
        query = {"kind": kind, "q": q, "group": group, "on": on}
        return self._to.pages(at("entities"), Page[Entity], **query, limit=limit, cursor=cursor)

    async def entity(self, entity_id: str) -> Entity:
        return await self._to.get(at("entities", entity_id), Entity)

    async def add_entity(self, new: NewEntity, *, key: str | None = None) -> Entity:
        return await self._to.post(at("entities"), Entity, new, key=key)

    async def change_entity(self, entity_id: str, fields: EntityFields, *, seen: str) -> Entity:
        return await self._to.put(at("entities", entity_id), Entity, fields, seen=seen)

    def members(
        self, entity_id: str, *, ended: bool = False, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Member], Member]:
        """Who acts for an entity; with `ended` also those who no longer do, or not yet."""
        path = at("entities", entity_id, "memberships")
        return self._to.pages(path, Page[Member], ended=ended, limit=limit, cursor=cursor)

    async def give_membership(self, entity_id: str, new: NewMembership, *, key: str | None = None) -> Membership:
        return await self._to.post(at("entities", entity_id, "memberships"), Membership, new, key=key)

    async def end_membership(self, entity_id: str, membership_id: Id, *, key: str | None = None) -> Membership:
        return await self._to.post(at("entities", entity_id, "memberships", membership_id, "end"), Membership, key=key)

    async def me(self) -> Me:
        """Who the token says that the caller is, and what is known of them. Its ETag is that of their contact."""
        return await self._to.get(at("me"), Me)

    async def my_memberships(self) -> Memberships:
        return await self._to.get(at("me", "memberships"), Memberships)

    async def change_contact(self, contact: Contact, *, seen: str) -> Contact:
        """The caller's own."""
        return await self._to.put(at("me", "contact"), Contact, contact, seen=seen)

    async def register_person(self, new: NewPerson, *, key: str | None = None) -> Registered:
        return await self._to.post(at("people"), Registered, new, key=key)

    async def person_names(self, whose: Whose) -> Names:
        """For staff, of at most 200 people. To be shown, not kept."""
        return await self._to.post(at("people", "names"), Names, whose)

    async def person(self, person_id: str) -> Person:
        return await self._to.get(at("people", person_id), Person)

    async def change_person(self, person_id: str, fields: PersonFields, *, seen: str) -> Registered:
        return await self._to.put(at("people", person_id), Registered, fields, seen=seen)

    async def erase_person(self, person_id: str) -> ErasureOut:
        """For administrators; all services follow, see `erasure`."""
        return await self._to.delete(at("people", person_id), ErasureOut)

    async def erase_me(self) -> ErasureOut:
        return await self._to.delete(at("me"), ErasureOut)

    async def erasure(self, person_id: str) -> ErasureOut:
        """For administrators: which services have erased what they had."""
        return await self._to.get(at("people", person_id, "erasure"), ErasureOut)
