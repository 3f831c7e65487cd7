"""The account itself: details, owners, users, teams, pipelines and its limits (hubspot.md 7, 8.1, 8.8, 9, 11)."""

from collections.abc import Iterable

from connector.sandbox.hubspot.calculated import LEAD_STATES
from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.clock import iso, moment
from connector.sandbox.hubspot.errors import invalid, not_found
from connector.sandbox.hubspot.kinds import KINDS, LEADS, TICKETS, Kind, kind_named
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.structure import Owner, Pipeline, Stage

PAGE = 100
_MILLISECONDS, _HOUR, _MINUTE = 1000, 3600, 60


def details(portal: Portal, call: Call) -> Answer:
    """Say whose account this is (hubspot.md 11 [S])."""
    call.only()
    shift = moment(portal.clock.now()).astimezone(portal.options.zone).utcoffset()
    seconds = int(shift.total_seconds()) if shift else 0
    sign = "-" if seconds < 0 else "+"
    body = {
        "portalId": portal.options.portal_id,
        "accountType": "STANDARD",
        "timeZone": portal.options.timezone,
        "companyCurrency": "USD",
        "additionalCurrencies": sorted({rate.currency for rate in portal.rates}),
        "utcOffset": f"{sign}{abs(seconds) // _HOUR:02}:{abs(seconds) % _HOUR // _MINUTE:02}",
        "utcOffsetMilliseconds": seconds * _MILLISECONDS,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }
    return Answer(200, body)


def usage(portal: Portal, call: Call) -> Answer:
    """Say how many calls of the day are used (hubspot.md 7 [S])."""
    call.only()
    now = moment(portal.clock.now())
    midnight = now.astimezone(portal.options.zone).replace(hour=23, minute=59, second=59, microsecond=0)
    row = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": portal.limiter.daily,
        "currentUsage": portal.limiter.used,
        "collectedAt": iso(portal.clock.now()),
        "fetchStatus": "SUCCESS",
        "resetsAt": midnight.isoformat(),
    }
    return Answer(200, {"results": [row]})


def list_owners(portal: Portal, call: Call) -> Answer:
    """List owners, or with `archived=true` those who left (hubspot.md 8.8 [S])."""
    call.only("limit", "after", "archived", "email")
    portal.require("crm.objects.owners.read")
    limit, after, archived = call.limit(PAGE, PAGE), call.word("after", "0"), call.flag("archived")
    if not after.isdigit():
        raise invalid(f'The value "{after}" is not a valid paging cursor for owners.')
    owners = sorted(
        (owner for owner in portal.owners.values() if owner.archived is archived and owner.id > int(after)), key=lambda owner: owner.id
    )
    found = [owner for owner in owners if call.word("email") in {"", owner.email}]
    body: dict[str, object] = {"results": [_owner(portal, owner) for owner in found[:limit]]}
    if len(found) > limit:
        cursor = found[limit - 1].id
        body["paging"] = {"next": {"after": str(cursor), "link": f"{call.base}{call.path}?after={cursor}"}}
    return Answer(200, body)


def get_owner(portal: Portal, call: Call) -> Answer:
    """Read one owner by owner id or, with `idProperty=userId`, by user id."""
    call.only("idProperty", "archived")
    portal.require("crm.objects.owners.read")
    word, by_user = call.parts["id"], call.word("idProperty", "id") == "userId"
    for owner in portal.owners.values():
        if word == str(owner.user_id if by_user else owner.id) and owner.archived is call.flag("archived"):
            return Answer(200, _owner(portal, owner))
    raise not_found(f"No owner with id {word} exists.")


def _owner(portal: Portal, owner: Owner) -> dict[str, object]:
    return {
        "id": str(owner.id),
        "email": owner.email,
        "type": "PERSON",
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        # A person who left has no user any more, only the memory of one (hubspot.md 8.8 [S]).
        "userId": None if owner.archived else owner.user_id,
        "userIdIncludingInactive": owner.user_id,
        "createdAt": iso(owner.created),
        "updatedAt": iso(owner.created),
        "archived": owner.archived,
        "teams": [{"id": str(team.id), "name": team.name, "primary": is_primary} for team, is_primary in portal.teams_of(owner)],
    }


def list_users(portal: Portal, call: Call) -> Answer:
    """List the users of the settings."""
    call.only("limit", "after")
    portal.require("settings.users.read")
    limit, after = call.limit(PAGE, PAGE), call.word("after", "0")
    if not after.isdigit():
        raise invalid(f'The value "{after}" is not a valid paging cursor for users.')
    owners = sorted(
        (owner for owner in portal.owners.values() if not owner.archived and owner.user_id > int(after)), key=lambda owner: owner.user_id
    )
    body: dict[str, object] = {"results": [_user(portal, owner) for owner in owners[:limit]]}
    if len(owners) > limit:
        body["paging"] = {"next": {"after": str(owners[limit - 1].user_id)}}
    return Answer(200, body)


