"""Every mail in every language: it renders, says why it came, escapes, and holds nothing from elsewhere."""

import re
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from jinja2 import UndefinedError

from services.notifications.content.renderer import render
from services.notifications.content.words import FOLDER, LANGUAGES, spoken, words
from services.notifications.deliveries.letters import of_membership, of_reminder
from services.notifications.deliveries.steps import ANSWERABLE, AUDIENCES, MAILS, TEMPLATES
from services.notifications.reminders.listing import Listed, Listing
from shared.events.registry import TYPES
from tests.support.mails import EVERY, PLEDGE, PORTAL, TOLD, Page, a_letter, contact, flat, reads

EVIL = '<script>alert(1)</script> & "quotes" <img src=x onerror=y>'
OF_HANDOVERS = [template for template in TEMPLATES if AUDIENCES[template] in {"former", "successor"}]


def test_there_is_a_file_for_every_mail_in_every_language_and_no_other() -> None:
    for language in LANGUAGES:
        assert {file.stem for file in (FOLDER / language).glob("*.mail")} == set(TEMPLATES)


def test_the_mail_table_names_events_that_exist() -> None:
    assert set(MAILS) <= set(TYPES)
    assert (
        len(AUDIENCES) == sum(map(len, MAILS.values())) + 3
    )  # the reminder, its cancellation, and what comes together


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_text_and_html_say_who_why_and_what_next(template: str, language: str) -> None:
    content = a_letter(template, contact(language)).content
    page = Page(content.html)
    said = words(language)
    reason = said.reason(AUDIENCES[template], ["Veridia"])
    answers = said.answerable if template in ANSWERABLE else said.automatic
    for shown in (content.text, page.words):
        assert all(reads(shown, part) for part in ("Amina Diallo", reason, "Veridia", answers))
    assert page.links
    assert all(link.startswith(f"{PORTAL}/") for link in page.links)
    assert all(link in content.text for link in page.links)
    assert (content.language, ("lang", language) in page.attributes) == (language, True)
    assert content.subject
    assert "\n" not in content.subject


def test_a_refused_request_shows_no_title_that_may_be_another_entitys() -> None:
    assert "Schools" not in a_letter("support_refused", contact()).content.text


def test_fields_are_named_once_in_the_persons_language() -> None:
    assert re.findall(r"^- (.*)$", a_letter("pledge_changes_requested", contact("fr")).content.text, re.MULTILINE) == [
        "période",
        "cibles",
        "unheard_of",
    ]


@pytest.mark.parametrize(
    ("language", "offset", "expected"),
    [
        ("en", -30, "On 5 December 2024 the pledges under"),
        ("en", 14, "took place on 5 December 2024. A report is still welcome. No report"),
        ("fr", -30, "Le 5 décembre 2024, les engagements"),
        ("fr", 14, "a eu lieu le 5 décembre 2024."),
    ],
)
def test_a_reminder_before_and_after(language: str, offset: int, expected: str) -> None:
    assert reads(a_letter("reminder", contact(language), offset=offset).content.text, expected)


@pytest.mark.parametrize(
    ("language", "number", "says", "link"),
    [
        ("en", 2, "Report 2 was made on the pledge “Schools” (Kalmora), in which Veridia", "?entity=veridia&update=2"),
        ("en", None, "is published. It names Veridia as a partner.", "?entity=veridia"),
        ("fr", 2, "Un compte rendu (numéro 2) a été fait sur l’engagement « Schools » (Kalmora)", "&update=2"),
        ("fr", None, "est publié. Il nomme comme partenaire : Veridia.", "?entity=veridia"),
    ],
)
def test_a_partner_is_asked_about_a_version_or_a_report(
    language: str, number: int | None, says: str, link: str
) -> None:
    content = a_letter("sign_off_asked", contact(language, pledge_entity="Kalmora"), update=number).content
    assert reads(content.text, says)
    assert f"/my/pledges/{PLEDGE}/answer?entity=veridia" in content.text
    [address] = Page(content.html).links
    assert address.endswith(link)


@pytest.mark.parametrize(
    ("language", "filer", "says"),
    [
        ("en", "Kalmora", "Kalmora has filed the pledge “Schools” in the name of Veridia"),
        ("en", None, "Another entity has filed the pledge"),
        ("fr", "Kalmora", "Kalmora a déposé l’engagement « Schools » en votre nom (Veridia)"),
        ("fr", None, "Une autre entité a déposé"),
    ],
)
def test_an_entity_reads_who_filed_a_pledge_in_its_name(language: str, filer: str | None, says: str) -> None:
    assert reads(a_letter("acceptance_asked", contact(language, filed_by=filer)).content.text, says)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_filed_it_is_not_promised_what_its_entity_hears(language: str) -> None:
    own = flat(a_letter("pledge_received", contact(language)).content.text)
    other = contact(language, pledge_entity="Kalmora", filed_by="Veridia")
    filed = flat(a_letter("pledge_received", other).content.text)
    assert ("Veridia" in own, "Kalmora" in own, "Kalmora" in filed) == (True, False, True)
    assert own != filed.replace("Kalmora", "Veridia")


