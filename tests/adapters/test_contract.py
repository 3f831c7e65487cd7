"""What every adapter promises, held against every adapter."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal

import pytest

from connector.adapters.base import Adapter
from connector.adapters.hubspot import HubSpot
from connector.errors import AccessRefused, StoreBusy, TryLater
from connector.model import (
    FILLS,
    Answer,
    Deal,
    Entity,
    FieldHistory,
    FieldKind,
    FieldSpec,
    FieldWrite,
    Goal,
    GoalRecord,
    Page,
    Record,
    StageChange,
    Status,
    Stream,
    User,
    text_of,
)
from connector.period import Grain, Period
from tests.adapters.boxes import Box, read_all

STREAMS = list(HubSpot.streams)
"""What is read of the CRMs here; who runs these tests on other ones has streams of their own."""
FAMILY = "0b0c1a52-7c1e-5a53-8c0e-3b2f5f1f7a10"
VALUES = {
    FieldKind.NUMBER: "12.5",
    FieldKind.MONEY: "-1054.25",
    FieldKind.PERCENT: "0.6315",
    FieldKind.DATE: "2017-12-31",
    FieldKind.DATETIME: "2017-12-31T23:00:00Z",
    FieldKind.BOOL: "true",
    FieldKind.TEXT: "Longer than usual",
    FieldKind.LONG_TEXT: "East: 3\nWest: 4",
}
SPECS = tuple(FieldSpec(Entity.DEALS, f"kpi_{kind}", f"KPI: {kind}", kind, f"Holds a {kind}.") for kind in FieldKind)
USER_SPEC = FieldSpec(Entity.USERS, "kpi_win_rate", "KPI: win rate", FieldKind.PERCENT, "Won of closed.")


def records_in(pages: Iterable[Page]) -> list[Record]:
    """Return the records of some pages."""
    return [record for page in pages for record in page.records]


def ids(records: Iterable[Record]) -> list[tuple[Entity, str]]:
    """Return what names each record."""
    return [(record.entity, record.id) for record in records]


async def first_deals(adapter: Adapter, number: int) -> list[Deal]:
    """Return some deals."""
    return [record for record in records_in(await read_all(adapter, Stream.DEALS)) if isinstance(record, Deal)][:number]


async def test_a_stream_is_read_to_its_end(box: Box, stream: Stream):
    """Every stream of real rows ends with one last page, is a pass over everything, and brings each record once."""
    pages = await read_all(await box.adapter(), stream)
    assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]
    assert all(page.is_full for page in pages)
    assert not [rejected for page in pages for rejected in page.rejected]
    found = records_in(pages)
    assert {record.entity for record in found} <= set(FILLS[stream])
    assert FILLS[stream][0] in {record.entity for record in found}
    assert max(Counter(ids(found)).values()) == 1


async def test_both_hold_the_same_real_rows(box: Box, real_records: Sequence[Record]):
    """All that the first reading brought is what every later one brings."""
    adapter = await box.adapter()
    found = [record for stream in STREAMS for record in records_in(await read_all(adapter, stream))]
    key = lambda record: (record.entity, record.id)  # noqa: E731 - used twice on the next line
    assert sorted(found, key=key) == sorted(real_records, key=key)


async def test_a_pass_goes_on_at_every_page_after_a_kill(box: Box, stream: Stream):
    """Whichever page was stored last, a new process brings all the rest, and nothing is missing or different."""
    pages = await read_all(await box.adapter(), stream)
    whole = records_in(pages)
    for stored, page in enumerate(pages[:-1], 1):
        rest = await read_all(await box.adapter(), stream, page.cursor)
        assert rest[-1].is_last
        seen = ids(records_in([*pages[:stored], *rest]))
        assert sorted(seen) == sorted(ids(whole))
        assert set(records_in([*pages[:stored], *rest])) == set(whole)


async def test_nothing_changed_brings_nothing(box: Box, living: Stream):
    """After a full pass, reading on from its last cursor brings no record and says that it is no pass over everything."""
    full = await read_all(await box.adapter(), living)
    again = await read_all(await box.adapter(), living, full[-1].cursor)
    assert records_in(again) == []
    assert again[-1].is_last
    assert not any(page.is_full for page in again)


async def test_changes_and_deletions_are_brought(box: Box):
    """After an edit and a deletion the next reading brings or names those two deals, with their whole history, and no others."""
    full = await read_all(await box.adapter(), Stream.DEALS)
    one, other = [record.id for record in records_in(full) if isinstance(record, Deal)][:2]
    await box.edit_deal(one, Decimal("777.25"))
    await box.delete_deal(other)
    pages = await read_all(await box.adapter(), Stream.DEALS, full[-1].cursor)
    deals = {record.id: record for record in records_in(pages) if isinstance(record, Deal)}
    deleted = {key for key, deal in deals.items() if deal.deleted_at}
    assert deals.keys() - deleted == {one}
    assert deleted | {key for page in pages for key in page.gone} == {other}
    assert deals[one].amount == Decimal("777.25")
    assert {record.deal for record in records_in(pages) if isinstance(record, StageChange)} == deals.keys()
    again = records_in(await read_all(await box.adapter(), Stream.DEALS, pages[-1].cursor))
    assert {record.id for record in again if isinstance(record, Deal)} <= {one, other}


async def test_a_full_pass_tells_of_deletions_too(box: Box):
    """A deal that was deleted before the first reading comes with the date of its deletion."""
    one = (await first_deals(await box.adapter(), 1))[0]
    await box.delete_deal(one.id)
    found = [record for record in records_in(await read_all(await box.adapter(), Stream.DEALS)) if isinstance(record, Deal)]
    assert [record.id for record in found if record.deleted_at] == [one.id]


async def test_faults_lose_nothing_and_double_nothing(box: Box):
    """Whichever page fails, going on from the last page that came brings the same records, each once."""
    whole = records_in(await read_all(await box.adapter(), Stream.DEALS))
    for broken in range(5):
        await box.break_page(broken)
        found: list[Record] = []
        cursor = None
        for _ in range(2):
            try:
                async for page in (await box.adapter()).pages(Stream.DEALS, cursor, ()):
                    found += page.records
                    cursor = page.cursor
            except TryLater:
                continue
            break
        assert sorted(ids(found)) == sorted(ids(whole))


async def test_fields_are_ensured_twice(box: Box):
    """Making the fields again is as good as the first time, and a field of somebody else is never taken."""
    adapter = await box.adapter()
    for _ in range(2):
        receipt = await adapter.ensure_fields(SPECS)
        assert [(result.key, result.status) for result in receipt.results] == [(spec.name, Status.OK) for spec in SPECS]
    theirs = replace(SPECS[0], name="kpi_theirs")
    await box.take_field(theirs)
    refused = (await (await box.adapter()).ensure_fields([theirs, SPECS[0]])).results
    assert [result.status for result in refused] == [Status.REFUSED, Status.OK]
    assert "not ours" in refused[0].message


async def test_new_definitions_keep_the_field(box: Box):
    """A field whose definition has a new version stays ours and holds its values."""
    adapter = await box.adapter()
    deal = (await first_deals(adapter, 1))[0].id
    await adapter.ensure_fields(SPECS[:1])
    await adapter.write([FieldWrite(Entity.DEALS, deal, SPECS[0], "7")])
    newer = replace(SPECS[0], version=2, means="Means something better.")
    for _ in range(2):
        assert (await adapter.ensure_fields([newer])).results[0].status is Status.OK
    assert [held.value for held in await adapter.held(Entity.DEALS, [deal], [newer])] == ["7"]


async def test_what_is_written_is_held(box: Box):
    """Values of every kind come back as the canonical text that was written, at once and with the next reading, however often."""
    adapter = await box.adapter()
    deals = [deal.id for deal in await first_deals(adapter, 100)]
    cursor = (await read_all(adapter, Stream.DEALS))[-1].cursor
    await adapter.ensure_fields(SPECS)
    writes = [FieldWrite(Entity.DEALS, deal, spec, VALUES[spec.kind]) for deal in deals for spec in SPECS]
    wanted = {(deal, spec.name): VALUES[spec.kind] for deal in deals for spec in SPECS}
    for _ in range(2):
        receipt = await adapter.write(writes)
        assert sorted((result.key, result.status) for result in receipt.results) == sorted((deal, Status.OK) for deal in deals)
        assert {(held.record, held.field): held.value for held in await adapter.held(Entity.DEALS, deals, SPECS)} == wanted
    pages = [page async for page in adapter.pages(Stream.DEALS, cursor, SPECS)]
    brought = {(held.record, held.field): held.value for page in pages for held in page.held}
    assert {key: value for key, value in brought.items() if value is not None} == wanted


async def test_an_empty_value_clears_a_field(box: Box):
    """None empties the field, and pages tell so; a field that is not there is empty too."""
    adapter = await box.adapter()
    deal = (await first_deals(adapter, 1))[0].id
    await adapter.ensure_fields(SPECS[:1])
    for value in ("3", None):
        await adapter.write([FieldWrite(Entity.DEALS, deal, SPECS[0], value)])
        assert [held.value for held in await adapter.held(Entity.DEALS, [deal], SPECS[:2])] == [value, None]
    held = [held for page in await read_all(adapter, Stream.DEALS, own=SPECS[:2]) for held in page.held]
    assert {(one.field, one.value) for one in held} == {(spec.name, None) for spec in SPECS[:2]}


async def test_fields_of_users_stand_on_their_records(box: Box):
    """A user's `record` takes the fields, and reading users tells what it holds."""
    adapter = await box.adapter()
    users = [record for record in records_in(await read_all(adapter, Stream.USERS)) if isinstance(record, User)]
    home = users[0].record or users[0].id
    await adapter.ensure_fields([USER_SPEC])
    receipt = await adapter.write([FieldWrite(Entity.USERS, home, USER_SPEC, "0.25")])
    assert receipt.results[0].status is Status.OK
    held = [held for page in await read_all(adapter, Stream.USERS, own=[USER_SPEC]) for held in page.held]
    assert {one.record: one.value for one in held if one.value is not None} == {home: "0.25"}


