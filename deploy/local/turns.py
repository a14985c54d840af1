"""One supervisor a folder: who comes second waits or is refused, and `gcm down` ends the one that runs."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.processes import Identity, end_leftovers
from deploy.local.state import State
from deploy.local.watcher import Watcher
from shared.refusal import Refused

STOPS_WITHIN = 90.0  # seconds, all of a stack


@contextmanager
def only_one(state: State, watcher: Watcher) -> Iterator[None]:
    """For as long as the block runs no other `up` of this folder runs."""
    with state.lock() as ours:
        if ours:
            yield
            return
    _wait_for_the_last(state, watcher)
    with state.lock() as ours:
        if not ours:
            raise Refused(_running_already(state))
        yield


def _wait_for_the_last(state: State, watcher: Watcher) -> None:
    """A supervisor that is stopping, or whose `make` was killed, makes room in a moment."""
    stack = state.stack()
    supervisor, parent = Identity.known(stack.get("supervisor")), Identity.known(stack.get("parent"))
    orphan = parent is not None and not parent.alive()
    if not supervisor or not (orphan or stack.get("status") == "stopping"):
        raise Refused(_running_already(state))
    watcher.say("The stack that was started before is stopping: waiting for it.")
    if orphan:
        supervisor.signal(signal.SIGTERM)
    wait_for_end(state)


def _running_already(state: State) -> str:
    supervisor = state.stack().get("supervisor") or {"pid": "unknown"}
    return f"A stack runs here already (pid {supervisor['pid']}, {state.folder}): stop it with `make down` first."


def wait_for_end(state: State) -> bool:
    """Whether the supervisor of this folder has ended within its deadline."""
    end = time.monotonic() + STOPS_WITHIN
    while time.monotonic() < end:
        with state.lock() as free:
            if free:
                return True
        time.sleep(0.05)
    return False


def down(state: State, watcher: Watcher) -> None:
    """Stops the stack of this folder, or what a killed one has left. Raises Refused when it does not end."""
    begun = time.monotonic()
    with state.lock() as free:
        if free:
            ended = end_leftovers(state.folder)
            watcher.say(f"No stack runs here{'; ended what was left: ' + ', '.join(ended) if ended else ''}.")
            return
    supervisor = Identity.known(state.stack().get("supervisor"))
    if not supervisor or not supervisor.alive():
        raise Refused(f"A stack is just starting or stopping in {state.folder}: try again in a moment.")
    supervisor.signal(signal.SIGTERM)
    if not wait_for_end(state):
        raise Refused(f"The stack (pid {supervisor.pid}) does not end: see {state.log('supervisor')}.")
    end_leftovers(state.folder)  # of one that was told to stop before it had looked for any
    watcher.say(f"Stopped in {time.monotonic() - begun:.1f} s.")