def test_a_reminder_for_several_entities_says_whose_pledge_is_whose() -> None:
    listed = (Listed(1, PLEDGE, "veridia", "Schools"), Listed(2, UUID(int=2), "milan", "Housing"))
    listing = Listing("plenary-2024", {}, date(2024, 12, 5), -30, listed)
    asked = {"veridia": contact(), "milan": contact(entity_name="City of Milan")}
    text = of_reminder("reminder", asked, listing, PORTAL).content.text
    assert "- Schools (Veridia)\n" in text
    assert "- Housing (City of Milan)\n" in text
    assert reads(text, "focal point of Veridia and City of Milan.")
    assert "plenary-2024" in text  # a milestone without a name


@pytest.mark.parametrize(
    ("language", "names", "shown"),
    [
        ("fr", {"en": "Forum 2030", "fr": "Le Forum"}, "« Le Forum »"),
        ("fr", {"en": "Forum 2030"}, "« Forum 2030 (en anglais) »"),
        ("en", {"en": "Forum 2030"}, "“Forum 2030”"),
        ("ar", {"en": "Forum 2030"}, "«Forum 2030 (بالإنكليزية)»"),
        ("de", {"en": "Forum 2030"}, "“Forum 2030”"),  # the whole mail is in English
        ("fr", {}, "« plenary-2024 »"),
    ],
)
def test_a_milestone_that_has_an_english_name_only_is_said_to(language: str, names: dict[str, str], shown: str) -> None:
    listing = Listing("plenary-2024", names, date(2024, 12, 5), -30, (Listed(1, PLEDGE, "veridia", "Schools"),))
    text = of_reminder("reminder", {"veridia": contact(language)}, listing, PORTAL).content.text
    assert reads(text, shown)


def test_a_pledge_without_a_title_or_a_person_without_a_name() -> None:
    text = a_letter("pledge_published", contact(pledge_title=None, name="")).content.text
    assert text.startswith("Good day,\n")
    assert reads(text, "pledge without a title")


@pytest.mark.parametrize(
    ("asked", "answered"), [("fr", "fr"), ("fr-CA", "fr"), ("FR", "fr"), ("zh-Hans", "zh"), ("de", "en"), ("", "en")]
)
def test_a_language_that_we_lack_falls_back_to_english(asked: str, answered: str) -> None:
    assert spoken(asked) == answered


def test_a_value_that_is_missing_is_an_error_and_no_gap() -> None:
    with pytest.raises(UndefinedError):
        render("pledge_published", "en", {"greeting": "Hello"})


@pytest.mark.parametrize(("language", "says"), [("en", "Opening a link changes nothing"), ("fr", "Ouvrir un lien")])
def test_a_reminder_has_a_link_of_ones_own_for_each_pledge_that_takes_one(language: str, says: str) -> None:
    other = UUID(int=2)
    listed = (Listed(1, PLEDGE, "veridia", "Schools"), Listed(2, other, "veridia", "Housing"))
    asked = {"veridia": contact(language, links={PLEDGE: "gAAAA_token-1"})}
    content = of_reminder("reminder", asked, Listing("c", {}, date(2024, 12, 5), -30, listed), PORTAL).content
    for address in ("https://pledges.example/links/gAAAA_token-1", f"https://pledges.example/pledges/{other}"):
        assert f"  {address}\n" in content.text
        assert ("href", address) in Page(content.html).attributes
    assert reads(content.text, says)


@pytest.mark.parametrize(
    ("template", "language", "says"),
    [
        ("handover_former", "en", "From 1 October 2024 on, Bruno Keita is focal point of Veridia in your place."),
        (
            "handover_former",
            "fr",
            "À compter du 1er octobre 2024, Bruno Keita est point focal (Veridia) à votre place.",
        ),
        ("handover_successor", "en", "you are focal point of Veridia, in the place of Bruno Keita."),
        ("handover_successor", "fr", "vous êtes point focal (Veridia), à la place de Bruno Keita."),
        ("invitation", "en", "as delegate, who makes and reports on its pledges."),
        ("invitation", "fr", "jusqu’au 1er octobre 2024"),
    ],
)
def test_a_mail_about_a_membership(template: str, language: str, says: str) -> None:
    content = a_letter(template, contact(language)).content
    assert reads(content.text, says)
    assert (f"{PORTAL}/invitations/gAAAA_invitation" in content.text) == (template == "invitation")


@pytest.mark.parametrize("language", LANGUAGES)
def test_whose_name_is_not_known_any_more_is_not_named(language: str) -> None:
    for template in OF_HANDOVERS:
        content = of_membership(
            template, replace(contact(language), membership=replace(TOLD, other="")), PORTAL
        ).content
        assert "Bruno" not in content.text
        assert ",," not in flat(content.text)
