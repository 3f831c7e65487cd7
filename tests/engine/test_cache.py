"""The cache is a copy of the store's rows and of nothing else, however it came about."""

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from connector.engine import Cache, Refreshed
from connector.engine.queries import all_queries
from connector.errors import SettingsError, StoreBusy, TryLater
from connector.model import RECORDS, Company, Contact, Deal, Entity, Membership, Merge, Record
from tests.engine.conftest import STAGES, Book, at, changed, day, deal

Rows = dict[str, list[tuple[object, ...]]]


def contents(cache: Cache) -> Rows:
    """Return every row of the cache."""
    return {entity: sorted(cache.run(f"select * from crm.{entity}"), key=repr) for entity in RECORDS}  # noqa: S608 - names of ours


def test_values_arrive_as_they_are(book: Book):
    """Money, days, instants, yes and no, and emptiness come through unchanged, whatever the first rows hold."""
    book.put(
        Deal(id="0"),
        Deal(
            id="1",
            name="It's a deal",
            home_amount=Decimal("-12345678901.2345"),
            expected_close_on=day("2017-12-31"),
            created_at=at("2017-01-01"),
        ),
        Membership(id="m", team="red", user="ann", is_primary=False),
    )
    with book.cache() as cache:
        found = cache.run("select name, home_amount, expected_close_on, created_at, closed_at from crm.deals order by id")
        primary = cache.run("select is_primary from crm.memberships where id = 'm'")
    assert found == [
        (None, None, None, None, None),
        ("It's a deal", Decimal("-12345678901.2345"), day("2017-12-31"), 1483281000000000, None),
    ]
    assert primary == [(False,)]


def test_only_what_changed_is_read(book: Book):
    """A second refresh brings nothing, one after a change brings that row, and a deletion is a change."""
    book.put(*STAGES)
    cache = book.cache()
    nothing = cache.refresh()
    book.put(Company(id="acme", name="Acme & Co", deleted_at=at("2017-05-05")))
    one = cache.refresh()
    named = cache.run("select name, deleted_at is not null from crm.companies where id = 'acme'")
    cache.close()
    assert (nothing, one) == (Refreshed(0, is_rebuilt=False), Refreshed(1, is_rebuilt=False))
    assert named == [("Acme & Co", True)]


def test_other_accounts_stay_outside(book: Book):
    """Rows of another account of the same store are not copied."""
    other = Book(book.folder, account="other's")
    other.put(Company(id="theirs"))
    with book.cache() as cache:
        assert cache.run("select count(*) from crm.companies where id = 'theirs'") == [(0,)]
    with other.cache("other.duckdb") as cache:
        assert cache.run("select id from crm.companies") == [("theirs",)]
    other.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.lists(
        some.lists(some.tuples(some.sampled_from("abcdef"), some.none() | some.decimals(0, 99, places=4), some.booleans()), max_size=5),
        min_size=1,
        max_size=4,
    )
)
def test_refreshing_equals_rebuilding(new_book: Callable[..., Book], steps: list[list[tuple[str, Decimal | None, bool]]]):
    """However often records change, come and go, a cache that was kept up to date equals one that is made anew."""
    book = new_book()
    kept = book.cache()
    for step in steps:
        rows = {name: Deal(id=name, amount=amount, deleted_at=at("2017-01-01") if gone else None) for name, amount, gone in step}
        if rows:
            book.put(*rows.values())
        assert not kept.refresh().is_rebuilt or kept.run("select count(*) from crm.deals") == [(len(rows),)]
    with book.cache("anew.duckdb") as anew:
        assert contents(kept) == contents(anew)
    kept.close()


def test_a_replaced_store_is_read_anew(book: Book):
    """When the store lost rows or was set back to an earlier state, the copy is made again."""
    cache = book.cache()
    book.put(*deal("1", ("first", "2017-01-01")))
    cache.refresh()
    with book.engine.begin() as connection:
        connection.exec_driver_sql("delete from stage_changes")
    again = cache.refresh()
    stays = cache.run("select count(*) from crm.stage_changes")
    cache.close()
    assert (again.is_rebuilt, stays) == (True, [(0,)])


