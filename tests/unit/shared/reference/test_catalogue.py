"""The lists, their codes and their lookups."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.reference import catalogue
from shared.reference.entries import LANGUAGES

BEGINNINGS = dict(
    line.split(" ", 1) for line in (Path(__file__).parent / "paragraph_beginnings.txt").read_text().splitlines()
)


@pytest.mark.parametrize(("number", "beginning"), BEGINNINGS.items())
def test_each_paragraph_begins_as_the_declaration_does(number: str, beginning: str) -> None:
    assert catalogue.paragraph(int(number)).text.startswith(beginning + " ")


def test_there_are_77_paragraphs() -> None:
    assert [str(number) for number in catalogue.PARAGRAPHS] == list(BEGINNINGS) == [str(n) for n in range(1, 78)]


@pytest.mark.parametrize(
    ("number", "objectives"),
    [
        (1, [2, 5, 6, 12, 18]),
        (2, [4, 8, 9, 10, 11, 13, 21]),
        (3, [14, 15, 16, 19, 20, 22]),
        (4, [1, 3, 7, 17, 23]),
        (5, []),
    ],
)
def test_round_tables_have_the_objectives_of_their_headings(number: int, objectives: list[int]) -> None:
    assert [entry.number for entry in catalogue.round_table(number)] == objectives


def test_objectives_have_their_official_titles() -> None:
    assert list(catalogue.OBJECTIVES) == [f"objective-{number}" for number in range(1, 24)]
    assert catalogue.objective("objective-7").label("en") == "Address and reduce vulnerabilities in migration"
    assert all("en" in entry.official for entry in catalogue.OBJECTIVES.values())


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("FORMS", "financial technical human_resources process policy"),
        ("STATUSES", "planning in_progress delayed stalled fulfilled discontinued"),
        ("PLEDGE_KINDS", "individual common in_partnership matching"),
        ("CYCLES", "2022 2026"),
        ("FRAMEWORKS", "agenda-2030 addis-ababa paris sendai"),
        ("GROUPS", "african ldc lldc sids middle_income arab champion"),
        (
            "BARRIERS",
            """resources national_capacity coordination_within_government coordination_between_governments
            coordination_with_stakeholders law data external_shock other""",
        ),
        (
            "PRINCIPLES",
            """people-centred international-cooperation national-sovereignty rule-of-law sustainable-development
            human-rights gender-responsive child-sensitive whole-of-government whole-of-society""",
        ),
        (
            "ENTITY_KINDS",
            """member_state observer_state national_government local_government un_system international_organization
            regional_organization migrants diasporas civil_society local_communities migrant_diaspora_organizations
            faith_based academia private_sector parliamentarians trade_unions nhri media humanitarian volunteers
            other""",
        ),
    ],
)
def test_the_codes_that_others_store(name: str, codes: str) -> None:
    assert list(catalogue.every_list()[name]) == codes.split()


def test_commitments_keep_the_strength_of_their_verb() -> None:
    assert {entry.strength for entry in catalogue.COMMITMENTS.values() if entry.paragraph == 73} == {
        "welcome",
        "encourage",
        "request",
    }
    assert catalogue.commitment("57-2").strength == "will"
    assert catalogue.commitment("65").strength == "aim"
    assert catalogue.commitment("77").addressee == "president_of_general_assembly"


def test_the_plenary_of_2024() -> None:
    plenary = catalogue.milestone("plenary-2024")
    assert (plenary.starts.text, plenary.ends, plenary.kind) == ("2024-12-05", None, "plenary")
    assert (plenary.cycle, plenary.time_zone, plenary.paragraph) == ("2022", "America/New_York", 77)
    assert catalogue.cycle("2022").plenary == "plenary-2024"
    assert catalogue.cycle("2022").opens_at == datetime(2022, 5, 17, 4, tzinfo=UTC)


def test_reminders_go_out_only_where_pledges_are_reported() -> None:
    reminded = [code for code, entry in catalogue.MILESTONES.items() if entry.reminders]
    assert reminded == ["imrf-2022", "plenary-2024", "imrf-2026"]


def test_a_graduation_ends_a_membership_on_its_day() -> None:
    assert "ldc" in catalogue.groups_of("STP", date(2024, 12, 12))
    assert "ldc" not in catalogue.groups_of("STP", date(2024, 12, 13))
    assert "STP" in catalogue.group("sids").on(date(2024, 12, 13))


def test_africa_is_the_same_by_region_and_by_group() -> None:
    by_region = {code for code, state in catalogue.STATES.items() if state.region == "Africa"}
    by_regional_group = {code for code, state in catalogue.STATES.items() if state.regional_group == "african"}
    assert catalogue.group("african").on(date(2024, 12, 5)) == by_region == by_regional_group


def test_labels_are_in_the_language_or_in_english() -> None:
    assert catalogue.label("policy", "ru") == "Политика"
    assert catalogue.label("DEU", "es") == "Alemania"
    assert catalogue.label("plenary-2024", "de") == catalogue.milestone("plenary-2024").labels["en"]
    assert catalogue.commitment("67").label("ar").startswith("Cost of remittances")
    assert tuple(catalogue.state("KEN").labels) == LANGUAGES


@pytest.mark.parametrize(
    "lookup", ["objective", "principle", "entity_kind", "pledge_kind", "form", "status", "barrier"]
)
def test_an_unknown_code_is_a_value_error_with_what_may_have_been_meant(lookup: str) -> None:
    with pytest.raises(ValueError, match="did you mean"):
        getattr(catalogue, lookup)("nothing-like-this")


def test_a_near_miss_is_named() -> None:
    with pytest.raises(catalogue.UnknownCode, match=r"There is no objective \"objective7\"; did you mean objective-7"):
        catalogue.objective("objective7")
    with pytest.raises(catalogue.UnknownCode, match="¶1 to ¶77"):
        catalogue.paragraph(78)
    with pytest.raises(catalogue.UnknownCode, match="No list"):
        catalogue.label("nothing", "en")


def test_lists_cannot_be_changed_and_other_names_do_not_exist() -> None:
    with pytest.raises(TypeError):
        catalogue.FORMS["x"] = catalogue.FORMS["policy"]  # type: ignore[index]
    with pytest.raises(AttributeError, match="no attribute 'NOTHING'"):
        _ = catalogue.NOTHING  # type: ignore[attr-defined]


def test_an_import_is_cheap_and_reads_no_list() -> None:
    code = """
import sys
from shared.reference import catalogue
assert not {"pydantic", "difflib", "zoneinfo"} & set(sys.modules)
assert not {"FORMS", "OBJECTIVES", "STATES"} & set(vars(catalogue))
assert catalogue.FORMS is vars(catalogue)["FORMS"]
"""
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - the text above


def test_half_a_character_is_shown_escaped() -> None:
    with pytest.raises(catalogue.UnknownCode, match=r'no objective "\\ud800"'):
        catalogue.objective("\ud800")
