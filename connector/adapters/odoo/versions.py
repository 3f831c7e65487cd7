"""What Odoo 14 to 19 call differently: one table, from the version on in which each word came."""

from collections.abc import Mapping
from dataclasses import dataclass

OLDEST, NEWEST = 14, 19
_WORDS: Mapping[str, tuple[tuple[int, str], ...]] = {
    "lost_reason": ((14, "lost_reason"), (16, "lost_reason_id")),
    "tracked_field": ((14, "field"), (17, "field_id")),
    "tracked_money": ((14, "value_monetary"), (17, "value_float")),
    "groups_asked": ((14, "of the model"), (18, "of the user")),
    "rights_asked": ((14, "check_access_rights"), (18, "has_access")),
}
"""14, 17 and 19 were seen; in between a word stands where the sources have it."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one version.

    `lost_reason` is a lead's field, `tracked_field` and `tracked_money` columns of tracking values; `asks_user` says that a user is asked
    for its groups by id instead of asking for one's own, `rights` is the method by which one asks for one's rights.
    """

    lost_reason: str
    tracked_field: str
    tracked_money: str
    asks_user: bool
    rights: str


def words_of(version: int) -> Words:
    """Return the words of a version; an older one than the first is taken for it."""
    found = {what: _word(rows, version) for what, rows in _WORDS.items()}
    return Words(
        found["lost_reason"], found["tracked_field"], found["tracked_money"], found["groups_asked"] == "of the user", found["rights_asked"]
    )


def _word(rows: tuple[tuple[int, str], ...], version: int) -> str:
    return [word for since, word in rows if since <= max(version, OLDEST)][-1]
