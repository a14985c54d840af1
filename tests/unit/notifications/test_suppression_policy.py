"""The policy of addresses that take nothing for weeks: a typo in it is told at the start of whoever reads reports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notifications.deliveries.bounces.commands import Desk
from services.notifications.deliveries.suppression import policy
from services.notifications.settings import Settings
from shared.policies import Faulty
from tests.unit.notifications.test_settings import GOOD


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    policy.policy.cache_clear()
    yield
    policy.policy.cache_clear()


def test_a_typo_is_told_with_its_line_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("soft_bounces: 3\nover_day: 14\nwithin_days: 60\n")
    monkeypatch.setattr(policy, "FILE", file)
    with pytest.raises(Faulty, match=r"policy\.yaml, line 2: over_day"):
        Desk.of(Settings(**GOOD))


def test_ours_is_sound() -> None:
    assert policy.policy().soft_bounces == 3
