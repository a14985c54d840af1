"""CSV: in which encoding, parted by what, and its rows. A stream; formulas in it are just texts."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from services.pledges.exchange import columns, files
from services.pledges.exchange.files import MOST_COLUMNS, MOST_ROWS, Opened, Record, Unreadable
from shared.files.sheets import GUARD, as_meant

# what may be asked for; what is found out without asking is one of the first three, or else the fourth
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "cp1252", "cp1250", "cp1251", "cp1256", "gb18030", "iso8859-15")
GUESS = "cp1252"
SEPARATORS = (",", ";", "\t")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PIECE = 1 << 16


def opened(file: BinaryIO, encoding: str | None) -> Opened:
    """Raises Unreadable."""
    used, notes = _encoding(file, encoding)
    file.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Borrowed(file)), used, newline="")
    sample = _decoded(text.read, _PIECE)
    separator = max(SEPARATORS, key=lambda one: _columns_in(sample, one))
    text.seek(0)
    rows = _rows(text, separator)
    header = next(rows, [])
    if files.is_form(header):
        one = files.form(rows)
        return Opened("form", iter([one] if one else []), notes=notes)
    names = files.columns_of(header, lambda place: f"{files.letters(place)}1")
    found = files.counted(_records(rows, names))
    return Opened("sheet", found, [name or "" for name in names], notes)


class _Borrowed(io.RawIOBase):
    """Reads a file that somebody else closes: a text reader would close what it reads, whenever it is collected."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(place, whence)

    def readinto(self, into: Any) -> int:
        read = self._file.read(len(into))
        into[: len(read)] = read
        return len(read)


def _encoding(file: BinaryIO, asked: str | None) -> tuple[str, list[str]]:
    start = file.read(4)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name, []
    if asked:
        return asked, []
    if _reads(file, "utf-8"):
        return "utf-8", []
    says = "The file does not say how its letters are encoded; it was read as Windows-1252 (Western European)."
    return GUESS, [f"{says} Look at some accents; if they are wrong, check again and name the encoding."]


def _reads(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(read: object, *given: int) -> str:
    try:
        return read(*given)  # type: ignore[operator,no-any-return]
    except (UnicodeError, ValueError) as error:
        raise _wrong_encoding() from error


def _wrong_encoding() -> Unreadable:
    return Unreadable("is not in this encoding", f"save it as UTF-8, or name its encoding: {', '.join(ENCODINGS)}")


def _columns_in(sample: str, separator: str) -> int:
    """How many columns of ours the first row names when it is parted like this."""
    try:
        header = next(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), [])
    except csv.Error:
        return 0
    return sum(columns.known(cell) is not None for cell in header) + files.is_form(header)


def _rows(text: io.TextIOWrapper, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(text, delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = f"cannot be read from row {number} on ({error})"
            raise Unreadable(problem, "look there for a quotation mark without its partner", f"A{number}") from None
        except UnicodeError:
            raise _wrong_encoding() from None
        yield [as_meant(cell) if cell[:1] == GUARD else cell for cell in row]


def _records(rows: Iterator[list[str]], names: Sequence[str | None]) -> Iterator[Record]:
    empty = 0
    for number, row in enumerate(rows, start=2):
        found = files.in_sheet(names, row[:MOST_COLUMNS], number)
        empty += found is None
        if empty > MOST_ROWS:
            raise Unreadable("has more empty rows than a file may have rows", "delete the empty rows", f"A{number}")
        if found:
            yield found
