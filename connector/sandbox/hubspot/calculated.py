"""Properties the vendor works out itself from the present state, without the record counting as modified (hubspot.md 0.5 [G])."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise

from connector.sandbox.hubspot.clock import instant, iso, moment
from connector.sandbox.hubspot.kinds import ACTIVITIES, COMPANIES, CONTACTS, DEALS, LINE_ITEMS, Kind
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Entry, Record
from connector.sandbox.hubspot.structure import Stage
from connector.sandbox.hubspot.values import plain

Getter = Callable[[Record], str | None]
"""Reads one property of a record."""
_Calculation = Callable[[Portal, Record], str | None]
_ENTERED, _EXITED = "hs_v2_date_entered_", "hs_v2_date_exited_"
_MILLISECONDS_PER_DAY = 86_400_000
_PARENT, _CHILD, _PRIMARY_COMPANY = 14, 13, 1
_SYSTEM: Mapping[str, Getter] = {
    "hs_object_id": lambda record: str(record.id),
    "createdate": lambda record: iso(record.created),
    "hs_createdate": lambda record: iso(record.created),
    "hs_lastmodifieddate": lambda record: iso(record.modified),
    "lastmodifieddate": lambda record: iso(record.modified),
}


def getter(portal: Portal, kind: Kind, name: str) -> Getter | None:
    """Return how to read a property, None when the kind has no such property."""
    if portal.schema(kind).live(name) is None:
        return None
    if name in _SYSTEM:
        return _SYSTEM[name]
    calculation = _CALCULATIONS.get((kind.name, name)) or _timing(name)
    if calculation:
        return lambda record: calculation(portal, record)
    return lambda record: record.values.get(name)


def history(record: Record, name: str) -> tuple[Entry, ...]:
    """Return a property's entries, oldest first; the amount in home currency follows the amount, since the account has one currency."""
    return record.history.get("amount" if name == "amount_in_home_currency" else name, ())


def _timing(name: str) -> _Calculation | None:
    # hubspot.md 8.1 [P]: per-stage timings; the latest entry counts.
    if name.startswith(_ENTERED) and name != "hs_v2_date_entered_current_stage":
        return lambda _, record: _entered(record, name.removeprefix(_ENTERED))
    if name.startswith(_EXITED):
        return lambda _, record: _exited(record, name.removeprefix(_EXITED))
    return None


def _entered(record: Record, stage: str) -> str | None:
    times = [entry.at for entry in record.history.get(record.kind.stage, ()) if entry.value == stage]
    return iso(times[-1]) if times else None


def _exited(record: Record, stage: str) -> str | None:
    entries = record.history.get(record.kind.stage, ())
    times = [after.at for before, after in pairwise(entries) if before.value == stage]
    return iso(times[-1]) if times else None


def _stage(portal: Portal, record: Record) -> Stage | None:
    return portal.stages.get(record.values.get(record.kind.stage, ""))


def _of_stage(test: Callable[[Stage], bool], words: tuple[str, str]) -> _Calculation:
    def calculate(portal: Portal, record: Record) -> str | None:
        stage = _stage(portal, record)
        return None if stage is None else words[0 if test(stage) else 1]

    return calculate


def _is_lost(stage: Stage) -> bool:
    return stage.is_closed and not stage.is_won


def _probability(portal: Portal, record: Record) -> str | None:
    # hubspot.md 3 [G]: doubles are printed exactly.
    stage = _stage(portal, record)
    return None if stage is None else plain(Decimal(float(stage.probability)))


def _home_amount(_: Portal, record: Record) -> str | None:
    return record.values.get("amount") or None


def _weighted(portal: Portal, record: Record) -> str | None:
    amount, stage = record.values.get("amount"), _stage(portal, record)
    return plain(Decimal(float(amount) * float(stage.probability))) if amount and stage else None


def _won_date(portal: Portal, record: Record) -> str | None:
    stage = _stage(portal, record)
    return record.values.get("closedate") or None if stage and stage.is_won else None


