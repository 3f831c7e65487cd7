"""Opportunities and leads in our words, with their stays in stages and the dated changes of their fields."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from connector.adapters.odoo.account import Account
from connector.adapters.odoo.parse import dates_of, day, decimal, instant, link, name, text
from connector.adapters.odoo.past import Change, State, history_of, states_of, stays_of
from connector.adapters.odoo.rpc import Row
from connector.model import Deal, Lead, Outcome, Record, Scalar

PIPELINE = "crm"
"""Our id of the one pipeline: Odoo's teams share their stages."""
_CERTAIN = Decimal(100)
Partners = Mapping[str, Row]
"""The partners of some records by id."""


def deal_of(row: Row, account: Account, partners: Partners, changes: Sequence[Change] | None) -> Iterator[Record]:
    """Read an opportunity: itself, its stays and its changes; without the latter two where we may not see its past (None)."""
    created_at = instant(row["create_date"])
    if created_at is None:
        raise ValueError("create_date: it is missing")
    states = states_of(row, created_at, changes or ())
    deal = _deal(row, account, partners, states)
    if changes is None:
        yield replace(deal, closed_at=instant(row["date_closed"])) if deal.closed_at else deal
        return
    yield deal
    yield from stays_of(deal.id, PIPELINE, states)
    yield from history_of(deal.id, [(state, _fields(row, deal, state, account)) for state in states])


def _fields(row: Row, deal: Deal, state: State, account: Account) -> Mapping[str, Scalar]:
    """Return what our fields were in a state; the present one is as the deal tells it."""
    outcome = state.outcome(account)
    closed_at = None if outcome is Outcome.OPEN else state.since
    if closed_at and deal.closed_at and _is_present(row, state):
        closed_at = deal.closed_at
    return {
        "amount": state.amount,
        "home_amount": _home(state.amount, deal.currency, account),
        "owner": state.owner,
        "closed_at": closed_at,
        "status": outcome if outcome is Outcome.LOST else None,
    }


def _is_present(row: Row, state: State) -> bool:
    """Whether a deal is in its stage since a state, and as active."""
    return (state.stage, state.active) == (link(row["stage_id"]) or "", bool(row["active"]))


def _deal(row: Row, account: Account, partners: Partners, states: Sequence[State]) -> Deal:
    currency = name(row["company_currency"]) or account.tenant.currency
    amount, outcome = decimal(row["expected_revenue"]), states[-1].outcome(account)
    company, contact = whose(row, partners)
    deadline = day(row["date_deadline"])
    return Deal(
        id=str(row["id"]),
        name=text(row["name"]),
        pipeline=PIPELINE,
        stage=link(row["stage_id"]),
        owner=link(row["user_id"]),
        company=company,
        contact=contact,
        source=name(row["source_id"]),
        campaign=link(row["campaign_id"]),
        amount=amount,
        currency=currency,
        home_amount=_home(amount, currency, account),
        probability=_chance(row) if outcome is Outcome.OPEN else None,
        status=outcome if outcome is Outcome.LOST else None,
        closed_at=_closed_at(row, states[-1], outcome),
        expected_close_on=deadline if outcome is Outcome.OPEN else None,
        lost_reason=name(row[account.words.lost_reason]) if outcome is Outcome.LOST else None,
        **dates_of(row),
    )


def _closed_at(row: Row, state: State, outcome: Outcome) -> datetime | None:
    """Return when a deal closed: as Odoo tells it, which 14 does not of lost ones, else when it came to be so."""
    return None if outcome is Outcome.OPEN else instant(row["date_closed"]) or state.since


def _chance(row: Row) -> Decimal | None:
    percent = decimal(row["probability"])
    return None if percent is None else (percent / _CERTAIN).quantize(Decimal("0.0001"))


def undated(deal: Deal, account: Account) -> bool:
    """Whether a deal is closed, and nothing tells when."""
    return deal.closed_at is None and (deal.status is Outcome.LOST or account.is_won(deal.stage))


def _home(amount: Decimal | None, currency: str | None, account: Account) -> Decimal | None:
    return amount if currency == account.tenant.currency else None


def whose(row: Row, partners: Partners) -> tuple[str | None, str | None]:
    """Return the company and the person that a record belongs to: Odoo links one partner, who may be either."""
    partner = partners.get(link(row.get("partner_id")) or "")
    if partner is None:
        return None, None
    own = str(partner["id"])
    if partner["is_company"]:
        return own, None
    above = link(partner["commercial_partner_id"])
    return above if above != own else None, own


def lead_of(row: Row, partners: Partners) -> Lead:
    """Read a lead, or what was one before it became an opportunity."""
    company, contact = whose(row, partners)
    converted_at = instant(row["date_conversion"])
    is_deal = row["type"] == "opportunity"
    lost = Outcome.OPEN if row["active"] else Outcome.LOST
    return Lead(
        id=str(row["id"]),
        contact=contact,
        company=company,
        # The same record is the deal once there is one; what people do about it names it so before, too.
        deal=str(row["id"]),
        owner=link(row["user_id"]),
        source=name(row["source_id"]),
        campaign=link(row["campaign_id"]),
        outcome=Outcome.WON if is_deal else lost,
        qualified_at=converted_at if is_deal else None,
        opportunity_at=converted_at if is_deal else None,
        assigned_at=instant(row["date_open"]),
        **dates_of(row),
    )
