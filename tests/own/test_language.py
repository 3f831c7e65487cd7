"""Conditions and sums of own KPIs are read, never run, and mean what they say of every row."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import SettingsError
from connector.kpis.expressions import compiled, table
from connector.kpis.facts import FACTS
from connector.own.language import columns_of, parse
from connector.own.tables import TABLES, WORDS
from connector.own.terms import Kind

TYPES = {"string": "varchar", "int64": "bigint"}
ROWS = [
    {"deal": "a", "kind": "new", "status": "won", "home_amount": Decimal(100), "created_on": date(2018, 1, 5), "close_us": 86_400_000_000},
    {"deal": "b", "kind": "new", "status": "lost", "home_amount": None, "created_on": date(2018, 2, 1), "close_us": None},
    {"deal": "c", "kind": "renewal", "status": "won", "home_amount": Decimal(0), "is_young": True, "won_no": 2},
]


@pytest.fixture(scope="module")
def deals() -> duckdb.DuckDBPyConnection:
    """Return a database whose table of deals holds these three."""
    base = duckdb.connect()
    base.execute(f"create table deals ({', '.join(f'{name} {TYPES.get(kind, kind)}' for name, kind in FACTS['deals'].items())})")
    for row in ROWS:
        base.execute(f"insert into deals ({', '.join(row)}) values ({', '.join('?' for _ in row)})", list(row.values()))  # noqa: S608 - our own
    return base


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("status == 'won'", "ac"),
        ("status != 'won'", "b"),
        ("status == 'won' and kind == 'new' or is_young", "ac"),
        ("not (status == 'won' or is_young)", "b"),
        ("home_amount > 50", "a"),
        ("50 < home_amount <= 100", "a"),
        ("home_amount is null", "b"),
        ("home_amount is not null", "ac"),
        ("not home_amount > 50", "bc"),
        ("home_amount != 100", "bc"),
        ("kind in ['renewal', 'upsell']", "c"),
        ("won_no not in (2, 3)", "ab"),
        ("created_on >= '2018-02-01'", "b"),
        ("close_us <= days(1)", "a"),
        ("close_us < hours(24) + hours(-1)", ""),
        ("close_us / days(1) == 1", "a"),
        ("close_us / (close_us - days(1)) > 0", ""),
        ("is_young == false", "ab"),
        ("is_young is null", "ab"),
        ("(home_amount + 1) * 2 - 1 == 201", "a"),
        ("home_amount / 100 == 2 / 2", "a"),
        ("-home_amount <= -2 * 3", "a"),
        ("status\n== 'lost'", "b"),
    ],
)
def test_conditions(deals: duckdb.DuckDBPyConnection, condition: str, ids: str):
    """A condition is true or false of each row, and false where something compared is empty; dividing by 0 gives nothing."""
    facts = table("deals")
    query = compiled(facts.filter(parse(condition, "deals", WORDS).rule(facts)))

    assert "".join(row[0] for row in deals.execute(f"select deal from ({query}) order by deal").fetchall()) == ids  # noqa: S608 - our own


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("statu == 'won'", "names 'statu', which is no column of deals; did you mean status? Allowed are deal, kind, customer, status, "),
        ("status == 'wonn'", "compares `status` with 'wonn', which it never is; did you mean won? Allowed are open, won, lost, cancelled."),
        ("status = 'won'", "which cannot be read: invalid syntax; equal is written ==."),
        ("status == 'won", "cannot be read"),
        ("__import__('os').system('true')", "holds `__import__('os').system('true')`; allowed are days(3) and hours(4)."),
        ("status.upper() == 'WON'", "allowed are days(3) and hours(4)."),
        ("[row for row in status]", "which is not allowed; allowed are columns, numbers"),
        ("status[0] == 'w'", "which is not allowed; allowed are columns, numbers"),
        ("lambda: 1", "which is not allowed; allowed are columns, numbers"),
        ("(status := 'won')", "which is not allowed; allowed are columns, numbers"),
        ("home_amount ** 9 > 1", "calculates in a way that is not allowed; allowed are + - * /."),
        (
            "home_amount > close_us",
            "compares `home_amount`, money, with `close_us`, a span of time; a span is written days(3) or hours(4).",
        ),
        ("close_us > 3", "a span is written days(3) or hours(4)."),
        ("status > 'won'", "compares `status` by size, and it is a text; allowed are == and !=."),
        ("created_on > 'soon'", "compares a day with 'soon'; a day is written '2018-01-31'."),
        ("status == null", "emptiness is asked for by `is null`"),
        ("status is 'won'", "allowed are COLUMN is null and COLUMN is not null."),
        ("home_amount and is_young", "has `home_amount` where a condition belongs, and it is money."),
        ("not home_amount", "has `home_amount` where a condition belongs, and it is money."),
        ("true and is_young", "has `true` where a condition belongs"),
        ("1 == 1", "of which none is a column"),
        ("home_amount / 0 > 1", "divides by 0."),
        ("home_amount + status > 1", "calculates with a text; allowed are numbers, money and spans of time."),
        ("home_amount * home_amount > 1", "multiplies money by money; one of them has to be a number."),
        ("home_amount > 1e999", "holds a number beyond"),
        ("close_us > days(home_amount)", "days() takes a plain number."),
        ("status in 'won'", "allowed is a list such as ['a', 'b']."),
        ("status in []", "allowed is a list such as ['a', 'b']."),
        ("home_amount in [won_no]", "a list may hold numbers and texts only."),
        ("home_amount > 1j", "allowed are numbers, texts, true and false."),
        ("status == b'won'", "allowed are numbers, texts, true and false."),
        ("home_amount > +1", "a minus belongs before a number."),
        ("account == 'acme'", "names 'account', which is no column of deals"),
        ("not " * 60 + "is_young", "is nested too deeply; allowed are 40 levels."),
        ("status == 'won' or " * 60 + "is_young", "characters; allowed are 1000."),
        ("is_young\0", "cannot be read"),
    ],
)
def test_what_does_not_belong_is_named(text: str, says: str):
    """What is no part of the language, or does not fit, is refused with the word given and what is allowed."""
    with pytest.raises(SettingsError) as error:
        parse(text, "deals", WORDS)

    assert says in str(error.value)


WORD = st.sampled_from([
    "status", "home_amount", "close_us", "is_young", "created_on", "customer", "'won'", "1", "0.5", "null", "true", "and", "or", "not",
    "in", "is", "==", "!=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", "days", "hours", "lambda", ":", ".",
    "__class__", "if", "else",
    "'2018-01-01'", "**", "%", "f'{status}'", "await", "\\", "\n", "#", "=", ":=",
])  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(WORD, max_size=14).map(" ".join)))
def test_anything_is_read_or_refused(text: str):
    """Whatever stands in a settings file, reading it gives an expression that can be compiled, or a SettingsError; nothing else happens."""
    try:
        found = parse(text, "deals", WORDS)
    except SettingsError:
        return
    assert found.kind in Kind
    if found.names:
        compiled(table("deals").select(x=found.rule(table("deals"))))


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_kind(name: str):
    """Each column of each table but moments can stand alone in an expression."""
    assert columns_of(name)
    for column, kind in columns_of(name).items():
        assert parse(column, name, WORDS).kind is kind
