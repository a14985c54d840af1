"""The portal's vocabulary, against the codes of the services."""

from collections.abc import Iterable
from typing import Literal, get_args, get_origin

import pytest

from services.network_support.board.schemas import What
from services.network_support.clocks import lifecycle as clocks
from services.network_support.conversation.lifecycle import Sender
from services.network_support.reports.schemas import By
from services.network_support.requests import lifecycle as requests
from services.network_support.triage import lifecycle as desk
from services.network_support.triage.filters import Due, Order, Which
from services.network_support.triage.queues import BUILT_IN
from services.network_support.triage.schemas import Outcome, UndoOutcome
from services.notifications.deliveries.steps import TEMPLATES, Audience
from services.notifications.preferences.categories import Category, Stops
from services.notifications.preferences.timing import Rhythm
from services.notifications.reminders import lifecycle as reminders
from services.pledges.advice import smart
from services.pledges.advice.findings import Severity
from services.pledges.advice.messages import words
from services.pledges.duplicates.likeness import Why
from services.pledges.duplicates.words import says as explained
from services.pledges.entities.schemas import Role
from services.pledges.exchange import lifecycle as imports
from services.pledges.exchange.schemas import RowState
from services.pledges.exchange.separated import ENCODINGS
from services.pledges.presentations.schemas import PresentationState
from services.pledges.progress.schemas import Check, Checked
from services.pledges.registry.content import Content, Level, Period, Target
from services.pledges.registry.schemas import PublicStep, Reason, State
from services.pledges.reviews.schemas import MilestoneStep, Move
from services.pledges.statistics.facts import Dimension
from services.portal import casework, choosing, people
from services.portal.language import languages
from services.portal.pages.board import REGIONAL
from services.portal.pages.imports import ENCODINGS as OFFERED
from services.portal.phrases import Words
from services.portal.words import WORDS
from shared.client.models.duplicates import DuplicateReason

ENGLISH = Words(languages()["en"])


def literals(annotation: object) -> list[str]:
    """The codes of a Literal, also of one that may be None."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [code for part in get_args(annotation) for code in literals(part)]


CODES = {
    "state": [*get_args(State), *requests.STATES],
    "reason": get_args(Reason),
    "mail": TEMPLATES,
    "mail_to": get_args(Audience),
    "mail_category": get_args(Stops),
    "mail_kind": get_args(Category),
    "mail_rhythm": get_args(Rhythm),
    "mail_choice": choosing.FIELDS,
    "case_kind": get_args(desk.Kind),
    "stage": get_args(desk.Stage),
    "priority": desk.PRIORITIES,
    "act": get_args(desk.Act),
    "outcome": [code for code in get_args(Outcome) if code != "assigned"],  # which is counted
    "undone": [code for code in get_args(UndoOutcome) if code != "undone"],  # likewise
    "live": [code for code in get_args(What) if code != "presence"],  # which is said by names
    "report_by": get_args(By),
    "case_due": get_args(Due),
    "case_which": get_args(Which),
    "case_order": get_args(Order),
    "sender": get_args(Sender),
    "clock": get_args(clocks.Kind),
    "take": casework.STEPS,
    "queue": [name for name in BUILT_IN if not name.startswith(REGIONAL)],
    "request_says": requests.STATES,
    "request_step": requests.STEPS,
    "help": get_args(requests.Type),
    "step": literals(PublicStep.model_fields["action"].annotation),
    "comparator": literals(Target.model_fields["comparator"].annotation),
    "criterion": get_args(smart.Name),
    "verdict": get_args(smart.Verdict),
    "severity": get_args(Severity),
    "field": Content.model_fields,
    "dimension": get_args(Dimension),
    "level": get_args(Level),
    "check": literals(Checked.model_fields["answer"].annotation),
    "check_answer": literals(Check.model_fields["answer"].annotation),
    "alike": [code.removeprefix("duplicates.") for code in words("en").messages if code.startswith("duplicates.")],
    "presentation": get_args(PresentationState),
    "milestone_step": literals(MilestoneStep.model_fields["action"].annotation),
    "milestone_field": [name for name in Move.model_fields if name != "reason"],
    "reminder": list(reminders.State),
    "reminder_reason": list(reminders.Reason),
    "role": get_args(Role),
    "may": get_args(Role),
    "membership": get_args(people.State),
    "import": get_args(imports.State),
    "import_row": get_args(RowState),
    "part": [*Target.model_fields, *Period.model_fields],
}


@pytest.mark.parametrize(("kind", "codes"), CODES.items())
def test_all_that_the_services_say_has_words(kind: str, codes: Iterable[str]) -> None:
    assert codes
    assert [code for code in codes if code not in WORDS[kind]] == []


def test_why_two_pledges_may_be_the_same() -> None:
    """As the service says it in English; a reason that the pages do not know yet in its words."""
    found: list[tuple[str, dict[str, object]]] = [
        ("similar_text", {"percent": 93, "language": "fr"}),
        ("other_language", {"language": "ar"}),
        ("same_period", {"start": None, "end": "2026"}),
    ]
    for code, parameters in found:
        says = explained(Why(code, parameters), "en")
        assert ENGLISH.reason(DuplicateReason(code=code, parameters=parameters, says="?")) == says
    shared = DuplicateReason(code="shared_objectives", parameters={"values": ["objective-14", "objective-4"]}, says="?")
    assert ENGLISH.reason(shared) == "Objectives of both: 4, 14."
    named = DuplicateReason(code="same_external_id", parameters={"system": "a", "id": "{b}"}, says="?")
    assert ENGLISH.reason(named) == "Both are called \u2068{b}\u2069 in \u2068a\u2069."
    assert ENGLISH.reason(DuplicateReason(code="new", parameters={}, says="As it says.")) == "As it says."


def test_all_encodings_can_be_asked_for() -> None:
    assert OFFERED == ENCODINGS
