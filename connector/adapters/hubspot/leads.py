"""Leads in our words, and the first time that each of their milestones was reached."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from connector.adapters.hubspot.history import ALWAYS, Change, changes_of
from connector.adapters.hubspot.lifecycle import assigned_at
from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import identifier, text
from connector.adapters.hubspot.pipelines import id_in, lead_outcome
from connector.adapters.hubspot.records import dates_of, first_link, properties_of
from connector.http import Body
from connector.model import Entity, Lead, Outcome, Stage


def lead_of(row: Row, stages: Mapping[str, Stage]) -> Lead:
    """Read a lead with the stages of the lead pipelines by our ids.

    Raises:
        Unreadable: nothing tells when it was created.
    """
    raw, dates = properties_of(row), dates_of(row)
    stage = id_in(Entity.LEADS, raw.get("hs_pipeline_stage"))
    history = changes_of(row, "hs_pipeline_stage", dates["updated_at"])
    return Lead(
        id=str(row["id"]),
        contact=identifier(raw.get("hs_primary_contact_id")) or first_link(row, "contacts"),
        company=identifier(raw.get("hs_primary_company_id")) or first_link(row, "companies"),
        deal=first_link(row, "deals"),
        owner=identifier(raw.get("hubspot_owner_id")),
        source=text(raw.get("hs_lead_source")),
        pipeline=id_in(Entity.LEADS, raw.get("hs_pipeline")),
        stage=stage,
        outcome=_outcome(raw, stages.get(stage or "")),
        qualified_at=_qualified_at(history, stages),
        assigned_at=assigned_at(row, dates["updated_at"]),
        **dates,
    )


def _outcome(raw: Body, stage: Stage | None) -> Outcome:
    """Return what the lead's own category says, which is the same in every portal; else what its stage means."""
    told = lead_outcome(raw.get("hs_pipeline_stage_category_v2"), raw.get("hs_pipeline_stage_category"))
    return stage.outcome if stage and told is Outcome.OPEN else told


def _qualified_at(history: Iterable[Change], stages: Mapping[str, Stage]) -> datetime | None:
    won = {one.id for one in stages.values() if one.outcome is Outcome.WON}
    return next((change.at for change in history if id_in(Entity.LEADS, change.value) in won and change.at != ALWAYS), None)
