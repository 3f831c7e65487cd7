"""Leads as deals, with their stays in stages by the feed of events, and what their closing changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connector.adapters.nutshell.account import NO_CURRENCY, Account
from connector.adapters.nutshell.parse import Row, instant, number_of
from connector.adapters.values import Unreadable
from connector.http import Body
from connector.model import Deal, Entity, FieldHistory, Outcome, Record, StageChange, text_of

_OUTCOMES: Mapping[str, Outcome] = {"won": Outcome.WON, "lost": Outcome.LOST, "cancelled": Outcome.CANCELLED, "canceled": Outcome.CANCELLED}
"""Every other status is open: winning is no stage here, and a closed lead stays in the stage that it had."""
_PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Entry:
    """A stage that a lead came into, and the one that it came from, where that is told."""

    at: datetime
    old: str | None
    new: str


def deal_of(row: Row, account: Account, events: Sequence[Body]) -> Iterator[Record]:
    """Read a lead: itself, its stays and its changes.

    Raises:
        Unreadable: nothing tells when it was created.
    """
    created_at = row.instant("createdTime")
    if created_at is None:
        raise Unreadable("createdTime: it is missing or unreadable")
    deal = _deal(row, account, created_at)
    yield deal
    yield from _stays(deal, created_at, entries_of(events))
    yield from _history(deal, created_at, events)


def _deal(row: Row, account: Account, created_at: datetime) -> Deal:
    status = _OUTCOMES.get((row.text("status") or "").lower(), Outcome.OPEN)
    is_open = status is Outcome.OPEN
    home = account.tenant.currency if account.tenant.currency != NO_CURRENCY else None
    amount, currency, confidence = row.decimal("value"), _currency(row) or home, row.decimal("confidence")
    due = row.day("anticipatedClosedTime", account.zone) or row.day("dueTime", account.zone)
    return Deal(
        id=row.id,
        name=row.text("name") or row.text("description"),
        pipeline=row.link("stageset"),
        kind=account.mapping.kind(row.link("stageset")),
        stage=row.link("stage"),
        owner=row.link("owner") if row.text("ownerType") in (None, "users") else None,
        company=row.link("accounts"),
        contact=row.link("contacts"),
        source=_named(account, row.link("sources")),
        amount=amount,
        currency=currency,
        home_amount=amount if currency and currency == home else None,
        probability=confidence / _PERCENT if is_open and confidence is not None else None,
        status=status,
        closed_at=None if is_open else row.instant("closedTime"),
        expected_close_on=due if is_open else None,
        lost_reason=_named(account, row.link("outcome")) if status is Outcome.LOST else None,
        created_at=created_at,
        deleted_at=row.instant("deletedTime"),
    )


def _named(account: Account, key: str | None) -> str | None:
    return account.names.get(key, key) if key else None


def _currency(row: Row) -> str | None:
    found = row.raw.get("value")
    return str(found["currency"]) if isinstance(found, dict) and found.get("currency") else None


def entries_of(events: Sequence[Body]) -> list[Entry]:
    """Return the changes of stage that events tell, oldest first."""
    found = []
    for event in sorted(events, key=lambda one: number_of(str(one.get("id")))):
        at = instant(event.get("createdTime"))
        for change in event.get("changes") or ():
            new = _stage(change.get("newValue"))
            if change.get("attribute") == "stage" and at and new:
                found.append(Entry(at, _stage(change.get("oldValue")), new))
    return sorted(found, key=lambda entry: entry.at)


def _stage(value: object) -> str | None:
    return str(value["id"]) if isinstance(value, dict) and value.get("id") else None


def _stays(deal: Deal, created_at: datetime, entries: Sequence[Entry]) -> Iterator[StageChange]:
    """Yield the stays, the first from the creation; where the last one is not in the present stage, its event is missing."""
    walk: list[tuple[datetime, str]] = []
    for entry in entries:
        if not walk:
            walk.append((created_at, entry.old or entry.new))
        if entry.new != walk[-1][1]:
            walk.append((max(entry.at, created_at), entry.new))
    if deal.stage and (not walk or walk[-1][1] != deal.stage):
        walk = [*walk[:-1], (walk[-1][0] if walk else created_at, deal.stage)]
    for place, (at, stage) in enumerate(walk):
        left = walk[place + 1][0] if place + 1 < len(walk) else None
        key = f"{deal.id}:{place}"
        yield StageChange(id=key, deal=deal.id, pipeline=deal.pipeline, stage=stage, entered_at=at, left_at=left)


def _history(deal: Deal, created_at: datetime, events: Sequence[Body]) -> Iterator[FieldHistory]:
    """Yield what the closing changed; earlier amounts, owners and expected days are told nowhere."""
    at = deal.closed_at
    if at is None or at <= created_at:
        return
    by = _actor(events, at)
    for field, old, new in (("status", Outcome.OPEN.value, (deal.status or Outcome.OPEN).value), ("closed_at", None, text_of(at))):
        yield FieldHistory(id=f"{deal.id}:{field}:0", of=Entity.DEALS, record=deal.id, field=field, old=old, new=new, at=at, by=by)


def _actor(events: Sequence[Body], at: datetime) -> str | None:
    """Return who did what happened at a moment; nobody where that was no person."""
    found = [event.get("links") or {} for event in events if event.get("actorType") == "users" and instant(event.get("createdTime")) == at]
    return next((str(links["actor"]) for links in found if links.get("actor")), None)