def _user(portal: Portal, owner: Owner) -> dict[str, object]:
    teams = list(portal.teams_of(owner))
    return {
        "id": str(owner.user_id),
        "email": owner.email,
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "primaryTeamId": next((str(team.id) for team, is_primary in teams if is_primary), None),
        "secondaryTeamIds": [str(team.id) for team, is_primary in teams if not is_primary],
        "superAdmin": False,
    }


def list_teams(portal: Portal, call: Call) -> Answer:
    """List the teams with the user ids of their members; there is no paging (hubspot.md 8.8 [S])."""
    call.only()
    portal.require("settings.users.teams.read")
    results = [
        {"id": str(team.id), "name": team.name, "userIds": _words(team.primary), "secondaryUserIds": _words(team.secondary)}
        for team in portal.teams.values()
    ]
    return Answer(200, {"results": results})


def _words(numbers: Iterable[int]) -> list[str]:
    return [str(number) for number in numbers]


def _pipelines(portal: Portal, call: Call) -> list[Pipeline]:
    kind = kind_named(call.parts["kind"])
    portal.require(kind.read_scope, *kind.schema_read_scopes)
    return [pipeline for pipeline in portal.pipelines.values() if pipeline.kind == kind.name]


def _pipeline(portal: Portal, call: Call) -> Pipeline:
    for pipeline in _pipelines(portal, call):
        if pipeline.id == call.parts["id"]:
            return pipeline
    raise not_found(f"No pipeline {call.parts['id']} exists for {call.parts['kind']}.")


def list_pipelines(portal: Portal, call: Call) -> Answer:
    """List the pipelines of a kind with their stages."""
    call.only()
    return Answer(200, {"results": [_pipeline_body(pipeline) for pipeline in _pipelines(portal, call)]})


def get_pipeline(portal: Portal, call: Call) -> Answer:
    """Read one pipeline."""
    call.only()
    return Answer(200, _pipeline_body(_pipeline(portal, call)))


def list_stages(portal: Portal, call: Call) -> Answer:
    """List the stages of one pipeline."""
    call.only()
    pipeline = _pipeline(portal, call)
    return Answer(200, {"results": [_stage(pipeline, stage) for stage in pipeline.stages]})


def _pipeline_body(pipeline: Pipeline) -> dict[str, object]:
    return _part(pipeline.id, pipeline.label, 0, pipeline.created) | {"stages": [_stage(pipeline, stage) for stage in pipeline.stages]}


def _stage(pipeline: Pipeline, stage: Stage) -> dict[str, object]:
    # hubspot.md 8.1 [N1]: metadata values are text; tickets have a state instead of a probability [S].
    metadata = {"isClosed": "true" if stage.is_closed else "false"}
    if pipeline.kind == TICKETS.name:
        metadata["ticketState"] = "CLOSED" if stage.is_closed else "OPEN"
    if pipeline.kind == LEADS.name:
        metadata["leadState"] = LEAD_STATES.get(stage.id, "IN_PROGRESS")
    if stage.probability:
        metadata["probability"] = stage.probability
    more = {"metadata": metadata, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT"}
    return _part(stage.id, stage.label, stage.order, pipeline.created) | more


def _part(key: str, label: str, order: int, created: int) -> dict[str, object]:
    return {"id": key, "label": label, "displayOrder": order, "archived": False, "createdAt": iso(created), "updatedAt": iso(created)}


def custom_properties(portal: Portal, call: Call) -> Answer:
    """Say how many custom properties are used; schema scopes do not open this (hubspot.md 2.3 [N2])."""
    call.only()
    portal.require(*(kind.read_scope for kind in KINDS.values()))
    rows = [_limit(portal, kind) for kind in KINDS.values()]
    used, limit = sum(len(portal.schema(kind).custom) for kind in KINDS.values()), portal.options.property_limit * len(rows)
    return Answer(200, {"overallLimit": limit, "overallUsage": used, "overallPercentage": _percent(used, limit), "byObjectType": rows})


def _limit(portal: Portal, kind: Kind) -> dict[str, object]:
    used, limit = len(portal.schema(kind).custom), portal.options.property_limit
    return {"objectTypeId": kind.type_id, "limit": limit, "usage": used, "percentage": _percent(used, limit)}


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 100.0
