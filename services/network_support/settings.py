"""Settings of network_support."""

from shared.files.settings import FileSettings


class Settings(FileSettings):
    """Needs to know where the pledges service is: who may act for whom is asked there."""

    pledges_url: str
