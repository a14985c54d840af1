"""Settings of the pledges service, from the environment (prefix GCM_)."""

from pydantic import Field

from shared.sealing import Keys, unsafe
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Besides what all services have: what action links are sealed with (role `api`), and where files are kept.

    `attachments_url`: s3://bucket/folder, of whichever S3-compatible store; of one machine also file:///folder. Roles
    `api` and `consumer`.
    """

    link_keys: Keys = Field(default=(), repr=False)  # the old one goes when its last link has expired
    attachments_url: str = ""

    def _unsafe(self) -> list[str]:
        found = super()._unsafe() + unsafe("GCM_LINK_KEYS", self.link_keys)
        if self.attachments_url and not self.attachments_url.startswith("s3://"):
            found.append("GCM_ATTACHMENTS_URL is a place of one machine or process; give s3://bucket/folder")
        return found
