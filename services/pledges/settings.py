"""Settings of the pledges service, from the environment (prefix GCM_)."""

from pydantic import Field

from shared.sealing import Keys, unsafe
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Besides what all services have: what action links are sealed with. Only the role `api` needs it."""

    link_keys: Keys = Field(default=(), repr=False)  # the old one goes when its last link has expired

    def _unsafe(self) -> list[str]:
        return super()._unsafe() + unsafe("GCM_LINK_KEYS", self.link_keys)