async def test_one_bad_row_does_not_lose_the_others(box: Box):
    """A record that is not there is refused or unknown, and every other row of the batch arrives."""
    adapter = await box.adapter()
    deals = [deal.id for deal in await first_deals(adapter, 20)]
    await adapter.ensure_fields(SPECS[:1])
    await box.delete_deal(deals[7])
    receipt = await adapter.write([FieldWrite(Entity.DEALS, deal, SPECS[0], "5") for deal in deals])
    assert [result.key for result in receipt.results if result.status is not Status.OK] == [deals[7]]
    held = await adapter.held(Entity.DEALS, deals, SPECS[:1])
    assert {one.record for one in held if one.value == "5"} == set(deals) - {deals[7]}


async def test_a_field_that_vanished_is_named(box: Box):
    """Writing a field that does not exist is refused with its name, so that the next run makes it again."""
    adapter = await box.adapter()
    deals = [deal.id for deal in await first_deals(adapter, 3)]
    receipt = await adapter.write([FieldWrite(Entity.DEALS, deal, SPECS[0], "5") for deal in deals])
    assert {result.status for result in receipt.results} == {Status.REFUSED}
    assert all(SPECS[0].name in result.message for result in receipt.results)


@pytest.mark.parametrize("does_land", [True, False])
async def test_an_unanswered_write_is_unknown(box: Box, *, does_land: bool):
    """A write without an answer is neither done nor refused; reading tells which, and writing again is right in both cases."""
    adapter = await box.adapter()
    deal = (await first_deals(adapter, 1))[0].id
    await adapter.ensure_fields(SPECS[:1])
    write = [FieldWrite(Entity.DEALS, deal, SPECS[0], "9")]
    await box.lose_write(does_land=does_land)
    assert [(result.key, result.status) for result in (await adapter.write(write)).results] == [(deal, Status.UNKNOWN)]
    assert [held.value for held in await adapter.held(Entity.DEALS, [deal], SPECS[:1])] == ["9" if does_land else None]
    assert (await adapter.write(write)).results[0].status is Status.OK


