"""Return paths and links to unsubscribe: ours alone, for one mail and one person, and unlike any that was altered."""

from datetime import UTC, datetime
from string import ascii_lowercase
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.deliveries.returning import ReturnPath
from services.notifications.deliveries.suppression.hashing import Hashing
from services.notifications.preferences.links import Links, Stop
from shared.addresses import comparable, mailbox
from shared.errors import Invalid

AT = datetime(2024, 9, 2, 9, tzinfo=UTC)
OLD, NEW = ("an older key",), ("a newer key", "an older key")
MAILBOX, AMINA = "bounces@demo.invalid", "amina@demo.invalid"
DELIVERY = UUID("0193aaaa-bbbb-7ccc-8ddd-eeeeffff0000")
PATH = ReturnPath(OLD, MAILBOX).of(DELIVERY, AMINA)

TOKEN = Links(OLD).unsubscribe_url("amina", "reminders", AT).rpartition("/")[2]


def test_a_return_path_is_an_address_that_relays_take() -> None:
    assert mailbox(PATH).domain == "demo.invalid"
    assert len(PATH.rpartition("@")[0]) <= 64
    assert PATH.startswith("bounces+")


@pytest.mark.parametrize("path", [PATH, PATH.upper(), f"<{PATH}>"])
@pytest.mark.parametrize("recipient", [AMINA, "Amina@Demo.Invalid"])
def test_it_names_the_delivery_also_where_a_host_changed_its_case(path: str, recipient: str) -> None:
    assert ReturnPath(OLD, MAILBOX).delivery(path, recipient) == DELIVERY
    assert ReturnPath(NEW, MAILBOX).delivery(path, recipient) == DELIVERY


def test_of_another_recipient_or_key_it_says_nothing() -> None:
    assert ReturnPath(OLD, MAILBOX).delivery(PATH, "bao@demo.invalid") is None
    assert ReturnPath(("another key",), MAILBOX).delivery(PATH, AMINA) is None


@given(st.integers(8, 49), st.sampled_from(f"{ascii_lowercase}234567"))
def test_one_character_altered_and_it_is_none_of_ours(at: int, character: str) -> None:
    altered = PATH[:at] + character + PATH[at + 1 :]
    assert (ReturnPath(OLD, MAILBOX).delivery(altered, AMINA) is None) == (altered != PATH)


@given(st.text(max_size=80))
def test_nor_is_any_other_text(path: str) -> None:
    assert ReturnPath(OLD, MAILBOX).delivery(path, AMINA) is None


def test_a_link_says_whose_mails_of_which_kind() -> None:
    url = Links(OLD, "https://pledges.example/").unsubscribe_url("amina", "reminders", AT)
    base, _, token = url.rpartition("/")
    assert base == "https://pledges.example/unsubscribe"
    assert Links(NEW).stop(token) == Stop(person_id="amina", stops="reminders")


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_link_altered_by_one_character_is_refused(at: int, character: str) -> None:
    altered = TOKEN[:at] + character + TOKEN[at + 1 :]
    if altered != TOKEN:
        with pytest.raises(Invalid, match="nothing was changed"):
            Links(OLD).stop(altered)


@pytest.mark.parametrize("token", ["", "=", "gAAAA", "é", "a" * 2000, "\x00"])
def test_what_is_no_link_is_refused(token: str) -> None:
    with pytest.raises(Invalid, match="nothing was changed"):
        Links(OLD).stop(token)


def test_a_key_of_another_purpose_opens_nothing() -> None:
    from shared.sealing import Tokens

    token = Tokens(OLD, "gcm-pledges action links").token(Stop(person_id="amina", stops="reminders"), AT)
    with pytest.raises(Invalid):
        Links(OLD).stop(token)


PAGE = Links(OLD).preferences_token("amina", AT)


def test_a_link_to_the_page_says_whose_it_is_and_is_no_link_to_stop() -> None:
    assert (
        Links(OLD, "https://pledges.example")
        .preferences_url("amina", AT)
        .startswith("https://pledges.example/preferences/")
    )
    assert "amina" not in PAGE
    assert Links(NEW).whose(PAGE) == "amina"
    for opening, token in ((Links(OLD).stop, PAGE), (Links(OLD).whose, TOKEN)):
        with pytest.raises(Invalid, match="nothing was changed"):
            opening(token)


@given(st.integers(0, len(PAGE) - 1), st.characters())
def test_a_link_to_the_page_altered_by_one_character_is_refused(at: int, character: str) -> None:
    altered = PAGE[:at] + character + PAGE[at + 1 :]
    if altered != PAGE:
        with pytest.raises(Invalid, match="nothing was changed"):
            Links(OLD).whose(altered)


def test_without_a_key_nothing_is_signed() -> None:
    for make in (lambda: ReturnPath((), MAILBOX), lambda: Links(())):
        with pytest.raises(ValueError, match=r"key|GCM_MAIL_KEYS"):
            make()


def test_hashes_know_an_address_however_it_is_written_and_under_each_key() -> None:
    assert Hashing(OLD).of("Amina@Demo.Invalid") == Hashing(OLD).of(AMINA)
    assert Hashing(NEW).of(AMINA)[1:] == Hashing(OLD).of(AMINA)
    assert Hashing(OLD).of("bao@demo.invalid") != Hashing(OLD).of(AMINA)


@given(st.text(max_size=40))
def test_whatever_is_written_can_be_compared(text: str) -> None:
    assert comparable(text) == comparable(text.strip())
