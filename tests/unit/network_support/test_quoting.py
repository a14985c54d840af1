"""What is new in an answer by mail, and what it repeats, in the languages that we write in."""

import time

import pytest

from services.network_support.conversation.inbound.quoting import folded

DOMAINS = ("demo.invalid", "reply.demo.invalid")
QUOTED = "> Dear Amina,\n>\n> Which consulates?\n"


@pytest.mark.parametrize(
    "intro",
    [
        "On Mon, 2 Sep 2024 at 10:00, GCM pledges <no-reply@demo.invalid> wrote:",
        "On Mon, 2 Sep 2024 at 10:00, GCM pledges\n<no-reply@demo.invalid> wrote:",
        "Le lun. 2 sept. 2024 à 10:00, GCM pledges <no-reply@demo.invalid> a écrit :",
        "El lun, 2 sept 2024 a las 10:00, GCM pledges (<no-reply@demo.invalid>) escribió:",
        "пн, 2 сент. 2024 г. в 10:00, GCM pledges <no-reply@demo.invalid>:",
        "في الاثنين، ٢ سبتمبر ٢٠٢٤ كتب GCM pledges <no-reply@demo.invalid>:",
        "GCM pledges <no-reply@demo.invalid> 于2024年9月2日周一 10:00写道：",
        "在 2024年9月2日周一 10:00，GCM pledges <no-reply@demo.invalid> 写道：",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_quotation_is_folded_with_the_line_that_begins_it(intro: str, gap: str) -> None:
    own, quoted = folded(f"Geneva and Nairobi.\n\nThank you\n\n{intro}{gap}{QUOTED}", DOMAINS)
    assert own == "Geneva and Nairobi.\n\nThank you"
    assert quoted is not None
    assert quoted.startswith(intro)
    assert quoted.endswith("> Which consulates?")


@pytest.mark.parametrize(
    "block",
    [
        "From: GCM pledges <no-reply@demo.invalid>\nSent: Monday\nTo: Amina\nSubject: A message\n\nDear Amina,",
        "-----Original Message-----\nFrom: GCM [mailto:no-reply@demo.invalid]\nSent: Monday\nTo: A\n\nDear Amina,",
        "________________________________\nDe : GCM <no-reply@demo.invalid>\nEnvoyé : lundi\nÀ : Amina\n\nBonjour,",
        "*От:* GCM <no-reply@demo.invalid>\n*Отправлено:* понедельник\n*Кому:* Amina\n\nЗдравствуйте,",
        "发件人: GCM <no-reply@demo.invalid>\n发送时间: 2024年9月2日\n收件人: Amina\n\n您好",
        "من: GCM <no-reply@demo.invalid>\nتاريخ الإرسال: الاثنين\nإلى: Amina\n\nتحية",
    ],
)
def test_a_block_of_mail_headers_of_ours_begins_what_is_repeated(block: str) -> None:
    assert folded(f"Geneva.\n\n{block}\n", DOMAINS) == ("Geneva.", block)


def test_a_block_of_headers_of_somebody_else_is_what_they_want_to_tell() -> None:
    text = "See what Bruno wrote:\n\nFrom: Bruno <bruno@example.org>\nSent: Monday\nTo: Amina\n\nWe need visas."
    assert folded(text, DOMAINS) == (text, None)


def test_answers_between_quoted_lines_stay_where_they_are() -> None:
    text = "> Which consulates?\nGeneva.\n> Since when?\nMay."
    assert folded(text, DOMAINS) == (text, None)
    assert folded(text + "\n> Regards", DOMAINS) == (text, "> Regards")


@pytest.mark.parametrize("text", ["> only\n> quoted", "", "Yes.", "Here:\nname: a\nmail: b@demo.example\nphone: 1"])
def test_nothing_is_folded_where_nothing_would_be_left_or_repeated(text: str) -> None:
    assert folded(text, DOMAINS) == (text, None)


def test_the_writers_own_line_before_a_quotation_is_not_taken_for_its_beginning() -> None:
    assert folded("My answer to this:\n> Which consulates?", DOMAINS) == ("My answer to this:", "> Which consulates?")


@pytest.mark.parametrize(
    "text",
    [
        ">" * 200_000,
        "> \n" * 60_000,
        "a@" * 100_000 + ":\n> x",
        "From: a\n" * 25_000,
        "-" * 200_000,
        ("Word: " + "x" * 900 + "\n") * 200,
        "On \n" * 50_000 + "> x",
        " " * 200_000 + ":\n> x",
    ],
)
def test_what_is_made_to_take_long_does_not(text: str) -> None:
    began = time.perf_counter()
    folded(text, DOMAINS)
    assert time.perf_counter() - began < 2