def _days_to_close(_: Portal, record: Record) -> float | None:
    closed = instant(record.values.get("closedate", ""))
    return None if closed is None else (closed - record.created) / _MILLISECONDS_PER_DAY


def _whole_days(portal: Portal, record: Record) -> str | None:
    days = _days_to_close(portal, record)
    return None if days is None else str(int(days))


def _raw_days(portal: Portal, record: Record) -> str | None:
    days = _days_to_close(portal, record)
    return None if days is None else repr(days)


def _stage_since(_: Portal, record: Record) -> str | None:
    entries = record.history.get(record.kind.stage, ())
    return iso(entries[-1].at) if entries else None


def _team(portal: Portal, record: Record) -> str | None:
    owner = portal.owner(record.values.get("hubspot_owner_id", ""))
    return next((str(team.id) for team, is_primary in portal.teams_of(owner) if is_primary), None) if owner else None


def _linked(target: Kind) -> _Calculation:
    def calculate(portal: Portal, record: Record) -> str | None:
        table = portal.table(target)
        return str(sum(table.is_live(number) for number in portal.links.of(record.kind, record.id, target)))

    return calculate


def _labeled(target: Kind, type_id: int) -> _Calculation:
    def calculate(portal: Portal, record: Record) -> str | None:
        links = portal.links.of(record.kind, record.id, target).items()
        return next((str(number) for number, types in links if type_id in types), None)

    return calculate


def _children(portal: Portal, record: Record) -> str | None:
    return str(sum(_CHILD in types for types in portal.links.of(COMPANIES, record.id, COMPANIES).values()))


def _full_name(_: Portal, record: Record) -> str | None:
    return f"{record.values.get('hs_given_name', '')} {record.values.get('hs_family_name', '')}".strip()


def _goal_target(_: Portal, record: Record) -> str | None:
    return record.values.get("hs_target_amount") or None


def _goal_value(portal: Portal, record: Record) -> str | None:
    # hubspot.md 8.11 [G]: the vendor recalculates unless told not to. That a value set by hand is lost then is the worst case, not a fact.
    if record.values.get("hs_should_recalculate") == "false":
        return record.values.get("hs_kpi_value")
    metric = record.values.get("hs_kpi_metric_type")
    days = goal_days(record)
    if days is None or metric not in {"SUM", "COUNT"} or record.values.get("hs_kpi_object_type_id") != DEALS.type_id:
        return record.values.get("hs_kpi_value")
    amounts = portal.won.amounts(_assignees(portal, record), *days)
    return plain(sum(amounts, Decimal(0))) if metric == "SUM" else str(len(amounts))


def goal_days(record: Record) -> tuple[date, date] | None:
    """Return the first and last day of a goal; they are written in UTC and meant as the account's days."""
    start, end = (instant(record.values.get(name, "")) for name in ("hs_start_datetime", "hs_end_datetime"))
    if start is None or end is None:
        return None
    return moment(start).date(), moment(end).date()


def _assignees(portal: Portal, record: Record) -> list[str]:
    if record.values.get("hubspot_owner_id"):
        return [record.values["hubspot_owner_id"]]
    word = record.values.get("hs_assignee_team_id") or record.values.get("hubspot_team_id") or ""
    team = portal.teams.get(int(word)) if word.isdigit() else None
    members = {*team.primary, *team.secondary} if team else set()
    return [str(owner.id) for owner in portal.owners.values() if owner.user_id in members]


def _since_creation(name: str) -> _Calculation:
    """Milliseconds until a date of the ticket; the unit is [recall]."""

    def calculate(_: Portal, record: Record) -> str | None:
        at = instant(record.values.get(name, ""))
        return None if at is None else str(at - record.created)

    return calculate


def _first_link(target: Kind) -> _Calculation:
    def calculate(portal: Portal, record: Record) -> str | None:
        return next((str(number) for number in portal.links.of(record.kind, record.id, target)), None)

    return calculate