async def some_goals(adapter: Adapter, *targets: str) -> list[Goal]:
    """Return a family of four quarters for somebody who can have goals."""
    there = [record for record in records_in(await read_all(adapter, Stream.GOALS)) if isinstance(record, GoalRecord)]
    owner = next(record.subject for record in there if record.kpi == "revenue_won" and record.subject_type == "owner")
    assert owner
    starts = [date(2018, 1, 1), date(2018, 4, 1), date(2018, 7, 1), date(2018, 10, 1), date(2019, 1, 1)]
    periods = [Period(starts[q], starts[q + 1], Grain.QUARTER, f"2018-Q{q + 1}") for q in range(4)]
    return [
        Goal("revenue_won", "owner", owner, period, Decimal(target), FAMILY, "Revenue won 2018")
        for period, target in zip(periods, targets, strict=True)
    ]


async def ours(adapter: Adapter) -> dict[str, GoalRecord]:
    """Return the goals that are ours, by id."""
    rows = records_in(await read_all(adapter, Stream.GOALS))
    return {row.id: row for row in rows if isinstance(row, GoalRecord) and row.marker is not None and row.deleted_at is None}


async def test_goals_are_upserted_twice(box: Box):
    """A family is made once, found again by the next call, changed in place, and read back as ours."""
    adapter = await box.adapter()
    goals = await some_goals(adapter, "1000", "2000", "3000", "4000.50")
    first = (await adapter.upsert_goals(goals)).results
    assert [(result.key, result.status) for result in first] == [(goal.period.name, Status.OK) for goal in goals]
    goals[2] = replace(goals[2], target=Decimal(3333))
    second = (await (await box.adapter()).upsert_goals(goals)).results
    assert {result.key: result.remote for result in second} == {result.key: result.remote for result in first}
    rows = await ours(adapter)
    assert rows.keys() == {result.remote for result in first}
    read = sorted((row.starts_on, row.ends_on, text_of(row.target), row.family, row.kpi, row.subject) for row in rows.values())
    assert read == [(goal.period.start, goal.period.end, text_of(goal.target), FAMILY, goal.kpi, goal.subject) for goal in goals]


