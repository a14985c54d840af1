"""Free TCP ports on 127.0.0.1."""

import random
import socket

# below the range from which systems take the ports of outgoing connections, so that none is taken between two starts
RANGE = range(20_000, 32_000)


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
