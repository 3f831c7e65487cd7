"""A file is read as it is written, row by row; one that cannot be trusted as a whole is refused as a whole."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.errors import SettingsError
from connector.imports import KEYS, Reading, arrivals, columns_of, header_of, opened
from connector.model import RECORDS, Arrival, Cost, CostCategory, Deal, Entity, Fault, FxRate, GoalRecord, Outcome, Record, Survey
from connector.period import Calendar
from connector.store.rows import cells_of
from connector.targets.members import targets_in

READING = Reading(Calendar(ZoneInfo("Europe/London")), "GBP", ("win_rate",))


def read(folder: Path, entity: Entity, content: bytes | str) -> list[Arrival | Fault]:
    """Return what a file with this content holds."""
    path = folder / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with opened(path, entity) as sheet:
        return list(arrivals(sheet, entity, READING))


def records(folder: Path, entity: Entity, content: bytes | str) -> list[Record]:
    """Return the records of a file in which nothing is wrong."""
    found = read(folder, entity, content)
    assert [one for one in found if isinstance(one, Fault)] == []
    return [one.record for one in found if isinstance(one, Arrival)]


@pytest.mark.parametrize(
    "content",
    [
        "id,name\n1,Ärzte\n",
        b"\xef\xbb\xbfid,name\r\n1,\xc3\x84rzte\r\n",
        "id;name\n1;Ärzte",
        "id\tname\n1\tÄrzte\n",
        'name , ID\n"Ärzte",1\n\n',
        "id,name\r1,Ärzte\r",
        "id;name;;\n1;Ärzte;;\n;;;\n",
    ],
    ids=["plain", "with BOM and CRLF", "semicolons", "tabs", "any order, blanks and quotes", "old Mac", "empty columns and rows"],
)
def test_a_spreadsheet_may_write_it_in_its_own_way(tmp_path: Path, content: bytes | str):
    """Comma, semicolon or tab, with or without a byte order mark, in any order of columns: the same record."""
    (team,) = records(tmp_path, Entity.TEAMS, content)
    assert (team.id, getattr(team, "name", None)) == ("1", "Ärzte")


def test_a_cell_may_hold_separators_and_line_ends(tmp_path: Path):
    """What stands in quotation marks is one cell, and later rows know their own lines."""
    found = read(tmp_path, Entity.DEALS, 'id,name,status,amount\n1,"a, b\nand ""c""",won,5\n\n2,x,won,?\n')
    assert [one.line for one in found] == [2, 5]
    assert isinstance(found[0], Arrival)
    assert isinstance(found[0].record, Deal)
    assert found[0].record.name == 'a, b\nand "c"'
    assert found[1] == Fault(5, "amount", "?", "it is not a number such as 1250.50")


