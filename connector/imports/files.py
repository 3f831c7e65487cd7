"""A CSV file line by line: its bytes, its separator, its header. What is wrong with the file as a whole ends the import."""

import csv
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from connector.errors import SettingsError
from connector.imports.tables import columns_of
from connector.model import Entity

_SEPARATORS = (",", ";", "\t")
_LONGEST = 1_000_000
"""How many characters one cell may have; more is a quotation mark without its partner."""
_CUT = re.compile(r"(?<=\r)(?!\n)")
"""Where a line of an old Mac ends, which has a carriage return alone."""
_KINDS: Mapping[bytes, str] = {
    b"PK\x03\x04": "an Excel workbook or another archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"\x1f\x8b": "compressed",
    b"%PDF": "a PDF",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
"""What files that are no CSV begin with."""
_FAULTS: Mapping[str, str] = {
    "field larger than": f"has a cell of more than {_LONGEST:,} characters, mostly because a quotation mark has no partner",
    "unexpected end": "has a quotation mark that is never closed",
    "expected after": "has text behind a closing quotation mark; within a cell, quotation marks are written twice",
}
"""What Python's reader complains of, in our words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: the line it begins at (from 1), and its cells."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open file: the names in its header, and its rows, which are read as they are asked for."""

    path: Path
    names: tuple[str, ...]
    lines: Iterator[Line]


@contextmanager
def opened(path: Path, entity: Entity) -> Iterator[Sheet]:
    """Open a file of one table and check its header.

    Raises:
        SettingsError: it cannot be read, is no UTF-8 or CSV (which may show only at a later row), or its header does not fit.
    """
    with _bytes(path) as file:
        lines = _lines(path, file)
        header = next(lines, None)
        if header is None:
            raise SettingsError(f"{path} is empty; its first line should be a header, as `crm-kpi import {entity} --template` prints it.")
        names = tuple(name.strip().lower() for name in _without_tail(header.cells, 0))
        _check_header(path, entity, names)
        yield Sheet(path, names, (Line(line.number, _without_tail(line.cells, len(names))) for line in lines))


def _without_tail(cells: Sequence[str], least: int) -> Sequence[str]:
    """Return cells without the empty ones that spreadsheets put at the end, but at least so many."""
    count = len(cells)
    while count > least and not cells[count - 1].strip():
        count -= 1
    return cells[:count]


def _bytes(path: Path) -> BinaryIO:
    try:
        file = path.open("rb")
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    found = next((kind for start, kind in _KINDS.items() if file.peek(len(start)).startswith(start)), None)
    if found:
        file.close()
        raise SettingsError(f"{path} is {found}; save it as CSV UTF-8.")
    return file


def _lines(path: Path, file: BinaryIO) -> Iterator[Line]:
    texts = _texts(path, file)
    first = next(texts, "")
    separator = max(_SEPARATORS, key=first.count)
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(_joined(first, texts), delimiter=separator, strict=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Line(before + 1, cells)
            before = reader.line_num
    except csv.Error as error:
        what = next((told for start, told in _FAULTS.items() if start in str(error)), f"cannot be read: {error}")
        raise SettingsError(f"{path} is not CSV: the row that begins at line {before + 1} {what}.") from None


def _joined(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _texts(path: Path, file: BinaryIO) -> Iterator[str]:
    for number, raw in enumerate(file, 1):
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise SettingsError(f"{path} is not UTF-8 at line {number}: {error.reason}; save it as CSV UTF-8.") from None
        yield from _CUT.split(text)


def _check_header(path: Path, entity: Entity, names: Sequence[str]) -> None:
    columns = columns_of(entity)
    known = [column.name for column in columns]
    wrong = [_unknown(name, known) for name in dict.fromkeys(names) if name and name not in known]
    wrong += [f"column {place} has no name" for place, name in enumerate(names, 1) if not name]
    double = [f"{name!r} is there twice" for name in dict.fromkeys(names) if name in known and names.count(name) > 1]
    missing = [f"{column.name!r} is missing" for column in columns if column.is_needed and column.name not in names]
    if wrong or double or missing:
        faults = "; ".join([*wrong, *double, *missing])
        raise SettingsError(f"The header of {path} does not fit the table {entity}: {faults}. Allowed are {', '.join(known)}.")


def _unknown(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"{name!r} is not a column" + (f" (did you mean {near[0]!r}?)" if near else "")
