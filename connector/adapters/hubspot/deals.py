"""Deals in our words, with their stays in stages and the dated changes of their fields."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from connector.adapters.hubspot.account import Account
from connector.adapters.hubspot.history import ALWAYS, Change, Field, Timeline, changes_of, field_history, from_the_start, stays
from connector.adapters.hubspot.kinds import DEALS
from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import decimal, identifier, instant, rate, text, value_of
from connector.adapters.hubspot.records import Dates, dates_of, first_link, properties_of, times
from connector.adapters.values import Unreadable
from connector.http import Body
from connector.model import Deal, FieldHistory, Outcome, Record


class Money:
    """Turns a deal's amounts into the account's home currency."""

    def __init__(self, raw: Body, home: str) -> None:
        self.amount = value_of(raw, "amount", decimal)
        self.currency = text(raw.get("deal_currency_code")) or home
        self._told = value_of(raw, "amount_in_home_currency", decimal)
        self._rate = Decimal(1) if self.currency == home else value_of(raw, "hs_exchange_rate", rate)
        if not self._rate and self._told is not None and self.amount:
            self._rate = self._told / self.amount

    def home(self, amount: Decimal | None) -> Decimal | None:
        """Return an amount of this deal in the home currency: as HubSpot tells it for the present one, else by the deal's rate."""
        if amount == self.amount and self._told is not None:
            return self._told
        return None if amount is None or not self._rate else times(amount, self._rate)


@dataclass(frozen=True, slots=True)
class Past:
    """What happened to a deal: its properties through time, read with the account's stages and time zone."""

    account: Account
    stage: Timeline[str]
    pipeline: Timeline[str]
    amount: Timeline[Decimal]
    close: Timeline[datetime]
    owner: Timeline[str]

    @classmethod
    def of(cls, row: Row, account: Account, updated_at: datetime | None) -> "Past":
        """Read a deal's histories."""
        readers: Mapping[str, Callable[[object], object]] = {"amount": decimal, "closedate": instant, "hubspot_owner_id": identifier}
        stage, pipeline, amount, close, owner = (changes_of(row, name, updated_at, readers.get(name, text)) for name in DEALS.history)
        return cls(
            account,
            stage=Timeline(stage, "dealstage", text),
            pipeline=Timeline(from_the_start(pipeline), "pipeline", text),
            amount=Timeline(amount, "amount", decimal),
            close=Timeline(close, "closedate", instant),
            owner=Timeline(owner, "hubspot_owner_id", identifier),
        )

    @property
    def changes(self) -> list[Change]:
        """Every change of the properties behind our fields."""
        return [*self.stage.changes, *self.amount.changes, *self.close.changes, *self.owner.changes]

    def closed_at(self, moment: datetime) -> datetime | None:
        """Return when the deal, as it was at a moment, had closed; where nobody said, when it came into its closed stage."""
        if not self.account.is_closed(self.stage.at(moment)):
            return None
        entered = self.stage.since(moment)
        return self.close.at(moment) or (None if entered == ALWAYS else entered)

    def expected_close_on(self, moment: datetime) -> date | None:
        """Return the local day on which the deal, as it was at a moment, was expected to close."""
        close = self.close.at(moment)
        if close is None or self.account.is_closed(self.stage.at(moment)):
            return None
        return close.astimezone(self.account.zone).date()

    def began(self, created_at: datetime) -> datetime:
        """Return when the deal was first seen; later than its creation where that was dated back, as imports do."""
        first = self.stage.changes[0].at
        return max(created_at, first)

    def history(self, deal: str, created_at: datetime, money: Money) -> Iterator[FieldHistory]:
        """Yield the dated changes of our fields."""
        fields = (
            Field("amount", self.amount.at),
            Field("home_amount", lambda moment: money.home(self.amount.at(moment))),
            Field("owner", self.owner.at),
            Field("closed_at", self.closed_at),
            Field("expected_close_on", self.expected_close_on),
        )
        # Histories name people by their user id; one who is no owner, such as an app, is nobody of ours.
        changes = [replace(change, by=self.account.owners.get(change.by or "")) for change in self.changes]
        return field_history(deal, self.began(created_at), fields, changes)


def deal_of(row: Row, account: Account) -> Iterator[Record]:
    """Read a deal: itself, its contract, its stays and its changes.

    Raises:
        Unreadable: nothing tells when it was created.
    """
    dates = dates_of(row)
    created_at = dates["created_at"]
    if created_at is None:
        raise Unreadable("createdate: it is missing")
    past = Past.of(row, account, dates["updated_at"])
    money = Money(properties_of(row), account.tenant.currency)
    deal = _deal(row, dates, money, past)
    yield deal
    yield from account.mapping.contracts(row, deal, is_won=account.outcome(deal.stage) is Outcome.WON)
    yield from stays(str(row["id"]), created_at, past.stage.changes, past.pipeline)
    yield from past.history(str(row["id"]), created_at, money)


def _deal(row: Row, dates: Dates, money: Money, past: Past) -> Deal:
    raw, now = properties_of(row), datetime.max.replace(tzinfo=UTC)
    return Deal(
        id=str(row["id"]),
        name=text(raw.get("dealname")),
        pipeline=text(raw.get("pipeline")),
        stage=text(raw.get("dealstage")),
        owner=identifier(raw.get("hubspot_owner_id")),
        company=first_link(row, "companies"),
        contact=first_link(row, "contacts"),
        kind=past.account.mapping.kind(raw),
        source=past.account.mapping.source(raw),
        campaign=text(raw.get("hs_campaign")),
        amount=money.amount,
        currency=money.currency,
        home_amount=money.home(money.amount),
        probability=_probability(raw, past.account),
        closed_at=past.closed_at(now),
        expected_close_on=past.expected_close_on(now),
        lost_reason=text(raw.get("closed_lost_reason")),
        forecast_category=text(raw.get("hs_manual_forecast_category")),
        next_step_at=value_of(raw, "notes_next_activity_date", instant),
        **dates,
    )


def _probability(raw: Body, account: Account) -> Decimal | None:
    own = value_of(raw, "hs_deal_stage_probability", decimal)
    usual = account.stages.get(text(raw.get("dealstage")) or "")
    return None if usual and own == usual.probability else own
