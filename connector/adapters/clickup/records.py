"""People, teams, pipelines, companies, contacts, products, tickets and tasks in our words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from connector.adapters.clickup.account import Account
from connector.adapters.clickup.deals import Times, closed_at
from connector.adapters.clickup.objects import rows_of
from connector.adapters.clickup.parse import Row, is_called, name_of, options_of, text
from connector.adapters.clickup.places import CLOSED, Outcomes, Place, stage_id
from connector.http import Body
from connector.model import (
    Activity,
    ActivityKind,
    ActivityStatus,
    Company,
    Contact,
    Entity,
    Membership,
    Outcome,
    Pipeline,
    Product,
    Stage,
    Team,
    Ticket,
    User,
)


def user_of(raw: Body) -> User:
    """Read a member of the Workspace; who was removed is not told."""
    return User(id=str(raw["id"]), name=text(raw.get("username")) or text(raw.get("email")) or str(raw["id"]))


def teams_of(groups: Sequence[Body]) -> Iterator[Team | Membership]:
    """Read the groups of people; the first that a person is in counts as the primary one, because none is marked."""
    seen: set[str] = set()
    for group in groups:
        key = str(group["id"])
        yield Team(id=key, name=text(group.get("name")) or key)
        for member in rows_of(group, "members"):
            user = str((member.get("user") or member).get("id") or "")
            if user:
                yield Membership(id=f"{key}:{user}", team=key, user=user, is_primary=user not in seen)
                seen.add(user)


def pipeline_of(place: Place, position: int, outcomes: Outcomes | None) -> Iterator[Pipeline | Stage]:
    """Read a list with its statuses: of deals, or of tickets where no `outcomes` are given."""
    of = Entity.DEALS if outcomes else Entity.TICKETS
    yield Pipeline(id=place.id, name=place.name, position=position, of=of)
    for status in place.statuses:
        ended = Outcome.WON if status.kind in CLOSED else Outcome.OPEN
        outcome = outcomes.of(status.name, status.kind) if outcomes else ended
        yield Stage(id=place.stage(status.name), pipeline=place.id, name=status.name, position=status.position, outcome=outcome)


def company_of(row: Row, account: Account) -> Company:
    """Read a company."""
    own = account.settings
    industry, size = row.choice(own.industry_field), row.amount(own.employees_field)
    return Company(
        id=row.id,
        name=row.text("name"),
        owner=row.owner,
        industry=industry,
        segment=industry,
        country=row.choice(own.country_field),
        size=int(size) if size is not None else None,
        created_at=row.instant("date_created"),
        updated_at=row.instant("date_updated"),
    )


def contact_of(row: Row, account: Account) -> Contact:
    """Read a person; names and addresses are left out."""
    return Contact(
        id=row.id,
        company=row.link(account.settings.company_field),
        owner=row.owner,
        source=row.choice(account.settings.source_field),
        created_at=row.instant("date_created"),
        updated_at=row.instant("date_updated"),
    )


def products_of(fields: Iterable[Body], wanted: str | None) -> list[Product]:
    """Read the options of the product field."""
    options: Mapping[str, str] = {
        key: name
        for field in fields
        if is_called(field, wanted)
        for one in options_of(field)
        if (key := text(one.get("id"))) and (name := name_of(one))
    }
    return [Product(id=key, name=name) for key, name in options.items()]


def ticket_of(row: Row, account: Account, times: Times | None = None) -> Ticket:
    """Read a request for service; ClickUp tells neither when it was first answered nor that it was opened again.

    Raises:
        Unreadable: nothing tells when it was closed.
    """
    place, own = account.place(row.list_id), account.settings
    kinds = {stage_id(row.list_id, one.name): one.kind for one in place.statuses} if place else {}
    category = row.choice(own.category_field)
    is_closed = kinds.get(stage_id(row.list_id, row.status)) in CLOSED
    return Ticket(
        id=row.id,
        pipeline=row.list_id,
        stage=stage_id(row.list_id, row.status),
        outcome=Outcome.WON if is_closed else Outcome.OPEN,
        channel=row.choice(own.channel_field),
        priority=_priority(row),
        is_complaint=(category or "") in own.complaint_values if own.complaint_values else None,
        reason=category,
        company=row.link(own.company_field),
        contact=row.link(own.contact_field),
        owner=row.owner,
        resolved_at=closed_at(row, times) if is_closed else None,
        created_at=row.instant("date_created"),
        updated_at=row.instant("date_updated"),
    )


def _priority(row: Row) -> str | None:
    found = row.raw.get("priority")
    return text(found.get("priority")) if isinstance(found, dict) else text(found)


def task_of(row: Row, parents: Mapping[str, str], times: Times | None = None) -> Activity:
    """Read a subtask of a deal as a task of its owner; `parents` are those of other subtasks, for one that stands below such.

    Raises:
        Unreadable: nothing tells when it was done.
    """
    found = row.raw.get("status")
    is_done = isinstance(found, dict) and found.get("type") in CLOSED
    return Activity(
        id=row.id,
        kind=ActivityKind.TASK,
        status=ActivityStatus.DONE if is_done else ActivityStatus.PLANNED,
        owner=row.owner,
        deal=row.text("top_level_parent") or _top(row.text("parent"), parents),
        at=closed_at(row, times) if is_done else row.instant("due_date"),
        due_at=row.instant("due_date"),
        created_at=row.instant("date_created"),
        updated_at=row.instant("date_updated"),
    )


def _top(parent: str | None, parents: Mapping[str, str]) -> str | None:
    """Climb to the task above all others."""
    for _ in parents:
        parent = parents.get(parent or "", parent)
    return parent
