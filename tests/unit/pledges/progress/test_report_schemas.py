"""What a report may say."""

import pytest
from pydantic import ValidationError

from services.pledges.progress.schemas import EXAMPLE, Report
from shared.reference import catalogue


def test_the_example_is_a_report() -> None:
    assert Report.model_validate(EXAMPLE).status == "in_progress"


def test_every_status_and_barrier_of_the_reference_data_is_known() -> None:
    for status in catalogue.STATUSES:
        assert Report.model_validate({"status": status, "barriers": list(catalogue.BARRIERS)}).status == status


@pytest.mark.parametrize("more", [{"status": "stalled"}, {"summary": "x"}, {"barriers": ["law"]}])
def test_no_change_stands_alone(more: dict[str, object]) -> None:
    assert Report.model_validate({"no_change": True}).status is None
    with pytest.raises(ValidationError, match="no_change stands alone"):
        Report.model_validate({"no_change": True, **more})
