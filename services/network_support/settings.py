"""Settings of network_support."""

from pathlib import Path

from shared.files.settings import FileSettings


class Settings(FileSettings):
    """Needs to know where the pledges service is: who may act for whom is asked there.

    `clocks_folder`: of the operator's own policy.yaml, calendars.yaml or days_off.yaml, each in place of the program's.
    """

    pledges_url: str
    clocks_folder: Path | None = None
