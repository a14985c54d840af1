"""Settings of the pledges service."""

from shared.settings import Settings as Shared


class Settings(Shared):
    """All services need the same; only the role `migrate` needs the owner's address."""

    owner_database_url: str = ""
