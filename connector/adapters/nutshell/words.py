"""Nutshell's vocabulary: kinds of records, what a key needs to see them; facts and their sources stand in docs/nutshell-facts.md."""

from collections.abc import Mapping

from connector.model import Entity, Stream

TITLE = "Nutshell"
LEADS, ACCOUNTS, CONTACTS, MAILS = "leads", "accounts", "contacts", "emails"
KINDS: Mapping[Stream, str] = {
    Stream.USERS: "users",
    Stream.TEAMS: "teams",
    Stream.PIPELINES: "stagesets",
    Stream.COMPANIES: ACCOUNTS,
    Stream.CONTACTS: CONTACTS,
    Stream.PRODUCTS: "products",
    Stream.DEALS: LEADS,
    Stream.LINE_ITEMS: LEADS,
    Stream.CALLS: "activities",
    Stream.EMAILS: MAILS,
    Stream.MEETINGS: "activities",
}
"""What each stream is read from; the streams stand in the order in which they are pulled."""
CHANGING = (Stream.COMPANIES, Stream.CONTACTS, Stream.DEALS, Stream.LINE_ITEMS, Stream.CALLS, Stream.EMAILS, Stream.MEETINGS)
"""The streams whose changes the feed of events tells; the others are small and read whole each time."""
WRITABLE: Mapping[Entity, str] = {Entity.DEALS: LEADS, Entity.COMPANIES: ACCOUNTS, Entity.CONTACTS: CONTACTS}
"""The kinds that take custom fields."""
STREAM_OF: Mapping[str, Stream] = {LEADS: Stream.DEALS, ACCOUNTS: Stream.COMPANIES, CONTACTS: Stream.CONTACTS}
"""The stream that a kind of record is re-read by."""
WRITE_BATCH = 100
"""How many records one batch may have; each is a request of its own."""


def needs(stream: Stream) -> tuple[str, ...]:
    """Return what lets a key see a stream; Nutshell names no scopes, its keys see what their user sees."""
    return (f"an API key that may see {KINDS[stream]}",)
