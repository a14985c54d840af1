"""Tokens of action links: only ours open, only as they were made, with the present key or the one before."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.progress.sealing import Grant, Seal
from shared.errors import Invalid

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GRANT = Grant(link_id=UUID(int=1), person_id="amina", pledge_id=UUID(int=2), until=NOW + timedelta(days=1))
OLD, NEW = "the key of last year, at least 32 characters", "the key of this year, at least 32 characters"
TOKEN = Seal([OLD]).token(GRANT, NOW)


def test_what_was_sealed_is_opened_and_fits_into_an_address() -> None:
    assert Seal([OLD]).grant(TOKEN) == GRANT
    assert TOKEN.replace("-", "").replace("_", "").isalnum()
    assert TOKEN.isascii()
    assert "amina" not in TOKEN


def test_one_character_altered_anywhere() -> None:
    for place, character in enumerate(TOKEN):
        for other in {"A", "B", "_", "=", "é"} - {character}:
            altered = TOKEN[:place] + other + TOKEN[place + 1 :]
            with pytest.raises(Invalid) as caught:
                Seal([OLD]).grant(altered)
            [fault] = caught.value.fields
            assert (fault.field, "sign in" in fault.remedy) == ("token", True)


@pytest.mark.parametrize(
    "token", ["", "=", TOKEN[:-1], TOKEN[1:], TOKEN + "A", TOKEN + "=", f" {TOKEN}", f"{TOKEN}\n", TOKEN * 2, "\x00"]
)
def test_cut_off_or_with_something_added(token: str) -> None:
    with pytest.raises(Invalid):
        Seal([OLD]).grant(token)


@given(st.text(max_size=200))
def test_any_text_is_refused_the_same_way(text: str) -> None:
    with pytest.raises(Invalid):
        Seal([OLD]).grant(text)


def test_a_token_of_somebody_elses_key_or_for_another_purpose() -> None:
    foreign = Fernet(Fernet.generate_key()).encrypt(GRANT.model_dump_json().encode()).decode().rstrip("=")
    other_purpose = GRANT.model_copy(update={"purpose": "publish"})
    for token in (foreign, Seal([NEW]).token(GRANT, NOW), Seal([OLD]).token(other_purpose, NOW)):
        with pytest.raises(Invalid):
            Seal([OLD]).grant(token)


def test_keys_are_replaced_while_links_are_out() -> None:
    both = Seal([NEW, OLD])
    assert both.grant(TOKEN) == GRANT
    assert Seal([NEW]).grant(both.token(GRANT, NOW)) == GRANT
    with pytest.raises(Invalid):
        Seal([NEW]).grant(TOKEN)


def test_no_key_is_no_seal() -> None:
    with pytest.raises(ValueError, match="GCM_LINK_KEYS"):
        Seal([])
