"""What a start finds out and decides before its first process: room, ports, secrets, the business clock."""

import os

from deploy.local import programs
from deploy.local.business_time import BEGIN, set_clock, set_real
from deploy.local.files import cache_folder, erase, room
from deploy.local.parts import data_folder
from deploy.local.place import Place
from deploy.local.ports import is_free
from deploy.local.processes import holder
from deploy.local.state import MARKER, State, variable
from deploy.local.watcher import Watcher
from shared.refusal import Refused

CACHE_NEEDS, STATE_NEEDS = 1200, 500  # megabytes: downloads with what is made of them; data of some days


def settle(state: State, watcher: Watcher, fresh: bool) -> Place:
    """Checks the machine and decides ports and secrets. Raises Refused when there is no room or a port is taken."""
    room(cache_folder(), 100 if (cache_folder() / "repository").exists() else CACHE_NEEDS)
    room(state.folder, STATE_NEEDS)
    ports = state.ports(programs.port_names())
    if fresh:
        _start_over(state, ports, watcher)
    for name, port in ports.items():
        if not is_free(port):
            raise Refused(
                f"Port {port} ({name}) is in use{holder(port)}: end that program, or choose another port with"
                f" {variable(name)}=NUMBER."
            )
    secrets = state.secrets(programs.secret_names())
    return Place(state, ports, secrets, {MARKER: str(state.folder)})


def _start_over(state: State, ports: dict[str, int], watcher: Watcher) -> None:
    erase(data_folder(Place(state, ports, {}), watcher))
    state.start_over()


def set_first_clock(state: State) -> None:
    """Business time begins before the plenary of 2024, once; GCM_CLOCK=now makes it today's."""
    if os.environ.get("GCM_CLOCK") == "now":
        set_real(state.clock_file)
    elif not state.clock_file.exists():
        set_clock(state.clock_file, BEGIN)
