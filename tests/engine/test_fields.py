"""What our custom fields hold on deals, companies and users."""

from decimal import Decimal

import pytest

from connector.engine import findings
from connector.kpis.fields import SHOWN, specs
from connector.kpis.more_fields import MORE
from connector.model import Activity, ActivityKind, ActivityStatus, Contact, Direction, Entity, Policies, Stream, Target
from tests.engine.conftest import NEW_YORK, Book, Found, at, changed, day, deal

D = Decimal
MORE_NAMES = {field.spec.name for fields in MORE.values() for field in fields}
WHOLE_NAMES = MORE_NAMES | {shown.spec.name for shown in SHOWN if not shown.on_deals}
"""What only a whole measurement brings."""
OPEN = deal("1", ("first", "2017-01-10"), ("second", "2017-03-31 20:30"), expected_close_on=day("2017-12-31"))
CLOSED = deal("2", ("first", "2017-01-01"), ("second", "2017-01-21"), ("won", "2017-02-01"), home_amount=D("1234.5678"))


def _fields(found: Found, record: str) -> dict[str, str | None]:
    """Return what a record's fields hold, those aside that hang on more than deals."""
    return {one.spec.name: one.value for one in found.measurement.fields if one.record == record and one.spec.name not in MORE_NAMES}


def test_an_open_deal(book: Book):
    """An open deal shows since when it is in its stage, what is usual there, what it promises, and whether it is late."""
    book.put(
        OPEN, CLOSED, changed("1", "expected_close_on", ("2017-04-01", None, "2017-05-01"), ("2017-05-02", "2017-05-01", "2017-12-31"))
    )
    assert _fields(book.measure(), "1") == {
        "kpi_stage_entered_on": "2017-03-31",
        "kpi_stage_benchmark_days": "11",
        "kpi_is_stalled": "true",
        "kpi_stalled_reason": "In Second since 2017-03-31, more than 2 times as long as usual.",
        "kpi_expected_value": "50",
        "kpi_win_chance": None,
        "kpi_close_overdue": "true",
        "kpi_times_postponed": "1",
    }


def test_fields_come_after_values(book: Book):
    """Whoever asks for fields before the last value is told so, for those of users would lack what they show."""
    book.put(OPEN)
    with book.cache() as cache:
        found = findings(cache, calendar=NEW_YORK, as_of=at("2018-01-01 00:00"), policies=Policies(), targets=(), ready={})
        with pytest.raises(RuntimeError, match="after the last value"):
            next(iter(found.fields))


def test_nothing_moves_by_the_day(book: Book):
    """Measured a day later with nothing changed, an open deal's fields are the same."""
    book.put(OPEN, CLOSED)
    assert _fields(book.measure("2017-11-01 00:00"), "1") == _fields(book.measure("2017-11-02 00:00"), "1")


def test_a_closed_deal_keeps_only_its_day(book: Book):
    """What speaks of open deals is cleared from a closed one."""
    book.put(CLOSED)
    found = _fields(book.measure(), "2")
    assert found.pop("kpi_stage_entered_on") == "2017-02-01"
    assert set(found.values()) == {None}


def test_an_expected_close_of_the_day_itself_is_not_late(book: Book):
    """On 31 December a deal expected that day is not overdue; when the day is over it is."""
    book.put(OPEN)
    late = [book.measure(moment).field("1", "kpi_close_overdue") for moment in ("2017-12-31 23:59", "2018-01-01 00:00")]
    assert late == ["false", "true"]


def test_companies(book: Book):
    """A company shows what it brought and when it ordered last; one that never bought shows zeros and no day."""
    book.put(
        CLOSED,
        deal("3", ("first", "2017-01-01"), ("won", "2017-03-31 20:30")),
        deal("4", ("first", "2017-01-01"), ("won", "2017-04-01"), kind="renewal"),
    )
    found = book.measure()
    assert _fields(found, "acme") == {"kpi_lifetime_value": "1434.57", "kpi_orders": "2", "kpi_last_order_on": "2017-03-31"}
    assert _fields(found, "bolt") == {"kpi_lifetime_value": "0", "kpi_orders": "0", "kpi_last_order_on": None}


def _target(period: str, amount: int) -> Target:
    return Target("revenue_won", "owner", "ann", NEW_YORK.parse(period), D(amount))


