"""Where a CRM keeps what a stream brings, in the CRM's own words; the page of KPIs tells it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One stream's place in a CRM: its object, what is read of it, and what an account must have and allow.

    `history` are the properties whose past values are read too. `edition` is what an account needs beyond the free edition.
    """

    name: str
    properties: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    edition: str = ""
    note: str = ""
