"""How the CRM itself is used: hand-computed cases."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.kpis import Dimension
from connector.model import Activity, ActivityKind, Contact, Direction, Policies, Record, Touch, Traffic, Training, Use, UseKind, User
from tests.engine.conftest import Book, at, changed, day, deal

D = Decimal
SETTINGS = Policies(min_sample=1, crm_feature="forecast")


def use(key: str, when: str, user: str = "ann", kind: str = "login", feature: str | None = None) -> Use:
    """Return a login or an action at a local time."""
    return Use(id=key, user=user, at=at(when), kind=UseKind(kind), feature=feature)


USES: list[Record] = [
    use("1", "2017-12-04"),
    use("2", "2017-12-04 17:00"),
    use("3", "2017-12-05", kind="action", feature="forecast"),
    use("4", "2017-12-12", "bob"),
]
COURSES: list[Record] = [
    Training(id="1", user="ann", course="basics", assigned_at=at("2017-12-01"), completed_at=at("2017-12-03")),
    Training(id="2", user="bob", course="basics", assigned_at=at("2017-12-01")),
    Training(id="3", user="bob", course="sales", assigned_at=at("2017-12-02"), completed_at=at("2017-12-03"), expires_at=at("2017-12-30")),
    Training(id="4", user="ann", course="sales", assigned_at=at("2017-12-02"), completed_at=at("2018-12-03")),
]
CASES: list[tuple[str, list[Record], str, object, object, object, int]] = [
    ("logins, not actions", USES, "crm_logins", 3, 3, None, 3),
    ("both users worked", USES, "active_user_rate", 1, 2, 2, 2),
    ("one used the feature", USES, "feature_adoption_rate", D("0.5"), 1, 2, 2),
    ("one without a licence counts nowhere", [*USES, User(id="bob", name="Bob", licensed=False)], "active_user_rate", 1, 1, 1, 1),
    ("one of four is completed and valid", COURSES, "training_completion_rate", D("0.25"), 1, 4, 4),
    ("deals, companies and contacts", [*deal("1", ("first", "2017-12-01")), Contact(id="c", created_at=at("2017-12-02"))]
     , "records_created", 2, 2, None, 2),
    ("a merged and a deleted record are none"
     , [Contact(id="c", created_at=at("2017-12-02"), deleted_at=at("2017-12-03"))], "records_created", 0, 0, None, 0),
    ("what was assigned before is another month's", [Training(id="1", user="ann", course="basics", assigned_at=at("2017-11-01"))]
     , "training_completion_rate", None, 0, 0, 0),
    ("two companies that nobody knows the making of, too", [*deal("1", ("first", "2017-12-01"))], "crm_records", 3, 3, None, 3),
]  # fmt: skip


@pytest.mark.parametrize(
    ("records", "kpi", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_known_answers(book: Book, records: list[Record], kpi: str, value: object, numerator: object, denominator: object, n: int):
    """Each KPI of adoption in a small company's December is what a person computes by hand."""
    book.put(*records)
    found = book.one(kpi, "2017-12", policies=SETTINGS)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


def test_what_nobody_knows_the_making_of_was_created_in_no_period(book: Book):
    """A record without a day of creation is there, and is part of no period's new ones: all time holds no more than its years."""
    book.put(*deal("1", ("first", "2017-12-01")))
    found = [book.one("records_created", period, policies=SETTINGS).value for period in ("all", "2017", "2017-12")]
    assert found == [1, 1, 1]


def test_what_counts_as_work(book: Book):
    """Without any login, a call that Ann made and a change that Bob made show that they work in the CRM."""
    call = Activity(id="1", kind=ActivityKind.CALL, direction=Direction.OUT, owner="ann", at=at("2017-12-05"))
    (history,) = changed("1", "amount", ("2017-12-06", "1", "2"))
    book.put(
        *deal("1", ("first", "2017-12-01")),
        call,
        replace(history, by="bob"),
    )
    assert book.one("active_user_rate", "2017-12", policies=SETTINGS).value == 1
    assert book.one("active_user_rate", "2017-11", policies=SETTINGS).value is None


def test_days_a_week(book: Book):
    """Two users, the first active day on a Monday: three active days in the four weeks up to the first of January make 0.375 a week."""
    book.put(*USES)
    found = book.one("usage_frequency", "2017-12", policies=SETTINGS)
    assert (found.value, found.numerator, found.denominator) == (D("0.375"), 3, 8)


