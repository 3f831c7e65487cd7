"""What reps and managers see on records equals what the files give for that record."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest

from connector.model import Entity

from .conftest import MIDSUMMER, TARGETS, Road
from .facts import LAST_DAY, seen_at, spans
from .maven import answers, views
from .view import Answer

CENT, TENTH, BASIS_POINT = Decimal("0.01"), Decimal("0.1"), Decimal("0.0001")
SHOWN = {
    "kpi_win_rate": ("win_rate", BASIS_POINT),
    "kpi_revenue_won": ("revenue_won", CENT),
    "kpi_average_deal_size": ("average_deal_size", CENT),
    "kpi_time_to_close": ("time_to_close", TENTH),
    "kpi_forecast": ("forecast_revenue", CENT),
}
LITTLE = 20
"""How many decided deals a stage must have seen to tell a chance."""
ZERO_WITHOUT_A_DEAL = {"kpi_revenue_won", "kpi_forecast"}


def _text(numerator: float, denominator: float = 1, step: Decimal = CENT) -> str:
    """Divide exactly, round half up and write without needless zeros, as a person would by hand."""
    value = (Decimal(str(numerator)) / Decimal(str(denominator))).quantize(step, ROUND_HALF_UP)
    return f"{value.normalize() + 0:f}"


def _found(road: Road, entity: Entity, as_of: date = LAST_DAY) -> dict[str, dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = {}
    for one in road.fields[as_of]:
        if one.spec.entity is entity:
            found.setdefault(one.record, {})[one.spec.name] = one.value
    return found


def _deals(deals: pd.DataFrame, as_of: date) -> Iterator[tuple[str, dict[str, str | None]]]:
    seen = seen_at(deals, as_of).join(deals[["id"]])
    usual = seen[seen["outcome"] != "open"].groupby("stay")["days"].median()
    decided = seen[seen["outcome"] != "open"].groupby("stay")["outcome"]
    chances = {stay: round(20 * (outcomes == "Won").sum() / len(outcomes)) / 20 for stay, outcomes in decided if len(outcomes) >= LITTLE}
    for deal in seen.itertuples():
        is_open = deal.outcome == "open"
        benchmark = usual.get(deal.stay)
        entered = date.fromordinal(deal.created if is_open else deal.closed)
        is_stalled = benchmark is not None and as_of.toordinal() + 1 - deal.created > 2 * benchmark
        reason = f"In {deal.stay} since {entered}, more than 2 times as long as usual."
        told = {
            "kpi_stage_benchmark_days": None if benchmark is None else _text(benchmark, step=TENTH),
            "kpi_is_stalled": str(is_stalled).lower(),
            "kpi_stalled_reason": reason if is_stalled else None,
            "kpi_expected_value": _text(deal.tenths, 10),
            "kpi_win_chance": _text(chances[deal.stay]) if deal.stay in chances else None,
            "kpi_close_overdue": str(deal.expected <= as_of.toordinal()).lower(),
            "kpi_times_postponed": "0",
        }
        yield str(deal.id), {"kpi_stage_entered_on": str(entered), **(told if is_open else dict.fromkeys(told))}


@pytest.mark.parametrize("as_of", [LAST_DAY, MIDSUMMER], ids=str)
def test_deals(road: Road, deals: pd.DataFrame, as_of: date) -> None:
    """Every deal shows since when it is in its stage; an open one also how long that usually takes, what it is worth and what is late."""
    expected, found = dict(_deals(deals, as_of)), _found(road, Entity.DEALS, as_of)
    assert found.keys() == expected.keys()
    wrong = {deal: (expected[deal], found[deal]) for deal in expected if expected[deal] != found[deal]}
    assert not wrong, f"{len(wrong)} deals differ: {list(wrong.items())[:3]}"


@pytest.mark.parametrize("as_of", [LAST_DAY, MIDSUMMER], ids=str)
def test_companies(road: Road, deals: pd.DataFrame, as_of: date) -> None:
    """Every company shows what it brought, how often it ordered and when it did so last; what hangs on more than deals is left aside."""
    won = seen_at(deals, as_of).query("outcome == 'Won'").groupby("account").agg({"revenue": "sum", "closed": ["count", "max"]})
    expected = {
        road.told.companies[name]: {
            "kpi_lifetime_value": str(revenue),
            "kpi_orders": str(orders),
            "kpi_last_order_on": str(date.fromordinal(last)),
        }
        for name, revenue, orders, last in won.itertuples()
    }
    assert len(expected) == 85
    told = {record: {name: held[name] for name in expected[record]} for record, held in _found(road, Entity.COMPANIES, as_of).items()}
    assert told == expected


def _person(figures: Mapping[tuple[str, str], Answer], grain: str) -> Iterator[tuple[str, str | None]]:
    for name, (kpi, step) in SHOWN.items():
        answer = figures.get((kpi, grain))
        nothing = "0" if name in ZERO_WITHOUT_A_DEAL else None
        divides = answer is not None and answer.denominator
        yield f"{name}_{grain}", _text(answer.numerator, answer.denominator, step) if answer and divides else nothing


def test_people(road: Road, deals: pd.DataFrame) -> None:
    """Every user shows the month's and the quarter's own numbers; who sold nothing shows no revenue and no rate, not a rate of 0."""
    figures: dict[str, dict[tuple[str, str], Answer]] = {name: {} for name in road.told.users}
    periods = [span for span in spans(LAST_DAY) if span.name in {"2017-12", "2017-Q4", "all"}]
    for view in views(deals, LAST_DAY, "owner", periods):
        for kpi in ("pipeline_value", *(kpi for kpi, _ in SHOWN.values())):
            for name, answer in answers(view, kpi, is_whole=False).items():
                figures[name][kpi, view.span.grain] = answer
    found = _found(road, Entity.USERS)
    assert len(found) == 35
    for name, mine in figures.items():
        pipeline = mine.get(("pipeline_value", "all"))
        aim = TARGETS.get(("owner", name, "2017-Q4"))
        won = mine.get(("revenue_won", "quarter"))
        assert found[road.told.users[name]] == {
            **dict(_person(mine, "month")),
            **dict(_person(mine, "quarter")),
            "kpi_open_pipeline": _text(pipeline.numerator) if pipeline else "0",
            "kpi_lead_response_month": None,
            "kpi_lead_response_quarter": None,
            "kpi_overdue_followups": "0",
            "kpi_gap_to_target_month": None,
            "kpi_gap_to_target_quarter": None if aim is None else _text(aim - (won.numerator if won else 0)),
        }, name
