"""Continuing what is known of a deal's stages, where the CRM tells only the present one and since when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from connector.model import Entity, Page, Record, StageChange
from connector.store.landing import Landing, some_of
from connector.store.rows import record_of
from connector.store.schema import RECORD_TABLES

Walk = Sequence[StageChange]
"""A deal's stays in order."""


def continued(landing: Landing, page: Page) -> Sequence[Record]:
    """Return the page's records, with the known stays of its `latest` deals before the present ones."""
    told: dict[str, list[StageChange]] = {deal: [] for deal in page.latest}
    rest: list[Record] = []
    for record in page.records:
        if isinstance(record, StageChange) and record.deal in told:
            told[record.deal].append(record)
        else:
            rest.append(record)
    known = _known(landing, list(told)) if told else {}
    return [*rest, *(stay for deal, stays in told.items() if stays for stay in _walk(known.get(deal, ()), stays))]


def _known(landing: Landing, deals: Sequence[str]) -> Mapping[str, Walk]:
    table, found = RECORD_TABLES[Entity.STAGE_CHANGES], dict[str, list[StageChange]]()
    for some in some_of(landing, table, table.c.deal, deals):
        for row in landing.connection.execute(select(table).where(some, table.c.origin == landing.origin)):
            stay = record_of(Entity.STAGE_CHANGES, row._asdict())
            if isinstance(stay, StageChange):
                found.setdefault(stay.deal, []).append(stay)
    return {deal: sorted(_last_alive(stays), key=lambda stay: stay.entered_at) for deal, stays in found.items()}


def _last_alive(stays: Walk) -> Iterator[StageChange]:
    """Yield the stays that live; of a deal that was buried and comes back those that were buried with it."""
    ends = {stay.deleted_at for stay in stays}
    last = None if None in ends else max(end for end in ends if end)
    return (replace(stay, deleted_at=None) for stay in stays if stay.deleted_at == last)


def _walk(known: Walk, told: Walk) -> Walk:
    """Return all stays: the known ones with the present one behind them, or in the last one's place where it began when that did.

    A present stay that began before the last known one does not follow on it, so that what is told replaces what was known.
    """
    present = told[-1]
    if not known or present.entered_at < known[-1].entered_at:
        return told
    *earlier, last = known
    if present.entered_at == last.entered_at:
        return [*earlier, replace(present, id=last.id)]
    return [*earlier, replace(last, left_at=present.entered_at), replace(present, id=f"{present.deal}:{len(known)}")]
