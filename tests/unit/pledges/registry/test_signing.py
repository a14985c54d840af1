"""What becomes of partners' answers in a new version, and of an entity's word on a pledge filed in its name."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.registry import lifecycle, proxies, signing
from services.pledges.registry.content import EXAMPLE, Content
from services.pledges.registry.lifecycle import Act, By
from services.pledges.registry.schemas import ProxyAnswer, State
from shared.errors import Conflict, Forbidden
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot, SignOff
from tests.unit.pledges.registry.test_lifecycle import made

KALMORA, TARELA = (EntityRef(entity_id=one, name=one.title(), kind="city") for one in ("kalmora", "tarela"))
SIGNED = SignOff(entity=KALMORA, answer="signed_off")


def last() -> PledgeSnapshot:
    return made(Content.model_validate(EXAMPLE)).model_copy(update={"sign_offs": [SIGNED]})


def test_at_first_every_answer_is_awaited() -> None:
    assert [one.answer for one in signing.renewed(None, [KALMORA, TARELA], [])] == ["awaited", "awaited"]


@pytest.mark.parametrize("field", sorted(Content.model_fields))
def test_an_answer_stays_only_if_what_was_signed_is_the_same(field: str) -> None:
    [answer] = signing.renewed(last(), [KALMORA], [field])
    stays = field in {"partners", "partner_entities", "external_ids"}
    assert answer.answer == ("signed_off" if stays else "awaited")


def test_who_comes_is_asked_and_who_goes_is_not_listed() -> None:
    renewed = signing.renewed(last(), [TARELA], ["partner_entities"])
    assert [(one.entity, one.answer) for one in renewed] == [(TARELA, "awaited")]


def test_one_answer_changes_no_other() -> None:
    asked = [SignOff(entity=one, answer="awaited") for one in (KALMORA, TARELA)]
    assert signing.answered(asked, SIGNED) == [SIGNED, asked[1]]


CALLERS: dict[By, dict[str, bool]] = {
    "entity": {"for_entity": True, "is_staff": False},
    "proxy": {"for_entity": False, "for_proxy": True, "is_staff": False},
    "network_staff": {"for_entity": False, "is_staff": True},
}


@given(st.lists(st.tuples(st.sampled_from(get_args(Act)), st.sampled_from(get_args(By))), max_size=20))
def test_nothing_that_a_proxy_wrote_is_published_before_its_entity_has_accepted_it(acts: list[tuple[Act, By]]) -> None:
    """Whatever people try, in whatever order: the state is always one of the list."""
    state: State = "draft"
    answer: ProxyAnswer = "asked"
    version, accepted = 0, False  # accepted: since the proxy wrote last
    for act, by in acts:
        try:
            lifecycle.acting(act, **CALLERS[by])
            state, answer = lifecycle.follows(act, state, version=version), proxies.says(act, by, answer)
        except (Conflict, Forbidden):
            continue
        assert state in get_args(State)
        if act == "publish":
            assert accepted
            version += 1
        if act in {"accept", "refuse"} or (act, by) in {("submit", "entity"), ("save", "proxy")}:
            accepted = act in {"accept", "submit"}


def test_what_was_refused_is_asked_again_when_it_comes_again() -> None:
    assert proxies.says("submit", "proxy", "refused") == "asked"
    assert proxies.says("submit", "proxy", "accepted") == "accepted"
    assert proxies.says("save", "entity", "accepted") == "accepted"
    for answer in ("asked", "refused"):
        with pytest.raises(Conflict, match="in the name of its entity"):
            proxies.says("publish", "network_staff", answer)


def test_reasons_that_are_too_long_together_are_shortened_and_say_so() -> None:
    partners = [EntityRef(entity_id=f"city-{n}", name=f"City {n}", kind="city") for n in range(200)]
    signed = [SignOff(entity=one, answer="dissented", reason="\N{BUTTERFLY}" * 2_000) for one in partners]
    shown = signing.answered(signed, SignOff(entity=partners[0], answer="dissented", reason="No."))
    assert sum(len(one.reason.encode()) for one in shown) <= signing.REASONS
    assert shown[0].reason == "No."
    assert all(one.reason.endswith("\N{BUTTERFLY}…") for one in shown[1:])
