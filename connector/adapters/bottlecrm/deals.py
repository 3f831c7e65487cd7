"""Opportunities as deals with their lines, their present stay, and what their closing changed."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal

from connector.adapters.bottlecrm.account import Account
from connector.adapters.bottlecrm.parse import Row
from connector.adapters.values import Unreadable
from connector.model import Deal, Entity, FieldHistory, LineItem, Outcome, Record, StageChange, text_of

OUTCOMES: Mapping[str, Outcome] = {"won": Outcome.WON, "lost": Outcome.LOST}
"""What the kinds of stages mean; every other kind is open."""
UNTOLD = "untold"
"""Stands for the stages before the present one, of which BottleCRM tells nothing; no pipeline has it, so that no KPI counts it."""
_KINDS: Mapping[str, str] = {
    "EXISTING_BUSINESS": "upsell",
    "RENEWAL": "renewal",
    "UPSELL": "upsell",
    "CROSS_SELL": "cross_sell",
}
_PERCENT = Decimal(100)
_NOON = time(12)


def stage_id(pipeline: str | None, code: str | None) -> str:
    """Return a stage's id: its code, which never changes and is one of its pipeline's own, behind that."""
    return f"{pipeline}:{code}"


def deal_of(row: Row, account: Account) -> Iterator[Record]:
    """Read an opportunity: itself, its stays and what its closing changed.

    Raises:
        Unreadable: nothing tells when it was created, or when it was closed.
    """
    created_at = row.instant("created_at")
    if created_at is None:
        raise Unreadable("created_at: it is missing or unreadable")
    deal = _deal(row, account, created_at)
    yield deal
    yield from _stays(deal, created_at, row.instant("stage_changed_at") or created_at)
    yield from _history(deal, created_at)


def _deal(row: Row, account: Account, created_at: datetime) -> Deal:
    outcome = OUTCOMES.get(row.text("stage_kind") or "", Outcome.OPEN)
    is_open = outcome is Outcome.OPEN
    amount, home = row.decimal("amount"), account.tenant.currency
    currency, chance = row.text("currency") or home, row.decimal("probability")
    return Deal(
        id=row.id,
        name=row.text("name"),
        pipeline=row.text("pipeline"),
        stage=stage_id(row.text("pipeline"), row.text("stage")),
        kind=_KINDS.get(row.text("opportunity_type") or "", "new"),
        owner=row.link("assigned_to"),
        company=row.link("account"),
        contact=row.link("contacts"),
        source=row.text("lead_source"),
        amount=amount,
        currency=currency,
        home_amount=amount if currency == home else None,
        # A deal that was closed may have kept the chance that it had before.
        probability=chance / _PERCENT if is_open and chance is not None else None,
        # What it was in before is not told, but that it was open until it was closed.
        status=outcome,
        closed_at=None if is_open else _closed_at(row, account, created_at),
        expected_close_on=row.day("closed_on") if is_open else None,
        created_at=created_at,
    )


def _closed_at(row: Row, account: Account, created_at: datetime) -> datetime:
    """Return when a deal was closed: on the day that people gave, which BottleCRM's own goals go by, at the time of its move if it fits.

    A day after the move is the one on which it was expected to close: BottleCRM leaves it there when the deal is won before.
    """
    day, moved = row.day("closed_on"), row.instant("stage_changed_at")
    if moved is not None and (day is None or day >= moved.astimezone(account.zone).date()):
        return max(moved, created_at)
    if day is None:
        raise Unreadable("closed_on: it is missing or unreadable, and so is stage_changed_at")
    return max(datetime.combine(day, _NOON, account.zone).astimezone(UTC), created_at)


def _stays(deal: Deal, created_at: datetime, moved: datetime) -> Iterator[StageChange]:
    """Yield the present stay, and before it one in what is not told, where the deal was moved after its creation."""
    stage = deal.stage or UNTOLD
    if moved > created_at:
        yield StageChange(id=f"{deal.id}:0", deal=deal.id, pipeline=deal.pipeline, stage=UNTOLD, entered_at=created_at, left_at=moved)
        yield StageChange(id=f"{deal.id}:1", deal=deal.id, pipeline=deal.pipeline, stage=stage, entered_at=moved)
    else:
        yield StageChange(id=f"{deal.id}:0", deal=deal.id, pipeline=deal.pipeline, stage=stage, entered_at=created_at)


def _history(deal: Deal, created_at: datetime) -> Iterator[FieldHistory]:
    """Yield what the closing changed; earlier amounts, owners and expected days are told nowhere."""
    at = deal.closed_at
    if at is None or at <= created_at:
        return
    for field, old, new in (("status", Outcome.OPEN.value, deal.status), ("closed_at", None, text_of(at))):
        yield FieldHistory(id=f"{deal.id}:{field}:0", of=Entity.DEALS, record=deal.id, field=field, old=old, new=new, at=at)


def line_items_of(row: Row) -> Iterator[LineItem]:
    """Read what a deal sells; the amount of a deal with lines is their sum."""
    for line in row.rows("line_items"):
        yield LineItem(
            id=line.id,
            deal=row.id,
            product=line.link("product"),
            quantity=line.decimal("quantity"),
            amount=line.decimal("total"),
            list_amount=line.decimal("subtotal"),
            created_at=line.instant("created_at"),
            updated_at=line.instant("updated_at"),
        )