@pytest.mark.parametrize("does_land", [True, False])
async def test_goals_of_an_unanswered_call_are_found_again(box: Box, *, does_land: bool):
    """After a call without an answer the next one makes no second family."""
    adapter = await box.adapter()
    goals = await some_goals(adapter, "1", "2", "3", "4")
    await box.lose_write(does_land=does_land)
    await adapter.upsert_goals(goals)
    assert {result.status for result in (await (await box.adapter()).upsert_goals(goals)).results} == {Status.OK}
    assert len(await ours(adapter)) == 4


async def test_a_hook_stops_goals_before_they_are_sent(box: Box):
    """When what stands before a write raises, goals are neither made nor archived."""
    adapter = await box.adapter()
    goals = await some_goals(adapter, "1", "2", "3", "4")

    async def refuse() -> None:
        raise StoreBusy("Another process holds the lease.")

    adapter.before_write = refuse
    with pytest.raises(StoreBusy):
        await adapter.upsert_goals(goals)
    assert await ours(adapter) == {}
    adapter.before_write = None
    made = [result.remote or "" for result in (await adapter.upsert_goals(goals)).results]
    adapter.before_write = refuse
    with pytest.raises(StoreBusy):
        await adapter.archive_goals(made)
    assert (await ours(adapter)).keys() == set(made)


