"""The base of this service's tables: a registry of its own, since two services may have tables of one name."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry()):
    """Rows of this service's database. All times are UTC and aware."""
