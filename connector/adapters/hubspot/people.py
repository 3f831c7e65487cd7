"""Owners, users and teams: three kinds of ids for one person, joined on the one we use, the owner's."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.adapters.hubspot.parse import identifier, instant, note, text, value_of
from connector.http import Body
from connector.model import Membership, Team, User

NO_RECORD = "owner-"
"""Begins the `record` of a user who has no user record (any more), so that nothing is ever written to somebody else's."""
_DAYS: Mapping[str, str] = {
    "MONDAY": "mon",
    "TUESDAY": "tue",
    "WEDNESDAY": "wed",
    "THURSDAY": "thu",
    "FRIDAY": "fri",
    "SATURDAY": "sat",
    "SUNDAY": "sun",
    "MONDAY_TO_FRIDAY": "mon-fri",
    "SATURDAY_SUNDAY": "sat-sun",
    "EVERY_DAY": "mon-sun",
}
_DAY_MINUTES = 24 * 60


def user_of(owner: Body, records: Mapping[str, Body]) -> User:
    """Read an owner; `records` are the user records by user id. Who is archived had the CRM until the owner last changed."""
    number = user_id(owner)
    record = records.get(number or "")
    details: Body = (record or {}).get("properties") or {}
    has_left = bool(owner.get("archived"))
    name = " ".join(part for part in (text(owner.get("firstName")), text(owner.get("lastName"))) if part)
    return User(
        id=str(owner["id"]),
        name=name or f"Owner {owner['id']}",
        record=str(record["id"]) if record else f"{NO_RECORD}{owner['id']}",
        is_active=not has_left,
        active_from=value_of(owner, "createdAt", instant),
        active_to=value_of(owner, "updatedAt", instant) if has_left else None,
        timezone=_zone(details.get("hs_standard_time_zone")),
        working_hours=_hours(details.get("hs_working_hours")),
        created_at=value_of(owner, "createdAt", instant),
        updated_at=value_of(owner, "updatedAt", instant),
    )


def _zone(value: object) -> str | None:
    name = text(value)
    try:
        return name and ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        note("hs_standard_time_zone", f"{name!r} is no time zone")
        return None


def _hours(value: object) -> str | None:
    """Return `mon-fri 09:00-17:00` (several parted by commas) from HubSpot's JSON; nothing from what is not in its form."""
    try:
        spans = [_span(one) for one in json.loads(text(value) or "[]")]
    except (ValueError, TypeError, KeyError):
        note("hs_working_hours", "they are no list of spans of days")
        return None
    return ", ".join(spans) or None


def _span(one: Mapping[str, Any]) -> str:
    start, end = int(one["startMinute"]), int(one["endMinute"])
    if not 0 <= start < end <= _DAY_MINUTES:
        raise ValueError("not within a day")
    return f"{_DAYS[one['days']]} {start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def user_id(owner: Body) -> str | None:
    """Return the user id behind an owner, also of one who has left."""
    return identifier(owner.get("userId")) or identifier(owner.get("userIdIncludingInactive"))


def by_user_id(rows: Sequence[Body]) -> Mapping[str, Body]:
    """Index user records by user id."""
    found = {identifier((row.get("properties") or {}).get("hs_internal_user_id")): row for row in rows}
    return {number: row for number, row in found.items() if number}


def memberships_of(team: Body, owners: Mapping[str, str]) -> Iterator[Membership]:
    """Read who is in a team; `owners` maps user ids to owner ids, and a user who owns nothing is left out."""
    seen: set[str] = set()
    for key, is_primary in (("userIds", True), ("secondaryUserIds", False)):
        for number in team.get(key) or ():
            owner = owners.get(str(number))
            if owner and owner not in seen:
                seen.add(owner)
                yield Membership(id=f"{team['id']}:{owner}", team=str(team["id"]), user=owner, is_primary=is_primary)


def team_of(team: Body) -> Team:
    """Read a team."""
    return Team(id=str(team["id"]), name=str(team.get("name") or f"Team {team['id']}"))
