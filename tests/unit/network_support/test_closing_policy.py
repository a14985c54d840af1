"""The policy file: what closes by itself, what can be reopened, and what is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.network_support.requests.lifecycle import MOVES
from services.network_support.requests.policy import load
from shared.policies import Faulty

AT = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)


def test_ours_closes_every_state_that_can_be_closed() -> None:
    policy = load()
    assert set(policy.quiet_since(AT)) == set(MOVES["closed"])
    assert policy.quiet_since(AT)["delivered"] == AT - timedelta(days=30)
    assert policy.reopens_until(AT) == AT + timedelta(days=90)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("close_after_days: {matching: 3}\nreopen_within_days: 1", "names matching, which cannot be closed"),
        ("close_after_days: {deliverd: 3}\nreopen_within_days: 1", "line 1: .*deliverd"),
        ("close_after_days: {delivered: 0}\nreopen_within_days: 1", "line 1: "),
        ("close_after_days: {}", "reopen_within_days"),
        ("close_after_days: {}\nreopen_within_days: 1\nreopen_days: 2", "line 3: .*reopen_days"),
    ],
)
def test_a_typo_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(text)
    with pytest.raises(Faulty, match=says):
        load(file)
