"""How much one domain gets."""

import pytest
from pydantic import ValidationError

from services.notifications.deliveries import limits as rules
from services.notifications.deliveries.limits import Domains, Limit, Limits, limits


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def domains(time: Time, per_minute: float = 60, at_once: int = 2) -> Domains:
    own = Limit(at_once=at_once, per_minute=per_minute)
    return Domains(Limits(default=Limit(at_once=9, per_minute=6000), domains={"small.example": own}), time)


def test_a_tenth_of_a_minute_goes_at_once_and_the_rest_gets_places_in_a_row() -> None:
    found = domains(time := Time())
    assert [found.wait("small.example") for _ in range(6)] == [0.0] * 6
    assert [found.wait("small.example") for _ in range(3)] == pytest.approx([1, 2, 3])
    time.now += 1
    assert found.wait("small.example") == 0.0  # whoever comes at its place gets it
    assert found.wait("small.example") == pytest.approx(3)  # behind those that wait


def test_no_more_than_the_limit_goes_in_an_hour() -> None:
    found, waiting, gone = domains(time := Time()), [0.0] * 10_000, 0
    while time.now < 1000 + 3600:
        due = [at for at in waiting if at <= time.now]
        waiting = [at for at in waiting if at > time.now]
        for _ in due:
            if wait := found.wait("small.example"):
                waiting.append(time.now + wait)
            else:
                gone += 1
        time.now += 1
    assert 3500 <= gone <= 3606


def test_domains_do_not_share() -> None:
    found = domains(Time(), per_minute=1)
    assert found.wait("small.example") == 0.0
    assert found.wait("small.example") > 0
    assert found.wait("other.example") == 0.0


def test_so_many_at_once() -> None:
    found = domains(Time())
    assert found.turn("small.example")._value == 2  # noqa: SLF001 - there is no other way to look
    assert found.turn("other.example")._value == 9  # noqa: SLF001 - likewise


def test_domains_of_the_past_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_KNOWN", 10)
    found = domains(time := Time())
    for number in range(50):
        found.wait(f"{number}.example")
        time.now += 100
    assert len(found._known) <= 10  # noqa: SLF001 - how much it keeps is what is asked


def test_the_policy_file() -> None:
    assert limits().of("gmail.com").per_minute < limits().of("veridia.example").per_minute
    with pytest.raises(ValidationError):
        Limits.model_validate({"default": {"at_once": 0, "per_minute": 1}})
    with pytest.raises(ValidationError):
        Limits.model_validate({"default": {"at_once": 1, "per_minute": 1}, "domain": {}})
