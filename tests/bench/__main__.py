"""`python -m tests.bench [ONLY…]`: all measurements, or those named: spine, or a part of one, as spine.relay.

A part alone is written to a file of its own, so that one file's figures are always of one run.
"""

import importlib
import sys
import time
from collections.abc import Callable, Sequence

from tests.bench.figures import Figure, console, verdicts, write

# in the order in which they run; each is a module with `run() -> list[Figure]`
BENCHMARKS = {"spine": ("write_path", "relay")}


def main(only: Sequence[str]) -> None:
    for name in only or BENCHMARKS:
        bench, _, part = name.partition(".")
        if bench not in BENCHMARKS or (part and part not in BENCHMARKS[bench]):
            known = [*BENCHMARKS, *(f"{bench}.{part}" for bench, parts in BENCHMARKS.items() for part in parts)]
            raise SystemExit(f"There is no measurement {name}: {', '.join(known)}.")
        figures = [figure for one in ((part,) if part else BENCHMARKS[bench]) for figure in _measure(bench, one)]
        verdicts(figures)
        console.print(f"Written to {write(name, figures)}.")


def _measure(bench: str, part: str) -> list[Figure]:
    run: Callable[[], list[Figure]] = importlib.import_module(f"tests.bench.{bench}.{part}").run
    begun = time.monotonic()
    figures = run()
    console.print(f"{bench}.{part} took {time.monotonic() - begun:.0f} s\n")
    return figures


if __name__ == "__main__":
    main(sys.argv[1:])
