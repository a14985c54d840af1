"""The services by name, as arguments of commands."""

from enum import StrEnum
from typing import Annotated

import typer


class Service(StrEnum):
    """Those that own data."""

    PLEDGES = "pledges"
    NETWORK_SUPPORT = "network_support"
    NOTIFICATIONS = "notifications"


One = Annotated[Service, typer.Argument(help=f"One of {', '.join(Service)}.")]
ALL = f"Some of {', '.join(Service)}; all, if none is named."
