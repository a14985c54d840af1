"""What the public list may be filtered by. A filter that is given more than once means any of its values."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.pledges.registry.content import Commitment, Cycle, Form, Framework, Kind, Level, Objective, SdgTarget
from services.pledges.registry.content import Language as TextLanguage
from services.pledges.registry.schemas import Reason
from services.pledges.search.codes import CODED, NONE, code, day
from services.pledges.search.sets import All, Has, Set, Without, before
from services.pledges.times import Day
from shared.reference import catalogue, regions
from shared.searching import words
from shared.web.pagination import word

MOST_VALUES = 50  # of one filter


def _known(entries: object) -> AfterValidator:
    def known(value: str) -> str:
        entries(value)  # type: ignore[operator] # raises ValueError with suggestions
        return value

    return AfterValidator(known)


def _status(value: str) -> str:
    if value != NONE:
        catalogue.status(value)
    return value


EntityCode = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(word)]
Most = Field(max_length=MOST_VALUES)


class Filters(BaseModel):
    """All that are given must fit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(max_length=200, examples=["移民"])] | None = Field(
        default=None,
        description="Each word stands in title, description, a translation or the entity's names: by its stem in the "
        "six languages of the United Nations, with or without accents; the first ten words count",
    )
    entity: Annotated[list[EntityCode], Most] = Field(
        default=[], description="Of these entities", examples=[["veridia"]]
    )
    entity_kind: Annotated[list[Annotated[str, _known(catalogue.entity_kind)]], Most] = []
    group: Annotated[list[Annotated[str, AfterValidator(regions.known)]], Most] = Field(
        default=[], description="Of entities in these regions or groups (¶69)", examples=[["african"]]
    )
    as_of: Day | None = Field(default=None, description="The day on which `group` is asked; today if not given")
    objective: Annotated[list[Objective], Most] = Field(default=[], examples=[["objective-7"]])
    round_table: Annotated[list[Annotated[int, Field(ge=1, le=4)]], Most] = []
    principle: Annotated[list[Annotated[str, _known(catalogue.principle)]], Most] = []
    commitment: Annotated[list[Commitment], Most] = Field(default=[], description="Of ¶51–77")
    form: Annotated[list[Form], Most] = []
    kind: Annotated[list[Kind], Most] = []
    state: Annotated[list[Literal["published", "closed"]], Most] = []
    closed_reason: Annotated[list[Reason], Most] = []
    status: Annotated[list[Annotated[str, AfterValidator(_status)]], Most] = Field(
        default=[], description=f"As reported last; `{NONE}`: nobody has reported"
    )
    cycle: Annotated[list[Cycle], Most] = Field(default=[], description="Made in the context of these (¶77)")
    level: Annotated[list[Level], Most] = []
    country: Annotated[list[Annotated[str, _known(catalogue.state)]], Most] = Field(
        default=[], description="Carried out there (ISO 3166 alpha-3)"
    )
    sdg_target: Annotated[list[SdgTarget], Most] = []
    framework: Annotated[list[Framework], Most] = []
    partner: Annotated[list[EntityCode], Most] = Field(default=[], description="With these entities as partners")
    language: Annotated[list[TextLanguage], Most] = Field(default=[], description="There in these languages (BCP 47)")
    origin: Annotated[list[Literal["submitted", "public_statement"]], Most] = []
    support: Annotated[list[Literal["requested", "matched", "delivered"]], Most] = Field(
        default=[], description="With a request for support that is so far"
    )
    has_support_request: bool | None = None
    silent_since: Day | None = Field(
        default=None, description="Published before this day, still open, and nobody has reported on or after it (UTC)"
    )
    period_from: Day | None = Field(default=None, description="Not over before this day; open ends never are")
    period_to: Day | None = Field(default=None, description="Begun by this day; open beginnings always are")
    published_from: Day | None = Field(default=None, description="First published on this day or later (UTC)")
    published_to: Day | None = Field(default=None, description="First published by this day (UTC)")


Named = dict[str, Set]


def coded(filters: Filters) -> Named:
    """Those of the filters that are codes, by name."""
    given = ((name, getattr(filters, name)) for name in (*CODED, "support"))
    return {name: Has([code(name, value) for value in values]) for name, values in given if values}


def dated(filters: Filters) -> Named:
    found: Named = {}
    if (since := filters.silent_since) is not None:
        found["silent_since"] = before("heard", day(since))
    for name, field in (("period_from", "end"), ("published_from", "first_published")):
        if (first := getattr(filters, name)) is not None:
            found[name] = Without(before(field, day(first)))
    for name, field in (("period_to", "start"), ("published_to", "first_published")):
        if (last := getattr(filters, name)) is not None:
            found[name] = before(field, day(last) + 1)
    return found


def asked(filters: Filters) -> Named:
    """Whether support was asked for, in any way that the public knows of."""
    any_of_them = Has([code("support", status) for status in ("requested", "matched", "delivered")])
    match filters.has_support_request:
        case None:
            return {}
        case wanted:
            return {"has_support_request": any_of_them if wanted else Without(any_of_them)}


def spelled(query: str, stemmed: Sequence[Sequence[str]]) -> Set:
    """Each word of a text, by all that its stem may be; nothing at all for a text without words."""
    if not words.wanted(query):
        return Has([])
    return All([Has([f"{place}:{stem}" for place in ("word", "of:name") for stem in stems]) for stems in stemmed])
