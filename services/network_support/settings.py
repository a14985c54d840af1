"""Settings of network_support."""

from shared.settings import Settings as Shared


class Settings(Shared):
    """Needs to know where the pledges service is: who may act for whom is asked there."""

    pledges_url: str
