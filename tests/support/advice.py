"""The advice for the 38 real pledges as text. `python -m tests.support.advice` writes what tests compare with."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from deploy.local.demo.load import read, statement
from services.pledges.advice.advisor import Judgement, advise
from services.pledges.advice.findings import Found
from services.pledges.advice.messages import say
from services.pledges.registry.content import Content

EXPECTED = Path(__file__).parents[1] / "unit" / "pledges" / "advice" / "expected"
DAY = date(2024, 9, 2)  # on which the demonstration begins
RECORDS: dict[str, dict[str, Any]] = {record["ref"]: record for record in read("real_pledges")}


def content(ref: str) -> Content:
    """The pledge of one record, as the demonstration sends it."""
    sent = statement(RECORDS[ref])
    return Content.model_validate({name: value for name, value in sent.items() if name in Content.model_fields})


def told(ref: str) -> str:
    """What the rules say of it, in English, for people to read and to compare."""
    pledge = content(ref)
    return "\n".join([f"{ref}  {pledge.title}", "", *_lines(advise(pledge, DAY)), ""])


def _lines(found: Judgement) -> Iterator[str]:
    yield f"read as {found.language}"
    for criterion in found.smart:
        yield f"\n{criterion.name}: {criterion.verdict}"
        yield from map(_line, criterion.reasons)
        if criterion.suggestion:
            yield f"  → {say(criterion.suggestion.code, criterion.suggestion.values, 'en')}"
    yield "\nfindings"
    yield from map(_line, found.findings)


def _line(found: Found) -> str:
    return f"  {found.severity}  {found.code}  ({found.field})\n      {say(found.code, found.values, 'en')}"


def main() -> None:
    for file in EXPECTED.glob("*.txt"):
        file.unlink()
    for ref in RECORDS:
        (EXPECTED / f"{ref}.txt").write_text(told(ref), "utf-8")


if __name__ == "__main__":
    main()
