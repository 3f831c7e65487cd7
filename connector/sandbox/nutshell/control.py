"""The box's own switches under /sandbox: faults, hidden kinds, lost fields, counts. They need no key."""

from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox.hubspot.faults import Fault
from connector.sandbox.nutshell.account import Account, Raw


def _faults(account: Account, body: Mapping[str, Any]) -> Raw:
    faults = [Fault(**{"kind": "status", **row}) for row in body["faults"]]
    account.faults.plan(faults)
    return {"planned": len(faults)}


def _revoke(account: Account, body: Mapping[str, Any]) -> Raw:
    account.revoked = set(body["revoked"])
    return {"revoked": sorted(account.revoked)}


def _drop(account: Account, body: Mapping[str, Any]) -> Raw:
    """Delete a custom field as people do on the page of settings; no API does."""
    gone = account.fields[body["kind"]].pop(body["title"], None)
    for row in account.table(body["kind"]).values():
        row.custom.pop(body["title"], None)
    return {"dropped": gone}


def _fill(account: Account, body: Mapping[str, Any]) -> Raw:
    """Fill a custom field as people do."""
    account.table(body["kind"])[body["record"]].custom[body["title"]] = body["value"]
    return {"filled": body["title"]}


def _forget(account: Account, body: Mapping[str, Any]) -> Raw:
    """Let a deleted record not be read any more, or not tell of its deletion."""
    table = account.table(body["kind"])
    if body.get("is_silent"):
        table[body["record"]].raw.pop("deletedTime", None)
    else:
        del table[body["record"]]
    return {"forgotten": body["record"]}


def _clock(account: Account, body: Mapping[str, Any]) -> Raw:
    account.clock.advance(body["advance"])
    return {"now": account.now()}


def _requests(account: Account, body: Mapping[str, Any]) -> Raw:
    found = dict(account.requests)
    if body.get("clear"):
        account.requests.clear()
    return found


def _hook(account: Account, body: Mapping[str, Any]) -> Raw:
    """Set where everything is told, and return how the deliveries so far were answered."""
    if "url" in body:
        account.hook, account.untold, account.told = str(body["url"]), [], []
    return {"told": account.told}


def _pipeline(account: Account, body: Mapping[str, Any]) -> Raw:
    """Add a pipeline with one stage, as people do in the settings, and move leads into it."""
    row = account.add("stagesets", {"name": body["name"], "default": False, "canAccess": True, "status": body.get("status", 1)})
    stage = account.add("stages", {"name": "First", "description": None, "position": 1, "links": {"stageset": row.raw["id"]}})
    for lead in body.get("leads", ()):
        raw = account.table("leads")[lead].raw
        raw["links"] |= {"stageset": row.raw["id"], "stage": stage.raw["id"]}
        account.happen(raw, "edit", account.now())
    return {"pipeline": row.raw["id"]}


CONTROLS: Mapping[str, Callable[[Account, Mapping[str, Any]], Raw]] = {
    "faults": _faults,
    "revoke": _revoke,
    "drop": _drop,
    "fill": _fill,
    "forget": _forget,
    "clock": _clock,
    "requests": _requests,
    "hook": _hook,
    "pipeline": _pipeline,
}
