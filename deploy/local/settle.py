"""What a start finds out and decides before its first process: room, ports, secrets, the business clock."""

import os

from deploy.local import programs
from deploy.local.business_time import BEGIN, set_clock, set_real
from deploy.local.files import cache_folder, erase, room
from deploy.local.parts import data_folder
from deploy.local.place import Place
from deploy.local.ports import is_free, variable
from deploy.local.processes import holder
from deploy.local.state import MARKER, State
from deploy.local.watcher import Watcher
from shared.refusal import Refused

CACHE_NEEDS, STATE_NEEDS = 1200, 500  # megabytes: downloads with what is made of them; data of some days


def settle(state: State, watcher: Watcher, fresh: bool) -> Place:
    """Checks the machine and decides ports and secrets. Raises Refused when there is no room or a port is taken.

    Nothing is erased or remembered before everything is checked.
    """
    room(cache_folder(), 100 if (cache_folder() / "repository").exists() else CACHE_NEEDS)
    room(state.folder, STATE_NEEDS)
    wants_real_time()
    ports = state.ports(programs.port_names())
    _require_free(ports)
    if fresh:
        _start_over(state, ports, watcher)
    state.keep_ports(ports)
    secrets = state.secrets(programs.secret_names())
    return Place(state, ports, secrets, {MARKER: str(state.folder)})


def _require_free(ports: dict[str, int]) -> None:
    for name, port in ports.items():
        if not is_free(port):
            raise Refused(
                f"Port {port} ({name}) is in use{holder(port)}: end that program, or choose another port with"
                f" {variable(name)}=NUMBER."
            )


def _start_over(state: State, ports: dict[str, int], watcher: Watcher) -> None:
    erase(data_folder(Place(state, ports, {}), watcher))
    state.start_over()


def set_first_clock(state: State) -> None:
    """Business time begins before the plenary of 2024, once; GCM_CLOCK=now makes it today's. Raises Refused."""
    if wants_real_time():
        set_real(state.clock_file)
    elif not state.clock_file.exists():
        set_clock(state.clock_file, BEGIN)


def wants_real_time() -> bool:
    """What GCM_CLOCK says. Raises Refused for anything but "now" and nothing."""
    wanted = os.environ.get("GCM_CLOCK", "")
    if wanted not in {"", "now"}:
        raise Refused(
            f"GCM_CLOCK is “{wanted[:20]}”: set it to now for today's business time, or leave it out for that of the"
            " last start; gcm clock set moves it while the stack runs."
        )
    return wanted == "now"
