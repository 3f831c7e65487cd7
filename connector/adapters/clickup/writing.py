"""Writing our fields: a request for each value, because ClickUp takes no two at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connector.adapters.batch import by_record
from connector.adapters.clickup.account import Accounts
from connector.adapters.clickup.fields import Fields, Found, objection, sent
from connector.adapters.clickup.objects import GONE
from connector.adapters.clickup.words import TITLE, WRITABLE, WRITE_BATCH
from connector.errors import AccessRefused
from connector.http import Client, Refused, Unanswered, together
from connector.model import FieldWrite, Receipt, Result, Status


class Writing:
    """Writes to one Workspace."""

    def __init__(self, client: Client, fields: Fields, accounts: Accounts) -> None:
        self._client = client
        self._fields = fields
        self._accounts = accounts

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
        known = await self._fields.there(entity)
        done = {one: Result(one, Status.REFUSED, why) for one, some in rows.items() if (why := _why_not(some, known))}
        results = await together(self._record(some, known) for one, some in rows.items() if one not in done)
        done |= {result.key: result for result in results}
        return Receipt(tuple(done[one] for one in rows))

    async def _record(self, writes: Sequence[FieldWrite], known: Mapping[str, Found]) -> Result:
        """Set one record's values, up to the first that does not arrive.

        Where some did before it, only reading tells which, so that they can be taken back.
        """
        for place, write in enumerate(writes):
            result = await self._one(write, known[write.spec.name])
            if result.status is not Status.OK:
                return replace(result, status=Status.UNKNOWN) if place else result
        return Result(writes[0].record, Status.OK, remote=writes[0].record)

    async def _one(self, write: FieldWrite, found: Found) -> Result:
        path = f"/task/{write.record}/field/{found.id}"
        try:
            if write.value is None:
                await self._client.send("DELETE", path, {}, is_repeatable=True)
            else:
                await self._client.send("POST", path, sent(write.spec, write.value, self._accounts.days), is_repeatable=True)
        except Unanswered as error:
            return Result(write.record, Status.UNKNOWN, str(error))
        except AccessRefused as error:
            return Result(write.record, Status.REFUSED, str(error))
        except Refused as error:
            return Result(write.record, Status.SKIPPED if error.status in GONE else Status.REFUSED, str(error))
        return Result(write.record, Status.OK)


def _why_not(writes: Sequence[FieldWrite], known: Mapping[str, Found]) -> str | None:
    """Return why a record's values cannot be written; None if they can."""
    if missing := [one.spec.name for one in writes if one.spec.name not in known]:
        return f"{TITLE} has no field {', '.join(missing)}; `crm-kpi check` tells what people have to make."
    return next((why for one in writes if (why := objection(one.spec, known[one.spec.name]))), None)
