"""Which mails a person may do without."""

import pytest

from services.notifications.deliveries.steps import AUDIENCES
from services.notifications.preferences import categories


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("reminder", "reminders"),
        ("milestone_cancelled", "reminders"),
        ("pledge_published", "pledges"),
        ("evidence_declined", "pledges"),
        ("support_accepted", "support"),
        ("offer_returned", "support"),
        ("pledge_submitted", "desk"),
        ("support_requested", "desk"),
    ],
)
def test_what_goes_to_an_entity_or_the_desk_has_a_category(template: str, expected: str) -> None:
    assert categories.of(template) == expected


@pytest.mark.parametrize("audience", ["author", "asker", "writer", "former", "successor", "invited"])
def test_nobody_turns_off_what_they_themselves_asked_or_wrote_or_who_they_are(audience: str) -> None:
    found = [template for template, to in AUDIENCES.items() if to == audience]
    assert found
    assert {categories.of(template) for template in found} == {None}
