"""What customers say: hand-computed cases."""

from decimal import Decimal

import pytest

from connector.kpis import Dimension
from connector.model import Survey, SurveyKind
from tests.engine.conftest import Book, at

D = Decimal
NPS, CES, CSAT = SurveyKind.NPS, SurveyKind.CES, SurveyKind.CSAT


def answer(id: str, kind: SurveyKind, score: int | None, when: str = "2017-03-05", **fields: object) -> Survey:  # noqa: A002 - as the record
    """Return an answer of a contact of its own."""
    own = {"contact": f"c{id}", "company": "acme", "owner": "ann", "scale": {NPS: 10, CES: 7, CSAT: 5}[kind]}
    return Survey(
        id=id,
        kind=kind,
        raw_score=None if score is None else D(score),
        score=None if score is None else D(score),
        answered_at=at(when),
        **{**own, **fields},  # type: ignore[arg-type]  # named as the record's own
    )


SAID = [answer("1", NPS, 10), answer("2", NPS, 9), answer("3", NPS, 8), answer("4", NPS, 7), answer("5", NPS, 6), answer("6", NPS, 0)]
AGAIN = [answer("7", NPS, 0, "2017-03-01", contact="x"), answer("8", NPS, 10, "2017-03-09", contact="x")]
SENT = [
    answer("9", CSAT, 5, sent_at=at("2017-02-27")),
    Survey(id="10", kind=CSAT, contact="c10", sent_at=at("2017-02-27"), scale=5),
]
PLEASED = [answer("11", CSAT, 3), answer("12", CSAT, 4), answer("13", CSAT, 8, scale=10), answer("14", CSAT, 7, scale=10)]
CASES: list[tuple[str, list[Survey], str, str, object, object, object, int]] = [
    ("two promoters, two detractors of six", SAID, "net_promoter_score", "2017-03", 0, 0, 6, 6),
    ("nines promote, sevens are passive", SAID[:4], "net_promoter_score", "2017-03", 50, 200, 4, 4),
    ("a six detracts", SAID[4:5], "net_promoter_score", "2017-03", -100, -100, 1, 1),
    ("nobody was asked", [], "net_promoter_score", "2017-03", None, 0, 0, 0),
    ("the last answer of a respondent counts", AGAIN, "net_promoter_score", "2017-03", 100, 100, 1, 1),
    ("an unknown scale is left out", [answer("15", NPS, None)], "net_promoter_score", "2017-03", None, 0, 0, 0),
    ("mean effort", [answer("16", CES, 1), answer("17", CES, 6)], "customer_effort_score", "2017-03", D("3.5"), 7, 2, 2),
    ("four of five and eight of ten please", PLEASED, "customer_satisfaction_score", "2017-03", D("0.5"), 2, 4, 4),
    # 3 and 4 of five; 8 and 7 of ten are 37/9 and 11/3 of five.
    ("on a scale of five", PLEASED, "customer_satisfaction_mean", "2017-03", D("3.69444444"), D("14.77777778"), 4, 4),
    (
        "the ends of ten are those of five",
        [answer("19", CSAT, 1, scale=10), answer("20", CSAT, 10, scale=10)],
        "customer_satisfaction_mean",
        "2017-03",
        3,
        6,
        2,
        2,
    ),
    ("one answer", PLEASED[:1], "customer_satisfaction_mean", "2017-03", 3, 3, 1, 1),
    ("no answer", [], "customer_satisfaction_mean", "2017-03", None, 0, 0, 0),
    (
        "a scale of seven says nothing",
        [answer("18", CSAT, 7, scale=7)],
        "customer_satisfaction_score",
        "2017",
        None,
        0,
        0,
        0,
    ),
    ("answered of those sent", SENT, "survey_response_rate", "2017-02", D("0.5"), 1, 2, 2),
    ("by the day of sending", SENT, "survey_response_rate", "2017-03", None, 0, 0, 0),
    ("answered by the day of answering", SENT, "customer_satisfaction_score", "2017-03", 1, 1, 1, 1),
]


@pytest.mark.parametrize(
    ("records", "kpi", "period", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_known_answers(
    book: Book, records: list[Survey], kpi: str, period: str, value: object, numerator: object, denominator: object, n: int
):
    """Each survey KPI of a small CRM is what a person computes by hand."""
    if records:
        book.put(*records)
    found = book.one(kpi, period)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


def test_each_period_has_its_own_last_answer(book: Book):
    """Somebody who was a detractor in February and a promoter in March is each in its month, and a promoter of the quarter."""
    book.put(answer("1", NPS, 3, "2017-02-05", contact="x"), answer("2", NPS, 9, "2017-03-05", contact="x"))
    assert [book.one("net_promoter_score", period).value for period in ("2017-02", "2017-03", "2017-Q1")] == [-100, 100, 100]


def test_touchpoints(book: Book):
    """Answers count for what they were asked about."""
    book.put(answer("1", NPS, 9, touchpoint="Onboarding"), answer("2", NPS, 1))
    found = {one.by["touchpoint"]: one.value for one in book.compute("net_promoter_score", by=[Dimension.TOUCHPOINT])}
    assert found == {"Onboarding": 100, "": -100}


def test_a_score_of_promoters_has_its_own_interval(book: Book):
    """Of six answers two promote and two warn: (2 - 2) / 9 plus and minus 1.96 roots of (5.5 / 9) / 9."""
    book.put(*SAID)
    found = book.one("net_promoter_score", "2017-03")
    assert found.interval is not None
    assert [round(end, 2) for end in found.interval] == [D("-51.07"), D("51.07")]
    assert book.one("net_promoter_score", "2017-02").interval is None
