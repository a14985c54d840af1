"""Reply addresses: short, of one case, made and read by us alone."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.network_support.conversation.addresses import MOST, ReplyAddresses
from services.network_support.conversation.models import ReplyAddress
from shared.addresses import LONGEST_LOCAL, mailbox

OLD, NEW = "an old secret that makes reply addresses", "a new secret that makes reply addresses"
DOMAIN = "reply.demo.invalid"
ADDRESSES = ReplyAddresses([OLD], DOMAIN)


def row(person: str = "amina", request: int = 1, address_id: bytes = b"0123456789") -> ReplyAddress:
    at = datetime(2024, 9, 2, tzinfo=UTC)
    return ReplyAddress(address_id=address_id, request_id=UUID(int=request), person=person, created_at=at)


def test_an_address_that_every_relay_takes() -> None:
    made = ADDRESSES.address(row())
    local, _, domain = made.partition("@")
    assert (mailbox(made).domain, domain) == (DOMAIN, DOMAIN)
    assert len(local) <= LONGEST_LOCAL
    assert made == made.lower()


@pytest.mark.parametrize("form", ["{}", "<{}>", '"Reply" <{}>, b@example.org', "a@example.org,\r\n {}"])
def test_it_is_found_wherever_programs_put_it_and_in_any_case(form: str) -> None:
    for address in (ADDRESSES.address(row()), ADDRESSES.address(row()).upper()):
        [token] = ADDRESSES.found([form.format(address)])
        assert token.address_id == b"0123456789"
        assert ADDRESSES.made(token, row())


def test_it_is_bound_to_person_and_request() -> None:
    [token] = ADDRESSES.found([ADDRESSES.address(row())])
    assert not ADDRESSES.made(token, row(person="bao"))
    assert not ADDRESSES.made(token, row(request=2))
    assert not ADDRESSES.made(token, row(address_id=b"9876543210"))


def test_a_changed_or_made_up_one_is_none_of_ours() -> None:
    address = ADDRESSES.address(row())
    for place in range(len("reply+") + 16, address.index("@")):
        changed = address[:place] + ("a" if address[place] != "a" else "b") + address[place + 1 :]
        [token] = ADDRESSES.found([changed])
        assert not ADDRESSES.made(token, row())
    assert ADDRESSES.found(["reply+short@reply.demo.invalid", address.replace(DOMAIN, "other.invalid"), "reply+"]) == []


def test_keys_are_replaced_without_losing_the_addresses_that_are_out() -> None:
    both = ReplyAddresses([NEW, OLD], DOMAIN)
    [token] = both.found([ADDRESSES.address(row())])
    assert both.made(token, row())
    assert both.address(row()) != ADDRESSES.address(row())
    [stale] = ADDRESSES.found([both.address(row())])
    assert not ADDRESSES.made(stale, row())
    assert both.mark("a", "bc") != both.mark("ab", "c")


def test_of_ten_thousand_only_a_few_are_looked_at() -> None:
    many = (ADDRESSES.address(row(address_id=number.to_bytes(10))) for number in range(10_000))
    assert len(ADDRESSES.found([", ".join(many)])) == MOST


def test_without_a_key_nothing_starts() -> None:
    with pytest.raises(ValueError, match="GCM_REPLY_KEYS"):
        ReplyAddresses([], DOMAIN)
