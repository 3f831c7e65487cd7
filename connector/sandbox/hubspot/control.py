"""The sandbox's own switches under /sandbox: scopes, faults, clock, counts. They need no token and count against no limit."""

from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.clock import instant, iso
from connector.sandbox.hubspot.errors import invalid
from connector.sandbox.hubspot.faults import fault_of
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.telling import Target


def set_scopes(portal: Portal, call: Call) -> Answer:
    """Replace the set of scopes that are not granted: {"revoked": [...]}."""
    portal.revoked = set(call.body.only("revoked").texts("revoked"))
    return Answer(200, {"revoked": sorted(portal.revoked)})


def set_faults(portal: Portal, call: Call) -> Answer:
    """Replace the planned faults: {"faults": [{kind, method, path, after, count, status, policy, seconds, applied}]}."""
    faults = [fault_of(row) for row in call.body.only("faults").rows("faults")]
    portal.faults.plan(faults)
    return Answer(200, {"planned": len(faults)})


def set_oauth(portal: Portal, call: Call) -> Answer:
    """Say whether people consent, and let every access token run out now: {"consents": true, "expire": true}."""
    body = call.body.only("consents", "expire")
    portal.grants.consents = body.flag("consents", default=portal.grants.consents)
    if body.flag("expire"):
        portal.grants.expire()
    return Answer(200, {"consents": portal.grants.consents})


def set_storm(portal: Portal, call: Call) -> Answer:
    """Let a share of all requests go wrong: {"seed", "batches", "others", "seconds" that one hangs}; answers what has fired so far."""
    body = call.body.only("seed", "batches", "others", "seconds")
    shares = {"batches": body.number("batches", 0), "others": body.number("others", 0)}
    portal.storm.begin(body.whole("seed", 0), **shares, seconds=body.number("seconds", 1.0))
    return Answer(200, {"fired": dict(portal.storm.fired)})


def set_clock(portal: Portal, call: Call) -> Answer:
    """Move the clock: {"advance": seconds} (back, when negative), or stop it {"at": an instant} until {"tick": true}."""
    body = call.body.only("advance", "at", "tick")
    at = instant(body.text("at")) if "at" in body.values else None
    if at is not None:
        portal.clock.stop(at)
    if body.flag("tick"):
        portal.clock.tick()
    portal.clock.advance(body.number("advance", 0))
    return Answer(200, {"now": iso(portal.clock.now())})


def set_webhooks(portal: Portal, call: Call) -> Answer:
    """Tell an address of every change from now on: {url, secret, retry, doubles, shuffles}; nobody, without `url`."""
    body = call.body.only("url", "secret", "retry", "doubles", "shuffles")
    url = body.text("url", "")
    if url and not url.startswith(("http://", "https://")):
        raise invalid(f'"{url}" is no address to tell of changes.')
    target = Target(
        url=url,
        secret=body.text("secret", ""),
        retry=body.number("retry", 1.0),
        doubles=body.flag("doubles"),
        shuffles=body.flag("shuffles"),
    )
    portal.teller.subscribe(target if url else None)
    return Answer(200, {"url": url or None})


def webhooks(portal: Portal, call: Call) -> Answer:
    """Say how each delivery since the last subscription was answered."""
    call.only()
    return Answer(200, {"told": portal.teller.told})


def requests(portal: Portal, call: Call) -> Answer:
    """Say what was asked and written since the start, or since the counts were cleared."""
    call.only()
    return Answer(200, portal.journal.body())


def clear_requests(portal: Portal, call: Call) -> Answer:
    """Set the counts to nothing."""
    call.only()
    portal.journal.clear()
    return Answer(204, None)
