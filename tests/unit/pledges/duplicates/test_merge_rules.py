"""Which pledge may be merged into which, as a table."""

from uuid import UUID, uuid4

import pytest

from services.pledges.duplicates.lifecycle import require_related, require_target
from shared.errors import Conflict, Invalid
from shared.events.examples import EXAMPLES
from shared.events.pledges import PledgeEvent, PledgeSnapshot

ONE, OTHER = UUID(int=1), UUID(int=2)


def public(entity: str = "veridia", **changed: object) -> PledgeSnapshot:
    example = EXAMPLES["pledge.published.v1"]
    assert isinstance(example, PledgeEvent)
    of = example.pledge.entity.model_copy(update={"entity_id": entity})
    return example.pledge.model_copy(update={"entity": of, "pledge_id": uuid4(), **changed})


def test_an_open_pledge_takes_another_up() -> None:
    into = public()
    assert require_target(ONE, OTHER, into) is into


def test_a_pledge_is_not_merged_into_itself_or_into_nothing() -> None:
    for into_id, into, says in ((ONE, public(), "itself"), (OTHER, None, "no published")):
        with pytest.raises(Invalid) as refused:
            require_target(ONE, into_id, into)
        [fault] = refused.value.fields
        assert (fault.field, says in fault.problem, bool(fault.remedy)) == ("into", True, True)


@pytest.mark.parametrize("reason", ["fulfilled", "partly_fulfilled", "ended", "withdrawn", "superseded"])
def test_a_closed_pledge_takes_none_up(reason: str) -> None:
    with pytest.raises(Conflict, match="is closed"):
        require_target(ONE, OTHER, public(state="closed", closed_reason=reason))


def test_a_merged_one_names_the_one_that_stays() -> None:
    last = uuid4()
    into = public(state="closed", closed_reason="superseded", superseded_by=last, merged=True)
    with pytest.raises(Conflict, match=str(last)):
        require_target(ONE, OTHER, into)


@pytest.mark.parametrize(
    ("merged", "into", "allowed"),
    [
        (public(), public(), True),
        (public(partner_entities=["kalmora"]), public("kalmora"), True),
        (public(), public("kalmora", partner_entities=["veridia"]), True),
        (public(), public("kalmora"), False),
        (public(partner_entities=["sorvenia"]), public("kalmora", partner_entities=["sorvenia"]), False),
    ],
)
def test_entities_of_one_pledge(merged: PledgeSnapshot, into: PledgeSnapshot, allowed: bool) -> None:
    if allowed:
        require_related(merged, into)
    else:
        with pytest.raises(Invalid):
            require_related(merged, into)
