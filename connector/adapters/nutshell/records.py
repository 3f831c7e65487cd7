"""People, companies, contacts, products, line items and activities in our words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connector.adapters.nutshell.account import Account
from connector.adapters.nutshell.parse import Row, instant
from connector.http import Body
from connector.model import (
    Activity,
    ActivityKind,
    ActivityStatus,
    Company,
    Contact,
    LineItem,
    Outcome,
    Pipeline,
    Product,
    Stage,
    Stream,
    User,
)

_IMPORTER = "origins"
"""Who acts where no person does: an import, a form, the system itself."""


def user_of(row: Row) -> User:
    """Read a user; there is no place for fields of ours on users."""
    return User(id=row.id, name=row.text("name") or row.id, is_active=bool(row.raw.get("isEnabled", True)))


def pipeline_of(row: Row, position: int, stages: Sequence[Row]) -> Iterator[Pipeline | Stage]:
    """Read a stageset with its stages; all of them are open, because winning is no stage."""
    yield Pipeline(id=row.id, name=row.text("name") or row.id, position=position)
    for place, stage in enumerate(sorted(stages, key=lambda one: (one.decimal("position") or 0, one.id))):
        yield Stage(id=stage.id, pipeline=row.id, name=stage.text("name") or stage.id, position=place, outcome=Outcome.OPEN)


def company_of(row: Row, account: Account, events: Sequence[Body]) -> Iterator[Company]:
    """Read an account; only the event of its creation tells when that was."""
    industry, size = row.link("industry"), row.decimal("employeeCount")
    named = account.names.get(industry, industry) if industry else None
    yield Company(
        id=row.id,
        name=row.text("name"),
        owner=row.link("owner"),
        industry=named,
        segment=named,
        country=_country(row),
        size=int(size) if size is not None else None,
        created_at=row.instant("createdTime") or _born(events),
        deleted_at=row.instant("deletedTime"),
    )


def _country(row: Row) -> str | None:
    found = row.raw.get("addresses")
    values = [one.get("value") for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return next((str(value["country"]) for value in values if isinstance(value, dict) and value.get("country")), None)


def contact_of(row: Row, events: Sequence[Body]) -> Iterator[Contact]:
    """Read a contact; names and addresses are left out."""
    first = _creation(events)
    yield Contact(
        id=row.id,
        company=row.link("accounts"),
        owner=row.link("owner"),
        is_imported=first is not None and first.get("actorType") == _IMPORTER,
        created_at=row.instant("createdTime") or _born(events),
        deleted_at=row.instant("deletedTime"),
    )


def _creation(events: Sequence[Body]) -> Body | None:
    return next((event for event in events if event.get("action") == "create"), None)


def _born(events: Sequence[Body]) -> datetime | None:
    first = _creation(events)
    return instant(first.get("createdTime")) if first else None


def product_of(row: Row) -> Product:
    """Read a product; its prices hang on markets, and are not read."""
    return Product(id=row.id, name=row.text("name") or row.id)


def line_item_of(row: Row, lead: Row) -> LineItem:
    """Read a product of a lead, whose price is for one piece; it lives and dies with its lead."""
    price, quantity = row.decimal("price"), row.decimal("quantity")
    return LineItem(
        id=row.id,
        deal=lead.id,
        product=row.link("product"),
        quantity=quantity,
        amount=None if price is None else price * (1 if quantity is None else quantity),
        created_at=lead.instant("createdTime"),
        deleted_at=lead.instant("deletedTime"),
    )


_WORDS: Mapping[str, Stream] = {"call": Stream.CALLS, "phone": Stream.CALLS}
_KINDS: Mapping[Stream, ActivityKind] = {Stream.CALLS: ActivityKind.CALL, Stream.MEETINGS: ActivityKind.MEETING}


def stream_of(row: Row, account: Account) -> Stream:
    """Return the stream that an activity belongs to, by the name of its type: what is no call is a meeting."""
    name = account.names.get(row.link("activityType") or "", "").lower()
    return next((stream for word, stream in _WORDS.items() if word in name), Stream.MEETINGS)


def activity_of(row: Row, account: Account) -> Iterator[Activity]:
    """Read an activity."""
    begin, end = row.instant("startTime"), row.instant("endTime")
    done = ActivityStatus.DONE if row.raw.get("isLogged") else ActivityStatus.PLANNED
    yield Activity(
        id=row.id,
        kind=_KINDS[stream_of(row, account)],
        status=ActivityStatus.CANCELLED if row.raw.get("isCancelled") else done,
        owner=row.link("users") or row.link("creator"),
        contact=row.link("contacts"),
        company=row.link("accounts"),
        deal=row.link("leads"),
        at=begin,
        duration=int((end - begin).total_seconds()) if begin and end and end >= begin else None,
        created_at=row.instant("createdTime"),
        updated_at=row.instant("modifiedTime"),
        deleted_at=row.instant("deletedTime"),
    )
