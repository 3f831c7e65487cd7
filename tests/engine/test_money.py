"""What customers and leads cost, and what money spent brought back: hand-computed cases."""

from decimal import Decimal

import pytest

from connector.errors import SettingsError
from connector.kpis import Dimension
from connector.model import Campaign, Contact, Cost, CostCategory, FxRate, Mark, Policies, Record, Touch, Traffic
from tests.engine.conftest import Book, at, day, deal

D = Decimal
SETTINGS = Policies(min_sample=1, churn_days=100, gross_margin=D("0.5"), home="USD", crm_sources=("form",))


def cost(key: str, when: str, category: str, amount: int | str, **fields: object) -> Cost:
    """Return a cost of one day."""
    return Cost(id=key, day=day(when), category=CostCategory(category), amount=D(amount), **fields)  # type: ignore[arg-type]


def nothing_else(*categories: str) -> list[Cost]:
    """Return rows of amount 0 that say that nothing else was spent in October."""
    return [cost(f"none-{one}", "2017-10-01", one, 0) for one in categories]


SALES: list[Record] = [
    *deal("1", ("first", "2017-10-01"), ("won", "2017-10-10"), source="web", campaign="k1"),
    *deal("2", ("first", "2017-10-01"), ("won", "2017-10-20"), company="bolt", owner="bob", home_amount=D(300), source="fair"),
    *deal("3", ("first", "2017-10-01"), ("lost", "2017-10-20"), company="bolt"),
    Campaign(id="k1", name="Autumn"),
    Contact(id="p1", created_at=at("2017-10-02"), source="web", campaign="k1", company=None),
    Contact(id="p2", created_at=at("2017-10-03"), source="form", company=None),
]
COSTS: list[Record] = [
    cost("c1", "2017-10-05", "advertising", 60, source="web", campaign="Autumn", owner="ann"),
    cost("c2", "2017-10-06", "marketing", 20),
    cost("c3", "2017-10-07", "sales", 120),
    cost("c4", "2017-10-08", "service", 40),
    cost("c5", "2017-10-09", "retention", 8),
    cost("c6", "2017-10-10", "crm", 50),
]
CASES = [
    ("advertising and marketing by two leads", "cost_per_lead", 40, 80, 2, 2),
    ("advertising, marketing and sales by two customers", "customer_acquisition_cost", 100, 200, 2, 2),
    ("retention and service by (0 + 2) / 2 customers", "customer_retention_cost", 48, 48, 1, 2),
    ("retention and service of the revenue", "retention_cost_ratio", D("0.12"), 48, 400, 2),
    ("(400 - 180) / 180", "sales_roi", D("1.22222222"), 220, 180, 2),
    ("(100 - 60) / 60, by the deal's own campaign", "campaign_roi", D("0.66666667"), 40, 60, 1),
    ("sales and service of the revenue", "cost_to_serve_ratio", D("0.4"), 160, 400, 2),
    ("sales and service by deals won", "cost_per_won_deal", 80, 160, 2, 2),
    ("both deals name a source", "revenue_by_source", 400, 400, None, 2),
    ("one deal names a campaign", "revenue_by_campaign", 100, 100, None, 1),
    ("one lead came by the form, one by a campaign of the CRM", "crm_leads_created", 2, 2, None, 2),
]


