"""The tables of people, and of their erasure. Contacts stand apart from everything public."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from services.pledges.tables import Table
from shared.db import TIMESTAMPTZ


class Person(Table, table=True):
    """How to reach a person. Never in exports, topics or logs. `desk`: receives what goes to the Network's staff."""

    __tablename__: ClassVar[str] = "person"

    person_id: str = Field(primary_key=True)
    name: str
    address: str
    language: str
    time_zone: str
    desk: bool = False
    revision: int = 1


class Erasure(Table, table=True):
    """Append only: that a person was to be erased. The id is opaque, and leads to nobody any more."""

    __tablename__: ClassVar[str] = "erasure"

    erasure_id: UUID = Field(primary_key=True)  # version 7: the newest of a person is the last
    person_id: str
    by: str  # person, administrator
    at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time


class ErasureDone(Table, table=True):
    """Append only: that a service has erased what it had."""

    __tablename__: ClassVar[str] = "erasure_done"

    erasure_id: UUID = Field(primary_key=True)
    service: str = Field(primary_key=True)
    at: datetime = Field(sa_type=TIMESTAMPTZ)  # system time