async def test_only_our_goals_are_archived(box: Box):
    """Archiving takes ours away, again without harm, and refuses a goal that people made."""
    adapter = await box.adapter()
    goals = await some_goals(adapter, "1", "2", "3", "4")
    remotes = [result.remote or "" for result in (await adapter.upsert_goals(goals)).results]
    rows = [row for row in records_in(await read_all(adapter, Stream.GOALS)) if isinstance(row, GoalRecord)]
    theirs = next(row.id for row in rows if row.marker is None)
    for _ in range(2):
        assert {result.status for result in (await adapter.archive_goals(remotes)).results} == {Status.OK}
    assert [(one.key, one.status) for one in (await adapter.archive_goals([theirs])).results] == [(theirs, Status.REFUSED)]
    assert await ours(adapter) == {}
    assert theirs in {row.id for row in records_in(await read_all(adapter, Stream.GOALS)) if row.deleted_at is None}


async def test_capabilities_are_true(box: Box):
    """What `check` says of a stream is what reading it shows, with the scopes that are missing; checking writes nothing."""
    adapter = await box.adapter()
    able = await adapter.check()
    assert (able.tenant.timezone, able.tenant.currency) == ("America/New_York", "USD")
    able_to = {stream for stream, ability in able.streams.items() if ability.answer is Answer.YES}
    assert able_to == {*adapter.streams} - {*box.lacks}
    assert able.limits["write_batch"] == 100
    assert able.fields[Entity.DEALS].answer is not Answer.NO
    assert (able.goals["revenue_won of an owner"].answer is not Answer.NO) is (Stream.GOALS in adapter.streams)
    lost, *with_it = box.apart
    await box.revoke(lost)
    able = await adapter.check()
    gone = able_to - {stream for stream, ability in able.streams.items() if ability.answer is Answer.YES}
    assert {lost} <= gone <= {lost, *with_it}
    assert able.streams[lost].needs
    with pytest.raises(AccessRefused) as refused:
        await read_all(adapter, lost)
    assert refused.value.needs == able.streams[lost].needs
    assert await read_all(adapter, Stream.COMPANIES)


async def test_values_are_in_the_house_form(box: Box):
    """Instants are aware and UTC, money has at most four places, and stays follow one another from the creation on."""
    records = records_in(await read_all(await box.adapter(), Stream.DEALS))
    stays: dict[str, list[StageChange]] = {}
    for record in records:
        if isinstance(record, StageChange):
            stays.setdefault(record.deal, []).append(record)
    for deal in (record for record in records if isinstance(record, Deal)):
        assert deal.created_at
        assert deal.created_at.tzinfo is UTC
        assert deal.amount is not None
        assert deal.amount == round(deal.amount, 4)
        walk = stays[deal.id]
        assert walk[0].entered_at == deal.created_at
        assert walk[-1].left_at is None
        assert walk[-1].stage == deal.stage
        assert [stay.left_at for stay in walk[:-1]] == [stay.entered_at for stay in walk[1:]]
        assert [stay.id for stay in walk] == [f"{deal.id}:{place}" for place in range(len(walk))]


async def test_histories_end_in_the_present(box: Box):
    """A field's last dated change is what the deal holds now; every change lies after the creation and changes something."""
    records = records_in(await read_all(await box.adapter(), Stream.DEALS))
    deals = {record.id: record for record in records if isinstance(record, Deal)}
    last = {(row.record, row.field): row for row in records if isinstance(row, FieldHistory)}
    assert {field for _, field in last} >= {"amount", "home_amount", "closed_at"}
    for (deal, field), row in last.items():
        assert row.new == text_of(getattr(deals[deal], field))
        assert row.old != row.new
        assert row.at > (deals[deal].created_at or row.at)


async def test_requests_are_counted(box: Box):
    """Every request is part of the run's record."""
    adapter = await box.adapter()
    before = adapter.calls
    await read_all(adapter, Stream.PIPELINES)
    assert adapter.calls > before
