"""Which contacts are accepted."""

import pytest
from pydantic import ValidationError

from services.pledges.people.schemas import Contact


@pytest.mark.parametrize(
    "address", ["amina@demo.invalid", "o'brien+gcm@mail.example.org", "a@localhost", "josé@correo.example"]
)
def test_addresses_that_exist(address: str) -> None:
    assert Contact(name="A", address=address).address == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "amina",
        "@example.org",
        "amina@",
        "a@b@c",
        "Amina <amina@example.org>",
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\n",
        "a b@example.org",
        "a@example..org",
        "a@" + "b" * 260,
    ],
)
def test_what_is_no_single_address(address: str) -> None:
    with pytest.raises(ValidationError):
        Contact(name="A", address=address)


@pytest.mark.parametrize("zone", ["Africa/Nairobi", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+3"])
def test_time_zones(zone: str) -> None:
    assert Contact(name="A", address="a@example.org", time_zone=zone).time_zone == zone


@pytest.mark.parametrize("zone", ["", "Nairobi", "America", "../../etc/passwd", "/etc/localtime", "A" * 300, "UTC\x00"])
def test_what_is_no_time_zone(zone: str) -> None:
    with pytest.raises(ValidationError, match="IANA"):
        Contact(name="A", address="a@example.org", time_zone=zone)
