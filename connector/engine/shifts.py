"""Tells the engine when people work, where hours of business are set: those of everybody, and those that the CRM tells of single users."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.engine.cache import Cache
from connector.engine.terms import Terms
from connector.hours import Hours

_EVERYBODY = ""
_MAKE = """create or replace temp table shifts as
select unnest(?::varchar[]) as calendar, unnest(?::varchar[]) as zone, unnest(?::integer[]) as weekday,
  unnest(?::integer[]) as opens, unnest(?::integer[]) as closes"""
_Row = tuple[str, str, int, int, int]


def list_shifts(cache: Cache, terms: Terms) -> None:
    """List every span of a week in which somebody works: whose it is, in which time zone, on which weekday, from and to which minute."""
    rows = list(_rows(cache, terms))
    cache.connection.execute(_MAKE, [[row[place] for row in rows] for place in range(5)])


def _rows(cache: Cache, terms: Terms) -> Iterator[_Row]:
    usual = terms.policies.business_hours
    if usual is None:
        return
    zone = terms.calendar.zone
    yield from _of(_EVERYBODY, zone, usual)
    told = "select id, timezone, working_hours from crm.users where timezone <> '' or working_hours <> ''"
    for user, place, hours in cache.connection.execute(told).fetchall():
        yield from _of(user, _zone(place) or zone, Hours.told(hours) or usual)


def _of(calendar: str, zone: ZoneInfo, hours: Hours) -> Iterator[_Row]:
    return ((calendar, zone.key, *shift) for shift in hours.shifts)


def _zone(name: str | None) -> ZoneInfo | None:
    """Return a user's time zone; none where an import named one that does not exist."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last one where it is a folder of zones, such as Europe
        return None
