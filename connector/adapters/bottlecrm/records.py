"""People, teams, pipelines, companies, contacts, products, tasks and tickets in our words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from connector.adapters.bottlecrm.account import Account
from connector.adapters.bottlecrm.deals import OUTCOMES, stage_id
from connector.adapters.bottlecrm.parse import Row
from connector.adapters.bottlecrm.words import CASES, MERGED
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

_STATUSES: Mapping[str, Outcome] = {
    "New": Outcome.OPEN,
    "Assigned": Outcome.OPEN,
    "Pending": Outcome.OPEN,
    "Closed": Outcome.WON,
    "Rejected": Outcome.WON,
    MERGED: Outcome.WON,
}
"""What the statuses of tickets mean: won is closed."""
_DAY = timedelta(days=1)


def user_of(row: Row) -> User:
    """Read a member of the organisation; there is no place for fields of ours on members."""
    person = row.raw.get("user_details")
    name = Row(person).text("name") if isinstance(person, dict) else None
    return User(
        id=row.id,
        name=name or row.id,
        is_active=bool(row.raw.get("is_active", True)),
        active_from=row.instant("created_at"),
        created_at=row.instant("created_at"),
    )


def teams_of(rows: Sequence[Row]) -> Iterator[Team | Membership]:
    """Read teams with their members; a member's team of the lowest id counts as the primary one, because none is marked."""
    seen: set[str] = set()
    for row in sorted(rows, key=lambda row: row.id):
        yield Team(id=row.id, name=row.text("name") or row.id, created_at=row.instant("created_at"))
        for user in row.rows("users"):
            yield Membership(id=f"{row.id}:{user.id}", team=row.id, user=user.id, is_primary=user.id not in seen)
            seen.add(user.id)


def pipeline_of(row: Row, position: int) -> Iterator[Pipeline | Stage]:
    """Read a pipeline of deals with its stages."""
    yield Pipeline(id=row.id, name=row.text("name") or row.id, position=position)
    for stage in row.rows("stages"):
        yield Stage(
            id=stage_id(row.id, stage.text("code")),
            pipeline=row.id,
            name=stage.text("label") or stage.id,
            position=int(stage.decimal("order") or 0),
            outcome=OUTCOMES.get(stage.text("kind") or "", Outcome.OPEN),
        )


def desk(position: int) -> Iterator[Pipeline | Stage]:
    """Give the statuses of tickets as one pipeline, which are the same everywhere."""
    yield Pipeline(id=CASES, name="Tickets", position=position, of=Entity.TICKETS)
    for place, (status, outcome) in enumerate(_STATUSES.items()):
        yield Stage(id=stage_id(CASES, status), pipeline=CASES, name=status, position=place, outcome=outcome)


def company_of(row: Row) -> Company:
    """Read an account."""
    industry, size = row.text("industry"), row.decimal("number_of_employees")
    return Company(
        id=row.id,
        name=row.text("name"),
        owner=row.link("assigned_to"),
        industry=industry,
        segment=industry,
        country=row.text("country"),
        size=int(size) if size is not None else None,
        created_at=row.instant("created_at"),
    )


def contact_of(row: Row) -> Contact:
    """Read a contact; names and addresses are left out."""
    return Contact(
        id=row.id,
        company=row.link("account") or row.link("linked_accounts"),
        owner=row.link("assigned_to"),
        source=row.text("source"),
        created_at=row.instant("created_at"),
        updated_at=row.instant("updated_at"),
    )


def product_of(row: Row, account: Account) -> Product:
    """Read a product; a price in another currency is none of ours."""
    is_home = (row.text("currency") or account.tenant.currency) == account.tenant.currency
    return Product(
        id=row.id,
        name=row.text("name") or row.id,
        list_price=row.decimal("price") if is_home else None,
        created_at=row.instant("created_at"),
        updated_at=row.instant("updated_at"),
    )


def task_of(row: Row, account: Account) -> Activity:
    """Read a task, which is due until the end of a day; nothing tells when it was done."""
    due = row.day("due_date")
    until = datetime.combine(due + _DAY, time(), account.zone).astimezone(UTC) if due else None
    is_done = row.text("status") == "Completed"
    return Activity(
        id=row.id,
        kind=ActivityKind.TASK,
        status=ActivityStatus.DONE if is_done else ActivityStatus.PLANNED,
        owner=row.link("assigned_to"),
        company=row.link("account"),
        deal=row.link("opportunity"),
        ticket=row.link("case"),
        at=None if is_done else until,
        due_at=until,
        created_at=row.instant("created_at"),
    )


def ticket_of(row: Row) -> Ticket:
    """Read a case."""
    outcome = _STATUSES.get(row.text("status") or "", Outcome.OPEN)
    return Ticket(
        id=row.id,
        pipeline=CASES,
        stage=stage_id(CASES, row.text("status")),
        outcome=outcome,
        priority=row.text("priority"),
        reason=row.text("case_type"),
        company=row.link("account"),
        contact=row.link("contacts"),
        owner=row.link("assigned_to"),
        first_response_at=row.instant("first_response_at"),
        resolved_at=row.instant("resolved_at") if outcome is not Outcome.OPEN else None,
        created_at=row.instant("created_at"),
    )
