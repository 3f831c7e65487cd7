"""Users, teams, stages, companies and contacts in our words."""

from collections.abc import Iterator, Sequence
from zoneinfo import available_timezones

from connector.adapters.odoo.deals import PIPELINE
from connector.adapters.odoo.parse import dates_of, instant, link, name, text
from connector.adapters.odoo.rpc import Row
from connector.model import Company, Contact, Membership, Outcome, Pipeline, Record, Stage, Team, User


def user_of(row: Row) -> User:
    """Read a user. Who is inactive had the CRM until the user's record was changed last."""
    zone = text(row["tz"])
    return User(
        id=str(row["id"]),
        name=text(row["name"]) or f"User {row['id']}",
        record=str(row["id"]),
        is_active=bool(row["active"]),
        active_from=instant(row["create_date"]),
        active_to=None if row["active"] else instant(row["write_date"]),
        timezone=zone if zone in available_timezones() else None,
        **dates_of(row),
    )


def team_of(row: Row) -> Iterator[Record]:
    """Read a sales team and who is in it."""
    team = str(row["id"])
    yield Team(id=team, name=text(row["name"]) or f"Team {team}", **dates_of(row))
    for user in row["member_ids"]:
        yield Membership(id=f"{team}:{user}", team=team, user=str(user))


def pipeline_of(rows: Sequence[Row]) -> Iterator[Record]:
    """Read the stages as one pipeline, in the order in which people see them."""
    yield Pipeline(id=PIPELINE, name="Pipeline")
    for row in sorted(rows, key=lambda row: (row["sequence"], row["id"])):
        outcome = Outcome.WON if row["is_won"] else Outcome.OPEN
        stage, place = str(row["id"]), int(row["sequence"])
        yield Stage(id=stage, pipeline=PIPELINE, name=text(row["name"]) or stage, position=place, outcome=outcome, **dates_of(row))


def company_of(row: Row) -> Company:
    """Read a partner that is a company."""
    industry = name(row["industry_id"])
    return Company(
        id=str(row["id"]),
        name=text(row["name"]),
        owner=link(row["user_id"]),
        parent=link(row["parent_id"]),
        industry=industry,
        country=name(row["country_id"]),
        segment=industry,
        **dates_of(row),
    )


def contact_of(row: Row) -> Contact:
    """Read a partner that is a person."""
    above = link(row["commercial_partner_id"])
    return Contact(id=str(row["id"]), company=above if above != str(row["id"]) else None, owner=link(row["user_id"]), **dates_of(row))
