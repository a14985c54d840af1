"""The HTML of mails, for programs of every age: small, self-contained, readable by tools; and bad texts stay texts."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.content.cleaning import one_line
from services.notifications.content.words import LANGUAGES
from services.notifications.deliveries.letters import of_membership
from services.notifications.deliveries.steps import AUDIENCES, TEMPLATES
from tests.support.mails import EVERY, OF_PLEDGES, PORTAL, TOLD, Page, a_letter, contact, flat, reads

EVIL = '<script>alert(1)</script> & "quotes" <img src=x onerror=y>'
GMAIL_CLIPS_AT = 102 * 1024
TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "div",
    "table",
    "tbody",
    "tr",
    "td",
    "p",
    "ul",
    "li",
    "a",
    "bdi",
}
OF_HANDOVERS = [template for template in TEMPLATES if AUDIENCES[template] in {"former", "successor"}]
TYPED = [
    "{{7*7}}",
    "{% raw %}",
    "=cmd|'/c calc'!A1",
    "%(name)s",
    "{entity}",
    "{0.__class__}",
    "&lt;b&gt;",
    "\\u202e",
    "$1",
]

# an offer's title never travels, and a pledge that may be another entity's is not named
NAMING = [template for template in OF_PLEDGES if template != "support_refused" and not template.startswith("offer_")]


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(template: str, language: str) -> None:
    evil = contact(language, pledge_title=EVIL, name=EVIL, entity_name=EVIL, filed_by=EVIL)
    html = a_letter(template, evil).content.html
    page = Page(html)
    assert page.tags <= TAGS
    assert not {name for name, _ in page.attributes} & {"src", "background", "srcset"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import", html)
    assert all(link.startswith(f"{PORTAL}/") for link in page.links)


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_each_element_carries_its_style_and_tables_are_no_data(template: str, language: str) -> None:
    page = Page(a_letter(template, contact(language)).content.html)
    assert all(given.get("style") for tag, given in page.started if tag in {"td", "p", "a", "body", "li"})
    assert all(given.get("role") == "presentation" for tag, given in page.started if tag == "table")
    assert "flex" not in " ".join(given.get("style", "") for _, given in page.started)


@pytest.mark.parametrize("language", LANGUAGES)
def test_dark_surroundings_are_known(language: str) -> None:
    html = a_letter("reminder", contact(language)).content.html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_no_mail_is_so_long_that_gmail_cuts_it(template: str, language: str) -> None:
    long = contact(language, pledge_title="ط" * 500, entity_name="ع" * 200, name="م" * 200)
    html = a_letter(template, long, pledges=50).content.html
    assert len(html.encode()) < GMAIL_CLIPS_AT


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", NAMING)
def test_html_in_a_title_is_shown_and_not_obeyed(template: str, language: str) -> None:
    content = a_letter(template, contact(language, pledge_title=EVIL)).content
    assert reads(content.text, EVIL)
    assert reads(Page(content.html).words, EVIL)
    assert "<script" not in content.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", OF_HANDOVERS)
def test_html_in_a_name_is_shown_and_not_obeyed(template: str, language: str) -> None:
    evil = replace(contact(language), membership=replace(TOLD, other=EVIL))
    content = of_membership(template, evil, PORTAL).content
    assert reads(Page(content.html).words, EVIL)
    assert "<script" not in content.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", TYPED)
def test_what_looks_like_code_comes_out_as_typed(typed: str, language: str) -> None:
    content = a_letter("pledge_published", contact(language, pledge_title=typed, name=typed, entity_name=typed)).content
    assert all(reads(shown, typed) for shown in (content.subject, content.text, Page(content.html).words))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("evil", ["a\r\nBcc: x@example.org", "a\u202eb", "a\u2066b", "a\u2029b", "a\x00b", "\ud800"])
def test_no_text_breaks_a_line_or_turns_the_direction(evil: str, language: str) -> None:
    content = a_letter("pledge_published", contact(language, pledge_title=evil, name=evil, entity_name=evil)).content
    assert len(content.subject.splitlines()) == 1
    shown = content.subject + content.text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066\u2067]", shown)
    assert not re.search("^Bcc", content.text, re.MULTILINE)
    assert "\u2066" not in content.html
    assert "\u202e" not in content.html


@given(st.text(max_size=300))
def test_a_clean_line_is_one_line_that_can_be_sent(text: str) -> None:
    clean = one_line(text)
    assert len(clean.splitlines()) <= 1
    clean.encode()
    assert one_line(clean) == clean
    assert len(one_line(text, 20)) <= 20


@given(st.text(max_size=120), st.sampled_from(EVERY))
def test_no_text_at_all_makes_a_mail_that_cannot_be_sent(text: str, which: tuple[str, str]) -> None:
    template, language = which
    content = a_letter(template, contact(language, pledge_title=text, name=text, entity_name=text)).content
    (content.subject + content.text + content.html).encode()
    assert len(content.subject.splitlines()) == 1
    assert len(content.subject) < 300
    assert Page(content.html).tags <= TAGS
    assert flat(content.text)


def test_marks_that_turn_the_reading_direction_are_removed() -> None:
    assert one_line("a\u202eevil\u2066b\u2029c\x00d\ud800") == "a evil b c d?"
