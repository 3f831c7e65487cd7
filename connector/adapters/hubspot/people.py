"""Owners, users and teams: three kinds of ids for one person, joined on the one we use, the owner's."""

from collections.abc import Iterator, Mapping, Sequence

from connector.adapters.hubspot.parse import instant, text, value_of
from connector.http import Body
from connector.model import Membership, Team, User

NO_RECORD = "owner-"
"""Begins the `record` of a user who has no user record (any more), so that nothing is ever written to somebody else's."""


def user_of(owner: Body, records: Mapping[str, Body]) -> User:
    """Read an owner; `records` are the user records by user id."""
    number = user_id(owner)
    record = records.get(number or "")
    name = " ".join(part for part in (text(owner.get("firstName")), text(owner.get("lastName"))) if part)
    return User(
        id=str(owner["id"]),
        name=name or f"Owner {owner['id']}",
        record=str(record["id"]) if record else f"{NO_RECORD}{owner['id']}",
        is_active=not owner.get("archived"),
        created_at=value_of(owner, "createdAt", instant),
        updated_at=value_of(owner, "updatedAt", instant),
    )


def user_id(owner: Body) -> str | None:
    """Return the user id behind an owner, also of one who has left."""
    return text(owner.get("userId")) or text(owner.get("userIdIncludingInactive"))


def by_user_id(rows: Sequence[Body]) -> Mapping[str, Body]:
    """Index user records by user id."""
    found = {text((row.get("properties") or {}).get("hs_internal_user_id")): row for row in rows}
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
