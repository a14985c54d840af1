"""Bodies of mails: what people's programs make, and what is made to hurt."""

import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.network_support.conversation.inbound.body import LONGEST_TEXT, Body, _decoded, read
from services.network_support.conversation.inbound.envelope import Unreadable
from tests.support.raw_mails import nested, plain, raw

DOMAINS = ("demo.invalid",)
MODULE = "services.network_support.conversation.inbound.body"


def body(mail: bytes) -> Body:
    return read(mail, DOMAINS)


def text(mail: bytes) -> str:
    return body(mail).text


def test_plain_text_goes_before_html_of_the_same() -> None:
    assert text(raw(text="Geneva.", html="<p>Other</p>")) == "Geneva."


def test_html_alone_is_read_as_text_with_its_quotation_folded() -> None:
    html = (
        "<html><head><style>p{}</style><script>alert(1)</script></head><body><p>Geneva &amp; Nairobi</p>"
        "<ul><li>one<li>two</ul><img src='https://tracker.example/x'><div>On Monday, GCM &lt;no-reply@demo.invalid&gt;"
        " wrote:</div><blockquote><p>Which consulates?</p></blockquote></body></html>"
    )
    found = body(raw(text=None, html=html))
    assert found.text.startswith("Geneva & Nairobi")
    assert "* one\n* two" in found.text
    assert found.quoted is not None
    assert found.quoted.strip().startswith("On Monday")
    assert "> Which consulates?" in found.quoted
    assert not {"alert", "tracker", "<"} & set(found.text.split())


def test_html_of_an_alternative_whose_plain_text_says_nothing() -> None:
    assert text(raw(text=" \n", html="<p>Geneva.</p>")) == "Geneva."


def test_html_is_laid_out_line_by_line() -> None:
    html = (
        "<title>T</title>\n<p>Dear <b>all</b>,<br>one\n two&nbsp; </p><div>a<div style='DISPLAY : none'>hidden</div>b"
        "</div><table><tr><td>c<td>d</table><ol><li>first<li>second<ul><li>inner</ul></ol><pre>  as\n typed</pre>"
        "<div style='white-space: pre-wrap'>x\n  y</div><!-- no --><blockquote>q<p>r</blockquote>after<p>end"
    )
    lines = [
        *(
            "Dear all,",
            "one two",
            "",
            "a",
            "b",
            "c",
            "d",
            "1. first",
            "2. second",
            "+ inner",
            "  as",
            " typed",
            "x",
            "  y",
        ),
        *("> q", ">", "> r", "", "after", "", "end"),
    ]
    assert text(raw(text=None, html=html)).split("\n") == lines


def test_what_follows_a_quotation_is_said_once() -> None:
    found = body(raw(text=None, html="<blockquote>Which consulates?</blockquote>Geneva."))
    assert (found.text, found.quoted) == ("> Which consulates?\nGeneva.", None)


