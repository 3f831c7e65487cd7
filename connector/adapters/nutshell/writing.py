"""Writing our fields: one patch for each record, with all of its values, in the form of path that the account takes."""

from collections.abc import Mapping, Sequence

from connector.adapters.nutshell.fields import Fields, Found, values_of
from connector.adapters.nutshell.objects import together
from connector.adapters.nutshell.words import TITLE, WRITABLE, WRITE_BATCH
from connector.errors import AccessRefused
from connector.http import Body, Client, Refused, Unanswered
from connector.model import Entity, FieldSpec, FieldWrite, Receipt, Result, Status

PATCH_TYPE = "application/json-patch+json"
FORMS = ("members", "object", "field")
"""The forms of path, in the order in which they are tried: below `customFields`, as its whole object, as a field of the record."""


def operations(form: str, kind: str, values: Mapping[str, str | None]) -> list[Body]:
    """Return the operations of a patch that sets custom fields by title."""
    base = f"/{kind}/0"
    if form == "object":
        return [{"op": "replace", "path": f"{base}/customFields", "value": {title: value}} for title, value in values.items()]
    inner = f"{base}/customFields" if form == "members" else base
    return [{"op": "replace", "path": f"{inner}/{escaped(title)}", "value": value} for title, value in values.items()]


def escaped(title: str) -> str:
    """Write a title as one part of a JSON pointer (RFC 6901)."""
    return title.replace("~", "~0").replace("/", "~1")


class Writing:
    """Writes to one account; which form it takes is found out with the first write, where the settings do not say."""

    def __init__(self, client: Client, fields: Fields, path: str) -> None:
        self._client = client
        self._fields = fields
        self._form: str | None = None if path == "auto" else path

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Send one batch, see `Sink`.

        Raises:
            ValueError: it is of several entities, or too large.
        """
        if not writes:
            return Receipt(())
        rows: dict[str, list[FieldWrite]] = {}
        for one in writes:
            rows.setdefault(one.record, []).append(one)
        if len({one.entity for one in writes}) > 1 or len(rows) > WRITE_BATCH:
            raise ValueError(f"A batch is for one entity and at most {WRITE_BATCH} records.")
        entity = writes[0].entity
        if entity not in WRITABLE:
            return Receipt(tuple(Result(one, Status.REFUSED, f"{TITLE} keeps no fields of ours on {entity}.") for one in rows))
        known = await self._fields.there(WRITABLE[entity])
        unsure: list[Result] = []
        if self._form is None and (first := next((one for one in rows.values() if not _missing(one, known)), None)):
            unsure = [result for result in [await self._probe(entity, first, known)] if result]
        rest = [one for one in rows.values() if one[0].record not in {result.key for result in unsure}]
        return Receipt((*unsure, *await together(self._one(entity, one, known) for one in rest)))

    async def _probe(self, entity: Entity, writes: Sequence[FieldWrite], known: Mapping[str, Found]) -> Result | None:
        """Try the forms on one value until one is found that the CRM takes and then holds; return what was left unanswered."""
        filled = [one for one in writes if one.value is not None][:1]
        for form in FORMS if filled else ():
            result = await self._send(entity, filled, known, form)
            if result.status is Status.UNKNOWN:
                return result
            if result.status is Status.OK and await self._holds(filled[0]):
                self._form = form
                return None
        return None

    async def _holds(self, write: FieldWrite) -> bool:
        found = await self._fields.held(write.entity, [write.record], [write.spec])
        return bool(found) and found[0].value == write.value

    async def _one(self, entity: Entity, writes: Sequence[FieldWrite], known: Mapping[str, Found]) -> Result:
        if missing := _missing(writes, known):
            names = ", ".join(spec.name for spec in missing)
            return Result(writes[0].record, Status.REFUSED, f"{TITLE} has no field {names} any more; the next run creates it again.")
        return await self._send(entity, writes, known, self._form or FORMS[0])

    async def _send(self, entity: Entity, writes: Sequence[FieldWrite], known: Mapping[str, Found], form: str) -> Result:
        kind, record = WRITABLE[entity], writes[0].record
        body = operations(form, kind, values_of({one.spec.name: one.value for one in writes}, known))
        try:
            await self._client.send("PATCH", f"/rest/{kind}/{record}", body, media=PATCH_TYPE, is_repeatable=True)
        except Unanswered as error:
            return Result(record, Status.UNKNOWN, str(error))
        except (Refused, AccessRefused) as error:
            return Result(record, Status.REFUSED, str(error))
        return Result(record, Status.OK, f"{TITLE} took the path form `{form}`.", remote=record)


def _missing(writes: Sequence[FieldWrite], known: Mapping[str, Found]) -> list[FieldSpec]:
    return [one.spec for one in writes if one.spec.name not in known]
