"""What the rules of advice cost, in processor time: for real pledges, for long texts, and for those made to be slow.

Duplicate candidates are another measurement; these rules touch no database.
"""

import time
from datetime import date

from services.pledges.advice.advisor import advise
from services.pledges.registry.content import LONGEST_DESCRIPTION, Content
from tests.bench.figures import Figure, at_most, median, table
from tests.support.advice import RECORDS, content

DAY = date(2024, 9, 2)
SHORT = 2_000  # characters; as long as the longest texts of the real registry
ROUNDS = 5
GROWTH = 15  # times the cost, for ten times the text: linear, and some room
HOSTILE = 12  # times the cost of an ordinary text of the same length
PIECES = (
    "1 111 ", "1-", "1/2/2025 ", "by 2025 ", "from 1 May ", "over the the the the ", "1 May ", "up to $1 ", "EUR 1 ",
    "in ", "refugees has been will ", " ", "a", "9", "100 % ", "2021-",
)  # fmt: skip


def run() -> list[Figure]:
    real = [content(ref) for ref in RECORDS]
    ordinary = " ".join(f"{pledge.title}. {pledge.description}" for pledge in real)
    usual = median([_cost(pledge) for pledge in real])
    short, long = _of(ordinary, SHORT), _of(ordinary, LONGEST_DESCRIPTION)
    hostile = {piece: _cost(_pledge(piece * LONGEST_DESCRIPTION)) for piece in PIECES}
    slowest = max(hostile, key=lambda piece: hostile[piece])
    rows = [
        ("a real pledge, median of 38", usual),
        (f"{SHORT:,} characters of real texts", short),
        (f"{LONGEST_DESCRIPTION:,} characters of real texts", long),
        (f"{LONGEST_DESCRIPTION:,} characters of {slowest!r}, the slowest of {len(PIECES)}", hostile[slowest]),
    ]
    table("Advice: processor time of the rules", ("text", "ms"), [(name, 1000 * cost) for name, cost in rows])
    return [
        at_most("advice: 20,000 characters, times 2,000", GROWTH, long / short),
        at_most("advice: the slowest hostile text, times an ordinary one as long", HOSTILE, hostile[slowest] / long),
    ]


def _of(text: str, length: int) -> float:
    return _cost(_pledge(text * (1 + length // len(text)), length))


def _pledge(text: str, length: int = LONGEST_DESCRIPTION) -> Content:
    return Content(title="A pledge", description=text[:length])


def _cost(pledge: Content) -> float:
    """Seconds of processor time: the best of some rounds, which others disturb least."""
    costs = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        advise(pledge, DAY)
        costs.append(time.process_time() - begun)
    return min(costs)
