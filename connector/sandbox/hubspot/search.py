"""Search: filters, one sort, pages by offset up to 10,000 rows, over an index that may lag behind (hubspot.md 4 [D])."""

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase
from re import findall

from connector.sandbox.hubspot.calculated import Getter, getter
from connector.sandbox.hubspot.calls import Answer, Call, Fields
from connector.sandbox.hubspot.definitions import Definition
from connector.sandbox.hubspot.errors import invalid
from connector.sandbox.hubspot.kinds import Kind, kind_named
from connector.sandbox.hubspot.objects import kind_read
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.rendering import view
from connector.sandbox.hubspot.values import comparable

_SPREAD = 37
"""Deals out lags to ids: neighbours are far apart."""
DEFAULT_PAGE, PAGE, ROWS = 10, 200, 10_000
GROUPS, FILTERS, ALL_FILTERS, QUERY_CHARACTERS = 5, 6, 18, 3000
_FIELDS = ("filterGroups", "sorts", "query", "properties", "limit", "after")
_FILTER_FIELDS = ("propertyName", "operator", "value", "highValue", "values")
_Value = Decimal | int | str
_Test = Callable[[Record], bool]
_Read = Callable[[Record], _Value | None]
# Numbers a record has at hand; a walk over all records need not write and read them as text.
_NUMBERS: dict[str, _Read] = {
    "hs_object_id": lambda record: record.id,
    "createdate": lambda record: record.created,
    "hs_createdate": lambda record: record.created,
    "hs_lastmodifieddate": lambda record: record.modified,
    "lastmodifieddate": lambda record: record.modified,
}
_ORDERED: dict[str, Callable[[_Value, _Value], bool]] = {
    "LT": lambda found, wanted: found < wanted,  # type: ignore[operator]  # both come from one property and have one type
    "LTE": lambda found, wanted: found <= wanted,  # type: ignore[operator]  # as above
    "GT": lambda found, wanted: found > wanted,  # type: ignore[operator]  # as above
    "GTE": lambda found, wanted: found >= wanted,  # type: ignore[operator]  # as above
    "EQ": lambda found, wanted: found == wanted,
}
_NEGATED = {"NEQ": "EQ", "NOT_IN": "IN", "NOT_HAS_PROPERTY": "HAS_PROPERTY", "NOT_CONTAINS_TOKEN": "CONTAINS_TOKEN"}


def search(portal: Portal, call: Call) -> Answer:
    """Find live records."""
    call.only()
    kind = kind_read(portal, call)
    body = call.body.only(*_FIELDS)
    limit, offset = _window(body)
    matches = _any(_tests(portal, kind, body))
    rows = [record for record in _indexed(portal, kind, _floor(body)) if matches(record)]
    _sort(portal, kind, body, rows)
    shown = view(portal, kind, body.texts("properties"))
    answer: dict[str, object] = {"total": len(rows), "results": [shown.record(record) for record in rows[offset : offset + limit]]}
    if offset + limit < len(rows):
        answer["paging"] = {"next": {"after": str(offset + limit)}}
    return Answer(200, answer)


def _any(groups: Sequence[Sequence[_Test]]) -> _Test:
    if len(groups) == 1:
        return _all(groups[0])
    tests = [_all(group) for group in groups]
    return lambda record: any(test(record) for test in tests)


def _all(tests: Sequence[_Test]) -> _Test:
    # A plain loop: this runs once for each record of the portal, and a generator for each would be most of its time.
    def test_all(record: Record) -> bool:
        for test in tests:  # noqa: SIM110  # as said above
            if not test(record):
                return False
        return True

    return test_all


def _window(body: Fields) -> tuple[int, int]:
    limit, offset = body.whole("limit", DEFAULT_PAGE), body.whole("after", 0)
    if not 0 <= limit <= PAGE:
        raise invalid(f"The limit of a search is at most {PAGE}, not {limit}.")
    if offset + limit > ROWS:
        raise invalid(f"A search reaches {ROWS} results at most; after={offset} with limit={limit} goes beyond.")
    return limit, offset


