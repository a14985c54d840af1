"""What models of the client say beyond their fields."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from cli.pledge.copies import show_copy
from shared.client.models.pledges import WorkingCopy

AT = datetime(2024, 9, 2, tzinfo=UTC)


def step(action: str, *says: str) -> dict[str, Any]:
    asked = [{"field": "title", "says": one} for one in says]
    return {"revision": 1, "action": action, "state": "", "at": AT, "by": "", "fields": [], "asked": asked}


BEGUN = [step("submitted"), step("changes_requested", "Old"), step("created")]
ASKED = [step("saved"), step("changes_requested", "New"), *BEGUN]


def copy(state: str, steps: list[dict[str, Any]]) -> WorkingCopy:
    entity = {"entity_id": "veridia", "kind": "member_state", "name": "Veridia"}
    fixed = {"pledge_id": UUID(int=1), "revision": 2, "version": 0, "created_at": AT, "updated_at": AT}
    return WorkingCopy.model_validate(
        fixed | {"state": state, "steps": steps, "entity": entity, "content": {"title": "Documents"}}
    )


@pytest.mark.parametrize(
    ("state", "steps", "says"),
    [
        ("changes_requested", ASKED, ["New"]),
        ("submitted", [step("resubmitted"), *ASKED], []),
        ("draft", BEGUN[-1:], []),
        ("changes_requested", [], []),
    ],
)
def test_what_staff_ask_is_what_they_asked_last(
    state: str, steps: list[dict[str, Any]], says: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = copy(state, steps)
    assert [wanted.says for wanted in found.asked] == says
    show_copy(found, as_json=False)
    assert capsys.readouterr().out.splitlines()[2:] == [f"  title: {one}" for one in says]
