"""What happens in a portal without a client: HubSpot's own batches, calculations that change, admins who set rules and move stages."""

from dataclasses import replace

from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.clock import instant
from connector.sandbox.hubspot.errors import gone, invalid
from connector.sandbox.hubspot.kinds import kind_named
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.rules import rule_of


def touch(portal: Portal, call: Call) -> Answer:
    """Give records one modification date and change nothing else, as HubSpot's month-end batch does (field lesson 2 [G]).

    {"kind", "at": an instant (default now), "ids": [...] (default all)}
    """
    body = call.body.only("kind", "at", "ids")
    table = portal.table(kind_named(body.text("kind")))
    at = instant(body.text("at")) if "at" in body.values else portal.clock.now()
    if at is None:
        raise invalid(f"{body.text('at')} is no instant.")
    ids = set(body.texts("ids"))
    touched = [record for record in table if not ids or str(record.id) in ids]
    for record in touched:
        record.modified = at
    table.version += 1
    return Answer(200, {"touched": len(touched)})


def recalculate(portal: Portal, call: Call) -> Answer:
    """Set a property that only HubSpot sets; the record does not count as modified (hubspot.md 0.5 [G]).

    {"kind", "id", "property", "value"}
    """
    body = call.body.only("kind", "id", "property", "value")
    kind = kind_named(body.text("kind"))
    record = portal.table(kind).find(body.identifier())
    if record is None:
        raise gone(kind.singular, [body.identifier()])
    record.values[body.text("property")] = body.text("value")
    portal.table(kind).version += 1
    return Answer(200, {"id": str(record.id)})


def set_probability(portal: Portal, call: Call) -> Answer:
    """Give a stage another chance to win: whatever HubSpot calculates from it changes on every deal there, none counts as modified.

    {"stage", "probability"}
    """
    body = call.body.only("stage", "probability")
    word, chance = body.text("stage"), body.text("probability")
    for pipeline in list(portal.pipelines.values()):
        stages = tuple(replace(stage, probability=chance) if stage.id == word else stage for stage in pipeline.stages)
        portal.pipelines[pipeline.id] = replace(pipeline, stages=stages)
        portal.stages.update({stage.id: stage for stage in stages})
    return Answer(200, {"stage": word, "probability": chance})


def set_rules(portal: Portal, call: Call) -> Answer:
    """Replace the rules on writes: {"rules": [{"kind", "property", "when": {...}}]}."""
    portal.rules = [rule_of(row) for row in call.body.only("rules").rows("rules")]
    return Answer(200, {"rules": len(portal.rules)})