def test_mails_that_are_read_at_once_stay_apart() -> None:
    names = [f"name{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: text(raw(text=None, html=f"<p>{name}</p>" * 200)), names))
    assert [set(one.split()) for one in found] == [{name} for name in names]


def test_html_that_lies_deeper_than_parsers_go_is_not_lost() -> None:
    assert "Geneva." in text(raw(text=None, html="<div>" * 5_000 + "Geneva." + "</div>" * 5_000))


@pytest.mark.parametrize("html", ["", "<", "<!-- x", "<?xml encoding='utf-16'?><p>Geneva.", "\x00<p>", "&#0;&#xD800;"])
def test_html_that_is_none(html: str) -> None:
    mail = plain("Content-Type: text/html; charset=utf-8", body=html.encode())
    assert "\x00" not in text(mail)


def test_files_come_apart_and_pictures_in_the_text_are_told_from_them() -> None:
    parts = (
        ("Content-Type: text/html", "<p>Geneva.</p><img src='cid:logo'>"),
        ("Content-Type: image/png\r\nContent-ID: <logo>\r\nContent-Disposition: inline; filename=logo.png", "PNG"),
        ("Content-Type: application/pdf; name=plan.pdf", "%PDF"),
        ("Content-Type: text/plain\r\nContent-Disposition: attachment; filename=notes.txt", "Notes."),
    )
    logo = "".join(f"--b\r\n{head}\r\n\r\n{inside}\r\n" for head, inside in parts).encode() + b"--b--\r\n"
    found = body(plain("Content-Type: multipart/related; boundary=b", body=logo))
    assert found.text == "Geneva."
    assert [(one.name, one.shown) for one in found.files] == [
        ("logo.png", True),
        ("plan.pdf", False),
        ("notes.txt", False),
    ]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("filename*=utf-8''r%C3%A9sum%C3%A9.pdf", "résumé.pdf"),
        ('filename="=?utf-8?B?0L/Qu9Cw0L0ucGRm?="', "план.pdf"),
        ("filename*0=pl; filename*1=an.pdf", "plan.pdf"),
        ('filename="../../etc/passwd"', "../../etc/passwd"),  # cleaned where it is kept
        ('filename="=?nonsense?B?!!?="', "=?nonsense?B?!!?="),
    ],
)
def test_names_of_files_as_programs_write_them(header: str, name: str) -> None:
    part = f"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; {header}\r\n\r\n%PDF\r\n--b--\r\n"
    found = body(plain("Content-Type: multipart/mixed; boundary=b", body=part.encode()))
    assert [one.name for one in found.files] == [name]


def test_a_signature_of_the_mail_is_no_file_and_a_forwarded_mail_is_one() -> None:
    parts = (
        b"--b\r\n\r\nGeneva.\r\n--b\r\nContent-Type: application/pgp-signature; name=s.asc\r\n\r\nx\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nsecret\r\n--b--\r\n"
    )
    found = body(plain("Content-Type: multipart/signed; boundary=b", body=parts))
    assert found.text == "Geneva."
    assert [b"inner" in one.content for one in found.files] == [True]


@pytest.mark.parametrize(
    ("charset", "encoded", "shown"),
    [
        ("iso-8859-1", "Genève".encode("latin-1"), "Genève"),
        ("windows-1256", "جنيف".encode("cp1256"), "جنيف"),
        ("koi8-r", "Женева".encode("koi8-r"), "Женева"),
        ("gb18030", "日内瓦".encode("gb18030"), "日内瓦"),
        ("iso-2022-jp", "ジュネーブ".encode("iso-2022-jp"), "ジュネーブ"),
        ("x-unheard-of", "Genève".encode(), "Genève"),
        ("utf-8", "Genève".encode("latin-1"), "Genève"),
        ("utf-16", b"odd", "odd"),
        ("idna", b"xn--a", "xn--a"),
        ("zlib", b"plain", "plain"),
        ("unicode_escape", rb"\u0000", r"\u0000"),
        ("", "Genève".encode(), "Genève"),
        ("a" * 1_000, b"Geneva", "Geneva"),
        ("utf-8\x00", b"Geneva", "Geneva"),
    ],
)
def test_texts_of_any_charset_true_or_not(charset: str, encoded: bytes, shown: str) -> None:
    assert text(plain(f'Content-Type: text/plain; charset="{charset}"', body=encoded)) == shown


@pytest.mark.parametrize(
    "mail",
    [
        plain("Content-Type: multipart/mixed", body=b"Geneva."),
        plain("Content-Type: multipart/mixed; boundary=b", body=b"--b\r\nGeneva."),
        plain('Content-Type: multipart/mixed; boundary=""', body=b"Geneva."),
        plain("Content-Type: ;;;=", body=b"Geneva."),
        plain("Content-Type: text/plain; charset*=utf-8''%ff%fe", body=b"Geneva."),
        plain("Content-Transfer-Encoding: nonsense", body=b"Geneva."),
        plain("Content-Transfer-Encoding: base64", body=b"!!!Geneva!!!"),
        plain("Content-Transfer-Encoding: uuencode", body=b"begin 666\nnonsense"),
        plain("Content-Transfer-Encoding: quoted-printable", body=b"=ZZ=\r\n=0"),
        b"",
        b"\r\n\r\n",
        b"\x00" * 1_000,
        bytes(range(256)) * 10,
    ],
)
def test_broken_mime_is_read_as_far_as_it_goes(mail: bytes) -> None:
    found = body(mail)
    assert "\x00" not in found.text