def test_a_bad_row_is_told_and_the_rest_is_read(tmp_path: Path):
    """Line, column, value and every reason of each bad row; the good ones between them are there."""
    content = "id,status,stage,amount\n1,won,,1\n,won,,1\n3,gone,,1\n4,,,x\n5,won,,1,2\n6,,s1,1\n"
    found = read(tmp_path, Entity.DEALS, content)
    assert [one for one in found if isinstance(one, Fault)] == [
        Fault(3, "id", "", "it must not be empty"),
        Fault(4, "status", "gone", "allowed are open, won, lost, cancelled"),
        Fault(5, "amount", "x", "it is not a number such as 1250.50"),
        Fault(5, "status", "", "a deal needs a stage or a status, which tells whether it is open, won, lost or cancelled"),
        Fault(6, "", "", "it has 5 cells, and the header has 4"),
    ]
    assert [one.record.id for one in found if isinstance(one, Arrival)] == ["1", "6"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty; its first line should be a header, as `crm-kpi import deals --template` prints it"),
        ("id,state,amout\n", "'state' is not a column .did you mean 'stage'..; 'amout' is not a column .did you mean 'amount'"),
        ("id,name,id\n", "'id' is there twice"),
        ("name,amount\n", "'id' is missing"),
        ("id|name\n1|x\n", "is not a column"),
        (b"id,name\n1,a\n2,\xc4rzte\n", "is not UTF-8 at line 3"),
        ('id,name\n1,a\n2,"open\n3,x\n', "the row that begins at line 3 has a quotation mark that is never closed"),
        ('id,name\n1,a\n2,"o"pen\n', "the row that begins at line 3 has text behind a closing quotation mark"),
        ('id,name\n2,"' + "x" * 1_000_001, "the row that begins at line 2 has a cell of more than 1,000,000 characters"),
        ("id,,name\n1,x,y\n", "column 2 has no name"),
        (b"PK\x03\x04\x14\x00", "is an Excel workbook or another archive; save it as CSV UTF-8"),
        ("id,name\n".encode("utf-16"), "is UTF-16 text; save it as CSV UTF-8"),
    ],
    ids=[
        *("empty", "unknown columns", "a column twice", "a column missing", "bars", "another encoding"),
        *("an open quotation", "text behind a quotation", "a huge cell", "a nameless column", "a workbook", "UTF-16"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_as_a_whole(tmp_path: Path, content: bytes | str, reason: str):
    """The message names the file and what is wrong with it."""
    with pytest.raises(SettingsError, match=reason) as caught:
        read(tmp_path, Entity.DEALS, content)
    assert "file.csv" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    """Missing files and folders are errors of the command, not of ours."""
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(SettingsError, match="cannot be read"), opened(path, Entity.DEALS):
            pass


def test_amounts_of_the_own_currency_need_no_rate(tmp_path: Path):
    """An amount in the account's currency, or in none that is named, is the home amount; one in another is not."""
    content = "id,status,amount,currency,home_amount\n1,won,5,,\n2,won,5,GBP,\n3,won,5,EUR,\n4,won,5,EUR,4.30\n5,won,,,\n"
    homes = [str(deal.home_amount) for deal in records(tmp_path, Entity.DEALS, content) if isinstance(deal, Deal)]
    assert homes == ["5", "5", "None", "4.30", "None"]


def test_a_row_without_an_id_is_named_by_what_it_says(tmp_path: Path):
    """Costs have no ids anywhere: day, category, source, campaign, provider and owner are the key, and bars in them cannot mix it up."""
    content = "day,category,amount,source,campaign\n2026-01-31,sales,5,,\n2026-01-31,sales,5,a|b,\n2026-01-31,sales,5,a,b\n"
    found = records(tmp_path, Entity.COSTS, content)
    assert isinstance(found[0], Cost)
    assert found[0].category is CostCategory.SALES
    assert [one.id for one in found] == ["2026-01-31|sales||||", "2026-01-31|sales|a\\|b|||", "2026-01-31|sales|a|b||"]


@pytest.mark.parametrize(
    ("row", "score"),
    [
        *(("nps,9,,", 9), ("nps,9,10,", 9), ("nps,9,10,8", 8), ("nps,4,5,", None), ("nps,85,,", None), ("nps,8.5,,", None)),
        *(("csat,4,5,", 4), ("csat,4,,", None), ("csat,7,5,", None), ("csat,0,5,", None), ("ces,2,7,", None)),
    ],
)
def test_what_was_answered_is_the_score_where_the_scale_is_known(tmp_path: Path, row: str, score: int | None):
    """A survey without a score has its raw one, if that is on the scale of its kind; which end of an effort is easy nobody knows."""
    (found,) = records(tmp_path, Entity.SURVEYS, f"id,kind,raw_score,scale,score\n1,{row}\n")
    assert isinstance(found, Survey)
    assert found.score == score


def test_rates_are_in_the_own_currency_unless_told_otherwise(tmp_path: Path):
    """The home currency is a column that nobody needs to fill in."""
    (rate,) = records(tmp_path, Entity.FX_RATES, "currency,day,rate\nEUR,2026-01-31,0.8701234\n")
    assert rate == FxRate(id="EUR|GBP|2026-01-31", currency="EUR", home="GBP", day=getattr(rate, "day"), rate="0.8701234")  # noqa: B009 - known by its type only


def test_a_rate_into_another_currency_is_refused(tmp_path: Path):
    """Amounts would be added up as if they were in the account's own currency."""
    (fault,) = read(tmp_path, Entity.FX_RATES, "currency,home,day,rate\nEUR,USD,2026-01-31,1.1\n")
    assert isinstance(fault, Fault)
    assert (fault.column, fault.value) == ("home", "USD")


def test_defaults_stand_for_empty_cells(tmp_path: Path):
    """An empty cell and a column that is not there mean the same."""
    (one,) = records(tmp_path, Entity.DEALS, "id,status,kind\n1,lost,\n")
    (other,) = records(tmp_path, Entity.DEALS, "id,status\n1,lost\n")
    assert one == other == Deal(id="1", status=Outcome.LOST)


SPREAD = "day,category,amount,spread_from,spread_to\n2026-01-01,sales,5"
GOAL = "id,kpi,starts_on,ends_on,target,subject_type,subject\n1"


@pytest.mark.parametrize(
    ("entity", "content", "column", "reason"),
    [
        (Entity.CONTRACTS, "id,starts_on,ends_on\n1,2026-01-01,2025-01-01", "ends_on", "it is before starts_on, 2026-01-01"),
        (Entity.STAGE_CHANGES, "deal,stage,entered_at,left_at\n1,s,2026-01-02,2026-01-01", "left_at", "it is before entered_at"),
        (Entity.COSTS, f"{SPREAD},2026-01-01,", "spread_to", "costs that are spread need it beside"),
        (Entity.COSTS, f"{SPREAD},2026-01-01,2026-01-01", "spread_to", "the same as or before"),
        (Entity.SURVEYS, "id,kind,score\n1,nps,55", "score", "the scores of nps go from 0 to 10"),
        (Entity.SURVEYS, "id,kind,score,scale\n1,csat,7,5", "score", "the scores of csat go from 1 to 5"),
        (Entity.MERGES, "of,old,survivor\ndeals,1,1", "survivor", "a record cannot be merged into itself"),
        (Entity.GOALS, f"{GOAL},win_ratio,2026-01-01,2026-02-01,5,,", "kpi", "did you mean win_rate?"),
        (Entity.GOALS, f"{GOAL},win_rate,2026-01-01,2026-01-31,5,,", "ends_on", "a goal is for a whole month"),
        (Entity.GOALS, f"{GOAL},win_rate,2026-01-01,2026-02-01,5,team,", "subject", "the id of the team"),
        (Entity.GOALS, f"{GOAL},win_rate,2026-01-01,2026-02-01,5,,u1", "subject", "subject_type says whether"),
        (Entity.USERS, "id,name,timezone\n1,Ann,Europe", "timezone", "allowed are IANA names such as Europe/Helsinki"),
        (Entity.USERS, "id,name,working_hours\n1,Ann,9-5", "working_hours", "such as mon-fri 09:00-17:00"),
        (Entity.TEAMS, f"id,name\n{'x' * 501},a", "id", "an id has 500 characters at most"),
    ],
)
def test_cells_that_contradict_each_other_are_refused(tmp_path: Path, entity: Entity, content: str, column: str, reason: str):
    """A span that ends before it begins, a score beyond its scale or a goal that nobody could judge is told, and not taken."""
    (fault,) = read(tmp_path, entity, content)
    assert isinstance(fault, Fault)
    assert (fault.line, fault.column) == (2, column)
    assert reason in fault.reason


def test_a_goal_without_a_subject_is_the_accounts(tmp_path: Path):
    """Whose goal it is may be left out: the whole account's."""
    content = "id,kpi,starts_on,ends_on,target\n1,win_rate,2026-01-01,2026-04-01,0.5\n"
    found = targets_in([row for row in records(tmp_path, Entity.GOALS, content) if isinstance(row, GoalRecord)], READING.calendar)
    assert [(one.kpi, one.subject_type, one.subject, one.period.name) for one in found] == [("win_rate", "account", "", "2026-Q1")]


CELLS = {
    "text": "x",
    "yes or no": "yes",
    "whole number": "3",
    "number": "1",
    "currency": "GBP",
    "number, any decimal places": "1.08",
    "day": "2026-03-01",
    "moment": "2026-03-01 12:00",
    "ends_on": "2026-04-01",
    "spread_to": "2026-04-01",
    "survivor": "y",
    "timezone": "Europe/London",
    "working_hours": "mon-fri 09:00-17:00",
    "kpi": "win_rate",
    "subject_type": "owner",
}


@pytest.mark.parametrize("entity", list(RECORDS))
def test_every_table_can_be_filled(tmp_path: Path, entity: Entity):
    """A row with every column of the template filled in becomes a record that the store keeps with all of it."""
    columns = columns_of(entity)
    cells = [CELLS.get(column.name) or next(iter(column.words), CELLS.get(column.kind, "")) for column in columns]
    (record,) = records(tmp_path, entity, f"{header_of(entity)}\n{','.join(cells)}\n")
    assert type(record) is RECORDS[entity]
    assert [column.name for column in columns if getattr(record, column.name) in (None, "")] == []
    assert cells_of(record)["id"] == "x"


@pytest.mark.parametrize("entity", list(KEYS))
def test_keys_are_columns_of_their_table(entity: Entity):
    """What names a row is in its file, and the table needs no id."""
    columns = {column.name: column for column in columns_of(entity)}
    assert set(KEYS[entity]) <= set(columns)
    assert not columns["id"].is_needed
