"""Settings of the pledges service, from the environment (prefix GCM_)."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from shared.settings import LOCAL_SECRET
from shared.settings import Settings as Shared

SHORTEST_KEY = 32  # characters


class Settings(Shared):
    """Besides what all services have: what action links are sealed with. Only the role `api` needs it."""

    # the first seals, all open: a new key is put in front, the old one goes when its last link has expired
    link_keys: Annotated[tuple[str, ...], NoDecode, Field(repr=False)] = ()

    @field_validator("link_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """In the environment: GCM_LINK_KEYS=new,old"""
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    def _unsafe(self) -> list[str]:
        found = super()._unsafe()
        if any(LOCAL_SECRET in key for key in self.link_keys):
            found.append("GCM_LINK_KEYS holds a local secret")
        if any(len(key) < SHORTEST_KEY for key in self.link_keys):
            found.append(f"GCM_LINK_KEYS holds a key of fewer than {SHORTEST_KEY} characters")
        return found
