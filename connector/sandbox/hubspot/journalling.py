"""The journal of webhooks over HTTP: subscriptions, entries, and the files where entries lie (hubspot.md 12.3 [S] [D])."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.changes import Entry
from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.errors import Refusal, invalid, not_found
from connector.sandbox.hubspot.portal import Portal

READ = "developer.webhooks_journal.read"
SUBSCRIPTIONS_READ = "developer.webhooks_journal.subscriptions.read"
SUBSCRIPTIONS_WRITE = "developer.webhooks_journal.subscriptions.write"
_URL_SECONDS = 600_000
_SIGNATURE = "of/the+sandbox="
_TYPES = {"OBJECT": "properties", "ASSOCIATION": "associatedObjectTypeIds"}
_ACTIONS = {"CREATE", "UPDATE", "DELETE", "MERGE", "RESTORE", "GDPR_DELETE", "ASSOCIATION_ADDED", "ASSOCIATION_REMOVED"}


def earliest(portal: Portal, call: Call) -> Answer:
    """Name the first entry there is."""
    return _answer(portal, call, _entries(portal, call)[:1])


def latest(portal: Portal, call: Call) -> Answer:
    """Name the last entry there is."""
    return _answer(portal, call, _entries(portal, call)[-1:])


def following(portal: Portal, call: Call) -> Answer:
    """Name the entry after one; 404 where that has run out or never was [D], 204 where it is the last (field evidence)."""
    found = _entries(portal, call)
    places = [entry.offset for entry in found]
    if call.parts["offset"] not in places:
        raise not_found(f"Offset {call.parts['offset']} has expired or does not exist.")
    place = places.index(call.parts["offset"]) + 1
    return _answer(portal, call, found[place : place + 1])


def _entries(portal: Portal, call: Call) -> Sequence[Entry]:
    call.only("installPortalId")
    portal.grants.require(call.bearer, READ)
    if call.word("installPortalId", str(portal.options.portal_id)) != str(portal.options.portal_id):
        return ()
    return portal.changes.entries()


def _answer(portal: Portal, call: Call, found: Sequence[Entry]) -> Answer:
    if not found:
        return Answer(204, None)
    expires = portal.clock.now() + _URL_SECONDS
    url = f"{call.base}/sandbox/journal/{found[0].offset}?expires={expires}&signature={_SIGNATURE.replace('/', '%2F').replace('+', '%2B')}"
    return Answer(200, {"url": url, "expiresAt": iso(expires), "currentOffset": found[0].offset})


def file(portal: Portal, call: Call) -> Answer:
    """Give an entry to whoever has its address; with a token beside it, or too late, it is refused as file stores do [recall]."""
    call.only("expires", "signature")
    if call.bearer or call.word("signature") != _SIGNATURE or int(call.word("expires", "0")) < portal.clock.now():
        raise Refusal(403, "AccessDenied", "Access Denied")
    for entry in portal.changes.entries():
        if entry.offset == call.parts["offset"]:
            return Answer(200, entry.body())
    raise not_found("NoSuchKey")


def list_subscriptions(portal: Portal, call: Call) -> Answer:
    """List what is written down."""
    call.only()
    portal.grants.require(call.bearer, SUBSCRIPTIONS_READ)
    return Answer(200, {"results": portal.changes.subscriptions})


def subscribe(portal: Portal, call: Call) -> Answer:
    """Have some changes of one object type written down from now on."""
    call.only()
    portal.grants.require(call.bearer, SUBSCRIPTIONS_WRITE)
    kind = call.body.text("subscriptionType")
    if kind not in _TYPES:
        raise invalid(f'"{kind}" is no subscription type of this sandbox; known are {", ".join(_TYPES)}.')
    body = call.body.only("subscriptionType", "objectTypeId", "portalId", "actions", "objectIds", _TYPES[kind])
    if body.whole("portalId", 0) != portal.options.portal_id:
        raise invalid(f"The app is not installed in portal {body.values.get('portalId')}.")
    actions = body.texts("actions")
    if not actions or not set(actions) <= _ACTIONS:
        raise invalid(f"Actions must be some of {', '.join(sorted(_ACTIONS))}.")
    made: dict[str, Any] = {
        "id": len(portal.changes.subscriptions) + 1,
        "subscriptionType": kind,
        "objectTypeId": body.text("objectTypeId"),
        "portalId": portal.options.portal_id,
        "actions": actions,
        _TYPES[kind]: body.texts(_TYPES[kind]),
        "createdAt": datetime.fromisoformat(iso(portal.clock.now())).isoformat(),
    }
    portal.changes.subscriptions.append(made)
    return Answer(200, made)


def set_journal(portal: Portal, call: Call) -> Answer:
    """Let events stand twice, or in disorder: {"doubles", "shuffles"}."""
    body = call.body.only("doubles", "shuffles")
    portal.changes.doubles, portal.changes.shuffles = body.flag("doubles"), body.flag("shuffles")
    return Answer(200, {"entries": len(portal.changes.entries())})
