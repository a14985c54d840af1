"""What requests are found by."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Text
from sqlmodel import Field

from services.network_support.tables import Table


class CaseWords(Table, table=True):
    """The stems of all that was written to and about a case. Apart from the case, whose rows change much more often."""

    __tablename__: ClassVar[str] = "case_words"

    case_id: UUID = Field(primary_key=True)
    words: list[str] = Field(sa_type=ARRAY(Text))
