"""Settings of the pledges service, from the environment (prefix GCM_)."""

from pydantic import Field

from shared.files.settings import FileSettings
from shared.sealing import Keys, unsafe


class Settings(FileSettings):
    """Besides what all services with files have: what action links are sealed with (role `api`)."""

    link_keys: Keys = Field(default=(), repr=False)  # the old one goes when its last link has expired

    def _unsafe(self) -> list[str]:
        return super()._unsafe() + unsafe("GCM_LINK_KEYS", self.link_keys)