@pytest.mark.parametrize(("kpi", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_known_answers(book: Book, kpi: str, value: object, numerator: object, denominator: object, n: int):
    """Each KPI of money in a small company's October is what a person computes by hand."""
    book.put(*SALES, *COSTS)
    found = book.one(kpi, "2017-10", policies=SETTINGS)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


@pytest.mark.parametrize("kpi", ["cost_per_lead", "customer_acquisition_cost", "sales_roi", "cost_per_won_deal", "campaign_roi"])
def test_a_month_without_costs_has_none_of_these(book: Book, kpi: str):
    """Where nothing was supplied for a period, there is no value; nobody takes that for costs of zero."""
    book.put(*SALES, *COSTS)
    assert book.one(kpi, "2017-11", policies=SETTINGS).value is None
    assert book.one(kpi, "2017-09", policies=SETTINGS).value is None


def test_what_was_never_supplied_is_named(book: Book):
    """A KPI whose category of costs was never supplied says so; a row of amount 0 says that there were none."""
    book.put(*SALES, *COSTS[:1], *COSTS[2:])
    with pytest.raises(SettingsError, match="No costs of marketing were supplied"):
        book.one("cost_per_lead", "2017-10", policies=SETTINGS)
    book.put(*nothing_else("marketing"))
    assert book.one("cost_per_lead", "2017-10", policies=SETTINGS).value == 30


def test_nobody_came(book: Book):
    """Costs without a customer or lead have no price for one."""
    book.put(*COSTS)
    assert book.one("customer_acquisition_cost", "2017-10", policies=SETTINGS).value is None
    assert book.one("cost_per_lead", "2017-10", policies=SETTINGS).value is None


def test_a_spread_cost_falls_on_its_days(book: Book):
    """100 over the seven days from 29 October on: three days in October, four in November, and nothing is lost by rounding."""
    book.put(
        *SALES,
        *nothing_else("advertising", "marketing"),
        cost("s", "2017-10-29", "sales", 100, spread_from=day("2017-10-29"), spread_to=day("2017-11-05")),
    )
    october = book.one("customer_acquisition_cost", "2017-10", policies=SETTINGS)
    whole = book.one("customer_acquisition_cost", "2017", policies=SETTINGS)
    assert october.numerator == D("42.8571")
    assert whole.numerator == 100


def test_a_running_cost_counts_to_date(book: Book):
    """Of a cost that is spread over days to come only those gone count."""
    book.put(
        *SALES,
        *nothing_else("advertising", "marketing"),
        cost("s", "2017-10-01", "sales", 310, spread_from=day("2017-10-01"), spread_to=day("2017-11-01")),
    )
    assert book.one("customer_acquisition_cost", "2017-10", as_of="2017-10-11 00:00", policies=SETTINGS).numerator == 100


def test_one_provider_tells_of_a_day(book: Book):
    """What Google Analytics and a file both tell of one day, source and campaign counts once; settings say whose word it is."""
    twice = [
        cost("ga", "2017-10-05", "advertising", 70, provider="google_analytics", source="web", campaign="Autumn"),
        cost("hs", "2017-10-05", "advertising", 65, provider="hubspot", source="web", campaign="k1"),
        cost("ga2", "2017-10-06", "advertising", 5, provider="google_analytics", source="web", campaign="Autumn"),
    ]
    book.put(*SALES, *twice, *nothing_else("marketing"))
    typed = Policies(home="USD", cost_precedence=("", "hubspot"))
    assert book.one("cost_per_lead", "2017-10", policies=SETTINGS).numerator == 75
    assert book.one("cost_per_lead", "2017-10", policies=typed).numerator == 70
    book.put(cost("hand", "2017-10-05", "advertising", 1, source="web", campaign="Autumn"))
    assert book.one("cost_per_lead", "2017-10", policies=typed).numerator == 6


def test_costs_in_other_currencies(book: Book):
    """A cost counts by the rate of its day, else of the last day before; without any it is left out, and the value is marked."""
    book.put(
        *SALES,
        *nothing_else("marketing"),
        FxRate(id="1", currency="EUR", home="USD", day=day("2017-10-01"), rate="1.25"),
        FxRate(id="2", currency="EUR", home="USD", day=day("2017-10-08"), rate="1.5"),
        cost("a", "2017-10-07", "advertising", 8, currency="EUR"),
        cost("b", "2017-10-08", "advertising", 8, currency="EUR"),
        cost("c", "2017-10-08", "advertising", 4, currency="USD", source="fair"),
    )
    found = book.one("cost_per_lead", "2017-10", policies=SETTINGS)
    assert (found.numerator, Mark.INCOMPLETE in found.marks) == (26, False)
    book.put(cost("d", "2017-10-09", "advertising", 8, currency="SEK"))
    found = book.one("cost_per_lead", "2017-10", policies=SETTINGS)
    assert (found.numerator, Mark.INCOMPLETE in found.marks) == (26, True)


TOUCHED: list[Record] = [
    *deal("1", ("first", "2017-10-01"), ("won", "2017-10-10"), contact="p", home_amount=D("100"), source="own"),
    Touch(id="t1", contact="p", at=at("2017-10-02"), source="web", campaign="Autumn"),
    Touch(id="t2", deal="1", at=at("2017-10-03"), source="fair"),
    Touch(id="t3", contact="p", at=at("2017-10-04"), workflow="nurture"),
    Touch(id="t4", deal="1", at=at("2017-10-05"), source="form"),
    Touch(id="t5", contact="p", at=at("2017-10-11"), source="late"),
]


@pytest.mark.parametrize(
    ("credit", "expected"),
    [("first", {"web": 100}), ("last", {"form": 100}), ("linear", {"web": D("33.3333"), "fair": D("33.3333"), "form": D("33.3334")})],
)
def test_who_is_credited(book: Book, credit: str, expected: dict[str, Decimal]):
    """The first touch, the last one before the close, or all in equal parts that add up; what came after the close led to nothing."""
    book.put(*TOUCHED)
    found = book.compute("revenue_by_source", "2017", by=[Dimension.SOURCE], policies=Policies(credit=credit))
    assert {one.by["source"]: one.value for one in found} == expected
    assert book.one("revenue_by_source", "2017", policies=Policies(credit=credit)).value == 100
    assert book.one("revenue_by_workflow", "2017", policies=Policies(credit=credit)).value == 100


def test_a_contact_of_unknown_age_tells_its_source(book: Book):
    """Nobody need know when a contact was made for its source to count for deals that tell none themselves."""
    book.put(Contact(id="p", source="letter"), *deal("1", ("first", "2017-10-01"), ("won", "2017-10-10"), contact="p"))
    assert {one.by["source"]: one.value for one in book.compute("deals_won", "2017", by=[Dimension.SOURCE])} == {"letter": 1}


def test_what_the_crm_helped_to_bring(book: Book):
    """The CRM helped where a touch names a workflow or a source of its own; all won deals are the upper bound that a setting asks for."""
    book.put(*TOUCHED, *SALES[3:6], cost("c", "2017-10-01", "crm", 40))
    touched = book.one("crm_roi", "2017-10", policies=SETTINGS)
    everything = book.one("crm_roi", "2017-10", policies=Policies(crm_revenue="all"))
    assert (touched.numerator, touched.n) == (60, 1)
    assert (everything.numerator, everything.n) == (360, 2)


def test_visits_and_leads(book: Book):
    """Leads from sources of the web by visits, by source; a source that is not of the web counts nowhere."""
    visits = [
        Traffic(id="1", day=day("2017-10-02"), source="web", sessions=8),
        Traffic(id="2", day=day("2017-10-03"), source="form", sessions=4),
        Traffic(id="3", day=day("2018-01-03"), source="web", sessions=99),
    ]
    book.put(*SALES, *visits)
    web = Policies(web_sources=("web",))
    assert book.one("sessions", "2017-10").value == 12
    assert book.one("session_to_lead_rate", "2017-10").value == D("0.16666667")
    assert book.one("session_to_lead_rate", "2017-10", policies=web).numerator == 1
    found = book.compute("session_to_lead_rate", "2017-10", by=[Dimension.SOURCE], policies=web)
    assert {one.by["source"]: one.value for one in found} == {"web": D("0.125"), "form": 0}


def test_lifetime_value_by_what_a_customer_cost(book: Book):
    """A customer who may leave 500 and cost 100 to win is worth five times that."""
    months = [(f"m{month}", f"2017-{month:02}-01") for month in range(1, 13)] + [
        (f"n{month}", f"2018-{month:02}-01") for month in (1, 4, 7, 10)
    ]
    won = [record for key, when in months for record in deal(key, ("first", when), ("won", f"{when} 12:00"))]
    new = deal("new", ("first", "2018-10-01"), ("won", "2018-10-02"), company="bolt")
    book.put(*won, *new, *[cost(one, "2018-10-01", one, 50) for one in ("advertising", "sales")], cost("z", "2018-10-01", "marketing", 0))
    found = book.one("clv_to_cac", "2018", as_of="2019-01-01 00:00", policies=SETTINGS)
    predicted = book.one("predicted_lifetime_value", "2018", as_of="2019-01-01 00:00", policies=SETTINGS)
    assert predicted.value == (D(500) * D("0.5") * 5 / D("1.5")).quantize(D("1e-8"))
    assert found.value == (D(500) * D("0.5") * 5 / D("1.5") / 100).quantize(D("1e-8")).normalize()
