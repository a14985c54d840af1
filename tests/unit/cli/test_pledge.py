"""`gcm pledge`: what becomes of files and options before anything is sent, and of answers before they are shown."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from cli.pledge.advice import _duplicates
from cli.pledge.attaching import PART, Parts
from cli.pledge.content import TEMPLATE, content
from cli.pledge.reports import _evidence, _money, _value
from cli.pledge.standing import _lines, _percent, newest
from cli.pledge.standing import _money as sums
from services.pledges.registry.content import Content, ExternalId, Money, Period, Place, Plan, Target, Translation
from services.pledges.registry.schemas import NewPledge
from shared.client.models.duplicates import Candidate
from shared.client.models.entities import EntityRef
from shared.client.models.pledges import Progress, PublicView, SignOff, Sum
from shared.client.models.reports import Update
from shared.refusal import Refused
from tests.support.gcm import gcm

NOWHERE = {"GCM_URL_PLEDGES": "http://127.0.0.1:1"}
PARTS: dict[str, Any] = {
    "translations": Translation,
    "places": Place,
    "targets": Target,
    "period": Period,
    "national_plan": Plan,
    "money": Money,
    "external_ids": ExternalId,
}


@pytest.fixture
def filled(tmp_path: Path) -> dict[str, Any]:
    """The template with all of its fields in use."""
    file = tmp_path / "pledge.yaml"
    file.write_text(re.sub(r"^#(?=\S|  )", "", TEMPLATE.read_text(), flags=re.MULTILINE))
    return content(file)


def test_the_template_has_all_fields_of_today(filled: dict[str, Any]) -> None:
    assert filled.keys() == NewPledge.model_fields.keys() >= Content.model_fields.keys()
    for name, part in PARTS.items():
        [found] = filled[name] if isinstance(filled[name], list) else [filled[name]]
        assert found.keys() == part.model_fields.keys(), name


def test_the_service_takes_the_filled_template(filled: dict[str, Any]) -> None:
    taken = NewPledge.model_validate(filled)
    assert (taken.money[0].amount, str(taken.targets[0].by), taken.submit) == (Decimal(2000000), "2026", True)


def test_the_template_is_printed_and_saves_a_draft_as_it_stands() -> None:
    printed = gcm("pledge", "new", "--template", environment=NOWHERE)
    assert (printed.returncode, printed.stderr, printed.stdout) == (0, "", TEMPLATE.read_text())
    assert yaml.safe_load(printed.stdout) == {"title": "What is pledged, in a line"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Posts=7", {"target": "Posts", "value": Decimal(7)}),
        ("Posts = 7.5 new posts", {"target": "Posts", "value": Decimal("7.5"), "unit": "new posts"}),
        ("x=y=-3 %", {"target": "x=y", "value": Decimal(-3), "unit": "%"}),
        ("Posts=all but one", {"target": "Posts", "value_text": "all but one"}),
        ("Posts=NaN", {"target": "Posts", "value_text": "NaN"}),
    ],
)
def test_values_with_and_without_units(words: str, says: dict[str, Any]) -> None:
    assert _value(words) == says


@pytest.mark.parametrize("words", ["Posts", "=7", "Posts=", ""])
def test_what_is_no_value_is_a_sentence(words: str) -> None:
    with pytest.raises(Refused, match="write TARGET=VALUE"):
        _value(words)


def test_money_is_a_number_and_a_currency() -> None:
    assert _money("1100000.50 EUR") == {"amount": Decimal("1100000.50"), "currency": "EUR"}
    for words in ("1,100,000 EUR", "1100000", "EUR 1100000", "5 euros", "Infinity EUR", ""):
        with pytest.raises(Refused, match=r"write a number and an ISO 4217 code, as in “1100000 EUR”"):
            _money(words)


def test_evidence_is_a_link_or_a_file_that_was_sent() -> None:
    assert _evidence("https://mfa.veridia.example") == {"url": "https://mfa.veridia.example"}
    assert _evidence(str(UUID(int=1))) == {"file": UUID(int=1)}


def _update(number: int, corrected_by: int | None = None, **values: int) -> Update:
    fixed = {"pledge_id": UUID(int=1), "status": "in_progress", "no_change": False, "summary": "", "barriers": []}
    measured = [{"target": name, "value": value} for name, value in values.items()]
    return Update.model_validate(
        fixed
        | {"number": number, "corrected_by": corrected_by, "values": measured, "reported_at": datetime.now(tz=UTC)}
    )


def test_a_target_stands_where_its_newest_report_left_it() -> None:
    updates = [_update(4), _update(3, corrected_by=4, posts=99), _update(2, posts=7), _update(1, posts=5, staff=2)]
    found = [(number, one.target, one.value) for number, one in newest(updates)]
    assert found == [(2, "posts", Decimal(7)), (1, "staff", Decimal(2))]


def test_shares_are_rounded_down_and_sums_keep_their_bounds() -> None:
    assert [_percent(one) for one in (None, Decimal(0), Decimal("0.999"), Decimal(1))] == ["", "0 %", "99 %", "100 %"]
    said = [Sum(amount=Decimal("2E+6"), currency="EUR", bound="up_to"), Sum(amount=Decimal("0.5"), currency="USD")]
    assert (sums(said), sums([])) == ("up to 2,000,000 EUR, 0.5 USD", "none said")


ARCADIA = EntityRef(entity_id="arcadia", kind="member_state", name="Arcadia")


def test_partners_are_shown_with_what_they_answered() -> None:
    answers = [
        SignOff(entity=ARCADIA, answer="dissented", reason="Not our posts"),
        SignOff(entity=ARCADIA, answer="awaited"),
    ]
    at = datetime(2024, 9, 2, tzinfo=UTC)
    fixed: dict[str, Any] = {"title": "Documents", "entity": ARCADIA, "state": "published", "version": 2}
    shown = PublicView.model_construct(
        **fixed, published_at=at, progress=Progress(), pledged=[], sign_offs=answers, support=[]
    )
    assert list(_lines(shown)) == [
        "Documents\nArcadia; published, version 2 of 2024-09-02",
        "Nobody has reported on it yet.",
        "Partner Arcadia: dissented: Not our posts",
        "Partner Arcadia: awaited",
    ]


def test_possible_duplicates_are_shown_with_their_reasons() -> None:
    reason = {"code": "similar_title", "parameters": {"percent": 93}, "says": "The titles are alike (93 %)."}
    fixed = {"language": "en", "state": "published", "is_public": True, "score": 93, "reasons": [reason]}
    alike = Candidate.model_validate(fixed | {"pledge_id": UUID(int=1), "entity": ARCADIA, "title": "Documents"})
    assert list(_duplicates([alike])) == [
        "\nThese may be the same:",
        f"  {UUID(int=1)} Arcadia: Documents (published)",
        "    The titles are alike (93 %).",
    ]
    assert list(_duplicates([])) == []


async def test_a_file_goes_in_parts_again_for_each_attempt() -> None:
    sent: list[int] = []
    content = bytes(PART) + b"end"
    parts = Parts(content, sent.append)
    for _ in range(2):
        assert b"".join([part async for part in parts]) == content
    assert sent == [PART, PART + 3] * 2


def test_a_file_that_cannot_go_is_named(tmp_path: Path) -> None:
    missing = gcm("pledge", "attach", "1", str(tmp_path / "plan.pdf"), environment=NOWHERE)
    assert (missing.returncode, missing.stderr) == (1, f"There is no file {tmp_path / 'plan.pdf'}.\n")
    with (tmp_path / "large.pdf").open("wb") as file:
        file.truncate(25 * 1024 * 1024 + 1)
    large = gcm("pledge", "attach", "1", str(tmp_path / "large.pdf"), "--json", environment=NOWHERE)
    assert large.returncode == 1
    assert "26,214,401 bytes; at most 26,214,400 are taken" in large.stderr


def test_advice_wants_a_file_or_an_id(tmp_path: Path) -> None:
    ended = gcm("pledge", "advise", str(tmp_path / "none.yaml"), environment=NOWHERE)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "none.yaml cannot be read" in ended.stderr
