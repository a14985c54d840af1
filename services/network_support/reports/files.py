"""A report as a file for a spreadsheet program. Pure."""

import io
from collections.abc import Callable

from services.network_support.reports.schemas import Figure, Format, Report
from shared.files import sheets

HEADER = ("group", "measure", "ended", "running", "p50_hours", "p75_hours", "p90_hours", "unit")
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def made(report: Report, format_: Format) -> bytes:
    return _MADE[format_](report)


def _csv(report: Report) -> bytes:
    return sheets.MARK + sheets.line(HEADER) + b"".join(sheets.line(_row(one)) for one in report.figures)


def _xlsx(report: Report) -> bytes:
    book, out = sheets.Workbook(f"{report.since} to {report.until}", HEADER), io.BytesIO()
    book.add_all(map(_row, report.figures))
    book.save(out)
    return out.getvalue()


_MADE: dict[Format, Callable[[Report], bytes]] = {"csv": _csv, "xlsx": _xlsx}


def _row(one: Figure) -> list[str]:
    return ["" if value is None else str(value) for value in one.model_dump().values()]