def test_a_damaged_cache_is_made_again(book: Book):
    """A file that is no DuckDB database is no reason to stop."""
    path = book.folder / "cache.duckdb"
    path.write_bytes(b"this is not a database" * 1000)
    with book.cache() as cache:
        assert cache.run("select count(*) from crm.companies") == [(2,)]


@pytest.mark.parametrize("statement", ["update crm.mark set mark = 'older'", "drop table crm.mark", "drop schema crm cascade"])
def test_a_cache_of_another_layout_is_made_again(book: Book, statement: str):
    """A cache that another version of this program made is not used."""
    with book.cache() as cache:
        cache.run(statement)
    with book.cache() as cache:
        assert cache.run("select count(*) from crm.companies") == [(2,)]


def test_two_processes_cannot_measure_one_account(book: Book):
    """While another process holds the cache, the store is busy, and the message says which file."""
    path = book.folder / "cache.duckdb"
    holder = duckdb.connect(path)
    holder.execute("create table t as select 1").fetchall()
    child = f"import duckdb; duckdb.connect({str(path)!r})"
    assert "lock" in _run_python(child)
    holder.close()


def _run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stderr


def test_an_unknown_database_is_refused(tmp_path: Path):
    """A store that is neither SQLite nor PostgreSQL is named in the message."""
    with Cache.open(tmp_path / "c.duckdb", store_url="mysql://host/db", account="a") as cache, pytest.raises(SettingsError, match="mysql"):
        cache.refresh()


def test_a_missing_store_is_not_made(tmp_path: Path):
    """Reading a store that is not there fails, and leaves no file behind."""
    where = tmp_path / "none.sqlite"
    with (
        Cache.open(tmp_path / "c.duckdb", store_url=f"sqlite:///{where}", account="a") as cache,
        pytest.raises(StoreBusy, match=r"none\.sqlite"),
    ):
        cache.refresh()
    assert not where.exists()


def test_a_store_without_tables_leaves_the_cache_as_it_was(tmp_path: Path):
    """A database that is not a store says so, and the cache stays empty and usable."""
    where = tmp_path / "other.sqlite"
    where.touch()
    with Cache.open(tmp_path / "c.duckdb", store_url=f"sqlite:///{where}", account="a") as cache:
        with pytest.raises(StoreBusy, match="accounts"):
            cache.refresh()
        assert cache.run("select count(*) from crm.users") == [(0,)]


def test_a_long_query_says_nothing(book: Book, capfd: pytest.CaptureFixture[str]):
    """However long a query takes, DuckDB draws no bar: on that output another process waits for an answer that it can read."""
    with book.cache() as cache:
        cache.run("set progress_bar_time = 1")
        cache.run("select sum(hash(i)) from range(100000000) as t(i)")
    assert capfd.readouterr() == ("", "")


def test_a_query_can_be_interrupted(book: Book):
    """Another thread can stop what the cache is computing."""
    with book.cache() as cache:
        threading.Timer(0.3, cache.interrupt).start()
        with pytest.raises(duckdb.InterruptException):
            cache.run("select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range % 11")


def test_the_order_of_rows_does_not_matter(new_book: Callable[..., Book]):
    """The same records written in another order measure the same."""
    records: list[Record] = [
        *STAGES,
        Company(id="acme"),
        *(
            one
            for place in range(9)
            for one in deal(str(place), ("first", "2017-01-01"), ("won", f"2017-02-0{place + 1}"), home_amount=Decimal(place))
        ),
        *changed("3", "home_amount", ("2017-01-20", "9", "3"), ("2017-01-20", "3", "4")),
    ]
    straight, turned = new_book(), new_book()
    straight.put(*records)
    for record in reversed(records):
        turned.put(replace(record))
    assert straight.measure() == turned.measure()


def test_the_program_ships_with_its_queries():
    """Whoever changes a KPI, or the compiler's version, writes the queries anew with `make write`."""
    assert files("connector.engine").joinpath("queries.json").read_text(encoding="utf-8") == all_queries()


