"""Batch writes: every row's outcome is known, good rows are never lost to a bad one, and nothing is sent twice blindly."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connector.adapters.hubspot.kinds import WRITABLE
from connector.adapters.hubspot.objects import Objects
from connector.adapters.hubspot.parse import instant, value_of
from connector.adapters.hubspot.people import NO_RECORD
from connector.adapters.hubspot.vendor import details, missing_properties, reason, required_properties
from connector.adapters.hubspot.words import TITLE
from connector.errors import AccessRefused
from connector.http import Body, Refused, Unanswered
from connector.model import Entity, FieldWrite, Receipt, Result, Status

Rows = Mapping[str, Mapping[str, str]]
"""Properties to write by the record's id."""


class Batches:
    """Batch writes to one account; a batch has at most 100 rows."""

    def __init__(self, objects: Objects) -> None:
        self._client = objects.client
        self._paths = objects.paths

    async def update(self, kind: str, rows: Rows) -> list[Result]:
        """Change properties of records, one result each, keyed by id."""
        if not rows:
            return []
        inputs = [{"id": one, "properties": dict(properties), "objectWriteTraceId": one} for one, properties in rows.items()]
        try:
            body = await self._client.send("POST", f"{self._paths.objects(kind)}/batch/update", {"inputs": inputs}, is_repeatable=True)
        except Unanswered as error:
            return outcome(rows, Status.UNKNOWN, str(error))
        except AccessRefused as error:
            return outcome(rows, Status.REFUSED, str(error))
        except Refused as error:
            return await self._divide(kind, rows, error)
        return _dated(_matched(rows, body), body)

    async def _divide(self, kind: str, rows: Rows, error: Refused) -> list[Result]:
        """Find the rows that made HubSpot refuse a whole batch, and send the others."""
        bad = _blamed(rows, error)
        if bad:
            results = [Result(one, Status.REFUSED, bad[one]) for one in rows if one in bad]
            return results + await self.update(kind, {one: rows[one] for one in rows if one not in bad})
        order = list(rows)
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        return [result for half in halves for result in await self.update(kind, {one: rows[one] for one in half})]

    async def create(self, kind: str, rows: Sequence[Mapping[str, str]]) -> Result:
        """Create records that belong together, all or none; the result's key is empty."""
        inputs = [{"properties": dict(row), "associations": [], "objectWriteTraceId": str(place)} for place, row in enumerate(rows)]
        try:
            body = await self._client.send("POST", f"{self._paths.objects(kind)}/batch/create", {"inputs": inputs})
        except Unanswered as error:
            return Result("", Status.UNKNOWN, str(error))
        except (Refused, AccessRefused) as error:
            return Result("", Status.REFUSED, str(error))
        errors: list[Body] = body.get("errors") or []
        return Result("", Status.REFUSED, _why(errors[0], "")) if errors else Result("", Status.OK)

    async def archive(self, kind: str, ids: Sequence[str]) -> list[Result]:
        """Archive records; archiving twice does no harm."""
        body = {"inputs": [{"id": one} for one in ids]}
        try:
            await self._client.send("POST", f"{self._paths.objects(kind)}/batch/archive", body, is_repeatable=True)
        except Unanswered as error:
            return outcome(ids, Status.UNKNOWN, str(error))
        except (Refused, AccessRefused) as error:
            return outcome(ids, Status.REFUSED, str(error))
        return outcome(ids, Status.OK)


def outcome(keys: Sequence[str] | Rows, status: Status, message: str = "") -> list[Result]:
    """Return the same result for every key."""
    return [Result(key, status, message) for key in keys]


def _blamed(rows: Rows, error: Refused) -> dict[str, str]:
    """Return the rows that a refusal of the whole batch is about, with the reason: named by it, with a lost property, or the only one."""
    missing = missing_properties(error.body)
    why = _why(error.body, str(error))
    named = {str(trace): _why(dict(one), str(error)) for one in details(error.body) for trace in _traces(one)}
    lost = {one: why for one, properties in rows.items() if missing & properties.keys()}
    found = {one: reason for one, reason in {**lost, **named}.items() if one in rows}
    return found or (dict.fromkeys(rows, why) if len(rows) == 1 else {})


def _matched(rows: Rows, body: Body) -> list[Result]:
    """Match an answer to its rows: those it returns are done, those it names in an error refused, the rest unknown.

    A row that comes back as another record was merged into that one: it is skipped, so that nothing is sent to its old id again.
    """
    found = {str(row.get("objectWriteTraceId") or row["id"]): str(row["id"]) for row in body.get("results") or ()}
    refused = {str(trace): _why(error, "") for error in body.get("errors") or () for trace in _traces(error)}
    strangers = sorted(set(found.values()) - rows.keys())
    return [_result(one, found.get(one), refused.get(one), strangers) for one in rows]


def _dated(results: Sequence[Result], body: Body) -> list[Result]:
    """Add to what was done when that counts as a change, by which the next reading knows our own work again."""
    found = {str(row["id"]): value_of(row, "updatedAt", instant) for row in body.get("results") or ()}
    return [replace(one, changed=found.get(one.key)) if one.status is Status.OK else one for one in results]


def _result(one: str, found: str | None, refused: str | None, strangers: Sequence[str]) -> Result:
    if found == one:
        return Result(one, Status.OK, remote=one)
    if refused is not None:
        return Result(one, Status.REFUSED, refused)
    if found or strangers:
        others = found or ", ".join(strangers)
        return Result(one, Status.SKIPPED, f"{TITLE} answered for {others} instead: this record was merged; the next run reads into which.")
    return Result(one, Status.UNKNOWN, f"{TITLE} did not say what became of this record.")


def _traces(error: Mapping[str, object]) -> Sequence[object]:
    context = error.get("context")
    if not isinstance(context, dict):
        return ()
    # A missing record may be named by its id instead.
    found = context.get("objectWriteTraceId") or context.get("ids") or context.get("id") or ()
    return found if isinstance(found, list) else [found]


def _why(error: Body, otherwise: str) -> str:
    if missing := sorted(missing_properties(error)):
        return f"{TITLE} has no property {', '.join(missing)} any more; the next run creates it again."
    if needed := required_properties(error):
        return f"A rule of this {TITLE} account wants {', '.join(needed)} filled in first: {reason(error)}"
    return otherwise or f"{TITLE}: {reason(error)}"


async def write_fields(batches: Batches, writes: Sequence[FieldWrite]) -> Receipt:
    """Write our fields on records of one entity, one result a record."""
    rows: dict[str, dict[str, str]] = {}
    for write in writes:
        rows.setdefault(write.record, {})[write.spec.name] = write.value or ""
    if not rows:
        return Receipt(())
    kind = WRITABLE.get(writes[0].entity)
    if kind is None:
        return Receipt(tuple(outcome(rows, Status.REFUSED, f"{TITLE} keeps no fields of ours on {writes[0].entity}.")))
    homeless = [one for one in rows if writes[0].entity is Entity.USERS and one.startswith(NO_RECORD)]
    results = outcome(homeless, Status.REFUSED, f"{TITLE} has no user record for this owner.")
    return Receipt((*results, *await batches.update(kind.name, {one: row for one, row in rows.items() if one not in homeless})))
