"""Exports of other systems on the road: imported and measured by the real command, compared with what was worked out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector.store import Store
from tests.road.place import Desk

from .exports import EXTRACTS, FULL, Mapped, write

ACCOUNT = "default"
Values = Mapping[tuple[str, str, str], float | None]
"""What was measured, by KPI, period and segment."""
ALL = "the whole account"


@dataclass(frozen=True)
class Exported:
    """One set, imported and measured: where the export is, and the store."""

    source: Path
    store: str

    def values(self, *kpis: str) -> Values:
        """Return the measured values of some KPIs."""
        with Store.open(self.store) as store:
            found = store.values.find(ACCOUNT, kpis, dimension=None)
            known = [one for one in found if set(one.by) <= {"segment"}]
            return {(one.kpi, one.period.name, one.by.get("segment", ALL)): _float(one.value) for one in known}


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def imported(folder: Path, tables: tuple[Mapped, ...], source: Path, as_of: str, **settings: str) -> Exported:
    """Import every record of a set by the command and measure it as of a day; `settings` are those of the program, by name."""
    store = f"sqlite:///{folder}/store.sqlite"
    chosen = {"database_url": store, "files__company": "Reference", "files__currency": "GBP", "timezone": "Europe/London", **settings}
    desk = Desk(folder, {f"CRM_KPI_{name.upper()}": value for name, value in chosen.items()})
    for mapped in tables:
        sent = write(mapped, source, folder / f"{mapped.table}.csv")
        summary = desk.json("import", mapped.table, f"{mapped.table}.csv", *mapped.options)
        assert (summary["taken"], summary["faults"]) == (sent, [])
    desk.json("measure", "--as-of", as_of)
    return Exported(source, store)


def place_of(export: str, size: str) -> Path:
    """Return where an export is, or skip where only the extract can be had."""
    place = EXTRACTS / export if size == "extract" else FULL[export]
    if not place.exists():
        pytest.skip(f"the whole set {place.name} is not on this machine")
    return place


def check(wanted: Values, found: Values) -> None:
    """Check that everything worked out was measured, and nothing else; a member has values only where it had something."""
    told = {place: value for place, value in wanted.items() if place in found or value or place[2] == ALL}
    wrong = {place: (value, found.get(place, "no row")) for place, value in told.items() if not _is_same(value, found.get(place, math.inf))}
    assert not wrong
    assert not [place for place, value in found.items() if value and place not in wanted]


def _is_same(wanted: float | None, found: float | None) -> bool:
    if wanted is None or found is None:
        return wanted is found
    return math.isclose(wanted, found, rel_tol=1e-7, abs_tol=1e-8)
