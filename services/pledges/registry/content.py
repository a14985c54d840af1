"""What a pledge says: its fields, each with what it takes. No I/O."""

import re
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from services.pledges.entities.schemas import EntityId
from shared.reference import catalogue
from shared.reference.dates import PartialDate
from shared.web.text import Line, Text

LONGEST_DESCRIPTION = 20_000
MOST = 50  # entries of a list; the longest of the real pledges has 23
MOST_CODES = 100  # the commitments of ¶51–77 are some eighty
MOST_PLACES = 200  # all States, and some cities
LARGEST_NUMBER = Decimal(10) ** 24
LARGEST = 600_000  # bytes of it all as JSON: with its reports and answers it travels in one event
LONGEST_LANGUAGE = 35  # characters, as BCP 47 recommends: pledges are counted and found by it
STORED = "stored"  # as the context of a validation: what was taken by older rules is read as it is
# of review cycles that staff add: begun by a year, so that no other list has the same code
CYCLE_CODE = r"^[0-9]{4}(-[a-z0-9]+)*$"
LONGEST_CYCLE = 60
_CYCLE = re.compile(CYCLE_CODE)

Kind = Literal["individual", "common", "in_partnership", "matching"]


def _short(tag: str, info: ValidationInfo) -> str:
    if len(tag) > LONGEST_LANGUAGE and info.context != STORED:
        raise ValueError(f"is longer than {LONGEST_LANGUAGE} characters; write its first parts, for example zh-Hant")
    return tag


Language = Annotated[
    str,
    Field(
        pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="BCP 47",
        examples=["en"],
        json_schema_extra={"maxLength": LONGEST_LANGUAGE},
    ),
    AfterValidator(_short),
]
Number = Annotated[
    Decimal, Field(allow_inf_nan=False, max_digits=30, decimal_places=6, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)
]


