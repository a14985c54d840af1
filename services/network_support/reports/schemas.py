"""Reports as the API gives them. Percentiles with the counts behind them, never averages."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

By = Literal["all", "region", "type", "officer"]
Format = Literal["csv", "xlsx"]
Unit = Literal["working_hours", "hours"]


class Figure(BaseModel):
    """One measure of one group; null while nothing has ended."""

    group: str | None = Field(description="A region (region_africa…), a type, an officer's id; null: all, or not known")
    measure: str = Field(description="first_response, paused, or the state in which the time was spent")
    ended: int = Field(description="How many the percentiles are of")
    running: int = Field(description="How many have not ended, and are in no percentile")
    p50: float | None
    p75: float | None
    p90: float | None
    unit: Unit = Field(
        default="hours",
        description=(
            "working_hours: of the duty station, as the request's clock counts them: the first response; hours: of the"
            " calendar, with nights and weekends: everything else"
        ),
    )


class Report(BaseModel):
    """Of the requests that were sent from the first day until the day before the last."""

    since: date
    until: date
    by: By
    requests: int = Field(description="How many there are")
    figures: list[Figure]
