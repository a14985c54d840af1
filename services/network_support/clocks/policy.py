"""How long the Network takes, and which duty station answers whom: policy.yaml, checked."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from services.network_support.clocks.calendars import StationCode, Strict
from services.network_support.clocks.lifecycle import KINDS
from shared.reference import catalogue

LONGEST = 250  # working days: a year


def _of_the_world(region: str) -> str:
    known = {name for state in catalogue.STATES.values() for name in (state.region, state.sub_region)}
    if region not in known:
        raise ValueError(f"is no region; name one of {', '.join(sorted(known))}")
    return region


Days = Annotated[int, Field(ge=1, le=LONGEST, strict=True)]


class WorkingDays(Strict):
    """From when the request came, by kind of clock."""

    acknowledge: Days
    scoping: Days
    offers: Days
    matched: Days

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [getattr(self, kind) for kind in KINDS]
        if days != sorted(days):
            raise ValueError(f"must not become shorter in the order {', '.join(KINDS)}; correct the numbers")
        return self


class Stations(Strict):
    otherwise: StationCode
    by_region: Mapping[Annotated[str, AfterValidator(_of_the_world)], StationCode] = Field(default_factory=dict)


class Policy(Strict):
    working_days: WorkingDays
    stations: Stations

    def station_of(self, entity_id: str, country: str | None) -> str:
        """The code of the station that answers: by sub-region, region or otherwise, of the State or of the country.

        `country`: ISO 3166 alpha-3, of an entity that is no State, if it is known.
        """
        state = catalogue.STATES.get(entity_id) or catalogue.STATES.get(country or "")
        places = (state.sub_region, state.region) if state else ()
        found = (self.stations.by_region.get(place) for place in places)
        return next((station for station in found if station), self.stations.otherwise)
