"""The table of people. Contacts stand apart from everything public."""

from typing import ClassVar

from sqlmodel import Field

from services.pledges.tables import Table


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
