"""The tables of this service. A registry of its own: two services may have tables of one name."""

from sqlalchemy import Table as Core
from sqlalchemy import inspect
from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry()):
    """What every table class of the pledges service derives from."""


def core(model: type[Table]) -> Core:
    """The table itself: what goes through its class goes the way of the object mapper, which takes longer."""
    found: Core = inspect(model).local_table
    return found
