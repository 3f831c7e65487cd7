"""Addresses of bounded length: the properties that a list is asked for, in as many portions as that takes."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from connector.http import Body

URL_LENGTH = 6_000
"""How long an address with its query may be; HubSpot refuses those of 16,000, and what stands between may refuse shorter ones."""
_COMMA = len("%2C")


def portions(path: str, params: Mapping[str, str], names: Sequence[str]) -> list[tuple[str, ...]]:
    """Cut property names so that an address with all of `params` and one portion stays short enough; a name beyond that goes alone."""
    fixed = len(path) + sum(len(quote(f"{name}{value}", safe="")) + len("&=") for name, value in params.items()) + len("&properties=")
    return list(_cut(names, URL_LENGTH - fixed)) or [()]


def _cut(names: Sequence[str], room: int) -> Iterator[tuple[str, ...]]:
    portion: list[str] = []
    left = room
    for name in names:
        size = len(quote(name, safe="")) + _COMMA
        if portion and size > left:
            yield tuple(portion)
            portion, left = [], room
        portion.append(name)
        left -= size
    if portion:
        yield tuple(portion)


def merged(rows: Sequence[Body], others: Sequence[Sequence[Body]]) -> tuple[list[Body], list[str]]:
    """Add to rows the properties that other portions bring; also return the ids of those that one of them lacks."""
    found = {str(row.get("id")): row | {"properties": dict(row.get("properties") or {})} for row in rows}
    lacking: dict[str, None] = {}
    for portion in others:
        more = {str(row.get("id")): row for row in portion}
        for one, row in found.items():
            if one in more:
                row["properties"] |= more[one].get("properties") or {}
            else:
                lacking[one] = None
    return list(found.values()), list(lacking)
