"""The processes of the local stack as they are now: pid, memory, ready or why not."""

import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

PARTS = ("postgres", "kafka", "keycloak", "inbox")
PATHS = {"keycloak": "/realms/gcm", "inbox": "/"}
PATIENCE = 3.0  # seconds
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Process:
    """`memory` is in MB, its share of what it shares with others included; `wrong` is None when it is ready."""

    name: str
    pid: int | None
    memory: float | None
    wrong: str | None


def processes(stack: dict[str, Any]) -> list[Process]:
    """Those that should run, in the order of a start; `stack` is stack.json."""
    from deploy.local.programs import programs

    names = [*PARTS, *(program.name for program in programs())]
    running = {one["name"]: one for one in stack.get("processes", [])}
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(lambda name: _process(name, running.get(name), stack["addresses"]), names))


def _process(name: str, recorded: dict[str, Any] | None, addresses: dict[str, str]) -> Process:
    from deploy.local.processes import Identity

    identity = Identity.known(recorded)
    if recorded is None or identity is None or not identity.alive():
        return Process(name, None, None, "does not run")
    return Process(name, identity.pid, _memory(identity.pid), _wrong(name, recorded, addresses))


def _memory(pid: int) -> float | None:
    """With its children, of which PostgreSQL has many."""
    import psutil

    try:
        process = psutil.Process(pid)
        return round(sum(_own(one) for one in [process, *process.children(recursive=True)]) / MEGABYTE, 1)
    except psutil.Error:
        return None


def _own(process: Any) -> int:
    import psutil

    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0
    except psutil.AccessDenied:  # of another user
        return int(process.memory_info().rss)


def _wrong(name: str, recorded: dict[str, Any], addresses: dict[str, str]) -> str | None:
    try:
        if "port" in recorded:
            return _not_ready(recorded["port"])
        if path := PATHS.get(name):
            status, _ = _get(addresses["mail" if name == "inbox" else name].rpartition(":")[2], path)
            return None if status == http.client.OK else f"answers {status}"
        socket.create_connection(("127.0.0.1", int(addresses[name].rpartition(":")[2])), PATIENCE).close()
    except (OSError, http.client.HTTPException) as error:
        return f"does not answer ({type(error).__name__})"
    return None


def _not_ready(port: int) -> str | None:
    status, body = _get(port, "/readyz")
    if status == http.client.OK:
        return None
    try:
        said = json.loads(body)["problems"]
    except (ValueError, KeyError, TypeError):
        return f"answers {status}"
    return "; ".join(f"{name}: {problem}" for name, problem in said.items())


def _get(port: int | str, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
