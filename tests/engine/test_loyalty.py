"""Who is a customer, who came, left and came back, and what contracts bring: hand-computed cases."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.errors import SettingsError
from connector.kpis import Dimension
from connector.model import Company, Contract, Deal, FxRate, Policies, Record
from tests.engine.conftest import Book, at, day, deal

D = Decimal
SHORT = Policies(churn_days=100, min_sample=1)
YEARS = Policies(churn_days=100, gross_margin=D("0.5"), min_sample=1)
CONTRACTS = Policies(churn_policy="contracts", grace_days=30, min_sample=1)


def won(key: str, when: str, company: str | None = "acme", **fields: object) -> list[Record]:
    """Return a deal that was won a day after it was opened."""
    opened = (at(when) - (at("2017-01-02") - at("2017-01-01"))).date().isoformat()
    return deal(key, ("first", opened), ("won", when), company=company, **fields)


def contract(key: str, start: str, end: str | None, **fields: object) -> Contract:
    """Return a contract of Acme's for 1,200 in all."""
    own = {"company": "acme", "starts_on": day(start), "ends_on": day(end) if end else None, "amount": D(1200)}
    return Contract(id=key, **{**own, **fields})  # type: ignore[arg-type]  # named as the record's own


# Acme buys on 1 January, 1 March (within 100 days) and 1 December 2017 (long after); Bolt once, on 1 April.
SALES = [won("1", "2017-01-01"), won("2", "2017-03-01"), won("3", "2017-12-01"), won("4", "2017-04-01", "bolt")]
CASES: list[tuple[str, list[list[Record]], str, str, object, object, object, int]] = [
    ("nobody ever bought", [], "customers", "2017", 0, 0, None, 0),
    ("two at the end of April", SALES, "customers", "2017-04", 2, 2, None, 2),
    ("Acme's hundred days end on 9 June, Bolt's on 10 July", SALES, "customers", "2017-06", 1, 1, None, 1),
    ("nobody in September", SALES, "customers", "2017-09", 0, 0, None, 0),
    ("Acme is back in December", SALES, "customers", "2017-12", 1, 1, None, 1),
    ("a second deal makes no second customer", SALES, "new_customers", "2017", 2, 2, None, 2),
    ("coming back is not being new", SALES, "new_customers", "2017-12", 0, 0, None, 0),
    ("coming back after having been lost", SALES, "reactivated_customers", "2017-12", 1, 1, None, 1),
    ("buying again in time is no coming back", SALES, "reactivated_customers", "2017-03", 0, 0, None, 0),
    ("lost when the days are over", SALES, "lost_customers", "2017-06", 1, 1, None, 1),
    ("lost once for each time", SALES, "lost_customers", "2017", 2, 2, None, 2),
    ("a deal that names nobody makes no customer", [won("9", "2017-05-01", None, contact=None)], "customers", "2017", 0, 0, None, 0),
    ("a lost deal makes no customer", [deal("9", ("first", "2017-05-01"), ("lost", "2017-05-02"))], "new_customers", "2017", 0, 0, None, 0),
    ("the history is known from 11 April on", SALES, "customer_retention_rate", "2017-04", None, 0, 0, 0),
    ("both of May's are there in the end", SALES, "customer_retention_rate", "2017-05", 1, 2, 2, 2),
    ("one of June's two is lost", SALES, "customer_retention_rate", "2017-06", D("0.5"), 1, 2, 2),
    ("churn is the rest", SALES, "customer_churn_rate", "2017-06", D("0.5"), 1, 2, 2),
    ("all are lost", SALES, "customer_churn_rate", "2017-07", 1, 1, 1, 1),
    ("nobody to lose", SALES, "customer_churn_rate", "2017-09", None, 0, 0, 0),
    ("no upsell", SALES, "upsell_rate", "2017-05", 0, 0, 2, 2),
    ("one of two", [*SALES, won("5", "2017-05-20", kind="upsell")], "upsell_rate", "2017-05", D("0.5"), 1, 2, 2),
    ("two upsells of one customer are one", [*SALES, won("5", "2017-05-20", kind="upsell"), won("6", "2017-05-21", kind="upsell")]
     , "upsell_rate", "2017-05", D("0.5"), 1, 2, 2),
    ("an upsell is no cross-sell", [*SALES, won("5", "2017-05-20", kind="upsell")], "cross_sell_rate", "2017-05", 0, 0, 2, 2),
    ("a cross-sell", [*SALES, won("5", "2017-05-20", kind="cross_sell")], "cross_sell_rate", "2017-05", D("0.5"), 1, 2, 2),
    ("what both bring", [*SALES, won("5", "2017-05-20", kind="cross_sell"), won("6", "2017-05-21", kind="upsell")]
     , "expansion_revenue", "2017-05", 200, 200, None, 2),
    ("new business is no expansion", SALES, "expansion_revenue", "2017", 0, 0, None, 0),
]  # fmt: skip
# Acme's yearly contract is continued by another one of twice the amount; Bolt's monthly one is cancelled in August.
DEALS: list[Record] = [
    contract("a1", "2016-07-01", "2017-07-01"),
    contract("a2", "2017-07-11", "2018-07-11", amount=D(2400)),
    contract("b1", "2017-01-01", None, company="bolt", amount=D(50), billing_months=1, cancelled_at=at("2017-08-15"), churn_reason="price"),
    contract("b2", "2016-01-01", "2017-05-01", company="bolt", product="y", amount=D(0)),
]
CONTRACT_CASES = [
    ("both are customers", "customers", "2017-06", 2, 2, None, 2),
    ("ten days without a contract are within the grace", "lost_customers", "2017-07", 0, 0, None, 0),
    ("a cancelled contract has no grace", "lost_customers", "2017-08", 1, 1, None, 1),
    ("the history is known at once", "customer_churn_rate", "2017-08", D("0.5"), 1, 2, 2),
    ("renewed by the next contract", "renewal_rate", "2017-07", 1, 1, 1, 1),
    ("not renewed, and its grace is over", "renewal_rate", "2017-05", 0, 0, 1, 1),
    ("nothing was due", "renewal_rate", "2017-06", None, 0, 0, 0),
    ("what Bolt paid is lost", "revenue_churn_rate", "2017-08", D("0.2"), 50, 250, 2),
    ("nobody was lost in July", "revenue_churn_rate", "2017-07", 0, 0, 150, 2),
    ("Acme's amount doubles", "net_revenue_retention", "2017-07", D(250) / 150, 250, 150, 2),
    ("nobody paid anything yet", "net_revenue_retention", "2016-07", None, 0, 0, 0),
]


