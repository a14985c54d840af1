"""`python -m tests.bench [ONLY…]`: all measurements, or those named: spine, registry, support, or a part: spine.relay.

A part alone is written to a file of its own, so that one file's figures are always of one run. A part that fails takes
nothing from the others; the exit status is 1 when a part failed or a goal was not reached.
"""

import importlib
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tests.bench.figures import Figure, console, verdicts, write

# in the order in which they run; each is a module with `run() -> list[Figure]`
BENCHMARKS = {
    "spine": ("shape", "relay", "latency", "stack"),
    "notifications": ("sweep", "sending", "measures"),
    "registry": ("write_path", "reading", "advice", "duplicates", "statistics", "exchange"),
    "support": ("recomputing", "queues", "live"),
}
LIMIT = 14 * 60  # seconds for one part; what is not measured by then has failed


def main(only: Sequence[str]) -> int:
    reached = [_benchmark(*_known(name)) for name in only or BENCHMARKS]
    return 0 if all(reached) else 1


def _known(name: str) -> tuple[str, Sequence[str]]:
    """The name and the parts that it stands for."""
    bench, _, part = name.partition(".")
    if bench in BENCHMARKS and (not part or part in BENCHMARKS[bench]):
        return name, [f"{bench}.{one}" for one in ([part] if part else BENCHMARKS[bench])]
    known = [*BENCHMARKS, *(f"{bench}.{part}" for bench, parts in BENCHMARKS.items() for part in parts)]
    raise SystemExit(f"There is no measurement {name}: {', '.join(known)}.")


def _benchmark(name: str, parts: Sequence[str]) -> bool:
    """Whether every part was measured and every goal reached."""
    figures = [figure for part in parts for figure in _measured(part)]
    verdicts(figures)
    console.print(f"Written to {write(name, figures)}.")
    return all(figure.holds for figure in figures)


def _measured(part: str) -> list[Figure]:
    run: Callable[[], list[Figure]] = importlib.import_module(f"tests.bench.{part}").run
    begun = time.monotonic()
    try:
        with _limited():
            figures = run()
    except Exception:  # noqa: BLE001 - whatever it is, the other parts are measured
        console.print_exception()
        figures = [Figure(f"{part}: could be measured", "1", 0, holds=False)]
    console.print(f"{part} took {time.monotonic() - begun:.0f} s\n")
    return figures


@contextmanager
def _limited() -> Iterator[None]:
    """Raises TimeoutError in whatever the main thread does when LIMIT is over."""

    def over(*_: object) -> None:
        raise TimeoutError(f"the {LIMIT} s for a part are over")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
