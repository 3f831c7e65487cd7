"""Reads the extract of the service desk's event log: days come first, "?" means missing, and an incident is several rows."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

SHIPPED = Path(__file__).parent / "data" / "uci_incident" / "incidents.csv"
"""The extract that lies in the package."""


@dataclass(frozen=True, slots=True)
class Event:
    """The state an incident was in after a change, on the desk's own clock."""

    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident; `caller` and `agent` are numbers that stand for people, None where the log has none; `priority` is 1 (worst) to 4.

    `in_time` says whether it was resolved within the time agreed. Event times are full minutes, the first is not before `opened`.
    """

    number: str
    opened: datetime
    channel: str
    category: str
    priority: int
    caller: int | None
    agent: int | None
    in_time: bool
    events: tuple[Event, ...]


@cache
def load(path: Path = SHIPPED) -> tuple[Incident, ...]:
    """Read the incidents in the order in which they were opened, once in a process.

    Raises:
        OSError: the file cannot be read.
        KeyError: the file lacks a column.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault(row["number"], []).append(row)
    return tuple(sorted(map(_incident, groups.values()), key=lambda incident: (incident.opened, incident.number)))


def _incident(rows: list[dict[str, str]]) -> Incident:
    last = rows[-1]
    return Incident(
        number=last["number"],
        opened=_moment(last["opened_at"]),
        channel=last["contact_type"],
        category=last["category"],
        priority=int(last["priority"]),
        caller=_number(last["caller_id"]),
        agent=_number(last["assigned_to"]),
        in_time=last["made_sla"] == "true",
        events=tuple(_events(rows)),
    )


def _events(rows: list[dict[str, str]]) -> Iterable[Event]:
    """Yield the rows that changed the state; the log has its rows in order, though not each clock that wrote them ran alike."""
    state, at = "", _moment(rows[0]["opened_at"])
    for row in rows:
        at = max(at, _moment(row["sys_updated_at"]))
        if row["ident_state"] != state:
            state = row["ident_state"]
            yield Event(at, state)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M")  # noqa: DTZ007  # the log names no zone: the desk's own clock


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None