def test_nobody_waits_for_the_compiler(book: Book):
    """A KPI is measured by the query that ships with the program; the compiler is not even loaded."""
    book.put(*deal("1", ("first", "2017-01-01"), ("won", "2017-02-01")))
    book.cache().close()
    code = f"""
import sys
from pathlib import Path
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from connector.engine import Cache, compute
from connector.model import Policies
from connector.period import ALL_TIME, Calendar
with Cache.open(Path({str(book.folder / "cache.duckdb")!r}), store_url={book.url!r}, account="acme") as cache:
    cache.refresh()
    moment, calendar = datetime(2018, 1, 1, tzinfo=UTC), Calendar(ZoneInfo("UTC"))
    found = compute(cache, "win_rate", by=(), period=ALL_TIME, calendar=calendar, as_of=moment, policies=Policies())
print(found[0].value, "ibis" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["1", "False"], done.stderr


def _put_many(book: Book) -> None:
    """Put more contacts than one thread takes alone, and than DuckDB keeps in one piece of 122,880."""
    many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 130000) "
    rows = "insert into contacts (account, id, origin, row_version, seen, hash) select 'acme', 'c' || i, '', 99, 1, '' from n"
    with book.engine.begin() as connection:
        connection.exec_driver_sql(rows.replace("select 'acme'", f"{many} select 'acme'"))


def test_more_rows_than_the_engine_keeps_in_one_piece(book: Book):
    """Many rows of one kind arrive whole: as an increment, from nothing, and again when the store lost some."""
    book.put(*STAGES)
    warm = book.cache()
    _put_many(book)
    increment = warm.refresh()
    warm.close()
    found = "select count(*), count(distinct id) from crm.contacts"
    with book.cache("cold.duckdb") as cold:
        first = cold.run(found)
        with book.engine.begin() as connection:
            connection.exec_driver_sql("delete from contacts where id < 'c2'")
        again = cold.refresh()
        second = cold.run(found)
        assert cold.refresh() == Refreshed(0, is_rebuilt=False)
    assert increment == Refreshed(130_000, is_rebuilt=False)
    assert (first, second, again.is_rebuilt) == ([(130_000, 130_000)], [(88_888, 88_888)], True)


def test_what_is_rarely_filled_arrives_as_it_is(book: Book):
    """Text, money, days, instants, yes and no of a large company come through unchanged where nearly all others are empty."""
    _put_many(book)
    texts = ["", 'It\'s "so" \\ {here}\n\t\x7f', "\u2028 \u00e9 \u4e2d \U0001f600", "null", "[1]", "9" * 400]
    money, moment = Decimal("-12345678901.2345"), at("1969-07-20 20:17")
    book.put(*(Deal(id=str(number)) for number in range(500)))
    book.put(*(Contact(id=str(place), campaign=text, qualified_at=moment, is_imported=False) for place, text in enumerate(texts)))
    book.put(
        *(Deal(id=f"x{place}", lost_reason=text, amount=money, expected_close_on=day("2017-12-31")) for place, text in enumerate(texts))
    )
    with book.cache() as cache:
        deals = cache.run("select lost_reason, amount, expected_close_on, closed_at from crm.deals where id > 'x' order by id")
        contacts = cache.run("select campaign, qualified_at, is_imported, segment from crm.contacts where id < 'c' order by id")
        filled = cache.run("select count(amount), count(lost_reason), count(*) from crm.deals")
    assert deals == [(text, money, day("2017-12-31"), None) for text in texts]
    assert contacts == [(text, -14168580000000, False, None) for text in texts]
    assert filled == [(6, 6, 506)]


def test_a_filling_that_is_broken_off_leaves_nothing(book: Book):
    """Where filling fails when a part is there already, nobody sees that part, and the next time everything is taken."""
    book.put(Company(id="acme"), Deal(id="1"), Deal(id="2"), Merge(id="deals:2", of=Entity.DEALS, old="2", survivor="1"))
    _put_many(book)
    spoil = "update companies set created_at = {} where id = 'acme'"
    with book.engine.begin() as connection:
        connection.exec_driver_sql(spoil.format("'soon'"))
    with Cache.open(book.folder / "cache.duckdb", store_url=book.url, account=book.account) as cache:
        with pytest.raises(TryLater):
            cache.refresh()
        seen = cache.run("select count(*) from crm.contacts")
        with book.engine.begin() as connection:
            connection.exec_driver_sql(spoil.format("null"))
        again = cache.refresh()
        found = cache.run("select (select count(*) from crm.contacts), (select deleted_at is not null from crm.deals where id = '2')")
    assert (seen, again.is_rebuilt, found) == ([(0,)], True, [(130_000, True)])
