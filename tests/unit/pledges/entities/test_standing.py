"""Who may do what for an entity."""

import pytest

from services.pledges.entities.authority import Standing
from shared.errors import Forbidden, NotFound
from shared.events.common import EntityRef

VERIDIA = EntityRef(entity_id="veridia", name="Veridia", kind="member_state", fictional=True)


def standing(*roles: str, staff: bool = False, reviewer: bool = False) -> Standing:
    return Standing(VERIDIA, frozenset(roles), staff, reviewer)


@pytest.mark.parametrize("roles", [("focal_point",), ("delegate",), ("viewer", "delegate")])
def test_focal_points_and_delegates_read_and_write(roles: tuple[str, ...]) -> None:
    standing(*roles).require_write()
    standing(*roles).require_read()


@pytest.mark.parametrize("reader", [standing("viewer"), standing(staff=True), standing(reviewer=True)])
def test_viewers_staff_and_reviewers_only_read(reader: Standing) -> None:
    reader.require_read()
    with pytest.raises(Forbidden, match="Veridia"):
        reader.require_write()


def test_to_others_what_is_unpublished_does_not_exist() -> None:
    for refused in (standing().require_read, standing().require_write):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(Forbidden):
        standing().require_writer()