def figures(book: Book, kpi: str, period: str, policies: Policies) -> tuple[object, ...]:
    """Return a value and what it was made from."""
    found = book.one(kpi, period, policies=policies)
    return found.value, found.numerator, found.denominator, found.n


@pytest.mark.parametrize(
    ("records", "kpi", "period", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_customers_by_their_orders(
    book: Book, records: list[list[Record]], kpi: str, period: str, value: object, numerator: object, denominator: object, n: int
):
    """Where orders decide, a customer is one for so many days after each won deal."""
    if records:
        book.put(*records)
    assert figures(book, kpi, period, SHORT) == (value, numerator, denominator, n)


@pytest.mark.parametrize(
    ("kpi", "period", "value", "numerator", "denominator", "n"),
    [case[1:] for case in CONTRACT_CASES],
    ids=[case[0] for case in CONTRACT_CASES],
)
def test_customers_by_their_contracts(
    book: Book, kpi: str, period: str, value: D | int | None, numerator: object, denominator: object, n: int
):
    """Where contracts decide, a customer is one while a contract binds, the days of grace included."""
    book.put(*DEALS)
    expected = value.quantize(D("1e-8")).normalize() if isinstance(value, Decimal) else value
    assert figures(book, kpi, period, CONTRACTS) == (expected, numerator, denominator, n)


def test_what_a_customer_may_leave(book: Book):
    """In the 365 days up to the end of 2018: 300 of revenue, half of it left, from (2 + 1) / 2 customers who stay 2 / 1 years."""
    book.put(
        won("1", "2017-10-01"),
        won("2", "2017-11-01", "bolt"),
        won("3", "2018-09-30"),
        won("4", "2018-12-01", home_amount=D(200)),
        won("5", "2016-01-01", None, contact="somebody"),
    )
    found = book.one("predicted_lifetime_value", "2018", as_of="2019-01-01 00:00", policies=YEARS)
    assert found.value == D(300) * D("0.5") / D("1.5") * 2
    assert book.one("predicted_lifetime_value", "2016", as_of="2019-01-01 00:00", policies=YEARS).value is None


def test_nobody_leaves_in_five_years(book: Book):
    """Where nobody was lost, a customer is taken to stay five years and no longer."""
    book.put(
        *[won(str(month), f"2017-{month:02}-01") for month in range(1, 13)],
        *[won(f"y{month}", f"2018-{month:02}-01") for month in (1, 4, 7, 10)],
    )
    found = book.one("predicted_lifetime_value", "2018", as_of="2019-01-01 00:00", policies=YEARS)
    assert found.value == D(400) * D("0.5") / 1 * 5


def test_without_a_margin_nobody_predicts(book: Book):
    """A lifetime value without a margin would say more than we know."""
    book.put(*SALES)
    with pytest.raises(SettingsError, match="CRM_KPI_GROSS_MARGIN"):
        book.one("predicted_lifetime_value", "2017")
    assert "CRM_KPI_GROSS_MARGIN" in book.measure().measurement.unavailable["clv_to_cac"]


def test_a_contract_in_its_grace_is_not_judged(book: Book):
    """Ten days after its end a contract may still be renewed, so it does not count yet; forty days after, it counts as not renewed."""
    book.put(contract("a", "2016-12-01", "2017-12-01"))
    early = book.one("renewal_rate", "2017-12", as_of="2017-12-11 00:00", policies=CONTRACTS)
    late = book.one("renewal_rate", "2017-12", as_of="2018-01-10 00:00", policies=CONTRACTS)
    assert (early.value, early.n) == (None, 0)
    assert (late.value, late.n) == (0, 1)


def test_who_won_a_customer_and_who_keeps_it(book: Book):
    """A new customer counts for whoever closed the first deal; the customer itself for the company's present owner."""
    book.put(Company(id="acme", name="Acme", owner="bob"), won("1", "2017-11-01", owner="ann"))
    new = {one.by["owner"]: one.value for one in book.compute("new_customers", "2017", by=[Dimension.OWNER], policies=SHORT)}
    held = {one.by["owner"]: one.value for one in book.compute("customers", "2017", by=[Dimension.OWNER], policies=SHORT)}
    assert (new, held) == ({"ann": 1}, {"bob": 1})


def test_why_customers_were_lost(book: Book):
    """Lost customers are counted by the reason that their last contract gives."""
    book.put(*DEALS)
    found = {one.by["reason"]: one.value for one in book.compute("lost_customers", "2017", by=[Dimension.REASON], policies=CONTRACTS)}
    assert found == {"price": 1}


def test_a_contract_is_worth_what_the_settings_say(book: Book):
    """Of 120 euros a year, which the CRM calls 240 dollars, a month brings 20 by the CRM, 15 by the rate of the contract's first day."""
    told = {"company": "acme", "starts_on": day("2017-01-01"), "amount": D(120), "currency": "EUR", "home_amount": D(240)}
    book.put(Contract(id="1", billing_months=12, **told), FxRate(id="1", currency="EUR", home="USD", day=day("2016-12-01"), rate="1.5"))
    ways = (Policies(home="USD", fx=fx) for fx in ("crm", "close_date"))
    assert [book.one("revenue_churn_rate", "2017-05", policies=one).denominator for one in ways] == [20, 15]


def test_the_past_is_judged_as_it_was_then(book: Book):
    """What happened after a moment changes nothing of what was measured then."""
    book.put(*SALES[:2], SALES[3])
    before = book.one("customers", "2017-06", as_of="2017-07-01 00:00", policies=SHORT)
    book.put(SALES[2], replace(won("4", "2017-04-01", "bolt")[0], deleted_at=None))  # type: ignore[type-var]
    after = book.one("customers", "2017-06", as_of="2017-07-01 00:00", policies=SHORT)
    assert (before.value, before.n) == (after.value, after.n) == (1, 1)


def test_a_person_without_a_company_is_a_customer(book: Book):
    """A deal that names only a contact makes that person a customer, once."""
    book.put(won("1", "2017-11-01", None, contact="p1"), won("2", "2017-11-05", None, contact="p1"))
    assert book.one("new_customers", "2017", policies=SHORT).value == 1


def test_a_month_that_begins_with_a_sale(book: Book):
    """A deal closed as the month begins belongs to the month: it was not there when the month began, by the account's own clock."""
    one = won("1", "2017-11-02")
    closed = at("2017-11-01 00:00")
    book.put([replace(record, closed_at=closed) if isinstance(record, Deal) else record for record in one])
    assert book.one("new_customers", "2017-11", policies=SHORT).value == 1
    assert book.one("customers", "2017-10", policies=SHORT).value == 0
