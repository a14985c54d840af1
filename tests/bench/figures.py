"""What a measurement found: figures with their goals, as a table for people and as a file for programs."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

FOLDER = Path("build") / "bench"
console = Console(width=120, highlight=False)


@dataclass(frozen=True)
class Figure:
    """One measured value; `holds` says whether it reaches its goal."""

    figure: str
    goal: str
    value: float
    holds: bool


def at_least(figure: str, goal: float, value: float, unit: str = "") -> Figure:
    return Figure(figure, f">= {goal:g}{unit}", round(value, 3), value >= goal)


def at_most(figure: str, goal: float, value: float, unit: str = "") -> Figure:
    return Figure(figure, f"<= {goal:g}{unit}", round(value, 3), value <= goal)


def write(name: str, figures: Sequence[Figure]) -> Path:
    """build/bench/NAME.json, for programs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.json"
    file.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n")
    return file


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints a table; numbers stand to the right."""
    shown = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        shown.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        shown.add_row(*(_text(cell) for cell in row))
    console.print(shown)


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3g}" if abs(cell) < 10 else f"{cell:.1f}"
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def verdicts(figures: Sequence[Figure]) -> None:
    rows = [(one.figure, one.goal, one.value, "yes" if one.holds else "NO") for one in figures]
    table("Goals", ("figure", "goal", "value", "holds"), rows)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a `share` of all (0 to 1) do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return float(statistics.median(values))
