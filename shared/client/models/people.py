"""People and how they are reached."""

from datetime import datetime
from uuid import UUID

from shared.client.models.base import Received, Sent


class Contact(Received):
    name: str
    address: str
    language: str = "en"
    time_zone: str = "UTC"


class PersonFields(Contact):
    desk: bool = False


class NewPerson(PersonFields):
    person_id: str


class Person(NewPerson):
    revision: int


class Registered(Received):
    person_id: str


class HeldMembership(Received):
    entity_id: str
    entity_name: str = ""
    role: str
    until: datetime | None


class Memberships(Received):
    person_id: str
    memberships: list[HeldMembership]


class Me(Memberships):
    roles: list[str]
    contact: Contact | None


class ServiceErased(Received):
    service: str
    at: datetime | None


class ErasureOut(Received):
    """How far the erasure of a person has come; times are system time."""

    erasure_id: UUID
    person_id: str
    by: str
    at: datetime
    complete: bool
    services: list[ServiceErased]


class Whose(Sent):
    person_ids: list[str]


class Names(Received):
    """By id, of those who are registered."""

    names: dict[str, str]