def _lead_state(_: Portal, record: Record) -> str:
    stage = record.values.get("hs_pipeline_stage", "")
    return LEAD_STATES.get(stage, "IN_PROGRESS")


LEAD_STATES: Mapping[str, str] = {"new-stage-id": "NEW", "qualified-stage-id": "QUALIFIED", "unqualified-stage-id": "UNQUALIFIED"}
"""What a lead's stage says of it, for stages that are not in the middle of the way [recall]."""
_CALCULATIONS: Mapping[tuple[str, str], _Calculation] = {
    ("deals", "amount_in_home_currency"): _home_amount,
    ("deals", "hs_forecast_amount"): _home_amount,
    ("deals", "hs_projected_amount"): _weighted,
    ("deals", "hs_projected_amount_in_home_currency"): _weighted,
    ("deals", "hs_is_closed"): _of_stage(lambda stage: stage.is_closed, ("true", "false")),
    ("deals", "hs_is_closed_won"): _of_stage(lambda stage: stage.is_won, ("true", "false")),
    ("deals", "hs_is_closed_lost"): _of_stage(_is_lost, ("true", "false")),
    ("deals", "hs_is_open_count"): _of_stage(lambda stage: stage.is_closed, ("0", "1")),
    ("deals", "hs_closed_won_count"): _of_stage(lambda stage: stage.is_won, ("1", "0")),
    ("deals", "hs_closed_won_date"): _won_date,
    ("deals", "hs_deal_stage_probability"): _probability,
    ("deals", "days_to_close"): _whole_days,
    ("deals", "hs_days_to_close_raw"): _raw_days,
    ("deals", "hs_v2_date_entered_current_stage"): _stage_since,
    ("deals", "hubspot_team_id"): _team,
    ("deals", "hs_all_owner_ids"): lambda _, record: record.values.get("hubspot_owner_id"),
    ("deals", "num_associated_contacts"): _linked(CONTACTS),
    ("deals", "hs_num_of_associated_line_items"): _linked(LINE_ITEMS),
    ("deals", "hs_num_associated_deal_splits"): lambda portal, record: str(len(portal.splits.get(record.id, ()))),
    ("tickets", "hs_is_closed"): _of_stage(lambda stage: stage.is_closed, ("true", "false")),
    ("tickets", "time_to_close"): _since_creation("closed_date"),
    ("tickets", "time_to_first_agent_reply"): _since_creation("first_agent_reply_date"),
    ("tickets", "hs_v2_date_entered_current_stage"): _stage_since,
    ("tickets", "hubspot_team_id"): _team,
    ("leads", "hs_lead_is_open"): _of_stage(lambda stage: stage.is_closed, ("false", "true")),
    ("leads", "hs_pipeline_stage_category"): _lead_state,
    ("leads", "hs_pipeline_stage_category_v2"): _lead_state,
    ("leads", "hs_primary_contact_id"): _labeled(CONTACTS, 578),
    ("leads", "hs_primary_company_id"): _first_link(COMPANIES),
    ("leads", "hs_v2_date_entered_current_stage"): _stage_since,
    **{(kind.name, "hubspot_team_id"): _team for kind in ACTIVITIES},
    ("contacts", "associatedcompanyid"): _labeled(COMPANIES, _PRIMARY_COMPANY),
    ("contacts", "num_associated_deals"): _linked(DEALS),
    ("companies", "hs_parent_company_id"): _labeled(COMPANIES, _PARENT),
    ("companies", "hs_num_child_companies"): _children,
    ("companies", "num_associated_contacts"): _linked(CONTACTS),
    ("companies", "num_associated_deals"): _linked(DEALS),
    ("users", "hs_searchable_calculated_name"): _full_name,
    ("goal_targets", "hs_target_amount_in_home_currency"): _goal_target,
    ("goal_targets", "hs_kpi_value"): _goal_value,
}