def test_users(book: Book):
    """A user's record shows the owner's numbers for the month and the quarter to date; the record is the vendor's own."""
    book.put(
        deal("1", ("first", "2017-11-01"), ("won", "2017-11-11"), home_amount=D(300)),
        deal("2", ("first", "2017-12-01"), ("won", "2017-12-12"), home_amount=D(100)),
        deal("3", ("first", "2017-12-01"), ("lost", "2017-12-12")),
        deal("4", ("first", "2017-12-01"), home_amount=D(50), expected_close_on=day("2017-12-31")),
    )
    found = _fields(book.measure("2017-12-20 00:00", targets=[_target("2017-12", 90), _target("2017-Q4", 1000)]), "u-ann")
    assert found == {
        "kpi_win_rate_month": "0.5",
        "kpi_revenue_won_month": "100",
        "kpi_average_deal_size_month": "100",
        "kpi_time_to_close_month": "11",
        "kpi_forecast_month": "110",
        "kpi_gap_to_target_month": "-10",
        "kpi_win_rate_quarter": "0.6667",
        "kpi_revenue_won_quarter": "400",
        "kpi_average_deal_size_quarter": "200",
        "kpi_time_to_close_quarter": "10.5",
        "kpi_forecast_quarter": "410",
        "kpi_gap_to_target_quarter": "600",
        "kpi_open_pipeline": "50",
        "kpi_lead_response_month": None,
        "kpi_lead_response_quarter": None,
        "kpi_overdue_followups": "0",
    }


def test_users_show_what_waits_for_them(book: Book):
    """Ann answered a lead of November after 3 hours and one of December after 1, and one of two tasks is not done; Bob has none."""
    book.put(
        Contact(id="nov", owner="ann", created_at=at("2017-11-02 09:00")),
        Contact(id="dec", owner="ann", created_at=at("2017-12-04 09:00")),
        Activity(id="1", kind=ActivityKind.CALL, direction=Direction.OUT, contact="nov", at=at("2017-11-02 12:00")),
        Activity(id="2", kind=ActivityKind.CALL, direction=Direction.OUT, contact="dec", at=at("2017-12-04 10:00")),
        Activity(id="3", kind=ActivityKind.TASK, status=ActivityStatus.PLANNED, owner="ann", due_at=at("2017-11-30")),
        Activity(id="4", kind=ActivityKind.TASK, owner="ann", due_at=at("2017-11-30"), at=at("2017-12-01")),
    )
    names = ("kpi_lead_response_month", "kpi_lead_response_quarter", "kpi_overdue_followups")
    found = book.measure("2017-12-20 00:00")
    assert [_fields(found, "u-ann")[name] for name in names] == ["1", "2", "1"]
    assert [_fields(found, "bob")[name] for name in names] == [None, None, "0"]


def test_what_waits_is_told_by_whole_measurements(book: Book):
    """Of some users alone only what hangs on deals is measured, and what could not be read is no field at all, with its reason."""
    alone = book.measure(records={(Entity.USERS, "ann")})
    assert not {name for name in _fields(alone, "u-ann") if "lead_response" in name or "overdue" in name}
    found = book.measure(ready={Stream.TASKS: "was refused"})
    assert "kpi_overdue_followups" not in _fields(found, "u-ann")
    assert "kpi_lead_response_month" in _fields(found, "u-ann")
    assert found.measurement.unavailable["users.kpi_overdue_followups"] == "was refused"


def test_a_user_without_deals(book: Book):
    """Who sold nothing has a revenue of zero and no rates; who has no target has no gap."""
    found = _fields(book.measure(), "bob")
    assert {name for name, value in found.items() if value == "0"} == {
        "kpi_revenue_won_month", "kpi_revenue_won_quarter", "kpi_forecast_month", "kpi_forecast_quarter", "kpi_open_pipeline",
        "kpi_overdue_followups",
    }  # fmt: skip
    assert found["kpi_win_rate_month"] is found["kpi_gap_to_target_month"] is None


def test_a_gap_that_nobody_knows_is_left_alone(book: Book):
    """Where the CRM's goals could not be read, a user without a target of the settings has no gap to write, not even an empty one."""
    found = book.measure(ready={Stream.GOALS: "was refused"}, targets=[_target("2017-12", 90)])
    assert _fields(found, "u-ann")["kpi_gap_to_target_month"] == "90"
    assert "kpi_gap_to_target_month" not in _fields(found, "bob")


def test_only_some_records(book: Book):
    """Asked for some records only, their fields that hang on deals are as in a whole measurement, and there is nothing else."""
    book.put(OPEN, CLOSED)
    whole = book.measure()
    for entity, record, shown in (
        (Entity.DEALS, "1", "1"),
        (Entity.COMPANIES, "acme", "acme"),
        (Entity.USERS, "ann", "u-ann"),
        (Entity.USERS, "u-ann", "u-ann"),
    ):
        found = book.measure(records={(entity, record)}).measurement
        assert found.values == ()
        assert found.fields == tuple(
            one for one in whole.measurement.fields if (one.spec.entity, one.record) == (entity, shown) and one.spec.name not in WHOLE_NAMES
        )
        assert found.fields


def test_every_field_is_declared(book: Book):
    """Every field that is measured is one of the declared ones, and says what it was made from."""
    book.put(OPEN, CLOSED)
    for one in book.measure().measurement.fields:
        assert specs()[f"{one.spec.entity}.{one.spec.name}"] == one.spec
        assert one.evidence or one.value is None
