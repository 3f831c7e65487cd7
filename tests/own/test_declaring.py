"""Own KPIs are read from the settings, and what is wrong with one is told with the line that it stands on."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from connector.aims import is_flow
from connector.errors import SettingsError
from connector.kpis import KPIS, Need, Unit
from connector.kpis.choices import columns_of
from connector.kpis.facts import FACTS
from connector.kpis.interval import is_share
from connector.kpis.metric import STANDARD
from connector.own import TABLES, catalogue_of, check_own
from connector.own.tables import CARRIED, WORDS, times_of
from connector.settings import AccountConfig, KpiSetting, load

BIG = {
    "key": "big_deals_won",
    "label": "Big deals won",
    "means": "How many deals of more than 10,000 were won.",
    "kind": "count",
    "table": "deals",
    "time": "closed",
    "filter": "status == 'won' and home_amount > 10000",
}
FILE = '''timezone = "UTC"
[files]
company = "Acme"
currency = "EUR"

[[kpis]]
key = "big_deals_won"
label = "Big deals won"
means = """
[[kpis]]
filter = that is only text
"""
kind = "count"
table = "deals"
time = "closed"

[[kpis]]
key = "second_one"
label = "The second one"
means = "What is changed here."
kind = "ratio"
table = "deals"
filter = "status == 'won'"
time = "closed"
numerator = "home_amount"
denominator = "won_no"
'''


class Files(BaseModel):
    """The settings of an account without a CRM."""

    company: str
    currency: str


def read(environ: dict[str, str]) -> AccountConfig:
    """Read and check the settings of one account."""
    (config,) = load(environ, {"files": Files}).accounts.values()
    check_own(config.house.kpis, config.kpi_places)
    return config


def setting(**words: object) -> KpiSetting:
    """Return the declaration of the big deals, with other words."""
    return KpiSetting.model_validate({name: value for name, value in (BIG | words).items() if value is not None})


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("home_amount", "home_amont", "line 25: numerator {OF} names 'home_amont', which is no column of deals; did you mean"),
        ("status == 'won'", "status = 'won'", "line 23: filter {OF} is \"status = 'won'\", which cannot be read"),
        ("second_one", "big_deals_won", "line 18: key of the KPI 'big_deals_won' is 'big_deals_won', which is declared before"),
        ("second_one", "win_rate", "line 18: key of the KPI 'win_rate' is 'win_rate', which is one of the program's own"),
        ("second_one", "Second", "settings.toml, line 18: key is 'Second': that does not fit. Its name in commands and goals"),
        ('label = "The second one"\n', "", "settings.toml, line 17: label is missing."),
        ("numerator", "numerater", "settings.toml, line 25: numerater is not a setting; did you mean numerator?"),
        ('"ratio"', '"rate"', "line 21: kind is 'rate': input should be 'count', 'sum', 'mean', 'median', 'ratio' or 'share'."),
        ('denominator = "won_no"\n', "", "line 21: kind {OF} is ratio, which needs a denominator."),
        ('"ratio"\ntable = "deals"', '"ratio"\ntable = "deal"', "line 22: table {OF} is 'deal'; did you mean deals?"),
        ('time = "closed"\nnum', 'time = "close"\nnum', "line 24: time {OF} is 'close'; did you mean closed? Allowed are created"),
        ('time = "closed"\nnum', "num", "line 17: time {OF} is missing, and rows of deals have to be dated; allowed are created"),
        ("won_no", "status", "line 26: denominator {OF} is 'status', which is a text; allowed is a number or money or"),
        ("won_no", "close_us", "line 26: denominator {OF} is a span of time, and the numerator money, which cannot be"),
        ("won_no", "1 + 1", "line 26: denominator {OF} is '1 + 1', which looks at no column; allowed are deal, kind"),
        ('"won_no"', '"won_no"\nunit = "days"', "line 27: unit {OF} is 'days'; allowed are money."),
        ('"won_no"', '"won_no"\nby = ["ownr"]', "line 27: by {OF} holds 'ownr'; did you mean owner? Allowed are owner, team"),
    ],
)  # fmt: skip
def test_an_error_points_at_its_line(tmp_path: Path, old: str, new: str, says: str):
    """A wrong word of a declaration is told with file and line, what was given and what is allowed; text that looks like one is none."""
    before, mark, after = FILE.rpartition("[[kpis]]")
    file = tmp_path / "settings.toml"
    file.write_text(before + mark + after.replace(old, new), encoding="utf-8")

    with pytest.raises(SettingsError) as error:
        read({"CRM_KPI_CONFIG": str(file)})

    assert says.format(OF="of the KPI 'second_one'") in str(error.value)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"numerator": "home_amount"}, "numerator of the KPI 'big_deals_won' is given, but a count has none; allowed are filter."),
        ({"filter": "home_amount"}, "filter of the KPI 'big_deals_won' is 'home_amount', which is money; allowed is yes or no."),
        (
            {"table": "open_deals", "filter": None},
            "time of the KPI 'big_deals_won' is 'closed'; leave it out: open_deals are what they are",
        ),
        (
            {"kind": "share", "numerator": "home_amount"},
            "numerator of the KPI 'big_deals_won' is 'home_amount', which is money; allowed is yes",
        ),
        ({"kind": "mean", "numerator": "is_young"}, "is 'is_young', which is yes or no; allowed is a number or money or a span of time."),
        ({"kind": "sum", "numerator": "close_us", "unit": "money"}, "unit of the KPI 'big_deals_won' is 'money'; allowed are days, hours."),
    ],
)
def test_words_have_to_fit(words: dict[str, str], says: str):
    """What a kind has no use for, or cannot be counted so, is refused; of the environment, the entry is named."""
    declared = json.dumps([{name: value for name, value in (BIG | words).items() if value is not None}])

    with pytest.raises(SettingsError) as error:
        read({"CRM_KPI_KPIS": declared, "CRM_KPI_FILES__COMPANY": "Acme", "CRM_KPI_FILES__CURRENCY": "EUR"})

    assert str(error.value).startswith(
        f"CRM_KPI_KPIS, number 1: {says}" if says.startswith(("num", "fil", "tim", "uni")) else "CRM_KPI_KPIS, "
    )
    assert says in str(error.value)


def test_the_environment_wins_over_the_file(tmp_path: Path):
    """Where the environment holds KPIs, an error of theirs does not point into the file; with several accounts each has its own lines."""
    file = tmp_path / "settings.toml"
    file.write_text(FILE, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^CRM_KPI_KPIS, number 1: filter"):
        read({"CRM_KPI_CONFIG": str(file), "CRM_KPI_KPIS": json.dumps([BIG | {"filter": "nothing"}])})

    file.write_text(FILE.replace("[files]", "[accounts.acme.files]").replace("[[kpis]]", "[[accounts.acme.kpis]]")
                    .replace('timezone = "UTC"', "").replace("won_no", "won"), encoding="utf-8")  # fmt: skip
    with pytest.raises(SettingsError, match=r"^settings[.]toml, line 26: denominator"):
        read({"CRM_KPI_CONFIG": str(file)})


def test_a_declared_kpi_is_one_like_all_others(tmp_path: Path):
    """It says what it means, how it is made, what it reads and needs; units follow from what is added up."""
    file = tmp_path / "settings.toml"
    file.write_text(FILE, encoding="utf-8")
    config = read({"CRM_KPI_CONFIG": str(file)})

    known = catalogue_of(config.house.kpis)
    second = known["second_one"]
    assert list(known) == [*KPIS, "big_deals_won", "second_one"]
    assert known.own == ("big_deals_won", "second_one")
    assert known["win_rate"] is KPIS["win_rate"]
    assert second.unit is Unit.MONEY
    assert second.formula_words == "Sum of home_amount / sum of won_no over rows of deals where status == 'won', by the day of closed."
    assert second.by == STANDARD
    assert set(second.reads) == {"deals", "pipelines"}
    assert columns_of(second) == ("deals.home_amount", "deals.is_unpriced", "deals.status", "deals.won_no")
    assert catalogue_of(config.house.kpis) is known
    assert catalogue_of(()) is KPIS


def test_what_it_stands_on_follows_from_its_columns():
    """Columns that hang on more streams, tables that are imported and categories of costs are needed before anything is measured."""
    words = {"time": "created", "filter": None, "table": "leads", "kind": "mean", "numerator": "answer_us", "unit": "hours"}
    costs = {"time": "spent", "table": "costs", "kind": "sum", "numerator": "amount", "filter": "is_counted and category == 'sales'"}
    known = catalogue_of((setting(**words), setting(**costs, key="spent")))
    answers, spent = known["big_deals_won"], known["spent"]

    assert set(answers.reads) == {"deals", "pipelines", "contacts", "calls", "emails", "meetings"}
    assert answers.unit is Unit.HOURS
    assert spent.needs == (Need.SALES,)
    assert spent.unit is Unit.MONEY


def test_kinds_are_what_goals_take_them_for():
    """A count by a day grows through its period, a share has an interval, a level does neither."""
    share = catalogue_of((setting(kind="share", numerator="status == 'won'", denominator="status in ['won', 'lost']", filter=None),))
    level = catalogue_of((setting(table="open_deals", time=None, filter="is_stalled"),))

    assert is_flow(catalogue_of((setting(),))["big_deals_won"])
    assert is_share(share["big_deals_won"])
    assert share["big_deals_won"].unit is Unit.RATE
    assert not is_flow(level["big_deals_won"])


def test_tables_are_those_of_the_catalogue():
    """Each fact can be looked at, needs what the program's own KPIs of the same columns need, and its known words are of its columns."""
    inner = {"targets", "calendar", "slices", "slices_of_periods", "numbered_periods", "numbered_days", "cut_days", "levels", "open_levels"}
    assert set(TABLES) == set(FACTS) - inner
    assert all(CARRIED[table] for table in TABLES)
    assert {key.partition(".")[0] for key in WORDS} <= set(TABLES)
    assert all(key.partition(".")[2] in FACTS[key.partition(".")[0]] for key in WORDS)
    assert all(name in FACTS[table] for table, one in TABLES.items() for name in one.besides)
    for kpi in KPIS.values():
        tables = {part.rows.of for part in kpi.formula.parts}
        if len(tables) == 1 and tables <= set(TABLES):
            table = TABLES[tables.pop()]
            # Which of both made a deal stall is for `explain` alone, and each stands beside the other.
            told = {"open_deals.is_silent", "open_deals.is_slow"} if "open_deals.is_stalled" in columns_of(kpi) else set()
            extra = {need for name in {*columns_of(kpi)} - told for need in table.besides.get(name.partition(".")[2], ())}
            assert {*table.reads, *table.needs, *extra} <= {*kpi.reads, *kpi.needs}, kpi.key
            assert {*kpi.reads, *kpi.needs} - {*table.reads, *table.needs, *extra} <= {Need.TOUCHES}, kpi.key


def test_events_are_days_with_a_time():
    """Rows can be dated by what has both a day and a moment; a level at the end of a period by nothing."""
    assert times_of("deals") == ("created", "closed")
    assert times_of("standings") == ()
