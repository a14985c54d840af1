"""The statements of the demonstration are pledges that were really made: none is refused for its form."""

import pytest
from pydantic import ValidationError

from deploy.local.demo.load import read, statement
from services.pledges.registry.schemas import Statement

RECORDS = read("real_pledges")


@pytest.mark.parametrize("record", [one for one in RECORDS if one["entity"]], ids=lambda one: str(one["ref"]))
def test_a_real_pledge_is_taken_as_it_is(record: dict[str, object]) -> None:
    said = Statement.model_validate(statement(record))
    assert said.title
    assert said.sources


def test_the_one_without_an_entity_is_refused_for_that_alone() -> None:
    [record] = [one for one in RECORDS if not one["entity"]]
    with pytest.raises(ValidationError) as refused:
        Statement.model_validate(statement(record))
    assert [fault["loc"] for fault in refused.value.errors()] == [("entity_id",)]
