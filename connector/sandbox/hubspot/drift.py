"""The same property in several forms, from record to record, as connectors have met it in the field (lesson 18 [G])."""

from decimal import Decimal

from connector.sandbox.hubspot.calculated import Getter
from connector.sandbox.hubspot.clock import instant
from connector.sandbox.hubspot.definitions import Definition
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.values import plain

_FORMS = 3


def drifting(get: Getter, definition: Definition) -> Getter:
    """Return a reader whose form of a value depends on the record: one in three keeps the usual one."""

    def read(record: Record) -> str | None:
        text, form = get(record), record.id % _FORMS
        if form == 0 or definition.name == "hs_object_id":
            return text
        return _other(definition, text, is_second=form == 1)

    return read


def _other(definition: Definition, text: str | None, *, is_second: bool) -> str | None:
    """Nothing as an empty text, instants as milliseconds, numbers as the exact double behind them or with a needless zero."""
    if not text:
        return "" if is_second else None
    if definition.type == "datetime" and is_second:
        return str(instant(text))
    if definition.type == "number":
        return plain(Decimal(float(text))) if is_second else f"{text}.0" if text.isdigit() else text
    return text
