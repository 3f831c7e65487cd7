"""Rows of a file as records of a table, or the reason why a row is none."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from connector.imports.cells import Reading, value_of
from connector.imports.files import Line, Sheet
from connector.imports.rules import LONGEST_ID, NPS, SATISFACTION, faults_of
from connector.imports.tables import HOME, KEYS, Column, columns_of
from connector.model import RECORDS, Arrival, Entity, Fault, Record, Scalar, SurveyKind, text_of


def arrivals(sheet: Sheet, entity: Entity, reading: Reading) -> Iterator[Arrival | Fault]:
    """Yield each row of the file as a record, or all the reasons why it is none.

    Raises:
        SettingsError: the file cannot be read to its end.
    """
    columns = {column.name: column for column in columns_of(entity)}
    wanted = [columns[name] for name in sheet.names]
    unnamed = _defaults([column for column in columns.values() if column.name not in sheet.names])
    for line in sheet.lines:
        if len(line.cells) != len(wanted):
            yield Fault(line.number, "", "", f"it has {len(line.cells)} cells, and the header has {len(wanted)}")
            continue
        values, faults = _values(line, wanted, reading)
        faults += [Fault(line.number, *fault) for fault in faults_of(entity, values | unnamed, reading)]
        record = None if faults else _record(entity, values | unnamed, reading)
        if record is not None and len(record.id) > LONGEST_ID:
            faults.append(Fault(line.number, "id", record.id, f"an id has {LONGEST_ID} characters at most"))
        if faults:
            yield from faults
        elif record is not None:
            yield Arrival(line.number, record)


def _defaults(columns: list[Column]) -> dict[str, Any]:
    return {column.name: column.default for column in columns}


def _values(line: Line, columns: list[Column], reading: Reading) -> tuple[dict[str, Any], list[Fault]]:
    """Return what can be read of a line, and what is wrong with its other cells."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column, cell in zip(columns, line.cells, strict=True):
        text = cell.strip()
        try:
            values[column.name] = _value(column, text, reading)
        except ValueError as error:
            faults.append(Fault(line.number, column.name, text, str(error)))
    return values, faults


def _value(column: Column, text: str, reading: Reading) -> object:
    if text:
        return value_of(column, text, reading)
    if column.is_needed:
        raise ValueError("it must not be empty")
    return column.default


def _record(entity: Entity, values: dict[str, Any], reading: Reading) -> Record:
    if entity is HOME[0]:
        values["home"] = values["home"] or reading.home
    if entity is Entity.SURVEYS:
        _score(values)
    if entity is Entity.GOALS and values["subject_type"] in (None, "account"):
        values |= {"subject_type": "account", "subject": ""}
    if "home_amount" in values:
        _come_home(values, reading.home)
    values["id"] = values["id"] or key_of(KEYS[entity], values)
    return RECORDS[entity](**values)


def key_of(columns: tuple[str, ...], values: Mapping[str, Scalar]) -> str:
    """Return an id made of a row's own columns: `2026-01-31|advertising|google||`."""
    texts = [text_of(values[name]) or "" for name in columns]
    return "|".join(text.replace("\\", "\\\\").replace("|", "\\|") for text in texts)


def named(record: Record) -> Record:
    """Return a record of a table whose rows need no id of their own, with the id that a file's row of the same columns would have."""
    columns = KEYS[record.entity]
    return replace(record, id=key_of(columns, {name: getattr(record, name) for name in columns}))


def _come_home(values: dict[str, Any], home: str) -> None:
    """Fill in the home amount where it needs no rate: the amount is in the account's own currency, or says no other."""
    if values["home_amount"] is None and values["currency"] in (None, home):
        values["home_amount"] = values["amount"]


def _score(values: dict[str, Any]) -> None:
    """Take what was answered for the score where both are on the same scale; of efforts nobody knows which end is easy."""
    raw, scale = values["raw_score"], values["scale"]
    is_nps = values["kind"] is SurveyKind.NPS
    is_standard = scale in (None, NPS) if is_nps else values["kind"] is SurveyKind.CSAT and scale in SATISFACTION
    least, most = (0, NPS) if is_nps else (1, scale)
    if values["score"] is None and is_standard and raw is not None and raw == int(raw) and least <= raw <= most:
        values["score"] = raw
