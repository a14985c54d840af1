"""When `gcm status` says that something is wrong."""

import pytest

from cli.services import Service
from cli.status import LATE, Asked, Figures, _wrong
from shared.messaging.kafka import Lag
from shared.messaging.standing import Standing

REST = Lag(0, 0.0)


def figures(
    *,
    unpublished: float = 0.0,
    lag: Lag = REST,
    letters: int = 0,
    abandoned: float | None = 0.0,
) -> Figures:
    return Figures(Standing(unpublished, {"copy": lag, "mail": REST}, letters), abandoned)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (figures(unpublished=LATE, lag=Lag(5, LATE), abandoned=LATE), []),
        (figures(abandoned=None), []),
        (figures(unpublished=LATE + 1), ["an event waits to be published for 61 s"]),
        (figures(lag=Lag(5, LATE + 1)), ["copy is 61 s behind (5 records)"]),
        (figures(letters=2), ["dead letters wait: 2; see `gcm dead-letters list notifications`"]),
        (figures(abandoned=LATE + 1), ["the lease of a mail ended 61 s ago"]),
        ("cannot be asked (TimeoutError: )", ["cannot be asked"]),
    ],
)
def test_what_is_late_is_said_with_where_to_look(asked: Asked, says: list[str]) -> None:
    found = list(_wrong(Service.NOTIFICATIONS, asked))
    assert len(found) == len(says)
    for line, words in zip(found, says, strict=True):
        assert line.startswith(f"notifications: {words}")
