"""Where a service keeps files."""

from shared.settings import ServiceSettings


class FileSettings(ServiceSettings):
    """`attachments_url`: s3://bucket/folder, of whichever S3-compatible store; of one machine also file:///folder.

    Roles `api` and `consumer` need it.
    """

    attachments_url: str = ""

    def _unsafe(self) -> list[str]:
        found = super()._unsafe()
        if self.attachments_url and not self.attachments_url.startswith("s3://"):
            found.append("GCM_ATTACHMENTS_URL is a place of one machine or process; give s3://bucket/folder")
        return found