def test_a_new_user_settles_in(book: Book):
    """The first week with three active days ends the beginning, on its third day; two days in each of two weeks do not."""
    started = User(id="eve", name="Eve", active_from=at("2017-12-01"))
    days = ["2017-12-05", "2017-12-06", "2017-12-11", "2017-12-12", "2017-12-14", "2017-12-15"]
    book.put(started, *[use(day, day, "eve") for day in days])
    found = book.one("onboarding_time", "2017-12", policies=SETTINGS)
    assert (found.value, found.n) == (13, 1)


def test_courses_by_name(book: Book):
    """Training is told by course."""
    book.put(*COURSES)
    found = {
        one.by["course"]: one.value for one in book.compute("training_completion_rate", "2017-12", by=[Dimension.COURSE], policies=SETTINGS)
    }
    assert found == {"basics": D("0.5"), "sales": 0}


def test_a_training_is_valid_until_it_expires(book: Book):
    """What ends at midnight was still valid the day before: as of that midnight it counts, a moment later no more."""
    told = {"assigned_at": at("2017-12-01"), "completed_at": at("2017-12-02"), "expires_at": at("2017-12-20 00:00")}
    book.put(Training(id="1", user="ann", course="basics", **told))
    ends = ("2017-12-20 00:00", "2017-12-20 00:01")
    assert [book.one("training_completion_rate", "2017-12", as_of=end, policies=SETTINGS).value for end in ends] == [1, 0]


def test_who_works_is_unknown_where_nothing_tells(book: Book):
    """Without logins, activities or changes with a name, nobody knows who is active, so the share is not 0; one login tells it."""
    book.put(*deal("1", ("first", "2017-12-01")))
    silent = book.measure(policies=SETTINGS).measurement
    assert {key: "import usage" in silent.unavailable[key] for key in ("active_user_rate", "usage_frequency")} == {
        "active_user_rate": True,
        "usage_frequency": True,
    }
    book.put(USES[0])
    assert book.one("active_user_rate", "2017-12", policies=SETTINGS).value == D("0.5")


def test_only_those_count_who_had_a_licence(book: Book):
    """Whoever is gone since nobody knows when, had no licence, has left before or is unknown is on neither side of a share."""
    gone = User(id="cy", name="Cy", is_active=False)
    without = User(id="di", name="Di", licensed=False)
    left = User(id="eve", name="Eve", is_active=False, active_to=at("2017-12-03"))
    others = ("cy", "di", "eve", "fay")
    book.put(USES, gone, without, left, *[use(f"{one}1", "2017-12-06", one, "action", "forecast") for one in others])
    found = {key: book.one(key, "2017-12", policies=SETTINGS) for key in ("active_user_rate", "feature_adoption_rate", "usage_frequency")}
    assert {key: one.numerator for key, one in found.items()} == {"active_user_rate": 2, "feature_adoption_rate": 1, "usage_frequency": 3}
    assert found["active_user_rate"].value == 1


def test_whoever_leaves_counts_until_then(book: Book):
    """A user who worked on the fourth of December and left on the tenth has a licence in December, and none in January."""
    book.put(User(id="ann", name="Ann", is_active=False, active_to=at("2017-12-10")), USES)
    assert [
        book.one("active_user_rate", month, as_of="2018-02-01 00:00", policies=SETTINGS).denominator for month in ("2017-12", "2018-01")
    ] == [2, 1]


def test_before_anything_was_told_none_is_not_zero(book: Book):
    """Logins, sessions and touches are told from December on: November has none that anybody counted, January had none."""
    book.put(
        USES,
        deal("1", ("first", "2017-10-01"), ("won", "2017-11-05"), contact="p"),
        Traffic(id="1", day=day("2017-12-05"), sessions=7),
        Touch(id="1", contact="p", at=at("2017-12-05"), workflow="nurture"),
    )
    keys = ("crm_logins", "feature_adoption_rate", "sessions", "revenue_by_workflow")
    found = book.measure("2018-02-01 00:00", policies=SETTINGS)
    assert [found.value(key, "2017-11") for key in keys] == [None] * 4
    assert [found.value(key, "2018-01") for key in keys] == [0] * 4
    assert [found.value(key, "2017") for key in keys] == [3, D("0.5"), 7, 0]
    assert [book.one("crm_logins", period, as_of="2017-12-01 00:00", policies=SETTINGS).value for period in ("all", "2017")] == [None] * 2
