"""TCP ports on 127.0.0.1: free ones, and those that somebody wants."""

import os
import random
import socket
from collections.abc import Iterable

from shared.refusal import Refused

# below the range from which systems take the ports of outgoing connections, so that none is taken between two starts
RANGE = range(20_000, 32_000)
ALLOWED = range(1024, 65_536)  # below, only root may listen


def is_free(port: int) -> bool:
    """Whether a server could listen there, as servers do: connections that have ended do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choose(count: int) -> list[int]:
    """`count` different ports that are free now."""
    candidates = random.sample(RANGE, len(RANGE))
    found = (port for port in candidates if is_free(port))
    return [port for port, _ in zip(found, range(count), strict=False)]


def variable(name: str) -> str:
    """The variable that sets the port of `name`."""
    return f"GCM_PORT_{name.upper().replace('-', '_')}"


def wanted_ports(names: Iterable[str]) -> dict[str, int]:
    """The ports that the environment sets. Raises Refused for what is no port, or when two are the same."""
    wanted: dict[str, int] = {}
    for name in names:
        if value := os.environ.get(variable(name)):
            port = _number(variable(name), value)
            if other := next((one for one, taken in wanted.items() if taken == port), None):
                raise Refused(f"{variable(other)} and {variable(name)} are both {port}: give each a port of its own.")
            wanted[name] = port
    return wanted


def _number(variable: str, value: str) -> int:
    if value.isascii() and value.isdigit() and len(value) <= 5 and int(value) in ALLOWED:
        return int(value)
    raise Refused(f"{variable} is “{value[:20]}”: write a number from {ALLOWED.start} to {ALLOWED.stop - 1}.")
