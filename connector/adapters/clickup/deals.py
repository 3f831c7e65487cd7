"""Tasks as deals, with their stays in statuses as far as ClickUp tells them, and what their closing changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from connector.adapters.clickup.account import NO_CURRENCY, Account, currency_of
from connector.adapters.clickup.objects import rows_of
from connector.adapters.clickup.parse import Row, chosen, decimal, instant, name_of, text
from connector.adapters.clickup.places import stage_id
from connector.adapters.values import Unreadable
from connector.http import Body
from connector.model import Deal, Entity, FieldHistory, LineItem, Outcome, Record, StageChange, text_of

Times = Mapping[str, Body]
"""How long tasks stood in which status, by task."""


def deal_of(row: Row, account: Account, times: Times | None) -> Iterator[Record]:
    """Read a task: itself, its stays and its changes; without stays where they are not told, of any (None) or of this task.

    Raises:
        Unreadable: nothing tells when it was created, or when it was closed.
    """
    created_at = row.instant("date_created")
    if created_at is None:
        raise Unreadable("date_created: it is missing or unreadable")
    told = (times or {}).get(row.id)
    deal = _deal(row, account, created_at, times)
    yield deal
    if told is not None:
        yield from _stays(deal, created_at, walk_of(told, row.status) or [(created_at, row.status)])
    yield from _history(deal, created_at)


def _deal(row: Row, account: Account, created_at: datetime, times: Times | None) -> Deal:
    own = account.settings
    outcome = account.outcomes.of(row.status, _kind(row))
    is_open = outcome is Outcome.OPEN
    home = account.tenant.currency if account.tenant.currency != NO_CURRENCY else None
    amount, currency = row.amount(own.amount_field), currency_of(row.field(own.amount_field)) or home
    due = row.date(own.close_date_field, account.zone) or row.day("due_date", account.zone)
    return Deal(
        id=row.id,
        name=row.text("name"),
        pipeline=row.list_id,
        stage=stage_id(row.list_id, row.status),
        owner=row.owner,
        company=row.link(own.company_field),
        contact=row.link(own.contact_field),
        kind=_business(row, account),
        source=row.choice(own.source_field),
        amount=amount,
        currency=currency,
        home_amount=amount if currency and currency == home else None,
        closed_at=None if is_open else closed_at(row, times),
        expected_close_on=due if is_open else None,
        lost_reason=row.choice(own.lost_reason_field) if outcome is Outcome.LOST else None,
        created_at=created_at,
        updated_at=row.instant("date_updated"),
    )


def _kind(row: Row) -> str:
    found = row.raw.get("status")
    return str(found.get("type") or "") if isinstance(found, dict) else ""


def _business(row: Row, account: Account) -> str:
    said = row.choice(account.settings.deal_type_field) or ""
    kinds = dict(pair.rsplit("=", 1) for pair in account.settings.deal_kinds)
    return kinds.get(said, "new")


def is_dated(row: Row) -> bool:
    """Whether a task tells itself when it was closed: ClickUp dates the statuses of the types done and closed only."""
    return bool(row.instant("date_done") or row.instant("date_closed"))


def closed_at(row: Row, times: Times | None) -> datetime:
    """Return when a task came into the status that closes it; the last change is not it, because it may be a write of ours.

    Raises:
        Unreadable: neither the task nor its time in status tells.
    """
    found = row.instant("date_done") or row.instant("date_closed")
    walk = [] if found else walk_of((times or {}).get(row.id) or {}, row.status)
    if found is None and not walk:
        raise Unreadable(
            f"nothing tells when it came into {row.status!r}: date_done and date_closed are empty, and so is its time in status"
        )
    return found or walk[-1][0]


def entries_of(times: Body) -> list[tuple[datetime, str, int]]:
    """Return the statuses that a task has been in by when it first came into them, each with the minutes that it was there in all."""
    found: dict[str, tuple[datetime, str, int]] = {}
    current = times.get("current_status")
    for told in (*rows_of(times, "status_history"), *([current] if isinstance(current, dict) else [])):
        spent = told.get("total_time") or {}
        at, name = instant(spent.get("since")), text(told.get("status"))
        if at and name:
            found.setdefault(name.strip().casefold(), (at, name, int(decimal(spent.get("by_minute")) or 0)))
    return sorted(found.values(), key=lambda entry: entry[0])


def walk_of(times: Body, status: str) -> list[tuple[datetime, str]]:
    """Return the statuses that a task went through, each with when it came into it, up to the present one.

    A status that was entered again is told once only, so where the last of them is not the present one, the task came back to that; when,
    the minutes in the last one tell.
    """
    entries = entries_of(times)
    walk = [(at, name) for at, name, _ in entries]
    if walk and walk[-1][1].strip().casefold() != status.strip().casefold():
        try:
            walk.append((walk[-1][0] + timedelta(minutes=entries[-1][2]), status))
        except OverflowError:
            raise Unreadable(f"by_minute: {entries[-1][2]} minutes are more than there is time") from None
    return walk


def _stays(deal: Deal, created_at: datetime, told: list[tuple[datetime, str]]) -> Iterator[StageChange]:
    """Yield the stays, the first from the creation."""
    walk = [(max(at, created_at) if place else created_at, name) for place, (at, name) in enumerate(told)]
    for place, (at, name) in enumerate(walk):
        left = walk[place + 1][0] if place + 1 < len(walk) else None
        key = f"{deal.id}:{place}"
        stage = stage_id(deal.pipeline or "", name)
        yield StageChange(id=key, deal=deal.id, pipeline=deal.pipeline, stage=stage, entered_at=at, left_at=left)


def _history(deal: Deal, created_at: datetime) -> Iterator[FieldHistory]:
    """Yield what the closing changed; earlier amounts, owners and expected days are told nowhere."""
    at = deal.closed_at
    if at is not None and at > created_at:
        key = f"{deal.id}:closed_at:0"
        yield FieldHistory(id=key, of=Entity.DEALS, record=deal.id, field="closed_at", old=None, new=text_of(at), at=at)


def line_items_of(row: Row, account: Account) -> Iterator[LineItem]:
    """Read what a deal sells: a line for each label; the amount of the deal is that of its only one, and nobody's among several."""
    own = account.settings
    options = [(key, name) for one in chosen(row.field(own.product_field)) if (key := text(one.get("id"))) and (name := name_of(one))]
    amount = row.amount(own.amount_field) if len(options) == 1 else None
    for key, _ in options:
        yield LineItem(
            id=f"{row.id}:{key}",
            deal=row.id,
            product=key,
            amount=amount,
            created_at=row.instant("date_created"),
            updated_at=row.instant("date_updated"),
        )
