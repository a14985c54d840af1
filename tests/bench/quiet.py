"""A shared machine: how much of it others take, and the processor time of processes, which they disturb least."""

import time

import psutil

PATIENCE = 4.0  # seconds for which a measurement waits; then it is taken all the same
QUIET = 25.0  # percent of the machine that others may take


def wait_until_quiet() -> None:
    """Returns as soon as others leave the machine alone for half a second, or when patience ends."""
    end = time.monotonic() + PATIENCE
    while psutil.cpu_percent(interval=0.5) > QUIET and time.monotonic() < end:
        pass


def family(pid: int) -> list[psutil.Process]:
    """The process and all that descend from it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def cpu(pid: int) -> float:
    """Seconds of processor time of the process and all that ever descended from it."""
    times = [process.cpu_times() for process in family(pid)]
    return sum(each.user + each.system for each in times) + sum(times[0][2:4])


def memory(pid: int) -> int:
    """Bytes that the process and its children hold."""
    return sum(process.memory_info().rss for process in family(pid))