Title = Annotated[Line, Field(min_length=1)]
Description = Annotated[Text, Field(max_length=LONGEST_DESCRIPTION)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _one_of(entries: Any) -> AfterValidator:
    def known(code: str) -> str:
        entries(code)  # raises ValueError with suggestions
        return code

    return AfterValidator(known)


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("names something twice; name each once")
    return values


Objective = Annotated[str, _one_of(catalogue.objective)]
Objectives = Annotated[list[Objective], Field(max_length=MOST), AfterValidator(_distinct)]
Principles = Annotated[
    list[Annotated[str, _one_of(catalogue.principle)]], Field(max_length=MOST), AfterValidator(_distinct)
]
Form = Annotated[str, _one_of(catalogue.form)]
Forms = Annotated[list[Form], Field(max_length=MOST), AfterValidator(_distinct)]
Dimensions = Annotated[
    list[Annotated[str, _one_of(catalogue.disaggregation)]], Field(max_length=MOST), AfterValidator(_distinct)
]


def _cycle(code: str) -> str:
    """Of the reference data, or what staff may have added: whether they have, reviews/cycles.py asks the database."""
    if len(code) > LONGEST_CYCLE or not _CYCLE.fullmatch(code):
        catalogue.cycle(code)  # raises ValueError with suggestions
    return code


Cycle = Annotated[str, AfterValidator(_cycle)]
Commitment = Annotated[str, _one_of(catalogue.commitment)]
Framework = Annotated[str, _one_of(catalogue.framework)]
SdgTarget = Annotated[str, _one_of(catalogue.sdg_target)]
Level = Literal["local", "national", "regional", "international"]
Bound = Literal["exactly", "up_to", "at_least", "about"]
Address = Annotated[Line, Field(max_length=2000, pattern="^https?://")]
Amount = Annotated[Number, Field(ge=0)]


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies  # only who names a currency waits for the list

    return frozenset(list_currencies())


def _currency(code: str) -> str:
    if code not in _currencies():
        raise ValueError(f"{code} is no currency; write its ISO 4217 code, for example EUR")
    return code


Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"]), AfterValidator(_currency)]


class Target(Strict):
    """What is to be reached; value and baseline are numbers, `value_text` is what no number says."""

    what: Line
    unit: Line | None = None
    baseline: Number | None = None
    comparator: Literal["at_least", "exactly", "at_most", "about"] | None = None
    value: Number | None = None
    value_text: Line | None = None
    by: PartialDate | None = None
    disaggregated_by: Dimensions = []


class Period(Strict):
    """From when to when, as precisely as is known."""

    start: PartialDate | None = None
    end: PartialDate | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start and self.end and self.end.ends_before(self.start):
            raise ValueError(f"ends ({self.end}) before it starts ({self.start}); exchange or correct the dates")
        return self


class Translation(Strict):
    """The same pledge in another language."""

    language: Language
    title: Title
    description: Description = ""


class Place(Strict):
    """Where it is carried out: a State, a place by its name, or both."""

    country: Annotated[str, _one_of(catalogue.state)] | None = Field(default=None, description="ISO 3166 alpha-3")
    name: Line | None = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not (self.country or self.name):
            raise ValueError("has neither country nor name; give one of them")
        return self


class Plan(Strict):
    """A national implementation plan of the Compact that the pledge belongs to (¶17, 69)."""

    title: Title
    url: Address | None = None


class Money(Strict):
    """Money that is pledged: as the entity puts it in `said`, or as a number, or both; `bound` of the number."""

    said: Line | None = Field(default=None, examples=["up to 200.000 euros"])
    amount: Amount | None = None
    currency: Currency | None = None
    bound: Bound = "exactly"

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.said and self.amount is None:
            raise ValueError("has neither said nor amount; give one of them")
        return self


class ExternalId(Strict):
    """What the pledge is called in another system."""

    system: Annotated[Line, Field(min_length=1, max_length=100)]
    id: Annotated[Line, Field(min_length=1, max_length=200)]
    url: Address | None = None


class Content(Strict):
    """What is pledged. Only the title must be there in a draft; what a submission needs, `submit` says."""

    title: Title
    kind: Kind = "individual"
    matches: UUID | None = Field(default=None, description="The published pledge that a matching pledge points at")
    description: Description = ""
    language: Language = "en"
    translations: list[Translation] = Field(default=[], max_length=MOST)
    main_objectives: Objectives = Field(default=[], description="Those of `objectives` that matter most")
    objectives: Objectives = []
    principles: Principles = []
    commitments: Annotated[list[Commitment], Field(max_length=MOST_CODES), AfterValidator(_distinct)] = Field(
        default=[], description="Those of ¶51–77 that it serves"
    )
    forms: Forms = []
    levels: Annotated[list[Level], AfterValidator(_distinct)] = []
    places: list[Place] = Field(default=[], max_length=MOST_PLACES)
    targets: list[Target] = Field(default=[], max_length=MOST)
    period: Period = Period()
    review_cycle: Cycle | None = Field(
        default=None,
        description="The cycle in whose context it is made (¶77); if none is named, the one open at submission",
    )
    partners: list[Line] = Field(default=[], max_length=MOST, description="Who pledges or acts with you, by name")
    partner_entities: Annotated[list[EntityId], Field(max_length=MOST_PLACES), AfterValidator(_distinct)] = Field(
        default=[], description="Those partners that are entities here, who sign off or dissent themselves"
    )
    national_plan: Plan | None = None
    sdg_targets: Annotated[list[SdgTarget], Field(max_length=MOST), AfterValidator(_distinct)] = Field(
        default=[], description="Targets of the 2030 Agenda (¶74)", examples=[["10.7"]]
    )
    frameworks: Annotated[list[Framework], Field(max_length=MOST), AfterValidator(_distinct)] = []
    money: list[Money] = Field(default=[], max_length=MOST)
    external_ids: list[ExternalId] = Field(default=[], max_length=MOST)
    attachment: UUID | None = Field(default=None, description="A file that was uploaded to this pledge before")

    @model_validator(mode="after")
    def _main_ones_are_among_all(self) -> Self:
        if unknown := [code for code in self.main_objectives if code not in self.objectives]:
            raise ValueError(f"main_objectives names {unknown[0]}, which is not in objectives; add it there too")
        return self

    @model_validator(mode="after")
    def _each_language_once(self) -> Self:
        languages = [self.language, *(text.language for text in self.translations)]
        if again := next((code for place, code in enumerate(languages) if code in languages[:place]), None):
            raise ValueError(f"translations has {again} twice, or the pledge itself is in {again}; keep one of them")
        return self


EXAMPLE: dict[str, Any] = {
    "title": "Identity documents at every consulate",
    "kind": "individual",
    "description": "Veridia will issue identity documents to its nationals at twelve consular posts, up from four.",
    "language": "en",
    "main_objectives": ["objective-4"],
    "objectives": ["objective-4", "objective-14"],
    "principles": ["people-centred"],
    "commitments": ["64"],
    "forms": ["process", "human_resources"],
    "levels": ["national", "international"],
    "places": [{"country": "KEN", "name": "Nairobi"}],
    "targets": [
        {
            "what": "Consular posts that issue identity documents",
            "unit": "posts",
            "baseline": 4,
            "comparator": "at_least",
            "value": 12,
            "by": "2026",
            "disaggregated_by": ["location"],
        }
    ],
    "period": {"start": "2024-09", "end": "2026-06"},
    "review_cycle": "2022",
    "partners": [],
    "translations": [{"language": "fr", "title": "Des documents d’identité dans chaque consulat", "description": ""}],
    "national_plan": {"title": "Veridia's plan for the Compact, 2023–2027"},
    "sdg_targets": ["10.7", "16.9"],
    "frameworks": ["agenda-2030"],
    "money": [{"said": "up to 2 million euros", "amount": 2000000, "currency": "EUR", "bound": "up_to"}],
    "external_ids": [{"system": "Veridia's register of pledges", "id": "2024-17"}],
}
