"""Settings of network_support."""

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Needs to know where the pledges service is: who may act for whom is asked there."""

    pledges_url: str
