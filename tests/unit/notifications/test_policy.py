"""The reminder policy as a file: what is wrong in it is told with its line."""

from datetime import time

import pytest

from services.notifications.reminders.policy import FILE, policy, read
from shared.policies import Faulty

TEXT = FILE.read_text("utf-8")


def test_the_file_holds() -> None:
    assert (policy().send_at, policy().offsets) == (time(9), (-90, -30, -7, -1, 14))


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        (
            "offsets: [-90, -30, -7, -1, 14]",
            "offsets: [-30, -30]",
            "line 2: offsets names an offset twice",
        ),
        ("offsets: [-90, -30, -7, -1, 14]", "offsets: []", "line 2: offsets "),
        ("offsets: [-90, -30, -7, -1, 14]", "offsets: [-9000]", "line 2: offsets an offset is more than"),
        ('send_at: "09:00"', 'send_at: "25:00"', "line 3: send_at "),
        (
            'send_at: "09:00"',
            "send_at: 10:00",
            'line 3: send_at write it in quotation marks, like "09:00"',
        ),
        ('send_at: "09:00"', 'send_at: "09:00+01:00"', "line 3: send_at is on the clock of each"),
        ("late_hours: 36", "late_hous: 36", "line 4: late_hous is not known here. Did you mean late_hours?"),
        ("minimum_days_between: 5", "minimum_days_between: -1", "line 5: minimum_days_between "),
        ("lost_after_days: 14", "lost_after_days: soon", "line 8: lost_after_days "),
    ],
)
def test_a_typo_is_named_with_its_line(right: str, wrong: str, says: str) -> None:
    assert right in TEXT
    with pytest.raises(Faulty) as caught:
        read(TEXT.replace(right, wrong))
    assert f"policy.yaml, {says}" in str(caught.value)