def test_unreadable_marks_are_left_out_of_what_is_kept() -> None:
    assert text(plain("Content-Type: text/plain; charset=utf-8", body=b"a\x00b\x1bc\r\nd\re\x7f")) == "abc\nd\ne"


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16", "iso-2022-jp", "latin-1"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_text_without_end_is_cut_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch, charset: str, kind: str
) -> None:
    monkeypatch.setattr(f"{MODULE}.LONGEST_TEXT", 25)
    monkeypatch.setattr(f"{MODULE}.html.LARGEST", 25)
    words = "é" if charset == "latin-1" else "x語" if charset == "utf-8" else "語"
    found = _decoded((words * 1_000).encode(charset), charset, 25)
    assert 25 <= len(found) <= 100
    assert found == (words * 1_000)[: len(found)]
    assert len(text(plain(f"Content-Type: text/{kind}; charset={charset}", body=(words * 99).encode(charset)))) <= 25


def test_a_text_without_end_is_cut() -> None:
    assert len(text(raw(text="word " * 100_000))) <= LONGEST_TEXT


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (nested(60), "nested_too_deep"),
        (nested(5_000), "nested_too_deep"),
        (nested(30), "nested_too_deep"),
        (plain("Content-Type: multipart/mixed; boundary=b", body=b"\r\n--b\r\n" * 100_000), "too_many_parts"),
        (plain(body=b"\n" * 2_000_000), "too_many_lines"),
        (b"Content-Type: message/rfc822\r\n\r\n" * 500, "nested_too_deep"),
        (plain("Content-Type: text/plain; charset=utf-8; " + "a=b; " * 200_000), "headers_too_large"),
        (plain("Content-Type: text/plain; name=" + '"\\"' * 200_000), "headers_too_large"),
        (plain("Content-Disposition: inline; " + "; ".join(f"filename*{n}=x" for n in range(5_000))), "too_large"),
    ],
)
def test_what_is_made_to_hurt_is_refused_at_once(mail: bytes, why: str) -> None:
    began = time.process_time()
    with pytest.raises(Unreadable, match=why):
        body(mail)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "mail",
    [
        nested(18),
        raw(text=None, html="<blockquote>" * 20_000),
        raw(text=None, html="<a " + "x=1 " * 200_000),
        raw(text=None, html="<" * 1_000_000),
        raw(text=None, html="<a " + " ".join(f"x{number}=1" for number in range(90_000))),
        raw(text=None, html="<table>" + "<tr><td>x" * 20_000),
        raw(text=None, html="<table><tr><td>" * 200 + "x" * 1_000),
        raw(text=None, html="<ul>" * 200 + "<li>x" * 150_000),
        raw(text=None, html="<pre>" + " " * 900_000 + "x</pre>"),
        raw(text=None, html='<p style="padding-left: 100000em; margin-top: 100000em">x' * 10_000),
        raw(text=None, html="<i></i>xxxxx" * 80_000),
        raw(text=None, html="<div>" * 90_000 + "</p>" * 90_000),
        raw(text=None, html="<b>" * 4_000 + "</i>" * 5_000),
        plain("Content-Transfer-Encoding: base64", body=b64encode(b"word " * 2_000_000)),
    ],
)
def test_what_is_large_is_read_in_bounded_time(mail: bytes) -> None:
    began = time.process_time()
    body(mail)
    assert time.process_time() - began < 10


def test_the_tags_of_all_parts_are_counted_together() -> None:
    part = b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 4_000 + b"</p>" * 4_000 + b"said\r\n"
    began = time.process_time()
    found = body(plain("Content-Type: multipart/mixed; boundary=b", body=part * 30 + b"--b--\r\n"))
    assert time.process_time() - began < 3
    assert found.text.split() == ["said"] * 30
