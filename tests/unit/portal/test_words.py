"""The portal's vocabulary, against the codes of the services."""

from collections.abc import Iterable
from typing import Literal, get_args, get_origin

import pytest

from services.network_support.requests import lifecycle as requests
from services.pledges.advice import smart
from services.pledges.advice.findings import Severity
from services.pledges.registry.content import Content, Level, Period, Target
from services.pledges.registry.schemas import PublicStep, Reason, State
from services.pledges.statistics.facts import Dimension
from services.portal.words import WORDS


def literals(annotation: object) -> list[str]:
    """The codes of a Literal, also of one that may be None."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [code for part in get_args(annotation) for code in literals(part)]


CODES = {
    "state": [*get_args(State), *requests.STATES],
    "reason": get_args(Reason),
    "help": get_args(requests.Type),
    "step": [*get_args(requests.Step), *literals(PublicStep.model_fields["action"].annotation)],
    "comparator": literals(Target.model_fields["comparator"].annotation),
    "criterion": get_args(smart.Name),
    "verdict": get_args(smart.Verdict),
    "severity": get_args(Severity),
    "field": Content.model_fields,
    "dimension": get_args(Dimension),
    "level": get_args(Level),
    "part": [*Target.model_fields, *Period.model_fields],
}


@pytest.mark.parametrize(("kind", "codes"), CODES.items())
def test_all_that_the_services_say_has_words(kind: str, codes: Iterable[str]) -> None:
    assert codes
    assert [code for code in codes if code not in WORDS[kind]] == []
