"""Writing our fields: one patch for each record, with all of its values."""

from collections.abc import Mapping, Sequence

from connector.adapters.batch import by_record
from connector.adapters.bottlecrm.fields import Fields, Found, json_of, objection
from connector.adapters.bottlecrm.objects import GONE
from connector.adapters.bottlecrm.words import LISTS, TITLE, WRITABLE, WRITE_BATCH
from connector.errors import AccessRefused
from connector.http import Client, Refused, Unanswered, together
from connector.model import FieldWrite, Receipt, Result, Status


class Writing:
    """Writes to one organisation."""

    def __init__(self, client: Client, fields: Fields) -> None:
        self._client = client
        self._fields = fields

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Send one batch, see `Sink`.

        Raises:
            ValueError: it is of several entities, or too large.
        """
        if not writes:
            return Receipt(())
        rows, entity = by_record(writes, WRITE_BATCH), writes[0].entity
        if entity not in WRITABLE:
            return Receipt(tuple(Result(one, Status.REFUSED, f"{TITLE} keeps no fields of ours on {entity}.") for one in rows))
        try:
            known = await self._fields.there(entity)
        except (AccessRefused, Refused) as error:
            return Receipt(tuple(Result(one, Status.REFUSED, str(error)) for one in rows))
        return Receipt(tuple(await together(self._one(some, known) for some in rows.values())))

    async def _one(self, writes: Sequence[FieldWrite], known: Mapping[str, Found]) -> Result:
        record, listing = writes[0].record, LISTS[WRITABLE[writes[0].entity][1]]
        if why := _why_not(writes, known):
            return Result(record, Status.REFUSED, why)
        values = {one.spec.name: json_of(one.spec, one.value) for one in writes}
        try:
            await self._client.send("PATCH", f"{listing.path}{record}/", {"custom_fields": values}, is_repeatable=True)
        except Unanswered as error:
            return Result(record, Status.UNKNOWN, str(error))
        except AccessRefused as error:
            return Result(record, Status.REFUSED, str(error))
        except Refused as error:
            return Result(record, Status.SKIPPED if error.status in GONE else Status.REFUSED, str(error))
        return Result(record, Status.OK, remote=record)


def _why_not(writes: Sequence[FieldWrite], known: Mapping[str, Found]) -> str | None:
    """Return why a record's values cannot be written; None if they can."""
    if missing := [one.spec.name for one in writes if one.spec.name not in known]:
        return f"{TITLE} has no field {', '.join(missing)} any more; the next run makes it again."
    return next((why for one in writes if (why := objection(one.spec, known[one.spec.name]))), None)
