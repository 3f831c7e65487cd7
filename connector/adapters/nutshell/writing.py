"""Writing our fields: one patch for each record, with all of its values, in the form of path that the account takes."""

from collections.abc import Mapping, Sequence

from connector.adapters.batch import by_record
from connector.adapters.nutshell.fields import Fields, Found, objection, values_of
from connector.adapters.nutshell.objects import GONE
from connector.adapters.nutshell.probing import Place, Probing, Sent
from connector.adapters.nutshell.words import TITLE, WRITABLE, WRITE_BATCH
from connector.errors import AccessRefused
from connector.http import Body, Client, Refused, Unanswered, together
from connector.model import FieldWrite, Receipt, Result, Status

PATCH_TYPE = "application/json-patch+json"


def operations(form: str, kind: str, values: Mapping[str, object], others: Mapping[str, object] | None = None) -> list[Body]:
    """Return the operations of a patch that sets custom fields by title; `others` are those that a whole object must hold, too.

    A member is added, which sets one that is there: replacing one that was never filled is an error (RFC 6902).
    """
    base = f"/{kind}/0"
    if form == "object":
        kept = {title: value for title, value in (others or {}).items() if value is not None}
        return [{"op": "replace", "path": f"{base}/customFields", "value": {**kept, **values}}]
    operation, inner = ("add", f"{base}/customFields") if form == "members" else ("replace", base)
    return [{"op": operation, "path": f"{inner}/{escaped(title)}", "value": value} for title, value in values.items()]


def escaped(title: str) -> str:
    """Write a title as one part of a JSON pointer (RFC 6901)."""
    return title.replace("~", "~0").replace("/", "~1")


class Writing:
    """Writes to one account; which form it takes is found out with the first write, where the settings do not say."""

    def __init__(self, client: Client, fields: Fields, path: str) -> None:
        self._client = client
        self._fields = fields
        self._form: str | None = None if path == "auto" else path
        self._probing = Probing(fields, self.send)

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Send one batch, see `Sink`.

        Raises:
            ValueError: it is of several entities, or too large.
        """
        if not writes:
            return Receipt(())
        rows = by_record(writes, WRITE_BATCH)
        entity = writes[0].entity
        if entity not in WRITABLE:
            return Receipt(tuple(Result(one, Status.REFUSED, f"{TITLE} keeps no fields of ours on {entity}.") for one in rows))
        known = await self._fields.there(WRITABLE[entity])
        done = {one: Result(one, Status.REFUSED, why) for one, some in rows.items() if (why := _why_not(some, known))}
        open_rows = {one: some for one, some in rows.items() if one not in done}
        if self._form is None:
            self._form, probed = await self._probing.probe(WRITABLE[entity], open_rows, known)
            done |= probed
        if self._form is not None:
            form, rest = self._form, [one for one in open_rows if one not in done]
            sent = await together(self._one(WRITABLE[entity], form, rows[one], known) for one in rest)
            done |= {result.key: result for result in sent}
        return Receipt(tuple(done[one] for one in rows))

    async def _one(self, kind: str, form: str, writes: Sequence[FieldWrite], known: Mapping[str, Found]) -> Result:
        record, others = writes[0].record, None
        if form == "object":
            try:
                others = await self._fields.values(kind, record)
            except (Refused, AccessRefused) as error:
                return Result(record, Status.REFUSED, str(error))
            if others is None:
                return Result(record, Status.SKIPPED, f"{TITLE} has no {record} any more.")
        values = values_of({one.spec.name: one.value for one in writes}, known)
        sent = await self.send(Place(kind, record), form, values, others)
        return Result(record, sent.status, sent.message, remote=record if sent.status is Status.OK else None)

    async def send(self, place: Place, form: str, values: Mapping[str, object], others: Mapping[str, object] | None = None) -> Sent:
        """Send one patch. A 5xx is no answer: the patch may have landed, so it is not repeated and the record is to be read."""
        try:
            await self._client.send(
                "PATCH", f"/rest/{place.kind}/{place.record}", operations(form, place.kind, values, others), media=PATCH_TYPE
            )
        except Unanswered as error:
            return Sent(Status.UNKNOWN, str(error))
        except AccessRefused as error:
            return Sent(Status.REFUSED, str(error), is_about_record=True)
        except Refused as error:
            is_gone = error.status in GONE
            return Sent(Status.SKIPPED if is_gone else Status.REFUSED, str(error), is_about_record=is_gone)
        return Sent(Status.OK, f"{TITLE} took the path form `{form}`.")


def _why_not(writes: Sequence[FieldWrite], known: Mapping[str, Found]) -> str | None:
    """Return why a record's values cannot be written; None if they can."""
    if missing := [one.spec.name for one in writes if one.spec.name not in known]:
        return f"{TITLE} has no field {', '.join(missing)} any more; the next run creates it again."
    return next((why for one in writes if (why := objection(one.spec, known[one.spec.name]))), None)