def _indexed(portal: Portal, kind: Kind, floor: int) -> Iterator[Record]:
    """Yield the live records as the index knows them: what happened within the lag is not there yet (hubspot.md 4 [D] [G])."""
    now, lag, is_even = portal.clock.now(), int(portal.options.search_lag * 1000), not portal.options.search_disorder
    for record in portal.table(kind).after(floor):
        horizon = now - (lag if is_even else lag * (record.id * _SPREAD % 100) // 100)
        if record.modified <= horizon:
            yield record
        elif record.created <= horizon:
            yield record.as_of(horizon)


def _floor(body: Fields) -> int:
    """Return the id below which nothing can match: what a walk by id asks for needs no look at the rest."""
    groups = body.rows("filterGroups")
    if len(groups) != 1:
        return 0
    filters = [filter_.values for filter_ in groups[0].rows("filters")]
    ids = [
        str(filter_.get("value")) for filter_ in filters if (filter_.get("propertyName"), filter_.get("operator")) == ("hs_object_id", "GT")
    ]
    return max((int(word) for word in ids if word.isdigit()), default=0)


def _tests(portal: Portal, kind: Kind, body: Fields) -> list[list[_Test]]:
    groups = [group.only("filters").rows("filters") for group in body.rows("filterGroups")]
    counts = [len(group) for group in groups]
    if len(groups) > GROUPS or max(counts, default=0) > FILTERS or sum(counts) > ALL_FILTERS:
        raise invalid(f"A search takes at most {GROUPS} filter groups, {FILTERS} filters in each and {ALL_FILTERS} in all.")
    query = body.text("query", "")
    if len(query) + len(json.dumps(body.values.get("filterGroups", []))) > QUERY_CHARACTERS:
        raise invalid(f"A query can contain a maximum of {QUERY_CHARACTERS} characters.")
    tests = [[_test(portal, kind, filter_) for filter_ in group] for group in groups] or [[]]
    return [[*group, _contains(kind, query)] for group in tests] if query else tests


def _contains(kind: Kind, query: str) -> _Test:
    wanted = query.lower()
    return lambda record: any(wanted in record.values.get(name, "").lower() for name in kind.searchable)


def _test(portal: Portal, kind: Kind, filter_: Fields) -> _Test:
    filter_.only(*_FILTER_FIELDS)
    name, operator = filter_.text("propertyName"), filter_.text("operator")
    if operator in _NEGATED:
        positive = _positive(portal, kind, filter_, _NEGATED[operator])
        return lambda record: not positive(record)
    if name.startswith("associations."):
        return _associated(portal, kind, filter_)
    return _positive(portal, kind, filter_, operator)


def _associated(portal: Portal, kind: Kind, filter_: Fields) -> _Test:
    target = kind_named(filter_.text("propertyName").removeprefix("associations."))
    operator = filter_.text("operator")
    if operator not in {"EQ", "IN"}:
        raise invalid(f"associations.{target.name} takes the operators EQ and IN, not {operator}.")
    words = [filter_.identifier("value")] if operator == "EQ" else filter_.texts("values")
    wanted = {int(word) for word in words if word.isdigit()}
    return lambda record: not wanted.isdisjoint(portal.links.of(kind, record.id, target))


def _known(portal: Portal, kind: Kind, name: str) -> tuple[Definition, Getter]:
    definition, get = portal.schema(kind).live(name), getter(portal, kind, name)
    if definition is None or get is None:
        raise invalid(
            "There was a problem with the request.",
            errors=[{"message": f'Property "{name}" does not exist', "code": "PROPERTY_DOESNT_EXIST"}],
        )
    return definition, get


def _read(definition: Definition, get: Getter) -> _Read:
    return _NUMBERS.get(definition.name) or (lambda record: _found(definition, get(record)))


def _positive(portal: Portal, kind: Kind, filter_: Fields, operator: str) -> _Test:
    definition, get = _known(portal, kind, filter_.text("propertyName"))
    if operator == "HAS_PROPERTY":
        return lambda record: bool(get(record))
    if operator == "CONTAINS_TOKEN":
        return _token(get, _given(filter_, "value").lower())
    read = _read(definition, get)
    if operator == "IN":
        return _one_of(definition, read, filter_.texts("values"))
    if operator == "BETWEEN":
        return _between(read, _wanted(definition, _given(filter_, "value")), _wanted(definition, _given(filter_, "highValue")))
    if operator not in _ORDERED:
        raise invalid(f"Unknown operator {operator}.")
    compare, wanted = _ORDERED[operator], _wanted(definition, _given(filter_, "value"))
    return lambda record: (found := read(record)) is not None and compare(found, wanted)


def _between(read: _Read, low: _Value, high: _Value) -> _Test:
    return lambda record: (found := read(record)) is not None and low <= found <= high  # type: ignore[operator]  # one property, one type


def _given(filter_: Fields, name: str) -> str:
    value = filter_.values.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise invalid(f'The filter on {filter_.text("propertyName")} needs "{name}".')
    return str(value)


def _wanted(definition: Definition, text: str) -> _Value:
    value = _whole(_found(definition, text))
    if value is None:
        raise invalid(f'"{text}" is no {definition.type} for {definition.name}.')
    return value


def _whole(value: _Value | None) -> _Value | None:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def _found(definition: Definition, text: str | None) -> _Value | None:
    if not text:
        return None
    # hubspot.md 4 [D]: choices are case-sensitive, texts are not.
    return text.lower() if definition.type == "string" else comparable(definition, text)


def _one_of(definition: Definition, read: _Read, words: Sequence[str]) -> _Test:
    # hubspot.md 4 [D]: for texts the wanted values must be lower-case, or nothing matches.
    wanted = set(words) if definition.type == "string" else {_wanted(definition, word) for word in words}
    return lambda record: read(record) in wanted


def _token(get: Getter, pattern: str) -> _Test:
    return lambda record: any(fnmatchcase(token, pattern) for token in findall(r"\w+", (get(record) or "").lower()))


def _sort(portal: Portal, kind: Kind, body: Fields, rows: list[Record]) -> None:
    sorts = body.rows("sorts")
    if len(sorts) > 1:
        raise invalid("A search takes one sort.")
    if not sorts:
        rows.sort(key=lambda record: (record.created, record.id))
        return
    sort = sorts[0].only("propertyName", "direction")
    direction = sort.text("direction", "ASCENDING")
    if direction not in {"ASCENDING", "DESCENDING"}:
        raise invalid(f"Unknown sort direction {direction}.")
    read = _read(*_known(portal, kind, sort.text("propertyName")))
    keyed = [(value, record) for record in rows if (value := read(record)) is not None]
    without = [record for record in rows if read(record) is None]
    keyed.sort(key=lambda pair: pair[0], reverse=direction == "DESCENDING")
    rows[:] = [record for _, record in keyed] + without
