"""Every target there was, with the run that first saw it, so that a goal that was moved can be told from one that was reached."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from connector.model import Target
from connector.store.database import Database, clock, upsert
from connector.store.leases import Lease, writing
from connector.store.rows import Cells, instant_of
from connector.store.schema import TARGET_CHANGES

TargetKey = tuple[str, str, str, str]
"""KPI, kind of subject, subject and name of the period."""


@dataclass(frozen=True, slots=True)
class TargetChange:
    """A target as a run found it; None where it was there before and is no more."""

    at: datetime
    run: str
    target: Decimal | None


class Targets:
    """The targets of every account, change by change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, lease: Lease, run: str, targets: Iterable[Target], *, are_all: bool) -> int:
        """Take note of targets that are new or changed and, if these `are_all` there are, of those that are gone; return how many."""
        now = {(one.kpi, one.subject_type, one.subject, one.period.name): f"{one.target.normalize():f}" for one in targets}
        with writing(self._database, lease) as connection:
            before = {key: changes[-1].target for key, changes in _changes(connection, lease.account).items()}
            known = {key: None if target is None else f"{target.normalize():f}" for key, target in before.items()}
            changed: dict[TargetKey, str | None] = {key: target for key, target in now.items() if known.get(key) != target}
            gone = {key: None for key, target in known.items() if target is not None and key not in now} if are_all else {}
            rows = [_row(lease.account, run, key, target) for key, target in {**changed, **gone}.items()]
            at = clock(connection)
            upsert(connection, TARGET_CHANGES, [{**row, "at": at} for row in rows])
            return len(rows)

    def changes(self, account: str) -> Mapping[TargetKey, Sequence[TargetChange]]:
        """Return what every target was, from the first run that saw it on."""
        with self._database.read() as connection:
            return _changes(connection, account)


def _changes(connection: Connection, account: str) -> Mapping[TargetKey, Sequence[TargetChange]]:
    rows = connection.execute(select(TARGET_CHANGES).where(TARGET_CHANGES.c.account == account)).all()
    found: dict[TargetKey, list[TargetChange]] = {}
    for row in sorted(rows, key=lambda one: (one.at, one.run)):
        change = TargetChange(instant_of(row.at), row.run, None if row.target is None else Decimal(row.target))
        found.setdefault((row.kpi, row.subject_type, row.subject, row.period), []).append(change)
    return found


def _row(account: str, run: str, key: TargetKey, target: str | None) -> Cells:
    names = ("kpi", "subject_type", "subject", "period")
    return {"account": account, **dict(zip(names, key, strict=True)), "run": run, "target": target}
