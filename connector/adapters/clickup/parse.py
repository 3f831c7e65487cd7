"""ClickUp's values in our types: moments are milliseconds as text, options are told by id or by place, a field without a value has none."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from connector.adapters import values
from connector.adapters.rows import Answered
from connector.adapters.values import EPOCH, YEARS, Unreadable
from connector.http import Body

_MILLISECOND = timedelta(milliseconds=1)


def text(value: object) -> str | None:
    """Return a value as text, without what no database keeps; nothing for an empty one, or for what holds others."""
    return None if isinstance(value, dict | list) else values.text(value)


def decimal(value: object) -> Decimal | None:
    """Return a number with at most four places, from a number or the text of one; nothing for what holds others."""
    return None if isinstance(value, dict | list) else values.decimal(value)


def instant(value: object) -> datetime | None:
    """Return a moment (UTC) from milliseconds since 1970."""
    written = text(value)
    if written is None:
        return None
    try:
        found = EPOCH + timedelta(milliseconds=int(Decimal(written.strip())))
    except (ValueError, ArithmeticError):
        raise Unreadable(f"{written[:40]!r} is not a date and time") from None
    if found.year not in YEARS:
        raise Unreadable(f"{written[:40]!r} is not a date and time that we can keep")
    return found


def millis(moment: datetime) -> int:
    """Return a moment as ClickUp counts it."""
    return (moment - EPOCH) // _MILLISECOND


def is_called(field: Body, wanted: str | None) -> bool:
    """Whether a field, a list or an option is the one that a setting names, by its id or its name."""
    if wanted is None:
        return False
    return wanted == str(field.get("id")) or wanted.strip().casefold() == str(field.get("name", "")).strip().casefold()


def options_of(field: Body) -> list[Body]:
    """Return the options that a drop-down or labels field offers."""
    found = (field.get("type_config") or {}).get("options")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def name_of(option: Body) -> str | None:
    """Return what an option is called: drop-downs have names, labels have labels."""
    return text(option.get("name")) or text(option.get("label"))


def chosen(field: Body) -> list[Body]:
    """Return the options that a field holds; a drop-down tells the id or the place of its one, labels the ids of theirs."""
    value = field.get("value")
    told = value if isinstance(value, list) else [] if value is None else [value]
    return [option for one in told for option in options_of(field) if _is_told(option, one)]


def _is_told(option: Body, told: object) -> bool:
    if isinstance(told, dict):
        told = told.get("id")
    if isinstance(told, bool) or told is None:
        return False
    return str(told) in (str(option.get("id")), str(option.get("orderindex")))


def related(field: Body) -> list[str]:
    """Return the ids of the tasks that a relationship field holds."""
    value = field.get("value")
    found = (one.get("id") if isinstance(one, dict) else one for one in value) if isinstance(value, list) else ()
    return [str(one) for one in found if one]


class Row(Answered):
    """One task."""

    @property
    def list_id(self) -> str:
        """The id of the list that it is at home in."""
        return str((self.raw.get("list") or {}).get("id") or "")

    @property
    def status(self) -> str:
        """The name of its status."""
        found = self.raw.get("status")
        return str(found.get("status") or "") if isinstance(found, dict) else str(found or "")

    def instant(self, name: str) -> datetime | None:
        """Return a moment."""
        return self.read(name, instant)

    def day(self, name: str, zone: ZoneInfo) -> date | None:
        """Return a local day."""
        found = self.instant(name)
        return found.astimezone(zone).date() if found else None

    @property
    def owner(self) -> str | None:
        """The first of those that it is assigned to."""
        found = self.raw.get("assignees")
        people = found if isinstance(found, list) else []
        return next((str(one["id"]) for one in people if isinstance(one, dict) and one.get("id")), None)

    def fields(self) -> Iterator[Body]:
        """Yield its custom fields."""
        found = self.raw.get("custom_fields")
        yield from (one for one in (found if isinstance(found, list) else []) if isinstance(one, dict))

    def field(self, wanted: str | None) -> Body:
        """Return the field that a setting names; one without a value, too, and an empty one where there is none."""
        return next((one for one in self.fields() if is_called(one, wanted)), {})

    def amount(self, wanted: str | None) -> Decimal | None:
        """Return the number that a field holds."""
        return self.parsed(wanted or "", self.field(wanted).get("value"), decimal)

    def date(self, wanted: str | None, zone: ZoneInfo) -> date | None:
        """Return the local day that a field holds."""
        found = self.parsed(wanted or "", self.field(wanted).get("value"), instant)
        return found.astimezone(zone).date() if found else None

    def choice(self, wanted: str | None) -> str | None:
        """Return what a field says in words: the name of its first option, or its text."""
        field = self.field(wanted)
        return next((name for one in chosen(field) if (name := name_of(one))), None) if options_of(field) else text(field.get("value"))

    def link(self, wanted: str | None) -> str | None:
        """Return the id of the first task that a field links to."""
        return next(iter(related(self.field(wanted))), None)
