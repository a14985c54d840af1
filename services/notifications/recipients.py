"""People, asked of the pledges service: who is to be written to, and at the moment of sending, where.

Nothing of what it answers is stored but person ids and the moment that follows from a time zone.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from services.notifications.preferences.timing import AS_EVERYBODY, Choices
from shared.asking import Asking, ServiceToken
from shared.errors import Unavailable

MOST_ENTITIES = 200  # in one search
MOST_LINKS = 1000  # for one mail; pledges beyond are listed without
FOCAL_POINT = "focal_point"
_OF_PLEDGES = {"time_zone", "pledge_title", "pledge_entity", "filed_by", "links"}
_CODE = re.compile("[a-z_]{1,40}")  # reasons are stored, so nothing else may be in them

M = TypeVar("M", bound=BaseModel)


class Person(BaseModel):
    """Somebody with a contact address. `time_zone` is an IANA name."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    time_zone: str = "UTC"


class Found(BaseModel):
    """Focal points by entity id, and the staff on duty."""

    entities: dict[str, list[Person]] = {}
    desk: list[Person] = []


@dataclass(frozen=True)
class Contact:
    """Where to write to one person now, and what they may read of the pledge. Never stored, never logged."""

    address: str = field(repr=False)
    name: str = field(repr=False)
    language: str
    entity_name: str
    pledge_title: str | None = field(repr=False)
    pledge_entity: str | None = None  # the names of whose pledge it is, and of who filed it in their name
    filed_by: str | None = None
    links: Mapping[UUID, str] = field(default_factory=dict, repr=False)  # tokens of action links, by pledge
    membership: "Membership | None" = field(default=None, repr=False)  # of a mail about one
    person_id: str = ""  # "": nobody who is known here, but an address
    time_zone: str = "UTC"
    preferences_url: str = field(default="", repr=False)  # of pages that are this person's; "": there are none
    unsubscribe_url: str = field(default="", repr=False)
    choices: Choices = AS_EVERYBODY  # when this person wants mail


@dataclass(frozen=True)
class Membership:
    """What a mail about a membership tells. `on`: the handover, or until when the invitation is good."""

    on: datetime
    other: str = field(default="", repr=False)  # the name of the other of the two of a handover
    role: str = ""
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Unreachable:
    """Not to be written to: no membership any more, or no address."""

    reason: str


class Recipients:
    """Client of the pledges service. All methods raise Unavailable while it cannot answer."""

    def __init__(self, http: httpx.AsyncClient, pledges_url: str, token: ServiceToken) -> None:
        self._post = Asking("pledges", pledges_url, http, token).post

    async def search(self, entity_ids: Collection[str], *, role: str = FOCAL_POINT, desk: bool = False) -> Found:
        """Focal points (or those of another role) of these entities and, with `desk`, staff on duty.

        Only people with an address.
        """
        found = Found()
        for number, ids in enumerate(_slices(sorted(set(entity_ids)))):
            body = {"entity_ids": ids, "roles": [role], "desk": desk and number == 0}
            page = _read(Found, await self._post("/contacts/search", body))
            found.entities.update(page.entities)
            found.desk.extend(page.desk)
        return found

    async def resolve(
        self,
        person_id: str,
        *,
        entity_id: str | None,
        desk: bool = False,
        pledge_id: UUID | None = None,
        roles: Collection[str] = (FOCAL_POINT,),
        link_to: Collection[UUID] = (),
    ) -> Contact | Unreachable:
        """Address and language of one person, whose membership (or duty, with `desk`) is checked again for this.

        `roles`: any of these will do. `link_to`: pledges of the entity for which the person gets an action link.
        """
        answer = await self._post(
            "/contacts/resolve",
            {
                "person_id": person_id,
                "entity_id": entity_id,
                "roles": sorted(roles),
                "desk": desk,
                "pledge_id": str(pledge_id) if pledge_id else None,
                "pledge_ids": [str(wanted) for wanted in link_to][:MOST_LINKS],
            },
        )
        found = _read(_Resolved, answer).result()
        return replace(found, person_id=person_id) if isinstance(found, Contact) else found

    async def spoken(self, person_id: str) -> "Spoken | None":
        """How one person is written to; None for whoever has no contact."""
        answer = await self._post("/contacts/spoken", {"person_id": person_id})
        return _read(Spoken, answer) if _read(_Answer, answer).reachable else None

    async def author(self, pledge_id: UUID | None, number: int) -> Contact | Unreachable:
        """Who made the report of that number, unless they are told as focal point."""
        answer = await self._post("/contacts/author", {"pledge_id": str(pledge_id), "number": number})
        return _read(_Resolved, answer).result()

    async def of_handover(self, handover_id: str, part: str, *, withdrawn: bool = False) -> Contact | Unreachable:
        """One of the two, `part`: former or successor; to be told that it is planned or, with `withdrawn`, is not."""
        asked = {"handover_id": handover_id, "part": part, "withdrawn": withdrawn}
        answer = await self._post("/contacts/handover", asked)
        return _read(_Told, answer).result()

    async def invited(self, invitation_id: str) -> Contact | Unreachable:
        """Whoever an invitation goes to, with the token of its link, as long as it is open."""
        return _read(_Invited, await self._post("/contacts/invited", {"invitation_id": invitation_id})).result()


class Spoken(BaseModel):
    """In which language and on which clock (IANA name) somebody is written to; whether they are staff on duty."""

    language: str
    time_zone: str
    desk: bool = False


class _Answer(BaseModel):
    reachable: bool
    reason: str = "unreachable"
    person_id: str = ""
    address: str = ""
    name: str = ""
    language: str = "en"
    entity_name: str | None = None

    def contact(self, **more: Any) -> Contact:
        plain = {"person_id": self.person_id, "pledge_title": None, **more}
        return Contact(self.address, self.name, self.language, self.entity_name or "", **plain)

    def unreachable(self) -> Unreachable:
        return Unreachable(self.reason if _CODE.fullmatch(self.reason) else "unreachable")


class _Told(_Answer):
    other: str | None = None
    since: AwareDatetime | None = None

    def result(self) -> Contact | Unreachable:
        if not self.reachable or not self.address or self.since is None:
            return self.unreachable()
        told = Membership(self.since, other=self.other or "")
        return self.contact(membership=told)


class _Invited(_Answer):
    role: str = ""
    token: str = ""
    expires_at: AwareDatetime | None = None

    def result(self) -> Contact | Unreachable:
        if not self.reachable or not self.address or self.expires_at is None:
            return self.unreachable()
        told = Membership(self.expires_at, role=self.role, token=self.token)
        return self.contact(membership=told)


class _Resolved(_Answer):
    time_zone: str = "UTC"
    pledge_title: str | None = None
    pledge_entity: str | None = None
    filed_by: str | None = None
    links: dict[UUID, str] = {}

    def result(self) -> Contact | Unreachable:
        if not self.reachable or not self.address:
            return self.unreachable()
        return self.contact(**self.model_dump(include=_OF_PLEDGES))


def _read(model: type[M], answer: Any) -> M:
    try:
        return model.model_validate(answer)
    except ValidationError:  # its text would hold what was answered: addresses
        raise Unavailable(f"The pledges service answers something that is no {model.__name__}.") from None


def _slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """At least one, which may be empty: the desk can be asked for alone."""
    for first in range(0, max(len(ids), 1), MOST_ENTITIES):
        yield ids[first : first + MOST_ENTITIES]
