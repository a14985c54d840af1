"""The tables of this service. A registry of its own: two services may have tables of one name."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry()):
    """What every table class of the pledges service derives from."""
