"""People and how they are reached."""

from datetime import datetime

from shared.client.models.base import Received


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
