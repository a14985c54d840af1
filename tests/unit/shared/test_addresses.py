"""One address that every relay can be asked to deliver to, and nothing that could be read as anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.addresses import Mailbox, mailbox


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("amina@demo.invalid", Mailbox("amina", "demo.invalid")),
        ("o'brien+gcm=x?@mail.example.org", Mailbox("o'brien+gcm=x?", "mail.example.org")),
        ("a@localhost", Mailbox("a", "localhost")),
        ("josé@correo.example", Mailbox("josé", "correo.example")),
        ("post@köln.example", Mailbox("post", "xn--kln-sna.example")),
        ("بريد@مثال.example", Mailbox("بريد", "xn--mgbh0fb.example")),
        ("a@例え。example", Mailbox("a", "xn--r8jz45g.example")),
        ("a" * 64 + "@example.org", Mailbox("a" * 64, "example.org")),
        ("a@" + "b" * 63 + ".org", Mailbox("a", "b" * 63 + ".org")),
    ],
)
def test_addresses_that_can_exist(address: str, found: Mailbox) -> None:
    assert mailbox(address) == found


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
        "a b@example.org",
        '"a b"@example.org',
        ".a@example.org",
        "a..b@example.org",
        "a.@example.org",
        "a@example..org",
        "a@.example.org",
        "a@-example.org",
        "a@exa_mple.org",
        "a@[127.0.0.1]",
        "a@example.org\r\nBcc: b@example.org",
        "a\n@example.org",
        "a@example.org\x00",
        "a\x00@example.org",
        "a\x01@example.org",
        "a\x7f@example.org",
        "a\x85@example.org",
        "a\ud800@example.org",
        "a@\udfff.org",
        "\u202egro.elpmaxe@example.org",
        "a\u200b@example.org",
        "a@b\uff20c.org",
        "a@b\u2028.org",
        "=?utf-8?q?a=0D=0ABcc:_b=40example.org?=@example.org",
        "a@=?utf-8?q?b?=",
        "a" * 65 + "@example.org",
        "é" * 33 + "@example.org",
        "a@" + "b" * 64 + ".org",
        "a@" + "é" * 64 + ".org",
        "a@" + "b." * 127 + "org",
        "a" * 64 + "@" + ".".join(["b" * 47] * 4),
    ],
)
def test_what_is_no_single_address_is_refused_with_a_remedy(address: str) -> None:
    with pytest.raises(ValueError, match="; "):
        mailbox(address)


@given(st.text() | st.text(st.sampled_from('a.@-"<>,;:=?\r\n\x00\uff20。é'), max_size=30))
def test_whatever_is_accepted_is_one_line_with_one_at(address: str) -> None:
    try:
        found = mailbox(address)
    except ValueError:
        return
    wire = f"{found.local}@{found.domain}"
    assert wire.count("@") == 1
    assert wire.isprintable()
    assert found.domain.isascii()
    assert not set(' <>,;:"()[]\\').intersection(wire)
    assert len(wire.encode()) <= 254
