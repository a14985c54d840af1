"""Policy and calendars together, as all clocks of this process are computed by."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from services.network_support.clocks.calendars import Calendars, DaysOff, Exceptions, Station
from services.network_support.clocks.lifecycle import Kind
from services.network_support.clocks.policy import Policy
from shared import policies

FOLDER = Path(__file__).parent  # of the files that come with the program
POLICY, CALENDARS, DAYS_OFF = "policy.yaml", "calendars.yaml", "days_off.yaml"


@dataclass(frozen=True)
class Rules:
    policy: Policy
    stations: Mapping[str, Station]  # by code, in the order of the file

    def station_of(self, entity_id: str, country: str | None) -> Station:
        """The one that answers; `country`: of an entity that is no State, if it is known."""
        return self.stations[self.policy.station_of(entity_id, country)]

    def allowed(self, kind: Kind, station: Station) -> timedelta:
        """Of working time at this station."""
        days: int = getattr(self.policy.working_days, kind)
        return days * station.working_day

    @cached_property
    def mark(self) -> int:
        """Changes whenever clocks may have to be computed anew: with the files, holidays and time zones. A bigint."""
        parts = [self.policy.model_dump_json(), version("holidays"), version("tzdata")]
        for code, station in self.stations.items():
            parts += [code, station.listed.model_dump_json(), station.exceptions.model_dump_json()]
        return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()[:8], signed=True)


def load(folder: Path | None = None) -> Rules:
    """From the three files of a folder; those that it lacks are the program's own. Raises policies.Faulty."""
    files = {name: _file(folder, name) for name in (POLICY, CALENDARS, DAYS_OFF)}
    listed = policies.load(files[CALENDARS], Calendars).root
    days_off = policies.load(files[DAYS_OFF], DaysOff, {"stations": listed}).root
    policy = policies.load(files[POLICY], Policy, {"stations": listed})
    stations = {code: Station(code, one, days_off.get(code, Exceptions())) for code, one in listed.items()}
    for code, station in stations.items():
        if year := station.idle_year():
            sentence = f"{code} has no working day in {year}; take away some of its days off."
            raise policies.fault(files[DAYS_OFF], (code,), sentence)
    return Rules(policy, stations)


def _file(folder: Path | None, name: str) -> Path:
    own = FOLDER / name
    return folder / name if folder and (folder / name).exists() else own


_in_use: list[Rules] = []


def use(rules: Rules) -> None:
    """From now on, in this process."""
    _in_use[:] = [rules]


def in_use() -> Rules:
    """What `use` said; before, the program's own files."""
    if not _in_use:
        use(load())
    return _in_use[0]
