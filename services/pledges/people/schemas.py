"""People and their contacts as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.pledges.entities.names import Language
from services.pledges.entities.schemas import EntityId, Name, PersonId, Role, Strict
from services.pledges.plain import Flag, Whole
from services.pledges.progress.schemas import MOST_REPORTS
from services.pledges.time_zone import TimeZone
from shared import addresses
from shared.web.text import Line


def _address(text: str) -> str:
    addresses.mailbox(text)
    return text


Address = Annotated[Line, AfterValidator(_address), Field(examples=["amina@example.org"])]


EXAMPLE = {
    "name": "Amina Demo",
    "address": "amina@demo.invalid",
    "language": "en",
    "time_zone": "Africa/Nairobi",
}
AMINA = "6b1f0a3e-0001-4000-8000-000000000001"  # of the demonstration
MOST_LINKS = 1_000
MOST_NAMES = 200
NOBODY_YET = "6b1f0a3e-0042-4000-8000-000000000042"


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [values]})


class Contact(Strict):
    """How to reach a person: where, in which language, and when it is morning there."""

    model_config = _example(**EXAMPLE)

    name: Name
    address: Address
    language: Language = "en"
    time_zone: TimeZone = "UTC"


class PersonFields(Contact):
    """All that is kept of a person."""

    model_config = _example(**EXAMPLE, desk=False)

    desk: Flag = Field(default=False, description="Receives what goes to the Network's staff; for people of the staff")


class NewPerson(PersonFields):
    """A person to register, by the `sub` of their tokens."""

    model_config = _example(person_id=NOBODY_YET, **EXAMPLE, desk=False)

    person_id: PersonId


class PersonOut(NewPerson):
    """A person's contact. Its ETag is its revision."""

    model_config = _example(person_id=AMINA, **EXAMPLE, desk=False, revision=1)

    revision: int


class Whose(Strict):
    """People whom staff know by id."""

    model_config = _example(person_ids=[AMINA])

    person_ids: list[PersonId] = Field(min_length=1, max_length=MOST_NAMES)


class Names(BaseModel):
    """By id; who is not registered, or was erased, is not there."""

    names: dict[str, str]


class Registered(BaseModel):
    """That a person is registered; the answer repeats no contact, for answers are kept to be given again."""

    person_id: str


class HeldMembership(BaseModel):
    """A membership that is valid now."""

    entity_id: str
    entity_name: str
    role: Role
    until: datetime | None = Field(description="Business time; null: no end is set")


class Memberships(BaseModel):
    person_id: str
    memberships: list[HeldMembership]


class Me(Memberships):
    """Who the token says that you are, and what is known about you. The ETag is that of your contact."""

    roles: list[str] = Field(description="Roles of the staff and of machines, from the token")
    contact: Contact | None = Field(description="Null: no e-mail can reach you yet; PUT /me/contact")


class Search(Strict):
    """Who is to be written to, for these entities."""

    model_config = _example(entity_ids=["veridia"], roles=["focal_point"], desk=True)

    entity_ids: list[EntityId] = Field(default=[], max_length=200)
    roles: list[Role] = Field(default=["focal_point"], min_length=1, max_length=3)
    desk: Flag = Field(default=False, description="Also the staff on duty")


class Reachable(BaseModel):
    """Somebody who can be written to: when, but not yet where."""

    person_id: str
    time_zone: str


class Found(BaseModel):
    """Entities for which nobody can be written to are not there."""

    entities: dict[str, list[Reachable]]
    desk: list[Reachable]


class Resolve(Strict):
    """One person, about to be written to: as who acts for the entity or, with `desk`, as staff on duty."""

    model_config = _example(person_id=AMINA, entity_id="veridia", desk=False)

    person_id: PersonId
    entity_id: EntityId | None = None
    roles: list[Role] = Field(
        default=["focal_point"], min_length=1, max_length=3, description="Of which the person has to have one"
    )
    desk: Flag = False
    pledge_id: UUID | None = Field(default=None, description="The pledge that the mail is about")
    pledge_ids: list[UUID] = Field(
        default=[], max_length=MOST_LINKS, description="Pledges of the entity for which an action link is wanted"
    )


class Resolved(BaseModel):
    """Where to write now. Not to be stored."""

    reachable: Literal[True] = True
    person_id: str
    address: str
    name: str
    language: Language
    time_zone: str
    entity_name: str | None
    pledge_title: str | None = Field(
        description="Of the working copy for the pledge's own entity and who filed it; for others the public one"
    )
    pledge_entity: str | None = Field(description="Name of the pledge's entity, for those who may see the title")
    filed_by: str | None = Field(description="Name of who filed it in the entity's name; likewise")
    links: dict[UUID, str] = Field(
        default={},
        description="Tokens of action links by pledge, for those that can be reported on; for this person alone",
        repr=False,
    )


class Spoken(BaseModel):
    """How somebody is written to, and not where."""

    reachable: Literal[True] = True
    language: Language
    time_zone: str
    desk: bool = Field(description="Receives what goes to the Network's staff")


class Whom(Strict):
    """A person who chooses which mails they get."""

    model_config = _example(person_id=AMINA)

    person_id: PersonId


class Unreachable(BaseModel):
    """Not to be written to now."""

    reachable: Literal[False] = False
    reason: Literal["no_contact", "no_membership", "not_on_duty", "over", "focal_point"]


class WhoReported(Strict):
    """The author of a report, about to be written to."""

    model_config = _example(pledge_id="01922f00-0000-7000-8000-000000000001", number=1)

    pledge_id: UUID
    number: Whole = Field(ge=1, le=MOST_REPORTS, description="Of the report")


class WhomToTell(Strict):
    """One of the two of a handover, about to be written to."""

    model_config = _example(handover_id="01922f00-0000-7000-8000-000000000004", part="successor")

    handover_id: UUID
    part: Literal["former", "successor"]
    withdrawn: Flag = Field(default=False, description="Told is that it was withdrawn, not that it was planned")


class Told(BaseModel):
    """Where to write to them now, and what of. Not to be stored."""

    reachable: Literal[True] = True
    person_id: str
    address: str
    name: str
    language: Language
    entity_name: str
    other: str | None = Field(description="The name of the other of the two")
    since: datetime = Field(description="Business time")


class WhoWrote(Strict):
    """Somebody from whom a mail has come, as far as a sealed address tells, and where it says that it is from."""

    model_config = _example(person_id=AMINA, entity_id="veridia", address="amina@demo.invalid")

    person_id: PersonId
    entity_id: EntityId
    address: str = Field(default="", max_length=1_000, description="Compared with the person's own, and forgotten")


class Standing(BaseModel):
    """What the person may do for the entity now, and no more of them than was known before."""

    role: Role | None = Field(description="The one with most rights; null: is no member, or not any more")
    own_address: bool = Field(description="Whether the address is the one that the person has given")


class ServiceErased(BaseModel):
    service: Literal["pledges", "network_support", "notifications"]
    at: datetime | None = Field(description="System time, UTC; null: not yet")


class ErasureOut(BaseModel):
    """How far the erasure of a person has come."""

    erasure_id: UUID
    person_id: str
    by: Literal["person", "administrator"]
    at: datetime = Field(description="When it was asked for; system time, UTC")
    complete: bool = Field(description="All services have erased what they had")
    services: list[ServiceErased]
