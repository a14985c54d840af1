"""The base of this service's tables: its own, because two services may have tables of one name."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry()):
    pass
