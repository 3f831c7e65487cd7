"""Rows of a file as records of a table, or the reason why a row is none."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from connector.imports.cells import Reading, value_of
from connector.imports.files import Line, Sheet
from connector.imports.tables import HOME, KEYS, Column, columns_of
from connector.model import RECORDS, Arrival, Entity, Fault, Record, Scalar, SurveyKind, text_of

NPS = 10
SATISFACTION = (5, 10)
"""The highest scores of the standard scales."""


class _Wrong(Exception):
    """A row that cannot be a record."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def arrivals(sheet: Sheet, entity: Entity, reading: Reading) -> Iterator[Arrival | Fault]:
    """Yield each row of the file as a record, or the first reason why it is none.

    Raises:
        SettingsError: the file cannot be read to its end.
    """
    columns = {column.name: column for column in columns_of(entity)}
    wanted = [columns[name] for name in sheet.names]
    unnamed = [column for column in columns.values() if column.name not in sheet.names]
    for line in sheet.lines:
        try:
            yield Arrival(line.number, _record(entity, _values(line, wanted, reading) | _defaults(unnamed), reading))
        except _Wrong as wrong:
            yield Fault(line.number, wrong.column, wrong.value, wrong.reason)


def _defaults(columns: list[Column]) -> dict[str, Any]:
    return {column.name: column.default for column in columns}


def _values(line: Line, columns: list[Column], reading: Reading) -> dict[str, Any]:
    if len(line.cells) != len(columns):
        raise _Wrong("", "", f"it has {len(line.cells)} cells, and the header has {len(columns)}")
    return {column.name: _value(column, text.strip(), reading) for column, text in zip(columns, line.cells, strict=True)}


def _value(column: Column, text: str, reading: Reading) -> object:
    if not text:
        if column.is_needed:
            raise _Wrong(column.name, text, "it must not be empty")
        return column.default
    try:
        return value_of(column, text, reading)
    except ValueError as error:
        raise _Wrong(column.name, text, str(error)) from None


def _record(entity: Entity, values: dict[str, Any], reading: Reading) -> Record:
    if entity is HOME[0]:
        _check_home(values, reading.home)
    if entity is Entity.DEALS:
        _judge(values)
    if entity is Entity.SURVEYS:
        _score(values)
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


def _judge(values: Mapping[str, Any]) -> None:
    if values["stage"] is None and values["status"] is None:
        raise _Wrong("status", "", "a deal needs a stage or a status, which tells whether it is open, won, lost or cancelled")


def _score(values: dict[str, Any]) -> None:
    """Take what was answered for the score where both are on the same scale; of efforts nobody knows which end is easy."""
    raw, scale = values["raw_score"], values["scale"]
    is_nps = values["kind"] is SurveyKind.NPS
    is_standard = scale in (None, NPS) if is_nps else values["kind"] is SurveyKind.CSAT and scale in SATISFACTION
    least, most = (0, NPS) if is_nps else (1, scale)
    if values["score"] is None and is_standard and raw is not None and raw == int(raw) and least <= raw <= most:
        values["score"] = raw


def _check_home(values: dict[str, Any], home: str) -> None:
    values["home"] = values["home"] or home
    if values["home"] != home:
        raise _Wrong("home", values["home"], f"the account counts in {home}, and rates are what a unit is worth in that")
