"""Batches of records: read, create, update, archive, each with its size and its way to succeed in part (hubspot.md 5)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from connector.sandbox.hubspot import goals, writing
from connector.sandbox.hubspot.calls import Answer, Call, Fields
from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.errors import Refusal, gone, invalid
from connector.sandbox.hubspot.kinds import GOALS, Kind
from connector.sandbox.hubspot.objects import kind_read, kind_written, unique_property
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.rendering import View, view
from connector.sandbox.hubspot.storm import bad_row
from connector.sandbox.hubspot.writing import Ties, Values

MOST, MOST_WITH_HISTORY = 100, 50
_MULTI_STATUS = 207
T = TypeVar("T")
"""What an input turns into once it is checked."""


def _completed(portal: Portal, status: int, results: Sequence[object], errors: Sequence[object]) -> Answer:
    now = iso(portal.clock.now())
    body: dict[str, object] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if errors:
        body |= {"numErrors": len(errors), "errors": errors}
    return Answer(_MULTI_STATUS if errors else status, body)


def read(portal: Portal, call: Call) -> Answer:
    """Read records by id; those that are not there are left out and named in a 207."""
    call.only("archived")
    kind = kind_read(portal, call)
    body = call.body.only("properties", "propertiesWithHistory", "idProperty", "inputs")
    histories = body.texts("propertiesWithHistory")
    words = list(dict.fromkeys(row.only("id").identifier() for row in _inputs(body, has_history=bool(histories))))
    found = _lookup(portal, kind, body, archived=call.flag("archived"))
    shown = view(portal, kind, body.texts("properties"), histories)
    records = {word: found(word) for word in words}
    missing = [word for word, record in records.items() if record is None]
    errors = [gone(kind.singular, missing).body()] if missing else []
    # Two ids may lead to one record since it was merged.
    there = {record.id: record for record in records.values() if record}
    return _completed(portal, 200, [shown.record(record) for record in there.values()], errors)


def _inputs(body: Fields, *, has_history: bool) -> list[Fields]:
    rows = body.rows("inputs", MOST)
    if has_history and len(rows) > MOST_WITH_HISTORY:
        raise invalid("The maximum number of inputs supported in a batch request for property histories is 50.")
    return rows


def _lookup(portal: Portal, kind: Kind, body: Fields, *, archived: bool) -> Callable[[str], Record | None]:
    name = body.text("idProperty", "")
    if not name:
        return lambda word: portal.table(kind).find(word, archived=archived)
    unique_property(portal, kind, name)
    holders = {record.values[name]: record for record in portal.table(kind) if record.values.get(name)}
    return holders.get


def create(portal: Portal, call: Call) -> Answer:
    """Create records; with a trace id on every input the good ones are made though others fail."""
    call.only()
    kind = kind_written(portal, call)
    rows = [row.only("properties", "associations", "objectWriteTraceId") for row in call.body.only("inputs").rows("inputs", MOST)]

    def check(row: Fields) -> tuple[Values, Ties]:
        return writing.checked(portal, kind, row.inner("properties")), writing.ties(portal, kind, row.rows("associations"))

    # A family of goals is one thing: it is made whole or not at all.
    good, errors = _sorted_out(rows, check, whole=kind is GOALS)
    if kind is GOALS:
        goals.check_families(portal, [values for _, (values, _) in good])
    names = {name for _, (values, _) in good for name in values}
    shown = view(portal, kind, names)
    return _completed(portal, 201, [_traced(shown, row, writing.create(portal, kind, *made)) for row, made in good], errors)


def update(portal: Portal, call: Call) -> Answer:
    """Change records; with a trace id on every input the good ones are changed though others fail."""
    call.only()
    kind = kind_written(portal, call)
    rows = [row.only("id", "properties", "idProperty", "objectWriteTraceId") for row in call.body.only("inputs").rows("inputs", MOST)]
    _refuse_doubles(rows)
    victim = portal.storm.victim([row.identifier() for row in rows])

    def check(row: Fields) -> tuple[Record, Values]:
        if row.identifier() == victim:
            raise bad_row()
        record = _lookup(portal, kind, row, archived=False)(row.identifier())
        if record is None:
            raise gone(kind.singular, [row.identifier()])
        return record, writing.checked(portal, kind, row.inner("properties"), record)

    good, errors = _sorted_out(rows, check, whole=False)
    if kind is GOALS:
        goals.check_changes(portal, [change for _, change in good])
    for _, (record, values) in good:
        writing.change(portal, record, values)
    shown = view(portal, kind, {name for _, (_, values) in good for name in values})
    return _completed(portal, 200, [_traced(shown, row, record) for row, (record, _) in good], errors)


def _sorted_out(rows: Sequence[Fields], check: Callable[[Fields], T], *, whole: bool) -> tuple[list[tuple[Fields, T]], list[object]]:
    """Check every input; an error fails the whole batch unless each input carries a trace id of its own (hubspot.md 5 [D])."""
    traces = {row.text("objectWriteTraceId", "") for row in rows}
    is_partial = not whole and "" not in traces and len(traces) == len(rows)
    good: list[tuple[Fields, T]] = []
    errors: list[object] = []
    for row in rows:
        try:
            good.append((row, check(row)))
        except Refusal as refusal:
            if not is_partial:
                raise
            context = {**_context(refusal), "objectWriteTraceId": [row.text("objectWriteTraceId")]}
            errors.append(refusal.body(context=context))
    return good, errors


def _context(refusal: Refusal) -> dict[str, object]:
    context = refusal.more.get("context")
    return dict(context) if isinstance(context, dict) else {}


def _traced(shown: View, row: Fields, record: Record) -> dict[str, object]:
    trace = row.text("objectWriteTraceId", "")
    return shown.record(record) | ({"objectWriteTraceId": trace} if trace else {})


def _refuse_doubles(rows: Sequence[Fields]) -> None:
    # hubspot.md 5 [G]: two inputs for one record fail the whole batch.
    words = [row.identifier() for row in rows]
    doubled = sorted({word for word in words if words.count(word) > 1})
    if doubled:
        raise invalid(f"Duplicate IDs found in batch input: [{', '.join(doubled)}]. IDs must be unique")


def archive(portal: Portal, call: Call) -> Answer:
    """Archive records; those that are not there are passed over."""
    call.only()
    kind = kind_written(portal, call)
    words = [row.only("id").identifier() for row in call.body.only("inputs").rows("inputs", MOST)]
    for record in filter(None, map(portal.table(kind).find, dict.fromkeys(words))):
        writing.archive(portal, record)
    return Answer(204, None)
