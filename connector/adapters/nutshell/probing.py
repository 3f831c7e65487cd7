"""Finding out, with one value on one record, which form of path an account takes: only what is read back counts."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Protocol

from connector.adapters.nutshell.fields import Fields, Found, value_of
from connector.adapters.nutshell.words import TITLE
from connector.errors import AccessRefused
from connector.http import Refused
from connector.model import FieldKind, FieldWrite, Result, Status

TRIED = ("members", "field")
"""The forms in the order in which they are tried. `object` is not: where it replaces the whole object, fields of others are lost."""
UNPROVED = "no path form proved; set CRM_KPI_NUTSHELL__FIELD_PATH"
_CENT = Decimal("0.01")
_NUMBERS = (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.PERCENT)


@dataclass(frozen=True, slots=True)
class Place:
    """The record that a patch is for."""

    kind: str
    record: str


@dataclass(frozen=True, slots=True)
class Sent:
    """How a patch ended; a refusal `is_about_record` where another record may be taken."""

    status: Status
    message: str
    is_about_record: bool = False


class Send(Protocol):
    """Sends one patch, see `Writing.send`."""

    def __call__(
        self, place: Place, form: str, values: Mapping[str, object], others: Mapping[str, object] | None = None
    ) -> Awaitable[Sent]:
        """Set custom fields of a record by title."""
        ...


class Probing:
    """Probes one account; once a form turned out to lose what others hold, nothing is sent any more."""

    def __init__(self, fields: Fields, send: Send) -> None:
        self._fields = fields
        self._send = send
        self._harm: str | None = None

    async def probe(
        self, kind: str, rows: Mapping[str, Sequence[FieldWrite]], known: Mapping[str, Found]
    ) -> tuple[str | None, dict[str, Result]]:
        """Return the form that was proved, and the records that need no other patch; without a form, those are all."""
        done: dict[str, Result] = {}
        why = UNPROVED
        for record, writes in rows.items() if self._harm is None else ():
            try:
                before = await self._fields.values(kind, record)
            except (Refused, AccessRefused) as error:
                done[record] = Result(record, Status.REFUSED, str(error))
                continue
            if before is None:
                done[record] = Result(record, Status.SKIPPED, f"{TITLE} has no {record} any more.")
                continue
            now = {one.spec.name: value_of(one.spec, before, known[one.spec.name]) for one in writes}
            if all(one.value == now[one.spec.name] for one in writes):
                done[record] = Result(record, Status.OK, f"{TITLE} holds these values already.", remote=record)
                continue
            one = next((one for one in writes if not alike(one.spec.kind, one.value, now[one.spec.name])), None)
            if one is None:
                continue
            form, sent = await self._try(Place(kind, record), one, known[one.spec.name], before)
            if form is not None:
                return form, done
            if sent.status is Status.UNKNOWN or sent.is_about_record:
                done[record] = Result(record, sent.status, sent.message)
                continue
            why = f"{UNPROVED} ({sent.message})"
            break
        why = self._harm or why
        return None, {**{record: Result(record, Status.REFUSED, why) for record in rows}, **done}

    async def _try(self, place: Place, write: FieldWrite, found: Found, before: Mapping[str, object]) -> tuple[str | None, Sent]:
        """Try the forms on one value; return the one that was proved, else how the last patch ended."""
        sent = Sent(Status.REFUSED, "nothing was tried")
        for form in TRIED:
            sent = await self._send(place, form, {found.title: write.value})
            if sent.is_about_record:
                break
            after = await self._fields.values(place.kind, place.record)
            if after is None:
                return None, Sent(Status.SKIPPED, f"{TITLE} has no {place.record} any more.", is_about_record=True)
            if lost := _lost(before, after, found.title):
                self._harm = await self._put_back(place, form, before, lost)
                return None, Sent(Status.REFUSED, self._harm)
            if sent.status is Status.UNKNOWN:
                break
            if sent.status is Status.OK and alike(write.spec.kind, write.value, value_of(write.spec, after, found)):
                return form, sent
        return None, sent

    async def _put_back(self, place: Place, form: str, before: Mapping[str, object], lost: Sequence[str]) -> str:
        """Restore what a patch changed beside ours, by the whole object and else field by field; return what there is to say of it."""
        said = f"The path form `{form}` changed {', '.join(lost)} of {place.record}"
        for way in ("object", form):
            values = before if way == "object" else {title: before.get(title) for title in lost}
            await self._send(place, way, {title: value for title, value in values.items() if value is not None})
            after = await self._fields.values(place.kind, place.record)
            if after is not None and not _lost(before, after, ""):
                break
        else:
            return f"{said}, and this could NOT be put back; nothing more is written."
        return f"{said}; this was put back, and nothing more is written."


def _lost(before: Mapping[str, object], after: Mapping[str, object], but: str) -> list[str]:
    """Return the titles of the fields that changed, but for one."""
    return [title for title in {**before, **after} if title != but and _filled(before.get(title)) != _filled(after.get(title))]


def _filled(value: object) -> object:
    return None if value in ("", []) else value


def alike(kind: FieldKind, wanted: str | None, held: str | None) -> bool:
    """Whether a CRM that rounds and trims as it likes holds what was written."""
    if wanted is None or held is None:
        return wanted is held
    if kind in _NUMBERS:
        try:
            return _same(Decimal(wanted), Decimal(held), kind)
        except InvalidOperation:
            return False
    return " ".join(wanted.casefold().split()) == " ".join(held.casefold().split())


def _same(wanted: Decimal, held: Decimal, kind: FieldKind) -> bool:
    if kind is FieldKind.MONEY:
        return wanted.quantize(_CENT, ROUND_HALF_UP) == held.quantize(_CENT, ROUND_HALF_UP)
    # Only as many places count as the CRM keeps.
    return any(wanted.quantize(held, way) == held for way in (ROUND_HALF_UP, ROUND_HALF_EVEN))
